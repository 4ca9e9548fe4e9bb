"""The jackknife: leave out one sampling unit, or one random group of them, at a time."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.survey import Survey
from evidencekit.weighting.replication.designs import Primary, primary_of, refuse_size, resampling_of, seeded, whole_number

__all__ = ["jackknife"]

LARGEST = 5_000


def jackknife(survey: Survey, *, groups: int | None = None, seed: int | np.random.Generator | None = None, mse: bool = False) -> Survey:
    """Give a survey jackknife replicates: JK1 in one stratum, JKn in several, or delete-a-group.

    Parameters
    ----------
    survey : Survey
        Data in memory and a design of stages.
    groups : int, optional
        Leave out random groups of sampling units instead of each in turn; for designs with thousands of units. At least 2.
    seed : int or numpy Generator, optional
        Needed with `groups`.
    mse : bool
        Deviations from the full-sample estimate; default from the replicates' mean. With unequal probabilities, or a stratum of one unit
        and the policy "adjust", always the former.

    Returns
    -------
    Survey
        The same data and weights; variances come from the replicates, and each replicate does the recorded weighting steps again.

    Raises
    ------
    WeightingError
        More than 5,000 units without `groups`, or a design it cannot reproduce.
    InputError
        Lazy data, no design, `groups` without a `seed`, or an option of another kind.

    Notes
    -----
    Without unit i of stratum h the others of h count ``n_h / (n_h - 1)`` times, and squared deviations count ``(1 - f_h)(n_h - 1) / n_h``
    times. With groups, strata of fewer units than there are groups are not emptied but tilted (Kott's extension), so that small strata
    do not bias the variance upward. Strata with one unit follow the survey's `lonely` policy as linearisation does: with "adjust" a
    replicate moves the unit to the mean of all n units, which gives it the factor ``1 / n`` and the others ``1 + 1 / n``; with
    "average" all squared deviations count as many times more as there are strata for each with several units.

    Only the first stage is resampled, so a design whose later stages add to the variance is refused. With ``unequal="brewer"`` the
    squared deviation of unit i counts ``(1 - p_i)(n_h - 1) / n_h`` times, p_i its inclusion probability, and the variance of a total is
    Brewer's exactly.

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
    if not isinstance(mse, bool):
        raise InputError(f"mse= is True or False, not a {type(mse).__name__}.")
    primary = primary_of(survey, "jackknife()", lonely=True, unequal=groups is None)
    assert survey.units is not None
    unit = survey.units.psu
    if groups is not None:
        factors, scales, words = _groups(primary, groups, seed)
        return survey.resampled(resampling_of(survey, words, factors, scales, unit=unit, mse=mse, jackknife=True))
    if primary.n > LARGEST:
        raise WeightingError(
            f"A jackknife of {primary.n:,} sampling units is {primary.n:,} replicates of as many factors.",
            "Leave out groups of them: jackknife(survey, groups=100, seed=1), or use bootstrap().",
        )
    factors, scales, rank = _each(primary, survey.stages.lonely)
    kind = "JKn" if len(primary.strata()) > 1 else "JK1"
    words = f"{len(factors):,} {kind} jackknife replicates"
    adjusted = survey.stages.lonely == "adjust" and bool(primary.lonely.any())
    centred = mse or adjusted or survey.stages.unequal is not None
    return survey.resampled(resampling_of(survey, words, factors, scales, unit=unit, mse=centred, jackknife=True, rank=rank))


def _each(primary: Primary, lonely: str) -> tuple[Floats, Floats, int]:
    """One replicate per unit, none for units taken with certainty; and the rank of them all.

    The deviations of a stratum's replicates add up to nothing where none is left out, so that is one rank less than replicates.
    """
    strata = primary.strata()
    left_out, moves, factors, scales = 0, 0, [], []
    for units in strata:
        n = len(units)
        drawn = primary.rest[units] > 0
        if not drawn.any():
            continue
        if n > 1:
            block = np.ones((n, primary.n))
            block[:, units] = n / (n - 1)
            block[np.arange(n), units] = 0.0
            factors.append(block[drawn])
            scales.append(primary.rest[units[drawn]] * (n - 1) / n)
            moves += min(int(drawn.sum()), n - 1)
        elif lonely == "adjust" and len(strata) > 1:
            block = np.full((1, primary.n), 1 + 1 / primary.n)
            block[0, units] = 1 / primary.n
            factors.append(block)
            scales.append(primary.rest[units])
            moves += 1
        else:
            left_out += 1
    if not factors:
        raise WeightingError(
            "No stratum has a sampling unit to leave out: each was taken with certainty, or is alone in its stratum.",
            "Combine strata, or use the survey as it is.",
        )
    scale = np.concatenate(scales)
    if lonely == "average" and left_out:
        scale = scale * len(strata) / (len(strata) - left_out)
    return np.vstack(factors), scale, min(len(scale), moves + 1)


def _groups(primary: Primary, groups: int, seed: int | np.random.Generator | None) -> tuple[Floats, Floats, str]:
    """Random groups that take units from every stratum in turn."""
    groups = whole_number("groups", groups, 2, min(primary.n, LARGEST))
    if seed is None:
        raise InputError("groups= are drawn at random, and need a seed=.")
    if primary.lonely.any() or (primary.rest < 1).any():
        raise WeightingError(
            "Groups of units are for designs without a finite population correction and without strata of one unit.", "Use bootstrap()."
        )
    refuse_size(groups, primary.n)
    rng, said = seeded(seed)
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
    return factors, np.full(groups, (groups - 1) / groups), f"{groups} delete-a-group jackknife replicates ({said})"
