"""Discrete Laplace noise, drawn exactly: whole numbers and coin tosses with rational chances, nothing in floating point."""

from __future__ import annotations

from fractions import Fraction

from evidencekit.disclosure.randomness import Bits, below

__all__ = ["discrete_laplace"]


def discrete_laplace(scale: Fraction, bits: Bits) -> int:
    """One draw x with chance proportional to ``exp(-abs(x) / scale)`` over all whole numbers.

    Noise computed in floating point leaves traces in its last digits, from which counts were had back (Mironov 2012); this has none.

    Parameters
    ----------
    scale : Fraction
        Above 0.
    bits : callable
        Where randomness comes from: `secret_bits`.

    References
    ----------
    Canonne, Kamath and Steinke (2020), The Discrete Gaussian for Differential Privacy, NeurIPS 33; arXiv 2004.00010, section 5.
    Mironov (2012), On significance of the least significant bits for differential privacy, CCS.

    Examples
    --------
    >>> from evidencekit.disclosure.randomness import secret_bits
    >>> bits = secret_bits(1, b"an example")
    >>> [discrete_laplace(Fraction(2), bits) for _ in range(8)]
    [-2, 3, 1, -2, 0, 1, -4, 3]
    """
    t, s = scale.numerator, scale.denominator
    while True:
        u = below(bits, t)
        if not _minus_exp(u, t, bits):
            continue
        v = 0
        while _minus_exp(1, 1, bits):
            v += 1
        size = (u + t * v) // s
        minus = below(bits, 2) == 1
        if not (minus and size == 0):  # 0 would have twice its chance
            return -size if minus else size


def _minus_exp(numerator: int, denominator: int, bits: Bits) -> bool:
    """True with chance ``exp(-numerator / denominator)``, for a fraction from 0 to 1 (von Neumann's alternating series)."""
    k = 1
    while below(bits, denominator * k) < numerator:
        k += 1
    return k % 2 == 1
