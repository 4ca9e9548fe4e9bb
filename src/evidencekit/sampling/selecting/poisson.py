"""Poisson sampling: every unit by itself, so that the size is random."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.sampling.streams import Uniforms

__all__ = ["draw_poisson"]


def draw_poisson(chances: Floats, u: Uniforms) -> Codes:
    """Units whose number is below their chance."""
    return np.flatnonzero(u(0) < chances)
