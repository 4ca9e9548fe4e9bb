"""The designs by name: which algorithm selects, what it needs, its version, and what its variance goes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.sampling.selecting.chances import proportional_chances
from evidencekit.sampling.selecting.ordered import draw_pareto
from evidencekit.sampling.selecting.poisson import draw_poisson
from evidencekit.sampling.selecting.simple import draw_replaced, draw_simple
from evidencekit.sampling.selecting.systematic import draw_random_systematic, draw_systematic
from evidencekit.sampling.streams import Uniforms

__all__ = ["ALGORITHMS", "Algorithm"]

Select = Callable[[Floats, Uniforms, "Floats | None"], Codes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """A design: the version goes up whenever the same numbers would select other units.

    `sizes` says whether chances follow the frame's sizes, `again` whether a unit can be drawn twice, `auxiliary` whether the design looks
    at columns of its own; `joint` gives the joint inclusion probabilities of some places from the chances of all, where they are known.
    """

    name: str
    select: Select
    version: int = 1
    sizes: Literal["ignored", "used", "needed"] = "needed"
    again: bool = False
    auxiliary: bool = False
    joint: Callable[[Floats, Codes], Floats] | None = None

    def chances(self, sizes: Floats | None, units: int, n: int) -> Floats:
        """The chances of a stratum's units: in proportion to size where the design uses sizes, alike otherwise."""
        if self.sizes == "ignored" or sizes is None:
            return np.full(units, n / units)
        return proportional_chances(sizes, n)

    @property
    def variance(self) -> Literal["brewer", "poisson"] | None:
        """How `Stages` treats unequal chances of this design."""
        if self.name == "poisson":
            return "poisson"
        return None if self.sizes == "ignored" else "brewer"


def _plain(select: Callable[[Floats, Uniforms], Codes]) -> Select:
    """An algorithm that needs chances and random numbers only."""
    return lambda chances, u, auxiliary: select(chances, u)


def _alike(chances: Floats, places: Codes) -> Floats:
    """Joint probabilities of a simple random sample without replacement."""
    units, n = chances.size, float(chances.sum())
    return np.full((places.size, places.size), n * (n - 1) / (units * (units - 1)) if units > 1 else 1.0)


def _apart(chances: Floats, places: Codes) -> Floats:
    """Joint probabilities of units that are drawn independently."""
    return np.outer(chances[places], chances[places])


def _again(expected: Floats, u: Uniforms, auxiliary: Floats | None) -> Codes:
    """Draws with replacement: a unit's place once for every time it is drawn."""
    return np.repeat(np.arange(expected.size), draw_replaced(expected, u))


ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType(
    {
        made.name: made
        for made in (
            Algorithm(name="srs", select=_plain(draw_simple), sizes="ignored", joint=_alike),
            Algorithm(name="srs_wr", select=_again, sizes="ignored", again=True),
            Algorithm(name="poisson", select=_plain(draw_poisson), sizes="used", joint=_apart),
            Algorithm(name="systematic", select=_plain(draw_systematic), sizes="ignored"),
            Algorithm(name="pps_systematic", select=_plain(draw_systematic)),
            Algorithm(name="pps_random_systematic", select=_plain(draw_random_systematic)),
            Algorithm(name="pareto", select=_plain(draw_pareto)),
        )
    }
)
