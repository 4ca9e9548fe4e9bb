"""Two-phase numbers of R survey 4.5 on the National Wilms Tumor Study (see `outside`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from outside import FOLDER, close, expected, marks

import evidencekit as ek

pytestmark = marks
STAGES = ["stage1", "stage2", "stage3", "stage4"]


def cohort(method: Any) -> ek.Survey:
    """The cohort is phase 1; the central laboratory read the slides of phase 2, drawn by relapse and the institution's reading."""
    frame = pd.read_csv(FOLDER / "data" / "nwtco.csv")
    for k, name in enumerate(STAGES, 1):
        frame[name] = (frame["stage"] == k).astype(float)
    design = ek.TwoPhase(
        phase1=ek.Stages(psu="seqno"), phase2=ek.Stages(psu="seqno", strata=("rel", "instit")), subset="incc2", method=method
    )
    return ek.Survey(frame, design=design)


@pytest.mark.parametrize("method", ["full", "approx", "simple"])
def test_totals(method: str) -> None:
    want = expected()[f"twophase.nwtco.{method}.total"]
    survey = cohort(method)
    est = ek.total(survey, STAGES)
    close(est.points, want["est"])
    close(est.se, want["se"])
    close(est.vcov, want["vcov"])
    # A two-way look at the same: counts by stage.
    counted = ek.count(survey, by="stage")
    close(counted.vcov, want["vcov"])


@pytest.mark.parametrize("method", ["linear", "raking"])
def test_calibration_to_phase_1(method: Any) -> None:
    want = expected()["twophase.calibrated"]
    survey = ek.weighting.calibrate_to_phase1(cohort("approx"), ["stage"], numbers=["rel"], method=method)
    est = ek.total(survey, STAGES)
    close(est.points, want["est"])
    if method == "raking":
        close(est.se, want["se"])
        close(est.vcov, want["vcov"])
    np.testing.assert_allclose(ek.total(survey, "rel").points, 571)
