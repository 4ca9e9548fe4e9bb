"""Time-location sampling: periods at venues are drawn, who comes is counted, some are asked, and weigh less if they come often."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Clusters, Context, Method, Plan, Simulated, Sizing, Truth, clustered
from evidencekit.planning.simulating import adjusted, among_reached, cv_lognormal, cv_of, draw_areas, local_shares, reported, who_answers
from evidencekit.sampling import Fieldwork

HERE = Path(__file__).parent
TIMES = np.array([1.0, 2.0, 4.0, 8.0])  # visits to any listed venue in the weeks of the frame
PEOPLE = np.array([0.30, 0.30, 0.25, 0.15])  # who comes so often, of all who come: an assumption
OFTEN = TIMES**0.3 / (PEOPLE @ TIMES**0.3)  # how much more frequent the outcome is among those who come often: an assumption
FOUND = 0.96  # of those to be asked, those there are: some periods have fewer people than that; from the numbers below
CROWD = 3.0  # people counted for one who is asked
SPREAD = 0.6  # of people expected (standard deviation of the logarithm)
ERROR = 0.4  # of people who came over people who were expected (the same)
PERIODS = Clusters(called="periods at venues", listed=False, visited=False)
CV_TOTALS = cv_lognormal(ERROR)  # of weights in periods: people who came over people who were expected


def size(context: Context) -> Sizing:
    """Periods and interviews. Weights by visits vary much: half as many interviews again as without them."""
    fieldwork = Fieldwork(response=context.middle("access.response"))
    cv_weights = cv_of(CV_TOTALS, cv_visits(context.middle("outcome.p")))
    return clustered(context, fieldwork=fieldwork, clusters=PERIODS, cv_weights=cv_weights, cv_totals=CV_TOTALS)


def cv_visits(p: float) -> float:
    """The spread of weights by visits, as the share feels it: each weighs with the square of its answer less the share.

    Those it happened to carry nearly all of the variance of a small share. They come more often, and weigh less than others.
    """
    others, those = attendance(p)
    return math.sqrt(float(PEOPLE @ TIMES) * float(((1 - p) * those + p * others) @ (1 / TIMES)) - 1)


def attendance(p: float) -> np.ndarray[Any, Any]:
    """Who comes so often: of those it did not happen to (row 0) and of those it happened to (row 1)."""
    lift = 1 + (OFTEN - 1) * min(1.0, (1 - p) / p)  # so that no share of a group is above 1
    return np.array([PEOPLE * (1 - p * lift) / (1 - p), PEOPLE * lift])


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Count who comes in drawn periods, ask some of them, and how often they come."""
    periods = draw_areas(rng, round(sizing.psus), spread=SPREAD, grown=ERROR)
    people = np.array(local_shares(rng, len(periods), truth)[::-1])  # the shares of those who attend: boys, girls
    often = attendance(truth.p)
    means = often @ TIMES
    visits = people * means[1] + (1 - people) * means[0]  # of one of them: where it happened to many, more come in a period
    response = context.middle("access.response")
    ask = max(round(sizing.take / response / FOUND), 1)
    crowd = CROWD * ask * periods.size / np.exp(1.5 * SPREAD**2) * periods.grown
    came = rng.poisson(crowd * visits.mean(axis=0) / (PEOPLE @ TIMES))
    drawn = np.minimum(came, ask)
    period = np.repeat(np.arange(len(periods)), drawn)
    sex = (rng.random(len(period)) < (visits[1] / visits.sum(axis=0))[period]).astype(np.int64)
    true = (rng.random(len(period)) < among_reached(people, means[1] / means[0])[sex, period]).astype(np.int64)
    steps = np.cumsum(often * TIMES / means[:, None], axis=1)[:, :-1]
    times = TIMES[(rng.random(len(period))[:, None] > steps[true]).sum(axis=1)]
    answered = who_answers(rng, true, response, truth)
    attended = adjusted((came / np.maximum(drawn, 1) / periods.chance)[period], period, answered, len(periods))
    data = {
        "y": reported(rng, true, truth)[answered],
        "sex": sex[answered],
        "weight": attended / times[answered],
        "stratum": periods.stratum[period[answered]],
        "psu": period[answered],
        "visits": times[answered],
    }
    return Simulated(data, {"prevalence": truth.p}, len(period))


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The weighted share of those who attend, with periods as the sampling units."""
    design = ek.Stages(weights="weight", strata="stratum", psu="psu", inference="venue")
    survey = ek.Survey(answers, design=design, population="those who attend a listed venue in a listed period at least once")
    return ek.proportion(survey, "y", by=list(by))


def draw(plan: Plan, frame: ek.Frame, seed: int) -> ek.sampling.Draw:
    """The periods, from a `sampling.venue_frame`; afterwards `sampling.venue_sample` gives the answers their weights."""
    return ek.sampling.pps_random_systematic(frame, round(plan.sizing.psus), seed=seed)


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    drawing=draw,
)
