"""Range: a number that is known only between two ends. One that is known has ends that meet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

from evidencekit.errors import InputError

__all__ = ["Range", "range_of"]


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """From `low` to `high`.

    Parameters
    ----------
    low, high : float
        Its ends; a number that is known has both alike.

    Examples
    --------
    >>> from evidencekit.planning import Range
    >>> Range(0.05, 0.15).middle, Range(3, 3).known
    (0.1, True)
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what is no range."""
        for name in ("low", "high"):
            end = _finite(getattr(self, name))
            if end is None:
                raise InputError("A range has two finite numbers as its ends.", "Write it as (0.05, 0.12), the lower end first.")
            object.__setattr__(self, name, end)
        if self.low > self.high:
            raise InputError("The lower end of a range is above its upper one.", "Write the lower end first.")

    @property
    def middle(self) -> float:
        """Half way between the ends."""
        return self.low + (self.high - self.low) / 2

    @property
    def known(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def __str__(self) -> str:
        return f"{self.low:g}" if self.known else f"{self.low:g} to {self.high:g}"


def _finite(given: object) -> float | None:
    """A number of any kind as a float; None where it is none, or none that can be reckoned with."""
    if isinstance(given, float):  # nearly always; asking whether something is Real takes longer
        return float(given) if math.isfinite(given) else None
    if isinstance(given, bool) or not isinstance(given, Real):
        return None
    try:
        return float(given) if math.isfinite(given) else None
    except OverflowError:
        return None


def range_of(given: Any) -> Range:
    """A number or a pair of numbers as a Range."""
    if isinstance(given, Range):
        return given
    if isinstance(given, Real) and not isinstance(given, bool):
        return Range(given, given)  # pyright: ignore[reportArgumentType]
    if isinstance(given, (tuple, list)) and len(given) == 2:
        return Range(*given)
    fix = "A number stands without quotation marks, commas, % or signs of money: 40000; 0.12 for 12 %." if isinstance(given, str) else ""
    raise InputError("This takes a number, a range (low, high), or None where it is not known.", fix)
