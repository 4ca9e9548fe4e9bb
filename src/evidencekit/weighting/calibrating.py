"""Calibration: weights moved as little as possible so that weighted totals equal what is known of the population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError, WeightingError, one_of
from evidencekit.survey.adjustment import Adjustment, Partition
from evidencekit.survey.domains import Where
from evidencekit.survey.pieces import scores
from evidencekit.survey.survey import Survey
from evidencekit.survey.totals import in_memory, numbers
from evidencekit.survey.units import cross
from evidencekit.weighting.distances import Distance, Method
from evidencekit.weighting.margins import Inside, Margin, Margins, inside_of, margins_of
from evidencekit.weighting.solving import Unsolved, ratios, regress, solve

__all__ = ["Calibration", "calibrate", "poststratify", "rake"]

Bounds = tuple[float, float] | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Calibration:
    """A calibration that can be done again: `names` tell which target belongs to what, `start` what it came to in the full sample."""

    covariates: Floats | Partition
    targets: Floats
    names: tuple[str, ...]
    distance: Distance
    tilt: Floats | None = None
    start: Floats | None = None

    def solve(self, weights: Floats) -> Floats:
        """The coefficients that meet the targets with these cell weights; of a partition, the factor of each class."""
        try:
            if isinstance(self.covariates, Partition):
                return ratios(weights, self.covariates, self.targets, self.distance)
            return solve(weights, self.covariates, self.targets, self.distance, tilt=self.tilt, start=self.start)
        except Unsolved as trouble:
            raise self._unmet(trouble.gap) from None

    def linear(self) -> tuple[Floats, Floats] | None:
        """The covariates, and the same times the tilt, of a linear calibration without bounds."""
        if isinstance(self.covariates, Partition) or not self.distance.straight:
            return None
        return self.covariates, self.covariates if self.tilt is None else self.tilt[:, None] * self.covariates

    def regressed(self, sums: Floats, reach: Floats, products: Floats) -> Floats:
        """The coefficients that meet the targets in every replicate of a linear calibration."""
        try:
            return regress(sums, reach, products, self.targets)
        except Unsolved as trouble:
            raise self._unmet(trouble.gap) from None

    def _unmet(self, gap: Floats) -> WeightingError:
        share = np.abs(gap) / np.maximum(np.abs(self.targets), 1e-300)
        worst = int(np.argmax(share))
        return WeightingError(
            f"No weights meet all the totals: {self.names[worst]!r} stays furthest off, by {share[worst]:.2%} of its total.",
            "Check that the totals agree with each other; put small categories together; use fewer margins or wider bounds.",
        )

    def factor(self, weights: Floats, solution: Floats) -> Floats:
        """The factor on each cell's weights."""
        if isinstance(self.covariates, Partition):
            return np.append(solution, 1.0)[self.covariates.group]
        score = scores(self.covariates, solution)
        return self.distance.factor(score if self.tilt is None else score * self.tilt)[0]


def rake(survey: Survey, margins: Margins, *, bounds: Bounds = None, where: Where = None) -> Survey:
    """Rake the weights to several margins: every margin's weighted totals become the population's.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    margins : mapping
        Column name to population totals: ``{"sex": {"girl": 51_000, "boy": 49_000}, "province": {...}}``; a tuple of column names to totals
        of combinations; or a frame with the columns and a column ``total``. Levels are the values in the data or their labels. Totals
        that add up to 1 in every margin are shares of the weights as they are.
    bounds : (float, float), optional
        The smallest and largest factor allowed on a weight.
    where : narwhals expression or str, optional
        Calibrate only these rows; the others keep their weights. Rows without a weight are never calibrated.

    Returns
    -------
    Survey
        With the new weights; the old one is unchanged. Variances of its estimates are those of the residuals from the margins.

    Raises
    ------
    WeightingError
        Totals that disagree or do not match the data's levels, missing answers, or no weights that meet all totals.

    Notes
    -----
    The factors are ``exp(x'b)`` with x the margins' indicators, the same that iterative proportional fitting converges to. They are found
    by Newton steps on the cells of the margins, so that the cost does not grow with the number of rows.

    References
    ----------
    Deming and Stephan (1940), Ann. Math. Statist. 11, 427-444. Deville, Sarndal and Sautory (1993), JASA 88, 1013-1020.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> raked = ek.weighting.rake(survey, {"sex": {"girl": 0.49, "boy": 0.51}})
    >>> round(float(ek.proportion(raked, "sex", category="girl").points[0]), 6)
    0.49
    """
    _ready(survey, "rake()")
    made = margins_of(survey, margins, "rake()", inside_of(survey, where))
    return _on_margins(survey, made, Distance("raking", *(bounds or (0.0, np.inf))), f"raked to {', '.join(m.words for m in made)}")


