"""Interviewer effects: how much alike the answers are that one interviewer gets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri

from evidencekit.columns import Codes, Floats
from evidencekit.instrument.fieldwork.limits import Limits
from evidencekit.instrument.fieldwork.opened import Answers, Opened
from evidencekit.instrument.fieldwork.standing import Check

__all__ = ["Correlation", "correlations", "intraclass"]

_NOTE = (
    "Of the variance of an item, the share that is between interviewers (analysis of variance); what sets their areas apart is in it. "
    "Deft2: by how much that share multiplies the variance of a mean, 1 + (m - 1) rho, m answers an interviewer. The interval, of 95 %, "
    "rests on the F distribution: exact for normal answers and the same number of interviews each, approximate otherwise. Items with more "
    "than two answers have none. An item is flagged where the interval lies above 0.02; where leaving one interviewer out takes it below, "
    "the flag is that interviewer's, once for all items."
)
_FEWEST = 50  # answers
_HIGH = 0.02  # a correlation that is surely above this is flagged
_MANY, _LISTED = 200, 5  # interviewers left out in turn; items named in a flag


@dataclass(frozen=True, slots=True)
class Correlation:
    """The estimate, its interval, the F ratio and the size of a group that stands for all."""

    rho: float
    low: float
    high: float
    f: float
    size: float


def intraclass(values: Floats, groups: Codes, *, level: float = 0.95) -> Correlation:
    """The intraclass correlation of a one-way layout by analysis of variance.

    Parameters
    ----------
    values : (n,) or (n, k) floats
        A number for each row, or the indicators of k answers, whose sums of squares are added.
    groups : (n,) ints
        The group of each row.
    level : float
        Of the interval. Default 0.95.

    Returns
    -------
    Correlation
        ``rho = (MSB - MSW) / (MSB + (m - 1) MSW)``, which can be below 0, with ``m = (n - sum(n_i**2) / n) / (groups - 1)``. NaN where
        there are fewer than two groups, or nothing varies.

    Notes
    -----
    The interval inverts ``MSB / MSW``, which is F distributed: exact for normal values in groups of one size. Otherwise it is
    approximate, and adequate where the correlation is small to moderate (Donner and Wells). For several indicators it is NaN.

    References
    ----------
    Donner and Wells (1986), Biometrics 42, 401-412. Shrout and Fleiss (1979), Psychol. Bull. 86, 420-428.

    Examples
    --------
    >>> import numpy as np
    >>> from evidencekit.instrument.fieldwork import intraclass
    >>> made = intraclass(np.array([1.0, 2.0, 5.0, 6.0]), np.array([0, 0, 1, 1]))
    >>> made.f, round(made.rho, 4)
    (32.0, 0.9394)
    """
    x = values.reshape(len(values), -1)
    counts = np.bincount(groups)
    counts = counts[counts > 0].astype(np.float64)
    k, n = len(counts), len(x)
    nan = float("nan")
    if k < 2 or n <= k:
        return Correlation(nan, nan, nan, nan, nan)
    _, at = np.unique(groups, return_inverse=True)
    means = np.stack([np.bincount(at, weights=column) for column in x.T], axis=1) / counts[:, None]
    between = float((counts[:, None] * (means - x.mean(axis=0)) ** 2).sum()) / (k - 1)
    within = float(((x - means[at]) ** 2).sum()) / (n - k)
    size = (n - float((counts**2).sum()) / n) / (k - 1)
    if within <= 0:
        return Correlation(1.0 if between > 0 else nan, nan, nan, nan, size)
    f = between / within
    rho = (f - 1) / (f + size - 1)
    if x.shape[1] > 1:
        return Correlation(rho, nan, nan, f, size)
    tail = (1 - level) / 2
    ends = [f / float(fdtri(k - 1, n - k, p)) for p in (1 - tail, tail)]
    low, high = ((end - 1) / (end + size - 1) for end in ends)
    return Correlation(rho, low, high, f, size)


def correlations(work: Opened, limits: Limits) -> Check | None:
    """The correlation of every item with enough answers, the largest first; None where there is no such item."""
    rows: list[tuple[str, int, float, float, float, float]] = []
    for name, answers in work.answers.items():
        made = _values(answers)
        if made is None:
            continue
        values, rows_of = made
        found = intraclass(values, work.who[rows_of])
        if not np.isnan(found.rho):
            average = rows_of.sum() / len(np.unique(work.who[rows_of]))
            rows.append((name, int(rows_of.sum()), found.rho, found.low, found.high, 1 + (average - 1) * max(found.rho, 0.0)))
    if not rows:
        return None
    rows.sort(key=lambda row: -row[2])
    names = ("item", "answers", "rho", "low", "high", "deft2")
    alone = {name: _set_apart_by(work, name) for name, _, _, low, _, _ in rows if low > _HIGH}
    flags = [
        f"Item {name!r}: {100 * rho:.0f} % of the variance is between interviewers (at least {100 * low:.0f} %)."
        for name, _, rho, low, _, _ in rows
        if low > _HIGH and alone[name] < 0
    ]
    flags += [
        _one_flag(person, [name for name, k in alone.items() if work.people[k] == person and k >= 0]) for person in _causes(work, alone)
    ]
    return Check("correlation", "Interviewer effects", {n: [row[k] for row in rows] for k, n in enumerate(names)}, tuple(flags), _NOTE)


def _set_apart_by(work: Opened, name: str) -> int:
    """The interviewer without whom an item would not stand out, the one who matters most; -1 where no single one does."""
    made = _values(work.answers[name])
    if made is None:
        return -1
    values, rows = made
    who = work.who[rows]
    people = np.unique(who)
    if not 3 <= len(people) <= _MANY:  # of two it cannot be told which
        return -1
    without = [intraclass(values[who != k], who[who != k]).low for k in people]
    if np.isnan(without).all() or np.nanmin(without) > _HIGH:
        return -1
    return int(people[np.nanargmin(without)])


def _causes(work: Opened, alone: dict[str, int]) -> list[str]:
    return [work.people[k] for k in dict.fromkeys(alone.values()) if k >= 0]


def _one_flag(person: str, items: list[str]) -> str:
    """One sentence on one interviewer, however many items it is seen in."""
    shown = ", ".join(map(repr, items[:_LISTED])) + (f" and {len(items) - _LISTED} more" if len(items) > _LISTED else "")
    which = "item" if len(items) == 1 else "items"
    return (
        f"Interviewer {person}: answers to {len(items)} {which} are unlike the others' ({shown}); without this one they do not stand out."
    )


def _values(answers: Answers) -> tuple[Floats, np.ndarray] | None:
    """The answers as numbers, or as indicators, with the rows they are of."""
    if answers.item.kind in ("integer", "decimal"):
        x = answers.x
        rows = ~np.isnan(x)
        return (x[rows], rows) if rows.sum() >= _FEWEST else None
    if answers.item.kind != "select_one":
        return None
    rows = answers.given
    used, at = np.unique(answers.at[rows], return_inverse=True)
    if rows.sum() < _FEWEST or not 2 <= len(used) <= 50:
        return None
    if len(used) == 2:
        return at.astype(np.float64), rows
    return (at[:, None] == np.arange(len(used))).astype(np.float64), rows
