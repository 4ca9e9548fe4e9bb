"""Rows of repeats that belong to nobody, tables that were read wrongly, days in other writings, and what a report shows of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from lesson_forms import Group, answers, devices, lesson

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn

Item, Instrument, validate = ek.Item, ek.Instrument, ek.validate


def broken(report: ek.instrument.Report) -> dict[str, list[int]]:
    return {outcome.rule.id: report.rows(outcome.rule.id).tolist() for outcome in report.failing}


def whole(frame: pd.DataFrame) -> ek.instrument.Report:
    return validate(frame, lesson(), repeats={"device": devices()})


def test_rows_of_nobody_in_a_repeat_within_a_repeat() -> None:
    inner = Group("b", [Item("y", "integer", relevant="${x} = 1"), Item("z", "integer", relevant="${y} = 1 and ${top} = 1")], repeat=True)
    form = Instrument("f", [Item("top", "integer"), Group("a", [Item("x", "integer"), inner], repeat=True)])
    main = pd.DataFrame({"top": [1], "KEY": ["k1"]})
    a = pd.DataFrame({"x": [1, 0], "KEY": ["a1", "a2"], "PARENT_KEY": ["k1", "lost"]})
    b = pd.DataFrame({"y": [1, 1, 1], "z": [1, 1, 1], "PARENT_KEY": ["a1", "a2", "nowhere"]})
    made = validate(main, form, repeats={"a": a, "b": b})
    assert broken(made) == {"repeat:a": [1], "repeat:b": [2], "skip:y": [1]}, "that x is 0 is known without the main table"
    assert made.outcome("skip:z").undecided == 2


@pytest.mark.parametrize(("below", "above"), [("_submission__id", "_id"), ("parent_key", "key")])
def test_other_keys_of_repeats(below: str, above: str) -> None:
    made = validate(
        answers().rename(columns={"_index": above}), lesson(), repeats={"device": devices().rename(columns={"_parent_index": below})}
    )
    assert made.ok, made
    assert not made.remarks


def test_keys_that_were_named_are_not_unknown() -> None:
    rows = devices().rename(columns={"_parent_index": "up"})
    made = validate(answers().rename(columns={"_index": "own"}), lesson(), repeats={"device": rows}, keys=("up", "own"))
    assert made.ok
    assert not made.remarks


@pytest.mark.parametrize(("keys", "which"), [(("up", "_index"), "name 1 of the 2|'up'"), (("_parent_index", "_indx"), "_indx")])
def test_keys_that_are_not_there(keys: tuple[str, str], which: str) -> None:
    with pytest.raises(UnknownColumn, match=rf"(?i)(?:{which}).*keys=|keys=.*(?:{which})"):
        validate(answers(), lesson(), repeats={"device": devices()}, keys=keys)


HEADLESS = ["2026-01-05T08:43:50.064", "C0000", "14", "north"]


@pytest.mark.parametrize("work", [validate, ek.instrument.dataset, lambda d, f: validate(answers(), f, repeats={"device": d})])
def test_a_table_without_its_header_is_refused_and_no_cell_is_told(work: Any) -> None:
    with pytest.raises(InputError, match="is a column of the data") as caught:
        work(pd.DataFrame([["x"] * 4], columns=HEADLESS), lesson())
    assert not any(cell in str(caught.value) for cell in HEADLESS)


def test_columns_that_may_be_answers_are_counted_and_not_named() -> None:
    made = whole(answers().assign(**dict.fromkeys(HEADLESS, 1)))
    assert "4 columns are not of the form" in repr(made)
    assert not any(cell in repr(made) + made._repr_html_() for cell in HEADLESS)


@pytest.mark.parametrize("today", [date(2025, 2, 1), "2025-02-01", pd.Timestamp("2025-02-01 10:30")])
def test_days_in_other_writings(today: Any) -> None:
    frame, form = pd.DataFrame({"day": ["2025-01-01", "2025-03-01"]}), Instrument("f", [Item("day", "date", constraint=". <= today()")])
    assert broken(validate(frame, form, today=today)) == {"constraint:day": [1]}
    with pytest.raises(InputError, match="today="):
        form.to_pandera(today="yesterday")


@pytest.mark.parametrize("today", ["soon", "01/02/2025", 20250201])
def test_what_is_no_day_is_refused(today: Any) -> None:
    with pytest.raises(InputError, match="today= is a date"):
        validate(answers(), lesson(), today=today)


def test_a_report_says_of_how_many_rules_it_speaks() -> None:
    form = Instrument("f", [Item("a", "integer"), Item("b", "integer"), Item("c", "integer", constraint=". < 5")])
    assert "none of 2 rules is broken, 2 could not be looked at; 1 rows" in repr(validate(pd.DataFrame({"a": [1], "b": [1]}), form))
    assert "1 of 2 rules do not hold, 2 could not be looked at" in repr(validate(pd.DataFrame({"c": [9]}), form))
    never = Instrument("f", [Item("a", "text", constraint="pulldata('a', 'b', 'c', .) = 1")])
    assert "not one of 1 rules could be looked at" in repr(validate(pd.DataFrame({"a": ["x"]}), never))


def test_many_broken_rules_of_one_kind_do_not_push_out_the_others() -> None:
    items = [Item("a", "integer", constraint=". < 5"), *(Item(f"s{k}", "integer", relevant="${a} = 1") for k in range(30))]
    frame = pd.DataFrame({"a": [9, 2, 2, 2]} | {f"s{k}": [1] * 4 for k in range(30)})
    text = repr(validate(frame, Instrument("f", items)))
    assert "constraint:a" in text
    assert "and 19 more rules (19 skip)" in text
