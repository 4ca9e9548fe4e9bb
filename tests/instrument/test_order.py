"""An interview does not end before it starts, as far as both moments are known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from kinds import EAGER, frame_as

import evidencekit as ek

Item = ek.Item
FORM = ek.Instrument("f", [Item("start", "metadata"), Item("finished", "metadata", other={"type": "end"}), Item("age", "integer")])


def rows(start: Any, end: Any, kind: str = "pandas") -> tuple[list[int], int]:
    made = ek.validate(frame_as(kind, pd.DataFrame({"start": start, "finished": end, "age": 14})), FORM)
    return made.rows("order:finished").tolist(), made.outcome("order:finished").checked


@pytest.mark.parametrize("kind", EAGER)
def test_ends_before_starts_are_found_where_both_are_known(kind: str) -> None:
    start = ["2025-01-01T10:00:00.000+03:00", "2025-01-01T10:00:00.000+03:00", None, "2025-01-01T10:00:00.000+03:00", "soon"]
    end = ["2025-01-01T10:40:00.000+03:00", "2025-01-01T09:59:59.999+03:00", "2025-01-01T09:00:00.000+03:00", None, "2025-01-01T09:00:00Z"]
    assert rows(start, end, kind) == ([1], 2)


CASES = {
    "the clock was put back on the way": ("2025-01-01T10:00:00+03:00", "2025-01-01T09:30:00+02:00", False, True),
    "zones of which the later looks earlier": ("2025-01-01T10:00:00+05:00", "2025-01-01T09:00:00+03:00", False, True),
    "zones of which the earlier looks later": ("2025-01-01T10:00:00+03:00", "2025-01-01T11:00:00+05:00", True, True),
    "one zone only": ("2025-01-01T10:00:00+03:00", "2025-01-01T09:00:00", False, False),
    "the same moment": ("2025-01-01 10:00:00", "2025-01-01 10:00:00", False, True),
    "no zones": ("2025-01-01 10:00:00", "2025-01-01 09:59:59", True, True),
    "SurveyCTO": ("Jan 31, 2025 11:50:00 AM", "Jan 31, 2025 12:10:00 PM", False, True),
    "SurveyCTO backwards": ("Jan 31, 2025 12:10:00 PM", "Jan 31, 2025 12:10:00 AM", True, True),
    "a day and a moment of it": ("2025-01-01T10:00:00Z", "2025-01-01", False, True),
    "a day and the day before": ("2025-01-02T10:00:00Z", "2025-01-01", True, True),
    "days or months first": ("1/2/2025 10:00", "1/1/2025 10:00", False, False),
    "February 30": ("Feb 30, 2025 10:00:00 AM", "Jan 31, 2025 10:00:00 AM", False, False),
    "hour 25": ("2025-01-01T10:00:00", "Jan 1, 2025 25:00:00", False, False),
}


@pytest.mark.parametrize("case", CASES)
def test_moments_as_platforms_write_them(case: str) -> None:
    start, end, broken, known = CASES[case]
    assert rows([start], [end]) == ([0] if broken else [], int(known))


def test_columns_of_moments() -> None:
    start = pd.Series(pd.to_datetime(["2025-01-01 10:00", "2025-01-01 10:00", None]))
    end = pd.Series(pd.to_datetime(["2025-01-01 09:00", "2025-01-01 11:00", "2025-01-01 11:00"]))
    assert rows(start, end) == ([0], 2)
    assert rows(start.dt.tz_localize("Africa/Nairobi"), end.dt.tz_localize("Africa/Nairobi")) == ([0], 2)
    assert rows(start.dt.tz_localize("Africa/Nairobi"), end.dt.tz_localize("Africa/Nairobi").dt.tz_convert("UTC")) == ([0], 2)
    assert rows(start.dt.tz_localize("Africa/Nairobi"), end) == ([], 0), "a zone on one side only"
    native = {"start": start.to_list()[:2], "finished": end.to_list()[:2], "age": [1, 2]}
    for frame in (pl.DataFrame(native), pa.table(native)):
        assert ek.validate(frame, FORM).rows("order:finished").tolist() == [0]
    days = {"start": [date(2025, 1, 2), date(2025, 1, 1)], "finished": [date(2025, 1, 1), date(2025, 1, 1)], "age": [1, 2]}
    for frame in (pd.DataFrame(days), pl.DataFrame(days), pa.table(days)):
        assert ek.validate(frame, FORM).rows("order:finished").tolist() == [0]


def test_the_rule_is_there_when_the_data_have_both() -> None:
    assert [rule.id for rule in ek.instrument.rules_of(FORM)] == ["type:age"], "it hangs on the data, as that about the version"
    frame = pd.DataFrame({"start": ["2025-01-01T10:00:00"], "age": [14]})
    assert [o.rule.id for o in ek.validate(frame, FORM).outcomes] == ["type:age"]
    other = ek.Instrument("f", [Item("end", "text"), Item("start", "metadata"), Item("age", "integer")])
    frame = frame.assign(end="2025-01-01T09:00:00")
    assert "order" not in {o.rule.kind for o in ek.validate(frame, other).outcomes}, "an item of a person that is called end"
    assert ek.validate(frame.assign(finished=7), FORM).outcome("order:finished").note == "its column holds numbers where times should be"


def test_it_is_counted_by_interviewer_and_named_with_its_kind() -> None:
    frame = pd.DataFrame({"start": ["2025-01-02", "2025-01-02"], "finished": ["2025-01-01", "2025-01-03"], "age": 1, "who": ["a", "b"]})
    made = ek.validate(frame, FORM, by="who")
    assert made.outcome("order:finished").rule.kind == "order"
    assert made.by_level()["rows"].tolist() == [1, 0]


def test_planted_ends_before_starts_are_found() -> None:
    form = ek.Instrument("f", [Item("start", "metadata"), Item("end", "metadata"), Item("age", "integer", constraint=". < 18 and . > 9")])
    data = ek.instrument.fictional_answers(form, 200, seed=1, errors=ek.instrument.ErrorRate(0.05, kinds=["end-before-start"]))
    made = ek.validate(data.frame, form)
    assert made.rows("order:end").tolist() == sorted(error.row for error in data.planted)
