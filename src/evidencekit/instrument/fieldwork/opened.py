"""The data opened for the checks: who interviewed, when, and each item's answers as codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Bools, Codes, Floats, factorise
from evidencekit.errors import InputError
from evidencekit.frames import Dataset, Rows, eager, open_data
from evidencekit.instrument.expressions.functions import days_of
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Item
from evidencekit.instrument.spelling import speller
from evidencekit.missingness import Missing

__all__ = ["Answers", "Opened", "moments", "opened", "text_of"]

_NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Answers:
    """One item's column: `at` (n,) is a place in `levels`, -1 where it is blank; `kinds` (n,) says which answers are missing kinds."""

    item: Item
    at: Codes
    levels: tuple[Any, ...]
    kinds: Mapping[Missing, Bools]

    @property
    def there(self) -> Bools:
        """Where there is an answer of any kind."""
        return self.at >= 0

    @property
    def given(self) -> Bools:
        """Where there is an answer that is no missing kind."""
        out = self.at >= 0
        for mask in self.kinds.values():
            out &= ~mask
        return out

    @property
    def x(self) -> Floats:
        """The answers as numbers, NaN where they are missing or no numbers."""
        each = np.array([_number(level) for level in self.levels] + [np.nan])
        return np.where(self.given, each[self.at], np.nan)

    def __reduce__(self) -> NoReturn:
        raise InputError("Answers are not pickled: they are children's.", "Send the file's path and read it again.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Opened:
    """Everything the checks look at. `who` (n,) is a place in `people`; `start` and `end` are minutes of local clock time."""

    n: int
    who: Codes
    people: tuple[str, ...]
    answers: Mapping[str, Answers]
    start: Floats | None
    end: Floats | None
    backend: str
    notes: tuple[str, ...]

    def __reduce__(self) -> NoReturn:
        raise InputError("Answers are not pickled: they are children's.", "Send the file's path and read it again.")


def opened(data: Any, form: Instrument, interviewer: str, start: str | None, end: str | None) -> Opened:
    """Open the data.

    Raises
    ------
    InputError
        The data are lazy, hold no item of the form, or `interviewer` tells nearly every row apart.
    UnknownColumn
        A column is not there.
    """
    rows = _raw(data)
    frame = eager(rows.frame, "The quality of fieldwork")
    for name, role in ((interviewer, "interviewer="), (start, "start="), (end, "end=")):
        if name is not None or role == "interviewer=":
            _need(rows, name, role, form)  # type: ignore[arg-type]
    declared = data.missing if isinstance(data, Dataset) else {}
    skipped = {interviewer, start, end}
    items = [
        i for i in form.questions if i.name in rows.columns and i.name not in skipped and i.kind not in ("note", "metadata", "calculate")
    ]
    if not items or not len(frame):
        raise InputError(
            "The data have no rows, or no column that is an item of the form.", "Look at the names: exports may put groups before them."
        )
    answers = {item.name: answers_of(frame[item.name], item, declared.get(item.name, {})) for item in items}
    who, people = _people(frame, interviewer)
    notes: list[str] = []
    began = moments(frame[start], "start=", notes) if start is not None else None
    ended = moments(frame[end], "end=", notes) if end is not None else None
    return Opened(len(frame), who, people, answers, began, ended, rows.backend, tuple(notes))


def _need(rows: Rows, name: str, role: str, form: Instrument) -> None:
    """A column; of one that an export left out, what brings it back."""
    device = {item.name for item in form.questions if item.kind == "metadata"} | {"start", "end", "username"}
    if isinstance(name, str) and name not in rows.columns and name in device:
        raise InputError(
            f"{role} names {name!r}, which the device writes, and the data do not have it.",
            "read_export leaves such columns out where the form does not have them, unless it is asked: read_export(..., metadata=True).",
        )
    rows.need(name, role)


def _raw(data: Any) -> Rows:
    """The data with the codes of missing kinds as they stand in the file."""
    return open_data(data.frame if isinstance(data, Dataset) else data)


def answers_of(series: nw.Series[Any], item: Item, declared: Mapping[Any, Missing]) -> Answers:
    """One column with its kinds of missing, those of the form and those of the data."""
    column = factorise(_told(series))
    at, levels = _as_listed(column.codes, column.keys, item, declared)
    of_level = [item.missing.get(text_of(level)) or _declared(level, declared) for level in levels]
    kinds: dict[Missing, Bools] = {}
    for kind in dict.fromkeys(kind for kind in of_level if kind is not None):
        kinds[kind] = np.array([*(k is kind for k in of_level), False], dtype=bool)[at]
    return Answers(item, at, levels, kinds)


def _as_listed(at: Codes, keys: tuple[Any, ...], item: Item, declared: Mapping[Any, Missing]) -> tuple[Codes, tuple[Any, ...]]:
    """The answers with the codes of the list in place of texts that mean them, as `validate` takes them."""
    spelt = speller(item, declared)
    meant = keys if spelt is None else tuple(spelt(key) if isinstance(key, str) else key for key in keys)
    if meant == keys:
        return at, keys
    levels = tuple(dict.fromkeys(key for key in meant if key != ""))
    place = {key: k for k, key in enumerate(levels)}
    return np.array([*(place.get(key, -1) for key in meant), -1], dtype=np.intp)[at], levels


def _told(series: nw.Series[Any]) -> nw.Series[Any]:
    """A column of moments or of spans of time as texts; others as they are."""
    if not series.dtype.is_temporal():
        return series
    if series.dtype in (nw.Date, nw.Datetime):
        return series.cast(nw.String)
    texts = [None if value is None else str(value) for value in series.to_list()]
    return nw.new_series(series.name, texts, nw.String, backend=series.implementation)


def _declared(level: Any, codes: Mapping[Any, Missing]) -> Missing | None:
    for code, kind in codes.items():
        if isinstance(code, tuple):
            if not isinstance(level, str) and code[0] <= level <= code[1]:
                return kind
        elif code == level:
            return kind
    return None


def text_of(level: Any) -> str:
    """A level as a code of the form: whole numbers without a point."""
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)


