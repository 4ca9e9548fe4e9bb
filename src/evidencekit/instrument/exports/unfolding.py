"""Repeats that stand in columns of the main table, as SurveyCTO writes them, as tables of their own.

The second answer to ``sort`` stands in ``sort_2``, whether ``chat`` was chosen in it in ``uses_chat_2``, and ``device_count`` says how many
rows there are. A column that could be read in two ways is left where it is, with all of its item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import how_many, named
from evidencekit.instrument.expressions.nodes import Reference
from evidencekit.instrument.rules.placing import Placed, placed
from evidencekit.instrument.rules.plans import Plan, Sheet

__all__ = ["Unfolded", "unfolded"]

_PLACE = re.compile(r"(.+)_([1-9]\d*)")
_TWICE = re.compile(r"(.+)(?:_[1-9]\d*){2,}")


class Unfolded(NamedTuple):
    """The tables by the name of the repeat, the main one under an empty name, and columns to keep though the form does not have them."""

    frames: dict[str, Any]
    kept: frozenset[str]


class _Head(NamedTuple):
    """What stands before the number of a column: a repeat, an item of it, a code if it is a column of 0 and 1."""

    repeat: str
    item: str
    code: str | None

    @property
    def own(self) -> str:
        return self.item if self.code is None else f"{self.item}/{self.code}"


@dataclass(slots=True)
class _Wide:
    """The columns of one repeat: for each that the table gets, those it comes from by their number."""

    columns: dict[str, dict[int, str]] = field(default_factory=dict[str, dict[int, str]])

    @property
    def used(self) -> list[str]:
        return [name for by_place in self.columns.values() for name in by_place.values()]

    @property
    def places(self) -> list[int]:
        return sorted({place for by_place in self.columns.values() for place in by_place})


def unfolded(plan: Plan, frames: Mapping[str, Any], notes: list[str]) -> Unfolded:
    """Make the tables of repeats that are not there from wide columns of the main table.

    Parameters
    ----------
    plan : Plan
        What the form says.
    frames : mapping of str to pandas DataFrame
        The tables that are there; the main one under an empty name.
    notes : list of str
        What is done is added, in words and without a value.
    """
    absent = [sheet for sheet in plan.sheets if sheet.parent is not None and sheet.name not in frames]
    main = frames[""]
    places = placed(plan.sheets[0], list(main.columns))
    wide, kept = _found([s for s in absent if s.parent == ""], list(main.columns), places, notes)
    for sheet in absent:
        if sheet.parent != "" and (within := _within(sheet, list(main.columns))):
            notes.append(f"the wide columns of the repeat {sheet.name!r} are within another repeat: they stay as they are")
            kept.update(within)
    made = dict(frames)
    for sheet in absent:
        if not (found := wide.get(sheet.name, _Wide())).columns:
            continue
        if found.places != list(range(1, len(found.places) + 1)):
            notes.append(f"the wide columns of the repeat {sheet.name!r} are not numbered 1, 2, 3 and so on: they stay as they are")
            kept.update(found.used)
            continue
        made[""], keys = _keyed(made[""])
        kept.update(keys)
        made[sheet.name] = _table(sheet, made[""], found, keys, _counts(sheet, main, places, notes, kept, found))
        rows = how_many(len(made[sheet.name]), "row")
        notes.append(f"the table of the repeat {sheet.name!r} was made from its {how_many(len(found.used), 'wide column')}: {rows}")
        made[""] = made[""].drop(columns=found.used)
    return Unfolded(made, frozenset(kept))


def _found(sheets: Sequence[Sheet], columns: Sequence[str], places: Placed, notes: list[str]) -> tuple[dict[str, _Wide], set[str]]:
    """The wide columns of repeats, and those that stay because they can be read in two ways."""
    heads: dict[str, list[_Head]] = {}
    for sheet in sheets:
        for head in _heads(sheet):
            heads.setdefault(head[0], []).append(head[1])
    taken = {*places.of.values(), *(name for ticks in places.ticks.values() for name in ticks.values())}
    read: list[tuple[str, int, _Head]] = []
    unclear: set[tuple[str, str]] = set()
    for column in columns:
        match = _PLACE.fullmatch(column)
        said = heads.get(match.group(1), []) if match else []
        if match is None or not said:
            continue
        if len(said) > 1 or column in taken:
            unclear.update((head.repeat, head.item) for head in said)
        read += [(column, int(match.group(2)), head) for head in said]
    wide: dict[str, _Wide] = {}
    kept: set[str] = set()
    for column, place, head in read:
        if (head.repeat, head.item) in unclear:
            kept.add(column)
        else:
            wide.setdefault(head.repeat, _Wide()).columns.setdefault(head.own, {})[place] = column
    if unclear:
        told = named(sorted({item for _, item in unclear})) or "some items"
        notes.append(f"the wide columns of {told} may be those of another item: they stay as they are")
    return wide, kept


def _heads(sheet: Sheet) -> list[tuple[str, _Head]]:
    """How the columns of a repeat may begin."""
    made: list[tuple[str, _Head]] = []
    for line in sheet.lines:
        item = line.item
        made.append((item.name, _Head(sheet.name, item.name, None)))
        if item.kind in ("select_multiple", "rank") and item.choices is not None:
            for code in item.choices.codes:
                made.append((f"{item.name}_{re.sub('[^0-9A-Za-z_]', '_', code)}", _Head(sheet.name, item.name, code)))
    return made


def _within(sheet: Sheet, columns: Sequence[str]) -> list[str]:
    """The columns that an item of a repeat within a repeat may have."""
    names = {name for name, _ in _heads(sheet)}
    return [column for column in columns if (match := _TWICE.fullmatch(column)) and _bare(match.group(1)) & names]


def _bare(text: str) -> set[str]:
    """A beginning with and without further numbers."""
    made = {text}
    while (match := _PLACE.fullmatch(text)) is not None:
        text = match.group(1)
        made.add(text)
    return made


def _keyed(main: Any) -> tuple[Any, tuple[str, str]]:
    """The main table with a column in which no two rows are the same, and the names of the parent's key and of it."""
    for below, above in (("PARENT_KEY", "KEY"), ("parent_key", "key"), ("_parent_index", "_index")):
        if above in main.columns and main[above].notna().all() and main[above].is_unique:
            return main, (below, above)
    return main.assign(_index=np.arange(1, len(main) + 1)), ("_parent_index", "_index")


