"""Calibrated weights: the totals are met, the distances are theirs, and variances are those of residuals."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from margined import REGION, SEX, people, sums, survey_of

import evidencekit as ek

METHODS = ["linear", "raking", "logit", "sinh"]


@pytest.mark.slow
@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_margins_are_met_by_proportional_fitting(seed: int) -> None:
    frame = people(seed=seed)
    raked = ek.weighting.rake(survey_of(frame), {"sex": SEX, "region": REGION})
    assert sums(raked, frame, "sex") == pytest.approx(SEX, rel=1e-10)
    assert sums(raked, frame, "region") == pytest.approx(REGION, rel=1e-10)
    w = frame["w"].to_numpy().copy()
    for _ in range(200):
        for by, totals in (("sex", SEX), ("region", REGION)):
            w *= (frame[by].map(totals) / pd.Series(w).groupby(frame[by]).transform("sum")).to_numpy()
    np.testing.assert_allclose(raked.w, w, rtol=1e-9)


def test_linear_is_the_regression_estimator() -> None:
    frame = people()
    made = ek.weighting.calibrate(survey_of(frame), {"sex": SEX, "age": 132_000.0})
    x = np.column_stack([frame["sex"] == "boy", frame["sex"] == "girl", frame["age"]]).astype(float)
    w = frame["w"].to_numpy()
    b = np.linalg.solve(x.T @ (w[:, None] * x), np.array([4800, 5200, 132_000]) - x.T @ w)
    np.testing.assert_allclose(made.w, w * (1 + x @ b), rtol=1e-10)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e3, 1e7, 1e10])
def test_the_unit_of_a_number_does_not_matter(unit: float) -> None:
    """Incomes in a currency of many digits beside indicators: a regression solved without a common scale loses some of them."""
    frame = people()
    rng = np.random.default_rng(1)
    frame = frame.assign(income=frame["age"] * (1 + rng.random(len(frame))), y=lambda d: d["income"] + rng.normal(size=len(d)))
    found = []
    for times in (1.0, unit):
        survey = survey_of(frame.assign(income=frame["income"] * times))
        found.append(ek.mean(ek.weighting.calibrate(survey, {"sex": SEX, "income": 200_000.0 * times}), "y"))
    np.testing.assert_allclose(found[1].points, found[0].points, rtol=1e-12)
    np.testing.assert_allclose(found[1].se, found[0].se, rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_totals_are_met_within_bounds(method: Any) -> None:
    frame = people()
    made = ek.weighting.calibrate(survey_of(frame), {"sex": SEX, "age": 132_000.0}, method=method, bounds=(0.6, 1.8))
    factor = made.w / frame["w"]
    assert factor.min() >= 0.6 - 1e-12
    assert factor.max() <= 1.8 + 1e-12
    assert sums(made, frame, "sex") == pytest.approx(SEX, rel=1e-9)
    assert (made.w * frame["age"]).sum() == pytest.approx(132_000, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_distances_differ_only_away_from_one(method: Any) -> None:
    """All distances have slope one at one: a small change of the totals gives the linear factors, to second order."""
    frame = people()
    bounds = (0.2, 5.0) if method == "logit" else None
    gaps = []
    for small in (1e-3, 1e-4):
        totals = {k: v * (1 + small * (k == "girl")) for k, v in frame["w"].groupby(frame["sex"]).sum().items()}
        age = float((frame["w"] * frame["age"]).sum() * (1 + small))
        made = [
            ek.weighting.calibrate(survey_of(frame), {"sex": totals, "age": age}, method=m, bounds=b).w
            for m, b in (("linear", None), (method, bounds))
        ]
        gaps.append(np.abs(made[0] / made[1] - 1).max())
    assert gaps[0] < 1e-4
    assert gaps[1] < 2e-2 * gaps[0] + 1e-14


def test_bounds_on_the_weights_themselves() -> None:
    frame = people()
    made = ek.weighting.calibrate(survey_of(frame), {"sex": SEX}, method="raking", weight_bounds=(25, 55))
    assert made.w.min() >= 25 - 1e-9
    assert made.w.max() <= 55 + 1e-9
    assert sums(made, frame, "sex") == pytest.approx(SEX, rel=1e-9)


def test_one_factor_for_a_household() -> None:
    frame = people()
    frame["w"] = frame.groupby("household")["w"].transform("first")
    made = ek.weighting.calibrate(survey_of(frame), {"sex": SEX, "region": REGION}, within="household")
    assert pd.Series(made.w).groupby(frame["household"]).nunique().max() == 1
    assert sums(made, frame, "sex") == pytest.approx(SEX, rel=1e-9)


def test_variance_proportional_to_a_column() -> None:
    """One covariate with variance proportional to itself: the ratio estimator's weights."""
    frame = people()
    made = ek.weighting.calibrate(survey_of(frame), {"size": 30_000.0}, variance="size")
    np.testing.assert_allclose(made.w, frame["w"] * 30_000 / (frame["w"] * frame["size"]).sum(), rtol=1e-12)
    ratio, total = ek.ratio(survey_of(frame), "y", "size"), ek.total(made, "y")
    np.testing.assert_allclose(total.points, 30_000 * ratio.points, rtol=1e-10)
    np.testing.assert_allclose(total.se, 30_000 * ratio.se, rtol=1e-10)
    factor = 30_000 / (frame["w"] * frame["size"]).sum()
    equal = ek.weighting.calibrate(survey_of(frame), {"size": 30_000.0}).w / frame["w"]
    assert abs(factor - 1) > 0.1
    assert equal.max() / equal.min() > 1.01  # with one variance for all, those with a larger size move further


