"""CountSystem: whole numbers of people that are not known, what is known of their sums, and how far that narrows a sum.

It knows nothing of surveys. An intruder who has read tables knows linear equations and inequalities over the numbers of people in the
finest cells; these are whole and not negative. What she can say of a group is the smallest and the largest number it has in any
solution. Two kinds of evidence are kept apart. A *witness* is a whole solution, checked in exact arithmetic: it shows that a number is
possible. A *bound* is what the solver proved: it shows that no more, or no less, is possible. Safety is only ever concluded from
witnesses, so a solver that stops early cannot make anything look safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from evidencekit.columns import Floats
from evidencekit.disclosure.progress import heard
from evidencekit.disclosure.tables.solving import CLOSE

__all__ = ["CountSystem", "Extreme", "Row"]

Counts = NDArray[np.int64]
NODES = 20_000  # of the branching, for one question; seconds would make answers depend on the machine


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """``low <= coefficients . x <= high`` over some of the unknowns; whole coefficients, None where there is no limit."""

    at: NDArray[np.intp]
    coefficients: Counts
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Extreme:
    """The largest or smallest value of a sum: what was reached, in which solution, and what was proven to be out of reach."""

    reached: int | None
    bound: float
    witness: Counts | None

    @property
    def proven(self) -> bool:
        """Whether nothing beyond what was reached is possible."""
        return self.reached is not None and self.reached == self.bound


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CountSystem:
    """Unknown whole numbers from 0 to `upper`, and rows that hold of them.

    Parameters
    ----------
    size : int
        How many unknowns there are.
    rows : sequence of Row
        What is known.
    upper : (size,) array of int
        The most that each can be; 0 where nobody is.
    nodes : int
        How long the solver may branch over one question, 20,000 nodes by default.

    Examples
    --------
    >>> import numpy as np
    >>> from evidencekit.disclosure.ledger.systems import CountSystem, Row
    >>> both, ones = np.arange(2), np.ones(2, dtype=np.int64)
    >>> pair = CountSystem(2, [Row(both, ones, 7, 7), Row(both[:1], ones[:1], 3, None)], np.array([100, 100]))
    >>> pair.interval(np.array([1]))
    (0, 4)
    """

    size: int
    rows: Sequence[Row]
    upper: Counts
    nodes: int = NODES
    matrix: Any = field(init=False)
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    scaled: Any = field(init=False)

    def __post_init__(self) -> None:
        at = np.concatenate([r.at for r in self.rows]) if self.rows else np.zeros(0, dtype=np.intp)
        values = np.concatenate([r.coefficients for r in self.rows]) if self.rows else np.zeros(0, dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum([len(r.at) for r in self.rows])]).astype(np.int64)
        matrix = sparse.csr_array((values, at, starts), shape=(len(self.rows), self.size))
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "low", np.array([-np.inf if r.low is None else r.low for r in self.rows], dtype=np.float64))
        object.__setattr__(self, "high", np.array([np.inf if r.high is None else r.high for r in self.rows], dtype=np.float64))
        # Rows with decimals were multiplied to be whole; the solver gets them as they were, since its tolerance is absolute.
        scale = np.array([1.0 / max(1, int(np.abs(r.coefficients).max(initial=1))) for r in self.rows], dtype=np.float64)
        smaller = sparse.csr_array(sparse.diags_array(scale) @ matrix.astype(np.float64))
        object.__setattr__(self, "scaled", (smaller, self.low * scale, self.high * scale))

    def fits(self, x: Counts) -> bool:
        """Whether whole numbers solve the system, in exact arithmetic."""
        if (x < 0).any() or (x > self.upper).any():
            return False
        sums = self.matrix @ x
        return bool((sums >= self.low).all() and (sums <= self.high).all())

    def contradicts_itself(self) -> bool | None:
        """Whether it has no solution; None where the solver could not tell."""
        found = self._solved(np.zeros(self.size))
        return True if found.status == 2 else False if self._witness(found) is not None else None

    def extreme(self, target: NDArray[np.intp], *, most: bool) -> Extreme:
        """The largest (or smallest) sum of the unknowns at `target`.

        Parameters
        ----------
        target : array of int
            Which unknowns are added up.
        most : bool
            Whether the largest is wanted.
        """
        cost = np.zeros(self.size)
        cost[target] = -1.0 if most else 1.0
        return self.directed(cost, target, most=most)

    def directed(self, cost: Floats, target: NDArray[np.intp], *, most: bool) -> Extreme:
        """The solution that is best by `cost`, and what is known of the sum at `target` if it is the one that cost was made of."""
        found = self._solved(cost)
        bound = float(self.upper[target].sum()) if most else 0.0
        proven = getattr(found, "mip_dual_bound", None)
        if proven is not None and np.isfinite(proven):
            bound = min(bound, float(np.floor(-proven + CLOSE))) if most else max(bound, float(np.ceil(proven - CLOSE)))
        x = self._witness(found)
        return Extreme(None if x is None else int(x[target].sum()), bound, x)

    def interval(self, target: NDArray[np.intp]) -> tuple[float, float]:
        """What can be said of a sum: the smallest and the largest value that are not proven to be out of reach."""
        ends = (self.extreme(target, most=False).bound, self.extreme(target, most=True).bound)
        return (int(ends[0]), int(ends[1]))

    def used(self, target: NDArray[np.intp], *, most: bool) -> tuple[float, NDArray[np.intp]]:
        """The bound on a sum without asking for whole numbers, and the rows from which it follows (those with a price)."""
        cost = np.zeros(self.size)
        cost[target] = -1.0 if most else 1.0
        matrix, low, high = self.scaled
        same = low == high
        above, below = np.flatnonzero(~same & np.isfinite(high)), np.flatnonzero(~same & np.isfinite(low))
        sides = sparse.vstack([matrix[above], -matrix[below]]) if len(above) + len(below) else None
        solve: Any = optimize.linprog  # its stubs know no sparse matrices
        found: Any = solve(
            cost,
            A_ub=sides,
            b_ub=np.concatenate([high[above], -low[below]]) if sides is not None else None,
            A_eq=matrix[np.flatnonzero(same)] if same.any() else None,
            b_eq=low[same] if same.any() else None,
            bounds=[(0, int(end)) for end in self.upper],
            method="highs",
        )
        if found.status != 0:
            return (np.inf if most else 0.0), np.zeros(0, dtype=np.intp)
        prices = np.zeros(len(self.rows))
        if same.any():
            prices[same] += np.abs(found.eqlin.marginals)
        if sides is not None:
            np.add.at(prices, np.concatenate([above, below]), np.abs(found.ineqlin.marginals))
        value = np.floor(-found.fun + CLOSE) if most else np.ceil(found.fun - CLOSE)
        return float(value), np.flatnonzero(prices > 1e-9)

    def _solved(self, cost: Floats) -> Any:
        constraints = [optimize.LinearConstraint(*self.scaled)] if len(self.rows) else []
        return heard(
            lambda: optimize.milp(
                cost,
                constraints=constraints,
                integrality=np.ones(self.size, dtype=np.int64),
                bounds=optimize.Bounds(np.zeros(self.size), self.upper.astype(np.float64)),
                options={"node_limit": self.nodes, "mip_rel_gap": 0.0},
            )
        )

    def _witness(self, found: Any) -> Counts | None:
        if found.x is None:
            return None
        x = np.rint(found.x).astype(np.int64)
        return x if self.fits(x) else None
