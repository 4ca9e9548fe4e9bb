"""The door to scipy's HiGHS: linear and integer programmes over sparse sums."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from evidencekit.columns import Floats
from evidencekit.disclosure.progress import heard

__all__ = ["CLOSE", "WholeSolution", "least", "least_whole", "least_with_prices"]

CLOSE = 1e-6  # numbers of people that a solver gave are the same up to this


def least(costs: Floats, sums: csr_array, right: Floats, *, low: Floats, high: Floats) -> Floats | None:
    """The vertex x with ``sums @ x == right`` and ``low <= x <= high`` at which ``costs @ x`` is least; None where there is none.

    `milp` without whole numbers is the same solver as `linprog`, and spends half the time on programmes as small as these.
    """
    solve: Any = milp
    rows = [LinearConstraint(sums, right, right)] if sums.shape[0] else []
    return solve(costs, bounds=Bounds(low, high), constraints=rows, options={"presolve": False}).x


def least_with_prices(costs: Floats, sums: csr_array, *, low: Floats, high: Floats) -> tuple[float, Floats, Floats]:
    """The least of ``costs @ x`` where ``sums @ x == 0``, with what it would change per unit of each lower and upper bound."""
    solve: Any = linprog
    none, bounds = np.zeros(sums.shape[0]), np.column_stack([low, high])
    found = solve(costs, A_eq=sums, b_eq=none, bounds=bounds, method="highs", options={"presolve": False})
    return float(found.fun), np.abs(found.lower.marginals), np.abs(found.upper.marginals)


class WholeSolution(NamedTuple):
    """A whole-number solution, whether it is proven to be the best, and the bound that none can go below."""

    x: Floats | None
    proven: bool
    bound: float


def least_whole(costs: Floats, cover: csr_array, *, seconds: float, nodes: int) -> WholeSolution:
    """The x of 0 and 1 with ``cover @ x >= 1`` at least cost, or what is known of it when time or nodes run out."""
    solve: Any = milp
    options: dict[str, float] = {"mip_rel_gap": 0.0}
    if np.isfinite(seconds):
        options["time_limit"] = max(seconds, 0.1)
    if nodes:
        options["node_limit"] = nodes
    found = heard(
        lambda: solve(
            costs,
            integrality=np.ones(len(costs)),
            bounds=Bounds(np.zeros(len(costs)), np.ones(len(costs))),
            constraints=[LinearConstraint(cover, lb=1.0)] if cover.shape[0] else [],
            options=options,
        )
    )
    bound = found.mip_dual_bound
    return WholeSolution(found.x, found.status == 0, -np.inf if bound is None else float(bound))
