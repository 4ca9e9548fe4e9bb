"""The cheapest numbers of units under several limits on variance: Bethel's problem, solved by its dual.

Minimise ``sum_h c_h n_h`` where ``sum_h A_hj / n_h <= 1`` for every j and ``least_h <= n_h <= most_h``. With x = 1 / n the problem is
convex. For multipliers l >= 0 the best x_h is ``sqrt(c_h / (A l)_h)``, clipped to the bounds, and the dual is a concave function of l with
gradient ``A'x - 1``. It is climbed by Newton steps that keep the multipliers from falling below 0 (each is a problem of non-negative least
squares), a few where Chromy's multiplicative steps take hundreds.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError

__all__ = ["cheapest"]

STEPS, TIGHT = 500, 1e-12
DAMPING = (1e-12, 1e-9, 1e-6, 1e-3, 1e-1, 1e1, 1e3)


def cheapest(limits: Floats, costs: Floats, least: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Exact numbers (H,) and the multipliers (J,) of the limits (H, J); `most` must keep every limit.

    Raises
    ------
    EstimationError
        The search did not end within 1e-9 of the limits.
    """
    costs = costs / costs.mean()
    low, high = 1 / most, 1 / least
    made = _started(limits, costs)
    for _ in range(STEPS):
        x = _inverse(made, limits, costs, low, high)
        slope = limits.T @ x - 1
        if _miss(made, slope) < TIGHT:
            break
        step = _climbed(made, x, slope, (limits, costs, low, high))
        if step is None:
            break
        made = step
    x = _inverse(made, limits, costs, low, high)
    slope = limits.T @ x - 1
    if _miss(made, slope) > 1e-9:
        raise EstimationError("The cheapest numbers of units were not found.", "Leave out variables whose targets are never what binds.")
    return 1 / x, made


def _started(limits: Floats, costs: Floats) -> Floats:
    """What each multiplier is where its limit is the only one, shared among all."""
    alone = np.sqrt(limits * costs[:, None]).sum(axis=0)
    return alone**2 / limits.shape[1]


def _miss(made: Floats, slope: Floats) -> float:
    """How far from the optimum: a limit that is broken, or one that does not bind and still counts."""
    weight = made / made.max() if made.max() > 0 else made
    return float(np.maximum(slope, np.minimum(-slope, weight)).max())


def _inverse(made: Floats, limits: Floats, costs: Floats, low: Floats, high: Floats) -> Floats:
    pull = limits @ made
    with np.errstate(divide="ignore"):
        return np.clip(np.sqrt(costs / pull), low, high)


def _value(made: Floats, parts: tuple[Floats, Floats, Floats, Floats]) -> float:
    limits, costs, _, _ = parts
    x = _inverse(made, *parts)
    return float((costs / x).sum() + made @ (limits.T @ x - 1))


def _climbed(made: Floats, x: Floats, slope: Floats, parts: tuple[Floats, Floats, Floats, Floats]) -> Floats | None:
    """One step up the dual, None where there is none that rounding does not swallow."""
    limits, costs, low, high = parts
    pull = np.maximum(limits @ made, costs / high**2)
    bend = x / (2 * pull)  # of strata on their bounds too, as if they had just left them: it damps where the dual is flat
    inside = (x > low) & (x < high)
    scale = np.sqrt(bend @ limits**2)
    ways = limits / scale
    flat = ways.T @ (bend[:, None] * ways) + np.eye(len(made))
    curve = ways[inside].T @ (bend[inside, None] * ways[inside])
    now = _value(made, parts)
    for damping in DAMPING:
        half = np.linalg.cholesky(curve + damping * flat)
        wanted = half.T @ (made * scale) + np.linalg.solve(half, slope / scale)
        change = nnls(half.T, wanted)[0] / scale - made
        for _ in range(12):
            tried = np.maximum(made + change, 0.0)
            gain = _value(tried, parts) - now
            if gain > 1e-14 * abs(now) or (gain > -1e-14 * abs(now) and _better(tried, made, slope, parts)):
                return tried
            change = change / 2
    return None


def _better(tried: Floats, made: Floats, slope: Floats, parts: tuple[Floats, Floats, Floats, Floats]) -> bool:
    """Whether the optimum is nearer, where the values are too close to tell."""
    limits = parts[0]
    return _miss(tried, limits.T @ _inverse(tried, *parts) - 1) < 0.9 * _miss(made, slope)
