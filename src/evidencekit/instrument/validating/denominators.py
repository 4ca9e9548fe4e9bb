"""Who was asked a question, and what became of it: the denominators of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError, UnknownColumn
from evidencekit.frames import Dataset
from evidencekit.instrument.expressions.values import Bools
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import instance, pickled
from evidencekit.instrument.rules.answers import NOT_ANSWERS, Answers
from evidencekit.instrument.rules.plans import Line, plan_of
from evidencekit.instrument.rules.tables import Asked, Table
from evidencekit.instrument.validating.running import main_table, need_form
from evidencekit.missingness import Missing
from evidencekit.survey import Survey

__all__ = ["Denominator", "denominator", "mark_asked", "states_of"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Denominator:
    """Who was asked a question, and what became of it, in rows. Made by `denominator`.

    Parameters
    ----------
    item : str
        The question.
    rows : int
        Of the data: ``asked + not_asked + undecided``.
    asked : int
        Who is known to have been asked.
    answered : int
        Of those, who gave an answer that is not a kind of missing.
    missing : mapping of Missing to int
        Of those, who did not, by kind; a blank is ``Missing.UNSTATED``. ``asked = answered + sum(missing.values())``.
    not_asked : int
        Who is known not to have been asked.
    undecided : int
        Who was shown the question although an answer it rests on is blank or a missing code.
    stray : int
        Answers of those who were not asked: `validate` finds them as ``skip:``.
    mask : (rows,) array of bool
        Who was asked.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> yes_no = ek.Choices("yes_no", {1: "Yes", 0: "No", 99: "I prefer not to say"}, missing={99: ek.Missing.REFUSED})
    >>> form = ek.Instrument("lesson", [
    ...     ek.Item("online", "select_one", "Do you use the internet?", yes_no),
    ...     ek.Item("safe", "select_one", "Do you feel safe there?", yes_no, relevant="${online} = 1"),
    ... ])
    >>> answers = pd.DataFrame({"online": [1, 1, 1, 0, 99], "safe": [1, 99, None, None, None]})
    >>> ek.instrument.denominator(answers, form, "safe")
    Denominator of 'safe': 3 of 5 rows were asked
      answered           1
      prefer not to say  1
      unstated           1
      not asked          2
    """

    item: str
    rows: int
    asked: int
    answered: int
    missing: Mapping[Missing, int]
    not_asked: int
    undecided: int
    stray: int
    mask: Bools = field(repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    def __repr__(self) -> str:
        told = {"answered": self.answered, **{kind.value: count for kind, count in self.missing.items()}}
        told |= {"not asked": self.not_asked} if self.not_asked else {}
        told |= {"undecided": self.undecided} if self.undecided else {}
        told |= {"answered though not asked": self.stray} if self.stray else {}
        wide, far = max(map(len, told)), max(len(f"{count:,}") for count in told.values())
        head = f"Denominator of {self.item!r}: {self.asked:,} of {self.rows:,} rows were asked"
        return "\n".join([head, *(f"  {name.ljust(wide)}  {format(count, ',').rjust(far)}" for name, count in told.items())])


def denominator(data: Any, form: Instrument, item: str, *, today: date | str | None = None) -> Denominator:
    """Say who was asked a question, and what became of it.

    Parameters
    ----------
    data : Dataset, data frame or Survey
        The answers, in memory.
    form : Instrument
        What was asked.
    item : str
        A question of the form that is not in a repeat.
    today : date or str, optional
        What ``today()`` is in the form's expressions.

    Returns
    -------
    Denominator
        Counts of rows, not weighted. For estimates among those who were asked, see `mark_asked`.

    Raises
    ------
    InputError
        The data do not have the item, its relevance cannot be worked out, or the data are lazy.
    UnknownColumn
        The form has no such item.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer"), ek.Item("works", "text", relevant="${age} >= 15")])
    >>> counts = ek.instrument.denominator(pd.DataFrame({"age": [13, 16, 17], "works": [None, "no", None]}), form, "works")
    >>> counts.asked, counts.answered, counts.missing[ek.Missing.UNSTATED], counts.not_asked
    (2, 1, 1, 1)
    """
    table, line = _at(data, form, item, today)
    answers = _answers(table, line)
    asked = table.asked(line)
    opened = np.ones(table.n, dtype=bool) if asked.open is None else asked.open
    sure = np.ones(table.n, dtype=bool) if asked.sure is None else asked.sure
    states = states_of(answers, asked)
    counts = {kind: int(np.count_nonzero(mask & sure)) for kind, mask in states.items()}
    said = int(np.count_nonzero(sure)) - sum(counts.values())
    missing = MappingProxyType({kind: count for kind, count in counts.items() if count})
    stray = int(np.count_nonzero(answers.answered & ~opened))
    undecided, lone = asked.undecided, int(np.count_nonzero(~opened))
    return Denominator(line.id, table.n, int(np.count_nonzero(sure)), said, missing, lone, undecided, stray, sure.copy())


def mark_asked(data: Any, form: Instrument, item: str, *, column: str | None = None, today: date | str | None = None) -> Any:
    """Add a column that says who was asked a question, for ``where=`` in estimates.

    Parameters
    ----------
    data : Dataset or data frame
        The answers, in memory.
    form : Instrument
        What was asked.
    item : str
        A question of the form that is not in a repeat.
    column : str, optional
        The name of the new column; by default ``asked_`` and the item.
    today : date or str, optional
        What ``today()`` is in the form's expressions.

    Returns
    -------
    Dataset or data frame
        What was passed, with one more column: true, false, or null where it is undecided (which ``where=`` takes for no).

    Raises
    ------
    InputError
        There is a column of that name, the relevance cannot be worked out, or the data are lazy.
    UnknownColumn
        The form has no such item.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer"), ek.Item("works", "integer", relevant="${age} >= 15")])
    >>> answers = pd.DataFrame({"age": [13, 16, 17, 15], "works": [None, 0, 1, 1], "w": 1.0})
    >>> made = ek.instrument.mark_asked(answers, form, "works")
    >>> ek.mean(ek.Survey(made, weights="w"), "works", where="asked_works").counts.n.tolist()
    [3.0]
    """
    if isinstance(data, Survey):
        raise InputError("A Survey is bound to its data.", "Mark the data first, then make the Survey of them.")
    table, line = _at(data, form, item, today)
    name = f"asked_{line.item.name}" if column is None else instance(column, str, "column=")
    if name in table.frame.columns:
        raise InputError(f"The data have a column {name!r} already.", "Give the new one another name with column=.")
    asked = table.asked(line)
    opened = [True] * table.n if asked.open is None else asked.open.tolist()
    sure = opened if asked.sure is None else asked.sure.tolist()
    values = [bool(s) if s == o else None for o, s in zip(opened, sure, strict=True)]
    series = nw.new_series(name, values, nw.Boolean if None not in values else None, backend=table.frame.implementation)
    made = table.frame.with_columns(series).to_native()
    return data.with_frame(made) if isinstance(data, Dataset) else made


def states_of(answers: Answers, asked: Asked) -> dict[Missing, Bools]:
    """Where each kind of missing is, among everyone; a blank of those who were asked is unstated.

    Kinds that no code and no blank stands for are left out; nobody has two.
    """
    out: dict[Missing, Bools] = {}
    for kind in Missing:
        if kind not in NOT_ANSWERS and (mask := answers.with_kind(frozenset({kind}))) is not None:
            out[kind] = mask & ~np.logical_or.reduce([*out.values()]) if out else mask  # of two in one answer the first counts
    told = answers.with_kind(frozenset({Missing.NOT_ASKED}))
    if told is not None:
        out[Missing.NOT_ASKED] = told
    out[Missing.UNSTATED] = answers.blank if told is None else answers.blank & ~told
    if asked.open is not None:
        closed = out[Missing.UNSTATED] & ~asked.open
        out[Missing.UNSTATED] = out[Missing.UNSTATED] & asked.open
        out[Missing.NOT_ASKED] = closed if told is None else closed | told
    return {kind: out[kind] for kind in Missing if kind in out}


def _at(data: Any, form: Instrument, item: str, today: date | str | None) -> tuple[Table, Line]:
    """The main table and the line of an item in it."""
    plan = plan_of(need_form(form).items)
    instance(item, str, "item", "Give the name of a question.")
    lines = {line.id: line for line in plan.sheets[0].lines}
    lines |= {line.item.name: line for line in reversed(plan.sheets[0].lines)}
    if item not in lines:
        inside = any(item in (line.id, line.item.name) for line in plan.lines)
        if inside:
            raise InputError(f"Item {item!r} is in a repeat: it has a table of its own.", "See ek.validate(data, form, repeats=...).")
        raise UnknownColumn(item, list(lines), "the form")
    held = data.data if isinstance(data, Survey) else data
    return main_table(plan, held, "A denominator", today), lines[item]


def _answers(table: Table, line: Line) -> Answers:
    answers = table.of(line)
    if answers is None:
        raise InputError(f"The data have no column for {line.id!r}.", "Columns go by the item's name, or its name after its groups'.")
    return answers
