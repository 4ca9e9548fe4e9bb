"""Household survey of adults of 18 to 24 about the years before they were 18: one drawn in each household, no child is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Context, Method, Simulated, Sizing, Truth, clustered, household_fieldwork
from evidencekit.planning.drawing import areas_by_size
from evidencekit.planning.simulating import (
    cv_lognormal,
    cv_numbers,
    cv_of,
    draw_areas,
    eligible_at_home,
    homes,
    interviews,
    local_shares,
    sexes,
)

HERE = Path(__file__).parent
ADULTS = (0.7, 0.25, 0.05)  # households with one, two and three adults of that age, of those that have any; an assumption
CV_TOTALS = cv_lognormal()  # of weights in areas: what these have grown by
CV_WEIGHTS = cv_of(CV_TOTALS, cv_numbers(ADULTS))  # of weights: that, and adults in a household


def size(context: Context) -> Sizing:
    """Areas, households and interviews for the error that is wanted, or for what the budget buys."""
    return clustered(context, fieldwork=household_fieldwork(context), cv_weights=CV_WEIGHTS, cv_totals=CV_TOTALS)


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Visit households in drawn areas, list adults of 18 to 24, draw one, ask about the years before."""
    areas = draw_areas(rng, round(sizing.psus))
    shares = local_shares(rng, len(areas), truth)
    area = homes(rng, context, areas, visits=sizing.visits)
    adults = eligible_at_home(rng, len(area), ADULTS)
    sex = sexes(rng, len(area))
    weight = areas.weight[area] * adults
    response = context.middle("access.response")
    data = interviews(rng, truth, areas, area=area, weight=weight, sex=sex, shares=shares, response=response)
    return Simulated(data, {"before-18": truth.p}, len(area))


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The weighted share with the intervals of a sample in areas."""
    survey = ek.Survey(answers, weights="weight", strata="stratum", psu="psu", population="adults aged 18-24 living in households")
    return ek.proportion(survey, "y", by=list(by))


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    # Areas first; then households are drawn from the lists made in them, an adult by `sampling.one_respondent`.
    drawing=areas_by_size,
)
