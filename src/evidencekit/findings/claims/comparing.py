"""compare: which of two groups has the larger share, if that can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from evidencekit.combining import difference, equivalent, holm, ratio_of
from evidencekit.combining.pairing import p_above
from evidencekit.disclosure import Released
from evidencekit.errors import InputError, check_level
from evidencekit.estimate import Estimate
from evidencekit.findings.claims.cells import (
    Cell,
    check_margin,
    check_table,
    check_words,
    may_be_said,
    notes_of,
    points_words,
    said_together,
)
from evidencekit.findings.claims.claim import Claim
from evidencekit.findings.languages import Message, percentage, said, template
from evidencekit.findings.modelled import ADJUSTED, check_modelled, held_equal, role_of
from evidencekit.findings.picturing import levels_said, part_of
from evidencekit.findings.register import Quantity
from evidencekit.findings.telling import doing, doubts, whom
from evidencekit.findings.wording import Words

__all__ = ["compare", "difference_line", "margin_line"]

_SAID = {
    "higher": template("A larger share of {one} than of {other} {did}: {first}, and {second}."),
    "lower": template("A smaller share of {one} than of {other} {did}: {first}, and {second}."),
    "similar": template("About as large a share of {one} as of {other} {did}: {first}, and {second}."),
    "unclear": template("We cannot tell whether a larger share of {one} or of {other} {did}: {first}, and {second}."),
}
_HELD = {  # of adjusted shares
    "higher": template("In a model that holds {held} equal, a larger share of {one} than of {other} {did}: {first}, and {second}."),
    "lower": template("In a model that holds {held} equal, a smaller share of {one} than of {other} {did}: {first}, and {second}."),
    "similar": template("In a model that holds {held} equal, about as large a share of {one} as of {other} {did}: {first}, and {second}."),
    "unclear": template(
        "In a model that holds {held} equal, we cannot tell whether a larger share of {one} or of {other} {did}: {first}, and {second}."
    ),
}


def compare(
    released: Released,
    pairs: Sequence[tuple[Cell, Cell]],
    *,
    words: Words,
    margin: float | None = None,
    times: bool = False,
    plan: str = "",
    level: float = 0.95,
) -> tuple[Claim, ...]:
    """Say of pairs of groups which has the larger share, that they are similar, or that we cannot tell.

    Parameters
    ----------
    released : Released
        A table of shares: those of `proportion`, adjusted ones (`ek.models.adjusted`, `ek.models.balanced`), or shares up to an age
        (`ek.models.cumulative_incidence`). Of adjusted shares the difference and the ratio are adjusted ones, and every sentence says so.
    pairs : sequence of (cell, cell)
        Every pair that is compared, ``[({"sex": "girl"}, {"sex": "boy"})]``: p-values are adjusted over all of them (Holm), so name all
        that were looked at.
    words : Words
        With `groups` for both.
    margin : float, optional
        The largest difference that does not matter, 0.03 for three percentage points: only with it can two groups be called similar, by two
        one-sided tests. It is declared before the answers are seen.
    times : bool
        Whether the ratio of the two shares is said too, below them; never without them.
    plan : str
        The plan of analysis that named these pairs beforehand. Without one, each claim says that it is exploratory.
    level : float
        Of tests and intervals, 0.95 by default. The intervals of differences are of each by itself.

    Returns
    -------
    tuple of Claim
        One for each pair; its direction is ``"higher"``, ``"lower"``, ``"similar"`` or ``"unclear"``.

    Raises
    ------
    InputError
        Not a Released of shares, no words, a cell that is not there, a pair of one cell.
    Refused
        A cell may not be said, or nobody was drawn.

    References
    ----------
    Holm (1979), Scand. J. Statist. 6, 65-70. Schuirmann (1987), J. Pharmacokinet. Biopharm. 15, 657-680, for similarity.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> words = ek.findings.Words(did="were sent unwanted messages", groups={"sex": {"girl": "girls", "boy": "boys"}})
    >>> ek.findings.compare(safe, [({"sex": "boy"}, {"sex": "girl"})], words=words)[0].direction
    'lower'
    """
    check_table(released, doing="compare()", modelled=True)
    check_words(words, released)
    check_level(level)
    check_margin(margin)
    rows = [_rows(released, pair) for pair in _listed(pairs)]
    check_modelled(released, [row for pair in rows for row in pair], words)
    p = p_above(released.estimate)
    two_sided = np.array([min(1.0, 2 * min(p[a, b], p[b, a])) for a, b in rows])
    adjusted = holm(two_sided)
    notes = notes_of(plan)
    out: list[Claim] = []
    for (a, b), chance in zip(rows, adjusted, strict=True):
        gap = difference(released.estimate, a, b, level=level)
        alike = margin is not None and bool(equivalent(gap, margin=margin, level=level).equivalent[0])
        way = "unclear"
        if chance <= 1 - level + 1e-12:
            way = "higher" if released.estimate.points[a] > released.estimate.points[b] else "lower"
        elif alike:
            way = "similar"
        support = {"p adjusted": float(chance), "pairs": len(rows), "margin": margin, "plan": plan, "level": level}
        out.append(_claim(released, (a, b), gap, way, words=words, support=support, times=times, notes=notes))
    return tuple(out)


def _claim(
    released: Released,
    rows: tuple[int, int],
    gap: Estimate,
    way: str,
    *,
    words: Words,
    support: dict[str, Any],
    times: bool,
    notes: tuple[str, ...],
) -> Claim:
    (first, second), distinct = rows, way in ("higher", "lower")
    texts, numbers = said_together([(released, first), (released, second)], distinct=distinct)
    one, other = (whom(released, row, words) for row in rows)
    slots = {"one": one, "other": other, "did": doing(words), "first": texts[0], "second": texts[1]}
    adjusted, role = released.estimate.statistic == ADJUSTED, role_of(released.estimate)
    text = said(_HELD[way], {**slots, "held": held_equal(released, words)}) if adjusted else said(_SAID[way], slots)
    numbers = tuple(replace(number, whom=str(who), role=role) for number, who in zip(numbers, (one, other), strict=True))
    line, quantity = difference_line(gap, adjusted=adjusted)
    details, quantities = list[str]([line]), [*numbers, quantity]
    if times and distinct:
        line, ratio = _ratio(released, rows, gap.interval.level, adjusted=adjusted)
        if ratio.low is not None and ratio.low >= 1:  # else it would say less than the sentence above it
            details.append(line)
            quantities.append(ratio)
    details += [margin_line(support["margin"])] if way == "similar" else []
    return Claim(
        kind="difference",
        direction=way,
        text=text,
        details=tuple(details),
        numbers=tuple(quantities),
        caveats=tuple(dict.fromkeys((*doubts(released, first, words), *doubts(released, second, words), *notes))),
        support=support,
        words=words,
        parts=(parts := tuple(part_of(released, row, who) for row, who in ((first, one), (second, other)))),
        about=(levels_said(released.estimate, parts), ""),
    )


def difference_line(gap: Estimate, row: int = 0, *, adjusted: bool = False) -> tuple[Message, Quantity]:
    """A difference of shares in percentage points with its interval, as a sentence and as a number; of `adjusted` shares a model's."""
    value, low, high = (float(x[row]) for x in (gap.points, gap.interval.low, gap.interval.high))
    flip = value < 0
    value, low, high = (-value, -high, -low) if flip else (value, low, high)
    low, high = max(low, -1.0), min(high, 1.0)
    point, ends = points_words(value, low, high)
    line = {"points": point, "level": percentage(f"{100 * gap.interval.level:.10g}"), "range": ends}
    quantity = Quantity(text=point, value=value, low=max(low, -1.0), high=min(high, 1.0), role="difference", unit="points")
    if adjusted:
        return said("By this model the difference is {points} ({level} interval: {range}).", line), replace(quantity, role="adjusted")
    return said("The difference is {points} ({level} interval: {range}).", line), quantity


