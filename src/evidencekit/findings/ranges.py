"""Intervals in words and in icons. Ends are rounded outward, always, so that words never claim more than the interval does."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import ceil, floor

from evidencekit.errors import InputError
from evidencekit.findings.languages import Message, said
from evidencekit.findings.phrases import EDGE, check_interval, half_up, percent

__all__ = ["denominator", "icon_counts", "interval_words", "outward", "percent_words"]

_HUNDREDS = (100, 1000, 10_000)


def outward(low: float, high: float, y: int) -> tuple[int, int]:
    """Both ends of an interval out of `y`, rounded outward.

    Examples
    --------
    >>> from evidencekit.findings.ranges import outward
    >>> outward(0.02859, 0.1548, 100)
    (2, 16)
    """
    check_interval(low, high)
    return max(floor((low + EDGE) * y), 0), min(ceil((high - EDGE) * y), y)


def interval_words(low: float, high: float, *, per: int | None = None) -> Message:
    """Say an interval as "between 9 and 15 in 100", ends rounded outward.

    Parameters
    ----------
    low, high : float
        The interval, as shares.
    per : int, optional
        The denominator. By default the first of 100, 1,000 and 10,000 at which rounding adds at most a quarter of the width at either
        end, the ends do not meet, and neither is called 0 or everyone without being it; at 10,000 the ends are always taken.

    Notes
    -----
    The level is not in the words: the sentence around them says it.

    Examples
    --------
    >>> from evidencekit.findings.ranges import interval_words
    >>> interval_words(0.099, 0.141), interval_words(0.003, 0.012), interval_words(0.104, 0.116, per=100)
    ('between 9 and 15 in 100', 'between 3 and 12 in 1,000', 'between 10 and 12 in 100')
    """
    y = per or next((y for y in _HUNDREDS[:-1] if _close(low, high, y)), _HUNDREDS[-1])
    a, b = outward(low, high, y)
    if a == b:
        return said("{x} in {y}", {"x": a, "y": y})
    return said("between {low} and {high} in {y}", {"low": a, "high": b, "y": y})


def icon_counts(p: float, low: float | None, high: float | None) -> tuple[int, int, tuple[int, int] | None]:
    """A share and its interval as icons: how many are filled, out of how many, and between which.

    Out of 100, or of 1,000 where the share or an end of its interval would be called 0 or everyone in 100, or fewer icons would be outside
    the interval.

    Raises
    ------
    InputError
        The share is too rare, too common, or too precise for 1,000 icons.

    Examples
    --------
    >>> from evidencekit.findings.ranges import icon_counts
    >>> icon_counts(0.0712, 0.02859, 0.1548), icon_counts(0.004, 0.002, 0.007)
    ((7, 100, (2, 16)), (4, 1000, (2, 7)))
    """
    y = denominator(p, low, high)
    if y is None:
        raise InputError("The share is too rare, too common or too precise to be drawn as icons.", 'Use picture("dots").')
    return half_up(p * y), y, None if low is None or high is None else outward(low, high, y)


def denominator(p: float, low: float | None, high: float | None) -> int | None:
    """What a share and its interval are counted out of: the first of 100 and 1,000 that is honest of both, else None."""
    for y in _HUNDREDS[:-1]:
        open_ended = low is None or high is None or y == _HUNDREDS[-2] or _honest(low, high, outward(low, high, y), y)
        within = low is None or high is None or low - EDGE <= half_up(p * y) / y <= high + EDGE
        if 0 < half_up(p * y) < y and open_ended and within:
            return y
    return None


def percent_words(p: float, low: float | None, high: float | None) -> str:
    """A share in percent with its interval, whose ends have the same decimals and are rounded outward.

    Examples
    --------
    >>> from evidencekit.findings.ranges import percent_words
    >>> percent_words(0.119, 0.099, 0.141), percent_words(0.119, None, None)
    ('12% (9 to 15)', '12%')
    """
    if low is None or high is None:
        return percent(p, None)
    point = percent(p, (high - low) / 2)
    decimals = len(point.rstrip("%").partition(".")[2])
    ends = {"low": _rounded(low, decimals, ROUND_FLOOR), "high": _rounded(high, decimals, ROUND_CEILING)}
    return said("{share} ({low} to {high})", {"share": point, **ends})


def _rounded(share: float, decimals: int, way: str) -> Decimal:
    return Decimal(repr(round(share * 100, 10))).quantize(Decimal(1).scaleb(-decimals), rounding=way)


def _close(low: float, high: float, y: int) -> bool:
    """Whether rounding outward to numbers out of `y` says about what the interval says."""
    ends, width = outward(low, high, y), high - low
    a, b = ends
    near = max(low - a / y, b / y - high) <= width / 4 + EDGE
    return near and _honest(low, high, ends, y) and (a < b or width <= EDGE)


def _honest(low: float, high: float, ends: tuple[int, int], y: int) -> bool:
    """Whether neither end is called 0 or everyone without being it."""
    return (ends[0] > 0 or low <= 0) and (ends[1] < y or high >= 1)
