"""check_frame: what stands in the way of drawing from a list, as counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import factorise, floats
from evidencekit.errors import InputError
from evidencekit.frames import eager, open_data
from evidencekit.sampling.drawing.framing import blank_in, column_names, comparable, plain, rank_of
from evidencekit.sampling.drawing.strata import Key, key_of
from evidencekit.sampling.streams import canonical

__all__ = ["FrameCheck", "check_frame"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FrameCheck:
    """Counts of what was found in a list of units; no value from it.

    A `Frame` refuses missing and repeated identifiers, sizes that are missing or not above 0, and missing strata or order. `tiny` units
    (below `smallest`) and strata of one unit are drawn from, and are better combined with a neighbour first.
    """

    units: int
    ids_missing: int
    ids_not_text_or_whole: int
    ids_repeated: int
    sizes_missing: int
    sizes_not_above_0: int
    tiny: int
    strata: int
    strata_missing: int
    strata_of_one_unit: int
    smallest_stratum: int
    order_missing: int

    @property
    def sound(self) -> bool:
        """Whether `Frame` takes the list."""
        wrong = (self.ids_missing, self.ids_not_text_or_whole, self.ids_repeated, self.sizes_missing, self.sizes_not_above_0)
        return self.units > 0 and not any((*wrong, self.strata_missing, self.order_missing))

    def __repr__(self) -> str:
        lines = [f"  {f.name.replace('_', ' ')}: {getattr(self, f.name):,}" for f in fields(self)]
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
    blank, odd, repeated = _ids(frame[id])
    known, units = _strata(frame, strata_names)
    return FrameCheck(
        units=len(frame),
        ids_missing=blank,
        ids_not_text_or_whole=odd,
        ids_repeated=repeated,
        sizes_missing=int(np.isnan(sizes).sum()),
        sizes_not_above_0=int((~np.isnan(sizes) & ~((sizes > 0) & np.isfinite(sizes))).sum()),
        tiny=0 if size is None or smallest is None else int(((sizes > 0) & (sizes < smallest)).sum()),
        strata=len(units),
        strata_missing=len(frame) - known,
        strata_of_one_unit=sum(count == 1 for count in units),
        smallest_stratum=min(units, default=0),
        order_missing=_blank_rows(frame, order_names),
    )


def _ids(series: nw.Series[Any]) -> tuple[int, int, int]:
    """How many identifiers are missing, how many are neither whole numbers nor text, and how many repeat an earlier one."""
    blank = blank_in(series)
    seen: set[str] = set()
    odd = repeated = 0
    for value in (v for v, missing in zip(series.to_list(), blank.tolist(), strict=True) if not missing):
        try:
            text = canonical([value])[0]
        except InputError:
            odd += 1
            continue
        repeated += text in seen
        seen.add(text)
    return int(blank.sum()), odd, repeated


def _strata(frame: nw.DataFrame[Any], names: tuple[str, ...]) -> tuple[int, list[int]]:
    """How many units have a stratum, and the units of each."""
    if not names:
        return len(frame), [len(frame)] if len(frame) else []
    whole = ~np.any([blank_in(frame[name]) for name in names], axis=0)
    columns = [factorise(plain(frame[name])) for name in names]
    called = [[key_of(level) for level in column.keys] for column in columns]
    counted: dict[tuple[Key, ...], int] = {}
    for codes, ok in zip(zip(*(column.codes.tolist() for column in columns), strict=True), whole.tolist(), strict=True):
        if ok:
            row = tuple(keys[k] for keys, k in zip(called, codes, strict=True))
            counted[row] = counted.get(row, 0) + 1
    return int(whole.sum()), list(counted.values())


def _blank_rows(frame: nw.DataFrame[Any], names: tuple[str, ...]) -> int:
    for name in names:
        rank_of(frame[name])  # refuses what no order can be made of
    return int(np.any([blank_in(frame[name]) for name in names], axis=0).sum()) if names else 0
