"""Whether interviews end before they start, as far as both moments are known."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError
from evidencekit.instrument.devices import device_type
from evidencekit.instrument.expressions.values import Bools
from evidencekit.instrument.rules.answers import Answers, days_in
from evidencekit.instrument.rules.checks import Found
from evidencekit.instrument.rules.plans import Line
from evidencekit.instrument.rules.rules import Rule
from evidencekit.instrument.rules.tables import Table

__all__ = ["backwards", "order_rule"]

_EPOCH = datetime(1970, 1, 1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WRITTEN = re.compile(rf"({'|'.join(_MONTHS)}) (\d{{1,2}}), (\d{{4}}),? (\d{{1,2}}):(\d{{2}}):(\d{{2}})(?:\s([AP])M)?")
"""How SurveyCTO and ODK Briefcase write a moment."""


class _Moments(NamedTuple):
    """Days since 1970: on the clock of the place, and in UTC where a zone says it (NaN where not); `whole` where there is only a day."""

    local: Floats
    utc: Floats
    whole: Bools


def order_rule(table: Table) -> tuple[Rule, Line, Line] | None:
    """The rule that interviews do not end before they start, with both items; None where the form or the data lack one of them."""
    found: dict[str, Line] = {}
    for line in table.sheet.lines:
        if (device := device_type(line.item)) in ("start", "end"):
            found.setdefault(device, line)
    if len(found) < 2 or any(table.of(line) is None for line in found.values()):
        return None
    start, end = found["start"], found["end"]
    return Rule(f"order:{end.id}", end.id, "order", "", f"not before {start.id!r}"), start, end


def backwards(table: Table, start: Line, end: Line) -> Found:
    """Where an interview ends before it starts; days are held against days, and where only one side has a zone nothing is said."""
    one, other = _moments(table.of(start)), _moments(table.of(end))
    days = one.whole | other.whole
    zoned = ~np.isnan(one.utc) & ~np.isnan(other.utc)
    plain = np.isnan(one.utc) & np.isnan(other.utc)
    known = ~np.isnan(one.local) & ~np.isnan(other.local) & (days | zoned | plain)
    with np.errstate(invalid="ignore"):
        by_clock = np.where(zoned, other.utc < one.utc, other.local < one.local)
        broken = np.where(days, np.floor(other.local) < np.floor(one.local), by_clock)
    return Found(broken & known, int(np.count_nonzero(known)))


def _moments(answers: Answers | None) -> _Moments:
    if answers is None or answers.numeric:
        raise InputError("its column holds numbers where times should be")
    if not answers.temporal:
        texts = answers.texts
        read = [_read(text.strip()) for text in texts.levels]
        local, utc = (texts.each(dict(zip(texts.levels, column, strict=True)).__getitem__) for column in _columns(read))
        return _Moments(local, utc, texts.spread([whole for _, _, whole in read]))
    if answers.dtype not in (nw.Date, nw.Datetime):
        raise InputError("its column holds no moments")
    return _of_column(answers.series)


def _of_column(series: nw.Series[Any]) -> _Moments:
    """A column of days or of moments."""
    local, n = days_in(series), len(series)
    zone = getattr(series.dtype, "time_zone", None)
    utc = np.full(n, np.nan) if zone is None else days_in(series.dt.convert_time_zone("UTC"))
    return _Moments(local, utc, np.full(n, series.dtype == nw.Date))


def _columns(read: list[tuple[float, float, bool]]) -> tuple[list[float], list[float]]:
    return [local for local, _, _ in read], [utc for _, utc, _ in read]


def _read(text: str) -> tuple[float, float, bool]:
    """One moment: days on the clock of the place, days in UTC, whether there is only a day; NaN where it cannot be read."""
    try:
        moment = _said(found) if (found := _WRITTEN.fullmatch(text)) else datetime.fromisoformat(text)
    except ValueError:
        return np.nan, np.nan, False
    utc = np.nan if moment.tzinfo is None else _days(moment.astimezone(UTC))
    return _days(moment), utc, ":" not in text and "T" not in text


def _days(moment: datetime) -> float:
    return (moment.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)


def _said(found: re.Match[str]) -> datetime:
    """A moment with the month in letters, on a clock of 12 or of 24 hours."""
    month, half = _MONTHS.index(found.group(1)) + 1, found.group(7)
    day, year, hour, minute, second = (int(found.group(k)) for k in (2, 3, 4, 5, 6))
    if half is not None:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + 12 * (half == "P")
    return datetime(year, month, day, hour, minute, second)
