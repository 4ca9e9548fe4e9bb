"""Multiple responses and child tables: the same numbers from columns of the respondents."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from twostage import frame, survey_of

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, UnknownColumn

tables = ek.tables


def people() -> pd.DataFrame:
    """The two-stage sample with three choices, some of them not answered, and how many incidents each child told of."""
    rng = np.random.default_rng(11)
    data = frame().copy()
    for name, share in (("c1", 0.5), ("c2", 0.3), ("c3", 0.05)):
        data[name] = (rng.random(len(data)) < share).astype(float)
    data.loc[rng.random(len(data)) < 0.1, ["c1", "c2", "c3"]] = np.nan
    data.loc[5, "c2"] = np.nan
    data["told"] = data[["c1", "c2", "c3"]].sum(axis=1, skipna=False)
    incidents = rng.poisson(0.7, len(data))
    data["home"] = rng.binomial(incidents, 0.3)
    data["incidents"], data["elsewhere"] = incidents, incidents - data["home"]
    data["any"] = (incidents > 0).astype(int)
    return data


def records(data: pd.DataFrame) -> pd.DataFrame:
    """A row an incident, in an order of their own."""
    rows = [
        (p, place)
        for p, h, e in zip(data["pupil"], data["home"], data["elsewhere"], strict=True)
        for place in ["home"] * h + ["elsewhere"] * e
    ]
    made = pd.DataFrame(rows, columns=["pupil", "place"])
    made["hours"] = np.arange(len(made)) % 7
    return made.sample(frac=1, random_state=3).reset_index(drop=True)


def surveys() -> list[ek.Survey]:
    """The same people by linearisation, from replicates, and with calibrated weights."""
    linear = ek.Survey(people(), design=survey_of("three_stage").stages)
    plain = ek.Survey(people()[people()["stratum"] != "island"].reset_index(drop=True), weights="weight", strata="stratum", psu="school")
    weighted = ek.weighting.poststratify(plain, "g", {"a": 900, "b": 800, "c": 700})
    return [linear, ek.weighting.jackknife(plain), weighted, ek.weighting.jackknife(weighted)]


def same(got: ek.Estimate, at: int, want: ek.Estimate) -> None:
    np.testing.assert_allclose([got.points[at], got.se[at]], [want.points[0], want.se[0]], rtol=1e-10)


CHOICES = ["c1", "c2", "c3"]


@pytest.mark.parametrize("which", range(4))
def test_per_cent_of_respondents_and_of_responses(which: int) -> None:
    survey = surveys()[which]
    answered = ~nw.any_horizontal(*(nw.col(c).is_null() | nw.col(c).is_nan() for c in CHOICES), ignore_nulls=True)
    made, shares = tables.responses(survey, CHOICES), tables.responses(survey, CHOICES, of="responses")
    want = ek.proportion(survey, CHOICES, where=answered)
    np.testing.assert_allclose([made.points, made.se, made.interval.low], [want.points, want.se, want.interval.low], rtol=1e-10)
    np.testing.assert_allclose(made.vcov, want.vcov, rtol=1e-9, atol=1e-18)
    np.testing.assert_allclose(made.counts.deff, want.counts.deff, rtol=1e-10)
    assert made.counts.cases.tolist() == want.counts.cases.tolist()
    for i, name in enumerate(CHOICES):
        ratio = ek.ratio(survey, name, "told", where=answered & (nw.col("told") > 0))
        same(shares, i, ratio)
        np.testing.assert_allclose(shares.counts.deff[i], ratio.counts.deff[0], rtol=1e-8)
    assert shares.points.sum() == pytest.approx(1)
    assert shares.counts.cases.sum() == pytest.approx(shares.counts.n[0])
    by = tables.responses(survey, CHOICES, of="responses", by="g")
    one = tables.responses(survey, CHOICES, of="responses", where=nw.col("g") == "a")
    np.testing.assert_allclose([by.points[:3], by.se[:3]], [one.points, one.se], rtol=1e-9)


def test_choices_are_shown_by_their_words() -> None:
    survey = surveys()[0]
    words = {"c1": "a friend", "c2": "a parent", "c3": "nobody"}
    assert tables.responses(survey, words).cells.columns["variable"] == tuple(words.values())
    made = tables.responses(survey, words, of="responses")
    assert made.cells.columns["category"] == tuple(words.values())
    assert "a choice" in dict(made.provenance.policies)["unit of analysis"]
    assert len(ek.release(made)) == 3
    assert np.isnan(tables.responses(ek.Survey(people(), design=ek.NoDesign()), words).interval.low).all()


@pytest.mark.parametrize("which", range(4))
def test_incidents_carry_the_design_of_the_respondents(which: int) -> None:
    survey = surveys()[which]
    data = survey.data
    told = records(data)
    made = tables.children(survey, told, "place", key="pupil", unit="incident")
    some = nw.col("incidents") > 0
    for i, name in enumerate(("elsewhere", "home")):
        same(made, i, ek.ratio(survey, name, "incidents", where=some))
    assert made.df[0] == ek.ratio(survey, "home", "incidents", where=some).df[0]
    same(tables.children(survey, told, key="pupil", unit="incident", what="number"), 0, ek.mean(survey, "incidents"))
    same(tables.children(survey, told, key="pupil", unit="incident", what="respondents"), 0, ek.proportion(survey, "any"))
    hours = data.assign(hours=data["pupil"].map(told.groupby("pupil")["hours"].sum()).fillna(0.0))
    total = survey.completed(hours, ("hours", "summed"))
    same(
        tables.children(survey, told, "hours", key="pupil", unit="incident", what="mean"),
        0,
        ek.ratio(total, "hours", "incidents", where=some),
    )
    by = tables.children(survey, told, "place", key="pupil", unit="incident", by="g")
    same(by, 1, ek.ratio(survey, "home", "incidents", where=some & (nw.col("g") == "a")))


def test_a_release_protects_people_not_incidents() -> None:
    """Forty incidents of four children are four children."""
    data = people()
    few = pd.DataFrame({"pupil": np.repeat(data["pupil"][:4], 10), "place": ["home", "school"] * 20})
    made = tables.children(ek.Survey(data, design=survey_of("three_stage").stages), few, "place", key="pupil", unit="incident")
    assert made.counts.n.tolist() == [4.0, 4.0]
    safe = ek.release(made)
    assert set(safe.status) == {"protected"}
    assert "40" not in repr(safe)


def test_other_kinds_of_frames_and_missing_answers() -> None:
    survey = surveys()[0]
    told = records(people())
    told.loc[:3, "place"] = None
    want = tables.children(survey, told, "place", key="pupil", unit="incident")
    assert ("place", 4) in want.provenance.missing
    assert tables.children(survey, pl.from_pandas(told), "place", key="pupil", unit="incident").points.tolist() == want.points.tolist()
    coded = ek.Dataset(
        told.assign(place=told["place"].map({"home": 1, "elsewhere": 2}).fillna(9)), missing={"place": {9: ek.Missing.REFUSED}}
    )
    np.testing.assert_allclose(tables.children(survey, coded, "place", key="pupil", unit="incident").points[::-1], want.points)


CHILD: dict[str, Any] = {"key": "pupil", "unit": "incident"}


def test_bad_input() -> None:
    survey, told = surveys()[0], records(people())
    for wrong in ("c1", ["c1"], ["c1", "c1"], ["c1", "y"], {"c1": "x", "c2": "x"}, {"c1": "x", "c2": 2}):
        with pytest.raises(InputError):
            tables.responses(survey, wrong)
    with pytest.raises(UnknownColumn):
        tables.responses(survey, ["c1", "c9"])
    with pytest.raises(InputError):
        tables.responses(survey, CHOICES, of="people")  # type: ignore[arg-type]
    with pytest.raises(EstimationError):
        tables.responses(survey, CHOICES, where=nw.col("c1").is_null() | nw.col("c1").is_nan())
    with pytest.raises(EstimationError, match="nobody chose"):
        tables.responses(survey, CHOICES, of="responses", where=nw.col("told") == 0)
    for options in ({"what": "mean"}, {"what": "number", "y": "place"}, {"what": "all", "y": "place"}, {"unit": "", "y": "place"}):
        with pytest.raises(InputError):
            tables.children(survey, told, **{**CHILD, **options})
    with pytest.raises(UnknownColumn):
        tables.children(survey, told, "where", **CHILD)
    with pytest.raises(UnknownColumn):
        tables.children(survey, told.rename(columns={"pupil": "child"}), "place", **CHILD)
    with pytest.raises(InputError, match="no respondent") as caught:
        tables.children(survey, told.assign(pupil=lambda d: d["pupil"].replace(d["pupil"][0], 987654321)), "place", **CHILD)
    assert "987654321" not in str(caught.value)
    with pytest.raises(InputError, match="twice"):
        tables.children(survey, told.rename(columns={"pupil": "g"}).assign(g="a"), "place", key="g", unit="incident")
    with pytest.raises(InputError, match="missing"):
        tables.children(survey, told.assign(pupil=lambda d: d["pupil"].where(d.index > 0)), "place", **CHILD)
    with pytest.raises(InputError):
        tables.children(survey, told, "place", what="mean", **CHILD)
    with pytest.raises(EstimationError, match="no incident"):
        tables.children(survey, told[:0], "place", **CHILD)
    with pytest.raises(InputError):
        tables.children(frame(), told, "place", **CHILD)  # type: ignore[arg-type]


def test_the_key_may_have_a_name_in_each_table() -> None:
    data = people()
    s = ek.Survey(data, design=survey_of("three_stage").stages)
    incidents = records(data)
    want = tables.children(s, incidents, "place", key="pupil", unit="incident")
    theirs = incidents.rename(columns={"pupil": "_parent_index"})
    got = tables.children(s, theirs, "place", key=("pupil", "_parent_index"), unit="incident")
    np.testing.assert_array_equal(got.points, want.points)
    with pytest.raises(UnknownColumn, match="of two names, key="):
        tables.children(s, theirs, "place", key="pupil", unit="incident")
    for key in (("pupil",), ("pupil", 3), ("pupil", "_parent_index", "x")):
        with pytest.raises(InputError, match="one name, or two"):
            tables.children(s, theirs, "place", key=key, unit="incident")  # pyright: ignore[reportArgumentType]


def test_the_domain_of_child_records_has_a_name() -> None:
    data = people()
    s = ek.Survey(data, design=survey_of("three_stage").stages)
    made = tables.children(
        s, records(data), key="pupil", unit="incident", what="number", where=nw.col("g") == "a", where_label="of group a"
    )
    assert made.provenance.where == "of group a"
