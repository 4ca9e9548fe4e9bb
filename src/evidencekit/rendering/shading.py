"""Steps of shading: at most five, from light to dark, each with a hatching and words of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.rows import Number, percent
from evidencekit.rendering.scale import scale_over

__all__ = ["MOST_STEPS", "Step", "given_steps", "round_steps", "step_of"]

# BLUE with its tints and its shade; words are dark on the first three (at least 7 to 1) and white on the others (5 to 1).
_LOOKS = (
    ("#f2f7fb", page.INK, ""),
    ("#bcdaee", page.INK, "..."),
    ("#6fb1da", page.INK, "////"),
    (page.BLUE, "white", "xxxx"),
    ("#003f66", "white", "++++"),
)
MOST_STEPS = len(_LOOKS)
_CHOSEN = {1: (1,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}  # looks that are far apart, by how many steps


@dataclass(frozen=True, slots=True)
class Step:
    """Numbers below `top`, and not below the step before; those of the last step may be `top` too."""

    top: float
    words: str
    inside: str
    ink: str
    hatch: str


def round_steps(values: Sequence[float], number: Number | None) -> list[Step]:
    """Make steps of one round width that hold all values; none where there are no values.

    Examples
    --------
    >>> from evidencekit.rendering.shading import round_steps
    >>> [step.words for step in round_steps([0.04, 0.14, 0.11], None)]
    ['4% to under 6%', '6% to under 8%', '8% to under 10%', '10% to under 12%', '12% to 14%']
    """
    if not values:
        return []
    low, high = min(values), max(values)
    if low == high:
        return _dressed([high], [(number or percent)(high)])
    ticks = scale_over(low, high, left=0.0, right=1.0, most=MOST_STEPS + 1).ticks
    if number is None and low >= 0 and ticks[-1] > 1:
        ticks = (*(tick for tick in ticks if tick < 1), 1.0)
    return _dressed(ticks[1:], _said(ticks, number))


def given_steps(steps: Sequence[tuple[float, str]], values: Sequence[float], number: Number | None) -> list[Step]:
    """Take steps as they were given, and say those in English that have no words.

    Raises
    ------
    InputError
        More than five steps, limits that do not rise, or one below a value.

    Examples
    --------
    >>> from evidencekit.rendering.shading import given_steps
    >>> [step.words for step in given_steps([(0.05, "few"), (0.1, ""), (1, "")], [0.04, 0.1], None)]
    ['few', '5% to under 10%', '10% to 100%']
    """
    tops = [top for top, _ in steps]
    if len(steps) > MOST_STEPS:
        raise InputError(f"steps= has at most {MOST_STEPS} steps.", "More shades cannot be told apart: put neighbours together.")
    if not all(map(isfinite, tops)) or any(a >= b for a, b in pairwise(tops)):
        raise InputError("The limits of steps= rise, and are finite.", "Pass the lowest step first.")
    if values and max(values) > tops[-1]:
        raise InputError("A value is above the last limit of steps=.", "Raise the last limit: shares end at 1.")
    made = [f"under {(number or percent)(tops[0])}", *_said(tops, number)]
    if len(tops) == 1:
        made = [f"up to {(number or percent)(tops[0])}"]
    return _dressed(tops, [words or other for (_, words), other in zip(steps, made, strict=True)])


def step_of(value: float, steps: Sequence[Step]) -> Step:
    """Find the step of a value."""
    return next((step for step in steps if value < step.top), steps[-1])


def _said(limits: Sequence[float], number: Number | None) -> list[str]:
    """Say what is between neighbours of rising limits; only the last range has its upper limit in it."""
    said = [(number or percent)(limit) for limit in limits]
    last = len(said) - 2
    return [f"{low} to {'' if k == last else 'under '}{high}" for k, (low, high) in enumerate(pairwise(said))]


def _dressed(tops: Sequence[float], words: Sequence[str]) -> list[Step]:
    """Give each step its look."""
    looks = [_LOOKS[k] for k in _CHOSEN[len(tops)]]
    return [Step(top, said, *look) for top, said, look in zip(tops, words, looks, strict=True)]
