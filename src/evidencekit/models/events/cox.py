"""Proportional hazards regression, ties by Efron's method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError, check_level
from evidencekit.models.categorical import Categorical
from evidencekit.models.events.times import Times, blanks_of, times_of
from evidencekit.models.fitting import need_rank
from evidencekit.models.formula.columns import columns_of
from evidencekit.models.formula.factors import Factor, factor_of
from evidencekit.models.formula.reading import read_formula
from evidencekit.models.likelihood import climb, covariance_of_parameters
from evidencekit.models.model import rows_of
from evidencekit.survey.design.units import cross
from evidencekit.survey.summing.domains import Where, names_of, need_survey
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.scope import Scope

__all__ = ["cox"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Steps:
    """Efron's steps through the ties: per event its time's place, the share of its tie that is gone, the mean weight of the tie."""

    of: Codes
    gone: Floats
    weight: Floats
    total: Floats
    means: Floats


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Cox:
    """The weighted partial likelihood; x (m, p) is centred."""

    x: Floats
    times: Times

    @property
    def start(self) -> Floats:
        return np.zeros(self.x.shape[1])

    def _steps(self, theta: Floats, w: Floats) -> _Steps:
        times, risk = self.times, w * np.exp(self.x @ theta)
        own = times.happened & (w > 0)
        ties = np.bincount(times.until[own] - 1, minlength=len(times.at))
        of = np.repeat(np.arange(len(ties)), ties)
        gone = (np.arange(len(of)) - (np.cumsum(ties) - ties)[of]) / ties[of]
        weight = times.events(w)[of] / ties[of]

        def left(values: Floats) -> Floats:
            return times.at_risk(values)[of] - gone * times.events(values)[of]

        total = left(risk)
        means = np.column_stack([left(risk * column) for column in self.x.T]) / total[:, None]
        return _Steps(of, gone, weight, total, means)

    def value(self, theta: Floats, w: Floats) -> float:
        eta = self.x @ theta
        if eta.max() > 500:
            return -np.inf
        steps = self._steps(theta, w)
        return float((w * eta)[self.times.happened].sum() - steps.weight @ np.log(steps.total))

    def _passed(self, steps: _Steps, amounts: Floats) -> Floats:
        """What each row goes through of amounts per step: in its own tie less what is gone before it."""
        times, size = self.times, len(self.times.at)
        running = np.concatenate([[0.0], np.cumsum(summed(steps.of, amounts, size))])
        out = running[times.until] - running[times.after]
        own = times.happened
        out[own] -= summed(steps.of, amounts * steps.gone, size)[times.until[own] - 1]
        return out

    def scores(self, theta: Floats, w: Floats) -> Floats:
        steps, times = self._steps(theta, w), self.times
        hazard, relative = steps.weight / steps.total, np.exp(self.x @ theta)
        through = np.column_stack([self._passed(steps, hazard * column) for column in steps.means.T])
        out = -relative[:, None] * (self.x * self._passed(steps, hazard)[:, None] - through)
        size, own = len(times.at), np.flatnonzero(times.happened & (w > 0))
        ties = np.bincount(steps.of, minlength=size)
        centre = np.column_stack([summed(steps.of, column, size) for column in steps.means.T]) / np.maximum(ties, 1)[:, None]
        out[own] += self.x[own] - centre[times.until[own] - 1]
        return out

    def information(self, theta: Floats, w: Floats) -> Floats:
        steps = self._steps(theta, w)
        through = self._passed(steps, steps.weight / steps.total)
        inside = self.x * (w * np.exp(self.x @ theta) * through)[:, None]
        return self.x.T @ inside - (steps.means * steps.weight[:, None]).T @ steps.means


def cox(
    survey: Survey,
    terms: str,
    *,
    time: str,
    event: str,
    entry: str | None = None,
    strata: str | Sequence[str] | None = None,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Categorical:
    """Proportional hazards (Cox) regression.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    terms : str
        The right-hand side of a formula: ``"sex + age"``.
    time, event : str
        As for `cumulative_incidence`; any event counts.
    entry : str, optional
        Column of the time from which a row is at risk.
    strata : str or sequence of str, optional
        Columns whose combinations have a baseline hazard each: people are compared with those of their own stratum only, and what
        strata themselves do is not estimated. These are not the strata of the design.
    where, where_label, level
        As for `linear`.

    Returns
    -------
    Categorical
        Coefficients are log hazard ratios.

    Raises
    ------
    UnknownColumn, InputError, EstimationError
        As for `linear` and `cumulative_incidence`; a column stands in `terms` and in `strata`.

    Notes
    -----
    Ties are treated by Efron's method. The covariance is that of the weighted score residuals under the design.

    References
    ----------
    Binder (1992), Fitting Cox's proportional hazards models from survey data, Biometrika 79, 139-147. Efron (1977), JASA 72, 557-565.

    Examples
    --------
    >>> import numpy as np, pandas as pd, evidencekit as ek
    >>> seed = np.random.default_rng(1)
    >>> now, first = seed.integers(18, 25, 400), seed.integers(8, 40, 400)
    >>> frame = pd.DataFrame({"age": np.minimum(now, first), "told": (first <= now) * 1, "area": seed.integers(0, 40, 400), "w": 1.0})
    >>> frame["sex"] = seed.choice(["boy", "girl"], 400)
    >>> young = ek.Survey(frame, weights="w", psu="area")
    >>> ek.models.cox(young, "sex", time="age", event="told").names
    ('sex[T.girl]',)
    """
    check_level(level)
    need_survey(survey, "cox()")
    asked = read_formula(terms, outcome=False)
    if asked.offsets:
        raise InputError("cox() takes no offset.")
    split = names_of(strata, "strata=", survey)
    both = [name for name in split if name in asked.factors]
    if both:
        raise InputError(f"{', '.join(both)} stands in terms and in strata=, so that it has no coefficient.", "Leave it out of one.")
    blanks = blanks_of(survey, time, event, entry)
    blanks.update({name: survey.column(name).codes < 0 for name in split})
    scope = rows_of(survey, asked, "cox()", where, where_label, more=blanks)
    factors: dict[str, Factor] = {name: factor_of(survey, name, scope.rows) for name in asked.factors}
    columns = columns_of(asked.terms, factors, scope.n, None)
    kept: Sequence[int] = [j for j, name in enumerate(columns.names) if name != "Intercept"]
    if not kept:
        raise InputError("cox() needs a term beside the intercept.", "Of one group, look at cumulative_incidence().")
    need_rank(columns, scope.w)
    x = np.ascontiguousarray(columns.matrix()[:, kept])
    model = _Cox(x - scope.w @ x / scope.w.sum(), times_of(survey, scope, time, event, entry, _strata(survey, scope, split)))
    names = tuple(columns.names[j] for j in kept)
    made = climb(model, scope.w, names=[columns.told[j] for j in kept])
    said = ("coefficient", f"coefficients of a proportional hazards regression of {event} by {time}")
    labels = {"variable": (event,) * len(names), "coefficient": names}
    covariance = covariance_of_parameters(scope, model, made)
    df = scope.df + 1 - len(names)
    estimate = scope.estimate(labels, made.beta, covariance, said=said, level=level, df=df)
    return Categorical("proportional hazards regression", asked, estimate, scope, made, tuple(columns.term[j] for j in kept), df)


def _strata(survey: Survey, scope: Scope, names: tuple[str, ...]) -> Codes | None:
    """Each row's stratum, shape (m,)."""
    if not names:
        return None
    columns = [survey.column(name) for name in names]
    return cross([(column.codes[scope.rows], len(column.levels)) for column in columns])[0]
