"""The answers to one item as expressions and rules see them: numbers with NaN, or codes of texts; what is blank, a missing code, broken."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Floats, floats
from evidencekit.instrument.expressions.functions import days_of
from evidencekit.instrument.expressions.values import Bools, Numbers, Texts, Values, as_texts, text_of
from evidencekit.instrument.items import Item
from evidencekit.instrument.spelling import speller
from evidencekit.missingness import Missing, MissingCode

__all__ = ["NOT_ANSWERS", "Answers", "chosen_in", "days_in", "empty_in", "texts_of", "twice_in"]

NOT_ANSWERS = frozenset({Missing.NOT_ASKED, Missing.UNSTATED})
"""Kinds of missing that say that nothing was answered: a code for them is as good as a blank."""
_EXCUSED = frozenset({Missing.NOT_REACHED, Missing.TECHNICAL, Missing.SUPPRESSED})
_NUMBERS = ("integer", "decimal")
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")


class Answers:
    """The answers to one item, each view of them made once.

    Parameters
    ----------
    item : Item
        What was asked.
    series : narwhals Series
        The column as it stands in the data, missing codes in it.
    missing : mapping of code to Missing
        The kinds of missing of the item and of the data.
    as_list : bool
        Whether expressions look at it as a list of codes.
    """

    def __init__(self, item: Item, series: nw.Series[Any], missing: Mapping[MissingCode, Missing], *, as_list: bool = False) -> None:
        self.item, self.series, self.missing, self.as_list = item, series, missing, as_list
        self.dtype = dtype = series.dtype  # asked for once: narwhals works it out each time
        words = item.choices is not None and not {"true", "false"}.isdisjoint(item.choices.codes)
        self.numeric = bool(dtype.is_numeric() or (dtype == nw.Boolean and not words))
        self.temporal = bool(dtype.is_temporal())
        self.several = item.kind in ("select_multiple", "rank")
        self._respelt: Bools | None = None

    @cached_property
    def raw(self) -> Floats:
        """A column of numbers or moments as float64, missing codes in it."""
        if self.temporal:
            return days_in(self.series)
        return numbers_of(self.series)

    @cached_property
    def texts(self) -> Texts:
        """A column of texts as codes; an empty text is blank. What a list means by ``1.0`` or `` 1`` is its ``1``: see `speller`.

        Of several answers the space around them says nothing.
        """
        made = texts_of(self.series)
        spelt = speller(self.item, self.missing)
        if spelt is None or spelt.knows(made.levels):
            loose = self.several and any(" " in f"{text[0]}{text[-1]}" or "  " in text for text in made.levels)
            return made.mapped(_joined) if loose else made
        meant = {text: spelt(text) for text in made.levels}
        new = [text != code and not (self.several and _joined(text) == code) for text, code in meant.items()]
        if any(new):
            self._respelt = made.spread(new)
        return made.mapped(meant.__getitem__)

    @property
    def respelt(self) -> int:
        """Rows on which a code was written otherwise than the list has it."""
        if self.item.choices is None or self.numeric or self.temporal or self.texts.at.size == 0 or self._respelt is None:
            return 0  # of other texts, which may be long, no codes are made only to ask
        return int(np.count_nonzero(self._respelt))

    @property
    def written(self) -> nw.Series[Any]:
        """The column as it stands; where codes were written otherwise than the list has them, as texts with the codes of the list."""
        if not self.respelt:
            return self.series
        cells = np.array([*self.texts.levels, None], dtype=object)[self.texts.at].tolist()
        return nw.new_series(self.series.name, cells, nw.String, backend=self.series.implementation)

    @cached_property
    def parts(self) -> tuple[Sequence[str], ...]:
        """The codes in each level of `texts`: several of a question that takes several."""
        return tuple(text.split() or (text,) if self.several else (text,) for text in self.texts.levels)

    def with_parts(self, of: Callable[[Sequence[str]], bool]) -> Bools:
        """A truth for each row, worked out once for the codes of each level; false where the text is blank."""
        return self.texts.spread([of(codes) for codes in self.parts])

    @cached_property
    def empty(self) -> Bools:
        """Where the cell holds nothing; a missing code is something."""
        if self.numeric or self.temporal:
            return np.isnan(self.raw)
        if "texts" in self.__dict__ or self.dtype != nw.String or self.item.choices is not None or self.several:
            return self.texts.at < 0
        return empty_in(self.series)

    @cached_property
    def blank(self) -> Bools:
        """Where nothing was answered: empty, or a code that says so."""
        void = self.with_kind(NOT_ANSWERS)
        return self.empty if void is None else self.empty | void

    @cached_property
    def answered(self) -> Bools:
        """Where something was answered, be it a refusal; neither blank nor broken off."""
        excused = self.excused
        return ~self.blank if excused is None else ~(self.blank | excused)

    @property
    def excused(self) -> Bools | None:
        """Where a code says that the question was not reached, or the device failed."""
        return self.with_kind(_EXCUSED)

    @cached_property
    def coded(self) -> Bools | None:
        """Where the answer is, or holds, a missing code of any kind; None when nowhere can be."""
        return self.with_kind(frozenset(Missing))

    def with_kind(self, kinds: frozenset[Missing]) -> Bools | None:
        """Where the answer is a missing code of one of some kinds; None when there are no such codes."""
        wanted = [code for code, kind in self.missing.items() if kind in kinds]
        if not wanted:
            return None
        if self.temporal:
            return None
        if self.numeric:
            return _among(self.raw, wanted)
        codes = frozenset(map(_as_text, wanted))
        spans = [code for code in wanted if isinstance(code, tuple)]
        if spans:
            return self.with_parts(lambda parts: any(part in codes or _within(_as_number(part), spans) for part in parts))
        return self.with_parts(lambda parts: not codes.isdisjoint(parts))

    @cached_property
    def values(self) -> Values:
        """What an expression works with."""
        made = self._values()
        return as_texts(made) if self.as_list and isinstance(made, Numbers) else made

    def _values(self) -> Values:
        codes = [code for code in self.missing if not isinstance(code, tuple)]
        coded = self.coded if self.coded is not None else np.zeros((), dtype=bool)
        void = self.with_kind(NOT_ANSWERS)
        if self.temporal and self.item.kind == "date":
            return _iso(self.raw)
        if self.numeric or self.temporal:
            x = self.raw if void is None else np.where(void, np.nan, self.raw)
            numbers = Numbers(x, coded, frozenset(v for v in map(_as_number, codes) if not math.isnan(v)))
            return as_texts(numbers) if self.several else numbers
        if self.item.kind in _NUMBERS:
            x = self.texts.each(_as_number)
            x = x if void is None else np.where(void, np.nan, x)
            return Numbers(x, coded, frozenset(v for v in map(_as_number, codes) if not math.isnan(v)))
        at = self.texts.at if void is None else np.where(void, -1, self.texts.at)
        return Texts(at, self.texts.levels, coded, frozenset(map(_as_text, codes)))

    @cached_property
    def broken(self) -> Bools | None:
        """Where something stands that is not of the kind of the item; None when it cannot be."""
        kind = self.item.kind
        if kind in _NUMBERS:
            return self._not_numbers(whole=kind == "integer")
        if kind not in ("date", "time", "datetime"):
            return None
        if self.temporal:
            return None
        if self.numeric:
            return self._answers_but_codes()
        fits = _TIME.fullmatch if kind == "time" else lambda text: not math.isnan(days_of(text))
        return self.texts.which(lambda text: not fits(text.strip())) & self._uncoded()

    def _not_numbers(self, *, whole: bool) -> Bools | None:
        if self.temporal:
            return self._answers_but_codes()
        if not self.numeric:
            return self.texts.which(lambda text: not _fits_number(text, whole=whole)) & self._uncoded()
        if self.dtype.is_integer() or self.dtype == nw.Boolean:
            return None
        x = self.raw
        off = np.isinf(x)
        if whole:
            off |= (np.trunc(x) != x) & ~self.empty
        return off & self._uncoded() if off.any() else None

    def _answers_but_codes(self) -> Bools:
        return ~self.empty & self._uncoded()

    def _uncoded(self) -> Bools:
        return np.ones((), dtype=bool) if self.coded is None else ~self.coded


def _among(x: Floats, codes: Iterable[MissingCode]) -> Bools:
    """Where numbers are one of some codes, or in a range of them."""
    out = np.zeros(x.shape, dtype=bool)
    for code in codes:
        if isinstance(code, tuple):
            out |= (x >= code[0]) & (x <= code[1])
        elif not math.isnan(value := _as_number(code)):
            out |= x == value
    return out


def _within(value: float, spans: Sequence[tuple[float, float]]) -> bool:
    return any(low <= value <= high for low, high in spans)


def _joined(text: str) -> str:
    """Several codes with one space between them."""
    return " ".join(text.split())


def _as_number(code: MissingCode) -> float:
    """A code, or a text, as a number; NaN when it is none. Python's own ``1_000`` and ``inf`` are none."""
    if isinstance(code, tuple):
        return math.nan
    if not isinstance(code, str):
        return float(code)
    try:
        value = float(code)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) and "_" not in code else math.nan


