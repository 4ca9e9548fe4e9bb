"""The first waist: one pass over the data gives weighted totals per sampling unit and domain. After it nothing looks at rows.

In memory the pass is `numpy.add.at` on integer codes. On a lazy frame it is one pushed-down group-by (see `pushdown`). A Survey binds no
units to a lazy frame, and this file alone chooses the pass by that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Column, Floats, floats, missing_in, numeric, summed
from evidencekit.errors import EstimationError, InputError
from evidencekit.survey.design.units import Units
from evidencekit.survey.summing.capacity import refuse_large, refuse_many, refuse_wide, with_cases
from evidencekit.survey.summing.domains import Domains, Where, domains_of, need_survey
from evidencekit.survey.summing.measured import Measured, Table
from evidencekit.survey.summing.pushdown import push_measure, push_tally
from evidencekit.survey.summing.twovalued import cases_of
from evidencekit.survey.survey import Survey

BLOCK = 65_536
PIECE = 8_192
__all__ = ["derived", "in_memory", "measure", "numbers", "tally"]


def in_memory(survey: Survey, doing: str) -> None:
    """Raise an `InputError` for what is no Survey, and when what revisits rows is asked of lazy data."""
    need_survey(survey, doing)
    if survey.w is None:
        raise InputError(
            f"{doing} revisits rows, and these data are lazy.",
            "Collect the columns it needs and build a Survey on them; mean, total, count, ratio and proportion work on lazy data.",
        )


def measure(survey: Survey, requests: Sequence[tuple[str, ...]], by: tuple[str, ...], where: Where) -> Measured:
    """Totals of numeric variables. Each request is a tuple of columns observed together; an empty one counts rows.

    Raises
    ------
    InputError
        A column does not hold numbers.
    EstimationError
        There is nothing to estimate.
    """
    if survey.w is None:
        return push_measure(survey, requests, by, where)
    frame: Any = survey.rows.frame
    columns = [[floats(frame[name], "Column") for name in names] for names in requests]
    domains = domains_of(survey, by, where)
    return _measured(survey, domains, [_observed(survey, n, v, domains) for n, v in zip(requests, columns, strict=True)])


def numbers(survey: Survey, names: Sequence[str]) -> list[Floats]:
    """Columns as numbers that can be squared, NaN where missing."""
    frame: Any = survey.rows.frame
    made = [numeric(frame[name], "Column") for name in names]
    for values in made:
        refuse_large(_weight(survey)[0], np.nan_to_num(_largest_square(values), posinf=np.inf))
    return made


def _largest_square(values: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.square(np.array([np.fmax.reduce(values), np.fmin.reduce(values)]))


def derived(survey: Survey, domains: Domains, parts: Sequence[tuple[list[Floats], Any]]) -> Measured:
    """Totals of arrays made from rows: each part is the variables observed together and a mask of rows without an answer."""
    tables = []
    for values, blank in parts:
        members = _members(survey, domains, blank)
        tables.append(_numeric_table(survey, values, members, _sums(members, values)))
    return _measured(survey, domains, tables)


def tally(survey: Survey, names: Sequence[str], by: tuple[str, ...], where: Where) -> Measured:
    """Totals of the indicators of each category of each variable."""
    if survey.w is None:
        return push_tally(survey, names, by, where)
    domains = domains_of(survey, by, where)
    tables = []
    for name in names:
        column = with_cases(survey.column(name))
        if not column.levels:
            raise EstimationError(f"Column {name!r} has no answers at all.")
        refuse_many(name, len(column.levels))
        tables.append(_category_table(survey, name, column, domains))
    return _measured(survey, domains, tables)


def _measured(survey: Survey, domains: Domains, tables: list[Table]) -> Measured:
    assert survey.w is not None
    weight, notes = _weight(survey)
    return Measured(variance_units(survey), domains, tuple(tables), len(survey.w), weight, notes)


def _weight(survey: Survey) -> tuple[float, tuple[str, ...]]:
    """The sum of the weights and what is to be said about it, found once for a survey."""
    if "weight" not in survey.cache:
        assert survey.w is not None
        with np.errstate(over="ignore"):
            weight = float(survey.w.sum())
        refuse_large(weight)
        survey.cache["weight"] = (weight, survey.notes)
    return survey.cache["weight"]


def variance_units(survey: Survey) -> Units:
    """The units totals are kept by: the design's, or with replicates the atoms that share every factor."""
    atoms = survey.atoms
    assert survey.units is not None
    return survey.units if atoms is None else atoms[0]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Block:
    """Some of the rows an estimate uses: which, their weights, their domains (None: there is one) and their entries in the table."""

    at: Any
    w: Floats
    domain: Codes | None
    entry: Codes


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Members:
    """The rows an estimate uses (None: all), and the (unit, domain) entry each belongs to.

    Rows are visited a block at a time, so that what is computed from them stays in the processor's cache. `place` holds each used row's
    entry where the table of all pairs would be too large; otherwise it is worked out block by block.
    """

    rows: Codes | None
    w: Floats
    unit: Codes | None
    domain: Codes | None
    domains: int
    missing: int
    place: Codes | None
    size: int
    group: Codes | None

    @property
    def whole(self) -> bool:
        """Every row is used, in one domain."""
        return self.rows is None and self.domain is None

    def blocks(self) -> Iterator[_Block]:
        """The rows, a block at a time."""
        n = len(self.w) if self.rows is None else len(self.rows)
        for start in range(0, n, BLOCK):
            span = slice(start, min(start + BLOCK, n))
            at = span if self.rows is None else self.rows[span]
            domain = None if self.domain is None else self.domain[at]
            yield _Block(at, self.w[at], domain, self._entry(span, at, domain))

    def _entry(self, span: slice, at: Any, domain: Codes | None) -> Codes:
        if self.place is not None:
            return self.place[span]
        if self.unit is None:
            return np.arange(span.start, span.stop, dtype=np.intp)
        if domain is None:
            return self.unit[at]
        entry = self.unit[at] * self.domains
        entry += domain
        return entry

    def of_entries(self, kept: Codes) -> tuple[Codes, Codes]:
        """The unit and the domain of some entries."""
        if self.unit is None:
            unit = kept if self.rows is None else self.rows[kept]
            return unit, np.zeros(len(kept), dtype=np.intp) if self.domain is None else self.domain[unit]
        group = kept if self.group is None else self.group[kept]
        return group // self.domains, group % self.domains


