"""Counts of records as whole numbers, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Bools
from evidencekit.errors import InputError, how_many, is_whole

__all__ = ["Whole", "frozen", "positions", "whole_counts", "whole_number"]

Whole = NDArray[np.int64]
_MOST = 2**53
_LISTED = 5


def whole_counts(counts: Any) -> Whole:
    """A table of counts as int64, in its own shape.

    Parameters
    ----------
    counts : array
        Numbers of records. Floats are taken where they are whole.

    Raises
    ------
    InputError
        Not an array of numbers, no cell, a count that is missing, negative, not whole, or 2**53 or more.
    """
    try:
        given = np.asarray(counts)
    except ValueError:
        given = np.array(None)
    if given.dtype.kind not in "iuf" or np.ma.isMaskedArray(counts):
        raise InputError("The counts are not an array of numbers.", "Pass the numbers of records, one for each cell.")
    if not given.ndim:
        raise InputError("A single number is not a table.", "Put it in brackets: [number].")
    if not given.size:
        raise InputError("The table has no cell.", "Pass an array with at least one count.")
    values = given.astype(np.float64)
    _refuse(~np.isfinite(values), "missing or not finite", "A cell without records is 0.")
    _refuse(values < 0, "negative", "Numbers of records are 0 or more.")
    _refuse(values >= _MOST, "too large to be a count", "Pass numbers of records.")
    _refuse(values != np.floor(values), "not whole", "Pass unweighted numbers of records; weighted totals are not counts.")
    return given.astype(np.int64)


def whole_number(name: str, value: Any, *, least: int, most: int = 2**31) -> int:
    """An option that is a whole number from `least` up to `most`; raises `InputError` otherwise."""
    if not is_whole(value, least=least, most=most):
        raise InputError(f"{name}= is a whole number of {least:,} to {most:,}.")
    return int(value)


def frozen(values: NDArray[Any]) -> NDArray[Any]:
    """The same array, which nobody can write to."""
    values.setflags(write=False)
    return values


def positions(which: Bools) -> str:
    """Where cells are, counted from 0 in C order: ``positions 3, 4 and 7 more``."""
    at = np.flatnonzero(which)
    more = f" and {len(at) - _LISTED:,} more" if len(at) > _LISTED else ""
    return f"position{'s' if len(at) > 1 else ''} {', '.join(str(i) for i in at[:_LISTED])}{more}"


def _refuse(bad: Bools, word: str, fix: str) -> None:
    if bad.any():
        raise InputError(f"{how_many(int(bad.sum()), 'count is', 'counts are')} {word}, at {positions(bad)} in C order.", fix)
