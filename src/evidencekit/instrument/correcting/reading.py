"""The table of corrections, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from evidencekit.errors import InputError, how_many, named
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.instrument.correcting.problems import Problems
from evidencekit.instrument.correcting.values import blank, word_of
from evidencekit.instrument.given import in_order, mapped

__all__ = ["ACTIONS", "Asked", "names_of", "read", "words_in"]

ACTIONS = ("replace", "missing", "blank", "drop", "okay")
_PARTS = ("item", "action", "new", "old", "reason", "who")
_NEEDED = ("item", "action", "new")
_TAKES_NEW = ("replace", "missing")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Asked:
    """What the table asks for; each part has an entry for every correction."""

    keys: tuple[tuple[str, ...] | None, ...]
    items: tuple[str, ...]
    actions: tuple[str, ...]
    new: tuple[Any, ...]
    old: tuple[Any, ...]
    reasons: tuple[str, ...]
    people: tuple[str, ...]
    note: str = ""

    def __len__(self) -> int:
        return len(self.keys)

    def __reduce__(self) -> NoReturn:
        raise InputError("Corrections are not pickled: they hold children's answers.", "Send the file's path and read it again.")


def names_of(id: str | Sequence[str]) -> tuple[str, ...]:
    """The columns that tell rows apart."""
    names = (id,) if isinstance(id, str) else in_order(id, "id=", "Give the name of a column, or several.")
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise InputError("id= names the column that tells rows apart, or several that do together.", "Give names of columns, each once.")
    return names


def read(corrections: Any, ids: tuple[str, ...], columns: Mapping[str, str] | None) -> tuple[Asked, Problems]:
    """Read the table, and note what is wrong with it alone."""
    rows = open_data(corrections.frame if isinstance(corrections, Dataset) else corrections)
    frame = eager(rows.frame, "A table of corrections")
    called = _called(ids, columns)
    for part, name in called.items():
        if part in (*ids, *_NEEDED) or (columns is not None and part in columns):
            rows.need(name, f"the corrections, for {part!r}")
    there = {part: frame[name].to_list() for part, name in called.items() if name in rows.columns}
    empty: list[Any] = [None] * len(frame)
    left = [name for name in rows.columns if name not in called.values()]
    which = f": {listed}" if left and (listed := named(left)) else ""
    made = Asked(
        words_in([there[name] for name in ids]),
        tuple(_word(value) for value in there["item"]),
        tuple(_word(value).lower() for value in there["action"]),
        tuple(there["new"]),
        tuple(there.get("old", empty)),
        tuple(_word(value) for value in there.get("reason", empty)),
        tuple(_word(value) for value in there.get("who", empty)),
        f"{how_many(len(left), 'column')} of the corrections not read{which}" if left else "",
    )
    problems = Problems(len(made))
    for k in range(len(made)):
        _look(made, k, problems)
    return made, problems


def words_in(columns: Sequence[Sequence[Any]]) -> tuple[tuple[str, ...] | None, ...]:
    """The ids of rows as texts; None where a part of one is blank."""
    return tuple(None if any(map(blank, parts)) else tuple(map(word_of, parts)) for parts in zip(*columns, strict=True))


def _called(ids: tuple[str, ...], columns: Mapping[str, str] | None) -> dict[str, str]:
    """What each part of the table is called."""
    given = {} if columns is None else mapped(columns, "columns=", 'For example: {"item": "variable", "new": "newvalue"}.')
    if not all(isinstance(word, str) for pair in given.items() for word in pair):
        raise InputError("columns= maps the parts of a correction to names of columns, as text.")
    if twin := [name for name in ids if name in _PARTS]:
        raise InputError(f"The id column {twin[0]!r} is called like a part of a correction.", "Rename it in the data.")
    if any(part not in (*ids, *_PARTS) for part in given):
        raise InputError("columns= names something that is no part of a correction.", f"The parts are {', '.join((*ids, *_PARTS))}.")
    called = {part: given.get(part, part) for part in (*ids, *_PARTS)}
    if len(set(called.values())) < len(called):
        raise InputError("Two parts of a correction are read from one column.", "Say with columns= which column each is.")
    return called


def _look(made: Asked, k: int, problems: Problems) -> None:
    """What a correction says that it cannot."""
    action, new = made.actions[k], made.new[k]
    if made.keys[k] is None:
        problems.add(k, "the id is blank")
    if action not in ACTIONS:
        problems.add(k, f"the action is none of {', '.join(ACTIONS)}")
        return
    if not made.items[k] and action not in ("drop", "okay"):
        problems.add(k, "no item is named")
    if action in _TAKES_NEW and blank(new):
        empties = ": what is to be empty has the action blank" if action == "replace" else ": it takes the kind of missing"
        problems.add(k, f"{action} without a new value{empties}")
    if action not in _TAKES_NEW and not blank(new):
        problems.add(k, "there is a new value, and the action takes none")
    if action == "drop" and not made.reasons[k]:
        problems.add(k, "a drop without a reason")


def _word(value: Any) -> str:
    return "" if blank(value) else word_of(value)
