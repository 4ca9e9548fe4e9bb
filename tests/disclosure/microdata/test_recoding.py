"""Ladders only merge, recoding keeps what is missing apart, thresholds have enough records beyond them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import EAGER, frame_as
from protecting import people

import evidencekit as ek
from evidencekit.disclosure.microdata import All, Bands, Groups, Ladder, recode, top_bottom
from evidencekit.errors import InputError, UnknownColumn

AGES = Ladder([Bands((12, 14, 16, 18)), Bands((12, 16, 18)), Groups({"12-15": "younger", "16-17": "older"}), All()])


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    """A ladder of bands with nested edges, then groups."""
    inner = sorted(draw(st.sets(st.integers(13, 17), max_size=5)))
    rungs: list[Any] = [Bands((12, *inner, 18))]
    while inner and draw(st.booleans()):
        inner = [e for e in inner if draw(st.booleans())]
        rungs.append(Bands((12, *inner, 18)))
    if draw(st.booleans()):
        rungs.append(Groups({label: draw(st.sampled_from(["u", "v"])) for label in rungs[-1].labels}))
    return Ladder([*rungs, All()])


@given(ladder=ladders(), seed=st.integers(0, 50))
def test_climbing_only_merges(ladder: Ladder, seed: int) -> None:
    frame = people(40, seed)
    below = frame["age"].astype(str).tolist()
    for rung in range(1, len(ladder) + 1):
        above = recode(frame, "age", ladder=ladder, rung=rung).data["age"].tolist()
        assert len(set(zip(below, above, strict=True))) == len(set(below)), "what was together is parted"
        below = above
    assert set(below) == {"all"}


@pytest.mark.parametrize("kind", EAGER)
def test_every_kind_of_frame(kind: str) -> None:
    data = frame_as(kind, people(30).reset_index(drop=True))
    made = recode(data, "age", ladder=AGES, rung=2)
    assert type(made.data) is type(data)
    expected = ["12-15" if age < 16 else "16-17" for age in people(30)["age"]]
    column = made.data["age"]
    assert (column.to_pylist() if kind == "pyarrow" else column.to_list()) == expected
    assert made.entry.counts["records recoded"] == 30


def test_kinds_of_missing_stay_apart_under_words() -> None:
    kinds = {98: ek.Missing.DONT_KNOW, (99, 105): ek.Missing.REFUSED}
    frame = pd.DataFrame({"age": [12.0, 98, 99, 101, np.nan, 17]}, index=[3, 3, 1, 0, 9, 9])
    data = ek.Dataset(frame, labels={"age": "Age"}, value_labels={"age": {98: "?"}}, missing={"age": kinds})
    before = frame.copy()
    made = recode(data, "age", ladder=AGES, rung=3).data
    assert made.to_frame()["age"].tolist()[0] == "younger"
    assert made.kinds("age") == {ek.Missing.DONT_KNOW: 1, ek.Missing.REFUSED: 2, ek.Missing.UNSTATED: 1}
    assert made.labels == {"age": "Age"}
    assert not made.value_labels
    pd.testing.assert_frame_equal(frame, before)


def test_a_table_of_areas_is_a_ladder() -> None:
    table = pd.DataFrame({"commune": [1, 2, 3], "district": ["d", "d", "e"], "province": ["p", "p", "q"]})
    ladder = Ladder.from_table(table, ["commune", "district", "province"], top="country")
    frame = pd.DataFrame({"commune": [3, 1, 2, 1]})
    assert recode(frame, "commune", ladder=ladder, rung=1).data["commune"].tolist() == ["e", "d", "d", "d"]
    assert recode(frame, "commune", ladder=ladder, rung=2).data["commune"].tolist() == ["q", "p", "p", "p"]
    assert recode(frame, "commune", ladder=ladder, rung=3).data["commune"].unique().tolist() == ["country"]


@given(seed=st.integers(0, 100), k=st.integers(2, 15), sides=st.sampled_from(["both", "top", "bottom"]))
def test_thresholds_have_k_records_at_or_beyond(seed: int, k: int, sides: Any) -> None:
    frame = people(40, seed)
    made = top_bottom(frame, "hours", k=k, sides=sides).data["hours"]
    if sides != "bottom":
        assert (made == made.max()).sum() >= k
        assert (frame["hours"] > made.max()).sum() < k, "a lower threshold than needed"
    if sides != "top":
        assert (made == made.min()).sum() >= k
    inside = frame["hours"].between(made.min(), made.max())
    assert (made[inside] == frame["hours"][inside]).all()


def test_missing_codes_are_no_extremes() -> None:
    data = ek.Dataset(pd.DataFrame({"n": [*range(20), 99]}), missing={"n": {99: ek.Missing.REFUSED}})
    made = top_bottom(data, "n", k=5).data
    assert made.frame["n"].iloc[-1] == 99
    assert made.frame["n"].max() == 99
    assert made.to_frame()["n"].max() == 15
    assert made.to_frame()["n"].min() == 4
    assert made.frame["n"].dtype == np.int64


BAD: dict[str, tuple[Any, str]] = {
    "no rungs": (lambda: Ladder([]), "one rung"),
    "edges that fall": (lambda: Bands((15, 12)), "rise"),
    "one edge": (lambda: Bands((15,)), "two edges"),
    "bands that part": (lambda: Ladder([Bands((12, 18)), Bands((12, 15, 18))]), "parts what the rung below joins"),
    "bands above groups": (lambda: Ladder([Groups({"a": "b"}), Bands((1, 2))]), "below Groups"),
    "something above All": (lambda: Ladder([All(), All()]), "last"),
    "groups that leave a code out": (lambda: Ladder([Bands((12, 15, 18)), Groups({"12-14": "x"})]), "leaves out 1 code"),
    "an area in two others": (lambda: Ladder.from_table(pd.DataFrame({"a": ["s3c", "s3c"], "b": ["x", "y"]}), ["a", "b"]), "second one"),
    "a rung too high": (lambda: recode(people(), "age", ladder=AGES, rung=5), "4 rungs"),
    "a rung of nothing": (lambda: recode(people(), "age", ladder=AGES, rung=0), "whole number of 1"),
    "values outside": (lambda: recode(people(), "age", ladder=Ladder([Bands((12, 15))])), "3 values of 'age'"),
    "texts in bands": (lambda: recode(people(), "area", ladder=AGES), "holds texts"),
    "values not in groups": (lambda: recode(people(), "area", ladder=Ladder([Groups({"north": "n"})])), "2 values"),
    "no ladder": (lambda: recode(people(), "age", ladder={"12": "13"}), "takes a Ladder"),
    "too few for a threshold": (lambda: top_bottom(people(9), "hours"), "fewer than the 10"),
    "thresholds that cross": (lambda: top_bottom(people(12), "hours", k=10), "cross"),
    "text to be cut": (lambda: top_bottom(people(), "area"), "does not hold numbers"),
    "k of one": (lambda: top_bottom(people(), "hours", k=1), "2 or more"),
    "a lazy frame": (lambda: recode(frame_as("polars-lazy", people()), "age", ladder=AGES), "lazy"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told(case: str) -> None:
    work, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        work()
    assert "s3c" not in str(told.value)
    assert "north" not in str(told.value)


def test_an_unknown_column_is_told() -> None:
    with pytest.raises(UnknownColumn):
        recode(people(), "ages", ladder=AGES)
