"""Choice filters on data: a chosen code is one that the filter lets through for its row; where that is not known nothing is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import EAGER, frame_as
from lesson_forms import REFUSED, Group

import evidencekit as ek
from evidencekit.errors import InputError

Option, Item = ek.instrument.Option, ek.Item
REGIONS = ek.Choices("region", {"n": "North", "s": "South", "99": "I prefer not to say"}, missing={"99": REFUSED})
TOWNS = ek.Choices(
    "town",
    [
        Option("n1", "One", other={"in": "n"}),
        Option("n2", "Two", other={"in": "n"}),
        Option("s1", "Three", other={"in": "s"}),
        Option("both", "Four", other={"in": "n"}),
        Option("both", "Four", other={"in": "s"}),
        Option("bare", "Five"),
        Option("99", "I prefer not to say", REFUSED, other={"in": "n"}),
    ],
)


def form(text: str = "in = ${region}", kind: Any = "select_one", **changed: Any) -> ek.Instrument:
    town = Item("town", kind, "Town", changed.pop("choices", TOWNS), other={"choice_filter": text, **changed})
    return ek.Instrument("f", [Item("region", "select_one", "Region", REGIONS), town])


def rows(made: ek.instrument.Report, rule: str = "filter:town") -> list[int]:
    return made.rows(rule).tolist()


ANSWERS = pd.DataFrame(
    {
        "region": ["n", "n", "s", "s", "n", None, "99", "s", "s", "n", None, "n"],
        "town": ["n1", "s1", "n2", "both", "both", "s1", "s1", "99", "bare", None, "bare", "far"],
    }
)


@pytest.mark.parametrize("kind", EAGER)
def test_a_code_that_the_filter_does_not_let_through_is_found(kind: str) -> None:
    made = ek.validate(frame_as(kind, ANSWERS), form())
    assert rows(made) == [1, 2, 8], made
    assert made.outcome("filter:town").checked == 6, "not the blank, the refusal, the code of no list, nor where the region is not known"
    assert rows(made, "code:town") == [11], "a code of no list is the business of another rule"
    assert made.outcome("filter:town").rule.says == "in = ${region}"
    assert not made.unchecked


@pytest.mark.parametrize("kind", EAGER)
def test_numbers_are_codes(kind: str) -> None:
    towns = ek.Choices("town", [Option("11", "A", other={"in": "1"}), Option("21", "B", other={"in": "2"}), Option("98", "C", REFUSED)])
    asked = ek.Instrument(
        "f",
        [
            Item("region", "select_one", "Region", ek.Choices("region", {1: "North", 2: "South", 9: "No"}, missing={9: REFUSED})),
            Item("town", "select_one", "Town", towns, other={"choice_filter": "${region} = in"}),
        ],
    )
    frame = pd.DataFrame({"region": [1, 2, 1, 9, None, 2], "town": [11, 11, 21, 11, 21, 98]})
    made = ek.validate(frame_as(kind, frame), asked)
    assert rows(made) == [1, 2]
    assert made.outcome("filter:town").checked == 3


@pytest.mark.parametrize("kind", EAGER)
@pytest.mark.parametrize("asked", ["select_multiple", "rank"])
def test_of_several_codes_each_is_looked_at(kind: str, asked: str) -> None:
    frame = pd.DataFrame({"region": ["n", "n", None, "s"], "town": ["n1 n2", "n1 s1", "n1 s1", " both  s1"]})
    made = ek.validate(frame_as(kind, frame), form(kind=asked))
    assert rows(made) == [1]
    assert made.outcome("filter:town").checked == 3


def test_columns_of_0_and_1_do_as_well() -> None:
    frame = pd.DataFrame({"region": ["n", "n"], "town/n1": [1, 1], "town/s1": [0, 1]})
    assert rows(ek.validate(frame, form(kind="select_multiple"))) == [1]


FILTERS = {
    "not(in = 's') or ${region} = 's'": [1],
    "name != 's1' or ${region} = 's'": [1],
    "${region} = 'n' and in = 'n' or ${region} = 's' and in = 's'": [1, 2, 8],
    "selected(${region}, in)": [1, 2, 8],
    "true()": [],
    "false()": [0, 1, 2, 3, 4, 5, 6, 8, 10],
    "in != ''": [8, 10],
}


@pytest.mark.parametrize("text", FILTERS)
def test_what_filters_say(text: str) -> None:
    assert rows(ek.validate(ANSWERS, form(text))) == FILTERS[text]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("in = pulldata('a', 'b', 'c', ${region})", "not evaluable: it uses pulldata()"),
        ("in = ../region", "not evaluable: it uses ../region"),
        ("in = .", "'.'"),
        ("area = ${region}", "the column 'area', which the list does not have"),
        ("label = 'One'", "not evaluable: it looks at the labels"),
        ("in = ${regoin}", "refers to 'regoin'"),
        ("in = (", "cannot be read"),
        ("in = today()", "no day was given"),
    ],
)
def test_what_cannot_be_evaluated_is_listed(text: str, words: str) -> None:
    made = ek.validate(ANSWERS, form(text))
    assert words in made.outcome("filter:town").note
    assert [o.rule.id for o in made.unchecked] == ["filter:town"]
    assert any("choice filter of 'town'" in r.says for r in made.remarks) == (words.startswith(("the column", "refers", "cannot")))


def test_a_list_that_is_not_in_the_form_is_listed() -> None:
    made = ek.validate(ANSWERS, form(choices=None, type="select_one_external town"))
    assert "list of choices" in made.outcome("filter:town").note


def test_a_question_above_that_the_data_do_not_have() -> None:
    made = ek.validate(ANSWERS[["town"]], form())
    assert "no column for 'region'" in made.outcome("filter:town").note


def test_what_or_other_adds_is_let_through() -> None:
    frame = pd.DataFrame({"region": ["n", "s"], "town": ["other", "n1"]})
    assert rows(ek.validate(frame, form(type="select_one town or_other"))) == [1]


def test_in_a_repeat_the_answers_above_count() -> None:
    parts = [
        Item("region", "select_one", "Region", REGIONS),
        Group("trip", [Item("town", "select_one", "Town", TOWNS, other={"choice_filter": "in = ${region}"})], repeat=True),
    ]
    trips = pd.DataFrame({"town": ["n1", "s1", "s1", "n1"], "_parent_index": [1, 1, 2, 7]})
    main = pd.DataFrame({"region": ["n", "s"], "_index": [1, 2]})
    made = ek.validate(main, ek.Instrument("f", parts), repeats={"trip": trips})
    assert rows(made) == [1], "nothing is said of a row that belongs to nobody"
    outside = ek.Instrument("f", [*parts, Item("home", "select_one", "Home", TOWNS, other={"choice_filter": "in = ${town}"})])
    assert "several answers, in a repeat" in ek.validate(main.assign(home="n1"), outside).outcome("filter:home").note


def test_codes_that_the_data_declare_missing_are_let_through() -> None:
    data = ek.Dataset(pd.DataFrame({"region": ["s"], "town": ["n1"]}), missing={"town": {"n1": REFUSED}})
    assert rows(ek.validate(data, form())) == []
    data = ek.Dataset(pd.DataFrame({"region": ["s"], "town": ["n1"]}), missing={"region": {"s": REFUSED}})
    assert rows(ek.validate(data, form())) == [], "what is above is not known"


def test_the_rule_is_among_those_of_the_form() -> None:
    assert [rule.id for rule in ek.instrument.rules_of(form())] == ["code:region", "code:town", "filter:town"]
    assert "filter" not in {rule.kind for rule in ek.instrument.rules_of(form(" "))}


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_pandera_has_it_or_leaves_it_out(backend: Any) -> None:
    check = form().to_pandera(backend)
    with pytest.raises(InputError, match=r"filter:town \(3 rows\)"):
        check.validate(frame_as(backend, ANSWERS))
    for text in ("in = pulldata('a', 'b', 'c', ${region})", "area = ${region}"):
        assert [rule.id for rule in form(text).to_pandera(backend).left_out] == ["filter:town"]


def test_nothing_of_the_answers_is_told() -> None:
    made = ek.validate(ANSWERS.replace("s1", "s3cret"), form("in = pulldata('a', 'b', 'c', ${region})"))
    assert "s3cret" not in repr(made)
    assert "s3cret" not in made._repr_html_()


CELL = st.sampled_from([None, "n", "s", "99"])
CHOSEN = st.sampled_from([None, "n1", "n2", "s1", "both", "bare", "99", "far"])
TEXTS = {  # each with the same for one option and one row: true, false, or None where it is not known
    "in = ${region}": lambda column, region: None if region in (None, "99") else column == region,
    "in != ${region}": lambda column, region: None if region in (None, "99") else column != region,
    "in = 'n' or ${region} = 's'": lambda column, region: True if column == "n" else None if region in (None, "99") else region == "s",
    "in = 'n' and ${region} = 'n'": lambda column, region: False if column != "n" else None if region in (None, "99") else region == "n",
}


def _said(text: str, option: ek.instrument.Option, region: Any) -> bool | None:
    """Of an option that has nothing in the column nothing is said where the answer above is not known."""
    return None if "in" not in option.other and region in (None, "99") else TEXTS[text](option.other.get("in", ""), region)


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(CELL, CHOSEN), min_size=1, max_size=12), text=st.sampled_from(sorted(TEXTS)))
def test_a_slow_reading_of_each_row_finds_the_same(pairs: list[tuple[Any, Any]], text: str) -> None:
    wanted = []
    for k, (region, town) in enumerate(pairs):
        told = [_said(text, option, region) for option in TOWNS.listed if option.code == town]
        if town != "99" and told and all(answer is False for answer in told):
            wanted.append(k)
    frame = pd.DataFrame({"region": pd.Series([r for r, _ in pairs], dtype=object), "town": pd.Series([t for _, t in pairs], dtype=object)})
    frame.loc[len(frame)] = ["n", "n1"]  # so that no column is blank throughout
    found = [k for k in rows(ek.validate(frame, form(text))) if k < len(pairs)]
    assert found == wanted


def test_lists_of_thousands_are_looked_at_in_no_time() -> None:
    rng = np.random.default_rng(5)
    towns = ek.Choices("town", [Option(f"t{k}", f"T{k}", other={"in": f"r{k % 50}"}) for k in range(5000)])
    regions = ek.Choices("region", {f"r{k}": f"R{k}" for k in range(50)})
    asked = ek.Instrument(
        "f",
        [
            Item("region", "select_one", "R", regions),
            Item("town", "select_one", "T", towns, other={"choice_filter": "in = ${region} or name = 't0'"}),
        ],
    )
    at, town = rng.integers(0, 50, 20_000), rng.integers(0, 5000, 20_000)
    frame = pd.DataFrame({"region": [f"r{k}" for k in at], "town": [f"t{k}" for k in town]})
    made = ek.validate(frame, asked)
    assert rows(made) == np.flatnonzero((town % 50 != at) & (town != 0)).tolist()
