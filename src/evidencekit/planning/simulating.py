"""Parts that simulators of methods share: areas drawn by size, shares that differ between them, who answers, and what they say.

Everything is arrays of one simulation; a simulator is a few of these in the order of the field work.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.planning.context import Context
from evidencekit.planning.truth import Truth
from evidencekit.sampling.selecting.systematic import steps

__all__ = [
    "ELIGIBLE",
    "Areas",
    "adjusted",
    "among_reached",
    "cv_lognormal",
    "cv_numbers",
    "cv_of",
    "draw_areas",
    "eligible_at_home",
    "happened",
    "homes",
    "interviews",
    "local_shares",
    "reported",
    "sexes",
    "who_answers",
]

Rng = np.random.Generator
STRATA = 2
ELIGIBLE = (0.6, 0.3, 0.1)  # households with one, two and three who are eligible, of those that have any; an assumption
MOST_ALIKE = 0.95  # above this gamma variables vanish among the smallest numbers
GROWN = 0.2  # of areas since the frame was made (standard deviation of the logarithm); an assumption
TIMES = 8  # so many times as many areas in the population as in the sample


@dataclass(frozen=True, slots=True)
class Areas:
    """Areas that were drawn: the stratum of each, its chance, its size on the frame, and by how many times it has grown since."""

    stratum: Codes
    chance: Floats
    size: Floats
    grown: Floats

    @property
    def weight(self) -> Floats:
        """Of a household or pupil in each area, up to a constant, where as many are drawn in every area: its size now over its chance.

        Sizes on the frame cancel out; what an area has grown by does not.
        """
        return self.size * self.grown / self.chance

    def __len__(self) -> int:
        return len(self.stratum)


def draw_areas(rng: Rng, count: int, *, strata: int = STRATA, spread: float = 0.5, grown: float = GROWN) -> Areas:
    """Make a population of areas and draw `count` of them in proportion to size, systematically within strata.

    Parameters
    ----------
    rng : Generator
        Random numbers.
    count : int
        How many are drawn in all; at least two in each stratum.
    strata : int
        Into how many strata of the same number of areas the population is parted.
    spread : float
        Standard deviation of the logarithm of sizes.
    grown : float
        The same of what areas have grown by since the frame was made.
    """
    ends = [round(count * k / strata) for k in range(strata + 1)]
    stratum, chance, sizes = [], [], []
    for k, n in enumerate(max(high - low, 2) for low, high in pairwise(ends)):
        size = np.exp(spread * rng.standard_normal(TIMES * n))
        chances = np.minimum(n * size / size.sum(), 0.999)
        chances *= n / chances.sum()
        picked = steps(chances, n, float(rng.random()))
        stratum.append(np.full(len(picked), k))
        chance.append(chances[picked])
        sizes.append(size[picked])
    drawn = np.concatenate(chance)
    return Areas(np.concatenate(stratum), drawn, np.concatenate(sizes), np.exp(grown * rng.standard_normal(len(drawn))))


def local_shares(rng: Rng, count: int, truth: Truth) -> tuple[Floats, Floats]:
    """The shares of girls and of boys in each of `count` areas, both high in the same areas.

    Beta distributions whose intraclass correlation is that of `truth`, at most 0.95. Both are made of the same three gamma variables: the
    sex with the larger share has it in every area, and where girls and boys are alike their shares are the same.
    """
    of_girls, of_boys = truth.by_sex()
    if truth.rho <= 0 or max(of_girls, of_boys) >= 1:
        return np.full(count, of_girls), np.full(count, of_boys)
    rho = min(truth.rho, MOST_ALIKE)
    both = (1 - rho) / rho
    more, fewer = max(of_girls, of_boys) * both, min(of_girls, of_boys) * both
    yes, between, no = (rng.standard_gamma(shape, count) for shape in (fewer, more - fewer, both - more))
    every = yes + between + no
    high, low = (yes + between) / every, yes / every
    return (high, low) if of_girls >= of_boys else (low, high)


def sexes(rng: Rng, count: int) -> Codes:
    """1 for a girl, 0 for a boy, as many of both in the long run."""
    return (rng.random(count) < 0.5).astype(np.int64)


def homes(rng: Rng, context: Context, areas: Areas, *, visits: float) -> Codes:
    """Visit as many households in each area: the area of each in which somebody eligible lives, and which takes part."""
    there = context.middle("access.eligible") * context.middle("access.household_response")
    return np.repeat(np.arange(len(areas)), rng.binomial(max(round(visits / len(areas)), 1), there, len(areas)))


def eligible_at_home(rng: Rng, count: int, shares: Sequence[float] = ELIGIBLE) -> Codes:
    """How many who are eligible live in each of `count` households that have any: one, two and so on in these shares."""
    where, number = rng.random(count), np.ones(count, dtype=np.int64)
    for edge in accumulate(shares[:-1]):
        number += where >= edge
    return number


def cv_numbers(shares: Sequence[float] = ELIGIBLE) -> float:
    """The relative spread of the numbers that `eligible_at_home` gives, and of the weights of one drawn among them."""
    mean = sum(share * k for k, share in enumerate(shares, 1))
    return math.sqrt(sum(share * k**2 for k, share in enumerate(shares, 1)) / mean**2 - 1)


def cv_lognormal(spread: float = GROWN) -> float:
    """The relative spread of what has a logarithm of that standard deviation, as what areas have grown by."""
    return math.sqrt(math.expm1(spread**2))


def cv_of(*parts: float) -> float:
    """The relative spread of a product of independent parts, from those of the parts: ``(1 + cv^2)`` multiply."""
    return math.sqrt(math.prod(1 + part**2 for part in parts) - 1)


def happened(rng: Rng, sex: Codes, shares: tuple[float, float] | tuple[Floats, Floats]) -> Codes:
    """1 for those it happened to: of girls the first of the two shares, of boys the second; one for all, or one for each person."""
    girls, boys = shares
    return (rng.random(len(sex)) < np.where(sex == 1, girls, boys)).astype(np.int64)


def among_reached(share: Floats, times: float) -> Floats:
    """A share among those who are come by, where those it happened to are `times` as likely to be as others."""
    return share * times / (share * times + 1 - share)


def interviews(
    rng: Rng, truth: Truth, areas: Areas, *, area: Codes, weight: Floats, sex: Codes, shares: tuple[Floats, Floats], response: float
) -> dict[str, np.ndarray[tuple[int], Any]]:
    """Ask those who were drawn: the columns of a `Simulated`, a row for each who answered.

    Parameters
    ----------
    rng : Generator
        Random numbers.
    truth : Truth
        How things are, and how people answer.
    areas : Areas
        Where they live.
    area, weight, sex : array
        Of each who was drawn: place in `areas`, weight before non-response, 1 for a girl.
    shares : pair of array
        The shares of girls and of boys in each area (`local_shares`).
    response : float
        The share of those drawn who answer.
    """
    girls, boys = shares
    true = happened(rng, sex, (girls[area], boys[area]))
    answered = who_answers(rng, true, response, truth)
    weight = adjusted(weight, area, answered, len(areas))
    said = reported(rng, true, truth)[answered]
    return {"y": said, "sex": sex[answered], "weight": weight, "stratum": areas.stratum[area[answered]], "psu": area[answered]}


def who_answers(rng: Rng, true: Codes, response: float, truth: Truth) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Who answers: a share `response` of all, and those it happened to `truth.response_times` as likely as others."""
    others = response / (truth.p * truth.response_times + 1 - truth.p)
    theirs = min(others * truth.response_times, 1.0)
    others = min((response - truth.p * theirs) / (1 - truth.p), 1.0)  # the same, unless all of those it happened to answer
    return rng.random(len(true)) < np.where(true == 1, theirs, others)


def reported(rng: Rng, true: Codes, truth: Truth) -> Codes:
    """What people say: yes with the sensitivity, no with the specificity of `truth`."""
    if truth.sensitivity == 1 and truth.specificity == 1:
        return true
    chance = np.where(true == 1, truth.sensitivity, 1 - truth.specificity)
    return (rng.random(len(true)) < chance).astype(np.int64)


def adjusted(weight: Floats, area: Codes, answered: np.ndarray[tuple[int], np.dtype[np.bool_]], areas: int) -> Floats:
    """Weights of those who answered, made larger so that they stand for all who were drawn in their area."""
    theirs, where = weight[answered], area[answered]
    drawn, stood = np.bincount(area, weight, areas), np.bincount(where, theirs, areas)
    factor = np.divide(drawn, stood, out=np.zeros(areas), where=stood > 0)
    return theirs * factor[where]
