"""Totals that no weights meet: the message names what stands in the way, in words an analyst can act on."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from margined import SEX, people, survey_of

import evidencekit as ek
from evidencekit.errors import InputError, WeightingError


@pytest.mark.parametrize("method", ["raking", "sinh", "logit", "linear"])
@pytest.mark.parametrize("mean", [20, 3, -1])
def test_an_impossible_mean_is_told_as_one(method: Any, mean: float) -> None:
    """63,000 people aged 9 to 17 cannot be 20 on average: the ages are wrong, and not the margin of sex."""
    bounds = (0.3, 3) if method == "logit" else None
    says = r"'age' implies lies outside" if method == "linear" else r"'age' stays furthest off, because the mean"
    with pytest.raises(WeightingError, match=says):
        ek.weighting.calibrate(survey_of(people()), {"sex": SEX, "age": 10_000.0 * mean}, method=method, bounds=bounds)
    with pytest.raises(WeightingError, match=says):
        ek.weighting.calibrate(survey_of(people()), {"age": 10_000.0 * mean}, method=method, bounds=bounds, population_total=10_000)


def test_a_target_of_nought_is_told_in_its_own_units() -> None:
    frame = people().assign(gain=lambda d: d["y"] + 10)
    with pytest.raises(WeightingError, match=r"'gain' stays furthest off, by [\d,.]{1,9}\.") as caught:
        ek.weighting.calibrate(survey_of(frame), {"gain": 0.0}, method="raking", bounds=(0.5, 2))
    assert "%" not in str(caught.value)


def test_how_far_off_is_told_in_people_and_in_per_cent() -> None:
    with pytest.raises(WeightingError, match=r"'sex' stays furthest off, by [\d,.]+ of (5,200|4,800) \(\d+\.\d\d%\)"):
        ek.weighting.rake(survey_of(people()), {"sex": SEX}, bounds=(0.99, 1.01))


@pytest.mark.parametrize("method", ["raking", "logit", "sinh", "linear"])
def test_bounds_too_tight_tell_how_wide_they_need_to_be(method: Any) -> None:
    frame = people()
    survey = survey_of(frame)
    with pytest.raises(WeightingError, match=r"Without bounds the factors would lie between [\d.]+ and [\d.]+: widen") as caught:
        ek.weighting.calibrate(survey, {"sex": SEX, "age": 132_000.0}, method=method, bounds=(0.97, 1.03))
    free: Any = "raking" if method == "logit" else method
    factor = ek.weighting.calibrate(survey, {"sex": SEX, "age": 132_000.0}, method=free).w / frame["w"]
    assert f"between {factor.min():.4g} and {factor.max():.4g}" in str(caught.value)


def test_logit_with_weights_that_lie_outside_already() -> None:
    survey = survey_of(people())
    outside = int(((survey.w <= 25) | (survey.w >= 55)).sum())
    with pytest.raises(InputError, match=rf"^{outside} weights lie outside weight_bounds= already.*trim\(\) first"):
        ek.weighting.calibrate(survey, {"sex": SEX}, method="logit", weight_bounds=(25, 55))
    made = ek.weighting.calibrate(survey, {"sex": SEX}, method="logit", weight_bounds=(5, 120))
    assert made.w.max() < 120


def test_bounds_that_leave_a_weight_no_factor() -> None:
    with pytest.raises(InputError, match=r"bounds= and weight_bounds= leave no factor for \d+ weights"):
        ek.weighting.calibrate(survey_of(people()), {"sex": SEX}, method="raking", bounds=(0.9, 1.1), weight_bounds=(30, 40))


def test_nothing_to_calibrate_to() -> None:
    with pytest.raises(InputError, match="population_total= alone"):
        ek.weighting.calibrate(survey_of(people()), {})


def test_what_was_calibrated_says_for_whom() -> None:
    frame = people().assign(young=lambda d: d["age"] < 14)
    survey = survey_of(frame)
    half = {"girl": 0.5, "boy": 0.5}
    words = [
        ek.weighting.rake(survey, {"sex": half}, where="young").adjustments[-1].words,
        ek.weighting.rake(survey, {"sex": half}, where=nw.col("age") < 14).adjustments[-1].words,
        ek.weighting.poststratify(survey, "sex", half, where="young").adjustments[-1].words,
        ek.weighting.calibrate(survey, {"sex": half}, where="young").adjustments[-1].words,
    ]
    assert words == [
        "raked to sex, rows of 'young' only",
        "raked to sex, a subset only",
        "post-stratified by sex, rows of 'young' only",
        "calibrated (linear) to sex, rows of 'young' only",
    ]


def test_raking_before_non_response_names_the_other_remedy() -> None:
    frame = people()
    frame.loc[:40, "sex"] = None
    with pytest.raises(WeightingError, match=r"41 rows have no answer to 'sex'.*adjust_nonresponse\(\) first"):
        ek.weighting.rake(survey_of(frame), {"sex": SEX})


def test_one_factor_for_a_household_within_a_domain() -> None:
    """Girls alone are calibrated: their brothers keep their weights, and the girls' totals are met."""
    frame = people()
    survey = survey_of(frame)
    girls = (frame["sex"] == "girl").to_numpy()
    assert (frame.groupby("household")["sex"].nunique() > 1).any()
    totals = {"region": {1: 1700.0, 2: 2100.0, 3: 1400.0}}
    made = ek.weighting.calibrate(survey, totals, within="household", where=nw.col("sex") == "girl")
    np.testing.assert_array_equal(made.w[~girls], survey.w[~girls])
    assert pd.Series(made.w[girls]).groupby(frame["region"].to_numpy()[girls]).sum().to_dict() == pytest.approx(totals["region"], rel=1e-9)
    factor = pd.Series(made.w / survey.w)[girls].groupby(frame["household"].to_numpy()[girls])
    assert (factor.max() - factor.min()).max() < 1e-12


@pytest.mark.parametrize("scale", [1.0, 0.002, "normalised"])
def test_totals_of_phase_1_are_never_taken_for_something_else(scale: Any) -> None:
    """Weights that add up to few, to 1 or to 100 are what phase 1 says, and not shares or percentages."""
    frame = people().assign(long=lambda d: d["psu"] % 2 == 0)
    frame["w"] = frame["w"] / frame["w"].sum() if scale == "normalised" else frame["w"] * scale
    design = ek.TwoPhase(phase1=ek.Stages(weights="w"), phase2=ek.Stages(), subset="long")
    made = ek.weighting.calibrate_to_phase1(ek.Survey(frame, design=design), ["sex"], numbers=["age"])
    picked = frame[frame["long"]]
    assert made.w @ picked["age"] == pytest.approx(frame["w"] @ frame["age"], rel=1e-9)
    assert made.w[picked["sex"] == "girl"].sum() == pytest.approx(frame["w"][frame["sex"] == "girl"].sum(), rel=1e-9)
    assert ek.weighting.report(made).margins.words == "Margins: all 3 totals met"
