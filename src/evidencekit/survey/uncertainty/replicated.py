"""The covariance of an estimate from its values in replicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError
from evidencekit.estimate import Covariance
from evidencekit.survey.design.resampling import Replayed, Resampling
from evidencekit.survey.summing.measured import Table
from evidencekit.survey.uncertainty.linear import Linear

__all__ = ["Deviations", "deviations_of", "replicate_totals", "spread_over"]

DENSE_CELLS = 2_500
DENSE_SIZE = 20_000_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Deviations:
    """Scaled deviations of the replicates, shape (R, cells), whose crossproduct is the covariance.

    `lost` counts, per cell, the replicates that have no value there and are left out; `below` the replicates in which a weight is negative,
    as a linear calibration done again may make it.
    """

    rows: Floats
    lost: Codes
    below: int = 0

    def of(self, rows: Codes) -> Floats:
        """The covariance matrix of some cells."""
        picked = self.rows[:, rows]
        return picked.T @ picked

    def covariance(self) -> Covariance:
        """The covariance of all cells; the matrix itself while it is of a reasonable size."""
        variances = (self.rows**2).sum(axis=0)
        if len(variances) <= DENSE_CELLS:
            return Covariance(variances, self.of(np.arange(len(variances))), None)
        return Covariance(variances, None, self)

    def __reduce__(self) -> NoReturn:
        raise InputError("This estimate keeps its replicates, which are not pickled.", "Save its to_frame().")


def replicate_totals(replayed: Replayed, table: Table, domains: int) -> tuple[Floats, Floats, int]:
    """Weights (R, D) and sums (R, D, p) of every replicate, from a table over atoms; and in how many a weight is negative."""
    p, atoms = table.p, len(replayed.last)
    values = np.column_stack([table.w, table.sums])
    if replayed.condensed is not None:
        made = replayed.condensed.totals(table.unit, table.domain, values * replayed.remaining[table.unit, None], domains)
        return made[:, :, 0], made[:, :, 1:], replayed.condensed.below()
    columns = domains * (p + 1)
    place = table.domain[:, None] * (p + 1) + np.arange(p + 1)
    matrix: Any
    if atoms * columns <= DENSE_SIZE:
        matrix = summed((table.unit[:, None] * columns + place).ravel(), values.ravel(), atoms * columns).reshape(atoms, columns)
    else:
        from scipy.sparse import csc_array

        unit = np.broadcast_to(table.unit[:, None], place.shape)
        matrix = csc_array((values.ravel(), (unit.ravel(), place.ravel())), shape=(atoms, columns))
    out, below = np.empty((replayed.resampling.count, columns)), 0
    for span, factors in replayed.blocks():
        out[span] = factors @ matrix
        below += int((factors.min(axis=1) < 0).sum()) if replayed.steps else 0
    shaped = out.reshape(-1, domains, p + 1)
    return shaped[:, :, 0], shaped[:, :, 1:], below


def deviations_of(replayed: Replayed, tables: Sequence[Table], linear: Sequence[Linear], pick: Any, domains: int) -> Deviations:
    """How far the replicates of all cells lie from their centre.

    Parameters
    ----------
    replayed : Replayed
        The replicates' factors on atoms.
    tables, linear : sequences of Table and Linear
        One of each per variable.
    pick : callable
        From one array per table, shape (D, q), to the cells.
    domains : int
        D.
    """
    parts, below = [], 0
    for table, made in zip(tables, linear, strict=True):
        weight, sums, below = replicate_totals(replayed, table, domains)
        with np.errstate(divide="ignore", invalid="ignore"):
            parts.append(made.value(weight, sums))
    values = np.array([pick([part[r] for part in parts]) for r in range(replayed.resampling.count)])
    return replace(spread_over(replayed.resampling, values, pick([made.points for made in linear])), below=below)


def spread_over(resampling: Resampling, values: Floats, points: Floats) -> Deviations:
    """Scaled deviations of replicate values (R, cells) from the points or from their own mean."""
    there = np.isfinite(values) & (resampling.scales > 0)[:, None]
    filled = np.where(there, values, 0.0)
    if resampling.mse:
        centre = points
    else:
        with np.errstate(invalid="ignore"):
            centre = filled.sum(axis=0) / there.sum(axis=0)
    rows = np.where(there, filled - centre, 0.0) * np.sqrt(resampling.scales)[:, None]
    rows[:, ~there.any(axis=0)] = np.nan
    return Deviations(rows, ((resampling.scales > 0)[:, None] & ~np.isfinite(values)).sum(axis=0))
