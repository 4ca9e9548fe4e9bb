"""Replicates from tables of sampling units: rows are added up once, and replicates are made from the sums.

A replicate weight is ``w f[r, unit] g_r(cell) (1 + x'b_r)``: ``g_r`` the product of the steps that treat the rows of a cell alike, and
``x'b_r`` a linear calibration on what differs from row to row. A total over a replicate's weights is therefore a sum of totals by unit and
cell, of a variable and of its products with x, times ``f``, ``g_r`` and ``b_r``; and so is what each step has to be solved from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import WeightingError
from evidencekit.survey.adjustments.adjustment import Regression, Step
from evidencekit.survey.design.units import cross

__all__ = ["Again", "Condensed", "condensed_of", "solved_in"]

NOBODY_OUT = (
    'What few sampling units hold is lost where one is left out; brr(rho=0.5) and bootstrap(method="generalised") leave nobody out.'
)
ROOM = 20_000_000
FEW = 0.1
SMALL = 20_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Again:
    """A step that replicates do again: on which cells, and the atoms' weights up to it but for the factors that are done again."""

    step: Step
    cell: Codes | None
    cells: int
    base: Floats


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Condensed:
    """What replicates need of the atoms, and what the steps came to in each replicate once that is found.

    `factors` (R, V) of the units; `unit` (A,) each atom's unit and `kind` (A,) its combination of the steps' cells, of which there are
    `kinds`; `cells` each step's cell of every kind, None for the linear calibration; `x` (A, p) what that one is on and `carried` (A, p)
    the same times its tilt, None without one.
    """

    factors: Floats
    unit: Codes
    kind: Codes
    kinds: int
    steps: tuple[Again, ...]
    cells: tuple[Codes | None, ...]
    x: Floats | None
    carried: Floats | None
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def wide(self) -> int:
        """The number of terms in an atom's factor: 1, and what is carried."""
        return 1 if self.carried is None else 1 + self.carried.shape[1]

    def of_atoms(self, span: slice) -> Floats:
        """What the steps multiply the atoms' weights by in some replicates, shape (b, A)."""
        alike, slopes = self.solutions()
        out = alike[span][:, self.kind]
        if slopes is not None and self.carried is not None:
            out *= 1.0 + slopes[span] @ self.carried.T
        return out

    def totals(self, atom: Codes, domain: Codes, values: Floats, domains: int) -> Floats:
        """Totals of every replicate, shape (R, D, c).

        Parameters
        ----------
        atom, domain : (G,) arrays
            Which atom and which domain each entry belongs to.
        values : (G, c) array
            The entries' totals at the weights but for the factors that are done again.
        domains : int
            D.
        """
        c = values.shape[1]
        out = np.empty((len(self.factors), domains, c))
        some = max(1, ROOM // (self._size * c))
        ends = np.array([0, len(domain)])
        if domains > some:
            order = np.argsort(domain, kind="stable")
            atom, domain, values = atom[order], domain[order], values[order]
            ends = np.searchsorted(domain, np.arange(0, domains + some, some))
        for k, start in enumerate(range(0, domains, some)):
            part, stop = slice(ends[k], ends[k + 1]), min(start + some, domains)
            table = self._table(atom[part], domain[part] - start, values[part], stop - start)
            for span, sums in self._times(table):
                out[span, start:stop] = sums.reshape(-1, stop - start, c)
        return out

    def solutions(self) -> tuple[Floats, Floats | None]:
        """The product of the cells' factors in every replicate (R, kinds), and the coefficients of the linear calibration (R, p)."""
        if "solutions" not in self.found:
            alike: Floats = np.ones((len(self.factors), self.kinds))
            slopes: Floats | None = None
            for again, of_kind in zip(self.steps, self.cells, strict=True):
                if of_kind is None:
                    slopes = self._regression(again, alike)
                    continue
                held = self._held(again.base, alike, slopes)
                for r, weights in enumerate(held):
                    cells = summed(of_kind, weights, again.cells)
                    alike[r] *= again.step.factor(cells, solved_in(r, len(held), again.step, cells))[of_kind]
            self.found["solutions"] = alike, slopes
        return self.found["solutions"]

    @property
    def _size(self) -> int:
        return self.factors.shape[1] * self.kinds * self.wide

    def _table(self, atom: Codes, domain: Codes, values: Floats, domains: int) -> Floats:
        """Sums by unit, kind, term and column, shape (V, kinds * wide, D * c)."""
        c, wide = values.shape[1], self.wide
        flat = np.zeros(self._size * domains * c)
        place = (self.unit[atom] * self.kinds + self.kind[atom]) * (wide * domains * c) + domain * c
        for term in range(wide):
            by = 1.0 if self.carried is None or not term else self.carried[atom, term - 1]
            for j in range(c):
                np.add.at(flat, place + (term * domains * c + j), values[:, j] * by)
        return flat.reshape(self.factors.shape[1], self.kinds * wide, domains * c)

    def _times(self, table: Floats) -> Iterator[tuple[slice, Floats]]:
        """A table with every replicate's factors and solutions, some replicates at a time: which, and sums (b, columns)."""
        alike, slopes = self.solutions()
        for span, sums in self._resampled(table):
            by = alike[span]
            if slopes is not None:
                terms = np.column_stack([np.ones(len(by)), slopes[span]])
                by = (by[:, :, None] * terms[:, None, :]).reshape(len(by), -1)
            yield span, np.matmul(by[:, None, :], sums)[:, 0]

    def _resampled(self, table: Floats) -> Iterator[tuple[slice, Floats]]:
        """A table (V, k, c) with every replicate's factors, some replicates at a time: which, and sums (b, k, c)."""
        columns = table[0].size
        flat, size = table.reshape(len(table), columns), max(1, ROOM // columns)
        whole, few, there = self._unchanged(flat)
        for start in range(0, len(self.factors), size):
            span = slice(start, min(start + size, len(self.factors)))
            if whole is None:
                sums = self.factors[span] @ flat
            else:
                changes, gone = self._changes()
                sums = changes[span] @ flat
                sums += whole
                sums[:, few] = np.where(gone[span] @ there < there.sum(axis=0), sums[:, few], 0.0)
            yield span, sums.reshape(len(sums), *table.shape[1:])

    def _unchanged(self, flat: Floats) -> tuple[Floats | None, Codes, Floats]:
        """Where replicates change few units: the sums without a change, which columns a replicate may leave nothing of, and their units.

        What is nought has to be so exactly, as a domain without members is.
        """
        changes, gone = self._changes()
        if changes is None:
            return None, np.empty(0, dtype=np.intp), np.empty(0)
        most = np.diff(gone.indptr).max(initial=0)
        few = np.flatnonzero(np.count_nonzero(flat, axis=0) <= most)
        return flat.sum(axis=0), few, (flat[:, few] != 0).astype(np.float64)

    def _changes(self) -> tuple[Any, Any]:
        """What replicates change, as a sparse table, and whom they leave out; None where they change many units."""
        if "changes" not in self.found:
            self.found["changes"] = _sparse_changes(self.factors) if _changes_few(self.factors) else (None, None)
        return self.found["changes"]

    def _held(self, base: Floats, alike: Floats, slopes: Floats | None) -> Floats:
        """Each replicate's weight by kind before a step, shape (R, kinds)."""
        place = self.unit * self.kinds + self.kind
        columns = [base] if slopes is None or self.carried is None else [base, *(base * x for x in self.carried.T)]
        table = np.column_stack([summed(place, column, self.factors.shape[1] * self.kinds) for column in columns])
        out = np.empty_like(alike)
        for span, sums in self._resampled(table.reshape(-1, self.kinds, len(columns))):
            terms = sums[:, :, 0] if slopes is None else sums[:, :, 0] + np.einsum("rkp,rp->rk", sums[:, :, 1:], slopes[span])
            out[span] = alike[span] * terms
        return out

    def _regression(self, again: Again, alike: Floats) -> Floats:
        """The coefficients of the linear calibration in every replicate, from sums by unit and kind."""
        assert isinstance(again.step, Regression)
        assert self.x is not None
        assert self.carried is not None
        groups, p = self.factors.shape[1] * self.kinds, self.x.shape[1]
        place = self.unit * self.kinds + self.kind
        table = np.zeros((groups, 2 * p + p * p))
        for j, x in enumerate(self.x.T):
            weighted = again.base * x
            table[:, j] = summed(place, weighted, groups)
            table[:, p + j] = summed(place, np.abs(weighted), groups)
        _products(table[:, 2 * p :], place, self.x, again.base, self.carried)
        out = np.empty((len(self.factors), 2 * p + p * p))
        for span, sums in self._resampled(table.reshape(-1, self.kinds, table.shape[1])):
            out[span] = np.matmul(alike[span][:, None, :], sums)[:, 0]
        try:
            return again.step.regressed(out[:, :p], out[:, p : 2 * p], out[:, 2 * p :].reshape(-1, p, p))
        except WeightingError as trouble:
            raise WeightingError(trouble.what, f"{trouble.fix} {NOBODY_OUT}") from None

    def below(self) -> int:
        """In how many replicates an atom's factor is negative, as linear calibrations may make it.

        Only replicates where that could be so somewhere within the covariates' ranges are looked at atom by atom.
        """
        if "below" not in self.found:
            alike, slopes = self.solutions()
            suspect = (alike < 0).any(axis=1)
            if slopes is not None and self.carried is not None:
                low, high = self.carried.min(axis=0), self.carried.max(axis=0)
                suspect |= np.minimum(slopes * low, slopes * high).sum(axis=1) < -1.0
            spans = (slice(r, r + 1) for r in np.flatnonzero(suspect).tolist())
            self.found["below"] = sum(bool((self.of_atoms(span)[0] * self.factors[span][0, self.unit] < 0).any()) for span in spans)
        return self.found["below"]


def solved_in(r: int, count: int, step: Step, cells: Floats) -> Any:
    """What a step comes to in a replicate; a failure says in which."""
    try:
        return step.solve(cells)
    except WeightingError as trouble:
        raise _in_replicate(trouble, r, count) from None


def _in_replicate(trouble: WeightingError, r: int, count: int) -> WeightingError:
    return WeightingError(f"{trouble.what.rstrip('.')} (in replicate {r + 1} of {count}).", f"{trouble.fix} {NOBODY_OUT}")


def condensed_of(factors: Floats, unit: Codes | None, steps: Sequence[Again]) -> Condensed | None:
    """The condensed form of replicates; None where a step is not of that form, or the tables would be larger than the atoms.

    Parameters
    ----------
    factors : (R, V) array
        Factors of the units.
    unit : (A,) array or None
        Each atom's unit; None when they are the same.
    steps : sequence of Again
        In the order they are done again.
    """
    if not steps:
        return None
    atoms, units = len(steps[0].base), factors.shape[1]
    own = [again for again in steps if again.cell is None]
    parts = [(again.cell, again.cells) for again in steps if again.cell is not None]
    regression = own[0].step if own else None
    linear = regression.linear() if isinstance(regression, Regression) else None
    if len(own) > 1 or (own and linear is None):
        return None
    kind, kinds, example = cross(parts) if parts else (np.zeros(atoms, dtype=np.intp), 1, np.zeros(1, dtype=np.intp))
    p = 0 if linear is None else linear[0].shape[1]
    most = ROOM // 2 if _changes_few(factors) else max(4 * atoms, SMALL)
    if units * kinds * (1 + p) > most or units * kinds * p * (p + 2) > ROOM or len(factors) * kinds * (1 + p) > ROOM:
        return None
    cells = tuple(None if again.cell is None else again.cell[example] for again in steps)
    unit = np.arange(atoms) if unit is None else unit
    return Condensed(factors, unit, kind, kinds, tuple(steps), cells, *(linear or (None, None)))


def _changes_few(factors: Floats) -> bool:
    """Whether each replicate changes the weights of few units, as a jackknife within strata does."""
    return int(np.count_nonzero(factors != 1)) < FEW * factors.size


def _sparse_changes(factors: Floats) -> tuple[Any, Any]:
    from scipy.sparse import csr_array

    row, column = np.nonzero(factors != 1)
    value = factors[row, column]
    left_out = value == 0
    gone = csr_array((np.ones(int(left_out.sum())), (row[left_out], column[left_out])), shape=factors.shape)
    return csr_array((value - 1.0, (row, column)), shape=factors.shape), gone


def _products(out: Floats, place: Codes, x: Floats, weight: Floats, z: Floats) -> None:
    """``X' diag(weight) Z`` within each place, as rows of `out` (groups, p * p)."""
    order = np.argsort(place, kind="stable")
    place = place[order]
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    p = x.shape[1]
    for start, stop in zip(starts, [*starts[1:], len(place)], strict=True):
        rows = order[start:stop]
        out[place[start]] = (x[rows].T @ (weight[rows, None] * z[rows])).reshape(p * p)
