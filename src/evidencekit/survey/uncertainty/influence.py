"""From linearised unit totals to variances and covariances, for every design.

A statistic's linearised value z is kept in long form: (unit, cell, value). Variances never need more than that; covariances take the
table of units by cells some units at a time, and only the asked-for cells when there are thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import InputError
from evidencekit.estimate import Covariance
from evidencekit.survey.adjustments.products import by_group
from evidencekit.survey.design.units import Form, Level, Units

__all__ = ["Influence", "covariance_of"]

DENSE_CELLS = 2_500
CHUNK = 256
DENSE_SIZE = 40_000_000
BLOCK = 500_000
PIECE = 200_000
PLAIN = ("fail", "certainty", "remove")  # policies for lonely units that leave the centre of the others as it is
SPARSE = 8  # where no more than one in so many pairs of unit and cell can differ from zero


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
    factor: Any = None
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
        if self.units.phases is not None:
            return self.units.phases.covariance(*self._by_phase())
        if self.units.form is not None:
            return self._certain(self.units.form)
        out = np.zeros((self.cells, self.cells))
        for level in self.units.levels:
            few = self._few_deviations(level)
            if few is not None:
                out += (few.T @ few).toarray()
                continue
            for rows in self._deviations(level):
                out += _crossproduct(rows)
        return out

    def _few_deviations(self, level: Level) -> Any:
        """The same rows as `_deviations` gives, sparse, where each group of units has members in few of many cells; None elsewhere.

        Cells that lie within strata (provinces, or simulations in one table) have nothing but zeros in the others.
        """
        from scipy.sparse import csr_array

        if self.factor is not None or self.lonely not in PLAIN or self.lonely_domain != "none" or self.cells < SPARSE:
            return None
        unit, groups = self.unit if level.of is None else level.of[self.unit], len(level.size)
        key = level.group[unit] * self.cells + self.cell
        there = np.zeros(groups * self.cells, dtype=bool)
        there[key] = True
        pair = np.flatnonzero(there)
        many = np.bincount(pair // self.cells, minlength=groups)
        width = many[level.group]
        if SPARSE * width.sum() > len(width) * self.cells:
            return None
        start = np.concatenate([[0], np.cumsum(width)])
        first = np.cumsum(many) - many
        column = (np.cumsum(there) - 1)[key] - first[level.group[unit]]
        value = summed(start[unit] + column, self.value, int(start[-1]))
        place = np.arange(start[-1]) + np.repeat(first[level.group] - start[:-1], width)
        centre = summed(place, value, len(pair)) / level.size[pair // self.cells]
        value = (value - centre[place]) * np.repeat(np.sqrt(level.scale), width)
        return csr_array((value, pair[place] % self.cells, start), shape=(len(width), self.cells))

    def _certain(self, form: Form) -> Floats:
        """The covariance from a quadratic form; not a number for cells whose variance comes out negative."""
        z = self._whole(self.units.psu, self.units.n_psus)
        out = form.covariance(z)
        negative = np.diagonal(out) < -1e-12 * (z**2).sum(axis=0)
        out[negative, :] = out[:, negative] = np.nan
        nought = np.flatnonzero(np.diagonal(out) < 0)  # by rounding: what does not vary under the design
        out[nought, nought] = 0.0
        return out

    def _by_phase(self) -> tuple[Floats, Floats]:
        """Units by cells as phase 1 and as phase 2 sees them."""
        if self.split is None or self.factor is None or self.loading is None:
            both = self._whole(None, self.units.n)
            return both, both
        bare = replace(self, factor=None)._whole(None, self.units.n)
        known, own = self.factor[:, self.split :] @ self.loading[self.split :], self.factor[:, : self.split] @ self.loading[: self.split]
        return bare + known, bare + own

    def _whole(self, of: Codes | None, count: int) -> Floats:
        """The table of units by cells at once."""
        return np.vstack([rows for _, rows in self._blocks(of, count)])

    def _blocks(self, of: Codes | None, count: int) -> Iterator[tuple[slice, Floats]]:
        """The table of units by cells, some units at a time: which, and their summed values."""
        unit, cell, value = self.unit if of is None else of[self.unit], self.cell, self.value
        factor = None if self.factor is None or self.loading is None else self.factor if of is None else by_group(self.factor, of, count)
        size = max(1, BLOCK // max(1, self.cells))
        if count > size and (np.diff(unit) < 0).any():
            order = np.argsort(unit, kind="stable")
            unit, cell, value = unit[order], cell[order], value[order]
        ends = [0, len(unit)] if count <= size else np.searchsorted(unit, np.arange(0, count + size, size))
        for k, start in enumerate(range(0, count, size)):
            span, part = slice(start, min(start + size, count)), slice(ends[k], ends[k + 1])
            width = span.stop - start
            z = summed((unit[part] - start) * self.cells + cell[part], value[part], width * self.cells).reshape(width, self.cells)
            if factor is not None and self.loading is not None:
                z += factor[span] @ self.loading
            yield span, z

    def _deviations(self, level: Level) -> Iterator[Floats]:
        """Rows whose crossproduct is this level's share of the covariance."""
        count, groups = len(level.group), len(level.size)
        centre = np.zeros((groups, self.cells))
        for span, z in self._blocks(level.of, count):
            centre += by_group(z, level.group[span], groups)
        overall = centre.sum(axis=0) / count
        centre /= level.size[:, None]
        if self.lonely == "adjust":
            centre[level.lonely] = overall
        multiplier, drop = np.ones(self.cells), None
        if self.lonely == "average" or self.lonely_domain != "none":
            there = self._members(level)
            alone = (there == 1) & (level.size[:, None] > 1)
            if self.lonely_domain == "adjust":
                centre = np.where(alone, overall, centre)
            drop = np.repeat(level.lonely[:, None] & (self.lonely == "average"), self.cells, axis=1)
            if self.lonely_domain == "average":
                drop = drop | alone
            occupied = (there > 0).sum(axis=0)
            sound = ((there > 0) & ~drop).sum(axis=0)
            multiplier = np.where(sound > 0, occupied / np.maximum(sound, 1), np.nan)
            multiplier = np.where(occupied == 0, 1.0, multiplier)
        for span, z in self._blocks(level.of, count):
            group = level.group[span]
            rows = (z - centre[group]) * np.sqrt(level.scale[span])[:, None]
            if drop is not None:
                rows[drop[group]] = 0.0
            yield rows * np.sqrt(multiplier)

    def _members(self, level: Level) -> Codes:
        """How many units of each group have members in each cell."""
        unit = self.unit if level.of is None else level.of[self.unit]
        key = np.unique(unit * self.cells + self.cell)
        size = len(level.size) * self.cells
        return np.bincount(level.group[key // self.cells] * self.cells + key % self.cells, minlength=size).reshape(-1, self.cells)

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

    def __deepcopy__(self, memo: object) -> Influence:
        return self  # nothing changes it

    def __reduce__(self) -> NoReturn:
        raise InputError(
            "This estimate has too many cells for a covariance matrix and keeps unit totals instead, which are not pickled.",
            "Save its to_frame().",
        )


def covariance_of(influence: Influence) -> Covariance:
    """The covariance of an estimate's cells, dense while that is reasonable."""
    units = influence.units
    simple = units.form is None and influence.lonely in PLAIN and influence.lonely_domain == "none"
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


def _crossproduct(rows: Floats) -> Floats:
    """``rows' rows``; with few columns in pieces too short for a linear algebra library to start threads for."""
    n, cells = rows.shape
    piece = PIECE // cells**2
    if piece < 16 or n <= piece:
        return rows.T @ rows
    whole = n // piece * piece
    pieces = rows[:whole].reshape(-1, piece, cells)
    return np.matmul(pieces.transpose(0, 2, 1), pieces).sum(axis=0) + rows[whole:].T @ rows[whole:]
