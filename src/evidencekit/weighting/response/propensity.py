"""Non-response by response propensity: a weighted logistic regression of who responded on what is known of everyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Floats, numeric, summed
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.adjustments.adjustment import Adjustment
from evidencekit.survey.design.units import cross
from evidencekit.survey.survey import Survey
from evidencekit.weighting.base import weights_for
from evidencekit.weighting.response.dispositions import Dispositions
from evidencekit.weighting.response.logistic import Unfitted, chances, fit
from evidencekit.weighting.response.sharing import GIVES, OUT, TAKES, Sharing, classes_of, kinds_for, roles_of, share_out, share_unknown

__all__ = ["Propensity", "adjust_propensity"]

SIMPLER = "Put rare categories together, leave a covariate out, or use adjust_nonresponse() with classes."


class Fitted(NamedTuple):
    """What a propensity adjustment comes to: the coefficients, and with classes their upper limits and factors."""

    coefficients: Floats
    limits: Floats
    factors: Floats


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Propensity:
    """A propensity adjustment that can be done again.

    `x` (patterns, p) are the covariates of each pattern; `pattern` (cells,) and `role` (cells,) those of each cell; `classes` how many
    classes, None for the inverse propensity; `names` the covariates.
    """

    x: Floats
    pattern: Codes
    role: Codes
    classes: int | None
    names: tuple[str, ...]

    def solve(self, weights: Floats) -> Fitted:
        """The model, and with classes their limits and factors, for these cell weights."""
        coefficients, _ = self.fitted(weights)
        if self.classes is None:
            return Fitted(coefficients, np.empty(0), np.empty(0))
        limits = self.limits(coefficients, weights)
        return Fitted(coefficients, limits, self.sharing(coefficients, limits).solve(weights))

    def factor(self, weights: Floats, solution: Fitted) -> Floats:
        """The factor on each cell's weights."""
        if self.classes is not None:
            return self.sharing(solution.coefficients, solution.limits).factor(weights, solution.factors)
        return np.where(self.role == TAKES, 1.0 / chances(self.x, solution.coefficients)[self.pattern], 0.0)

    def fitted(self, weights: Floats) -> tuple[Floats, bool]:
        """The model's coefficients, and whether it separates."""
        sides = [summed(self.pattern[self.role == r], weights[self.role == r], len(self.x)) for r in (TAKES, GIVES)]
        try:
            return fit(self.x, *sides)
        except Unfitted:
            raise WeightingError(f"The response model on {', '.join(self.names)} did not converge.", SIMPLER) from None

    def sharing(self, coefficients: Floats, limits: Floats) -> Sharing:
        """The classes of propensity."""
        group = np.searchsorted(limits, chances(self.x, coefficients), side="left")
        return Sharing(group[self.pattern].astype(np.intp), self.role, len(limits) + 1)

    def limits(self, coefficients: Floats, weights: Floats) -> Floats:
        """The propensities that divide those eligible into classes of equal weight; equal ones stay together."""
        assert self.classes is not None
        p = chances(self.x, coefficients)
        inside = self.role != OUT
        held = summed(self.pattern[inside], weights[inside], len(p))
        order = np.argsort(p, kind="stable")
        share = np.cumsum(held[order])
        at = np.searchsorted(share, share[-1] * np.arange(1, self.classes) / self.classes * (1 - 1e-12))
        limits = np.unique(p[order][np.minimum(at, len(p) - 1)])
        return limits[limits < p.max()]


