"""Household survey with one eligible child a household: areas by size, households listed and drawn, one child drawn in each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import (
    Access,
    Context,
    Method,
    Outcome,
    Plan,
    Population,
    Protection,
    Resources,
    Safety,
    Simulated,
    Sizing,
    Truth,
    clustered,
    household_fieldwork,
)
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


def draw(plan: Plan, frame: ek.Frame, seed: int) -> Any:
    """The areas; households are drawn from the lists made in them (`sampling.systematic`), a child by `sampling.one_respondent`."""
    return areas_by_size(plan, frame, seed)


def example() -> Context:
    """A capital with a recent census."""
    return Context(
        name="Lumora, the capital",
        population=Population(
            who="children aged 12-17 in the capital of Lumora", age_min=12, age_max=17, out_of_school=(0.05, 0.12), offenders=False
        ),
        access=Access(
            household_frame="census",
            frame_age_years=3,
            listing_affordable=True,
            internet=0.9,
            eligible=0.3,
            household_response=0.9,
            response=0.85,
        ),
        outcome=Outcome(name="were sent unwanted sexual messages", p=0.12, rho=0.03, sensitive=True),
        safety=Safety(perpetrator_may_live_in_home=True, privacy_possible=True, remote_only=False, device_shared=False, conflict=False),
        protection=Protection(
            referral_path=True,
            counsellor=True,
            services_per_week=60,
            mandatory_reporting="professionals",
            parental_consent="required",
            assent=True,
            ethics_approved=True,
        ),
        resources=Resources(
            currency="USD",
            budget=120_000,
            interviewers=20,
            days=40,
            tablets=True,
            cost_psu=300,
            cost_listing=150,
            cost_screen=4,
            cost_interview=35,
        ),
    )


METHOD = Method(
    card=ek.planning.read_card(Path(__file__).parent), sizing=size, simulator=simulate, analysis=analyse, example=example, drawing=draw
)
