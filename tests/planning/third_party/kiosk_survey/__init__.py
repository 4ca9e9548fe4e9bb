"""A method of another package: answers given at kiosks by whoever came."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Context, Line, Method, Outcome, Population, Protection, Resources, Simulated, Sizing, Truth, read_card

CAME = 400


def size(context: Context) -> Sizing:
    p, price = context.middle("outcome.p"), context.middle("resources.cost_interview")
    lines = (Line("interviews", CAME, price),)
    return Sizing(interviews=CAME, psus=CAME, take=1.0, deff=1.0, p=p, lines=lines, days=1.0)


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    sex = (rng.random(CAME) < 0.5).astype(np.int64)
    girls, boys = truth.by_sex()
    y = (rng.random(CAME) < np.where(sex == 1, girls, boys)).astype(np.int64)
    data = {"y": y, "sex": sex, "weight": np.ones(CAME), "stratum": np.zeros(CAME, dtype=np.int64), "psu": np.arange(CAME)}
    return Simulated(data, {"prevalence": truth.p}, CAME)


def analyse(answers: Any, by: tuple[str, ...]) -> ek.Estimate:
    return ek.proportion(ek.Survey(answers, design=ek.NoDesign(inference="self-selected")), "y", by=list(by))


def example() -> Context:
    return Context(
        population=Population(age_min=18, age_max=24),
        outcome=Outcome(p=0.15),
        protection=Protection(ethics_approved=True),
        resources=Resources(currency="USD", cost_interview=2),
    )


METHOD = Method(card=read_card(Path(__file__).parent), sizing=size, simulator=simulate, analysis=analyse, example=example)
