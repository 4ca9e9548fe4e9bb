"""Intervals cover the truth: thousands of samples from three fictional finite populations.

Orlen, Vessmark and Talvia do not exist. Sampling units are drawn with replacement within strata and about ten people are
drawn at random from each, independently every time a unit is drawn, so the with-replacement variance is the right one and
the weights are exact. A share for which no interval can be had counts as not covered.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

SAMPLES, WORKERS = 5_000, 2
SHARES = {"p = 0.02": 0.02, "p = 0.1": 0.1, "p = 0.5": 0.5}
BARS = {name: (0.93, 0.97) for name in ("mean", "p = 0.1", "p = 0.5", "ratio", "median")} | {"p = 0.02": (0.925, 0.985)}


@dataclass(frozen=True)
class Plan:
    """A population and how it is sampled."""

    seed: int
    strata: int
    drawn: int
    size_spread: float
    chances: str  # of a unit within its stratum: "size", "equal" or "outdated size"
    size_effect: float  # of the log size of a unit on everything asked
    skewed: bool


PLANS = {
    "Orlen": Plan(11, 10, 5, 0.35, "size", 0.0, False),
    "Vessmark": Plan(12, 10, 6, 0.45, "equal", 0.6, False),  # weights follow unit sizes, and so do the answers
    "Talvia": Plan(13, 12, 4, 0.4, "outdated size", 0.2, True),
}


@dataclass(frozen=True)
class Population:
    """People in order of their unit; units in order of their stratum, 100 in each."""

    people: dict[str, np.ndarray]
    start: np.ndarray
    size: np.ndarray
    chance: np.ndarray
    truth: dict[str, float]


def populate(plan: Plan) -> Population:
    rng = np.random.default_rng(plan.seed)
    units = plan.strata * 100
    stratum = np.repeat(np.arange(plan.strata), 100)
    noise = rng.normal(0, plan.size_spread, units)
    size = np.clip(np.exp(4.4 + noise), 20, 250).astype(int)
    measure = {"size": size, "equal": np.ones(units), "outdated size": size * np.exp(rng.normal(0, 0.25, units))}[plan.chances]
    chance = measure / np.bincount(stratum, measure)[stratum]
    unit = np.repeat(np.arange(units), size)
    pull = (rng.normal(0, 0.3, plan.strata)[stratum] + plan.size_effect * noise + rng.normal(0, 0.3, units))[unit]
    x = np.exp(1 + 0.2 * pull + rng.normal(0, 0.3, len(unit)))
    y = pull + rng.normal(0, 1, len(unit))
    y = np.exp(0.5 * y) if plan.skewed else 10 + 2 * y
    people = {"y": y, "x": x, "z": x * np.exp(0.1 * pull + rng.normal(0, 0.2, len(unit)))}
    latent = pull + rng.logistic(0, 0.8, len(unit))
    for name, share in SHARES.items():
        people[name] = (latent > np.quantile(latent, 1 - share)).astype(int)
    truth = {"mean": y.mean(), "ratio": people["z"].sum() / x.sum(), "median": np.quantile(y, 0.5, method="inverted_cdf")}
    truth |= {name: people[name].mean() for name in SHARES}
    return Population(people, np.cumsum(size) - size, size, chance, {k: float(v) for k, v in truth.items()})


def draw(population: Population, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """One sample; a unit drawn twice is two units of it."""
    steps = np.cumsum(population.chance.reshape(plan.strata, 100), axis=1)
    picked = [100 * h + np.searchsorted(steps[h], rng.random(plan.drawn) * steps[h, -1], side="right") for h in range(plan.strata)]
    unit = np.concatenate(picked)
    size, take = population.size[unit], 10
    keys = rng.random((len(unit), size.max()))
    keys[np.arange(size.max()) >= size[:, None]] = 2.0
    who = population.start[unit][:, None] + np.argpartition(keys, take, axis=1)[:, :take]
    weight = size / take / (plan.drawn * population.chance[unit])
    frame = {name: values[who.ravel()] for name, values in population.people.items()}
    stratum = np.repeat(np.arange(plan.strata), plan.drawn)
    design = {"stratum": stratum, "psu": np.arange(len(unit)), "weight": weight}
    return pd.DataFrame(frame | {name: np.repeat(values, take) for name, values in design.items()})


def intervals(survey: ek.Survey) -> dict[str, tuple[float, float]]:
    made = {"mean": ek.mean(survey, "y"), "ratio": ek.ratio(survey, "z", "x"), "median": ek.quantile(survey, "y")}
    found = {name: (float(e.interval.low[0]), float(e.interval.high[0])) for name, e in made.items()}
    for name in SHARES:
        share = ek.proportion(survey, name)
        found[name] = (float(share.interval.low[0]), float(share.interval.high[0]))
    return found


def simulate(worker: int) -> dict[str, dict[str, list[int]]]:
    """Of this worker's samples, how many intervals lie below the truth, cover it, lie above it, or are missing."""
    out: dict[str, dict[str, list[int]]] = {}
    for name, plan in PLANS.items():
        population, rng = populate(plan), np.random.default_rng([plan.seed, worker])
        counts = {statistic: [0, 0, 0, 0] for statistic in BARS}
        for _ in range(SAMPLES // WORKERS):
            survey = ek.Survey(draw(population, plan, rng), weights="weight", strata="stratum", psu="psu")
            for statistic, (low, high) in intervals(survey).items():
                true = population.truth[statistic]
                place = 3 if np.isnan(low) or np.isnan(high) else 0 if high < true else 2 if low > true else 1
                counts[statistic][place] += 1
        out[name] = counts
    return out


@pytest.fixture(scope="module")
def places() -> dict[str, dict[str, np.ndarray]]:
    quiet = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    started = [
        subprocess.Popen([sys.executable, __file__, str(worker)], stdout=subprocess.PIPE, env=quiet, text=True) for worker in range(WORKERS)
    ]
    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * WORKERS
    parts = [json.loads(text) for text in said]
    return {name: {s: sum(np.array(part[name][s]) for part in parts) for s in BARS} for name in PLANS}


@pytest.mark.parametrize("name", PLANS)
def test_weights_and_design_are_what_the_simulation_needs(name):
    plan = PLANS[name]
    population = populate(plan)
    rng = np.random.default_rng(1)
    sums = [draw(population, plan, rng)["weight"].sum() for _ in range(200)]
    people = len(population.people["y"])
    assert abs(np.mean(sums) - people) < 4 * np.std(sums) / np.sqrt(200) + 1e-6 * people
    frame = draw(population, plan, rng)
    survey = ek.Survey(frame, weights="weight", strata="stratum", psu="psu")
    assert frame["psu"].nunique() >= 40
    assert ek.mean(survey, "y").df[0] >= 20
    if name == "Vessmark":
        assert np.corrcoef(frame["weight"], frame["y"])[0, 1] > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("statistic", BARS)
@pytest.mark.parametrize("name", PLANS)
def test_coverage(places, name, statistic):
    counts = places[name][statistic]
    assert counts.sum() == SAMPLES
    low, high = BARS[statistic]
    covered = counts[1] / SAMPLES
    assert low <= covered <= high, f"{name}, {statistic}: {covered:.4f} covered; below, covering, above, missing: {counts.tolist()}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(simulate(int(sys.argv[1]))))
