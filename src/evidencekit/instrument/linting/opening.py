"""Skip logic that opens for a question that was not answered, found by trying out answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Context, Expression, Texts, truth
from evidencekit.instrument.expressions.nodes import Call, Here, Literal, Operation, Reference
from evidencekit.instrument.expressions.nodes import walk as nodes
from evidencekit.instrument.expressions.values import number_of, text_of
from evidencekit.instrument.items import Item
from evidencekit.instrument.linting.findings import LintFinding, warning
from evidencekit.instrument.linting.looking import Look

__all__ = ["opened_without_answer"]

_MOST = 20_000  # combinations of answers to try
_BLANK = ""


def opened_without_answer(look: Look) -> Iterator[LintFinding]:
    """A refusal or a blank is not a yes: ``${told} != 0`` asks whoever refused to say whom they told.

    Every combination of the answers that matter is tried. A question is named when, for some answers to the others, it opens the way as
    a blank or a missing code and closes it with something else, unless the expression asks for that very code or for a blank.
    """
    for written, made in look.read:
        if written.sort != "relevance":
            continue
        names = [name for name in made.names if name in look.items and look.items[name].asked]
        for name in _opened(made, names, look):
            what = f"{written.name!r} is asked when {name!r} was refused, not known or left blank."
            remedy = f"Ask for the answers that open it, ${{{name}}} = ..., instead of those that do not."
            yield warning("opens-without-answer", written.name, what, remedy)


@dataclass(frozen=True, slots=True)
class _Tried:
    """The answers to try for a question: those that are none first."""

    name: str
    none: tuple[str, ...]
    some: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.none, *self.some)


def _opened(made: Expression, names: Sequence[str], look: Look) -> list[str]:
    """The questions that open an expression without an answer."""
    tried = [_tried(name, look.items[name], made) for name in names]
    size = int(np.prod([len(one.all) for one in tried])) if tried else 0
    if made.not_evaluable or not tried or size > _MOST:
        return _denied(made, look)
    rows = list(product(*(range(len(one.all)) for one in tried)))
    table = np.array(rows, dtype=np.intp)
    columns = {one.name: _column(one, table[:, k]) for k, one in enumerate(tried)}
    try:
        yes = truth(made, Context(lambda name: columns[name] if name in columns else _nothing(len(rows)))).yes
    except InputError:
        return []
    shape = tuple(len(one.all) for one in tried)
    open_ = np.broadcast_to(yes, (len(rows),)).reshape(shape)
    found: list[str] = []
    for k, one in enumerate(tried):
        moved = np.moveaxis(open_, k, 0)
        if bool((moved[: len(one.none)].any(axis=0) & ~moved.all(axis=0)).any()):
            found.append(one.name)
    return found


def _tried(name: str, item: Item, made: Expression) -> _Tried:
    """Blank and the missing codes that the expression does not ask for itself; and answers on both sides of what it compares with."""
    wanted = {code for code in _wanted(name, made)}
    none = [code for code in (_BLANK, *item.missing) if code not in wanted and _number(code) not in wanted]
    some = [code for code in (item.choices.codes if item.choices else ()) if code not in item.missing]
    for value in _compared(name, made):
        number = number_of(value)
        some += [value] if number != number else [text_of(number - 1), text_of(number), text_of(number + 1)]
    some = list(dict.fromkeys(code for code in some if code and code not in none))
    return _Tried(name, tuple(none), tuple(some or ["1"]))


def _number(code: str) -> str:
    number = number_of(code)
    return text_of(number) if number == number else code


def _wanted(name: str, made: Expression) -> Iterator[str]:
    """The codes that an expression asks for by ``=`` or ``selected``."""
    for node in nodes(made.tree):
        if isinstance(node, Operation) and node.sign == "=" and node.left is not None:
            sides: tuple[object, ...] = (node.left, node.right)
        elif isinstance(node, Call) and node.name == "selected":
            sides = node.arguments
        else:
            continue
        if any(isinstance(side, Reference) and side.name == name for side in sides):
            yield from (_written(side) for side in sides if isinstance(side, Literal))


def _compared(name: str, made: Expression) -> Iterator[str]:
    """The values that a question is compared with in any way."""
    for node in nodes(made.tree):
        sides = (node.left, node.right) if isinstance(node, Operation) else node.arguments if isinstance(node, Call) else ()
        if any(isinstance(side, (Reference, Here)) and getattr(side, "name", "") == name for side in sides):
            yield from (_written(side) for side in sides if isinstance(side, Literal))


def _written(literal: Literal) -> str:
    return literal.value if isinstance(literal.value, str) else text_of(literal.value)


def _column(tried: _Tried, at: np.ndarray) -> Texts:
    """The answers to try as a column; the first, a blank, may be among them."""
    levels = [code for code in tried.all if code != _BLANK]
    place = np.array([levels.index(code) if code != _BLANK else -1 for code in tried.all], dtype=np.intp)
    return Texts(place[at], tuple(levels))


def _nothing(rows: int) -> Texts:
    return Texts(np.full(rows, -1, dtype=np.intp), ())


def _denied(made: Expression, look: Look) -> list[str]:
    """Where there is too much to try, the questions that are compared by ``!=`` with an answer."""
    found: list[str] = []
    for node in nodes(made.tree):
        if isinstance(node, Operation) and node.sign == "!=" and node.left is not None:
            sides = (node.left, node.right)
            value = next((_written(side) for side in sides if isinstance(side, Literal)), "")
            name = next((side.name for side in sides if isinstance(side, Reference)), "")
            item = look.items.get(name)
            if value and item is not None and item.asked and _number(value) not in item.missing and value not in item.missing:
                found.append(name)
    return list(dict.fromkeys(found))
