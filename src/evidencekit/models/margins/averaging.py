"""Predictions averaged over the population, and how the averages vary: with the coefficients, and with who is in the sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evidencekit.columns import Floats
from evidencekit.models.fitting import refit
from evidencekit.models.formula.columns import Columns
from evidencekit.models.model import Model
from evidencekit.models.sandwich import influence

__all__ = ["Average", "averages", "predicted", "slope_of"]

Average = tuple[Sequence[Columns], Sequence[float | Floats]]  # a weighted sum of predictions under several settings


def averages(model: Model, wanted: Sequence[Average]) -> tuple[Floats, Floats]:
    """Weighted averages of predictions, shape (q,), and their covariance (q, q).

    Parameters
    ----------
    model : Model
        A fitted regression.
    wanted : sequence of Average
        Each is the columns under some settings and what each setting's prediction is multiplied by: ``((girl, boy), (1, -1))``.

    Notes
    -----
    Of an average prediction m, row i's influence is ``(mu_i - m) / W + D' b_i``: D the average slope in the coefficients, b_i the row's
    influence on them. With replicates, the model is fitted again in each and the average taken with its weights.

    References
    ----------
    Graubard and Korn (1999), Predictive margins with survey data, Biometrics 55, 652-659.
    """
    scope, w = model.scope, model.scope.w
    fits = [predicted(model, average, model.coefficients) for average in wanted]
    points = np.array([w @ mu / w.sum() for mu in fits])

    def all_influence() -> Floats:
        slopes = np.column_stack([slope_of(model, average) for average in wanted])
        own = np.column_stack([(mu - m) / w.sum() for mu, m in zip(fits, points, strict=True)])
        return own + influence(scope, model.problem, model.made) @ slopes

    def again(weights: Floats) -> Floats:
        beta = refit(model.problem, weights, model.coefficients)
        return np.array([weights @ predicted(model, average, beta) / weights.sum() for average in wanted])

    return points, scope.spread(points, all_influence, again)


def predicted(model: Model, average: Average, beta: Floats) -> Floats:
    """What each row contributes to an average, shape (m,)."""
    settings, factors = average
    back = model.problem.link.back
    return np.sum([f * back(columns.times(beta)) for columns, f in zip(settings, factors, strict=True)], axis=0)


def slope_of(model: Model, average: Average) -> Floats:
    """The average's derivative in the coefficients, shape (p,)."""
    out, w, link = np.zeros(len(model.names)), model.scope.w, model.problem.link
    for columns, factor in zip(*average, strict=True):
        eta = columns.times(model.coefficients)
        weight = factor * w * link.slope(eta, link.back(eta)) / w.sum()
        for span in columns.spans():
            out += columns.block(span) @ weight[span]
    return out