def test_a_domain_of_its_own() -> None:
    frame = people()
    survey = survey_of(frame)
    made = ek.weighting.rake(survey, {"sex": {"girl": 1500.0, "boy": 1400.0}}, where=nw.col("region") == 1)
    outside = (frame["region"] != 1).to_numpy()
    np.testing.assert_array_equal(made.w[outside], survey.w[outside])
    assert sums(made, frame, "region")[1] == pytest.approx(2900, rel=1e-10)
    again = ek.weighting.calibrate(made, {"age": 60_000.0}, where=nw.col("region") == 2, population_total=4500)
    here = (frame["region"] == 2).to_numpy()
    assert again.w[here].sum() == pytest.approx(4500, rel=1e-10)
    assert (again.w * frame["age"])[here].sum() == pytest.approx(60_000, rel=1e-10)
    np.testing.assert_array_equal(again.w[~here], made.w[~here])
    assert ek.count(made, where=nw.col("region") == 1).se[0] == pytest.approx(0, abs=1e-9)


def test_rows_without_weight_need_no_answer() -> None:
    frame = people()
    frame.loc[:9, "w"] = 0.0
    frame.loc[:9, "sex"] = None
    made = ek.weighting.rake(survey_of(frame), {"sex": SEX})
    assert made.w[:10].sum() == 0
    assert made.w.sum() == pytest.approx(10_000)


@pytest.mark.parametrize("step", ["rake", "poststratify", "greg", "logit"])
def test_variance_is_that_of_the_residuals(step: str) -> None:
    """The linearised variance after calibration equals a total of residuals by hand."""
    frame = people()
    survey = survey_of(frame)
    made = {
        "rake": lambda: ek.weighting.rake(survey, {"sex": SEX, "region": REGION}),
        "poststratify": lambda: ek.weighting.poststratify(survey, "region", REGION),
        "greg": lambda: ek.weighting.calibrate(survey, {"sex": SEX, "age": 132_000.0}),
        "logit": lambda: ek.weighting.calibrate(survey, {"sex": SEX}, method="logit", bounds=(0.5, 2)),
    }[step]()
    dummies = {"sex": pd.get_dummies(frame["sex"]), "region": pd.get_dummies(frame["region"])}
    x = {
        "rake": pd.concat(dummies.values(), axis=1),
        "poststratify": dummies["region"],
        "greg": pd.concat([dummies["sex"], frame["age"]], axis=1),
        "logit": dummies["sex"],
    }[step].to_numpy(dtype=float)
    w = frame["w"].to_numpy()
    b = np.linalg.lstsq(x * np.sqrt(w)[:, None], frame["y"] * np.sqrt(w), rcond=None)[0]
    residual = frame["y"].to_numpy() - x @ b
    by_hand = ek.total(survey_of(frame.assign(w=made.w, e=residual)), "e", population_total="weights").se
    np.testing.assert_allclose(ek.total(made, "y").se, by_hand, rtol=1e-9)


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_margins_from_a_frame_on_every_backend(backend: str) -> None:
    frame = people()
    data: Any = frame if backend == "pandas" else pl.from_pandas(frame)
    data = data.to_arrow() if backend == "pyarrow" else data
    margin = pl.DataFrame({"sex": ["girl", "boy"], "total": [5200, 4800]})
    both = pd.DataFrame(
        {"sex": ["girl", "girl", "girl", "boy", "boy", "boy"], "region": [1, 2, 3] * 2, "total": [1500, 2400, 1300, 1500, 2100, 1200]}
    )
    made = ek.weighting.rake(survey_of(data), {"sex": margin, ("sex", "region"): both})
    assert sums(made, frame, "region") == pytest.approx(REGION, rel=1e-10)


