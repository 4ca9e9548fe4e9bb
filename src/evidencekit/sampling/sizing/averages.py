"""How many interviews estimate a mean, in all, in a domain, or over strata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from evidencekit.errors import InputError, how_many, one_of
from evidencekit.sampling.sizing.checks import normal, number, one_target, population_size, positive, rate
from evidencekit.sampling.sizing.sizes import SampleSize, finite, told

__all__ = ["n_for_domain", "n_for_mean", "n_for_stratified_mean"]


def n_for_mean(
    sd: float,
    *,
    mean: float | None = None,
    moe: float | None = None,
    relative_moe: float | None = None,
    rse: float | None = None,
    level: float = 0.95,
    deff: float = 1.0,
    population: float | None = None,
) -> SampleSize:
    """How many completed interviews estimate a mean as precisely as wanted.

    Parameters
    ----------
    sd : float
        Standard deviation expected in the population.
    mean : float, optional
        The mean expected; needed with `relative_moe` and `rse`.
    moe : float, optional
        Margin of error: half the interval's width, in the units of the mean.
    relative_moe : float, optional
        The same as a share of the mean.
    rse : float, optional
        Relative standard error.
    level : float
        Confidence level; not used with `rse`.
    deff : float
        Design effect.
    population : float, optional
        Size of the population.

    Returns
    -------
    SampleSize
        ``n`` unrounded.

    Raises
    ------
    InputError
        No or several targets, or a relative one without a mean.

    Notes
    -----
    ``n = deff S^2 / (V + deff S^2 / N)``, V the variance wanted.

    References
    ----------
    Cochran, W. G. (1977), Sampling Techniques, 3rd edition. Valliant, Dever and Kreuter (2018), chapter 3 (nCont, nContMoe of PracTools).

    Examples
    --------
    >>> from evidencekit.sampling import n_for_mean
    >>> n_for_mean(10, mean=10, rse=0.1, population=500).rounded
    84
    """
    sd, deff, size = positive("sd", sd), positive("deff", deff), population_size(population)
    target, wanted = one_target({"moe": moe, "relative_moe": relative_moe, "rse": rse})
    z, given = normal(level), {"sd": sd}
    scale = 1.0
    if target != "moe":
        if mean is None or number("mean", mean) == 0:
            raise InputError(f"{target}= is a share of the mean, which mean= gives and which is not 0.", "Pass mean=, or use moe=.")
        scale, given = abs(float(mean)), given | {"mean": float(mean)}
    given |= {target: wanted} | ({"level": level} if target != "rse" else {})
    z = 1.0 if target == "rse" else z
    words = {"moe": "n0 = z^2 sd^2 / moe^2", "relative_moe": "n0 = z^2 sd^2 / (relative_moe mean)^2", "rse": "n0 = sd^2 / (rse mean)^2"}
    n = finite((z * sd / (wanted * scale)) ** 2, deff, size)
    return SampleSize(n, "interviews", *told(words[target], given, deff, size, rescaled=False))


def n_for_domain(
    share: float,
    *,
    cv: float,
    rse: float,
    estimate: Literal["mean", "total"] = "mean",
    deff: float = 1.0,
    population: float | None = None,
) -> SampleSize:
    """How many interviews in all, so that the mean or total of a domain is as precise as wanted.

    Parameters
    ----------
    share : float
        Of the population that is in the domain, above 0 and at most 1.
    cv : float
        Standard deviation over the mean in the domain; for a proportion ``sqrt((1 - p) / p)``.
    rse : float
        Relative standard error wanted in the domain.
    estimate : {"mean", "total"}
        A total also has the spread of how many fall in the domain.
    deff : float
        Design effect in the domain, often nearer to 1 than in all.
    population : float, optional
        Size of the whole population.

    Returns
    -------
    SampleSize
        Interviews in all; ``steps`` has those to expect in the domain.

    Raises
    ------
    InputError
        A share outside 0 to 1, or a number that is not above 0.

    Notes
    -----
    ``n = deff U / (share rse^2 + deff U / N)`` with ``U = cv^2`` for a mean and ``cv^2 + 1 - share`` for a total.

    References
    ----------
    Valliant, Dever and Kreuter (2018), chapter 3 (nDomain of PracTools).

    Examples
    --------
    >>> from evidencekit.sampling import n_for_domain
    >>> n_for_domain(0.5, cv=1, rse=0.05).rounded
    800
    """
    part, cv, rse = rate("share", share), positive("cv", cv), positive("rse", rse)
    deff, size = positive("deff", deff), population_size(population)
    one_of("estimate", estimate, ("mean", "total"))
    unit = cv**2 if estimate == "mean" else cv**2 + 1 - part
    n = finite(unit / (part * rse**2), deff, size)
    words = f"n0 = {'cv^2' if estimate == 'mean' else '(cv^2 + 1 - share)'} / (share rse^2)"
    told_so = told(words, {"share": part, "cv": cv, "rse": rse}, deff, size, rescaled=False)
    return SampleSize(n, "interviews", *told_so, steps={"in the domain": n * part})


def n_for_stratified_mean(
    sizes: Sequence[float],
    *,
    means: Sequence[float],
    sds: Sequence[float],
    relative_moe: float | None = None,
    rse: float | None = None,
    level: float = 0.95,
    deffs: Sequence[float] | None = None,
) -> SampleSize:
    """How many interviews, best shared out over the strata, estimate the mean of all.

    Parameters
    ----------
    sizes : sequence of float
        Population of each stratum.
    means, sds : sequence of float
        The mean and standard deviation expected in each.
    relative_moe : float, optional
        Half the interval's width as a share of the mean. This or `rse`.
    rse : float, optional
        Relative standard error.
    level : float
        Confidence level; not used with `rse`.
    deffs : sequence of float, optional
        Design effect in each stratum.

    Returns
    -------
    SampleSize
        In all; ``steps`` has each stratum's share of it, unrounded, in the order given.

    Raises
    ------
    InputError
        Sequences of different lengths, a size or spread that is not above 0, no or two targets.

    Notes
    -----
    ``n = (sum W S)^2 / (V + sum W S^2 / N)``, shared out by ``W S`` (Neyman), with ``S^2 = deff sd^2``. No stratum is kept from being asked
    for more than it has: look at ``steps`` where strata are small.

    References
    ----------
    Cochran (1977). Gutierrez, R package samplesize4surveys (ss4stm).

    Examples
    --------
    >>> from evidencekit.sampling import n_for_stratified_mean
    >>> n_for_stratified_mean([1500, 1000, 2000], means=[45, 55, 100], sds=[9, 11, 20], relative_moe=0.03).rounded
    164
    """
    target, wanted = one_target({"relative_moe": relative_moe, "rse": rse})
    z = normal(level)
    size, middle, spread = _numbers("sizes", sizes), _numbers("means", means, signed=True), _numbers("sds", sds)
    design = np.ones(len(size)) if deffs is None else _numbers("deffs", deffs)
    if not len(size) == len(middle) == len(spread) == len(design) or not len(size):
        raise InputError("sizes, means=, sds= and deffs= have a number for each stratum.", "Give them the same length, in the same order.")
    total = float(size.sum())
    w, s = size / total, np.sqrt(design) * spread
    mean = float(w @ middle)
    if mean == 0:
        raise InputError(f"{target}= is a share of the mean, which is 0 here.", "Use n_for_mean(moe=) in each stratum.")
    variance = (wanted * mean / (z if target == "relative_moe" else 1.0)) ** 2
    n = float(w @ s) ** 2 / (variance + float(w @ s**2) / total)
    parts = n * w * s / float(w @ s)
    given: dict[str, float | str] = {"strata": len(size), "mean": mean, target: wanted}
    given |= {"level": level} if target == "relative_moe" else {}
    steps = {f"stratum {h + 1}": float(part) for h, part in enumerate(parts)}
    full = int((parts > size).sum())
    asked = how_many(full, "stratum is asked for more units than it has", "strata are asked for more units than they have")
    notes = (f"{asked}: take all there are, and plan the rest without them",) if full else ()
    words = "n = (sum W S)^2 / (V + sum W S^2 / N), S^2 = deff sd^2, shared out by W S"
    return SampleSize(n, "interviews", words, given, steps, notes)


def _numbers(name: str, values: Sequence[float], signed: bool = False) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__"):
        raise InputError(f"{name} takes a sequence of numbers, one for each stratum.")
    check = number if signed else positive
    return np.array([check(name, float(v) if isinstance(v, np.generic) else v) for v in values], dtype=np.float64)
