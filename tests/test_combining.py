"""Differences, ratios and contrasts: against R where it has them, and against their definitions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

FOLDER = Path(__file__).resolve().parent / "reference" / "survey"
CASES = [c for c in json.loads((FOLDER / "richer_designs.json").read_text(encoding="utf-8"))["cases"] if c["kind"] == "contrast"]


@pytest.fixture(scope="module")
def two_stage() -> ek.Survey:
    design = ek.Stages(strata="stratum", psu=("school", "pupil"), fpc=("n_schools", "n_school"))
    return ek.Survey(pd.read_csv(FOLDER / "twostage.csv"), design=design)


def test_difference_of_domains_equals_r(two_stage: ek.Survey) -> None:
    want = next(c for c in CASES if c["design"] == "two_stage" and "c(a = 1, b = -1)" in c["call"] and "svyby(~y," in c["call"])["result"]
    got = ek.difference(ek.mean(two_stage, "y", by="g"), {"g": "a"}, {"g": "b"})
    np.testing.assert_allclose([got.points[0], got.se[0], got.df[0]], [want["est"][0], want["se"][0], want["df"]], rtol=1e-10)
    np.testing.assert_allclose([got.interval.low[0], got.interval.high[0]], [want["ci_lower"][0], want["ci_upper"][0]], rtol=1e-8)


def test_ratio_of_totals_is_the_ratio(two_stage: ek.Survey) -> None:
    both = ek.ratio(two_stage, "b", "y")
    made = ek.ratio_of(ek.total(two_stage, ["b", "y"]), 0, 1)
    np.testing.assert_allclose([made.points[0], made.se[0]], [both.points[0], both.se[0]], rtol=1e-12)


def test_exact_gradients_equal_the_delta_method_by_hand(two_stage: ek.Survey) -> None:
    est = ek.mean(two_stage, "y", by="g")
    made = ek.contrast(est, lambda x: np.log(x[0] / x[1]) + 2 * x[2] ** 0.5)
    slope = np.array([1 / est.points[0], -1 / est.points[1], est.points[2] ** -0.5])
    np.testing.assert_allclose(made.se[0], np.sqrt(slope @ est.vcov @ slope), rtol=1e-12)


def test_named_linear_contrasts(two_stage: ek.Survey) -> None:
    est = ek.mean(two_stage, "y", by="g")
    made = ek.contrast(est, {"a-b": [1, -1, 0], "a-c": [1, 0, -1]})
    weights = np.array([[1, -1, 0], [1, 0, -1.0]])
    np.testing.assert_allclose(made.vcov, weights @ est.vcov @ weights.T, rtol=1e-12)
    assert made.cells.columns["contrast"] == ("a-b", "a-c")


def test_independent_rounds_use_satterthwaite(two_stage: ek.Survey) -> None:
    est = ek.mean(two_stage, "y")
    made = ek.difference(est, est)
    np.testing.assert_allclose([made.points[0], made.se[0], made.df[0]], [0, est.se[0] * np.sqrt(2), 2 * est.df[0]], atol=1e-12)


def test_cells_are_named_without_showing_labels(two_stage: ek.Survey) -> None:
    est = ek.mean(two_stage, "y", by="g")
    with pytest.raises(ek.errors.InputError, match="No cell has") as caught:
        ek.difference(est, {"g": "zzz"}, {"g": "b"})
    assert "zzz" not in str(caught.value)
    with pytest.raises(ek.errors.InputError, match="one number for each"):
        ek.contrast(est, [1, -1])
