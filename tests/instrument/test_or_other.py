"""``or_other`` adds an answer and a text to a selection: data that hold them are as the form has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kinds import EAGER, frame_as

import evidencekit as ek

Item = ek.Item
TOLD = ek.Choices("told", {1: "A friend", 2: "A parent", 99: "I prefer not to say"}, missing={99: ek.Missing.REFUSED})
ONE = Item("told", "select_one", "Whom did you tell?", TOLD, other={"type": "select_one told or_other"})
SOME = Item("where", "select_multiple", "Where?", TOLD, other={"type": "select_multiple told or_other"})
FORM = ek.Instrument("f", [ONE, SOME, Item("why", "text", relevant="${told_other} != ''", role="free-text")])
ROWS = pd.DataFrame(
    {
        "told": ["1", "other", "7", "99"],
        "told_other": [None, "an aunt", "a coach", None],
        "where": ["1 other", "2", "other 99", None],
        "where_other": ["there", None, "x", None],
        "why": [None, "so", None, None],
    }
)
BROKEN = {"code:told": [2], "skip:told_other": [2], "exclusive:where": [2]}


def broken(report: Any) -> dict[str, list[int]]:
    return {outcome.rule.id: report.rows(outcome.rule.id).tolist() for outcome in report.failing}


@pytest.mark.parametrize("kind", EAGER)
def test_other_is_an_answer_and_its_text_belongs_to_the_form(kind: str) -> None:
    report = ek.validate(frame_as(kind, ROWS), FORM)
    assert broken(report) == BROKEN
    assert not report.remarks


def test_data_without_the_texts_lack_nothing() -> None:
    form = ek.Instrument("f", [ONE, SOME])
    report = ek.validate(ROWS[["told", "where"]].iloc[:2], form)
    assert report.ok, report
    frame = ROWS[["told", "where"]].iloc[:2]
    assert ek.instrument.check_with_pandera(frame, form) is frame


def test_an_item_that_the_form_has_itself_is_kept() -> None:
    own = Item("told_other", "integer")
    rules = [rule.id for rule in ek.instrument.rules_of(ek.Instrument("f", [ONE, own]))]
    assert rules == ["code:told", "type:told_other"]


def test_an_export_keeps_them(tmp_path: Path) -> None:
    ticks = pd.DataFrame({f"g/where/{code}": [int(code in text) for text in ("1 other", "2", "1")] for code in ("1", "2", "99", "other")})
    file = tmp_path / "f.csv"
    ROWS.iloc[:3, :2].assign(told=["1", "other", "2"], told_other=[None, "an aunt", None]).add_prefix("g/").join(ticks).to_csv(
        file, index=False
    )
    export = ek.instrument.read_export(file, ek.Instrument("f", [ek.instrument.Group("g", [ONE, SOME])]))
    frame = export.main.frame
    assert frame["told"].tolist() == ["1", "other", "2"]
    assert frame["told_other"].tolist()[1] == "an aunt"
    assert frame["where"].tolist() == ["1 other", "2", "1"]
    assert ek.validate(export.main, ek.Instrument("f", [ek.instrument.Group("g", [ONE, SOME])])).ok


def test_an_export_of_labels(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    pd.DataFrame({"told": ["A friend", "Other"], "told_other": ["", "an aunt"]}).to_csv(file, index=False)
    export = ek.instrument.read_export(file, ek.Instrument("f", [ONE]))
    assert export.main.frame["told"].tolist() == ["1", "other"]