def _as_text(code: MissingCode) -> str:
    return code if isinstance(code, str) else "" if isinstance(code, tuple) else text_of(float(code))


def _fits_number(text: str, *, whole: bool) -> bool:
    value = _as_number(text)
    return not math.isnan(value) and (not whole or value.is_integer())


def numbers_of(series: nw.Series[Any]) -> Floats:
    """A column of numbers, or of true and false, as float64 with NaN where there is none."""
    if series.implementation.is_pandas():
        native: Any = series.to_native()
        if native.dtype.kind in "fiub":  # the short way: what numpy or pandas' own nullable types hold
            plain = isinstance(native.dtype, np.dtype)
            return native.to_numpy().astype(np.float64, copy=False) if plain else native.to_numpy(dtype=np.float64, na_value=np.nan)
    return floats(series, "Item")


def empty_in(series: nw.Series[Any]) -> Bools:
    """Where a column holds nothing, or an empty text, without making it codes."""
    empty = series.is_null().to_numpy().astype(bool, copy=False)
    if series.dtype != nw.String:
        return empty
    without = series.is_in([""])  # some engines leave nulls null
    return empty | (without.fill_null(value=False) if without.null_count() else without).to_numpy().astype(bool, copy=False)


def twice_in(series: nw.Series[Any]) -> Bools:
    """Where a value stands in another row too; what is empty is for the caller to leave out."""
    if not series.implementation.is_pandas():
        return series.is_duplicated().to_numpy().astype(bool, copy=False)
    import pandas as pd

    native: Any = series.to_native()
    try:
        found = pd.factorize(native, use_na_sentinel=False)[0]  # twice as fast as pandas' own duplicated()
    except TypeError:  # lists and other things that have no hash
        found = pd.factorize(native.map(str, na_action="ignore"), use_na_sentinel=False)[0]
    at = np.asarray(found, dtype=np.intp)
    return (np.bincount(at) > 1)[at] if at.size else np.zeros(0, dtype=bool)