def _members(survey: Survey, domains: Domains, blank: Any) -> _Members:
    assert survey.w is not None
    rows, missing = _kept(domains, blank)
    made = variance_units(survey)
    unit, units, count = made.row, made.n, domains.count
    domain = None if count == 1 else domains.row
    used = len(survey.w) if rows is None else len(rows)
    place, group, size = None, None, used if unit is None else units * count
    if unit is not None and size > max(4 * used, 1_000_000):
        key = unit * count if domain is None else unit * count + domain
        group, place = np.unique(key if rows is None else key[rows], return_inverse=True)
        size = len(group)
    elif unit is not None and domain is not None and 2 * size > used:  # few pairs occur where units lie within domains
        key = unit * count + domain
        key = key if rows is None else key[rows]
        there = np.zeros(size, dtype=bool)
        there[key] = True
        group, number = np.flatnonzero(there), np.empty(size, dtype=np.intp)
        number[group] = np.arange(len(group))
        place, size = number[key], len(group)
    return _Members(rows, survey.w, unit, domain, count, missing, place, size, group)


def _observed(survey: Survey, names: tuple[str, ...], values: list[Floats], domains: Domains) -> Table:
    """The table of columns observed together.

    Over all rows, a missing answer shows in the sums; only then are they looked for, which spares complete data a pass.
    """
    blank, members, found = None, None, None
    if domains.row is None:
        members = _members(survey, domains, None)
        found = _sums(members, values)
    if members is None or found is None or not np.isfinite(found[1]).all():
        masks = [missing_in(x, f"Column {name!r}") for name, x in zip(names, values, strict=True)]
        blank = reduce(np.logical_or, some) if (some := [m for m in masks if m is not None]) else None
        members = _members(survey, domains, blank)
        found = _sums(members, values)
    cases = cases_of(survey, names, values, blank, domains)
    return replace(_numeric_table(survey, values, members, found), cases=cases.counts, nearly=cases.nearly)


def _sums(members: _Members, values: list[Floats]) -> tuple[Floats, Floats]:
    """Weighted sums per entry (p, entries) and of products per domain (p, p, D); broken off at a block without a finite sum."""
    p = len(values)
    sums, raw, room = np.zeros((p, members.size)), np.zeros((p, p, members.domains)), np.empty(BLOCK)
    with np.errstate(over="ignore", invalid="ignore"):
        for block in members.blocks():
            x = [v[block.at] for v in values]
            for i in range(p):
                weighted = np.multiply(block.w, x[i], out=room[: len(block.w)])
                np.add.at(sums[i], block.entry, weighted)
                for j in range(i + 1):
                    _add_products(raw[i, j], block.domain, weighted, x[j])
            if not np.isfinite(raw.sum()):
                break
    return sums, raw


def _numeric_table(survey: Survey, values: list[Floats], members: _Members, found: tuple[Floats, Floats]) -> Table:
    count, (sums, raw) = members.domains, found
    refuse_large(_weight(survey)[0], raw)
    weight, number, squares = _weights(survey, members)
    kept = np.flatnonzero(number)
    unit, domain = members.of_entries(kept)
    sums, weight = sums[:, kept], weight[kept]
    totals = [summed(domain, t, count) for t in sums]
    second = _moments(members, values, raw, summed(domain, weight, count), totals)
    cross = _cross(survey, members, values)
    return Table(unit, domain, weight, number[kept], sums.T, second, squares, None, members.missing, cross)


