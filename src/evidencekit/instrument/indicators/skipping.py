"""Why a question has no answer, by the form: a no higher up, a refusal higher up, or that it was meant for others.

A question that was not asked is a **no** when the questions above it that were answered no are the reason: had they been answered yes, it
would have been asked. It is **not known** when the form closed it because an answer above is not known. Otherwise (an age, a province, a
quarter of the sample) it is **outside**: nobody said anything about it. A no to the consent, or to being alone, is no answer to what it
closes, so that is outside too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Context, Expression, Values, parse, truth
from evidencekit.instrument.expressions.nodes import Call, walk
from evidencekit.instrument.expressions.values import Bools
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.indicators.coding import Coding, Column
from evidencekit.instrument.indicators.standings import KINDS, NO, OUTSIDE, UNKNOWN, YES, Standing
from evidencekit.missingness import Missing

__all__ = ["Gates", "answered", "blanks_by_form", "conditions_of", "refuse_repeats"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Gates:
    """Where the conditions of a form find the questions above: each one's column, its coding if it is a yes/no question, its standing.

    `protects` says of which a no only means that nothing was to be asked: the consent, and whether the respondent was alone.
    """

    column: Callable[[str], Column]
    coding: Callable[[str], Coding | None]
    standing: Callable[[str], Standing]
    protects: Callable[[str], bool] = lambda _: False


def answered(column: Column, coding: Coding | None = None) -> Standing:
    """What the answers themselves say: yes or no by the coding (without one, yes where there is an answer), else not known and why.

    Rows that were not asked are marked as outside.
    """
    levels = [_state(column, k, coding) for k in range(len(column.codes))]
    state = np.array([*levels, UNKNOWN], dtype=np.int8)[column.at]
    bits = [1 << KINDS.index(kind) if kind in KINDS else 0 for kind in (*column.kinds, Missing.UNSTATED)]
    return Standing(state, np.array(bits, dtype=np.uint8)[column.at])


def _state(column: Column, k: int, coding: Coding | None) -> int:
    kind = column.kinds[k]
    if kind is not None:
        chosen = coding is not None and column.several and coding.means(column.codes[k], several=True)
        return YES if chosen else OUTSIDE if kind is Missing.NOT_ASKED else UNKNOWN
    if coding is None:
        return YES
    return YES if coding.means(column.codes[k], several=column.several) else NO


def conditions_of(form: Instrument, name: str) -> list[Expression]:
    """When a question is asked: its own relevance and that of the groups it is in; what cannot be worked out is left out."""
    texts = [*(group.relevant for group in form.groups_of(name)), form.item(name).relevant]
    read = [parse(text) for text in texts if text.strip()]
    return [made for made in read if not made.not_evaluable and not _needs_the_day(made)]


def _needs_the_day(made: Expression) -> bool:
    return any(isinstance(node, Call) and node.name in ("today", "now") for node in walk(made.tree))


def blanks_by_form(conditions: list[Expression], gates: Gates, n: int) -> Standing:
    """What rows without an answer are: a no, not known, outside; yes where the question was to be asked.

    Parameters
    ----------
    conditions : list of Expression
        From `conditions_of`; all must hold for the question to be asked.
    gates : Gates
        The questions above.
    n : int
        Number of rows.
    """
    names = list(dict.fromkeys(name for made in conditions for name in made.names))
    above = {name: gates.standing(name) for name in names}
    seen = Context(lambda name: _values(name, gates, above, flipped=False))
    had = Context(lambda name: _values(name, gates, above, flipped=True))
    asked, closed = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    would = np.ones(n, dtype=bool)
    for made in conditions:
        now = truth(made, seen)
        yes, doubt = np.broadcast_to(now.yes, (n,)), np.broadcast_to(now.doubt, (n,))
        asked, closed = asked & yes, closed | (~yes & ~doubt)
        would &= np.broadcast_to(truth(made, had).yes, (n,))
    unknown = np.zeros(n, dtype=bool)
    why = np.zeros(n, dtype=np.uint8)
    for standing in above.values():
        unknown |= standing.unknown
        why |= np.where(standing.unknown, standing.why, 0).astype(np.uint8)
    state = np.select([asked, closed & would, ~closed & unknown], [YES, NO, UNKNOWN], OUTSIDE).astype(np.int8)
    return Standing(state, np.where(state == UNKNOWN, why, 0).astype(np.uint8))


def _values(name: str, gates: Gates, above: dict[str, Standing], *, flipped: bool) -> Values:
    """A question's answers; a no that was implied is written as one, and flipped, what is not a known yes becomes one.

    Whoever did not agree said nothing of what was to follow, so a question that protects is not flipped.
    """
    column, coding = gates.column(name), gates.coding(name)
    if coding is None:
        return column.as_texts(column.at)
    standing = above[name]
    more = (min(coding.yes), min(coding.no))
    yes_at, no_at = len(column.codes), len(column.codes) + 1
    if flipped and not gates.protects(name):
        at = np.where((standing.state == NO) | (standing.state == UNKNOWN), yes_at, column.at)
    else:
        at = np.where((standing.state == NO) & _blank(column), no_at, column.at)
    return column.as_texts(at.astype(np.intp), more)


def _blank(column: Column) -> Bools:
    """Where there is no answer, or the code for "not asked"."""
    gone = np.array([*(kind is Missing.NOT_ASKED for kind in column.kinds), True])
    return gone[column.at]


def refuse_repeats(form: Instrument, name: str) -> None:
    """Raise for a question that is asked several times of one respondent: its answers are in a table of their own."""
    if any(group.repeat for group in form.groups_of(name)):
        raise InputError(
            f"Item {name!r} is in a repeated group, so one respondent may have several answers.",
            "Make a yes/no column for each respondent first, and name that one in items=.",
        )
