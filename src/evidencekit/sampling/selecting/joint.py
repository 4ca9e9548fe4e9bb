"""The chances that two units are chosen together: exact where a design has them, and two approximations by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError, InputError, one_of
from evidencekit.sampling.selecting.brewer import brewer_pairs
from evidencekit.sampling.selecting.chances import NEARLY, Open, opened
from evidencekit.sampling.selecting.conditional import conditional_pairs
from evidencekit.sampling.selecting.order_sampling import MANY, ordered_pairs
from evidencekit.sampling.selecting.pivotal import pivotal_pairs
from evidencekit.sampling.selecting.sampford import sampford_pairs
from evidencekit.sampling.selecting.systematic import steps

__all__ = ["PairMethod", "joint_probabilities"]

PairMethod = Literal[
    "simple",
    "poisson",
    "systematic",
    "random-systematic",
    "conditional-poisson",
    "sampford",
    "brewer",
    "pivotal",
    "pareto",
    "sequential-poisson",
    "exponential",
    "hajek",
    "hartley-rao",
]
_LARGE = 6000  # units a matrix may have
_PAIRS = 2000  # open units for which pairs are followed one by one
_ORDERS = 16  # open units over whose subsets random systematic sampling is summed
_KEYS = 400  # open units for pairs under order sampling


def joint_probabilities(chances: ArrayLike, method: PairMethod, *, among: ArrayLike | None = None) -> Floats:
    """The chances of inclusion of pairs of units.

    Parameters
    ----------
    chances : array_like, shape (N,)
        Chances of inclusion, of all units in the frame, in the order of the list where the design depends on it.
    method : str
        The design: ``"simple"``, ``"poisson"``, ``"systematic"`` (in the order given), ``"random-systematic"``,
        ``"conditional-poisson"``, ``"sampford"``, ``"brewer"``, ``"pivotal"`` (in the order given), ``"pareto"``,
        ``"sequential-poisson"``, ``"exponential"``; or an approximation for designs of high entropy (random pivotal, Brewer, random
        systematic ...): ``"hajek"``, ``"hartley-rao"`` (in Overton's form).
    among : array_like of int, optional
        Positions between which pairs are wanted, such as those of a sample; default all.

    Returns
    -------
    ndarray, shape (N, N) or (n, n)
        Symmetric; a unit with itself has its own chance, under order sampling the true one.

    Raises
    ------
    InputError
        The chances, the method or the positions are not what they should be.
    DesignError
        The chances do not fit the design, or an exact computation would be too large; the message says what to use instead.

    References
    ----------
    Tille (2006), Sampling Algorithms. Chauvet (2012), Bernoulli 18, 1320-1340. Hajek (1964), Ann. Math. Statist. 35, 1491-1523.
    Hartley and Rao (1962), Ann. Math. Statist. 33, 350-374; Overton (1985).

    Examples
    --------
    >>> from evidencekit.sampling import joint_probabilities
    >>> joint_probabilities([0.5, 0.5, 1], "conditional-poisson")
    array([[0.5, 0. , 0.5],
           [0. , 0.5, 0.5],
           [0.5, 0.5, 1. ]])
    """
    one_of("method", method, get_args(PairMethod))
    units = opened(chances, whole=method not in ("poisson", "hajek", "hartley-rao"))
    asked = _positions(among, units.size)
    if asked.size > _LARGE:
        raise DesignError(
            f"Pairs of {asked.size} units make a table too large.",
            "Pass among= with the positions of the sample: its variance needs no others.",
        )
    if method in ("hajek", "hartley-rao"):
        return _approximate(np.asarray(chances, dtype=np.float64)[asked], units, method)
    # Places among the open units of those asked for.
    place = np.full(units.size, -1, dtype=np.intp)
    place[slice(None) if units.where is None else units.where] = np.arange(units.chances.size)
    is_open = place[asked] >= 0
    single = np.zeros(asked.size)
    single[np.isin(asked, units.certain)] = 1.0
    pairs = np.zeros((asked.size, asked.size))
    if is_open.any():
        inner = _FORMULAS[method](units, place[asked[is_open]])
        pairs[np.ix_(is_open, is_open)] = inner
        single[is_open] = np.diag(inner)
    apart = ~(is_open[:, None] & is_open)
    pairs[apart] = np.outer(single, single)[apart]
    np.fill_diagonal(pairs, single)
    return pairs


def _approximate(p: Floats, units: Open, method: str) -> Floats:
    """Hajek's, and Hartley and Rao's approximation in Overton's form; the latter counts certain units like the others, as published."""
    product = np.outer(p, p)
    if method == "hajek":
        spread = float((units.chances * (1 - units.chances)).sum())
        factor = 1 - np.outer(1 - p, 1 - p) / spread if spread else np.ones_like(product)
    else:
        total = units.total + units.certain.size
        factor = (total - 1) / (total - (p[:, None] + p) / 2)
    pairs = product * factor
    np.fill_diagonal(pairs, p)
    return pairs


def _simple(units: Open, places: Codes) -> Floats:
    p, n = units.chances, units.n
    if np.ptp(p) > NEARLY:
        raise DesignError("Simple random sampling needs the same chance for every unit.", "Name the design that was drawn.")
    pairs = np.full((places.size, places.size), n / p.size * ((n - 1) / (p.size - 1)))
    np.fill_diagonal(pairs, n / p.size)
    return pairs


def _poisson(units: Open, places: Codes) -> Floats:
    p = units.chances[places]
    pairs = np.outer(p, p)
    np.fill_diagonal(pairs, p)
    return pairs


def _systematic(units: Open, places: Codes) -> Floats:
    """The sample changes only where the start passes a fraction of the running sum: every stretch between two has one sample."""
    p, n = units.chances, units.n
    running = np.cumsum(p)
    fractions = np.mod(running * (n / running[-1]), 1.0)
    ends = np.unique(np.concatenate([[0.0], fractions, [1.0]]))
    lengths, starts = np.diff(ends), (ends[1:] + ends[:-1]) / 2
    where = np.full(p.size, -1, dtype=np.intp)
    where[places] = np.arange(places.size)
    pairs = np.zeros((places.size, places.size))
    for start, length in zip(starts, lengths, strict=True):
        if length > 1e-15:
            taken = where[steps(p, n, float(start))]
            taken = taken[taken >= 0]
            pairs[np.ix_(taken, taken)] += length
    return pairs


def _random_systematic(units: Open, places: Codes) -> Floats:
    """Around a circle n long, steps of 1 with a random start: two units depend on the sum of what lies between them, over all subsets."""
    p, size = units.chances, units.chances.size
    _few(size, _ORDERS, "random systematic sampling")
    inside = (np.arange(2 ** max(size - 2, 0))[:, None] >> np.arange(max(size - 2, 0))) & 1
    count = inside.sum(1)
    # Each number of units in between is as likely as any other, and so is each subset of that number.
    by_count = np.bincount(count, minlength=size - 1)
    share = 1 / (by_count[count] * (size - 1.0))
    pairs = np.diag(p).astype(np.float64)
    for k in range(size):
        for j in range(k + 1, size):
            others = np.delete(p, [k, j])
            begin = np.mod(p[k] + inside @ others, 1.0)
            both = np.maximum(np.minimum(p[k], begin + p[j]) - begin, 0) + np.maximum(np.minimum(p[k], begin + p[j] - 1), 0)
            pairs[k, j] = pairs[j, k] = float((share * both).sum())
    return pairs[np.ix_(places, places)]


def _brewer(units: Open, places: Codes) -> Floats:
    return brewer_pairs(units.chances, units.n)[np.ix_(places, places)]


def _pivotal(units: Open, places: Codes) -> Floats:
    _few(units.chances.size, _PAIRS, "pivotal sampling")
    return pivotal_pairs(units.chances, units.n)[np.ix_(places, places)]


def _ordered(keys: Literal["pareto", "sequential-poisson", "exponential"]) -> Callable[[Open, Codes], Floats]:
    def pairs(units: Open, places: Codes) -> Floats:
        _few(units.chances.size, min(_KEYS, MANY), "order sampling")
        return ordered_pairs(units.chances, units.n, keys)[np.ix_(places, places)]

    return pairs


def _conditional(units: Open, places: Codes) -> Floats:
    return conditional_pairs(units.chances, units.n, places)


def _sampford(units: Open, places: Codes) -> Floats:
    return sampford_pairs(units.chances, units.n, places)


def _few(size: int, most: int, design: str) -> None:
    if size > most:
        raise DesignError(
            f"Exact chances of pairs under {design} are for up to {most} open units; there are {size}.",
            "Draw by conditional Poisson sampling, whose pairs are exact at any size, or use the approximation 'hajek'.",
        )


def _positions(among: ArrayLike | None, size: int) -> Codes:
    if among is None:
        return np.arange(size)
    asked = np.asarray(among)
    if asked.ndim != 1 or asked.dtype.kind not in "iu" or (asked.size and not (asked.min() >= 0 and asked.max() < size)):
        raise InputError("among= is a row of positions, whole numbers from 0 to the number of units less 1.")
    if np.unique(asked).size < asked.size:
        raise InputError("among= names a position more than once.", "Give each position once.")
    return asked.astype(np.intp)


_FORMULAS: dict[str, Callable[[Open, Codes], Floats]] = {
    "simple": _simple,
    "poisson": _poisson,
    "systematic": _systematic,
    "random-systematic": _random_systematic,
    "conditional-poisson": _conditional,
    "sampford": _sampford,
    "brewer": _brewer,
    "pivotal": _pivotal,
    "pareto": _ordered("pareto"),
    "sequential-poisson": _ordered("sequential-poisson"),
    "exponential": _ordered("exponential"),
}
