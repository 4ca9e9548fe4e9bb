"""Smooth functions of totals: their value, linearised unit totals and the simple-random-sample variance beside which they stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidencekit.columns import Floats, summed
from evidencekit.survey.measured import Table

__all__ = ["Linear", "means", "ratios", "totals"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Linear:
    """A statistic per domain and variable, linearised.

    `points` and `srs` (the variance a simple random sample of the same n drawn with replacement would have) have shape (D, q); `z`
    has shape (G, q): each long entry's linearised total.
    """

    points: Floats
    z: Floats
    srs: Floats
    weight: Floats
    n: Floats


def means(table: Table, domains: int) -> Linear:
    """Weighted means, which are ratios to the sum of weights: ``z = (t - m w) / W``."""
    weight, n, sums = _domain_totals(table, domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        points = sums / weight[:, None]
        z = (table.sums - points[table.domain] * table.w[:, None]) / weight[table.domain][:, None]
        srs = _spread(table, points, weight, n) / n[:, None]
    return Linear(points, z, srs, weight, n)


def totals(table: Table, domains: int) -> Linear:
    """Weighted totals: ``z = t``."""
    weight, n, sums = _domain_totals(table, domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        srs = _spread(table, sums / weight[:, None], weight, n) * (weight**2 / n)[:, None]
    return Linear(sums, table.sums, srs, weight, n)


def ratios(table: Table, domains: int) -> Linear:
    """The ratio of the first variable's total to the second's: ``z = (t_y - R t_x) / X``."""
    weight, n, sums = _domain_totals(table, domains)
    assert table.second is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        point = sums[:, 0] / sums[:, 1]
        z = (table.sums[:, 0] - point[table.domain] * table.sums[:, 1]) / sums[table.domain, 1]
        s = table.second
        residual = s[:, 0, 0] - 2 * point * s[:, 0, 1] + point**2 * s[:, 1, 1]
        srs = np.maximum(residual, 0) / weight * _bessel(n) / n * (weight / sums[:, 1]) ** 2
    return Linear(point[:, None], z[:, None], srs[:, None], weight, n)


def _domain_totals(table: Table, domains: int) -> tuple[Floats, Floats, Floats]:
    def add(values: Floats) -> Floats:
        return summed(table.domain, values, domains)

    sums = np.column_stack([add(table.sums[:, j]) for j in range(table.p)]) if table.p else np.zeros((domains, 0))
    return add(table.w), add(table.n), sums


def _spread(table: Table, points: Floats, weight: Floats, n: Floats) -> Floats:
    """The estimated population variance of each variable, with n - 1 (as R's svyvar)."""
    if table.second is None:
        return points * (1 - points) * _bessel(n)[:, None]
    raw = np.diagonal(table.second, axis1=1, axis2=2) / weight[:, None]
    return np.maximum(raw, 0.0) * _bessel(n)[:, None]


def _bessel(n: Floats) -> Floats:
    return np.where(n > 1, n / np.maximum(n - 1, 1), np.nan)
