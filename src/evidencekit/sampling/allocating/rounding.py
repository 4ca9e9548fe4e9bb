"""Whole numbers of units from exact ones; ties are settled by size, then by label, never by the order of the strata."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats

__all__ = ["Whole", "largest_remainders", "priorities", "spent", "up"]

Whole = NDArray[np.int64]
_NEARLY = 1e-9


def largest_remainders(exact: Floats, total: int, most: Floats, sizes: Floats, rank: Codes) -> Whole:
    """Round down, then add units where most was cut off until the total is kept."""
    made = np.floor(exact + _NEARLY)
    open_ = np.flatnonzero(made < most)
    first = open_[np.lexsort((rank[open_], -sizes[open_], -np.round(exact - made, 9)[open_]))]
    made[first[: total - int(made.sum())]] += 1
    return made.astype(np.int64)


def priorities(spread: Floats, total: int, least: Floats, most: Floats, rank: Codes) -> Whole:
    """Whole numbers with the smallest ``sum(spread**2 / n)`` of all with this total: Wright's algorithm.

    The next unit goes where ``spread / sqrt(n (n + 1))`` is largest. Most are given at once, to a priority that does not use up the total.
    """
    spread = spread / spread.max()

    def given(priority: float) -> Floats:
        known = np.floor((np.sqrt(1 + 4 * (spread / priority) ** 2) - 1) / 2)  # the last n whose unit still has this priority
        return np.clip(known + 1, least, most)

    low, high = float(spread[spread > 0].min()) / (total + 1.0) ** 2, float(spread.max()) * 2.0
    for _ in range(60):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if given(middle).sum() > total else (low, middle)
    start = np.maximum(given(high) - 1, least)  # one back, so that rounding in the square root cannot give one too many

    def priority(h: int, n: float) -> float:
        return float(spread[h] / np.sqrt(n * (n + 1))) if n > 0 else (np.inf if spread[h] > 0 else 0.0)

    return _one_by_one(start, total, most, rank, priority)


def _one_by_one(start: Floats, total: int, most: Floats, rank: Codes, priority: Callable[[int, float], float]) -> Whole:
    made = start.copy()
    queue = [(-priority(h, made[h]), int(rank[h]), h) for h in range(len(made)) if made[h] < most[h]]
    heapify(queue)
    for _ in range(total - int(made.sum())):
        _, place, h = heappop(queue)
        made[h] += 1
        if made[h] < most[h]:
            heappush(queue, (-priority(h, made[h]), place, h))
    return made.astype(np.int64)


def up(exact: Floats, most: Floats) -> Whole:
    """Round up, so that a precision is reached."""
    return np.minimum(np.ceil(exact - _NEARLY), most).astype(np.int64)


def spent(exact: Floats, budget: float, costs: Floats, most: Floats, rank: Codes) -> Whole:
    """Round down, then buy units where most was cut off, in that order, as long as the money lasts."""
    made = np.floor(exact + _NEARLY)
    left = budget * (1 + 1e-12) - float(costs @ made)
    for h in np.lexsort((rank, -np.round(exact - made, 9))):
        if costs[h] <= left and made[h] < most[h]:
            made[h] += 1
            left -= costs[h]
    return made.astype(np.int64)
