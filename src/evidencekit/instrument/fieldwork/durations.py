"""How long interviews take: short and long ones by a robust rule, and interviewers who are faster than the others."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats
from evidencekit.instrument.fieldwork.limits import Limits
from evidencekit.instrument.fieldwork.opened import Opened
from evidencekit.instrument.fieldwork.standing import Check, standing

__all__ = ["durations", "odd_lengths"]

_NOTE = (
    "Minutes from start to end. Short and long: far from the median of all interviews on the log scale, by a rule that single extreme "
    "interviews do not move. z: how far an interviewer's interviews are from the pace of all; below 0 is faster."
)


def durations(work: Opened, limits: Limits) -> Check | None:
    """Durations by interviewer; None without start and end."""
    if work.start is None or work.end is None:
        return None
    minutes = work.end - work.start
    people = len(work.people)
    backwards = np.bincount(work.who[minutes <= 0], minlength=people)
    log = np.log(np.where(minutes > 0, minutes, np.nan))
    odd = odd_lengths(log)
    timed = ~np.isnan(log)
    pace = standing(work.who, people, np.nan_to_num(log), timed.astype(np.float64), limits.fewest)
    median, low, high = (np.full(people, np.nan) for _ in range(3))
    for k in range(people):
        own = minutes[(work.who == k) & timed]
        if len(own) >= limits.fewest:
            low[k], median[k], high[k] = np.quantile(own, (0.1, 0.5, 0.9))
    whole = float(np.median(minutes[timed])) if timed.any() else np.nan
    flags = [
        f"Interviewer {work.people[k]}: interviews take {_minutes(median[k])} at the median, those of all {_minutes(whole)}."
        for k in np.flatnonzero(np.nan_to_num(pace.z) < -limits.z)
    ]
    flags += [f"Interviewer {work.people[k]}: {count} end before or when they start." for k, count in enumerate(backwards) if count]
    columns = {
        "interviewer": list(work.people),
        "interviews": pace.interviews.tolist(),
        "p10": low,
        "median": median,
        "p90": high,
        "short": np.bincount(work.who[odd < -limits.robust], minlength=people).tolist(),
        "long": np.bincount(work.who[odd > limits.robust], minlength=people).tolist(),
        "end_before_start": backwards.tolist(),
        "z": pace.z,
    }
    return Check("durations", "How long interviews take", columns, tuple(flags), _NOTE)


def odd_lengths(log: Floats) -> Floats:
    """Modified z scores, ``0.6745 (x - median) / MAD``; 0 where x is blank or the MAD is 0."""
    known = log[~np.isnan(log)]
    if not known.size:
        return np.zeros(len(log))
    middle = np.median(known)
    mad = np.median(np.abs(known - middle))
    if mad == 0:
        return np.zeros(len(log))
    return np.nan_to_num(0.6745 * (log - middle) / mad)


def _minutes(value: float) -> str:
    return f"{value:.0f} minutes" if value >= 10 else f"{value:.1f} minutes"
