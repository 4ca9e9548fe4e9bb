"""Differences, ratios and contrasts: against R where it has them, and against their definitions."""

from __future__ import annotations

import json
from pathlib import Path

import narwhals.stable.v2 as nw
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


def another_round() -> ek.Survey:
    """The same numbers from a second sample, which has other units: the weights differ by a constant."""
    frame = pd.read_csv(FOLDER / "twostage.csv")
    frame[["n_schools", "n_school"]] *= 1.0
    design = ek.Stages(strata="stratum", psu=("school", "pupil"), fpc=("n_schools", "n_school"), weights="w")
    first = ek.Survey(frame, design=ek.Stages(strata="stratum", psu=("school", "pupil"), fpc=("n_schools", "n_school")))
    return ek.Survey(frame.assign(w=2 * first.w), design=design)


def test_independent_rounds_use_satterthwaite(two_stage: ek.Survey) -> None:
    est, other = ek.mean(two_stage, "y"), ek.mean(another_round(), "y")
    made = ek.difference(est, other)
    np.testing.assert_allclose([made.points[0], made.se[0], made.df[0]], [0, est.se[0] * np.sqrt(2), 2 * est.df[0]], atol=1e-12)


def test_cells_are_named_without_showing_labels(two_stage: ek.Survey) -> None:
    est = ek.mean(two_stage, "y", by="g")
    with pytest.raises(ek.errors.InputError, match="No cell has") as caught:
        ek.difference(est, {"g": "zzz"}, {"g": "b"})
    assert "zzz" not in str(caught.value)
    with pytest.raises(ek.errors.InputError, match="one number for each"):
        ek.contrast(est, [1, -1])


def test_two_estimates_of_one_survey_are_not_independent(two_stage: ek.Survey) -> None:
    """Once the covariance was silently taken to be zero."""
    girls, boys = (ek.mean(two_stage, "y", where=nw.col("g") == g, where_label=g) for g in ("a", "b"))
    with pytest.raises(ek.errors.Refused, match=r"same survey.*by="):
        ek.difference(girls, boys)


def test_two_lazy_rounds_with_the_same_columns_are_two_surveys() -> None:
    import polars as pl

    fiction = ek.fictional.national_survey()
    rounds = [
        ek.Survey(pl.from_pandas(f).lazy(), weights="weight", strata="stratum", psu="psu") for f in (fiction.frame, fiction.frame[9:])
    ]
    one, two = (ek.proportion(r, "internet_daily") for r in rounds)
    assert len(ek.difference(one, two)) == 1
    with pytest.raises(ek.errors.Refused, match="same survey"):
        ek.difference(one, ek.proportion(rounds[0], "internet_daily", by="sex"))


@pytest.mark.parametrize(
    "of", [["a", "b", "c"], "abc", {"x": [1, 2], "y": [1]}, [1, None, 2], [1, np.nan, 0], [[[1, 0, 0]]], {}, [0, 0, 0]]
)
def test_what_is_no_contrast_is_refused(two_stage: ek.Survey, of: object) -> None:
    with pytest.raises(ek.errors.InputError, match="A contrast needs"):
        ek.contrast(ek.mean(two_stage, "y", by="g"), of)  # type: ignore[arg-type]


def test_contrasts_say_which_they_are(two_stage: ek.Survey) -> None:
    est = ek.mean(two_stage, "y", by="g")

    def labels(of: object) -> tuple[str, ...]:
        return ek.contrast(est, of).cells.columns["contrast"]  # type: ignore[arg-type]

    assert labels([1, -0.5, -0.5]) == ("a - 0.5 b - 0.5 c",)
    assert labels([[-1, 0, 2.5], [0, 1, 0]]) == ("-a + 2.5 c", "b")
    assert labels(lambda x: np.log(x[0] / x[1])) == ("function of 2 cells",)
    assert labels(lambda x: (x[0] * x[1] * x[2], 2 * x[0])) == ("function of 3 cells, result 1", "function of 1 cell, result 2")
    assert ek.contrast(est, lambda x: x[0] - x[2]).counts.n[0] == min(est.counts.n[[0, 2]])


def test_a_cell_is_a_mapping(two_stage: ek.Survey) -> None:
    with pytest.raises(ek.errors.InputError, match=r'Give a mapping, for example \{"g": \.\.\.\}') as caught:
        ek.difference(ek.mean(two_stage, "y", by="g"), "a", "b")  # type: ignore[arg-type]
    assert "'a'" not in str(caught.value)
