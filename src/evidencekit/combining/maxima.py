"""How large the largest of several t statistics gets by chance: the quantile behind simultaneous intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError

__all__ = ["largest_t"]

CLOSE = 2e-4  # standard error of the quantile at which no more points are taken
SETS, FIRST, MOST = 8, 2**9, 2**14
SEED = 1
NOISE = 1e-12


def largest_t(correlation: Floats, df: float, level: float) -> tuple[float, float]:
    """The number that the largest of k correlated t statistics in absolute value stays below with chance `level`, and its standard error.

    Parameters
    ----------
    correlation : (k, k) array
        Of the statistics; it may be singular.
    df : float
        Degrees of freedom they have in common; infinite for normal ones.
    level : float
        From 0.5 to below 1.

    Notes
    -----
    A t vector is a direction, uniform on the sphere of the rank of the correlation, times a length whose square over the rank is an F.
    Given the direction the chance is exact; directions are averaged over `SETS` independent scrambled Sobol sets, from a fixed seed, whose
    spread gives the standard error. Sets are doubled until that is 2e-4, or they have 2^14 points.

    References
    ----------
    Deak (1980), Numer. Math. 35, 369-380, and Somerville, Journal of Statistical Software 3(4), for directions. Genz and Bretz (2009),
    Computation of Multivariate Normal and t Probabilities.
    """
    from scipy.special import stdtrit

    values, vectors = np.linalg.eigh(correlation)
    keep = values > NOISE * len(values)
    root = vectors[:, keep] * np.sqrt(values[keep])
    if root.shape[1] == 1:
        return float(stdtrit(df, (1 + level) / 2)), 0.0
    size = FIRST
    while True:
        reaches = [np.abs(_directions(root.shape[1], size, SEED + k) @ root.T).max(axis=1) for k in range(SETS)]
        found = np.array([_quantile(reach, root.shape[1], df, level) for reach in reaches])
        error = float(found.std(ddof=1) / np.sqrt(SETS))
        if error <= CLOSE or size >= MOST:
            return _quantile(np.concatenate(reaches), root.shape[1], df, level), error
        size *= 2


def _directions(rank: int, size: int, seed: int) -> Floats:
    from scipy.special import ndtri
    from scipy.stats import qmc

    if rank > qmc.Sobol.MAXDIM:
        raise EstimationError("So many statistics at once cannot be worked out.", 'Take fewer cells, or how="bonferroni".')
    points = ndtri(np.clip(qmc.Sobol(rank, rng=seed).random(size), 1e-16, 1 - 1e-16))
    return points / np.sqrt((points**2).sum(axis=1, keepdims=True))


def _quantile(reach: Floats, rank: int, df: float, level: float) -> float:
    """Where the average over directions of the chance is the level."""
    from scipy.optimize import brentq
    from scipy.special import chdtr, fdtr, stdtrit

    def short(c: float) -> Any:
        square = (c / reach) ** 2
        inside = chdtr(rank, square) if np.isinf(df) else fdtr(rank, df, square / rank)
        return inside.mean() - level

    low = float(stdtrit(df, (1 + level) / 2))
    high = 2 * low
    while short(high) < 0:
        high *= 2
    return float(brentq(short, 0.5 * low, high, xtol=1e-10))
