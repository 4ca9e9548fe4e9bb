"""Cumulative incidence: the share to whom something has happened by an age, whoever could be followed for how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit.columns import Bools, Codes, Floats, numeric
from evidencekit.errors import InputError, check_level, is_whole
from evidencekit.estimate import Cells, Estimate
from evidencekit.models.events.times import Times, blanks_of, times_of
from evidencekit.survey.design.units import cross
from evidencekit.survey.summing.domains import Where, names_of, need_survey
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.intervals import critical, logit_limits, reals
from evidencekit.survey.uncertainty.scope import Scope, scope_of

__all__ = ["cumulative_incidence"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Curve:
    """The weighted Aalen-Johansen curve of one kind of event: before and at each event time, and what influence needs."""

    share: Floats
    left: Floats
    risk: Floats
    hazard: Floats
    own_hazard: Floats
    gone: Floats


def cumulative_incidence(
    survey: Survey,
    *,
    time: str,
    event: str,
    at: float | Iterable[float],
    by: str | Sequence[str] | None = None,
    cause: int = 1,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Estimate:
    """The share to whom something has happened by given ages or times.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    time : str
        Column: the age at which it happened first; of people to whom it did not, their age now. Where they were not asked for an age, as
        forms have it, fill it in first, with pandas ``frame["age_first"].fillna(frame["age"])``.
    event : str
        Column: 0 where it has not happened by `time`, 1 where it has; 2, 3, ... where something else happened that ends the waiting.
    at : float or several of them
        Ages or times at which the share is wanted: ``at=18`` is "before or at 18" in the units of `time`.
    by : str or sequence of str, optional
        Split by the combinations of these columns that occur.
    cause : int
        Which kind of event, default 1.
    where : narwhals expression or str, optional
        A domain, such as those aged 18 to 24: the older are asked about longer ago.
    where_label : str
        The domain in words.
    level : float
        Confidence level, default 0.95.

    Returns
    -------
    Estimate
        One cell per group and time, in a column ``at``; statistic ``"cumulative incidence"``, which is not mixed with a share of a recall
        period: `difference` refuses the two. NaN, and a flag, beyond the last time at which anybody of the group is at risk.

    Raises
    ------
    UnknownColumn, InputError
        A column is not there, holds categories or impossible numbers; `at` is no number; nobody to whom it has not happened has a time.
    EstimationError
        No event happened.

    Notes
    -----
    One less Kaplan and Meier's estimate of survival (``survfit`` and ``sts`` elsewhere), with several kinds of events Aalen and Johansen's,
    with weights; variances by linearising its product over event times. Limits are made on the logit scale.

    References
    ----------
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5, 141-150. Williams (1995), Product-limit survival functions with
    correlated survival times, Lifetime Data Analysis 1, 171-186.

    Examples
    --------
    >>> import numpy as np, pandas as pd, evidencekit as ek
    >>> seed = np.random.default_rng(1)
    >>> now, first = seed.integers(18, 25, 400), seed.integers(8, 40, 400)
    >>> frame = pd.DataFrame({"age": np.minimum(now, first), "told": (first <= now) * 1, "area": seed.integers(0, 40, 400), "w": 1.0})
    >>> young = ek.Survey(frame, weights="w", psu="area")
    >>> est = ek.models.cumulative_incidence(young, time="age", event="told", at=[12, 17])
    >>> bool(est.points[0] < est.points[1])
    True
    """
    check_level(level)
    wanted = reals(at)
    if not wanted:
        raise InputError("at= takes ages or times as numbers.")
    need_survey(survey, "cumulative_incidence()")
    if not is_whole(cause, least=1):
        raise InputError("cause= is the number of a kind of event: 1, 2, ...")
    split = names_of(by, "by=", survey)
    blanks = blanks_of(survey, time, event, None)
    for name in split:
        codes = survey.column(name).codes
        blanks[name] = codes < 0 if codes.min() < 0 else None
    scope = scope_of(survey, blanks, "cumulative_incidence()", where=where, where_label=where_label)
    groups, labels = _groups(survey, scope, split)
    times = times_of(survey, scope, time, event, None)
    if not (times.cause == cause).any():
        raise InputError(f"cause= names no kind of event in {event!r}.", "Kinds are the numbers 1, 2, ... in the column.")

    order = np.argsort(groups, kind="stable")
    parts = [(rows, times.some(rows)) for rows in np.split(order, np.cumsum(np.bincount(groups))[:-1])]

    def curve(w: Floats) -> Floats:
        return np.concatenate([_shares(_aalen_johansen(own, w[rows], cause), own, wanted) for rows, own in parts])

    points = curve(scope.w)
    spread = scope.spread(points, lambda: _influence(scope, parts, wanted, cause), curve)
    frame: Any = survey.rows.frame
    until = numeric(frame[time], "Column")[scope.rows]
    beyond = np.concatenate([np.array(wanted) > until[rows].max() for rows, _ in parts])
    points = np.where(beyond, np.nan, points)
    columns: dict[str, Any] = {"variable": (event,) * len(points), "at": tuple(wanted) * len(labels)}
    for k, name in enumerate(split):
        columns[name] = tuple(label[k] for label in labels for _ in wanted)
    said = ("cumulative incidence", f"share with {event} by {time}")
    limits = logit_limits(points, np.diagonal(spread), critical(np.array(scope.df), level))
    made = scope.estimate(columns, points, spread, said=said, level=level, limits=(*limits, "logit"))
    cases = [float((came <= at).sum()) for _, own in parts for came in [_came(own, cause)] for at in wanted]
    return _counted(made, scope, groups, (split, np.array(cases), beyond))


def _groups(survey: Survey, scope: Scope, split: tuple[str, ...]) -> tuple[Codes, list[tuple[Any, ...]]]:
    """Each row's group, and the groups' labels."""
    if not split:
        return np.zeros(scope.n, dtype=np.intp), [()]
    columns = [survey.column(name) for name in split]
    codes, _, first = cross([(column.codes[scope.rows], len(column.levels)) for column in columns])
    return codes, [tuple(column.levels[column.codes[scope.rows[row]]] for column in columns) for row in first]


def _aalen_johansen(times: Times, w: Floats, cause: int) -> _Curve:
    risk, all_events, own = times.at_risk(w), times.events(w), times.events(w, cause)
    safe = np.where(risk > 0, risk, 1.0)
    hazard, own_hazard = np.minimum(all_events / safe, 1.0), own / safe
    left = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])
    return _Curve(np.cumsum(left * own_hazard), left, safe, hazard, own_hazard, risk - all_events)


def _shares(curve: _Curve, times: Times, wanted: Sequence[float]) -> Floats:
    place = np.searchsorted(times.at, wanted, side="right")
    return np.concatenate([[0.0], curve.share])[place]


def _influence(scope: Scope, parts: list[tuple[Codes, Times]], wanted: Sequence[float], cause: int) -> Iterator[Floats]:
    """Each row's influence on every share (m,), group by group and time by time."""
    for rows, times in parts:
        curve = _aalen_johansen(times, scope.w[rows], cause)
        stays = np.where(curve.gone > 1e-12 * curve.risk, curve.gone, np.inf)  # where nobody is left nothing more can happen
        first = _running(curve.left * curve.own_hazard / curve.risk)
        second, third = _running(curve.hazard / stays), _running(curve.share * curve.hazard / stays)
        own = np.flatnonzero(times.happened)
        event = times.until[own] - 1
        for place in np.searchsorted(times.at, wanted, side="right"):
            share = curve.share[place - 1] if place else 0.0
            until, after = np.minimum(times.until, place), np.minimum(times.after, place)
            z = -(first[until] - first[after]) + share * (second[until] - second[after]) - (third[until] - third[after])
            come = event < place
            who, when = own[come], event[come]
            z[who] += (times.cause[who] == cause) * curve.left[when] / curve.risk[when] - (share - curve.share[when]) / stays[when]
            out = np.zeros(scope.n)
            out[rows] = z
            yield out


def _running(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def _came(times: Times, cause: int) -> Floats:
    """When it happened, of those to whom it did."""
    return times.at[times.until[times.cause == cause] - 1]


def _counted(made: Estimate, scope: Scope, groups: Codes, known: tuple[tuple[str, ...], Floats, Bools]) -> Estimate:
    """With what each group rests on, and what must be said of each cell."""
    split, cases, beyond = known
    count = int(groups.max()) + 1
    counts = replace(scope.counts(groups, count).of(np.repeat(np.arange(count), len(made) // count)), cases=cases)
    flags = []
    for flag, far, share in zip(made.flags, beyond, made.points, strict=True):
        word = "nobody was followed so long" if far else "no interval: nobody or everybody so far" if share in (0.0, 1.0) else ""
        flags.append("; ".join(x for x in (flag, word) if x))
    return replace(made, cells=Cells(made.cells.columns, split), counts=counts, flags=tuple(flags))
