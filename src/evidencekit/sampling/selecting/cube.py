"""Balanced sampling by the cube method: estimated totals of known variables come out (nearly) equal to the true ones.

The chances are walked, at random and keeping their averages, to 0s and 1s along directions in which the weighted totals of the balancing
variables do not change. Blocks of k + 1 units (k variables) are walked all at once; each walk settles at least one unit of its block.
When k or fewer units are open, the last variable is given up, then the one before it; the first is always the size, which stays exact.

**Random numbers.** Open units are sorted by their numbers of turn 0. Round r, from 1, takes them k + 1 at a time and uses turn r: the
number of a block's first unit decides which way it is walked, up when it is below ``down / (up + down)``, the two being the lengths to the
nearest 0 or 1; the direction is the null vector of the block's columns (x/p) with 1 at the first column without a pivot, by Gauss-Jordan
elimination with the largest pivot. A chance within 1e-11 of 0 or 1 is settled.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidencekit.columns import Floats
from evidencekit.sampling.selecting.chances import opened
from evidencekit.sampling.selecting.local_pivotal import SETTLED, settled, table_of
from evidencekit.sampling.streams import Uniforms

__all__ = ["draw_balanced"]

_PIVOT = 1e-10  # below it, relative to the largest of its row, a number counts as 0
_AT_ONCE = 50_000  # blocks


def draw_balanced(chances: ArrayLike, u: Uniforms, variables: ArrayLike) -> NDArray[np.intp]:
    """Balanced sampling; with numbers that belong to units, the order of units matters by rounding only.

    Parameters
    ----------
    chances : array_like, shape (N,)
        Chances of inclusion; they add up to the size, which is always kept.
    u : Uniforms
        Random numbers.
    variables : array_like, shape (N,) or (N, k)
        Variables known for all units, the most important first.

    Returns
    -------
    ndarray of int
        Sorted positions of the chosen units.

    Raises
    ------
    InputError
        Variables are missing, or not one row for each unit.

    References
    ----------
    Deville and Tille (2004), Biometrika 91, 893-912. Chauvet and Tille (2006), Computational Statistics 21, 53-62.

    Examples
    --------
    >>> from evidencekit.sampling.selecting.cube import draw_balanced
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_balanced([0.5] * 4, hashed(1, "areas", list("abcd")), [1, 2, 3, 4]).size
    2
    """
    units = opened(chances)
    x = table_of(variables, units.size, "Balancing variables")
    if not units.n:
        return units.chosen()
    order = np.argsort(units.numbers(u), kind="stable")
    p = units.chances[order]
    x = (x if units.where is None else x[units.where])[order]
    x = x / (np.abs(x).max(axis=0) + (np.abs(x).max(axis=0) == 0))
    columns = np.column_stack([np.ones(p.size), x / p[:, None]])
    active, turn = np.arange(p.size), 1
    for kept in range(columns.shape[1], 0, -1):
        while active.size > kept:
            blocks = active[: active.size // (kept + 1) * (kept + 1)].reshape(-1, kept + 1)
            p[blocks] = _walked(p[blocks], columns[blocks, :kept], units.numbers(u, turn)[order[blocks[:, 0]]])
            active, turn = active[(p[active] > SETTLED) & (p[active] < 1 - SETTLED)], turn + 1
    return units.chosen(order[settled(p, active, units.n)])


def _walked(p: Floats, columns: Floats, number: Floats) -> Floats:
    """The chances of blocks of units (G, q) after one walk; at least one of each block is exactly 0 or 1."""
    out = np.empty_like(p)
    for start in range(0, p.shape[0], _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        q, way = p[part], _directions(columns[part].transpose(1, 2, 0).copy()).T
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = np.where(way > 0, (1 - q) / way, np.where(way < 0, -q / way, np.inf))
            behind = np.where(way > 0, q / way, np.where(way < 0, (q - 1) / way, np.inf))
        up, down = ahead.min(axis=1), behind.min(axis=1)
        goes = number[part] * (up + down) < down
        moved = q + np.where(goes, up, -down)[:, None] * way
        # The unit that ends the walk is settled exactly; rounding could leave it a hair away.
        row, end = np.arange(q.shape[0]), np.where(goes, ahead.argmin(axis=1), behind.argmin(axis=1))
        moved[row, end] = np.rint(moved[row, end])
        out[part] = np.clip(moved, 0.0, 1.0)
    return out


def _directions(a: Floats) -> Floats:
    """A null vector of each block: `a` is (units q, variables q - 1, blocks G), overwritten; the vectors are (q, G)."""
    units, rows, blocks = a.shape
    each = np.arange(blocks)
    scale = np.abs(a).max(axis=0)
    a /= np.where(scale > 0, scale, 1.0)
    rank, pivots = np.zeros(blocks, dtype=np.intp), np.full((rows, blocks), -1)
    free = np.full(blocks, -1)
    for c in range(units):
        size = np.abs(a[c])
        size[np.arange(rows)[:, None] < rank] = -1.0
        best = size.argmax(axis=0)
        found = size[best, each] > _PIVOT
        free[~found & (free < 0)] = c
        # A block is done at its first column without a pivot: that column is a sum of those before it.
        todo = np.flatnonzero(found & (free < 0))
        if not todo.size:
            break
        at, to = best[todo], rank[todo]
        taken = a[:, at, todo].copy()
        a[:, at, todo] = a[:, to, todo]
        taken /= taken[c]
        a[:, to, todo] = taken
        times = a[c][:, todo]
        times[to, np.arange(todo.size)] = 0.0
        whole = slice(None) if todo.size == blocks else todo
        a[c:, :, whole] -= times[None] * taken[c:, None, :]
        pivots[to, todo] = c
        rank[todo] += 1
    way = np.zeros((units, blocks))
    way[free, each] = 1.0
    for r in range(rows):
        have = np.flatnonzero(pivots[r] >= 0)
        way[pivots[r, have], have] = -a[free[have], r, have]
    way[np.abs(way) < 1e-13] = 0.0
    return way
