"""Variance after calibration: what the weights were calibrated on explains part of a variable, and only the residual varies.

Write w0, w1, ..., wK for the weights before and after each step and x_k for its covariates. Going back from the last step to the first,
the variable v (at the start, the linearised statistic) becomes ``g_k (v - x_k B_k)`` with ``g_k = w_k / w_(k-1)`` and ``B_k`` its
regression on x_k with weights ``w_(k-1)``. A unit's linearised total is then its total of ``wK v`` less its totals of ``w_k x_k B_k``.
Where a step's totals were estimated from the sample itself, what it explains comes back at the weights before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.survey.adjustment import Adjustment
from evidencekit.survey.products import between, inverse_of, over, side_by_side, solved, unit_totals

__all__ = ["Projection", "phased_projection", "projection_of"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Projection:
    """The regressions of a chain of adjustments, ready for any variable.

    `steps` are the adjustments that have covariates; `rows` their row weights, by which a variable's sums over ``x_k`` are taken;
    `units` (units, P) are each unit's totals of all covariates, `inverses` and `between` the matrices of the recursion, sparse or diagonal
    where covariates are the classes of a partition; a pair of steps that is not in `between` has nothing in common. After two phases of
    sampling the first `split` covariates are for the variance of phase 2, the others for that of phase 1 (None: all for both).
    """

    steps: tuple[Adjustment, ...]
    rows: tuple[Floats, ...]
    units: Any
    inverses: tuple[Floats, ...]
    between: dict[tuple[int, int], Any]
    split: int | None = None

    @property
    def size(self) -> int:
        """P, the number of covariates of all steps."""
        return self.units.shape[1]

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
        """Minus the coefficients of the regressions, shape (P, cells), from the linearised statistics' sums over the covariates."""
        ends = np.cumsum([0, *(s.covariates.shape[1] for s in self.steps if s.covariates is not None)])
        found: dict[int, Floats] = {}
        for k in reversed(range(len(self.steps))):
            left = sums[ends[k] : ends[k + 1]]
            for j, coefficients in found.items():
                left = left - self.between[k, j] @ coefficients if (k, j) in self.between else left
            found[k] = solved(self.inverses[k], left)
        return -np.vstack([found[k] for k in range(len(self.steps))])


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
    rows, inverses, pairs = [], [], {}
    for k, step in enumerate(steps):
        ratio, tilt = step.ratio, _tilt(step)
        back = np.divide(1.0, ratio, out=np.zeros_like(ratio), where=ratio > 0) * tilt
        rows.append(final * back)
        inverses.append(inverse_of(step, np.where(ratio > 0, step.before, 0.0) * tilt))
        for j in range(k + 1, len(steps)):
            pairs[k, j] = between(step, steps[j], counted[j] * back)
    totals = side_by_side([unit_totals(s, unit, c, units) for s, c in zip(steps, counted, strict=True)])
    return Projection(steps, tuple(rows), totals, tuple(inverses), pairs)


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
        return replace(second, split=second.size)
    steps, start = (*second.steps, *first.steps), len(second.steps)
    pairs = {**second.between, **{(k + start, j + start): m for (k, j), m in first.between.items()}}
    totals = side_by_side([second.units, first.units])
    return Projection(steps, (*second.rows, *first.rows), totals, (*second.inverses, *first.inverses), pairs, second.size)


def _tilt(step: Adjustment) -> Floats | float:
    return 1.0 if step.tilt is None else step.tilt if step.cell is None else step.tilt[step.cell]
