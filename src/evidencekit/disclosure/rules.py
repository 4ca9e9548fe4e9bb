"""The rules of a release: which cells could identify someone, which would give those away, which are too uncertain."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.estimate import Estimate
from evidencekit.survey.uncertainty.intervals import ProportionInterval, proportion_limits

__all__ = ["CASES", "PSUS", "doubts", "reasons"]

CASES, PSUS = 10, 3
UNKNOWN = "what this number rests on is not known: pass n= and cases= to replicate()"


def reasons(est: Estimate) -> list[str]:
    """Per cell, why it may not be shown; empty where it may."""
    out = [_primary(est, i) for i in range(len(est))]
    _between(est, out)
    _secondary(est, out)
    return out


def _primary(est: Estimate, i: int) -> str:
    counts = est.counts
    if np.isnan(counts.n[i]):
        return UNKNOWN
    if counts.psus[i] < PSUS:
        return f"fewer than {PSUS} sampling units"
    if counts.n[i] < CASES:
        return f"fewer than {CASES} answers"
    cases = counts.cases[i]
    if not np.isnan(cases):
        if cases < CASES:
            return f"fewer than {CASES} cases"
        if counts.n[i] - cases < CASES:
            return f"fewer than {CASES} who are not cases"
    if est.statistic == "quantile":
        share = float(est.cells.columns["quantile"][i])
        if counts.n[i] * min(share, 1 - share) < CASES * (1 - 1e-12):
            return f"fewer than {CASES} answers on one side"
    return ""


def _between(est: Estimate, why: list[str]) -> None:
    """Hide points of one distribution with too few answers between them and the point before that is shown."""
    found = _distribution(est)
    if found is None:
        return
    axis, below = found
    columns = est.cells.columns
    blocks: dict[tuple[Any, ...], list[int]] = {}
    for i in range(len(est)):
        blocks.setdefault(tuple(v[i] for c, v in columns.items() if c != axis), []).append(i)
    for block in blocks.values():
        last: int | None = None
        for i in sorted((i for i in block if not why[i]), key=lambda i: columns[axis][i]):
            same = last is not None and columns[axis][i] == columns[axis][last]
            if last is not None and not same and below[i] - below[last] < CASES * (1 - 1e-12):
                why[i] = f"fewer than {CASES} answers between this and another one shown"
            else:
                last = i


def _distribution(est: Estimate) -> tuple[str, Floats] | None:
    """The column that orders the points of a distribution, and how many answers lie below each; None for other statistics."""
    if est.statistic == "cdf":
        return "at", est.counts.cases
    if est.statistic == "quantile":
        return "quantile", est.counts.n * np.array(est.cells.columns["quantile"], dtype=np.float64)
    return None


def _secondary(est: Estimate, why: list[str]) -> None:
    """Hide more cells wherever a block hides exactly one, or hides so few cases that their sum still says too much."""
    columns = est.cells.columns
    splits = [c for c in ("category", *est.cells.by) if len(set(columns.get(c, ()))) > 1]
    changed = True
    while changed:
        changed = False
        for split in splits:
            blocks: dict[tuple[Any, ...], list[int]] = {}
            for i in range(len(est)):
                blocks.setdefault(tuple(v[i] for c, v in columns.items() if c != split), []).append(i)
            for block in blocks.values():
                hidden, shown = [i for i in block if why[i]], [i for i in block if not why[i]]
                if hidden and shown and (len(hidden) == 1 or sum(_size(est, i) for i in hidden) < CASES):
                    why[min(shown, key=lambda i: _size(est, i))] = "would give a hidden cell away"
                    changed = True


def _size(est: Estimate, i: int) -> float:
    cases = est.counts.cases[i]
    return float(est.counts.n[i] if np.isnan(cases) else min(cases, est.counts.n[i] - cases))


def doubts(est: Estimate, i: int) -> str:
    """Why a cell is too uncertain: the NCHS standards for proportions; for other statistics, a relative standard error of 30 percent.

    References
    ----------
    Parker et al. (2017), National Center for Health Statistics Data Presentation Standards for Proportions, Vital Health Stat 2(175).
    """
    low, high, point = est.interval.low[i], est.interval.high[i], est.points[i]
    if np.isnan(low) or np.isnan(high):
        return "too uncertain: no interval"
    # A number of people that weights were fitted to has no width by right, and neither has a quantile of whole numbers.
    if low == high and est.statistic not in ("count", "total", "quantile"):
        return "too uncertain: an interval of no width"
    if est.statistic not in ("proportion", "cdf"):
        limit = est.statistic in ("mean", "total", "count", "ratio") and point != 0 and est.se[i] / abs(point) >= 0.3
        return "too uncertain: relative standard error of 30 percent or more" if limit else ""
    return _nchs(est, i)


def _nchs(est: Estimate, i: int) -> str:
    """The NCHS standards for a proportion, on their own interval: 95 percent, Korn-Graubard, whatever interval is shown."""
    n, df, point, v = (np.array([x[i]]) for x in (est.counts.n, est.df, est.points, est.covariance.variances))
    low, high = proportion_limits(point, v, n, df, level=0.95, how=ProportionInterval(method="nchs"))
    p, width = float(point[0]), float(high[0] - low[0])
    size = min(n[0], p * (1 - p) / v[0]) if 0 < p < 1 and v[0] > 0 else n[0]
    if size < 30:
        return "too uncertain: effective sample size under 30"
    if width >= 0.30:
        return "too uncertain: interval of 30 points or more"
    if width > 0.05 and width / p > 1.30:
        return "too uncertain: interval of more than 130 percent of the estimate"
    return "needs a statistician's review: fewer than 8 degrees of freedom" if df[0] < 8 else ""
