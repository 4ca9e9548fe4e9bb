"""People drawn by chance from a list that has them all: a whole method, as small as one can be. Replace it by what yours does.

`python3 dev.py test methods/_template` says what does not hold yet. What to change is marked "Yours:"; what is not is the same in every
method. `card.toml` beside this file says what the method is, `example.toml` is a place in which it is a good choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Context, Method, Plan, Simulated, Sizing, Truth, elements
from evidencekit.planning.simulating import happened, reported, sexes, who_answers

HERE = Path(__file__).parent


def size(context: Context) -> Sizing:
    """Interviews for the error that is wanted, or for what the budget buys; every number of the context is known here.

    Yours: `planning.clustered` for areas, schools or venues; `deff=` where weights differ; a Sizing made by hand for anything else.
    """
    return elements(context, price="cost_interview", called="interviews")


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Answers as they would come home, were `truth` true.

    Yours: the steps of the field work in their order; `planning.simulating` has areas, homes and what people answer. All of it in arrays,
    in about a millisecond, and with no other random numbers than those of `rng`.
    """
    response = context.middle("access.response")
    drawn = max(round(sizing.interviews / response), 2)
    sex = sexes(rng, drawn)
    true = happened(rng, sex, truth.by_sex())
    answered = who_answers(rng, true, response, truth)
    count = int(answered.sum())
    data = {
        "y": reported(rng, true, truth)[answered],
        "sex": sex[answered],
        "weight": np.ones(count),  # yours: one over the chance of being drawn, where chances differ
        "stratum": np.zeros(count, dtype=np.int64),  # yours: whole numbers, where units are drawn in strata
        "psu": np.arange(count),  # yours: the area, school or venue; a person is one's own
    }
    # Yours: what `estimand.measure` on the card is in this population. The analysis must find it where nothing but chance errs.
    return Simulated(data, {"prevalence": truth.p}, drawn)


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The number, from answers of the simulator or of the field.

    Yours: the design. `ek.Stages` has more stages and other classes of inference; where nobody knows the chances of being drawn,
    ``design=ek.NoDesign(...)`` gives a number without an interval.
    """
    survey = ek.Survey(answers, weights="weight", strata="stratum", psu="psu", population="people on the list")
    return ek.proportion(survey, "y", by=list(by))


def draw(plan: Plan, frame: ek.Frame, seed: int) -> ek.sampling.Draw:
    """The people, more than needed so that enough answer.

    Yours: `planning.drawing.areas_by_size` for areas and schools. Leave it out, here and below, where nothing is drawn from a list.
    """
    return ek.sampling.srs(frame, round(plan.sizing.interviews / plan.context.middle("access.response")), seed=seed)


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    drawing=draw,
)
