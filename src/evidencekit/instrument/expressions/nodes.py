"""The parts of an expression, and what can be known of it without data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Call", "Column", "Expression", "Here", "Literal", "Node", "Operation", "Path", "Reference", "walk"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a text that stands in the expression."""

    value: float | str


@dataclass(frozen=True, slots=True)
class Reference:
    """``${name}``: the answer to another question. `last_saved` is the answer of the form before (``${last-saved#name}``)."""

    name: str
    last_saved: bool = False


@dataclass(frozen=True, slots=True)
class Here:
    """``.``: the answer that is being given."""


@dataclass(frozen=True, slots=True)
class Column:
    """A bare name: a column of the choices, in a choice filter."""

    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """A path to a place in the form, such as ``..`` or ``/data/age``."""

    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Two sides and what is between them; a sign before one side has None on its left."""

    sign: str
    left: Node | None
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Node, ...]


Node = Literal | Reference | Here | Column | Path | Operation | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was read.

    Parameters
    ----------
    text : str
        As it stands in the form.
    tree : Node
        Its parts.
    not_evaluable : tuple of str
        Functions and paths in it that need more than the answers of one form: empty when it can be evaluated.
    """

    text: str
    tree: Node
    not_evaluable: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The questions it refers to, each once, in the order they stand."""
        return tuple(dict.fromkeys(node.name for node in walk(self.tree) if isinstance(node, Reference)))

    @property
    def tests(self) -> tuple[tuple[str, str], ...]:
        """Questions and the codes that their answers are compared with: by ``=``, ``!=`` or ``selected``; ``.`` stands for the answer."""
        return tuple(pair for node in walk(self.tree) if (pair := _tested(node)) is not None)


def walk(node: Node) -> Iterator[Node]:
    """A node and all that is below it; without recursion, because a chain of ``or`` may be long."""
    pile: list[Node | None] = [node]
    while pile:
        at = pile.pop()
        if at is None:
            continue
        yield at
        if isinstance(at, Operation):
            pile += (at.right, at.left)
        elif isinstance(at, Call):
            pile += reversed(at.arguments)


def _tested(node: Node) -> tuple[str, str] | None:
    """The question and the code of a node that compares the two."""
    if isinstance(node, Operation) and node.sign in ("=", "!=") and node.left is not None:
        sides = (node.left, node.right)
    elif isinstance(node, Call) and node.name == "selected" and len(node.arguments) == 2:
        sides = (node.arguments[0], node.arguments[1])
    else:
        return None
    asked = next((side for side in sides if isinstance(side, (Reference, Here))), None)
    code = next((side for side in sides if isinstance(side, Literal)), None)
    if asked is None or code is None:
        return None
    text = code.value if isinstance(code.value, str) else f"{code.value:g}"
    return (asked.name if isinstance(asked, Reference) else ".", text)
