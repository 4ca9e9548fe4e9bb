"""Products with a tall table, a few rows at a time: in pieces too short for a linear algebra library to start threads for.

Newton's steps make thousands of such products; threads that wait for each other take longer than the products themselves.
"""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats

__all__ = ["column_sums", "crossproduct", "scores"]

PIECE, SQUARES, BLOCK = 8_192, 200_000, 65_536


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


def crossproduct(x: Floats, weights: Floats, z: Floats) -> Floats:
    """``x' diag(weights) z``, shape (p, q)."""
    width = x.shape[1] * z.shape[1]
    if x.size <= PIECE or 16 * width > SQUARES:
        return _in_blocks(x, weights, z)
    whole, left = _pieces(x, SQUARES // width)
    right = z[:whole].reshape(*left.shape[:2], z.shape[1])
    by = weights[:whole].reshape(*left.shape[:2], 1)
    out, some = _in_blocks(x[whole:], weights[whole:], z[whole:]), max(1, SQUARES // width)
    for start in range(0, len(left), some):
        part = slice(start, start + some)
        out += np.matmul((by[part] * left[part]).transpose(0, 2, 1), right[part]).sum(axis=0)
    return out


def _in_blocks(x: Floats, weights: Floats, z: Floats) -> Floats:
    """The same for few rows, and for so many columns that threads are worth their while; no second table as large as x is made."""
    out = np.zeros((x.shape[1], z.shape[1]))
    for start in range(0, len(x), BLOCK):
        part = slice(start, start + BLOCK)
        out += (weights[part, None] * x[part]).T @ z[part]
    return out


def _pieces(x: Floats, size: int) -> tuple[int, Floats]:
    """How many rows fit into pieces of a size, and those pieces (k, size, p)."""
    size = max(1, size)
    whole = len(x) // size * size
    return whole, x[:whole].reshape(-1, size, x.shape[1])
