"""Corrections are made all or none, by position, in the caller's kind of frame, and do what a slow reading does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from correction_tables import DK, FORM, KINDS, RF, answers, rows_of, table
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit import instrument
from evidencekit.errors import InputError, UnknownColumn
from evidencekit.instrument import Corrected, corrected


def made_of(*rows: tuple[Any, ...], data: Any = None, **more: Any) -> Corrected:
    return corrected(answers() if data is None else data, table(*rows), id="key", form=FORM, **more)


def trouble_of(*rows: tuple[Any, ...], **more: Any) -> str:
    with pytest.raises(InputError) as caught:
        made_of(*rows, **more)
    return str(caught.value)


EVERY = [
    ("k2", "age", "replace", "15", 51),
    ("k1", "age", "missing", "don't know", None),
    ("k2", "hours", "blank", None, "25"),
    ("k1", "uses", "replace", "game  chat", "chat"),
    ("k2", "uses", "missing", "refused", "game chat"),
    ("k3", "interviewer", "replace", "I1", "I2"),
    ("k3", "note", "okay", None, "b"),
    ("k4", "", "drop", None, None),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrapped", [False, True])
def test_every_action_in_every_kind_of_frame(kind: str, wrapped: bool) -> None:
    frame = KINDS[kind](answers())
    data = ek.Dataset(frame, labels={"age": "Age"}) if wrapped else frame
    before = rows_of(data)
    made = corrected(data, KINDS[kind](table(*EVERY).astype("str").where(table(*EVERY).notna(), None)), id="key", form=FORM)
    assert rows_of(data) == before
    assert type(made.data) is (ek.Dataset if wrapped else type(frame))
    assert type(made.log).__module__.split(".")[0] == kind
    one, two, three = rows_of(made.data)
    assert (one["age"], two["age"], three["age"]) == (98, 15, 14)
    assert (two["hours"], one["hours"]) == (None, 1.5)
    assert (one["uses"], one["uses/chat"], one["uses/game"], one["uses/none"]) == ("game chat", 1, 1, 0)
    assert (two["uses"], two["uses/chat"], two["uses/99"]) == ("99", 0, 1)
    assert (three["interviewer"], three["note"]) == ("I1", "b")
    assert made.dropped.tolist() == [3]
    assert dict(made.actions) == {"replace": 3, "missing": 2, "blank": 1, "drop": 1, "okay": 1}
    log = rows_of(made.log)
    assert [row["row"] for row in log] == [1, 0, 1, 0, 1, 2, 2, 3]
    assert [row["changed"] for row in log] == [True] * 6 + [False, True]
    assert [row["blank_before"] for row in log] == [False] * 7 + [None]
    assert [row["blank_after"] for row in log] == [False, False, True, *[False] * 4, None]
    assert log[0]["rules_before"] == "constraint:age"
    assert {row["rules_after"] for row in log} == {""}
    assert {(row["reason"], row["who"]) for row in log} == {("called back", "S1")}


def test_rules_are_counted_before_and_after_and_what_breaks_anew_is_told() -> None:
    made = made_of(("k2", "age", "replace", 15), ("k3", "age", "replace", 40), ("k1", "online", "replace", 0))
    rules = made.rules().set_index("rule")
    assert rules.loc["constraint:age", ["before", "after", "anew"]].tolist() == [1, 1, 1]
    assert rules.loc["skip:uses", ["before", "after", "anew"]].tolist() == [0, 1, 1]
    assert rules.loc["constraint:hours", ["before", "after", "anew"]].tolist() == [1, 1, 0]
    assert made.log["rules_after"].tolist() == ["", "constraint:age", ""]
    assert "rows break a rule that held before" in repr(made)
    assert made.after.rows_checked == made.before.rows_checked == 4


def test_a_dropped_row_shifts_no_finding() -> None:
    made = made_of(("k1", "", "drop", None), ("k2", "age", "okay", None))
    assert made.rules().set_index("rule").loc["constraint:age", ["before", "after", "anew"]].tolist() == [1, 1, 0]
    assert made.log["rules_after"].tolist() == ["", "constraint:age"]
    assert "1 row was dropped" in repr(made)
    everyone = made_of(*((key, "", "drop", None) for key in ("k1", "k2", "k3", "k4")))
    assert (len(everyone.data), everyone.dropped.tolist()) == (0, [0, 1, 2, 3])


WRONG: dict[str, tuple[list[tuple[Any, ...]], str]] = {
    "unknown id": ([("k9", "age", "replace", 1)], "the id is on no row of the data (position 0)"),
    "blank id": ([(None, "age", "replace", 1)], "the id is blank"),
    "unknown item": ([("k1", "ages", "replace", 1)], "neither in the form nor a column of the data, perhaps 'age' (position 0)"),
    "no item": ([("k1", "", "replace", 1)], "no item is named"),
    "in a repeat": ([("k1", "brand", "replace", "b")], "in a repeat, whose rows are another table"),
    "not in the data": ([("k1", "day", "replace", "2026-01-01")], "the data have no column for the item"),
    "one of several": ([("k1", "uses/chat", "replace", 1)], "one of several of a question"),
    "unknown action": ([("k1", "age", "change", 1)], "the action is none of replace, missing, blank, drop, okay"),
    "nothing new": ([("k1", "age", "replace", None)], "replace without a new value"),
    "new for okay": ([("k1", "age", "okay", 14)], "there is a new value, and the action takes none"),
    "old": ([("k1", "age", "replace", 14, 13)], "the old value is not what stands in the data"),
    "old label": ([("k1", "online", "replace", 0, "Yes")], "compared as codes, not as labels"),
    "old of a blank": ([("k3", "uses", "replace", "chat", "game")], "the old value is not what stands in the data"),
    "old of nothing": ([("k1", "", "okay", None, 3)], "there is an old value, and no item is named"),
    "one cell twice": (
        [("k1", "age", "replace", 14), ("k1", "age", "blank", None)],
        "more than one correction of one cell (positions 0, 1)",
    ),
    "dropped twice": ([("k1", "", "drop", None), ("k1", "age", "drop", None)], "more than one correction of a whole row (positions 0, 1)"),
    "dropped and more": ([("k1", "age", "blank", None), ("k1", "", "drop", None)], "in a row that another one drops (position 0)"),
    "no kind": ([("k1", "age", "missing", "98")], "the new value is no kind of missing"),
    "not its kind": ([("k1", "age", "missing", "refused")], "the item has no code for this kind of missing (position 0)"),
    "label": ([("k1", "online", "replace", "Yes")], "does not fit the type of the column (write codes, not labels)"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_made_is_refused_by_position(case: str) -> None:
    rows, words = WRONG[case]
    assert words in trouble_of(*rows)


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_done() -> None:
    frame = answers()
    told = trouble_of(("k1", "age", "replace", 14), ("k9", "age", "replace", 14), ("k2", "age", "replace", 14, 13), data=frame)
    assert told.startswith("2 of 3 corrections cannot be made, so none was: the id is on no row of the data (position 1); the old value")
    pd.testing.assert_frame_equal(frame, answers())


def test_an_id_on_two_rows_and_a_drop_without_a_reason() -> None:
    assert "the id is on more than one row of the data (position 0)" in trouble_of(
        ("k1", "age", "replace", 14), data=answers().assign(key=["k1", "k1", "k2", "k3"])
    )
    fine = corrected(answers().assign(key=["k1", "k1", "k2", "k3"]), table(("k3", "age", "replace", 14)), id="key", form=FORM)
    assert fine.data["age"].tolist() == [12, 51, 14, 14], "ids that no correction names may stand twice"
    with pytest.raises(InputError, match="a drop without a reason"):
        corrected(answers(), table(("k1", "", "drop", None)).drop(columns="reason"), id="key", form=FORM)


def test_a_dataset_keeps_what_is_known_of_it() -> None:
    data = instrument.dataset(answers(), FORM)
    made = corrected(data, table(("k2", "age", "replace", 15), ("k4", "hours", "missing", "not asked")), id="key")
    assert made.data.form is FORM
    assert made.data.labels == data.labels
    assert made.data.missing == data.missing
    assert made.data.value_labels == data.value_labels
    assert made.data.kinds("hours")[ek.Missing.NOT_ASKED] == 2
    assert made.data.frame["hours"].tolist()[3] == -8
    with pytest.raises(InputError, match="form= takes an Instrument, not a NoneType"):
        corrected(answers(), table(("k2", "age", "replace", 15)), id="key")


def test_codes_follow_a_column_whose_numbers_become_texts() -> None:
    lists = ek.Choices("n", {1: "One", 2: "Two", 99: "I prefer not to say"}, missing={99: RF})
    form = ek.Instrument("numbers", [ek.Item("which", "select_multiple", "Which?", lists), ek.Item("word", "text")])
    frame = pd.DataFrame({"key": [7, 8, 9], "which": [1, 99, 2], "word": [np.nan] * 3})
    data = ek.Dataset(frame, value_labels={"which": {1: "One", 2: "Two"}}, missing={"which": {99: RF}, "word": {-1: DK}})
    rows = table(("7", "which", "replace", "1 2"), (8.0, "word", "replace", "x"), (9, "word", "missing", "dont_know"))
    made = corrected(data, rows, id="key", form=form).data
    assert made.frame["which"].tolist() == ["1 2", "99", "2"]
    assert (dict(made.missing["which"]), dict(made.value_labels["which"])) == ({"99": RF}, {"1": "One", "2": "Two"})
    assert made.kinds("word") == {DK: 1, ek.Missing.UNSTATED: 1}
    ranged = ek.Dataset(frame, missing={"which": {(90, 99): RF}})
    with pytest.raises(InputError, match="does not fit the type"):
        corrected(ranged, rows.head(1), id="key", form=form)


def test_columns_of_0_and_1_alone_and_names_with_groups() -> None:
    ticks = made_of(
        ("k1", "uses", "replace", "game", "chat"),
        ("k3", "uses", "missing", "prefer not to say"),
        ("k2", "uses", "blank", None, "game chat"),
        data=answers().drop(columns="uses"),
    )
    assert [list(row.values()) for row in rows_of(ticks.data.filter(like="uses/"))] == [[0, 1, 0, 0], [None] * 4, [0, 0, 0, 1], [None] * 4]
    assert ticks.log["blank_before"].tolist() == [False, True, False]
    assert ticks.log["rules_after"].tolist() == ["", "skip:uses", ""]
    grouped = answers().rename(columns=lambda name: f"use/{name}" if name.startswith(("uses", "hours")) else name)
    grouped["use/uses/chat"] = grouped["use/uses/chat"].map({1.0: "TRUE", 0.0: "FALSE"})
    made = made_of(("k1", "hours", "replace", 2), ("k2", "use/hours", "replace", 3), ("k1", "use/uses", "replace", "game"), data=grouped)
    assert made.data["use/hours"].tolist()[:2] == [2, 3]
    assert made.data["use/uses/chat"].tolist()[:2] == ["FALSE", "TRUE"]
    assert made.log["item"].tolist() == ["hours", "hours", "uses"]
    told = trouble_of(("k1", "hours", "replace", 2), ("k1", "use/hours", "replace", 3), data=grouped)
    assert "more than one correction of one cell (positions 0, 1)" in told


def test_the_names_of_stata_and_of_several_id_columns() -> None:
    stata = pd.DataFrame(
        {
            "hhid": [3, 3],
            "child": ["01", "02"],
            "variable": ["age", "note"],
            "value": [15, "b "],
            "newvalue": [16, "c"],
            "action": ["Replace", " OKAY"],
            "comments": ["typing", ""],
            "date": "2026-01-01",
        }
    )
    stata.loc[1, "newvalue"] = None
    frame = pd.DataFrame({"hh": [3, 3, 4], "child": ["01", "02", "01"], "age": [15, 14, 13], "note": ["a", "b", "c"]})
    names = {"hh": "hhid", "item": "variable", "new": "newvalue", "old": "value", "reason": "comments"}
    made = corrected(frame, stata, id=("hh", "child"), form=FORM, columns=names)
    assert made.data["age"].tolist() == [16, 14, 13]
    assert made.log["reason"].tolist() == ["typing", ""]
    assert "1 column of the corrections not read: 'date'" in repr(made)


def test_parameters_of_another_kind_are_refused() -> None:
    rows = table(("k1", "age", "replace", 14))
    for wrong in ({"new": "new", "novel": "x"}, {"new": 3}, {"new": "item"}, 5):
        with pytest.raises(InputError):
            corrected(answers(), rows, id="key", form=FORM, columns=wrong)  # type: ignore[arg-type]
    for bad in ((), 5, ["key", "key"], None):
        with pytest.raises(InputError, match="id="):
            corrected(answers(), rows, id=bad, form=FORM)  # type: ignore[arg-type]
    with pytest.raises(UnknownColumn):
        corrected(answers(), rows.drop(columns="action"), id="key", form=FORM)
    with pytest.raises(UnknownColumn):
        corrected(answers(), rows, id="keys", form=FORM)
    with pytest.raises(UnknownColumn):
        corrected(answers(), rows, id="key", form=FORM, columns={"who": "whom"})
    with pytest.raises(InputError, match="lazy"):
        corrected(pl.from_pandas(answers()).lazy(), rows, id="key", form=FORM)
    with pytest.raises(InputError, match="data frame is needed"):
        corrected(answers(), "corrections.csv", id="key", form=FORM)
    assert len(corrected(answers(), rows.head(0), id="key", form=FORM).log) == 0


CELL = st.sampled_from([12, 15, 40, 98, None])
WORD = st.sampled_from(["a", "b b", None])
ROWS = st.lists(st.tuples(CELL, WORD), min_size=1, max_size=6)


@given(rows=ROWS, kind=st.sampled_from([*KINDS]), data=st.data())
def test_it_does_what_a_slow_reading_does(rows: list[tuple[Any, Any]], kind: str, data: Any) -> None:
    frame = pd.DataFrame({"key": [f"k{k}" for k in range(len(rows))], "age": [r[0] for r in rows], "note": [r[1] for r in rows]})
    frame = frame.astype({"age": "float64", "note": "str"})
    cells = data.draw(st.lists(st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(["age", "note"])), unique=True, max_size=8))
    slowly = {(k, name): value for k, (age, note) in enumerate(rows) for name, value in (("age", age), ("note", note))}
    asked: list[tuple[Any, ...]] = []
    drops = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    before = dict(slowly)
    for row, name in cells:
        action = data.draw(st.sampled_from(["replace", "blank", "okay", "missing"] if name == "age" else ["replace", "blank", "okay"]))
        new = data.draw(st.sampled_from([13, 16, 99])) if name == "age" else data.draw(st.sampled_from(["c", "d e"]))
        if row in drops:
            continue
        value = {"replace": new, "blank": None, "okay": before[row, name], "missing": 98}[action]
        slowly[row, name] = value
        asked.append((f"k{row}", name, action, {"replace": new, "missing": "DONT_KNOW"}.get(action), before[row, name]))
    asked += [(f"k{row}", "", "drop", None, None) for row in sorted(drops)]
    made = corrected(KINDS[kind](frame), table(*asked), id="key", form=FORM)
    left = [k for k in range(len(rows)) if k not in drops]
    assert [(r["age"], r["note"]) for r in rows_of(made.data)] == [(slowly[k, "age"], slowly[k, "note"]) for k in left]
    for entry, (key, name, action, *_) in zip(rows_of(made.log), asked, strict=True):
        row = int(key[1:])
        assert entry["row"] == row
        if action != "drop":
            assert entry["changed"] == (before[row, name] != slowly[row, name])
            assert entry["blank_before"] == (before[row, name] is None)
            assert entry["blank_after"] == (slowly[row, name] is None)
            wrong = name == "age" and slowly[row, name] not in (12, 13, 15, 16, 98, None)
            assert ("constraint:age" in entry["rules_after"]) == wrong
    assert made.before.outcome("constraint:age").failing == sum(age == 40 for age, _ in rows)
