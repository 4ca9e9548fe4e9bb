"""trend: how fast a number changes over three or more rounds, and whether the line hides a turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
from scipy.special import stdtr

from evidencekit.columns import Floats
from evidencekit.combining.contrasting import combined, joined, need_estimate
from evidencekit.errors import InputError, check_level
from evidencekit.estimate import Covariance, Estimate

__all__ = ["TERMS", "Heading", "heading", "trend"]

TERMS = ("slope", "bend", "first step", "last step")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Where a trend goes.

    Parameters
    ----------
    direction : {"rising", "falling", "turning", "unclear"}
        "rising" and "falling" where the slope is significant, unless the bend is too and the parabola's first and last steps go opposite
        ways: then the line would hide a turn. It is "turning" where both of those steps are significant. Else "unclear", which is not "no
        change" (see `equivalent`).
    bent : bool
        Whether the bend is significant: it rises or falls faster or slower than before, or turns.
    p, p_bend : float
        Two-sided p-values of the slope and of the bend; NaN where there is no test.
    """

    direction: str
    bent: bool
    p: float
    p_bend: float


def trend(
    estimates: Estimate | Sequence[Estimate], *, times: Sequence[float] | Mapping[Any, float], level: float | None = None
) -> Estimate:
    """The slope per unit of time over three or more rounds, and the bend of the line.

    Parameters
    ----------
    estimates : sequence of Estimate, or Estimate
        One for each round, of independent samples, with the same cells; or one Estimate with the rounds in a ``by=`` column, whose
        covariance is then used.
    times : sequence of float, or mapping
        When the rounds were, in any unit, in the order of the Estimates: 2016.5, 2019, 2023. Of one Estimate the time of each level of the
        column: ``{"2016": 2016, "2019": 2019, "2023": 2023}``.
    level : float, optional
        Confidence level; default that of the Estimate.

    Returns
    -------
    Estimate
        In a column ``trend`` four numbers for each cell of a round, first every slope, then the others. ``"slope"`` is per unit of time: of
        shares, 0.01 is a percentage point a year. ``"bend"`` is the coefficient of time squared. ``"first step"`` and ``"last step"``
        are how fast the parabola through the rounds changes, per unit of time, from the first round to the second and from the last but
        one to the last: of three rounds, those two changes themselves. What it rests on is that of the weakest round. `heading`
        reads it.

    Raises
    ------
    InputError
        Fewer than three rounds (two are a `difference`), a time twice, rounds that do not have the same cells, no such column.
    Refused
        Estimates of one sample.

    Notes
    -----
    The slope is a linear contrast with fixed weights, the orthogonal polynomial of first degree at the times of the rounds: the
    least-squares line through the true numbers, every round counting alike, straight or not. Weights by precision would have a smaller
    variance where the line holds, and where it does not, a meaning that hangs on sample sizes. The bend is the contrast of second
    degree. Variances follow from the rounds' own; degrees of freedom are those of all rounds of one design, or Satterthwaite's between
    independent ones. Where records of all rounds are at hand, statistical offices fit the same polynomials to those; this needs the
    rounds' estimates only. For shares near 0 or 1 a line through shares and one through logits differ.

    With few rounds a turn is easily missed: three rounds have one degree of freedom for it. A bend that is not significant is not a
    straight line. Where a round is a share of 0 or 1, there is no interval.

    References
    ----------
    Ingram et al. (2018), NCHS Vital Health Stat 2(179), for linear and quadratic terms of trends in surveys. Satterthwaite (1946),
    Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> import evidencekit as ek
    >>> published = {"group": ["girls"] * 3, "estimate": [0.10, 0.13, 0.16], "low": [0.08, 0.11, 0.14], "high": [0.12, 0.15, 0.18]}
    >>> import pandas as pd
    >>> rounds = [
    ...     ek.combining.reported(pd.DataFrame(published).iloc[[i]], by="group", level=0.95, inference="probability", source=f"round {i}")
    ...     for i in range(3)
    ... ]
    >>> made = ek.combining.trend(rounds, times=[2016, 2019, 2022])
    >>> round(float(made.points[0]), 4), ek.combining.heading(made).direction
    (0.01, 'rising')
    """
    if isinstance(estimates, Estimate):
        base, when, rows = _of_column(estimates, times)
        whole = [(estimates, r) for line in rows for r in line]  # round by round
        matrix = estimates.covariance.of([r for _, r in whole])
        columns = {c: tuple(v[r] for r in rows[0]) for c, v in estimates.cells.columns.items() if c != base}
        like = estimates
    else:
        like, when, ests = _of_rounds(estimates, times)
        whole = [(one, r) for one in ests for r in range(len(one))]
        matrix = _blocks(ests)
        columns = dict(like.cells.columns)
    rounds, size = len(when), len(whole) // len(when)
    weights = _weights(when)
    cells = [[whole[t * size + g] for t in range(rounds)] for g in range(size)]
    points = np.array([one.points[r] for one, r in whole]).reshape(rounds, size)
    # A number that is hidden in one round is unknown in all of its trend, and the other cells' trends are as they are.
    values = (weights @ points).ravel()
    blocks = matrix.reshape(rounds, size, rounds, size)
    spread = np.einsum("at,tgsh,bs->agbh", weights, blocks, weights).reshape(len(values), len(values))
    df = np.array([_df(parts, line) for line in weights for parts in cells])
    table = {c: v * len(TERMS) for c, v in columns.items()} | {"trend": tuple(t for t in TERMS for _ in range(size))}
    said = f"{rounds} rounds at {', '.join(f'{t:g}' for t in when)}"
    like = replace(like, provenance=replace(like.provenance, policies=(*like.provenance.policies, ("trend", said))))
    made = (values, Covariance(np.diagonal(spread).copy(), spread, None), df)
    return combined(like, table, made, cells * len(TERMS), "trend", level)


