"""Witnesses: other tables of whole numbers that could be the true one, so that a count is not known."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.progress import heard, stage
from evidencekit.disclosure.tables.solving import CLOSE
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.errors import EstimationError

__all__ = ["doubted", "whole_extreme"]

_INFEASIBLE = (2, 4)  # statuses of scipy.optimize.milp


def doubted(system: CellSystem, bottom: Floats, top: Floats, look: Codes, seen: Bools, progress: bool | None) -> Bools:
    """For each of these cells, whether another table of whole numbers within the bounds has another count there.

    Parameters
    ----------
    system : CellSystem
        With the true counts.
    bottom, top : array (m,)
        What is known of each cell.
    look : array of int
        The cells.
    seen : array of bool (m,)
        Cells of which this is known already.
    progress : bool or None
        Whether to show how far it is.

    Returns
    -------
    array of bool (m,)
        Exact: a cell that is looked at and not among them is known to whoever knows the bounds.
    """
    out = seen | _one_more_or_less(system, bottom, top)
    open_cells = look[~out[look]]
    with stage("Auditing counts", len(open_cells), progress) as told:
        for i in open_cells:
            out |= np.zeros_like(out) if out[i] else _another(system, bottom, top, int(i))
            told(1)
    return out


def _another(system: CellSystem, bottom: Floats, top: Floats, i: int) -> Bools:
    """Cells that have another count in a table within the bounds that has another one in cell i; none where there is no such table."""
    for low, high in ((system.values[i] + 1, top[i]), (bottom[i], system.values[i] - 1)):
        if low > high:
            continue
        least, most = bottom.copy(), top.copy()
        least[i], most[i] = low, high
        other = whole_extreme(system, least, most, np.zeros(len(top)))
        if other is not None:
            return system.offered & (np.abs(other - system.values) > 0.5)
    return np.zeros(len(top), dtype=bool)


def _one_more_or_less(system: CellSystem, bottom: Floats, top: Floats) -> Bools:
    """Cells that change where one person more, or one less, in one inner cell leaves every cell within its bounds."""
    true, atoms = system.values, abs(system.atoms)
    out = np.zeros(len(true), dtype=bool)
    if np.any(true != np.rint(true)):  # an inner table that nobody has tabulated
        return out
    for stuck in (true + 1 > top + CLOSE, true - 1 < bottom - CLOSE):
        free = np.asarray(atoms @ stuck.astype(np.float64)) == 0
        out |= np.asarray(free.astype(np.float64) @ atoms) > 0
    return out


def whole_extreme(system: CellSystem, bottom: Floats, top: Floats, cost: Floats) -> Floats | None:
    """Whole counts that add up, within bounds, at the least cost; None where there are none."""
    solve: Any = milp
    within, sums = Bounds(bottom, top), LinearConstraint(system.relations, 0, 0)
    found = heard(lambda: solve(cost, integrality=np.ones(len(cost)), bounds=within, constraints=sums))
    if found.x is None and found.status in _INFEASIBLE:
        return None
    if found.x is None or found.status:
        raise EstimationError("What can be worked out of the rounded table was not found.", "Audit fewer or coarser tables.")
    return np.rint(found.x)
