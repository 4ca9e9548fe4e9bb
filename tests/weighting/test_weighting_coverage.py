"""After raking, 95 % intervals cover: linearised, jackknifed and bootstrapped, in thousands of samples.

Tessaly does not exist. Sampling units are drawn with replacement within strata, ten people from each; what is asked depends on sex and
age group, whose population totals are known and raked to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

SAMPLES, WORKERS, REPLICATES = 5_000, 2, 100
STRATA, UNITS, DRAWN, TAKE = 10, 100, 5, 8
HOW = ("linearised", "jackknife", "bootstrap")
STATISTICS = ("mean", "share", "ratio")


def populate() -> tuple[pd.DataFrame, Any]:
    """Everyone in Tessaly, in order of their unit; and the units' sizes."""
    rng = np.random.default_rng(21)
    size = np.clip(np.exp(rng.normal(4.2, 0.35, STRATA * UNITS)), 15, 200).astype(int)
    unit = np.repeat(np.arange(len(size)), size)
    pull = (rng.normal(0, 0.3, STRATA)[np.arange(len(size)) // UNITS] + rng.normal(0, 0.3, len(size)))[unit]
    sex, age = rng.integers(0, 2, len(unit)), rng.integers(0, 3, len(unit))
    y = 10 + 1.5 * sex + 0.8 * age + 2 * pull + rng.normal(0, 1.5, len(unit))
    x = np.exp(0.2 * pull + 0.1 * age + rng.normal(0, 0.3, len(unit)))
    told = (rng.random(len(unit)) < 1 / (1 + np.exp(1.8 - sex - pull))).astype(int)
    return pd.DataFrame({"unit": unit, "sex": sex, "age": age, "y": y, "x": x, "told": told}), size


def draw(people: pd.DataFrame, size: Any, rng: np.random.Generator) -> pd.DataFrame:
    """One sample; a unit drawn twice is two units of it."""
    start, rows, weight = np.cumsum(size) - size, [], []
    for h in range(STRATA):
        sizes = size[h * UNITS : (h + 1) * UNITS]
        for unit in h * UNITS + rng.choice(UNITS, DRAWN, p=sizes / sizes.sum()):
            rows.append(start[unit] + rng.permutation(size[unit])[:TAKE])
            weight.append(sizes.sum() / (TAKE * DRAWN))
    frame = people.take(np.concatenate(rows)).reset_index(drop=True)
    psu = np.repeat(np.arange(STRATA * DRAWN), TAKE)
    return frame.assign(h=psu // DRAWN, psu=psu, w=np.repeat(weight, TAKE))


def simulate(worker: int) -> dict[str, int]:
    """How many intervals cover the truth."""
    people, size = populate()
    truth = {"mean": people["y"].mean(), "share": people["told"].mean(), "ratio": people["y"].sum() / people["x"].sum()}
    margins = {name: people[name].value_counts().to_dict() for name in ("sex", "age")}
    rng = np.random.default_rng([3, worker])
    covered = {f"{how}, {statistic}": 0 for how in HOW for statistic in STATISTICS}
    for sample in range(SAMPLES // WORKERS):
        survey = ek.Survey(draw(people, size, rng), weights="w", strata="h", psu="psu")
        raked = ek.weighting.rake(survey, margins)
        made = {
            "linearised": raked,
            "jackknife": ek.weighting.jackknife(raked),
            "bootstrap": ek.weighting.bootstrap(raked, seed=sample, replicates=REPLICATES),
        }
        for how, each in made.items():
            estimates = {"mean": ek.mean(each, "y"), "share": ek.proportion(each, "told"), "ratio": ek.ratio(each, "y", "x")}
            for statistic, est in estimates.items():
                covered[f"{how}, {statistic}"] += int(est.interval.low[0] <= truth[statistic] <= est.interval.high[0])
    return covered


@pytest.fixture(scope="module")
def covered() -> dict[str, float]:
    quiet = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    started = [
        subprocess.Popen([sys.executable, __file__, str(worker)], stdout=subprocess.PIPE, env=quiet, text=True) for worker in range(WORKERS)
    ]
    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * WORKERS
    parts = [json.loads(text) for text in said]
    return {name: sum(part[name] for part in parts) / SAMPLES for name in parts[0]}


def test_the_sample_is_what_the_simulation_needs() -> None:
    people, size = populate()
    frame = draw(people, size, np.random.default_rng(0))
    assert frame["psu"].nunique() >= 40
    assert frame["w"].sum() == pytest.approx(len(people), rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("how", HOW)
def test_coverage(covered: dict[str, float], how: str, statistic: str) -> None:
    assert 0.93 <= covered[f"{how}, {statistic}"] <= 0.97


if __name__ == "__main__":
    sys.stdout.write(json.dumps(simulate(int(sys.argv[1]))))
