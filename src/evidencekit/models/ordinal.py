"""Proportional odds regression of an ordered outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, log_expit, logit

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import EstimationError, InputError, check_level
from evidencekit.models.categorical import Categorical, categorical
from evidencekit.models.likelihood import climb, covariance_of_parameters
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.survey import Survey

__all__ = ["proportional_odds"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _ProportionalOdds:
    """``P(Y <= k) = F(theta_k - x b)``: parameters are b (p,) and the K - 1 thresholds; x (m, p) has no intercept."""

    x: Floats
    y: Codes
    levels: int
    first: Floats

    @property
    def start(self) -> Floats:
        return np.concatenate([np.zeros(self.x.shape[1]), self.first])

    def _ends(self, theta: Floats) -> tuple[Floats, Floats]:
        """The linear predictors at both ends of each row's category; infinite where it has none."""
        p = self.x.shape[1]
        eta = self.x @ theta[:p]
        bounds = np.concatenate([[-np.inf], theta[p:], [np.inf]])
        return bounds[self.y + 1] - eta, bounds[self.y] - eta

    def value(self, theta: Floats, w: Floats) -> float:
        if (np.diff(theta[self.x.shape[1] :]) <= 0).any():
            return -np.inf
        return float(w @ np.log(np.maximum(_between(*self._ends(theta)), 1e-300)))

    def scores(self, theta: Floats, w: Floats) -> Floats:
        upper, lower = self._ends(theta)
        share = _between(upper, lower)
        return self._along(_density(upper) / share, -_density(lower) / share)

    def _along(self, upper: Floats, lower: Floats) -> Floats:
        """Rows times the directions of the two ends, shape (m, q)."""
        m, p = self.x.shape
        out = np.zeros((m, p + self.levels - 1))
        out[:, :p] = -(upper + lower)[:, None] * self.x
        at = np.arange(m)
        top, bottom = self.y < self.levels - 1, self.y > 0
        out[at[top], p + self.y[top]] += upper[top]
        out[at[bottom], p + self.y[bottom] - 1] += lower[bottom]
        return out

    def information(self, theta: Floats, w: Floats) -> Floats:
        upper, lower = self._ends(theta)
        share = _between(upper, lower)
        scores = self.scores(theta, w)
        bend = [w * _bend(end) / share for end in (upper, lower)]
        zero = np.zeros_like(share)
        ones = np.ones_like(share)
        first, second = self._along(ones, zero), self._along(zero, ones)
        return (scores * w[:, None]).T @ scores - (first * bend[0][:, None]).T @ first + (second * bend[1][:, None]).T @ second


def _between(upper: Floats, lower: Floats) -> Floats:
    """``F(upper) - F(lower)``, from the tail where both are small."""
    mirrored = upper + lower > 0
    return np.where(mirrored, expit(-lower) - expit(-upper), expit(upper) - expit(lower))


def _density(eta: Floats) -> Floats:
    return np.exp(log_expit(eta) + log_expit(-eta))


def _bend(eta: Floats) -> Floats:
    """The density's derivative."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(eta), 0.0, _density(eta) * (1 - 2 * expit(eta)))


def proportional_odds(
    survey: Survey,
    formula: str,
    *,
    order: Sequence[Any],
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Categorical:
    """Proportional odds (ordered logistic) regression.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    formula : str
        As for `linear`; the outcome is a column of categories or codes.
    order : sequence
        The outcome's levels from lowest to highest, as tables show them.
    where, where_label, level
        As for `linear`.

    Returns
    -------
    Categorical
        Coefficients are log odds ratios of a higher level, then the K - 1 thresholds between levels.

    Raises
    ------
    UnknownColumn, InputError, EstimationError
        As for `linear`; `order` does not name the levels that occur; a level has no answers.

    Notes
    -----
    ``logit P(Y <= k) = theta_k - x b``, by pseudo-maximum likelihood with observed second derivatives, to a step of 1e-11. R's svyolr stops
    earlier.

    References
    ----------
    McCullagh (1980), Regression models for ordinal data, JRSS B 42, 109-142. Lumley (2010), Complex Surveys.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> model = ek.models.proportional_odds(survey, "age ~ sex", order=[12, 13, 14, 15, 16, 17])
    >>> model.names[:2]
    ('sex[T.girl]', '12|13')
    """
    check_level(level)
    asked = categorical(survey, formula, "proportional_odds()", order, where, where_label)
    columns, names = asked.columns, asked.columns.names
    if "Intercept" not in names:
        raise InputError("A proportional odds model has thresholds in place of an intercept.", "Do not take it out of the formula.")
    kept = np.flatnonzero([name != "Intercept" for name in names])
    weight = summed(asked.y, asked.scope.w, len(asked.levels))
    below = np.cumsum(weight)[:-1] / weight.sum()
    if (weight <= 0).any():
        raise EstimationError("A level of the outcome has no answers in the rows used.", "Merge it with a neighbour.")
    model = _ProportionalOdds(np.ascontiguousarray(columns.matrix()[:, kept]), asked.y, len(asked.levels), logit(below))
    made = climb(model, asked.scope.w, names=[columns.told[j] for j in kept])
    bounds = [f"{a}|{b}" for a, b in zip(asked.levels[:-1], asked.levels[1:], strict=True)]
    labels = {"coefficient": (*(names[j] for j in kept), *bounds)}
    return asked.stated("proportional odds regression", labels, made, covariance_of_parameters(asked.scope, model, made), level)
