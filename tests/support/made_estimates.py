"""Estimates from numbers typed in, for rules that look at nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval


def made_estimate(
    statistic: str,
    points: Sequence[float],
    *,
    se: Sequence[float] | float = 0.01,
    n: Sequence[float] | float = 1000,
    cases: Sequence[float] | float = np.nan,
    df: Sequence[float] | float = 100,
    psus: Sequence[float] | float = 50,
    kish: Sequence[float] | float = 1.0,
    columns: Mapping[str, Sequence[Any]] | None = None,
) -> Estimate:
    """An Estimate of k cells told apart by a column "g", or by those given; limits are two standard errors away."""
    p = np.array(points, dtype=float)

    def spread(values: Sequence[float] | float) -> np.ndarray:
        return np.broadcast_to(np.array(values, dtype=float), p.shape).copy()

    error, by = spread(se), dict(columns) if columns else {"g": [f"group {i}" for i in range(len(p))]}
    answers, cost = spread(n), spread(kish)
    return Estimate(
        cells=Cells(
            {"variable": ("y",) * len(p), "category": ("",) * len(p), **{k: tuple(v) for k, v in by.items()}},
            by=tuple(c for c in by if c != "quantile"),
        ),
        points=p,
        covariance=Covariance(error**2, None, None),
        df=spread(df),
        interval=Interval(p - 2 * np.maximum(error, 1e-9), p + 2 * np.maximum(error, 1e-9)),
        counts=Counts(answers, spread(cases), spread(psus), 10 * answers, answers / cost, cost, cost),
        flags=("",) * len(p),
        statistic=statistic,
    )
