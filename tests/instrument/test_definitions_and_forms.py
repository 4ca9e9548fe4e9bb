"""Definitions are compared within one survey, with their covariance; forms are counted where the answers settle their number."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError

NAN = float("nan")
FICTION = ek.fictional.national_survey(seed=9, interviews=900)


def fictional() -> ek.Survey:
    return ek.Survey(FICTION.data, weights="weight", strata="stratum", psu="psu")


def one(code: str, numerator: str, **more: Any) -> ek.Indicator:
    return ek.Indicator(code=code, numerator=numerator, **more)


NARROW = one("NARROW", "${asked_for_image}")
WIDE = one("WIDE", "${asked_for_image} or ${image_shared}")
CONTACT = one("CONTACT", "${any_contact_unwanted}")


def test_each_share_is_its_prevalence() -> None:
    survey = fictional()
    made = ek.compare_definitions(survey, [NARROW, WIDE, CONTACT], by="sex")
    for k, of in enumerate((NARROW, WIDE, CONTACT)):
        alone = ek.prevalence(survey, of, by="sex").estimate
        rows = [2 * k, 2 * k + 1]
        np.testing.assert_allclose(made.estimate.points[rows], alone.points, rtol=1e-12)
        np.testing.assert_allclose(made.estimate.se[rows], alone.se, rtol=1e-12)
        np.testing.assert_allclose(made.estimate.interval.low[rows], alone.interval.low, rtol=1e-12)


def test_a_difference_has_the_error_of_the_difference_row_by_row() -> None:
    """CONTACT and NARROW are known for everyone, so their difference is the mean of a variable of its own."""
    survey = fictional()
    made = ek.compare_definitions(survey, [NARROW, CONTACT], by="sex").differences
    frame = FICTION.frame.assign(gap=FICTION.frame["any_contact_unwanted"] - FICTION.frame["asked_for_image"])
    plain = ek.mean(ek.Survey(frame, weights="weight", strata="stratum", psu="psu"), "gap", by="sex")
    np.testing.assert_allclose(made.points, plain.points, rtol=1e-10)
    np.testing.assert_allclose(made.se, plain.se, rtol=1e-10)
    np.testing.assert_allclose(made.vcov, plain.vcov, rtol=1e-8, atol=1e-18)
    np.testing.assert_allclose(made.interval.high, plain.interval.high, rtol=1e-10)
    assert made.cells.columns["sex"] == plain.cells.columns["sex"]
    assert made.statistic == "difference"


def test_the_covariance_matters() -> None:
    made = ek.compare_definitions(fictional(), [NARROW, WIDE])
    apart = np.sqrt((made.estimate.se**2).sum())
    assert made.differences.se[0] < 0.75 * apart
    assert ek.release(made.differences).status[0] in ("shown", "uncertain", "protected")


def test_it_says_by_how_many_points_and_only_what_the_interval_supports() -> None:
    made = ek.compare_definitions(fictional(), [NARROW, WIDE, one("SAME", "${asked_for_image} or ${asked_for_image}")])
    text = repr(made)
    gap, low, high = (float(made.to_frame()[c][1]) for c in ("points_moved", "moved_low", "moved_high"))
    assert f"WIDE is {gap:.1f} points above NARROW ({low:.1f} to {high:.1f})" in text
    assert gap == pytest.approx(100 * (made.estimate.points[1] - made.estimate.points[0]))
    assert "SAME is above" not in text
    assert np.isnan(made.to_frame()["points_moved"][0])


def test_refusals_are_no_part_of_the_difference_among_those_who_answered_everything() -> None:
    survey = small()
    wide, narrow = one("WIDE", "${a} or ${b}"), one("NARROW", "${a}")
    made = ek.compare_definitions(survey, [narrow, wide])
    a, b = (np.array(ROWS[name], dtype=float) for name in "ab")
    w = np.arange(1.0, 31.0) * (a < 9) * (b < 9)
    assert made.complete is not None
    assert made.complete.points[0] == pytest.approx(np.average(np.maximum(a, b), weights=w) - np.average(a, weights=w))
    assert "of those who answered everything" in repr(made)
    assert ek.compare_definitions(fictional(), [NARROW, CONTACT]).complete is None


def test_what_else_differs_is_said() -> None:
    other = one(
        "OTHER", "${any_contact_unwanted}", recall="lifetime", ages=(15, 17), denominator="${internet_daily}", universe="daily users"
    )
    text = repr(ek.compare_definitions(fictional(), [CONTACT, other]))
    assert "OTHER also differs in recall (lifetime), ages (15-17), denominator (daily users)" in text


def test_an_own_condition_and_catalogue_indicators() -> None:
    survey = fictional()
    made = ek.compare_definitions(
        survey, [ek.indicator("V06"), WIDE], items={"internet_user": True}, where=nw.col("age") > 14, where_label="15-17"
    )
    assert made.estimate.provenance.where == "15-17"
    assert dict(made.estimate.provenance.labels)["V06"] == ek.indicator("V06").title
    assert made.estimate.provenance.missing[0][1] > 0


@pytest.mark.parametrize(
    ("given", "words"), [([NARROW], "at least two"), ([NARROW, NARROW], "one code"), ([NARROW, "WIDE"], "takes an Indicator")]
)
def test_what_is_no_comparison_is_refused(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        ek.compare_definitions(fictional(), given)
    with pytest.raises(InputError, match=words):
        ek.instrument.forms_experienced(fictional(), given)


ROWS = {
    "a": [1, 1, 1, 1, 0, 0, 9, 1, 0, 9] * 3,
    "b": [1, 1, 0, 0, 0, 9, 9, 1, 0, 0] * 3,
    "c": [1, 1, 0, 9, 0, 0, 9, 0, 1, 0] * 3,
    "d": [1, 9, 0, 0, 0, 0, 9, 9, 0, 0] * 3,
}
FORMS = [one(name.upper(), f"${{{name}}}") for name in "abcd"]


def small() -> ek.Survey:
    frame = pd.DataFrame(ROWS).assign(w=np.arange(1.0, 31.0), psu=range(30))
    return ek.Survey(ek.Dataset(frame, missing={name: {9: ek.Missing.REFUSED} for name in "abcd"}), weights="w", psu="psu")


def test_the_number_of_forms_is_known_when_nothing_could_change_its_group() -> None:
    groups = np.array(["3+", "3+", "1", None, "0", None, None, None, "1", None] * 3, dtype=object)
    w = np.arange(1.0, 31.0)
    made = ek.instrument.forms_experienced(small(), FORMS)
    settled = np.array([g is not None for g in groups])
    assert made.estimate.cells.columns["category"] == ("0", "1", "2", "3+")
    expected = [w[groups == g].sum() / w[settled].sum() for g in ("0", "1", "2", "3+")]
    np.testing.assert_allclose(made.estimate.points, expected)
    assert made.unsettled == (~settled).sum()
    assert "15 left out" in repr(made)


def test_overlap_is_the_share_with_both() -> None:
    survey = small()
    made = ek.instrument.forms_experienced(survey, FORMS)
    a, b = (np.array(ROWS[name], dtype=float) for name in "ab")
    both = np.where((a == 0) | (b == 0), 0, np.where((a == 9) | (b == 9), np.nan, 1.0))
    given = np.where(a == 1, np.where(b == 9, np.nan, b), np.nan)
    frame = pd.DataFrame({"both": both, "given": given, "w": np.arange(1.0, 31.0), "psu": range(30)})
    plain = ek.Survey(frame, weights="w", psu="psu")
    for est, column in ((made.overlap, "both"), (made.given, "given")):
        assert est is not None
        row = est.cells.find({"form": "A", "other": "B"})
        wanted = ek.proportion(plain, column)
        np.testing.assert_allclose([est.points[row], est.se[row]], [wanted.points[0], wanted.se[0]])
    own = made.overlap.cells.find({"form": "C", "other": "C"})
    assert made.overlap.points[own] == pytest.approx(ek.prevalence(survey, FORMS[2]).estimate.points[0])


def test_shares_of_numbers_add_up_in_every_group() -> None:
    survey = fictional()
    made = ek.instrument.forms_experienced(survey, [CONTACT, NARROW, one("SHARED", "${image_shared}")], by="sex")
    for sex in ("girl", "boy"):
        rows = [k for k, v in enumerate(made.estimate.cells.columns["sex"]) if v == sex]
        assert made.estimate.points[rows].sum() == pytest.approx(1)
    assert "note:" in repr(made)
    assert made._repr_html_().startswith("<table>")
    assert len(ek.release(made.overlap)) == len(made.overlap)


def test_a_form_nobody_experienced_has_no_others_beside_it() -> None:
    frame = pd.DataFrame({"a": [0, 0, 0, 0], "b": [1, 0, 1, 0], "w": 1.0, "psu": range(4)})
    made = ek.instrument.forms_experienced(ek.Survey(frame, weights="w", psu="psu"), FORMS[:2])
    assert made.given is not None
    assert set(made.given.cells.columns["form"]) == {"B"}
    assert made.overlap.points[made.overlap.cells.find({"form": "A", "other": "B"})] == 0


def test_forms_of_different_periods_are_not_counted_together() -> None:
    with pytest.raises(InputError, match="recall period or age range"):
        ek.instrument.forms_experienced(small(), [FORMS[0], one("Z", "${b}", recall="lifetime")])
