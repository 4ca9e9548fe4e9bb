"""Order sampling: the n smallest of random numbers transformed by the chances."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.sampling.streams import Uniforms

__all__ = ["draw_pareto"]


def draw_pareto(chances: Floats, u: Uniforms) -> Codes:
    """The n units with the smallest odds of their random number over the odds of their chance.

    References
    ----------
    Rosen (1997), J. Statist. Plann. Inference 62, 159-191.
    """
    n = round(float(chances.sum()))
    drawn = u(0)
    rank = drawn * (1 - chances) / ((1 - drawn) * chances)
    return np.sort(np.argsort(rank, kind="stable")[:n])
