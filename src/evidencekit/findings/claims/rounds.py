"""changed, trending: what rounds of a survey say together, where nothing but time differs between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from evidencekit.combining import difference, equivalent, heading, trend
from evidencekit.disclosure import Released
from evidencekit.errors import InputError, check_level
from evidencekit.estimate import Estimate
from evidencekit.findings.basis import Basis, breaks
from evidencekit.findings.claims.cells import (
    Cell,
    check_margin,
    check_table,
    check_words,
    chosen,
    notes_of,
    points_words,
    said_together,
    share_of,
)
from evidencekit.findings.claims.claim import Claim
from evidencekit.findings.claims.comparing import difference_line, margin_line
from evidencekit.findings.claims.single import single
from evidencekit.findings.languages import joined, percentage, said, template
from evidencekit.findings.picturing import Part, levels_said, part_of
from evidencekit.findings.register import Quantity
from evidencekit.findings.register.kinds import is_finite, is_list
from evidencekit.findings.telling import doing, doubts, whom
from evidencekit.findings.wording import Words

__all__ = ["changed", "trending"]

_POPULATION = said("the population surveyed")
_CHANGED = {
    "higher": template("A larger share of {who} {did} in {after} than in {before}: {first} in {before} and {second} in {after}."),
    "lower": template("A smaller share of {who} {did} in {after} than in {before}: {first} in {before} and {second} in {after}."),
    "similar": template("About as large a share of {who} {did} in {after} as in {before}: {first} in {before} and {second} in {after}."),
    "unclear": template(
        "We cannot tell whether the share of {who} who {did} changed between {before} and {after}: "
        "{first} in {before} and {second} in {after}."
    ),
}
_TRENDING = {
    "rising": template("The share of {who} who {did} rose over {n} rounds: {first} in {before} and {second} in {after}."),
    "falling": template("The share of {who} who {did} fell over {n} rounds: {first} in {before} and {second} in {after}."),
    "turning": template(
        "The share of {who} who {did} turned over {n} rounds, so that no one direction can be said: "
        "{first} in {before} and {second} in {after}."
    ),
    "unclear": template(
        "We cannot tell a trend in the share of {who} who {did} from {n} rounds: {first} in {before} and {second} in {after}."
    ),
}
_SLOPE = template("A straight line through the rounds changes by {points} a year ({level} interval: {range}; below 0 is a fall).")


def changed(
    rounds: Sequence[Released],
    bases: Sequence[Basis],
    *,
    words: Words,
    cell: Cell | None = None,
    margin: float | None = None,
    plan: str = "",
    level: float = 0.95,
) -> Claim:
    """Say whether a share changed from one round to the next; blocked where anything but time differs between them.

    Parameters
    ----------
    rounds : sequence of two Released
        The earlier and the later, of independent samples, with the same cells.
    bases : sequence of two Basis
        What each is of. Question, ages, mode and frame must be stated and alike, and nothing else may differ but the time, which both
        state.
    words : Words
        How it is told.
    cell : mapping or int, optional
        Which cell of both. Not needed where each has one.
    margin : float, optional
        The largest change that does not matter; only with it can a share be said to have stayed about the same.
    plan : str
        The plan of analysis that named this comparison beforehand.
    level : float
        Of test and interval.

    Returns
    -------
    Claim
        ``"higher"``, ``"lower"``, ``"similar"``, ``"unclear"``, or ``"blocked"`` with the list of breaks, and then without any number.

    Raises
    ------
    InputError
        Not two rounds with a basis each, a time that is not stated.
    Refused
        Rounds of one sample, a cell that may not be said.

    Examples
    --------
    >>> import evidencekit as ek
    >>> words = ek.findings.Words(did="were sent unwanted messages", people="children aged 12-17")
    >>> rounds, bases = [], []
    >>> for seed, year in ((1, "2023"), (2, "2026")):
    ...     fiction = ek.fictional.national_survey(seed=seed)
    ...     survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    ...     rounds += [ek.release(ek.proportion(survey, "any_contact_unwanted"))]
    ...     bases += [ek.findings.Basis(harm="unwanted messages", age="12-17", mode="at home", frame="areas", time=year)]
    >>> ek.findings.changed(rounds, bases, words=words, plan="plan of 2025").direction
    'unclear'
    """
    shown, basis, rows = _checked(rounds, bases, words, cell, least=2)
    check_level(level)
    check_margin(margin)
    if (broken := breaks(*basis)) or not _same_population(shown):
        return _blocked("change", (*broken, *([] if _same_population(shown) else [_POPULATION])), words)
    gap = difference(_one(shown[1], rows[1]), _one(shown[0], rows[0]), level=level)
    low, high = float(gap.interval.low[0]), float(gap.interval.high[0])
    alike = margin is not None and bool(equivalent(gap, margin=margin, level=level).equivalent[0])
    way = "higher" if low > 0 else "lower" if high < 0 else "similar" if alike else "unclear"
    texts, numbers = said_together(list(zip(shown, rows, strict=True)), distinct=way in ("higher", "lower"))
    before, after = (words.named(one.time) for one in basis)
    ends = {"first": texts[0], "second": texts[1], "before": before, "after": after}
    text = said(_CHANGED[way], {"who": whom(shown[1], rows[1], words), "did": doing(words), **ends})
    line, quantity = difference_line(gap)
    support = {"low": low, "high": high, "margin": margin, "plan": plan, "level": level}
    notes = _notes(shown, rows, plan)
    return Claim(
        kind="change",
        direction=way,
        text=text,
        details=(line, *([margin_line(margin)] if way == "similar" and margin is not None else [])),
        numbers=(*numbers, quantity),
        caveats=notes,
        support=support,
        words=words,
        parts=_parts(shown, rows, basis, words),
        years=(0.0, 1.0),
        about=(levels_said(shown[-1].estimate, _parts(shown, rows, basis, words)), whom(shown[-1], rows[-1], words)),
    )


def trending(
    rounds: Sequence[Released],
    bases: Sequence[Basis],
    *,
    words: Words,
    years: Sequence[float],
    cell: Cell | None = None,
    plan: str = "",
    level: float = 0.95,
) -> Claim:
    """Say whether a share rises or falls over three rounds or more; blocked where anything but time differs between them.

    Parameters
    ----------
    rounds, bases : sequence of Released, sequence of Basis
        From the first to the last, as for `changed`.
    words : Words
        How it is told.
    years : sequence of float
        When the rounds were, as years: 2016.5.
    cell : mapping or int, optional
        Which cell of all. Not needed where each has one.
    plan : str
        The plan of analysis that named this comparison beforehand.
    level : float
        Of tests and interval.

    Returns
    -------
    Claim
        ``"rising"``, ``"falling"``, ``"turning"``, ``"unclear"`` or ``"blocked"``.

    Raises
    ------
    InputError
        Fewer than three rounds: two are a change.
    Refused
        Rounds of one sample, a cell that may not be said.

    Examples
    --------
    >>> import evidencekit as ek
    >>> words = ek.findings.Words(did="were sent unwanted messages", people="children aged 12-17")
    >>> rounds, bases = [], []
    >>> for seed, year in ((1, "2020"), (2, "2023"), (3, "2026")):
    ...     fiction = ek.fictional.national_survey(seed=seed)
    ...     survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    ...     rounds += [ek.release(ek.proportion(survey, "any_contact_unwanted"))]
    ...     bases += [ek.findings.Basis(harm="unwanted messages", age="12-17", mode="at home", frame="areas", time=year)]
    >>> ek.findings.trending(rounds, bases, words=words, years=[2020, 2023, 2026], plan="plan of 2025").direction
    'unclear'
    """
    shown, basis, rows = _checked(rounds, bases, words, cell, least=3)
    broken = tuple(dict.fromkeys(why for one in basis[1:] for why in breaks(basis[0], one)))
    if broken or not _same_population(shown):
        return _blocked("trend", (*broken, *([] if _same_population(shown) else [_POPULATION])), words)
    check_level(level)
    if not is_list(years) or len(years) != len(shown) or not all(map(is_finite, years)) or any(b <= a for a, b in pairwise(years)):
        raise InputError("years= has a number for each round, from the first to the last.", "As [2017, 2020, 2023].")
    if any(said is not None and not said <= year < said + 1.5 for said, year in zip(map(_year, basis), years, strict=True)):
        raise InputError("years= has other years than time= in the Basis of each round.", "A round of June 2017 is 2017 or 2017.5.")
    line = trend([_one(safe, row) for safe, row in zip(shown, rows, strict=True)], times=years, level=level)
    found = heading(line, level=level)
    value, low, high = (float(x[0]) for x in (line.points, line.interval.low, line.interval.high))
    ends = [(shown[0], rows[0]), (shown[-1], rows[-1])]
    way = found.direction
    if way in ("rising", "falling") and (share_of(*ends[1]) - share_of(*ends[0])) * value <= 0:
        way = "unclear"  # the line goes one way and its ends the other: nobody would read a sentence with both
    texts, numbers = said_together(ends, distinct=way in ("rising", "falling"))
    told = {"first": texts[0], "second": texts[1], "before": words.named(basis[0].time), "after": words.named(basis[-1].time)}
    text = said(_TRENDING[way], {"who": whom(shown[-1], rows[-1], words), "did": doing(words), "n": len(shown), **told})
    point, span = points_words(value, low, high)
    slope = Quantity(text=point, value=value, low=low, high=high, role="slope", unit="points")
    details = (said(_SLOPE, {"points": point, "level": percentage(f"{100 * level:.10g}"), "range": span}),)
    support = {"p": found.p, "p bend": found.p_bend, "bent": found.bent, "rounds": len(shown), "plan": plan, "level": level}
    notes = (*((said("it does not change evenly"),) if found.bent else ()), *_notes(shown, rows, plan))
    return Claim(
        kind="trend",
        direction=way,
        text=text,
        details=details,
        numbers=(*numbers, slope),
        caveats=notes,
        support=support,
        words=words,
        parts=_parts(shown, rows, basis, words),
        years=tuple(map(float, years)),
        about=(levels_said(shown[-1].estimate, _parts(shown, rows, basis, words)), whom(shown[-1], rows[-1], words)),
    )


def _checked(rounds: Any, bases: Any, words: object, cell: Cell | None, *, least: int) -> tuple[list[Released], list[Basis], list[int]]:
    """Rounds with a basis each, and the row of the cell in each."""
    check_words(words)
    for given, kind in ((rounds, Released), (bases, Basis)):
        listed = isinstance(given, Sequence) and not isinstance(given, str)
        if not listed or len(given) < least or (least == 2 and len(given) > 2):
            number = "two rounds" if least == 2 else "three rounds or more"
            raise InputError(f"This takes {number}, from the first to the last, with a Basis each.", "Two rounds are a change: changed().")
        if kind is Basis and not all(isinstance(one, Basis) for one in given):
            raise InputError("bases= takes a Basis for each round.", "ek.findings.Basis(harm=..., age=..., mode=..., frame=..., time=...).")
    if len(rounds) != len(bases):
        raise InputError(f"There are {len(rounds)} rounds and {len(bases)} bases.", "Pass a Basis for each round.")
    if not all(one.time for one in bases) or len({one.time for one in bases}) < len(bases):
        raise InputError("Each round has a time of its own.", "State time= in each Basis.")
    dated = [year for one in bases if (year := _year(one)) is not None]
    if any(b < a for a, b in pairwise(dated)):
        raise InputError("The rounds are not in the order of their time.", "Pass them from the first to the last, each with its Basis.")
    shown = [check_table(one, doing="A claim about rounds") for one in rounds]
    check_words(words, *shown)
    return shown, list(bases), [chosen(one, cell) for one in shown]


def _notes(shown: Sequence[Released], rows: Sequence[int], plan: str) -> tuple[str, ...]:
    """What must be said of any of the numbers, and that nobody planned the comparison where nobody did."""
    said = (note for safe, row in zip(shown, rows, strict=True) for note in doubts(safe, row))
    return tuple(dict.fromkeys((*said, *notes_of(plan))))


def _parts(shown: Sequence[Released], rows: Sequence[int], bases: Sequence[Basis], words: Words) -> tuple[Part, ...]:
    """A part for each round, by its time."""
    return tuple(part_of(safe, row, words.named(basis.time)) for safe, row, basis in zip(shown, rows, bases, strict=True))


def _year(basis: Basis) -> int | None:
    """The first year that the time of a round names."""
    found = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", basis.time)
    return int(found[0]) if found else None


def _same_population(shown: Sequence[Released]) -> bool:
    """Whether the conditions under which shares were estimated are named alike."""
    return len({one.estimate.provenance.where for one in shown}) == 1


def _one(released: Released, row: int) -> Estimate:
    """The Estimate with one cell of a table."""
    return single(released.estimate, row)


def _blocked(kind: Any, broken: Sequence[str], words: Words) -> Claim:
    """No number: the rounds are not of the same thing."""
    text = said("These rounds cannot be compared: {breaks}.", {"breaks": joined(broken, "; ")})
    return Claim(kind=kind, direction="blocked", text=text, support={"breaks": tuple(broken)}, words=words)
