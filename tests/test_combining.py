"""Differences, ratios and contrasts: against R where it has them, and against their definitions."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
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
    """The same numbers from a second sample: its rows are others in every place, and the weights differ by a constant."""
    frame = pd.read_csv(FOLDER / "twostage.csv")[::-1]
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


def shares(cases: dict[str, tuple[int, int]], level: float = 0.95, weight: float = 10.0) -> ek.Estimate:
    rows = [(g, y) for g, (yes, no) in cases.items() for y in [1] * yes + [0] * no]
    frame = pd.DataFrame(rows, columns=["g", "y"])
    frame["psu"], frame["w"] = np.arange(len(frame)) % 40, weight
    return ek.proportion(ek.Survey(frame, weights="w", psu="psu"), "y", by="g", level=level)


def test_a_share_of_nobody_keeps_its_uncertainty_in_a_difference() -> None:
    est = shares({"a": (0, 200), "b": (0, 150)})
    made = ek.difference(est, {"g": "a"}, {"g": "b"})
    np.testing.assert_allclose(made.interval.high[0], est.interval.high[0], rtol=1e-12)
    np.testing.assert_allclose(made.interval.low[0], -est.interval.high[1], rtol=1e-12)
    assert "limits from the shares' own" in made.flags[0]
    assert "no case observed" in made.flags[0]
    one = shares({"a": (0, 200), "b": (30, 120)})
    mixed = ek.difference(one, {"g": "b"}, {"g": "a"})
    want = one.points[1] - np.sqrt((one.points[1] - one.interval.low[1]) ** 2 + one.interval.high[0] ** 2)
    np.testing.assert_allclose(mixed.interval.low[0], want, rtol=1e-12)
    assert np.isnan(ek.difference(one, 0, 1, level=0.9).interval.low[0])
    assert np.isnan(ek.ratio_of(one, 0, 1).interval.low[0])


def test_rounds_of_different_statistics_or_classes(two_stage: ek.Survey) -> None:
    other = another_round()
    with pytest.raises(ek.errors.InputError, match="is a mean and the other a total"):
        ek.difference(ek.mean(two_stage, "y"), ek.total(other, "y"))
    poll = ek.Survey(pd.read_csv(FOLDER / "twostage.csv")[1:], design=ek.survey.NoDesign())
    for first, second in ((two_stage, poll), (poll, two_stage)):
        made = ek.difference(ek.mean(first, "y"), ek.mean(second, "y"))
        assert made.inference == "self-selected"
        assert "no design: self-selected" in made.flags[0]
        assert np.isnan(made.interval.low[0])
    inside = ek.difference(ek.mean(poll, "y", by="g"), {"g": "a"}, {"g": "b"})
    assert inside.flags == ("no design: self-selected",)


def test_the_level_is_the_estimates_own(two_stage: ek.Survey) -> None:
    est = ek.mean(two_stage, "y", by="g", level=0.8)
    assert ek.difference(est, 0, 1).interval.level == 0.8
    assert ek.contrast(est, [1, -1, 0], level=0.9).interval.level == 0.9
    for level in (95, 0, 1, -1, float("nan"), True, "0.95"):
        with pytest.raises(ek.errors.InputError, match="confidence level"):
            ek.difference(est, 0, 1, level=level)  # type: ignore[arg-type]


def test_satterthwaite_with_unequal_variances(two_stage: ek.Survey) -> None:
    stratum = pd.read_csv(FOLDER / "twostage.csv")["stratum"].iloc[0]
    one, two = ek.mean(two_stage, "y"), ek.mean(another_round(), "y", where=nw.col("stratum") == stratum)
    v1, v2 = one.covariance.variances[0], two.covariance.variances[0]
    made = ek.difference(one, two)
    assert made.df[0] == pytest.approx((v1 + v2) ** 2 / (v1**2 / one.df[0] + v2**2 / two.df[0]))
    assert one.df[0] != two.df[0]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 2 ** x[0],
        lambda x: +x[0] - abs(x[1]),
        lambda x: np.power(x[0], 2) + np.negative(x[1]),
        lambda x: np.log10(x[0]) + np.log2(x[1]) + np.tanh(x[2] / 100),
        lambda x: np.cos(x[0]) * np.sin(x[1]) / np.sqrt(x[2]),
        lambda x: (x[0] / 50) ** (x[1] / 50),
    ],
)
def test_gradients_equal_differences(two_stage: ek.Survey, function) -> None:
    est = ek.mean(two_stage, "y", by="g")
    made = ek.contrast(est, function)
    slope = np.empty(3)
    for i in range(3):
        step = np.zeros(3)
        step[i] = 1e-5
        slope[i] = (function(list(est.points + step)) - function(list(est.points - step))) / 2e-5
    np.testing.assert_allclose(made.se[0], np.sqrt(slope @ est.vcov @ slope), rtol=1e-6)


def test_what_a_function_raises_stays_out_of_the_message(two_stage: ek.Survey) -> None:
    est = ek.mean(two_stage, "y", by="g")

    def secret(x):
        raise ValueError("CANARY")

    for function in (secret, lambda x: x[0].nothing, lambda x: x[0] + "a", lambda x: x[9]):
        with pytest.raises(ek.errors.InputError, match="function failed") as caught:
            ek.contrast(est, function)
        assert caught.value.__context__ is None
        assert "CANARY" not in str(caught.value)
    for function in (lambda x: np.log(-x[0]), lambda x: (-x[0]) ** 0.5, lambda x: np.exp(1e5 * x[0])):
        with pytest.raises(ek.errors.InputError, match="no finite number"):
            ek.contrast(est, function)


@pytest.mark.parametrize("bad", [None, "est", 3.0])
def test_what_is_no_estimate_is_refused(two_stage: ek.Survey, bad) -> None:
    safe = ek.release(ek.mean(two_stage, "y", by="g"))
    for wrong in (bad, safe, two_stage):
        for call in (lambda w: ek.difference(w, 0, 1), lambda w: ek.ratio_of(w, 0, 1), lambda w: ek.contrast(w, [1, -1, 0])):
            with pytest.raises(ek.errors.InputError, match="takes an Estimate"):
                call(wrong)
    with pytest.raises(ek.errors.InputError, match="not named by"):
        ek.difference(ek.mean(two_stage, "y", by="g"), 0.0, 1.0)


def test_the_fewest_known_sampling_units_count() -> None:
    """Once it hung on the order of the two cells whether unknown units hid those that are too few."""
    two = shares({"a": (30, 200), "b": (60, 150)})
    counts = replace(two.counts, psus=np.array([np.nan, 2.0]))
    for cells in ((0, 1), (1, 0)):
        made = ek.difference(replace(two, counts=counts), *cells)
        assert made.counts.psus[0] == 2
        assert ek.release(made).reason == ("fewer than 3 sampling units",)


def test_marks_of_answers_mean_nothing_in_another_process() -> None:
    """A digest of a few dozen answers that travelled in a file could be undone by trying them all."""
    code = (
        "import pandas as pd, evidencekit as ek; f = pd.DataFrame({'w': 2.0, 'told': [0, 1] * 20});"
        "s = ek.mean(ek.Survey(f, weights='w'), 'told').provenance.sample[0]; print(s.sums, dict(s.columns))"
    )
    seen = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split(" ", 1) for _ in range(2)]
    assert seen[0][0] == seen[1][0]
    assert len(seen[0][1]) > 10
    assert seen[0][1] != seen[1][1]


def test_a_ratio_on_the_log_scale(two_stage: ek.Survey) -> None:
    est = ek.total(two_stage, ["b", "y"])
    plain, made, over = ek.ratio_of(est, 0, 1), ek.ratio_of(est, 0, 1, scale="log"), ek.ratio_of(est, 1, 0, scale="log")
    np.testing.assert_array_equal(made.points, plain.points)
    np.testing.assert_array_equal(made.se, plain.se)
    log = ek.contrast(est, lambda x: np.log(x[0] / x[1]))
    np.testing.assert_allclose(np.log(made.interval.low), log.interval.low)
    np.testing.assert_allclose(np.log(made.interval.high), log.interval.high)
    np.testing.assert_allclose(made.interval.low, 1 / over.interval.high)
    assert made.interval.method == "log"
    with pytest.raises(ek.errors.InputError, match="above 0"):
        ek.ratio_of(ek.contrast(est, {"less": [-1, 0], "more": [0, 1]}), 0, 1, scale="log")
    with pytest.raises(ek.errors.InputError, match="scale"):
        ek.ratio_of(est, 0, 1, scale="logarithm")  # pyright: ignore[reportArgumentType]