def poststratify(survey: Survey, by: str | Sequence[str], totals: Any, *, where: Where = None) -> Survey:
    """Post-stratify: each cell's weights add up to its population total.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    by : str or sequence of str
        The columns whose combinations are the cells.
    totals : mapping or data frame
        Level (tuple of levels, in the order of `by`) to population total, or a frame with the columns and a column ``total``. Totals
        that add up to 1 are shares of the weights as they are.
    where
        As for `rake`.

    Returns
    -------
    Survey
        As for `rake`.

    Raises
    ------
    WeightingError
        As for `rake`. A cell of the population without rows has to be put together with another.

    References
    ----------
    Holt and Smith (1979), JRSS A 142, 33-46. Sarndal, Swensson and Wretman (1992), section 7.6.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> made = ek.weighting.poststratify(survey, "sex", {"girl": 250_000, "boy": 260_000})
    >>> [round(float(x)) for x in ek.count(made, by="sex").points]
    [260000, 250000]
    """
    _ready(survey, "poststratify()")
    names = (by,) if isinstance(by, str) else tuple(by)
    made = margins_of(survey, {names: totals}, "poststratify()", inside_of(survey, where))
    return _on_margins(survey, made, Distance("linear"), f"post-stratified by {made[0].words}")


def calibrate(
    survey: Survey,
    totals: Mapping[Any, Any],
    *,
    method: Method = "linear",
    bounds: Bounds = None,
    weight_bounds: Bounds = None,
    variance: str | None = None,
    within: str | None = None,
    population_total: float | None = None,
    where: Where = None,
) -> Survey:
    """Calibrate the weights to totals of categories and of numbers.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    totals : mapping
        Column name to its population total, for a numeric column; or to its margin as in `rake`, for categories. Categories and numbers
        may be mixed.
    method : {"linear", "raking", "logit", "sinh"}
        The distance: ``"linear"`` is the generalised regression estimator, ``"logit"`` keeps factors between `bounds`.
    bounds : (float, float), optional
        The smallest and largest factor allowed on a weight.
    weight_bounds : (float, float), optional
        The smallest and largest weight allowed.
    variance : str, optional
        A column of positive numbers to which the residual variance is proportional; default the same for all.
    within : str, optional
        A column of clusters (households): all rows of one get the same factor, on the averages of their covariates.
    population_total : float, optional
        The number of people. Needed when only numeric columns are given and the weights are to add up to it.
    where
        As for `rake`; call it once for each domain that has totals of its own.

    Returns
    -------
    Survey
        As for `rake`.

    Raises
    ------
    WeightingError
        As for `rake`; or linear calibration without bounds gives negative weights.

    References
    ----------
    Deville and Sarndal (1992), JASA 87, 376-382. Lemaitre and Dufour (1987), Survey Methodology 13, 199-207, for `within`.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> made = ek.weighting.calibrate(survey, {"sex": {"girl": 250_000, "boy": 260_000}, "age": 7_400_000}, method="raking")
    >>> round(float(ek.total(made, "age").points[0]))
    7400000
    """
    _ready(survey, "calibrate()")
    one_of("method", method, get_args(Method))
    inside = inside_of(survey, where)
    plain, marginal = _sorted(totals, population_total)
    made = margins_of(survey, marginal, "calibrate()", inside) if marginal else []
    columns = _numbers(survey, list(plain), inside)
    words = ", ".join([*(m.words for m in made), *plain, *(["people"] if population_total is not None else [])])
    ones = None if population_total is None else np.ones(survey.n) if inside is None else inside.astype(np.float64)
    names, targets, covariates, cell = _design(made, plain, columns, (population_total, ones))
    tilt = None if variance is None else 1.0 / _positive(survey, variance, inside)
    if tilt is not None or weight_bounds is not None or within is not None:
        dense = covariates.dense() if isinstance(covariates, Partition) else covariates
        dense = dense if cell is None else dense[cell]
        covariates, cell = (dense, None) if within is None else _averages(survey, dense, within)
    if within is not None and (tilt is not None or weight_bounds is not None):
        raise InputError("within= does not go with variance= or weight_bounds=.", "Use bounds= to limit the factors.")
    low, high = bounds or ((-np.inf if method == "linear" else 0.0), np.inf)
    distance = Distance(method, *_row_bounds(survey, low, high, weight_bounds, inside))
    step = Calibration(covariates, targets, names, distance, tilt)
    return _apply(survey, step, cell, f"calibrated ({method}) to {words}")


def _sorted(totals: Mapping[Any, Any], population_total: float | None) -> tuple[dict[str, float], dict[Any, Any]]:
    """Totals of numbers and totals of categories."""
    if not isinstance(totals, Mapping) or not (totals or population_total):
        raise InputError("calibrate() needs totals: a mapping of column names to population totals.")
    plain = {key: float(value) for key, value in totals.items() if isinstance(value, (int, float, np.number))}
    if not all(np.isfinite(v) for v in plain.values()) or not all(isinstance(k, str) for k in plain):
        raise InputError("The total of a numeric column is a finite number.")
    return plain, {key: value for key, value in totals.items() if key not in plain}


def _ready(survey: Survey, doing: str) -> None:
    if not isinstance(survey, Survey):
        raise InputError(f"{doing} takes a Survey, not a {type(survey).__name__}.")
    in_memory(survey, doing)


