"""crosstab: one column by another, with an interval and the unweighted number of answers in every cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import one_of
from evidencekit.estimate import Estimate
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, text_table
from evidencekit.survey.proportions import limits_of
from evidencekit.survey.summing.domains import Where, names_of, where_words
from evidencekit.survey.summing.totals import in_memory, tally
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, Deff, assemble, layout_of
from evidencekit.survey.uncertainty.intervals import Method, ProportionInterval
from evidencekit.survey.uncertainty.linear import means
from evidencekit.tables.crossing import SIGN, cross_column, two_names

__all__ = ["Crosstab", "Percent", "crosstab"]

Percent = Literal["row", "column", "total"]
LIMIT = 60


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Crosstab:
    """A table of two columns.

    Parameters
    ----------
    estimate : Estimate
        The shares of all cells, which `evidencekit.release` takes.
    row, column : str
        The two columns of the data.
    percent : {"row", "column", "total"}
        What the shares are of.
    rows, columns : tuple
        The levels, as they are shown.
    at : (r, c) array of int
        Where each cell stands in the estimate.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.tables.crosstab(survey, "area", "sex", percent="row").shares.sum(axis=1).round(6).tolist()
    [1.0, 1.0]
    """

    estimate: Estimate
    row: str
    column: str
    percent: Percent
    rows: tuple[Any, ...]
    columns: tuple[Any, ...]
    at: Any

    @property
    def shares(self) -> Floats:
        """The shares, shape (r, c), between 0 and 1."""
        return self.estimate.points[self.at]

    @property
    def n(self) -> Floats:
        """Unweighted answers in each cell, shape (r, c)."""
        return self.estimate.counts.cases[self.at]

    @property
    def weighted(self) -> Floats:
        """The sum of the weights in each cell, shape (r, c)."""
        return (self.estimate.points * self.estimate.counts.weighted_n)[self.at]

    def to_frame(self) -> Any:
        """The table in long form, in the caller's kind of frame.

        Returns
        -------
        data frame
            One row a cell: both columns under their own names, then ``estimate, se, low, high``, ``n`` (unweighted answers in the cell),
            ``base`` (unweighted answers the share is of), ``weighted_n`` (sum of the weights in the cell), ``deff, flag``.
        """
        est, order = self.estimate, self.at.ravel()
        width = len(self.columns)
        parts = {"estimate": est.points, "se": est.se, "low": est.interval.low, "high": est.interval.high}
        columns: dict[str, Any] = {
            self.row: tuple(level for level in self.rows for _ in range(width)),
            self.column: self.columns * len(self.rows),
            **{name: values[order] for name, values in parts.items()},
            "n": est.counts.cases[order].astype(np.int64),
            "base": est.counts.n[order].astype(np.int64),
            "weighted_n": self.weighted.ravel(),
            "deff": est.counts.deff[order],
            "flag": tuple(est.flags[i] for i in order),
        }
        return frame_of(columns, est.provenance.backend)

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        """A row a level: percent, interval and unweighted n of each cell."""
        est = self.estimate
        header = [self.row, *(f"{self.column}: {level}" for level in self.columns)]
        return header, [[str(level), *(_cell(est, int(i)) for i in places)] for level, places in zip(self.rows, self.at, strict=True)]

    def _title(self) -> str:
        est = self.estimate
        level = f"; {est.interval.level:.0%} interval ({est.interval.method})" if np.isfinite(est.interval.low).any() else ""
        where = f", {est.provenance.where}" if est.provenance.where else ""
        return f"{self.row} by {self.column}: per cent of {_OF[self.percent]}{where}{level}, unweighted n; {est.inference}"

    def _notes(self) -> list[str]:
        policies = [f"{what}: {how}" for what, how in self.estimate.provenance.policies]
        flags = sorted({flag for flag in self.estimate.flags if flag})
        return [f"note: {'; '.join(part)}" for part in (policies, flags) if part]

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_table(*self._shown(), limit=LIMIT), *self._notes()])

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=". ".join([self._title(), *self._notes()]), limit=LIMIT)


_OF = {"row": "each row", "column": "each column", "total": "the whole table"}


def crosstab(
    survey: Survey,
    row: str,
    column: str,
    *,
    percent: Percent = "row",
    where: Where = None,
    where_label: str = "",
    interval: Method | ProportionInterval = "beta",
    level: float = 0.95,
    deff: Deff = "replace",
) -> Crosstab:
    """Cross two columns.

    Parameters
    ----------
    survey : Survey
        Data and design. Answers without a design get shares and no intervals.
    row, column : str
        The two columns. Rows of the data without an answer to either are left out, and counted in the provenance.
    percent : {"row", "column", "total"}
        Of what the shares are: of each row (default: "of girls, so many per cent"), of each column, or of the whole table.
    where, where_label, interval, level, deff
        As for `evidencekit.proportion`.

    Returns
    -------
    Crosstab
        Cells in which nobody is are shown, with an exact interval from their base; see `evidencekit.proportion`.

    Raises
    ------
    UnknownColumn, InputError
        A column is not there, the same one twice, a wrong `percent`; lazy data with ``percent="total"``.
    EstimationError
        Nobody answered both.

    Notes
    -----
    Per cent of the whole table are shares of one crossed variable: a release of them is not linked to tables of either column alone, so
    pass it the ledger.

    References
    ----------
    Korn and Graubard (1998), Survey Methodology 24, 193-201.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> table = ek.tables.crosstab(survey, "sex", "school")
    >>> list(table.to_frame().columns)
    ['sex', 'school', 'estimate', 'se', 'low', 'high', 'n', 'base', 'weighted_n', 'deff', 'flag']
    >>> ek.release(table.estimate).profile
    'child-survey'
    """
    one_of("percent", percent, _OF)
    row, column = two_names(survey, row, column)
    how = interval if isinstance(interval, ProportionInterval) else ProportionInterval(method=interval)
    title = SIGN.join((row, column))
    if percent == "total":
        in_memory(survey, 'crosstab(percent="total")')
        source, y, by = survey.having({title: cross_column(survey, row, column)}), title, None
    else:
        source, y, by = survey, *((column, row) if percent == "row" else (row, column))
    names_of((row, column), "by=", survey)
    measured = tally(source, [y], () if by is None else (by,), where)
    table = measured.tables[0]
    categories, keys = table.categories or (), table.keys or ()
    layout = layout_of(measured, [y], [list(range(len(keys)))], [categories])
    asked = Asked("proportion", _estimand(row, column, percent), how.method, where_words(where, where_label), level, deff)
    est = assemble(source, measured, [means(table, measured.domains.count)], layout, asked, limits_of(how, asked.level))
    if by is None:
        rows, columns = survey.column(row).levels, survey.column(column).levels
        at = np.arange(len(est)).reshape(len(rows), len(columns))
    else:
        split = est.cells.columns[by][:: len(keys)]
        at = np.arange(len(est)).reshape(len(split), len(keys))
        rows, columns, at = (split, categories, at) if percent == "row" else (categories, split, at.T)
    return Crosstab(estimate=est, row=row, column=column, percent=percent, rows=rows, columns=columns, at=at)


def _estimand(row: str, column: str, percent: Percent) -> str:
    if percent == "total":
        return f"share of {row}{SIGN}{column}"
    return f"share of {column} by {row}" if percent == "row" else f"share of {row} by {column}"


def _cell(est: Estimate, i: int) -> str:
    low, high, n = 100 * est.interval.low[i], 100 * est.interval.high[i], int(est.counts.cases[i])
    limits = f" [{low:.1f}, {high:.1f}]" if np.isfinite(low) and np.isfinite(high) else ""
    return f"{100 * est.points[i]:.1f}{limits} n={n:,}"
