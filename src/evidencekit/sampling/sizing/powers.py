"""The chance that a sample of a given size finds what is there."""

from __future__ import annotations

import math

from scipy.special import nctdtr, ndtr, stdtrit

from evidencekit.errors import InputError, check_level, one_of
from evidencekit.sampling.sizing.checks import Side, normal, number, population_size, positive, share
from evidencekit.sampling.sizing.erring import Comparison, Errors, TwoSamples, cohens_h, two
from evidencekit.sampling.sizing.sizes import SampleSize, counted

__all__ = ["power_of_difference", "power_of_mean_difference", "power_of_proportion"]


def power_of_difference(
    p1: float,
    p2: float,
    *,
    n: float | SampleSize,
    level: float = 0.95,
    alternative: Side = "two-sided",
    method: Comparison = "unpooled",
    samples: TwoSamples | None = None,
    deff: float = 1.0,
    population: float | None = None,
) -> float:
    """The chance that two samples show that two proportions differ.

    Parameters
    ----------
    p1, p2 : float
        The proportions in the two groups or rounds.
    n : float or SampleSize
        Completed interviews in the first group.
    level : float
        One minus the chance of finding a difference where there is none.
    alternative : {"two-sided", "one-sided"}
        Two-sided: found either way round, the wrong one included, which is next to impossible once the power is worth having.
    method : {"unpooled", "pooled", "arcsine"}
        As in `n_for_difference`.
    samples : TwoSamples, optional
        Sizes of the two, and how much they overlap.
    deff : float
        Design effect of either sample.
    population : float, optional
        Size of each group's population.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    InputError
        A proportion outside 0 to 1, more interviews than the population has people.

    References
    ----------
    As `n_for_difference`, the other way round.

    Examples
    --------
    >>> from evidencekit.sampling import power_of_difference
    >>> round(power_of_difference(0.05, 0.1, n=400, method="pooled"), 4)
    0.7667
    """
    p1, p2, pair = share("p1", p1), share("p2", p2), two(samples)
    errors = Errors.of(p1, p2, pair, method)
    return _power(errors, *_sizes(n, deff, population, pair.ratio), level, alternative)


def power_of_mean_difference(
    difference: float,
    *,
    sd: float,
    n: float | SampleSize,
    level: float = 0.95,
    alternative: Side = "two-sided",
    samples: TwoSamples | None = None,
    deff: float = 1.0,
) -> float:
    """The chance that two samples show that two means differ, by the t distribution.

    Parameters
    ----------
    difference : float
        Between the means.
    sd : float
        Standard deviation, the same in both groups.
    n : float or SampleSize
        Completed interviews in the first group.
    level : float
        One minus the chance of finding a difference where there is none.
    alternative : {"two-sided", "one-sided"}
        As in `power_of_difference`.
    samples : TwoSamples, optional
        Sizes of the two, and how much they overlap.
    deff : float
        Design effect of either sample.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    InputError
        Fewer than two in either group, or something that is not a number.

    Notes
    -----
    The noncentral t distribution with ``n1 + n2 - 2`` degrees of freedom. Where few clusters are visited, degrees of freedom are fewer.

    References
    ----------
    Cohen (1988), chapter 2.

    Examples
    --------
    >>> from evidencekit.sampling import power_of_mean_difference
    >>> round(power_of_mean_difference(0.2, sd=1, n=300), 4)
    0.6864
    """
    gap, pair, count = abs(number("difference", difference)), two(samples), counted("n", n)
    check_level(level)
    one_of("alternative", alternative, ("two-sided", "one-sided"))
    if min(count, count * pair.ratio) < 2:
        raise InputError("n= has fewer than two in a group.", "A spread needs two.")
    se = positive("sd", sd) * math.sqrt(pair.spread(1, 1) * positive("deff", deff) / count)
    df = count * (1 + pair.ratio) - 2
    cut = float(stdtrit(df, (1 + level) / 2 if alternative == "two-sided" else level))
    right = 1 - _below(df, gap / se, cut)
    return right + (_below(df, gap / se, -cut) if alternative == "two-sided" else 0.0)


def power_of_proportion(
    p: float,
    null: float,
    *,
    n: float | SampleSize,
    level: float = 0.95,
    alternative: Side = "two-sided",
    method: Comparison = "unpooled",
    deff: float = 1.0,
    population: float | None = None,
) -> float:
    """The chance that a sample shows that a proportion is not the one it is compared with.

    Parameters
    ----------
    p : float
        The proportion there is.
    null : float
        The one it is compared with, a number without error such as a target.
    n : float or SampleSize
        Completed interviews.
    level : float
        One minus the chance of finding a difference where there is none.
    alternative : {"two-sided", "one-sided"}
        As in `power_of_difference`.
    method : {"unpooled", "pooled", "arcsine"}
        The variance under no difference: that of p, that of `null`, or the variance-stabilising transformation.
    deff : float
        Design effect.
    population : float, optional
        Size of the population.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    InputError
        A proportion outside 0 to 1, more interviews than the population has people.

    References
    ----------
    Cohen (1988), chapter 6 (arcsine; R package pwr). R package samplesize4surveys (b4p) for the unpooled, one-sided.

    Examples
    --------
    >>> from evidencekit.sampling import power_of_proportion
    >>> round(power_of_proportion(0.08, 0.05, n=600, method="arcsine"), 4)
    0.8509
    """
    p, null = share("p", p), share("null", null)
    one_of("method", method, ("unpooled", "pooled", "arcsine"))
    own, none = p * (1 - p), null * (1 - null)
    if method == "arcsine":
        errors = Errors.with_one(cohens_h(p, null), 1.0, 1.0)
    else:
        before = none if method == "pooled" else own
        errors = Errors(abs(p - null), before, own, before, own)
    return _power(errors, *_sizes(n, deff, population, 1.0), level, alternative)


def _below(df: float, centre: float, value: float) -> float:
    """The chance that a noncentral t is below a value.

    The series gives up far out in the tail, where the chance is below 1e-8.
    """
    found = float(nctdtr(df, centre, value))
    return 0.0 if math.isnan(found) else found


def _sizes(n: float | SampleSize, deff: float, population: float | None, ratio: float) -> tuple[float, float, float]:
    """Interviews, design effect and population, checked against each other."""
    count = counted("n", n)
    return count, positive("deff", deff), population_size(population, least=count * max(1.0, ratio))


def _power(errors: Errors, n: float, deff: float, size: float, level: float, side: str) -> float:
    """The chance that a normal estimate with this gap lies past the critical value."""
    z = normal(level, side)
    null, own = errors.at(n, deff, size)
    if own == 0:
        return float(errors.gap > 0)
    right = float(ndtr((errors.gap - z * null) / own))
    return right + (float(ndtr((-errors.gap - z * null) / own)) if side == "two-sided" else 0.0)
