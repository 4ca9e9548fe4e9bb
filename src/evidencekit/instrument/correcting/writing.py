"""What is written into a column, in the type it has; where its type cannot hold it, in the next one that does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError
from evidencekit.instrument.correcting.places import Place
from evidencekit.instrument.correcting.values import blank, moment_of, number_in, truth_in, word_of
from evidencekit.instrument.wording import in_numbers

__all__ = ["NO_PLACE", "Column", "column_of", "ticked", "written"]

_WHOLE_DTYPES = {
    nw.Int8: np.int8,
    nw.Int16: np.int16,
    nw.Int32: np.int32,
    nw.Int64: np.int64,
    nw.UInt8: np.uint8,
    nw.UInt16: np.uint16,
    nw.UInt32: np.uint32,
    nw.UInt64: np.uint64,
}
_EXACT = 2**53


class _NoPlace:
    """What cannot stand in a column."""


NO_PLACE = _NoPlace()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Column:
    """A column that is to be corrected: what it holds in words, and one of its values where it mixes kinds."""

    series: nw.Series[Any]
    holds: str
    like: Any = None
    textual: bool = False
    several: bool = False

    def fitted(self, value: Any) -> Any:
        """A value as this column holds it; `NO_PLACE` where it cannot."""
        if self.holds == "text":
            return " ".join(word_of(value).split()) if self.several else word_of(value)
        made: Any = None
        if self.holds == "number":
            made = number_in(value)
        elif self.holds == "truth":
            made = truth_in(value)
        elif self.holds == "moment":
            made = self._moment(value)
        elif self.holds == "mixed":
            made = _like(value, self.like)
        return NO_PLACE if made is None else made

    def as_text(self) -> Column:
        """The same column with its numbers written as texts."""
        words = [None if blank(value) else word_of(value) for value in self.series.to_list()]
        made = nw.new_series(self.series.name, words, nw.String, backend=self.series.implementation)
        return replace(self, series=_on_index_of(made, self.series), holds="text")

    def _moment(self, value: Any) -> Any:
        made = moment_of(value)
        if made is None or self.series.dtype == nw.Date:
            return None if made is None else made.date()
        zone = getattr(self.series.dtype, "time_zone", None)
        if zone is None:
            return made.replace(tzinfo=None)
        own = made.tzinfo or getattr(self.like, "tzinfo", None)  # the clock of the column, where none is said
        return made.replace(tzinfo=own) if own is not None else None

    def __reduce__(self) -> NoReturn:
        raise InputError("Columns are not pickled: they hold children's answers.", "Send the file's path and read it again.")


def column_of(series: nw.Series[Any], place: Place) -> Column:
    """A column, and whether a text may stand in it where it holds numbers: where the form does not say numbers."""
    dtype = series.dtype
    numbers = place.item is not None and in_numbers(place.item)
    textual = place.item is not None and not numbers and place.item.kind not in ("date", "datetime", "time")
    words = {"textual": textual, "several": place.several}
    if dtype.is_numeric() or dtype == nw.Boolean:
        return Column(series, "truth" if dtype == nw.Boolean else "number", **words)
    if dtype in (nw.Date, nw.Datetime):
        known = series.drop_nulls()
        return Column(series, "moment", moment_of(known[0]) if len(known) else None)
    if dtype in (nw.Enum, nw.Categorical):
        return Column(series, "text", **words)
    if bool(series.is_null().all()):
        return Column(_void(series, nw.Float64 if numbers else nw.String), "number" if numbers else "text", **words)
    if dtype == nw.String:
        return Column(series, "text", **words)
    known = series.drop_nulls()
    mixed = dtype == nw.Object and series.implementation.is_pandas()
    return Column(series, "mixed" if mixed else "other", known[0] if mixed and len(known) else None)


def written(column: Column, values: Mapping[int, Any]) -> nw.Series[Any]:
    """The column with values at some rows, None for a blank."""
    series = column.series
    blanks = [row for row, value in values.items() if value is None]
    given = {row: value for row, value in values.items() if value is not None}
    categories = series.dtype in (nw.Enum, nw.Categorical)
    made = series.cast(nw.String) if categories else _wide(series, list(given.values()))
    made = made.scatter(list(given), list(given.values())) if given else made
    made = _emptied(made, blanks) if blanks else made
    return _in_categories(made, series) if categories else made


def ticked(series: nw.Series[Any], code: str, answers: Mapping[int, str | None]) -> nw.Series[Any]:
    """A column of 0 and 1 of a question with several answers, after the question was corrected at some rows."""
    no, yes = _tick_words(series)
    values = {row: None if text is None else yes if code in text.split() else no for row, text in answers.items()}
    return written(Column(series, "tick"), values)


def _tick_words(series: nw.Series[Any]) -> tuple[Any, Any]:
    """How a column says that a code was not chosen, and that it was."""
    if series.dtype == nw.Boolean:
        return False, True
    if series.dtype.is_numeric():
        return 0, 1
    seen = {truth_in(word): word for word in series.drop_nulls().unique().to_list()}
    style = seen.get(True, seen.get(False, "1"))
    pair = next((pair for pair in (("0", "1"), ("FALSE", "TRUE"), ("False", "True"), ("false", "true")) if style in pair), ("0", "1"))
    return seen.get(False, pair[0]), seen.get(True, pair[1])


def _void(series: nw.Series[Any], dtype: Any) -> nw.Series[Any]:
    """A column with nothing in it, in a type."""
    made = nw.new_series(series.name, [None] * len(series), dtype, backend=series.implementation)
    return _on_index_of(made, series)


def _on_index_of(made: nw.Series[Any], series: nw.Series[Any]) -> nw.Series[Any]:
    return nw.maybe_set_index(made, index=nw.maybe_get_index(series)) if series.implementation.is_pandas() else made


def _like(value: Any, like: Any) -> Any:
    """A value of the kind that stands in a column of objects."""
    if isinstance(like, date):
        made = moment_of(value)
        return None if made is None else made if isinstance(like, datetime) else made.date()
    if isinstance(like, time):
        return _time_of(value)
    number = None if isinstance(value, str) else number_in(value)
    return word_of(value) if number is None else number


def _time_of(value: Any) -> time | None:
    try:
        return time.fromisoformat(word_of(value))
    except ValueError:
        return None


def _wide(series: nw.Series[Any], values: Sequence[Any]) -> nw.Series[Any]:
    """The column in a type that holds these numbers: its own, whole numbers of 64 bits, or decimals."""
    bounds = next((kind for dtype, kind in _WHOLE_DTYPES.items() if series.dtype == dtype), None)
    if bounds is None or not values:
        return series
    if any(isinstance(value, float) for value in values):
        return series.cast(nw.Float64)
    low, high = min(values), max(values)
    if np.iinfo(bounds).min <= low and high <= np.iinfo(bounds).max:
        return series
    return series.cast(nw.Int64 if low >= -(2**63) and high < 2**63 and series.dtype != nw.UInt64 else nw.Float64)


def _emptied(series: nw.Series[Any], rows: Sequence[int]) -> nw.Series[Any]:
    """The column without what stands at some rows."""
    series = _nullable(series)
    mask = np.zeros(len(series), dtype=bool)
    mask[list(rows)] = True
    keep = _on_index_of(nw.new_series("keep", (~mask).tolist(), nw.Boolean, backend=series.implementation), series)
    frame = series.to_frame().with_columns(keep.alias("__ek_keep"))
    return frame.select(nw.when(nw.col("__ek_keep")).then(nw.col(series.name)).alias(series.name))[series.name]


def _nullable(series: nw.Series[Any]) -> nw.Series[Any]:
    """Pandas' whole numbers and truths have no blank of their own: decimals, or where they would lose digits a type that has one."""
    native: Any = series.to_native()
    if not series.implementation.is_pandas() or not isinstance(native.dtype, np.dtype) or native.dtype.kind not in "iub":
        return series
    if native.dtype.kind == "b":
        return nw.from_native(native.astype("boolean"), series_only=True)
    large = len(native) > 0 and max(abs(int(native.min())), abs(int(native.max()))) > _EXACT
    return nw.from_native(native.astype("Int64" if large else "float64"), series_only=True)


def _in_categories(made: nw.Series[Any], before: nw.Series[Any]) -> nw.Series[Any]:
    """The texts as the categories they were, as far as none is new."""
    if not set(made.drop_nulls().unique().to_list()) <= set(before.cat.get_categories().to_list()):
        return made
    if before.implementation.is_pandas():
        native: Any = before.to_native()
        return nw.from_native(made.to_native().astype(native.dtype), series_only=True)
    return made.cast(before.dtype)
