"""Which further cells of an Estimate must be hidden, so that those that are hidden cannot be worked out from the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats
from evidencekit.disclosure.additive import Block, blocks_of
from evidencekit.disclosure.tables.auditing import audit
from evidencekit.disclosure.tables.gauss import gauss
from evidencekit.disclosure.tables.intruders import Intruder, Protection, insiders_of, outsider
from evidencekit.disclosure.tables.proofs import Pool
from evidencekit.disclosure.tables.repair import repaired
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.estimate import Estimate

__all__ = ["Complement", "complement_of"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Complement:
    """What must be hidden too, and how that was proven.

    Parameters
    ----------
    too : array of bool (cells of the Estimate,)
        Cells that would give a hidden one away.
    tables, cells, programmes, failures : int
        How many additive tables, with how many cells; linear programmes solved; hidden cells that still could be worked out.
    """

    too: Bools
    tables: int = 0
    cells: int = 0
    programmes: int = 0
    failures: int = 0


def complement_of(est: Estimate, hidden: Bools, *, least: int) -> Complement:
    """Hide further cells until nothing hidden can be worked out.

    Parameters
    ----------
    est : Estimate
        With its counts.
    hidden : array of bool
        Cells that may not be shown.
    least : int
        The fewest people of whom a number may be known: a hidden cell must be able to hold any number of cases from 0 to `least`, and of
        others too, for whoever sees all other cells and all margins; also for somebody who knows that she is in it.

    Notes
    -----
    Cases and those who are not cases are two additive tables that hide the same cells. Cells that are hidden although they are not small
    (too few sampling units) must stay uncertain by `least` on either side.
    """
    too = np.zeros(len(est), dtype=bool)
    tables = cells = programmes = failures = 0
    for block in blocks_of(est):
        primary = hidden[block.rows]
        if not primary.any() or primary.all():
            continue
        found, solved, failed = _suppressed(block, primary, est.counts.n[block.rows], least)
        too[block.rows[found & ~primary]] = True
        tables, cells = tables + len(block.systems), cells + len(block.systems) * len(block.systems[0])
        programmes, failures = programmes + solved, failures + failed
    return Complement(too, tables, cells, programmes, failures)


def _suppressed(block: Block, primary: Bools, n: Floats, least: int) -> tuple[Bools, int, int]:
    """The rows of a block that are hidden in the end; how many programmes were solved, and how many cells are not safe."""
    size = len(block.systems[0])
    costs = np.full(size, 0.0)
    costs[block.cells] = np.log1p(n) + 0.1
    costs[block.margins] = 2 * costs.sum()  # a margin is known from elsewhere: hiding it is no way out
    needs = [_needed(block, k, primary, n, least) for k in range(len(block.systems))]
    small = np.any([block.margins & (system.values < least) for system in block.systems], axis=0)
    first = small.copy()
    first[block.cells] = primary
    hidden, solved = gauss(block.systems[0], first, costs), 0
    everyone = [_intruders(system, need, first) for system, need in zip(block.systems, needs, strict=True)]
    pools = [Pool.of(people[0]) for people in everyone]
    before = -1
    while hidden.sum() != before:
        before = hidden.sum()
        for system, people, pool in zip(block.systems, everyone, pools, strict=True):
            hidden, more = repaired(system, hidden, people, pool, costs=costs, told=lambda _: None)
            solved += more
    if (hidden & block.margins & ~small).any():
        return np.ones(len(primary), dtype=bool), solved, 0
    audits = [audit(system, hidden, people[0]) for system, people in zip(block.systems, everyone, strict=True)]
    return hidden[block.cells], solved + sum(a.programmes for a in audits), sum(len(a.failures) for a in audits)


def _intruders(system: CellSystem, need: Protection, primary: Bools) -> list[Intruder]:
    """Somebody who is in no cell, then somebody in each of the smallest."""
    base = outsider(system.values, need)
    return [base, *insiders_of(system, base, primary)]


def _needed(block: Block, which: int, primary: Bools, n: Floats, least: int) -> Protection:
    """Between what the number in each hidden row must stay uncertain."""
    system = block.systems[which]
    low, high = np.full(len(system), np.nan), np.full(len(system), np.nan)
    cells, values = block.cells[primary], system.values[block.cells[primary]]
    answers = n[primary]
    few = values < least
    alone = len(block.systems) == 1
    others = alone & (values > answers - least) & (answers >= least)  # one of several categories that nearly all chose
    low[cells] = np.where(few, 0, np.where(others, np.maximum(answers - least, 0), np.maximum(values - least, 0)))
    high[cells] = np.where(few, np.maximum(least, values), np.where(others, values, values + least))
    if not alone:
        told = few | _large(block, primary, least)
        low[cells[~told]] = high[cells[~told]] = np.nan
    return Protection(low, high)


def _large(block: Block, primary: Bools, least: int) -> Bools:
    """Rows that are hidden although neither cases nor others are few."""
    return np.all([system.values[block.cells[primary]] >= least for system in block.systems], axis=0)
