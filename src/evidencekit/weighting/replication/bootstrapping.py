"""The bootstrap for survey designs: factors on sampling units, one row a replicate, never a column per row of data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.errors import WeightingError, one_of
from evidencekit.survey.design.units import Level, Units
from evidencekit.survey.survey import Survey
from evidencekit.weighting.replication.designs import (
    BREWER,
    Primary,
    blocks,
    differ,
    primary_of,
    random_rank,
    refuse_size,
    resampling_of,
    seeded,
    units_for,
    whole_number,
)

__all__ = ["Bootstrap", "bootstrap"]

Bootstrap = Literal["rao-wu", "canty-davison", "preston", "antal-tille", "generalised"]
Random = np.random.Generator
LARGEST = 5_000
MOST = 1_000_000


def bootstrap(survey: Survey, *, seed: int | Random, replicates: int = 200, method: Bootstrap = "rao-wu") -> Survey:
    """Give a survey bootstrap replicates.

    Parameters
    ----------
    survey : Survey
        Data in memory and a design of stages.
    seed : int or numpy Generator
        The same seed gives the same replicates.
    replicates : int
        How many; default 200, enough for standard errors. Quantile intervals want 500 or more.
    method : {"rao-wu", "canty-davison", "preston", "antal-tille", "generalised"}
        ``"rao-wu"`` (default) draws ``n_h - 1`` of a stratum's units with replacement and rescales. ``"canty-davison"`` draws ``n_h``
        from a population made of copies of the sample. ``"preston"`` halves the units of every stage, and is the one that follows
        finite population corrections at several stages. ``"antal-tille"`` is the doubled half bootstrap. ``"generalised"`` draws
        normal factors with the covariance of the variance estimator itself, and follows every design whose variance cannot come out
        negative, joint probabilities and Brewer's approximation included; Overton's, and Hartley and Rao's, can be negative.

    Returns
    -------
    Survey
        The same data and weights; variances come from the replicates, and each does the recorded weighting steps again.

    Raises
    ------
    WeightingError
        A design that the method cannot reproduce; the message names one that can.
    InputError
        `seed` or `replicates` is not one, lazy data, no design.

    Notes
    -----
    With a finite population correction the factors of Rao and Wu, and of Antal and Tille, are ``1 + sqrt(1 - f_h)(m - 1)`` for a unit
    drawn m times after rescaling. Scale ``1 / (R - 1)`` about the replicates' mean (Canty-Davison: times ``n / (n - 1)`` with n the
    harmonic mean of the strata's sizes); generalised: ``t**2 / R`` about the full sample, with t the smallest that keeps factors
    above 0.

    References
    ----------
    Rao, Wu and Yue (1992), Survey Methodology 18, 209-217. Canty and Davison (1999), The Statistician 48, 379-391. Preston (2009), Survey
    Methodology 35, 227-234. Antal and Tille (2014), Comput. Statist. 29, 1345-1363. Beaumont and Patak (2012), Int. Statist. Rev. 80,
    127-148.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> boot = ek.weighting.bootstrap(survey, seed=1)
    >>> bool(abs(ek.mean(boot, "hours_online").se / ek.mean(survey, "hours_online").se - 1) < 0.25)
    True
    """
    one_of("method", method, get_args(Bootstrap))
    replicates = whole_number("replicates", replicates, 2, MOST)
    units = units_for(survey, "bootstrap()")
    rng, said = seeded(seed)
    words = f"{replicates} {method} bootstrap replicates ({said})"
    scales = np.full(replicates, 1 / (replicates - 1))
    unit, mse = units.psu, False
    if method == "preston":
        factors, unit = _every_stage(units, replicates, rng), None
    elif method == "generalised":
        factors, stretch, unit = _normal(survey, units, replicates, rng)
        scales, mse = np.full(replicates, stretch**2 / replicates), True
    else:
        primary = primary_of(survey, f'bootstrap(method="{method}")')
        refuse_size(replicates, primary.n, bootstrap=True)
        draw = {"rao-wu": _rao_wu, "canty-davison": _from_copies(), "antal-tille": _doubled_half}[method]
        factors = _by_size(primary, replicates, rng, draw)
        if method == "canty-davison":
            scales = scales * _stretched(primary)
    rank = random_rank(factors, units)
    return survey.resampled(resampling_of(survey, words, factors, scales, unit=unit, mse=mse, rank=rank))


Draw = Callable[[int, float, tuple[int, int], Random], Floats]


def _drawn_from(primary: Primary) -> list[Codes]:
    """The units of each stratum that can vary."""
    return [units for units in primary.strata() if len(units) > 1 and primary.rest[units[0]] > 0]


def _by_size(primary: Primary, replicates: int, rng: Random, draw: Draw) -> Floats:
    """Factors of all strata, those of one size and correction drawn together; units that cannot vary keep the factor 1."""
    factors = np.ones((replicates, primary.n))
    alike: dict[tuple[int, float], list[Codes]] = {}
    for units in _drawn_from(primary):
        alike.setdefault((len(units), float(primary.rest[units[0]])), []).append(units)
    places = {kind: np.concatenate(strata) for kind, strata in alike.items()}
    for span in blocks(replicates, primary.n):
        for (n, rest), place in places.items():
            drawn = draw(n, rest, (span.stop - span.start, len(place) // n), rng)
            factors[span, place] = drawn.reshape(-1, len(place))
    return factors


def _stretched(primary: Primary) -> float:
    """What draws of n from n vary too little, for the harmonic mean of the strata's sizes; strata that cannot vary have no say."""
    sizes = [len(units) for units in _drawn_from(primary)]
    if not sizes:
        raise WeightingError("Strata of one unit, or wholly taken, leave nothing to draw.", 'Use method="generalised".')
    average = 1 / np.mean([1 / n for n in sizes])
    return float(average / (average - 1))


