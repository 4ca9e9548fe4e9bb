"""Grades of an answer: within the range of the finding, near it, wrong; and what is no answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from evidencekit.findings.phrases import EDGE
from evidencekit.findings.recall.typed import forgotten, shares_in

__all__ = ["GRADES", "UNREAD", "Grade", "Range"]

Grade = Literal["within", "near", "wrong", "does not remember", "not answered", "unreadable"]
GRADES: tuple[Grade, ...] = get_args(Grade)
UNREAD: Grade = "unreadable"


@dataclass(frozen=True, slots=True)
class Range:
    """The interval of a finding, and how far beyond it an answer is still near.

    Parameters
    ----------
    low, high : float
        The interval.
    near : float
        A factor on odds.
    """

    low: float
    high: float
    near: float

    def of(self, share: float) -> Grade:
        """The grade of a share.

        Examples
        --------
        >>> from evidencekit.findings.recall.grading import Range
        >>> [Range(0.099, 0.141, 1.5).of(share) for share in (0.125, 0.18, 0.5)]
        ['within', 'near', 'wrong']
        """
        if self.low - EDGE <= share <= self.high + EDGE:
            return "within"
        if not 0 < share < 1:
            return "wrong"
        end = self.low if share < self.low else self.high
        given, there = share / (1 - share), end / (1 - end) if end < 1 else float("inf")
        apart = there / given if share < self.low else given / there
        return "near" if apart <= self.near * (1 + 1e-12) else "wrong"

    def read(self, text: str | None, remembers: bool | None) -> tuple[Grade, float | None]:
        """The grade of what was typed and the share in it; `remembers` is what was said before, None where nothing was."""
        if text is None or not text.strip():
            return ("does not remember" if remembers is False else "not answered"), None
        if forgotten(text):
            return "does not remember", None
        shares = shares_in(text)
        if shares is None:
            return UNREAD, None
        first = self.of(shares[0])
        return (first, shares[0]) if all(self.of(share) == first for share in shares) else (UNREAD, None)
