"""The standing of an expression over named items: what holds, what does not, what is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Context, Expression, Values, truth
from evidencekit.instrument.expressions.nodes import Call, Literal, Node, Operation, Reference, walk
from evidencekit.instrument.indicators.standings import (
    NO,
    OUTSIDE,
    UNKNOWN,
    YES,
    Standing,
    all_of,
    any_of,
    counted,
    negated,
)

__all__ = ["Answers", "standing_of"]

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


class Answers(Protocol):
    """Where the items of an expression find what was answered."""

    def standing(self, name: str) -> Standing:
        """Of a yes/no item, or another indicator."""
        ...

    def plain(self, name: str) -> tuple[Values, Standing]:
        """The answers as they stand, and per row what they are where there is none: a no higher up, not known, or outside.

        The standing is yes wherever there is an answer.
        """
        ...


def standing_of(expression: Expression, answers: Answers) -> Standing:
    """The standing of an expression, row by row.

    Parameters
    ----------
    expression : Expression
        Items joined by ``or``, ``and`` and ``not()``; sums of items compared with a number; or, of an item that is no yes/no question, a
        comparison with its answers.
    answers : Answers
        What was answered.

    Raises
    ------
    InputError
        It joins items in another way.
    """
    return _of(expression.tree, answers)


def _of(node: Node, answers: Answers) -> Standing:
    if isinstance(node, Reference):
        return answers.standing(node.name)
    if isinstance(node, Operation) and node.left is not None:
        if node.sign in ("or", "and"):
            joined: Callable[[list[Standing]], Standing] = any_of if node.sign == "or" else all_of
            return joined([_of(part, answers) for part in _parts(node, node.sign)])
        if (count := _count_of(node)) is not None:
            names, sign, than = count
            return counted([answers.standing(name) for name in names], sign, than)
    if isinstance(node, Call) and node.name == "not" and len(node.arguments) == 1:
        return negated(_of(node.arguments[0], answers))
    return _compared(node, answers)


def _parts(node: Node | None, sign: str) -> list[Node]:
    """The parts of a chain of one sign."""
    found: list[Node] = []
    while isinstance(node, Operation) and node.sign == sign and node.left is not None:
        found += reversed(_parts(node.right, sign))
        node = node.left
    return [*([node] if node is not None else []), *reversed(found)]


def _count_of(node: Operation) -> tuple[list[str], str, float] | None:
    """The items, the sign and the number of ``${a} + ${b} >= 2``; None for any other comparison."""
    if node.sign not in _TURNED or node.left is None:
        return None
    for side, number, sign in ((node.left, node.right, node.sign), (node.right, node.left, _TURNED[node.sign])):
        if isinstance(number, Literal) and isinstance(number.value, float):
            parts = list(side.arguments) if isinstance(side, Call) and side.name == "sum" else _parts(side, "+")
            names = [part.name for part in parts if isinstance(part, Reference)]
            if len(names) > 1 and len(names) == len(parts):
                return names, sign, number.value
    return None


def _compared(node: Node, answers: Answers) -> Standing:
    """A comparison with answers as they stand: in doubt where an answer is a kind of missing, a no where a no higher up says so."""
    names = dict.fromkeys(part.name for part in walk(node) if isinstance(part, Reference))
    if not names:
        raise InputError("An indicator's expression has a part that names no item.")
    read = {name: answers.plain(name) for name in names}
    made = truth(Expression("", node), Context(lambda name: read[name][0]))
    there = all_of([standing for _, standing in read.values()])
    n = len(there.state)
    yes, doubt = np.broadcast_to(made.yes, (n,)), np.broadcast_to(made.doubt, (n,))
    asked = np.where(doubt, UNKNOWN, np.where(yes, YES, NO))
    state = np.select([there.state == NO, there.state == OUTSIDE], [NO, OUTSIDE], asked)
    return Standing(state.astype(np.int8), there.why)
