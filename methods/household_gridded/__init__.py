"""Household survey on a grid of population: small cells drawn by the people they are said to hold, every household of a cell visited."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Clusters, Context, Method, Simulated, Sizing, Truth, clustered, household_fieldwork
from evidencekit.planning.drawing import areas_by_size
from evidencekit.planning.simulating import cv_lognormal, cv_numbers, cv_of, draw_areas, eligible_at_home, interviews, local_shares, sexes

HERE = Path(__file__).parent
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


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    # Cells by the number of people in them; of a cell that is cut into parts, `sampling.srs` draws one.
    drawing=areas_by_size,
)
