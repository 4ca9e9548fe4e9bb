"""The error of a difference between two samples, and how large they must be for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.optimize import brentq

from evidencekit.errors import InputError, one_of
from evidencekit.sampling.sizing.checks import correlation, number, positive, share

__all__ = ["Comparison", "Errors", "TwoSamples", "cohens_h", "two"]

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

    def known(self, first: float, second: float) -> float:
        """N times what knowing all of a population of N takes off that variance."""
        return first + second - 2 * self.correlation * math.sqrt(first * second)


@dataclass(frozen=True, slots=True)
class Errors:
    """The gap to be seen, and n times its variance under no difference and under this one; for each what a census takes off, times N.

    `scaled`: the spread is p(1 - p), which is less than S^2 by (N - 1) / N.
    """

    gap: float
    null: float
    own: float
    null_known: float
    own_known: float
    scaled: bool = True

    @classmethod
    def with_one(cls, gap: float, spread: float, known: float, scaled: bool = True) -> Errors:
        """One spread, whether or not there is a difference."""
        return cls(abs(gap), spread, spread, known, known, scaled)

    @classmethod
    def of(cls, p1: float, p2: float, pair: TwoSamples, method: str) -> Errors:
        """Of two proportions."""
        one_of("method", method, ("unpooled", "pooled", "arcsine"))
        if method != "unpooled" and (pair.overlap or pair.correlation):
            raise InputError(f"method={method!r} has no place for samples that overlap.", "Use method='unpooled'.")
        if method == "arcsine":
            return cls.with_one(cohens_h(p1, p2), 1 + 1 / pair.ratio, 2.0)
        v1, v2 = p1 * (1 - p1), p2 * (1 - p2)
        own, known = pair.spread(v1, v2), pair.known(v1, v2)
        if method == "unpooled":
            return cls.with_one(p1 - p2, own, known)
        both = (p1 + pair.ratio * p2) / (1 + pair.ratio)
        return cls(abs(p1 - p2), (1 + 1 / pair.ratio) * both * (1 - both), own, 2 * both * (1 - both), known)

    def at(self, n: float, deff: float, size: float) -> tuple[float, float]:
        """Standard errors under no difference and under this one, with n in the first sample."""
        scale = deff / (1 - 1 / size) if self.scaled else deff
        null, own = (scale * (a / n - b / size) for a, b in ((self.null, self.null_known), (self.own, self.own_known)))
        return math.sqrt(max(null, 0.0)), math.sqrt(max(own, 0.0))

    def needed(self, z: tuple[float, float], deff: float, size: float, largest: float) -> float:
        """How many in the first sample, the larger of the two being `largest` times as large."""
        large = deff * ((z[0] * math.sqrt(self.null) + z[1] * math.sqrt(self.own)) / self.gap) ** 2
        if math.isinf(size):
            return large

        def short(n: float) -> float:
            null, own = self.at(n, deff, size)
            return z[0] * null + z[1] * own - self.gap

        most = size / largest
        if short(most) > 0:
            raise InputError(
                "The population is too small to show so small a difference.", "Interview everyone in it, or look for a larger one."
            )
        return float(brentq(short, min(large, most) * 1e-6, most, xtol=1e-10, rtol=1e-14, maxiter=1000)) if short(most) < 0 else most


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
