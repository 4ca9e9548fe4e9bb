"""Smooth functions of totals: their value, linearised unit totals and the simple-random-sample variance beside which they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.survey.summing.measured import Table

__all__ = ["Linear", "means", "ratios", "scaled", "sizes", "totals", "variances"]

Value = Callable[[Floats, Floats], Floats]
Formula = Callable[[Floats, Floats, Codes], Floats]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Linear:
    """A statistic per domain and variable, linearised.

    `points` and `srs` (the variance a simple random sample of the same n drawn with replacement would have) have shape (D, q); `z`
    has shape (G, q): each long entry's linearised total; `cross` (P, D, q) the statistic's sums over what the weights were calibrated
    on, None without calibration. `value` gives the points from weights (..., D) and sums (..., D, p), for replicates.
    """

    points: Floats
    z: Floats
    srs: Floats
    weight: Floats
    n: Floats
    cross: Floats | None
    value: Value


def means(table: Table, domains: int) -> Linear:
    """Weighted means, which are ratios to the sum of weights: ``z = (t - m w) / W``."""
    weight, n, sums = _domain_totals(table, domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        points = sums / weight[:, None]
        srs = _spread(table, points, weight, n) / n[:, None]

    def formula(t: Floats, w: Floats, d: Codes) -> Floats:
        return (t - points[d] * w[:, None]) / weight[d][:, None]

    return _made(table, formula, (points, srs, weight, n), lambda w, t: t / w[..., None])


def totals(table: Table, domains: int) -> Linear:
    """Weighted totals: ``z = t``."""
    weight, n, sums = _domain_totals(table, domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        srs = _spread(table, sums / weight[:, None], weight, n) * (weight**2 / n)[:, None]
    return _made(table, lambda t, w, d: t, (sums, srs, weight, n), lambda w, t: t)


def ratios(table: Table, domains: int) -> Linear:
    """The ratio of the first variable's total to the second's: ``z = (t_y - R t_x) / X``."""
    weight, n, sums = _domain_totals(table, domains)
    assert table.second is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        point = sums[:, 0] / sums[:, 1]
        s = table.second
        residual = s[:, 0, 0] - 2 * point * s[:, 0, 1] + point**2 * s[:, 1, 1]
        srs = np.maximum(residual, 0) / weight * _bessel(n) / n * (weight / sums[:, 1]) ** 2

    def formula(t: Floats, w: Floats, d: Codes) -> Floats:
        return ((t[:, 0] - point[d] * t[:, 1]) / sums[d, 1])[:, None]

    return _made(table, formula, (point[:, None], srs[:, None], weight, n), lambda w, t: t[..., :1] / t[..., 1:2])


def sizes(table: Table, domains: int, whole: float, rows: int) -> Linear:
    """The sums of the weights; `whole` and `rows` are those of the sample, of which each domain is a share."""
    weight, n, _ = _domain_totals(table, domains)
    share = weight / whole
    srs = share * (1 - share) * whole**2 / (rows - 1) if rows > 1 else np.full_like(weight, np.nan)
    return _made(table, lambda t, w, d: w[:, None], (weight[:, None], srs[:, None], weight, n), lambda w, t: w[..., None])


def variances(table: Table, domains: int) -> Linear:
    """Population variances or covariances, with n - 1, from totals of (x - mx)(y - my), x - mx and y - my about the domain means."""
    weight, n, sums = _domain_totals(table, domains)
    bessel = _bessel(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums[:, 0] / weight
        srs = _spread(table, sums / weight[:, None], weight, n)[:, 0] / n * bessel**2

    def formula(t: Floats, w: Floats, d: Codes) -> Floats:
        return (bessel[d] * (t[:, 0] - mean[d] * w) / weight[d])[:, None]

    def value(w: Floats, t: Floats) -> Floats:
        return (bessel * (t[..., 0] / w - t[..., 1] * t[..., 2] / w**2))[..., None]

    return _made(table, formula, ((bessel * mean)[:, None], srs[:, None], weight, n), value)


def scaled(linear: Linear, factor: float) -> Linear:
    """The statistic times a constant."""
    if factor == 1.0:
        return linear
    value = linear.value
    cross = None if linear.cross is None else linear.cross * factor
    points, srs = linear.points * factor, linear.srs * factor**2
    return replace(linear, points=points, z=linear.z * factor, srs=srs, cross=cross, value=lambda w, t: value(w, t) * factor)


def _made(table: Table, formula: Formula, parts: tuple[Floats, Floats, Floats, Floats], value: Value) -> Linear:
    points, srs, weight, n = parts
    with np.errstate(divide="ignore", invalid="ignore"):
        z, cross = formula(table.sums, table.w, table.domain), None
        if table.cross is not None:
            over, over_w = table.cross
            size, domains = over_w.shape
            at = np.tile(np.arange(domains), size)
            cross = formula(over.reshape(size * domains, -1), over_w.ravel(), at).reshape(size, domains, -1)
    return Linear(points, z, srs, weight, n, cross, value)


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
