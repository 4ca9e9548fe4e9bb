"""From linearised unit totals to variances and covariances, for every design.

A statistic's linearised value z is kept in long form: (unit, cell, value). Variances never need more than that; covariances are
computed densely while the table of units by cells is small, and for the asked-for cells only when it is large.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError
from evidencekit.estimate import Covariance
from evidencekit.survey.units import Level, Units

__all__ = ["Influence", "covariance_of"]

DENSE_CELLS = 2_500
CHUNK = 256
DENSE_SIZE = 40_000_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Influence:
    """Linearised values in long form, with the design they vary over.

    After calibration every unit also has ``factor @ loading``: its totals of what was calibrated on (units, P), times minus the
    regression coefficients (P, cells); `split` as in `Projection`.
    """

    units: Units
    unit: Codes
    cell: Codes
    value: Floats
    cells: int
    lonely: str
    lonely_domain: str
    factor: Floats | None = None
    loading: Floats | None = None
    split: int | None = None

    def of(self, rows: Codes) -> Floats:
        """The covariance matrix of some of the cells."""
        place = np.full(self.cells, -1, dtype=np.intp)
        place[rows] = np.arange(len(rows))
        keep = place[self.cell] >= 0
        loading = None if self.loading is None else self.loading[:, rows]
        return replace(
            self, unit=self.unit[keep], cell=place[self.cell[keep]], value=self.value[keep], cells=len(rows), loading=loading
        ).dense()

    def dense(self) -> Floats:
        """The covariance matrix of all cells."""
        units = self.units
        if units.phases is not None:
            return units.phases.covariance(*self._by_phase())
        if units.form is not None:
            z = self._table(units.psu, units.n_psus)[0]
            return z.T @ units.form @ z
        out = np.zeros((self.cells, self.cells))
        for level in units.levels:
            rows = self._deviations(level)
            out += rows.T @ rows
        return out

    def _by_phase(self) -> tuple[Floats, Floats]:
        """Units by cells as phase 1 and as phase 2 sees them."""
        if self.split is None or self.factor is None or self.loading is None:
            both = self._table(None, self.units.n)[0]
            return both, both
        bare = replace(self, factor=None)._table(None, self.units.n)[0]
        known, own = self.factor[:, self.split :] @ self.loading[self.split :], self.factor[:, : self.split] @ self.loading[: self.split]
        return bare + known, bare + own

    def _table(self, of: Codes | None, count: int) -> tuple[Floats, Floats]:
        """Units by cells: summed values, and how many long rows fell there."""
        unit = self.unit if of is None else of[self.unit]
        key = unit * self.cells + self.cell
        size = count * self.cells
        z = summed(key, self.value, size).reshape(count, self.cells)
        if self.factor is not None and self.loading is not None:
            z += (self.factor if of is None else _by_group(self.factor, of, count)) @ self.loading
        return z, np.bincount(key, minlength=size).reshape(count, self.cells).astype(np.float64)

    def _deviations(self, level: Level) -> Floats:
        """Rows whose crossproduct is this level's share of the covariance."""
        z, seen = self._table(level.of, len(level.group))
        groups = len(level.size)
        centre = _by_group(z, level.group, groups) / level.size[:, None]
        overall = z.sum(axis=0) / len(z)
        if self.lonely == "adjust":
            centre[level.lonely] = overall
        multiplier = np.ones(self.cells)
        drop = np.zeros((groups, self.cells), dtype=bool)
        if self.lonely == "average" or self.lonely_domain != "none":
            there = _by_group((seen > 0).astype(np.float64), level.group, groups)
            alone = (there == 1) & (level.size[:, None] > 1)
            if self.lonely_domain == "adjust":
                centre = np.where(alone, overall, centre)
            drop = np.repeat(level.lonely[:, None], self.cells, axis=1) if self.lonely == "average" else drop
            if self.lonely_domain == "average":
                drop = drop | alone
            occupied = (there > 0).sum(axis=0)
            sound = ((there > 0) & ~drop).sum(axis=0)
            multiplier = np.where(sound > 0, occupied / np.maximum(sound, 1), np.nan)
            multiplier = np.where(occupied == 0, 1.0, multiplier)
        rows = (z - centre[level.group]) * np.sqrt(level.scale)[:, None]
        rows[drop[level.group]] = 0.0
        return rows * np.sqrt(multiplier)

    def variances(self) -> Floats:
        """The variance of every cell from the long form alone; nothing of size units by cells is made."""
        if self.factor is not None or self.units.phases is not None:
            chunks = [np.arange(start, min(start + CHUNK, self.cells)) for start in range(0, self.cells, CHUNK)]
            return np.concatenate([np.diagonal(self.of(chunk)) for chunk in chunks])
        out = np.zeros(self.cells)
        for level in self.units.levels:
            out += self._long_variance(level)
        return out

    def _long_variance(self, level: Level) -> Floats:
        unit = self.unit if level.of is None else level.of[self.unit]
        key, place = np.unique(unit * self.cells + self.cell, return_inverse=True)
        value = summed(place, self.value, len(key))
        unit, cell = key // self.cells, key % self.cells
        pair, where = np.unique(level.group[unit] * self.cells + cell, return_inverse=True)
        group = pair // self.cells
        centre = summed(where, value, len(pair)) / level.size[group]
        scale = level.scale[unit]
        inside = summed(where, scale * (value - centre[where]) ** 2, len(pair))
        rest = summed(level.group, level.scale, len(level.size))[group] - summed(where, scale, len(pair))
        return summed(pair % self.cells, inside + centre**2 * np.maximum(rest, 0.0), self.cells)

    def __reduce__(self) -> NoReturn:
        raise InputError(
            "This estimate has too many cells for a covariance matrix and keeps unit totals instead, which are not pickled.",
            "Save its to_frame().",
        )


def covariance_of(influence: Influence) -> Covariance:
    """The covariance of an estimate's cells, dense while that is reasonable."""
    units = influence.units
    simple = units.form is None and influence.lonely in ("fail", "certainty", "remove") and influence.lonely_domain == "none"
    small = influence.cells <= DENSE_CELLS and influence.cells * units.n <= DENSE_SIZE
    if small or not simple:
        if influence.cells > 4 * DENSE_CELLS:
            raise InputError(
                f"{influence.cells} cells are too many for this lonely-unit or joint-probability policy.",
                "Estimate them in parts with where=.",
            )
        matrix = influence.dense()
        return Covariance(np.diagonal(matrix).copy(), matrix, None)
    return Covariance(influence.variances(), None, influence)


def _by_group(table: Floats, group: Codes, groups: int) -> Floats:
    """Column sums within groups of rows."""
    cells = table.shape[1]
    if cells == 1:
        return summed(group, table[:, 0], groups)[:, None]
    key = (group[:, None] * cells + np.arange(cells)).ravel()
    return summed(key, table.ravel(), groups * cells).reshape(groups, cells)
