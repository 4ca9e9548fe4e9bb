"""Transition matrices of the post-randomisation method: made, made invariant, and undone in the distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError

__all__ = ["corrected_shares", "invariant_matrix", "need_matrix", "staying"]


def staying(size: int, keep: float) -> Floats:
    """A matrix that keeps a level with a probability, and otherwise moves to each of the others alike, shape (size, size)."""
    made = np.full((size, size), (1 - keep) / (size - 1))
    np.fill_diagonal(made, keep)
    return made


def invariant_matrix(shares: Any, matrix: Any) -> Floats:
    """A transition matrix under which a distribution stays what it is, made from any other by going back over its own steps.

    Parameters
    ----------
    shares : (m,) array
        The distribution: positive, adding up to 1.
    matrix : (m, m) array
        Probabilities of moving from level i (row) to level j (column).

    Returns
    -------
    (m, m) array
        ``R = P Q``, where ``P`` is the matrix and ``Q`` goes from where it led to where it may have come from, by Bayes' rule:
        ``Q[j, i] = shares[i] P[i, j] / sum_k shares[k] P[k, j]``. Then ``shares @ R`` equals ``shares``, to the last digit that adding
        floats leaves right.

    Raises
    ------
    InputError
        The shares are no distribution, or the matrix is no matrix of probabilities.

    References
    ----------
    Gouweleeuw, Kooiman, Willenborg & de Wolf (1998), Post randomisation for statistical disclosure control: theory and implementation,
    Journal of Official Statistics 14(4), 463-478.

    Examples
    --------
    >>> import numpy as np
    >>> from evidencekit.disclosure.microdata import invariant_matrix
    >>> shares = np.array([0.7, 0.2, 0.1])
    >>> made = invariant_matrix(shares, [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
    >>> bool(np.allclose(shares @ made, shares, atol=1e-15, rtol=0))
    True
    """
    pi = np.asarray(shares, dtype=np.float64)
    if pi.ndim != 1 or not np.isfinite(pi).all() or (pi <= 0).any() or abs(pi.sum() - 1) > 1e-9:
        raise InputError("Shares of levels are positive and add up to 1.", "Leave out levels that nobody has.")
    p = need_matrix(matrix, len(pi))
    joint = pi[:, None] * p
    reached = joint.sum(axis=0)
    back = np.divide(joint.T, reached[:, None], out=np.zeros_like(p), where=reached[:, None] > 0)
    made = p @ back
    return made / made.sum(axis=1, keepdims=True)


def corrected_shares(shares: Any, matrix: Any) -> Floats:
    """The distribution before randomisation, estimated from the one after it.

    Parameters
    ----------
    shares : (m,) array
        What is seen in the randomised file: counts, weighted counts or shares.
    matrix : (m, m) array
        The transition matrix it was made with.

    Returns
    -------
    (m,) array
        ``shares @ inverse(matrix)``: unbiased over the randomisation. It has the total of `shares`; rare levels may come out below 0,
        as estimates do.

    Raises
    ------
    InputError
        The matrix is no matrix of probabilities, or it cannot be undone.

    References
    ----------
    Gouweleeuw, Kooiman, Willenborg & de Wolf (1998), Journal of Official Statistics 14(4), 463-478.

    Examples
    --------
    >>> from evidencekit.disclosure.microdata import corrected_shares
    >>> corrected_shares([0.62, 0.38], [[0.8, 0.2], [0.2, 0.8]]).round(4)
    array([0.7, 0.3])
    """
    seen = np.asarray(shares, dtype=np.float64)
    if seen.ndim != 1 or not np.isfinite(seen).all():
        raise InputError("Shares are a list of numbers, one for each level.")
    p = need_matrix(matrix, len(seen))
    if np.linalg.cond(p) > 1e8:
        raise InputError("This transition matrix cannot be undone: different distributions lead to the same.", "Keep more answers.")
    made: Floats = np.asarray(np.linalg.solve(p.T, seen), dtype=np.float64)
    return made


def need_matrix(matrix: Any, size: int) -> Floats:
    """A matrix of probabilities whose rows add up to 1."""
    try:
        made = np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        made = np.zeros(0)
    if made.shape != (size, size) or not np.isfinite(made).all() or (made < 0).any() or (abs(made.sum(axis=1) - 1) > 1e-9).any():
        raise InputError(
            f"matrix= takes probabilities for {size} levels, {size} by {size}, each row adding up to 1.",
            "A row says where the answers of one level go; levels come in the order of .levels.",
        )
    return made
