"""Version B less version A in one outcome: by people, or with whole sessions as what was assigned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr

from evidencekit.combining import difference
from evidencekit.errors import InputError
from evidencekit.estimate import Estimate
from evidencekit.findings.recall.assigning import ARMS
from evidencekit.findings.recall.scores import newcombe, p_of
from evidencekit.frames import frame_of
from evidencekit.survey import Survey, proportion

__all__ = ["Comparison", "People", "compared"]

_Outcome = Sequence[int | None]
ALIKE = "sessions differ no more than people do: the interval is no shorter than that of people assigned one by one"
NO_SESSIONS = "nobody or everybody in a version: the interval does not know of sessions"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class People:
    """Everybody who was assigned: versions, sessions ("" each where people were assigned by themselves), and the kind of frame."""

    arms: Sequence[str]
    sessions: Sequence[str]
    backend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One outcome in both versions.

    Parameters
    ----------
    name, words : str
        The outcome, and what those who have it did: "gave the number within its range".
    a, b : (int, int)
        How many of how many, in version A and in version B.
    difference, low, high : float
        B less A as a fraction of 1, with its interval.
    p : float
        p-value of no difference; not a number where there is none.
    adjusted : float
        The same after Holm among the secondary outcomes; `p` for the main outcome.
    note : str
        What must be said beside it.
    sessions : int
        Of how many sessions answers are known, where sessions were assigned; else 0.
    df : float
        Degrees of freedom of its t: not a number where it has none.
    """

    name: str
    words: str
    a: tuple[int, int]
    b: tuple[int, int]
    difference: float
    low: float
    high: float
    p: float
    adjusted: float
    note: str = ""
    sessions: int = 0
    df: float = float("nan")

    @property
    def direction(self) -> int:
        """1 where the interval says that B has more, -1 where it says that A has, 0 where it holds 0."""
        return int(self.low > 0) - int(self.high < 0)


def compared(outcome: _Outcome, people: People, *, name: str, words: str, level: float) -> Comparison:
    """Compare the versions in those whose outcome is known.

    Raises
    ------
    InputError
        Nobody of a version is known, or only people of one session are.
    """
    known = [k for k, y in enumerate(outcome) if y is not None]
    (xa, na), (xb, nb) = (_counted(outcome, people, known, arm) for arm in ARMS)
    if not na or not nb:
        raise InputError(f"In {name!r} nobody of a version is known.", "Code the answers of both, or leave this outcome out.")
    (low, high), p, note = newcombe(xb, nb, xa, na, level=level), p_of(xb, nb, xa, na), ""
    sessions, df = 0, float("nan")
    if any(people.sessions):
        rows = [(outcome[k] or 0, people.arms[k], people.sessions[k]) for k in known]
        rooms, df = _by_session(rows, people, name, level)
        low, high, p, note = _no_shorter(rooms, (low, high, p))
        sessions = len({room for _, _, room in rows})
    return Comparison(
        name=name,
        words=words,
        a=(xa, na),
        b=(xb, nb),
        difference=xb / nb - xa / na,
        low=max(low, -1.0),
        high=min(high, 1.0),
        p=p,
        adjusted=p,
        note=note,
        sessions=sessions,
        df=df,
    )


def _no_shorter(rooms: tuple[float, float, float, str], alone: tuple[float, float, float]) -> tuple[float, float, float, str]:
    """Limits of sessions, moved out to those of people: that sessions are more alike than chance makes them is itself chance."""
    low, high, p, note = rooms
    lows, highs = ([x for x in pair if x == x] for pair in ((low, alone[0]), (high, alone[1])))
    longer = min(lows) != low or max(highs) != high
    return min(lows), max(highs), max(p, alone[2]) if p == p else p, note or (ALIKE if longer else "")


def adjusted_to(one: Comparison, p: float) -> Comparison:
    """The same with its p-value among others."""
    return replace(one, adjusted=p)


def _counted(outcome: _Outcome, people: People, known: Sequence[int], arm: str) -> tuple[int, int]:
    mine = [outcome[k] or 0 for k in known if people.arms[k] == arm]
    return sum(mine), len(mine)


def _by_session(rows: list[tuple[int, str, str]], people: People, name: str, level: float) -> tuple[tuple[float, float, float, str], float]:
    """Limits, p-value and note from the variance between sessions within each version; and the df of its t: sessions less two."""
    for arm in ARMS:
        if len({room for _, of, room in rows if of == arm}) < 2:
            raise InputError(
                f"In {name!r} a version was read in one session only: what it shows may be the session.", "Two sessions are the least."
            )
    # A column of nought only has no row for 1: what is compared then is who did not.
    turned = not any(y for y, _, _ in rows)
    columns = {"y": [1 - y if turned else y for y, _, _ in rows], "arm": [a for _, a, _ in rows], "session": [s for _, _, s in rows]}
    survey = Survey(frame_of({**columns, "w": [1.0] * len(rows)}, people.backend), weights="w", strata="arm", psu="session")
    est = proportion(survey, "y", by="arm", level=level)
    made = difference(est, {"arm": ARMS[1]}, {"arm": ARMS[0]})
    low, high = float(made.interval.low[0]), float(made.interval.high[0])
    extreme = bool(np.isin(est.points, (0.0, 1.0)).any())
    p = float("nan") if extreme else _p_by_t(made)
    df = float("nan") if extreme else float(made.df[0])
    return ((-high, -low, p, NO_SESSIONS) if turned else (low, high, p, NO_SESSIONS if extreme else "")), df


def _p_by_t(made: Estimate) -> float:
    se = float(made.se[0])
    return float(2 * stdtr(made.df[0], -abs(float(made.points[0])) / se)) if se > 0 else float("nan")
