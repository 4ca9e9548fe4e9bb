"""Calibration: weights moved as little as possible so that weighted totals equal what is known of the population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError, WeightingError, one_of
from evidencekit.survey.adjustments.adjustment import Known
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.summing.totals import numbers
from evidencekit.survey.survey import Survey
from evidencekit.weighting.asking import is_number, limits_of, names_in, people_in
from evidencekit.weighting.base import weights_for
from evidencekit.weighting.calibration.distances import Distance, Method
from evidencekit.weighting.calibration.margins import Inside, Margin, Margins, inside_of, margins_of, of_one_population
from evidencekit.weighting.calibration.step import applied, known_of

__all__ = ["Bounds", "calibrate", "numbers_too", "poststratify", "rake"]

Bounds = tuple[float, float] | None


def rake(survey: Survey, margins: Margins, *, bounds: Bounds = None, population_total: float | None = None, where: Where = None) -> Survey:
    """Rake the weights to several margins: every margin's weighted totals become the population's.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    margins : mapping
        Column name to population totals: ``{"sex": {"girl": 51_000, "boy": 49_000}, "province": {...}}``; or a tuple of column names to
        totals of combinations. Totals are a mapping, a pandas Series with the levels as its index, or a frame with the columns and one
        called ``total`` (or ``count``, ``Freq`` or ``n``). Levels are the values in the data or their labels. Totals that add up to 1
        in every margin are shares of the weights as they are.
    bounds : (float, float), optional
        The smallest and largest factor allowed on a weight.
    population_total : float, optional
        The number of people. Every margin is brought to it: shares become counts, and totals that differ by rounding or are of another
        year agree.
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
    weights_for(survey, "rake()")
    inside, people = inside_of(survey, where), people_in(population_total)
    made = of_one_population(survey, margins_of(survey, margins, "rake()", inside), inside, people)
    words = f"raked to {', '.join(m.words for m in made)}{_among(where)}"
    return applied(survey, known_of(made, {}, [], None), Distance("raking", *(limits_of(bounds, "bounds=") or (0.0, np.inf))), words)


