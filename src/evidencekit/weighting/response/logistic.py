"""Weighted logistic regression on cells, fast enough to be fitted again on every replicate."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats

__all__ = ["Unfitted", "chances", "fit"]

STEPS, HALVINGS = 100, 40
MET, SETTLED = 1e-10, 1e-3


class Unfitted(Exception):
    """No step brings the likelihood up, and its slope is not zero."""


def chances(x: Floats, coefficients: Floats) -> Floats:
    """The probabilities of yes at rows of x."""
    return 1.0 / (1.0 + np.exp(-np.clip(x @ coefficients, -700, 700)))


def fit(x: Floats, yes: Floats, no: Floats) -> tuple[Floats, bool]:
    """The coefficients of a weighted logistic regression, by Newton steps.

    Parameters
    ----------
    x : (cells, p) array
        Covariates of the order of 1, a column of ones among them; columns may be redundant.
    yes, no : (cells,) array
        The weights of those who did and who did not.

    Returns
    -------
    coefficients : (p,) array
    separated : bool
        Some coefficient has no finite value: the covariates tell some of the yes and no apart without fail. The probabilities are
        then at their limits all the same.

    Raises
    ------
    Unfitted
        The likelihood was not maximised.

    References
    ----------
    Albert and Anderson (1984), Biometrika 71, 1-10, on separation.
    """
    scale = (yes + no).sum()
    yes, no = yes / scale, no / scale
    found, move = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = chances(x, found)
        slope = x.T @ (yes * (1 - p) - no * p)
        move = np.linalg.pinv(x.T @ (((yes + no) * p * (1 - p))[:, None] * x), rcond=1e-14, hermitian=True) @ slope
        if np.abs(slope).max() < MET:
            there = yes + no > 0
            return found, bool(np.abs((x @ move)[there]).max(initial=0.0) > SETTLED)
        found = _better(x, yes, no, found, move)
    raise Unfitted


def _better(x: Floats, yes: Floats, no: Floats, found: Floats, move: Floats) -> Floats:
    """The longest of the halved steps that does not lower the likelihood."""

    def likelihood(coefficients: Floats) -> float:
        score = x @ coefficients
        return float(-yes @ np.logaddexp(0, -score) - no @ np.logaddexp(0, score))

    now = likelihood(found)
    for halving in range(HALVINGS):
        tried = found + move * 0.5**halving
        if likelihood(tried) >= now - 1e-15 * abs(now):
            return tried
    raise Unfitted
