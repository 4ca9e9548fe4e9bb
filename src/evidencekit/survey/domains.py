"""Which rows a number is about: ``by=`` columns as crossed codes, ``where=`` as a mask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.exceptions as nw_exceptions
import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Column
from evidencekit.errors import EstimationError, InputError, UnknownColumn
from evidencekit.frames import Rows
from evidencekit.survey.survey import Survey
from evidencekit.survey.units import cross

__all__ = ["Domains", "Where", "domains_of", "names_of", "where_expr", "where_mask", "where_words"]

Where = nw.Expr | str | None
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
        "flag",
        "status",
        "reason",
    ]
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Domains:
    """The parts of the population that are asked about.

    `row` is each row's domain, -1 for rows outside (None: every row is in the one domain); `levels` are the labels, one tuple per
    ``by=`` column with one entry per domain; `inside` marks rows that satisfy ``where=``.
    """

    by: tuple[str, ...]
    row: Codes | None
    levels: tuple[tuple[Any, ...], ...]
    count: int


def names_of(names: str | Sequence[str] | None, role: str, survey: Survey) -> tuple[str, ...]:
    """Column names as a tuple, each checked against the survey's data."""
    if not isinstance(survey, Survey):
        raise InputError(
            f"A Survey is needed first, not a {type(survey).__name__}.", "Build one: ek.Survey(data, weights=..., strata=..., psu=...)."
        )
    if names is not None and not isinstance(names, (str, Sequence)):
        raise InputError(f"{role} takes column names, not a {type(names).__name__}.")
    out = (names,) if isinstance(names, str) else tuple(names or ())
    taken = [name for name in out if role == "by=" and name in RESERVED]
    if taken:
        raise InputError(f"by= cannot split by a column called {taken[0]!r}: results have a column of that name.", "Rename it first.")
    for name in out:
        survey.rows.need(name, role)
    if len(set(out)) != len(out):
        raise InputError(f"{role} names a column twice.")
    return out


def where_expr(where: Where, rows: Rows) -> nw.Expr | None:
    """The condition as an expression."""
    if where is None:
        return None
    if isinstance(where, str):
        rows.need(where, "where=")
        return nw.col(where)
    if isinstance(where, nw.Expr):
        return where
    raise InputError(
        f"where= takes a narwhals expression or the name of a true/false column, not a {type(where).__name__}.",
        'For example: import narwhals.stable.v2 as nw; where=nw.col("age") >= 15',
    )


def where_words(where: Where, label: str) -> str:
    """How the condition is named in results: its label, or the column's name; an expression without a label is only noted."""
    return label or (where if isinstance(where, str) else "a subset (give where_label= to name it)" if where is not None else "")


def where_mask(survey: Survey, where: Where) -> NDArray[np.bool_] | None:
    """The condition row by row; a missing answer does not satisfy it.

    Raises
    ------
    InputError
        The condition names an unknown column, is not true/false, or cannot be worked out.
    """
    condition = where_expr(where, survey.rows)
    frame = survey.rows.frame
    if condition is None or isinstance(frame, nw.LazyFrame):
        return None
    try:
        made = frame.select(condition.alias("__ek_where"))["__ek_where"]
    except Exception as trouble:
        refuse_unknown(trouble, survey.rows)
        raise InputError(
            f"where= could not be worked out ({type(trouble).__name__}).",
            "Check its column names, and that it compares numbers with numbers and text with text.",
        ) from None
    if made.dtype != nw.Boolean or len(made) != len(frame):
        raise InputError("where= is not a true/false condition on rows.", 'Write a comparison: nw.col("age") >= 15.')
    return made.fill_null(value=False).to_numpy().astype(bool)


def refuse_unknown(trouble: Exception, rows: Rows) -> None:
    """Raise `UnknownColumn` when what went wrong is that an expression names a column the data do not have."""
    if isinstance(trouble, nw_exceptions.ColumnNotFoundError):
        known = set(rows.columns)
        for name in re.findall(r"""['"`]([^'"`\n]+)['"`]""", str(trouble)):
            if name not in known and not name.startswith("__ek_"):
                raise UnknownColumn(name, rows.columns, "where=") from None


def domains_of(survey: Survey, by: tuple[str, ...], where: Where) -> Domains:
    """Each row's domain.

    Raises
    ------
    EstimationError
        No row satisfies the condition or has all its ``by=`` columns.
    """
    inside = where_mask(survey, where)
    if not by:
        if inside is None:
            return Domains((), None, (), 1)
        row = np.where(inside, 0, -1).astype(np.intp)
        _refuse_empty(bool(inside.any()), where)
        return Domains((), row, (), 1)
    columns = [survey.column(name) for name in by]
    return crossed_domains(by, columns, inside, where)


def crossed_domains(by: tuple[str, ...], columns: Sequence[Column], inside: NDArray[np.bool_] | None, where: Where) -> Domains:
    """Domains from ``by=`` columns already made codes; combinations that do not occur are left out."""
    known = np.ones(len(columns[0].codes), dtype=bool) if inside is None else inside.copy()
    for column in columns:
        if column.codes.size and column.codes.min() < 0:
            known &= column.codes >= 0
    _refuse_empty(bool(known.any()), where)
    if len(columns) == 1 and inside is None:
        only = columns[0]
        return Domains(by, only.codes, (only.levels,), len(only.levels))
    picked = np.flatnonzero(known)
    codes, count, first = cross([(c.codes[picked], len(c.levels)) for c in columns])
    row = np.full(len(known), -1, dtype=np.intp)
    row[picked] = codes
    levels = tuple(tuple(c.levels[c.codes[picked[f]]] for f in first) for c in columns)
    return Domains(by, row, levels, count)


def _refuse_empty(there: bool, where: Where) -> None:
    if not there:
        what = "no row satisfies where=" if where is not None else "the by= columns are missing in every row"
        raise EstimationError(f"There is nothing to estimate: {what}.")
