"""The frame of a sample of venues (time-location sampling): periods at venues, each called by where and when it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError
from evidencekit.frames import Rows, eager, open_data
from evidencekit.sampling.drawing.framing import Frame, blank_in
from evidencekit.sampling.stages.appending import given_back, rows_as_given
from evidencekit.sampling.streams import canonical

__all__ = ["PERIOD", "venue_frame"]

PERIOD = "venue_day_time"
BETWEEN = " | "


def venue_frame(
    periods: Any, *, venue: str, day: str, time: str, size: str | None = None, strata: str | Sequence[str] | None = None
) -> Frame:
    """The frame of a sample of venues: a list of periods, each a venue on a day at a time.

    Parameters
    ----------
    periods : Dataset or data frame
        In memory, one row a period, and no period twice. Every time at which somebody could be met is in one of them.
    venue, day, time : str
        Columns that say where and when: text, whole numbers, dates or times.
    size : str, optional
        How many people are expected in the period, for draws in proportion to it. It need not be right: those who come are counted.
    strata : str or sequence of str, optional
        Columns of strata, such as the kind of venue.

    Returns
    -------
    Frame
        Its `data` are the periods in the caller's kind with a column ``venue_day_time``, which identifies them; teams write it on every
        answer (`field_sheets` puts it on their sheets). Two different periods never have the same one: a bar or backslash inside a part
        has a backslash before it.

    Raises
    ------
    UnknownColumn
        A column is not in the data.
    InputError
        A venue, day or time is missing or a number with decimals, a period stands there twice, or what `Frame` refuses.

    References
    ----------
    Family Health International, Behavioural Surveillance Surveys, on time-location clusters.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> places = {"place": ["Pier", "Pier", "Park"], "day": ["Fri", "Sat", "Fri"], "hour": [18, 18, 20], "people": [40, 60, 15]}
    >>> periods = pd.DataFrame(places)
    >>> frame = ek.sampling.venue_frame(periods, venue="place", day="day", time="hour", size="people")
    >>> frame.data["venue_day_time"].tolist()
    ['Pier | Fri | 18', 'Pier | Sat | 18', 'Park | Fri | 20']
    """
    rows = open_data(periods)
    frame = eager(rows.frame, "venue_frame()")
    parts = [_words(rows, frame, name, role) for name, role in ((venue, "venue="), (day, "day="), (time, "time="))]
    if PERIOD in rows.columns:
        raise InputError(f"The periods already have a column {PERIOD!r}, which venue_frame() makes.", "Give it another name.")
    if not len(frame):
        raise InputError("There are no periods.")
    composed = [BETWEEN.join(period) for period in zip(*parts, strict=True)]
    if twice := len(composed) - len(set(composed)):
        raise InputError(
            f"{twice:,} of {len(composed):,} rows repeat a venue, day and time.",
            "A row is one period: take out repeats, or tell times apart.",
        )
    raw = rows_as_given(periods, "venue_frame()")
    made = raw.with_columns(nw.new_series(PERIOD, composed, nw.String, backend=raw.implementation))
    return Frame(given_back(periods, made), id=PERIOD, size=size, strata=strata)


def _words(rows: Rows, frame: nw.DataFrame[Any], name: str, role: str) -> list[str]:
    """One part of the identifier of each period, so written that the parts can be told apart when joined."""
    rows.need(name, role)
    if missing := int(blank_in(frame[name]).sum()):
        raise InputError(f"{role} column {name!r} is missing for {missing:,} periods.", "A period is a venue, a day and a time.")
    out: list[str] = []
    for value in frame[name].to_list():
        if isinstance(value, dt.datetime) and value.time() == dt.time():
            out.append(value.date().isoformat())  # some kinds of frame have no dates without a time
        elif isinstance(value, (dt.date, dt.time)):
            out.append(value.isoformat())
        elif isinstance(value, (str, int, float, np.number)) and not isinstance(value, bool):
            if isinstance(value, float) and not value.is_integer():
                raise InputError(f"{role} column {name!r} holds numbers with decimals.", "Write them as text, such as 18:30.")
            out.extend(canonical([value]))
        else:
            raise InputError(f"{role} column {name!r} holds neither text, whole numbers, dates nor times.", "Write them as text.")
    return [text.replace("\\", "\\\\").replace("|", "\\|") for text in out]
