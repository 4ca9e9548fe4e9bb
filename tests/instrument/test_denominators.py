"""Who was asked, what became of it, and data that estimates read rightly."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from kinds import EAGER, frame_as
from lesson_forms import REFUSED, YES_NO, Group, answers, lesson

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn

M, denominator, dataset, mark_asked = ek.Missing, ek.instrument.denominator, ek.instrument.dataset, ek.instrument.mark_asked
TOLD = ek.Instrument(
    "told",
    [
        ek.Item("sex", "select_one", {"English (en)": "Sex", "Français (fr)": "Sexe"}, ek.Choices("sex", {1: "Girl", 2: "Boy"})),
        ek.Item("ever", "select_one", {"English (en)": "Ever?", "Français (fr)": "Jamais ?"}, YES_NO),
        ek.Item("told", "select_one", {"English (en)": "Told?"}, YES_NO, relevant="${ever} = 1"),
        ek.Item("why", "text", "Why not?", relevant="${told} != 1 and ${ever} = 1"),
        ek.Item("uses", "select_multiple", "Uses", ek.Choices("u", {"a": "A", "b": "B"})),
    ],
)
ROWS = pd.DataFrame(
    {
        "sex": [1, 2, 1, 2, 1, 2, 1, 2],
        "ever": [1, 1, 1, 1, 0, 99, None, 0],
        "told": [1, 0, 98, None, None, None, None, 1],
        "why": [None, "x", None, None, None, None, None, None],
        "uses/a": [1] * 8,
    }
)


@pytest.mark.parametrize("kind", EAGER)
def test_counts_by_what_became_of_the_question(kind: str) -> None:
    made = denominator(frame_as(kind, ROWS), TOLD, "told")
    assert (made.rows, made.asked, made.answered, made.not_asked, made.undecided, made.stray) == (8, 4, 2, 4, 0, 1)
    assert dict(made.missing) == {M.DONT_KNOW: 1, M.UNSTATED: 1}
    assert made.mask.tolist() == [True] * 4 + [False] * 4
    why = denominator(frame_as(kind, ROWS), TOLD, "why")
    assert (why.asked, why.answered, why.not_asked, why.undecided) == (1, 1, 5, 2)
    assert repr(why).splitlines()[-1].split() == ["undecided", "2"]
    ever = denominator(frame_as(kind, ROWS), TOLD, "ever")
    assert (ever.asked, ever.answered, dict(ever.missing)) == (8, 6, {M.REFUSED: 1, M.UNSTATED: 1})


def test_the_parts_add_up() -> None:
    for item in ("sex", "ever", "told", "why"):
        made = denominator(ROWS, TOLD, item)
        assert made.asked + made.not_asked + made.undecided == made.rows
        assert made.answered + sum(made.missing.values()) == made.asked


def test_on_a_survey_and_bad_names() -> None:
    survey = ek.Survey(ROWS.assign(w=1.0), weights="w")
    assert denominator(survey, TOLD, "told").asked == 4
    with pytest.raises(UnknownColumn, match="Did you mean 'told'"):
        denominator(ROWS, TOLD, "tolt")
    with pytest.raises(InputError, match="in a repeat"):
        denominator(answers(), lesson(), "sort")
    with pytest.raises(InputError, match="no column for 'told'"):
        denominator(ROWS.drop(columns="told"), TOLD, "told")
    with pytest.raises(InputError, match="goes in a circle"):
        denominator(ROWS, ek.Instrument("f", [ek.Item("told", "text", relevant="${told} = 1")]), "told")
    with pytest.raises(InputError, match="lazy"):
        denominator(frame_as("polars-lazy", ROWS), TOLD, "told")


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_a_column_for_conditions(kind: str) -> None:
    frame = frame_as(kind, ROWS.assign(w=[1.0, 2, 3, 4, 5, 6, 7, 8]))
    made = mark_asked(frame, TOLD, "why")
    assert type(made) is type(frame)
    column = nw.from_native(made)["asked_why"].to_list()
    assert column == [False, True, None, None, False, False, False, False]
    data = mark_asked(dataset(frame, TOLD), TOLD, "told", column="a")
    assert ek.proportion(ek.Survey(data, weights="w"), "told", where="a").counts.n.tolist()[0] == 2
    with pytest.raises(InputError, match="have a column 'a' already"):
        mark_asked(data, TOLD, "told", column="a")
    with pytest.raises(InputError, match="bound to its data"):
        mark_asked(ek.Survey(data, weights="w"), TOLD, "told")


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("text", [False, True])
def test_a_dataset_of_the_form(kind: str, text: bool) -> None:
    rows = ROWS.astype({"told": "Int64"})
    if text:
        rows["told"] = rows["told"].astype("str").where(rows["told"].notna(), None)
    frame: Any = frame_as(kind, rows)
    made = dataset(frame, TOLD, language="en")
    assert type(made.frame) is type(frame)
    assert made.labels["ever"] == "Ever?"
    assert made.labels["uses/a"] == "Uses: A"
    assert made.kinds("told") == {M.DONT_KNOW: 1, M.NOT_ASKED: 3, M.UNSTATED: 1}
    assert made.kinds("ever") == {M.REFUSED: 1, M.UNSTATED: 1}
    assert nw.from_native(frame)["told"].null_count() == 4, "the frame that was passed is as it was"
    assert made.value_labels["told"]["98" if text else 98] == "I do not know"
    told = nw.from_native(made.to_frame())["told"]
    assert told.null_count() + (int(told.is_nan().sum()) if told.dtype.is_float() else 0) == 5
    assert ek.validate(made, TOLD).outcome("skip:told").failing == 1
    assert ek.validate(made, TOLD).outcome("code:told").failing == 0
    again = denominator(made, TOLD, "told")
    assert (again.asked, again.not_asked, dict(again.missing)) == (4, 4, {M.DONT_KNOW: 1, M.UNSTATED: 1})


def test_estimates_read_it_rightly() -> None:
    made = dataset(ROWS.assign(w=1.0), TOLD)
    estimate = ek.proportion(ek.Survey(made, weights="w"), "ever", by="sex")
    assert set(estimate.to_frame()["sex"]) == {"Girl", "Boy"}
    assert dict(zip(estimate.to_frame()["sex"], estimate.to_frame()["n"], strict=False)) == {"Girl": 3, "Boy": 3}


def test_languages() -> None:
    assert dataset(ROWS, TOLD, language="fr").labels["sex"] == "Sexe"
    assert dataset(ROWS, TOLD, language="fr").labels["told"] == "Told?", "what is not translated is said in what there is"
    assert dataset(ROWS, TOLD).labels["sex"] == "Sex"
    with pytest.raises(InputError, match="not in the language"):
        dataset(ROWS, TOLD, language="km")


def test_the_code_for_not_asked() -> None:
    assert dataset(ROWS, TOLD, not_asked=None).kinds("told") == {M.DONT_KNOW: 1, M.UNSTATED: 4}
    for code in (98, 1):
        with pytest.raises(InputError, match="stands in 'told' already"):
            dataset(ROWS, TOLD, not_asked=code)
    moments = pd.DataFrame({"a": [1, 0], "d": pd.to_datetime(["2025-01-01", None])})
    form = ek.Instrument("f", [ek.Item("a", "integer"), ek.Item("d", "date", relevant="${a} = 1")])
    assert dataset(moments, form).kinds("d") == {M.UNSTATED: 1}


def test_small_and_unsigned_integers_hold_the_code() -> None:
    import polars as pl

    frame = pl.DataFrame({"a": [1, 0], "b": [3, None]}, schema={"a": pl.UInt8, "b": pl.UInt8})
    form = ek.Instrument("f", [ek.Item("a", "integer"), Group("g", [ek.Item("b", "integer")], relevant="${a} = 1")])
    made = dataset(frame, form)
    assert made.frame["b"].to_list() == [3, -8]
    assert made.kinds("b") == {M.NOT_ASKED: 1}


def test_what_a_dataset_says_already_is_kept() -> None:
    data = ek.Dataset(ROWS.assign(w=1), labels={"w": "weight", "sex": "old"}, missing={"ever": {97: M.TECHNICAL}, "told": {98: REFUSED}})
    made = dataset(data, TOLD)
    assert made.labels["w"] == "weight"
    assert made.labels["sex"] == "Sex"
    assert made.missing["ever"] == {98: M.DONT_KNOW, 99: M.REFUSED, 97: M.TECHNICAL}
    assert np.isnan(made.to_frame()["told"]).sum() == 5
