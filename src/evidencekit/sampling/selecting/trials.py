"""How many of N independent trials succeed, when one or two are left out: what fixed-size designs are made of.

With p the chances of the trials and S their number of successes, the probability of S = m is the mean over M angles t of
``E[exp(itS)] exp(-itm)``; a trial is left out by dividing by its factor ``1 - p + p exp(it)``. M exceeds the range in which S has any
probability that float64 can hold beside its middle. M is odd, so that no factor is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats

__all__ = ["Complex", "Waves", "angles", "factors_of", "few_out", "one_out", "pieces", "waves"]

Complex = NDArray[np.complex128]
_FEW = 48  # trials up to which sums of positive terms are quicker
_TABLE = 20_000_000  # numbers in a table of running sums
_PIECE = 400_000  # factors at once: they stay near the processor


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Waves:
    """Half of the angles, the others being conjugate.

    `z` (H,) is exp(it); `weight` (H,) is E[exp(itS)] exp(-itn) with the angle's share of the mean; `inverse` (H, K) is one over the
    factors of the trials asked for.
    """

    z: Complex
    weight: Complex
    inverse: Complex

    def pairs(self, weight: Complex) -> Floats:
        """The mean over angles of `weight` over the factors of both trials, for all pairs (K, K)."""
        return ((self.inverse * weight[:, None]).T @ self.inverse).real


def angles(size: int, variance: float) -> Floats:
    """The angles needed for `size` trials whose successes have this variance: half of an odd number of them, from 0."""
    reach = int(20 + np.sqrt(400 + 90 * variance))
    count = min(size + 3, reach) | 1
    return np.arange((count + 1) // 2, dtype=np.float64) * (2 * np.pi / count)


def waves(p: Floats, n: int, columns: NDArray[np.intp] | None = None) -> Waves:
    """The waves of trials with chances `p`, for sums near `n`; factors of the trials at `columns`, of all by default."""
    t = angles(p.size, float((p * (1 - p)).sum()))
    z = np.exp(1j * t)
    weight: Complex = np.exp(-1j * n * t)
    weight /= 2 * t.size - 1
    for piece in pieces(p.size, t.size):
        weight *= _product(factors_of(p[piece], z))
    weight[1:] *= 2
    return Waves(z, weight, np.reciprocal(factors_of(p if columns is None else p[columns], z)))


def factors_of(p: Floats, z: Complex) -> Complex:
    """The trials' factors at each angle (H, N)."""
    return 1 + p * (z - 1)[:, None]


def pieces(size: int, height: int) -> list[slice]:
    """The trials in parts whose factors at so many angles stay near the processor."""
    step = _PIECE // height + 1
    return [slice(k, k + step) for k in range(0, size, step)]


def one_out(p: Floats, q: Floats, n: int) -> tuple[Floats, Floats]:
    """The probabilities of n and of n - 1 successes among the other trials, for each trial (N,), (N,).

    `q` is 1 - p, given because rounding would lose it where p is next to 1.
    """
    variance = float((p * q).sum())
    if p.size <= _FEW or (variance < 1 and p.size * (n + 1) <= _TABLE):
        return _by_sums(p, q, n)
    t = angles(p.size, variance)
    real, imaginary = np.cos(t) - 1, np.sin(t)
    weight: Complex = np.exp(-1j * n * t)
    for piece in pieces(p.size, t.size):
        factors = np.empty((t.size, p[piece].size), dtype=np.complex128)
        np.multiply(real[:, None], p[piece], out=factors.real)
        factors.real += 1
        np.multiply(imaginary[:, None], p[piece], out=factors.imag)
        weight *= _product(factors)
    weight[1:] *= 2
    # The real part of weight over factor is that of weight times the conjugate factor, over the factor's square.
    shifted: Complex = weight * np.exp(1j * t)
    rows = np.stack([w for g in (weight, shifted) for w in (np.real(g), np.real(g) * real + np.imag(g) * imaginary)])
    sums, both = np.empty((4, p.size)), p * q
    for piece in pieces(p.size, t.size):
        square = np.multiply((2 * real)[:, None], both[piece])
        square += 1
        np.divide(1.0, square, out=square)
        # Not by matrix product: a BLAS would wait for threads that a busy machine does not give.
        sums[:, piece] = np.einsum("ah,hn->an", rows, square)
    return (sums[0] + p * sums[1]) / (2 * t.size - 1), (sums[2] + p * sums[3]) / (2 * t.size - 1)


def few_out(p: Floats, counts: Floats, n: int) -> Floats:
    """The logarithms of what `one_out` divides (n - 1 over n successes), for trials of few kinds of which there are `counts` each.

    Counts may be any numbers: weights of an interpolation over many trials.
    """
    t = angles(int(counts.sum()) + 1, float((counts * p * (1 - p)).sum()))
    factors = 1 + p * (np.exp(1j * t) - 1)[:, None]
    weight = np.exp(np.log(factors) @ counts - 1j * n * t)
    weight[1:] *= 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(np.real((weight * np.exp(1j * t)) @ (1 / factors)) / np.real(weight @ (1 / factors)))


def _product(factors: Complex) -> Complex:
    """Row products, half of the columns times the other half: quicker than one by one."""
    while factors.shape[1] > 64:
        half, odd = divmod(factors.shape[1], 2)
        made = factors[:, :half] * factors[:, half : 2 * half]
        if odd:
            made[:, 0] *= factors[:, -1]
        factors = made
    return np.multiply.reduce(factors, axis=1)


def _by_sums(p: Floats, q: Floats, n: int) -> tuple[Floats, Floats]:
    """The same as sums of positive terms: the trials before one, times those after it."""
    size = p.size
    before, after = np.zeros((size, n + 1)), np.zeros((size, n + 1))
    before[0, 0] = after[-1, 0] = 1.0
    for k in range(1, size):
        before[k] = before[k - 1] * q[k - 1]
        before[k, 1:] += before[k - 1, :-1] * p[k - 1]
        after[-1 - k] = after[-k] * q[-k]
        after[-1 - k, 1:] += after[-k, :-1] * p[-k]
    return (before * after[:, ::-1]).sum(1), (before[:, :-1] * after[:, -2::-1]).sum(1)
