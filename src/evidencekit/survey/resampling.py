"""Replicate weights as a small table: a factor per replicate and sampling unit, and the weighting steps done again on each.

A replicate weight is ``w f[r, unit] g_r(cell)``: `w` the first weight, `f` the table here, and ``g_r`` the adjustments made again from the
replicate's own weights. Rows that share a unit and all cells of the adjustments share their factor, and are an *atom*; nothing of size
rows by replicates is ever made, unless an adjustment treats each row by itself, and then a few replicates at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.survey.adjustment import Adjustment
from evidencekit.survey.units import Units, cross

__all__ = ["Replayed", "Resampling", "atoms_of", "rank_of"]

SIZE = 8_000_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Resampling:
    """Factors on the weights of sampling units, one row a replicate.

    `factors` (R, V); `unit` maps the design's finest unit to a column of it (None: they are the same); `scales` (R,) multiply squared
    deviations, which are taken from the full-sample estimate when `mse`; `df` is what the design itself allows (infinite: unknown).
    """

    words: str
    factors: Floats
    unit: Codes | None
    scales: Floats
    mse: bool
    df: float
    rank: int
    jackknife: bool = False

    @property
    def count(self) -> int:
        """R, the number of replicates."""
        return len(self.factors)

    @property
    def degrees(self) -> float:
        """The smaller of the design's degrees of freedom and the rank of the factors less one."""
        return min(self.df, self.rank - 1.0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Replayed:
    """The weights of every replicate, relative to the full-sample weights, atom by atom.

    `unit` (A,) is each atom's column of the factors; `first` and `last` (A,) its weights before and after all steps; `cells` each step's
    cell per atom (None: the atom itself).
    """

    resampling: Resampling
    unit: Codes | None
    first: Floats
    last: Floats
    steps: tuple[Adjustment, ...]
    cells: tuple[Codes | None, ...]
    kept: dict[int, list[object]]

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """Some replicates at a time: which, and their factors on the full-sample weights, shape (b, A)."""
        count, size = self.resampling.count, max(1, SIZE // max(1, len(self.last)))
        for start in range(0, count, size):
            span = slice(start, min(start + size, count))
            yield span, self._factors(span)

    def _factors(self, span: slice) -> Floats:
        f = self.resampling.factors[span]
        f = f if self.unit is None else f[:, self.unit]
        if not self.steps:
            return f
        weights = f * self.first
        for row, r in enumerate(range(span.start, span.stop)):
            weights[row] = self._redone(r, weights[row])
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.last > 0, weights / self.last, 0.0)

    def _redone(self, r: int, weights: Floats) -> Floats:
        """One replicate's weights after all steps; what each step came to is kept, so that it is found once."""
        solutions = self.kept.setdefault(r, [])
        for k, (step, cell) in enumerate(zip(self.steps, self.cells, strict=True)):
            cells = weights if cell is None else summed(cell, weights, step.cells)
            if k == len(solutions):
                solutions.append(step.step.solve(cells))
            factor = step.step.factor(cells, solutions[k])
            weights = weights * (factor if cell is None else factor[cell])
        return weights


def atoms_of(units: Units, adjustments: Sequence[Adjustment], resampling: Resampling, w: Floats) -> tuple[Units, Replayed]:
    """The design's units split so that all rows of one share every factor, and the factors.

    Parameters
    ----------
    units : Units
        The design.
    adjustments : sequence of Adjustment
        What was done to the weights.
    resampling : Resampling
        The factors of the design's units.
    w : (n,) array
        The weights after all adjustments.
    """
    first = adjustments[0].before if adjustments else w
    split = [a.cell for a in adjustments]
    rowwise = any(c is None for c in split)
    if rowwise or (split and units.row is None):
        made, inside = replace(units, row=None, n=len(w), levels=()), units.row
        cells = [None if c is None else c for c in split]
    elif split:
        assert units.row is not None
        parts = [(units.row, units.n), *((c, a.cells) for c, a in zip(split, adjustments, strict=True) if c is not None)]
        row, count, example = cross(parts)
        inside = units.row[example]
        made = replace(units, row=row, n=count, levels=())
        cells = [None if c is None else c[example] for c in split]
        first, w = summed(row, first, count), summed(row, w, count)
    else:
        made, inside, cells = units, None, []
        if units.row is not None:
            w = summed(units.row, w, units.n)
    if inside is not None:
        made = replace(made, psu=inside if units.psu is None else units.psu[inside])
    unit = resampling.unit
    if inside is not None:
        unit = inside if unit is None else unit[inside]
    return made, Replayed(resampling, unit, first, w, tuple(adjustments), tuple(cells), {})


def rank_of(factors: Floats) -> int:
    """The rank of a table of factors, from the smaller of its two crossproducts."""
    gram = factors @ factors.T if len(factors) <= factors.shape[1] else factors.T @ factors
    values = np.linalg.eigvalsh(gram)
    return int((values > 1e-10 * values[-1]).sum()) if len(values) else 0