def adjust_propensity(
    survey: Survey,
    dispositions: Dispositions,
    covariates: str | Sequence[str],
    *,
    classes: int | None = 5,
    unknown_by: str | Sequence[str] | None = None,
) -> Survey:
    """Adjust for non-response by the propensity to respond, from a logistic regression with the survey's weights.

    The weight of those whose eligibility is unknown is shared out first, as in `adjust_nonresponse`.

    Parameters
    ----------
    survey, dispositions
        As for `adjust_nonresponse`.
    covariates : str or sequence of str
        Columns known for all who are eligible, respondents or not. Text and true/false columns are categories, and so are codes of
        which each has a value label; other columns are numbers, and enter linearly.
    classes : int or None
        Respondents stand for the others in classes of propensity of about equal weight: 5 by default, 2 or more. With None each
        respondent's weight is divided by the propensity: less bias if the model is right, and more variance.
    unknown_by : str or sequence of str, optional
        The classes within which unknown eligibility is shared out. Default: one class.

    Returns
    -------
    Survey
        As for `adjust_nonresponse`. Replicates fit the model and make the classes again. Linearised variances take the classes as
        given, but not their sizes; with ``classes=None`` they include that of the model's coefficients.

    Raises
    ------
    InputError
        As for `adjust_nonresponse`; or a covariate is missing for someone eligible.
    WeightingError
        The model does not converge, or separates respondents from non-respondents; a class has no respondent.

    Notes
    -----
    The inverse propensity estimator of a total varies as the total of ``d (r y / p - (r - p) x'b)`` over all eligible, with b the
    regression of y on x among respondents with weights ``d (1 - p)``, and of ``y / p`` for y.

    References
    ----------
    Little (1986), Int. Statist. Rev. 54, 139-157. Rosenbaum and Rubin (1984), JASA 79, 516-524 (five classes). Kim and Kim (2007),
    Canad. J. Statist. 35, 501-514 (variance). Valliant, Dever and Kreuter (2018), chapter 13.

    Examples
    --------
    >>> import numpy as np, evidencekit as ek
    >>> frame = ek.fictional.national_survey().frame
    >>> chance = np.where(frame["area"] == frame["area"].iloc[0], 0.9, 0.6)  # invented non-response
    >>> frame["result"] = np.where(np.random.default_rng(1).random(len(frame)) < chance, "done", "refused")
    >>> survey = ek.Survey(frame, weights="weight", strata="stratum", psu="psu")
    >>> kinds = ek.weighting.Dispositions("result", respondent="done", refused="refused")
    >>> made = ek.weighting.adjust_propensity(survey, kinds, ["area", "age"])
    >>> bool(abs(made.w.sum() / survey.w.sum() - 1) < 1e-9)
    True
    """
    weights_for(survey, "adjust_propensity()")
    if classes is not None and (isinstance(classes, bool) or not isinstance(classes, int) or classes < 2):
        raise InputError("classes= is a whole number of 2 or more, or None for the inverse propensity.")
    names = (covariates,) if isinstance(covariates, str) else tuple(covariates)
    if not names:
        raise InputError("adjust_propensity() needs covariates.", "Without any, use adjust_nonresponse().")
    kind = kinds_for(survey, dispositions)
    known = share_unknown(survey, kind, *classes_of(survey, unknown_by, "unknown_by=", kind))
    role = roles_of(kind)
    if not (role == GIVES).any():
        return share_out(known, role, (np.zeros_like(role), 1), "non-response adjusted: everyone eligible responded", "one respondent")
    x, pattern = _patterns(survey, names, role)
    cell, count, first = cross([(pattern, len(x)), (role, OUT + 1)])
    step = Propensity(x, pattern[first], role[first], classes, names)
    before = known.w
    assert before is not None
    weights = summed(cell, before, count)
    coefficients, separated = step.fitted(weights)
    if separated:
        raise WeightingError(
            f"The response model on {', '.join(names)} separates: in some part of the sample everyone responded, or nobody did.", SIMPLER
        )
    return known.adjusted(_adjustment(step, cell, before, weights, coefficients))


def _patterns(survey: Survey, names: Sequence[str], role: Codes) -> tuple[Floats, Codes]:
    """The covariates of every combination that occurs among the eligible, and each row's; 0 for the others."""
    for name in names:
        survey.rows.need(name, "covariates=")
    if len(set(names)) != len(names):
        raise InputError("covariates= names a column twice.")
    inside = role != OUT
    columns = [_covariate(survey, name) for name in names]
    for name, (codes, _) in zip(names, columns, strict=True):
        blank = int((inside & (codes < 0)).sum())
        if blank:
            raise InputError(
                f"covariates= column {name!r} is missing for {blank} of those eligible.", "Give the missing ones a category of their own."
            )
    codes, _, first = cross([(codes[inside], int(codes.max()) + 1) for codes, _ in columns])
    parts = [np.ones((len(first), 1))]
    for place, values in columns:
        here = place[inside][first]
        if values is None:
            parts.append((here[:, None] == np.unique(here)[1:]).astype(np.float64))
        else:
            spread = values[here].std()
            parts.append(((values[here] - values[here].mean()) / (spread if spread > 0 else 1.0))[:, None])
    pattern = np.zeros(len(role), dtype=np.intp)
    pattern[inside] = codes
    return np.hstack(parts), pattern


def _covariate(survey: Survey, name: str) -> tuple[Codes, Floats | None]:
    """Each row's place among a covariate's values, -1 where it is missing; and the values, of a number."""
    frame = survey.rows.frame
    assert isinstance(frame, nw.DataFrame)
    if not frame[name].dtype.is_numeric() or name in survey.rows.value_labels:
        column = survey.column(name)
        if not frame[name].dtype.is_numeric() or column.levels != column.keys:
            return column.codes, None
    number = numeric(frame[name], "covariates= column")
    values, place = np.unique(number, return_inverse=True)
    return np.where(np.isnan(number), -1, place), values


def _adjustment(step: Propensity, cell: Codes, before: Floats, weights: Floats, coefficients: Floats) -> Adjustment:
    """The record of the step, with what its linearised variance needs."""
    on = ", ".join(step.names)
    p = chances(step.x, coefficients)[step.pattern]
    if step.classes is not None:
        sharing = step.sharing(coefficients, step.limits(coefficients, weights))
        sharing.refuse_empty(weights, "one respondent")
        covariates, tilt, factor = sharing.classes(), None, sharing.factor(weights, sharing.solve(weights))
        words = f"non-response adjusted in {sharing.groups} classes of propensity on {on}"
    else:
        # The score equations say that weights divided by p add p x up to what all the eligible do before: calibration to an estimate.
        covariates, tilt = np.where((step.role != OUT)[:, None], p[:, None] * step.x[step.pattern], 0.0), (1 - p) / p**2
        factor = step.factor(weights, Fitted(coefficients, np.empty(0), np.empty(0)))
        words = f"non-response adjusted by inverse propensity on {on}"
    return Adjustment(
        words=words,
        step=step,
        cell=cell,
        covariates=covariates,
        tilt=tilt,
        before=before,
        after=before * factor[cell],
        estimated=True,
    )
