"""simultaneous: limits that hold for all cells of a declared family at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import expit, logit, stdtr, stdtrit

from evidencekit.columns import Codes, Floats
from evidencekit.combining.classes import has_design
from evidencekit.combining.contrasting import extreme, need_estimate
from evidencekit.combining.maxima import largest_t
from evidencekit.errors import InputError, Refused, one_of
from evidencekit.estimate import Cells, Covariance, Estimate, Interval, fingerprint

__all__ = ["simultaneous"]

WAYS = ("max-t", "sidak", "bonferroni")
Cell = Mapping[str, Any] | int


def simultaneous(est: Estimate, *, cells: Sequence[Cell] | None = None, how: str = "max-t") -> Estimate:
    """Widen intervals so that all cells of a family lie within theirs at once.

    Parameters
    ----------
    est : Estimate
        With two-sided limits.
    cells : sequence of mapping or int, optional
        The family, each as `difference` takes it; all cells by default. It is to be declared before the numbers are seen.
    how : {"max-t", "sidak", "bonferroni"}
        ``"max-t"`` (default) uses the covariance of the cells, so that numbers that go together cost little. ``"bonferroni"`` needs nothing
        but how many there are; ``"sidak"`` is a little narrower.

    Returns
    -------
    Estimate
        The cells of the family, with limits of the Estimate's own level for all of them together. Cells without limits stay so and do not
        count.

    Raises
    ------
    InputError
        Not an Estimate, one-sided limits, an unknown cell or one named twice.
    Refused
        No cell has limits.

    Notes
    -----
    For ``"max-t"`` the chance beyond each limit is that of a multivariate t with the largest degrees of freedom among the cells, where it
    is smallest; every cell takes its own t quantile of that chance. It is averaged over directions from a fixed seed, with the standard
    error that the provenance tells. Limits keep their shape: each is moved away by the ratio of the quantile to the one it was made with,
    on the logit scale for shares; those of a share of 0 or 1 are exact ones of the smaller tail.

    References
    ----------
    Hothorn, Bretz and Westfall (2008), Biometrical Journal 50, 346-363. Sidak (1967), JASA 62, 626-633.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "any_contact_unwanted", by="province")
    >>> wide = ek.combining.simultaneous(est)
    >>> bool((wide.interval.low < est.interval.low).all())
    True
    """
    need_estimate(est, "simultaneous()")
    one_of("how", how, WAYS)
    if est.interval.sided != "two":
        raise InputError("simultaneous() widens two-sided limits, and these are one-sided.", "Estimate with two-sided limits.")
    rows = np.arange(len(est)) if cells is None else _family(est, cells)
    made = _cells(est, rows)
    known = np.flatnonzero(np.isfinite(made.interval.low) & np.isfinite(made.interval.high))
    if not known.size:
        raise Refused("No cell of the family has limits that could be widened.", "Simultaneous limits are made of cells that have some.")
    tails, said = _tails(made, known, how)
    low, high = made.interval.low.copy(), made.interval.high.copy()
    for i, tail in zip(known, tails, strict=True):
        low[i], high[i] = _limits(made, int(i), float(tail))
    policy = ("simultaneous", f"{made.interval.level:.0%} for {len(known)} cells at once, {said}")
    told = replace(made.provenance, policies=(*made.provenance.policies, policy), data=fingerprint(made.points))
    return replace(
        made, interval=replace(made.interval, low=low, high=high, method=f"{made.interval.method}, simultaneous"), provenance=told
    )


def _family(est: Estimate, cells: Any) -> Codes:
    if isinstance(cells, (str, Mapping)) or not isinstance(cells, Sequence) or not cells:
        raise InputError("cells= is a list of cells, each a mapping of columns to labels or a number.")
    rows = np.array([est.cells.find(cell) for cell in cells], dtype=np.intp)
    if len(set(rows.tolist())) < len(rows):
        raise InputError("A cell is named twice in cells=.", "Name each cell of the family once.")
    return rows


def _cells(est: Estimate, rows: Codes) -> Estimate:
    """Some cells of an Estimate."""
    matrix = est.covariance.of(rows)
    return replace(
        est,
        cells=Cells({name: tuple(values[r] for r in rows) for name, values in est.cells.columns.items()}, est.cells.by),
        points=est.points[rows],
        covariance=Covariance(est.covariance.variances[rows], matrix, None),
        df=est.df[rows],
        interval=Interval(est.interval.low[rows], est.interval.high[rows], est.interval.level, est.interval.method, est.interval.sided),
        counts=est.counts.of(rows),
        support=None if est.support is None else replace(est.support, of_cell=est.support.of_cell[rows]),
        flags=tuple(est.flags[r] for r in rows) if est.flags else (),
    )


def _freedom(est: Estimate) -> Floats:
    """Degrees of freedom of the cells; infinite where limits are normal ones."""
    return np.where(np.isnan(est.df), np.inf, est.df) if not has_design(est.inference) else est.df


def _tails(est: Estimate, known: Codes, how: str) -> tuple[Floats, str]:
    """Of each known cell, the chance beyond one of its limits; and how it was found."""
    k, level = len(known), est.interval.level
    if how == "bonferroni":
        return np.full(k, (1 - level) / 2 / k), "Bonferroni"
    if how == "sidak":
        return np.full(k, -np.expm1(np.log(level) / k) / 2), "Sidak"
    matrix, df = est.covariance.of(known), _freedom(est)[known]
    moving = np.flatnonzero((est.covariance.variances[known] > 0) & (df > 0) & ~np.array([extreme(est, int(i)) for i in known]))
    still = k - len(moving)
    # Cells whose variance says nothing (shares of 0 or 1) are held apart, by their part of the error.
    part = level ** (len(moving) / k)
    tails = np.full(k, -np.expm1(np.log(level) / k) / 2)
    if not moving.size:
        return tails, "Sidak, since no cell has a variance"
    within = matrix[np.ix_(moving, moving)].copy()
    np.fill_diagonal(within, est.covariance.variances[known][moving])
    if not np.isfinite(within).all():
        raise InputError("The covariance of these cells is not known.", 'Use how="bonferroni".')
    se, most = np.sqrt(np.diagonal(within)), float(df[moving].max())
    c, error = largest_t(within / np.outer(se, se), most, part)
    tails[moving] = stdtr(most, -c)
    apart = f"; {still} of 0 or 1 by their exact limits" if still else ""
    return tails, f"largest of {len(moving)} t statistics with {most:.4g} df below {c:.4f} (standard error {error:.1g}){apart}"


def _limits(est: Estimate, i: int, tail: float) -> tuple[float, float]:
    """A cell's limits with `tail` beyond each."""
    p, low, high = float(est.points[i]), float(est.interval.low[i]), float(est.interval.high[i])
    given = (1 - est.interval.level) / 2
    if extreme(est, i):  # an exact limit: the share at which nobody in n answers has chance `tail`
        power = float(np.log(tail) / np.log(given))
        reach = high if p == 0 else 1 - low
        wide = -float(np.expm1(np.log1p(-reach) * power)) if reach < 1 else 1.0
        return (0.0, wide) if p == 0 else (1 - wide, 1.0)
    df = float(_freedom(est)[i])
    df = df if df > 0 else np.inf
    ratio = float(stdtrit(df, tail) / stdtrit(df, given))
    if est.statistic == "proportion" and 0 < p < 1 and low < p < high:
        center = float(logit(p))
        ends = [center + (float(logit(end)) - center) * ratio if 0 < end < 1 else float(logit(np.clip(end, 0, 1))) for end in (low, high)]
        return float(expit(ends[0])), float(expit(ends[1]))
    return p - (p - low) * ratio, p + (high - p) * ratio
