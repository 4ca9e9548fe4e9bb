"""A sample of people drawn by chance from a list that has them all: replace it by what your method does.

Four functions, and METHOD at the end, which names them. `python3 dev.py test methods/_template` says what is still missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Context, Line, Method, Outcome, Population, Protection, Resources, Safety, Simulated, Sizing, Truth
from evidencekit.planning.context import Access
from evidencekit.planning.simulating import happened, reported, sexes, who_answers

PER_DAY = 5.0  # interviews of one interviewer


def size(context: Context) -> Sizing:
    """Interviews for the error that is wanted, or for what the budget buys; every number of the context is known here.

    Surveys in areas or schools use `planning.clustered`.
    """
    p, price = context.middle("outcome.p"), context.middle("resources.cost_interview")
    interviews = ek.sampling.n_for_proportion(p, rse=context.middle("outcome.rse")).n
    if context.has("resources.budget"):
        interviews = min(interviews, context.middle("resources.budget") / price)
    if interviews < 1:
        raise ek.errors.InputError("The budget does not reach for one interview.", "Find more money, or a cheaper method.")
    lines = (Line("interviews", interviews, price),)
    return Sizing(interviews=interviews, psus=interviews, take=1.0, deff=1.0, p=p, lines=lines, days=interviews / PER_DAY)


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Answers as they would come home, were `truth` true: arrays of one simulation, in about a millisecond, from `rng` alone."""
    response = context.middle("access.response")
    drawn = max(round(sizing.interviews / response), 2)
    sex = sexes(rng, drawn)
    true = happened(rng, sex, truth.by_sex())
    answered = who_answers(rng, true, response, truth)
    count = int(answered.sum())
    data = {
        "y": reported(rng, true, truth)[answered],
        "sex": sex[answered],
        "weight": np.ones(count),
        "stratum": np.zeros(count, dtype=np.int64),
        "psu": np.arange(count),
    }
    return Simulated(data, {"prevalence": truth.p}, drawn)


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The number; where nobody knows the chances, `ek.Survey(answers, design=ek.NoDesign(...))` gives one without an interval."""
    survey = ek.Survey(answers, weights="weight", strata="stratum", psu="psu", population="people on the list")
    return ek.proportion(survey, "y", by=list(by))


def example() -> Context:
    """A context in which the method is a good choice."""
    return Context(
        name="a fictional town",
        population=Population(who="adults aged 18-24 in a fictional town", age_min=18, age_max=24),
        access=Access(internet=0.9, response=0.7),
        outcome=Outcome(name="were sent unwanted sexual messages before they were 18", p=0.15, sensitive=True),
        safety=Safety(privacy_possible=True, conflict=False),
        protection=Protection(ethics_approved=True),
        resources=Resources(currency="USD", cost_interview=20, tablets=True),
    )


METHOD = Method(card=ek.planning.read_card(Path(__file__).parent), sizing=size, simulator=simulate, analysis=analyse, example=example)
