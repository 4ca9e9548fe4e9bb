"""Response rates by interviewer."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import factorise
from evidencekit.errors import InputError
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.instrument.fieldwork.limits import Attempts, Limits
from evidencekit.instrument.fieldwork.opened import Opened, text_of
from evidencekit.instrument.fieldwork.standing import Check, standing, tally

__all__ = ["responses"]

_NOTE = "Complete interviews of all attempts but those at people outside the population; a blank disposition counts as an attempt."


def responses(data: Any, work: Opened, attempts: Attempts, limits: Limits) -> Check:
    """Complete interviews of all attempts that count.

    Raises
    ------
    InputError
        No row has one of the codes of complete interviews.
    UnknownColumn
        There is no such column.
    """
    rows = open_data(data.frame if isinstance(data, Dataset) else data)
    rows.need(attempts.column, "attempts=")
    column = factorise(eager(rows.frame, "Response rates")[attempts.column])
    codes = [text_of(level) for level in column.keys]
    done = np.array([*(code in attempts.complete for code in codes), False])[column.codes]
    counts = ~np.array([*(code in attempts.not_eligible for code in codes), False])[column.codes]
    if not done.any():
        raise InputError(f"No row of {attempts.column!r} has a code of a complete interview.", "Check complete= of the Attempts.")
    found = standing(work.who, len(work.people), done.astype(np.float64), counts.astype(np.float64), limits.fewest)
    low = np.flatnonzero(np.nan_to_num(found.z) < -limits.z).tolist()
    flags = [found.said(work.people[k], k, "attempts are complete") for k in low]
    columns = {
        "interviewer": list(work.people),
        "attempts": found.interviews.tolist(),
        "complete": tally(found, limits.fewest),
        "rate": found.rate,
        "z": found.z,
    }
    return Check("responses", "Response rates", columns, tuple(flags), _NOTE)
