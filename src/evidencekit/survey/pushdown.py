"""The same pass on a lazy frame: one group-by that the engine runs, of which only the groups come back.

Rows are grouped by the design's columns and ``by=``; a condition becomes a weight of zero rather than a filter, so that sampling units
without a member in the domain are still there. Expressions are computed as columns first and aggregated by plain sums and minima, which
every engine can do; internal names never differ by case only. A weight that cannot be used is made infinite, so that the sum of weights
shows it without a further aggregate; only then are the rows asked what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Column, Floats, factorise, numeric, summed
from evidencekit.errors import DesignError, EstimationError, InputError, Refused
from evidencekit.survey.binding import design_units, weight_notes_of, weight_problems
from evidencekit.survey.domains import Domains, Where, crossed_domains, refuse_unknown, where_expr
from evidencekit.survey.measured import Measured, Table
from evidencekit.survey.survey import Survey
from evidencekit.survey.twovalued import YES_NO, fewest
from evidencekit.survey.units import Units, cross

__all__ = ["push_measure", "push_tally"]

Groups = nw.DataFrame[Any]


def push_measure(survey: Survey, requests: Sequence[tuple[str, ...]], by: tuple[str, ...], where: Where) -> Measured:
    """Totals of numeric variables, all in one pass."""
    schema = survey.rows.frame.collect_schema()
    for name in {n for names in requests for n in names}:
        if not (schema[name].is_numeric() or schema[name] == nw.Boolean):
            raise InputError(f"Column {name!r} does not hold numbers.", "Use proportion() for categories.")
    made: list[nw.Expr] = []
    sums: list[str] = []
    for r, names in enumerate(requests):
        columns = [nw.col(n).cast(nw.Float64) for n in names]
        w, each = nw.col(_inside(where)), nw.lit(1.0) if where is None else nw.col("__ek_one")
        there = [~(c.is_null() | c.is_nan()) for c in columns]
        used = nw.all_horizontal(*there, ignore_nulls=False) if there else None
        weight = w if used is None else nw.when(used).then(w).otherwise(0.0)
        one = each if used is None else nw.when(used).then(each).otherwise(0.0)
        parts = {f"w{r}": weight, f"n{r}": one, f"q{r}": weight * nw.col("__ek_weight")}
        for i, a in enumerate(columns):
            value = nw.when(used).then(a).otherwise(0.0) if used is not None else a
            parts[f"s{r}_{i}"] = weight * value
            parts[f"u{r}_{i}"] = one * value
            for j in range(i + 1):
                other = nw.when(used).then(columns[j]).otherwise(0.0) if used is not None else columns[j]
                parts[f"m{r}_{i}_{j}"] = weight * value * other
                if i != j:
                    parts[f"u{r}_{i}_{j}"] = one * value * other
        made += [e.alias(f"__ek_{k}") for k, e in parts.items()]
        sums += [f"__ek_{k}" for k in parts]
    groups, units, domains = _collect(survey, by, where, made, sums)
    tables = [_numeric(groups, units, domains, r, len(names)) for r, names in enumerate(requests)]
    return _measured(survey, groups, units, domains, tables)


def push_tally(survey: Survey, names: Sequence[str], by: tuple[str, ...], where: Where) -> Measured:
    """Totals of categories, one pass a variable, with the variable as one more key of the group-by."""
    tables: list[Table] = []
    last: tuple[Groups, Units, Domains] | None = None
    for name in names:
        squares = (nw.col(_inside(where)) * nw.col("__ek_weight")).alias("__ek_q0")
        groups, units, domains = _collect(survey, by, where, [squares], ["__ek_q0"], extra=name)
        column = factorise(groups[name], survey.rows.value_labels.get(name))
        if column.keys in ((0,), (False,)):
            column = Column(column.codes, (0, 1), (0, 1))
        tables.append(_categories(groups, units, domains, column, name))
        last = (groups, units, domains)
    if last is None:
        raise InputError("Name at least one variable.")
    return _measured(survey, *last, tables)


def _collect(
    survey: Survey, by: tuple[str, ...], where: Where, made: list[nw.Expr], sums: list[str], extra: str | None = None
) -> tuple[Groups, Units, Domains]:
    """Run the group-by and make the design's units and the domains from its groups."""
    stages = survey.stages
    if stages.weights is None:
        raise Refused("Lazy data need weights=.", "Name the column of weights.")
    if not stages.psu:
        raise Refused(
            "Without psu= every row is a sampling unit, and lazy data are never brought into memory.",
            "Collect the columns you need, or name the sampling units.",
        )
    frame: Any = survey.rows.frame
    keys: list[str] = list(dict.fromkeys([*stages.stage_columns, *(stages.fpc or ()), *by, *([extra] if extra else [])]))
    try:
        groups = _grouped(_prepared(frame, stages.weights, where_expr(where, survey.rows)), keys, made, sums, plain=where is None)
    except Exception as trouble:
        refuse_unknown(trouble, survey.rows)
        raise InputError(
            f"The engine could not work out the totals ({type(trouble).__name__}).",
            "Check the columns named in where= and by=, and that weights are numbers.",
        ) from None
    if not len(groups):
        raise InputError("The data have no rows.")
    total = float(groups["__ek_weight"].cast(nw.Float64).to_numpy().sum())
    if not (np.isfinite(total) and total > 0):
        _refuse_weights(frame, stages.weights, total)
    units = design_units(stages, lambda name, role: factorise(groups[name]), lambda name, role: numeric(groups[name], role), len(groups))
    columns = [factorise(groups[name], survey.rows.value_labels.get(name)) for name in by]
    members = _number(groups, "__ek_one") > 0
    if not by:
        row = np.where(members, 0, -1).astype(np.intp)
        if not members.any():
            raise EstimationError("There is nothing to estimate: no row satisfies where=.")
        return groups, units, Domains((), row, (), 1)
    return groups, units, crossed_domains(by, columns, members, where)


