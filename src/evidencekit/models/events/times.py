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
    row's own time, else the kind of event, which happened at place ``until - 1``. With strata the times of one follow those of another.
    """

    at: Floats
    until: Codes
    after: Codes
    cause: Codes

    @property
    def happened(self) -> Bools:
        """The rows with an event."""
        return self.cause > 0

    def some(self, rows: Codes) -> Times:
        """Those of some of the rows, against the same event times."""
        return Times(self.at, self.until[rows], self.after[rows], self.cause[rows])

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
        A column is not there, or holds categories; nobody to whom nothing happened has a time, so that only cases would be left.
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
    if (blank := out[time]) is not None:
        frame: Any = survey.rows.frame
        never = numeric(frame[event], "Column") == 0
        if never.any() and blank[never].all():
            raise InputError(
                f"time= {time!r} is missing for everybody to whom nothing happened, so only cases would be left.",
                "It takes the age at which it happened, and for all others their age now: until then they were followed. "
                'In pandas: frame["age_first"].fillna(frame["age"]).',
            )
    return out


def times_of(survey: Survey, scope: Scope, time: str, event: str, entry: str | None, strata: Codes | None = None) -> Times:
    """The times of the rows of a scope; with `strata` (m,) rows are at risk within their own stratum alone.

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
    of = np.zeros(scope.n, dtype=np.intp) if strata is None else strata
    steps = np.unique(np.concatenate([when, start]))
    own, first = (of * len(steps) + np.searchsorted(steps, values) for values in (when, start))  # strata follow one another on one axis
    events = np.unique(own[what > 0])
    until, after = np.searchsorted(events, own, side="right"), np.searchsorted(events, first, side="right")
    return Times(steps[events % len(steps)], until, after, what.astype(np.intp))
