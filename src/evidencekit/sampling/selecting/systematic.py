"""Systematic sampling: a random start, then equal steps through the running sum of the chances."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.sampling.streams import Uniforms

__all__ = ["draw_random_systematic", "draw_systematic"]


def draw_systematic(chances: Floats, u: Uniforms) -> Codes:
    """Systematic sampling in the order given; exactly n units when the chances add up to n."""
    return _steps(chances, float(u(0)[0]))


def draw_random_systematic(chances: Floats, u: Uniforms) -> Codes:
    """Systematic sampling in random order."""
    order = np.argsort(u(0), kind="stable")
    return np.sort(order[_steps(chances[order], float(u(1)[order[0]]))])


def _steps(chances: Floats, start: float) -> Codes:
    running = np.cumsum(chances)
    n = round(float(running[-1]))
    places = np.searchsorted(running, (np.arange(n) + start) * (running[-1] / n), side="left")
    # Rounding may put two steps on one unit whose chance is next to 1: the second goes on to the next.
    order = np.arange(n)
    return np.minimum(np.maximum.accumulate(places - order) + order, chances.size - n + order)
