"""The items of indicators answered by the rows of a survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError, UnknownColumn
from evidencekit.frames import Dataset, eager
from evidencekit.instrument.expressions import Values
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.indicators.coding import Coding, Column, coding_of, column_of, is_yes_no
from evidencekit.instrument.indicators.concepts import Coded, Concept
from evidencekit.instrument.indicators.skipping import Gates, answered, blanks_by_form, conditions_of, refuse_repeats
from evidencekit.instrument.indicators.standings import NO, OUTSIDE, UNKNOWN, YES, Standing, everyone
from evidencekit.instrument.indicators.valuing import standing_of
from evidencekit.survey import Survey

__all__ = ["Items", "Sheet"]

ItemMap = Mapping[str, str | Coded | bool | None] | None


class Sheet:
    """The columns of a survey as they stand in the file, with what the form and the labels say of them.

    Parameters
    ----------
    survey : Survey
        With data in memory.
    form : Instrument, optional
        What they were collected with.
    declared : mapping of str to Coded
        By column, what the analyst says of its codes.
    """

    def __init__(self, survey: Survey, form: Instrument | None, declared: Mapping[str, Coded]) -> None:
        self.data, self.form, self.declared = survey.data, form, declared
        held = self.data.frame if isinstance(self.data, Dataset) else self.data
        frame = eager(nw.from_native(held), "An indicator")
        if survey.phase1 is not None:
            frame = frame[np.flatnonzero(survey.phase1.inside)]
        self.frame, self.n = frame, len(frame)
        self.known = {item.name: item for item in form.questions} if form is not None else {}
        self._columns: dict[str, Column] = {}
        self._standings: dict[str, Standing] = {}
        self._codings: dict[str, Coding | None] = {}
        self._open: list[str] = []

    def column(self, name: str) -> Column:
        """A column, read once."""
        if name not in self._columns:
            if name not in self.frame.columns:
                raise UnknownColumn(name, self.frame.columns, "items=")
            made = column_of(self.frame[name], self.data, self.known.get(name), self.declared.get(name))
            self._columns[name] = made
        return self._columns[name]

    def coding(self, name: str) -> Coding:
        """Which of its codes mean yes and no; an error where nothing says it."""
        return coding_of(self.column(name), self.data, self.known.get(name), self.declared.get(name))

    def _coding_above(self, name: str) -> Coding | None:
        """The same of a question above another: None where it is no yes/no question."""
        if name not in self._codings:
            self._codings[name] = is_yes_no(self._gate(name), self.data, self.known.get(name), self.declared.get(name))
        return self._codings[name]

    def _gate(self, name: str) -> Column:
        if name not in self.frame.columns:
            raise InputError(
                f"The form asks a question after {name!r}, which is not a column of the data, so nobody knows who was asked.",
                "Add the column to the data.",
            )
        return self.column(name)

    def standing(self, name: str, *, yes_no: bool = True) -> Standing:
        """Yes, no, not known or outside, by the answers and the form's skip logic.

        Without a coding (`yes_no` false) it is yes wherever there is an answer.
        """
        made = answered(self.column(name), self.coding(name) if yes_no else None)
        return self._filled(name, made)

    def _above(self, name: str) -> Standing:
        if name not in self._standings:
            if name in self._open:
                raise InputError(f"The form asks {name!r} after itself.", "Look at the relevance of the questions above it.")
            self._open.append(name)
            self._standings[name] = self._filled(name, answered(self._gate(name), self._coding_above(name)))
            self._open.pop()
        return self._standings[name]

    def _protects(self, name: str) -> bool:
        return name in self.known and self.known[name].role in ("consent", "privacy")

    def blank(self, name: str) -> Any:
        """Rows without an answer and without a code that says why, or with the code for "not asked"."""
        column, made = self.column(name), answered(self.column(name))
        return (column.at < 0) | (made.state == OUTSIDE)

    def _filled(self, name: str, made: Standing) -> Standing:
        """The blanks of a column, as far as the form says what they are."""
        if name not in self.known or self.form is None:
            return made
        refuse_repeats(self.form, name)
        conditions, blank = conditions_of(self.form, name), self.blank(name)
        if not conditions or not blank.any():
            return made
        by_form = blanks_by_form(conditions, Gates(self._gate, self._coding_above, self._above, self._protects), self.n)
        take = blank & (by_form.state != YES)  # where it was to be asked and there is nothing, nobody knows why
        state, why = np.where(take, by_form.state, made.state), np.where(take, by_form.why, made.why)
        return Standing(state.astype(np.int8), why.astype(np.uint8))


class Items:
    """The named items of some indicators: each a column, a constant, or the same name.

    Parameters
    ----------
    survey, form
        As for `Sheet`.
    items : mapping
        Item name to a column's name, a `Coded`, true or false for all rows, or None where the survey did not ask it.
    concepts : mapping of str to Concept
        What the items ask, and after which.
    """

    def __init__(self, survey: Survey, items: ItemMap, form: Instrument | None, concepts: Mapping[str, Concept]) -> None:
        if form is None and isinstance(survey.data, Dataset):
            form = survey.data.form
        _check(items, form)
        self.given = dict(items or {})
        self.concepts = concepts
        declared = {made.column: made for made in self.given.values() if isinstance(made, Coded)}
        self.sheet = Sheet(survey, form, declared)
        self._made: dict[str, Standing] = {}

    @property
    def n(self) -> int:
        """The number of rows."""
        return self.sheet.n

    def has(self, name: str) -> bool:
        """Whether something answers an item."""
        return name in self.given or name in self.sheet.frame.columns

    def left_out(self, name: str) -> bool:
        """Whether the survey did not ask an item."""
        return name in self.given and self.given[name] is None

    def constant(self, name: str) -> bool | None:
        """What was said of all rows; None where a column answers."""
        made = self.given.get(name)
        return made if isinstance(made, bool) else None

    def _column(self, name: str) -> str:
        made = self.given.get(name, name)
        assert isinstance(made, (str, Coded))
        return made.column if isinstance(made, Coded) else made

    def need_all(self, names: Sequence[str]) -> None:
        """Refuse items that nothing answers, all of them at once, and columns in ``items=`` that are not there."""
        columns = self.sheet.frame.columns
        for name, made in self.given.items():
            if isinstance(made, (str, Coded)) and self._column(name) not in columns:
                raise UnknownColumn(self._column(name), columns, f"items= for {name!r}")
        missing = [name for name in dict.fromkeys(names) if not self.has(name)]
        if not missing:
            return
        said = [f"{name!r}{self._asks(name)}{_near(name, columns)}" for name in missing]
        shown = ", ".join(f'"{name}": "..."' for name in missing[:2]) + (", ..." if len(missing) > 2 else "")
        what = f"needs {said[0]}" if len(missing) == 1 else f"needs {len(missing)} items that are not there: {'; '.join(said)}"
        raise InputError(
            f"The indicator {what}{', and there is no such column in the data' if len(missing) == 1 else ''}.",
            f"Say which column it is, items={{{shown}}}; or True in its place, where it holds for everyone in the survey; or None, "
            "where the survey did not ask it.",
        )

    def _asks(self, name: str) -> str:
        return f" ({self.concepts[name].asks})" if name in self.concepts else ""

    def _need(self, name: str) -> None:
        self.need_all([name])

    def standing(self, name: str) -> Standing:
        """Yes, no, not known or outside, of a yes/no item."""
        if name not in self._made:
            self._need(name)
            if self.left_out(name):
                return everyone(self.n, state=OUTSIDE)
            constant = self.constant(name)
            if constant is not None:
                return everyone(self.n, state=YES if constant else NO)
            self._made[name] = self._after(name, self.sheet.standing(self._column(name)))
        return self._made[name]

    def plain(self, name: str) -> tuple[Values, Standing]:
        """The answers as they stand, and what rows without one are."""
        self._need(name)
        if self.constant(name) is not None or self.left_out(name):
            raise InputError(f"The indicator compares the answers to {name!r}, so a column has to answer it.")
        column = self.sheet.column(self._column(name))
        there = self._after(name, self.sheet.standing(column.name, yes_no=False))
        return column.as_texts(np.where(there.state == YES, column.at, -1).astype(np.intp)), there

    def _after(self, name: str, made: Standing) -> Standing:
        """Blanks by the item that this one is usually asked after, where something answers that."""
        gate = self.concepts[name].gate if name in self.concepts else None
        if gate is None or not all(self.has(above) and not self.left_out(above) for above in gate.names):
            return made
        blank = self.sheet.blank(self._column(name))
        if not blank.any():
            return made
        above = standing_of(gate, self)
        unsaid = blank & (made.state == UNKNOWN) | blank & (made.state == OUTSIDE) & (self._column(name) not in self.sheet.known)
        state = np.where(blank & (above.state == NO), NO, made.state)
        for code in (UNKNOWN, OUTSIDE):
            state = np.where(unsaid & (above.state == code), code, state)
        why = np.where(unsaid & (above.state == UNKNOWN), above.why, made.why)
        return Standing(state.astype(np.int8), np.where(state == UNKNOWN, why, 0).astype(np.uint8))


def _near(name: str, columns: Sequence[str]) -> str:
    """The columns whose names are like that of an item."""
    near = get_close_matches(name, columns, n=2, cutoff=0.6)
    return f", perhaps {' or '.join(map(repr, near))}" if near else ""


def _check(items: ItemMap, form: Instrument | None) -> None:
    if form is not None and not isinstance(form, Instrument):
        raise InputError(f"form= takes an Instrument, not a {type(form).__name__}.")
    if items is None:
        return
    if not isinstance(items, Mapping):
        raise InputError(f"items= takes a mapping of item names to columns, not a {type(items).__name__}.")
    for name, made in items.items():
        if not isinstance(name, str) or not isinstance(made, (str, Coded, bool, type(None))):
            raise InputError(
                "items= maps the names of items to columns.",
                'For example items={"image_shared": "q14"}, or {"image_shared": ek.instrument.Coded("q14", yes=1, no=2)}.',
            )
