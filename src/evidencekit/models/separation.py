"""Whether an outcome is separated: some combination of columns says for some rows without fail what it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.models.formula.columns import Columns

__all__ = ["separated"]

MOST = 20_000


def separated(columns: Columns, y: Floats, *, counts: bool) -> tuple[str, ...]:
    """The columns that separate a yes-no outcome, or the nothings of a count; none where nothing does.

    Notes
    -----
    The outcome is separated when some b has ``(2y - 1) x b >= 0`` in every row and above 0 in one, a count when ``x b <= 0`` where it is 0,
    below 0 in one of these, and 0 elsewhere: linear programmes.

    References
    ----------
    Albert and Anderson (1984), Biometrika 71, 1-10. Konis (2007), Linear programming algorithms for detecting separated data in binary
    logistic regression models, DPhil thesis, University of Oxford. Santos Silva and Tenreyro (2010), Economics Letters 107, 310-312
    (counts).
    """
    from scipy.optimize import linprog

    x = columns.matrix()
    sign = np.where(y == 0, -1.0, 0.0 if counts else np.where(y == 1, 1.0, 0.0))
    signed = np.unique(x[sign != 0] * sign[sign != 0, None], axis=0)
    shared = x[sign == 0]  # whose linear predictor may not move
    if len(signed) > MOST:
        signed = signed[:: len(signed) // MOST + 1]
    size = np.maximum(np.abs(signed).max(axis=0, initial=0.0), np.abs(shared).max(axis=0, initial=0.0))
    size[size == 0] = 1.0
    signed, shared = signed / size, np.unique(shared / size, axis=0)
    equal = shared if len(shared) else None
    found: Any = linprog(
        -signed.sum(axis=0),
        A_ub=-signed,
        b_ub=np.zeros(len(signed)),
        A_eq=equal,
        b_eq=None if equal is None else np.zeros(len(equal)),
        bounds=(-1, 1),
    )
    if found.status != 0 or -found.fun < 1e-7:
        return ()
    names = [name for name, b in zip(columns.told, found.x, strict=True) if abs(b) > 1e-9 and name != "Intercept"]
    return tuple(names) or ("the intercept",)
