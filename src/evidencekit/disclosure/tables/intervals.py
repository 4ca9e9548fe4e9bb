"""Between what anyone can say that a hidden cell lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from evidencekit.columns import Codes, Floats
from evidencekit.disclosure.tables.solving import least
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.errors import InputError

__all__ = ["intervals"]

CLOSE = 1e-6


def intervals(system: CellSystem, hidden: NDArray[np.bool_], cells: Codes) -> tuple[Floats, Floats]:
    """The smallest and the largest whole number that each cell can be, for whoever sees what is not hidden.

    Parameters
    ----------
    system : CellSystem
        The cells; counts.
    hidden : array of bool (m,)
        What is not shown.
    cells : array of int (k,)
        The cells to look at.

    Returns
    -------
    array (k,), array (k,)
        Lower and upper ends, by two linear programmes for each hidden cell, rounded inward. Whole numbers may lie closer still.

    Raises
    ------
    InputError
        `hidden` is not of the system's size.

    Examples
    --------
    >>> import numpy as np
    >>> from evidencekit.disclosure.tables import cube, intervals
    >>> system = cube([[4, 31], [12, 29]])
    >>> inside = system.inner
    >>> [x.astype(int).tolist() for x in intervals(system, inside, np.flatnonzero(inside))]
    [[0, 19, 0, 25], [16, 35, 16, 41]]
    """
    if hidden.shape != (len(system),):
        raise InputError("hidden= has one truth for each cell of the system.")
    where = np.flatnonzero(hidden)
    sums = system.relations[:, where]
    right = sums @ system.values[where]
    low, high = np.zeros(len(where)), np.full(len(where), max(float(system.values.max()), 1.0))
    ends = np.array([_ends(int(np.searchsorted(where, cell)), sums, right, low, high) for cell in cells if hidden[cell]])
    out = np.column_stack([system.values[cells], system.values[cells]])
    out[hidden[cells]] = ends.reshape(-1, 2)
    return np.ceil(out[:, 0] - CLOSE), np.floor(out[:, 1] + CLOSE)


def _ends(at: int, sums: csr_array, right: Floats, low: Floats, high: Floats) -> tuple[float, float]:
    costs = np.zeros(len(low))
    costs[at] = 1.0
    found = (least(sign * costs, sums, right, low=low, high=high) for sign in (1.0, -1.0))
    least_, most = (np.nan if x is None else float(x[at]) for x in found)
    return least_, most
