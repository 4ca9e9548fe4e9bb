"""rounded_total: a number of people and its limits, with the digits that the interval supports."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, isfinite, log10

from evidencekit.errors import InputError

__all__ = ["rounded_total"]

OF_HALF_WIDTH = 0.5  # a step is at most half of half the interval's width: rounding moves a number by a quarter of it at most
DIGITS = 3  # that can be said
BITE = 0.01  # of half the width: what a limit may lose by going to the nearest step instead of outward


def rounded_total(value: float, low: float | None = None, high: float | None = None) -> tuple[int, int | None, int | None]:
    """Round a number of people and its limits to one step.

    Parameters
    ----------
    value : float
        The number, 0 or more.
    low, high : float, optional
        Its limits; None or NaN where there is none.

    Returns
    -------
    (int, int or None, int or None)
        The number and its limits in whole people, all multiples of the step.

    Raises
    ------
    InputError
        The number is negative or not finite, or outside its limits.

    Notes
    -----
    The step is the largest power of ten that is at most half of the half-width of the interval, so that rounding moves the number by at
    most a quarter of the half-width. At least one digit is kept and at most three; more only where three would put the number outside its
    own interval. A lower limit above 0 is not called 0: the step is made smaller, where three digits allow it.

    Limits are rounded outward, so that words never claim more than the interval does. One exception: a limit goes to the nearest step where
    that cuts off no more than a hundredth of the half-width. 179,843 is then called 180,000 and not 170,000, which would widen the
    interval by a quarter of its half-width for 157 people; of 95 % coverage the cut costs 0.3 points at most. Half a step is rounded up.

    Without limits two digits are kept.

    Examples
    --------
    >>> from evidencekit.combining import rounded_total
    >>> rounded_total(215_962, 179_843, 256_539)
    (220000, 180000, 260000)
    >>> rounded_total(775_526, 581_437, 1_018_510)
    (800000, 500000, 1100000)
    >>> rounded_total(3_580_485)
    (3600000, None, None)
    """
    low, high = (x if x is not None and isfinite(x) else None for x in (low, high))
    if not (isfinite(value) and value >= 0):
        raise InputError("A number of people is 0 or more.", "Where it is hidden or not known there is nothing to round.")
    if (low is not None and low > value) or (high is not None and high < value):
        raise InputError("The number is outside its own limits.", "Pass value, low and high of one estimate.")
    near = BITE * (high - low) / 2 if low is not None and high is not None else 0.0
    step = _step(value, low, high, near)
    about = _nearest(value, step)
    least = None if low is None else min(_outward(low, step, near, floor), about)
    most = None if high is None else max(_outward(high, step, near, ceil), about)
    return about, least, most


def _step(value: float, low: float | None, high: float | None, near: float) -> int:
    """The largest power of ten that the interval and the digits allow; 1 at the least."""
    if low is None or high is None:
        return max(_place(value) // 10, 1)
    allowed = _place(OF_HALF_WIDTH * (high - low) / 2)
    first = _place(value) if value > 0 else allowed
    finest = max(first // 10 ** (DIGITS - 1), 1)
    step = max(min(allowed, first), finest)
    while step > finest and low > 0 and _outward(low, step, near, floor) == 0:
        step //= 10
    return step if low - near <= _nearest(value, step) <= high + near else min(step, allowed)


def _place(number: float) -> int:
    """The power of ten of a number's first digit; 1 below ten."""
    return 10 ** max(floor(log10(number) + 1e-12), 0) if number > 0 else 1


def _nearest(number: float, step: int) -> int:
    return floor(number / step + 0.5) * step


def _outward(limit: float, step: int, near: float, way: Callable[[float], int]) -> int:
    """A limit on the step beyond it, or on the nearest one where that cuts off next to nothing."""
    closest = _nearest(limit, step)
    return closest if abs(closest - limit) <= near else way(limit / step) * step
