"""Multinomial logistic regression of an outcome with several unordered levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logsumexp

from evidencekit.columns import Codes, Floats
from evidencekit.errors import check_level
from evidencekit.models.categorical import Categorical, categorical
from evidencekit.models.likelihood import climb, covariance_of_parameters
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.survey import Survey

__all__ = ["multinomial"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Multinomial:
    """Log odds of each level against the first; parameters are p coefficients a level, level by level."""

    x: Floats
    y: Codes
    levels: int

    @property
    def start(self) -> Floats:
        return np.zeros((self.levels - 1) * self.x.shape[1])

    def _logs(self, theta: Floats) -> Floats:
        """Each row's log shares of the levels, shape (m, K)."""
        eta = self.x @ theta.reshape(self.levels - 1, -1).T
        eta = np.column_stack([np.zeros(len(eta)), eta])
        return eta - logsumexp(eta, axis=1, keepdims=True)

    def value(self, theta: Floats, w: Floats) -> float:
        return float(w @ self._logs(theta)[np.arange(len(self.y)), self.y])

    def scores(self, theta: Floats, w: Floats) -> Floats:
        rest = (self.y[:, None] == np.arange(1, self.levels)) - np.exp(self._logs(theta)[:, 1:])
        return (rest[:, :, None] * self.x[:, None, :]).reshape(len(self.y), -1)

    def information(self, theta: Floats, w: Floats) -> Floats:
        share, p, k = np.exp(self._logs(theta)[:, 1:]), self.x.shape[1], self.levels - 1
        out = np.empty((k, p, k, p))
        for i in range(k):
            for j in range(k):
                weight = w * share[:, i] * ((i == j) - share[:, j])
                out[i, :, j] = (self.x * weight[:, None]).T @ self.x
        return out.reshape(k * p, k * p)


def multinomial(
    survey: Survey, formula: str, *, reference: Any = None, where: Where = None, where_label: str = "", level: float = 0.95
) -> Categorical:
    """Multinomial logistic regression.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    formula : str
        As for `linear`; the outcome is a column of categories or codes.
    reference : level, optional
        The level the others are compared with, as tables show it; by default the first.
    where, where_label, level
        As for `linear`.

    Returns
    -------
    Categorical
        Log odds ratios against the reference, a set of coefficients per level (column ``category`` of the estimate).

    Raises
    ------
    UnknownColumn, InputError, EstimationError
        As for `linear`; `reference` is no level that occurs.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 5. Binder (1983), International Statistical Review 51, 279-292.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> len(ek.models.multinomial(survey, "age_group ~ sex").names)
    2
    """
    check_level(level)
    asked = categorical(survey, formula, "multinomial()", None if reference is None else (reference,), where, where_label)
    model = _Multinomial(asked.columns.matrix(), asked.y, len(asked.levels))
    names = asked.columns.names
    made = climb(model, asked.scope.w, names=asked.columns.told * (len(asked.levels) - 1))
    labels = {
        "category": tuple(level for level in asked.levels[1:] for _ in names),
        "coefficient": names * (len(asked.levels) - 1),
    }
    return asked.stated("multinomial logistic regression", labels, made, covariance_of_parameters(asked.scope, model, made), level)
