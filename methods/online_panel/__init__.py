"""Online panel, weighted: whoever joined a panel answers, and weights make the answers resemble the population in what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Bias, Context, Method, Simulated, Sizing, Truth, elements
from evidencekit.planning.simulating import happened, reported, who_answers

HERE = Path(__file__).parent
CV_WEIGHTS = 0.35  # of weights that undo who joins the panel, below
CHECKED_A_DAY = 200.0  # answers, by somebody who looks for those without care
AGES = 3  # groups of age
JOINS = ((0.8, 1.0, 1.4), (0.6, 0.9, 1.3))  # how much likelier boys and girls of each age are to join; an assumption


def size(context: Context) -> Sizing:
    """Answers, and what is off because some are not online."""
    made = elements(context, price="cost_online", called="answers", deff=1 + CV_WEIGHTS**2, per_day=CHECKED_A_DAY)
    off = online(made.p, context) - made.p
    return replace(made, biases=(Bias("those who are not online", off, off, "follows from the context"),))


def online(p: float, context: Context) -> float:
    """The share among those who are online, where it is `p` among all."""
    if context.population.internet_users_only:
        return p
    away = 1 - context.middle("access.internet")
    return p / (1 - away + away * context.middle("outcome.offline_ratio"))


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """People of each sex and age join as they like; weights bring each group back to its size."""
    response = context.middle("access.response")
    n = max(round(sizing.interviews / response), 2)
    share = np.array(JOINS).ravel()
    group = rng.choice(2 * AGES, n, p=share / share.sum())
    sex = group // AGES
    reached = replace(truth, p=online(truth.p, context))
    true = happened(rng, sex, reached.by_sex())
    answered = who_answers(rng, true, response, reached)
    group, counts = group[answered], np.bincount(group[answered], minlength=2 * AGES)
    weight = (1 / np.maximum(counts, 1))[group]
    count = len(group)
    data = {
        "y": reported(rng, true, truth)[answered],
        "sex": sex[answered],
        "weight": weight,
        "stratum": np.zeros(count, dtype=np.int64),
        "psu": np.arange(count),
    }
    return Simulated(data, {"prevalence": truth.p}, n)


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The weighted share of those who answered; nobody was drawn, so it has no interval."""
    design = ek.NoDesign(weights="weight", inference="self-selected-adjusted")
    survey = ek.Survey(answers, design=design, population="people of a panel, weighted by sex and age")
    return ek.proportion(survey, "y", by=list(by))


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
)
