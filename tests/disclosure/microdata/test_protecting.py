"""A plan from data or a file: the same bytes each time, nothing mutated, free text and its like refused, risk and cost told."""

from __future__ import annotations

import pickle
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import EAGER, frame_as
from protecting import matching, people

import evidencekit as ek
from evidencekit.disclosure.microdata import (
    All,
    Bands,
    Displace,
    DropColumns,
    Groups,
    Ladder,
    Plan,
    Pram,
    Recode,
    SuppressLocally,
    TopBottom,
    protect,
    read_plan,
    recode,
)
from evidencekit.disclosure.microdata.utility import cramers_v, hellinger
from evidencekit.errors import EvidencekitError, InputError, Refused, UnknownColumn

SEED = 0x51C0FFEE_0DDBA11_5EED_9
AGES = Ladder([Bands((12, 14, 16, 18)), All()])
KEYS = ("area", "sex", "age", "size")
PLAN = Plan(
    [
        Recode(column="age", ladder=AGES),
        TopBottom(column="hours", k=8),
        Pram(column="sex", keep=0.9),
        SuppressLocally(k=3, importance={"sex": 2}),
    ],
    keys=KEYS,
    weights="weight",
    name="lesson",
)
TOML = """
name = "lesson"
keys = ["area", "sex", "age", "size"]
weights = "weight"
[ladders]
age = [{bands = [12, 14, 16, 18]}, {all = "all"}]
[[steps]]
do = "recode"
column = "age"
ladder = "age"
[[steps]]
do = "top-bottom"
column = "hours"
k = 8
[[steps]]
do = "pram"
column = "sex"
keep = 0.9
[[steps]]
do = "suppress"
k = 3
importance = {sex = 2}
"""


@pytest.mark.parametrize("kind", EAGER)
def test_a_plan_in_every_kind_of_frame(kind: str) -> None:
    frame = people(70).reset_index(drop=True)
    before = frame.copy()
    data = frame_as(kind, frame)
    safe = protect(data, PLAN, seed=SEED)
    assert type(safe.data) is type(data)
    assert type(safe.to_frame("utility")).__module__.split(".")[0] == type(data).__module__.split(".")[0]
    assert safe.log == protect(frame, PLAN, seed=SEED).log
    assert [entry.step for entry in safe.log] == ["recode", "top-bottom", "pram", "suppress"]
    assert safe.risk["rows in combinations of fewer than 2"][0] > safe.risk["rows in combinations of fewer than 2"][1] == 0
    assert safe.risk["rows in combinations of fewer than 3"][1] == 0
    pd.testing.assert_frame_equal(frame, before)


def test_a_file_says_the_same_as_a_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(TOML, encoding="utf-8")
    assert read_plan(tmp_path / "plan.toml") == PLAN
    assert repr(read_plan(str(tmp_path / "plan.toml"))) == "Plan('lesson', 4 steps, 4 keys)"


@settings(max_examples=6)
@given(seed=st.integers(0, 200), typed=st.booleans())
def test_two_runs_give_the_same_bytes(seed: int, typed: bool) -> None:
    frame = people(60, seed)
    data: Any = ek.Dataset(frame, missing={"size": {9: ek.Missing.REFUSED}}) if typed else frame
    one, two = (protect(data, PLAN, seed=SEED) for _ in range(2))
    files = [made.data.frame if typed else made.data for made in (one, two)]
    assert files[0].to_csv().encode() == files[1].to_csv().encode()
    assert repr(one) == repr(two)
    assert one.risk["rows in combinations of fewer than 3"][1] == 0
    assert min(matching(one.data.to_frame() if typed else one.data, list(KEYS))) >= 3


