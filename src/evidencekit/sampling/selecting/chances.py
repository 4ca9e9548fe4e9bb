"""Chances proportional to size, with units that are certain taken out; and the open units of a vector of chances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError, InputError, how_many
from evidencekit.sampling.streams import Uniforms

__all__ = ["NEARLY", "WHOLE", "Open", "opened", "proportional_chances", "smallest"]

NEARLY = 1e-12  # a chance this close to 1 is 1
WHOLE = 1e-9  # chances add up to a whole number when they miss it by no more


def proportional_chances(sizes: ArrayLike, n: int) -> Floats:
    """Chances proportional to size that add up to n.

    Units so large that n times their share is 1 or more become certain; the others share what is left, until none exceeds 1.

    Parameters
    ----------
    sizes : array_like, shape (N,)
        Measures of size, 0 or more; a unit of size 0 has no chance.
    n : int
        The number of units to choose.

    Returns
    -------
    ndarray, shape (N,)
        Chances between 0 and 1.

    Raises
    ------
    InputError
        Sizes are missing, negative or infinite, or n is not a whole number above 0.
    DesignError
        There are fewer than n units with a size above 0.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), section 3.6.2.

    Examples
    --------
    >>> from evidencekit.sampling.selecting.chances import proportional_chances
    >>> proportional_chances([0, 1, 2, 3, 4, 50], 3)
    array([0. , 0.2, 0.4, 0.6, 0.8, 1. ])
    """
    size = _numbers(sizes, "Sizes")
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise InputError("The number of units to choose is a whole number above 0.")
    positive = int(np.count_nonzero(size))
    if n > positive:
        raise DesignError(
            f"{how_many(n, 'unit is', 'units are')} to be chosen, and {positive} of {size.size} have a size above 0.",
            "Choose fewer, or mend the sizes.",
        )
    chances, certain = _shared(size, n), np.zeros(size.size, dtype=bool)
    while (new := (chances >= 1 - NEARLY) & ~certain).any():
        certain |= new
        chances[certain] = 1.0
        if not certain.all():
            chances[~certain] = _shared(size[~certain], n - int(certain.sum()))
    return chances


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Open:
    """The units whose chances lie strictly between 0 and 1, and how many of them are to be chosen.

    `where` are their positions, None when every unit is open; `total` is what their chances add up to, `n` the whole number that is.
    """

    size: int
    certain: Codes
    where: Codes | None
    chances: Floats
    total: float
    n: int

    def of(self, values: NDArray[np.float64]) -> Floats:
        """The open units' part of something all units have."""
        return values if self.where is None else values[self.where]

    def numbers(self, u: Uniforms, turn: int = 0) -> Floats:
        """The open units' random numbers of a turn."""
        values = u(turn)
        if values.size != self.size:
            raise InputError(
                f"There are {self.size} chances and random numbers for {how_many(values.size, 'unit')}.", "Give one source for these units."
            )
        return self.of(values)

    def chosen(self, places: Codes | None = None) -> Codes:
        """Positions among all units, sorted: of the certain ones, and of open ones by their places."""
        if places is None:
            return self.certain.copy()
        if self.where is None:
            return np.sort(places)
        return np.sort(np.concatenate([self.certain, self.where[places]]))


def opened(chances: ArrayLike, *, whole: bool = True) -> Open:
    """Take the certain and the impossible units out.

    Parameters
    ----------
    chances : array_like, shape (N,)
        Chances between 0 and 1.
    whole : bool
        Whether they must add up to a whole number.

    Raises
    ------
    InputError
        Chances are missing or not between 0 and 1.
    DesignError
        They do not add up to a whole number, and `whole`.
    """
    p = _numbers(chances, "Chances")
    low, high = (float(p.min()), float(p.max())) if p.size else (0.0, 0.0)
    if high > 1 + NEARLY:
        raise InputError("Chances are numbers between 0 and 1.", "Make them with proportional_chances().")
    certain, where = np.zeros(0, dtype=np.intp), None
    size = p.size
    if not (low > 0 and high < 1 - NEARLY):
        sure = p >= 1 - NEARLY
        certain, where = np.flatnonzero(sure), np.flatnonzero((p > 0) & ~sure)
        p = p[where]
    total = float(p.sum())
    n = round(total)
    if whole and abs(total - n) > max(WHOLE, 1e-14 * total):
        raise DesignError(
            "The chances do not add up to a whole number of units.", "Make them with proportional_chances(), or use Poisson sampling."
        )
    if whole and p.size and not 0 < n < p.size:
        # Dust of rounding: a handful of chances next to 0 (or 1) that stand for nobody (or everybody).
        certain = np.sort(np.concatenate([certain, np.arange(size) if where is None else where])) if n else certain
        where, p, total, n = np.zeros(0, dtype=np.intp), np.zeros(0), 0.0, 0
    return Open(size, certain, where, p, total, n)


def smallest(values: Floats, n: int) -> Codes:
    """Places of the n smallest values; of equal ones the earlier."""
    if n <= 0 or n >= values.size:
        return np.arange(values.size if n > 0 else 0)
    bound = np.partition(values, n - 1)[n - 1]
    below = np.flatnonzero(values < bound)
    return np.concatenate([below, np.flatnonzero(values == bound)[: n - below.size]])


def _shared(size: Floats, n: int) -> Floats:
    """The shares of units, times n."""
    if not n:
        return np.zeros(size.size)
    share = size / size.max()
    return share * (n / share.sum())


def _numbers(values: ArrayLike, what: str) -> Floats:
    """A row of finite numbers of 0 or more; `what` is how messages name them."""
    try:
        made = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        made = np.zeros((1, 1))
    if made.ndim != 1:
        raise InputError(f"{what} are one row of numbers.")
    if made.size and not np.isfinite(made).all():
        bad = int(made.size - np.isfinite(made).sum())
        raise InputError(
            f"{what} are missing or infinite for {bad} of {how_many(made.size, 'unit')}.", "Find them, or leave the units out."
        )
    if made.size and made.min() < 0:
        raise InputError(
            f"{what} are negative for {int((made < 0).sum())} of {how_many(made.size, 'unit')}.", "Mend them, or leave the units out."
        )
    return made
