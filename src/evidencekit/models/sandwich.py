"""How coefficients vary under the design: the influence of every row, summed by sampling unit; or fitted again in every replicate."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats
from evidencekit.models.fitting import Fit, Problem, at, refit
from evidencekit.survey.uncertainty.scope import Scope

__all__ = ["covariance_of_coefficients", "influence", "score"]


def score(problem: Problem, beta: Floats, span: slice) -> tuple[Floats, Floats]:
    """Columns (p, rows) and what multiplies them in each row's score (rows,), before the weight."""
    x, eta, mu = at(problem, beta, span)
    return x, problem.link.slope(eta, mu) / problem.family.variance(mu) * (problem.y[span] - mu)


def influence(scope: Scope, problem: Problem, made: Fit) -> Floats:
    """What each row adds to each coefficient before its weight, shape (m, p): ``A^-1 x u``, A the information in the weights.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292.
    """
    out = np.empty((scope.n, problem.columns.p))
    inverse = made.inverse / scope.w.mean()
    for span in problem.columns.spans():
        x, u = score(problem, made.beta, span)
        out[span] = ((x * u).T) @ inverse
    return out


def covariance_of_coefficients(scope: Scope, problem: Problem, made: Fit) -> Floats:
    """The design-based covariance of the coefficients, shape (p, p).

    Without calibration the scores are summed by unit block by block, so that nothing of size rows by coefficients is made.
    """
    simple = scope.designed and scope.survey.resampling is None and scope.survey.projection is None
    if simple and scope.design.row is not None:
        return scope.covariance_of_totals(_unit_scores(scope, problem, made.beta) @ (made.inverse / scope.w.mean()))
    return scope.spread(made.beta, lambda: influence(scope, problem, made), lambda w: refit(problem, w, made.beta))


def _unit_scores(scope: Scope, problem: Problem, beta: Floats) -> Floats:
    totals, unit = np.zeros((problem.columns.p, scope.design.n)), scope.unit
    for span in problem.columns.spans():
        x, u = score(problem, beta, span)
        x *= scope.w[span] * u
        for j, row in enumerate(x):
            np.add.at(totals[j], unit[span], row)
    return totals.T
