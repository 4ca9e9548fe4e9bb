"""Several claims at once: p-values that keep the chance of any false one, or the share of false ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError

__all__ = ["benjamini_hochberg", "holm"]


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
    given, order = _in_order(p_values)
    adjusted = np.maximum.accumulate(given.ravel()[order] * np.arange(len(order), 0, -1))
    return _put_back(adjusted, order, given)


def benjamini_hochberg(p_values: Any) -> Floats:
    """Adjust p-values so that among the claims made, the share of false ones is kept on average.

    Parameters
    ----------
    p_values : array_like
        One for each claim of the family, in any shape. NaN where a test could not be made.

    Returns
    -------
    array
        Adjusted p-values in the same shape. Of the claims whose own is at most 0.05, no more than one in twenty is false on average. NaN
        stays NaN, and does not count towards the number of claims.

    Raises
    ------
    InputError
        Something is not a number from 0 to 1.

    Notes
    -----
    The k-th smallest of m p-values is multiplied by m / k; none is let rise above one after it. It holds for independent tests and for
    those that depend positively, as tests against one reference group do. It is for screening many indicators: a finding that stands alone
    needs `holm`, which keeps the chance of any false claim.

    References
    ----------
    Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57, 289-300. Benjamini and Yekutieli (2001), Ann. Statist. 29, 1165-1188.

    Examples
    --------
    >>> from evidencekit.combining import benjamini_hochberg
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    given, order = _in_order(p_values)
    raised = given.ravel()[order] * len(order) / np.arange(1, len(order) + 1)
    return _put_back(np.minimum.accumulate(raised[::-1])[::-1], order, given)


def _in_order(p_values: Any) -> tuple[Floats, Codes]:
    """The p-values as an array, and the places of those that are known, the smallest first."""
    try:
        given = np.asarray(p_values, dtype=np.float64)
    except (TypeError, ValueError):
        given = None
    if given is None or ((given < 0) | (given > 1)).any():
        raise InputError("p-values are numbers from 0 to 1, or NaN where there is no test.")
    flat = given.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    return given, known[np.argsort(flat[known], kind="stable")]


def _put_back(adjusted: Floats, order: Codes, given: Floats) -> Floats:
    out = np.full(given.size, np.nan)
    out[order] = np.minimum(adjusted, 1.0)
    return out.reshape(given.shape)
