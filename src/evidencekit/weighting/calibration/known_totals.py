"""Population totals as an analyst has them, in a mapping, a pandas Series or a frame, read as numbers by tuples of levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.columns import Column, numeric
from evidencekit.errors import InputError
from evidencekit.weighting.asking import is_number

__all__ = ["Key", "known_totals", "looks_other", "unmatched"]

Key = tuple[Any, ...]
TOTAL, OTHERS = "total", ("count", "Freq", "n")
SHOWN = 5


def known_totals(given: Any, names: tuple[str, ...]) -> dict[Key, float]:
    """Totals by tuples of levels.

    Parameters
    ----------
    given : mapping, pandas Series or data frame
        Levels to numbers, as for `rake`.
    names : tuple of str
        The columns of the margin, in their order in the tuples.

    Raises
    ------
    InputError
        Something else, a level that stands twice, totals that are text, or a frame without the columns.
    """
    words = " x ".join(names)
    if isinstance(given, Mapping):
        pairs: Iterable[tuple[Any, Any]] = given.items()
    elif nw.dependencies.is_pandas_series(given):
        pairs = _ordered(given, names).items()
    else:
        pairs = _of_frame(given, names)
    made = [(key if isinstance(key, tuple) else (key,), value) for key, value in pairs]
    totals = dict(made)
    if len(totals) < len(made):
        raise InputError(
            f"The totals of {words!r}: {len(made) - len(totals)} of {len(made)} rows repeat a level that already has a total.",
            "Where they are split by other columns as well, sum the totals over the other columns first.",
        )
    wrong = sum(1 for value in totals.values() if not is_number(value))
    if wrong:
        raise InputError(
            f"The totals of {words!r}: {wrong} of {len(totals)} are not numbers.",
            "Give numbers, such as 31000: not text, and without separators of thousands.",
        )
    return {key: float(value) for key, value in totals.items()}


def _ordered(series: Any, names: tuple[str, ...]) -> Any:
    """A pandas Series whose levels stand in the order of the margin's columns."""
    held = list(series.index.names)
    return series.reorder_levels(names) if len(names) > 1 and set(held) == set(names) and held != list(names) else series


def _of_frame(given: Any, names: tuple[str, ...]) -> list[tuple[Key, float]]:
    try:
        frame = nw.from_native(given, eager_only=True)
    except TypeError:
        raise InputError(
            f"The totals of {' x '.join(names)!r} are a mapping of levels to numbers, a pandas Series, or a frame with a column 'total'."
        ) from None
    amounts = [TOTAL] if TOTAL in frame.columns else [name for name in OTHERS if name in frame.columns and name not in names]
    missing = [name for name in names if name not in frame.columns] + ([] if len(amounts) == 1 else [TOTAL])
    if missing:
        raise InputError(f"The frame of totals has no column {missing[0]!r}.", "It needs the margin's columns and one called 'total'.")
    column = frame[amounts[0]]
    if column.dtype.is_numeric():
        numeric(column, "Column")
    return list(zip(zip(*(frame[n].to_list() for n in names), strict=True), column.to_list(), strict=True))


def unmatched(wanted: Iterable[Key], columns: Sequence[Column]) -> tuple[int, str]:
    """How many totals have no rows, and words for those that name something the columns never hold.

    What an analyst wrote is shown so that a slip can be found; a level that the data have is only counted.
    """
    known = [{*c.keys, *c.levels} for c in columns]
    count, said = 0, []
    for key in wanted:
        count += 1
        strange = [part for part, levels in zip(key, known, strict=False) if part not in levels]
        said += [repr(getattr(part, "item", lambda part=part: part)()) for part in strange]
        if len(key) != len(columns) and not strange:
            said.append(f"{len(key)} levels for {len(columns)} columns")
    shown = list(dict.fromkeys(said))
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return count, f" ({', '.join(shown[:SHOWN])}{more})" if shown else ""


def looks_other(wanted: Iterable[Any], column: Column, what: str) -> str:
    """A sentence when text was given for a column of numbers or the other way round; nothing otherwise."""
    given, held = list(wanted), [*column.keys, *column.levels]
    if given and held and all(isinstance(g, str) for g in given) and all(is_number(k) for k in held):
        return f"{what} name text, the column holds numbers: write its levels without quotes. "
    if given and held and all(is_number(g) for g in given) and all(isinstance(k, str) for k in held):
        return f"{what} name numbers, the column holds text: write its levels in quotes. "
    return ""