def heading(made: Estimate, *, cell: Mapping[str, Any] | int | None = None, level: float | None = None) -> Heading:
    """Read a trend: rising, falling, turning or unclear.

    Parameters
    ----------
    made : Estimate
        What `trend` made.
    cell : mapping or int, optional
        Which cell of a round, as ``{"sex": "girl"}`` or its number from 0. Not needed where a round has one.
    level : float, optional
        Of the two tests, the Estimate's own by default.

    Returns
    -------
    Heading

    Raises
    ------
    InputError
        It is no trend, does not have that cell, or has several and none was named.

    Examples
    --------
    >>> from evidencekit.combining import heading, reported, trend
    >>> import pandas as pd
    >>> rounds = [
    ...     reported(
    ...         pd.DataFrame({"group": ["girls"], "estimate": [p], "low": [p - 0.01], "high": [p + 0.01]}),
    ...         by="group",
    ...         level=0.95,
    ...         inference="probability",
    ...         source=f"round of {p}",
    ...     )
    ...     for p in (0.10, 0.20, 0.15)
    ... ]
    >>> heading(trend(rounds, times=[2016, 2019, 2022])).direction
    'turning'
    """
    need_estimate(made, "heading()")
    if made.statistic != "trend" or len(made) % len(TERMS):
        raise InputError(f"heading() reads a trend, and this is a {made.statistic or 'number'}.", "Make one with trend().")
    size = len(made) // len(TERMS)
    if isinstance(cell, Mapping):
        cell = made.cells.find({**cell, "trend": TERMS[0]})
    elif cell is None and size == 1:
        cell = 0
    if isinstance(cell, bool) or not isinstance(cell, (int, np.integer)) or not 0 <= cell < size:
        raise InputError(f"A round of this trend has {size} cells.", 'Name one, as cell={"sex": "girl"} or by its number from 0.')
    level = made.interval.level if level is None else level
    check_level(level)
    rows = [k * size + int(cell) for k in range(len(TERMS))]
    p, p_bend, *of_steps = (_two_sided(made, row) for row in rows)
    bent = p_bend <= 1 - level
    first, last = (float(made.points[row]) for row in rows[2:])
    if bent and first * last < 0:
        direction = "turning" if max(of_steps) <= 1 - level else "unclear"
    elif p <= 1 - level:
        direction = "rising" if made.points[rows[0]] > 0 else "falling"
    else:
        direction = "unclear"
    return Heading(direction=direction, bent=bent, p=p, p_bend=p_bend)


def _two_sided(made: Estimate, row: int) -> float:
    if np.isnan(made.points[row]) or np.isnan(made.interval.low[row]):
        return float("nan")
    df, point, se = made.df[row], abs(float(made.points[row])), float(made.se[row])
    return float(2 * stdtr(df, -point / se)) if se > 0 else float(point == 0)


