"""Every pair of an Estimate's cells: how sure it is that one is above the other."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr, stdtrit

from evidencekit.columns import Floats
from evidencekit.combining.classes import has_design
from evidencekit.combining.contrasting import extreme
from evidencekit.estimate import Estimate, Support

__all__ = ["one_sided", "p_above", "union_df"]

HALVINGS = 80


def one_sided(points: Floats, covariance: Floats, df: Floats) -> Floats:
    """For every i and j the one-sided p-value against "i is not above j"; NaN where it cannot be known.

    Parameters
    ----------
    points : (k,) array
        NaN where a number is hidden.
    covariance, df : (k, k) arrays
        Degrees of freedom are of the pair; infinite for a normal test.
    """
    gap = points[:, None] - points[None, :]
    own = np.diagonal(covariance)
    spread = np.sqrt(np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        # Numbers without any variance are above one another or are not; alike, each is as likely the larger.
        t = np.where(gap == 0, 0.0, gap / spread)
    unknown = np.isnan(gap) | np.isnan(spread) | ~(df > 0)
    p = np.where(unknown, np.nan, stdtr(np.where(unknown, 1.0, df), np.where(unknown, 0.0, -t)))
    np.fill_diagonal(p, np.nan)
    return p


def p_above(est: Estimate) -> Floats:
    """The same of an Estimate's cells, with their covariance and the degrees of freedom of both; of a share of 0 or 1 by limits."""
    k = len(est)
    own = est.df if has_design(est.inference) else np.where(np.isnan(est.df), np.inf, est.df)
    df = union_df(est.support) if est.support is not None else np.minimum(own[:, None], own[None, :])
    p = one_sided(est.points, est.covariance.of(np.arange(k)), df)
    at_edge = np.array([extreme(est, i) for i in range(k)], dtype=bool)
    for i in np.flatnonzero(at_edge):
        for j in np.flatnonzero(~at_edge | (np.arange(k) > i)):
            p[i, j], p[j, i] = _by_limits(est, int(i), int(j))
    return p


def union_df(support: Support) -> Floats:
    """Degrees of freedom of every pair of cells, `Support.df` of each: sampling units less strata of the two together."""
    from scipy.sparse import csr_array

    def shared(units: np.ndarray) -> Floats:
        """How many of them every two cells have in common; on the diagonal, how many each has."""
        pairs = np.unique(np.column_stack([support.group, units]), axis=0)
        shape = (int(max(support.group.max(initial=-1), support.of_cell.max(initial=-1))) + 1, int(units.max(initial=-1)) + 1)
        held = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)[support.of_cell]
        return (held @ held.T).toarray()

    out = 0.0
    for common, sign in ((shared(support.psu), 1.0), (shared(support.stratum[support.psu]), -1.0)):
        each = np.diagonal(common)
        out = out + sign * (each[:, None] + each[None, :] - common)
    return np.minimum(out, support.limit)


def _by_limits(est: Estimate, i: int, j: int) -> tuple[float, float]:
    """p-values of a pair with a share of 0 or 1: at which level the limits of the difference, made of the shares' own, leave 0 out."""
    gap = float(est.points[i] - est.points[j])
    if gap < 0:
        above, below = _by_limits(est, j, i)
        return below, above
    limits = (est.interval.low[i], est.interval.high[i], est.interval.low[j], est.interval.high[j], gap)
    if est.interval.sided != "two" or np.isnan(limits).any():
        return float("nan"), float("nan")
    if gap == 0:
        return 0.5, 0.5
    some, none = np.log(0.5), -700.0  # logarithms of the tail: at one the limits leave 0 out, at the other they do not
    for _ in range(HALVINGS):
        tail = (some + none) / 2
        reach = np.hypot(_reach(est, i, tail, upper=False), _reach(est, j, tail, upper=True))
        some, none = (tail, none) if reach < gap else (some, tail)
    p = float(np.exp(some))
    return p, 1 - p


def _reach(est: Estimate, row: int, tail: float, *, upper: bool) -> float:
    """How far a share's own limit is from it, where `tail`, a logarithm, is what is left beyond it."""
    p, given = float(est.points[row]), np.log((1 - est.interval.level) / 2)
    reach = float(est.interval.high[row] - p if upper else p - est.interval.low[row])
    if extreme(est, row):  # an exact limit: the share at which nobody in n answers has chance `tail`
        return -float(np.expm1(np.log1p(-reach) * tail / given)) if reach < 1 else 1.0
    df = est.df[row] if est.df[row] > 0 else np.inf
    return reach * float(stdtrit(df, np.exp(tail)) / stdtrit(df, np.exp(given)))
