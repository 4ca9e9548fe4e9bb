"""The sampling frame: a list of units, each with an identifier, in an order that is its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, factorise, numeric
from evidencekit.errors import InputError, how_many
from evidencekit.frames import Rows, eager, frame_of, open_data
from evidencekit.sampling.drawing.ordering import as_bytes, by_identifier
from evidencekit.sampling.drawing.serpentine import serpentine
from evidencekit.sampling.drawing.strata import Key, key_of
from evidencekit.sampling.streams import canonical

__all__ = ["Frame", "blank_in", "column_names", "comparable", "identifiers", "plain", "rank_of", "sizes_of"]

_APART = 1e15  # times; a float has no more digits
Columns = str | Sequence[str] | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Frame:
    """A sampling frame: the list of areas, schools, venues or households to draw from.

    Parameters
    ----------
    data : Dataset or data frame
        pandas, polars or pyarrow, in memory; one row a unit.
    id : str
        The column that identifies each unit in the whole frame: whole numbers or text, none missing, none twice. A unit keeps its random
        numbers as long as it keeps its identifier.
    size : str, optional
        The measure of size (households, pupils): a number above 0 for every unit.
    strata : str or sequence of str, optional
        Columns of strata; several are crossed.
    order : str or sequence of str, optional
        Columns that units are put in order by, for systematic draws (implicit stratification); units alike in these follow each other by
        identifier. Ordered categories keep their order. Without it the order is that of identifiers: whole numbers by value, anything else
        by Unicode code point.
    serpentine : bool
        Let columns of the order run up and down in turn, within strata: the first one up, the second up in the first group of the first,
        down in the next, and so on; a third one likewise in the groups of the first two, in their order. Where codes run along the
        ground, a systematic sample is then spread over neighbours, without the jump from the end of one group to the beginning of the
        next. Units alike in all columns still follow each other by identifier, upwards; where identifiers run along the ground too, name
        their column last in `order`. Default: every column runs up.

    Raises
    ------
    UnknownColumn
        A column is not in the data; the nearest names are suggested.
    InputError
        Identifiers missing or found twice, sizes missing or not above 0, strata or order missing: with the number of units. Serpentine
        with fewer than two columns to order by.

    Notes
    -----
    The order of the rows, the kind of frame and the type of its columns change nothing. `fingerprint` is a hash (BLAKE2b, 16 bytes) over
    the canonical identifiers in the frame's order with their sizes and strata; two frames with the same fingerprint give the same draws.
    `ids`, `sizes`, `codes` and `place` are in that order: `place` is the row of each unit in the data, `codes` its stratum in `keys`. In
    serpentine order the strata follow each other by name, because each has turns of its own.
    A frame may hold addresses: it shows none of its values, and refuses pickling.

    References
    ----------
    Serpentine order is the default of SAS/STAT, procedure SURVEYSELECT, section "Sorting by CONTROL Variables".

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="stratum")
    >>> areas
    Frame(2,400 units, 12 strata, size 'households', fingerprint 99427c4f)
    >>> areas.summary().head(2)
       stratum  units     size  smallest  largest
    0        1    420  21690.0      17.0    150.0
    1        2    180   9147.0      17.0    150.0
    """

    data: Any
    id: str = field(kw_only=True)
    size: str | None = field(default=None, kw_only=True)
    strata: str | Sequence[str] | None = field(default=None, kw_only=True)
    order: str | Sequence[str] | None = field(default=None, kw_only=True)
    serpentine: bool = field(default=False, kw_only=True)
    rows: Rows = field(init=False)
    ids: tuple[str, ...] = field(init=False)
    sizes: Floats | None = field(init=False)
    codes: Codes = field(init=False)
    keys: tuple[Key, ...] = field(init=False)
    levels: tuple[tuple[Any, ...], ...] = field(init=False)
    place: Codes = field(init=False)
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        keep = object.__setattr__
        rows = open_data(self.data)
        frame = eager(rows.frame, "Frame()")
        rows.need(self.id, "id=")
        for part in ("strata", "order"):
            keep(self, part, column_names(rows, getattr(self, part), part))
        _can_turn(self.serpentine, self.order or ())
        if not len(frame):
            raise InputError("The frame has no units.")
        ids = identifiers(frame[self.id])
        sizes = None if self.size is None else sizes_of(rows, frame, self.size)
        codes, levels = _named_alike(*_crossed(frame, self.strata or ()))
        columns = [rank_of(_all_there(frame[name])) for name in self.order or ()]
        keys = tuple(map(key_of, levels))
        columns = [serpentine(columns, _by_name(keys)[codes])] if self.serpentine else columns
        place = np.lexsort((*by_identifier(ids), *reversed(columns)))
        keep(self, "rows", rows)
        keep(self, "ids", tuple(np.array(ids, dtype=object)[place].tolist()))
        keep(self, "sizes", None if sizes is None else _fixed(sizes[place]))
        keep(self, "codes", _fixed(codes[place]))
        keep(self, "levels", levels)
        keep(self, "keys", keys)
        keep(self, "place", _fixed(place))
        keep(self, "fingerprint", _fingerprint(self.ids, self.sizes, self.codes, self.keys))

    @property
    def n(self) -> int:
        """The number of units."""
        return len(self.ids)

    def summary(self) -> Any:
        """The strata: how many units each has, and of which sizes.

        Returns
        -------
        data frame
            In the caller's kind, one row a stratum: the columns of the strata, ``units`` and, with `size`, the sum ``size`` and the
            ``smallest`` and ``largest`` of them.
        """
        count = len(self.keys)
        table: dict[str, Any] = {name: [level[k] for level in self.levels] for k, name in enumerate(self.strata or ())}
        made: dict[str, Any] = {"units": np.bincount(self.codes, minlength=count)}
        if self.sizes is not None:
            low, high = np.full(count, np.inf), np.zeros(count)
            np.minimum.at(low, self.codes, self.sizes)
            np.maximum.at(high, self.codes, self.sizes)
            made |= {"size": np.bincount(self.codes, self.sizes, count), "smallest": low, "largest": high}
        return frame_of({**table, **{name: values for name, values in made.items() if name not in table}}, self.rows.backend)

    def __repr__(self) -> str:
        parts = [how_many(self.n, "unit")]
        parts += [how_many(len(self.keys), "stratum", "strata")] if self.strata else []
        parts += [f"size {self.size!r}"] if self.size else []
        return f"Frame({', '.join(parts)}, fingerprint {self.fingerprint[:8]})"

    def __reduce__(self) -> NoReturn:
        raise InputError("A Frame is not pickled: it may hold addresses.", "Send the file's path and read it again.")


def column_names(rows: Rows, names: Columns, part: str) -> tuple[str, ...] | None:
    """One column name or several, all in the data, as a tuple."""
    if names is None:
        return None
    listed = (names,) if isinstance(names, str) else names
    if not isinstance(listed, (list, tuple)) or not listed:
        raise InputError(f"{part}= takes column names, not a {type(names).__name__}.")
    for name in listed:
        rows.need(name, f"{part}=")
    return tuple(dict.fromkeys(listed))


def blank_in(series: nw.Series[Any]) -> NDArray[np.bool_]:
    """Where a column is missing; an empty text is."""
    blank = series.is_null()
    if series.dtype.is_float():
        blank = blank | series.is_nan().fill_null(value=False)
    made = blank.to_numpy().astype(bool)
    if series.dtype in (nw.String, nw.Object, nw.Categorical, nw.Enum):
        made |= np.array([isinstance(value, str) and not value.strip() for value in series.to_list()], dtype=bool)
    return made


def identifiers(series: nw.Series[Any]) -> list[str]:
    """The identifiers of a frame as text, each there and only once."""
    if missing := int(blank_in(series).sum()):
        raise InputError(
            f"id= column {series.name!r} is missing for {how_many(missing, 'unit')}.", "Give every unit of the frame an identifier."
        )
    whole = series.dtype.is_integer() and series.dtype not in (nw.Int128, nw.UInt128)
    values: Any = series.to_numpy() if whole else series.to_list()
    ids = canonical(values)
    if twice := len(ids) - len(set(ids)):
        raise InputError(
            f"id= column {series.name!r} repeats itself in {twice:,} of {len(ids):,} rows.",
            "A frame has one row a unit: take out repeats, or join columns into an identifier that is unique.",
        )
    return ids


def sizes_of(rows: Rows, frame: nw.DataFrame[Any], name: str) -> Floats:
    """The sizes of the units, each a number above 0."""
    rows.need(name, "size=")
    sizes = numeric(frame[name], "size= column")
    missing, wrong = int(np.isnan(sizes).sum()), int((sizes <= 0).sum())
    if missing or wrong:
        found = [f"missing for {how_many(missing, 'unit')}"] if missing else []
        found += [f"not above 0 for {how_many(wrong, 'unit')}"] if wrong else []
        raise InputError(
            f"size= column {name!r} is {' and '.join(found)}.",
            "Find their sizes, join them to a neighbour, or take them out of the frame and say so.",
        )
    comparable(sizes, name)
    return sizes


def comparable(sizes: Floats, name: str) -> None:
    """Raise where the smallest size is nothing beside the largest: its chance would be lost in rounding."""
    if sizes.size and sizes.max() / _APART > sizes.min():
        raise InputError(
            f"size= column {name!r} has sizes that differ by a factor of more than 10**15.",
            "Measure all units by one count, such as households.",
        )


def _crossed(frame: nw.DataFrame[Any], names: Sequence[str]) -> tuple[Codes, tuple[tuple[Any, ...], ...]]:
    """The stratum of each unit, and the strata in the order of their levels; without strata all units are in one."""
    codes = np.zeros(len(frame), dtype=np.intp)
    levels: list[tuple[Any, ...]] = [()]
    for name in names:
        if missing := int(blank_in(frame[name]).sum()):
            raise InputError(f"strata= column {name!r} is missing for {how_many(missing, 'unit')}.", "Every unit is in one stratum.")
        column = factorise(plain(frame[name]))
        both = codes * len(column.keys) + column.codes
        found, codes = np.unique(both, return_inverse=True)
        levels = [(*levels[k // len(column.keys)], column.keys[k % len(column.keys)]) for k in found.tolist()]
    return codes.astype(np.intp, copy=False).ravel(), tuple(levels)


def _named_alike(codes: Codes, levels: tuple[tuple[Any, ...], ...]) -> tuple[Codes, tuple[tuple[Any, ...], ...]]:
    """Strata that are called alike as one: 1 and '1' in a column that mixes them, or a letter written in two ways."""
    first: dict[Key, int] = {}
    places = [first.setdefault(key_of(level), k) for k, level in enumerate(levels)]
    if len(first) == len(levels):
        return codes, levels
    kept, merged = np.unique(places, return_inverse=True)
    return merged[codes].astype(np.intp), tuple(levels[k] for k in kept.tolist())


def plain(series: nw.Series[Any]) -> nw.Series[Any]:
    """Categories without an order as what they stand for: they are listed as they came up in the rows, or in a file read before."""
    if series.dtype != nw.Categorical:
        return series
    return nw.new_series(series.name, series.to_list(), backend=series.implementation)


def _all_there(series: nw.Series[Any]) -> nw.Series[Any]:
    """The column of an order, when no unit lacks it."""
    if missing := int(blank_in(series).sum()):
        raise InputError(
            f"order= column {series.name!r} is missing for {how_many(missing, 'unit')}.", "Give every unit a place in the order."
        )
    return series


def rank_of(series: nw.Series[Any]) -> Codes | Floats:
    """Numbers that put units in the order of a column."""
    # As floats, whole numbers of 17 digits and more would fall together.
    decimals = series.dtype.is_numeric() and not series.dtype.is_integer()
    return numeric(series, "order= column") if decimals else factorise(plain(series)).codes


def _can_turn(asked: object, order: Sequence[str]) -> None:
    """Raise unless columns can run up and down in turn, where that is asked for."""
    if not isinstance(asked, bool):
        raise InputError(f"serpentine= is True or False, not a {type(asked).__name__}.")
    if asked and len(order) < 2:
        raise InputError(
            "serpentine=True turns the second column of order= and those after it, and there are fewer than two.",
            "Name the columns from the largest areas to the smallest: order=[province, district, ...].",
        )


def _by_name(keys: Sequence[Key]) -> Codes:
    """The rank of each stratum by what it is called."""
    rank = np.empty(len(keys), dtype=np.intp)
    rank[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return rank


def _fixed(values: Any) -> Any:
    """An array that nobody writes to."""
    values.setflags(write=False)
    return values


def _fingerprint(ids: Sequence[str], sizes: Floats | None, codes: Codes, keys: Sequence[Key]) -> str:
    """A hash over the units in the frame's order; strata count by what they are called, not by how they are numbered."""
    made = blake2b(digest_size=16)
    lengths, texts = as_bytes(ids)
    made.update(lengths.astype("<u8").tobytes() + texts)
    made.update(b"sizes" if sizes is None else sizes.astype("<f8").tobytes())
    made.update(_by_name(keys)[codes].astype("<u8").tobytes())
    for part in (part for key in sorted(keys) for part in (str(len(key)), *key)):
        text = part.encode("utf-8", "surrogatepass")
        made.update(len(text).to_bytes(8, "little") + text)
    return made.hexdigest()
