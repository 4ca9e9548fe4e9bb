"""Shares of what respondents add up to: of all responses, of all incidents. The design is that of the respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit.columns import Bools, Floats, summed
from evidencekit.estimate import Estimate
from evidencekit.survey.proportions import limits_of
from evidencekit.survey.summing.domains import Domains
from evidencekit.survey.summing.measured import Table
from evidencekit.survey.summing.totals import derived
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, Limits, assemble, layout_of
from evidencekit.survey.uncertainty.intervals import ProportionInterval
from evidencekit.survey.uncertainty.linear import Linear, means, totals

__all__ = ["Counted", "any_of", "by_domain", "shares_of_all"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Counted:
    """How many of each of k kinds every row of the survey has.

    `amounts` (n, k); `inside` (n,) the rows that count; `missing` how many things nobody can place; `name` what they are kinds of, `labels`
    what they are called.
    """

    amounts: Floats
    inside: Bools
    missing: int
    name: str
    labels: tuple[Any, ...]


def shares_of_all(survey: Survey, domains: Domains, counted: Counted, asked: Asked, how: ProportionInterval) -> Estimate:
    """The share that each kind has of all of them, a cell per kind and domain.

    `n` of a cell are the people who have any; `cases` are people too, each counted by the share that the kind has of hers, so that they add
    up to `n`. They are what protects people: twelve incidents of one child are one child.
    """
    every = counted.amounts.sum(axis=1)
    inside = counted.inside & (every > 0)
    k = counted.amounts.shape[1]
    made = derived(survey, domains, [([*counted.amounts.T], ~inside)])
    with np.errstate(divide="ignore", invalid="ignore"):
        of_each = np.where(inside[:, None], counted.amounts / every[:, None], 0.0)
    table = replace(made.tables[0], cases=by_domain(of_each, inside, domains), missing=counted.missing, categories=counted.labels)
    measured = replace(made, tables=(table,))
    layout = layout_of(measured, [counted.name], [list(range(k))], [counted.labels])
    return assemble(survey, measured, [_of_sum(table, domains.count)], layout, asked, limits_of(how, asked.level))


def any_of(survey: Survey, domains: Domains, counted: Counted, names: Sequence[str], asked: Asked, how: ProportionInterval) -> Estimate:
    """The share of people who have any of each kind, a variable per kind: they do not add up to 1."""
    some = (counted.amounts > 0).astype(np.float64)
    made = derived(survey, domains, [([*some.T], ~counted.inside)])
    cases = by_domain(some, counted.inside, domains)
    whole = replace(made.tables[0], cases=cases, missing=counted.missing, second=None)
    parts = [_one(whole, j) for j in range(some.shape[1])]
    measured = replace(made, tables=tuple(parts))
    layout = layout_of(measured, list(names), [[0]] * len(parts), [None] * len(parts))
    limits: Limits = limits_of(how, asked.level)
    return assemble(survey, measured, [means(part, domains.count) for part in parts], layout, asked, limits)


def _one(table: Table, j: int) -> Table:
    """The table of one of its variables."""
    assert table.cases is not None
    cross = None if table.cross is None else (table.cross[0][:, :, j : j + 1], table.cross[1])
    return replace(table, sums=table.sums[:, j : j + 1], cases=table.cases[:, j : j + 1], cross=cross)


def by_domain(values: Floats, inside: Bools, domains: Domains) -> Floats:
    """Unweighted sums per domain, shape (D, k)."""
    row = np.zeros(len(inside), dtype=np.intp) if domains.row is None else domains.row
    used = inside & (row >= 0)
    return np.column_stack([summed(row[used], column[used], domains.count) for column in values.T])


def _of_sum(table: Table, domains: int) -> Linear:
    """Each variable's share of the sum of all: ``z_j = (t_j - R_j s) / S``, s the sum."""
    whole = totals(table, domains)
    size = whole.points.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        points = whole.points / size[:, None]
        z = (whole.z - points[table.domain] * whole.z.sum(axis=1, keepdims=True)) / size[table.domain][:, None]
        second = table.second
        assert second is not None
        across = second.sum(axis=2)
        spread = np.diagonal(second, axis1=1, axis2=2) - 2 * points * across + points**2 * across.sum(axis=1, keepdims=True)
        bessel = np.where(whole.n > 1, whole.n / np.maximum(whole.n - 1, 1), np.nan)
        srs = np.maximum(spread, 0) * (bessel / whole.n * whole.weight / size**2)[:, None]
        cross = None
        if whole.cross is not None:
            cross = (whole.cross - points * whole.cross.sum(axis=-1, keepdims=True)) / size[:, None]
    return replace(whole, points=points, z=z, srs=srs, cross=cross, value=lambda w, t: t / t.sum(axis=-1, keepdims=True))
