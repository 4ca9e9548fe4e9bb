"""Systematic sampling: equal steps through the running sum of the chances, in the order given, in random order, or in a circle.

With equal chances this is the fractional interval of MICS and DHS: the list is N long, the step N/n, and the size is exactly n.

**Random numbers.** In order: the start is the number of turn 0 of the first open unit; unit k is chosen when a whole number plus the start
lies in (V[k-1], V[k]], with V the running sum over open units. In random order: open units are sorted by their numbers of turn 0, and the
start is the number of turn 1 of the first of them. Circular: the first open unit's number of turn 0 times N, rounded down, is the
first place (from 0).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError
from evidencekit.sampling.selecting.chances import NEARLY, opened
from evidencekit.sampling.streams import Uniforms

__all__ = ["circle", "draw_circular", "draw_random_systematic", "draw_systematic", "steps"]


def draw_systematic(chances: ArrayLike, u: Uniforms) -> Codes:
    """Systematic sampling in the order given, with equal or unequal chances.

    Parameters
    ----------
    chances : array_like, shape (N,)
        Chances of inclusion, in the order of the list.
    u : Uniforms
        Random numbers.

    Returns
    -------
    ndarray of int
        Sorted positions of the chosen units.

    References
    ----------
    Madow (1949), Ann. Math. Statist. 20, 333-354.

    Examples
    --------
    >>> import numpy as np
    >>> from evidencekit.sampling.selecting.systematic import draw_systematic
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_systematic(np.full(6, 2 / 6), hashed(1, "areas", list("abcdef")))
    array([0, 3])
    """
    units = opened(chances)
    if not units.n:
        return units.chosen()
    return units.chosen(steps(units.chances, units.n, float(units.numbers(u)[0])))


def draw_random_systematic(chances: ArrayLike, u: Uniforms) -> Codes:
    """Systematic sampling in random order; with numbers that belong to units, the order given does not matter.

    Parameters
    ----------
    chances, u
        As for `draw_systematic`.

    Returns
    -------
    ndarray of int
        Sorted positions of the chosen units.

    References
    ----------
    Hartley and Rao (1962), Ann. Math. Statist. 33, 350-374.
    """
    units = opened(chances)
    if not units.n:
        return units.chosen()
    order = np.argsort(units.numbers(u), kind="stable")
    start = float(units.numbers(u, 1)[order[0]])
    return units.chosen(order[steps(units.chances[order], units.n, start)])


def draw_circular(chances: ArrayLike, u: Uniforms) -> Codes:
    """Circular systematic sampling with equal chances and a whole interval.

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
    """
    units = opened(chances)
    if not units.n:
        return units.chosen()
    if np.ptp(units.chances) > NEARLY:
        raise DesignError("Circular systematic sampling needs the same chance for every unit.", "Use systematic sampling in order.")
    return units.chosen(circle(units.chances.size, units.n, int(units.numbers(u)[0] * units.chances.size)))


def steps(chances: Floats, n: int, start: float) -> Codes:
    """Places of n open units at the whole numbers plus `start` in the running sum of their chances, in (V[k-1], V[k]]."""
    running = np.cumsum(chances)
    step = running[-1] / n
    places = np.searchsorted(running, (np.arange(n) + start) * step, side="left")
    # Rounding may put two steps on one unit whose chance is next to 1: the second goes on to the next.
    order = np.arange(n)
    return np.minimum(np.maximum.accumulate(places - order) + order, chances.size - n + order)


def circle(size: int, n: int, first: int) -> Codes:
    """Places of n among `size` units around a circle, from `first`, the nearest whole interval apart.

    Where that interval would come back to a place, the whole part of size/n is taken.
    """
    interval = round(size / n)
    if size // int(np.gcd(size, interval)) < n:
        interval = size // n
    return np.sort((first + np.arange(n) * interval) % size)
