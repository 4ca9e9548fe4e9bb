"""proportion: shares of a population, with intervals that hold up for rare outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError
from evidencekit.estimate import Estimate
from evidencekit.survey.means import By, some
from evidencekit.survey.summing.domains import Where, names_of, where_words
from evidencekit.survey.summing.measured import Measured, Table
from evidencekit.survey.summing.totals import tally
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, Deff, Layout, Limits, assemble, layout_of, spread_of
from evidencekit.survey.uncertainty.intervals import Method, ProportionInterval, proportion_limits
from evidencekit.survey.uncertainty.linear import Linear, means

__all__ = ["limits_of", "proportion"]


def proportion(
    survey: Survey,
    y: str | Sequence[str],
    *,
    by: By = None,
    where: Where = None,
    where_label: str = "",
    category: Any = None,
    interval: Method | ProportionInterval = "beta",
    level: float = 0.95,
    deff: Deff = "replace",
) -> Estimate:
    """Shares of a population.

    Parameters
    ----------
    survey : Survey
        Data and design; lazy data are never brought into memory.
    y : str or sequence of str
        A 0/1 or true/false column gives one row, the share of 1. Any other column gives a row per category: 1/2 codes, text, labels.
    by, where, where_label, level, deff
        As for `mean`.
    category : label or code, optional
        Keep one category of `y`.
    interval : str or ProportionInterval
        ``"beta"`` (Korn-Graubard, default), ``"logit"``, ``"xlogit"``, ``"likelihood"``, ``"asin"``, ``"wilson"``, ``"wald"``,
        ``"nchs"``; a `ProportionInterval` also sets one-sided limits and a borrowed design effect.

    Returns
    -------
    Estimate
        Shares between 0 and 1. Where none or all of the answers are cases, the limits are exact binomial ones on n / max(1, deff
        borrowed) and the cell is flagged; there is never an interval of zero width.

    Raises
    ------
    UnknownColumn, InputError
        A column or the category is not there.
    EstimationError
        No row has an answer.

    Notes
    -----
    A share is the mean of an indicator. Rows without an answer are left out of numerator and denominator; a refusal is not a "no", and
    the provenance counts them.

    References
    ----------
    Korn and Graubard (1998), Survey Methodology 24, 193-201. See `ProportionInterval` for the others.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "internet_daily", by="sex")
    >>> bool((est.interval.low < est.points).all())
    True
    """
    names = some(names_of(y, "y", survey))
    how = interval if isinstance(interval, ProportionInterval) else ProportionInterval(method=interval)
    split = names_of(by, "by=", survey)
    measured = tally(survey, names, split, where)
    picks, categories = zip(*(_picked(table, name, category) for name, table in zip(names, measured.tables, strict=True)), strict=True)
    asked = Asked(
        "proportion",
        f"share of {', '.join(names)}",
        how.method if how.sided == "two" else f"{how.method}, {how.sided} only",
        where_words(where, where_label),
        level,
        deff,
        (("borrowed deff", f"{how.deff:g}"),) if how.deff else (),
    )
    linear = [means(table, measured.domains.count) for table in measured.tables]
    layout = layout_of(measured, names, picks, categories)
    limits = limits_of(how, level)
    if survey.resampling is not None and how.method in ("logit", "likelihood"):
        limits = _on_logits(survey, measured, linear, layout, (how, limits))
    return assemble(survey, measured, linear, layout, asked, limits)


def _on_logits(
    survey: Survey, measured: Measured, linear: Sequence[Linear], layout: Layout, base: tuple[ProportionInterval, Limits]
) -> Limits:
    """Limits from the variance that the logit has in the replicates, where it has one."""
    how, limits = base

    def logit(made: Linear) -> Linear:
        value = made.value
        return replace(made, points=_logit(made.points), value=lambda w, t: _logit(value(w, t)))

    v_logit = spread_of(survey, measured, [logit(made) for made in linear], layout)[0].variances

    def limits_on_logits(points: Floats, v: Floats, n: Floats, df: Floats) -> tuple[Floats, Floats, tuple[str, ...]]:
        there = np.isfinite(v_logit) & (points > 0) & (points < 1)
        v = np.where(there, v_logit * (points * (1 - points)) ** 2, v)
        # The working deviance is not divided by its dispersion n / (n - 1), as it is after linearisation; nor is R's.
        return limits(points, v * (n - 1) / n if how.method == "likelihood" else v, n, df)

    return limits_on_logits


def _logit(p: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(p / (1 - p))


def _picked(table: Table, name: str, category: Any) -> tuple[list[int], tuple[Any, ...] | None]:
    """The categories to report, and their labels; none are shown for a 0/1 variable."""
    keys, shown = table.keys or (), table.categories or ()
    if category is not None:
        if not isinstance(category, (str, int, float, np.generic)):
            raise InputError(f"category= is one label or code, not a {type(category).__name__}.")
        hits = [i for i, (k, s) in enumerate(zip(keys, shown, strict=True)) if category in (k, s)]
        if len(hits) != 1:
            raise InputError(f"category= is not one of the {len(keys)} categories of {name!r}.", "Look at proportion() without it.")
        return hits, shown
    if 1 in keys and set(keys) <= {0, 1}:
        return [keys.index(1)], None
    return list(range(len(keys))), shown


def limits_of(how: ProportionInterval, level: float) -> Limits:
    """The limits of shares, with what must be said where none or all of the answers are cases."""

    def limits(points: Floats, v: Floats, n: Floats, df: Floats) -> tuple[Floats, Floats, tuple[str, ...]]:
        p = np.clip(points, 0, 1)
        p = np.where(p > 1 - 1e-14, 1.0, p)
        low, high = proportion_limits(p, v, n, df, level=level, how=how)
        borrowed = f"deff {max(1.0, how.deff):g} borrowed" if how.deff else "no deff borrowed"
        words = np.where(p == 0, f"no case observed, {borrowed}", np.where(p == 1, f"every answer a case, {borrowed}", ""))
        return low, high, tuple(str(x) for x in words)

    return limits
