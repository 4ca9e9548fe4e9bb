"""The first table of a report: what proportion() and mean() give, missing by kind, tests when asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from twostage import frame, survey_of

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, Refused, UnknownColumn

table_one = ek.tables.table_one


def survey() -> ek.Survey:
    """With labels, and answers missing for two reasons."""
    data = frame().assign(told=lambda d: np.where(d.index % 9 == 0, 98, np.where(d.index % 5 == 0, 99, d["h"] + 1)))
    kinds = {"told": {98: ek.Missing.REFUSED, 99: ek.Missing.DONT_KNOW}}
    return ek.Survey(ek.Dataset(data, value_labels={"told": {1: "yes", 2: "no"}}, missing=kinds), design=survey_of("two_stage").stages)


def test_shares_means_and_what_stands_beside_them() -> None:
    made = table_one(survey(), ["k", "told", "b", "y"], by="g", means=["y"])
    shown = made.to_frame()
    assert shown["group"].unique().tolist() == ["all", "a", "b", "c"]
    for name in ("k", "told", "b"):
        overall = shown[(shown["variable"] == name) & (shown["group"] == "all")]
        want = ek.proportion(survey(), name)
        np.testing.assert_allclose(overall[["estimate", "low", "n"]].T, [want.points, want.interval.low, want.counts.n])
        by = shown[(shown["variable"] == name) & (shown["group"] == "b")]
        want = ek.proportion(survey(), name, by="g")
        here = [i for i, g in enumerate(want.cells.columns["g"]) if g == "b"]
        np.testing.assert_allclose(by[["estimate", "high"]].T, [want.points[here], want.interval.high[here]])
    np.testing.assert_allclose(shown["deft"] ** 2, np.concatenate([est.counts.deff for est in made.estimates]))
    np.testing.assert_allclose(shown["rse"], shown["se"] / shown["estimate"])
    assert shown["statistic"].iloc[-1] == "mean"
    assert not made.tests


def test_missing_by_kind() -> None:
    made, coded = table_one(survey(), ["told", "b"]), survey().data.frame["told"]
    assert made.missing["told"] == {ek.Missing.REFUSED: (coded == 98).sum(), ek.Missing.DONT_KNOW: (coded == 99).sum()}
    first = made.to_frame().iloc[0]
    assert first["missing"] == ((coded == 98) | (coded == 99)).sum()
    assert first["missing: prefer not to say"] == (coded == 98).sum()
    part = table_one(survey(), ["told"], where=nw.col("g") == "a")
    assert part.missing["told"][ek.Missing.REFUSED] == ((coded == 98) & (frame()["g"] == "a")).sum()
    plain = table_one(survey_of("two_stage"), ["k"], where=nw.col("g") == "a")
    assert plain.missing["k"] == {ek.Missing.UNSTATED: (frame()["k"].isna() & (frame()["g"] == "a")).sum()}


def test_a_release_tells_small_numbers_of_missing_answers_only_as_such() -> None:
    data = frame().assign(told=lambda d: np.where(d.index < 3, 98, d["h"]))
    few = ek.Survey(ek.Dataset(data, missing={"told": {98: ek.Missing.REFUSED}}), design=survey_of("two_stage").stages)
    safe = ek.release(table_one(few, ["told"]).estimates)
    assert "fewer than 10 prefer not to say" in repr(safe[0])


def test_tests_only_when_asked_for() -> None:
    s = survey()
    made = table_one(s, ["k", "y"], by="b", means=["y"], tests=True)
    assert made.tests["k"].p == ek.tables.association(s, "k", "b").p
    assert made.tests["y"].p == ek.tables.ttest(s, "y", by="b").p
    assert table_one(s, ["y"], by="g", means=["y"], tests=True).tests["y"].p == ek.tables.ranktest(s, "y", "g").p
    shown = made.to_frame()
    assert shown[shown["group"] == "all"]["p"].isna().all()
    assert "p" not in table_one(s, ["k"], by="b").to_frame()


def test_it_is_released_as_one() -> None:
    made = table_one(survey(), ["told", "b"], by="g")
    assert all(safe.audited.together for safe in ek.release(made.estimates))
    assert "released before it is shown" in repr(made)
    assert "<caption>" in made._repr_html_()
    poll = ek.Survey(frame(), design=ek.NoDesign())
    assert table_one(poll, ["k"], by="g").to_frame()["low"].isna().all()


def test_intervals_may_hold_for_all_cells_of_a_variable_at_once() -> None:
    plain = table_one(survey(), ["k", "told"], by="g")
    wide = replace(plain, estimates=tuple(ek.combining.simultaneous(est) for est in plain.estimates))
    before, after = plain.to_frame(), wide.to_frame()
    many = before["group"] != "all"
    assert (after["low"] < before["low"])[many].all()
    assert (after["high"] > before["high"])[many].all()
    np.testing.assert_array_equal(after[["estimate", "n", "missing"]], before[["estimate", "n", "missing"]])
    assert "; 95% simultaneous intervals; " in repr(wide)
    assert "; 95% intervals; " in repr(plain)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (InputError, {"rows": []}),
        (InputError, {"rows": ["k", "k"]}),
        (InputError, {"rows": ["y"]}),
        (InputError, {"rows": ["k"], "means": ["y"]}),
        (InputError, {"rows": ["k"], "tests": True}),
        (InputError, {"rows": ["k", "g"], "by": "g"}),
        (UnknownColumn, {"rows": ["kk"]}),
        (UnknownColumn, {"rows": ["k"], "by": "gg"}),
        (EstimationError, {"rows": ["none"]}),
    ],
)
def test_bad_input(kind: type[Exception], options: dict[str, Any]) -> None:
    data = ek.Survey(frame().assign(none=pd.Series(dtype="object")), design=survey_of("two_stage").stages)
    with pytest.raises(kind):
        table_one(data, **options)


def test_no_tests_without_a_design() -> None:
    with pytest.raises(Refused):
        table_one(ek.Survey(frame(), design=ek.NoDesign()), ["k"], by="g", tests=True)


def test_a_group_called_all_is_a_group() -> None:
    """Its rows have the test's p-value, and do not repeat what is missing overall."""
    frame = ek.fictional.national_survey().data.to_frame()
    named = frame.assign(asked_in=frame["sex"].map({"girl": "all", "boy": "some"}))
    survey = ek.Survey(named, weights="weight", strata="stratum", psu="psu")
    made = ek.tables.table_one(survey, ["internet_daily"], by="asked_in", tests=True).columns
    assert made["group"] == ["all", "all", "some"]
    assert [p is None for p in made["p"]] == [True, False, False]
    assert [n is None for n in made["missing"]] == [False, True, True]