def _inside(where: Where) -> str:
    """The column of the weight a row has in the domain."""
    return "__ek_weight" if where is None else "__ek_in"


def _prepared(frame: Any, weights: str, condition: nw.Expr | None) -> Any:
    """The frame with its guarded weight and, where there is a condition, the weight and the count inside it."""
    weight = nw.col(weights).cast(nw.Float64) if weights else nw.lit(1.0)
    frame = frame.with_columns(nw.when(weight >= 0).then(weight).otherwise(float("inf")).alias("__ek_weight"))
    if condition is None:
        return frame
    inside = nw.when(condition.fill_null(value=False)).then(1.0).otherwise(0.0)
    return frame.with_columns(inside.alias("__ek_one")).with_columns((nw.col("__ek_weight") * nw.col("__ek_one")).alias("__ek_in"))


def _grouped(frame: Any, keys: list[str], made: list[nw.Expr], sums: list[str], *, plain: bool) -> Groups:
    """The group-by itself; without a condition a group's members are its rows."""
    wanted: list[str] = list(dict.fromkeys([*sums, "__ek_weight", *([] if plain else ["__ek_in", "__ek_one"])]))
    grouped = frame.with_columns(*made).group_by(*keys).agg(*(nw.col(c).sum() for c in wanted), nw.len().alias("__ek_rows"))
    groups: Groups = grouped.collect()
    if plain:
        rows = nw.col("__ek_rows").cast(nw.Float64)
        groups = groups.with_columns(nw.col("__ek_weight").alias("__ek_in"), rows.alias("__ek_one"))
    return groups


def _refuse_weights(frame: Any, name: str, total: float) -> None:
    """Count what is wrong with the weights, and say it."""
    weight = nw.col(name).cast(nw.Float64)
    blank = weight.is_null() | weight.is_nan()
    marks = frame.with_columns(
        nw.when(blank).then(1.0).otherwise(0.0).alias("__ek_blank"), nw.when(weight < 0).then(1.0).otherwise(0.0).alias("__ek_negative")
    )
    found = marks.select(nw.col("__ek_blank").sum(), nw.col("__ek_negative").sum()).collect()
    weight_problems(name, int(found["__ek_blank"][0]), int(found["__ek_negative"][0]), total != 0)
    raise DesignError(f"weights= column {name!r} has infinite values.", "Every row needs a weight of zero or more.")


def _number(groups: Groups, name: str) -> Floats:
    return np.nan_to_num(numeric(groups[name], "Column"), nan=0.0)