def _people(frame: nw.DataFrame[Any], interviewer: str) -> tuple[Codes, tuple[str, ...]]:
    column = factorise(frame[interviewer])
    if len(frame) >= 10 and len(column.keys) > len(frame) / 2:
        raise InputError(
            f"interviewer= names {interviewer!r}, which is different on nearly every row.",
            "Name the column with the interviewers' codes: what stands in it is shown.",
        )
    people = tuple(map(text_of, column.keys))
    if (column.codes < 0).any():
        return np.where(column.codes < 0, len(people), column.codes).astype(np.intp), (*people, _NOT_STATED)
    return column.codes, people


def moments(series: nw.Series[Any], role: str, notes: list[str]) -> Floats:
    """Dates with times as minutes since 1970 on the clock of the place, NaN where there is none."""
    if series.dtype == nw.Datetime:
        local = series.dt.replace_time_zone(None)
        stamps = local.dt.timestamp("ms")
        blank = stamps.is_null().to_numpy().astype(bool)
        return np.where(blank, np.nan, stamps.fill_null(0).to_numpy().astype(np.float64) / 60_000)
    column = factorise(series)
    if column.keys and not all(isinstance(key, str) for key in column.keys):
        raise InputError(f"{role} {series.name!r} holds no times.", "Give a column of dates with times, or of ISO texts.")
    each = np.array([*(1440 * days_of(key) for key in column.keys), np.nan])
    made = each[column.codes]
    if unread := int((np.isnan(made) & (column.codes >= 0)).sum()):
        notes.append(f"{unread} times in {series.name!r} cannot be read and count as blank.")
    return made


def _number(level: Any) -> float:
    try:
        return float(level)
    except ValueError:
        return np.nan
