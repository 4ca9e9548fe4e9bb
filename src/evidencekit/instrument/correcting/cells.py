"""The cells that corrections are about: what stands there, what is to, and what is wrong with either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn

import narwhals.stable.v2 as nw

from evidencekit.errors import InputError, in_our_words
from evidencekit.instrument.correcting.places import Place
from evidencekit.instrument.correcting.problems import Problems
from evidencekit.instrument.correcting.reading import Asked
from evidencekit.instrument.correcting.values import blank, kind_named, same, word_of
from evidencekit.instrument.correcting.writing import NO_PLACE, Column, column_of, ticked, written
from evidencekit.instrument.rules.tables import Table

__all__ = ["Edits", "edits_of"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Edits:
    """Columns as they are to be, by name; by correction, whether its cell changes and was and is blank; `turned` columns are texts now."""

    series: dict[str, nw.Series[Any]] = field(default_factory=dict[str, "nw.Series[Any]"])
    changed: dict[int, bool] = field(default_factory=dict[int, bool])
    blank_before: dict[int, bool] = field(default_factory=dict[int, bool])
    blank_after: dict[int, bool] = field(default_factory=dict[int, bool])
    turned: list[str] = field(default_factory=list[str])

    def __reduce__(self) -> NoReturn:
        raise InputError("Corrections are not pickled: they hold children's answers.", "Send the file's path and read it again.")


def edits_of(asked: Asked, rows: Sequence[int], places: Sequence[Place | None], table: Table, problems: Problems) -> Edits:
    """Work out every column that is to be another; what cannot be is noted in `problems`."""
    _once(asked, rows, places, problems)
    edits = Edits()
    by_column: dict[str, tuple[Place, list[int]]] = {}
    for k, place in enumerate(places):
        if place is not None and rows[k] >= 0:
            by_column.setdefault(place.column, (place, []))[1].append(k)
        elif place is None and not asked.items[k] and not blank(asked.old[k]):
            problems.add(k, "there is an old value, and no item is named")
    for column, (place, here) in by_column.items():
        work = partial(_edit, place, here, asked=asked, rows=rows, table=table, problems=problems, edits=edits)
        in_our_words(work, partial(_odd, column))
    return edits


def _odd(column: str, trouble: Exception) -> InputError:
    return InputError(
        f"Column {column!r} cannot be corrected as it is ({type(trouble).__name__}).",
        "Let it hold numbers, texts, or days: one kind of value.",
    )


def _edit(place: Place, here: Sequence[int], *, asked: Asked, rows: Sequence[int], table: Table, problems: Problems, edits: Edits) -> None:
    """The corrections of one column: those at positions `here` of the table."""
    cells = dict(zip(here, _held(place, [rows[k] for k in here], table), strict=True))
    alike = partial(same, several=place.several, narrow=not place.alone and table.frame[place.column].dtype == nw.Float32)
    for k, cell in cells.items():
        if not blank(asked.old[k]) and not alike(cell, asked.old[k]):
            problems.add(k, "the old value is not what stands in the data (values are compared as codes, not as labels)")
        edits.blank_before[k], edits.blank_after[k], edits.changed[k] = blank(cell), blank(cell), False
    wanted = _wanted_in(asked, here, place, table, problems)
    if problems.refused or not wanted.values:
        return
    for k, value in wanted.values.items():
        edits.blank_after[k] = blank(value)
        edits.changed[k] = not blank(value) if blank(cells[k]) else not alike(cells[k], value)
    _write({rows[k]: value for k, value in wanted.values.items()}, wanted.column, place, table, edits)


def _once(asked: Asked, rows: Sequence[int], places: Sequence[Place | None], problems: Problems) -> None:
    """Note two corrections of one cell, and those of a row that is dropped."""
    seen: dict[tuple[int, str], list[int]] = {}
    for k, (row, place) in enumerate(zip(rows, places, strict=True)):
        if row >= 0 and (place is not None or not asked.items[k]):
            whole = asked.actions[k] == "drop" or place is None
            seen.setdefault((row, "" if whole or place is None else place.column), []).append(k)
    drops = {rows[k] for k, action in enumerate(asked.actions) if action == "drop" and rows[k] >= 0}
    for (row, column), found in seen.items():
        for k in found if len(found) > 1 else ():
            problems.add(k, "more than one correction of one cell" if column else "more than one correction of a whole row")
        for k in found if row in drops and column else ():
            problems.add(k, "a correction in a row that another one drops")


def _held(place: Place, rows: Sequence[int], table: Table) -> list[Any]:
    """What stands in a column at some rows."""
    if not place.alone:
        return table.frame[place.column][list(rows)].to_list()
    line = next(line for line in table.sheet.lines if line.id == place.rule_item)
    answers = table.of(line)
    assert answers is not None
    at, levels = answers.texts.at, answers.texts.levels
    return [levels[at[row]] if at[row] >= 0 else None for row in rows]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Wanted:
    """A column in a type that holds what is to be written, and that, by correction; None for a blank."""

    column: Column
    values: dict[int, Any]


def _wanted_in(asked: Asked, here: Sequence[int], place: Place, table: Table, problems: Problems) -> _Wanted:
    """What the corrections of one column are to write."""
    series = table.frame[next(iter(place.ticks.values())) if place.alone else place.column]
    column = Column(series, "text", several=True) if place.alone else column_of(series, place)
    declared = {} if place.alone else table.missing.get(place.column, {})
    writing = [k for k in here if asked.actions[k] in ("replace", "missing", "blank")]
    made = {k: _wanted(asked, k, column, place, declared) for k in writing}
    if column.textual and any(value is NO_PLACE for value in made.values()) and not any(isinstance(code, tuple) for code in declared):
        column = column.as_text()
        made = {k: _wanted(asked, k, column, place, declared) for k in writing}
    for k, value in made.items():
        if value is NO_PLACE:
            problems.add(k, "the new value does not fit the type of the column (write codes, not labels)")
        elif isinstance(value, _Trouble):
            problems.add(k, value.what)
    return _Wanted(column, made)


def _write(values: Mapping[int, Any], column: Column, place: Place, table: Table, edits: Edits) -> None:
    """Put values into a column, and into the columns of 0 and 1 that follow it."""
    if not place.alone:
        dtype = table.frame[place.column].dtype
        edits.series[place.column] = written(column, values).alias(place.column)
        if column.holds == "text" and (dtype.is_numeric() or dtype == nw.Boolean):
            edits.turned.append(place.column)
    answers = {row: None if value is None else word_of(value) for row, value in values.items()}
    for code, name in place.ticks.items():
        edits.series[name] = ticked(table.frame[name], code, answers).alias(name)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why there is nothing to write."""

    what: str


def _wanted(asked: Asked, k: int, column: Column, place: Place, declared: Mapping[Any, Any]) -> Any:
    """What is to stand in the cell: a value, None for a blank, or why there is none."""
    action, new = asked.actions[k], asked.new[k]
    if action == "blank" or blank(new):
        return None
    if action == "replace":
        return column.fitted(new)
    kind = kind_named(new)
    if kind is None:
        return _Trouble("the new value is no kind of missing (refused, don't know, not asked, not reached, technical)")
    of_item = place.item.missing if place.item is not None else {}
    codes = [code for code, means in (*of_item.items(), *declared.items()) if means is kind and not isinstance(code, tuple)]
    if not codes:
        return _Trouble("the item has no code for this kind of missing")
    fits = (made for code in codes if (made := column.fitted(code)) is not NO_PLACE)
    return next(fits, NO_PLACE)