def _numeric(groups: Groups, units: Units, domains: Domains, r: int, p: int) -> Table:
    assert domains.row is not None
    assert units.row is not None
    n = _number(groups, f"__ek_n{r}")
    keep = np.flatnonzero((domains.row >= 0) & (n > 0))
    if not keep.size:
        raise EstimationError("There is nothing to estimate: every answer is missing in the rows asked for.")
    domain, count = domains.row[keep], domains.count

    def column(name: str) -> Floats:
        return _number(groups, f"__ek_{name}")[keep]

    w = column(f"w{r}")
    sums = np.column_stack([column(f"s{r}_{i}") for i in range(p)]) if p else np.zeros((len(keep), 0))
    weight = summed(domain, w, count)
    second = np.zeros((count, p, p))
    with np.errstate(divide="ignore", invalid="ignore"):
        means = [summed(domain, sums[:, i], count) / weight for i in range(p)]
        for i in range(p):
            for j in range(i + 1):
                raw = summed(domain, column(f"m{r}_{i}_{j}"), count)
                second[:, i, j] = second[:, j, i] = raw - means[i] * means[j] * weight
    inside = _number(groups, "__ek_one")[domains.row >= 0].sum()
    squares = summed(domain, column(f"q{r}"), count)
    cases = _cases(column, r, p, (domain, count))
    return _merged(Table(units.row[keep], domain, w, n[keep], sums, second, squares, cases, int(inside - n[keep].sum())), count)


def _cases(column: Callable[[str], Floats], r: int, p: int, domains: tuple[Codes, int]) -> Floats | None:
    """`twovalued.cases_of` from sums: of columns of 0 and 1, or of 1 and 2, which give themselves away by their second moments."""
    n, no = column(f"n{r}"), [_no(column(f"w{r}"), column(f"s{r}_{i}"), column(f"m{r}_{i}_{i}")) for i in range(p)]
    yes = [column(f"u{r}_{i}") - a * n for i, a in enumerate(no) if a is not None]
    if len(yes) == 2:
        a, b = (0.0 if x is None else x for x in no)
        both = column(f"u{r}_1_0") - b * column(f"u{r}_0") - a * column(f"u{r}_1") + a * b * n
        return fewest([summed(domains[0], x, domains[1]) for x in (yes[0], yes[1], yes[1] - both)])
    return summed(domains[0], yes[0], domains[1])[:, None] if yes else None


def _no(w: Floats, s: Floats, m: Floats) -> float | None:
    """What "no" is written as in a column of two values; None for other columns."""
    fits = ((a, np.abs(m - (a + b) * s + a * b * w) <= 1e-9 * (m + np.abs(s) + w)) for a, b in YES_NO)
    return next((a for a, fit in fits if fit.all()), None)


def _categories(groups: Groups, units: Units, domains: Domains, column: Column, name: str) -> Table:
    assert domains.row is not None
    assert units.row is not None
    n = _number(groups, "__ek_one")
    keep = np.flatnonzero((domains.row >= 0) & (n > 0) & (column.codes >= 0))
    if not keep.size:
        raise EstimationError(f"There is nothing to estimate: {name!r} has no answers in the rows asked for.")
    p, count, domain, codes = len(column.levels), domains.count, domains.row[keep], column.codes[keep]
    w = _number(groups, "__ek_in")[keep]
    sums = np.zeros((len(keep), p))
    sums[np.arange(len(keep)), codes] = w
    cases = summed(domain * p + codes, n[keep], count * p).reshape(count, p)
    missing = int(n[domains.row >= 0].sum() - n[keep].sum())
    squares = summed(domain, _number(groups, "__ek_q0")[keep], count)
    table = Table(units.row[keep], domain, w, n[keep], sums, None, squares, cases, missing, None, column.levels, column.keys)
    return _merged(table, count)


def _merged(table: Table, count: int) -> Table:
    """The table with one entry per unit and domain; several groups of the engine may share one."""
    place, size, first = cross([(table.unit, int(table.unit.max()) + 1), (table.domain, count)])
    sums = np.zeros((size, table.p))
    for j in range(table.p):
        sums[:, j] = summed(place, table.sums[:, j], size)
    return replace(
        table,
        unit=table.unit[first],
        domain=table.domain[first],
        w=summed(place, table.w, size),
        n=summed(place, table.n, size),
        sums=sums,
    )


def _measured(survey: Survey, groups: Groups, units: Units, domains: Domains, tables: list[Table]) -> Measured:
    rows, weight = int(_number(groups, "__ek_rows").sum()), float(_number(groups, "__ek_weight").sum())
    return Measured(units, domains, tuple(tables), rows, weight, weight_notes_of(weight, rows, whole=True))
