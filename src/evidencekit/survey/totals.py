"""The first waist: one pass over the data gives weighted totals per sampling unit and domain. After it nothing looks at rows.

In memory the pass is `numpy.bincount` on integer codes. On a lazy frame it is one pushed-down group-by (see `pushdown`). This is the
only file of the room that asks which of the two it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evidencekit.errors import EstimationError, InputError
from evidencekit.frames import Codes, Floats, numeric, summed
from evidencekit.survey.domains import Domains, Where, domains_of
from evidencekit.survey.measured import Measured, Table
from evidencekit.survey.pushdown import push_measure, push_tally
from evidencekit.survey.survey import Survey

__all__ = ["derived", "in_memory", "measure", "numbers", "tally"]


def in_memory(survey: Survey, doing: str) -> None:
    """Raise an `InputError` when a statistic that revisits rows is asked of lazy data."""
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
    parts = []
    for names in requests:
        values = numbers(survey, names)
        blank = None
        for v in values:
            if np.isnan(v.sum()):
                blank = np.isnan(v) if blank is None else blank | np.isnan(v)
        parts.append((values, blank))
    return derived(survey, domains_of(survey, by, where), parts)


def numbers(survey: Survey, names: Sequence[str]) -> list[Floats]:
    """Columns as numbers, NaN where missing."""
    frame: Any = survey.rows.frame
    return [numeric(frame[name], "Column") for name in names]


def derived(survey: Survey, domains: Domains, parts: Sequence[tuple[list[Floats], Any]]) -> Measured:
    """Totals of arrays made from rows: each part is the variables observed together and a mask of rows without an answer."""
    return _measured(survey, domains, [_numeric_table(survey, values, blank, domains) for values, blank in parts])


def tally(survey: Survey, names: Sequence[str], by: tuple[str, ...], where: Where) -> Measured:
    """Totals of the indicators of each category of each variable."""
    if survey.w is None:
        return push_tally(survey, names, by, where)
    domains = domains_of(survey, by, where)
    tables = []
    for name in names:
        column = survey.column(name)
        if not column.levels:
            raise EstimationError(f"Column {name!r} has no answers at all.")
        # A 0/1 column in which nobody said 1 still has a share of 1: none.
        levels = ((0, 1), (0, 1)) if column.keys in ((0,), (False,)) else (column.keys, column.levels)
        tables.append(_category_table(survey, column.codes, levels, domains))
    return _measured(survey, domains, tables)


def _measured(survey: Survey, domains: Domains, tables: list[Table]) -> Measured:
    assert survey.w is not None
    assert survey.units is not None
    if "weight" not in survey.cache:
        survey.cache["weight"] = (float(survey.w.sum()), survey.notes)
    weight, notes = survey.cache["weight"]
    return Measured(survey.units, domains, tuple(tables), len(survey.w), weight, notes)


def _numeric_table(survey: Survey, values: list[Floats], blank: Any, domains: Domains) -> Table:
    assert survey.w is not None
    assert survey.units is not None
    rows, missing = _kept(domains, blank)
    w, unit, n_units = survey.w, survey.units.row, survey.units.n
    domain, count = domains.row, domains.count
    if rows is not None:
        w = w[rows]
        values = [v[rows] for v in values]
        unit = rows if unit is None else unit[rows]
        domain = None if domain is None or count == 1 else domain[rows]
    elif count == 1:
        domain = None
    weighted = [w * v for v in values]
    second = _moments(w, values, weighted, domain, count)
    w2 = _by_domain(w, w, domain, count)
    cases = np.column_stack([_by_domain(v, None, domain, count) for v in values]) if values else np.zeros((count, 0))
    grouped = _grouped(survey, unit, domain, count, n_units, w, weighted, rows is None)
    return Table(*grouped, second, w2, cases, missing)


def _moments(w: Floats, values: list[Floats], weighted: list[Floats], domain: Codes | None, count: int) -> Floats:
    """Weighted second moments about the domain means; a second pass where subtracting the mean would lose digits."""
    p = len(values)
    weight = _by_domain(w, None, domain, count)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = [_by_domain(wv, None, domain, count) / weight for wv in weighted]
    second = np.empty((count, p, p))
    for i in range(p):
        for j in range(i + 1):
            product = means[i] * means[j] * weight
            central = _by_domain(weighted[i], values[j], domain, count) - product
            if (central < 1e-5 * np.abs(product)).any():
                left, right = (values[k] - (means[k][0] if domain is None else means[k][domain]) for k in (i, j))
                central = _by_domain(w * left, right, domain, count)
            second[:, i, j] = second[:, j, i] = central
    return second


def _category_table(survey: Survey, codes: Codes, levels: tuple[Any, Any], domains: Domains) -> Table:
    assert survey.w is not None
    assert survey.units is not None
    keys, shown = levels
    blank = codes < 0 if codes.size and codes.min() < 0 else None
    rows, missing = _kept(domains, blank)
    w, unit, domain, count = survey.w, survey.units.row, domains.row, domains.count
    if rows is not None:
        w, codes = w[rows], codes[rows]
        unit = rows if unit is None else unit[rows]
        domain = None if domain is None or count == 1 else domain[rows]
    elif count == 1:
        domain = None
    p = len(keys)
    spread = codes if domain is None else domain * p + codes
    cases = np.bincount(spread, minlength=count * p).reshape(count, p).astype(np.float64)
    w2 = _by_domain(w, w, domain, count)
    cells = np.arange(len(w), dtype=np.intp) if unit is None else unit
    if unit is None or (rows is not None and survey.units.row is None):
        sums = np.zeros((len(w), p))
        sums[np.arange(len(w)), codes] = w
        return Table(cells, _domain(domain, len(w)), w, np.ones(len(w)), sums, None, w2, cases, missing, shown, keys)
    group, place, size = _groups(cells, domain, count, survey.units.n)
    flat = place * p + codes
    sums = summed(flat, w, size * p).reshape(size, p)
    number = np.bincount(flat, minlength=size * p).reshape(size, p).sum(axis=1).astype(np.float64)
    kept = np.flatnonzero(number)
    group = group[kept]
    sums = sums[kept]
    unit_of, domain_of = group // count, group % count
    return Table(unit_of, domain_of, sums.sum(axis=1), number[kept], sums, None, w2, cases, missing, shown, keys)


def _grouped(
    survey: Survey,
    unit: Codes | None,
    domain: Codes | None,
    count: int,
    n_units: int,
    w: Floats,
    weighted: list[Floats],
    whole: bool,
) -> tuple[Codes, Codes, Floats, Floats, Floats]:
    """Sums within (unit, domain): unit, domain, weight, answers, weighted sums."""
    if unit is None or survey.units is None or survey.units.row is None:
        rows = np.arange(len(w), dtype=np.intp) if unit is None else unit
        stacked = np.column_stack(weighted) if weighted else np.zeros((len(w), 0))
        return rows, _domain(domain, len(w)), w, np.ones(len(w)), stacked
    group, place, size = _groups(unit, domain, count, n_units)
    if whole and domain is None:
        weight, number = _unit_weights(survey, unit, n_units)
    else:
        weight, number = summed(place, w, size), np.bincount(place, minlength=size).astype(np.float64)
    sums = np.empty((size, len(weighted)))
    for j, wv in enumerate(weighted):
        sums[:, j] = summed(place, wv, size)
    kept = np.flatnonzero(number)
    if len(kept) < size:
        group, weight, number, sums = group[kept], weight[kept], number[kept], sums[kept]
    return group // count, group % count, weight, number, sums


def _groups(unit: Codes, domain: Codes | None, count: int, n_units: int) -> tuple[Codes, Codes, int]:
    """The (unit, domain) groups, each row's place among them, and how many there are."""
    if domain is None:
        return np.arange(n_units, dtype=np.intp), unit, n_units
    key = unit * count + domain
    if n_units * count <= max(4 * key.size, 1_000_000):
        return np.arange(n_units * count, dtype=np.intp), key, n_units * count
    group, place = np.unique(key, return_inverse=True)
    return group, place, len(group)


def _unit_weights(survey: Survey, unit: Codes, n_units: int) -> tuple[Floats, Floats]:
    """Weight and number of rows per unit, which every estimate over all rows shares."""
    if "unit weights" not in survey.cache:
        assert survey.w is not None
        number = np.bincount(unit, minlength=n_units).astype(np.float64)
        survey.cache["unit weights"] = (summed(unit, survey.w, n_units), number)
    return survey.cache["unit weights"]


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


def _by_domain(a: Floats, b: Floats | None, domain: Codes | None, count: int) -> Floats:
    if domain is None:
        return np.array([a.sum() if b is None else a @ b])
    return summed(domain, a if b is None else a * b, count)


def _domain(domain: Codes | None, n: int) -> Codes:
    return np.zeros(n, dtype=np.intp) if domain is None else domain
