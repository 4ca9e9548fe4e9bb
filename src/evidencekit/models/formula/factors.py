"""One expression of a formula over the rows of a scope: numbers, or codes of categories with the ways they are coded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Bools, Codes, Floats, missing_in, numeric
from evidencekit.errors import EstimationError, InputError
from evidencekit.models.formula.allowed import QUOTED, check_expression
from evidencekit.models.formula.reading import variables_in
from evidencekit.models.formula.wilkinson import again, table_of
from evidencekit.survey.survey import Survey

__all__ = ["Categories", "Factor", "Numbers", "blank_in", "factor_of", "is_coded", "set_to", "taken"]

CHOSEN = re.compile(r"I\(\s*`?([^`=()]+?)`?\s*==\s*([\"'])(.*)\2\s*\)", re.DOTALL)
STATA = re.compile(r"[a-z]{1,2}\d*\.(\w+)")  # i.age, c.hours, ib2.region
CODED = re.compile(r"C\(\s*`?([^`,()]+?)`?\s*(,.*)?\)", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Numbers:
    """A factor of numbers: k columns of m rows, and what follows the factor's name in theirs.

    A computed factor keeps the columns of the data it is made of, and how (`inputs`, `spec`); a condition on a category its variable and
    level (`chosen`).
    """

    name: str
    columns: tuple[Floats, ...]
    endings: tuple[str, ...] = ("",)
    inputs: Mapping[str, Floats] = field(default_factory=dict)
    spec: Any = None
    chosen: tuple[str, str] | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns of the data it is made of."""
        return (self.chosen[0],) if self.chosen else tuple(self.inputs)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Categories:
    """A factor of categories: each row's code, the levels that occur, and the coding beside an intercept and without one.

    `reduced` and `full` are pairs of the endings of the columns' names and a table with a row a level.
    """

    name: str
    variable: str
    codes: Codes
    levels: tuple[Any, ...]
    reduced: tuple[tuple[str, ...], Floats]
    full: tuple[tuple[str, ...], Floats]

    @property
    def variables(self) -> tuple[str, ...]:
        """The column of the data it is made of."""
        return (self.variable,)


Factor = Numbers | Categories


def is_coded(survey: Survey, name: str) -> bool:
    """Whether a column holds categories: text, or codes that all have value labels (0 and 1 stay numbers)."""
    frame: Any = survey.rows.frame
    dtype = frame[name].dtype
    if not (dtype.is_numeric() or dtype == nw.Boolean):
        return True
    labels = survey.rows.value_labels.get(name)
    if not labels:
        return False
    found = survey.levels(name)
    return bool(found) and all(k in labels for k in found) and not set(found) <= {0, 1}


def blank_in(survey: Survey, name: str) -> Bools | None:
    """The rows without an answer in a column; None where all have one."""
    if not is_coded(survey, name):
        return missing_in(_values(survey, name), f"Column {name!r}")
    codes = survey.column(name).codes
    return codes < 0 if codes.size and codes.min() < 0 else None


def factor_of(survey: Survey, expression: str, rows: Codes) -> Factor:
    """Work an expression out over some rows.

    Raises
    ------
    EstimationError
        A category column has one level in these rows.
    InputError
        An expression that cannot be worked out, or gives something that is no number.
    """
    columns = survey.rows.columns
    coded = CODED.fullmatch(expression)
    if coded and coded[1] in columns:
        return _categories(survey, expression, coded[1], coded[2] or "", rows)
    if expression in columns:
        if is_coded(survey, expression):
            return _categories(survey, expression, expression, "", rows)
        values = _values(survey, expression)[rows]
        return Numbers(expression, (values,), inputs={expression: values})
    chosen = CHOSEN.fullmatch(expression)
    if chosen and chosen[1] in columns and is_coded(survey, chosen[1]):
        return Numbers(expression, (_is_level(survey, chosen[1], chosen[3], rows),), chosen=(chosen[1], chosen[3]))
    return _computed(survey, expression, rows)


def _is_level(survey: Survey, name: str, level: str, rows: Codes) -> Floats:
    """1 where a column of categories has one of its levels, else 0."""
    column = survey.column(name)
    words = [str(known) for known in column.levels]
    if level not in words:
        raise InputError(f"The formula asks for a level that column {name!r} does not have.", "Levels are written as tables show them.")
    return (column.codes[rows] == words.index(level)).astype(np.float64)


def _values(survey: Survey, name: str) -> Floats:
    frame: Any = survey.rows.frame
    return numeric(frame[name], "Column")


