"""A full cross that tables could have come from, where nobody has tabulated it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from evidencekit.columns import Floats
from evidencekit.errors import InputError

__all__ = ["joint_of"]


def joint_of(members: csr_array, values: Floats) -> Floats:
    """Cells of the full cross, none negative, that add up to what is known.

    Parameters
    ----------
    members : sparse array (cells, atoms)
        Which atoms each known cell holds.
    values : array (cells,)
        What they add up to.

    Raises
    ------
    InputError
        There are none: the tables cannot be of the same records.
    """
    solve: Any = linprog
    found = solve(np.zeros(members.shape[1]), A_eq=members, b_eq=values, bounds=(0, None), method="highs")
    if found.x is None:
        raise InputError(
            "The tables agree in their common cells, and yet no records could give all of them.",
            "Tabulate all tables of a release from the same records, before any rounding.",
        )
    return np.maximum(found.x, 0)
