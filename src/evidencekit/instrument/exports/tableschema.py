"""Frictionless Table Schema (Data Package 2.0): what programs read before they read the data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from evidencekit.instrument.exports.entries import Entry
from evidencekit.instrument.expressions import parse
from evidencekit.instrument.expressions.nodes import Here, Literal, Node, Operation
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
    limits: dict[str, Any] = {"required": True} if item.required and not entry.universe else {}
    if kind in ("integer", "number") and item.choices is None:
        limits |= _limits(item.constraint, whole=kind == "integer")
    if limits:
        made["constraints"] = limits
    if item.role:
        made["role"] = item.role
    return made


_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_SAID = {">": "exclusiveMinimum", ">=": "minimum", "<": "exclusiveMaximum", "<=": "maximum"}


def _limits(constraint: str, *, whole: bool) -> dict[str, float]:
    """The limits that a constraint sets for every answer: its comparisons of the answer with a number, where all of them must hold."""
    out: dict[str, float] = {}
    for sign, number in _compared(parse(constraint).tree) if constraint.strip() else []:
        value = int(number) if number.is_integer() else number
        if whole and isinstance(value, int) and sign in (">", "<"):
            sign, value = f"{sign}=", value + (1 if sign == ">" else -1)
        said = _SAID[sign]
        out[said] = value if said not in out else (max if sign[0] == ">" else min)(out[said], value)
    return out


def _compared(node: Node) -> Iterator[tuple[str, float]]:
    if not isinstance(node, Operation) or node.left is None:
        return
    if node.sign == "and":
        yield from _compared(node.left)
        yield from _compared(node.right)
        return
    one, two = _number(node.left), _number(node.right)
    if node.sign in _SAID and isinstance(node.left, Here) and two is not None:
        yield node.sign, two
    if node.sign in _SAID and isinstance(node.right, Here) and one is not None:
        yield _TURNED[node.sign], one


def _number(node: Node) -> float | None:
    if isinstance(node, Operation) and node.sign == "-" and node.left is None:
        below = _number(node.right)
        return None if below is None else -below
    return node.value if isinstance(node, Literal) and isinstance(node.value, float) else None
