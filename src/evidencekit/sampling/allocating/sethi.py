"""Sethi's iteration for the boundaries of Lavallee and Hidiroglou: where a unit on a boundary costs either stratum the same.

The number of units needed is a function of every stratum's N, sum of x and sum of x**2. A unit of size x that moves across a boundary
changes it by ``dN + x d(sum of x) + x**2 d(sum of x**2)`` on either side; the boundary goes where the two are equal, a root of a quadratic.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError
from evidencekit.sampling.allocating.planning import LEAST, Aim, Values, planned

__all__ = ["iterated"]

ROUNDS = 1000
ELSEWHERE = 'Use method="lavallee-hidiroglou", which searches and always ends.'


def iterated(values: Values, aim: Aim, strata: int) -> tuple[Floats, Aim]:
    """Boundaries (L - 1,) from quantiles on, and the aim with the strata that have to be taken whole.

    Raises
    ------
    DesignError
        The iteration does not end, or a stratum runs empty or loses its variance.
    """
    while True:
        bounds = _fixed(values, aim, strata)
        plan = planned(values, aim, np.searchsorted(values.different, bounds, side="left")[None])
        if plan.take_all[0] == aim.take_all:
            return bounds, aim
        aim = Aim(aim.cv, aim.n, aim.powers, aim.take_all + 1)


def _fixed(values: Values, aim: Aim, strata: int) -> Floats:
    """Boundaries that the iteration leaves where they are; it has ended when no unit changes its stratum."""
    bounds = np.quantile(np.repeat(values.different, values.times), np.arange(1, strata) / strata)
    cuts = np.searchsorted(values.different, bounds, side="left")
    largest = _largest(values)
    for _ in range(ROUNDS):
        bounds = np.minimum(_moved(values, aim, cuts), [*[np.inf] * (strata - 2), largest])
        if (np.diff(bounds) <= 0).any():
            raise DesignError("Sethi's iteration ran into a stratum without units.", ELSEWHERE)
        after = np.searchsorted(values.different, bounds, side="left")
        if np.array_equal(after, cuts):
            return bounds
        cuts = after
    raise DesignError(f"Sethi's iteration did not end in {ROUNDS} rounds.", ELSEWHERE)


def _largest(values: Values) -> float:
    """The last boundary that leaves the highest stratum the least number of units."""
    above = np.cumsum(values.times[::-1])
    return float(values.different[::-1][int(np.searchsorted(above, LEAST))])


def _moved(values: Values, aim: Aim, cuts: Codes) -> Floats:
    size, mean, variance = (part[0] for part in values.moments(cuts[None]))
    some = np.arange(len(size)) < len(size) - aim.take_all
    if (size == 0).any() or (variance[some] <= 0).any() or (aim.scores(size, mean, variance)[some] <= 0).any():
        raise DesignError("Sethi's iteration ran into a stratum without units or without variance.", ELSEWHERE)
    by_size, by_mean, by_variance, by_sum = _slopes(values, aim, (size, mean, variance), some)
    # N, the sum of x and the sum of x**2 change the mean and the variance (divisor N) so:
    count = by_size + by_mean * -mean / size + by_variance * (mean**2 - variance) / size
    first = by_mean / size + by_variance * -2 * mean / size + by_sum
    second = by_variance / size
    a, b, c = (part[:-1] - part[1:] for part in (second, first, count))
    inside = b**2 - 4 * a * c
    if (inside < 0).any() or (a == 0).any():
        raise DesignError("Sethi's iteration found no boundary that suits both neighbours.", ELSEWHERE)
    return np.maximum((-b + np.sqrt(inside)) / (2 * a), 0.0)


def _slopes(
    values: Values, aim: Aim, moments: tuple[Floats, Floats, Floats], some: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, float]:
    """Derivatives of the number of units by N, mean and variance of each stratum, and by the sum of x wherever it lies."""
    size, mean, variance = moments
    (q1, q2, q3), scores = aim.powers, aim.scores(size, mean, variance)
    assert aim.cv is not None
    loads = np.where(some, size**2 * variance / np.where(some, scores, 1.0), 0.0)
    scores = np.where(some, scores, 0.0)
    held = np.where(some, size * variance, 0.0)
    below = (aim.cv * values.total) ** 2 + held.sum()
    above = loads.sum() * scores.sum()

    def slope(of_load: Floats, of_score: Floats, of_held: Floats) -> Floats:
        made = of_load * scores.sum() + loads.sum() * of_score
        return np.where(some, made / below - above * of_held / below**2, 0.0)

    by_size = slope((2 - 2 * q1) * loads / size, 2 * q1 * scores / size, variance) + ~some
    nothing = np.zeros_like(size)
    by_mean = slope(-2 * q2 * loads / mean, 2 * q2 * scores / mean, nothing) if q2 else nothing
    spread = np.where(variance > 0, variance, 1.0)
    by_variance = slope((1 - q3) * loads / spread, q3 * scores / spread, size)
    return by_size, by_mean, by_variance, -above * 2 * aim.cv**2 * values.total / below**2