def _rao_wu(n: int, rest: float, shape: tuple[int, int], rng: Random) -> Floats:
    return 1 + np.sqrt(rest) * (_drawn(n - 1, n, shape, rng) * (n / (n - 1)) - 1)


def _drawn(draws: int, n: int, shape: tuple[int, int], rng: Random) -> NDArray[np.intp]:
    """How often each of n units is drawn with replacement, shape (R, strata, n); counting draws beats multinomial's binomials."""
    count = shape[0] * shape[1]
    place = rng.integers(0, n, (count, draws), dtype=np.int32) + np.arange(count)[:, None] * n
    return np.bincount(place.ravel(), minlength=count * n).reshape(*shape, n)


def _from_copies() -> Draw:
    """Draws of n from a population of copies of the n units, without replacement; from an infinite one with replacement.

    Where the population is no multiple of n, some units have one copy more: which is drawn once for all replicates, as in R. Drawn for
    each of them it would add to their variance, and double it where most units were taken.
    """
    copies: dict[tuple[int, float], NDArray[np.intp]] = {}

    def draw(n: int, rest: float, shape: tuple[int, int], rng: Random) -> Floats:
        size = n / (1 - rest) if rest < 1 else np.inf
        if size > 100 * n:
            return _drawn(n, n, shape, rng).astype(np.float64)
        whole, left = divmod(round(size), n)
        if not left:
            return rng.multivariate_hypergeometric([whole] * n, n, size=shape).astype(np.float64)
        if (n, rest) not in copies:
            copies[n, rest] = whole + (rng.permuted(np.broadcast_to(np.arange(n), (shape[1], n)), axis=1) < left)
        return np.stack([rng.multivariate_hypergeometric(c, n, size=shape[0]) for c in copies[n, rest]], axis=1).astype(np.float64)

    return draw


def _doubled_half(n: int, rest: float, shape: tuple[int, int], rng: Random) -> Floats:
    """Half of the units count twice; of an odd number, one more is added to one of the half (1 in 4) or of the others."""
    rank = rng.permuted(np.broadcast_to(np.arange(n), (*shape, n)), axis=-1)
    half = n // 2
    drawn = np.where(rank < half, 2.0, 0.0)
    if n % 2:
        extra = rng.random((*shape, 1)) < 0.25
        drawn += np.where(extra, rank == 0, rank == half)
    return 1 + np.sqrt(rest) * (drawn - 1)


def _every_stage(units: Units, replicates: int, rng: Random) -> Floats:
    """Preston: at every stage half of the units of each group are kept, and each stage adds its own variance."""
    if units.form is not None or any(level.lonely.any() for level in units.levels):
        raise WeightingError("Halving needs strata of two units or more, and no joint probabilities.", 'Use method="generalised".')
    if any(differ(level.scale, level.group, len(level.size)) for level in units.levels):
        raise WeightingError(
            "Halving cannot follow inclusion probabilities that differ within a stratum.",
            'Use method="generalised", or, for one stage, jackknife().',
        )
    refuse_size(replicates, units.n, bootstrap=True)
    factors = np.ones((replicates, units.n))
    for span in blocks(replicates, units.n):
        path: Floats | float = 1.0
        for level in units.levels:
            term, kept = _halved(level, span.stop - span.start, rng)
            factors[span] += path * (term if level.of is None else term[:, level.of])
            path = path * (kept if level.of is None else kept[:, level.of])
    return factors


