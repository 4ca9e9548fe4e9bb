"""Poisson sampling: every unit by itself, so that the size is random.

**Random numbers.** Turn 0: a unit is chosen when its number is below its chance. Two draws of one stream overlap as much as they can.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.columns import Codes
from evidencekit.sampling.selecting.chances import opened
from evidencekit.sampling.streams import Uniforms

__all__ = ["draw_poisson"]


def draw_poisson(chances: ArrayLike, u: Uniforms) -> Codes:
    """Poisson sampling; with numbers that belong to units, the order of units does not matter.

    Parameters
    ----------
    chances : array_like, shape (N,)
        Chances of inclusion; they need not add up to a whole number.
    u : Uniforms
        Random numbers.

    Returns
    -------
    ndarray of int
        Sorted positions of the chosen units.

    Examples
    --------
    >>> from evidencekit.sampling.selecting.poisson import draw_poisson
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_poisson([0.5, 1, 0.5, 0], hashed(1, "areas", list("abcd")))
    array([0, 1])
    """
    units = opened(chances, whole=False)
    return units.chosen(np.flatnonzero(units.numbers(u) < units.chances))
