"""Survey of frontline workers: drawn from a list of those who meet children at work, asked whether they met a case. No child is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Context, Method, Plan, Simulated, Sizing, Truth, elements
from evidencekit.planning.simulating import adjusted, happened, reported, sexes, who_answers

HERE = Path(__file__).parent
SERVICES = 4  # strata: such as social work, schools, health and police; an assumption


def size(context: Context) -> Sizing:
    """Interviews for the error that is wanted, or for what the budget buys."""
    return elements(context, price="cost_interview", called="interviews")


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Draw workers in each service, and see who answers."""
    response = context.middle("access.response")
    n = max(round(sizing.interviews / response), 4 * SERVICES)
    service = np.sort(np.arange(n) % SERVICES)
    sex = sexes(rng, n)
    true = happened(rng, sex, truth.by_sex())
    answered = who_answers(rng, true, response, truth)
    weight = adjusted(np.ones(n), service, answered, SERVICES)
    taken = service[answered]
    data = {
        "y": reported(rng, true, truth)[answered],
        "sex": sex[answered],
        "weight": weight,
        "stratum": taken,
        "psu": np.arange(len(taken)),
    }
    return Simulated(data, {"seen-by-workers": truth.p}, n)


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The share of workers who met a case, with the interval of a sample of workers."""
    survey = ek.Survey(answers, weights="weight", strata="stratum", psu="psu", population="frontline workers on the list")
    return ek.proportion(survey, "y", by=list(by))


def draw(plan: Plan, frame: ek.Frame, seed: int) -> ek.sampling.Draw:
    """The workers, systematically in the order of the list, more than needed so that enough answer."""
    asked = plan.sizing.interviews / plan.context.middle("access.response")
    return ek.sampling.systematic(frame, round(asked), seed=seed)


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    drawing=draw,
)
