"""The audit of a given pattern: what could be worked out of its hidden cells by anyone who sees the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.progress import stage
from evidencekit.disclosure.tables.asking import asked_of
from evidencekit.disclosure.tables.reaching import Hidden, unmet
from evidencekit.disclosure.tables.solving import least
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.disclosure.whole import positions
from evidencekit.errors import InputError, how_many

__all__ = ["SuppressionAudit", "audit_suppression", "intervals"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SuppressionAudit:
    """Which hidden cells a pattern does not protect.

    Parameters
    ----------
    outsiders : array of bool (m,)
        Primary cells that are shown, or of which anybody could work out too much.
    insiders : array of bool (m,)
        Those of which someone in a small cell could work out too much.
    programmes : int
        How many linear programmes were solved.
    """

    outsiders: Bools
    insiders: Bools
    programmes: int

    @property
    def failures(self) -> int:
        """How many cells are not protected from everybody."""
        return int((self.outsiders | self.insiders).sum())

    def __repr__(self) -> str:
        failed = self.outsiders | self.insiders
        where = f", at {positions(failed)}" if self.failures else ""
        return f"SuppressionAudit: {how_many(self.failures, 'cell')} not protected{where}; {how_many(self.programmes, 'linear programme')}"


def audit_suppression(
    system: CellSystem,
    hidden: Any,
    *,
    threshold: int = 10,
    primary: Any = None,
    weighted: CellSystem | None = None,
    insiders: bool = True,
    progress: bool | None = None,
) -> SuppressionAudit:
    """Which cells a pattern of hidden cells does not protect, wherever the pattern is from.

    Parameters
    ----------
    system : CellSystem
        Unweighted counts.
    hidden : array of bool (m,)
        What is not shown.
    threshold, primary, weighted, insiders, progress
        As in `suppress`.

    Returns
    -------
    SuppressionAudit
        Failures by cell: those of whom it is not true that they could hold anything from 0 to the threshold.

    Raises
    ------
    InputError
        What is passed does not fit the system.

    Examples
    --------
    Hiding nothing but the small cell protects nobody: it is what is lacking to its margin.

    >>> from evidencekit.disclosure.tables import audit_suppression, cube
    >>> system = cube([[40, 7, 25], [31, 30, 28], [22, 35, 41]])
    >>> audit_suppression(system, system.values == 7)
    SuppressionAudit: 1 cell not protected, at position 6; 4 linear programmes
    """
    asked = asked_of(system, threshold=threshold, primary=primary, weighted=weighted, costs=None, insiders=insiders)
    mask = _hidden(hidden, system)
    part, solved = Hidden.of(system.relations, mask), 0
    failed = (asked.primary & ~mask, np.zeros(len(system), dtype=bool))
    with stage("audit", asked.needs, progress) as told:
        for view in asked.views:
            for who in view.intruders:
                found, more = unmet(part, who.of_hidden(mask), view.pool, most=2 * len(system), told=told)
                solved += more
                failed[who.own >= 0][[cell for cell, _ in found]] = True
    return SuppressionAudit(*failed, solved)


def intervals(system: CellSystem, hidden: Any, *, cells: Any = None, progress: bool | None = None) -> tuple[Floats, Floats]:
    """Between what values each hidden cell must lie, for anyone who sees the shown cells.

    Parameters
    ----------
    system : CellSystem
        The cells.
    hidden : array of bool (m,)
        What is not shown.
    cells : array of int, optional
        Positions of the cells that are of interest; by default all that are hidden and in a table.
    progress : bool, optional
        Whether progress is shown; by default on a terminal.

    Returns
    -------
    low, high : array (m,)
        NaN for cells that were not asked for, both the value for shown ones, high is infinite where nothing limits it.

    Raises
    ------
    InputError
        What is passed does not fit the system.

    Examples
    --------
    >>> from evidencekit.disclosure.tables import cube, intervals
    >>> system = cube([[40, 7, 25], [31, 30, 28], [22, 35, 41]])
    >>> low, high = intervals(system, system.values == 7)
    >>> low[6], high[6]
    (np.float64(7.0), np.float64(7.0))
    """
    mask = _hidden(hidden, system)
    wanted = np.flatnonzero(mask & system.offered) if cells is None else _places(cells, len(system))
    part = Hidden.of(system.relations, mask)
    low, high = np.full((2, len(system)), np.nan)
    most = 1e3 * max(1.0, system.values.max())
    with stage("intervals", len(wanted), progress) as told:
        for cell in wanted:
            if not mask[cell]:
                low[cell] = high[cell] = system.values[cell]
                continue
            near, sums = part.part(np.array([cell]))
            costs = (near == cell).astype(np.float64)
            right, zero, top = sums @ system.values[near], np.zeros(len(near)), np.full(len(near), most)
            ends = [least(sign * costs, sums, right, low=zero, high=top) for sign in (1, -1)]
            low[cell], high[cell] = (system.values[cell] if x is None else x[near == cell][0] for x in ends)
            told(1)
    high[high >= most * (1 - 1e-9)] = np.inf
    return low, high


def _hidden(hidden: Any, system: CellSystem) -> Bools:
    """What is hidden, with what is never shown."""
    mask = np.asarray(hidden)
    if mask.dtype != np.bool_ or mask.shape != (len(system),):
        raise InputError(f"hidden is not an array of True and False for the {len(system):,} cells.", "Mark the cells of the system.")
    return mask | ~system.offered


def _places(cells: Any, m: int) -> Codes:
    """Positions that were asked for."""
    places = np.atleast_1d(np.asarray(cells))
    if places.size and (not np.issubdtype(places.dtype, np.integer) or places.min() < 0 or places.max() >= m):
        raise InputError(f"cells= takes positions from 0 to {m - 1:,}.")
    return places.astype(np.intp)
