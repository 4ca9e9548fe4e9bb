"""Report: what a form says, and on how many rows of the data it does not hold; counts and positions, never an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import InputError, one_of
from evidencekit.frames import frame_of
from evidencekit.instrument.rules.rules import Rule
from evidencekit.rendering.text import html_table, text_table

__all__ = ["Outcome", "Remark", "RemarkKind", "Report"]

RemarkKind = Literal[
    "form", "circular", "not in the data", "not in the form", "not in the list", "spelling", "missing codes", "repeat", "version",
]  # fmt: skip
_SHOWN = 12  # rules, and remarks, of a repr
_SHOWN_HTML = 60


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Outcome:
    """What became of one rule.

    Parameters
    ----------
    rule : Rule
        What was looked at.
    failing : int
        Rows on which it does not hold.
    checked : int
        Rows it could be looked at.
    undecided : int
        Rows where it is not known whether the question was asked: nothing is said of them.
    note : str
        Why it could not be looked at at all; empty when it was.
    positions : (failing,) array of int
        The rows, counted from 0, of the table the rule is about.
    """

    rule: Rule
    failing: int = 0
    checked: int = 0
    undecided: int = 0
    note: str = ""
    positions: Codes = field(default_factory=lambda: np.zeros(0, dtype=np.intp))

    @property
    def share(self) -> float:
        """Of the rows it could be looked at, the share on which it does not hold; NaN when there are none."""
        return self.failing / self.checked if self.checked else float("nan")

    def __repr__(self) -> str:
        return f"Outcome({self.rule.id!r}, {_told(self)})"


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say of the form and the data as a whole.

    Parameters
    ----------
    kind : str
        What it is about.
    says : str
        In a sentence.
    fault : bool
        Whether it is to be put right.
    """

    kind: RemarkKind
    says: str
    fault: bool = True


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Report:
    """What a form says of its data, rule by rule. Made by `validate`.

    Parameters
    ----------
    form : str
        The name of the form.
    rows_checked : int
        Rows of the main table.
    outcomes : tuple of Outcome
        One for each rule, in the order of the form.
    remarks : tuple of Remark
        Columns that are missing or unknown, what is wrong with the form itself.
    by : str, optional
        The column whose levels findings are counted by.
    levels : mapping of level to int
        How many rows each level has; they are there because they were asked for.
    counts : mapping of str to tuple of int
        Rule that does not hold to its rows for each level.
    backend : {"pandas", "polars", "pyarrow"}
        The kind of frame that tables are given in.

    Notes
    -----
    It holds counts, positions of rows, names of the form, and the levels of `by`; no answer and no identifier. So it may be pickled and
    sent to whoever looks after the fieldwork. A position says nothing without the data.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer", constraint=". >= 12 and . <= 17", required=True)])
    >>> report = ek.validate(pd.DataFrame({"age": [12, 19, None]}), form)
    >>> report
    Report on 'lesson': 2 of 3 rules do not hold; 3 rows
      constraint:age  1 of 2 rows (50%)
      required:age    1 of 3 rows (33%)
    >>> report.rows("constraint:age")
    array([1])
    """

    form: str
    rows_checked: int
    outcomes: tuple[Outcome, ...]
    remarks: tuple[Remark, ...] = ()
    by: str | None = None
    levels: Mapping[Any, int] = field(default_factory=dict[Any, int])
    counts: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    backend: str = "pandas"

    @property
    def ok(self) -> bool:
        """Whether every rule that could be looked at holds, and nothing is wrong with the form or missing from the data.

        Rules that could not be looked at, undecided rows and columns the form does not know do not change it: see `unchecked`.
        """
        return not self.failing and not any(remark.fault for remark in self.remarks)

    @property
    def failing(self) -> tuple[Outcome, ...]:
        """The rules that do not hold, those with the most rows first."""
        return tuple(sorted((o for o in self.outcomes if o.failing), key=lambda o: -o.failing))

    @property
    def unchecked(self) -> tuple[Outcome, ...]:
        """The rules that could not be looked at, each with a note that says why."""
        return tuple(outcome for outcome in self.outcomes if outcome.note)

    def outcome(self, rule: str) -> Outcome:
        """What became of one rule.

        Raises
        ------
        InputError
            The form has no such rule.
        """
        one_of("rule", rule, [outcome.rule.id for outcome in self.outcomes])
        return next(outcome for outcome in self.outcomes if outcome.rule.id == rule)

    def rows(self, rule: str) -> Codes:
        """The positions of the rows, counted from 0, on which a rule does not hold.

        Parameters
        ----------
        rule : str
            Such as ``"skip:age"``. The rows are those of the table the rule is about: for an item in a repeat, of the repeat's frame.

        Raises
        ------
        InputError
            The form has no such rule.
        """
        return self.outcome(rule).positions.copy()

    def to_frame(self) -> Any:
        """Every rule with what became of it, in the caller's kind of frame.

        Returns
        -------
        data frame
            ``rule, item, kind, table, rows`` (that do not keep it), ``checked``, ``share, undecided, note``. A rule that could not be
            looked at has null rows and a note.
        """
        told = self.outcomes
        columns = {
            "rule": [o.rule.id for o in told],
            "item": [o.rule.item for o in told],
            "kind": [o.rule.kind for o in told],
            "table": [o.rule.table for o in told],
            "rows": [None if o.note else o.failing for o in told],
            "checked": [None if o.note else o.checked for o in told],
            "share": [None if o.note or not o.checked else o.share for o in told],
            "undecided": [None if o.note else o.undecided for o in told],
            "note": [o.note for o in told],
        }
        return frame_of(columns, self.backend)

    def by_level(self) -> Any:
        """The rules that do not hold, by the levels of the column given as ``by=``.

        Returns
        -------
        data frame
            In the caller's kind: ``rule, item, kind``, the column under its own name, ``rows`` that do not keep the rule, and
            ``of``, the rows of the level. Rows of a repeat count for the level of the row they belong to.

        Raises
        ------
        InputError
            No ``by=`` was given, or its column is called as another of the table.
        """
        if self.by is None:
            raise InputError("The report does not know levels.", 'Name their column: ek.validate(data, form, by="interviewer").')
        if self.by in ("rule", "item", "kind", "rows", "of"):
            raise InputError(f"The column {self.by!r} has the name of another of this table.", "Rename it in the data.")
        told = [(o, level, k) for o in self.failing for level, k in zip(self.levels, self.counts[o.rule.id], strict=True)]
        columns = {
            "rule": [o.rule.id for o, _, _ in told],
            "item": [o.rule.item for o, _, _ in told],
            "kind": [o.rule.kind for o, _, _ in told],
            self.by: [level for _, level, _ in told],
            "rows": [k for _, _, k in told],
            "of": [self.levels[level] for _, level, _ in told],
        }
        return frame_of(columns, self.backend)

    def __repr__(self) -> str:
        failing = self.failing
        lines = [f"Report on {self.form!r}: {self._head()}; {self.rows_checked:,} rows"]
        if failing:
            shown = _shown(failing)
            body = text_table(["", ""], [[f"  {o.rule.id}", _told(o)] for o in shown], limit=_SHOWN).splitlines()
            lines += body[1:]
            if rest := [o.rule.kind for o in failing if o not in shown]:
                kinds = ", ".join(f"{rest.count(kind)} {kind}" for kind in dict.fromkeys(rest))
                lines.append(f"  and {len(rest)} more rules ({kinds}); see .failing")
        if unchecked := self.unchecked:
            lines.append(f"  not looked at: {_few([o.rule.id for o in unchecked])}; see .unchecked")
        if undecided := [o.rule.id for o in self.outcomes if o.undecided]:
            lines.append(f"  undecided on some rows: {_few(undecided)}")
        faults = [r for r in self.remarks if r.fault]
        notes = [r for r in self.remarks if not r.fault]
        lines += [f"  {r.kind}: {r.says}" for r in (*faults, *notes)[:_SHOWN]]
        if len(self.remarks) > _SHOWN:
            lines.append(f"  and {len(self.remarks) - _SHOWN} more remarks")
        return "\n".join(lines)

    def _head(self) -> str:
        """How many rules hold, of those that could be looked at."""
        count, failing = len(self.outcomes) - len(self.unchecked), len(self.failing)
        if not count and self.outcomes:
            return f"not one of {len(self.outcomes)} rules could be looked at"
        head = f"{failing} of {count} rules do not hold" if failing else f"none of {count} rules is broken"
        return f"{head}, {len(self.unchecked)} could not be looked at" if self.unchecked else head

    def _repr_html_(self) -> str:
        rows = [[o.rule.id, o.rule.says, f"{o.failing:,}", f"{o.checked:,}", _percent(o.share)] for o in self.failing]
        rows += [[o.rule.id, o.rule.says, "", "", o.note] for o in self.unchecked]
        rows += [[r.kind, r.says, "", "", ""] for r in self.remarks]
        caption = repr(self).splitlines()[0]
        return html_table(["rule", "says", "rows", "of", "share"], rows, caption=caption, limit=_SHOWN_HTML)


def _shown(failing: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The rules that are shown: the worst of each kind in turns, so that many of one kind do not push out the others."""
    turns: dict[str, int] = {}
    turn: list[int] = []
    for outcome in failing:
        turn.append(turns.get(outcome.rule.kind, 0))
        turns[outcome.rule.kind] = turn[-1] + 1
    kept = sorted(sorted(range(len(failing)), key=lambda k: (turn[k], k))[:_SHOWN])
    return tuple(failing[k] for k in kept)


def _told(outcome: Outcome) -> str:
    if outcome.note:
        return f"not looked at: {outcome.note}"
    return f"{outcome.failing:,} of {outcome.checked:,} rows ({_percent(outcome.share)})"


def _percent(share: float) -> str:
    if share != share:
        return ""
    return f"{100 * share:.2g}%" if share < 0.995 else f"{100 * share:.0f}%"


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 5 else ""
    return ", ".join(names[: 4 if more else 5]) + more
