"""Random walks and quotas: sheets and counts for the field, and no interval afterwards."""

from __future__ import annotations

import pickle
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import EAGER, frame_as

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import InputError, Refused, UnknownColumn

SECRET = "canary-7391"


def areas() -> pd.DataFrame:
    return pd.DataFrame({"ea": np.arange(1, 61), "homes": np.arange(60) + 20, "street": SECRET})


def walk(**more: Any) -> sampling.RandomWalk:
    draw = sampling.pps_systematic(ek.Frame(areas(), id="ea", size="homes"), 12, seed=3)
    return sampling.random_walk(draw, **{"visits": 8, "step": 5, **more})


def test_the_sheet_is_decided_before_anybody_walks() -> None:
    made = walk()
    sheet = made.sheet
    assert sheet.columns.tolist() == ["ea", "visit", "dwelling", "side"]
    assert len(sheet) == 12 * 8
    first = sheet[sheet["visit"] == 1]["dwelling"]
    assert first.between(1, 5).all()
    assert first.nunique() > 1
    assert set(sheet["side"]) == {"left", "right"}
    assert (sheet.groupby("ea")["side"].nunique() == 1).all()
    assert (sheet.groupby("ea")["dwelling"].diff().dropna() == 5).all()
    pd.testing.assert_frame_equal(walk().sheet, sheet)


def test_starts_belong_to_the_areas_and_every_one_is_as_likely() -> None:
    frame = ek.Frame(pd.DataFrame({"ea": range(4000)}), id="ea")
    whole = sampling.random_walk(sampling.srs(frame, 4000, seed=1), visits=1, step=4).sheet.set_index("ea")
    part = sampling.random_walk(sampling.srs(frame, 50, seed=1), visits=1, step=4).sheet.set_index("ea")
    pd.testing.assert_frame_equal(whole.loc[part.index], part)
    counts = whole["dwelling"].value_counts()
    assert set(counts.index) == {1, 2, 3, 4}
    assert (abs(counts - 1000) < 4.5 * np.sqrt(4000 * 3 / 16)).all()
    assert abs((whole["side"] == "left").sum() - 2000) < 4.5 * np.sqrt(1000)


