"""School survey: schools by enrolment, pupils of drawn classes answer by themselves. It misses those who do not go to school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Bias, Clusters, Context, Method, Simulated, Sizing, Truth, clustered
from evidencekit.planning.drawing import areas_by_size
from evidencekit.planning.simulating import cv_lognormal, draw_areas, interviews, local_shares, sexes
from evidencekit.sampling import Fieldwork

HERE = Path(__file__).parent
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


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    # Schools first; then classes are drawn from the list of each school (`sampling.systematic`), and all their pupils are asked.
    drawing=areas_by_size,
)
