"""Quantiles where many answers or many weights are the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek


@pytest.mark.parametrize("weight", [0.7, 123.4567, 1.0])
@pytest.mark.parametrize("n", [100_000, 1_000_000])
def test_equal_weights_tie_exactly_however_many(weight: float, n: int) -> None:
    survey = ek.Survey(pd.DataFrame({"x": np.arange(n), "w": weight, "psu": np.arange(n) % 50}), weights="w", psu="psu")
    assert ek.quantile(survey, "x", q=0.5, rule="school").points[0] == (n - 1) / 2
    assert ek.quantile(survey, "x", q=0.5, rule="math").points[0] == n / 2 - 1


def test_the_score_limit_may_be_the_smallest_answer() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": (rng.random(600) < 0.51).astype(int), "w": 1.0, "psu": np.arange(600) % 60})
    est = ek.quantile(ek.Survey(frame, weights="w", psu="psu"), "x", interval="score")
    assert (est.interval.low[0], est.interval.high[0]) == (0, 1)


def test_an_interval_too_short_for_ties_is_flagged() -> None:
    """The interval is centred at the share at or below the quantile, which ties take far beyond the half; so does R."""
    frame = pd.DataFrame({"x": np.repeat([1, 2, 3, 4, 5], [50, 100, 200, 150, 100]), "w": 1.0, "psu": np.arange(600) % 60})
    survey = ek.Survey(frame, weights="w", psu="psu")
    assert "many answers are the same" in ek.quantile(survey, "x").flags[0]
    assert ek.quantile(survey, "x", interval="score").flags == ("",)
    frame["y"] = np.random.default_rng(2).normal(size=600)
    assert ek.quantile(ek.Survey(frame, weights="w", psu="psu"), "y").flags == ("",)
