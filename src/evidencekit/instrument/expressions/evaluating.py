"""Working out an expression over the rows of a form's data.

Two things are told apart. What the **device** made of an answer decides which question came next: it compares texts and numbers as XPath
does, a blank equals nothing and differs from everything. What is **known** is less: a comparison with an answer that is blank, or that is a
missing code, is in doubt (three-valued logic of Kleene), unless the comparison is about that code or about being blank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import groupby

import numpy as np

from evidencekit.errors import EvidencekitError, InputError
from evidencekit.instrument.expressions.functions import FUNCTIONS, days_of, today_of
from evidencekit.instrument.expressions.nodes import Call, Expression, Here, Literal, Node, Operation, Reference
from evidencekit.instrument.expressions.values import Bools, Numbers, Texts, Truth, Values, as_number, as_truth, blank

__all__ = ["Context", "evaluate", "truth"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Context:
    """Where an expression finds answers.

    Parameters
    ----------
    answers : callable
        From the name of a question to its `Values`; raises an `InputError` when there is none.
    here : str
        The question that ``.`` stands for; empty when there is none.
    today : date
        What ``today()`` and ``now()`` are.
    """

    answers: Callable[[str], Values]
    here: str = ""
    today: date | None = None


def evaluate(expression: Expression, context: Context) -> Values:
    """The values of an expression, for every row or one for all.

    Raises
    ------
    InputError
        It holds what cannot be evaluated, a question that is not there, a function with a wrong number of arguments, or one that fails on
        these answers.
    """
    if expression.not_evaluable:
        raise InputError(f"The expression uses {', '.join(expression.not_evaluable)}, which needs more than the answers of one form.")
    told: InputError | None = None
    try:
        return _worked(expression.tree, context)
    except EvidencekitError:
        raise
    except Exception as trouble:  # an engine's words may quote an answer
        told = InputError(f"it cannot be worked out on these answers ({type(trouble).__name__})")
    raise told


def truth(expression: Expression, context: Context) -> Truth:
    """Whether an expression holds, for every row or for all."""
    return as_truth(evaluate(expression, context))


def _worked(node: Node, context: Context) -> Values:
    """The values of a node; a chain of signs is gone along rather than into, because it may be long."""
    chain: list[Operation] = []
    while isinstance(node, Operation) and node.left is not None:
        chain.append(node)
        node = node.left
    made = _single(node, context)
    for sign, run in groupby(reversed(chain), key=lambda part: part.sign):
        rights = (_worked(part.right, context) for part in run)
        if sign in ("and", "or"):
            made = _joined(sign, [as_truth(made), *map(as_truth, rights)])
        else:
            for right in rights:
                made = _paired(sign, made, right)
    return made


def _single(node: Node, context: Context) -> Values:
    if isinstance(node, Literal):
        return _text(node.value) if isinstance(node.value, str) else Numbers(np.array(float(node.value)))
    if isinstance(node, Reference):
        return context.answers(node.name)
    if isinstance(node, Here):
        if not context.here:
            raise InputError("The expression has a '.' where no question is being answered.")
        return context.answers(context.here)
    if isinstance(node, Operation):
        number = as_number(_worked(node.right, context))
        return Numbers(-number.x, number.doubt)
    if isinstance(node, Call):
        return _call(node, context)
    raise InputError("The expression has a name without ${}.", "Write ${name} for a question, and quotes around a text.")


def _text(text: str) -> Texts:
    return Texts(np.array(0), (text,)) if text else Texts(np.array(-1), ())


def _call(node: Call, context: Context) -> Values:
    if node.name in ("today", "now"):
        if context.today is None:
            raise InputError(f"The expression uses {node.name}(), and no day was given.")
        return today_of(context.today)
    work, fewest, most = FUNCTIONS[node.name]
    if not fewest <= len(node.arguments) <= most:
        takes = f"{fewest}" if fewest == most else f"{fewest} or more"
        raise InputError(f"{node.name}() has {len(node.arguments)} arguments, and takes {takes}.")
    return work([_worked(argument, context) for argument in node.arguments])


def _paired(sign: str, left: Values, right: Values) -> Values:
    """Two sides and what is between them, unless it is ``and`` or ``or``."""
    if sign in ("=", "!="):
        return _equal(left, right, wanted=sign == "=")
    if sign in _ORDERS:
        return _ordered(sign, left, right)
    return _reckoned(sign, as_number(left), as_number(right))


def _joined(sign: str, parts: list[Truth]) -> Truth:
    """And, or: a part that is known to decide lifts the doubt of the others."""
    decides = sign == "or"
    join = np.logical_or if decides else np.logical_and
    return Truth(reduce(join, [part.yes for part in parts]), lambda: _doubt_of_all(parts, decides=decides), sure=all(p.sure for p in parts))


def _doubt_of_all(parts: list[Truth], *, decides: bool) -> Bools:
    doubts = [part.doubt for part in parts]
    decided = [(part.yes == decides) & ~doubt for part, doubt in zip(parts, doubts, strict=True)]
    return reduce(np.logical_or, doubts) & ~reduce(np.logical_or, decided)


def _equal(left: Values, right: Values, *, wanted: bool) -> Truth:
    """Equality; as numbers when either side is one, as XPath has it. Against an empty text it asks whether there is an answer."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Texts) and not one.at.ndim and int(one.at) < 0:  # a column that happens to be blank throughout is not meant
            return _empty(other, wanted=wanted)
    same, about_code = _same(left, right)
    if about_code:
        doubt: Callable[[], Bools] = lambda: blank(left) | blank(right)  # noqa: E731
    else:
        doubt = lambda: left.doubt | right.doubt  # noqa: E731
    return Truth(same if wanted else ~same, doubt, sure=wanted and (about_code or not any(_coded(side, same) for side in (left, right))))


