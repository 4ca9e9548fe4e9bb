"""What every way of making replicates needs of a design: its sampling units, strata and correction at each stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.replicates import Replicates
from evidencekit.survey.resampling import Resampling
from evidencekit.survey.stages import Stages
from evidencekit.survey.survey import Survey
from evidencekit.survey.totals import in_memory
from evidencekit.survey.twophase import TwoPhase
from evidencekit.survey.units import Units

__all__ = ["Primary", "generator", "primary_of", "resampling_of", "units_for"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Primary:
    """The primary sampling units: each one's stratum, its stratum's size, and what the finite population correction leaves.

    `stratum`, `size`, `rest` have shape (n_psus,); `rest` is 1 without a correction and 0 for units taken with certainty. `order` sorts
    the units by stratum; `starts` and `sizes` say where each stratum lies in that order.
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
    if not isinstance(survey, Survey):
        raise InputError(f"{doing} takes a Survey, not a {type(survey).__name__}.")
    in_memory(survey, doing)
    if isinstance(survey.design, Replicates):
        raise InputError(f"{doing} needs the design, and this survey came with replicate weights.", "Use them as they are.")
    if isinstance(survey.design, TwoPhase):
        raise InputError(f"{doing} cannot follow two phases of sampling.", "Their variance is by linearisation: use the survey as it is.")
    if not isinstance(survey.design, Stages):
        raise InputError(f"{doing} needs a probability sample: answers without a design have no design-based variance.")
    assert survey.units is not None
    return survey.units


def primary_of(survey: Survey, doing: str, *, lonely: bool = False) -> Primary:
    """The primary sampling units, in the form replicates are made from.

    Parameters
    ----------
    survey : Survey
        With a design of stages.
    doing : str
        What messages call it.
    lonely : bool
        Whether it can follow the policies "adjust" and "average" for strata of one unit.

    Raises
    ------
    WeightingError
        Unequal-probability variances, or a policy for lonely units, that these replicates cannot reproduce.
    """
    units = units_for(survey, doing)
    if units.form is not None:
        raise WeightingError(
            f"{doing} cannot reproduce a variance with joint inclusion probabilities.", 'Use bootstrap(method="generalised").'
        )
    level = units.levels[0]
    stratum = units.stratum
    size = np.bincount(stratum)
    n = size[stratum].astype(np.float64)
    rest = level.scale * np.where(n > 1, (n - 1) / n, 1.0)
    alone = level.lonely[level.group]
    policy = survey.stages.lonely
    if alone.any() and policy in ("adjust", "average") and not lonely:
        raise WeightingError(
            f'{int(alone.sum())} strata have one sampling unit, and {doing} cannot follow lonely="{policy}".',
            'Use jackknife(), or bootstrap(method="generalised"), or combine strata.',
        )
    order = np.argsort(stratum, kind="stable")
    return Primary(stratum, n, rest, alone, order, np.cumsum(size) - size, size)


def resampling_of(
    survey: Survey, words: str, factors: Floats, scales: Floats, *, unit: Codes | None, mse: bool, jackknife: bool = False
) -> Resampling:
    """The replicates of a survey, with the degrees of freedom its design allows.

    Their rank is one more than these, or the number of replicates where that is smaller: what makes replicates moves each stratum's units
    against each other and in no other way.
    """
    units = survey.units
    assert units is not None
    df = units.n_psus - len(np.unique(units.stratum))
    return Resampling(words, factors, unit, scales, mse, float(df), min(len(factors), df + 1), jackknife)


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
    return np.random.default_rng(int(seed))
