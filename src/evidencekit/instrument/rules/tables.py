"""A table of answers with the tables above it: answers by name, truths of expressions, and who was asked; each worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Context, Numbers, Texts, Truth, Values, evaluate
from evidencekit.instrument.expressions.values import Bools, as_texts, as_truth
from evidencekit.instrument.rules.answers import Answers, chosen_in
from evidencekit.instrument.rules.placing import Placed, placed
from evidencekit.instrument.rules.plans import Line, Logic, Sheet
from evidencekit.missingness import Missing, MissingCode

__all__ = ["Asked", "Table", "day_of"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Asked:
    """Who was asked: `open` is where the device showed the question, `sure` where that is known too. None stands for everyone."""

    open: Bools | None
    sure: Bools | None
    n: int

    @property
    def undecided(self) -> int:
        """Rows where it is not known whether the question was rightly shown."""
        if self.open is None or self.sure is None or self.sure is self.open:
            return 0
        return int(np.count_nonzero(self.open) - np.count_nonzero(self.sure))


class Table:
    """The rows of the main table or of a repeat.

    Parameters
    ----------
    sheet : Sheet
        What the form says of it.
    frame : narwhals DataFrame
        Its rows, missing codes in them.
    missing : mapping of str to mapping
        Missing codes of the data, by column.
    listed : frozenset of str
        Items whose answers expressions look at as lists.
    today : date or str, optional
        What ``today()`` is; a text such as ``"2026-06-01"``.
    above : (Table, (n,) array of int), optional
        The table above, and the row of it that each row belongs to; -1 where there is none.
    """

    def __init__(
        self,
        sheet: Sheet,
        frame: nw.DataFrame[Any],
        *,
        missing: Mapping[str, Mapping[MissingCode, Missing]],
        listed: frozenset[str] = frozenset(),
        today: date | str | None = None,
        above: tuple[Table, Codes] | None = None,
    ) -> None:
        self.sheet, self.frame, self.missing, self.listed, self.today, self.above = sheet, frame, missing, listed, day_of(today), above
        self.n = len(frame)
        self.places: Placed = placed(sheet, frame.columns)
        self.keyed = above is not None
        self._lines: dict[str, Line] = {}
        for line in sheet.lines:
            self._lines.setdefault(line.item.name, line)
            self._lines[line.path] = line
        self._answers: dict[str, Answers | None] = {}
        self._values: dict[str, Values] = {}
        self._truths: dict[tuple[str, str], Truth] = {}
        self._asked: dict[tuple[str, ...], Asked] = {}

    def of(self, line: Line) -> Answers | None:
        """The answers to an item; None when the data do not have them."""
        if line.path not in self._answers:
            self._answers[line.path] = self._read(line)
        return self._answers[line.path]

    def _read(self, line: Line) -> Answers | None:
        column = self.places.of.get(line.path)
        ticks = self.places.ticks.get(line.path, {})
        as_list = line.item.name in self.listed
        if column is not None:
            kinds: dict[MissingCode, Missing] = {**line.item.missing, **self.missing.get(column, {})}
            return Answers(line.item, self.frame.get_column(column), kinds, as_list=as_list)
        if not ticks:
            return None
        made = Answers(line.item, self.frame[next(iter(ticks.values()))], dict(line.item.missing), as_list=as_list)
        made.numeric = made.temporal = False
        made.texts = chosen_in({code: self.frame[name] for code, name in ticks.items()})
        return made

    def answers(self, name: str) -> Values:
        """The answers to an item of this table or one above, for every row of this one."""
        if name not in self._values:
            self._values[name] = self._found(name)
        return self._values[name]

    def _found(self, name: str) -> Values:
        line = self._lines.get(name)
        if line is None:
            if self.above is None:
                raise InputError(f"The form has no item {name!r} that can be reached from here.")
            table, rows = self.above
            return _moved(table.answers(name), rows)
        made = self.of(line)
        if made is not None:
            return made.values
        if line.calculation is None or line.calculation.trouble:
            raise InputError(f"the data have no column for {name!r}")
        self._values[name] = Numbers(np.full(self.n, np.nan))  # what it was before, for a calculation about itself
        return self.worked(line.calculation, line.path)

    def worked(self, logic: Logic, here: str = "") -> Values:
        """The values of an expression; raises an `InputError` that says in words why there are none."""
        if logic.trouble or logic.expression is None:
            raise InputError(logic.trouble)
        return evaluate(logic.expression, Context(self.answers, here, self.today))

    def truth(self, logic: Logic, here: str = "") -> Truth:
        """Whether an expression holds, row by row; worked out once."""
        key = (logic.text, here if logic.about_itself else "")
        if key not in self._truths:
            made = as_truth(self.worked(logic, here))
            if made.yes.shape != (self.n,):
                made = _spread(made, self.n)
            self._truths[key] = made
        return self._truths[key]

    def asked(self, line: Line) -> Asked:
        """Who was asked an item: its own relevance and that of all its groups, those around the repeat too."""
        if any(logic.trouble for logic in line.chain):
            raise InputError(next(logic.trouble for logic in line.chain if logic.trouble))
        return self.asked_by(line.chain)

    def asked_by(self, chain: tuple[Logic, ...]) -> Asked:
        """Where a chain of expressions holds, outermost first; each beginning of a chain is worked out once."""
        return self._all(chain)

    def to_main(self, rows: Codes) -> Codes:
        """The rows of the main table that rows of this one belong to; -1 where there is none."""
        table, at = self, rows
        while table.above is not None:
            table, up = table.above
            at = np.append(up, -1)[at]
        return at

    def lost(self, names: tuple[str, ...]) -> Bools | None:
        """The rows that belong to no row of a table in which one of some items stands; None when there are none."""
        rest = tuple(name for name in names if name not in self._lines)
        if self.above is None or not rest:
            return None
        table, rows = self.above
        further = table.lost(rest)
        lost = rows < 0 if further is None else (rows < 0) | np.append(further, True)[rows]
        return lost if lost.any() else None

    def _all(self, chain: tuple[Logic, ...]) -> Asked:
        key = tuple(logic.text for logic in chain)
        if key not in self._asked:
            self._asked[key] = self._both(self._all(chain[:-1]), chain) if chain else Asked(None, None, self.n)
        return self._asked[key]

    def _both(self, before: Asked, chain: tuple[Logic, ...]) -> Asked:
        table, rows = self._home(len(chain) - 1)
        made = table.truth(chain[-1])
        opened, sure = made.yes, made.yes if made.sure else made.yes & ~made.doubt
        if (lost := table.lost(made_of.names if (made_of := chain[-1].expression) else ())) is not None:
            opened, sure = opened | lost, sure & ~lost
        if rows is not None:
            same = sure is opened and not (rows < 0).any()
            opened = np.append(opened, True)[rows]  # of a row that belongs to nobody neither can be said
            sure = opened if same else np.append(sure, False)[rows]
        if before.open is None or before.sure is None:
            return Asked(opened, sure, self.n)
        both = before.open & opened
        return Asked(both, both if before.sure is before.open and sure is opened else before.sure & sure, self.n)

    def _home(self, k: int) -> tuple[Table, Codes | None]:
        """The table in which the k-th expression of a chain is worked out, and its row for each row of this one."""
        depth, table, rows = len(self.sheet.depth), self, None
        place = next((at for at, (_, upto) in enumerate(self.sheet.depth) if k < upto), depth)
        for _ in range(depth - place):
            if table.above is None:
                raise InputError("the table above this repeat is not there")
            table, above = table.above
            rows = above if rows is None else np.append(above, -1)[rows]
        return table, rows


def day_of(today: date | str | None) -> date | None:
    """The day that ``today()`` is.

    Raises
    ------
    InputError
        It is neither a date nor a text like ``"2026-06-01"``.
    """
    if today is None or (isinstance(today, date) and not isinstance(today, datetime)):
        return today
    if isinstance(today, datetime):
        return today.date()
    try:
        return date.fromisoformat(today) if isinstance(today, str) else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> NoReturn:
    raise InputError("today= is a date, or a text such as '2026-06-01'.", "Pass the day the answers are looked at from.") from None


def _moved(values: Values, rows: Codes) -> Values:
    """Values of the table above, for the rows that belong to them; blank where a row belongs to none."""
    if isinstance(values, Numbers):
        x = values.x if values.x.ndim else np.full(1, values.x)
        coded = np.append(np.broadcast_to(values.coded, x.shape), False)[rows]
        return Numbers(np.append(x, np.nan)[rows], coded, values.codes)
    texts = as_texts(values)
    at = texts.at if texts.at.ndim else np.full(1, texts.at)
    return Texts(np.append(at, -1)[rows], texts.levels, np.append(np.broadcast_to(texts.coded, at.shape), False)[rows], texts.codes)


def _spread(truth: Truth, n: int) -> Truth:
    """A truth about every row, where it was one for all."""
    return Truth(np.broadcast_to(truth.yes, (n,)).copy(), lambda: np.broadcast_to(truth.doubt, (n,)), truth.sure)