def texts_of(series: nw.Series[Any]) -> Texts:
    """Any column as codes of texts: whole numbers are written without a point, an empty text is blank."""
    at, keys = _factorised(series)
    made = [_written(key) for key in keys]
    if all(type(key) is str and key for key in keys):
        return Texts(at, tuple(made))
    levels = tuple(dict.fromkeys(text for text in made if text))
    place = {text: k for k, text in enumerate(levels)}
    return Texts(np.array([*(place.get(text, -1) for text in made), -1], dtype=np.intp)[at], levels)


def _factorised(series: nw.Series[Any]) -> tuple[Codes, Sequence[Any]]:
    """Codes in any order of levels, -1 where there is nothing."""
    if series.implementation.is_pandas():
        import pandas as pd

        native: Any = series.to_native()
        try:
            at, keys = pd.factorize(native)
        except TypeError:  # lists and other things that have no hash
            at, keys = pd.factorize(native.map(str, na_action="ignore"))
        return np.asarray(at, dtype=np.intp), list(keys)
    known = series.dtype != nw.Object  # polars can do next to nothing with objects
    keys = [key for key in series.unique().to_list() if key is not None] if known else []
    if not known or (keys and isinstance(keys[0], (list, dict))):
        return _factorised(nw.new_series("it", [None if v is None else str(v) for v in series.to_list()], backend=series.implementation))
    if not keys:
        return np.full(len(series), -1, dtype=np.intp), ()
    plain = series.cast(nw.String) if series.dtype in (nw.Categorical, nw.Enum) else series
    at = plain.replace_strict(keys, list(range(len(keys))), default=None, return_dtype=nw.Int64) if series.null_count() else None
    at = plain.replace_strict(keys, list(range(len(keys))), return_dtype=nw.Int64) if at is None else at.fill_null(-1)
    return at.to_numpy().astype(np.intp, copy=False), keys


