"""Where interviews were held, as distances: positions are never shown."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats
from evidencekit.instrument.fieldwork.limits import Limits
from evidencekit.instrument.fieldwork.opened import Answers, Opened
from evidencekit.instrument.fieldwork.standing import Check, standing, tally

__all__ = ["metres", "places"]

_EARTH = 6_371_000.0  # metres, the mean radius
_NEAR = 10.0  # metres within which two interviews count as held on one spot
_NOTE = (
    "Spread: the median distance of an interviewer's interviews from the middle of them, in metres to two figures. On one spot: within 10 "
    "metres of another interview of the same interviewer, as when forms are filled in at home. Neighbours and schools are on one spot too."
)


def places(work: Opened, limits: Limits) -> Check | None:
    """Spread and shared spots by interviewer, over the first place item that has answers; None where there is none."""
    found = next((a for a in work.answers.values() if a.item.kind == "place" and a.there.any()), None)
    if found is None:
        return None
    from scipy.spatial import cKDTree

    at = metres(_degrees(found))
    known = ~np.isnan(at[:, 0])
    people = len(work.people)
    spread, near = np.full(people, np.nan), np.zeros(work.n)
    for k in range(people):
        rows = np.flatnonzero((work.who == k) & known)
        if len(rows) > 1:
            distance: Floats = np.asarray(cKDTree(at[rows]).query(at[rows], k=2)[0])
            near[rows] = distance[:, 1] <= _NEAR
        if len(rows) >= limits.fewest:
            middle = np.median(at[rows], axis=0)
            spread[k] = _two_figures(float(np.median(np.linalg.norm(at[rows] - middle, axis=1))))
    spots = standing(work.who, people, near, known.astype(np.float64), limits.fewest)
    flags = [spots.said(work.people[k], k, "interviews are on one spot with another") for k in spots.out(limits.z)]
    columns = {
        "interviewer": list(work.people),
        "positions": spots.interviews.tolist(),
        "spread_metres": spread,
        "on_one_spot": tally(spots, limits.fewest),
        "rate": spots.rate,
        "z": spots.z,
    }
    return Check("places", "How far apart interviews are", columns, tuple(flags), _NOTE)


def metres(degrees: Floats) -> Floats:
    """Latitude and longitude (n, 2) as metres north and east of the middle: right to the per mille within some hundred kilometres."""
    middle = np.nanmedian(degrees, axis=0) if not np.isnan(degrees).all() else np.zeros(2)
    north, east = np.radians(degrees - middle).T
    return _EARTH * np.column_stack([north, east * np.cos(np.radians(middle[0]))])


def _degrees(answers: Answers) -> Floats:
    """The positions, NaN where there is none that makes sense."""
    each = np.full((len(answers.levels) + 1, 2), np.nan)
    for k, level in enumerate(answers.levels):
        parts = str(level).replace(",", " ").split()
        try:
            lat, lon = float(parts[0]), float(parts[1])
        except (ValueError, IndexError):
            continue
        if abs(lat) <= 90 and abs(lon) <= 180:
            each[k] = lat, lon
    return each[answers.at]


def _two_figures(value: float) -> float:
    return float(f"{value:.2g}")
