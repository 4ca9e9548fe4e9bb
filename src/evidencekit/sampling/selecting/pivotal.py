"""Pivotal sampling: two units meet, one of them is settled, the other goes on with what is left.

The unit that goes on meets the next in the order given. What it carries does not depend on who won, only on the running sum of the
chances, so every meeting's probability is known at once, and a draw is a few passes over arrays.

**Random numbers.** In order: turn 0. With V the running sum of the chances over open units and b its fraction after unit k:
where the sum passes a whole number, unit k goes on (and the one before is chosen) if its number is below ``(1 - p) / (1 - b)``, otherwise
unit k is chosen; where it does not, unit k goes on (and the one before is left out) if its number is below ``p / b``. A fraction within
1e-11 of 0 or 1 is 0. In random order: open units are first sorted by their numbers of turn 0, and meetings use turn 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.sampling.selecting.chances import opened
from evidencekit.sampling.streams import Uniforms

__all__ = ["draw_pivotal", "draw_random_pivotal", "pivotal_pairs"]

_NONE = 1e-11


def draw_pivotal(chances: ArrayLike, u: Uniforms) -> Codes:
    """Pivotal sampling in the order given: neighbours in the list are rarely chosen together.

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
    Deville and Tille (1998), Biometrika 85, 89-101. Chauvet (2012), Bernoulli 18, 1320-1340.

    Examples
    --------
    >>> from evidencekit.sampling.selecting.pivotal import draw_pivotal
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_pivotal([0.2, 0.3, 1, 0.5], hashed(1, "areas", list("abcd")))
    array([2, 3])
    """
    units = opened(chances)
    return units.chosen(met(units.chances, units.n, units.numbers(u))) if units.n else units.chosen()


def draw_random_pivotal(chances: ArrayLike, u: Uniforms) -> Codes:
    """Pivotal sampling in random order; with numbers that belong to units, the order given does not matter.

    Parameters
    ----------
    chances, u
        As for `draw_pivotal`.

    Returns
    -------
    ndarray of int
        Sorted positions of the chosen units.
    """
    units = opened(chances)
    if not units.n:
        return units.chosen()
    order = np.argsort(units.numbers(u), kind="stable")
    return units.chosen(order[met(units.chances[order], units.n, units.numbers(u, 1)[order])])


def met(p: Floats, n: int, number: Floats) -> Codes:
    """Places of the n units chosen when open units meet in this order."""
    passes, going = _meetings(p, n)
    on = number < going
    # The unit that goes on after k is the last one that won its meeting.
    carrier = np.maximum.accumulate(np.where(on, np.arange(p.size), 0))
    won = np.flatnonzero(passes)
    return np.where(on[won], carrier[np.maximum(won - 1, 0)], won)


def pivotal_pairs(chances: Floats, n: int) -> Floats:
    """The chances of pairs of all open units under pivotal sampling in order: exact, by who may be the one going on.

    `on` (N,) are the probabilities of going on, `chosen` (N,) of having been chosen, `both` (N, N) that the row's unit has been chosen
    and the column's goes on.
    """
    size = chances.size
    pairs, both = np.zeros((size, size)), np.zeros((size, size))
    on, chosen = np.zeros(size), np.zeros(size)
    passes, going = _meetings(chances, n)
    for k in range(size):
        win = float(going[k])
        if not passes[k]:
            on, both = on * (1 - win), both * (1 - win)
            on[k], both[:, k] = win, chosen * win
            continue
        # The one before is chosen with `win`, unit k otherwise.
        new = both * win
        pairs[:k, :k] += new[:k, :k] + new[:k, :k].T
        pairs[:k, k] = pairs[k, :k] = chosen[:k] * (1 - win)
        reached = chosen * win + on * win
        both = both * (1 - win)
        both[k] = on * (1 - win)
        both[:, k] = reached
        chosen = chosen + on * win
        chosen[k] = 1 - win
        on = on * (1 - win)
        on[k] = win
    np.fill_diagonal(pairs, chosen)
    return pairs


def _meetings(p: Floats, n: int) -> tuple[NDArray[np.bool_], Floats]:
    """For each unit, whether the running sum passes a whole number there, and its probability of going on."""
    running = np.cumsum(p)
    running *= n / running[-1]
    nearest = np.rint(running)
    running = np.where(np.abs(running - nearest) < _NONE * max(1.0, n * 1e-4), nearest, running)
    running[-1] = n
    whole = np.floor(running)
    after = running - whole
    passes = np.diff(whole, prepend=0.0) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        going = np.where(passes, (1 - p) / (1 - after), p / after)
    return passes, np.clip(np.nan_to_num(going, nan=0.0), 0.0, 1.0)