def margin_line(margin: float) -> Message:
    """What two shares that are called similar differ by at most."""
    most = {"margin": Decimal(f"{100 * margin:g}")}
    return said("They differ by less than {margin} percentage points, the largest difference taken not to matter.", most)


def _ratio(released: Released, rows: tuple[int, int], level: float, *, adjusted: bool) -> tuple[Message, Quantity]:
    """How many times as large the larger share is."""
    points = released.estimate.points
    large, small = rows if points[rows[0]] > points[rows[1]] else rows[::-1]
    if points[small] == 0:
        raise InputError("A share of a pair is 0, so that the other is no number of times as large.", "Leave times= out.")
    ratio = ratio_of(released.estimate, large, small, level=level)
    value, low, high = (float(x[0]) for x in (ratio.points, ratio.interval.low, ratio.interval.high))
    ends = {"low": Decimal(f"{np.floor(low * 10) / 10:.1f}"), "high": Decimal(f"{np.ceil(high * 10) / 10:.1f}")}
    slots = {"times": Decimal(f"{value:.1f}"), "level": percentage(f"{100 * level:.10g}"), **ends}
    quantity = Quantity(text=f"{value:.1f} times", value=value, low=low, high=high, role="ratio", unit="times")
    if adjusted:
        line = said("By this model the larger share is about {times} times the smaller ({level} interval: {low} to {high}).", slots)
        return line, replace(quantity, role="adjusted")
    return said("The larger share is about {times} times the smaller ({level} interval: {low} to {high}).", slots), quantity


def _listed(pairs: object) -> list[Any]:
    if not isinstance(pairs, Sequence) or isinstance(pairs, str) or not pairs:
        raise InputError("compare() takes a list of pairs of cells.", 'As [({"sex": "girl"}, {"sex": "boy"})].')
    if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
        raise InputError("Each pair is a tuple of two cells.", 'As ({"sex": "girl"}, {"sex": "boy"}).')
    return list(pairs)


def _rows(released: Released, pair: tuple[Cell, Cell]) -> tuple[int, int]:
    first, second = (may_be_said(released, released.estimate.cells.find(cell)) for cell in pair)
    if first == second:
        raise InputError("A group is compared with itself.", "Name two cells.")
    cells = released.estimate.cells
    if any(cells.columns[c][first] != cells.columns[c][second] for c in cells.columns if c not in cells.by):
        raise InputError(
            "The two cells are of different answers, so a share of one is not more than a share of the other.", "Compare groups."
        )
    return first, second
