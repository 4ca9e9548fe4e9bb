"""How many interviews show a difference between two groups or two rounds, if there is one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.special import ndtri

from evidencekit.errors import InputError, one_of
from evidencekit.sampling.sizing.checks import Side, correlation, normal, number, population_size, positive, power_wanted, share
from evidencekit.sampling.sizing.sizes import SampleSize, finite, told

__all__ = ["TwoSamples", "cohens_h", "n_for_difference", "n_for_mean_difference"]

Comparison = Literal["unpooled", "pooled", "arcsine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSamples:
    """How two samples that are compared relate to each other.

    Parameters
    ----------
    ratio : float
        Size of the second sample over that of the first.
    overlap : float
        Share of the first sample that is in the second too, from 0 to 1: a panel, or primary sampling units kept.
    correlation : float
        Between the two answers of someone who is in both.

    Raises
    ------
    InputError
        A ratio that is not above 0, an overlap the second sample has no room for, a correlation outside -1 to 1.

    Examples
    --------
    >>> from evidencekit.sampling import TwoSamples, n_for_difference
    >>> n_for_difference(0.05, 0.08, samples=TwoSamples(overlap=0.5, correlation=0.4)).rounded
    850
    """

    ratio: float = 1.0
    overlap: float = 0.0
    correlation: float = 0.0

    def __post_init__(self) -> None:
        positive("ratio", self.ratio)
        correlation("correlation", self.correlation)
        if not 0 <= number("overlap", self.overlap) <= min(1.0, float(self.ratio)):
            raise InputError("overlap= is the share of the first sample that is in the second: from 0 to 1, and to ratio=.")

    def spread(self, first: float, second: float) -> float:
        """N of the first sample times the variance of the difference, from the variances of one answer in each."""
        shared = 2 * self.overlap * self.correlation * math.sqrt(first * second)
        return first + (second - shared) / self.ratio


def n_for_difference(
    p1: float,
    p2: float,
    *,
    power: float = 0.8,
    level: float = 0.95,
    alternative: Side = "two-sided",
    method: Comparison = "unpooled",
    samples: TwoSamples | None = None,
    deff: float = 1.0,
    population: float | None = None,
) -> SampleSize:
    """How many in the first group show that two proportions differ, if they differ so much.

    Parameters
    ----------
    p1, p2 : float
        The proportions expected in the two groups or rounds.
    power : float
        The chance wanted of finding the difference.
    level : float
        One minus the chance of finding a difference where there is none.
    alternative : {"two-sided", "one-sided"}
        One-sided only if a difference the other way would be treated as none.
    method : {"unpooled", "pooled", "arcsine"}
        The variance under no difference: each group's own, that of both together, or the variance-stabilising transformation.
    samples : TwoSamples, optional
        Sizes of the two, and how much they overlap. Default: equally large and apart.
    deff : float
        Design effect of either sample.
    population : float, optional
        Size of each group's population.

    Returns
    -------
    SampleSize
        Of the first group; ``steps`` has the second.

    Raises
    ------
    InputError
        Proportions that are equal or outside 0 to 1, an overlap with a method that has no place for it.

    Notes
    -----
    ``n1 = (z + z_power)^2 (v1 + v2/k - 2 o rho sqrt(v1 v2)/k) / (p1 - p2)^2`` with ``v = p (1 - p)``, k the ratio and o the overlap.
    Pooled: ``(z sqrt((1 + 1/k) v) + z_power sqrt(v1 + v2/k))^2 / (p1 - p2)^2``, v of the mean of both samples. Arcsine:
    ``(z + z_power)^2 (1 + 1/k) / h^2`` with `cohens_h`.

    References
    ----------
    Kish (1965). Valliant, Dever and Kreuter (2018), chapter 4 (nProp2sam of PracTools). Cohen, J. (1988), Statistical Power
    Analysis, chapter 6.

    Examples
    --------
    >>> from evidencekit.sampling import n_for_difference
    >>> n_for_difference(0.05, 0.08).rounded
    1057
    """
    p1, p2, deff, size = share("p1", p1), share("p2", p2), positive("deff", deff), population_size(population)
    one_of("method", method, ("unpooled", "pooled", "arcsine"))
    pair, z, z_power = two(samples), normal(level, alternative), float(ndtri(power_wanted(power)))
    if p1 == p2:
        raise InputError(
            "p1 and p2 are equal: no sample shows a difference that is not there.", "Give the smallest difference that matters."
        )
    if method == "arcsine":
        apart(pair, method)
        n0, words = ((z + z_power) / cohens_h(p1, p2)) ** 2 * (1 + 1 / pair.ratio), "n0 = (z + z_power)^2 (1 + 1/ratio) / h^2"
    elif method == "pooled":
        apart(pair, method)
        null, own = spreads(p1, p2, pair)
        n0 = (z * math.sqrt(null) + z_power * math.sqrt(own)) ** 2 / (p1 - p2) ** 2
        words = "n0 = (z sqrt((1 + 1/ratio) v) + z_power sqrt(v1 + v2/ratio))^2 / (p1 - p2)^2"
    else:
        n0 = (z + z_power) ** 2 * spreads(p1, p2, pair)[1] / (p1 - p2) ** 2
        words = "n0 = (z + z_power)^2 (v1 + v2/ratio - 2 overlap correlation sqrt(v1 v2)/ratio) / (p1 - p2)^2, v = p(1-p)"
    return _sized(n0, words, {"p1": p1, "p2": p2, **_asked(power, level, alternative)}, pair, deff, size)


def n_for_mean_difference(
    difference: float,
    *,
    sd: float,
    sd2: float | None = None,
    power: float = 0.8,
    level: float = 0.95,
    alternative: Side = "two-sided",
    samples: TwoSamples | None = None,
    deff: float = 1.0,
    population: float | None = None,
) -> SampleSize:
    """How many in the first group show that two means differ, if they differ so much.

    Parameters
    ----------
    difference : float
        The smallest difference that matters.
    sd, sd2 : float
        Standard deviations in the two groups; the second is the first's unless given.
    power, level : float
        As in `n_for_difference`.
    alternative : {"two-sided", "one-sided"}
        As in `n_for_difference`.
    samples : TwoSamples, optional
        Sizes of the two, and how much they overlap.
    deff : float
        Design effect of either sample.
    population : float, optional
        Size of each group's population.

    Returns
    -------
    SampleSize
        Of the first group; ``steps`` has the second.

    Raises
    ------
    InputError
        No difference, or a standard deviation that is not above 0.

    Notes
    -----
    ``n1 = (z + z_power)^2 (s1^2 + s2^2/k - 2 o rho s1 s2/k) / difference^2``, by the normal distribution.

    References
    ----------
    Valliant, Dever and Kreuter (2018), chapter 4 (nDep2sam of PracTools).

    Examples
    --------
    >>> from evidencekit.sampling import n_for_mean_difference
    >>> n_for_mean_difference(0.2, sd=1).rounded
    393
    """
    gap = number("difference", difference)
    if gap == 0:
        raise InputError("difference is 0: no sample shows a difference that is not there.", "Give the smallest difference that matters.")
    first = positive("sd", sd)
    second = first if sd2 is None else positive("sd2", sd2)
    deff, size, pair = positive("deff", deff), population_size(population), two(samples)
    z = normal(level, alternative) + float(ndtri(power_wanted(power)))
    n0 = z**2 * pair.spread(first**2, second**2) / gap**2
    words = "n0 = (z + z_power)^2 (sd^2 + sd2^2/ratio - 2 overlap correlation sd sd2/ratio) / difference^2"
    given: dict[str, float | str] = {"difference": gap, "sd": first, "sd2": second, **_asked(power, level, alternative)}
    return _sized(n0, words, given, pair, deff, size, rescaled=False)


def cohens_h(p1: float, p2: float) -> float:
    """The difference of two proportions on the scale where its spread does not depend on them.

    Parameters
    ----------
    p1, p2 : float
        Proportions, above 0 and below 1.

    Returns
    -------
    float
        ``2 arcsin(sqrt(p1)) - 2 arcsin(sqrt(p2))``.

    Raises
    ------
    InputError
        A proportion outside 0 to 1.

    References
    ----------
    Cohen (1988), chapter 6.

    Examples
    --------
    >>> from evidencekit.sampling import cohens_h
    >>> round(cohens_h(0.15, 0.1), 4)
    0.1519
    """
    return 2 * (math.asin(math.sqrt(share("p1", p1))) - math.asin(math.sqrt(share("p2", p2))))


def two(samples: TwoSamples | None) -> TwoSamples:
    """The samples, or two of one size that are apart."""
    if samples is not None and not isinstance(samples, TwoSamples):
        raise InputError(f"samples= takes a TwoSamples(...), not a {type(samples).__name__}.")
    return samples or TwoSamples()


def apart(pair: TwoSamples, method: str) -> None:
    """Refuse samples that overlap."""
    if pair.overlap:
        raise InputError(f"method={method!r} has no place for samples that overlap.", "Use method='unpooled'.")


def spreads(p1: float, p2: float, pair: TwoSamples) -> tuple[float, float]:
    """N of the first sample times the variance of the difference: under no difference, and under this one."""
    both = (p1 + pair.ratio * p2) / (1 + pair.ratio)
    return (1 + 1 / pair.ratio) * both * (1 - both), pair.spread(p1 * (1 - p1), p2 * (1 - p2))


def _asked(power: float, level: float, alternative: str) -> dict[str, float | str]:
    return {"power": power, "level": level, "alternative": alternative}


def _sized(
    n0: float, words: str, given: dict[str, float | str], pair: TwoSamples, deff: float, size: float, rescaled: bool = True
) -> SampleSize:
    n = finite(n0, deff, size, rescaled)
    related = {"ratio": pair.ratio, "overlap": pair.overlap, "correlation": pair.correlation}
    given |= {name: value for name, value in related.items() if value != (1 if name == "ratio" else 0)}
    return SampleSize(n, "interviews in group 1", *told(words, given, deff, size, rescaled), steps={"group 2": n * pair.ratio})