def test_what_it_cost_is_told() -> None:
    frame = people(200)
    safe = protect(frame, PLAN, seed=SEED)
    table = safe.to_frame("utility").set_index("column")
    after = safe.data
    assert table.loc["area", "taken out"] == after["area"].isna().sum()
    assert table.loc["hours", "cells changed"] == (frame["hours"].to_numpy() != after["hours"].to_numpy()).sum()
    assert table.loc["weight", "cells changed"] == 0
    assert table.loc["age", "share changed"] == 1
    assert (table.loc["age", "levels before"], table.loc["age", "levels after"]) == (6, 3)
    assert table.loc["hours", "hellinger"] == 0, "against the file recoded alike nothing else changed"
    sex = frame["sex"].value_counts(normalize=True).sort_index(), after["sex"].value_counts(normalize=True).sort_index()
    assert table.loc["sex", "hellinger"] == pytest.approx(np.sqrt(((np.sqrt(sex[0]) - np.sqrt(sex[1])) ** 2).sum() / 2))
    shares = [f.groupby("sex")["weight"].sum() / f.loc[f["sex"].notna(), "weight"].sum() for f in (frame, after)]
    assert table.loc["sex", "largest change of a share"] == pytest.approx(abs(shares[0] - shares[1]).max())
    pairs = safe.to_frame("associations")
    assert len(pairs) == 6  # area, sex, age, size
    from scipy.stats.contingency import association

    row = pairs[(pairs["column"] == "area") & (pairs["with"] == "sex")].iloc[0]
    assert row["before"] == pytest.approx(association(pd.crosstab(frame["area"], frame["sex"]), method="cramer"))
    assert row["after"] == pytest.approx(association(pd.crosstab(after["area"], after["sex"]), method="cramer"))


def test_distances_by_hand() -> None:
    assert hellinger(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1
    assert hellinger(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0
    assert hellinger(np.array([0.36, 0.64]), np.array([0.64, 0.36])) == pytest.approx(0.2)
    assert cramers_v(np.array([0, 0, 1, 1, -1]), np.array([0, 0, 1, 1, 1])) == pytest.approx(1)
    assert cramers_v(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])) == 0
    assert cramers_v(np.array([0, 0]), np.array([0, 1])) == 0


