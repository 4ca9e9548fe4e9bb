"""Variances over two phases of sampling, as sums over groups of units: no matrix of pairs is ever made.

For a stratified sample of one or several stages, ``c_ij = 1 - p_i p_j / p_ij`` is the same for all pairs of units with the same place in
the design: in one stratum, in one sampling unit, in one stratum of it, and so on. So c is a sum of a coefficient per group over the
groups that hold both i and j, and ``sum c_ij z_i z_j`` a sum of coefficient times squared total. A product ``c1_ij c2_ij`` of two
phases is the same again, over what the groups of one have in common with those of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evidencekit.columns import Codes, Floats, summed

__all__ = ["Approximate", "Grouping", "Phases", "common", "merged"]

ROUNDING = 1e-13


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Grouping:
    """Groups of units (None: each unit is one), and what the squared total of each counts."""

    group: Codes | None
    coefficient: Floats

    def quadratic(self, z: Floats) -> tuple[Floats, Floats]:
        """The sum of coefficient times crossed totals over groups, (cells, cells); and of their sizes, by which rounding is judged."""
        totals = z if self.group is None else np.column_stack([summed(self.group, c, len(self.coefficient)) for c in z.T])
        return totals.T @ (self.coefficient[:, None] * totals), np.abs(self.coefficient) @ totals**2


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Approximate:
    """Phase 1's variance where its squares are weighed up by the chance of phase 2.

    Per sampling unit of phase 1 with a member in phase 2: `stratum`, `chance` of being in phase 2, `example` one of its rows; per
    stratum: `size` units in phase 1, `scale` what ``(n - 1)`` and the finite population correction make of a sum of squares. `unit` is
    each variance unit's sampling unit.
    """

    unit: Codes
    stratum: Codes
    chance: Floats
    example: Codes
    size: Floats
    scale: Floats

    def groupings(self) -> tuple[Grouping, ...]:
        """The sum over units of ``(chance z - mean)^2 / chance``, the mean that of all of phase 1's units, as totals."""
        counted = summed(self.stratum, 1.0 / self.chance, len(self.size))
        # A unit whose weight calibration brought down to nought has no part in either sum.
        apart = Grouping(self.unit, self.scale[self.stratum] * np.where(np.isinf(self.chance), 0.0, self.chance))
        return apart, Grouping(self.stratum[self.unit], self.scale * (counted / self.size - 2.0) / self.size)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Phases:
    """What the variances of the two phases are made of.

    `shrink` multiplies phase 2's values (None: 1), where the units of phase 2 lie inside those of phase 1 and `approximate` is used.
    """

    first: tuple[Grouping, ...]
    second: tuple[Grouping, ...]
    shrink: Floats | None = None
    approximate: Approximate | None = None

    def covariance(self, first: Floats, second: Floats) -> Floats:
        """The covariance from weighted unit values (units, cells) as phase 1 and as phase 2 sees them.

        What is nought but for rounding is nought; a variance estimated to be below nought is NaN.
        """
        cells = first.shape[1]
        out, size = np.zeros((cells, cells)), np.zeros(cells)
        second = second if self.shrink is None else second * self.shrink[:, None]
        for values, groupings in ((first, self.first), (second, self.second)):
            for grouping in groupings:
                share, reach = grouping.quadratic(values)
                out, size = out + share, size + reach
        v = np.diagonal(out)
        v = np.where(np.abs(v) <= ROUNDING * size, 0.0, v)
        np.fill_diagonal(out, np.where(v < 0, np.nan, v))
        return out

    def reweighted(self, ratio: Floats) -> Phases:
        """The same after phase 2's weights were multiplied by `ratio`, row by row: chances of being in phase 2 go down by as much."""
        if self.approximate is None:
            return self
        with np.errstate(divide="ignore"):
            made = replace(self.approximate, chance=self.approximate.chance / ratio[self.approximate.example])
        return replace(self, first=made.groupings(), approximate=made)


def common(one: Sequence[Grouping], other: Sequence[Grouping], n: int) -> list[Grouping]:
    """The product of two sums over groups: the groups in common, with the product of coefficients."""
    each = np.arange(n)
    out: list[Grouping] = []
    for a in one:
        for b in other:
            x, y = (each if g.group is None else g.group for g in (a, b))
            key, first, code = np.unique(x * len(b.coefficient) + y, return_index=True, return_inverse=True)
            coefficient = a.coefficient[x[first]] * b.coefficient[y[first]]
            out.append(Grouping(code.astype(np.intp), coefficient) if len(key) < n else Grouping(None, coefficient[code]))
    return out


def merged(groupings: Sequence[Grouping], n: int) -> tuple[Grouping, ...]:
    """The same sum, with the groupings in which each unit is a group put together, and those without any weight left out."""
    alone, out = np.zeros(n), []
    for g in groupings:
        if g.group is None:
            alone = alone + g.coefficient
        elif g.coefficient.any():
            out.append(g)
    return (*([Grouping(None, alone)] if alone.any() else []), *out)
