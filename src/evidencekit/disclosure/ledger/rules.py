"""Rule: when what an intruder can say of a group is too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from evidencekit.disclosure.ledger.groups import is_number
from evidencekit.errors import InputError, one_of

__all__ = ["Rule"]

Zeros = Literal["review", "pass", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A group fails when it can be shown to have someone in it, and fewer than `threshold`, within less than `width`.

    Parameters
    ----------
    threshold : int
        The fewest people of whom a number may be known; 10 by default, as for a cell shown.
    width : int
        How far apart the smallest and the largest possible number of a small group have to be. 4 by default: what rounding to the nearest
        five leaves. With 9, a small group is safe only where it may also have nobody in it, or as many as the threshold.
    zeros : {"review", "pass", "fail"}
        What to do with a group that can be shown to have nobody in it: all the others then have the opposite answer.

    Examples
    --------
    >>> rule = Rule(threshold=10)
    >>> rule.narrow(5, 5), rule.narrow(3, 7), rule.narrow(0, 3), rule.narrow(12, 12)
    (True, False, False, False)
    """

    threshold: int = 10
    width: int = 4
    zeros: Zeros = "review"

    def __post_init__(self) -> None:
        for name in ("threshold", "width"):
            value: Any = getattr(self, name)
            whole = is_number(value) and value == int(value)
            if not (whole and 1 <= value <= 1_000):
                raise InputError(f"{name}= is a whole number from 1 to 1,000.")
            object.__setattr__(self, name, int(value))
        one_of("zeros", self.zeros, ("review", "pass", "fail"))

    def narrow(self, low: float, high: float, *, hidden: bool = False) -> bool:
        """Whether it is too much to know that a group has from `low` to `high` people.

        Parameters
        ----------
        low, high : int
            The smallest and largest number.
        hidden : bool
            Whether the number is hidden: then a reader guesses that there is someone.
        """
        least = max(low, 1) if hidden else low
        return least >= 1 and 1 <= high < self.threshold and high - least < self.width