def _categories(survey: Survey, expression: str, name: str, how: str, rows: Codes) -> Categories:
    column = survey.column(name)
    codes = column.codes[rows]
    seen = np.bincount(codes, minlength=len(column.levels)) > 0
    levels = tuple(level for level, there in zip(column.levels, seen, strict=True) if there)
    if len(levels) < 2:
        raise EstimationError(
            f"Column {name!r} has one level in the rows used, so there is nothing to compare.", "Leave it out, or widen where=."
        )
    place = np.cumsum(seen) - 1
    reduced, full = (_coding(levels, how, name, start) for start in ("1 + ", "0 + "))
    if not full[1].any(axis=1).all():  # its rows would silently be those of the first level
        raise InputError(f"levels= of C({name}) leaves out a level of the rows used.", "Name all, or leave those rows out with where=.")
    return Categories(expression, name, place[codes], levels, reduced, full)


def _coding(levels: Sequence[Any], how: str, name: str, start: str) -> tuple[tuple[str, ...], Floats]:
    """The columns that stand for categories, by formulaic from a table with one row a level."""
    import pandas as pd

    stand = f"C(k{how})" if how else "k"
    names, made, _ = table_of(
        f"{start}{stand}",
        {"k": pd.Categorical(levels, categories=levels)},
        lambda _: InputError(f"The coding asked for of {name!r} cannot be made.", f'Write C({name}, contr.treatment(base="...")).'),
    )
    drop = 1 if start.startswith("1") else 0
    return tuple(n.removeprefix(stand) for n in names[drop:]), np.ascontiguousarray(made[:, drop:])


def _computed(survey: Survey, expression: str, rows: Codes) -> Numbers:
    """An expression of columns (a logarithm, a spline), by formulaic over the rows used."""
    names = variables_in(expression, survey.rows.columns)
    if not names:
        if (coded := STATA.fullmatch(expression)) and coded[1] in survey.rows.columns:
            raise InputError(
                f"{expression!r} is Stata's way of writing a column.", f"Codes as categories are C({coded[1]}), numbers {coded[1]}."
            )
        check_expression(expression, survey.rows.columns)
        survey.rows.need(QUOTED.sub(r"\1", expression), "the formula")
        raise InputError(f"The expression {expression!r} names no column of the data.")
    for name in names:
        if is_coded(survey, name):
            raise InputError(f"The formula calculates with {name!r}, which holds categories.", f"Use {name} or C({name}).")
    if any(re.search(rf"\b{re.escape(name)}\s*\(", expression) for name in names):
        raise InputError("A column that the formula calculates with has the name of a function it calls.", "Give the column another name.")
    text = f"0 + {{{expression}}}"  # in braces, so that the sum of two columns stays one
    inputs = {name: _values(survey, name)[rows] for name in names}
    columns, values, spec = table_of(
        text,
        inputs,
        lambda _: InputError(
            f"The expression {expression!r} cannot be worked out.",
            "Codes as categories are C(x), splines bs(x, df=4) and cr(x, df=4), powers I(x**2).",
        ),
    )
    if len(columns) == 2 and columns[1].endswith("[True]"):  # a condition
        columns, values = [expression], values[:, 1:]
    bad = int((~np.isfinite(values)).any(axis=1).sum())
    if bad:
        raise InputError(
            f"The expression {expression!r} gives no finite number in {bad:,} of the rows used.", "Leave them out with where=."
        )
    endings = tuple(c.removeprefix(expression) for c in columns)
    return Numbers(expression, tuple(np.ascontiguousarray(column) for column in values.T), endings, inputs, spec)


def set_to(factor: Factor, variable: str, value: Any) -> Factor:
    """The factor as it would be with one of its variables at another value: a level as it is shown, a number, or (m,) numbers."""
    if isinstance(factor, Categories):
        return replace(factor, codes=np.full_like(factor.codes, factor.levels.index(value)))
    rows = factor.columns[0].shape
    if factor.chosen:
        return replace(factor, columns=(np.full(rows, float(str(value) == factor.chosen[1])),))
    values = np.ascontiguousarray(np.broadcast_to(np.asarray(value, dtype=np.float64), rows))
    inputs = {**factor.inputs, variable: values}
    if factor.spec is None:
        return replace(factor, columns=(values,), inputs=inputs)
    made = again(factor.spec, inputs, lambda _: InputError(f"The expression {factor.name!r} cannot be worked out at these values."))
    made = made[:, -len(factor.columns) :]  # of a condition the column for "true" comes last
    return replace(factor, columns=tuple(np.ascontiguousarray(column) for column in made.T), inputs=inputs)


def taken(factor: Factor, rows: Codes) -> Factor:
    """The factor over some of its rows."""
    if isinstance(factor, Categories):
        return replace(factor, codes=factor.codes[rows])
    inputs = {name: values[rows] for name, values in factor.inputs.items()}
    return replace(factor, columns=tuple(np.ascontiguousarray(c[rows]) for c in factor.columns), inputs=inputs)
