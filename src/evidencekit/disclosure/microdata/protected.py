"""Protected: records that a plan was carried out on, with the log, the risk and the cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, NoReturn

from evidencekit.disclosure.microdata.changed import LogEntry
from evidencekit.disclosure.microdata.steps import Plan
from evidencekit.errors import InputError, how_many, one_of
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table

__all__ = ["Protected"]

Report = Literal["log", "risk", "utility", "associations"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Protected:
    """Records that may leave under a plan, and what a steward needs to decide whether they do.

    Parameters
    ----------
    data : Dataset or data frame
        In the caller's kind.
    plan : Plan
        What was done.
    log : tuple of LogEntry
        Each step with its counts.
    risk : mapping of str to (float, float)
        Measures before and after, by the names that `MicrodataRisk.to_frame` has; empty where the plan has no keys.
    utility : mapping of str to list
        Columns of a table with a row for each column of the file: cells that read differently, values taken out, levels, and against the
        file recoded alike the Hellinger distance (0: the answers are distributed as before, 1: they have nothing in common) and the
        largest change of a weighted share.
    associations : mapping of str to list
        Cramer's V of pairs of columns before and after, the largest change first.
    backend : str
        The caller's kind of frame.
    notes : tuple of str
        What a steward must look at: columns that still tell what a recoding took out.
    """

    data: Any
    plan: Plan
    log: tuple[LogEntry, ...]
    risk: Mapping[str, tuple[float, float]]
    utility: Mapping[str, list[Any]]
    associations: Mapping[str, list[Any]]
    backend: str = "pandas"
    notes: tuple[str, ...] = ()

    def to_frame(self, report: Report = "risk") -> Any:
        """One of the reports as a table in the caller's kind; the records themselves are in ``.data``.

        Parameters
        ----------
        report : {"risk", "log", "utility", "associations"}
            Which.
        """
        one_of("report", report, ("log", "risk", "utility", "associations"))
        return frame_of(self._report(report), self.backend)

    def _report(self, report: str) -> dict[str, Any]:
        if report == "log":
            rows = [
                (k, e.step, ", ".join(e.columns), name, n) for k, e in enumerate(self.log, 1) for name, n in (e.counts or {"": 0}).items()
            ]
            return {name: [row[i] for row in rows] for i, name in enumerate(("step", "what", "columns", "counted", "count"))}
        if report == "risk":
            pairs = list(self.risk.values())
            return {"measure": list(self.risk), "before": [p[0] for p in pairs], "after": [p[1] for p in pairs]}
        return dict(self.utility if report == "utility" else self.associations)

    def __repr__(self) -> str:
        parts = [f"Protected({how_many(len(self.log), 'step')})", *(f"  {k}. {entry}" for k, entry in enumerate(self.log, 1))]
        changed = {
            name: [v for v, n in zip(values, self.utility["cells changed"], strict=True) if n] for name, values in self.utility.items()
        }
        for title, table in (("risk", self._report("risk")), ("columns that changed", changed)):
            if next(iter(table.values())):
                parts += [f"{title}:", text_table(*table_of(table), limit=30)]
        return "\n".join([*parts, *(f"note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        titles = {"log": "What was done", "risk": "Risk", "utility": "Columns", "associations": "Associations (Cramer's V)"}
        tables = ((titles[name], self._report(name)) for name in titles)
        shown = [html_table(*table_of(table), caption=title, limit=60) for title, table in tables if next(iter(table.values()))]
        return "".join([*shown, *(f"<p>note: {escape(note)}</p>" for note in self.notes)])

    def __reduce__(self) -> NoReturn:
        raise InputError("Protected records are not pickled: they are children's answers.", "Write .data to a file of its own.")
