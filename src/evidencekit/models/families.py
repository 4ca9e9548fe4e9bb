"""Families and links of generalised linear models: what an outcome's mean and variance have to do with the linear predictor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from scipy.special import ndtr, ndtri, xlogy

from evidencekit.columns import Bools, Floats

__all__ = [
    "BINOMIAL",
    "CLOGLOG",
    "GAMMA",
    "GAUSSIAN",
    "IDENTITY",
    "INVERSE",
    "LOG",
    "LOGIT",
    "POISSON",
    "PROBIT",
    "Family",
    "Link",
    "negative_binomial",
]

Function = Callable[[Floats], Floats]
TINY = float(np.finfo(np.float64).eps)
ROOT = 1 / sqrt(2 * pi)


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """``eta = of(mu)``, ``mu = back(eta)`` and its slope there, ``slope(eta, mu)``."""

    name: str
    of: Function
    back: Function
    slope: Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """How an outcome varies about its mean.

    ``variance(mu)`` up to the dispersion; ``deviance(y, mu)`` per row; `allowed(y)` the outcomes it can take, `needs` in words;
    ``start(y)`` a mean to begin from; ``inside(mu)`` the means it can have; `free` whether a dispersion is estimated.
    """

    name: str
    variance: Function
    deviance: Callable[[Floats, Floats], Floats]
    allowed: Callable[[Floats], Bools]
    needs: str
    start: Function
    inside: Callable[[Floats], Bools]
    free: bool


def _expit(eta: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.clip(1.0 / (1.0 + np.exp(-eta)), TINY, 1 - TINY)


def _normal_density(eta: Floats) -> Floats:
    return np.exp(-0.5 * eta * eta) * ROOT


def _cloglog_back(eta: Floats) -> Floats:
    return np.clip(-np.expm1(-np.exp(np.minimum(eta, 700.0))), TINY, 1 - TINY)


def _cloglog_slope(eta: Floats, mu: Floats) -> Floats:
    e = np.minimum(eta, 700.0)
    return np.maximum(np.exp(e - np.exp(e)), TINY)


LOGIT = Link("logit", lambda mu: np.log(mu / (1 - mu)), _expit, lambda eta, mu: mu * (1 - mu))
PROBIT = Link("probit", ndtri, lambda eta: np.clip(ndtr(eta), TINY, 1 - TINY), lambda eta, mu: np.maximum(_normal_density(eta), TINY))
CLOGLOG = Link("cloglog", lambda mu: np.log(-np.log1p(-mu)), _cloglog_back, _cloglog_slope)
LOG = Link("log", np.log, lambda eta: np.exp(np.minimum(eta, 700.0)), lambda eta, mu: mu)
IDENTITY = Link("identity", lambda mu: mu, lambda eta: eta, lambda eta, mu: np.ones_like(eta))
INVERSE = Link("inverse", lambda mu: 1 / mu, lambda eta: 1 / eta, lambda eta, mu: -mu * mu)


def _binomial_deviance(y: Floats, mu: Floats) -> Floats:
    gone = np.asarray(xlogy(y, y / mu) + xlogy(1 - y, (1 - y) / (1 - mu)), dtype=np.float64)
    return 2 * gone


def _any(y: Floats) -> Bools:
    return np.ones(y.shape, dtype=bool)


GAUSSIAN = Family("gaussian", np.ones_like, lambda y, mu: (y - mu) ** 2, _any, "numbers", lambda y: y, _any, free=True)
BINOMIAL = Family(
    "binomial",
    lambda mu: mu * (1 - mu),
    _binomial_deviance,
    lambda y: (y >= 0) & (y <= 1),
    "0 and 1, or shares between them",
    lambda y: (y + 0.5) / 2,
    lambda mu: (mu > 0) & (mu < 1),
    free=False,
)
POISSON = Family(
    "poisson",
    lambda mu: mu,
    lambda y, mu: 2 * (xlogy(y, y / mu) - (y - mu)),
    lambda y: y >= 0,
    "counts: no number below 0",
    lambda y: y + 0.1,
    lambda mu: mu > 0,
    free=False,
)
GAMMA = Family(
    "gamma",
    lambda mu: mu * mu,
    lambda y, mu: 2 * ((y - mu) / mu - np.log(y / mu)),
    lambda y: y > 0,
    "numbers above 0",
    lambda y: y,
    lambda mu: mu > 0,
    free=True,
)


def negative_binomial(size: float) -> Family:
    """The negative binomial family with variance ``mu + mu**2 / size``."""
    return Family(
        "negative binomial",
        lambda mu: mu + mu * mu / size,
        lambda y, mu: 2 * (xlogy(y, y / mu) - (y + size) * np.log((y + size) / (mu + size))),
        POISSON.allowed,
        POISSON.needs,
        lambda y: y + (y == 0) / 6,
        POISSON.inside,
        free=False,
    )