def test_labels_may_be_used_for_codes() -> None:
    frame = people().assign(sex=lambda d: d["sex"].map({"girl": 2, "boy": 1}))
    data = ek.Dataset(frame, value_labels={"sex": {1: "boy", 2: "girl"}})
    one, two = (ek.weighting.rake(survey_of(data), {"sex": m}).w for m in (SEX, {1: 4800, 2: 5200}))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda s: ek.weighting.rake(s, {"sex": SEX, "region": {1: 3000, 2: 4500, 3: 2400}}), "add up to"),
        (lambda s: ek.weighting.rake(s, {"sex": {"girl": 1.0}}), "have no total"),
        (lambda s: ek.weighting.rake(s, {"sex": {**SEX, "other": 5.0}}), "1 of its totals have no rows"),
        (lambda s: ek.weighting.rake(s, {"sex": {"girl": 10_000.0, "boy": 0.0}}), "above 0"),
        (lambda s: ek.weighting.rake(s, {"sex": {"girl": 10_000.0, "boy": -5.0}}), "above 0"),
        (lambda s: ek.weighting.rake(s, {"sex": {"girl": 10_000.0, "boy": float("nan")}}), "above 0"),
        (lambda s: ek.weighting.rake(s, {}), "needs margins"),
        (lambda s: ek.weighting.rake(s, {"sexx": SEX}), "sexx"),
        (lambda s: ek.weighting.rake(s, {"sex": SEX}, bounds=(0.99, 1.01)), "stays furthest off, by"),
        (lambda s: ek.weighting.calibrate(s, {"age": 500_000.0}, population_total=10_000), "negative weights"),
        (lambda s: ek.weighting.calibrate(s, {"age": 500_000.0}, population_total=10_000, method="raking"), "furthest off"),
        (lambda s: ek.weighting.calibrate(s, {"sex": SEX}, method="logit"), "needs bounds="),
        (lambda s: ek.weighting.calibrate(s, {"sex": SEX}, bounds=(2, 1)), "lower one first"),
        (lambda s: ek.weighting.calibrate(s, {"age": float("inf")}), "finite number"),
        (lambda s: ek.weighting.calibrate(s, {"sex": SEX}, variance="y"), "not above 0"),
        (lambda s: ek.weighting.rake("s", {"sex": SEX}), "takes a Survey"),
        (lambda s: ek.weighting.trim(s, upper=1.0), "no weight uncut"),
        (lambda s: ek.weighting.trim(s, lower=5, upper=1.0), "lower one first"),
    ],
)
def test_what_cannot_be_done_says_why(make: Any, says: str) -> None:
    with pytest.raises(ek.EvidencekitError, match=says):
        make(survey_of(people()))


def test_missing_answers_have_no_place_in_a_margin() -> None:
    frame = people()
    frame.loc[[3, 5, 7], "sex"] = None
    with pytest.raises(ek.errors.WeightingError, match="3 rows have no answer"):
        ek.weighting.rake(survey_of(frame), {"sex": SEX})


def test_contradicting_margins_name_the_one_furthest_off() -> None:
    frame = people()
    frame["same"] = frame["sex"]
    with pytest.raises(ek.errors.WeightingError, match=r"'(sex|same)' stays furthest off, by \d"):
        ek.weighting.rake(survey_of(frame), {"sex": SEX, "same": {"girl": 4800.0, "boy": 5200.0}})


def test_messages_hold_no_level() -> None:
    frame = people().assign(sex=lambda d: d["sex"].where(d.index != 3, "CANARY"))
    for margins in ({"sex": SEX}, {"sex": {**SEX, "CANARY": -1.0}}, {("sex", "region"): {("CANARY", 1): 5.0}}):
        with pytest.raises(ek.errors.WeightingError) as caught:
            ek.weighting.rake(survey_of(frame), margins)
        assert "CANARY" not in str(caught.value)


def test_trimming_keeps_the_sum_within_groups() -> None:
    frame = people()
    survey = survey_of(frame)
    for share in ("proportional", "equal"):
        made = ek.weighting.trim(survey, upper=50, lower=25, share=share, by="region")
        assert sums(made, frame, "region") == pytest.approx(sums(survey, frame, "region"), rel=1e-12)
        assert made.w.max() <= 50 + 1e-9
        assert made.w.min() >= 25 - 1e-9


def test_the_report_says_what_each_step_did() -> None:
    survey = survey_of(people())
    raked = ek.weighting.trim(ek.weighting.rake(survey, {"sex": SEX}), upper=70)
    table = ek.weighting.report(raked).to_frame()
    assert table["step"].tolist() == ["given", "raked to sex", "trimmed to at most 70"]
    w = raked.w
    assert table["kish"].iloc[-1] == pytest.approx(len(w) * (w @ w) / w.sum() ** 2)
    assert table["sum"].iloc[1] == pytest.approx(10_000)
    assert "raked to sex" in repr(raked)
    assert ("weights", "raked to sex") in ek.mean(raked, "y").provenance.policies


def test_a_known_size_alone() -> None:
    made = ek.weighting.calibrate(survey_of(people()), {}, population_total=12_000)
    assert ek.count(made).points[0] == pytest.approx(12_000)
    assert ek.count(made).se[0] == pytest.approx(0, abs=1e-8)
    np.testing.assert_allclose(ek.total(made, "y").se, 12_000 * ek.mean(survey_of(people()), "y").se, rtol=1e-10)
