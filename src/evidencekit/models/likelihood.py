"""Pseudo-maximum likelihood for models that are no generalised linear ones: weighted Newton steps, and the same sandwich."""

from __future__ import annotations

from collections.abc import Sequence
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
LEAST = 1e-13
FAR = 10.0  # standard deviations of a column that make a coefficient one without end


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


def climb(model: Likelihood, w: Floats, start: Floats | None = None, *, names: Sequence[str] = ()) -> Fit:
    """The parameters where the weighted score is nought.

    Parameters
    ----------
    model : Likelihood
        The model.
    w : (m,) array
        Weights.
    start : (q,) array, optional
        Where to begin; by default where the model says.
    names : sequence of str, optional
        What the parameters are called, to say which of them grow without end.

    Raises
    ------
    EstimationError
        No maximum is reached: some answers are told without fail, and the coefficients that do so are named.

    References
    ----------
    Skinner (1989), Domain means, regression and multivariate analysis, in Analysis of Complex Surveys, 59-87.
    """
    w = w / w.mean()
    theta = model.start if start is None else start
    unit = np.full(len(theta), np.inf)  # as in `fitting`
    value, size, last, scale = model.value(theta, w), float(len(w)), np.inf, None
    for step in range(1, STEPS + 1):
        information = model.information(theta, w)
        if scale is None:  # kept: of a coefficient without end the information shrinks
            scale = np.sqrt(np.abs(np.diagonal(information)))
            scale[scale == 0] = 1.0
        inverse = _inverse(information, scale, theta, names)
        move = inverse @ (w @ model.scores(theta, w))
        unit = np.minimum(unit, np.sqrt(size * np.abs(np.diagonal(inverse))))
        reach = float((np.abs(move) / (np.abs(theta) + unit)).max())
        if reach <= CLOSE or (reach <= STUCK and reach >= last):
            return Fit(theta + move, inverse, step)
        higher = _uphill(model, w, theta, move, value)
        if higher is None:
            raise _stuck(theta * scale, size, names)
        theta, value, last = *higher, reach
    raise _endless(f"The model did not converge in {STEPS} steps", theta if scale is None else theta * scale, names)


def _uphill(model: Likelihood, w: Floats, theta: Floats, move: Floats, value: float) -> tuple[Floats, float] | None:
    """The step, halved until the likelihood is not lower; near the top rounding may lower it a little."""
    for _ in range(HALVINGS):
        found = model.value(theta + move, w)
        if found >= value - 1e-9 * abs(value):
            return theta + move, found
        move = move / 2
    return None


def _stuck(reach: Floats, size: float, names: Sequence[str]) -> EstimationError:
    what = "The model did not converge: no step raises its likelihood"
    if np.abs(reach).max() > FAR * np.sqrt(size):
        return _endless(what, reach, names)
    return EstimationError(f"{what}.", "Try fewer terms, or merge levels that few answers have.")


def _inverse(information: Floats, scale: Floats, theta: Floats, names: Sequence[str]) -> Floats:
    """The inverse, of a matrix whose columns were brought to one size: amounts in millions are no reason to stop."""
    scaled = information / np.outer(scale, scale)
    values, vectors = np.linalg.eigh(scaled) if np.isfinite(scaled).all() else (np.zeros(1), scaled)
    if np.abs(values).min() < LEAST * max(1.0, float(np.abs(values).max())):
        raise _endless("The model did not converge", theta * scale, names)
    return (vectors / np.abs(values)) @ vectors.T / np.outer(scale, scale)  # uphill where the likelihood is not yet concave


def _endless(what: str, reach: Floats, names: Sequence[str]) -> EstimationError:
    """What to say of coefficients that grow without end: `reach` (q,) is how far each has come, in one unit for all."""
    far = np.abs(reach[: len(names)])  # others are thresholds
    grown = list(dict.fromkeys(name for name, size in zip(names, far, strict=True) if size > 0.2 * far.max() and name != "Intercept"))
    told = f", as {', '.join(grown[:5])} {'tells' if len(grown) == 1 else 'tell'} some answers without fail" if grown else ""
    return EstimationError(
        f"{what}{'; its' if ':' in what else ': its'} coefficients grow without end{told}.",
        "Merge levels, leave the term out, or give the share with its interval: ek.proportion(by=...).",
    )


def covariance_of_parameters(scope: Scope, model: Likelihood, made: Fit) -> Floats:
    """The design-based covariance of the parameters, shape (q, q): Binder's sandwich, or from fits in every replicate."""

    def again(w: Floats) -> Floats:
        try:
            return climb(model, w, made.beta).beta
        except EstimationError:
            return np.full(len(made.beta), np.nan)

    return scope.spread(made.beta, lambda: model.scores(made.beta, scope.w / scope.w.mean()) @ made.inverse / scope.w.mean(), again)
