"""Household survey that asks girls in some areas and boys in others, so that nobody is asked where somebody of the other sex is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import comb
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Clusters, Context, Method, Plan, Simulated, Sizing, Truth, clustered, household_fieldwork
from evidencekit.planning.drawing import areas_by_size
from evidencekit.planning.simulating import (
    ELIGIBLE,
    Areas,
    cv_lognormal,
    cv_numbers,
    cv_of,
    draw_areas,
    eligible_at_home,
    homes,
    interviews,
    local_shares,
)

HERE = Path(__file__).parent
OF_SEX = tuple(  # of households with a child, those with one, two and three of the sex asked
    sum(share * comb(k, asked) * 0.5**k for k, share in enumerate(ELIGIBLE, 1)) for asked in range(1, len(ELIGIBLE) + 1)
)
WITH_ONE = sum(OF_SEX)
CV_TOTALS = cv_lognormal()  # of weights in areas: what these have grown by
CV_WEIGHTS = cv_of(
    CV_TOTALS, cv_numbers([share / WITH_ONE for share in OF_SEX])
)  # of weights: that, and children of one sex in a household
LEAST = 60  # areas: 30 for girls and 30 for boys


def size(context: Context) -> Sizing:
    """Areas, households and interviews for the number of all children; that of girls or of boys has half the interviews."""
    fieldwork = household_fieldwork(context)
    fieldwork = replace(fieldwork, eligible=fieldwork.eligible * WITH_ONE)
    return clustered(context, fieldwork=fieldwork, clusters=Clusters(least=LEAST), cv_weights=CV_WEIGHTS, cv_totals=CV_TOTALS)


def labels(areas: Areas, rng: np.random.Generator) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Who is asked in each area (1 girls), half of each stratum at random, and the share of its stratum's areas that ask the same."""
    order = np.lexsort((rng.random(len(areas)), areas.stratum))
    drawn = np.bincount(areas.stratum)
    first = np.repeat(np.cumsum(drawn) - drawn, drawn)
    more = np.repeat(rng.integers(0, 2, len(drawn)), drawn)  # where a number is odd, chance says who gets one more
    asked = np.empty(len(areas), dtype=np.int64)
    asked[order] = (np.arange(len(areas)) - first + more) % 2
    part = 2 * areas.stratum + asked
    return asked, np.bincount(part)[part] / drawn[areas.stratum]


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Label areas, visit households in them, draw one child of the sex that is asked there."""
    areas = draw_areas(rng, round(sizing.psus))
    shares = local_shares(rng, len(areas), truth)
    asked, part = labels(areas, rng)
    area = homes(rng, context, areas, visits=sizing.visits)
    children = rng.binomial(eligible_at_home(rng, len(area)), 0.5)  # of the sex that is asked
    area, children = area[children > 0], children[children > 0]
    weight = (areas.weight / part)[area] * children
    response = context.middle("access.response")
    data = interviews(rng, truth, areas, area=area, weight=weight, sex=asked[area], shares=shares, response=response)
    return Simulated(data, {"prevalence": truth.p}, len(area))


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The share of all children, or with ``by=("sex",)`` of girls and of boys.

    The areas of girls in a stratum stand for all its girls, and those of boys for all its boys, so that weighted sums of both together are
    totals of all children. Each part is a stratum of its own: which areas are whose does not vary between them.
    """
    survey = ek.Survey(answers, weights="weight", strata=("stratum", "sex"), psu="psu", population="children living in households")
    return ek.proportion(survey, "y", by=list(by))


def draw(plan: Plan, frame: ek.Frame, seed: int) -> ek.sampling.Draw:
    """The areas, each for girls or for boys (`sampling.split_psus`)."""
    return ek.sampling.split_psus(areas_by_size(plan, frame, seed, least=4))  # two for girls and two for boys in each stratum


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    drawing=draw,
)
