"""What every way of making replicates needs of a design: its sampling units, strata and correction at each stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.design.replicates import Replicates
from evidencekit.survey.design.resampling import Resampling, rank_of
from evidencekit.survey.design.stages import Stages
from evidencekit.survey.design.twophase import TwoPhase
from evidencekit.survey.design.units import Level, Units
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey

__all__ = [
    "BREWER",
    "Primary",
    "blocks",
    "differ",
    "generator",
    "primary_of",
    "random_rank",
    "refuse_size",
    "resampling_of",
    "seeded",
    "units_for",
    "whole_number",
]

APART = 0x65766964  # keeps replicates apart from data that were simulated with default_rng of the same seed

ROOM = 4_000_000
LARGEST = 400_000_000  # factors, which are 3.2 GB
RANKED = 2_000
SURE = 60
BREWER = 'Use unequal="brewer", which jackknife() and bootstrap(method="generalised") follow, or the survey as it is.'


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Primary:
    """The primary sampling units: each one's stratum, its stratum's size, and what the finite population correction leaves.

    `stratum`, `size`, `rest` have shape (n_psus,); `rest` is 1 without a correction and 0 for units taken with certainty, and one number
    for each stratum unless it was asked for otherwise. `order` sorts the units by stratum; `starts` and `sizes` say where each stratum
    lies in that order.
    """

    stratum: Codes
    size: Floats
    rest: Floats
    lonely: NDArray[np.bool_]
    order: Codes
    starts: Codes
    sizes: Codes

    @property
    def n(self) -> int:
        """The number of units."""
        return len(self.stratum)

    def strata(self) -> list[Codes]:
        """The units of each stratum that has any."""
        return [self.order[a : a + k] for a, k in zip(self.starts, self.sizes, strict=True) if k]


def units_for(survey: Survey, doing: str) -> Units:
    """The units of a survey that replicates can be made for.

    Raises
    ------
    InputError
        Not a Survey, lazy data, no design, or replicates that came with the data.
    """
    in_memory(survey, doing)
    if isinstance(survey.design, Replicates):
        raise InputError(f"{doing} needs the design, and this survey came with replicate weights.", "Use them as they are.")
    if isinstance(survey.design, TwoPhase):
        raise InputError(f"{doing} cannot follow two phases of sampling.", "Their variance is by linearisation: use the survey as it is.")
    if not isinstance(survey.design, Stages):
        raise InputError(f"{doing} needs a probability sample: answers without a design have no design-based variance.")
    assert survey.units is not None
    return survey.units


def primary_of(survey: Survey, doing: str, *, lonely: bool = False, unequal: bool = False) -> Primary:
    """The primary sampling units, in the form replicates are made from.

    Parameters
    ----------
    survey : Survey
        With a design of stages.
    doing : str
        What messages call it.
    lonely : bool
        Whether it can follow the policies "adjust" and "average" for strata of one unit.
    unequal : bool
        Whether it can follow probabilities that differ within a stratum.

    Raises
    ------
    WeightingError
        Later stages, unequal-probability variances, or a policy for lonely units, that these replicates cannot reproduce.
    """
    units = units_for(survey, doing)
    if units.form is not None:
        approximate = survey.stages.unequal in ("overton", "hartley-rao")
        raise WeightingError(
            f"{doing} cannot reproduce a variance with joint inclusion probabilities{', nor one that approximates them' * approximate}.",
            BREWER if approximate else 'Use bootstrap(method="generalised").',
        )
    level = units.levels[0]
    stratum = units.stratum
    size = np.bincount(stratum)
    n = size[stratum].astype(np.float64)
    rest = level.scale * np.where(n > 1, (n - 1) / n, 1.0)
    rest = np.where(np.abs(rest - 1) < 1e-12, 1.0, rest)  # the product of n / (n - 1) and (n - 1) / n may miss 1 by a rounding error
    alone = level.lonely[level.group]
    policy = survey.stages.lonely
    if alone.any() and policy in ("adjust", "average") and not lonely:
        raise WeightingError(
            f'{int(alone.sum())} strata have one sampling unit, and {doing} cannot follow lonely="{policy}".',
            'Use jackknife(), or bootstrap(method="generalised"), or combine strata.',
        )
    if any(_adds(later, policy) for later in units.levels[1:]):
        raise WeightingError(
            f"{doing} draws anew at the first stage alone, and the later stages of this design have a variance of their own.",
            'Use bootstrap(method="preston") or bootstrap(method="generalised"); or leave fpc= out of the design, which counts its '
            "first stage as drawn with replacement and is conservative.",
        )
    if not unequal and differ(rest, stratum, len(size)):
        raise WeightingError(
            f"{doing} cannot follow inclusion probabilities that differ within a stratum.",
            'Use jackknife() or bootstrap(method="generalised").',
        )
    order = np.argsort(stratum, kind="stable")
    return Primary(stratum, n, rest, alone, order, np.cumsum(size) - size, size)


def _adds(level: Level, lonely: str) -> bool:
    """Whether a stage adds to the variance: not where all units of a group were taken, or one and it counts for nothing."""
    alone = level.size[level.group] == 1
    counted = level.lonely[level.group] if lonely in ("adjust", "average") else False
    return bool(((level.scale > 0) & (~alone | counted)).any())


def differ(rest: Floats, group: Codes, groups: int) -> bool:
    """Whether what the correction leaves is not the same for all units of each group."""
    one = np.zeros(groups)
    one[group] = rest
    return not np.allclose(rest, one[group], rtol=1e-9, atol=1e-12)


def refuse_size(replicates: int, units: int, *, bootstrap: bool = False) -> None:
    """Raise before a table of factors is made that would not fit in memory.

    Raises
    ------
    WeightingError
        The table has more than `LARGEST` entries.
    """
    if replicates * units > LARGEST:
        raise WeightingError(
            f"{replicates:,} replicates of {units:,} sampling units are a table of {replicates * units * 8e-9:,.1f} GB.",
            "Ask for fewer replicates=, or name the clusters that were drawn with psu=, or use the survey as it is: linearisation needs "
            "no table."
            if bootstrap
            else "Use bootstrap(), or jackknife(groups=100, seed=1), which leaves out groups of units.",
        )


def blocks(replicates: int, units: int) -> Iterator[slice]:
    """Some replicates at a time, so that what is drawn for them stays small beside the table of factors."""
    size = max(1, ROOM // max(1, units))
    for start in range(0, replicates, size):
        yield slice(start, min(start + size, replicates))


def resampling_of(
    survey: Survey,
    words: str,
    factors: Floats,
    scales: Floats,
    *,
    unit: Codes | None,
    mse: bool,
    jackknife: bool = False,
    rank: int | None = None,
) -> Resampling:
    """The replicates of a survey, with the degrees of freedom its design allows.

    Parameters
    ----------
    survey : Survey
        Whose design they are of.
    words : str
        What they are called.
    factors, scales, unit, mse, jackknife
        As for `Resampling`.
    rank : int, optional
        That of the factors, where how they are made says it; otherwise it is computed.
    """
    units = survey.units
    assert units is not None
    df = units.n_psus - len(np.unique(units.stratum))
    if rank is None:
        rank = rank_of(factors)
    return Resampling(words, factors, unit, scales, mse, float(df), rank, jackknife)


def random_rank(factors: Floats, units: Units) -> int:
    """The rank of factors drawn at random, looked at only where that is a question.

    All replicates together move units in as many ways as there are units that vary, less one for each group they vary in. Draws of far
    fewer replicates are independent but for a chance below ``2**-SURE``, whatever is drawn; and tables of thousands either way, which
    would take long to look at, reach all that they can.
    """
    if units.form is not None:
        return rank_of(factors)
    moves = sum(int((np.bincount(level.group[level.scale > 0]) - 1).clip(0).sum()) for level in units.levels)
    if 2 * len(factors) + SURE < moves:
        return len(factors)
    return min(len(factors), 1 + moves) if min(factors.shape) > RANKED else rank_of(factors)


def whole_number(name: str, value: object, least: int, most: int) -> int:
    """A whole number that was asked for, Python's or numpy's.

    Raises
    ------
    InputError
        It is not one, or outside its limits.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= most:
        raise InputError(f"{name}= is a whole number from {least:,} to {most:,}.")
    return int(value)


def seeded(seed: int | np.random.Generator) -> tuple[np.random.Generator, str]:
    """The random numbers of a seed, and how the record tells it.

    Raises
    ------
    InputError
        As `generator`.
    """
    rng = generator(seed)
    return rng, "generator given" if isinstance(seed, np.random.Generator) else f"seed {int(seed)}"


def generator(seed: int | np.random.Generator) -> np.random.Generator:
    """The random numbers of a seed.

    Raises
    ------
    InputError
        Neither a whole number of 0 or more nor a Generator.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError("seed= is a whole number of 0 or more, or a numpy Generator.", "The same seed gives the same replicates.")
    return np.random.default_rng([int(seed), APART])
