"""mean, total, count, ratio: Taylor-linearised functions of unit totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from evidencekit.combining import has_design
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Estimate
from evidencekit.survey.summing.domains import Where, names_of, where_words
from evidencekit.survey.summing.measured import Measured
from evidencekit.survey.summing.totals import measure
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, Deff, Layout, assemble, layout_of
from evidencekit.survey.uncertainty.intervals import real
from evidencekit.survey.uncertainty.linear import means, ratios, scaled, sizes, totals

__all__ = ["By", "count", "mean", "ratio", "refuse_categories", "some", "total"]

By = str | Sequence[str] | None


def mean(
    survey: Survey,
    y: str | Sequence[str],
    *,
    by: By = None,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
    deff: Deff = "replace",
) -> Estimate:
    """Weighted means, with design-based standard errors.

    Parameters
    ----------
    survey : Survey
        Data and design; lazy data are never brought into memory.
    y : str or sequence of str
        Numeric or true/false columns. Each is estimated on its own answers: a row missing in one variable still counts for another, and
        the provenance says how many answers were missing.
    by : str or sequence of str, optional
        Split by the combinations of these columns that occur.
    where : narwhals expression or str, optional
        A domain: a condition or a true/false column. The design stays whole, so standard errors are right.
    where_label : str
        The domain in words, for tables and sentences.
    level : float
        Confidence level, default 0.95.
    deff : {"replace", "wor"}
        What the design effect is measured against: simple random sampling with (default) or without replacement. The second needs
        weights that add up to the population.

    Returns
    -------
    Estimate
        One cell per variable and domain. Intervals are t with the domain's degrees of freedom: PSUs with a member minus strata with a
        member.

    Raises
    ------
    UnknownColumn, InputError
        A column is not there or holds no numbers.
    EstimationError
        No row has an answer.
    Refused
        ``deff="wor"`` with weights that add up to n; or every answer has a value label, so that the numbers are codes of categories.

    Notes
    -----
    ``m = T / W`` with linearised unit totals ``z_i = (t_i - m w_i) / W``.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 5.7. Lumley (2010), section 2.2.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.mean(survey, "hours_online", by="sex")
    >>> len(est)
    2
    """
    names = _numbers_of(survey, y)
    split = names_of(by, "by=", survey)
    asked = Asked("mean", f"mean of {', '.join(names)}", "t", where_words(where, where_label), level, deff)
    measured = measure(survey, [(name,) for name in names], split, where)
    return assemble(survey, measured, [means(t, measured.domains.count) for t in measured.tables], _simple(measured, names), asked)


def total(
    survey: Survey,
    y: str | Sequence[str],
    *,
    by: By = None,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
    deff: Deff = "replace",
    population_total: float | Literal["weights"] | None = None,
) -> Estimate:
    """Weighted totals.

    Parameters
    ----------
    survey, y, by, where, where_label, level, deff
        As for `mean`.
    population_total : float or "weights", optional
        The size of the population the survey speaks for, to which the weights are scaled; the standard error is that of the scaled
        total. Needed when the weights are normalised to the number of interviews; ``"weights"`` says that they are right as they are.
        Where the size is known, ``weighting.calibrate(survey, {}, population_total=...)`` lets the variance know it too.

    Returns
    -------
    Estimate
        One cell per variable and domain. Missing answers count as zero: a note under the estimate says how many there are.

    Raises
    ------
    Refused
        The weights are too small to add up to a population, or scaled, and `population_total` is not given; the answers are not from a
        probability sample; or every answer has a value label.
    UnknownColumn, InputError, EstimationError
        As for `mean`.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 2.8. Lumley (2010), section 2.2.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.total(survey, "internet_daily").statistic
    'total'
    """
    names = _numbers_of(survey, y)
    split = names_of(by, "by=", survey)
    measured = measure(survey, [(name,) for name in names], split, where)
    factor, policies = _scale(survey, measured, population_total)
    made = [scaled(totals(t, measured.domains.count), factor) for t in measured.tables]
    where_said = where_words(where, where_label)
    asked = Asked("total", f"total of {', '.join(names)}", "t", where_said, level, deff, policies)
    return assemble(survey, measured, made, _simple(measured, names), asked)


def count(
    survey: Survey,
    *,
    by: By = None,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
    deff: Deff = "replace",
    population_total: float | Literal["weights"] | None = None,
) -> Estimate:
    """The number of people in the population, or in each domain of it.

    Parameters
    ----------
    survey, by, where, where_label, level, deff
        As for `mean`.
    population_total : float or "weights", optional
        As for `total`.

    Returns
    -------
    Estimate
        One cell per domain: the sum of the weights. The design effect is that of the domain's share of all.

    Raises
    ------
    Refused
        As for `total`.

    References
    ----------
    Lumley (2010), section 2.2.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> len(ek.count(survey, by="province")) > 3
    True
    """
    split = names_of(by, "by=", survey)
    measured = measure(survey, [()], split, where)
    factor, policies = _scale(survey, measured, population_total)
    linear = sizes(measured.tables[0], measured.domains.count, measured.weight, measured.rows)
    asked = Asked("count", "number of people", "t", where_words(where, where_label), level, deff, policies)
    layout = layout_of(measured, ["people"], [[0]], [None])
    return assemble(survey, measured, [scaled(linear, factor)], layout, asked)


def ratio(
    survey: Survey,
    numerator: str,
    denominator: str,
    *,
    by: By = None,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
    deff: Deff = "replace",
) -> Estimate:
    """The ratio of two totals.

    Parameters
    ----------
    survey : Survey
        Data and design.
    numerator, denominator : str
        Numeric columns; only rows that have both are used.
    by, where, where_label, level, deff
        As for `mean`.

    Returns
    -------
    Estimate
        One cell per domain.

    Raises
    ------
    UnknownColumn, InputError, EstimationError, Refused
        As for `mean`.

    Notes
    -----
    ``R = Y / X`` with ``z_i = (y_i - R x_i) / X``.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 5.6.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.ratio(survey, "hours_online", "age").statistic
    'ratio'
    """
    names = (*names_of(numerator, "numerator", survey), *names_of(denominator, "denominator", survey))
    split = names_of(by, "by=", survey)
    if len(names) != 2:
        raise InputError("ratio() takes one numerator and one denominator.")
    refuse_categories(survey, names)
    measured = measure(survey, [names], split, where)
    asked = Asked("ratio", f"{names[0]} per {names[1]}", "t", where_words(where, where_label), level, deff)
    layout = _simple(measured, [f"{names[0]}/{names[1]}"])
    return assemble(survey, measured, [ratios(measured.tables[0], measured.domains.count)], layout, asked)


def some(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names; raises when there are none."""
    if not names:
        raise InputError("Name at least one variable.")
    return names


