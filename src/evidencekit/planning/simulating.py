"""Parts that simulators of methods share: areas drawn by size, shares that differ between them, who answers, and what they say.

Everything is arrays of one simulation; a simulator is a few of these in the order of the field work.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.planning.truth import Truth
from evidencekit.sampling.selecting.systematic import steps

__all__ = ["Areas", "adjusted", "draw_areas", "local_shares", "reported", "sexes", "who_answers"]

Rng = np.random.Generator
STRATA = 2
TIMES = 8  # so many times as many areas in the population as in the sample


@dataclass(frozen=True, slots=True)
class Areas:
    """Areas that were drawn: stratum and chance of each, and its size over the size that the frame has for it."""

    stratum: Codes
    chance: Floats
    grown: Floats

    def __len__(self) -> int:
        return len(self.stratum)


def draw_areas(rng: Rng, count: int, *, strata: int = STRATA, spread: float = 0.5, grown: float = 0.2) -> Areas:
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
    stratum, chance = [], []
    for k, n in enumerate(max(high - low, 2) for low, high in pairwise(ends)):
        size = np.exp(spread * rng.standard_normal(TIMES * n))
        chances = np.minimum(n * size / size.sum(), 0.999)
        chances *= n / chances.sum()
        picked = steps(chances, n, float(rng.random()))
        stratum.append(np.full(len(picked), k))
        chance.append(chances[picked])
    drawn = np.concatenate(chance)
    return Areas(np.concatenate(stratum), drawn, np.exp(grown * rng.standard_normal(len(drawn))))


def local_shares(rng: Rng, count: int, truth: Truth) -> tuple[Floats, Floats]:
    """The shares of girls and of boys in each of `count` areas, both high in the same areas.

    Beta distributions whose intraclass correlation is that of `truth`, made of gamma variables that both have in common: where girls and
    boys are alike their shares are the same in every area.
    """
    of_girls, of_boys = truth.by_sex()
    if truth.rho <= 0 or max(of_girls, of_boys) >= 1:
        return np.full(count, of_girls), np.full(count, of_boys)
    both = (1 - truth.rho) / truth.rho
    more, fewer = max(of_girls, of_boys) * both, min(of_girls, of_boys) * both
    yes, no, between, apart = (rng.standard_gamma(shape, count) for shape in (fewer, both - more, more - fewer, more - fewer))
    high, low = (yes + between) / (yes + between + no), yes / (yes + apart + no)
    return (high, low) if of_girls >= of_boys else (low, high)


def sexes(rng: Rng, count: int) -> Codes:
    """1 for a girl, 0 for a boy, as many of both in the long run."""
    return (rng.random(count) < 0.5).astype(np.int64)


def who_answers(rng: Rng, true: Codes, response: float, truth: Truth) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Who answers: a share `response` of all, and those it happened to `truth.response_times` as likely as others."""
    others = response / (truth.p * truth.response_times + 1 - truth.p)
    chance = np.where(true == 1, others * truth.response_times, others)
    return rng.random(len(true)) < np.minimum(chance, 1.0)


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
