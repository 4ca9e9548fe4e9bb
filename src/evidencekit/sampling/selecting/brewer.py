"""Brewer's method: one unit at a time, with chances that keep the inclusion chances exact for any size.

At step r (from 1) with S the chosen open units and ``a = n - sum of p over S``, a unit not in S is chosen with probability proportional to
``p (a - p) / (a - p (n - r + 1))``.

**Random numbers.** Step r, from 1, uses turn r - 1: the unit with the smallest ``-log(1 - u) / q`` is chosen, q being what its probability
is proportional to; so a unit is chosen with just that probability, and with numbers that belong to units the order does not matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError
from evidencekit.sampling.selecting.chances import opened
from evidencekit.sampling.streams import Uniforms

__all__ = ["brewer_pairs", "draw_brewer"]

_SETS = 300_000  # subsets an exact computation may go through


def draw_brewer(chances: ArrayLike, u: Uniforms) -> Codes:
    """Brewer's sampling.

    Parameters
    ----------
    chances : array_like, shape (N,)
        Chances of inclusion.
    u : Uniforms
        Random numbers.

    Returns
    -------
    ndarray of int
        Sorted positions of the chosen units.

    References
    ----------
    Brewer (1975), Austral. J. Statist. 17, 166-172. Tille (2006), Sampling Algorithms, section 6.3.

    Examples
    --------
    >>> from evidencekit.sampling.selecting.brewer import draw_brewer
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_brewer([0.2, 0.3, 1, 0.5], hashed(1, "areas", list("abcd")))
    array([0, 2])
    """
    units = opened(chances)
    p, n, left = units.chances, units.n, float(units.n)
    free, places = np.ones(p.size, dtype=bool), np.zeros(n, dtype=np.intp)
    for step in range(n):
        with np.errstate(divide="ignore"):
            wait = -np.log1p(-units.numbers(u, step)) / _weights(p, left, n - step)
        wait[~free] = np.inf
        place = int(np.argmin(wait))
        places[step], free[place] = place, False
        left -= float(p[place])
    return units.chosen(places)


def brewer_pairs(chances: Floats, n: int) -> Floats:
    """The chances of pairs of all open units, over all sets that can be reached; for small sets only.

    Raises
    ------
    DesignError
        There are too many sets.
    """
    size = chances.size
    count, level = 0, 1
    for step in range(n):
        level = level * (size - step) // (step + 1)
        count += level
    if size > 62 or count > _SETS:
        raise DesignError(
            "The chances of pairs under Brewer's method are computed over all sets of units, and there are too many.",
            "Use conditional Poisson or Sampford sampling, or the approximation 'hajek'.",
        )
    masks, probability = np.zeros(1, dtype=np.int64), np.ones(1)
    bits = np.int64(1) << np.arange(size, dtype=np.int64)
    for step in range(n):
        inside = (masks[:, None] & bits) != 0
        q = np.where(inside, 0.0, _weights(chances, (n - inside @ chances)[:, None], n - step))
        q *= (probability / q.sum(1))[:, None]
        row, column = np.nonzero(~inside)
        masks, at = np.unique(masks[row] | bits[column], return_inverse=True)
        probability = np.bincount(at, weights=q[row, column])
    inside = ((masks[:, None] & bits) != 0).astype(np.float64)
    return inside.T @ (inside * probability[:, None])


def _weights(p: Floats, left: Floats | float, steps: int) -> Floats:
    """What the probabilities of a step are proportional to; `steps` are still to do, this one included."""
    under = left - p * steps
    # In the last step a unit can have all that is left, and the quotient is 1; a chance next to 1 may come out below by rounding.
    return p * np.maximum(left - p, 0.0) / np.maximum(under, 1e-300) if steps > 1 else p * np.ones_like(under)
