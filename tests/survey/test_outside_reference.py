"""Numbers of R survey 4.5 on R's own example data, which are not ours to distribute: EVIDENCEKIT_REFERENCE names their folder."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("EVIDENCEKIT_REFERENCE", ROOT.parent / "shared" / "reference" / "survey"))
pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(
        not (FOLDER / "expected.json").is_file(), reason="the reference data are not here; EVIDENCEKIT_REFERENCE can name them"
    ),
]
# R interpolates the likelihood's profile with a spline, and iterates the logit model to 1e-8; ours are exact.
LIMITS = {"logit": 1e-8, "likelihood": 1e-4, "asin": 1e-8, "beta": 1e-8, "mean": 1e-8, "xlogit": 1e-8, "wilson": 1e-8}
RULES = ["math", "school", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"]


@cache
def expected() -> dict[str, Any]:
    return {c["id"]: c["result"] for c in json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["cases"]}


@cache
def survey_of(name: str, lonely: Any = "fail") -> ek.Survey:
    file, made = {
        "strat": ("apistrat.csv", {"weights": "pw", "strata": "stype", "fpc": "fpc"}),
        "clus1": ("apiclus1.csv", {"weights": "pw", "psu": "dnum", "fpc": "fpc"}),
        "nh": ("nhanes.csv.gz", {"weights": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"}),
        "nh_lonely": ("nhanes_lonely.csv.gz", {"weights": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"}),
    }[name]
    return ek.Survey(pd.read_csv(FOLDER / "data" / file), lonely=lonely, **made)


def close(got: Any, want: Any, rtol: float = 1e-8) -> None:
    wanted = np.array([float(v) for v in np.ravel(np.array(want, dtype=object))])
    scale = float(np.nanmax(np.abs(wanted))) if wanted.size else 0.0
    np.testing.assert_allclose(np.ravel(got), wanted, rtol=rtol, atol=1e-14 * scale)


@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_means_totals_shares_ratios(name: str) -> None:
    survey = survey_of(name)
    for key, est in {
        "mean.api00_api99": ek.mean(survey, ["api00", "api99"], deff="wor"),
        "mean.api00.deffreplace": ek.mean(survey, "api00"),
        "total.enroll_api.stu": ek.total(survey, ["enroll", "api.stu"], deff="wor"),
        "total.stype": ek.count(survey, by="stype", deff="wor"),
        "by.mean.api00.by.stype": ek.mean(survey, ["api00", "api99"], by="stype", deff="wor"),
    }.items():
        want = expected()[f"{name}.{key}"]
        close(est.points, want["est"])
        close(est.vcov, want["vcov"])
        close(est.counts.deff, want["deff"])
    want = expected()[f"{name}.ratio.api.stu_over_enroll"]
    est = ek.ratio(survey, "api.stu", "enroll", deff="wor")
    close([est.points[0], est.se[0]], [want["est"][0], want["se"][0]])
    want = expected()[f"{name}.var.api00_api99"]
    spread = ek.variance(survey, ["api00", "api99"])
    close(spread.points[[0, 2, 2, 1]], want["var"])
    close(spread.se[[0, 2, 2, 1]], want["se"])
    close(ek.cdf(survey, "api00", at=expected()[f"{name}.cdf.api00"]["at"]).points, expected()[f"{name}.cdf.api00"]["cdf"])


@pytest.mark.parametrize("method", list(LIMITS))
@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_limits_of_shares(name: str, method: str) -> None:
    how: Any = {"mean": "wald"}.get(method, method)
    for key, est in {
        f"{name}.ciprop.sch.wide.{method}": ek.proportion(survey_of(name), "sch.wide", category="Yes", interval=how),
        f"nh.by.ciprop.HI_CHOL.{method}": ek.proportion(survey_of("nh"), "HI_CHOL", by="race", interval=how),
    }.items():
        want = expected()[key]
        close(est.interval.low, want["lower"], LIMITS[method])
        close(est.interval.high, want["upper"], LIMITS[method])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ["strat", "clus1"])
def test_quantile_rules(name: str, rule: Any) -> None:
    want = expected()[f"{name}.quantile.api00.{rule}.mean"]["api00"]
    est = ek.quantile(survey_of(name), "api00", q=want["quantile"], rule=rule)
    close(est.points, want["est"])
    close(est.interval.low, want["lower"])
    close(est.interval.high, want["upper"])
    close(est.se, want["se"])


@pytest.mark.parametrize("lonely", ["remove", "certainty", "adjust", "average"])
def test_lonely_units(lonely: str) -> None:
    survey = survey_of("nh_lonely", lonely)
    close(ek.mean(survey, "HI_CHOL").se, expected()[f"lonelyreal.nh.mean.{lonely}"]["se"])
    close(ek.total(survey, "HI_CHOL").se, expected()[f"lonelyreal.nh.total.{lonely}"]["se"])
    with pytest.raises(ek.errors.LonelyPSU):
        survey_of("nh_lonely")
