"""The adjustments of Holm and of Benjamini and Hochberg: against statsmodels, by hand, and what they promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_estimates import made_estimate
from scipy import stats

import evidencekit as ek
from evidencekit.combining import benjamini_hochberg, holm, p_values
from evidencekit.errors import InputError

P = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@pytest.mark.slow
@given(P)
def test_it_equals_statsmodels(p: list[float]) -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    np.testing.assert_allclose(holm(p), multitest.multipletests(p, method="holm")[1], atol=1e-15)


@given(P)
def test_the_false_discovery_rate_equals_statsmodels(p: list[float]) -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    np.testing.assert_allclose(benjamini_hochberg(p), multitest.multipletests(p, method="fdr_bh")[1], atol=1e-15)


@given(P)
def test_it_is_between_the_p_values_and_holm(p: list[float]) -> None:
    made = benjamini_hochberg(p)
    assert (made >= np.array(p) - 1e-15).all()
    assert (made <= holm(p) + 1e-15).all()


def test_the_false_discovery_rate_by_hand() -> None:
    np.testing.assert_allclose(benjamini_hochberg([[0.01, np.nan], [0.03, 0.005]]), [[0.015, np.nan], [0.03, 0.015]])
    assert benjamini_hochberg([]).shape == (0,)
    with pytest.raises(InputError, match="from 0 to 1"):
        benjamini_hochberg([2.0])


def test_by_hand() -> None:
    np.testing.assert_allclose(holm([[0.01, 0.04], [0.03, 0.005]]), [[0.03, 0.06], [0.06, 0.02]])
    assert holm([]).shape == (0,)


@given(P)
def test_what_has_no_test_is_no_claim(p: list[float]) -> None:
    mixed = [x for one in p for x in (one, float("nan"))]
    np.testing.assert_array_equal(holm(mixed)[::2], holm(p))
    assert np.isnan(holm(mixed)[1::2]).all()


@pytest.mark.parametrize("bad", [[-0.1], [1.5], ["a"], [[0.1], [0.1, 0.2]]])
def test_what_is_no_chance_is_refused(bad: object) -> None:
    with pytest.raises(InputError, match="from 0 to 1"):
        holm(bad)


def test_p_values_of_differences_are_those_of_t_tests() -> None:
    gaps = made_estimate("difference", [0.1, -0.1, np.nan], se=0.05, df=20)
    made = p_values(gaps)
    np.testing.assert_allclose(made[:2], 2 * stats.t.sf(2.0, 20), rtol=1e-12)
    assert np.isnan(made[2])
    np.testing.assert_allclose(holm(made)[:2], 2 * made[:2])


def test_p_values_agree_with_the_interval_of_a_ratio_on_the_log_scale() -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    est = ek.proportion(survey, "asked_for_image", by="sex")
    p = float(p_values(ek.ratio_of(est, 1, 0))[0])
    edge = ek.ratio_of(est, 1, 0, scale="log", level=1 - p).interval
    np.testing.assert_allclose(min(abs(edge.low[0] - 1), abs(edge.high[0] - 1)), 0, atol=1e-9)
    with pytest.raises(InputError, match="a proportion"):
        p_values(est)


def test_there_is_none_where_a_share_of_nobody_is_compared() -> None:
    frame = pd.DataFrame({"g": ["a"] * 200 + ["b"] * 200, "y": [0] * 200 + [1] * 4 + [0] * 196, "w": 1.0})
    assert np.isnan(p_values(ek.difference(ek.proportion(ek.Survey(frame, weights="w"), "y", by="g"), 0, 1))).all()


@pytest.mark.slow
def test_a_family_may_be_tests() -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    tests = [ek.tables.association(survey, "sex", name) for name in ("school", "helpline_aware", "asked_for_image")]
    for adjust in (holm, benjamini_hochberg):
        np.testing.assert_array_equal(adjust(tests), adjust([one.p for one in tests]))
