"""The variance that a design gives is on average what estimates vary by: 800 draws of each design, with certain units and strata."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit import sampling

pytestmark = pytest.mark.slow
RUNS = 800


def people() -> pd.DataFrame:
    """200 units in two strata, in no order; what is measured goes with size, and with a noise of its own. One is certain by its size."""
    rng = np.random.default_rng(12)
    size = rng.integers(20, 90, 200).astype(float)
    size[7] = 1500
    return pd.DataFrame({"u": np.arange(200), "size": size, "zone": np.arange(200) % 2, "y": 2 * size + rng.normal(0, 40, 200)})


def spread(draw_one: Any) -> tuple[float, float]:
    """The average estimated variance of a total over what totals vary by, and how far their average is off in standard errors."""
    everybody = people()
    frame = ek.Frame(everybody, id="u", size="size", strata="zone")
    totals, variances = [], []
    for seed in range(RUNS):
        draw = draw_one(frame, seed)
        est = ek.total(ek.Survey(draw.sample, design=draw.design), "y")
        totals.append(est.points[0])
        variances.append(est.se[0] ** 2)
    off = (np.mean(totals) - everybody["y"].sum()) / (np.std(totals) / np.sqrt(RUNS))
    return float(np.mean(variances) / np.var(totals)), float(off)


@pytest.mark.parametrize("design", ["srs", "pareto", "conditional_poisson", "brewer", "sampford", "pivotal", "pps_random_systematic"])
def test_the_variance_of_a_draw(design: str) -> None:
    verb = getattr(sampling, design)
    ratio, off = spread(lambda frame, seed: verb(frame, {0: 15, 1: 15}, seed=seed))
    # The variance of 800 totals is known to within 5 in 100, so this is three times that.
    assert 0.85 < ratio < 1.15
    assert abs(off) < (8 if design == "pareto" else 4.5)  # Pareto meets the chances nearly


def test_the_variance_of_a_poisson_draw() -> None:
    ratio, off = spread(lambda frame, seed: sampling.poisson(frame, {0: 15, 1: 15}, seed=seed))
    assert 0.85 < ratio < 1.15
    assert abs(off) < 4.5


def test_the_variance_of_releases_that_went_out() -> None:
    ratio, off = spread(lambda frame, seed: sampling.releases(sampling.brewer(frame, {0: 18, 1: 18}, seed=seed), 3).released(2))
    assert 0.85 < ratio < 1.15
    assert abs(off) < 4.5