def _coded(side: Values, where: Bools) -> bool:
    """Whether a side is a truth, whose doubt is not looked at here, or has a missing code where something holds."""
    return isinstance(side, Truth) or (bool(side.coded.any()) and bool((where & side.coded).any()))


def _empty(value: Values, *, wanted: bool) -> Truth:
    """Whether there is no answer, or whether there is one: of that there is no doubt."""
    empty = blank(value)
    return Truth(empty if wanted else ~empty, lambda: np.zeros(empty.shape, dtype=bool), sure=True)


def _same(left: Values, right: Values) -> tuple[Bools, bool]:
    """Where two sides are equal, and whether one of them is a missing code that stands in the expression."""
    if isinstance(left, Texts) and isinstance(right, Texts):
        if right.at.ndim == 0 or left.at.ndim == 0:
            rows, fixed = (left, right) if right.at.ndim == 0 else (right, left)
            text = fixed.levels[int(fixed.at)]
            place = rows.levels.index(text) if text in rows.levels else -2
            return rows.at == place, text in rows.codes
        place_of = {text: k for k, text in enumerate(left.levels)}
        moved = np.array([*(place_of.get(text, -2) for text in right.levels), -3], dtype=np.intp)[right.at]
        return left.at == moved, False
    if isinstance(left, Truth) and isinstance(right, Truth):
        return left.yes == right.yes, False
    one, other = as_number(left), as_number(right)
    if other.x.ndim == 0 or one.x.ndim == 0:
        rows, fixed_number = (one, other) if other.x.ndim == 0 else (other, one)
        return rows.x == fixed_number.x, float(fixed_number.x) in rows.codes
    return one.x == other.x, False


_ORDERS = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}


def _ordered(sign: str, left: Values, right: Values) -> Truth:
    """Before, after: numbers, or dates when a text is one."""
    one, other = _orderable(left), _orderable(right)
    with np.errstate(invalid="ignore"):
        yes: Bools = _ORDERS[sign](one.x, other.x)
    coded = bool(one.coded.any()) or bool(other.coded.any())
    return Truth(yes, lambda: one.doubt | other.doubt, sure=not coded)


def _orderable(value: Values) -> Numbers:
    if not isinstance(value, Texts):
        return as_number(value)
    number = as_number(value)
    dated = Numbers(value.each(days_of), value.coded)
    return Numbers(np.where(np.isnan(number.x), dated.x, number.x), value.coded)


def _reckoned(sign: str, a: Numbers, b: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        if sign == "div":
            x = np.true_divide(a.x, b.x)
        elif sign == "mod":
            x = np.fmod(a.x, b.x)
        else:
            x = {"+": np.add, "-": np.subtract, "*": np.multiply}[sign](a.x, b.x)
    return Numbers(x, a.doubt | b.doubt)
