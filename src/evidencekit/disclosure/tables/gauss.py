"""Secondary suppression by Gaussian elimination: nothing that is hidden is a sum or difference of what is shown."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.disclosure.tables.systems import CellSystem

__all__ = ["eliminated"]

PRIME = 2147483629  # below 2^31, so that a product fits into 64 bits; arithmetic modulo a prime needs no tolerance
MOST = 60_000_000  # entries of the matrix that is reduced, 8 bytes each


def eliminated(system: CellSystem, primary: Bools, costs: Floats) -> Bools:
    """Hide cells until no primary cell is a linear combination of shown ones.

    Cells are shown one after the other, the dearest first; one that would make a primary cell derivable is hidden instead.

    Parameters
    ----------
    system : CellSystem
        The cells.
    primary : array of bool (m,)
        Cells that must be hidden.
    costs : array (m,)
        What it costs to hide each cell.

    Returns
    -------
    array of bool (m,)
        What is hidden: primary cells, those that are never shown, and secondary ones. A system of more than 60 million entries is not
        reduced: only the first two, and what else is needed is left to the audit and its repair.

    Notes
    -----
    Each cell is a column of 0 and 1 over the atoms. Columns of shown cells are eliminated from all others, modulo a prime; a primary cell
    is derivable when nothing is left of its column. Signs play no part here: counts are not negative, and that gives away more, which is
    why the result is only where the audit starts.

    References
    ----------
    Langsrud (2024), Secondary cell suppression by Gaussian elimination, doi:10.1007/978-3-031-69651-0_6.
    """
    hidden = primary | ~system.offered
    k, m = system.atoms.shape
    if not primary.any() or k * m > MOST:
        return hidden
    ranked = np.lexsort((np.arange(m), -system.values, -costs))
    candidates = ranked[~hidden[ranked]]
    protected = np.flatnonzero(primary)
    first = len(protected)
    left = np.asfortranarray(system.atoms[:, np.concatenate([protected, candidates])].toarray().astype(np.int64))
    free = np.ones(k, dtype=bool)
    for c, cell in enumerate(candidates):
        column = np.where(free, left[:, first + c], 0)
        rows = np.flatnonzero(column)
        if not len(rows):
            continue  # it is a combination of what is shown already
        pivot = rows[0]
        share = left[pivot] * pow(int(column[pivot]), PRIME - 2, PRIME) % PRIME
        touched = np.flatnonzero(share)
        after = (left[np.ix_(rows, touched)] - column[rows, None] * share[touched] % PRIME) % PRIME
        of_primary = touched < first
        elsewhere = free.copy()
        elsewhere[rows] = False
        gone = ~after[:, of_primary].any(axis=0) & ~left[np.ix_(elsewhere, touched[of_primary])].any(axis=0)
        if gone.any():
            hidden[cell] = True
            continue
        later = of_primary | (touched > first + c)
        left[np.ix_(rows, touched[later])] = after[:, later]
        free[pivot] = False
        left[pivot, :first] = 0
    return hidden