def poststratify(
    survey: Survey, by: str | Sequence[str], totals: Any, *, population_total: float | None = None, where: Where = None
) -> Survey:
    """Post-stratify: each cell's weights add up to its population total.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    by : str or sequence of str
        The columns whose combinations are the cells.
    totals : mapping, pandas Series or data frame
        Level (tuple of levels, in the order of `by`) to population total, as for `rake`. Totals that add up to 1 are shares of the
        weights as they are.
    population_total, where
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
    weights_for(survey, "poststratify()")
    inside, people = inside_of(survey, where), people_in(population_total)
    names = names_in(by if isinstance(by, str) else tuple(by), "A margin")
    made = of_one_population(survey, margins_of(survey, {names: totals}, "poststratify()", inside), inside, people)
    return applied(survey, known_of(made, {}, [], None), Distance("linear"), f"post-stratified by {made[0].words}{_among(where)}")


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
        A column of clusters (households): all rows of one get the same factor, on the averages of their covariates. With `where`, all of
        its rows that are calibrated do.
    population_total : float, optional
        The number of people. Every margin is brought to it, as in `rake`; needed when only numeric columns are given and the weights are
        to add up to it.
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
    weights_for(survey, "calibrate()")
    one_of("method", method, get_args(Method))
    inside, people = inside_of(survey, where), people_in(population_total)
    plain, marginal = _sorted(totals, people)
    made = margins_of(survey, marginal, "calibrate()", inside) if marginal else []
    known = numbers_too(survey, of_one_population(survey, made, inside, people) if made else [], plain, people, inside)
    tilt = None if variance is None else 1.0 / _positive(survey, variance, inside)
    if within is not None and (tilt is not None or weight_bounds is not None):
        raise InputError("within= does not go with variance= or weight_bounds=.", "Use bounds= to limit the factors.")
    cluster = None if within is None else _clusters(survey, within, inside)
    distance = _bounded(survey, method, bounds, weight_bounds, inside)
    words = f"calibrated ({method}) to {', '.join(dict.fromkeys(known.names))}{_among(where)}"
    return applied(survey, known, distance, words, tilt=tilt, cluster=cluster)


def numbers_too(survey: Survey, made: list[Margin], plain: Mapping[str, float], people: float | None, inside: Inside) -> Known:
    """What is calibrated on: margins, and the totals of numeric columns; the number of people where no margin says it.

    Raises
    ------
    UnknownColumn, WeightingError
        A numeric column is not there, or missing in rows that are calibrated.
    """
    columns = _numbers(survey, list(plain), inside)
    if made or people is None:
        return known_of(made, plain, columns, None)
    ones = np.ones(survey.n) if inside is None else inside.astype(np.float64)
    return known_of(made, plain, columns, (people, ones))


def _sorted(totals: Mapping[Any, Any], people: float | None) -> tuple[dict[str, float], dict[Any, Any]]:
    """Totals of numbers and totals of categories."""
    if not isinstance(totals, Mapping):
        raise InputError(
            f"calibrate() needs totals: a mapping of column names to population totals, not a {type(totals).__name__}.",
            'A frame or a Series of totals stands under its column\'s name: {"sex": totals}.',
        )
    if not totals and people is None:
        raise InputError(
            "calibrate() needs totals: a mapping of column names to population totals.",
            "Or give population_total= alone, to which the weights then add up.",
        )
    plain = {key: float(value) for key, value in totals.items() if is_number(value)}
    if not all(np.isfinite(v) for v in plain.values()) or not all(isinstance(k, str) for k in plain):
        raise InputError("The total of a numeric column is a finite number.")
    text = [key for key, value in totals.items() if isinstance(value, str)]
    if text:
        raise InputError(
            f"The total of {text[0]!r} is text." if isinstance(text[0], str) else "A total is text.",
            "Give a number such as 31000, without quotes or separators of thousands; for categories, a mapping of levels to totals.",
        )
    return plain, {key: value for key, value in totals.items() if key not in plain}


def _among(where: Where) -> str:
    """Which rows were calibrated, in words."""
    return "" if where is None else f", rows of {where!r} only" if isinstance(where, str) else ", a subset only"


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


def _clusters(survey: Survey, within: str, inside: Inside) -> Codes:
    """Each row's cluster; rows that are not calibrated are together in one of their own, which has nothing to be calibrated on."""
    survey.rows.need(within, "within=")
    column = survey.column(within)
    codes = column.codes if inside is None else np.where(inside, column.codes, len(column.levels))
    blank = int((codes < 0).sum())
    if blank:
        raise WeightingError(f"within= column {within!r} is missing in {blank} rows.", "Give each of them a code of its own.")
    return codes


def _bounded(survey: Survey, method: Method, bounds: Bounds, weight_bounds: Bounds, inside: Inside) -> Distance:
    """The distance with bounds on the factors, row by row where weights themselves are bounded."""
    low, high = limits_of(bounds, "bounds=") or ((-np.inf if method == "linear" else 0.0), np.inf)
    limits = limits_of(weight_bounds, "weight_bounds=")
    if limits is None:
        return Distance(method, low, high)
    assert survey.w is not None
    bound = survey.w > 0 if inside is None else inside
    with np.errstate(divide="ignore", invalid="ignore"):
        least, most = np.maximum(low, limits[0] / survey.w), np.minimum(high, limits[1] / survey.w)
    stuck = int((bound & ~(least < most)).sum())
    if stuck:
        raise InputError(f"bounds= and weight_bounds= leave no factor for {stuck} weights.", "Widen one of them, or trim() first.")
    outside = int((bound & ~((least < 1) & (most > 1))).sum())
    if method == "logit" and outside:
        raise InputError(
            f'{outside} weights lie outside weight_bounds= already (or at them), and method="logit" starts from weights within.',
            'Widen weight_bounds=, trim() first, or use method="raking" or "linear", which bring such weights in.',
        )
    # Other rows have a score of nought, so any bounds around 1 leave them alone.
    return Distance(method, np.where(bound, least, 0.5), np.where(bound, most, 2.0))
