"""variance and cdf: how answers are spread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from evidencekit.columns import Floats, summed
from evidencekit.errors import InputError
from evidencekit.estimate import Cells, Estimate
from evidencekit.survey.means import By, refuse_categories, some
from evidencekit.survey.proportions import limits_of
from evidencekit.survey.summing.domains import Where, domains_of, names_of, where_words
from evidencekit.survey.summing.totals import derived, in_memory, numbers
from evidencekit.survey.summing.twovalued import Cases, cases_of_groups
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, assemble, layout_of
from evidencekit.survey.uncertainty.intervals import Method, ProportionInterval, reals
from evidencekit.survey.uncertainty.linear import means, variances

__all__ = ["cdf", "variance"]


def variance(
    survey: Survey,
    y: str | Sequence[str],
    *,
    by: By = None,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Estimate:
    """Population variances, and covariances between variables when several are named.

    Parameters
    ----------
    survey : Survey
        Data in memory; this revisits rows.
    y : str or sequence of str
        Numeric columns. With several, a cell ``a:b`` per pair follows the variances, on rows that have both.
    by, where, where_label, level
        As for `mean`.

    Returns
    -------
    Estimate
        One cell per variable or pair, and domain.

    Raises
    ------
    InputError, UnknownColumn, EstimationError, Refused
        As for `quantile`.

    Notes
    -----
    The weighted mean of ``(x - m)^2 n / (n - 1)``, n the number of answers, and its standard error as a mean (as R's svyvar).

    References
    ----------
    Lumley (2010), Complex Surveys, section 2.2.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> bool(ek.variance(survey, "hours_online").points[0] > 0)
    True
    """
    names = some(names_of(y, "y", survey))
    in_memory(survey, "variance()")
    refuse_categories(survey, names)
    domains = domains_of(survey, names_of(by, "by=", survey), where)
    values = numbers(survey, names)
    pairs = [(i, i) for i in range(len(names))] + [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    parts: list[tuple[list[Floats], Any]] = []
    cases: list[Cases] = []
    for i, j in pairs:
        blank = np.isnan(values[i]) | np.isnan(values[j])
        first = derived(survey, domains, [([values[i], values[j]], blank)]).tables[0]
        centre = means(first, domains.count)
        x, y_ = (values[column] - _spread_out(centre.points[:, k], domains.row) for k, column in enumerate((i, j)))
        parts.append(([x * y_, x, y_], blank))
        cases.append(cases_of_groups(survey, (names[i], names[j]), (values[i], values[j]), blank, domains))
    measured = derived(survey, domains, parts)
    measured = replace(
        measured, tables=tuple(replace(t, cases=c.counts, nearly=c.nearly) for t, c in zip(measured.tables, cases, strict=True))
    )
    labels = [names[i] if i == j else f"{names[i]}:{names[j]}" for i, j in pairs]
    asked = Asked("variance", f"variance of {', '.join(names)}", "t", where_words(where, where_label), level)
    layout = layout_of(measured, labels, [[0]] * len(pairs), [None] * len(pairs))
    return assemble(survey, measured, [variances(t, domains.count) for t in measured.tables], layout, asked)


def cdf(
    survey: Survey,
    y: str,
    *,
    at: float | Iterable[float],
    by: By = None,
    where: Where = None,
    where_label: str = "",
    interval: Method | ProportionInterval = "beta",
    level: float = 0.95,
) -> Estimate:
    """The share of the population at or below given values.

    Parameters
    ----------
    survey : Survey
        Data in memory; this revisits rows.
    y : str
        A numeric column.
    at : float or several of them
        Where the distribution function is wanted, in the units of `y`.
    by, where, where_label, interval, level
        As for `proportion`.

    Returns
    -------
    Estimate
        One cell per domain and value, in a column ``at``.

    Raises
    ------
    InputError, UnknownColumn, EstimationError, Refused
        As for `quantile`.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 5.11.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.cdf(survey, "age", at=[13, 15]).cells.columns["at"]
    (13.0, 15.0)
    """
    names = names_of(y, "y", survey)
    if len(names) != 1:
        raise InputError("cdf() takes one variable.")
    name = names[0]
    in_memory(survey, "cdf()")
    refuse_categories(survey, names)
    points = reals(at)
    if points is None:
        raise InputError("at= takes numbers.")
    domains = domains_of(survey, names_of(by, "by=", survey), where)
    x = numbers(survey, (name,))[0]
    measured = derived(survey, domains, [([(x <= a).astype(np.float64) for a in points], np.isnan(x))])
    how = interval if isinstance(interval, ProportionInterval) else ProportionInterval(method=interval)
    asked = Asked("cdf", f"share of {name} at or below", how.method, where_words(where, where_label), level)
    layout = layout_of(measured, [name], [list(range(len(points)))], [None])
    made = assemble(survey, measured, [means(measured.tables[0], domains.count)], layout, asked, limits_of(how, level))
    columns = {**made.cells.columns, "at": tuple(points[c] for c in layout.column)}
    answered = np.flatnonzero(~np.isnan(x) if domains.row is None else ~np.isnan(x) & (domains.row >= 0))
    domain = np.zeros(len(answered), dtype=np.intp) if domains.row is None else domains.row[answered]
    below = np.column_stack([summed(domain, (x[answered] <= a).astype(np.float64), domains.count) for a in points])
    cases = below[layout.domain, layout.column]
    return replace(made, cells=Cells(columns, made.cells.by), counts=replace(made.counts, cases=cases))


def _spread_out(values: Floats, row: np.ndarray | None) -> Floats | np.float64:
    """Each row's domain value."""
    return values[0] if row is None else values[row]
