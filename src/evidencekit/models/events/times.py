"""Times, events and entries of rows, and who is at risk when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Bools, Codes, Floats, numeric, summed
from evidencekit.errors import EstimationError, InputError, how_many
from evidencekit.models.formula.factors import blank_in, is_coded
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.scope import Scope

__all__ = ["Times", "blanks_of", "times_of"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Times:
    """When rows are at risk, against the J distinct times at which something happened.

    A row is at risk at event times `after` up to `until` (exclusive), as places in `at`; `cause` (m,) is 0 where nothing happened by the
    row's own time, else the kind of event, which happened at place ``until - 1``.
    """

    at: Floats
    until: Codes
    after: Codes
    cause: Codes

    @property
    def happened(self) -> Bools:
        """The rows with an event."""
        return self.cause > 0

    def at_risk(self, values: Floats) -> Floats:
        """Sums of values over those at risk at each event time, shape (J,)."""
        size = len(self.at) + 1
        left = np.cumsum(summed(self.until, values, size)[::-1])[::-1]
        late = np.cumsum(summed(self.after, values, size)[::-1])[::-1]
        return left[1:] - late[1:]

    def events(self, values: Floats, cause: int | None = None) -> Floats:
        """Sums of values over those to whom it happened at each event time, shape (J,)."""
        rows = self.happened if cause is None else self.cause == cause
        return summed(self.until[rows] - 1, values[rows], len(self.at))


def blanks_of(survey: Survey, time: str, event: str, entry: str | None) -> dict[str, Any]:
    """The columns that say when and what, with their rows without an answer.

    Raises
    ------
    UnknownColumn, InputError
        A column is not there, or holds categories.
    """
    out: dict[str, Any] = {}
    named = [(time, "time="), (event, "event=")] + ([] if entry is None else [(entry, "entry=")])
    for name, role in named:
        survey.rows.need(name, role)
        if is_coded(survey, name):
            raise InputError(
                f"{role} {name!r} holds categories.", "It takes numbers: ages, or 0 for no event and 1, 2, ... for kinds of it."
            )
        out[name] = blank_in(survey, name)
    return out


def times_of(survey: Survey, scope: Scope, time: str, event: str, entry: str | None) -> Times:
    """The times of the rows of a scope.

    Raises
    ------
    InputError
        `event` holds other numbers than 0, 1, 2, ..., or `time` one below 0; an entry is not before its time.
    EstimationError
        Nothing happened to anybody.
    """
    frame: Any = survey.rows.frame
    when, what = (numeric(frame[name], "Column")[scope.rows] for name in (time, event))
    if (what < 0).any() or (what != np.floor(what)).any() or what.max() > 1000:
        raise InputError(f"event= {event!r} takes 0 where nothing happened and 1, 2, ... for kinds of event.", "Recode it first.")
    early = int((when < 0).sum())
    if early:
        raise InputError(f"time= {time!r} is below 0 in {how_many(early, 'row')} used.", "Set codes of missing answers to null first.")
    if not what.any():
        raise EstimationError("No event happened in the rows used.", "Nothing can be said of when it does.")
    start = np.full(scope.n, -np.inf) if entry is None else numeric(frame[entry], "Column")[scope.rows]
    if (start >= when).any():
        raise InputError(f"entry= must be before time=; in {int((start >= when).sum()):,} rows it is not.", "Leave them out with where=.")
    at = np.unique(when[what > 0])
    until, after = np.searchsorted(at, when, side="right"), np.searchsorted(at, start, side="right")
    return Times(at, until, after, what.astype(np.intp))
