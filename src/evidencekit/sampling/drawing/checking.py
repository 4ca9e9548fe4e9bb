"""check_frame: what stands in the way of drawing from a list, as counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, factorise, floats
from evidencekit.errors import InputError, one_of
from evidencekit.frames import eager, open_data
from evidencekit.sampling.drawing.framing import blank_in, column_names, comparable, plain, rank_of
from evidencekit.sampling.drawing.strata import Key, key_of
from evidencekit.sampling.streams import canonical

__all__ = ["FrameCheck", "check_frame"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FrameCheck:
    """Counts of what was found in a list of units; no value from it.

    A `Frame` refuses missing and repeated identifiers, sizes that are missing or not above 0, and missing strata or order. `tiny` units
    (below `smallest`) and strata of one unit are drawn from, and are better combined with a neighbour first. Identifiers and strata that
    are alike but for blanks, capitals or zeros in front are different to a draw, and usually the same to people.

    `rows` has the places of what was counted in the list.

    Parameters
    ----------
    units : int
        Units of the list.
    ids_missing, ids_not_text_or_whole, ids_repeated, ids_alike : int
        Identifiers that are missing, of another kind, there before, or alike but for blanks, capitals or zeros in front.
    sizes_missing, sizes_not_above_0, tiny : int
        Sizes that are missing, not above 0, or below `smallest`.
    strata : int
        How many there are.
    strata_missing, strata_alike, strata_of_one_unit : int
        Units without one, names that are alike, and strata of one unit.
    smallest_stratum : int
        Units of the smallest one.
    order_missing : int
        Units without a place in the order.
    found : mapping
        Where in the list each was found.
    """

    units: int
    ids_missing: int
    ids_not_text_or_whole: int
    ids_repeated: int
    ids_alike: int
    sizes_missing: int
    sizes_not_above_0: int
    tiny: int
    strata: int
    strata_missing: int
    strata_alike: int
    strata_of_one_unit: int
    smallest_stratum: int
    order_missing: int
    found: Mapping[str, Codes] = field(repr=False, compare=False)

    def rows(self, of: str) -> Codes:
        """Where in the list something stands.

        Parameters
        ----------
        of : str
            A count, such as ``"ids_repeated"``.

        Returns
        -------
        (k,) array
            Places of rows, from 0, in ascending order: ``data.iloc[found.rows("ids_repeated")]``. Of what repeats or is alike, all rows
            but the first.

        Raises
        ------
        InputError
            Nothing of this name has rows.
        """
        one_of("of", of, tuple(self.found))
        return self.found[of]

    @property
    def sound(self) -> bool:
        """Whether `Frame` takes the list."""
        wrong = (self.ids_missing, self.ids_not_text_or_whole, self.ids_repeated, self.sizes_missing, self.sizes_not_above_0)
        return self.units > 0 and not any((*wrong, self.strata_missing, self.order_missing))

    def __repr__(self) -> str:
        lines = [f"  {f.name.replace('_', ' ')}: {getattr(self, f.name):,}" for f in fields(self) if f.name != "found"]
        return "\n".join(["Frame check: can be drawn from" if self.sound else "Frame check: cannot be drawn from", *lines])


def check_frame(
    data: Any,
    *,
    id: str,
    size: str | None = None,
    strata: str | Sequence[str] | None = None,
    order: str | Sequence[str] | None = None,
    smallest: float | None = None,
) -> FrameCheck:
    """Count what could go wrong with a list before drawing from it.

    Parameters
    ----------
    data : Dataset or data frame
        In memory, one row a unit.
    id, size, strata, order
        As for `Frame`.
    smallest : float, optional
        The size below which a unit is too small to be worked in by itself, such as the number of households to take in an area.

    Returns
    -------
    FrameCheck
        Missing and repeated identifiers (every repeat beyond the first), sizes missing or not above 0, tiny units, strata missing or of one
        unit.

    Raises
    ------
    UnknownColumn
        A column is not in the data.
    InputError
        Lazy data, sizes that are no numbers or cannot be compared, or strata or an order that are neither numbers nor text.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> schools = pd.DataFrame({"school": [1, 2, 2, 4], "pupils": [120, 0, 15, 300]})
    >>> found = ek.sampling.check_frame(schools, id="school", size="pupils", smallest=30)
    >>> found.sound, found.ids_repeated, found.sizes_not_above_0, found.tiny
    (False, 1, 1, 1)
    >>> found.rows("ids_repeated")
    array([2])
    """
    rows = open_data(data)
    frame = eager(rows.frame, "check_frame()")
    rows.need(id, "id=")
    sizes = np.ones(len(frame))
    if size is not None:
        rows.need(size, "size=")
        sizes = floats(frame[size], "size= column")
        comparable(sizes[(sizes > 0) & np.isfinite(sizes)], size)
    if smallest is not None and (isinstance(smallest, bool) or not isinstance(smallest, (int, float, np.number)) or not smallest > 0):
        raise InputError("smallest= is a size above 0.")
    strata_names, order_names = column_names(rows, strata, "strata") or (), column_names(rows, order, "order") or ()
    strata_of, lost = _strata(frame, strata_names)
    units = Counter(strata_of.values())
    found = {
        **_ids(frame[id]),
        "sizes_missing": np.flatnonzero(np.isnan(sizes)),
        "sizes_not_above_0": np.flatnonzero(~np.isnan(sizes) & ~((sizes > 0) & np.isfinite(sizes))),
        "tiny": np.flatnonzero((sizes > 0) & (sizes < (smallest or 0))) if size is not None else _none(),
        "strata_missing": np.array(lost, dtype=np.intp),
        "order_missing": np.flatnonzero(_no_order(frame, order_names)),
    }
    counted = {name: len(places) for name, places in found.items()}
    return FrameCheck(
        units=len(frame),
        **counted,
        strata=len(units),
        strata_alike=len(units) - len({tuple(map(_plain, key)) for key in units}),
        strata_of_one_unit=sum(count == 1 for count in units.values()),
        smallest_stratum=min(units.values(), default=0),
        found=MappingProxyType(found),
    )


def _ids(series: nw.Series[Any]) -> dict[str, Codes]:
    """Where identifiers are missing, are neither whole numbers nor text, repeat an earlier one, or are nearly like an earlier one."""
    places: dict[str, list[int]] = {"ids_missing": [], "ids_not_text_or_whole": [], "ids_repeated": [], "ids_alike": []}
    seen: set[str] = set()
    near: set[str] = set()
    for k, (value, missing) in enumerate(zip(series.to_list(), blank_in(series).tolist(), strict=True)):
        if missing:
            places["ids_missing"].append(k)
            continue
        try:
            text = canonical([value])[0]
        except InputError:
            places["ids_not_text_or_whole"].append(k)
            continue
        if text in seen:
            places["ids_repeated"].append(k)
        elif _plain(text) in near:
            places["ids_alike"].append(k)
        seen.add(text)
        near.add(_plain(text))
    return {name: np.array(rows, dtype=np.intp) for name, rows in places.items()}


def _plain(text: str) -> str:
    """A text without what people do not see or do not mean: blanks around, capitals, zeros in front of digits."""
    bare = " ".join(text.split()).casefold()
    return bare.lstrip("0") or "0" if bare.isdecimal() else bare


def _none() -> Codes:
    return np.zeros(0, dtype=np.intp)


def _strata(frame: nw.DataFrame[Any], names: tuple[str, ...]) -> tuple[dict[int, Key], list[int]]:
    """The stratum of each row that has one, and the rows that have none."""
    if not names:
        return dict.fromkeys(range(len(frame)), ()), []
    blank = _blank_in_any(frame, names)
    columns = [factorise(plain(frame[name])) for name in names]
    called = [[part for level in column.keys for part in key_of(level)] for column in columns]
    rows = zip(*(column.codes.tolist() for column in columns), strict=True)
    made = {
        k: tuple(keys[code] for keys, code in zip(called, row, strict=True))
        for k, (row, missing) in enumerate(zip(rows, blank.tolist(), strict=True))
        if not missing
    }
    return made, np.flatnonzero(blank).tolist()


def _no_order(frame: nw.DataFrame[Any], names: tuple[str, ...]) -> NDArray[np.bool_]:
    """Where any of the columns of an order is missing."""
    for name in names:
        rank_of(frame[name])  # refuses what no order can be made of
    return _blank_in_any(frame, names)


def _blank_in_any(frame: nw.DataFrame[Any], names: tuple[str, ...]) -> NDArray[np.bool_]:
    """Where any of the columns is missing."""
    return np.any([np.zeros(len(frame), dtype=bool), *(blank_in(frame[name]) for name in names)], axis=0)
