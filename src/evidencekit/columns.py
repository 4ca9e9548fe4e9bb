"""One column of a data frame as numpy: numbers with NaN where missing, or integer codes with their levels.

Messages name the column and what to do, never a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import InputError

__all__ = ["Bools", "Codes", "Column", "Floats", "factorise", "floats", "missing_in", "numeric", "summed"]

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Column:
    """A column of categories as integer codes: -1 where it is missing, otherwise a place in `levels`.

    `keys` are the values as they stand in the data; `levels` are what is shown for them.
    """

    codes: Codes
    keys: tuple[Any, ...]
    levels: tuple[Any, ...]


def numeric(series: nw.Series[Any], role: str) -> Floats:
    """A column as float64, NaN where it is missing.

    Parameters
    ----------
    series : narwhals Series
        The column.
    role : str
        How messages name it.

    Raises
    ------
    InputError
        The column holds text, or an infinite number.
    """
    values = floats(series, role)
    missing_in(values, f"{role} {series.name!r}")
    return values


def floats(series: nw.Series[Any], role: str) -> Floats:
    """The same, not yet looked through for infinite numbers."""
    if not (series.dtype.is_numeric() or series.dtype == nw.Boolean):
        raise InputError(
            f"{role} {series.name!r} does not hold numbers.",
            "Turn the column into numbers first; of categories, use proportion().",
        )
    if _is_whole(series.dtype):
        values, blank = _whole(series)
        made = values.astype(np.float64)
        if blank is not None:
            made[blank] = np.nan
        return made
    values = _narrow(series).to_numpy()
    if values.dtype != np.float64 and series.null_count():
        values = series.cast(nw.Float64).to_numpy()
    return values.astype(np.float64, copy=False)


def missing_in(values: Floats, what: str) -> NDArray[np.bool_] | None:
    """Where answers are missing, None where none is; raises `InputError` at an infinite number."""
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(values.sum()):
            return None
    if np.isinf(values).any():
        raise InputError(f"{what} holds infinite numbers.", "Set them to null first.")
    missing = np.isnan(values)
    return missing if missing.any() else None


def factorise(series: nw.Series[Any], labels: Mapping[Any, str] | None = None) -> Column:
    """A column as integer codes with its sorted levels; declared categories keep their order.

    Parameters
    ----------
    series : narwhals Series
        The column.
    labels : mapping, optional
        Value labels; a level is shown by its label when every level has one of its own, and none is the code of another.
    """
    codes, keys = _codes(series)
    shown = keys
    if labels:
        named = [labels.get(k) for k in keys]
        own = None not in named and len(set(named)) == len(named)
        mistakable = any(label in keys and label != key for key, label in zip(keys, named, strict=True))
        shown = tuple(named) if own and not mistakable else keys
    return Column(codes, keys, shown)


def summed(codes: Codes, values: Floats, size: int) -> Floats:
    """Sums of the values within codes 0 to size - 1."""
    out = np.zeros(size)
    np.add.at(out, codes, values)
    return out


def _codes(series: nw.Series[Any]) -> tuple[Codes, tuple[Any, ...]]:
    if _is_whole(series.dtype):
        values, blank = _whole(series)
        if values.dtype != np.uint64 or values.max(initial=0) <= np.iinfo(np.int64).max:
            return _integer_codes(values.astype(np.int64, copy=False), boolean=series.dtype == nw.Boolean, blank=blank)
    elif series.dtype.is_numeric():
        values = numeric(series, "Column")
        blank = np.isnan(values)
        whole = np.where(blank, 0.0, values)
        if np.abs(whole).max(initial=0.0) < 2**53 and np.array_equal(whole, np.trunc(whole)):
            return _integer_codes(whole.astype(np.int64), boolean=False, blank=blank)
    return _hashed_codes(series)


def _is_whole(dtype: Any) -> bool:
    """Whole numbers numpy has a type for, or true and false."""
    return dtype == nw.Boolean or (dtype.is_integer() and dtype not in (nw.Int128, nw.UInt128))


def _whole(series: nw.Series[Any]) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Whole numbers, 0 where one is missing, and where that is.

    They do not go through float64, where large ones lose digits and some engines refuse them in a message that holds one.
    """
    if not series.null_count():
        return series.to_numpy(), None
    filler = False if series.dtype == nw.Boolean else 0
    return series.fill_null(filler).to_numpy(), series.is_null().to_numpy().astype(bool)


def _narrow(series: nw.Series[Any]) -> nw.Series[Any]:
    """Integers that numpy has no type for, as numbers it has."""
    return series.cast(nw.Float64) if series.dtype in (nw.Int128, nw.UInt128) else series


def _integer_codes(values: NDArray[np.int64], *, boolean: bool, blank: Any = None) -> tuple[Codes, tuple[Any, ...]]:
    """Codes of whole numbers by a table over their range where that is small, by sorting otherwise."""
    used = values if blank is None or not blank.any() else values[~blank]
    if not used.size:
        return np.full(values.size, -1, dtype=np.intp), ()
    low, high = int(used.min()), int(used.max())
    if high - low < max(4 * values.size, 65_536):
        seen = np.zeros(high - low + 1, dtype=bool)
        seen[used - low] = True
        keys = np.flatnonzero(seen)
        if keys.size == seen.size and blank is None:
            codes = values - low
        else:
            table = np.cumsum(seen) - 1
            codes = table[np.clip(values, low, high) - low]
        keys = keys + low
    else:
        keys = np.unique(used)
        codes = np.searchsorted(keys, values)
    codes = codes.astype(np.intp, copy=False)
    if blank is not None and blank.any():
        codes = np.where(blank, -1, codes)
    return codes, tuple((keys.astype(bool) if boolean else keys).tolist())


def _hashed_codes(series: nw.Series[Any]) -> tuple[Codes, tuple[Any, ...]]:
    import pandas as pd

    order: list[Any] | None = None
    if series.dtype == nw.Categorical or series.dtype == nw.Enum:
        order = [c for c in series.cat.get_categories().to_list() if c is not None]
    # Wide integers have no type in pandas, and dates would get a time.
    plain = order is not None or series.dtype in (nw.Object, nw.Date) or series.dtype.is_numeric()
    values = pd.Series(series.to_list() if plain else series.to_pandas(), dtype="object")
    try:
        codes, found = pd.factorize(values, use_na_sentinel=True)
        # A column that mixes text and numbers is ordered by type, then value.
        rank = sorted(range(len(found)), key=lambda i: (isinstance(found[i], str), found[i])) if order is None else []
    except TypeError:
        raise InputError(f"Column {series.name!r} holds things that are neither numbers nor text.", "Turn it into text first.") from None
    if order is not None:
        place = {c: i for i, c in enumerate(order)}
        rank = sorted(range(len(found)), key=lambda i: place[found[i]])
    back = np.empty(len(rank) + 1, dtype=np.intp)
    back[rank] = np.arange(len(rank))
    back[-1] = -1
    return back[codes], tuple(found[i] if isinstance(found[i], (str, int, float)) else str(found[i]) for i in rank)
