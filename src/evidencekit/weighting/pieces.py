"""Products with a tall table, a few rows at a time: in pieces too short for a linear algebra library to start threads for.

Newton's steps make thousands of such products; threads that wait for each other take longer than the products themselves.
"""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats

__all__ = ["column_sums", "crossproduct", "scores"]

PIECE, SQUARES = 8_192, 200_000


def scores(x: Floats, coefficients: Floats) -> Floats:
    """``x @ coefficients``, shape (n,)."""
    if x.size <= PIECE:
        return x @ coefficients
    whole, pieces = _pieces(x, PIECE // max(1, x.shape[1]))
    return np.concatenate([np.matmul(pieces, coefficients).ravel(), x[whole:] @ coefficients])


def column_sums(x: Floats, weights: Floats) -> Floats:
    """``weights @ x``, shape (p,)."""
    if x.size <= PIECE:
        return weights @ x
    whole, pieces = _pieces(x, PIECE // max(1, x.shape[1]))
    by = weights[:whole].reshape(len(pieces), 1, pieces.shape[1])
    return np.matmul(by, pieces).sum(axis=(0, 1)) + weights[whole:] @ x[whole:]


def crossproduct(x: Floats, weights: Floats) -> Floats:
    """``x' diag(weights) x``, shape (p, p)."""
    if x.size <= PIECE:
        return x.T @ (weights[:, None] * x)
    whole, pieces = _pieces(x, SQUARES // max(1, x.shape[1]) ** 2)
    out = x[whole:].T @ (weights[whole:, None] * x[whole:])
    size, some = pieces.shape[1], max(1, 65_536 // max(1, pieces.shape[1]))
    for start in range(0, len(pieces), some):
        part = pieces[start : start + some]
        by = weights[start * size : (start + len(part)) * size].reshape(len(part), size, 1)
        out += np.matmul((by * part).transpose(0, 2, 1), part).sum(axis=0)
    return out


def _pieces(x: Floats, size: int) -> tuple[int, Floats]:
    """How many rows fit into pieces of a size, and those pieces (k, size, p)."""
    size = max(16, size)
    whole = len(x) // size * size
    return whole, x[:whole].reshape(-1, size, x.shape[1])
