"""The same pass on a lazy frame: one group-by that the engine runs, of which only the groups come back.

Rows are grouped by the design's columns and ``by=``; a condition becomes a weight of zero rather than a filter, so that sampling units
without a member in the domain are still there. What the pass needs is first copied to names of its own that no column of the data starts
with, never differing by case only. Expressions are computed as columns and aggregated by plain sums and minima, which every engine can
do. A weight that cannot be used is made infinite, so that the sum of weights shows it without a further aggregate; only when something
is wrong are the rows asked what.

Squares are summed as they are. Where their sums then lose digits to a large mean, the pass is done again on each row's distance from
the mean of its group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Column, Floats, factorise, numeric, summed
from evidencekit.errors import DesignError, EstimationError, InputError, Refused, in_our_words
from evidencekit.survey.design.binding import design_units, weight_notes_of, weight_problems
from evidencekit.survey.design.units import Units, cross
from evidencekit.survey.summing.capacity import refuse_large, refuse_many, refuse_wide, with_cases
from evidencekit.survey.summing.conditions import refuse_pattern, with_where
from evidencekit.survey.summing.domains import Domains, Where, crossed_domains, refuse_empty
from evidencekit.survey.summing.measured import Measured, Table
from evidencekit.survey.summing.twovalued import cases_of_sums
from evidencekit.survey.survey import Survey

__all__ = ["push_measure", "push_tally"]

Requests = Sequence[tuple[str, ...]]
CANCELS = 1e-4


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Plan:
    """What is asked of the engine: a lazy frame with columns of our own names only.

    `keys` and `values` map the data's columns to ours, `mark` starts all of our names. `weight` is each row's weight, `inside` the same
    within the condition and zero elsewhere, `one` marks rows that count: within the condition, with a weight.
    """

    frame: Any
    keys: dict[str, str]
    values: dict[str, str]
    mark: str
    whole: bool

    def col(self, name: str) -> nw.Expr:
        """One of our columns."""
        return nw.col(self.mark + name)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Groups:
    """What came back: a row per group, its unit and its domain."""

    plan: _Plan
    made: nw.DataFrame[Any]
    units: Units
    domains: Domains

    def sums(self, name: str) -> Floats:
        """One of our columns, per group."""
        return _sums(self.made, self.plan.mark + name)


def push_measure(survey: Survey, requests: Requests, by: tuple[str, ...], where: Where) -> Measured:
    """Totals of numeric variables, all in one pass; in a second one where squares cancel."""
    plan = _planned(survey, by, where, values=tuple(dict.fromkeys(n for names in requests for n in names)))
    groups = _collected(survey, plan, by, where, _parts(plan, requests))
    _refuse_values(plan, groups, requests)
    tables, cancels = _tables(groups, requests, centred=False)
    if cancels:
        centred = _beside_means(plan, requests)
        again, _ = _tables(_collected(survey, centred, by, where, _parts(centred, requests, centred=True)), requests, centred=True)
        tables = [replace(table, cases=first.cases) for table, first in zip(again, tables, strict=True)]
    return _measured(groups, tables)


def push_tally(survey: Survey, names: Sequence[str], by: tuple[str, ...], where: Where) -> Measured:
    """Totals of categories, one pass a variable, with the variable as one more key of the group-by."""
    tables: list[Table] = []
    groups: _Groups | None = None
    for name in names:
        plan = _planned(survey, by, where, extra=name)
        groups = _collected(survey, plan, by, where, {"q": plan.col("inside") * plan.col("weight")})
        column = factorise(_key(groups.made, plan, name), survey.rows.value_labels.get(name))
        tables.append(_categories(groups, with_cases(column), name))
    if groups is None:
        raise InputError("Name at least one variable.")
    return _measured(groups, tables)


def _planned(survey: Survey, by: tuple[str, ...], where: Where, values: tuple[str, ...] = (), extra: str | None = None) -> _Plan:
    """Check what the engine is about to be asked, and write it down."""
    stages = survey.stages
    if stages.weights is None:
        raise Refused("Lazy data need weights=.", "Name the column of weights.")
    if not stages.psu:
        raise Refused(
            "Without psu= every row is a sampling unit, and lazy data are never brought into memory.",
            "Collect the columns you need, or name the sampling units.",
        )
    named: list[str] = [*stages.stage_columns, *(stages.fpc or ()), *by, *([extra] if extra else [])]
    grouped = list(dict.fromkeys(named))
    weights = [stages.weights]
    for name in [*grouped, *weights, *values]:
        refuse_pattern(name, survey.rows)
    fix = "Check that the file is there and the connection open, and build the Survey again."
    plan = in_our_words(lambda: _copied(survey, grouped, weights, values), _engine("The data can no longer be read", fix))
    return _within(survey, replace(plan, whole=where is None), where)


def _copied(survey: Survey, grouped: list[str], weights: list[str], values: tuple[str, ...]) -> _Plan:
    """The frame with what is needed under names of our own."""
    frame: Any = survey.rows.frame
    schema = frame.collect_schema()
    for name, role in [*((n, "weights=") for n in weights), *((n, "Column") for n in values)]:
        if not (schema[name].is_numeric() or schema[name] == nw.Boolean):
            fix = "Turn the column into numbers first." if name in weights else "Use proportion() for categories."
            raise InputError(f"{role} {name!r} does not hold numbers.", fix)
    mark = "__ek_"
    while any(name.casefold().startswith(mark) for name in survey.rows.columns):
        mark = "_" + mark
    keys = {name: f"{mark}k{i}" for i, name in enumerate(grouped)}
    held = {name: f"{mark}y{i}" for i, name in enumerate(values)}
    weight = nw.col(weights[0]).cast(nw.Float64) if weights else nw.lit(1.0)
    own = [nw.col(name).alias(ours) for name, ours in keys.items()]
    own += [nw.col(name).cast(nw.Float64).alias(ours) for name, ours in held.items()]
    own += [nw.when(weight >= 0).then(weight).otherwise(float("inf")).alias(f"{mark}weight")]
    return _Plan(frame.with_columns(*own), keys, held, mark, whole=True)


def _within(survey: Survey, plan: _Plan, where: Where) -> _Plan:
    """The plan with what the condition makes of the weights, without the columns of the data."""
    weight, mark = plan.col("weight"), plan.mark
    frame, counts = plan.frame, weight > 0
    if where is not None:
        frame = with_where(frame, survey.rows, where, f"{mark}true")
        counts = counts & plan.col("true").fill_null(value=False)
    # `here` is counted where `one` would be summed: engines count what is not null faster than they add ones.
    one = nw.when(counts).then(1.0).otherwise(0.0).alias(f"{mark}one")
    frame = frame.with_columns(one, nw.when(counts).then(weight).alias(f"{mark}here"))
    inside = weight if where is None else nw.when(plan.col("one") > 0).then(weight).otherwise(0.0)
    frame = frame.with_columns(inside.alias(f"{mark}inside"))
    names = [*plan.keys.values(), *plan.values.values(), *(mark + n for n in ("weight", "inside", "one", "here"))]
    return replace(plan, frame=frame.select(*names))


def _parts(plan: _Plan, requests: Requests, *, centred: bool = False) -> dict[str, nw.Expr]:
    """What is summed: per request weights, rows, squared weights, weighted values and products; when centred, about group means."""
    parts: dict[str, nw.Expr] = {}
    for r, names in enumerate(requests):
        columns = [nw.col(plan.values[n]) for n in names]
        weight, one, xs = plan.col("inside"), plan.col("one"), columns
        if columns:
            used = nw.all_horizontal(*(~(c.is_null() | c.is_nan()) for c in columns), ignore_nulls=False)
            weight, one = (nw.when(used).then(e).otherwise(0.0) for e in (weight, one))
            xs = [nw.when(used).then(c).otherwise(0.0) for c in columns]
        parts |= {f"w{r}": weight, f"n{r}": one, f"q{r}": weight * plan.col("weight")}
        parts |= {f"s{r}_{i}": weight * x for i, x in enumerate(xs)}
        if centred:
            xs = [x - plan.col(f"c{r}_{i}") for i, x in enumerate(xs)]
            parts |= {f"d{r}_{i}": weight * x for i, x in enumerate(xs)}
        else:
            parts |= {f"u{r}_{i}": one * x for i, x in enumerate(xs)}
            parts |= {f"u{r}_{i}_{j}": one * xs[i] * xs[j] for i in range(len(xs)) for j in range(i)}
        parts |= {f"m{r}_{i}_{j}": weight * xs[i] * xs[j] for i in range(len(xs)) for j in range(i + 1)}
    return parts


def _beside_means(plan: _Plan, requests: Requests) -> _Plan:
    """The plan with each row beside the means of its group, which the engine works out and joins."""
    parts = {k: e for k, e in _parts(plan, requests).items() if k[0] in "ws"}
    keys = list(plan.keys.values())
    totals = plan.frame.with_columns(*(e.alias(plan.mark + k) for k, e in parts.items()))
    totals = totals.group_by(*keys).agg(*(plan.col(k).sum() for k in parts))
    means = [
        nw.when(plan.col(f"w{r}") > 0).then(plan.col(f"s{r}_{i}") / plan.col(f"w{r}")).otherwise(0.0).alias(f"{plan.mark}c{r}_{i}")
        for r, names in enumerate(requests)
        for i in range(len(names))
    ]
    return replace(plan, frame=plan.frame.join(totals.select(*keys, *means), on=keys, how="left"))


def _collected(survey: Survey, plan: _Plan, by: tuple[str, ...], where: Where, parts: dict[str, nw.Expr]) -> _Groups:
    """Run the group-by and make the design's units and the domains from its groups."""
    made = _run(plan, parts, where)
    if not len(made):
        raise InputError("The data have no rows.")
    stages, labels = survey.stages, survey.rows.value_labels
    total = float(_sums(made, f"{plan.mark}weight", blank=np.nan).sum())
    if not (np.isfinite(total) and total > 0):
        _refuse_weights(survey, total)
    refuse_large(total)

    def code(name: str, role: str) -> Column:
        column = factorise(_key(made, plan, name))
        if (column.codes < 0).any():
            rows = _sums(made, f"{plan.mark}rows")
            raise DesignError(
                f"{role} column {name!r} is missing in {int(rows[column.codes < 0].sum())} of {int(rows.sum())} rows.",
                "Every row needs its place in the design: fill it in, or leave out rows that were not sampled.",
            )
        return column

    units = design_units(stages, code, lambda name, role: numeric(_key(made, plan, name), role), len(made))
    members = _sums(made, f"{plan.mark}one") > 0
    if by:
        columns = [factorise(_key(made, plan, name), labels.get(name)) for name in by]
        return _Groups(plan, made, units, crossed_domains(by, columns, members, where))
    refuse_empty(bool(members.any()), where)
    return _Groups(plan, made, units, Domains((), np.where(members, 0, -1).astype(np.intp), (), 1))


