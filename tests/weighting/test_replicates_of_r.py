"""Replicates against R's survey package: the jackknife exactly, the bootstraps within the error of both draws.

R's numbers, and the script that made them, are in `tests/reference/survey`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

FOLDER = Path(__file__).parents[1] / "reference" / "survey"
CASES = json.loads((FOLDER / "replicates.json").read_text())["cases"]
POLICIES = {case["lonely"]: case for case in CASES if case["method"] == "jackknife"}
OURS = {"bootstrap": "canty-davison", "subbootstrap": "rao-wu", "mrbbootstrap": "preston"}


def lonely(policy: Any) -> ek.Survey:
    return ek.Survey(pd.read_csv(FOLDER / "lonely.csv"), weights="weight", strata="stratum", psu="school", lonely=policy)


@pytest.mark.parametrize("policy", ["certainty", "remove"])
def test_jackknife_without_a_lonely_unit_is_that_of_r(policy: str) -> None:
    made = ek.weighting.jackknife(lonely(policy))
    np.testing.assert_allclose(ek.total(made, "y").se, POLICIES[policy]["total"], rtol=1e-8)
    np.testing.assert_allclose(ek.mean(made, "y").se, POLICIES[policy]["mean"], rtol=1e-8)


def test_jackknife_with_a_lonely_unit_follows_linearisation_where_r_does_not() -> None:
    """R's replicates follow other rules than its own linearisation, which ours follow.

    "average": R counts all squared deviations 8 / 7 times, units for each replicate; the policy is that the stratum is as variable as
    the average of the others, which is 3 / 2 times, strata for each with several units.

    "adjust": R scales up the other strata, so the unit's total z is compared with T / 3, a stratum's average total, as the mean of a
    ratio is well served by; the policy is to compare it with T / 8, the average unit's.
    """
    frame = pd.read_csv(FOLDER / "lonely.csv")
    z = frame.assign(z=frame["weight"] * frame["y"]).groupby(["stratum", "school"])["z"].sum()
    alone, whole = z["s"].iloc[0], z.sum()
    base = POLICIES["certainty"]["total"] ** 2
    variance = {policy: ek.total(ek.weighting.jackknife(lonely(policy)), "y").covariance.variances[0] for policy in ("average", "adjust")}
    np.testing.assert_allclose(POLICIES["average"]["total"] ** 2, base * 8 / 7, rtol=1e-8)
    np.testing.assert_allclose(variance["average"], base * 3 / 2, rtol=1e-8)
    # R's deviations are from the replicates' mean, which its lonely replicate has moved.
    moved = (whole / 3 - alone) * 3 / 2
    scales = np.r_[np.full(4, 3 / 4), np.full(3, 2 / 3), 2 / 3]
    deviations = np.r_[_deleted(z["p"]), _deleted(z["q"]), moved]
    np.testing.assert_allclose(POLICIES["adjust"]["total"] ** 2, (scales * (deviations - deviations.mean()) ** 2).sum(), rtol=1e-8)
    np.testing.assert_allclose(variance["adjust"], base + (alone - whole / 8) ** 2, rtol=1e-8)


def _deleted(z: pd.Series) -> np.ndarray:
    """How far the total moves without each unit of a stratum."""
    n = len(z)
    return (z.mean() - z.to_numpy()) * n / (n - 1)


@pytest.mark.parametrize("case", [case for case in CASES if case["method"] != "jackknife"], ids=lambda c: f"{c['method']}, {c['design']}")
def test_bootstrap_variances_are_those_of_r(case: dict[str, Any]) -> None:
    frame = pd.read_csv(FOLDER / "twostage.csv").query("stratum != 'island'")
    design: dict[str, Any] = {
        "plain": {"psu": "school"},
        "finite": {"psu": "school", "fpc": "n_schools"},
        "stages": {"psu": ("school", "pupil"), "fpc": ("n_schools", "n_school")},
    }[case["design"]]
    survey = ek.Survey(frame, weights="weight2", strata="stratum", **design)
    method: Any = OURS[case["method"]]
    count = 20_000
    made = ek.weighting.bootstrap(survey, seed=31, replicates=count, method=method)
    error = np.sqrt(2 / count + 2 / case["replicates"])
    # Copies that make the population up to a whole number go to other units in R's draw than in ours.
    more = 0.02 if (case["method"], case["design"]) == ("bootstrap", "finite") else 0.0
    assert ek.total(made, "y").covariance.variances[0] == pytest.approx(case["total"] ** 2, rel=4 * error + more)
