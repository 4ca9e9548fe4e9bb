"""Test statistics of a table against independence, from its shares, their covariance and the number of answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError

__all__ = ["Corrected", "corrected", "deviance", "pearson", "quadratic", "wald"]


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """What Rao and Scott's corrections need: the generalised design effects of the interaction, largest first."""

    effects: Floats

    @property
    def trace(self) -> float:
        """Their sum."""
        return float(self.effects.sum())

    @property
    def df(self) -> float:
        """Satterthwaite's degrees of freedom."""
        return self.trace**2 / float((self.effects**2).sum())


def expected(shares: Floats) -> Floats:
    """Shares under independence."""
    return np.outer(shares.sum(axis=1), shares.sum(axis=0))


def pearson(shares: Floats, n: float) -> float:
    """Pearson's chi-square on shares scaled to n answers."""
    e = expected(shares)
    return float(n * ((shares - e) ** 2 / e).sum())


def deviance(shares: Floats, n: float) -> float:
    """The likelihood-ratio chi-square on shares scaled to n answers."""
    return float(2 * n * xlogy(shares, shares / expected(shares)).sum())


def corrected(shares: Floats, covariance: Floats, n: float) -> Corrected:
    """Generalised design effects: eigenvalues of what the interaction varies by, over what it would vary by in a simple random sample.

    Parameters
    ----------
    shares : (r, c) array
        Shares that add up to 1.
    covariance : (r c, r c) array
        Of the shares, row by row.
    n : float
        Answers.
    """
    p = shares.ravel()
    inverse = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
    contrasts = _interaction(shares.shape) * inverse[:, None]
    simple = contrasts.T @ (p[:, None] * contrasts) / n
    observed = contrasts.T @ covariance @ contrasts
    try:
        half = np.linalg.cholesky(simple)
        left = np.linalg.solve(half, observed)
        effects = np.linalg.eigvalsh(np.linalg.solve(half, left.T))[::-1]
    except np.linalg.LinAlgError:
        raise EstimationError(
            "The table has too many empty cells for its interaction to be estimated.", "Join levels until few cells are empty."
        ) from None
    if not effects[0] > 0:
        raise EstimationError("The cells of the table do not vary under the design, so there is no test.")
    return Corrected(np.maximum(effects, 0.0))


def wald(shares: Floats, covariance: Floats) -> float:
    """The quadratic form of the cells' distances from independence, by its design-based covariance.

    Parameters
    ----------
    shares : (r, c) array
        Shares that add up to 1.
    covariance : (r c, r c) array
        Of the cells' totals over the sum of the weights, row by row.
    """
    r, c = shares.shape
    row, column = shares.sum(axis=1), shares.sum(axis=0)
    e = np.eye(r * c).reshape(r, c, r * c)
    by_row, by_column = e.sum(axis=1), e.sum(axis=0)
    slopes = e - by_row[:, None, :] * column[None, :, None] - row[:, None, None] * by_column[None, :, :]
    slopes += np.outer(row, column)[:, :, None]
    slopes = slopes[1:, 1:].reshape(-1, r * c)
    gap = (shares - np.outer(row, column))[1:, 1:].ravel()
    return quadratic(gap, slopes @ covariance @ slopes.T)


def quadratic(gap: Floats, v: Floats) -> float:
    """The quadratic form of numbers in the inverse of their covariance.

    Raises
    ------
    EstimationError
        It has no inverse.
    """
    scale = np.sqrt(np.maximum(np.diagonal(v), 0.0))
    if not (scale > 0).all() or np.linalg.matrix_rank(v / np.outer(scale, scale), hermitian=True) < len(v):
        raise EstimationError(
            "A covariance has no inverse: too few sampling units for so many numbers, or numbers that do not vary.",
            'Join levels; of association(), statistic="F" needs no inverse.',
        )
    return float((gap / scale) @ np.linalg.solve(v / np.outer(scale, scale), gap / scale))


def _interaction(shape: tuple[int, int]) -> Floats:
    """An orthonormal basis of the interactions of a table, a column each."""
    return np.asarray(np.kron(_contrasts(shape[0]), _contrasts(shape[1])), dtype=np.float64)


def _contrasts(k: int) -> Floats:
    """An orthonormal basis of the contrasts of k levels."""
    made = np.zeros((k, k - 1))
    for j in range(1, k):  # Helmert's: each level against the mean of those before it
        made[:j, j - 1], made[j, j - 1] = -1.0, j
        made[:, j - 1] /= np.sqrt(j * (j + 1))
    return made