def _run(plan: _Plan, parts: dict[str, nw.Expr], where: Where) -> nw.DataFrame[Any]:
    """The group-by itself."""
    mark = plan.mark
    wanted = [*parts, "weight", *([] if plan.whole else ["inside"])]
    centres = [nw.col(name).min() for name in plan.frame.collect_schema().names() if name.startswith(f"{mark}c")]
    asks = "" if where is None else "; and that where= compares numbers with numbers and text with text"

    def collected() -> nw.DataFrame[Any]:
        frame = plan.frame.with_columns(*(e.alias(mark + k) for k, e in parts.items()))
        grouped = frame.group_by(*plan.keys.values()).agg(
            *(nw.col(mark + k).sum() for k in wanted), *centres, plan.col("here").count().alias(f"{mark}one"), nw.len().alias(f"{mark}rows")
        )
        return grouped.collect()

    fix = f"Check that files can be read and the connection is open{asks}."
    made = in_our_words(collected, _engine("The engine could not work out the totals", fix))
    return made.with_columns(nw.col(f"{mark}weight").alias(f"{mark}inside")) if plan.whole else made


def _engine(what: str, fix: str) -> Callable[[Exception], InputError]:
    """Makes an `InputError` of whatever the engine raises, without its message."""
    return lambda trouble: InputError(f"{what} ({type(trouble).__name__}).", fix)


