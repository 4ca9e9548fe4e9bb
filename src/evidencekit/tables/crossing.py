"""Two columns crossed: the shares of all cells and their covariance, from one pass over the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Column, Floats
from evidencekit.errors import EstimationError, InputError
from evidencekit.survey.summing.domains import Where, names_of
from evidencekit.survey.summing.measured import Measured
from evidencekit.survey.summing.totals import in_memory, tally
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Layout, layout_of, spread_of
from evidencekit.survey.uncertainty.linear import Linear, means, totals
from evidencekit.survey.uncertainty.scope import freedom

__all__ = ["Crossed", "cross_column", "crossed", "two_names"]

SIGN = " \N{MULTIPLICATION SIGN} "


def two_names(survey: Survey, row: str, column: str) -> tuple[str, str]:
    """The names of two different columns, checked."""
    first, second = names_of(row, "row", survey), names_of(column, "column", survey)
    if len(first) != 1 or len(second) != 1:
        raise InputError("A table has one row variable and one column variable.", "Cross further columns with where=, one at a time.")
    if first == second:
        raise InputError("The row and the column of a table are different variables.")
    return first[0], second[0]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Crossed:
    """A table of r rows and c columns over those who answered both.

    `shares` (r, c) add up to 1; `counts` (r, c) are unweighted answers; `n` their sum and `missing` the rows without an answer; `df` the
    design degrees of freedom.
    """

    survey: Survey
    names: tuple[str, str]
    rows: tuple[Any, ...]
    columns: tuple[Any, ...]
    shares: Floats
    counts: Floats
    n: float
    df: float
    measured: Measured
    linear: Linear
    layout: Layout
    missing: int

    @property
    def title(self) -> str:
        """The two variables."""
        return SIGN.join(self.names)

    def covariance(self) -> Floats:
        """The design-based covariance of the shares, shape (r c, r c), row by row."""
        return self._spread(self.linear)

    def covariance_of_totals(self) -> Floats:
        """The same of the cells' totals, over the square of the sum of the weights."""
        made = totals(self.measured.tables[0], 1)
        return self._spread(made) / float(made.weight[0]) ** 2

    def _spread(self, linear: Linear) -> Floats:
        return spread_of(self.survey, self.measured, [linear], self.layout)[0].of(np.arange(self.shares.size))


def cross_column(survey: Survey, row: str, column: str) -> Column:
    """The crossed column as codes: -1 where either answer is missing."""
    a, b = survey.column(row), survey.column(column)
    for name, made in ((row, a), (column, b)):
        if not made.keys:
            raise EstimationError(f"Column {name!r} has no answers at all.")
    width = len(b.keys)
    codes = a.codes * width
    codes += b.codes
    for made in (a, b):
        if made.codes.size and made.codes.min() < 0:
            codes[made.codes < 0] = -1
    shown = tuple(f"{x}{SIGN}{y}" for x in a.levels for y in b.levels)
    return Column(codes, tuple((x, y) for x in a.keys for y in b.keys), shown)


def crossed(survey: Survey, row: str, column: str, where: Where, doing: str) -> Crossed:
    """All cells of a table, with rows and columns that nobody is in left out.

    Raises
    ------
    EstimationError
        Nobody answered both, or one variable has one level only.
    """
    in_memory(survey, doing)
    names = two_names(survey, row, column)
    a, b = survey.column(row), survey.column(column)
    title = SIGN.join(names)
    measured = tally(survey.having({title: cross_column(survey, *names)}), [title], (), where)
    table, size = measured.tables[0], (len(a.levels), len(b.levels))
    assert table.cases is not None
    counts = table.cases.reshape(size)
    there = np.flatnonzero(counts.sum(axis=1)), np.flatnonzero(counts.sum(axis=0))
    for name, some in zip(names, there, strict=True):
        if len(some) < 2:
            raise EstimationError(
                f"{doing} compares groups, and {name!r} has one level only among those who answered both.",
                "Look at the columns with crosstab(), and at what where= leaves.",
            )
    picks = (there[0][:, None] * size[1] + there[1]).ravel()
    linear = means(table, 1)
    layout = layout_of(measured, [title], [picks.tolist()], [table.categories])
    shares = linear.points[0, picks].reshape(len(there[0]), len(there[1]))
    return Crossed(
        survey=survey,
        names=names,
        rows=tuple(a.levels[i] for i in there[0]),
        columns=tuple(b.levels[i] for i in there[1]),
        shares=shares,
        counts=counts[np.ix_(*there)],
        n=float(counts.sum()),
        df=freedom(survey, measured)[1],
        measured=measured,
        linear=linear,
        layout=layout,
        missing=table.missing,
    )
