"""The cells a claim is made of: refused where they may not be said, and said out of one number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Any

from evidencekit.combining import has_design
from evidencekit.combining.classes import unit_of
from evidencekit.disclosure import Released
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Estimate
from evidencekit.findings.languages import Message, percentage, said
from evidencekit.findings.modelled import ADJUSTED, SAYABLE, by_areas
from evidencekit.findings.phrases import Phrase, common_denominator, percent
from evidencekit.findings.register import Quantity
from evidencekit.findings.register.kinds import is_finite
from evidencekit.findings.wording import Words

__all__ = [
    "UNNAMED",
    "Cell",
    "check_margin",
    "check_said",
    "check_table",
    "check_words",
    "chosen",
    "interval_of",
    "may_be_said",
    "notes_of",
    "points_words",
    "said_together",
    "share_of",
]

Cell = Mapping[str, Any] | int
EXPLORATORY = said("exploratory: no plan named this comparison before the answers were seen")
UNNAMED = "a subset (give where_label="  # how the verbs note a condition that has no name


def check_table(released: object, *, doing: str, modelled: bool = False) -> Released:
    """Refuse what is no released table of shares of people who were drawn; `modelled`: shares that a model gives are shares too."""
    if not isinstance(released, Released):
        raise InputError(
            f"{doing} takes what release() returned, and this is of type {type(released).__name__}.", "Call ek.release() first."
        )
    if released.estimate.statistic not in (SAYABLE if modelled else SAYABLE[:1]):
        if released.estimate.statistic == ADJUSTED:
            raise InputError(
                f"{doing} takes shares that were counted, and an adjusted share is nobody's.", "Use proportion(), or compare()."
            )
        raise InputError(f"{doing} takes shares.", "Use proportion(), then release().")
    if by_areas(released.estimate):
        raise Refused(f"{doing} sets shares of a sample against each other, and these are a model's of its areas.", "Say each by itself.")
    if not has_design(released.estimate.inference):
        raise Refused(
            f"{doing} needs numbers from a sample that was drawn: without one nothing tells a difference from chance.",
            "Say each number of those who answered by itself.",
        )
    if released.estimate.provenance.where.startswith(UNNAMED):
        raise InputError(
            "These numbers are about a subset that has no name.", 'Name it: proportion(..., where=..., where_label="aged 15-17").'
        )
    return released


def check_words(words: object, *tables: Released) -> Words:
    """Refuse what is no Words: a comparison has a verb, and of records it says what they are."""
    if not isinstance(words, Words):
        raise InputError("A claim is told in words.", "Pass words=ek.findings.Words(did=..., people=..., groups={...}).")
    for one in tables:
        _check_unit(one.estimate, words)
    return words


def check_said(est: Estimate, words: Words | None) -> None:
    """Refuse numbers of which a sentence could not say whom or what they are about."""
    if est.provenance.where.startswith(UNNAMED):
        raise InputError(
            "This number is about a subset that has no name, so a sentence cannot say whom it is about.",
            'Name it where it is estimated: proportion(..., where=..., where_label="aged 15-17").',
        )
    _check_unit(est, words)


def _check_unit(est: Estimate, words: Words | None) -> None:
    """Records and choices are not people, and a sentence that is not told what they are says people."""
    if unit_of(est) and (words is None or not (words.people or words.groups)):
        raise InputError(
            "These are shares of records or of choices, and the sentence would say that they are shares of people.",
            'Say what they are of: words=ek.findings.Words(did="happened at home", people="incidents that children told of"). Shares of '
            'people are made with what="respondents" of a child table, and of="respondents" of a question with several answers.',
        )


def check_margin(margin: object) -> None:
    """Refuse a margin that is no share: three percentage points are 0.03."""
    if margin is not None and (not is_finite(margin) or not 0 < float(margin) < 1):
        raise InputError("margin= is a difference of shares, above 0 and below 1.", "Three percentage points are 0.03.")


def notes_of(plan: object) -> tuple[str, ...]:
    """That nobody planned a comparison, where nobody did."""
    if not isinstance(plan, str):
        raise InputError(f"plan= takes a text, not a {type(plan).__name__}.", "Name the plan of analysis, or leave it out.")
    return () if plan.strip() else (EXPLORATORY,)


def may_be_said(released: Released, row: int) -> int:
    """The row, where its number may be said."""
    status = released.status[row]
    if status == "protected":
        raise Refused("This cell is protected: it may not be said.", "Ask about a larger group.")
    if status == "not presented":
        raise Refused("This cell is too uncertain to be presented under its profile.", "Ask about a larger group.")
    if released.rules.method.kind == "round":
        raise Refused("Only rounded counts of this table are released, and a finding says a share.", "Say the counts.")
    if not isfinite(share_of(released, row)):
        raise Refused("This cell has no number.", "Ask about a larger group; of a share up to an age, about an earlier one.")
    if status == "review":
        raise Refused("This cell is for review and may not be said before that.", f"Its reviewer: {released.rules.reviewer}.")
    return row


def chosen(released: Released, cell: Cell | None) -> int:
    """The row of a cell that may be said; without one, that of the only cell."""
    est = released.estimate
    if cell is None and len(est) > 1:
        apart = [c for c, v in est.cells.columns.items() if len(set(v)) > 1]
        example = ", ".join(f"{c!r}: ..." for c in apart)
        raise InputError(f"The table has {len(est)} cells.", f"Choose one with cell=, for example cell={{{example}}}.")
    return may_be_said(released, est.cells.find(0 if cell is None else cell))


def share_of(released: Released, row: int) -> float:
    """The share of a cell."""
    return float(released.estimate.points[row])


def interval_of(released: Released, row: int) -> tuple[float, float]:
    """The limits of a cell; those of everything where it has none."""
    low, high = (float(x[row]) for x in (released.estimate.interval.low, released.estimate.interval.high))
    return (0.0, 1.0) if low != low or high != high else (low, high)


def said_together(cells: Sequence[tuple[Released, int]], *, distinct: bool) -> tuple[list[str], tuple[Quantity, ...]]:
    """Several shares out of one number that lies within each interval; as percentages where no number does.

    Shares whose percentages differ are never said in the same words; with `distinct` none that differ at all are.
    """
    ps = [share_of(*cell) for cell in cells]
    ends = [interval_of(*cell) for cell in cells]
    shown: list[str] = [percent(p, (high - low) / 2) for p, (low, high) in zip(ps, ends, strict=True)]
    common = common_denominator(ps, distinct=distinct, within=ends)
    if common is not None and len(set(common[1])) < len(set(shown)):  # 19% and 21% are not both "about 2 in 10"
        common = common_denominator(ps, distinct=True, within=ends)
    texts: list[str]
    if common is None:
        texts = shown if not distinct or len(set(shown)) == len(set(ps)) else _apart(ps)
    else:
        texts = [Phrase(x, common[0], word="about", tier=4).text for x in common[1]]
    quantities = (Quantity(text=t, value=p, low=low, high=high) for t, p, (low, high) in zip(texts, ps, ends, strict=True))
    return texts, tuple(quantities)


def _apart(ps: Sequence[float]) -> list[str]:
    """Percentages with as many decimals as shares that differ need to be different."""
    texts: list[str] = []
    decimals = 1
    while len(set(texts)) < len(set(ps)) and decimals < 12:
        decimals += 1
        texts = list[str](percentage(f"{100 * p:.{decimals}f}") for p in ps)
    return texts


def points_words(value: float, low: float, high: float) -> tuple[Message, Message]:
    """A difference of shares in percentage points, and its interval with ends outward: "6 percentage points" and "2 to 11"."""
    if not (isfinite(low) and isfinite(high)):
        raise Refused("This difference has no interval, so that nothing can be claimed of it.", "Say each number by itself.")
    half = (high - low) / 2
    place = Decimal(1) if half >= 0.01 else Decimal("0.1") if half >= 0.001 else Decimal("0.01")
    exact = [Decimal(repr(round(x * 100, 10))) for x in (value, low, high)]
    point, least, most = (
        x.quantize(place, rounding=way) for x, way in zip(exact, (ROUND_HALF_UP, ROUND_FLOOR, ROUND_CEILING), strict=True)
    )
    ends = {"low": _signless(least), "high": _signless(most)}
    shown = {"value": _signless(point)}
    words = said("{value} percentage point", shown) if point == 1 else said("{value} percentage points", shown)
    return words, said("{low} to {high}", ends)


def _signless(x: Decimal) -> Decimal:
    """Without a minus before nothing."""
    return x if x != 0 else abs(x)
