"""The masks of the rules: where an answer breaks one, and on how many rows it could be looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Numbers, Texts
from evidencekit.instrument.expressions.values import Bools, number_of
from evidencekit.instrument.rules.answers import Answers, twice_in
from evidencekit.instrument.rules.filtering import held_back
from evidencekit.instrument.rules.plans import Line
from evidencekit.instrument.rules.rules import Rule, alone, listed
from evidencekit.instrument.rules.tables import Table

__all__ = ["Found", "look"]

_MANY = 6  # codes: up to here they are compared one by one


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Found:
    """Where a rule is broken (None: nowhere), on how many rows it could be looked at, on how many it stayed undecided."""

    broken: Bools | None
    checked: int
    undecided: int = 0


def look(rule: Rule, line: Line, table: Table) -> Found:
    """Where a rule about an item is broken; raises an `InputError` that says in words why it cannot be looked at."""
    answers = table.of(line)
    if answers is None:
        raise InputError("the data have no column for it")
    return _CHECKS[rule.kind](line, table, answers)


def _counted(mask: Bools) -> int:
    return int(np.count_nonzero(mask))


def _type(line: Line, table: Table, answers: Answers) -> Found:
    return Found(answers.broken, table.n - _counted(answers.empty))


def _code(line: Line, table: Table, answers: Answers) -> Found:
    if line.item.choices is None:
        raise InputError("the form does not have its list of choices")
    codes = listed(line.item)
    checked = table.n - _counted(answers.empty)
    if answers.numeric and line.item.kind == "select_one":
        return Found(_not_among(answers, codes), checked)
    known = frozenset(codes)
    texts = _texts(answers)
    if line.item.kind == "select_one":
        broken = texts.which(lambda text: text not in known)
        return Found(broken if answers.coded is None else broken & ~answers.coded, checked)
    known = known.union(map(str, answers.missing))
    return Found(_which(answers, texts, lambda parts: not known.issuperset(parts)), checked)


def _texts(answers: Answers) -> Texts:
    """Answers as texts, codes that say that nothing was answered among them."""
    values = answers.values if answers.numeric or answers.temporal else answers.texts
    if not isinstance(values, Texts):
        raise InputError("its column holds numbers where codes of a list should be")
    return values


def _which(answers: Answers, texts: Texts, of: Callable[[Sequence[str]], bool]) -> Bools:
    """Where the codes of an answer are as asked; numbers are answers of one code."""
    return answers.with_parts(of) if not (answers.numeric or answers.temporal) else texts.which(lambda text: of(text.split()))


def _not_among(answers: Answers, codes: tuple[str, ...]) -> Bools:
    """Where numbers are none of the codes of a list."""
    wanted = sorted({value for code in codes if code not in answers.missing and (value := number_of(code)) == value})
    x = answers.raw
    right = answers.empty.copy() if answers.coded is None else answers.empty | answers.coded
    if len(wanted) > _MANY and wanted == list(range(int(wanted[0]), int(wanted[0]) + len(wanted))):
        with np.errstate(invalid="ignore"):
            right |= (x >= wanted[0]) & (x <= wanted[-1]) & (np.trunc(x) == x)
    elif len(wanted) > _MANY:
        right |= np.isin(x, wanted)
    else:
        for value in wanted:
            right |= x == value
    return np.logical_not(right, out=right)


def _filter(line: Line, table: Table, answers: Answers) -> Found:
    return Found(*held_back(line, table, answers))


def _exclusive(line: Line, table: Table, answers: Answers) -> Found:
    single = alone(line.item).union(map(str, answers.missing))
    texts = _texts(answers)
    broken = _which(answers, texts, lambda parts: len(parts) > 1 and not single.isdisjoint(parts) and len(set(parts)) > 1)
    return Found(broken, _counted(answers.answered))


def _substance(answers: Answers) -> Bools:
    """Where there is an answer that is no missing code."""
    return ~answers.empty if answers.coded is None else ~(answers.empty | answers.coded)


def _range(line: Line, table: Table, answers: Answers) -> Found:
    values = answers.values
    if line.bounds is None or not isinstance(values, Numbers):
        raise InputError("its answers are not numbers")
    known = _substance(answers)
    low, high = line.bounds
    with np.errstate(invalid="ignore"):
        return Found(known & ((values.x < low) | (values.x > high)), _counted(known))


def _constraint(line: Line, table: Table, answers: Answers) -> Found:
    """Broken where it is known and false; an answer that cannot be read is the business of the type."""
    logic = line.constraint
    if logic is None or logic.expression is None:
        raise InputError(logic.trouble if logic else "it has none")
    truth = table.truth(logic, line.path)
    known = _substance(answers)
    if answers.broken is not None:
        known &= ~answers.broken
    if not logic.expression.names:  # all of its doubt is in the answer itself
        return Found(known & ~truth.yes, _counted(known))
    known &= ~truth.doubt
    return Found(known & ~truth.yes, _counted(known))


def _required(line: Line, table: Table, answers: Answers) -> Found:
    asked = table.asked(line)
    if asked.sure is None:
        return Found(answers.blank, table.n)
    return Found(answers.blank & asked.sure, _counted(asked.sure), asked.undecided)


def _skip(line: Line, table: Table, answers: Answers) -> Found:
    asked = table.asked(line)
    if asked.open is None:
        return Found(None, 0)
    return Found(answers.answered & ~asked.open, table.n - _counted(asked.open), asked.undecided)


def _unique(line: Line, table: Table, answers: Answers) -> Found:
    known = _substance(answers)
    return Found(twice_in(answers.series) & known, _counted(known))


_CHECKS: Mapping[str, Callable[[Line, Table, Answers], Found]] = MappingProxyType(
    {
        "type": _type,
        "code": _code,
        "filter": _filter,
        "exclusive": _exclusive,
        "range": _range,
        "constraint": _constraint,
        "required": _required,
        "skip": _skip,
        "unique": _unique,
    }
)