def _key(made: nw.DataFrame[Any], plan: _Plan, name: str) -> nw.Series[Any]:
    """One of the data's columns, per group."""
    return made[plan.keys[name]].alias(name)


def _sums(made: nw.DataFrame[Any], name: str, blank: float = 0.0) -> Floats:
    return np.nan_to_num(made[name].cast(nw.Float64).to_numpy().astype(np.float64), nan=blank, posinf=np.inf, neginf=-np.inf)


def _refuse_weights(survey: Survey, total: float) -> None:
    """Count what is wrong with the weights, and say it."""
    name = survey.stages.weights or ""
    weight = nw.col(name).cast(nw.Float64)
    blank = weight.is_null() | weight.is_nan()
    missing, negative = _counted(survey.rows.frame, [blank, ~blank & (weight < 0)])
    weight_problems(name, missing, negative, total != 0)
    raise DesignError(f"weights= column {name!r} has infinite values.", "Every row needs a weight of zero or more.")


def _refuse_values(plan: _Plan, groups: _Groups, requests: Requests) -> None:
    """Raise where a variable is infinite, or its squares are."""
    weight = float(groups.sums("weight").sum())
    for r, names in enumerate(requests):
        raw = np.array([_sums(groups.made, f"{plan.mark}m{r}_{i}_{i}", blank=np.inf).sum() for i in range(len(names))])
        for name in names if not np.isfinite(raw).all() else ():
            if _counted(plan.frame, [nw.col(plan.values[name]).abs() == float("inf")])[0]:
                raise InputError(f"Column {name!r} holds infinite numbers.", "Set them to null first.")
        refuse_large(weight, raw)


