"""What is known of every area: its labels, the columns of the model, and the size of its population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Floats, factorise, numeric
from evidencekit.errors import InputError, how_many
from evidencekit.frames import Rows, eager, open_data
from evidencekit.models.formula.reading import read_formula, variables_in
from evidencekit.models.formula.wilkinson import table_of

__all__ = ["Areas", "areas_of"]

DOING = "fay_herriot()"
HOLDER = "evidencekit rows"  # a formula of an intercept alone names no column, and still has a row for every area


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Areas:
    """k areas: labels by column, names and values (k, p) of the model's columns, and the rows they came from."""

    labels: dict[str, tuple[Any, ...]]
    names: tuple[str, ...]
    x: Floats
    rows: Rows

    @property
    def keys(self) -> list[tuple[Any, ...]]:
        """What tells areas apart, one tuple each."""
        return list(zip(*self.labels.values(), strict=True))

    def numbers(self, name: str, role: str) -> Floats:
        """A column of numbers, shape (k,)."""
        self.rows.need(name, role)
        return numeric(eager(self.rows.frame, DOING)[name], "Column")


def areas_of(covariates: Any, by: tuple[str, ...], formula: str) -> Areas:
    """Read the covariates of all areas.

    Raises
    ------
    UnknownColumn
        A column of `by` or of the formula is not there.
    InputError
        An area stands twice or has no label, a covariate is missing or infinite, or the formula cannot be worked out.
    """
    rows = open_data(covariates)
    frame = eager(rows.frame, DOING)
    labels: dict[str, tuple[Any, ...]] = {}
    for name in by:
        rows.need(name, "what areas are told apart by")
        column = factorise(frame[name], rows.value_labels.get(name))
        if (column.codes < 0).any():
            raise InputError(f"A label in {name!r} is missing among the covariates.", "Every row of covariates is an area with its label.")
        labels[name] = tuple(column.levels[c] for c in column.codes)
    keys = list(zip(*labels.values(), strict=True))
    twice = len(keys) - len(set(keys))
    if twice or not keys:
        problem = f"{how_many(twice, 'row repeats', 'rows repeat')} an area" if twice else "there is no row"
        raise InputError(f"The covariates have one row an area, and {problem}.")
    names, x = _columns(rows, frame, formula)
    return Areas(labels, names, x, rows)


def _columns(rows: Rows, frame: Any, formula: str) -> tuple[tuple[str, ...], Floats]:
    import pandas as pd

    text = formula.strip().removeprefix("~").strip() if isinstance(formula, str) else formula
    asked = read_formula(text, outcome=False)
    if asked.offsets:
        raise InputError("A model of areas has no offset.", "Model the rate itself.")
    columns: dict[str, Any] = {HOLDER: np.zeros(len(frame))}
    for expression in asked.expressions:
        found = variables_in(expression, rows.columns)
        if not found and expression.isidentifier():
            rows.need(expression, "the formula")
        for name in found:
            series = frame[name]
            if series.dtype.is_numeric() or series.dtype == bool:
                columns[name] = numeric(series, "The covariate")
                blank = np.isnan(columns[name])
            else:
                made = factorise(series, rows.value_labels.get(name))
                columns[name] = pd.Categorical.from_codes(made.codes, dtype=pd.CategoricalDtype([str(level) for level in made.levels]))
                blank = made.codes < 0
            if blank.any():
                missing = how_many(int(blank.sum()), "area")
                raise InputError(f"The covariate {name!r} is missing in {missing}.", "Fill it in or leave it out: every area needs it.")

    def trouble(_: Exception) -> InputError:
        return InputError("The formula cannot be worked out from the covariates.", 'Write it as "poverty + urban" or "~ log(distance)".')

    names, x, _ = table_of(text, columns, trouble)
    if not np.isfinite(x).all():
        raise InputError("The formula gives a number that is not finite in some area.", "Look at logarithms of 0 and divisions by 0.")
    return tuple(names), x
