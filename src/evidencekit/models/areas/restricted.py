"""Restricted maximum likelihood of the Fay-Herriot model, best linear predictions, and their mean squared errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError

__all__ = ["Predicted", "Restricted", "log_likelihood", "predict", "restricted"]

GRID = 200
FEWEST = 2.0  # degrees of freedom of a synthetic number; where there seem to be fewer, the approximation says nothing
SPARE = 2  # areas beyond the coefficients without which a variance between areas is not estimated


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Restricted:
    """The fitted model of m areas: the variance between areas, p coefficients, their covariance, the variance of the variance, m - p."""

    variance: float
    beta: Floats
    covariance: Floats
    of_variance: float
    spare: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Predicted:
    """Predictions of k areas, and the covariance of their errors (k, k).

    `shrinkage` (k,) is the weight each area's own number has, 0 where it is synthetic; `df` (k,) are those of the mean squared errors.
    """

    points: Floats
    errors: Floats
    shrinkage: Floats
    df: Floats


def _pieces(variance: float, y: Floats, x: Floats, sampling: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Inverse variances, coefficients, their covariance and residuals, with the variance between areas at a value."""
    v = 1 / (variance + sampling)
    covariance = np.linalg.inv((x.T * v) @ x)
    beta = covariance @ ((x.T * v) @ y)
    return v, beta, np.asarray(covariance, dtype=np.float64), y - x @ beta


def log_likelihood(variance: float, y: Floats, x: Floats, sampling: Floats) -> float:
    """The restricted log-likelihood, without its constant."""
    v, _, covariance, r = _pieces(variance, y, x, sampling)
    return float((np.log(v).sum() + np.linalg.slogdet(covariance)[1] - (v * r**2).sum()) / 2)


def _score(variance: float, y: Floats, x: Floats, sampling: Floats) -> float:
    """Its derivative: half of ``y'PPy - tr P``."""
    v, _, covariance, r = _pieces(variance, y, x, sampling)
    trace = v.sum() - np.trace(covariance @ ((x.T * v**2) @ x))
    return float((((v * r) ** 2).sum() - trace) / 2)


def restricted(y: Floats, x: Floats, sampling: Floats) -> Restricted:
    """Fit by restricted maximum likelihood.

    Parameters
    ----------
    y : (m,) array
        Direct estimates on the scale of the model.
    x : (m, p) array
        Covariates.
    sampling : (m,) array
        Their sampling variances, above 0.

    Raises
    ------
    EstimationError
        Fewer than p + 2 areas, or columns that say the same as others.

    Notes
    -----
    ``y = x beta + u + e`` with u of the variance A sought and e of the sampling variances. The likelihood may have several tops: it is
    looked at on a grid from 0 upward, and the score's root beside the highest point is found to machine precision. Where the top is at 0, A
    is 0.
    """
    m, p = x.shape
    if m < p + SPARE:
        raise EstimationError(
            f"A model of areas with {p} coefficients needs {p + SPARE} areas or more with a usable number of their own; there are {m}.",
            "Take fewer covariates, or smaller areas.",
        )
    length = np.sqrt((x**2).sum(axis=0))
    scaled = x / np.where(length > 0, length, 1.0)
    if np.linalg.matrix_rank(scaled) < p:
        raise EstimationError("A covariate says the same as others in the areas that are fitted.", "Leave one of them out of formula=.")
    variance = _top(y, scaled, sampling)
    v, beta, covariance, _ = _pieces(variance, y, scaled, sampling)
    return Restricted(variance, beta / length, covariance / np.outer(length, length), float(2 / (v**2).sum()), m - p)


def _top(y: Floats, x: Floats, sampling: Floats) -> float:
    from scipy.optimize import brentq

    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    highest = 4 * max(float(residual @ residual) / max(1, len(y) - x.shape[1]), float(sampling.max()))
    grid = np.concatenate([[0.0], np.geomspace(float(sampling.min()) * 1e-6, highest, GRID)])
    best = int(np.argmax([log_likelihood(value, y, x, sampling) for value in grid]))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, GRID)])
    while _score(high, y, x, sampling) > 0:
        high *= 2  # the score falls below 0 in the end: a variance beyond all residuals is too large
    if best <= 1 and _score(0.0, y, x, sampling) <= 0:
        return 0.0
    if _score(low, y, x, sampling) <= 0:
        return low
    return float(brentq(_score, low, high, args=(y, x, sampling), xtol=1e-300, rtol=8.9e-16, maxiter=500))


def predict(fitted: Restricted, y: Floats, x: Floats, sampling: Floats) -> Predicted:
    """Best linear predictions with the mean squared errors of Prasad and Rao.

    Parameters
    ----------
    fitted : Restricted
        The model.
    y, sampling : (k,) arrays
        Direct estimates and sampling variances; NaN where an area has none that can be used.
    x : (k, p) array
        Covariates of all areas.

    Notes
    -----
    With ``g = A / (A + D)`` a prediction is ``g y + (1 - g) x beta``, and its mean squared error ``g D + (1 - g)^2 x Q x' + 2 g3``, Q being
    the covariance of the coefficients and ``g3 = D^2 / (A + D)^3 var(A)`` with ``var(A) = 2 / sum (A + D)^-2``. Without a number of its
    own an area has ``A + x Q x'``. Errors of two areas go together through the coefficients alone.

    A mean squared error varies as the variance between areas does, nearly by ``(1 - g)^4 var(A)``: twice its square over that are its
    degrees of freedom, as Satterthwaite has them, and at least m - p where an area has its own number, since g3 counts for that already.
    Normal limits would cover too rarely, those of synthetic areas most of all.
    """
    own = np.isfinite(y)
    d = np.where(own, sampling, 1.0)
    total = fitted.variance + d
    g = np.where(own, fitted.variance / total, 0.0)
    synthetic = x @ fitted.beta
    points = synthetic + g * (np.where(own, y, synthetic) - synthetic)
    loading = (1 - g)[:, None] * x
    errors = loading @ fitted.covariance @ loading.T
    g1 = np.where(own, g * d, fitted.variance)
    g3 = np.where(own, d**2 / total**3 * fitted.of_variance, 0.0)
    errors[np.diag_indices_from(errors)] += g1 + 2 * g3
    mse = np.diagonal(errors)
    df = 2 * mse**2 / ((1 - g) ** 4 * fitted.of_variance)
    return Predicted(points, errors, g, np.maximum(df, np.where(own, float(fitted.spare), FEWEST)))