def _halved(level: Level, replicates: int, rng: Random) -> tuple[Floats, Floats]:
    """One stage's term for each of its units, and the factor its kept units hand to what lies below."""
    n = level.size[level.group]
    half = np.floor(n / 2)
    rank = _ranks(level.group, len(level.size), replicates, rng)
    keep = rank < half
    rest = level.scale * np.where(n > 1, (n - 1) / n, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.where(n > 1, np.sqrt(half * rest / (n - half)), 0.0)
        grown = np.where(half > 0, n / half, 0.0)
    # A unit alone in its group is always kept: it has no variance of its own, and what lies below it does.
    alone = n == 1
    keep = keep | alone
    return reach * (grown * keep - 1), np.where(alone, 1.0, np.sqrt(grown) * keep)


def _ranks(group: Codes, groups: int, replicates: int, rng: Random) -> NDArray[np.intp]:
    """A random order of the units within each group, replicate by replicate."""
    size = np.bincount(group, minlength=groups)
    start = np.cumsum(size) - size
    out = np.empty((replicates, len(group)), dtype=np.intp)
    order = np.argsort(group + rng.random(out.shape), axis=1)
    np.put_along_axis(out, order, np.arange(len(group)) - start[np.sort(group)], axis=1)
    return out


def _normal(survey: Survey, units: Units, replicates: int, rng: Random) -> tuple[Floats, float, Codes | None]:
    """Normal deviations whose covariance is the variance estimator's own quadratic form, stretched to keep factors above 0."""
    if units.form is not None:
        if units.n_psus > LARGEST:
            raise WeightingError(
                f"Factors with the covariance of {units.n_psus:,} sampling units' pairs are too many.", "Use another unequal= method."
            )
        refuse_size(replicates, units.n_psus, bootstrap=True)
        values, vectors = np.linalg.eigh(units.form.covariance(np.eye(units.n_psus)))
        if values.min() < -1e-9 * values.max():
            raise WeightingError(
                "The joint probabilities, or what approximates them, give a variance that can be negative, which no replicates reproduce.",
                'Use variance="yates-grundy", or the survey as it is.' if units.form.matrix is not None else BREWER,
            )
        moved = (rng.standard_normal((replicates, len(values))) * np.sqrt(np.maximum(values, 0))) @ vectors.T
        unit = units.psu
    else:
        refuse_size(replicates, units.n, bootstrap=True)
        moved, unit = np.zeros((replicates, units.n)), None
        for span in blocks(replicates, units.n):
            for level in units.levels:
                term = _level_noise(level, survey.stages.lonely, span.stop - span.start, rng)
                moved[span] += term if level.of is None else term[:, level.of]
    stretch = max(1.0, -float(moved.min()) * (1 + 1e-9))
    moved /= stretch
    moved += 1
    return moved, stretch, unit


def _level_noise(level: Level, lonely: str, replicates: int, rng: Random) -> Floats:
    """Noise of one stage, whose product with the units' totals varies as the stage's variance is.

    That is a sum of ``sqrt(scale) noise (z - centre)``: what stands before each z is the unit's own noise, less its share in the centres
    of others.
    """
    noise = rng.standard_normal((replicates, len(level.group))) * np.sqrt(level.scale)
    alone = level.lonely[level.group]
    counted = np.where(alone, 0.0, noise) if alone.any() else noise
    moved = noise - (_group_sums(counted, level) / level.size)[:, level.group]
    if not alone.any() or lonely not in ("adjust", "average"):
        return np.where(alone, 0.0, moved) if alone.any() else moved
    if lonely == "adjust":
        return moved - noise[:, alone].sum(axis=1, keepdims=True) / len(alone)
    if level.lonely.all():
        raise WeightingError("Every stratum has one sampling unit, and none is left to be as variable as.", "Combine strata.")
    return np.where(alone, 0.0, moved) * np.sqrt(len(level.size) / (~level.lonely).sum())


def _group_sums(noise: Floats, level: Level) -> Floats:
    totals = np.zeros((len(noise), len(level.size)))
    np.add.at(totals.T, level.group, noise.T)
    return totals
