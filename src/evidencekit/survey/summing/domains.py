"""Which rows a number is about: those with a weight, split by ``by=`` columns as crossed codes, within ``where=``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Column
from evidencekit.errors import EstimationError, InputError
from evidencekit.frames import Dataset
from evidencekit.survey.design.binding import need_names
from evidencekit.survey.design.units import cross
from evidencekit.survey.summing.conditions import Where, where_rows, where_words
from evidencekit.survey.survey import Survey

__all__ = ["Domains", "Where", "crossed_domains", "domains_of", "names_of", "need_survey", "refuse_empty", "where_mask", "where_words"]

RESERVED = frozenset(
    [
        "variable",
        "category",
        "quantile",
        "at",
        "estimate",
        "se",
        "rse",
        "low",
        "high",
        "df",
        "n",
        "cases",
        "psus",
        "weighted_n",
        "n_eff",
        "deff",
        "kish",
        "flag",
        "status",
        "reason",
    ]
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Domains:
    """The parts of the population that are asked about.

    `row` is each row's domain, -1 for rows outside (None: every row is in the one domain); `levels` are the labels, one tuple per
    ``by=`` column with one entry per domain.
    """

    by: tuple[str, ...]
    row: Codes | None
    levels: tuple[tuple[Any, ...], ...]
    count: int


def need_survey(survey: object, doing: str) -> None:
    """Raise `InputError` for what is no Survey."""
    if not isinstance(survey, Survey):
        raise InputError(f"{doing} takes a Survey, not a {type(survey).__name__}.", "Build one: ek.Survey(data, weights=..., psu=...).")


def names_of(names: str | Sequence[str] | None, role: str, survey: Survey) -> tuple[str, ...]:
    """Column names as a tuple, each checked against the survey's data."""
    if not isinstance(survey, Survey):
        raise InputError(
            f"A Survey is needed first, not a {type(survey).__name__}.", "Build one: ek.Survey(data, weights=..., strata=..., psu=...)."
        )
    if names is not None and not isinstance(names, (str, list, tuple)):
        raise InputError(f"{role} takes column names, not a {type(names).__name__}.")
    out = (names,) if isinstance(names, str) else tuple(names or ())
    wrong = [name for name in out if not isinstance(name, str)]
    if wrong:
        raise InputError(f"{role} takes column names, and holds a {type(wrong[0]).__name__}.")
    taken = [name for name in out if role == "by=" and name in RESERVED]
    if taken:
        raise InputError(
            f"by= cannot split by a column called {taken[0]!r}: results have a column of that name.", _renamed(taken[0], survey)
        )
    if isinstance(names, str):
        survey.rows.need(names, role)
    need_names(out, survey.rows, role)
    if len(set(out)) != len(out):
        raise InputError(f"{role} names a column twice.")
    return out


def _renamed(name: str, survey: Survey) -> str:
    """How a column is renamed in the analyst's own kind of frame."""
    new = f"{name}_group"
    while new in survey.rows.columns:
        new += "_"
    held = isinstance(survey.data, Dataset)
    frame, kind = ("data.frame" if held else "data"), survey.rows.frame.implementation
    if kind.is_pandas() or kind.is_dask():
        made = f'{frame}.rename(columns={{"{name}": "{new}"}})'
    elif kind.is_polars():
        made = f'{frame}.rename({{"{name}": "{new}"}})'
    else:
        made = f'narwhals.from_native({frame}).rename({{"{name}": "{new}"}}).to_native()'
    return f"Rename it first: data = {f'data.with_frame({made})' if held else made}"


def domains_of(survey: Survey, by: tuple[str, ...], where: Where) -> Domains:
    """Each row's domain, of data in memory. A row of weight zero speaks for nobody and is in none.

    Raises
    ------
    EstimationError
        No row satisfies the condition or has all its ``by=`` columns.
    """
    inside, real = where_mask(survey, where), _with_weight(survey)
    if real is not None:
        inside = real if inside is None else inside & real
    if not by:
        if inside is None:
            return Domains((), None, (), 1)
        refuse_empty(bool(inside.any()), where)
        return Domains((), np.where(inside, 0, -1).astype(np.intp), (), 1)
    columns = [survey.column(name) for name in by]
    return crossed_domains(by, columns, inside, where)


def where_mask(survey: Survey, where: Where) -> NDArray[np.bool_] | None:
    """The condition row by row, of data in memory; None without one."""
    frame = survey.rows.frame
    assert isinstance(frame, nw.DataFrame)
    return where_rows(frame, survey.rows, where, survey.cache)


def _with_weight(survey: Survey) -> NDArray[np.bool_] | None:
    """The rows with a weight above zero (None: all); found once for a survey."""
    if "real" not in survey.cache:
        assert survey.w is not None
        survey.cache["real"] = survey.w > 0 if survey.w.min() <= 0 else None
    return survey.cache["real"]


def crossed_domains(by: tuple[str, ...], columns: Sequence[Column], inside: NDArray[np.bool_] | None, where: Where) -> Domains:
    """Domains from ``by=`` columns already made codes; combinations that do not occur are left out."""
    known = np.ones(len(columns[0].codes), dtype=bool) if inside is None else inside.copy()
    for column in columns:
        if column.codes.size and column.codes.min() < 0:
            known &= column.codes >= 0
    refuse_empty(bool(known.any()), where)
    if len(columns) == 1 and inside is None:
        only = columns[0]
        return Domains(by, only.codes, (only.levels,), len(only.levels))
    picked = np.flatnonzero(known)
    codes, count, first = cross([(c.codes[picked], len(c.levels)) for c in columns])
    row = np.full(len(known), -1, dtype=np.intp)
    row[picked] = codes
    levels = tuple(tuple(c.levels[c.codes[picked[f]]] for f in first) for c in columns)
    return Domains(by, row, levels, count)


def refuse_empty(there: bool, where: Where) -> None:
    """Raise an `EstimationError` unless some row is there."""
    if not there:
        what = "no row satisfies where=" if where is not None else "the by= columns are missing in every row"
        raise EstimationError(f"There is nothing to estimate: {what} (rows of weight zero do not count).")
