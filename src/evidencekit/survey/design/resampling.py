"""Replicate weights as a small table: a factor per replicate and sampling unit, and the weighting steps done again on each.

A replicate weight is ``w f[r, unit] g_r(cell)``: `w` the first weight, `f` the table here, and ``g_r`` the adjustments made again from the
replicate's own weights. Rows that share a unit and all cells of the adjustments share their factor, and are an *atom*; nothing of size
rows by replicates is ever made, unless an adjustment treats each row by itself, and then a few replicates at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.survey.adjustments.adjustment import Adjustment
from evidencekit.survey.design.condensing import Again, Condensed, condensed_of, solved_in
from evidencekit.survey.design.units import Units, cross

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

    `unit` (A,) is each atom's column of the factors; `steps` are those done again; `base` (A,) the atoms' weights after all steps but for
    the factors that are done again, and `last` (A,) with them; `condensed` the same added up by unit, where that is possible.
    """

    resampling: Resampling
    unit: Codes | None
    steps: tuple[Again, ...]
    base: Floats
    last: Floats
    condensed: Condensed | None = None
    kept: dict[int, list[object]] = field(default_factory=dict)

    @property
    def remaining(self) -> Floats:
        """The atoms' weights but for the factors that are done again, relative to the full-sample weights."""
        return np.divide(self.base, self.last, out=np.zeros_like(self.base), where=self.last != 0)

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
        if self.condensed is not None:
            made = self.condensed.of_atoms(span)
            made *= f
        else:
            made = np.array(f)
            for row, r in enumerate(range(span.start, span.stop)):
                self._again(r, made[row])
        made *= self.remaining
        return made

    def _again(self, r: int, factor: Floats) -> None:
        """Multiply one replicate's factors by those of all steps; what each step came to is kept, so that it is found once."""
        solutions = self.kept.setdefault(r, [])
        for k, again in enumerate(self.steps):
            weights = again.base * factor
            cells = weights if again.cell is None else summed(again.cell, weights, again.cells)
            if k == len(solutions):
                solutions.append(solved_in(r, self.resampling.count, again.step, cells))
            g = again.step.factor(cells, solutions[k])
            factor *= g if again.cell is None else g[again.cell]


def atoms_of(units: Units, adjustments: Sequence[Adjustment], resampling: Resampling, w: Floats) -> tuple[Units, Replayed]:
    """The design's units split so that all rows of one share every factor that is done again, and those factors.

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
    moving = [a for a in adjustments if a.step is not None]
    made, example = _split(units, moving, len(w))
    row = made.row

    def gathered(values: Floats) -> Floats:
        return values if row is None else summed(row, values, made.n)

    again: list[Again] = []
    fixed = adjustments[0].before if adjustments else w
    for a in adjustments:
        if a.step is None:
            fixed = fixed * a.ratio
        else:
            cell = a.cell if a.cell is None or example is None else a.cell[example]
            again.append(Again(a.step, cell, a.cells, gathered(fixed)))
    unit = resampling.unit
    if made is not units:
        inside = units.row if example is None else example if units.row is None else units.row[example]
        if inside is not None:
            made = replace(made, psu=inside if units.psu is None else units.psu[inside])
            unit = inside if unit is None else unit[inside]
    condensed = condensed_of(resampling.factors, unit, again)
    return made, Replayed(resampling, unit, tuple(again), gathered(fixed), gathered(w), condensed)


def _split(units: Units, moving: Sequence[Adjustment], n: int) -> tuple[Units, Codes | None]:
    """The units by the cells of the steps, and a row of each atom (None: rows and atoms are the same, or nothing was split)."""
    if not moving:
        return units, None
    if units.row is None or any(a.cell is None for a in moving):
        return replace(units, row=None, n=n, levels=()), None
    parts = [(units.row, units.n), *((a.cell, a.cells) for a in moving if a.cell is not None)]
    row, count, example = cross(parts)
    return replace(units, row=row, n=count, levels=()), example


def rank_of(factors: Floats) -> int:
    """The rank of a table of factors.

    A few of the columns often show that all rows are independent; only otherwise is the whole table looked at.
    """
    few = factors[:, :: max(1, factors.shape[1] // (2 * len(factors)))]
    if few.shape[1] >= len(few):
        try:
            diagonal = np.diagonal(np.linalg.cholesky(few @ few.T))
        except np.linalg.LinAlgError:
            pass
        else:
            if diagonal.min() > 1e-3 * diagonal.max():
                return len(factors)
    gram = factors @ factors.T if len(factors) <= factors.shape[1] else factors.T @ factors
    values = np.linalg.eigvalsh(gram)
    return int((values > 1e-10 * values[-1]).sum()) if len(values) else 0
