"""The jackknife: leave out one sampling unit, or one random group of them, at a time."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.survey import Survey
from evidencekit.weighting.designs import Primary, generator, primary_of, resampling_of

__all__ = ["jackknife"]

LARGEST = 5_000


def jackknife(survey: Survey, *, groups: int | None = None, seed: int | None = None, mse: bool = False) -> Survey:
    """Give a survey jackknife replicates: JK1 in one stratum, JKn in several, or delete-a-group.

    Parameters
    ----------
    survey : Survey
        Data in memory and a design of stages.
    groups : int, optional
        Leave out random groups of sampling units instead of each in turn; for designs with thousands of units. At least 2.
    seed : int, optional
        Needed with `groups`.
    mse : bool
        Deviations from the full-sample estimate; default from the replicates' mean.

    Returns
    -------
    Survey
        The same data and weights; variances come from the replicates, and each replicate does the recorded weighting steps again.

    Raises
    ------
    WeightingError
        More than 5,000 units without `groups`, or a design it cannot reproduce.
    InputError
        Lazy data, no design, or `groups` without a `seed`.

    Notes
    -----
    Without unit i of stratum h the others of h count ``n_h / (n_h - 1)`` times, and squared deviations count ``(1 - f_h)(n_h - 1) / n_h``
    times. With groups, strata of fewer units than there are groups are not emptied but tilted (Kott's extension), so that small strata
    do not bias the variance upward. Strata with one unit follow the survey's `lonely` policy. Only the first stage is resampled.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, sections 4.2 and 4.5. Kott (2001), J. Official Statist. 17, 521-526 (delete a
    group).

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> made = ek.weighting.jackknife(survey)
    >>> taylor, jack = ek.mean(survey, "hours_online").se, ek.mean(made, "hours_online").se
    >>> bool(abs(jack / taylor - 1) < 0.01)
    True
    """
    primary = primary_of(survey, "jackknife()", lonely=True)
    if groups is not None:
        factors, scales, words = _groups(primary, groups, seed)
    elif primary.n > LARGEST:
        raise WeightingError(
            f"A jackknife of {primary.n:,} sampling units is {primary.n:,} replicates of as many factors.",
            "Leave out groups of them: jackknife(survey, groups=100, seed=1), or use bootstrap().",
        )
    else:
        factors, scales = _each(primary, survey.stages.lonely)
        kind = "JKn" if len(primary.strata()) > 1 else "JK1"
        words = f"{len(factors):,} {kind} jackknife replicates"
    assert survey.units is not None
    made = resampling_of(survey, words, factors, scales, unit=survey.units.psu, mse=mse, jackknife=True)
    return survey.resampled(made)


def _each(primary: Primary, lonely: str) -> tuple[Floats, Floats]:
    """One replicate per unit; none for units taken with certainty."""
    strata = primary.strata()
    left_out, factors, scales = 0, [], []
    for units in strata:
        n = len(units)
        if primary.rest[units[0]] <= 0:
            continue
        if n > 1:
            block = np.ones((n, primary.n))
            block[:, units] = n / (n - 1)
            block[np.arange(n), units] = 0.0
            factors.append(block)
            scales.append(np.full(n, primary.rest[units[0]] * (n - 1) / n))
        elif lonely == "adjust":
            block = np.full((1, primary.n), len(strata) / (len(strata) - 1))
            block[0, units] = 0.0
            factors.append(block)
            scales.append(np.full(1, (len(strata) - 1) / len(strata)))
        else:
            left_out += 1
    if not factors:
        raise WeightingError("Every sampling unit was taken with certainty: there is nothing to leave out.")
    scale = np.concatenate(scales)
    if lonely == "average" and left_out:
        scale = scale * (len(scale) + left_out) / len(scale)
    return np.vstack(factors), scale


def _groups(primary: Primary, groups: int, seed: int | None) -> tuple[Floats, Floats, str]:
    """Random groups that take units from every stratum in turn."""
    if isinstance(groups, bool) or not isinstance(groups, int) or not 2 <= groups <= primary.n:
        raise InputError(f"groups= is a whole number from 2 to the number of sampling units, {primary.n:,}.")
    if seed is None:
        raise InputError("groups= are drawn at random, and need a seed=.")
    if primary.lonely.any() or (primary.rest < 1).any():
        raise WeightingError(
            "Groups of units are for designs without a finite population correction and without strata of one unit.", "Use bootstrap()."
        )
    rng = generator(seed)
    shuffled = np.concatenate([rng.permutation(units) for units in primary.strata()])
    group = np.empty(primary.n, dtype=np.intp)
    group[shuffled] = np.arange(primary.n) % groups
    held = np.zeros((groups, int(primary.stratum.max()) + 1))
    np.add.at(held, (group, primary.stratum), 1.0)
    size = held.sum(axis=0)
    small = size < groups
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.sqrt(groups / ((groups - 1) * size * (size - 1)))
        others = np.where(small, 1 + reach * (held > 0), size / (size - held))
    own = np.where(small, 1 - (size - 1) * reach, 0.0)[primary.stratum]
    factors = others[:, primary.stratum]
    factors[group, np.arange(primary.n)] = own
    return factors, np.full(groups, (groups - 1) / groups), f"{groups} delete-a-group jackknife replicates (seed {seed})"
