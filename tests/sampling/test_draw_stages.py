"""Households within areas: chances multiply, both stages reach the Survey, and its intervals cover."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import DesignError, InputError


def country() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Areas with a size, and their households with a 0/1 answer."""
    rng = np.random.default_rng(8)
    listed = rng.integers(15, 60, 120)
    listed[7] = 700
    areas = pd.DataFrame({"ea": np.arange(120), "hh": np.maximum(10, listed + rng.integers(-4, 5, 120)), "zone": np.arange(120) % 3})
    of = np.repeat(areas["ea"], listed).to_numpy()
    level = np.clip(0.3 + 0.12 * rng.standard_normal(120), 0.05, 0.9)
    homes = pd.DataFrame({"home": np.arange(of.size), "area": of, "yes": (rng.random(of.size) < level[of]).astype(int)})
    return areas, homes


def both(areas: pd.DataFrame, homes: pd.DataFrame, seed: int) -> sampling.TwoStage:
    first = sampling.pps_systematic(ek.Frame(areas, id="ea", size="hh", strata="zone"), {0: 8, 1: 8, 2: 8}, seed=seed)
    listing = ek.Frame(homes[homes["area"].isin(first.sample["ea"])], id="home", strata="area")
    return sampling.second_stage(first, sampling.systematic(listing, sampling.in_each(listing, 10), seed=seed))


def test_chances_multiply_and_a_certain_area_is_a_stratum_of_its_own() -> None:
    made = both(*country(), seed=2)
    sample = made.sample
    np.testing.assert_allclose(sample["weight"], 1 / (sample["chance_1"] * sample["chance_2"]))
    assert sample.groupby("area").size().eq(10).all()
    sure = sample[sample["area"] == 7]
    assert set(sure["chance_1"]) == {1.0}
    assert set(sure["variance_stratum"]) == {4}
    est = ek.mean(ek.Survey(made.sample, design=made.design), "yes")
    assert 0 < est.se[0] < 0.1


@pytest.mark.slow
def test_intervals_cover() -> None:
    areas, homes = country()
    truth, inside, runs = homes["yes"].mean(), 0, 400
    for seed in range(runs):
        made = both(areas, homes, seed)
        row = ek.mean(ek.Survey(made.sample, design=made.design), "yes").to_frame().iloc[0]
        inside += row["low"] <= truth <= row["high"]
    assert 0.92 <= inside / runs <= 0.98


def test_totals_are_unbiased() -> None:
    areas, homes = country()
    totals = [float((made.sample["weight"] * made.sample["yes"]).sum()) for made in (both(areas, homes, seed) for seed in range(150))]
    assert abs(np.mean(totals) - homes["yes"].sum()) < 4.5 * np.std(totals) / np.sqrt(len(totals))


def test_draws_that_do_not_fit() -> None:
    areas, homes = country()
    made = both(areas, homes, 2)
    frame = ek.Frame(homes[homes["area"] < 40], id="home", strata="area")
    bad: list[tuple[Any, Any, type[Exception], str]] = [
        (made.first, sampling.srs(frame, sampling.in_each(frame, 3), seed=1), DesignError, "strata of the second frame were not drawn"),
        (made.first, sampling.srs(ek.Frame(homes, id="home"), 9, seed=1), InputError, "no single strata= column"),
        (made.first, homes, InputError, "takes two Draws"),
        (sampling.srs_wr(ek.Frame(areas, id="ea"), 9, seed=1), made.second, InputError, "without replacement"),
    ]
    for first, second, kind, words in bad:
        with pytest.raises(kind, match=words):
            sampling.second_stage(first, second)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(made)
