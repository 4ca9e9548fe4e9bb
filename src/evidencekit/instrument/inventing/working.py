"""Days of work: who interviews where, when each interview starts, and how long it takes."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np

from evidencekit.columns import Codes
from evidencekit.instrument.inventing.filling import Setting
from evidencekit.instrument.inventing.sheet import Sheet, stream

__all__ = ["assigned", "hours"]

_MORNING = time(8, 30)
_MINUTES = (6.0, 0.4)  # before and after the questions, and for each question
_NOISE = 0.25  # standard deviation of the log of how long an interview takes
_BETWEEN = (8.0, 35.0)  # minutes from one interview to the next


def assigned(n: int, setting: Setting) -> tuple[Codes, Codes]:
    """The area and the interviewer of each row: rows go area by area, areas to interviewers in turn."""
    areas = setting.clusters.number
    area = (np.arange(n) * areas // max(n, areas)) if n < areas else np.arange(n) * areas // n
    return area.astype(np.intp), (area % setting.interviewers.number).astype(np.intp)


def hours(sheet: Sheet, setting: Setting) -> tuple[list[datetime], list[datetime]]:
    """When each interview starts and ends: one after the other on each interviewer's days, as long as there were questions."""
    rng = stream(setting.seed, "hours")
    people = setting.interviewers
    questions = sum((mask.astype(float) for mask in sheet.asked.values()), np.zeros(sheet.n))
    pace = people.speed * rng.standard_normal(people.number)
    long = (_MINUTES[0] + _MINUTES[1] * questions) * np.exp(pace[sheet.asker] + _NOISE * rng.standard_normal(sheet.n))
    between = rng.uniform(*_BETWEEN, sheet.n)
    start, end = [datetime.min] * sheet.n, [datetime.min] * sheet.n
    for who in range(people.number):
        clock = datetime.combine(people.first_day, _MORNING)
        for k, row in enumerate(np.flatnonzero(sheet.asker == who).tolist()):
            if k % people.per_day == 0:
                clock = datetime.combine(people.first_day + timedelta(days=_workday(k // people.per_day)), _MORNING)
            begun = clock + timedelta(minutes=float(between[row]))
            clock = begun + timedelta(minutes=float(long[row]))
            start[row], end[row] = begun, clock
    return start, end


def _workday(k: int) -> int:
    """Days after the first for the k-th day of work, five in a row and two off."""
    return k // 5 * 7 + k % 5
