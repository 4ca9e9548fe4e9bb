"""Repair: which further cells to hide, at least cost, so that a cell's interval becomes wide enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack

from evidencekit.columns import Bools, Floats
from evidencekit.disclosure.tables.intruders import Intruder
from evidencekit.disclosure.tables.proofs import Open, View
from evidencekit.disclosure.tables.reaching import Hidden, prove
from evidencekit.disclosure.tables.solving import CLOSE, least
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.errors import Refused, how_many

__all__ = ["SMALL", "Need", "Repaired", "repaired"]

ROUNDS = 3  # programmes for a repair, in a system of up to so many cells; one in a larger one, where they take long and gain little
SMALL = 600

Need = tuple[int, int, int, bool]  # view, intruder, cell, above


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Repaired:
    """What is hidden after a repair, for which need each cell was added, and how many programmes were solved."""

    hidden: Bools
    causes: dict[int, Need]
    programmes: int


def repaired(system: CellSystem, hidden: Bools, views: Sequence[View], *, costs: Floats, told: Callable[[int], None]) -> Repaired:
    """Hide further cells until every need of every intruder is proven to be met; the proofs are added to the views' pools.

    For each need that is not, the cheapest other table is looked for that meets it: one that moves the cell to where it must be able to
    be, and moves shown cells as little as their costs allow. The shown cells that it moves are hidden, and the table is the proof. Each
    repair meets a need or hides a cell, and with everything hidden all needs can be met; so it ends.

    Raises
    ------
    Refused
        Needs stay open although everything is hidden.

    References
    ----------
    Zayatz (1992), Using linear programming methodology for disclosure avoidance purposes, US Bureau of the Census, SRD report RR-92/02.
    """
    hidden, solved = hidden.copy(), 0
    causes: dict[int, Need] = {}
    part = Hidden.of(system.relations, hidden)
    for v, view in enumerate(views):
        for i, who in enumerate(view.intruders):
            left, more = prove(part, who, view.pool, told)
            solved += more
            while len(left):
                cell, above = _furthest(left, who)
                table, more = _cheapest(system, hidden, who, cell, above, costs)
                solved += more
                view.pool.add(table)
                fresh = (np.abs(table - who.values) > CLOSE) & ~hidden
                before, left = len(left), view.pool.open(who)
                if len(left) == before and not fresh.any():
                    if hidden.all():
                        raise Refused(f"{how_many(len(left), 'need')} cannot be met, whatever is hidden.", "Tabulate by coarser groups.")
                    fresh = ~hidden  # the solver's arithmetic fails; hiding everything is safe
                for new in np.flatnonzero(fresh):
                    causes[int(new)] = (v, i, cell, above)
                if fresh.any():
                    hidden |= fresh
                    part = Hidden.of(system.relations, hidden)
                told(before - len(left))
    return Repaired(hidden, causes, solved)


def _furthest(left: Open, who: Intruder) -> tuple[int, bool]:
    """The need that is furthest from being met: what it takes helps others."""
    gaps = np.concatenate([who.need.high[left.up] - who.values[left.up], who.values[left.down] - who.need.low[left.down]])
    return left.needs()[int(np.argmax(gaps))]


def _cheapest(system: CellSystem, hidden: Bools, who: Intruder, cell: int, above: bool, costs: Floats) -> tuple[Floats, int]:
    """The table that meets a need and moves shown cells at least cost, and how many programmes that took.

    The programme charges for how far a cell is moved, while hiding it costs the same however far. So it is solved again with each price
    divided by how far the cell was moved, which leaves out cells that were moved a little.
    """
    shown, m = np.flatnonzero(~hidden), len(hidden)
    wide = csr_array(hstack([system.relations, -system.relations[:, shown]]))
    none = np.zeros(system.relations.shape[0])
    down, up = who.values - who.low, who.high - who.values  # how far each cell may be moved
    low = np.concatenate([np.where(hidden, -down, 0), np.zeros(len(shown))])
    high = np.concatenate([up, np.maximum(down[shown], 0)])
    if above:
        low[cell] = who.need.high[cell] - who.values[cell]
    else:
        high[cell] = who.need.low[cell] - who.values[cell]
    price, best, rounds = costs[shown], (np.inf, who.values), 0
    charge = np.zeros(len(low))
    while rounds < (ROUNDS if m <= SMALL else 1):
        charge[shown] = charge[m:] = price
        x = least(charge, wide, none, low=low, high=high)
        rounds += 1
        if x is None:
            break
        moves = x[:m].copy()
        moves[shown] -= x[m:]
        moved = np.abs(moves)[shown]
        cost = float(costs[shown][moved > CLOSE].sum())
        if cost >= best[0]:
            break
        best = (cost, who.values + moves)
        if cost == 0:
            break
        price = costs[shown] / np.maximum(moved, 0.01)
    return best[1], rounds
