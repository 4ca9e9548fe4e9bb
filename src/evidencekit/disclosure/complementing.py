"""Which further rows of a block must be hidden, so that those that are hidden cannot be worked out from the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.disclosure.additive import Block
from evidencekit.disclosure.progress import stage
from evidencekit.disclosure.tables.intruders import Intruder, ProtectionLevels, insiders_of, outsider, protection_levels
from evidencekit.disclosure.tables.proofs import Pool, View
from evidencekit.disclosure.tables.reaching import Hidden, reach, unmet
from evidencekit.disclosure.tables.searching import Asked, Found, search
from evidencekit.disclosure.tables.solving import least as cheapest
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.errors import Refused

__all__ = ["Complement", "complement_of"]

SLACK = 1e-7  # of an end that can be reached, below what the audit takes for reached


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Complement:
    """What must be hidden too, and how that was proven.

    Parameters
    ----------
    too : array of bool (rows of the block,)
        Those that would give a hidden one away.
    tables, cells, intervals, programmes : int
        How many additive tables were audited, with how many cells in all; how many ends of intervals are proven to be far enough; how
        many linear programmes that took.
    """

    too: Bools
    tables: int = 0
    cells: int = 0
    intervals: int = 0
    programmes: int = 0


def complement_of(block: Block, hidden: Bools, n: Floats, *, least: int, progress: bool | None = None) -> Complement:
    """Hide further rows of a block until nothing hidden can be worked out.

    Parameters
    ----------
    block : Block
        Rows that are parts of one whole, of one Estimate or of several.
    hidden : array of bool (rows,)
        Rows that may not be shown.
    n : array (rows,)
        How many answers each row rests on.
    least : int
        The fewest people of whom a number may be known: a hidden cell must be able to hold any number of cases from 0 to `least`, and of
        others too, for whoever sees all other cells and all margins; also for somebody who knows that she is in it.
    progress : bool or None
        Whether to show how far it is; None shows it on a terminal.

    Notes
    -----
    Cases and those who are not cases are two additive tables that hide the same cells; their weighted totals are two more. Margins that
    are no rows are taken to be known, but for those below `least`, which no table would show, and those of the very people of a row,
    which are that row. Cells that are hidden although they are not small (too few sampling units) must stay uncertain by `least` on
    either side. No cell is protected better than hiding every row would, from somebody inside neither. What many other rows add up from
    costs more to hide than they do.
    """
    if not hidden.any() or hidden.all():
        return Complement(np.zeros(len(hidden), dtype=bool))
    unknown = block.margins & (np.any([one.values < least for one in block.systems], axis=0) | block.twins)
    systems = [replace(one, offered=one.offered & ~unknown) for one in block.systems]
    first = _marked(block, hidden)
    costs = np.zeros(len(first))
    costs[block.cells] = (np.log1p(n) + 0.1) * systems[0].atoms.sum(axis=0)[block.cells]
    costs[block.margins] = 2 * costs.sum()  # a margin is known from elsewhere: hiding it is no way out
    known = block.margins & systems[0].offered
    asked = Asked(systems[0], first, costs, tuple(_views(block, systems, hidden, n, least, progress)))
    found = _searched(asked, progress)
    told, spent = found is None or _open(found) or bool((found.hidden & known).any()), found.programmes if found else 0
    if told and len(block.systems[0].tables) > 1:  # much would go: look among patterns of rows alone
        asked = replace(asked, views=tuple(_among_rows(view, known, progress) for view in asked.views))
        found = _searched(asked, progress)
        told, spent = found is None or _open(found), spent + (found.programmes if found else 0)
    size = (len(asked.views), len(asked.views) * len(first))
    if told or found is None:  # by no pattern of its rows: none of them is shown, and nothing is proven
        return Complement(~hidden, *size, programmes=spent)
    return Complement(found.hidden[block.cells] & ~hidden, *size, asked.needs, spent)


def _open(found: Found) -> bool:
    """Whether anything is not proven."""
    return any(len(view.pool.open(who)) for view in found.views for who in view.intruders)


def _searched(asked: Asked, progress: bool | None) -> Found | None:
    """A pattern; None where there is none, whatever is hidden."""
    try:
        return search(asked, seconds=0, progress=progress)
    except Refused:
        return None


def _among_rows(view: View, known: Bools, progress: bool | None) -> View:
    """The same for those who know these cells, hidden or not; what hiding all rows would not keep from them need not be kept."""
    every, relations = [], view.pool.relations
    none = np.zeros(relations.shape[0])
    with stage("what rows can keep", sum(len(one.need.cells) for one in view.intruders), progress) as told:
        for one in view.intruders:
            who = replace(one, low=np.where(known, one.values, one.low), high=np.where(known, one.values, one.high))
            low, high, costs = who.need.low.copy(), who.need.high.copy(), np.zeros(len(known))
            for cell in who.need.cells:
                costs[cell] = 1.0
                ends = [cheapest(sign * costs, relations, none, low=who.low, high=who.high) for sign in (1, -1)]
                costs[cell] = 0.0
                if ends[0] is not None and ends[1] is not None:
                    low[cell] = min(max(low[cell], ends[0][cell] + SLACK), who.values[cell])
                    high[cell] = max(min(high[cell], ends[1][cell] - SLACK), who.values[cell])
                told(1)
            every.append(replace(who, need=ProtectionLevels(low, high)))
    return View(tuple(every), Pool(every[0], relations))


def _views(block: Block, systems: list[CellSystem], hidden: Bools, n: Floats, least: int, progress: bool | None) -> list[View]:
    """Who looks at cases, at those who are not, and at weighted totals of both."""
    first = _marked(block, hidden)
    needs = [_needed(block, one, hidden, n, least) for one in systems]
    views = [_view(one, need, ~block.margins, first, progress=progress) for one, need in zip(systems, needs, strict=True)]
    if block.weighted:
        known = block.systems[0].offered
        lighter = [_weighted(*each, known) for each in zip(systems, block.weighted, needs, strict=True)]
        views += [_view(one, need, ~block.margins, progress=progress) for one, need in lighter]
    return views


def _view(system: CellSystem, need: ProtectionLevels, rows: Bools, inside: Bools | None = None, *, progress: bool | None) -> View:
    """Somebody who is in no cell, and somebody in each of the smallest of those `inside`. Needs go no further than hiding all rows does."""
    # What all rows hidden would not keep from anybody is found by the tables that prove what they would: one is proof for many cells.
    low, high = np.minimum(need.low, system.values), np.maximum(need.high, system.values)
    everyone = outsider(system.values, ProtectionLevels(low, high))
    pool = Pool(everyone, system.relations)
    part = Hidden.of(system.relations, rows | ~system.offered)
    with stage("what rows can keep", len(need.cells), progress) as told:
        base = _attainable(everyone, part, pool, told)
    people = [] if inside is None else insiders_of(system, base, inside)
    with stage("people in small cells", len(people), progress) as told:
        return View((base, *(_attainable(who, part, pool, told) for who in people)), pool)


def _attainable(who: Intruder, part: Hidden, pool: Pool, told: Callable[[int], None]) -> Intruder:
    """The same, without needs that hiding all rows does not meet either: her own record tells her so much in any case."""
    low, high = who.need.low.copy(), who.need.high.copy()
    for cell, above in unmet(part, who, pool, most=2 * len(low))[0]:
        bottom, top = reach(part, who, cell)
        if above:
            high[cell] = np.clip(top - SLACK, who.values[cell], high[cell])
        else:
            low[cell] = np.clip(bottom + SLACK, low[cell], who.values[cell])
    told(1)
    return replace(who, need=ProtectionLevels(low, high))


def _weighted(system: CellSystem, totals: Floats, need: ProtectionLevels, known: Bools) -> tuple[CellSystem, ProtectionLevels]:
    """Weighted totals, and their needs: what a count must be able to be, a total must too, in records as light as those of any cell."""
    scaled = totals * (system.values.max() / max(totals.max(), 1e-300))  # in units of records, for the solver's tolerances
    held = system.values > 0
    told = held & known  # of cells that no table has, weights are not those of people
    lightest = float((scaled[told] / system.values[told]).min())
    low = np.where(held, need.low / np.maximum(system.values, 1) * scaled, np.nan)
    high = np.where(held, np.maximum(scaled, need.high * lightest), np.nan)
    return replace(system, values=scaled), ProtectionLevels(low, high)


def _marked(block: Block, primary: Bools) -> Bools:
    """The hidden rows, as cells of the systems."""
    out = np.zeros(len(block.systems[0]), dtype=bool)
    out[block.cells[primary]] = True
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
