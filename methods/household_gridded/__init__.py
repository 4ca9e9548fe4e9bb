"""Household survey on a grid of population: small cells drawn by the people they are said to hold, every household of a cell visited."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import (
    Access,
    Clusters,
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
from evidencekit.planning.simulating import cv_lognormal, cv_numbers, cv_of, draw_areas, eligible_at_home, interviews, local_shares, sexes

SPREAD = 0.2  # of the sizes of cells, joined on the map until they hold about as many (standard deviation of the logarithm)
ERROR = 0.5  # the same of households found over households that the grid says: an assumption
MOST = 2.0  # a cell with more times the households than expected is cut into parts, and one is drawn
CV_TOTALS = cv_lognormal(ERROR)  # of weights in cells: all households of each are visited
CV_CELLS = 0.35  # of weights of cells over answers: their size, and parts; measured
CV_WEIGHTS = cv_of(CV_CELLS, cv_numbers())  # of weights: that, and children in a household


def size(context: Context) -> Sizing:
    """Cells, visits and interviews; no listing beforehand, because all households of a cell are visited."""
    return clustered(
        context,
        fieldwork=household_fieldwork(context),
        clusters=Clusters(called="cells", listed=False),
        cv_weights=CV_WEIGHTS,
        cv_totals=CV_TOTALS,
    )


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Visit every household of drawn cells, or of one part of a cell that holds far more than expected, and ask one child in each."""
    cells = draw_areas(rng, round(sizing.psus), spread=SPREAD, grown=ERROR)
    shares = local_shares(rng, len(cells), truth)
    parts = np.ceil(cells.grown / MOST)
    households = sizing.visits / len(cells) * cells.size / np.exp(1.5 * SPREAD**2)  # that many on average, as drawn by size
    visits = households * cells.grown / parts
    opened = context.middle("access.eligible") * context.middle("access.household_response")
    cell = np.repeat(np.arange(len(cells)), rng.poisson(visits * opened))
    children = eligible_at_home(rng, len(cell))
    sex = sexes(rng, len(cell))
    weight = parts[cell] / cells.chance[cell] * children
    response = context.middle("access.response")
    data = interviews(rng, truth, cells, area=cell, weight=weight, sex=sex, shares=shares, response=response)
    return Simulated(data, {"prevalence": truth.p}, len(cell))


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The weighted share with the intervals of a sample in cells."""
    survey = ek.Survey(answers, weights="weight", strata="stratum", psu="psu", population="children living in households")
    return ek.proportion(survey, "y", by=list(by))


def draw(plan: Plan, frame: ek.Frame, seed: int) -> Any:
    """The cells, by the number of people in them; of one that is cut into parts, `sampling.srs` draws a part."""
    return areas_by_size(plan, frame, seed)


def example() -> Context:
    """Islands whose last census is old, and where no list of households can be made ahead of the visit."""
    return Context(
        name="The outer islands of Lumora",
        population=Population(
            who="children aged 12-17 on the outer islands of Lumora", age_min=12, age_max=17, out_of_school=(0.1, 0.3), offenders=False
        ),
        access=Access(
            household_frame="gridded",
            frame_age_years=2,
            listing_affordable=False,
            internet=(0.4, 0.7),
            eligible=0.35,
            household_response=0.93,
            response=0.85,
        ),
        outcome=Outcome(name="were sent unwanted sexual messages", p=0.1, rho=0.04, sensitive=True),
        safety=Safety(perpetrator_may_live_in_home=False, privacy_possible=True, remote_only=False, device_shared=True, conflict=False),
        protection=Protection(
            referral_path=True,
            counsellor=True,
            services_per_week=30,
            mandatory_reporting="professionals",
            parental_consent="required",
            assent=True,
            ethics_approved=True,
        ),
        resources=Resources(
            currency="USD", budget=150_000, interviewers=16, days=60, tablets=True, cost_psu=600, cost_screen=5, cost_interview=35
        ),
    )


METHOD = Method(
    card=ek.planning.read_card(Path(__file__).parent), sizing=size, simulator=simulate, analysis=analyse, example=example, drawing=draw
)
