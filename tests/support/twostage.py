"""The small fictional two-stage sample of tests/reference/survey, bound to the designs of tests/reference/tables."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import evidencekit as ek

FOLDER = Path(__file__).resolve().parents[1] / "reference"
DESIGNS = ("two_stage", "three_stage", "with_replacement", "jackknife")


@cache
def reference() -> dict[tuple[str, str], Any]:
    """R's results by design and what was asked."""
    cases = json.loads((FOLDER / "tables" / "tables.json").read_text(encoding="utf-8"))["cases"]
    return {(case["design"], case["what"]): case["result"] for case in cases}


@cache
def frame() -> pd.DataFrame:
    """The data, with the columns the R script makes."""
    data = pd.read_csv(FOLDER / "survey" / "twostage.csv", keep_default_na=False, na_values=[""])
    data["k"] = pd.Categorical(data["k"], ["never", "sometimes", "often"])
    data["h"] = (data["y"] > 45).astype(int)
    data["z"] = data["y"] + data["n_class"]
    data["forty"] = 40.0
    data["time"] = data["y"].round()
    return data


@cache
def survey_of(name: str) -> ek.Survey:
    """The data under one of the designs."""
    if name == "jackknife":
        return ek.weighting.jackknife(survey_of("with_replacement"))
    if name == "with_replacement":
        mainland = frame().query("stratum != 'island'").reset_index(drop=True)
        return ek.Survey(mainland, weights="weight", strata="stratum", psu=("school", "class"))
    stages: dict[str, Any] = {
        "two_stage": {"psu": ("school", "pupil"), "fpc": ("n_schools", "n_school")},
        "three_stage": {"psu": ("school", "class", "pupil"), "fpc": ("n_schools", "n_classes", "n_class")},
    }[name]
    return ek.Survey(frame(), design=ek.Stages(strata="stratum", **stages))
