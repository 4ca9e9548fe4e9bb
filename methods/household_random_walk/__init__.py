"""Random walk: starting points are drawn, interviewers follow a rule from door to door. Chances of dwellings are not known: no interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Clusters, Context, Method, Plan, Simulated, Sizing, Truth, clustered, household_fieldwork
from evidencekit.planning.drawing import areas_by_size
from evidencekit.planning.simulating import among_reached, cv_numbers, draw_areas, eligible_at_home, homes, interviews, local_shares, sexes

HERE = Path(__file__).parent
NEAR = 3.0  # how many times as alike the dwellings along a walk are as those of a whole area: an assumption
MOST = 0.9  # they are never more alike than this


def size(context: Context) -> Sizing:
    """Starting points, visits and interviews, with dwellings as alike as those along a walk; nothing is listed."""
    return clustered(
        context.settled({"outcome.rho": nearby(context.middle("outcome.rho"))}, assumed=True),
        fieldwork=household_fieldwork(context),
        clusters=Clusters(called="walks", listed=False),
        cv_weights=cv_numbers(),
        cv_totals=0.0,
    )


def nearby(rho: float) -> float:
    """How alike two dwellings along a walk are, where two of one area are so alike."""
    return min(NEAR * rho, MOST)


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Walk past some dwellings more often than past others, those it happened to among them `truth.reached_times` as often.

    A walk keeps to one corner of its area, where people are more alike. No weight can tell how likely a dwelling was to be passed: the
    weights here are of the children in a household only.
    """
    areas = draw_areas(rng, round(sizing.psus))
    corners = local_shares(rng, len(areas), replace(truth, rho=nearby(truth.rho)))
    girls, boys = (among_reached(share, truth.reached_times) for share in corners)
    area = homes(rng, context, areas, visits=sizing.visits)
    children = eligible_at_home(rng, len(area))
    sex = sexes(rng, len(area))
    response = context.middle("access.response")
    weight = children.astype(np.float64)
    data = interviews(rng, truth, areas, area=area, weight=weight, sex=sex, shares=(girls, boys), response=response)
    return Simulated(data, {"prevalence": truth.p}, len(area))


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The share among those who answered, without an interval."""
    design = ek.NoDesign(inference="random-walk", weights="weight")
    survey = ek.Survey(answers, design=design, population="children whom the walks came by and who answered")
    return ek.proportion(survey, "y", by=list(by))


def draw(plan: Plan, frame: ek.Frame, seed: int) -> ek.sampling.RandomWalk:
    """Areas by size, with a route sheet for each that was decided before anybody walks."""
    areas = areas_by_size(plan, frame, seed)
    return ek.sampling.random_walk(areas, visits=max(round(plan.sizing.visits / plan.sizing.psus), 1))


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    drawing=draw,
)
