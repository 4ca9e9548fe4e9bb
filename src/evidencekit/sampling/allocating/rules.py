"""Rules that cut strata from the values alone: cumulative root of frequencies, geometric, equal steps, equal shares."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import DesignError
from evidencekit.sampling.allocating.planning import Values

__all__ = ["by_roots", "by_shares", "by_steps", "geometric"]


def by_roots(values: Values, strata: int, classes: int) -> Floats:
    """Boundaries (L - 1,) at edges of equal classes that make the strata's sums of root frequencies as equal as can be.

    From each boundary the next is the last edge below an equal share of the roots, or the edge after it; of all ways to go on so, the
    one with the least sum of squared differences from equal shares is taken, as R stratification does.
    """
    low, high = float(values.different[0]), float(values.different[-1])
    edges = low + (high - low) * (np.arange(classes + 1) / classes)
    place = np.searchsorted(edges[1:-1], values.different, side="right")
    heights = np.concatenate([[0.0], np.cumsum(np.sqrt(np.bincount(place, values.times, minlength=classes)))])
    if len(np.unique(place)) < strata:
        raise DesignError(
            f"The values fall in {len(np.unique(place))} of the {classes} classes, and {strata} strata are wanted.",
            'Raise classes=, or use method="lavallee-hidiroglou".',
        )
    sums = np.subtract.outer(heights, heights).T  # [from, to]
    share = heights[-1] / strata
    last = (sums < share - 1e-9 * share).cumsum(axis=1).argmax(axis=1)
    place = np.arange(classes + 1)
    near = (place == last[:, None]) | (place == last[:, None] + 1)
    cost = np.where((sums > 0) & (place > place[:, None]), (sums - share) ** 2, np.inf)  # a stratum without units is none
    steps = np.where(near, cost, np.inf)
    best, back = steps[0], []
    for stratum in range(2, strata + 1):
        tried = best[:, None] + (cost if stratum == strata else steps)
        back.append(tried.argmin(axis=0))
        best = tried.min(axis=0)
    if not np.isfinite(best[-1]):
        raise DesignError(f"The rule finds no {strata} strata with units in each.", 'Raise classes=, or use method="lavallee-hidiroglou".')
    ends = [classes]
    for step in reversed(back):
        ends.append(int(step[ends[-1]]))
    return edges[ends[:0:-1]]


def geometric(values: Values, strata: int) -> Floats:
    """Boundaries (L - 1,) in geometric progression between the smallest and the largest value."""
    low, high = float(values.different[0]), float(values.different[-1])
    if low <= 0:
        raise DesignError(
            "The geometric rule needs values above 0, and the smallest is not.",
            "Put units of size 0 in a stratum of their own, or use another method.",
        )
    return low * (high / low) ** (np.arange(1, strata) / strata)


def by_steps(values: Values, strata: int) -> Floats:
    """Boundaries (L - 1,) at equal distances between the smallest and the largest value."""
    return np.linspace(values.different[0], values.different[-1], strata + 1)[1:-1]


def by_shares(values: Values, strata: int, power: float) -> Floats:
    """Boundaries (L - 1,) that give every stratum the same sum of x ** power: of units for 0, of their values for 1."""
    heights = np.cumsum(np.abs(values.different) ** power * values.times)
    place = np.searchsorted(heights, heights[-1] * np.arange(1, strata) / strata)
    return values.different[np.minimum(place + 1, len(values.different) - 1)]
