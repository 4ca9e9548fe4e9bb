"""When interviews are held: gaps between them, overlaps, and nights."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats
from evidencekit.instrument.fieldwork.limits import Limits
from evidencekit.instrument.fieldwork.opened import Opened
from evidencekit.instrument.fieldwork.standing import Check, standing, tally

__all__ = ["gaps", "nights"]

_DAY = 1440.0  # minutes


def gaps(work: Opened, limits: Limits) -> Check | None:
    """Minutes from the end of one interview to the start of the next of the same interviewer on the same day; None without times."""
    if work.start is None or work.end is None:
        return None
    people = len(work.people)
    gap = _before(work.who, work.start, work.end)
    known = ~np.isnan(gap)
    short = standing(work.who, people, (known & (gap < limits.gap)).astype(np.float64), known.astype(np.float64), limits.fewest)
    overlaps = np.bincount(work.who[known & (gap < 0)], minlength=people)
    median = np.full(people, np.nan)
    for k in range(people):
        own = gap[(work.who == k) & known]
        if len(own) >= limits.fewest:
            median[k] = np.median(own)
    flags = [
        f"Interviewer {work.people[k]}: {_times(count)} an interview starts before the one before it has ended."
        for k, count in enumerate(overlaps.tolist())
        if count
    ]
    flags += [short.said(work.people[k], k, f"gaps are under {limits.gap:g} minutes") for k in short.out(limits.z)]
    columns = {
        "interviewer": list(work.people),
        "gaps": short.interviews.tolist(),
        "median_minutes": median,
        "short": tally(short, limits.fewest),
        "overlaps": overlaps.tolist(),
        "z": short.z,
    }
    note = f"From the end of one interview to the start of the next, on one day. Short: under {limits.gap:g} minutes. "
    note += f"z is about short gaps; it is blank under {limits.fewest} gaps, and 0 where nobody has a short one."
    return Check("gaps", "Time between interviews", columns, tuple(flags), note)


def _before(who: np.ndarray, start: Floats, end: Floats) -> Floats:
    """The gap before each interview, NaN for the first of a day."""
    out = np.full(len(who), np.nan)
    order = np.lexsort((end, start, who))
    order = order[~np.isnan(start[order]) & ~np.isnan(end[order])]
    one, two = order[:-1], order[1:]
    same = (who[one] == who[two]) & (start[one] // _DAY == start[two] // _DAY)
    out[two[same]] = start[two[same]] - end[one[same]]
    return out


def nights(work: Opened, limits: Limits) -> Check | None:
    """Interviews that start at night; None without times."""
    if work.start is None:
        return None
    hour = work.start % _DAY / 60
    first, last = limits.night
    dark = (hour >= first) | (hour < last) if first > last else (hour >= first) & (hour < last)
    known = ~np.isnan(work.start)
    found = standing(work.who, len(work.people), (dark & known).astype(np.float64), known.astype(np.float64), 1)
    said = f"between {first}:00 and {last}:00"
    flags = [
        f"Interviewer {work.people[k]}: {_times(round(count))} an interview starts {said}."
        for k, count in enumerate(found.events.tolist())
        if count
    ]
    columns = {
        "interviewer": list(work.people),
        "interviews": found.interviews.tolist(),
        "at_night": tally(found, 1),
        "share": np.where(found.interviews < limits.fewest, np.nan, found.rate),
    }
    return Check("nights", "Interviews at night", columns, tuple(flags), f"Interviews that start {said}, by the clock of the place.")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
