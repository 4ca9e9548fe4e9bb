"""How far a hidden cell can reach, for whoever sees the rest, by linear programming; the steps that every audit and search is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import connected_components

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.tables.intruders import Intruder
from evidencekit.disclosure.tables.proofs import Open, Pool
from evidencekit.disclosure.tables.solving import least

__all__ = ["Hidden", "met", "prove", "push", "reach", "unmet"]

PATIENCE = 1  # programmes in a row that prove nothing, before cells are looked at one by one
STRETCH = 3  # how far beyond its need a cell is pushed, so that tables between two prove more


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Hidden:
    """The hidden part of a system: the cells, the sums that still say something about them, and which cells hang together."""

    cells: Codes
    sums: csr_array
    component: Codes

    @staticmethod
    def of(relations: csr_array, hidden: Bools) -> Hidden:
        """Drop shown cells, sums without a hidden cell, and sums that repeat another."""
        cells = np.flatnonzero(hidden)
        sums = relations[:, cells]
        sums = _distinct(sums[np.diff(sums.indptr) > 0])
        links = abs(sums).T @ abs(sums)
        return Hidden(cells, sums, np.asarray(connected_components(links, directed=False)[1], dtype=np.intp))

    def part(self, targets: Codes) -> tuple[Codes, csr_array]:
        """The cells that hang together with the targets, and their sums."""
        at = np.searchsorted(self.cells, targets)
        keep = np.isin(self.component, self.component[at])
        sums = self.sums[:, keep]
        return self.cells[keep], sums[np.diff(sums.indptr) > 0]


def _quiet(done: int) -> None:
    """Nobody waits to be told."""


def push(hidden: Hidden, who: Intruder, aims: Open, weights: Floats | None = None) -> Floats:
    """A possible table in which many of the `up` cells reach what they need, and many of the `down` cells too.

    A cell that is to go up is the sum of a part that is rewarded, up to some times what it needs, and of one that is not.
    """
    cells, sums = hidden.part(np.concatenate([aims.up, aims.down]))
    up, down = np.searchsorted(cells, aims.up), np.searchsorted(cells, aims.down)
    n = len(cells)
    costs = np.zeros(n + len(up))
    costs[down] = 1.0 if weights is None else weights[: len(down)]
    costs[n:] = -1.0 if weights is None else -weights[len(down) :]
    low, high = who.low[cells], who.high[cells]
    rewarded = np.minimum(who.need.high[aims.up] * STRETCH, high[up])
    least_rewarded = np.minimum(low[up], rewarded)  # what an insider knows of her own cell is kept in the rewarded part
    low[up] = 0
    wide = csr_array(hstack([sums, sums[:, up]]))
    bottom, top = np.concatenate([low, least_rewarded]), np.concatenate([high, rewarded])
    x = least(costs, wide, sums @ who.values[cells], low=bottom, high=top)
    if x is None:  # the true table is possible, so this is the solver's arithmetic
        return who.values
    table = who.values.copy()
    table[cells] = x[:n]
    table[aims.up] += x[n:]
    return table


def prove(hidden: Hidden, who: Intruder, pool: Pool, told: Callable[[int], None]) -> tuple[Open, int]:
    """Look for possible tables that prove many cells at once, until that no longer helps.

    Returns
    -------
    Open, int
        What is still not proven, and how many programmes were solved.
    """
    random = np.random.default_rng(0)  # which half goes up: the same in every run
    left, solved, idle = pool.open(who), 0, 0
    while len(left) and idle <= PATIENCE:
        above = left.up[random.random(len(left.up)) < 0.5] if len(left.up) > 3 else left.up
        aims = Open(above, np.setdiff1d(left.down, above))
        if not len(aims):
            continue
        pool.add(push(hidden, who, aims, 1 + random.random(len(aims)) if idle else None))
        solved += 1
        before, left = len(left), pool.open(who)
        idle = 0 if len(left) < before else idle + 1
        told(before - len(left))
    return left, solved


def met(hidden: Hidden, who: Intruder, pool: Pool, need: tuple[int, bool]) -> tuple[bool, int]:
    """Whether a need is met, for a cell and above or below it, by the pool or by a table of its own; how many programmes that took."""
    cell, above = need
    if not pool.opens(who, cell, above):
        return True, 0
    one, none = np.array([cell]), np.zeros(0, dtype=np.intp)
    pool.add(push(hidden, who, Open(one, none) if above else Open(none, one)))
    return not pool.opens(who, cell, above), 1


def unmet(
    hidden: Hidden, who: Intruder, pool: Pool, *, most: int, told: Callable[[int], None] = _quiet
) -> tuple[list[tuple[int, bool]], int]:
    """The first needs, at most so many, that are not met; how many programmes were solved to find out."""
    left, solved = prove(hidden, who, pool, told)
    failed: list[tuple[int, bool]] = []
    while len(failed) < most:
        todo = [n for n in left.needs() if n not in failed]
        if not todo:
            break
        good, more = met(hidden, who, pool, todo[0])
        solved += more
        if not good:
            failed.append(todo[0])
        before, left = len(left), pool.open(who)
        told(before - len(left) + (not good))
    return failed, solved


def reach(hidden: Hidden, who: Intruder, cell: int) -> tuple[float, float]:
    """Between what values a hidden cell must lie for somebody who knows what this intruder knows."""
    cells, sums = hidden.part(np.array([cell]))
    at = cells == cell
    right, low, high = sums @ who.values[cells], who.low[cells], who.high[cells]
    ends = [least(sign * at.astype(np.float64), sums, right, low=low, high=high) for sign in (1, -1)]
    bottom, top = (float(who.values[cell] if x is None else x[at][0]) for x in ends)
    return bottom, top


def _distinct(sums: csr_array) -> csr_array:
    """Each sum once, whatever its sign."""
    sums.sort_indices()
    seen: dict[bytes, int] = {}
    for i, (a, b) in enumerate(zip(sums.indptr[:-1], sums.indptr[1:], strict=True)):
        data = sums.data[a:b] * sums.data[a]
        seen.setdefault(sums.indices[a:b].tobytes() + data.tobytes(), i)
    return sums[np.array(list(seen.values()), dtype=np.intp)]
