"""Order sampling: every unit gets a key from its random number and its chance, and the n smallest keys are chosen.

Draws of one stream overlap, so that waves are coordinated by their permanent random numbers. The chances come out close to those asked
for, not exactly: for ten units Pareto is off by 1 or 2 in 100, exponential by 3 to 8, sequential Poisson by 6 to 12; `true_chances` has
the exact ones.

**Random numbers.** Turn 0. With u the number and p the chance of an open unit the keys are ``u/(1-u) / (p/(1-p))`` (Pareto), ``u/p``
(sequential Poisson), ``log(1-u) / log(1-p)`` (exponential, also called successive).

**True chances.** A unit is chosen when fewer than n of the others have a smaller key, which is integrated over its key: by Gauss's rule
between the ends of the keys' ranges for sequential Poisson, where the integrand is a polynomial; otherwise by the trapezoidal rule over
the key's logarithm, which for these smooth functions is exact to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError
from evidencekit.sampling.selecting.chances import opened, smallest
from evidencekit.sampling.selecting.trials import Complex, angles
from evidencekit.sampling.streams import Uniforms

__all__ = ["Keys", "draw_exponential", "draw_pareto", "draw_sequential_poisson", "ordered_pairs", "true_chances"]

MANY = 1500
Keys = Literal["pareto", "sequential-poisson", "exponential"]


def draw_pareto(chances: ArrayLike, u: Uniforms) -> Codes:
    """Pareto sampling; with numbers that belong to units, the order of units does not matter.

    Parameters
    ----------
    chances : array_like, shape (N,)
        Chances of inclusion wanted.
    u : Uniforms
        Random numbers.

    Returns
    -------
    ndarray of int
        Sorted positions of the chosen units.

    References
    ----------
    Rosen (1997), Journal of Statistical Planning and Inference 62, 159-191.

    Examples
    --------
    >>> from evidencekit.sampling.selecting.order_sampling import draw_pareto
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_pareto([0.2, 0.3, 1, 0.5], hashed(1, "areas", list("abcd")))
    array([0, 2])
    """
    return _drawn(chances, u, lambda u, p: u / (1 - u) * ((1 - p) / p))


def draw_sequential_poisson(chances: ArrayLike, u: Uniforms) -> Codes:
    """Sequential Poisson sampling; parameters and result as for `draw_pareto`.

    References
    ----------
    Ohlsson (1998), Journal of Official Statistics 14, 149-162.
    """
    return _drawn(chances, u, lambda u, p: u / p)


def draw_exponential(chances: ArrayLike, u: Uniforms) -> Codes:
    """Exponential order sampling (successive sampling); parameters and result as for `draw_pareto`.

    References
    ----------
    Rosen (1997), Journal of Statistical Planning and Inference 62, 135-158.
    """
    return _drawn(chances, u, lambda u, p: np.log1p(-u) / np.log1p(-p))


def true_chances(chances: ArrayLike, keys: Keys) -> Floats:
    """The exact chances of inclusion under order sampling.

    Parameters
    ----------
    chances : array_like, shape (N,)
        Chances wanted, as for the draw.
    keys : {"pareto", "sequential-poisson", "exponential"}
        The kind of order sampling.

    Returns
    -------
    ndarray, shape (N,)
        Chances had.

    Examples
    --------
    >>> from evidencekit.sampling.selecting.order_sampling import true_chances
    >>> true_chances([0.2, 0.3, 1, 0.5], "pareto").round(4)
    array([0.1866, 0.2864, 1.    , 0.5269])
    """
    units = opened(chances)
    check_few(units.chances.size)
    out = np.zeros(units.size)
    out[units.certain] = 1.0
    places = slice(None) if units.where is None else units.where
    if units.n:
        total = np.zeros(units.chances.size)
        for share, density, below in _over_keys(units.chances, units.n, keys):
            weight, inverse = _at_most(below, units.n - 1)
            total += share * density * np.real(weight @ inverse)
        out[places] = total
    return out


def ordered_pairs(chances: Floats, n: int, keys: Keys) -> Floats:
    """The exact chances of pairs of all open units, their own on the diagonal.

    Both are chosen when fewer than n - 1 others have a key below the larger of theirs.
    """
    size = chances.size
    pairs, single = np.zeros((size, size)), np.zeros(size)
    for share, density, below in _over_keys(chances, n, keys):
        weight, inverse = _at_most(below, n - 1)
        single += share * density * np.real(weight @ inverse)
        if n > 1:
            weight, _ = _at_most(below, n - 2)
            others = np.real((inverse * weight[:, None]).T @ inverse)
            one_last = np.outer(density, below)
            pairs += share * (one_last + one_last.T) * others
    np.fill_diagonal(pairs, single)
    return pairs


def check_few(size: int) -> None:
    """Refuse an integral that would take minutes, where the chances wanted are as good as had."""
    if size > MANY:
        raise DesignError(
            f"Exact chances under order sampling are for up to {MANY} open units; there are {size}.",
            "Use the chances wanted, from which those of so many units hardly differ.",
        )


def _drawn(chances: ArrayLike, u: Uniforms, key: Callable[[Floats, Floats], Floats]) -> Codes:
    units = opened(chances)
    if not units.n:
        return units.chosen()
    return units.chosen(smallest(key(units.numbers(u), units.chances), units.n))


def _at_most(p: Floats, most: int) -> tuple[Complex, Complex]:
    """Weights over angles, and inverse factors, whose products sum to the probability of at most so many successes among the others."""
    t = angles(p.size, float(p.size) ** 2)  # all sums from 0 to N count here, not those near n only
    factors = 1 + p * (np.exp(1j * t) - 1)[:, None]
    counts = np.exp(-1j * np.outer(t, np.arange(most + 1))).sum(1)
    weight = np.multiply.reduce(factors, axis=1) * counts / (2 * t.size - 1)
    weight[1:] *= 2
    return weight, np.reciprocal(factors)


def _over_keys(p: Floats, n: int, keys: Keys) -> list[tuple[float, Floats, Floats]]:
    """Nodes of the integral over keys: its share, the units' densities there, and the chances that their keys are below."""
    if keys == "sequential-poisson":
        return _between_ends(p, n)
    nodes: list[tuple[float, Floats, Floats]] = []
    step = 0.4 if keys == "pareto" else 0.2
    rate = p / (1 - p) if keys == "pareto" else -np.log1p(-p)
    low, high = -40.0 - np.log(rate.max()), 40.0 - np.log(rate.min())
    for key in np.exp(np.arange(low, high, step)):
        grown = rate * key
        if keys == "pareto":
            nodes.append((step, grown / (1 + grown) ** 2, grown / (1 + grown)))
        else:
            nodes.append((step, grown * np.exp(-grown), -np.expm1(-grown)))
    return nodes


def _between_ends(p: Floats, n: int) -> list[tuple[float, Floats, Floats]]:
    """The same where keys are uniform between 0 and 1/p: n of them end before the last node."""
    ends = np.unique(np.concatenate([[0.0], np.sort(1 / p)[: n + 1]]))
    x, share = np.polynomial.legendre.leggauss(min(p.size // 2 + 2, 40))
    nodes: list[tuple[float, Floats, Floats]] = []
    for a, b in pairwise(ends):
        for key, part in zip((a + b) / 2 + (b - a) / 2 * x, share * (b - a) / 2, strict=True):
            inside = key * p < 1
            nodes.append((float(part), np.where(inside, p, 0.0), np.where(inside, key * p, 1.0)))
    return nodes
