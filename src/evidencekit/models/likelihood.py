"""Pseudo-maximum likelihood for models that are no generalised linear ones: weighted Newton steps, and the same sandwich."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError
from evidencekit.models.fitting import Fit
from evidencekit.survey.uncertainty.scope import Scope

__all__ = ["Likelihood", "climb", "covariance_of_parameters"]

STEPS = 200
CLOSE = 1e-11
STUCK = 1e-9
HALVINGS = 40


class Likelihood(Protocol):
    """A model of m rows with q parameters."""

    @property
    def start(self) -> Floats:
        """Parameters to begin from, shape (q,)."""
        ...

    def value(self, theta: Floats, w: Floats) -> float:
        """The weighted log likelihood; minus infinity where the parameters are impossible."""
        ...

    def scores(self, theta: Floats, w: Floats) -> Floats:
        """Each row's derivative of the log likelihood in its weight's direction, shape (m, q): their weighted sum is the score."""
        ...

    def information(self, theta: Floats, w: Floats) -> Floats:
        """Minus the weighted second derivatives, shape (q, q)."""
        ...


def climb(model: Likelihood, w: Floats, start: Floats | None = None) -> Fit:
    """The parameters where the weighted score is nought.

    Parameters
    ----------
    model : Likelihood
        The model.
    w : (m,) array
        Weights.
    start : (q,) array, optional
        Where to begin; by default where the model says.

    Raises
    ------
    EstimationError
        No maximum is reached.

    References
    ----------
    Skinner (1989), Domain means, regression and multivariate analysis, in Analysis of Complex Surveys, 59-87.
    """
    w = w / w.mean()
    theta = model.start if start is None else start
    unit = np.full(len(theta), np.inf)  # as in `fitting`
    value, size, last = model.value(theta, w), float(len(w)), np.inf
    for step in range(1, STEPS + 1):
        information = model.information(theta, w)
        inverse = _inverse(information)
        move = inverse @ (w @ model.scores(theta, w))
        unit = np.minimum(unit, np.sqrt(size * np.abs(np.diagonal(inverse))))
        reach = float((np.abs(move) / (np.abs(theta) + unit)).max())
        if reach <= CLOSE or (reach <= STUCK and reach >= last):
            return Fit(theta + move, inverse, step)
        theta, value, last = *_uphill(model, w, theta, move, value), reach
    raise EstimationError(f"The model did not converge in {STEPS} steps.", "Try fewer terms, or merge levels that few answers have.")


def _uphill(model: Likelihood, w: Floats, theta: Floats, move: Floats, value: float) -> tuple[Floats, float]:
    """The step, halved until the likelihood is not lower; near the top rounding may lower it a little."""
    for _ in range(HALVINGS):
        found = model.value(theta + move, w)
        if found >= value - 1e-9 * abs(value):
            return theta + move, found
        move = move / 2
    raise EstimationError(
        "The model did not converge: no step raises its likelihood.", "Try fewer terms, or merge levels that few answers have."
    )


def _inverse(information: Floats) -> Floats:
    values, vectors = np.linalg.eigh(information)
    top = float(np.abs(values).max())
    if not np.isfinite(top) or top == 0 or np.abs(values).min() < 1e-13 * top:
        raise EstimationError(
            "The model did not converge: some of its coefficients cannot be told apart, or grow without end.",
            "Leave out terms that say the same, and merge levels that tell the outcome without fail.",
        )
    return (vectors / np.abs(values)) @ vectors.T  # uphill where the likelihood is not yet concave


def covariance_of_parameters(scope: Scope, model: Likelihood, made: Fit) -> Floats:
    """The design-based covariance of the parameters, shape (q, q): Binder's sandwich, or from fits in every replicate."""

    def again(w: Floats) -> Floats:
        try:
            return climb(model, w, made.beta).beta
        except EstimationError:
            return np.full(len(made.beta), np.nan)

    return scope.spread(made.beta, lambda: model.scores(made.beta, scope.w / scope.w.mean()) @ made.inverse / scope.w.mean(), again)