def _numbers_of(survey: Survey, y: str | Sequence[str]) -> tuple[str, ...]:
    names = some(names_of(y, "y", survey))
    refuse_categories(survey, names)
    return names


def refuse_categories(survey: Survey, names: Sequence[str]) -> None:
    """Raise `Refused` for a column whose every answer has a value label: its numbers are codes of categories (1 = Yes, 2 = No).

    0 and 1 are themselves where 0 has a meaning, and a label that repeats its number is none.
    """
    for name in names:
        labels = survey.rows.value_labels.get(name)
        if not labels:
            continue
        found = survey.levels(name)
        real_labels = [k for k in found if k in labels and str(labels[k]).strip() not in (str(k), f"{k}.0")]
        yes_no = set(found) <= {0, 1} and (0 in found or 0 in labels)
        if found and len(real_labels) == len(found) and not yes_no:
            raise Refused(
                f"Column {name!r} holds codes of categories: all {len(found)} that occur have value labels.",
                f"Use proportion(survey, {name!r}, category=...). Where they are numbers to calculate with, such as scores, "
                "take the labels off first: Dataset(data.frame, value_labels={}, missing=data.missing).",
            )


def _simple(measured: Measured, names: Sequence[str]) -> Layout:
    return layout_of(measured, names, [[0]] * len(measured.tables), [None] * len(measured.tables))


def _scale(survey: Survey, measured: Measured, population_total: Any) -> tuple[float, tuple[tuple[str, str], ...]]:
    """The factor that brings the weights to the population, and what is recorded about it."""
    if not has_design(survey.inference):
        raise Refused(
            f"A total speaks for a population, and these answers are not from a probability sample ({survey.inference}).",
            "mean() and proportion() describe those who answered, and say how many they are.",
        )
    if population_total is None:
        if measured.weight_notes:
            raise Refused(
                f"A total needs weights that add up to the population, and {measured.weight_notes[0].split(':')[0]}.",
                'Give population_total= (a number from a census), or population_total="weights" if they are right as they are.',
            )
        return 1.0, ()
    if isinstance(population_total, str) and population_total == "weights":
        return 1.0, (("population_total", "weights as they are"),)
    known = real(population_total)
    if known is None or known <= 0:
        raise InputError('population_total= is a number above 0 or "weights".')
    return known / measured.weight, (("population_total", f"{known:,.0f}"),)
