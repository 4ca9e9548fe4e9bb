"""Perturbation tables: by how much a count of 1, 2, 3 ... may be changed, and with what chance."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from scipy.optimize import brentq

from evidencekit.columns import Floats
from evidencekit.disclosure.whole import Whole, frozen, whole_number
from evidencekit.errors import InputError

__all__ = ["PerturbationTable", "perturbation_table"]

_MEAN = 1e-9  # how far from 0 the mean of a row may be


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class PerturbationTable:
    """For each true count, the chances of its changes.

    Parameters
    ----------
    chances : array (rows, 2 D + 1)
        Row i is for a count of i, the last one for that and all larger counts; columns are changes from -D to D.
    max_change : int
        D.
    variance : float
        Of the changes, at most, where a row can have it.
    none_up_to : int
        No result is one of 1 up to this.

    Raises
    ------
    InputError
        Chances that are no table of chances, whose mean is not 0, that change a 0, or lead to what may not be shown.

    Examples
    --------
    >>> perturbation_table(max_change=2, variance=1)
    PerturbationTable: changes of -2 to 2, variance 1
    count  stays  variance
        0      1         0
        1  ...
        2  0.383         1
    """

    chances: Floats
    max_change: int
    variance: float
    none_up_to: int

    def __post_init__(self) -> None:
        table: Any = np.array(self.chances, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != 2 * self.max_change + 1 or not np.all(table >= 0):
            raise InputError("chances= needs a row for each count and a column for each change from -D to D, none negative.")
        if np.any(np.abs(table.sum(axis=1) - 1) > 1e-9) or np.any(np.abs(table @ self.changes) > _MEAN):
            raise InputError("A row of chances does not add up to 1, or its changes do not have mean 0.", "The mean keeps totals right.")
        if table[0, self.max_change] < 1:
            raise InputError("A count of 0 would be changed.", "Where there is nobody, nobody can be shown.")
        result = np.arange(len(table))[:, None] + self.changes
        if np.any((table > 0) & ((result < 0) | ((result > 0) & (result <= self.none_up_to)))):
            raise InputError("A change leads below 0, or to a count that may not be shown.")
        object.__setattr__(self, "chances", frozen(table))

    @property
    def changes(self) -> Whole:
        """From -D to D."""
        return np.arange(-self.max_change, self.max_change + 1)

    @property
    def variances(self) -> Floats:
        """Of the changes of each row, shape (rows,)."""
        return self.chances @ self.changes**2

    def __repr__(self) -> str:
        least = f", no result of 1 to {self.none_up_to}" if self.none_up_to else ""
        head = f"PerturbationTable: changes of -{self.max_change} to {self.max_change}, variance {self.variance:.4g}{least}"
        rows = [f"{i:5}{p:7.3g}{v:10.3g}" for i, (p, v) in enumerate(zip(self.chances[:, self.max_change], self.variances, strict=True))]
        return "\n".join([head, "count  stays  variance", *rows])


def perturbation_table(*, max_change: int = 5, variance: float = 3.0, none_up_to: int = 0) -> PerturbationTable:
    """The perturbation table of largest entropy: nothing is put in beyond what is asked for.

    Parameters
    ----------
    max_change : int
        No count is changed by more, 5 by default.
    variance : float
        Of the changes, at most; 3 by default (a standard deviation of 1.7). Small counts cannot have every variance, since their changes
        go up further than down: a row may have a smaller one, or where `none_up_to` leaves no small change a larger one.
    none_up_to : int
        No result is one of 1 up to this; 0 by default, where a 1 may be shown.

    Returns
    -------
    PerturbationTable
        A count of 0 stays 0, no result is negative, and changes have mean 0 for every count.

    Raises
    ------
    InputError
        Options that are no numbers, a variance that changes of this size cannot have, or too small a largest change for `none_up_to`.

    Notes
    -----
    Row i has the largest ``-sum(p * log(p))`` under the mean and the largest variance, so ``p`` is proportional to
    ``exp(a v + b v**2)`` over the changes v that it may have, with b of 0 or less. The R package ptable also asks that chances fall
    away from 0 (``mono``), and lowers the variance of some small counts for that; all other rows are the same.

    References
    ----------
    Thompson, Broadfoot and Elazar (2013), Methodology for the automatic confidentialisation of statistical outputs from remote servers at
    the Australian Bureau of Statistics, UNECE work session on statistical data confidentiality.
    Giessing (2016), Computational issues in the design of transition probabilities and disclosure risk estimation for additive noise,
    Privacy in Statistical Databases.

    Examples
    --------
    >>> table = perturbation_table(max_change=2, variance=1)
    >>> table.chances[2].round(4).tolist()
    [0.0638, 0.2447, 0.383, 0.2447, 0.0638]
    """
    most = whole_number("max_change", max_change, least=1, most=100)
    least = whole_number("none_up_to", none_up_to, least=0, most=100)
    given: Any = variance
    if isinstance(variance, bool) or not isinstance(variance, Real) or not 0 < given < most**2:
        raise InputError("variance= is a number above 0 and below the square of max_change=.", "Lower it, or allow larger changes.")
    if most <= least:
        raise InputError("max_change= is not above none_up_to=, so a count of 1 could only go to 0.", "Allow larger changes.")
    changes = np.arange(-most, most + 1)
    rows = np.zeros((most + least + (2 if least else 1), 2 * most + 1))  # from the last row on, every change is allowed
    rows[0, most] = 1
    for i in range(1, len(rows)):
        result = i + changes
        allowed = (result == 0) | (result > least)
        rows[i, allowed] = _largest_entropy(changes[allowed].astype(np.float64), float(variance))
    return PerturbationTable(chances=rows, max_change=most, variance=float(variance), none_up_to=least)


def _largest_entropy(v: Floats, variance: float) -> Floats:
    """Chances over v of mean 0 and at most this variance (or the least they can have), of largest entropy."""
    near = _nearest(v)
    if variance <= near @ v**2 + 1e-9:
        return near
    root: Any = brentq

    def chances(b: float) -> Floats:
        """For one b, with a such that the mean is 0."""

        def tilted(a: float) -> Floats:
            e = a * v + b * v**2
            p = np.exp(e - e.max())
            return p / p.sum()

        reach = 2 * np.abs(v).max() * abs(b) + 50
        return tilted(root(lambda a: float(tilted(a) @ v), -reach, reach, xtol=1e-15, rtol=1e-15, maxiter=500))

    def miss(b: float) -> float:
        return float(chances(b) @ v**2 - variance)

    if miss(0) <= 0:
        return chances(0)
    b = -1.0
    while miss(b) > 0:
        b *= 2
    return chances(root(miss, b, 0, xtol=1e-14))


def _nearest(v: Floats) -> Floats:
    """Mean 0 and the least variance: no change, or the nearest one down and the nearest one up."""
    if (v == 0).any():
        return (v == 0).astype(np.float64)
    down, up = v[v < 0].max(), v[v > 0].min()
    return np.where(v == down, up, np.where(v == up, -down, 0)) / (up - down)
