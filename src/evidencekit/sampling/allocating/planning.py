"""What strata cut from a list of values need: numbers of units, the coefficient of variation, and the strata to take whole.

Every quantity is had for many sets of cuts at once (K, L), so that a search can try thousands together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats

__all__ = ["Aim", "Plans", "Values", "planned"]

LEAST = 2  # units in a stratum, so that it has a variance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Values:
    """The values to be cut: different ones in order (M,), how often each occurs, and sums from the start (M + 1,) of N, x and x**2.

    Sums are of x less its mean, in extended precision where the machine has it. `certain` units, whose values add up to `apart`, are not
    among them; `count` leaves them out, `total` does not.
    """

    different: Floats
    times: Codes
    certain: int = 0
    apart: float = 0.0
    count: int = field(init=False)
    total: float = field(init=False)
    middle: float = field(init=False)
    sums: tuple[NDArray[np.longdouble], ...] = field(init=False)

    def __post_init__(self) -> None:
        count, total = int(self.times.sum()), float(self.different @ self.times)
        middle = total / count
        x, w = (self.different - middle).astype(np.longdouble), self.times.astype(np.longdouble)
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "total", total + self.apart)
        object.__setattr__(self, "middle", middle)
        object.__setattr__(self, "sums", tuple(np.concatenate([[0], np.cumsum(part)]) for part in (w, w * x, w * x * x)))

    def moments(self, cuts: Codes) -> tuple[Floats, Floats, Floats]:
        """Sizes, means and variances (divisor N) of strata, shape (K, L), from the first place of each stratum but the first (K, L - 1)."""
        ends = np.zeros((len(cuts), 1), dtype=np.intp)
        edges = np.concatenate([ends, cuts, ends + len(self.different)], axis=1)
        size, one, two = (np.diff(part[edges], axis=1) for part in self.sums)
        some = np.maximum(size, 1)
        mean = one / some
        return size.astype(np.float64), (mean + self.middle).astype(np.float64), np.maximum(two / some - mean**2, 0).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Aim:
    """What the strata are for: a coefficient of variation or a number of units, an allocation, and strata to take whole at least.

    Units are in proportion to ``N**(2 q1) mean**(2 q2) variance**q3``.
    """

    cv: float | None
    n: int | None
    powers: tuple[float, float, float]
    take_all: int = 0

    def scores(self, size: Floats, mean: Floats, variance: Floats) -> Floats:
        """What units are in proportion to."""
        q1, q2, q3 = self.powers
        return size ** (2 * q1) * np.abs(mean) ** (2 * q2) * variance**q3


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Plans:
    """Plans for K sets of cuts: exact numbers (K, L), their total and the cv they give (K,), how many strata are taken whole (K,)."""

    exact: Floats
    total: Floats
    cv: Floats
    take_all: Codes
    possible: NDArray[np.bool_]


def planned(values: Values, aim: Aim, cuts: Codes) -> Plans:
    """The plans of K sets of cuts.

    Where a stratum would need more units than it has, the highest strata are taken whole one by one until none does.
    """
    size, mean, variance = values.moments(cuts)
    strata = size.shape[1]
    scores = aim.scores(size, mean, variance)
    whole = np.full(len(cuts), aim.take_all, dtype=np.intp)
    exact, cv = np.empty_like(size), np.empty(len(cuts))
    left = np.arange(len(cuts))
    place = np.arange(strata)
    while left.size:
        some = place < (strata - whole[left])[:, None]
        exact[left], cv[left] = _shared(values, aim, (size[left], variance[left], scores[left]), some)
        over = ((np.ceil(exact[left] - 1e-9) > size[left]) & some).any(axis=1) & (whole[left] < strata - 1)
        left = left[over]
        whole[left] += 1
    total = exact.sum(axis=1) + values.certain
    possible = (size >= LEAST).all(axis=1) & (exact > 0).all(axis=1) & (exact <= size + 1e-9).all(axis=1) & np.isfinite(cv)
    return Plans(exact, total, cv, whole, possible)


def _shared(values: Values, aim: Aim, moments: tuple[Floats, Floats, Floats], some: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Exact numbers (K, L), and the coefficients of variation they give."""
    size, variance, scores = moments
    kept = np.where(some, scores, 0.0)
    spread = np.where(some, size**2 * variance, 0.0)
    taken = np.where(some, 0.0, size).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = kept / kept.sum(axis=1, keepdims=True)
        wide = np.where(spread > 0, spread / share, 0.0).sum(axis=1)
        held = np.where(some, size * variance, 0.0).sum(axis=1)
        if aim.cv is not None:
            used = wide / ((aim.cv * values.total) ** 2 + held)
        else:
            assert aim.n is not None
            used = aim.n - values.certain - taken
        exact = np.where(some, used[:, None] * share, size)
        square = wide / used - held
        cv = np.where(used > 0, np.sqrt(np.maximum(square, 0.0)) / values.total, np.inf)
    return np.nan_to_num(exact, nan=0.0, posinf=np.inf), cv


def by_total(plans: Plans) -> Floats:
    """Whole numbers needed, exact ones between equals; infinite where a plan is not possible (K,)."""
    needed = np.ceil(plans.exact - 1e-9).sum(axis=1)
    return np.where(plans.possible, needed + plans.exact.sum(axis=1) / (2 * needed + 2), np.inf)


def by_exact(plans: Plans) -> Floats:
    """Exact numbers needed (K,)."""
    return np.where(plans.possible, plans.total, np.inf)


def by_both(plans: Plans) -> Floats:
    """Half-way from exact to whole numbers (K,): which plans may lose a whole unit next."""
    return (by_exact(plans) + by_total(plans)) / 2


def by_cv(plans: Plans) -> Floats:
    """Coefficients of variation (K,)."""
    return np.where(plans.possible, plans.cv, np.inf)


Worth = Callable[[Plans], Floats]
