"""How well a model fits: deviance, pseudo-R2, AIC and BIC as they are under a design."""

from __future__ import annotations

from typing import Literal

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError, one_of
from evidencekit.models.fitting import Problem, fit, refit
from evidencekit.models.formula.columns import columns_of
from evidencekit.models.model import Model, need_model
from evidencekit.survey.uncertainty.scope import Scope
from evidencekit.tables.independence import quadratic

__all__ = ["aic", "bic", "deviance", "pseudo_r2"]


def deviance(scope: Scope, problem: Problem, beta: Floats) -> float:
    """The deviance with weights that add up to the number of rows."""
    w, mu = scope.w / scope.w.mean(), problem.link.back(problem.columns.times(beta))
    return float(w @ problem.family.deviance(problem.y, mu))


def pseudo_r2(model: Model, *, kind: Literal["nagelkerke", "cox-snell"] = "nagelkerke") -> float:
    """How much better a model fits than one with an intercept alone, from 0 to 1.

    Parameters
    ----------
    model : Model
        A logistic, probit, complementary log-log or Poisson regression.
    kind : {"nagelkerke", "cox-snell"}
        Nagelkerke's reaches 1 (default); Cox and Snell's does not.

    Returns
    -------
    float

    Raises
    ------
    InputError
        The family has a dispersion.

    References
    ----------
    Lumley (2017), Pseudo-R2 statistics under complex sampling, Australian and New Zealand Journal of Statistics (doi
    10.1111/anzs.12187).

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> 0 < ek.models.pseudo_r2(ek.models.logit(survey, "internet_daily ~ age")) < 1
    True
    """
    one_of("kind", kind, ("nagelkerke", "cox-snell"))
    need_model(model, "pseudo_r2()")
    _need_no_dispersion(model, "pseudo_r2()")
    null = _null_deviance(model)
    n = model.scope.n
    cox_snell = 1 - np.exp((deviance(model.scope, model.problem, model.made.beta) - null) / n)
    return float(cox_snell if kind == "cox-snell" else cox_snell / (1 - np.exp(-null / n)))


def _null_deviance(model: Model) -> float:
    columns = columns_of([()], {}, model.scope.n, model.problem.columns.offset)
    problem = Problem(columns, model.problem.y, model.problem.family, model.problem.link)
    return deviance(model.scope, problem, fit(problem, model.scope.w).beta)


def aic(model: Model) -> float:
    """Akaike's criterion under a design, to choose between models of one outcome on the same rows: smaller is better.

    Parameters
    ----------
    model : Model
        A linear, logistic, probit, complementary log-log or Poisson regression.

    Returns
    -------
    float
        The deviance, with weights that add up to the number of rows, plus twice the effective number of parameters: the trace of the
        generalised design effects of all coefficients but the intercept.

    Raises
    ------
    InputError
        The family has a dispersion, other than the residual variance of a linear regression.
    Refused
        The answers have no design.

    Notes
    -----
    Of a linear regression it is minus twice the log-likelihood of normal residuals instead of the deviance, and their variance is one more
    parameter: its design effect is the variance under the design of the mean of squared residuals, over ``2 s^4 / n``. R's survey has an
    effect there that does not know of the design; all else is as in its later versions (4.1.1 divides the sum by ``s^2``, so that it
    depended on the unit of the outcome).

    References
    ----------
    Lumley and Scott (2015), AIC and BIC for modeling with complex survey data, Journal of Survey Statistics and Methodology 3, 1-18.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.models.aic(ek.models.logit(survey, "internet_daily ~ age")) > 0
    True
    """
    need_model(model, "aic()")
    model.scope.need_design("aic()")
    _need_no_dispersion(model, "aic()")
    kept = np.flatnonzero([name != "Intercept" for name in model.names])
    square = np.ix_(kept, kept)
    effective = np.trace(np.linalg.solve(_independent(model)[square], model.estimate.vcov[square])) if len(kept) else 0.0
    if _normal(model):
        effective += _effect_on_variance(model)
    return _minus_two(model) + 2 * float(effective)


def bic(model: Model, *, largest: Model) -> float:
    """The Bayesian criterion under a design: smaller is better.

    Parameters
    ----------
    model : Model
        The model to be judged.
    largest : Model
        The one model that all those compared are parts of, fitted to the same rows.

    Returns
    -------
    float

    Raises
    ------
    InputError
        `model` has a coefficient that `largest` has not, or they are not of one outcome, kind and rows.
    Refused
        The answers have no design.

    Notes
    -----
    Of linear regressions the deviance of `largest` is replaced as in `aic`, and its residual variance is that of both.

    References
    ----------
    Lumley and Scott (2015), Journal of Survey Statistics and Methodology 3, 1-18.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> largest = ek.models.logit(survey, "internet_daily ~ sex + age")
    >>> ek.models.bic(ek.models.logit(survey, "internet_daily ~ age"), largest=largest) > 0
    True
    """
    need_model(model, "bic()")
    need_model(largest, "bic(largest=)")
    model.scope.need_design("bic()")
    _need_no_dispersion(model, "bic()")
    if not set(model.names) <= set(largest.names) or not np.array_equal(model.scope.rows, largest.scope.rows):
        raise InputError("largest= is a model that has all terms of this one, fitted to the same rows.", "Drop rows with where= first.")
    if model.kind != largest.kind or model.formula.outcome != largest.formula.outcome:
        raise InputError("largest= is a model of the same outcome and kind as this one.", "Fit it with the same verb.")
    left = np.flatnonzero([name not in model.names for name in largest.names])
    out = len(model.names) * np.log(model.scope.n) + _minus_two(largest)
    if len(left):
        square, beta = np.ix_(left, left), largest.coefficients[left]
        covariance = largest.estimate.vcov[square]
        out += quadratic(beta, covariance) + np.log(np.linalg.det(np.linalg.solve(_independent(largest)[square], covariance)))
    return float(out)


def _normal(model: Model) -> bool:
    return model.problem.family.name == "gaussian"


def _minus_two(model: Model) -> float:
    """Minus twice the weighted log-likelihood at its top, without what depends on the outcome alone; of normal residuals all of it."""
    n, own = model.scope.n, deviance(model.scope, model.problem, model.made.beta)
    return n * (np.log(own / n) + 1 + np.log(2 * np.pi)) if _normal(model) else own


def _independent(model: Model) -> Floats:
    """The covariance the coefficients would have if rows were independent, shape (p, p)."""
    scale = deviance(model.scope, model.problem, model.made.beta) / model.scope.n if _normal(model) else 1.0
    return model.made.inverse * scale


def _effect_on_variance(model: Model) -> float:
    """The design effect of the residual variance."""
    scope, problem = model.scope, model.problem

    def squares(beta: Floats) -> Floats:
        return (problem.y - problem.columns.times(beta)) ** 2

    def mean(w: Floats, beta: Floats) -> Floats:
        return np.array([w @ squares(beta) / w.sum()])

    variance = mean(scope.w, model.coefficients)
    off = (squares(model.coefficients) - variance) / scope.w.sum()  # coefficients solve their equations, and do not move it
    spread = scope.spread(variance, lambda: off[:, None], lambda w: mean(w, refit(problem, w, model.coefficients)))
    return float(spread[0, 0] * scope.n / (2 * variance[0] ** 2))


def _need_no_dispersion(model: Model, doing: str) -> None:
    free = model.problem.family.free and not (_normal(model) and doing != "pseudo_r2()")
    if free or model.ancillary:  # deviances of different sizes cannot be compared
        raise InputError(f"{doing} is for models without a dispersion; this is a {model.kind}.", "Compare models with term_test().")
