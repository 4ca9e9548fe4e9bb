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
from evidencekit.errors import InputError
from evidencekit.frames import Rows, eager, frame_of, open_data
from evidencekit.sampling.drawing.ordering import as_bytes, by_identifier
from evidencekit.sampling.drawing.strata import Key, key_of
from evidencekit.sampling.streams import canonical

__all__ = ["Frame", "blank_in", "column_names", "identifiers", "sizes_of"]

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
        identifier. Without it the order is that of identifiers: whole numbers by value, anything else by Unicode code point.

    Raises
    ------
    UnknownColumn
        A column is not in the data; the nearest names are suggested.
    InputError
        Identifiers missing or found twice, sizes missing or not above 0, strata or order missing: with the number of units.

    Notes
    -----
    The order of the rows, the kind of frame and the type of its columns change nothing. `fingerprint` is a hash (BLAKE2b, 16 bytes) over
    the canonical identifiers in the frame's order with their sizes and strata; two frames with the same fingerprint give the same draws.
    `ids`, `sizes`, `codes` and `place` are in that order: `place` is the row of each unit in the data, `codes` its stratum in `keys`.
    A frame may hold addresses: it shows none of its values, and refuses pickling.

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
        if not len(frame):
            raise InputError("The frame has no units.")
        ids = identifiers(frame[self.id])
        sizes = None if self.size is None else sizes_of(rows, frame, self.size)
        codes, levels = _crossed(frame, self.strata or ())
        place = np.lexsort((*by_identifier(ids), *(_rank(frame[name]) for name in reversed(self.order or ()))))
        keep(self, "rows", rows)
        keep(self, "ids", tuple(np.array(ids, dtype=object)[place].tolist()))
        keep(self, "sizes", None if sizes is None else _fixed(sizes[place]))
        keep(self, "codes", _fixed(codes[place]))
        keep(self, "levels", levels)
        keep(self, "keys", tuple(map(key_of, levels)))
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
        parts = [f"{self.n:,} unit{'s' if self.n != 1 else ''}"]
        parts += [f"{len(self.keys):,} strat{'a' if len(self.keys) != 1 else 'um'}"] if self.strata else []
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
    if series.dtype == nw.String or series.dtype == nw.Object:
        made |= np.array([isinstance(value, str) and not value.strip() for value in series.to_list()], dtype=bool)
    return made


def identifiers(series: nw.Series[Any]) -> list[str]:
    """The identifiers of a frame as text, each there and only once."""
    if missing := int(blank_in(series).sum()):
        raise InputError(f"id= column {series.name!r} is missing for {missing:,} units.", "Give every unit of the frame an identifier.")
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
        found = [f"missing for {missing:,} units"] if missing else []
        found += [f"not above 0 for {wrong:,} units"] if wrong else []
        raise InputError(
            f"size= column {name!r} is {' and '.join(found)}.",
            "Find their sizes, join them to a neighbour, or take them out of the frame and say so.",
        )
    return sizes


def _crossed(frame: nw.DataFrame[Any], names: Sequence[str]) -> tuple[Codes, tuple[tuple[Any, ...], ...]]:
    """The stratum of each unit, and the strata in the order of their levels; without strata all units are in one."""
    codes = np.zeros(len(frame), dtype=np.intp)
    levels: list[tuple[Any, ...]] = [()]
    for name in names:
        if missing := int(blank_in(frame[name]).sum()):
            raise InputError(f"strata= column {name!r} is missing for {missing:,} units.", "Every unit is in one stratum.")
        column = factorise(frame[name])
        both = codes * len(column.keys) + column.codes
        found, codes = np.unique(both, return_inverse=True)
        levels = [(*levels[k // len(column.keys)], column.keys[k % len(column.keys)]) for k in found.tolist()]
    return codes.astype(np.intp, copy=False).ravel(), tuple(levels)


def _rank(series: nw.Series[Any]) -> Codes | Floats:
    """Numbers that put units in the order of a column."""
    if missing := int(blank_in(series).sum()):
        raise InputError(f"order= column {series.name!r} is missing for {missing:,} units.", "Give every unit a place in the order.")
    return numeric(series, "order= column") if series.dtype.is_numeric() else factorise(series).codes


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
    by_name = sorted(range(len(keys)), key=keys.__getitem__)
    renumbered = np.empty(len(keys), dtype="<u8")
    renumbered[by_name] = np.arange(len(keys))
    made.update(renumbered[codes].tobytes())
    for part in (part for k in by_name for part in (str(len(keys[k])), *keys[k])):
        text = part.encode("utf-8", "surrogatepass")
        made.update(len(text).to_bytes(8, "little") + text)
    return made.hexdigest()
