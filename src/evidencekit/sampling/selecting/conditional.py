"""Conditional Poisson sampling, which is maximum entropy: of all designs with these chances and this size, the most random.

A sample's probability is the product of its units' working odds w. These are solved from the chances: by Fourier sums the chances that
odds give are had in closed form, and the logarithms of the odds are moved by what the logits of the chances still lack. Where that falls
by less than a factor 4, two thirds of it are taken, which converges for two units too.

**Random numbers.** The open units' Poisson chances are w/(1 + w), with w scaled so that they add up to n. Attempt t, from 0, takes the
units whose number of turn t is below their Poisson chance; the first attempt that takes n units is the draw. With numbers that belong to
units the order of units does not matter, up to the last digits of w.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError, EstimationError
from evidencekit.sampling.selecting.chances import opened
from evidencekit.sampling.selecting.trials import few_out, one_out, waves
from evidencekit.sampling.streams import Uniforms

__all__ = ["conditional_pairs", "draw_conditional", "working_chances"]

_CLOSE, _ROUNDS = 2e-13, 500
_MANY, _NODES, _PIECE = 2000, 24, 20_000


def draw_conditional(chances: ArrayLike, u: Uniforms) -> Codes:
    """Conditional Poisson (maximum entropy) sampling.

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
    Chen, Dempster and Liu (1994), Biometrika 81, 457-469. Hajek (1981), Sampling from a Finite Population, chapter 7.

    Examples
    --------
    >>> from evidencekit.sampling.selecting.conditional import draw_conditional
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_conditional([0.2, 0.3, 1, 0.5], hashed(1, "areas", list("abcd")))
    array([0, 2])
    """
    units = opened(chances)
    if not units.n:
        return units.chosen()
    p = working_chances(units.chances, units.n)
    for attempt in range(attempts(p)):
        places = np.flatnonzero(units.numbers(u, attempt) < p)
        if places.size == units.n:
            return units.chosen(places)
    raise DesignError("No sample of the wanted size came up; the random numbers are not uniform.", "Check the source of random numbers.")


def attempts(p: Floats, accepted: float = 1.0) -> int:
    """Attempts after which to give up: as good as never reached when a share `accepted` of samples of the right size is kept."""
    return int(60 * (3 + 3 * np.sqrt((p * (1 - p)).sum())) / accepted)


def working_chances(chances: Floats, n: int) -> Floats:
    """Chances of a Poisson design that, among its samples of n units, includes each unit with the chance wanted.

    Parameters
    ----------
    chances : ndarray, shape (N,)
        Strictly between 0 and 1, and add up to n.
    n : int
        The number of units.

    Returns
    -------
    ndarray, shape (N,)
        Poisson chances; their odds are the working odds.

    Raises
    ------
    EstimationError
        No odds were found; never met.
    """
    # Chances that miss n by a rounding are brought to it; and what a float64 next to 1 cannot tell is not asked for.
    wanted = _scaled(np.log(chances) - np.log1p(-chances), n, 1e-15 * n)
    told = 1 + 1e-3 / np.minimum(chances, 1 - chances)
    odds = _start(chances, wanted, n)
    step, before, best, kept = 1.0, np.inf, np.inf, odds
    for _ in range(_ROUNDS):
        odds = _scaled(odds, n)
        without, within = one_out(expit(odds), expit(-odds), n)
        lacking = wanted - odds - np.log(within / without)
        error = float((np.abs(lacking) / told).max())
        if error < best:
            best, kept = error, odds
        if error < _CLOSE or (error < 1e-10 and error > before / 2):
            break
        step = step if error < before / 4 else 2 / 3
        before, odds = error, odds + step * lacking
    if not best < 1e-10:
        raise EstimationError("No working odds were found for these chances.", "Use Pareto sampling.")
    return expit(kept)


def conditional_pairs(chances: Floats, n: int, columns: Codes) -> Floats:
    """The chances of pairs of open units at `columns`, exactly; a unit with itself has its own chance."""
    if n < 2:
        return np.diag(chances[columns])
    p = working_chances(chances, n)
    made = waves(p, n, columns)
    pairs = made.pairs(made.weight * made.z**2) * np.outer(p[columns], p[columns]) / made.weight.sum().real
    pairs = np.maximum(pairs, 0.0)
    np.fill_diagonal(pairs, chances[columns])
    return pairs


def _start(chances: Floats, wanted: Floats, n: int) -> Floats:
    """Odds to start from, as logarithms.

    What a logit has to be moved by is a smooth function of the chance. For many units it is solved at the nodes of an interpolation, the
    other units counting through its weights, which leaves little to do for all of them.
    """
    variance = float((chances * (1 - chances)).sum())
    first = wanted - chances / max(variance, 1.0)
    low, high = float(chances.min()), float(chances.max())
    if chances.size < _MANY or variance < 20 or high - low < 1e-9:
        return first
    angle = (np.arange(_NODES) + 0.5) * (np.pi / _NODES)
    nodes = (low + high) / 2 + (high - low) / 2 * np.cos(angle)
    scale = np.sin(angle) * np.where(np.arange(_NODES) % 2, -1.0, 1.0)
    pieces = [slice(k, k + _PIECE) for k in range(0, chances.size, _PIECE)]
    counts = np.sum([_basis(chances[piece], nodes, scale).sum(axis=0) for piece in pieces], axis=0)
    target = np.log(nodes) - np.log1p(-nodes)
    moved = -nodes / variance
    for _ in range(30):
        odds = target + moved
        odds = odds - (counts @ expit(odds) - n) / (counts @ (expit(odds) * expit(-odds)))
        lacking = target - odds - few_out(expit(odds), counts, n)
        if not np.isfinite(lacking).all() or np.abs(lacking).max() > 1:
            return first
        if np.abs(lacking).max() < 1e-14:
            break
        moved = odds + lacking - target
    made = wanted.copy()
    for piece in pieces:
        made[piece] += np.einsum("kj,j->k", _basis(chances[piece], nodes, scale), moved)
    return made


def _basis(values: Floats, nodes: Floats, scale: Floats) -> Floats:
    """How much each node counts in an interpolated value (K, nodes), in barycentric form."""
    gaps = values[:, None] - nodes
    gaps[gaps == 0] = 1e-300
    basis = scale / gaps
    return basis / basis.sum(axis=1)[:, None]


def _scaled(odds: Floats, n: int, close: float = 1e-7) -> Floats:
    """Logarithms of odds moved by a constant, so that the chances add up to n."""
    for _ in range(60):
        p = expit(odds)
        off = float(p.sum()) - n
        if abs(off) <= close:
            break
        odds = odds - np.clip(off / float((p * (1 - p)).sum()), -2.0, 2.0)
    return odds
