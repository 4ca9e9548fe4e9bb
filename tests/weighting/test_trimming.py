"""Trimming keeps its limits and the sum, or says that it cannot; and what it cost is in the report."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from margined import REGION, SEX, people, survey_of

import evidencekit as ek
from evidencekit.errors import InputError, WeightingError


def of_weights(weights: Any) -> ek.Survey:
    return ek.Survey(pd.DataFrame({"w": np.asarray(weights, dtype=float)}), weights="w")


@pytest.mark.parametrize("share", ["equal", "proportional"])
def test_weights_are_never_driven_below_nought(share: Any) -> None:
    with pytest.raises(WeightingError, match="takes more from 1 of the others than they have"):
        ek.weighting.trim(of_weights([1, 1, 1, 1, 10]), lower=4, strict=False, share=share)


def test_what_one_row_cannot_give_the_next_does() -> None:
    """Equal shares would leave one weight below nought: one round says so, and strict trimming raises it as well."""
    survey = of_weights([1, 1, 1, 1, 10, 5])
    with pytest.raises(WeightingError, match="takes more from 1"):
        ek.weighting.trim(survey, lower=4, strict=False, share="equal")
    with pytest.raises(WeightingError, match="no weight uncut"):
        ek.weighting.trim(survey, lower=4, share="equal")
    made = ek.weighting.trim(of_weights([1, 1, 1, 1, 20, 3]), lower=2.9, share="equal")
    np.testing.assert_allclose(made.w, [2.9, 2.9, 2.9, 2.9, 12.5, 2.9])


@given(st.integers(0, 10_000), st.floats(0.05, 1.2), st.floats(0.9, 4), st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_strict_trimming_keeps_limits_and_sum_or_refuses(seed: int, low: float, high: float, equal: bool, zeros: bool) -> None:
    rng = np.random.default_rng(seed)
    w = rng.lognormal(0, 1, 60)
    if zeros:
        w[:10] = 0.0
    limits = (low * w[w > 0].mean(), (low + high) * w[w > 0].mean())
    share: Any = "equal" if equal else "proportional"
    try:
        made = ek.weighting.trim(of_weights(w), lower=limits[0], upper=limits[1], share=share).w
    except WeightingError:
        return
    assert made[w > 0].min() >= limits[0] * (1 - 1e-9)
    assert made.max() <= limits[1] * (1 + 1e-9)
    assert (made[w == 0] == 0).all()
    assert made.sum() == pytest.approx(w.sum(), rel=1e-8)


@pytest.mark.parametrize("limits", [("4", 5), (None, 5), (4, "5"), (True, 5), (float("nan"), 5)])
def test_limits_are_weights(limits: Any) -> None:
    with pytest.raises(InputError, match="are weights, the lower one first"):
        ek.weighting.trim(of_weights([1, 2, 3]), lower=limits[0], upper=limits[1])


def test_replicates_keep_the_factors_of_the_full_sample() -> None:
    """The convention: a replicate weight is the replicate's factor times the trimmed weight, and may exceed the limit."""
    survey = survey_of(people())
    boot = ek.weighting.bootstrap(survey, seed=1, replicates=20)
    plain, cut = (ek.weighting.replicate_weights(s).to_numpy() for s in (boot, ek.weighting.trim(boot, upper=50)))
    factor = cut[:, :1] / plain[:, :1]
    np.testing.assert_allclose(cut[:, 1:], plain[:, 1:] * factor, rtol=1e-12)
    assert cut[:, 0].max() <= 50 * (1 + 1e-9) < cut[:, 1:].max()


def test_the_report_tells_what_trimming_cost() -> None:
    survey = survey_of(people())
    raked = ek.weighting.rake(survey, {"sex": SEX, "region": REGION})
    made = ek.weighting.trim(raked, upper=60)
    table = ek.weighting.report(made).to_frame()
    cut = int((made.w > 60 * (1 - 1e-12)).sum())
    assert cut >= (raked.w > 60).sum()
    assert table["cut"].tolist() == [0, 0, cut]
    assert table["moved"].iloc[2] == pytest.approx((raked.w - made.w).clip(0).sum() / raked.w.sum(), rel=1e-9)
    assert table["moved"].iloc[1] == pytest.approx(np.abs(raked.w / raked.w.sum() - survey.w / survey.w.sum()).sum() / 2)
    assert np.isnan(table["moved"].iloc[0])


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_the_report_tells_how_far_margins_are_met(backend: str) -> None:
    import polars as pl

    frame = people()
    survey = survey_of(frame if backend == "pandas" else pl.from_pandas(frame))
    raked = ek.weighting.calibrate(survey, {"sex": SEX, "age": 132_000.0})
    met = ek.weighting.report(raked).margins
    assert "met" in repr(met)
    table: Any = met.to_frame()
    table = table if backend == "pandas" else table.to_pandas()
    assert table["variable"].tolist() == ["sex", "sex", "age"]
    assert table["level"].tolist() == ["boy", "girl", ""]
    assert table["target"].tolist() == [4800, 5200, 132_000]
    assert table["gap"].tolist() == [0, 0, 0]
    cut = ek.weighting.trim(raked, upper=50)
    table = ek.weighting.report(cut).margins.to_frame()
    table = table if backend == "pandas" else table.to_pandas()
    reached = [cut.w[frame["sex"] == "boy"].sum(), cut.w[frame["sex"] == "girl"].sum(), cut.w @ frame["age"]]
    np.testing.assert_allclose(table["achieved"], reached, rtol=1e-12)
    np.testing.assert_allclose(table["gap"], np.array(reached) - table["target"], rtol=1e-9)
    np.testing.assert_allclose(table["gap_share"], np.array(reached) / table["target"] - 1, rtol=1e-9)
    assert table["gap"].abs().max() > 1
    said = repr(ek.weighting.report(cut))
    assert "largest gap" in said
    assert f"{table['gap_share'].abs().max():.2%}" in said


def test_margins_within_clusters_are_those_of_rows() -> None:
    frame = people()
    made = ek.weighting.trim(ek.weighting.calibrate(survey_of(frame), {"sex": SEX}, within="household"), upper=50)
    table = ek.weighting.report(made).margins.to_frame()
    np.testing.assert_allclose(table["achieved"], [made.w[frame["sex"] == s].sum() for s in ("boy", "girl")], rtol=1e-12)


def test_a_survey_without_calibration_has_no_margins() -> None:
    made = ek.weighting.report(survey_of(people()))
    assert len(made.margins.to_frame()) == 0
    assert "No margins" in repr(made.margins)


def test_ten_thousand_is_written_out() -> None:
    raked = ek.weighting.rake(survey_of(people()), {"sex": SEX})
    made = ek.weighting.report(ek.weighting.trim(raked, upper=70))
    assert "10,000" in repr(made)
    assert "e+04" not in repr(made)
    assert "e+04" not in made._repr_html_()
