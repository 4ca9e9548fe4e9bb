"""The bootstrap for survey designs: factors on sampling units, one row a replicate, never a column per row of data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError, WeightingError, one_of
from evidencekit.survey.survey import Survey
from evidencekit.survey.units import Level, Units
from evidencekit.weighting.designs import Primary, generator, primary_of, resampling_of, units_for

__all__ = ["Bootstrap", "bootstrap"]

Bootstrap = Literal["rao-wu", "canty-davison", "preston", "antal-tille", "generalised"]
Random = np.random.Generator
ROOM = 4_000_000
LARGEST = 5_000


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
        normal factors with the covariance of the variance estimator itself, and follows every design, joint probabilities included.

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
    if isinstance(replicates, bool) or not isinstance(replicates, int) or replicates < 2:
        raise InputError("replicates= is a whole number of 2 or more.")
    units = units_for(survey, "bootstrap()")
    said = f"seed {seed}" if isinstance(seed, int) else "seeded generator"
    words = f"{replicates} {method} bootstrap replicates ({said})"
    rng = generator(seed)
    scales = np.full(replicates, 1 / (replicates - 1))
    if method in ("preston", "generalised"):
        made = _every_stage(units, replicates, rng) if method == "preston" else _normal(survey, units, replicates, rng)
        factors, stretch, unit = made
        scales = scales if method == "preston" else np.full(replicates, stretch**2 / replicates)
        return survey.resampled(resampling_of(survey, words, factors, scales, unit=unit, mse=method == "generalised"))
    primary = primary_of(survey, "bootstrap()")
    draw = {"rao-wu": _rao_wu, "canty-davison": _copies, "antal-tille": _doubled_half}[method]
    factors = _by_size(primary, replicates, rng, draw)
    if method == "canty-davison":
        average = 1 / np.mean([1 / len(s) for s in primary.strata()])
        if average <= 1:
            raise WeightingError("Strata of one unit leave nothing to draw.", 'Use method="generalised".')
        scales = scales * average / (average - 1)
    return survey.resampled(resampling_of(survey, words, factors, scales, unit=units.psu, mse=False))


Draw = Callable[[int, float, tuple[int, int], Random], Floats]


def _by_size(primary: Primary, replicates: int, rng: Random, draw: Draw) -> Floats:
    """Factors of all strata, those of one size and correction drawn together; units that cannot vary keep the factor 1."""
    factors = np.ones((replicates, primary.n))
    alike: dict[tuple[int, float], list[Codes]] = {}
    for units in primary.strata():
        rest = float(primary.rest[units[0]])
        if len(units) > 1 and rest > 0:
            alike.setdefault((len(units), rest), []).append(units)
    for (n, rest), strata in alike.items():
        drawn = draw(n, rest, (replicates, len(strata)), rng)
        factors[:, np.concatenate(strata)] = drawn.reshape(replicates, -1)
    return factors


def _rao_wu(n: int, rest: float, shape: tuple[int, int], rng: Random) -> Floats:
    return 1 + np.sqrt(rest) * (_drawn(n - 1, n, shape, rng) * (n / (n - 1)) - 1)


def _drawn(draws: int, n: int, shape: tuple[int, int], rng: Random) -> NDArray[np.intp]:
    """How often each of n units is drawn with replacement, shape (R, strata, n); counting draws beats multinomial's binomials."""
    count = shape[0] * shape[1]
    place = rng.integers(0, n, (count, draws), dtype=np.int32) + np.arange(count)[:, None] * n
    return np.bincount(place.ravel(), minlength=count * n).reshape(*shape, n)


def _copies(n: int, rest: float, shape: tuple[int, int], rng: Random) -> Floats:
    """Draws of n from a population of copies of the n units, without replacement; from an infinite one with replacement."""
    size = n / (1 - rest) if rest < 1 else np.inf
    if size > 100 * n:
        return _drawn(n, n, shape, rng).astype(np.float64)
    whole, left = divmod(round(size), n)
    if not left:
        return rng.multivariate_hypergeometric([whole] * n, n, size=shape).astype(np.float64)
    out = np.empty((*shape, n))
    for place in np.ndindex(shape):
        copies = np.full(n, whole)
        copies[rng.choice(n, left, replace=False)] += 1
        out[place] = rng.multivariate_hypergeometric(copies, n)
    return out


