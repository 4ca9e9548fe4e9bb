"""Rule: one thing that a form says of its answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from evidencekit.instrument.items import Item
from evidencekit.instrument.rules.plans import Line, Plan, Sheet

__all__ = ["Rule", "RuleKind", "alone", "listed", "rules_of_line", "rules_of_plan"]

RuleKind = Literal[
    "type", "code", "filter", "exclusive", "range", "constraint", "required", "skip", "unique", "repeat", "count", "order", "version",
]  # fmt: skip
_TYPES = {
    "integer": "whole numbers",
    "decimal": "numbers",
    "date": "dates, as 2025-01-31",
    "datetime": "dates with a time",
    "time": "times, as 09:30",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a form says of its answers.

    Parameters
    ----------
    id : str
        Its kind and what it is about: ``"skip:age"``. An item whose name stands in several groups is named with its groups.
    item : str
        The item, repeat or column it is about.
    kind : str
        ``"type"``; ``"code"``: answers are in the list; ``"filter"``: they are among those that the choice filter lets through;
        ``"exclusive"``: what stands alone is not chosen with others; ``"range"``;
        ``"constraint"``; ``"required"``: asked, so there is an answer; ``"skip"``: not asked, so there is none; ``"unique"``;
        ``"repeat"``: a row of a repeat has its parent; ``"count"``: there are as many rows as the form says; ``"order"``: an interview does
        not end before it starts; ``"version"``.
    table : str
        The repeat whose rows it is about; empty for the main table.
    says : str
        What holds when it is kept, in words or as the expression of the form.

    Examples
    --------
    >>> import evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer", constraint=". >= 12", required=True)])
    >>> [rule.id for rule in ek.instrument.rules_of(form)]
    ['type:age', 'constraint:age', 'required:age']
    """

    id: str
    item: str
    kind: RuleKind
    table: str = ""
    says: str = ""


def listed(item: Item) -> tuple[str, ...]:
    """The codes an answer may be: those of the list and the missing kinds of the item."""
    return tuple(dict.fromkeys((*(item.choices.codes if item.choices else ()), *item.missing)))


def alone(item: Item) -> frozenset[str]:
    """The codes of an item that are not chosen together with others."""
    exclusive = {option.code for option in item.choices.listed if option.alone} if item.choices else set[str]()
    return frozenset({*exclusive, *item.missing})


def rules_of_plan(plan: Plan) -> tuple[Rule, ...]:
    """Every rule of a form, in the order of its items."""
    return tuple(rule for sheet in plan.sheets for rule in (*_of_sheet(sheet), *(r for line in sheet.lines for r in rules_of_line(line))))


def _of_sheet(sheet: Sheet) -> Iterator[Rule]:
    """The rules of a repeat as a whole."""
    if sheet.parent is not None:
        yield Rule(f"repeat:{sheet.name}", sheet.name, "repeat", sheet.name, "every row has a row it belongs to")
        if sheet.count is not None:
            yield Rule(f"count:{sheet.name}", sheet.name, "count", sheet.parent, f"as many rows as {sheet.count.text}")


def rules_of_line(line: Line) -> Iterator[Rule]:
    """The rules of one item."""
    item = line.item

    def rule(kind: RuleKind, says: str) -> Rule:
        return Rule(f"{kind}:{line.id}", line.id, kind, line.table, says)

    if item.kind in _TYPES:
        yield rule("type", _TYPES[item.kind])
    if item.kind in ("select_one", "select_multiple", "rank"):
        yield rule("code", f"one of {len(listed(item))} codes" if item.kind == "select_one" else f"some of {len(listed(item))} codes")
    if line.filter is not None:
        yield rule("filter", line.filter.text)
    if item.kind == "select_multiple" and alone(item):
        yield rule("exclusive", f"{len(alone(item))} codes are not chosen together with others")
    if line.bounds is not None:
        yield rule("range", "from {} to {}".format(*line.bounds))
    if line.constraint is not None:
        yield rule("constraint", line.constraint.text)
    if not item.asked:
        return
    when = " and ".join(logic.text for logic in line.chain) or "always"
    if item.required:
        yield rule("required", f"an answer where it is asked: {when}")
    if line.chain:
        yield rule("skip", f"no answer where it is not asked: {when}")
    if item.role == "direct-identifier" and item.kind in ("text", "integer"):
        yield rule("unique", "no two rows have the same")