def test_the_interval_follows_the_size_of_the_area() -> None:
    made = walk(step=None)
    np.testing.assert_array_equal(made.steps, np.maximum(1, made.draw.sample["homes"] // 8))
    assert (made.sheet["dwelling"] <= np.repeat(made.draw.sample["homes"].to_numpy(), 8)).all()


@pytest.mark.parametrize("kind", EAGER)
def test_the_sheet_is_of_the_callers_kind(kind: str) -> None:
    listed = frame_as(kind, areas())
    draw = sampling.pps_systematic(ek.Frame(listed, id="ea", size="homes"), 12, seed=3)
    sheet = sampling.random_walk(draw, visits=8, step=5).sheet
    assert type(sheet) is type(listed)
    assert nw.from_native(sheet)["dwelling"].to_list() == walk().sheet["dwelling"].tolist()


def test_walks_that_are_refused() -> None:
    frame = ek.Frame(areas(), id="ea")
    draw = sampling.srs(frame, 12, seed=3)
    bad: list[tuple[Any, dict[str, Any], str]] = [
        (frame, {"step": 5}, "takes a Draw"),
        (sampling.srs_wr(frame, 12, seed=3), {"step": 5}, "without replacement"),
        (draw, {"step": 0}, "step= is a whole number"),
        (draw, {"step": 2.5}, "step= is a whole number"),
        (draw, {"step": 5, "visits": True}, "visits= is a whole number"),
        (draw, {}, "needs step="),
    ]
    for given_, more, words in bad:
        with pytest.raises(InputError, match=words):
            sampling.random_walk(given_, **{"visits": 8, **more})
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(walk())
    assert SECRET not in repr(walk())


def test_every_cell_gets_its_part_and_at_least_one() -> None:
    made = sampling.quota({("girl", "12-14"): 51_000, ("girl", "15-17"): 48_700, ("boy", "12-14"): 300}, 100)
    assert made.table.to_dict("list") == {
        "cell": ["girl, 12-14", "girl, 15-17", "boy, 12-14"],
        "population": [51_000, 48_700, 300],
        "wanted": [51, 48, 1],
    }


@given(people=st.lists(st.integers(1, 10**6), min_size=1, max_size=12), more=st.integers(0, 500))
def test_quotas_add_up_and_keep_the_order_of_the_population(people: list[int], more: int) -> None:
    n = min(len(people) + more, sum(people))
    wanted = sampling.quota(dict(enumerate(people)), n).table["wanted"].to_numpy()
    assert wanted.sum() == n
    assert wanted.min() >= 1
    assert (np.diff(wanted[np.argsort(people, kind="stable")]) >= 0).all() or len(set(people)) < len(people)


@pytest.mark.parametrize("kind", EAGER)
def test_progress_counts_what_is_done(kind: str) -> None:
    made = sampling.quota({("girl", 1): 500, ("girl", 2): 300, ("boy", 1): 200}, 10)
    answers = pd.DataFrame({"sex": ["girl"] * 7 + ["boy"], "age": [1] * 6 + [2, 1], "told": SECRET})
    given_ = frame_as(kind, answers)
    table = made.progress(given_, by=("sex", "age"))
    rows = nw.from_native(table, eager_only=True).rows()
    assert rows == [("girl", 1, 5, 6, 0), ("girl", 2, 3, 1, 2), ("boy", 1, 2, 1, 1)]
    assert nw.from_native(table).implementation == nw.from_native(given_).implementation


def test_interviews_that_fill_no_cell_are_said() -> None:
    made = sampling.quota({"girl": 500, "boy": 300}, 10)
    answers = pd.DataFrame({"sex": ["girl", "boy", SECRET, None]})
    with pytest.raises(InputError, match="Of 4 interviews 1 do not say which cell they are in and 1 are in a cell") as caught:
        made.progress(answers, by="sex")
    assert SECRET not in str(caught.value)
    with pytest.raises(InputError, match="cells have 1 parts, and by= names 2"):
        made.progress(answers.assign(age=1), by=("sex", "age"))
    with pytest.raises(InputError, match="column 'have'"):
        made.progress(answers.rename(columns={"sex": "have"}), by="have")
    with pytest.raises(UnknownColumn):
        made.progress(answers, by="age")
    assert made.progress(answers.iloc[:0], by="sex")["left"].sum() == 10


def test_quotas_that_are_refused() -> None:
    bad: list[tuple[Any, Any, str]] = [
        ([500, 300], 10, "mapping of cells"),
        ({}, 10, "empty"),
        ({"girl": 500, "boy": SECRET}, 10, "1 of 2 counts"),
        ({"girl": 500, "boy": 0.5}, 10, "1 of 2 counts"),
        ({"girl": 500, ("boy", 1): 300}, 10, "different numbers of parts"),
        ({1: 500, "1": 300}, 10, "1 cells that are called like another"),
        ({"girl": 500, "boy": 300}, 1, "each of the 2 cells"),
        ({"girl": 5, "boy": 3}, 10, "more than the people"),
    ]
    for cells, n, words in bad:
        with pytest.raises(InputError, match=words) as caught:
            sampling.quota(cells, n)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize(("design", "name"), [(walk().design, "random-walk"), (sampling.quota({"a": 9}, 3).design, "quota")])
def test_neither_has_an_interval_or_a_total(design: ek.NoDesign, name: str) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"told": (rng.random(400) < 0.3).astype(int), "sex": np.where(rng.random(400) < 0.5, "girl", "boy")})
    survey = ek.Survey(ek.Dataset(frame, labels={"told": "Told someone"}), design=design, population="children 12-17")
    raked = ek.weighting.rake(survey, {"sex": {"girl": 0.6, "boy": 0.4}})
    for each in (survey, raked):
        est = ek.proportion(each, "told")
        assert est.inference == each.inference == name
        assert est.flags == (f"no design: {name}",)
        assert np.isnan([est.interval.low[0], est.interval.high[0], est.se[0]]).all()
        assert "interval" not in repr(est)
        for ask in (lambda s: ek.total(s, "told"), ek.count):
            with pytest.raises(Refused, match="not from a probability sample"):
                ask(each)
        said = ek.finding(ek.release(est))
        assert "of those who answered" in said.headline()
        assert said.interval_words() == "no interval: the answers do not come from a probability sample"
    with pytest.raises(InputError, match="needs a probability sample"):
        ek.weighting.bootstrap(survey, seed=1)
