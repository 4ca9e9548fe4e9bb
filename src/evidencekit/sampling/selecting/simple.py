"""Simple random sampling without replacement, and independent draws with replacement.

**Random numbers.** Without replacement: the n open units with the smallest numbers of turn 0. With replacement: draw j (from 0) takes the
number of the unit at position ``j % N`` in turn ``j // N``, and chooses the first unit at which the running sum of the chances, over
their total, exceeds it; so the order of units matters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.columns import Codes
from evidencekit.errors import DesignError, InputError, how_many
from evidencekit.sampling.selecting.chances import NEARLY, WHOLE, opened, smallest
from evidencekit.sampling.streams import Uniforms

__all__ = ["draw_replaced", "draw_simple"]


def draw_simple(chances: ArrayLike, u: Uniforms) -> Codes:
    """Simple random sampling without replacement; with numbers that belong to units, the order of units does not matter.

    Parameters
    ----------
    chances : array_like, shape (N,)
        The same for all open units.
    u : Uniforms
        Random numbers.

    Returns
    -------
    ndarray of int
        Sorted positions of the chosen units.

    Raises
    ------
    DesignError
        Open units have different chances.

    Examples
    --------
    >>> import numpy as np
    >>> from evidencekit.sampling.selecting.simple import draw_simple
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_simple(np.full(5, 2 / 5), hashed(1, "areas", list("abcde")))
    array([0, 1])
    """
    units = opened(chances)
    if units.n and np.ptp(units.chances) > NEARLY:
        raise DesignError(
            "Simple random sampling needs the same chance for every unit.", "Use a design for unequal chances, such as Pareto."
        )
    return units.chosen(smallest(units.numbers(u), units.n)) if units.n else units.chosen()


def draw_replaced(expected: ArrayLike, u: Uniforms) -> Codes:
    """Independent draws with replacement.

    Parameters
    ----------
    expected : array_like, shape (N,)
        How often each unit is chosen on average, 0 or more; they add up to the number of draws.
    u : Uniforms
        Random numbers.

    Returns
    -------
    ndarray of int, shape (N,)
        How often each unit is chosen.

    Raises
    ------
    InputError
        The expected numbers are missing, infinite or negative.
    DesignError
        They do not add up to a whole number.
    """
    mean = np.asarray(expected, dtype=np.float64)
    if mean.ndim != 1 or not np.isfinite(mean).all() or (mean < 0).any():
        raise InputError("Expected numbers are one row of finite numbers of 0 or more.")
    total = float(mean.sum())
    n = round(total)
    if abs(total - n) > max(WHOLE, 1e-14 * total):
        raise DesignError("The expected numbers do not add up to a whole number of draws.", "Make them from shares: n * size / sum(size).")
    if not n:
        return np.zeros(mean.size, dtype=np.intp)
    turns = [u(turn) for turn in range(-(-n // mean.size))]
    if turns[0].size != mean.size:
        raise InputError(
            f"There are expected numbers for {how_many(mean.size, 'unit')} and random numbers for {turns[0].size}.",
            "Give one source for these units.",
        )
    number = np.concatenate(turns)[:n]
    running = np.cumsum(mean)
    last = int(np.flatnonzero(mean)[-1])
    places = np.minimum(np.searchsorted(running / running[-1], number, side="right"), last)
    return np.bincount(places, minlength=mean.size)