def _moments(members: _Members, values: list[Floats], raw: Floats, weight: Floats, totals: list[Floats]) -> Floats:
    """Weighted second moments about the domain means; from each row's distance where subtracting sums would lose digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.array([total / weight for total in totals]).reshape(len(values), members.domains)
    central = raw - means[:, None] * means[None] * weight
    close = [bool((central[i, i] < 1e-5 * raw[i, i]).any()) for i in range(len(values))]
    if any(close):
        central[:] = 0.0
        for block in members.blocks():
            x = [v[block.at] - m[0 if block.domain is None else block.domain] for v, m in zip(values, means, strict=True)]
            for i in range(len(x)):
                for j in range(i + 1):
                    _add_products(central[i, j], block.domain, block.w * x[i], x[j])
    out = np.moveaxis(central, 2, 0)
    return np.tril(out) + np.swapaxes(np.tril(out, -1), 1, 2)


def _category_table(survey: Survey, name: str, column: Column, domains: Domains) -> Table:
    _weight(survey)
    codes, keys, shown = column.codes, column.keys, column.levels
    members = _members(survey, domains, codes < 0 if codes.size and codes.min() < 0 else None)
    p, size, count = len(keys), members.size, members.domains
    refuse_wide(name, p, size)
    flat_sums, flat_number = np.zeros(size * p), np.zeros(size * p)
    for block in members.blocks():
        cell = block.entry * p
        cell += codes[block.at]
        np.add.at(flat_sums, cell, block.w)
        np.add.at(flat_number, cell, 1.0)
    sums, asked = flat_sums.reshape(size, p), flat_number.reshape(size, p)
    number = np.einsum("ij->i", asked)  # whole numbers; sum() along so short an axis takes several times as long
    kept = np.flatnonzero(number)
    unit, domain = members.of_entries(kept)
    sums = sums[kept]
    cases = np.column_stack([summed(domain, a, count) for a in asked[kept].T])
    squares = _squares(survey, members)
    cross = _cross(survey, members, [(codes == k).astype(np.float64) for k in range(p)] if survey.projection else [])
    return Table(unit, domain, sums.sum(axis=1), number[kept], sums, None, squares, cases, members.missing, cross, shown, keys)


def _cross(survey: Survey, members: _Members, values: list[Floats]) -> tuple[Floats, Floats] | None:
    """Sums over what the weights were calibrated on; None without calibration."""
    projection = survey.projection
    if projection is None:
        return None
    rows = members.rows
    domain = members.domain if members.domain is None or rows is None else members.domain[rows]
    used = [v if rows is None else v[rows] for v in values]
    sums = [projection.sums(v, rows, domain, members.domains) for v in used]
    weights = projection.sums(None, rows, domain, members.domains)
    return np.stack(sums, axis=-1) if sums else np.zeros((*weights.shape, 0)), weights


def _add_products(out: Floats, domain: Codes | None, a: Floats, b: Floats) -> None:
    if domain is None:
        out[0] += _dot(a, b)
    else:
        np.add.at(out, domain, a * b)


def _dot(a: Floats, b: Floats) -> float:
    """The inner product in pieces too short for a linear algebra library to start threads for."""
    whole = len(a) // PIECE * PIECE
    pieces = np.vecdot(a[:whole].reshape(-1, PIECE), b[:whole].reshape(-1, PIECE))
    return float(pieces.sum() + a[whole:] @ b[whole:])


def _weights(survey: Survey, members: _Members) -> tuple[Floats, Floats, Floats]:
    """Weight and number of rows per entry, squared weights per domain; over all rows they are the same for every estimate."""
    if members.whole and "weights" in survey.cache:
        return survey.cache["weights"]
    weight, number = np.zeros(members.size), np.zeros(members.size)
    for block in members.blocks():
        np.add.at(weight, block.entry, block.w)
        np.add.at(number, block.entry, 1.0)
    out = (weight, number, _squares(survey, members))
    if members.whole:
        survey.cache["weights"] = out
    return out


def _squares(survey: Survey, members: _Members) -> Floats:
    """The sum of squared weights per domain."""
    if members.whole and "squares" in survey.cache:
        return survey.cache["squares"]
    out = np.zeros(members.domains)
    for block in members.blocks():
        _add_products(out, block.domain, block.w, block.w)
    if members.whole:
        survey.cache["squares"] = out
    return out


def _kept(domains: Domains, blank: Any) -> tuple[Codes | None, int]:
    """The rows an estimate uses (None: all), and how many rows of its domains have no answer."""
    inside = None if domains.row is None or (domains.row.size and domains.row.min() >= 0) else domains.row >= 0
    if inside is None and blank is None:
        return None, 0
    keep = ~blank if inside is None else inside if blank is None else inside & ~blank
    there = len(keep) if inside is None else int(inside.sum())
    rows = np.flatnonzero(keep)
    if not rows.size:
        raise EstimationError("There is nothing to estimate: every answer is missing in the rows asked for.")
    return rows, there - rows.size
