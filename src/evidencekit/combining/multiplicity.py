"""Several claims at once: p-values that keep the chance of any false one."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError

__all__ = ["holm"]


def holm(p_values: Any) -> Floats:
    """Adjust p-values so that the chance of one false claim or more among them is kept, whatever depends on what.

    Parameters
    ----------
    p_values : array_like
        One for each claim of the family, in any shape. NaN where a test could not be made.

    Returns
    -------
    array
        Adjusted p-values in the same shape, at most 1. A claim is supported at level 0.95 where its own is at most 0.05. NaN stays NaN, and
        does not count towards the number of claims.

    Raises
    ------
    InputError
        Something is not a number from 0 to 1.

    Notes
    -----
    The k-th smallest of m p-values is multiplied by m - k + 1; none is let fall below one before it.

    References
    ----------
    Holm (1979), Scand. J. Statist. 6, 65-70.

    Examples
    --------
    >>> from evidencekit.combining import holm
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    try:
        given = np.asarray(p_values, dtype=np.float64)
    except (TypeError, ValueError):
        given = None
    if given is None or ((given < 0) | (given > 1)).any():
        raise InputError("p-values are numbers from 0 to 1, or NaN where there is no test.")
    flat = given.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    order = known[np.argsort(flat[known], kind="stable")]
    out = np.full(flat.shape, np.nan)
    out[order] = np.minimum(np.maximum.accumulate(flat[order] * np.arange(len(order), 0, -1)), 1.0)
    return out.reshape(given.shape)