def _counted(frame: Any, conditions: Sequence[nw.Expr]) -> list[int]:
    """How many rows satisfy each condition."""
    names = [f"n{i}" for i in range(len(conditions))]
    marks = frame.select(*(nw.when(c).then(1.0).otherwise(0.0).alias(n) for c, n in zip(conditions, names, strict=True)))
    found = marks.select(*(nw.col(n).sum() for n in names)).collect()
    return [int(found[n][0]) for n in names]


def _tables(groups: _Groups, requests: Requests, *, centred: bool) -> tuple[list[Table], bool]:
    """A table per request, and whether squares lost digits in one."""
    made = [_numeric(groups, r, len(names), centred=centred) for r, names in enumerate(requests)]
    return [table for table, _ in made], any(cancels for _, cancels in made)


def _numeric(groups: _Groups, r: int, p: int, *, centred: bool) -> tuple[Table, bool]:
    domains, units = groups.domains, groups.units
    assert domains.row is not None
    assert units.row is not None
    n = groups.sums(f"n{r}")
    keep = np.flatnonzero((domains.row >= 0) & (n > 0))
    if not keep.size:
        raise EstimationError("There is nothing to estimate: every answer is missing in the rows asked for.")
    domain, count = domains.row[keep], domains.count

    def column(name: str) -> Floats:
        return groups.sums(name)[keep]

    def added(values: Floats) -> Floats:
        return summed(domain, values, count)

    w = column(f"w{r}")
    sums = np.column_stack([column(f"s{r}_{i}") for i in range(p)]) if p else np.zeros((len(keep), 0))
    weight = added(w)
    second, cancels = np.zeros((count, p, p)), False
    with np.errstate(divide="ignore", invalid="ignore"):
        means = [added(sums[:, i]) / weight for i in range(p)]
    # How far each group's centre is from its domain's mean, and the sums of values about the centre.
    off = [(column(f"c{r}_{i}") if centred else 0.0) - means[i][domain] for i in range(p)]
    rest = [column(f"d{r}_{i}") if centred else sums[:, i] for i in range(p)]
    for i in range(p):
        for j in range(i + 1):
            raw = added(column(f"m{r}_{i}_{j}"))
            second[:, i, j] = second[:, j, i] = raw + added(off[i] * rest[j] + off[j] * rest[i] + off[i] * off[j] * w)
            cancels = cancels or (i == j and bool((second[:, i, i] < CANCELS * raw).any()))
    missing = int(groups.sums("one")[domains.row >= 0].sum() - n[keep].sum())
    cases = None if centred else cases_of_sums(lambda name: column(f"{name[0]}{r}{name[1:]}"), p, added)
    table = Table(units.row[keep], domain, w, n[keep], sums, second, added(column(f"q{r}")), cases, missing)
    return _merged(table, count), cancels


def _categories(groups: _Groups, column: Column, name: str) -> Table:
    domains, units = groups.domains, groups.units
    assert domains.row is not None
    assert units.row is not None
    n = groups.sums("one")
    keep = np.flatnonzero((domains.row >= 0) & (n > 0) & (column.codes >= 0))
    if not keep.size:
        raise EstimationError(f"There is nothing to estimate: {name!r} has no answers in the rows asked for.")
    p, count, domain, codes = len(column.levels), domains.count, domains.row[keep], column.codes[keep]
    refuse_many(name, p)
    refuse_wide(name, p, len(keep))
    w = groups.sums("inside")[keep]
    sums = np.zeros((len(keep), p))
    sums[np.arange(len(keep)), codes] = w
    cases = summed(domain * p + codes, n[keep], count * p).reshape(count, p)
    missing = int(n[domains.row >= 0].sum() - n[keep].sum())
    squares = summed(domain, groups.sums("q")[keep], count)
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


def _measured(groups: _Groups, tables: list[Table]) -> Measured:
    rows, weight = int(groups.sums("rows").sum()), float(groups.sums("weight").sum())
    return Measured(groups.units, groups.domains, tuple(tables), rows, weight, weight_notes_of(weight, rows, whole=True))
