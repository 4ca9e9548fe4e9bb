"""Household survey with one eligible child a household: areas by size, households listed and drawn, one child drawn in each."""

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
CV_TOTALS = cv_lognormal()  # of weights in areas: what these have grown by
CV_WEIGHTS = cv_of(CV_TOTALS, cv_numbers())  # of weights: that, and eligible children in a household


def size(context: Context) -> Sizing:
    """Areas, households and interviews for the error that is wanted, or for what the budget buys."""
    return clustered(context, fieldwork=household_fieldwork(context), cv_weights=CV_WEIGHTS, cv_totals=CV_TOTALS)


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Visit households in drawn areas, list their children, draw one, ask it."""
    areas = draw_areas(rng, round(sizing.psus))
    shares = local_shares(rng, len(areas), truth)
    area = homes(rng, context, areas, visits=sizing.visits)
    children = eligible_at_home(rng, len(area))
    sex = sexes(rng, len(area))
    weight = areas.weight[area] * children
    response = context.middle("access.response")
    data = interviews(rng, truth, areas, area=area, weight=weight, sex=sex, shares=shares, response=response)
    return Simulated(data, {"prevalence": truth.p}, len(area))


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The weighted share with the intervals of a sample in areas."""
    survey = ek.Survey(answers, weights="weight", strata="stratum", psu="psu", population="children living in households")
    return ek.proportion(survey, "y", by=list(by))


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    # Areas first; then households are drawn from the lists made in them (`sampling.systematic`), a child by `sampling.one_respondent`.
    drawing=areas_by_size,
)