def texts(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return (
        people(n)
        .reset_index(drop=True)
        .assign(
            why=[f"because of {'abcdefgh'[i % 8]} and {'pqrstuvw'[i // 8]}" for i in range(n)],
            role=rng.choice(["a", "b"], n),
            hh_latitude=rng.uniform(11, 12, n),
            interview_id=np.arange(n) * 7 + 100_000,
            day=pd.date_range("2026-01-01", periods=n),
            date_of_birth=rng.integers(2009, 2014, n),
            phone_number=rng.integers(1, 5, n),
            where=["11.5564, 104.9282", *["x"] * (n - 1)],
        )
    )


REFUSED = {
    "why": "more than 30 different",
    "hh_latitude": "coordinates",
    "interview_id": "nearly every row",
    "day": "dates",
    "date_of_birth": "born",
    "phone_number": "a number or an address",
    "where": "traces of persons: coordinates",
}


@pytest.mark.parametrize("kind", EAGER)
def test_all_that_may_not_leave_is_named_at_once_and_nothing_of_it_told(kind: str) -> None:
    with pytest.raises(Refused) as told:
        protect(frame_as(kind, texts()), Plan([], keys=KEYS, weights="weight"))
    for column, why in REFUSED.items():
        assert f"{column!r}" in str(told.value)
        assert why in str(told.value)
    assert "'role'" not in str(told.value)
    assert "because" not in str(told.value)
    assert "104" not in str(told.value)


def test_each_is_refused_alone_and_passes_when_dropped() -> None:
    for column, why in REFUSED.items():
        others = [name for name in REFUSED if name != column]
        with pytest.raises(Refused, match=why):
            protect(texts(), Plan([DropColumns(columns=others)]))
    assert "why" not in protect(texts(), Plan([DropColumns(columns=list(REFUSED))])).data.columns


def test_a_steward_lets_categories_dates_and_numbers_pass_and_no_text_with_traces_or_coordinates() -> None:
    weak = ["why", "interview_id", "day", "date_of_birth", "phone_number"]
    strong = DropColumns(columns=["hh_latitude", "where"])
    made = protect(texts(), Plan([strong], keep=weak))
    assert made.log[-1].step == "let pass by name"
    assert made.log[-1].columns == tuple(weak)
    for column in ("hh_latitude", "where"):
        with pytest.raises(Refused):
            protect(texts(), Plan([], keep=[*weak, column, "where"]))


def test_free_text_by_the_form_never_passes_unless_recoded() -> None:
    frame = people(30).reset_index(drop=True).assign(other=["a", "b"] * 15, open=["c", "d"] * 15, child=["x", "y"] * 15)
    frame = frame.assign(spot=["p", "q"] * 15, sound=["r", "s"] * 15)
    form = ek.Instrument(
        "f",
        [
            ek.Item("other", "text", role="free-text"),
            ek.Item("open", "text"),
            ek.Item("child", "text", role="direct-identifier"),
            ek.Item("spot", "place"),
            ek.Item("sound", "file"),
        ],
    )
    protect(frame, Plan([]))
    every = ("other", "open", "child", "spot", "sound")
    for column in every:
        drop = DropColumns(columns=[c for c in every if c != column])
        with pytest.raises(Refused, match=column):
            protect(frame, Plan([drop], keep=[column]), form=form)
    groups = Ladder([Groups({"a": "one", "b": "two"})])
    made = protect(frame, Plan([Recode(column="other", ladder=groups), DropColumns(columns=["open", "child", "spot", "sound"])]), form=form)
    assert set(made.data["other"]) == {"one", "two"}


def test_a_recoded_text_is_scanned_too() -> None:
    frame = pd.DataFrame({"t": ["a", "b"] * 10})
    with pytest.raises(Refused, match="phone"):
        protect(frame, Plan([Recode(column="t", ladder=Ladder([Groups({"a": "call 012 345 678", "b": "x"})]))]))


def test_what_is_declared_missing_is_looked_at_too() -> None:
    frame = pd.DataFrame({"t": ["a", "b"] * 10 + ["012 345 678"]})
    with pytest.raises(Refused, match="phone"):
        protect(ek.Dataset(frame, missing={"t": {"012 345 678": ek.Missing.REFUSED}}), Plan([]))


def test_lists_and_the_like_do_not_leave() -> None:
    with pytest.raises(Refused, match="neither texts nor numbers"):
        protect(pd.DataFrame({"t": [["a"], ["b"]]}), Plan([]))
    import polars as pl

    with pytest.raises(Refused, match="neither texts nor numbers"):
        protect(pl.DataFrame({"t": [["a"], ["b"]]}), Plan([]))


def test_displaced_points_may_leave_and_only_they() -> None:
    frame = people(40).reset_index(drop=True).assign(ea=np.arange(40) // 8, latitude=11.5, longitude=104.9, urban=[1] * 16 + [0] * 24)
    steps = [Displace(cluster="ea", latitude="latitude", longitude="longitude", urban="urban", urban_level=1)]
    made = protect(frame, Plan(steps), seed=SEED)
    assert made.data["latitude"].nunique() == 5
    with pytest.raises(InputError, match="needs seed="):
        protect(frame, Plan(steps))
    with pytest.raises(Refused, match="'gps_accuracy'"):
        protect(frame.assign(gps_accuracy=4.0), Plan(steps), seed=SEED)


def test_nothing_travels_beside_the_columns() -> None:
    frame = people(40)
    frame.index = [f"s3cret-{i}" for i in range(40)]
    frame.attrs["who"] = "s3cret"
    frame["area"] = pd.Categorical(frame["area"], categories=["north", "south", "east", "s3cret"])
    made = protect(frame, Plan([]))
    assert made.data.index.equals(pd.RangeIndex(40))
    assert not made.data.attrs
    assert "s3cret" not in repr(made.data["area"].dtype)
    assert frame.attrs == {"who": "s3cret"}
    import pyarrow as pa

    table = pa.Table.from_pandas(frame)
    with pytest.raises(Refused):
        protect(table, Plan([]))  # the index stands there as a column of texts
    bare = protect(table.drop_columns(["__index_level_0__"]), Plan([])).data
    assert bare.schema.metadata is None
    assert "s3cret" not in str(bare.schema) + str(bare)


def told_by(work: Any) -> str:
    try:
        made = work()
    except EvidencekitError as trouble:
        return "".join(traceback.format_exception(trouble)) + repr(vars(trouble)) + repr(trouble.__context__)
    reports = "".join(repr(made.to_frame(name).to_dict()) for name in ("log", "risk", "utility", "associations"))
    return repr(made) + made._repr_html_() + reports + repr(made.plan) + repr(made.log)


@settings(max_examples=8)
@given(
    secret=st.text("qxzkvw", min_size=8, max_size=12),
    column=st.sampled_from(["area", "sex", "age", "size", "hours", "weight"]),
    row=st.integers(0, 39),
)
def test_a_secret_in_any_cell_stays_there(secret: str, column: str, row: int) -> None:
    frame = people(40).reset_index(drop=True)
    frame[column] = frame[column].astype(object)
    frame.loc[row, column] = f"s3c{secret}"
    for plan in (PLAN, Plan([], keys=KEYS), Plan([SuppressLocally(k=2)], keys=[column])):
        shown = told_by(lambda plan=plan: protect(frame, plan, seed=SEED))
        assert secret not in shown
        assert str(SEED) not in shown


FRAME = people()
BAD: dict[str, tuple[Any, str]] = {
    "no plan": (lambda: protect(FRAME, [Recode(column="age", ladder=AGES)]), "takes a Plan"),
    "no steps": (lambda: Plan(DropColumns(columns=["age"])), "list of steps"),
    "something else among the steps": (lambda: Plan([recode]), "A step of a plan is one of"),
    "a key twice": (lambda: Plan([], keys=["a", "a"]), "each once"),
    "keys as one text": (lambda: Plan([], keys="age"), "list of column names"),
    "suppression without keys": (lambda: Plan([SuppressLocally()]), "needs keys="),
    "importance that is none": (lambda: SuppressLocally(importance=3), "mapping"),
    "a form that is none": (lambda: protect(FRAME, Plan([]), form="s3cret"), "takes an Instrument"),
    "no records": (lambda: protect(FRAME.iloc[:0], Plan([])), "no records"),
    "weights that are missing": (lambda: protect(FRAME, Plan([], weights="size")), "missing or negative in"),
    "a small seed": (lambda: protect(FRAME, PLAN, seed=3), "found by trying"),
    "no seed": (lambda: protect(FRAME, PLAN), "needs seed="),
    "a report that is none": (lambda: protect(FRAME, Plan([])).to_frame("risks"), "not known"),
    "a lazy frame": (lambda: protect(frame_as("polars-lazy", FRAME), Plan([])), "lazy"),
    "pickling": (lambda: pickle.dumps(protect(FRAME, Plan([]))), "not pickled"),
    "a plan that is not there": (lambda: read_plan("nowhere.toml"), "cannot be read"),
    "a path that is none": (lambda: read_plan(3), "path of a file"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told(case: str) -> None:
    work, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        work()
    assert "s3cret" not in str(told.value)


FILES = {
    "no TOML": ("name = = s3cret", "cannot be read as TOML"),
    "an unknown part": ("seeds = 3", "parts that are not known: 1"),
    "a step without do": ("[[steps]]\ncolumn = 's3cret'", "does not say what to do"),
    "an unknown step": ("[[steps]]\ndo = 'recodes'", "Did you mean 'recode'"),
    "an unknown parameter": ("[[steps]]\ndo = 'drop'\ncolumns = []\nseed = 3", "parts that are not known"),
    "a parameter too few": ("[[steps]]\ndo = 'recode'\ncolumn = 'age'", "needs ladder"),
    "a ladder that is not there": ("[[steps]]\ndo = 'recode'\ncolumn = 'age'\nladder = 's3cret'", "not under"),
    "a ladder that is none": ("[ladders]\nage = 3", "list of rungs"),
    "a rung that is none": ("[ladders]\nage = [{bandz = [1, 2]}]", "not one of bands"),
    "steps that are none": ("steps = 's3cret'", r"\[\[steps\]\]"),
    "keys that are none": ("keys = 's3cret'", "list of column names"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_told(case: str, tmp_path: Path) -> None:
    text, words = FILES[case]
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words) as told:
        read_plan(tmp_path / "plan.toml")
    assert "s3cret" not in str(told.value)


def test_unknown_columns_are_told() -> None:
    for plan in (Plan([], keys=["ages"]), Plan([], keep=["ages"]), Plan([], weights="weights"), Plan([DropColumns(columns=["ages"])])):
        with pytest.raises(UnknownColumn):
            protect(FRAME, plan)


def test_the_fictional_survey_leaves_under_a_plan() -> None:
    data = ek.fictional.national_survey().data
    plan = Plan(
        [Recode(column="age", ladder=AGES), SuppressLocally(k=3), DropColumns(columns=["psu", "stratum", "age_group"])],
        keys=["province", "area", "sex", "age", "eligible_children", "school"],
        weights="weight",
    )
    safe = protect(data, plan)
    assert safe.data.kinds("image_shared") == data.kinds("image_shared")
    assert safe.risk["rows in combinations of fewer than 3"] == (data_below(data, plan.keys), 0)
    survey = ek.Survey(safe.data, weights="weight")
    assert ek.proportion(survey, "any_contact_unwanted", by="sex").points.shape == (2,)


def data_below(data: Any, keys: Any) -> int:
    return int((data.to_frame().groupby(list(keys))["weight"].transform("size") < 3).sum())
