"""Direct standardisation: groups compared as if each had the same make-up, such as the same ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import WeightingError
from evidencekit.survey.design.units import cross
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.survey import Survey
from evidencekit.weighting.asking import names_in
from evidencekit.weighting.base import weights_for
from evidencekit.weighting.calibration.distances import Distance
from evidencekit.weighting.calibration.margins import Inside, Margin, inside_of, margins_of
from evidencekit.weighting.calibration.step import applied, known_of

__all__ = ["standardize"]


def standardize(
    survey: Survey, by: str | Sequence[str], *, population: Any, over: str | Sequence[str] | None = None, where: Where = None
) -> Survey:
    """Directly standardise: every group gets the same make-up, and keeps its own size.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    by : str or sequence of str
        What groups should not differ in: the columns whose combinations are the cells, such as age groups.
    population : mapping, pandas Series or data frame
        Level (tuple of levels, in the order of `by`) to its number or share in the standard population, as the totals of
        `poststratify`; only their proportions matter.
    over : str or sequence of str, optional
        The groups to compare. By default the whole survey is one. Rows without an answer to it keep their weights.
    where : narwhals expression or str, optional
        Standardise only these rows; the others keep their weights.

    Returns
    -------
    Survey
        With weights whose shares of `by` are the standard's in each group of `over`, and whose sum in each group is what it was. Its
        means and shares by `over` are directly standardised, and their variances know it.

    Raises
    ------
    UnknownColumn
        `by` or `over` names no column.
    WeightingError
        As for `poststratify`; a group has nobody in a cell that the standard population has.

    Notes
    -----
    In group j the mean is ``sum_k p_k ybar_jk``, with p_k the standard's shares and ybar_jk the group's weighted mean in cell k. The sizes
    of the groups stay estimates, in the variances of totals too; R's svystandardize takes them as known there, and leaves out a cell
    that nobody in a group is in.

    References
    ----------
    Curtin and Klein (1995), Direct standardization (age-adjusted death rates), Healthy People 2000 Statistical Notes 6, NCHS.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ages = {12: 0.17, 13: 0.17, 14: 0.17, 15: 0.17, 16: 0.16, 17: 0.16}
    >>> made = ek.weighting.standardize(survey, "age", population=ages, over="sex")
    >>> [round(float(m), 6) for m in ek.mean(made, "age", by="sex").points]
    [14.46, 14.46]
    """
    weights_for(survey, "standardize()")
    inside = inside_of(survey, where)
    names = names_in(tuple(by) if isinstance(by, list) else by, "by=")
    (margin,) = margins_of(survey, {names: population}, "standardize()", inside)
    if over is None:
        return _one(survey, margin, inside, f"standardised by {margin.words}")
    groups = names_in(tuple(over) if isinstance(over, list) else over, "over=")
    for name in groups:
        survey.rows.need(name, "over=")
    code, count = _groups(survey, groups, inside)
    for j in range(count):
        words = f"standardised by {margin.words} within {' x '.join(groups)} (group {j + 1} of {count})"
        survey = _one(survey, margin, code == j, words)
    return survey


def _groups(survey: Survey, names: Sequence[str], inside: Inside) -> tuple[Codes, int]:
    """Each row's group, -1 in none, and how many there are."""
    columns = [survey.column(name) for name in names]
    there = np.all([column.codes >= 0 for column in columns], axis=0)
    rows = np.flatnonzero(there if inside is None else there & inside)
    if not rows.size:
        raise WeightingError("over= has no answers in the rows to standardise, so there are no groups.", "Name another column.")
    code, count, _ = cross([(column.codes[rows], len(column.levels)) for column in columns])
    whole = np.full(survey.n, -1, dtype=np.intp)
    whole[rows] = code
    return whole, count


def _one(survey: Survey, margin: Margin, inside: Inside, words: str) -> Survey:
    """One group brought to the standard's shares: its weights add up to what they did."""
    assert survey.w is not None
    codes = margin.codes if inside is None else np.where(inside, margin.codes, -1)
    w = survey.w if inside is None else survey.w[inside]
    empty = int((np.bincount(codes[codes >= 0], minlength=len(margin.totals)) == 0).sum())
    if empty:
        raise WeightingError(
            f"Standardising by {margin.words!r}: a group has nobody in {empty} of the {len(margin.totals)} cells of the population.",
            "Put small cells together, in the data and in population=, or leave the group out with where=.",
        )
    made = replace(margin.scaled(float(w.sum())), codes=codes, shares=True)
    return applied(survey, known_of([made], {}, [], None), Distance("linear"), words)
