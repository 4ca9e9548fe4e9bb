"""What was done to the weights, kept with the survey so that variances know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, summed

__all__ = ["Adjustment", "Known", "Partition", "Regression", "Step", "inside_of"]


class Step(Protocol):
    """One way of changing weights, which can be done again on the weights of a replicate.

    Rows are gathered in cells that are treated alike (or each row is a cell of its own).
    """

    def solve(self, weights: Floats) -> Any:
        """What the change comes to for these cell weights; small, so that it can be kept for every replicate."""
        ...

    def factor(self, weights: Floats, solution: Any) -> Floats:
        """The factor on each cell's weights."""
        ...


@runtime_checkable
class Regression(Protocol):
    """A step that may be a linear calibration: the factor on a cell is then ``1 + z'b`` with b found from sums alone."""

    def linear(self) -> tuple[Floats, Floats] | None:
        """The covariates x (cells, p) and z, which are x times how much each cell counts; None when the factor is not of that form."""
        ...

    def regressed(self, sums: Floats, reach: Floats, products: Floats) -> Floats:
        """The coefficients b (R, p) of replicates, from their sums of x and of its absolute values (R, p) and of ``x z'`` (R, p, p)."""
        ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Partition:
    """Covariates that say which one of many classes a cell is in: indicators, without their zeros.

    `group` (cells,) is each cell's class, -1 in none; `count` how many classes there are.
    """

    group: Codes
    count: int

    def __len__(self) -> int:
        return len(self.group)

    @property
    def shape(self) -> tuple[int, int]:
        """Cells and classes."""
        return len(self.group), self.count

    def sums(self, weights: Floats) -> Floats:
        """The sums of cell weights by class."""
        return summed(self.group, weights, self.count + 1)[:-1]  # -1, in no class, is the last place

    def dense(self) -> Floats:
        """The indicators themselves, shape (cells, classes)."""
        return (self.group[:, None] == np.arange(self.count)).astype(np.float64)


def inside_of(covariates: Floats | Partition) -> NDArray[np.bool_]:
    """The cells that have covariates other than 0."""
    return covariates.group >= 0 if isinstance(covariates, Partition) else np.asarray(covariates.any(axis=1))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Known:
    """The totals that weights were calibrated to, one entry each: `names` the variable, `levels` its level (empty for a number).

    `numbers` tell which are of numeric columns, rather than numbers of people.

    `covariates` (cells, p) and `cell` (n,) are what the totals are of, cell by cell; `cell` is None when every row is one. `shares` are
    those of the weights calibrated where no more than shares is known, else None.
    """

    names: tuple[str, ...]
    levels: tuple[str, ...]
    numbers: tuple[bool, ...]
    targets: Floats
    covariates: Floats | Partition
    cell: Codes | None
    shares: Floats | None = None

    def reached(self, weights: Floats, *, absolute: bool = False) -> Floats:
        """The totals that row weights give; `absolute`: those of the covariates without their signs."""
        x = self.covariates
        held = weights if self.cell is None else summed(self.cell, weights, len(x))
        return x.sums(held) if isinstance(x, Partition) else held @ (np.abs(x) if absolute else x)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Adjustment:
    """One step from one set of weights to the next.

    Parameters
    ----------
    words : str
        What was done, for notes and provenance.
    step : Step or None
        How it is done again on replicates. None: every row keeps the factor it got, as after trimming.
    cell : (n,) array or None
        Each row's cell; None when every row is a cell of its own.
    covariates : (cells, p) array, Partition or None
        What the weights were calibrated on. None: the factors are taken as fixed, as after trimming.
    tilt : (cells,) array or None
        How much each cell counts in the calibration's regression beside its weight: one over the assumed variance.
    before, after : (n,) array
        The weights.
    estimated : bool
        The totals were themselves estimated from this sample (as in non-response adjustment), and not known.
    to_phase1 : bool
        The totals are those of the first phase of a two-phase sample: what they explain still varies as phase 1 does.
    known : Known or None
        The totals of a calibration, for reports.
    shares : (p,) array or None
        How much the totals grow with the sum of the weights calibrated, where no more than shares is known; None: totals are known.
    cut : int
        How many weights were cut, in trimming.
    """

    words: str
    step: Step | None
    cell: Codes | None
    covariates: Floats | Partition | None
    tilt: Floats | None = None
    before: Floats
    after: Floats
    estimated: bool = False
    to_phase1: bool = False
    known: Known | None = None
    shares: Floats | None = None
    cut: int = 0

    @property
    def inside(self) -> NDArray[np.bool_]:
        """The cells that were calibrated."""
        assert self.covariates is not None
        return inside_of(self.covariates)

    @property
    def cells(self) -> int:
        """The number of cells; rows where every row is one."""
        if self.cell is None:
            return len(self.before)
        return len(self.covariates) if self.covariates is not None else int(self.cell.max(initial=-1)) + 1

    @property
    def ratio(self) -> Floats:
        """The factor on each row's weight; 1 where there was no weight."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.before > 0, self.after / self.before, 1.0)
