"""Comparing interviewers: a rate each, and how far it is from what interviews dealt out at random would give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats, summed

__all__ = ["Check", "Standing", "standing", "tally"]

_SAME = 1e-12  # residuals below are rounding


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Check:
    """One check: what it is called, its table, its flags in plain sentences, and how to read it."""

    name: str
    title: str
    columns: dict[str, Any]
    flags: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Standing:
    """By interviewer, (people,) each: interviews that count, events, places for one, their rate, that of the others, and z."""

    interviews: Codes
    events: Floats
    places: Floats
    rate: Floats
    others: Floats
    z: Floats

    def out(self, limit: float) -> list[int]:
        """Who stands out upwards."""
        return np.flatnonzero(np.nan_to_num(self.z, nan=0.0) > limit).tolist()

    def said(self, who: str, k: int, what: str, digits: int = 0) -> str:
        """What sets interviewer k, called `who`, apart: a share of something, and that of the others."""
        own, others = (f"{100 * float(rates[k]):.{digits}f} %" for rates in (self.rate, self.others))
        return f"Interviewer {who}: {own} of {what}, of the others' {others}."


def standing(who: Codes, people: int, events: Floats, places: Floats, fewest: int) -> Standing:
    """Rates by interviewer, each interview counted with its events and the places where one could have been.

    Parameters
    ----------
    who : (n,) ints
        The interviewer of each interview.
    people : int
        How many interviewers.
    events, places : (n,) floats
        In each interview; one with no place does not count.
    fewest : int
        Interviews below which there is no rate.

    Notes
    -----
    With the rate of all, ``R``, an interview has the residual ``e = events - R places``. If the N interviews were dealt out at random, the
    sum over an interviewer's n of them would have the variance ``n (1 - n / N) s**2``, with ``s**2`` the variance of the residuals: that
    of a simple random sample without replacement. ``z`` is the sum over its square root. The interview is the unit, so that answers of
    one respondent do not count as independent; interviewers work in areas, and what sets their areas apart counts with them. Where all
    interviews are the same (no event at all, say) ``z`` is 0; it is NaN for an interviewer with fewer interviews than `fewest`, and where
    there is nobody else.
    """
    counts = places > 0
    at, hits, room = who[counts], events[counts], places[counts]
    interviews = np.bincount(at, minlength=people)
    top, below = summed(at, hits, people), summed(at, room, people)
    whole_top, whole_below = float(top.sum()), float(below.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, others = top / below, (whole_top - top) / (whole_below - below)
        residual = hits - (whole_top / whole_below if whole_below else 0.0) * room
        n = len(hits)
        s2 = residual.var(ddof=1) if n > 1 else np.nan
        z = summed(at, residual, people) / np.sqrt(interviews * (1 - interviews / max(n, 1)) * s2)
        z = np.where((np.abs(residual).max(initial=0.0) < _SAME) & (interviews > 0) & (interviews < n), 0.0, z)
    few = interviews < fewest
    z = np.where(few | ~np.isfinite(z), np.nan, z)
    return Standing(interviews, top, below, np.where(few, np.nan, rate), others, z)


def tally(found: Standing, fewest: int) -> list[int | None]:
    """Events as counts, withheld where there are few interviews."""
    return [None if few else round(k) for few, k in zip(found.interviews < fewest, found.events.tolist(), strict=True)]