def _numbers(survey: Survey, names: list[str], inside: Inside, outside: float = 0.0) -> list[Floats]:
    """Columns as numbers; rows that are not calibrated have the number `outside`."""
    for name in names:
        survey.rows.need(name, "totals=")
    columns = numbers(survey, names)
    if inside is not None:
        columns = [np.where(inside, column, outside) for column in columns]
    for name, column in zip(names, columns, strict=True):
        blank = int(np.isnan(column).sum())
        if blank:
            raise WeightingError(f"Column {name!r} is missing in {blank} rows, which cannot be calibrated on it.", "Fill it in first.")
    return columns


def _positive(survey: Survey, name: str, inside: Inside) -> Floats:
    values = _numbers(survey, [name], inside, 1.0)[0]
    if not (values > 0).all():
        raise WeightingError(f"variance= column {name!r} is not above 0 in {int((values <= 0).sum())} rows.")
    return values


def _row_bounds(survey: Survey, low: float, high: float, weight_bounds: Bounds, inside: Inside) -> tuple[Any, Any]:
    """Bounds on the factors, row by row where weights themselves are bounded."""
    if weight_bounds is None:
        return low, high
    assert survey.w is not None
    bound = survey.w > 0 if inside is None else inside
    with np.errstate(divide="ignore", invalid="ignore"):
        least, most = weight_bounds[0] / survey.w, weight_bounds[1] / survey.w
    # Other rows have a score of nought, so any bounds around 1 leave them alone.
    return np.where(bound, np.maximum(low, least), 0.5), np.where(bound, np.minimum(high, most), 2.0)


def _design(
    made: list[Margin], plain: Mapping[str, float], columns: list[Floats], people: tuple[float | None, Floats | None]
) -> tuple[tuple[str, ...], Floats, Floats | Partition, Codes | None]:
    """Names, targets and covariates of what is calibrated on; by cells when all of it is categories."""
    total, ones = people
    names = [m.words for m in made for _ in m.totals] + list(plain) + (["people"] if total is not None else [])
    targets = np.concatenate([*(m.totals for m in made), list(plain.values()), [total] if total is not None else []])
    if not plain and ones is None:
        covariates, cell = _cells(made)
        return tuple(names), targets, covariates, cell
    parts = [*(_indicators(m.codes, len(m.totals)) for m in made), *(c[:, None] for c in columns)]
    parts += [ones[:, None]] if ones is not None else []
    return tuple(names), targets, np.hstack(parts), None


def _cells(made: list[Margin]) -> tuple[Floats | Partition, Codes]:
    """The combinations of the margins' levels that occur, and each row's; rows outside have none of them."""
    shift = int(made[0].codes.min(initial=0) < 0)
    cell, _, first = cross([(m.codes + shift if shift else m.codes, len(m.totals) + shift) for m in made])
    if len(made) == 1:
        return Partition(made[0].codes[first], len(made[0].totals)), cell
    return np.hstack([_indicators(m.codes[first], len(m.totals)) for m in made]), cell


def _indicators(codes: Codes, levels: int) -> Floats:
    return (codes[:, None] == np.arange(levels)).astype(np.float64)


def _averages(survey: Survey, covariates: Floats, within: str) -> tuple[Floats, Codes]:
    """The weighted averages of the covariates within clusters, and each row's cluster."""
    survey.rows.need(within, "within=")
    column = survey.column(within)
    assert survey.w is not None
    blank = int(((column.codes < 0) & (survey.w > 0)).sum())
    if blank:
        raise WeightingError(f"within= column {within!r} is missing in {blank} rows.")
    size, codes = len(column.levels), np.maximum(column.codes, 0)
    whole = summed(codes, survey.w, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        sums = np.column_stack([summed(codes, survey.w * x, size) / whole for x in covariates.T])
    return np.nan_to_num(sums), codes


def _on_margins(survey: Survey, made: list[Margin], distance: Distance, words: str) -> Survey:
    covariates, cell = _cells(made)
    targets = np.concatenate([m.totals for m in made])
    names = tuple(m.words for m in made for _ in m.totals)
    return _apply(survey, Calibration(covariates, targets, names, distance), cell, words)


def _apply(survey: Survey, step: Calibration, cell: Codes | None, words: str) -> Survey:
    before = survey.w
    assert before is not None
    weights = before if cell is None else summed(cell, before, len(step.covariates))
    found = step.solve(weights)
    step, factor = replace(step, start=found), step.factor(weights, found)
    after = before * (factor if cell is None else factor[cell])
    negative = int((after < 0).sum())
    if negative:
        raise WeightingError(
            f"The calibration gives {negative} negative weights.",
            'Set bounds=(0.2, 5), or use method="raking" or "logit", or fewer totals.',
        )
    return survey.adjusted(
        Adjustment(words=words, step=step, cell=cell, covariates=step.covariates, tilt=step.tilt, before=before, after=after)
    )