def _counts(sheet: Sheet, main: Any, places: Placed, notes: list[str], kept: set[str], wide: _Wide) -> Codes:
    """How many rows each interview has: up to the last that holds anything, and more where the form counts more.

    Where nothing is held at all the repeat may not have been asked, whatever is counted.
    """
    import pandas as pd

    held = np.zeros(len(main), dtype=np.intp)
    for by_place in wide.columns.values():
        for place, column in by_place.items():
            held = np.maximum(held, np.where(main[column].notna().to_numpy(), place, 0))
    name = _counter(sheet, places)
    if name not in main.columns:
        return held
    told = pd.to_numeric(main[name], errors="coerce").to_numpy(dtype=np.float64)
    known = ~np.isnan(told)
    more = np.minimum(np.where(known, told, 0), len(wide.places)).astype(np.intp)
    rows = np.where(held > 0, np.maximum(held, more), 0)
    if differ := int(np.count_nonzero(known & (rows != told))):
        kept.add(name)
        notes.append(f"{name!r} says otherwise on {how_many(differ, 'row')}, and stays")
    return rows


def _counter(sheet: Sheet, places: Placed) -> str:
    """The column that says how many rows there are: the item that the form counts by, or the one that SurveyCTO adds."""
    tree = sheet.count.expression.tree if sheet.count is not None and sheet.count.expression is not None else None
    if isinstance(tree, Reference) and (column := next((c for path, c in places.of.items() if path.rpartition("/")[2] == tree.name), None)):
        return column
    return f"{sheet.name.rpartition('/')[2]}_count"


def _table(sheet: Sheet, main: Any, wide: _Wide, keys: tuple[str, str], counts: Codes) -> Any:
    """The table of a repeat, row after row of the main one."""
    import pandas as pd

    n = len(main)
    of = np.repeat(np.arange(n), counts)
    place = np.arange(of.size) - np.repeat(np.cumsum(counts) - counts, counts)
    columns: dict[str, Any] = {}
    for own, by_place in wide.columns.items():
        blank = main[next(iter(by_place.values()))].mask(np.ones(n, dtype=bool))
        stacked = pd.concat([main[by_place[k]] if k in by_place else blank for k in wide.places], ignore_index=True)
        columns[own] = stacked.iloc[place * n + of].reset_index(drop=True)
    below, above = keys
    parents = main[above].iloc[of].reset_index(drop=True)
    columns[below] = parents
    name = sheet.name.rpartition("/")[2]
    own_keys = [f"{parent}/{name}[{k + 1}]" for parent, k in zip(parents.tolist(), place.tolist(), strict=True)]
    columns[above] = np.arange(1, of.size + 1) if above == "_index" else pd.Series(own_keys, dtype="str")
    return pd.DataFrame(columns)
