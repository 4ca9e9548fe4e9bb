"""The ledger as text: the same bytes for the same entries, a line a cell; and back, with every entry checked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from evidencekit.disclosure.ledger.groups import AllBut, Band, Group, Levels
from evidencekit.disclosure.ledger.numbers import Number, count, hidden, percent, rounded
from evidencekit.disclosure.ledger.tables import PublishedTable
from evidencekit.errors import EvidencekitError, InputError

__all__ = ["digest_of", "entries_from", "text_of"]

FORMAT = 1
BACK = "Go back to the file that was kept."


def text_of(entries: Sequence[PublishedTable]) -> str:
    """The file of a ledger."""
    made = [_entry(table) for table in entries]
    body = ",\n".join(_block(entry) for entry in made)
    return f'{{\n"evidencekit_ledger": {FORMAT},\n"entries": [\n{body}\n],\n"check": {_line(_check(made))}\n}}\n'


def digest_of(*tables: PublishedTable) -> str:
    """A short digest of entries, by which two ledgers can be seen to hold the same ones."""
    return _check([_entry(table) for table in tables])


def entries_from(text: str) -> tuple[PublishedTable, ...]:
    """Read what `text_of` wrote.

    Raises
    ------
    InputError
        It is no ledger, is of another format, was changed or cut short, or an entry is not well formed.
    """
    try:
        found: Any = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or "evidencekit_ledger" not in found:
        raise InputError("The file is not a ledger, or was cut short.", BACK)
    if repr(found["evidencekit_ledger"]) != repr(FORMAT):  # true equals 1 to Python
        raise InputError("The ledger has a format that this version of evidencekit does not read.", "Read it with a later version.")
    entries = found.get("entries")
    if set(found) != {"evidencekit_ledger", "entries", "check"} or not isinstance(entries, list):
        raise InputError("The ledger lacks parts, or has others than evidencekit writes.", BACK)
    if found["check"] != _check(entries):
        raise InputError("The ledger was changed after it was written: its hash does not fit.", BACK)
    return tuple(_table(i, entry) for i, entry in enumerate(entries))


def _entry(table: PublishedTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "universe": table.universe,
        "where": _group(table.where),
        "complete": _group(table.whole),
        "unchecked": list(table.unchecked),
        "beside": [_number(number) for number in table.beside],
        "cells": [[_number(number) for number in cell] for cell in table.cells],
    }


def _number(number: Number) -> dict[str, Any]:
    made: dict[str, Any] = {"shows": number.kind, "group": _group(number.group)}
    if number.kind == "hidden":
        return made if number.below is None else {**made, "below": number.below}
    made["value"] = number.value
    if number.kind == "percent":
        made |= {"of": _group(number.of or Group()), "step": number.step, "weight_ratio": number.weight_ratio}
    elif number.step != 1:
        made["step"] = number.step
    return made if number.how == "nearest" else {**made, "how": number.how}


def _group(group: Group) -> dict[str, Any]:
    return {name: _levels(levels) for name, levels in group.parts}


def _levels(levels: Levels) -> Any:
    if isinstance(levels, Band):
        return {"from": levels.low, "below": levels.high}
    return {"but": list(levels.levels)} if isinstance(levels, AllBut) else list(levels)


def _table(at: int, entry: Any) -> PublishedTable:
    try:
        made = PublishedTable(
            title=entry["title"],
            universe=entry["universe"],
            where=_group_from(entry["where"]),
            complete=_group_from(entry["complete"]),
            unchecked=tuple(entry["unchecked"]),
            beside=tuple(_number_from(x) for x in entry["beside"]),
            cells=tuple(tuple(_number_from(x) for x in cell) for cell in entry["cells"]),
        )
        good = _line(_entry(made)) == _line(entry)
    except (EvidencekitError, TypeError, KeyError, AttributeError, ValueError):
        good, made = False, None
    if made is None or not good:
        raise InputError(f"Entry {at} of the ledger is not as evidencekit writes it (entries are numbered from 0).", BACK)
    return made


def _number_from(found: Mapping[str, Any]) -> Number:
    group, how = _group_from(found["group"]), found.get("how", "nearest")
    if found["shows"] == "hidden":
        return hidden(group, below=found.get("below"))
    if found["shows"] == "percent":
        ratio, of = found["weight_ratio"], _group_from(found["of"])
        return percent(group, found["value"], of=of, step=found["step"], weight_ratio=ratio, how=how)
    return rounded(group, found["value"], base=found["step"], how=how) if "step" in found else count(group, found["value"])


def _group_from(found: Mapping[str, Any]) -> Group:
    return Group(tuple((name, _levels_from(levels)) for name, levels in found.items()))


def _levels_from(found: Any) -> Levels:
    if isinstance(found, dict):
        return AllBut(tuple(found["but"])) if "but" in found else Band(found["from"], found["below"])
    return tuple(found)


def _block(entry: Mapping[str, Any]) -> str:
    """An entry with a line for each of its parts and for each of its cells."""
    lines = [f'  "{name}": {_line(value)}' for name, value in entry.items() if name not in ("beside", "cells")]
    for name in ("beside", "cells"):
        inner = ",\n".join(f"   {_line(value)}" for value in entry[name])
        lines.append(f'  "{name}": [\n{inner}\n  ]' if inner else f'  "{name}": []')
    return " {\n" + ",\n".join(lines) + "\n }"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _check(entries: Any) -> str:
    text = json.dumps(entries, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()
