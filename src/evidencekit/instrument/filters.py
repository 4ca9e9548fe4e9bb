"""Choice filters: which options of a list are shown, by the answers above and by further columns of the list."""

from __future__ import annotations

from dataclasses import replace

from evidencekit.instrument.expressions import Expression
from evidencekit.instrument.expressions.nodes import Call, Column, Literal, Node, Operation, walk
from evidencekit.instrument.items import Item, Option

__all__ = ["CODE", "columns_in", "filter_of", "for_option"]

CODE = "name"
"""The column of a list in which its codes stand."""


def filter_of(item: Item) -> str:
    """The choice filter of a selection; empty where it has none."""
    return item.other.get("choice_filter", "").strip() if item.kind in ("select_one", "select_multiple", "rank") else ""


def columns_in(expression: Expression) -> tuple[str, ...]:
    """The columns of the list that a choice filter looks at, each once."""
    return tuple(dict.fromkeys(node.name for node in walk(expression.tree) if isinstance(node, Column)))


def for_option(expression: Expression, option: Option) -> Expression:
    """A choice filter with what stands in the columns of one option in place of their names; empty where the option has nothing."""
    return Expression(expression.text, _filled(expression.tree, option))


def _filled(node: Node, option: Option) -> Node:
    if isinstance(node, Column):
        return Literal(option.code if node.name == CODE else option.other.get(node.name, ""))
    chain: list[Operation] = []
    while isinstance(node, Operation) and node.left is not None:  # gone along rather than into, because it may be long
        chain.append(node)
        node = node.left
    if chain:
        made = _filled(node, option)
        for part in reversed(chain):
            made = replace(part, left=made, right=_filled(part.right, option))
        return made
    if isinstance(node, Operation):
        return replace(node, right=_filled(node.right, option))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(_filled(argument, option) for argument in node.arguments))
    return node
