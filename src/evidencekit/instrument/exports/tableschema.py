"""Frictionless Table Schema (Data Package 2.0): what programs read before they read the data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from evidencekit.instrument.exports.entries import Entry
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.wording import in_numbers

__all__ = ["table_schema"]

_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
_TYPES = {"integer": "integer", "decimal": "number", "date": "date", "datetime": "datetime", "select_multiple": "list", "rank": "list"}


def table_schema(form: Instrument, entries: Sequence[Entry]) -> str:
    """The schema of the table of interviews as JSON; those of repeated groups stand under ``repeats``."""
    schema: dict[str, Any] = {"$schema": _PROFILE, "name": form.name, "title": form.title or form.name}
    if form.version:
        schema["version"] = form.version
    schema |= {"fields": [_field(entry) for entry in entries if not entry.repeat], "missingValues": [""]}
    repeats = dict.fromkeys(entry.repeat for entry in entries if entry.repeat)
    if repeats:
        schema["repeats"] = {name: {"fields": [_field(e) for e in entries if e.repeat == name], "missingValues": [""]} for name in repeats}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _field(entry: Entry) -> dict[str, Any]:
    item = entry.item
    kind = _TYPES.get(item.kind, "integer" if in_numbers(item) else "string")
    made: dict[str, Any] = {"name": item.name, "type": kind}
    if kind == "list":
        made |= {"delimiter": " ", "itemType": "string"}
    if entry.label:
        made["title"] = entry.label
    if entry.universe:
        made["description"] = f"Asked if {entry.universe}"
    as_value = int if kind == "integer" else str
    kept = [{"value": as_value(c.code), **({"label": c.label} if c.label else {})} for c in entry.categories if c.missing is None]
    if kept:
        made |= {"categories": kept, "categoriesOrdered": False}
    missing = [
        {"value": c.code, "label": c.label or (c.missing.value if c.missing else "")} for c in entry.categories if c.missing is not None
    ]
    if missing:
        made["missingValues"] = [{"value": "", "label": "blank"}, *missing]
    if item.required and not entry.universe:
        made["constraints"] = {"required": True}
    if item.role:
        made["role"] = item.role
    return made
