"""Shares and means per group with the other terms of a model held equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import expit, logit

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError, check_level
from evidencekit.estimate import Cells, Counts, Estimate
from evidencekit.models.formula.factors import Categories, Numbers
from evidencekit.models.margins.averaging import averages
from evidencekit.models.model import Model, need_model
from evidencekit.survey.uncertainty.intervals import critical

__all__ = ["adjusted", "by_level", "levels_of"]


def adjusted(model: Model, by: str, *, level: float = 0.95) -> Estimate:
    """Adjusted shares or means: what each group would have if all else that the model holds were spread as in the whole population.

    Parameters
    ----------
    model : Model
        A fitted regression.
    by : str
        A category column of the model, wherever it stands in it; or a column of numbers 0 and 1.
    level : float
        Confidence level, default 0.95.

    Returns
    -------
    Estimate
        One cell per level: everybody in the model's rows is given that level and keeps all else, and the predictions are averaged with
        the weights. The counts (`n`, `psus`) are those of the level's own members. ``ek.difference`` and ``ek.ratio_of`` of two cells
        are the adjusted risk difference and risk ratio.

    Raises
    ------
    InputError
        The model has no such column, or it holds other numbers than 0 and 1.

    Notes
    -----
    A comparison with all else equal is one of averages in a population, not of what caused what. Standard errors hold both what the
    coefficients do not know and who happened to be drawn; R's svypredmeans adds these two and leaves out how they go together. Limits of
    shares are made on the logit scale.

    References
    ----------
    Graubard and Korn (1999), Predictive margins with survey data, Biometrics 55, 652-659.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> model = ek.models.logit(survey, "asked_for_image ~ sex + age + internet_daily")
    >>> shares = ek.models.adjusted(model, "sex")
    >>> ek.difference(shares, {"sex": "girl"}, {"sex": "boy"}).statistic
    'difference'
    """
    check_level(level)
    need_model(model, "adjusted()")
    levels, codes = levels_of(model, by)
    points, covariance = averages(model, [((model.problem.columns.setting(by, value),), (1.0,)) for value in levels])
    return by_level(model, (by, levels, codes), (points, covariance), f"adjusted for {_others(model, by)}", level)


def by_level(
    model: Model, groups: tuple[str, tuple[Any, ...], Codes | None], made: tuple[Floats, Floats], how: str, level: float
) -> Estimate:
    """Numbers of a model, one a level of a column, as an Estimate.

    Parameters
    ----------
    model : Model
        What they are of.
    groups : (str, tuple, (m,) array or None)
        The column, its levels, and each row's: the counts are then those of the level's own members. None: those of all rows.
    made : (points, covariance)
        Of shape (q,) and (q, q).
    how : str
        What the numbers are adjusted for, and how.
    level : float
        Confidence level, already checked.
    """
    by, levels, codes = groups
    points, covariance = made
    share = model.problem.family.name == "binomial"
    what, outcome = "share" if share else "mean", model.formula.outcome
    said = (f"adjusted {'proportion' if share else 'mean'}", f"{what} of {outcome}, {how}")
    limits = _logit_limits(points, covariance, model.df, level) if share else None
    columns = {"variable": (outcome,) * len(levels), "category": (None,) * len(levels), by: levels}
    stated = model.scope.estimate(columns, points, covariance, said=said, level=level, df=model.df, limits=limits)
    stated = replace(stated, cells=Cells(stated.cells.columns, (by,)))
    return stated if codes is None else replace(stated, counts=_own_counts(model, codes, len(levels)))


def levels_of(model: Model, variable: str) -> tuple[tuple[Any, ...], Codes]:
    """The levels a column of the model has in its rows, and each row's."""
    if not isinstance(variable, str):
        raise InputError("by= is the name of one column.", "For two of them together, make a column of their combinations.")
    found = [factor for factor in model.problem.columns.factors if variable in factor.variables]
    if not found:
        names = dict.fromkeys(name for factor in model.problem.columns.factors for name in factor.variables)
        held = f"It holds {', '.join(names) or 'an intercept alone'}; put the column into the formula."
        raise InputError("The model has no such column.", held)
    for factor in found:
        if isinstance(factor, Categories):
            return factor.levels, factor.codes
    scope = model.scope
    if any(isinstance(factor, Numbers) and factor.chosen for factor in found):
        column = scope.survey.column(variable)
        codes = column.codes[scope.rows]
        return column.levels, codes
    values = next(factor.inputs[variable] for factor in found if isinstance(factor, Numbers))
    if not np.isin(values, (0.0, 1.0)).all():
        raise InputError(
            f"adjusted() compares groups, and {variable!r} holds other numbers than 0 and 1.",
            f"Put C({variable}) into the formula, or look at marginal_effects().",
        )
    return (0, 1), values.astype(np.intp)


def _own_counts(model: Model, codes: Codes, levels: int) -> Counts:
    """What each level's own members are: the smallest group its adjusted number rests on."""
    scope, nothing, inside = model.scope, np.full(levels, np.nan), codes >= 0
    codes, w, y, psu = codes[inside], scope.w[inside], model.problem.y, scope.psu[inside]
    known = np.bincount(codes, minlength=levels).astype(np.float64)
    weight = summed(codes, w, levels)
    pairs = np.unique(codes * scope.design.n_psus + psu) // scope.design.n_psus
    cases = summed(codes, y[inside], levels) if np.isin(y, (0.0, 1.0)).all() else nothing
    kish = known * summed(codes, w**2, levels) / weight**2
    return Counts(known, cases, np.bincount(pairs, minlength=levels).astype(np.float64), weight, nothing, nothing, kish)


def _others(model: Model, by: str) -> str:
    names = dict.fromkeys(name for factor in model.problem.columns.factors for name in factor.variables if name != by)
    return ", ".join(names) or "nothing else"


def _logit_limits(points: Floats, covariance: Floats, df: float, level: float) -> tuple[Floats, Floats, str]:
    """Limits on the logit scale, where a share cannot leave 0 to 1."""
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = critical(np.full(len(points), df), level) * np.sqrt(np.diagonal(covariance)) / (points * (1 - points))
        return expit(logit(points) - reach), expit(logit(points) + reach), "logit"
