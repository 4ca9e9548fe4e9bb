"""Where a correction goes: the row by its id, the column by the name of the item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.errors import named
from evidencekit.instrument.correcting.problems import Problems
from evidencekit.instrument.correcting.reading import Asked, words_in
from evidencekit.instrument.items import Item
from evidencekit.instrument.rules.plans import Plan
from evidencekit.instrument.rules.tables import Table

__all__ = ["Place", "place_items", "place_rows"]


@dataclass(frozen=True, slots=True)
class Place:
    """A column that can be corrected: its item, where it is one, `rule_item`, what rules call it, and its columns of 0 and 1 by code."""

    column: str
    item: Item | None = None
    rule_item: str = ""
    ticks: Mapping[str, str] = field(default_factory=dict[str, str])
    alone: bool = False

    @property
    def several(self) -> bool:
        """Whether an answer is a list of codes."""
        return self.item is not None and self.item.kind in ("select_multiple", "rank")


def place_rows(asked: Asked, frame: nw.DataFrame[Any], ids: tuple[str, ...], problems: Problems) -> list[int]:
    """The row of the data that each correction is about, -1 where there is none or more than one."""
    keys = words_in([frame[name].to_list() for name in ids])
    at: dict[tuple[str, ...], int] = {}
    twice: set[tuple[str, ...]] = set()
    for row, key in enumerate(keys):
        if key is not None and at.setdefault(key, row) != row:
            twice.add(key)
    rows: list[int] = []
    for k, key in enumerate(asked.keys):
        row = -1 if key is None or key in twice else at.get(key, -1)
        if key is not None and row < 0:
            problems.add(k, f"the id is on {'more than one' if key in twice else 'no'} row of the data")
        rows.append(row)
    return rows


def place_items(asked: Asked, plan: Plan, table: Table, problems: Problems) -> list[Place | None]:
    """The column that each correction is about; None where it is the whole row, or there is none."""
    known, trouble = _places(table), _troubles(plan, table)
    out: list[Place | None] = []
    for k, name in enumerate(asked.items):
        place = known.get(name)
        if name and place is None:
            problems.add(k, trouble.get(name) or f"the item is neither in the form nor a column of the data{_near(name, list(known))}")
        out.append(place)
    return out


def _places(table: Table) -> dict[str, Place]:
    """Every name that a column can be corrected by: as the form calls the item, or as the data call the column."""
    names = Counter(line.item.name for line in table.sheet.lines)
    ticked = {name for ticks in table.places.ticks.values() for name in ticks.values()}
    known = {name: Place(name) for name in table.places.rest if name not in ticked}
    for line in table.sheet.lines:
        column, ticks = table.places.of.get(line.path), table.places.ticks.get(line.path, {})
        if column is None and not ticks:
            continue
        made = Place(column or line.item.name, line.item, line.id, ticks, alone=column is None)
        own = (line.item.name,) if names[line.item.name] == 1 else ()
        known |= dict.fromkeys((line.path, line.id, *own, *((column,) if column else ())), made)
    return known


def _troubles(plan: Plan, table: Table) -> dict[str, str]:
    """Why a name of the form, or a column, cannot be corrected."""
    ticked = [name for ticks in table.places.ticks.values() for name in ticks.values()]
    out = dict.fromkeys(ticked, "the column is one of several of a question: name the question")
    for sheet in plan.sheets:
        for line in sheet.lines:
            why = (
                "the data have no column for the item" if sheet.parent is None else "the item is in a repeat, whose rows are another table"
            )
            out |= {name: why for name in (line.item.name, line.id, line.path) if name not in out}
    names = Counter(line.item.name for line in table.sheet.lines)
    return out | {name: "several items of the form have this name: write their groups before it" for name, n in names.items() if n > 1}


def _near(name: str, columns: Sequence[str]) -> str:
    near = get_close_matches(name, columns, n=1, cutoff=0.6)
    return f", perhaps {shown}" if near and (shown := named(near)) and named(columns) else ""
