"""School survey: schools by enrolment, pupils of drawn classes answer by themselves. It misses those who do not go to school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import (
    Access,
    Bias,
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
)
from evidencekit.planning.drawing import areas_by_size
from evidencekit.planning.simulating import cv_lognormal, draw_areas, interviews, local_shares, sexes
from evidencekit.sampling import Fieldwork

GROWN = 0.15  # of schools since the list was made (standard deviation of the logarithm); an assumption
CONSENT = 0.5  # of pupils take part where a parent must sign first; without that, as many as the context says


def size(context: Context) -> Sizing:
    """Schools and pupils, and what is off because some do not go to school."""
    made = clustered(
        context,
        fieldwork=Fieldwork(response=participation(context)),
        clusters=Clusters(called="schools", visited=False, price="cost_pupil"),
        cv_weights=cv_lognormal(GROWN),
        cv_totals=cv_lognormal(GROWN),
    )
    off = in_school(made.p, context) - made.p
    return replace(made, biases=(Bias("those who do not go to school", off, off, "follows from the context"),))


def participation(context: Context) -> float:
    """The share of pupils who take part."""
    share = context.middle("access.response")
    return min(share, CONSENT) if context.protection.parental_consent == "required" else share


def in_school(p: float, context: Context) -> float:
    """The share among those at school, where it is `p` among all."""
    out = context.middle("population.out_of_school")
    return p / (1 - out + out * context.middle("outcome.out_of_school_ratio"))


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Draw schools, ask as many pupils in each, and see who takes part."""
    schools = draw_areas(rng, round(sizing.psus), grown=GROWN)
    at_school = replace(truth, p=in_school(truth.p, context))
    shares = local_shares(rng, len(schools), at_school)
    response = participation(context)
    school = np.repeat(np.arange(len(schools)), max(round(sizing.take / response), 2))
    sex = sexes(rng, len(school))
    weight = schools.weight[school]
    data = interviews(rng, at_school, schools, area=school, weight=weight, sex=sex, shares=shares, response=response)
    return Simulated(data, {"prevalence": truth.p}, len(school))


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The weighted share with the intervals of a sample in schools."""
    survey = ek.Survey(answers, weights="weight", strata="stratum", psu="psu", population="children who go to school")
    return ek.proportion(survey, "y", by=list(by))


def draw(plan: Plan, frame: ek.Frame, seed: int) -> Any:
    """The schools; classes are drawn from the list of each (`sampling.systematic`), and all their pupils are asked."""
    return areas_by_size(plan, frame, seed)


def example() -> Context:
    """A province where nearly all go to school, and where it is known that those who do not live through no more."""
    return Context(
        name="Lumora, the coast",
        population=Population(
            who="children aged 13-15 on the coast of Lumora", age_min=13, age_max=15, out_of_school=0.06, offenders=False
        ),
        access=Access(school_frame=True, schools_willing=True, response=0.85),
        outcome=Outcome(name="were sent unwanted sexual messages", p=0.12, rho=0.04, sensitive=True, out_of_school_ratio=1),
        safety=Safety(perpetrator_may_live_in_home=True, privacy_possible=True, remote_only=False, device_shared=False, conflict=False),
        protection=Protection(
            referral_path=True,
            counsellor=True,
            services_per_week=80,
            mandatory_reporting="professionals",
            parental_consent="opt-out",
            assent=True,
            ethics_approved=True,
        ),
        resources=Resources(
            currency="USD", budget=60_000, interviewers=12, days=30, tablets=True, cost_psu=400, cost_listing=40, cost_pupil=6
        ),
    )


METHOD = Method(
    card=ek.planning.read_card(Path(__file__).parent), sizing=size, simulator=simulate, analysis=analyse, example=example, drawing=draw
)
