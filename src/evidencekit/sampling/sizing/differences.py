"""How many interviews show a difference between two groups or two rounds, if there is one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from scipy.special import ndtri

from evidencekit.errors import InputError
from evidencekit.sampling.sizing.checks import Side, normal, number, population_size, positive, power_wanted, share
from evidencekit.sampling.sizing.erring import Comparison, Errors, TwoSamples, two
from evidencekit.sampling.sizing.sizes import SampleSize

__all__ = ["n_for_difference", "n_for_mean_difference"]

_WORDS = {
    "unpooled": "n0 = (z + z_power)^2 (v1 + v2/ratio - 2 overlap correlation sqrt(v1 v2)/ratio) / (p1 - p2)^2, v = p(1-p)",
    "pooled": "n0 = (z sqrt((1 + 1/ratio) v) + z_power sqrt(v1 + v2/ratio))^2 / (p1 - p2)^2, v of both together",
    "arcsine": "n0 = (z + z_power)^2 (1 + 1/ratio) / h^2, h of Cohen",
}


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
    ``(z + z_power)^2 (1 + 1/k) / h^2`` with `cohens_h`. In a population of N the variance is less by ``(v1 + v2 - 2 rho sqrt(v1 v2)) / N``,
    and n is solved for.

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
    pair, z, z_power = two(samples), normal(level, alternative), float(ndtri(power_wanted(power)))
    if p1 == p2:
        raise InputError(
            "p1 and p2 are equal: no sample shows a difference that is not there.", "Give the smallest difference that matters."
        )
    errors = Errors.of(p1, p2, pair, method)
    given = {"p1": p1, "p2": p2, "method": method, **_asked(power, level, alternative)}
    return _sized(errors, _WORDS[method], given, (z, z_power), pair, deff, size)


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
    both = normal(level, alternative), float(ndtri(power_wanted(power)))
    errors = Errors.with_one(gap, pair.spread(first**2, second**2), pair.known(first**2, second**2), scaled=False)
    words = "n0 = (z + z_power)^2 (sd^2 + sd2^2/ratio - 2 overlap correlation sd sd2/ratio) / difference^2"
    given: dict[str, float | str] = {"difference": gap, "sd": first, "sd2": second, **_asked(power, level, alternative)}
    return _sized(errors, words, given, both, pair, deff, size)


def _asked(power: float, level: float, alternative: str) -> dict[str, float | str]:
    return {"power": power, "level": level, "alternative": alternative}


def _sized(
    errors: Errors,
    words: str,
    given: Mapping[str, float | str],
    z: tuple[float, float],
    pair: TwoSamples,
    deff: float,
    size: float,
) -> SampleSize:
    n = errors.needed(z, deff, size, max(1.0, pair.ratio))
    related = {"ratio": pair.ratio, "overlap": pair.overlap, "correlation": pair.correlation}
    inputs = {**given, **{name: value for name, value in related.items() if value != (1 if name == "ratio" else 0)}}
    inputs |= {"deff": deff} if deff != 1 else {}
    words += "; times deff" if deff != 1 else ""
    if not math.isinf(size):
        inputs["population"] = size
        words += "; less where a good part of the population is asked"
    return SampleSize(n, "interviews in group 1", words, inputs, steps={"group 2": n * pair.ratio})
