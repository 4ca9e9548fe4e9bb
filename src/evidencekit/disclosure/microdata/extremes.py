"""top_bottom: the largest and the smallest answers brought to a threshold that enough records share."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from evidencekit.columns import numeric
from evidencekit.disclosure.microdata.changed import Changed, LogEntry
from evidencekit.disclosure.microdata.held import hold, need_count
from evidencekit.errors import InputError, how_many, one_of

__all__ = ["top_bottom"]


def top_bottom(data: Any, column: str, *, k: int = 10, sides: Literal["both", "top", "bottom"] = "both") -> Changed:
    """Bring the largest answers down, and the smallest up, to thresholds that at least `k` records lie at or beyond.

    Parameters
    ----------
    data : Dataset or data frame
        In memory. It is not changed.
    column : str
        A column of numbers.
    k : int
        How many records at least lie at or beyond each threshold, and so have its value afterwards; default 10, the rule of ten.
    sides : {"both", "top", "bottom"}
        Which end is coded.

    Returns
    -------
    Changed
        The top threshold is the largest answer that `k` records reach or pass, the bottom one the smallest. Missing answers stay as they
        are. Counted are the records changed at each end.

    Raises
    ------
    InputError
        The column holds no numbers, or has too few answers for two thresholds of `k` records each.
    UnknownColumn
        There is no such column.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.disclosure.microdata import top_bottom
    >>> data = ek.fictional.national_survey().data
    >>> top_bottom(data, "hours_online", k=20, sides="top")
    Changed(top-bottom 'hours_online': records changed at the top 19)
    """
    held = hold(data)
    held.need([column], "top_bottom()")
    one_of("sides", sides, ("both", "top", "bottom"))
    need_count("k", k, 2)
    values = numeric(held.clean[column], "Column")
    known = np.sort(values[~np.isnan(values)])
    if len(known) < k:
        raise InputError(f"{column!r} has {how_many(len(known), 'answer')}, fewer than the {k} that are to lie beyond a threshold.")
    low, high = known[k - 1], known[-k]
    if sides == "both" and low >= high and known[0] < known[-1]:
        raise InputError(
            f"The two thresholds of {column!r} would cross: it has too few different answers.", "Code one side, or recode it into bands."
        )
    counts: dict[str, int] = {}
    if sides != "bottom":
        above = values > high
        held = held.put(column, above, _as_stored(high, held.raw[column].dtype))
        counts["records changed at the top"] = int(above.sum())
    if sides != "top":
        below = values < low
        held = held.put(column, below, _as_stored(low, held.raw[column].dtype))
        counts["records changed at the bottom"] = int(below.sum())
    return Changed(held.data, LogEntry("top-bottom", (column,), counts))


def _as_stored(value: Any, dtype: Any) -> int | float:
    return int(value) if dtype.is_integer() else float(value)
