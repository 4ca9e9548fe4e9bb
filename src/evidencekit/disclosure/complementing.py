"""Which further cells of an Estimate must be hidden, so that those that are hidden cannot be worked out from the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats
from evidencekit.disclosure.additive import Block, blocks_of
from evidencekit.disclosure.tables.attacking import intervals
from evidencekit.disclosure.tables.auditing import Hidden, reach, unmet
from evidencekit.disclosure.tables.intruders import Intruder, ProtectionLevels, insiders_of, outsider, protection_levels
from evidencekit.disclosure.tables.proofs import Pool, View
from evidencekit.disclosure.tables.searching import Asked, search
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.errors import Refused
from evidencekit.estimate import Estimate

__all__ = ["Complement", "complement_of"]

Bools = NDArray[np.bool_]
SLACK = 1e-7  # of an end that can be reached, below what the audit takes for reached


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Complement:
    """What must be hidden too, and how that was proven.

    Parameters
    ----------
    too : array of bool (cells of the Estimate,)
        Cells that would give a hidden one away.
    tables, cells, intervals, programmes : int
        How many additive tables were audited, with how many cells in all; how many ends of intervals are proven to be far enough; how
        many linear programmes that took.
    """

    too: Bools
    tables: int = 0
    cells: int = 0
    intervals: int = 0
    programmes: int = 0


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
    Cases and those who are not cases are two additive tables that hide the same cells; their weighted totals are two more. Margins are
    taken to be known, but for those below `least`: no table would show them. Cells that are hidden although they are not small (too few
    sampling units) must stay uncertain by `least` on either side. No cell is protected better than hiding every cell of the table would,
    from somebody inside neither.
    """
    out = Complement(np.zeros(len(est), dtype=bool))
    for block in blocks_of(est):
        primary = hidden[block.rows]
        if primary.any() and not primary.all():
            found = _suppressed(block, primary, est.counts.n[block.rows], least)
            out.too[block.rows[found.too & ~primary]] = True
            out = replace(out, **{f: getattr(out, f) + getattr(found, f) for f in ("tables", "cells", "intervals", "programmes")})
    return out


def _suppressed(block: Block, primary: Bools, n: Floats, least: int) -> Complement:
    """The rows of a block that are hidden in the end."""
    small = block.margins & np.any([one.values < least for one in block.systems], axis=0)
    systems = [replace(one, offered=~small) for one in block.systems]
    first = _marked(block, primary)
    costs = np.zeros(len(first))
    costs[block.cells] = np.log1p(n) + 0.1
    costs[block.margins] = 2 * costs.sum()  # a margin is known from elsewhere: hiding it is no way out
    needs = [_needed(block, one, primary, n, least) for one in systems]
    views = [_view(one, need, ~block.margins, first) for one, need in zip(systems, needs, strict=True)]
    if block.weighted:
        lighter = [_weighted(*each) for each in zip(systems, block.weighted, needs, strict=True)]
        views += [_view(one, need, ~block.margins) for one, need in lighter]
    asked = Asked(systems[0], first, costs, tuple(views))
    size = (len(views), len(views) * len(first))
    try:
        found = search(asked, seconds=0, progress=None)
    except Refused:  # whatever is hidden: nothing is shown then, and nothing proven
        return Complement(np.ones(len(primary), dtype=bool), *size)
    failed = any(len(view.pool.open(who)) for view in found.views for who in view.intruders)
    if failed or (found.hidden & block.margins & ~small).any():  # by no pattern of its cells: none of them is shown
        return Complement(np.ones(len(primary), dtype=bool), *size, programmes=found.programmes)
    return Complement(found.hidden[block.cells], *size, asked.needs, found.programmes)


def _view(system: CellSystem, need: ProtectionLevels, rows: Bools, inside: Bools | None = None) -> View:
    """Somebody who is in no cell, and somebody in each of the smallest of those `inside`. Needs go no further than hiding all rows does."""
    low, high = need.low.copy(), need.high.copy()
    if len(need.cells):
        at = need.cells
        least, most = intervals(system, rows, cells=at, progress=False)
        low[at], high[at] = np.maximum(low[at], least[at] + SLACK), np.minimum(high[at], most[at] - SLACK)
        low[at], high[at] = np.minimum(low[at], system.values[at]), np.maximum(high[at], system.values[at])
    base = outsider(system.values, ProtectionLevels(low, high))
    people = [] if inside is None else insiders_of(system, base, inside)
    pool = Pool(base, system.relations)
    part = Hidden.of(system.relations, rows | ~system.offered)
    return View((base, *(_attainable(who, part, pool) for who in people)), pool)


def _attainable(who: Intruder, part: Hidden, pool: Pool) -> Intruder:
    """The same, without needs that hiding all rows does not meet either: her own record tells her so much in any case."""
    low, high = who.need.low.copy(), who.need.high.copy()
    for cell, above in unmet(part, who, pool, most=2 * len(low))[0]:
        bottom, top = reach(part, who, cell)
        if above:
            high[cell] = np.clip(top - SLACK, who.values[cell], high[cell])
        else:
            low[cell] = np.clip(bottom + SLACK, low[cell], who.values[cell])
    return replace(who, need=ProtectionLevels(low, high))


def _weighted(system: CellSystem, totals: Floats, need: ProtectionLevels) -> tuple[CellSystem, ProtectionLevels]:
    """Weighted totals, and their needs: what a count must be able to be, a total must too, in records as light as those of any cell."""
    scaled = totals * (system.values.max() / max(totals.max(), 1e-300))  # in units of records, for the solver's tolerances
    held = system.values > 0
    lightest = float((scaled[held] / system.values[held]).min())
    low = np.where(held, need.low / np.maximum(system.values, 1) * scaled, np.nan)
    high = np.where(held, np.maximum(scaled, need.high * lightest), np.nan)
    return replace(system, values=scaled), ProtectionLevels(low, high)


def _marked(block: Block, primary: Bools) -> Bools:
    """The hidden rows, as cells of the systems."""
    out = np.zeros(len(block.systems[0]), dtype=bool)
    out[block.cells] = primary
    return out


def _needed(block: Block, system: CellSystem, primary: Bools, n: Floats, least: int) -> ProtectionLevels:
    """Between what the number in each hidden row must stay uncertain."""
    need = protection_levels(system.values, _marked(block, primary), least)
    cells, values = block.cells[primary], system.values[block.cells[primary]]
    low, high = need.low.copy(), need.high.copy()
    if len(block.systems) == 1:
        most = (values >= least) & (n[primary] - values < least)  # a category that nearly all chose: how many did not must stay open
        low[cells[most]], high[cells[most]] = np.maximum(n[primary] - least, 0)[most], n[primary][most]
        return ProtectionLevels(low, high)
    few_elsewhere = (values >= least) & np.any([one.values[cells] < least for one in block.systems], axis=0)
    low[cells[few_elsewhere]] = high[cells[few_elsewhere]] = np.nan
    return ProtectionLevels(low, high)
