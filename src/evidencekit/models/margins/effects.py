"""Average marginal effects: how much the prediction moves with each thing the model holds, averaged over the population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError, check_level
from evidencekit.estimate import Estimate
from evidencekit.models.formula.factors import Categories, Numbers
from evidencekit.models.margins.averaging import Average, averages
from evidencekit.models.model import Model, need_model

__all__ = ["marginal_effects"]

STEP = 1e-4  # of a standard deviation: the error of a central difference is of the order of its square


def marginal_effects(model: Model, variables: str | Sequence[str] | None = None, *, level: float = 0.95) -> Estimate:
    """Average marginal effects on the scale of the outcome.

    Parameters
    ----------
    model : Model
        A fitted regression.
    variables : str or sequence of str, optional
        Columns of the data; by default all that the model holds.
    level : float
        Confidence level, default 0.95.

    Returns
    -------
    Estimate
        One cell per number: the slope of the prediction, averaged over everybody. One per level of a category (but the first): the
        average of what the prediction would be at that level less at the first. Of yes-no outcomes both are in shares: 0.02 is two points.

    Raises
    ------
    InputError
        The model has no such column.

    Notes
    -----
    Slopes are central differences at a ten-thousandth of a standard deviation, exact to about eight digits, wherever the variable stands:
    in interactions, splines and powers too; of computed terms one-sided at the smallest and the largest value. Variances as for
    `adjusted`.

    References
    ----------
    Graubard and Korn (1999), Biometrics 55, 652-659. Bartus (2005), Stata Journal 5, 309-329.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> model = ek.models.logit(survey, "internet_daily ~ sex + age")
    >>> ek.models.marginal_effects(model).cells.columns["step"]
    ('girl instead of boy', 'one more')
    """
    check_level(level)
    need_model(model, "marginal_effects()")
    names = _names(model, variables)
    found = [_steps(model, name) for name in names]
    wanted = [average for steps in found for _, average in steps]
    points, covariance = averages(model, wanted)
    said = ("marginal effect", f"average marginal effects on {model.formula.outcome}")
    columns = {
        "variable": [name for name, steps in zip(names, found, strict=True) for _ in steps],
        "step": [step for steps in found for step, _ in steps],
    }
    return model.scope.estimate(columns, points, covariance, said=said, level=level, df=model.df)


def _names(model: Model, variables: str | Sequence[str] | None) -> tuple[str, ...]:
    held = tuple(dict.fromkeys(name for factor in model.problem.columns.factors for name in factor.variables))
    if not held:
        raise InputError("The model holds an intercept alone.", "It has no effects to look at.")
    wanted = held if variables is None else (variables,) if isinstance(variables, str) else variables
    if not isinstance(wanted, (list, tuple)) or not wanted:
        raise InputError("variables= takes names of columns.", f"The model holds {', '.join(held)}.")
    for name in wanted:
        if name not in held:
            raise InputError("The model has no such column.", f"It holds {', '.join(held)}.")
    return tuple(wanted)


def _steps(model: Model, name: str) -> list[tuple[str, Average]]:
    """What is compared of one column: words, and the settings with their factors."""
    columns = model.problem.columns
    found = [factor for factor in columns.factors if name in factor.variables]
    levels = next((factor.levels for factor in found if isinstance(factor, Categories)), None)
    if levels is None and any(isinstance(factor, Numbers) and factor.chosen for factor in found):
        levels = model.scope.survey.column(name).levels
    if levels is not None:
        first = columns.setting(name, levels[0])
        return [(f"{other} instead of {levels[0]}", ((columns.setting(name, other), first), (1.0, -1.0))) for other in levels[1:]]
    values = next(factor.inputs[name] for factor in found if isinstance(factor, Numbers))
    if np.isin(values, (0.0, 1.0)).all():
        return [("1 instead of 0", ((columns.setting(name, 1.0), columns.setting(name, 0.0)), (1.0, -1.0)))]
    step = STEP * _spread(values, model.scope.w)
    up, down = values + step, values - step
    if any(isinstance(factor, Numbers) and factor.spec is not None for factor in found):
        up, down = np.minimum(up, values.max()), np.maximum(down, values.min())  # a spline ends where its values end
    return [("one more", ((columns.setting(name, up), columns.setting(name, down)), (1 / (up - down), -1 / (up - down))))]


def _spread(values: Floats, w: Floats) -> float:
    centre = w @ values / w.sum()
    return float(np.sqrt(w @ (values - centre) ** 2 / w.sum()))
