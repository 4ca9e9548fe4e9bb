"""Variance after calibration: what the weights were calibrated on explains part of a variable, and only the residual varies.

Write w0, w1, ..., wK for the weights before and after each step and x_k for its covariates. Going back from the last step to the first,
the variable v (at the start, the linearised statistic) becomes ``g_k (v - x_k B_k)`` with ``g_k = w_k / w_(k-1)`` and ``B_k`` its
regression on x_k with weights ``w_(k-1)``. A unit's linearised total is then its total of ``wK v`` less its totals of ``w_k x_k B_k``.
Where a step's totals were estimated from the sample itself, what it explains comes back at the weights before it; where no more than
their shares s_k were known, the average ``s_k B_k`` does, since the number of people was estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.survey.adjustments.adjustment import Adjustment
from evidencekit.survey.adjustments.products import between, inverse_of, over, side_by_side, solved, unit_totals

__all__ = ["Projection", "phased_projection", "projection_of"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Projection:
    """The regressions of a chain of adjustments, ready for any variable.

    `steps` are the adjustments that have covariates; `rows` their row weights, by which a variable's sums over ``x_k`` are taken;
    `units` are each unit's totals, step by step: of the covariates, and after those of a step with shares, of the weight before it.
    `inverses` and `between` are the matrices of the recursion, sparse or diagonal where covariates are the classes of a partition; a pair
    of steps that is not in `between` has nothing in common. `grown` are the vectors that go with a later step's shares. After two phases
    of sampling the first `split` columns of `units` are for the variance of phase 2, the others for that of phase 1 (None: all for both).
    """

    steps: tuple[Adjustment, ...]
    rows: tuple[Floats, ...]
    units: Any
    inverses: tuple[Floats, ...]
    between: dict[tuple[int, int], Any]
    grown: dict[tuple[int, int], Floats]
    split: int | None = None

    @property
    def size(self) -> int:
        """P, the number of covariates of all steps."""
        return sum(s.covariates.shape[1] for s in self.steps if s.covariates is not None)

    def sums(self, values: Floats | None, rows: Codes | None, domain: Codes | None, domains: int) -> Floats:
        """A variable's sums over the covariates by domain, shape (P, D).

        Parameters
        ----------
        values : (m,) array or None
            The variable in the rows used; None counts rows.
        rows : (m,) array or None
            Which rows are used; None means all.
        domain : (m,) array or None
            Their domains; None when there is one.
        domains : int
            D.
        """
        out = []
        for step, weight in zip(self.steps, self.rows, strict=True):
            w = weight if rows is None else weight[rows]
            amount = w if values is None else w * values
            out.append(over(step, rows, domain, amount, domains))
        return np.vstack(out)

    def loadings(self, sums: Floats) -> Floats:
        """What the columns of `units` are multiplied by, cell by cell, from the linearised statistics' sums over the covariates.

        That is minus the coefficients of the regressions, and for the weight before a step with shares, what the shares explain.
        """
        ends = np.cumsum([0, *(s.covariates.shape[1] for s in self.steps if s.covariates is not None)])
        found: dict[int, Floats] = {}
        for k in reversed(range(len(self.steps))):
            left = sums[ends[k] : ends[k + 1]]
            for j, coefficients in found.items():
                left = left - self.between[k, j] @ coefficients if (k, j) in self.between else left
                shares = self.steps[j].shares
                left = left if shares is None or (k, j) not in self.grown else left + np.outer(self.grown[k, j], shares @ coefficients)
            found[k] = solved(self.inverses[k], left)
        parts = []
        for k, step in enumerate(self.steps):
            parts += [-found[k]] if step.shares is None else [-found[k], (step.shares @ found[k])[None]]
        return np.vstack(parts)


def projection_of(adjustments: Sequence[Adjustment], unit: Codes | None, units: int) -> Projection | None:
    """The projection of a survey's adjustments; None when no step has covariates.

    Parameters
    ----------
    adjustments : sequence of Adjustment
        In the order they were made.
    unit : (n,) array or None
        Each row's variance unit; None when each row is one.
    units : int
        How many there are.

    References
    ----------
    Deville and Sarndal (1992), JASA 87, 376-382. Lumley (2010), Complex Surveys, section 7.2.
    """
    steps = tuple(a for a in adjustments if a.covariates is not None)
    if not steps:
        return None
    final = adjustments[-1].after
    counted = [s.after - s.before if s.estimated else s.after for s in steps]
    rows, inverses, pairs, grown = [], [], {}, {}
    for k, step in enumerate(steps):
        ratio, tilt = step.ratio, _tilt(step)
        back = np.divide(1.0, ratio, out=np.zeros_like(ratio), where=ratio > 0) * tilt
        rows.append(final * back)
        inverses.append(inverse_of(step, np.where(ratio > 0, step.before, 0.0) * tilt))
        for j in range(k + 1, len(steps)):
            pairs[k, j] = between(step, steps[j], counted[j] * back)
            if steps[j].shares is not None:
                grown[k, j] = over(step, None, None, _calibrated(steps[j]) * back, 1)[:, 0]
    tables = []
    for step, weight in zip(steps, counted, strict=True):
        tables.append(unit_totals(step, unit, weight, units))
        if step.shares is not None:
            whole = _calibrated(step)
            tables.append((whole if unit is None else summed(unit, whole, units))[:, None])
    return Projection(steps, tuple(rows), side_by_side(tables), tuple(inverses), pairs, grown)


def phased_projection(adjustments: Sequence[Adjustment], unit: Codes | None, units: int) -> Projection | None:
    """The projection after two phases of sampling: calibration to totals of phase 1 leaves phase 1's variance as it was.

    Parameters
    ----------
    adjustments, unit, units
        As for `projection_of`.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 9.7. Lumley (2010), section 8.4.
    """
    second = projection_of(adjustments, unit, units)
    if second is None or not any(a.to_phase1 for a in adjustments):
        return second
    first = projection_of([replace(a, covariates=None) if a.to_phase1 else a for a in adjustments], unit, units)
    if first is None:
        return replace(second, split=second.units.shape[1])
    steps, start = (*second.steps, *first.steps), len(second.steps)
    pairs = {**second.between, **{(k + start, j + start): m for (k, j), m in first.between.items()}}
    grown = {**second.grown, **{(k + start, j + start): m for (k, j), m in first.grown.items()}}
    totals = side_by_side([second.units, first.units])
    inverses = (*second.inverses, *first.inverses)
    return Projection(steps, (*second.rows, *first.rows), totals, inverses, pairs, grown, second.units.shape[1])


def _calibrated(step: Adjustment) -> Floats:
    """The weights before a step of the rows that were calibrated, 0 in other rows."""
    return step.before * (step.inside if step.cell is None else step.inside[step.cell])


def _tilt(step: Adjustment) -> Floats | float:
    return 1.0 if step.tilt is None else step.tilt if step.cell is None else step.tilt[step.cell]
