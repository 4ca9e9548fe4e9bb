"""Rubin's rules by hand, what they keep, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

import evidencekit as ek
from evidencekit.errors import InputError

rubin = ek.weighting.rubin


def frame(seed: int = 1, psus: int = 24) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(psus), 5)
    return pd.DataFrame(
        {
            "h": psu % 3,
            "i": psu,
            "w": rng.uniform(1, 5, len(psu)),
            "y": rng.normal(5, 2, len(psu)) + psu % 7,
            "told": rng.integers(0, 2, len(psu)),
            "sex": np.where(rng.random(len(psu)) < 0.5, "girl", "boy"),
        }
    )


def survey(data: Any, **more: Any) -> ek.Survey:
    return ek.Survey(data, weights="w", strata="h", psu="i", **more)


def versions(m: int = 4, seed: int = 1, spread: float = 0.5) -> list[ek.Survey]:
    """The same survey with some answers different in each."""
    whole, rng = frame(seed), np.random.default_rng(seed + 100)
    out = []
    for _ in range(m):
        y, told = whole["y"].to_numpy().copy(), whole["told"].to_numpy().copy()
        y[:40] += spread * rng.normal(size=40)
        told[:20] = rng.integers(0, 2, 20)
        out.append(survey(whole.assign(y=y, told=told)))
    return out


def test_by_hand() -> None:
    parts = [ek.mean(s, "y", by="sex") for s in versions()]
    made = rubin(parts, small_sample="1999")
    q = np.array([e.points for e in parts])
    w = np.mean([e.vcov for e in parts], axis=0)
    b = np.cov(q.T, ddof=1)
    t = w + 1.25 * b
    np.testing.assert_allclose(made.estimate.points, q.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(made.estimate.vcov, t, rtol=1e-12)
    lost = 1.25 * np.diag(b) / np.diag(t)
    complete = parts[0].df
    df = 1 / (lost**2 / 3 + 1 / ((complete + 1) / (complete + 3) * complete * (1 - lost)))
    np.testing.assert_allclose(made.estimate.df, df, rtol=1e-12)
    np.testing.assert_allclose(made.missing_information, lost + (1 - lost) * 2 / (df + 3), rtol=1e-12)
    reach = stdtrit(df, 0.975) * np.sqrt(np.diag(t))
    np.testing.assert_allclose(made.estimate.interval.high - made.estimate.points, reach, rtol=1e-12)
    assert (made.estimate.df < complete).all()
    assert made.estimate.provenance.policies[-1] == ("combined", "Rubin's rules over 4 imputations")
    assert list(made.to_frame().columns)[-1] == "missing_information"


def test_shares_stay_between_0_and_1() -> None:
    parts = [ek.proportion(s, "told") for s in versions()]
    logit, plain = rubin(parts).estimate, rubin(parts, interval="wald").estimate
    p, se, t = logit.points, logit.se, stdtrit(logit.df, 0.975)
    middle, reach = np.log(p / (1 - p)), t * se / (p * (1 - p))
    np.testing.assert_allclose(logit.interval.low, 1 / (1 + np.exp(reach - middle)), rtol=1e-12)
    np.testing.assert_allclose(plain.interval.low, p - t * se, rtol=1e-12)
    assert logit.interval.method == "logit, Rubin's rules"
    assert ek.release(logit).status == ("shown",)


def test_no_case_in_any_imputation_has_exact_limits() -> None:
    parts = [ek.proportion(survey(frame().assign(told=0)), "told") for _ in range(3)]
    made = rubin(parts).estimate
    assert made.points[0] == made.interval.low[0] == 0 < made.interval.high[0] < 0.05
    assert "no case in any imputation" in made.flags[0]


@given(st.integers(2, 8), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_equal_estimates_change_nothing_but_the_small_sample_correction(m: int, seed: int) -> None:
    est = ek.mean(survey(frame(seed)), "y", by="sex")
    made = rubin([est] * m)
    np.testing.assert_allclose(made.estimate.vcov, est.vcov, rtol=1e-12)
    np.testing.assert_allclose(made.estimate.df, (est.df + 1) / (est.df + 3) * est.df, rtol=1e-12)
    assert (made.missing_information == 0).all()
    assert (made.between == 0).all()


@given(st.integers(3, 7), st.integers(0, 10_000), st.floats(0.01, 20))
@settings(max_examples=30, deadline=None)
def test_more_between_is_more_error_and_fewer_degrees_of_freedom(m: int, seed: int, spread: float) -> None:
    parts = [ek.mean(s, "y", by="sex") for s in versions(m, seed, spread)]
    made, back = rubin(parts), rubin(parts[::-1])
    np.testing.assert_allclose(made.estimate.vcov, back.estimate.vcov, rtol=1e-9)
    assert (made.estimate.covariance.variances >= made.within - 1e-15).all()
    assert ((made.missing_information >= 0) & (made.missing_information <= 1)).all()
    assert (made.estimate.df <= made.complete_df).all()
    assert np.linalg.eigvalsh(made.estimate.vcov).min() > -1e-12
    assert (rubin(parts, small_sample="1999").estimate.df <= made.estimate.df).all()


def test_a_contrast_combined_is_the_contrast_of_the_combined() -> None:
    parts = [ek.mean(s, "y", by="sex") for s in versions()]
    cells = {"sex": "girl"}, {"sex": "boy"}
    inside = rubin([ek.difference(e, *cells) for e in parts]).estimate
    after = ek.difference(rubin(parts).estimate, *cells)
    np.testing.assert_allclose(inside.points, after.points, rtol=1e-12)
    np.testing.assert_allclose(inside.se, after.se, rtol=1e-10)


def test_thousands_of_cells_keep_their_covariance() -> None:
    whole = pd.concat([frame()] * 30, ignore_index=True)
    whole["g"] = np.arange(len(whole))
    parts = [ek.mean(survey(whole.assign(y=whole["y"] + k)), "y", by="g") for k in range(2)]
    made = rubin(parts).estimate
    assert made.covariance.matrix is None
    rows = [0, 5, 9]
    np.testing.assert_allclose(made.covariance.of(rows), np.mean([e.covariance.of(rows) for e in parts], axis=0) + 1.5 * 0.5, rtol=1e-9)
    np.testing.assert_allclose(np.diag(made.covariance.of(rows)), made.covariance.variances[rows], rtol=1e-9)


def test_no_design_no_interval() -> None:
    parts = [ek.mean(ek.Survey(frame(k), design=ek.survey.NoDesign()), "y") for k in range(3)]
    made = rubin([replace(e, provenance=replace(e.provenance, design="")) for e in parts]).estimate
    assert np.isfinite(made.points).all()
    assert np.isnan([made.interval.low, made.interval.high, made.df, made.se]).all()
    assert made.flags == ("no design: self-selected",)
    assert made.inference == "self-selected"


def test_a_cell_without_a_value_in_one_imputation_has_none() -> None:
    est = ek.mean(versions()[0], "y", by="sex")
    lost = replace(est, points=np.array([np.nan, est.points[1]]))
    made = rubin([est, lost, est]).estimate
    assert np.isnan([made.points[0], made.interval.low[0]]).all()
    assert np.isfinite([made.points[1], made.interval.low[1]]).all()
    assert "no value in 1 of 3 imputations" in made.flags[0]


def test_one_psu_has_no_degrees_of_freedom() -> None:
    few = frame(psus=3).assign(h=[0] * 10 + [1] * 5)
    made = rubin([ek.mean(survey(few.assign(y=few["y"] + k), lonely="certainty"), "y", where=None, by="h") for k in range(3)]).estimate
    assert np.isnan(made.interval.low[1])
    assert "no interval: no degrees of freedom" in made.flags[1]


def test_weights_made_in_every_completed_survey() -> None:
    """Raking to a column that was filled in gives each survey its own weights; that is one design still."""
    made = [ek.weighting.rake(s, {"told": {0: 0.5, 1: 0.5}}) for s in versions()]
    parts = [ek.mean(s, "y") for s in made]
    assert len({e.provenance.design for e in parts}) > 1
    assert rubin(parts).imputations == 4


def test_replicates() -> None:
    parts = [ek.mean(ek.weighting.jackknife(s), "y") for s in versions()]
    np.testing.assert_allclose(rubin(parts).estimate.se, rubin([ek.mean(s, "y") for s in versions()]).estimate.se, rtol=0.02)


BASE = versions()
WRONG: dict[str, tuple[Any, str]] = {
    "no list": (5, "list of Estimates"),
    "surveys": (BASE, "list of Estimates"),
    "none": ([], "list of Estimates"),
    "one": ([ek.mean(BASE[0], "y")], "One imputation"),
    "cells": ([ek.mean(BASE[0], "y"), ek.mean(BASE[1], "y", by="sex")], "cells"),
    "variables": ([ek.mean(BASE[0], "y"), ek.mean(BASE[1], "told")], "statistic, their cells"),
    "statistics": ([ek.mean(BASE[0], "y"), ek.total(BASE[1], "y")], "statistic"),
    "conditions": ([ek.mean(BASE[0], "y"), ek.mean(BASE[1], "y", where=nw.col("told") == 1)], "condition"),
    "levels": ([ek.mean(BASE[0], "y"), ek.mean(BASE[1], "y", level=0.9)], "interval"),
    "designs": ([ek.mean(BASE[0], "y"), ek.mean(survey(frame(9)), "y")], "design"),
    "classes": ([ek.mean(BASE[0], "y"), ek.mean(ek.Survey(frame(), design=ek.survey.NoDesign()), "y")], "statistic"),
}


@pytest.mark.parametrize("case", WRONG)
def test_refused(case: str) -> None:
    given_, words = WRONG[case]
    with pytest.raises(InputError, match=words):
        rubin(given_)


def test_options_are_checked() -> None:
    parts = [ek.mean(s, "y") for s in BASE]
    with pytest.raises(InputError, match="small_sample="):
        rubin(parts, small_sample="exact")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="level="):
        rubin(parts, level=95)
    with pytest.raises(InputError, match="interval="):
        rubin(parts, interval="normal")  # type: ignore[arg-type]


def test_it_says_how_many_imputations_are_advised() -> None:
    made = rubin([ek.mean(survey(frame().assign(y=frame()["y"] + 3 * k)), "y") for k in range(3)])
    assert "imputations are advised" in repr(made)
    assert made.note in made._repr_html_()
    assert "of the variance comes from missing answers" in made.estimate.flags[0]


def test_what_rubin_gives_is_released_by_its_estimate() -> None:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    made = ek.weighting.impute(survey, "knew_sender", imputations=2, seed=1)
    combined = ek.weighting.rubin([ek.proportion(s, "knew_sender", by="sex") for s in made])
    calls = (ek.release, lambda c: ek.difference(c, 0, 1), lambda c: ek.contrast(c, [1, -1]))
    for call in calls:
        with pytest.raises(ek.errors.InputError, match=r"\.estimate\."):
            call(combined)  # type: ignore[arg-type]
    safe = ek.release(combined.estimate)
    with pytest.raises(ek.errors.InputError, match="Combine first"):
        ek.difference(safe, 0, 1)  # type: ignore[arg-type]
    with pytest.raises(ek.errors.InputError) as caught:
        ek.release(safe)  # type: ignore[arg-type]
    assert ".estimate" not in str(caught.value)
