"""Sample of case files: files that offices hold are drawn and read by a fixed form. It counts what was reported, and nobody is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import evidencekit as ek
from evidencekit.planning import Context, Method, Plan, Simulated, Sizing, Truth, elements
from evidencekit.planning.simulating import happened, reported, sexes

HERE = Path(__file__).parent
OFFICES = (0.4, 0.3, 0.2, 0.1)  # the share of files that each office holds; an assumption
FILES_A_DAY = 20.0


def size(context: Context) -> Sizing:
    """Files for the error that is wanted, or for what the budget buys."""
    return elements(context, price="cost_file", called="files read", per_day=FILES_A_DAY)


def simulate(context: Context, sizing: Sizing, truth: Truth, rng: np.random.Generator) -> Simulated:
    """Draw files in each office in proportion to what it holds, and code each from the form."""
    counts = np.maximum(np.round(np.array(OFFICES) * sizing.interviews).astype(int), 2)
    office = np.repeat(np.arange(len(OFFICES)), counts)
    weight = (np.array(OFFICES) / counts)[office]
    sex = sexes(rng, len(office))
    true = happened(rng, sex, truth.by_sex())
    data = {"y": reported(rng, true, truth), "sex": sex, "weight": weight, "stratum": office, "psu": np.arange(len(office))}
    return Simulated(data, {"cases-on-file": truth.p}, len(office))


def analyse(answers: Any, by: Sequence[str]) -> ek.Estimate:
    """The weighted share of files; it is of what was reported, so it is given without an interval for a population."""
    design = ek.NoDesign(weights="weight", inference="administrative")
    survey = ek.Survey(answers, design=design, population="case files of the offices")
    return ek.proportion(survey, "y", by=list(by))


def draw(plan: Plan, frame: ek.Frame, seed: int) -> ek.sampling.Draw:
    """The files, systematically in the order in which each office opened them."""
    return ek.sampling.systematic(frame, round(plan.sizing.interviews), seed=seed)


METHOD = Method(
    card=ek.planning.read_card(HERE),
    sizing=size,
    simulator=simulate,
    analysis=analyse,
    example=lambda: Context.from_toml(HERE / "example.toml"),
    drawing=draw,
)
