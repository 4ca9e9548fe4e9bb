"""Odds ratios, for those who must report them: adjusted shares say the same so that readers take it for what it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.errors import InputError
from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval
from evidencekit.models.model import Model

__all__ = ["odds_ratios"]


def odds_ratios(model: Model) -> Estimate:
    """Odds ratios of a logistic regression: coefficients as powers of e.

    Parameters
    ----------
    model : Model
        Made by `logit`.

    Returns
    -------
    Estimate
        One cell per coefficient but the intercept. Limits are those of the coefficients as powers of e, at their level; standard errors
        are by the delta method. Of a column of zeros and ones (a level of a category) the counts are those of its smaller side, and the
        fewest cases or others on either: what the ratio rests on.

    Raises
    ------
    InputError
        The model is no logistic regression, or holds an intercept alone.

    Notes
    -----
    An odds ratio is further from 1 than the ratio of the shares, the more so the more common the outcome, and readers take one for the
    other. A finding is therefore never made of it: give the shares, their difference and their ratio by `adjusted`, and release an odds
    ratio in a table beside them.

    References
    ----------
    Hosmer, Lemeshow and Sturdivant (2013), Applied Logistic Regression, 3rd edition.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.models.odds_ratios(ek.models.logit(survey, "internet_daily ~ sex + age")).statistic
    'odds ratio'
    """
    if not isinstance(model, Model) or model.problem.link.name != "logit":
        kind = model.kind if isinstance(model, Model) else type(model).__name__
        raise InputError(f"odds_ratios() takes a logistic regression, and this is a {kind}.", "Fit it with ek.models.logit().")
    kept = [j for j, name in enumerate(model.names) if name != "Intercept"]
    if not kept:
        raise InputError("The model holds an intercept alone.", "It compares nothing.")
    made = model.estimate
    with np.errstate(over="ignore"):  # an odds ratio may be endless
        points, low, high = (np.exp(values[kept]) for values in (made.points, made.interval.low, made.interval.high))
    covariance = made.vcov[np.ix_(kept, kept)] * np.outer(points, points)
    columns = {name: tuple(labels[j] for j in kept) for name, labels in made.cells.columns.items()}
    return replace(
        made,
        cells=Cells(columns),
        points=points,
        covariance=Covariance(np.diagonal(covariance).copy(), covariance, None),
        df=made.df[kept],
        interval=Interval(low, high, made.interval.level, "log"),
        counts=_counts(model, kept),
        support=None if made.support is None else replace(made.support, of_cell=made.support.of_cell[kept]),
        flags=tuple(made.flags[j] for j in kept),
        statistic="odds ratio",
        estimand=f"odds ratios of {model.formula.outcome}",
        provenance=replace(made.provenance, method="odds ratio"),
    )


def _counts(model: Model, kept: list[int]) -> Counts:
    """What each ratio rests on: the smaller side of a column of zeros and ones, all rows of other columns."""
    x, scope = model.problem.columns.matrix(), model.scope
    term = np.array(model.problem.columns.term)
    sides: list[list[Bools]] = []
    for j in kept:
        if np.isin(x[:, j], (0.0, 1.0)).all():
            sides.append([x[:, j] == 1, (x[:, term == term[j]] == 0).all(axis=1)])
        else:
            sides.append([np.ones(scope.n, dtype=bool)])
    there = [[side for side in pair if side.any()] for pair in sides]

    def least(of: list[list[float]]) -> Floats:
        return np.array([min(values) for values in of])

    y = model.problem.y
    n = [[float(side.sum()) for side in pair] for pair in there]
    two = np.isin(y, (0.0, 1.0)).all()
    cases = [[min(float(y[side].sum()), float((1 - y[side]).sum())) for side in pair] for pair in there]
    psus = [[float(len(np.unique(scope.psu[side]))) for side in pair] for pair in there]
    weight = [[float(scope.w[side].sum()) for side in pair] for pair in there]
    nothing, kish = np.full(len(kept), np.nan), model.estimate.counts.kish[kept]
    return Counts(least(n), least(cases) if two else nothing, least(psus), least(weight), nothing, nothing, kish)
