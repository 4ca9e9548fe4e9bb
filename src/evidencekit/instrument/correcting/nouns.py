"""Corrected: answers as they are after corrections, and what was done, without an answer in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from evidencekit.columns import Codes
from evidencekit.errors import InputError, how_many
from evidencekit.frames import frame_of
from evidencekit.instrument.validating.reporting import Outcome, Report
from evidencekit.rendering.text import html_table, text_table

__all__ = ["Corrected"]

_SHOWN = 12  # rules of a repr


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Corrected:
    """Answers with corrections made, and a log of them. Made by `corrected`.

    Parameters
    ----------
    data : Dataset or data frame
        The corrected rows, of the kind that was passed; a Dataset keeps its labels, kinds of missing and form.
    log : data frame
        In the caller's kind, a row for each correction: ``correction`` (its position in the table), ``row`` (of the data as they were
        passed), ``item, action, reason, who``, ``changed`` (whether the cell holds something else now), ``blank_before, blank_after``
        (null where the correction is of no cell), and ``rules_before, rules_after``: the rules of the item that did not hold on this row.
        Positions count from 0. There is no answer and no id in it, unless somebody wrote one into a reason.
    before, after : Report
        What `validate` says of the data as they were passed, and of the corrected ones.
    dropped : (k,) array of int
        The positions, in the data as they were passed, of rows that corrections took out.
    actions : mapping of str to int
        How many corrections there were of each action.
    anew : mapping of str to int
        Rule to the rows that keep it before and not after.
    notes : tuple of str
        What else there is to say.
    """

    data: Any
    log: Any
    before: Report
    after: Report
    dropped: Codes
    actions: Mapping[str, int]
    anew: Mapping[str, int]
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, list[Any]]:
        """The table of rules: those that do not hold before or after."""
        were = {o.rule.id: o for o in self.before.outcomes}
        pairs = [(were.get(o.rule.id, o), o) for o in self.after.outcomes]
        kept = [(one, two) for one, two in pairs if one.failing or two.failing]
        return {
            "rule": [two.rule.id for _, two in kept],
            "item": [two.rule.item for _, two in kept],
            "kind": [two.rule.kind for _, two in kept],
            "before": [_rows(one) for one, _ in kept],
            "after": [_rows(two) for _, two in kept],
            "anew": [self.anew.get(two.rule.id, 0) for _, two in kept],
        }

    def rules(self) -> Any:
        """The rules that did not hold before, or do not after, in the caller's kind of frame.

        Returns
        -------
        data frame
            ``rule, item, kind``; ``before`` and ``after``, the rows on which it does not hold; ``anew``, those on which it did hold before.
        """
        return frame_of(self.columns, self.after.backend)

    def __repr__(self) -> str:
        c, names = self.columns, ("rule", "before", "after", "anew")
        lines = [self._title()]
        if c["rule"]:
            shown = [["" if value is None else str(value) for value in row] for row in zip(*(c[n] for n in names), strict=True)]
            lines += [f"  {line}" for line in text_table(names, shown, limit=_SHOWN).splitlines()]
        return "\n".join([*lines, *(f"  note: {note}" for note in self._notes())])

    def _repr_html_(self) -> str:
        c = self.columns
        rows = [["" if value is None else str(value) for value in row] for row in zip(*c.values(), strict=True)]
        return html_table(list(c), rows, caption=". ".join([self._title(), *self._notes()]), limit=60)

    def _title(self) -> str:
        made = ", ".join(f"{count} {action}" for action, count in self.actions.items())
        rows = how_many(self.before.rows_checked, "row")
        return f"Corrected: {how_many(sum(self.actions.values()), 'correction')} of {rows}{f' ({made})' if made else ''}"

    def _notes(self) -> list[str]:
        out = [f"{how_many(self.dropped.size, 'row was', 'rows were')} dropped, each with its reason in .log"] if self.dropped.size else []
        if worse := sum(self.anew.values()):
            out.append(f"{how_many(worse, 'row breaks', 'rows break')} a rule that held before: see .log, rules_after")
        return [*out, *self.notes]

    def __reduce__(self) -> NoReturn:
        raise InputError("Corrected answers are not pickled: they are children's.", "Keep the data and the table of corrections.")


def _rows(outcome: Outcome) -> int | None:
    """The rows that do not keep a rule; None where it could not be looked at."""
    return None if outcome.note else outcome.failing
