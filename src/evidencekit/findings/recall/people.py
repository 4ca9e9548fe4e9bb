"""The caller's tables of people: columns by name, ids as text, and rows that are looked at only here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.errors import InputError, how_many
from evidencekit.frames import Rows, eager, open_data
from evidencekit.sampling.streams import canonical

__all__ = ["column", "ids_of", "opened", "texts", "with_columns"]


def opened(data: Any, doing: str) -> tuple[Rows, nw.DataFrame[Any]]:
    """The caller's data and the frame in memory, missing codes null."""
    rows = open_data(data)
    frame = eager(rows.frame, doing)
    if not len(frame):
        raise InputError(f"{doing} was given no rows.")
    return rows, frame


def column(rows: Rows, frame: nw.DataFrame[Any], name: str, role: str) -> list[Any]:
    """The values of a column; what is null or not a number is None."""
    rows.need(name, role)
    return [None if _blank(value) else value for value in frame[name].to_list()]


def _blank(value: object) -> bool:
    """Whether there is no answer: null, not a number, or a kind of missing that equals nothing, not even itself."""
    if value is None or isinstance(value, str | int):
        return value is None
    try:
        return bool(value != value)
    except Exception:
        return True


def ids_of(rows: Rows, frame: nw.DataFrame[Any], name: str, *, once: bool = True) -> list[str]:
    """Identifiers as text.

    Raises
    ------
    InputError
        One is missing, no whole number or text, or there twice.
    """
    made = canonical(column(rows, frame, name, "id="))
    twice = len(made) - len(set(made))
    if once and twice:
        raise InputError(
            f"{how_many(twice, 'row has', 'rows have')} an id that stands in {name!r} before.", "Keep one row for each person."
        )
    return made


def texts(values: Sequence[Any], name: str) -> list[str]:
    """Labels of a column as text, so that they are the same whatever kind of frame they come in; "" where there is none."""
    try:
        return ["" if value is None else str(value) if isinstance(value, bool) else canonical([value])[0] for value in values]
    except InputError:
        pass
    raise InputError(f"Column {name!r} holds something else than text and whole numbers.", "Give groups as text or as codes.")


def with_columns(frame: nw.DataFrame[Any], made: dict[str, tuple[list[Any], Any]]) -> Any:
    """The frame with columns added (values and type by name), in the caller's kind.

    Raises
    ------
    InputError
        A column of that name is there already.
    """
    there = next((name for name in made if name in frame.columns), None)
    if there is not None:
        raise InputError(f"The data already have a column {there!r}.", "Rename it, so that nothing is written over.")
    new = [nw.new_series(name, values, kind, backend=frame.implementation) for name, (values, kind) in made.items()]
    return frame.with_columns(*new).to_native()
