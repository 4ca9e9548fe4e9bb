"""What is too large for the pass, in memory and lazily, said before numpy overflows or memory runs out."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Column, Floats
from evidencekit.errors import InputError

__all__ = ["refuse_large", "refuse_many", "refuse_wide", "with_cases"]

CATEGORIES = 2_000
ENTRIES = 200_000_000
LARGEST = 1e300


def refuse_large(weight: float, squares: Floats | None = None) -> None:
    """Raise unless products of totals stay in the range of float64.

    The square of a weighted total is at most the sum of the weights times the weighted sum of squares, so that product is looked at.

    Parameters
    ----------
    weight : float
        The sum of the weights.
    squares : array, optional
        Weighted sums of squares and products.
    """
    if not weight < LARGEST**0.5:
        raise InputError("The weights are too large to square.", "Divide the column of weights by a power of ten first.")
    if squares is not None and not (np.abs(squares) < LARGEST / max(weight, 1.0)).all():
        raise InputError(
            "The numbers are too large: weighted sums of their squares overflow.", "Divide the column by a power of ten first."
        )


def refuse_many(name: str, categories: int) -> None:
    """Raise where a column has more categories than anybody reads."""
    if categories > CATEGORIES:
        raise InputError(
            f"Column {name!r} has {categories:,} categories: this looks like an identifier or a measurement.",
            f"Use mean() or quantile() for a measurement; group categories until there are at most {CATEGORIES:,}.",
        )


def refuse_wide(name: str, categories: int, entries: int) -> None:
    """Raise where totals per sampling unit, domain and category would not fit in memory."""
    if categories * entries > ENTRIES:
        raise InputError(
            f"Column {name!r} has {categories:,} categories in {entries:,} combinations of sampling unit and domain: too many to hold.",
            "Group its categories, name the sampling units with psu=, or estimate parts with where=.",
        )


def with_cases(column: Column) -> Column:
    """The column; a 0/1 column in which nobody said 1 still has a share of 1: none."""
    return Column(column.codes, (0, 1), (0, 1)) if column.keys in ((0,), (False,)) else column
