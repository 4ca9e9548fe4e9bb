"""Sampford's sampling, drawn by rejection from Poisson samples rather than from draws with replacement.

A sample's probability is the product of its odds p/(1 - p) times the sum of its 1 - p. Poisson samples of size n have the product, so that
one is kept with a probability in proportion to the sum. The classical rejection keeps draws with replacement that happen to be distinct:
one in 10**10 for 500 of 10,000 units.

**Random numbers.** Attempt t, from 0, takes the open units whose number of turn 2t is below their chance. If there are n, it is kept when
the number of turn 2t + 1, of the open unit with the smallest number of turn 2t, times the sum of the n largest 1 - p is below the sum of
1 - p over the sample; sums run in order of size. With numbers that belong to units the order of units does not matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError
from evidencekit.sampling.selecting.chances import opened
from evidencekit.sampling.selecting.conditional import attempts
from evidencekit.sampling.selecting.trials import factors_of, pieces, waves
from evidencekit.sampling.streams import Uniforms

__all__ = ["draw_sampford", "sampford_pairs"]

HOPELESS = 1e-3  # the share of samples of the right size that must be kept


def draw_sampford(chances: ArrayLike, u: Uniforms) -> Codes:
    """Sampford's sampling.

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

    Raises
    ------
    DesignError
        Nearly all samples would be thrown away; said before it starts.

    References
    ----------
    Sampford (1967), Biometrika 54, 499-513. Bondesson, Traat and Lundqvist (2006), Scand. J. Statist. 33, 699-720.

    Examples
    --------
    >>> from evidencekit.sampling.selecting.sampford import draw_sampford
    >>> from evidencekit.sampling.streams import hashed
    >>> draw_sampford([0.2, 0.3, 1, 0.5], hashed(1, "areas", list("abcd")))
    array([0, 2])
    """
    units = opened(chances)
    if not units.n:
        return units.chosen()
    p, n = units.chances, units.n
    most = float(np.sort(1 - p)[-n:].sum())
    kept = float((p * (1 - p)).sum()) / most
    if kept < HOPELESS:
        raise DesignError(
            "Sampford's sampling would throw nearly every sample away with these chances.", "Use conditional Poisson sampling."
        )
    for attempt in range(attempts(p, kept)):
        number = units.numbers(u, 2 * attempt)
        places = np.flatnonzero(number < p)
        if places.size == n:
            acceptance = units.numbers(u, 2 * attempt + 1)[int(np.argmin(number))]
            if acceptance * most < np.sort(1 - p[places]).sum():
                return units.chosen(places)
    raise DesignError("No sample of the wanted size came up; the random numbers are not uniform.", "Check the source of random numbers.")


def sampford_pairs(chances: Floats, n: int, columns: Codes) -> Floats:
    """The chances of pairs of open units at `columns`, exactly; a unit with itself has its own chance.

    The sum over samples of ``product of odds * (n - sum of p)`` is taken in the frequency domain, where the expected sum of p over the
    other successes is the sum of ``p * p exp(it) / factor``.
    """
    if n < 2:
        return np.diag(chances[columns])
    made, own = waves(chances, n, columns), chances[columns]
    left = np.full(made.z.size, n, dtype=np.complex128)
    for piece in pieces(chances.size, made.z.size):
        left -= made.z * ((chances[piece] ** 2) / factors_of(chances[piece], made.z)).sum(axis=1)
    total = float(np.real((made.weight * left).sum()))
    inverse, part = made.inverse, own**2 * made.z[:, None] * made.inverse
    weight = made.weight * made.z**2
    crossed = ((inverse * weight[:, None]).T @ (inverse * (part - own))).real
    pairs = ((inverse * (weight * left)[:, None]).T @ inverse).real + crossed + crossed.T
    pairs = np.maximum(pairs * np.outer(own, own) / total, 0.0)
    np.fill_diagonal(pairs, own)
    return pairs
