"""The designs by name: which algorithm selects, what it needs, its version, and what its variance goes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.sampling.selecting.brewer import draw_brewer
from evidencekit.sampling.selecting.chances import proportional_chances
from evidencekit.sampling.selecting.conditional import draw_conditional
from evidencekit.sampling.selecting.cube import draw_balanced
from evidencekit.sampling.selecting.joint import PairMethod
from evidencekit.sampling.selecting.local_pivotal import draw_spread
from evidencekit.sampling.selecting.order_sampling import draw_pareto
from evidencekit.sampling.selecting.pivotal import draw_pivotal, draw_random_pivotal
from evidencekit.sampling.selecting.poisson import draw_poisson
from evidencekit.sampling.selecting.sampford import draw_sampford
from evidencekit.sampling.selecting.simple import draw_replaced, draw_simple
from evidencekit.sampling.selecting.systematic import draw_circular, draw_random_systematic, draw_systematic
from evidencekit.sampling.streams import Uniforms

__all__ = ["ALGORITHMS", "Algorithm"]

Select = Callable[[Floats, Uniforms, "Floats | None"], Codes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """A design: the version goes up whenever the same numbers would select other units.

    `sizes` says whether chances follow the frame's sizes, `again` whether a unit can be drawn twice, `auxiliary` whether the design looks
    at columns of its own, `starts` whether the first open unit's number is the only one it looks at; `pairs` is what its joint inclusion
    probabilities go by, where they are exact.
    """

    name: str
    select: Select
    version: int = 1
    sizes: Literal["ignored", "used", "needed"] = "needed"
    again: bool = False
    auxiliary: bool = False
    starts: bool = False
    pairs: PairMethod | None = None

    def chances(self, sizes: Floats | None, units: int, n: int) -> Floats:
        """The chances of a stratum's units: in proportion to size where the design uses sizes, alike otherwise."""
        if self.sizes == "ignored" or sizes is None:
            return np.full(units, n / units)
        return proportional_chances(sizes, n)

    @property
    def fixed(self) -> bool:
        """Whether as many units are drawn as were asked for."""
        return self.name != "poisson"

    @property
    def variance(self) -> Literal["brewer", "poisson"] | None:
        """How `Stages` treats unequal chances of this design."""
        if not self.fixed:
            return "poisson"
        return None if self.sizes == "ignored" else "brewer"


def _plain(select: Callable[[Floats, Uniforms], Codes]) -> Select:
    """An algorithm that needs chances and random numbers only."""
    return lambda chances, u, auxiliary: select(chances, u)


def _told(select: Callable[[Floats, Uniforms, Floats], Codes]) -> Select:
    """An algorithm that looks at columns of its own as well."""

    def with_columns(chances: Floats, u: Uniforms, auxiliary: Floats | None) -> Codes:
        return select(chances, u, np.zeros((chances.size, 1)) if auxiliary is None else auxiliary)

    return with_columns


def _again(expected: Floats, u: Uniforms, auxiliary: Floats | None) -> Codes:
    """Draws with replacement: a unit's place once for every time it is drawn."""
    return np.repeat(np.arange(expected.size), draw_replaced(expected, u))


ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType(
    {
        made.name: made
        for made in (
            Algorithm(name="srs", select=_plain(draw_simple), sizes="ignored", pairs="simple"),
            Algorithm(name="srs_wr", select=_again, sizes="ignored", again=True),
            Algorithm(name="systematic", select=_plain(draw_systematic), sizes="ignored", starts=True),
            Algorithm(name="circular_systematic", select=_plain(draw_circular), sizes="ignored", starts=True),
            Algorithm(name="poisson", select=_plain(draw_poisson), sizes="used", pairs="poisson"),
            Algorithm(name="pps_systematic", select=_plain(draw_systematic), starts=True),
            Algorithm(name="pps_random_systematic", select=_plain(draw_random_systematic), pairs="random-systematic"),
            Algorithm(name="pareto", select=_plain(draw_pareto)),
            Algorithm(name="conditional_poisson", select=_plain(draw_conditional), pairs="conditional-poisson"),
            Algorithm(name="brewer", select=_plain(draw_brewer), pairs="brewer"),
            Algorithm(name="sampford", select=_plain(draw_sampford), pairs="sampford"),
            Algorithm(name="pivotal", select=_plain(draw_random_pivotal), sizes="used"),
            Algorithm(name="ordered_pivotal", select=_plain(draw_pivotal), sizes="used"),
            Algorithm(name="local_pivotal", select=_told(draw_spread), sizes="used", auxiliary=True),
            Algorithm(name="cube", select=_told(draw_balanced), sizes="used", auxiliary=True),
        )
    }
)
