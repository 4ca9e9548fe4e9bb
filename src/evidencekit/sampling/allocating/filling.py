"""Numbers of units in proportion to scores, between a least and a most in every stratum, until a total is reached.

Every allocation here is ``n_h = clip(t score_h, least_h, most_h)``; what differs is the total that sets t: units, money or variance. The
total is monotone in t and its form changes only where a stratum meets one of its bounds, so t is found exactly: by bisection among
those points, then in closed form between two of them. With the scores of Neyman or of optimum allocation this also is the best allocation
within the bounds (the Karush-Kuhn-Tucker conditions): what a stratum cannot take goes to the others.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evidencekit.columns import Floats

__all__ = ["fill_amount", "fill_variance"]


def fill_amount(scores: Floats, least: Floats, most: Floats, costs: Floats, amount: float) -> Floats:
    """Exact numbers (H,) whose costs add up to an amount that lies between those of `least` and `most`."""

    def total(t: float) -> float:
        return float(costs @ _clipped(t, scores, least, most))

    t = _last_below(total, _corners(scores, least, most), amount)
    free = _free(t, scores, least, most)
    made = _clipped(t, scores, least, most)
    if free.any():
        left = amount - float(costs[~free] @ made[~free])
        made[free] = scores[free] * (left / float(costs[free] @ scores[free]))
    elif amount > total(t):  # only strata whose score is nought have room left: they share it in proportion to that room
        open_ = made < most
        share = (amount - total(t)) / float(costs[open_] @ (most - made)[open_])
        made[open_] += share * (most - made)[open_]
    return np.clip(made, least, most)


def fill_variance(scores: Floats, least: Floats, most: Floats, spread: Floats, sum_over_n: float) -> Floats:
    """Exact numbers (H,) with ``sum(spread / n)`` equal to a number between those that `most` and `least` give."""

    def total(t: float) -> float:
        return -float((spread / _clipped(t, scores, least, most)).sum())

    t = _last_below(total, _corners(scores, least, most), -sum_over_n)
    free = _free(t, scores, least, most) & (spread > 0)
    made = _clipped(t, scores, least, most)
    if free.any():
        left = sum_over_n - float((spread[~free] / made[~free]).sum())
        made[free] = scores[free] * (float((spread[free] / scores[free]).sum()) / left)
    return np.clip(made, least, most)


def _clipped(t: float, scores: Floats, least: Floats, most: Floats) -> Floats:
    return np.clip(t * scores, least, most)


def _corners(scores: Floats, least: Floats, most: Floats) -> Floats:
    """Where strata leave their least or reach their most, in order, from 0."""
    some = scores > 0
    return np.unique(np.concatenate([[0.0], least[some] / scores[some], most[some] / scores[some]]))


def _last_below(total: Callable[[float], float], corners: Floats, target: float) -> float:
    """The last corner where the total does not exceed the target."""
    low, high = 0, len(corners)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if total(float(corners[middle])) <= target else (low, middle)
    return float(corners[low])


def _free(t: float, scores: Floats, least: Floats, most: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Strata between their bounds just after a corner; computed as the corners are, so that equal numbers stay equal."""
    some = np.where(scores > 0, scores, 1.0)
    return (scores > 0) & (least / some <= t) & (most / some > t)