def _written(key: Any) -> str:
    """A value as it would stand in a file."""
    if isinstance(key, str):
        return key
    if isinstance(key, (bool, np.bool_)):
        return str(key).lower()
    if isinstance(key, (int, float, np.integer, np.floating)):
        return text_of(float(key))
    return key.isoformat() if isinstance(key, (date, datetime)) else str(key)


def days_in(series: nw.Series[Any]) -> Floats:
    """Dates and moments as days since 1970, NaN where there is none; a time zone is left out."""
    if series.dtype == nw.Time or series.dtype == nw.Duration:
        return np.where(series.is_null().to_numpy(), np.nan, 0.0)
    if series.dtype == nw.Datetime and getattr(series.dtype, "time_zone", None):
        series = series.dt.replace_time_zone(None)
    empty = series.is_null().to_numpy().astype(bool)
    x = series.cast(nw.Datetime("us")).dt.timestamp("us")
    whole = x.fill_null(0).to_numpy().astype(np.float64) if series.null_count() else x.to_numpy().astype(np.float64)
    return np.where(empty, np.nan, whole / 86_400_000_000)


def _iso(days: Floats) -> Texts:
    """Days as texts, each written once."""
    known = ~np.isnan(days)
    found, at = np.unique(days[known], return_inverse=True)
    places = np.full(days.shape, -1, dtype=np.intp)
    places[known] = at
    written = np.datetime_as_string((found * 86_400_000_000).astype("datetime64[us]"), unit="s").tolist()
    return Texts(places, tuple(text.removesuffix("T00:00:00") for text in written))


def chosen_in(columns: Mapping[str, nw.Series[Any]]) -> Texts:
    """A question with several answers from its columns of 0 and 1, one for each code; blank where nothing was chosen."""
    codes = list(columns)
    first = next(iter(columns.values()))
    at = np.zeros(len(first), dtype=np.intp)
    levels: list[str] = [""]
    for code in codes:
        chosen = _ticked(columns[code])
        found, at = np.unique(at * 2 + chosen, return_inverse=True)
        levels = [f"{levels[k // 2]} {code}".strip() if k % 2 else levels[k // 2] for k in found.tolist()]
    place = {text: k for k, text in enumerate(text for text in levels if text)}
    return Texts(np.array([place.get(text, -1) for text in levels], dtype=np.intp)[at], tuple(place))


def _ticked(series: nw.Series[Any]) -> Codes:
    """Where a column of 0 and 1, or of true and false in any writing, says that a code was chosen."""
    if series.dtype.is_numeric() or series.dtype == nw.Boolean:
        return (numbers_of(series) == 1).astype(np.intp)
    return texts_of(series).which(lambda text: text.strip().lower() in ("1", "1.0", "true", "yes")).astype(np.intp)
