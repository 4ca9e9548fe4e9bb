"""Girls and boys: whether each simulation finds a difference, in one pass over all of them."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from evidencekit.columns import Codes, Floats
from evidencekit.combining import difference
from evidencekit.combining.classes import has_design
from evidencekit.combining.contrasting import extreme
from evidencekit.estimate import Estimate

__all__ = ["LEVEL", "found"]

LEVEL = 0.95  # the interval of the difference that leaves 0 out: a test at 0.05


def found(split: Estimate, girls: Codes, boys: Codes, df: Floats) -> Floats:
    """1 where the interval of a difference leaves 0 out, else 0; not a number where there is no difference to judge.

    Parameters
    ----------
    split : Estimate
        Of many simulations by sex.
    girls, boys : arrays of int
        Their cells in each simulation; -1 where there is none.
    df : array
        Degrees of freedom of each whole simulation: girls and boys together are all of it.

    Notes
    -----
    The same as `difference` of each simulation (its test holds both to each other): the variance with the covariance of the two shares,
    Student's t, and where a share is 0 or 1 the limits from those of the two shares.
    """
    out = np.full(len(girls), np.nan)
    if not has_design(split.inference):
        return out
    for k in np.flatnonzero((girls >= 0) & (boys >= 0)):
        i, j = int(girls[k]), int(boys[k])
        if extreme(split, i) or extreme(split, j):
            limits = difference(split, i, j, level=LEVEL).interval
            out[k] = float(limits.low[0] > 0 or limits.high[0] < 0)
            continue
        part = split.covariance.of([i, j])
        se = np.sqrt(max(part[0, 0] + part[1, 1] - 2 * part[0, 1], 0.0))
        if df[k] > 0:
            out[k] = float(abs(split.points[i] - split.points[j]) > stdtrit(df[k], (1 + LEVEL) / 2) * se)
    return out
