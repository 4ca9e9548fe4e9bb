"""One cell of an Estimate as an Estimate of its own, so that rounds with other groups beside it can be set against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evidencekit.estimate import Cells, Covariance, Estimate

__all__ = ["single"]


def single(est: Estimate, row: int) -> Estimate:
    """The Estimate of one cell.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.findings.claims.single import single
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> len(single(ek.proportion(survey, "internet_daily", by="sex"), 1))
    1
    """
    at = np.array([row])
    variance = est.covariance.variances[at]
    return replace(
        est,
        cells=Cells({c: (v[row],) for c, v in est.cells.columns.items()}, est.cells.by),
        points=est.points[at],
        covariance=Covariance(variance, variance.reshape(1, 1), None),
        df=est.df[at],
        interval=replace(est.interval, low=est.interval.low[at], high=est.interval.high[at]),
        counts=est.counts.of(at),
        support=None,
        flags=est.flags[row : row + 1],
    )
