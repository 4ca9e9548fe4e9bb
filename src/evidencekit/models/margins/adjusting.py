"""Shares and means per group with the other terms of a model held equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError, check_level
from evidencekit.estimate import Cells, Estimate
from evidencekit.models.formula.factors import Categories, Numbers
from evidencekit.models.margins.averaging import averages
from evidencekit.models.model import Model, need_model
from evidencekit.survey.uncertainty.intervals import critical, logit_limits

__all__ = ["adjusted", "by_level", "levels_of", "others_of"]


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
        are the adjusted risk difference and risk ratio; once released, ``ek.findings.compare`` says all of them in words. Limits of a
        ratio with ``scale="log"`` miss about as often on either side (in a simulation with 40 units 2.8 % below and 2.0 % above, against
        1.1 and 4.0 %).

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
    held = others_of(model, by)
    return by_level(model, (by, levels, codes), (points, covariance), (f"adjusted for {', '.join(held) or 'nothing else'}", held), level)


def by_level(
    model: Model,
    groups: tuple[str, tuple[Any, ...], Codes | None],
    made: tuple[Floats, Floats],
    how: tuple[str, tuple[str, ...]],
    level: float,
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
    how : (str, tuple of str)
        What the numbers are adjusted for, and how; and the columns that are held equal.
    level : float
        Confidence level, already checked.
    """
    by, levels, codes = groups
    points, covariance = made
    share = model.problem.family.name == "binomial"
    what, outcome = "share" if share else "mean", model.formula.outcome
    said = (f"adjusted {'proportion' if share else 'mean'}", f"{what} of {outcome}, {how[0]}")
    limits = (*logit_limits(points, np.diagonal(covariance), critical(np.array(model.df), level)), "logit") if share else None
    columns = {"variable": (outcome,) * len(levels), "category": (None,) * len(levels), by: levels}
    stated = model.scope.estimate(columns, points, covariance, said=said, level=level, df=model.df, limits=limits)
    labels = {**{name: told for name in how[1] if (told := model.scope.survey.rows.labels.get(name))}, **dict(stated.provenance.labels)}
    provenance = replace(stated.provenance, held=how[1], labels=tuple(labels.items()))
    stated = replace(stated, cells=Cells(stated.cells.columns, (by,)), provenance=provenance)
    if codes is None:
        return stated
    counts, y = model.scope.counts(codes, len(levels)), model.problem.y
    if np.isin(y, (0.0, 1.0)).all():
        counts = replace(counts, cases=summed(codes[codes >= 0], y[codes >= 0], len(levels)))
    return replace(stated, counts=counts)


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


def others_of(model: Model, by: str) -> tuple[str, ...]:
    """The columns of a model beside the one whose groups are compared."""
    return tuple(dict.fromkeys(name for factor in model.problem.columns.factors for name in factor.variables if name != by))