def _weights(when: Floats) -> Floats:
    """The four contrasts, a row each: orthogonal polynomials at the times, and the parabola's change over its first and last step."""
    u = when - when.mean()
    slope = u / (u @ u)
    lean = float((u**3).sum() / (u @ u))
    square = u**2 - lean * u - (u @ u) / len(u)
    bend = square / (square @ square)
    steps = [slope + bend * (a + b - lean) for a, b in (u[:2], u[-2:])]
    return np.stack([slope, bend, *steps])


def _df(parts: list[tuple[Estimate, int]], weights: Floats) -> float:
    """Those of all rounds of one design; between independent ones Satterthwaite's."""
    first, rows = parts[0][0], [r for _, r in parts]
    own = np.array([float(one.df[r]) for one, r in parts])
    if all(one is first for one, _ in parts):
        return first.support.df(rows) if first.support else float(np.min(own))
    v = weights**2 * np.array([float(one.covariance.variances[r]) for one, r in parts])
    moving = ~(v == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (v[moving] ** 2 / own[moving]).sum()
        return float(np.min(own)) if not moving.any() else float(v.sum() ** 2 / part)


def _blocks(ests: list[Estimate]) -> Floats:
    """The covariance of independent rounds, one after the other."""
    size = len(ests[0])
    out = np.zeros((size * len(ests),) * 2)
    for t, one in enumerate(ests):
        place = slice(t * size, (t + 1) * size)
        out[place, place] = one.vcov
        out[place, place][np.diag_indices(size)] = one.covariance.variances
    return out


def _of_rounds(given: Any, times: Any) -> tuple[Estimate, Floats, list[Estimate]]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        need_estimate(given, "trend()")
    rounds: list[Any] = list(given)
    for one in rounds:
        need_estimate(one, "trend()")
    if not isinstance(times, Sequence | np.ndarray) or isinstance(times, str) or len(times) != len(rounds):
        raise InputError(f"times= has one number for each of the {len(rounds)} Estimates, in their order.")
    when = _when(list(times))
    order = np.argsort(when)
    return (
        joined(*rounds, named='give their times by the levels of that column: trend(est, times={"2016": 2016, ...})'),
        when[order],
        [rounds[t] for t in order],
    )


def _of_column(est: Estimate, times: Any) -> tuple[str, Floats, list[list[int]]]:
    """The column that has the rounds; the times in order; for each the rows of its cells, in the same order."""
    if not isinstance(times, Mapping):
        raise InputError(
            "times= of one Estimate gives the time of each level of a column.", 'For example times={"2016": 2016, "2019": 2019}.'
        )
    columns = est.cells.columns
    found = [c for c in columns if set(columns[c]) == set(times) and c not in ("variable", "category")]
    if len(found) != 1:
        raise InputError(
            "No column has exactly the levels that times= names." if not found else "Several columns have the levels that times= names.",
            f"Name every level of one of {', '.join(est.cells.by)}, as to_frame() shows them." if est.cells.by else "Estimate with by=.",
        )
    when = _when(list(times.values()))
    levels = list(times)
    others = [c for c in columns if c != found[0]]
    place = {(columns[found[0]][i], *(columns[c][i] for c in others)): i for i in range(len(est))}
    groups = list(dict.fromkeys(tuple(columns[c][i] for c in others) for i in range(len(est))))
    rows = [[place.get((levels[t], *g), -1) for g in groups] for t in np.argsort(when)]
    if any(r < 0 for line in rows for r in line):
        raise InputError("Not every group has a number in every round.", "Estimate over groups that are in all rounds.")
    return found[0], np.sort(when), rows


def _when(given: list[Any]) -> Floats:
    if any(isinstance(t, bool) or not isinstance(t, Real) or not np.isfinite(float(t)) for t in given):
        raise InputError("times= are numbers, such as years: 2016.5 for the middle of 2016.")
    when = np.array([float(t) for t in given])
    if len(set(when.tolist())) < len(when):
        raise InputError(
            "Two rounds have the same time.", "Give each round its own; two samples of one time are a difference() or are pooled."
        )
    if len(when) < 3:
        raise InputError("A trend needs three rounds or more.", "Two are a change: difference(later, earlier).")
    return when
