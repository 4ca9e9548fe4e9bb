"""Local pivotal sampling: the nearest units meet, so that the sample is spread over the map.

Every round, all open units that are each other's nearest neighbour meet at once: the chances p and r of two units become 0 and p + r
where that is below 1, else 1 and p + r - 1; with which unit gets which so that each keeps its chance on average.

**Random numbers.** Coordinate j of every unit is first moved by its number of turn j times 1e-9 of that coordinate's range, so that units
at one place are told apart at random. With d coordinates, round r, from 0, uses turn d + r: the number of the unit earlier in the order
given decides its meeting. With sum t of two chances, below 1, the earlier unit gets t when its number times t is below its chance;
otherwise it gets 1 when its number times 2 - t is below 1 less the other's chance. A chance within 1e-11 of 0 or 1 is settled. The last
open unit, if rounding leaves one, is chosen when that makes the size what it should be.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidencekit.columns import Floats
from evidencekit.errors import InputError, how_many
from evidencekit.sampling.selecting.chances import opened
from evidencekit.sampling.streams import Uniforms

__all__ = ["SETTLED", "draw_spread", "settled", "table_of"]

SETTLED = 1e-11


def draw_spread(chances: ArrayLike, u: Uniforms, coordinates: ArrayLike) -> NDArray[np.intp]:
    """Local pivotal sampling.

    Parameters
    ----------
    chances : array_like, shape (N,)
        Chances of inclusion.
    u : Uniforms
        Random numbers.
    coordinates : array_like, shape (N,) or (N, d)
        Where units are, in units of one kind: project longitudes and latitudes first.

    Returns
    -------
    ndarray of int
        Sorted positions of the chosen units.

    Raises
    ------
    InputError
        Coordinates are missing, or not one row for each unit.

    References
    ----------
    Grafstrom, Lundstrom and Schelin (2012), Biometrics 68, 514-520 (their first method, all mutual pairs of a round at once).

    Examples
    --------
    >>> from evidencekit.sampling.selecting.local_pivotal import draw_spread
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_spread([0.5] * 4, hashed(1, "areas", list("abcd")), [0, 1, 10, 11])
    array([0, 2])
    """
    from scipy.spatial import cKDTree

    units = opened(chances)
    points = table_of(coordinates, units.size, "Coordinates")
    if not units.n:
        return units.chosen()
    points = points if units.where is None else points[units.where]
    dimensions = points.shape[1]
    for j in range(dimensions):
        points[:, j] += units.numbers(u, j) * 1e-9 * (float(np.ptp(points[:, j])) or 1.0)
    p, active, turn = units.chances.copy(), np.arange(units.chances.size), dimensions
    while active.size > 1:
        near = np.asarray(cKDTree(points[active], balanced_tree=False, compact_nodes=False).query(points[active], k=2)[1])
        here = np.arange(active.size)
        other = np.where(near[:, 1] == here, near[:, 0], near[:, 1])
        mutual = (other[other] == here) & (here < other)
        if not mutual.any():  # equal distances all around
            mutual[0], other[0] = True, max(int(other[0]), 1)
        first, second = active[mutual], active[other[mutual]]
        p[first], p[second] = meet(p[first], p[second], units.numbers(u, turn)[first])
        active, turn = active[(p[active] > SETTLED) & (p[active] < 1 - SETTLED)], turn + 1
    return units.chosen(settled(p, active, units.n))


def meet(a: Floats, b: Floats, number: Floats) -> tuple[Floats, Floats]:
    """What becomes of the chances of two units that meet, by the random number of the first."""
    both = a + b
    low = both < 1
    wins = np.where(low, number * both < a, number * (2 - both) < 1 - b)
    winner, loser = np.where(low, both, 1.0), np.where(low, 0.0, both - 1)
    return np.where(wins, winner, loser), np.where(wins, loser, winner)


def settled(p: Floats, active: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Places of the units that ended at 1; of one that rounding left open, by what the size needs."""
    chosen = p > 0.5
    chosen[active] = False
    short = n - int(chosen.sum())
    if short and active.size:
        chosen[active[:short]] = True
    return np.flatnonzero(chosen)


def table_of(values: ArrayLike, size: int, what: str) -> Floats:
    """Finite numbers as a new array with a row for each unit; `what` is how messages name them."""
    try:
        made = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        made = np.zeros(0)
    if made.ndim not in (1, 2) or made.shape[0] != size:
        raise InputError(f"{what} are one row for each unit, {size} in all.", "Give one or more columns of numbers.")
    made = made if made.ndim == 2 else made[:, np.newaxis]
    bad = int((~np.isfinite(made)).any(axis=1).sum())
    if bad:
        raise InputError(f"{what} are missing or infinite for {bad} of {how_many(size, 'unit')}.", "Find them, or leave the units out.")
    return made
