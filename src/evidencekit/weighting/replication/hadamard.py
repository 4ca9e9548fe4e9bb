"""Hadamard matrices: square tables of plus and minus one whose rows are orthogonal, of every order that replication asks for."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["hadamard_of"]

Signs = NDArray[np.int8]


def hadamard_of(least: int) -> Signs:
    """A Hadamard matrix of the smallest order we can make that is at least `least`; its first column is all ones.

    Notes
    -----
    Orders are built by Paley's two constructions on primes and by Kronecker products of what is built already (Sylvester).

    References
    ----------
    Paley (1933), J. Math. Phys. 12, 311-320. Wolter (2007), Introduction to Variance Estimation, appendix A.
    """
    order = max(4, -(-least // 4) * 4)
    while True:
        made = _made(order)
        if made is not None:
            return made * made[:, :1]
        order += 4


@cache
def _made(order: int) -> Signs | None:
    if order == 1:
        return np.ones((1, 1), dtype=np.int8)
    if order == 2:
        return np.array([[1, 1], [1, -1]], dtype=np.int8)
    if _prime(order - 1) and order % 4 == 0:
        return _paley_one(order - 1)
    half = order // 2 - 1
    if order % 4 == 0 and half % 4 == 1 and _prime(half):
        return _paley_two(half)
    for factor in range(2, int(order**0.5) + 1):
        if order % factor == 0 and (factor == 2 or factor % 4 == 0):
            small, large = _made(factor), _made(order // factor)
            if small is not None and large is not None:
                return np.kron(small, large).astype(np.int8)
    return None


def _prime(n: int) -> bool:
    return n > 2 and n % 2 == 1 and all(n % d for d in range(3, int(n**0.5) + 1, 2))


def _residues(q: int) -> Signs:
    """Jacobsthal's matrix: whether differences modulo q are squares."""
    character = -np.ones(q, dtype=np.int8)
    character[(np.arange(1, q) ** 2) % q] = 1
    character[0] = 0
    return character[(np.arange(q)[:, None] - np.arange(q)[None, :]) % q]


def _bordered(q: int, sign: int) -> Signs:
    out = np.zeros((q + 1, q + 1), dtype=np.int8)
    out[0, 1:] = 1
    out[1:, 0] = sign
    out[1:, 1:] = _residues(q)
    return out


def _paley_one(q: int) -> Signs:
    return _bordered(q, -1) + np.eye(q + 1, dtype=np.int8)


def _paley_two(q: int) -> Signs:
    core = _bordered(q, 1)
    same = np.array([[1, 1], [1, -1]], dtype=np.int8)
    turned = np.array([[1, -1], [-1, -1]], dtype=np.int8)
    return (np.kron(core, same) + np.kron(np.eye(q + 1, dtype=np.int8), turned)).astype(np.int8)