def _doubled_half(n: int, rest: float, shape: tuple[int, int], rng: Random) -> Floats:
    """Half of the units count twice; of an odd number, one more is added to one of the half (1 in 4) or of the others."""
    rank = rng.permuted(np.broadcast_to(np.arange(n), (*shape, n)), axis=-1)
    half = n // 2
    drawn = np.where(rank < half, 2.0, 0.0)
    if n % 2:
        extra = rng.random((*shape, 1)) < 0.25
        drawn += np.where(extra, rank == 0, rank == half)
    return 1 + np.sqrt(rest) * (drawn - 1)


def _every_stage(units: Units, replicates: int, rng: Random) -> tuple[Floats, float, Codes | None]:
    """Preston: at every stage half of the units of each group are kept, and each stage adds its own variance."""
    if units.form is not None or any(level.lonely.any() for level in units.levels):
        raise WeightingError("Halving needs strata of two units or more, and no joint probabilities.", 'Use method="generalised".')
    factors = np.ones((replicates, units.n))
    path = np.ones((replicates, units.n))
    for level in units.levels:
        term, kept = _halved(level, replicates, rng)
        factors += path * (term if level.of is None else term[:, level.of])
        path *= kept if level.of is None else kept[:, level.of]
    return factors, 1.0, None


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
    block = max(1, ROOM // len(group))
    sorted_groups = np.sort(group)
    for a in range(0, replicates, block):
        b = min(a + block, replicates)
        order = np.argsort(group + rng.random((b - a, len(group))), axis=1)
        np.put_along_axis(out[a:b], order, np.arange(len(group)) - start[sorted_groups], axis=1)
    return out


def _normal(survey: Survey, units: Units, replicates: int, rng: Random) -> tuple[Floats, float, Codes | None]:
    """Normal deviations whose covariance is the variance estimator's own quadratic form, stretched to keep factors above 0."""
    if units.form is not None:
        if units.n_psus > LARGEST:
            raise WeightingError(
                f"Factors with the covariance of {units.n_psus:,} sampling units' pairs are too many.", "Use another unequal= method."
            )
        values, vectors = np.linalg.eigh(units.form.covariance(np.eye(units.n_psus)))
        if values.min() < -1e-9 * values.max():
            raise WeightingError(
                "The joint probabilities give a variance that can be negative, which no replicates reproduce.",
                'Use variance="yates-grundy", or another unequal= method.',
            )
        moved = (rng.standard_normal((replicates, len(values))) * np.sqrt(np.maximum(values, 0))) @ vectors.T
        unit = units.psu
    else:
        moved, unit = np.zeros((replicates, units.n)), None
        for level in units.levels:
            term = _level_noise(level, survey.stages.lonely, replicates, rng)
            moved += term if level.of is None else term[:, level.of]
    stretch = max(1.0, -float(moved.min()) * (1 + 1e-9))
    return 1 + moved / stretch, stretch, unit


def _level_noise(level: Level, lonely: str, replicates: int, rng: Random) -> Floats:
    """Noise of one stage: what deviates from its group's mean, scaled as the stage's variance is."""
    noise = rng.standard_normal((replicates, len(level.group)))
    totals = np.zeros((replicates, len(level.size)))
    np.add.at(totals.T, level.group, noise.T)
    centre = totals / level.size
    scale = level.scale
    if lonely == "adjust":
        centre[:, level.lonely] = noise.mean(axis=1, keepdims=True)
    moved = (noise - centre[:, level.group]) * np.sqrt(scale)
    if lonely == "average" and level.lonely.any():
        moved[:, level.lonely[level.group]] = 0.0
        moved *= np.sqrt(len(level.size) / (~level.lonely).sum())
    return moved
