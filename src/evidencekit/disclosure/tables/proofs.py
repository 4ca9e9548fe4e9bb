"""Proof that a hidden cell is safe: tables that look the same where cells are shown, and differ where they are hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.tables.intruders import Intruder
from evidencekit.disclosure.tables.solving import CLOSE

__all__ = ["Open", "Pool", "View"]

EXACT = 1e-5  # how far the sums of a possible table may be off; the solver keeps them to 1e-7 each


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Open:
    """Cells whose interval is not yet known to reach what is needed, above and below."""

    up: Codes
    down: Codes

    def __len__(self) -> int:
        return len(self.up) + len(self.down)

    def needs(self) -> list[tuple[int, bool]]:
        """Each cell, and whether it is the upper side that is open."""
        return [*((int(c), True) for c in self.up), *((int(c), False) for c in self.down)]


class Pool:
    """Possible tables that were met on the way, the true one first. Each is proof for many cells and many intruders.

    Two possible tables make every table between them possible too. That is how a table that holds too little in somebody's own cell and
    one that holds too much are proof for the one who knows what it holds.

    Parameters
    ----------
    base : Intruder
        The outsider: the true table, and what is needed of each cell.
    relations : sparse array (r, m)
        The sums that a possible table must meet.
    room : int
        For how many tables there is room at first.
    """

    __slots__ = ("_held", "_near", "base", "cells", "count", "relations")

    def __init__(self, base: Intruder, relations: csr_array, room: int = 16) -> None:
        self.base = base
        self.relations = relations
        self._held = np.empty((room, len(base.values)))
        self._held[0] = base.values
        self.cells = base.need.cells
        self._near = self._held[:, self.cells]  # what is looked at again and again
        self.count = 1

    @property
    def tables(self) -> Floats:
        """The tables (k, m)."""
        return self._held[: self.count]

    def add(self, table: Floats) -> None:
        """Keep a table, if it is possible: what a solver says is checked here, and nowhere else is it trusted."""
        table = np.where(np.abs(table - self.base.values) <= CLOSE, self.base.values, table)
        if not (table >= -CLOSE).all() or not (np.abs(self.relations @ table) <= EXACT).all():
            return
        if self.count == len(self._held):
            self._held = np.concatenate([self._held, np.empty_like(self._held)])
            self._near = np.concatenate([self._near, np.empty_like(self._near)])
        self._held[self.count], self._near[self.count] = table, table[self.cells]
        self.count += 1

    def within(self, hidden: Bools) -> Pool:
        """The tables that are possible when these cells are hidden and all others shown."""
        kept = self.tables[(self.tables == self.base.values)[:, ~hidden].all(axis=1)]
        new = Pool(self.base, self.relations, max(16, 2 * len(kept)))
        new._held[: len(kept)], new._near[: len(kept)] = kept, kept[:, self.cells]
        new.count = len(kept)
        return new

    def open(self, who: Intruder) -> Open:
        """What no table in the pool proves for an intruder."""
        low, high = who.need.low[self.cells], who.need.high[self.cells]
        need = ~np.isnan(low)
        near = self._near[: self.count]
        return Open(self.cells[need & ~self._reached(near, high, who, True)], self.cells[need & ~self._reached(near, low, who, False)])

    def opens(self, who: Intruder, cell: int, above: bool) -> bool:
        """Whether one need of an intruder is open."""
        need = (who.need.high if above else who.need.low)[[cell]]
        return not self._reached(self.tables[:, [cell]], need, who, above)[0]

    def _reached(self, values: Floats, need: Floats, who: Intruder, above: bool) -> Bools:
        """Which needs are met by one of the tables, or between two of them; not those that are NaN."""
        met = values >= need - CLOSE if above else values <= need + CLOSE
        if who.own < 0:
            return np.asarray(met.any(axis=0))
        fixed = who.fixed
        if len(fixed) > 1:
            possible = (np.abs(self.tables[:, fixed] - 1) <= CLOSE).all(axis=1)
            return np.asarray(met[possible].any(axis=0))
        held = self.tables[:, who.own]
        left, right = held <= 1 - CLOSE, held >= 1 + CLOSE
        exact = ~left & ~right if len(fixed) else ~left
        out = np.asarray(met[exact].any(axis=0) | (met[left].any(axis=0) & met[right].any(axis=0)))
        still = np.flatnonzero(~out & ~np.isnan(need))
        if len(still) and left.any() and right.any():
            x, z = held[left][:, None], held[right][None, :]
            for t in still:  # the furthest point over 1 of a line between two tables
                between = (values[left, t][:, None] * (z - 1) + values[right, t][None, :] * (1 - x)) / (z - x)
                out[t] = between.max() >= need[t] - CLOSE if above else between.min() <= need[t] + CLOSE
        return out


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class View:
    """One set of numbers for the cells (counts, or weighted totals), who looks at them, and what is proven so far."""

    intruders: tuple[Intruder, ...]
    pool: Pool

    def within(self, hidden: Bools) -> View:
        """The same with the proofs that hold when only these cells are hidden."""
        return View(self.intruders, self.pool.within(hidden))
