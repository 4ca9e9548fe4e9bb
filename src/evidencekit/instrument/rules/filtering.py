"""Answers held against the choice filter of their question: one look for each set of options that are shown together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes
from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Context, Expression, Numbers, Texts, Truth, Values, truth
from evidencekit.instrument.expressions.values import Bools, as_texts, number_of, text_of
from evidencekit.instrument.filters import CODE, columns_in, for_option
from evidencekit.instrument.items import Option
from evidencekit.instrument.or_other import OTHER, with_or_other
from evidencekit.instrument.rules.answers import Answers
from evidencekit.instrument.rules.plans import Line
from evidencekit.instrument.rules.tables import Table

__all__ = ["held_back"]


def held_back(line: Line, table: Table, answers: Answers) -> tuple[Bools, int]:
    """Where a code was chosen that the choice filter is known not to let through, and on how many rows that could be looked at.

    Missing codes are let through always, and so is what ``or_other`` adds; codes of no list are the business of another rule. Codes that
    stand on the same row of a list's columns are looked at together, on the rows that chose them, so that a list may be long.
    """
    logic = line.filter
    if line.item.choices is None:
        raise InputError("the form does not have its list of choices")
    if logic is None or logic.trouble or logic.expression is None:
        raise InputError(logic.trouble if logic else "it has no choice filter")
    texts, chosen = _chosen(answers)
    order = np.argsort(texts.at, kind="stable")
    ends = np.searchsorted(texts.at[order], np.arange(len(texts.levels) + 1))
    broken, looked, unsure = (np.zeros(table.n, dtype=bool) for _ in range(3))
    for options, levels in _together(line, answers, logic.expression, chosen):
        rows = np.concatenate([order[ends[k] : ends[k + 1]] for k in levels])
        shut, known = _Rows(table, rows).shut(logic.expression, options)
        broken[rows] |= shut
        unsure[rows] |= ~known
        looked[rows] = True
    if not answers.several and answers.coded is not None:
        broken &= ~answers.coded
        looked &= ~answers.coded
    return broken, int(np.count_nonzero(looked & (broken | ~unsure)))


def _chosen(answers: Answers) -> tuple[Texts, Sequence[Sequence[str]]]:
    """The answers as texts, and the codes in each of their levels."""
    if not (answers.numeric or answers.temporal):
        return answers.texts, answers.parts
    texts = as_texts(answers.values)
    return texts, [text.split() if answers.several else (text,) for text in texts.levels]


def _together(
    line: Line, answers: Answers, expression: Expression, chosen: Sequence[Sequence[str]]
) -> Iterator[tuple[tuple[Option, ...], list[int]]]:
    """The options of codes that a filter looks at alike, with the levels in which one of these codes stands."""
    columns = columns_in(expression)
    by_code: dict[str, list[Option]] = {}
    missing = {*line.item.missing, *map(str, answers.missing)}
    for option in line.item.choices.listed if line.item.choices else ():
        if option.code not in missing and not (with_or_other(line.item) and option.code == OTHER and not option.other):
            code = text_of(number) if answers.numeric and (number := number_of(option.code)) == number else option.code
            by_code.setdefault(code, []).append(option)
    alike: dict[frozenset[tuple[str, ...]], tuple[tuple[Option, ...], dict[int, None]]] = {}
    for k, codes in enumerate(chosen):
        for code in codes:
            if code in by_code:
                seen = {tuple(o.code if name == CODE else o.other.get(name, "") for name in columns): o for o in by_code[code]}
                alike.setdefault(frozenset(seen), (tuple(seen.values()), {}))[1][k] = None
    for options, levels in alike.values():
        yield options, list(levels)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Some rows of a table, on which a filter is worked out."""

    table: Table
    rows: Codes

    def shut(self, expression: Expression, options: Sequence[Option]) -> tuple[Bools, Bools]:
        """Where it is known that none of some options is let through, and where anything is known."""
        none, any_ = np.ones(self.rows.size, dtype=bool), np.zeros(self.rows.size, dtype=bool)
        unknown = np.logical_or.reduce([np.zeros(self.rows.size, dtype=bool), *(self.answers(name).doubt for name in expression.names)])
        for option in options:
            made = truth(for_option(expression, option), Context(self.answers, today=self.table.today))
            doubt = np.broadcast_to(made.doubt, self.rows.shape)
            if any(name != CODE and not option.other.get(name) for name in columns_in(expression)):
                doubt = doubt | unknown  # nothing in the list against nothing in the answers
            none &= ~made.yes & ~doubt
            any_ |= made.yes & ~doubt
        return none, none | any_

    def answers(self, name: str) -> Values:
        """The answers to an item on these rows."""
        whole = self.table.answers(name)
        if isinstance(whole, Truth):
            return Truth(self._part(whole.yes), lambda: self._part(whole.doubt), whole.sure)
        if isinstance(whole, Numbers):
            return Numbers(self._part(whole.x), self._part(whole.coded), whole.codes)
        return Texts(self._part(whole.at), whole.levels, self._part(whole.coded), whole.codes)

    def _part(self, column: NDArray[Any]) -> Any:
        return column[self.rows] if column.ndim else column
