"""Regressions by formula: linear, logistic, probit, complementary log-log, Poisson, gamma, log-binomial."""

from __future__ import annotations

from evidencekit.models.families import BINOMIAL, CLOGLOG, GAMMA, GAUSSIAN, IDENTITY, LOG, LOGIT, POISSON, PROBIT
from evidencekit.models.model import Model, fitted
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.survey import Survey

__all__ = ["cloglog", "gamma", "linear", "log_binomial", "logit", "poisson", "probit"]


def linear(survey: Survey, formula: str, *, where: Where = None, where_label: str = "", level: float = 0.95) -> Model:
    """Linear regression of a number; of a 0/1 outcome its coefficients are differences of shares.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    formula : str
        ``"hours ~ sex + age + sex:age"``: names of columns, ``*`` and ``:`` for interactions, ``C(x)`` for codes as categories,
        ``bs(x, df=4)`` for a spline, ``offset(x)``. Text, and codes that all have value labels, are categories; the first level is the
        reference. A formula calculates and no more: other functions of Python are refused.
    where : narwhals expression or str, optional
        A domain. The design stays whole, so standard errors are right.
    where_label : str
        The domain in words.
    level : float
        Confidence level, default 0.95.

    Returns
    -------
    Model
        Rows that lack any answer the formula needs are left out, and the provenance says how many. Levels without a row in `where` are
        left out.

    Raises
    ------
    UnknownColumn, InputError
        The formula names no column, cannot be worked out, or the outcome cannot be of this kind.
    EstimationError
        Nothing to fit, a constant outcome, columns that say the same as others, a separated outcome, no convergence to 1e-12.

    Notes
    -----
    Coefficients solve the weighted score equations of the population; their covariance is Binder's sandwich over the sampling units, all
    stages and finite population corrections included; with replicates, the model is fitted again in each.

    The sandwich takes the information expected under the family, as R's svyglm does. Under a link that is not the family's own (probit,
    complementary log-log, the log of a gamma or binomial) the observed one gives somewhat other standard errors where the means are not
    quite of the model's form; replicates do not depend on the choice.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292. Lumley (2010), Complex Surveys.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.models.linear(survey, "hours_online ~ sex + age").names
    ('Intercept', 'sex[T.girl]', 'age')
    """
    return fitted(survey, formula, "linear regression", GAUSSIAN, IDENTITY, where=where, where_label=where_label, level=level)


def logit(survey: Survey, formula: str, *, where: Where = None, where_label: str = "", level: float = 0.95) -> Model:
    """Logistic regression of a yes-no outcome.

    Parameters
    ----------
    survey, formula, where, where_label, level
        As for `linear`. The outcome is 0 and 1, true and false, or a share of trials.

    Returns
    -------
    Model
        Coefficients are log odds ratios, which few readers take for what they are: `evidencekit.models.adjusted` turns the model into
        shares, differences and ratios.

    Raises
    ------
    UnknownColumn, InputError, EstimationError
        As for `linear`.

    Notes
    -----
    R's ``quasibinomial()``: no dispersion is needed, since the covariance is that of the design.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292. Lumley (2010), Complex Surveys.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.models.logit(survey, "internet_daily ~ sex + age").kind
    'logistic regression'
    """
    return fitted(survey, formula, "logistic regression", BINOMIAL, LOGIT, where=where, where_label=where_label, level=level)


def probit(survey: Survey, formula: str, *, where: Where = None, where_label: str = "", level: float = 0.95) -> Model:
    """Probit regression of a yes-no outcome.

    Parameters
    ----------
    survey, formula, where, where_label, level
        As for `logit`.

    Returns
    -------
    Model
        Coefficients on the scale of a standard normal variable.

    Raises
    ------
    UnknownColumn, InputError, EstimationError
        As for `linear`.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 4.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> len(ek.models.probit(survey, "internet_daily ~ age").names)
    2
    """
    return fitted(survey, formula, "probit regression", BINOMIAL, PROBIT, where=where, where_label=where_label, level=level)


def cloglog(survey: Survey, formula: str, *, where: Where = None, where_label: str = "", level: float = 0.95) -> Model:
    """Complementary log-log regression of a yes-no outcome: a hazard model for intervals of time.

    Parameters
    ----------
    survey, formula, where, where_label, level
        As for `logit`.

    Returns
    -------
    Model
        Coefficients are log hazard ratios when a row is a person's year at risk.

    Raises
    ------
    UnknownColumn, InputError, EstimationError
        As for `linear`.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 4.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> len(ek.models.cloglog(survey, "internet_daily ~ age").names)
    2
    """
    return fitted(survey, formula, "complementary log-log regression", BINOMIAL, CLOGLOG, where=where, where_label=where_label, level=level)


def poisson(survey: Survey, formula: str, *, where: Where = None, where_label: str = "", level: float = 0.95) -> Model:
    """Poisson regression of a count; of a 0/1 outcome its coefficients are log risk ratios.

    Parameters
    ----------
    survey, formula, where, where_label, level
        As for `linear`. ``offset(log(months))`` makes counts rates.

    Returns
    -------
    Model
        Coefficients are log rate ratios. Counts may vary more than a Poisson does: the covariance is that of the design.

    Raises
    ------
    UnknownColumn, InputError, EstimationError
        As for `linear`.

    Notes
    -----
    R's ``quasipoisson()``: no dispersion is needed, since the covariance is that of the design.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models. Zou (2004), American Journal of Epidemiology 159, 702-706.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> len(ek.models.poisson(survey, "internet_daily ~ age").names)
    2
    """
    return fitted(survey, formula, "Poisson regression", POISSON, LOG, where=where, where_label=where_label, level=level)


def gamma(survey: Survey, formula: str, *, where: Where = None, where_label: str = "", level: float = 0.95) -> Model:
    """Gamma regression with a log link, of amounts above 0.

    Parameters
    ----------
    survey, formula, where, where_label, level
        As for `linear`.

    Returns
    -------
    Model
        Coefficients are logs of ratios of means.

    Raises
    ------
    UnknownColumn, InputError, EstimationError
        As for `linear`.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> len(ek.models.gamma(survey, "age ~ sex").names)
    2
    """
    return fitted(survey, formula, "gamma regression", GAMMA, LOG, where=where, where_label=where_label, level=level)


def log_binomial(survey: Survey, formula: str, *, where: Where = None, where_label: str = "", level: float = 0.95) -> Model:
    """Log-binomial regression of a yes-no outcome: coefficients are log risk ratios.

    Parameters
    ----------
    survey, formula, where, where_label, level
        As for `logit`.

    Returns
    -------
    Model
        Coefficients are log risk ratios.

    Raises
    ------
    UnknownColumn, InputError, EstimationError
        As for `linear`; shares that would have to be above 1 are an `EstimationError`.

    References
    ----------
    Wacholder (1986), American Journal of Epidemiology 123, 174-184.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> len(ek.models.log_binomial(survey, "internet_daily ~ sex").names)
    2
    """
    return fitted(survey, formula, "log-binomial regression", BINOMIAL, LOG, where=where, where_label=where_label, level=level)
