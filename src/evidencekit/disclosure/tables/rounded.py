"""Rounded: a table in multiples of a base, with how it was rounded and how far off each count may be."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.disclosure.whole import frozen, whole_counts
from evidencekit.errors import InputError, how_many

__all__ = ["Rounded", "counts_of", "rounding_error"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Rounded:
    """Counts that may be shown in multiples of a base. The true counts are not kept.

    Parameters
    ----------
    values : array
        The rounded counts, in the shape or order of what was rounded; NaN for cells of a system that are not shown.
    base : int
        Every value is a multiple of it.
    how : {"nearest", "random", "controlled"}
        By what rule.
    below, above : int
        A true count is at least ``values - below`` and at most ``values + above``.
    additive : bool
        Whether margins are the sums of their rounded parts.
    notes : tuple of str
        How it was found, a sentence each.

    Examples
    --------
    >>> from evidencekit.disclosure.tables import controlled_rounding, cube
    >>> controlled_rounding(cube([[3, 1], [4, 12]]), base=5)
    Rounded: 9 counts in multiples of 5, controlled
    a true count is at most 4 less or 4 more than what is shown; margins add up
    the total error is the smallest possible
    """

    values: Floats
    base: int
    how: str
    below: int
    above: int
    additive: bool
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(np.array(self.values, dtype=np.float64)))

    @property
    def shown(self) -> Any:
        """Which cells have a value, in the shape of the values."""
        return ~np.isnan(self.values)

    @property
    def statement(self) -> tuple[str, ...]:
        """What must be said beside the numbers, a sentence each."""
        adds = "margins add up" if self.additive else "margins need not add up"
        return (f"a true count is at most {self.below:,} less or {self.above:,} more than what is shown; {adds}", *self.notes)

    def __repr__(self) -> str:
        size = how_many(int(self.shown.sum()), "count")
        return "\n".join([f"Rounded: {size} in multiples of {self.base:,}, {self.how}", *self.statement])

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in repr(self).splitlines())


def rounding_error(rounded: Rounded, counts: Any) -> tuple[float, float]:
    """What rounding cost: the mean and the largest absolute error over the shown cells.

    Whoever holds the true counts may know this. It is not part of `Rounded`, because in a small table it says what the counts were.

    Parameters
    ----------
    rounded : Rounded
        The rounded table.
    counts : array or CellSystem
        The true one.

    Returns
    -------
    (float, float)

    Examples
    --------
    >>> from evidencekit.disclosure.tables import round_counts
    >>> rounding_error(round_counts([3, 1, 12], base=5), [3, 1, 12])
    (1.6666666666666667, 2.0)
    """
    if not isinstance(rounded, Rounded):
        raise InputError(f"rounding_error() takes a Rounded, and this is of type {type(rounded).__name__}.")
    true = counts_of(counts)
    if true.shape != rounded.values.shape:
        raise InputError("The counts are not of the shape of the rounded table.", "Pass what was rounded.")
    off = np.abs(rounded.values - true)[rounded.shown]
    return float(off.mean()), float(off.max())


def counts_of(counts: Any) -> Any:
    """Whole counts of an array, or of the shown cells of a system (0 for the others)."""
    if not isinstance(counts, CellSystem):
        return whole_counts(counts)
    if not counts.offered.any():
        raise InputError("No cell of the system is shown.", "Link tables that are.")
    return whole_counts(np.where(counts.offered, counts.values, 0))
