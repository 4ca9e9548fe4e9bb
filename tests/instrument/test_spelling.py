"""Codes that a spreadsheet or a data frame wrote as 1.0, or with spaces, are the codes of the list wherever answers are looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import EAGER, frame_as
from lesson_forms import DONT_KNOW, REFUSED

import evidencekit as ek
from evidencekit.errors import InputError

Item = ek.Item
TOLD = ek.Choices("told", {1: "Yes", 0: "No", 98: "I do not know", 99: "I prefer not to say"}, missing={98: DONT_KNOW, 99: REFUSED})
USES = ek.Choices("uses", {1: "Chat", 2: "Games", 99: "I prefer not to say"}, missing={99: REFUSED})
FORM = ek.Instrument(
    "f",
    [
        Item("told", "select_one", "Told?", TOLD, required=True),
        Item("to", "select_multiple", "Uses", USES, relevant="${told} = 1", required=True),
    ],
)
INDICATOR = ek.Indicator(code="T", numerator="${told}")
PLAIN = ["1", "0", "1", "99", None, "1", "98", "0"]
WRITTEN = ["1.0", "0.0", " 1", "99.0", "", "1 ", "98.00", "\u00a00"]
TO = ["1 2", None, "99", None, None, "2", None, None]
TO_WRITTEN = ["1.0  2", None, "99.0", "  ", "", " 2.0", None, ""]


def frames(kind: str) -> tuple[Any, Any]:
    return tuple(frame_as(kind, pd.DataFrame({"told": told, "to": to, "w": 1.0})) for told, to in ((PLAIN, TO), (WRITTEN, TO_WRITTEN)))


def found(frame: Any) -> dict[str, tuple[list[int], int, int]]:
    made = ek.validate(frame, FORM)
    return {o.rule.id: (o.positions.tolist(), o.checked, o.undecided) for o in made.outcomes}


def share(data: Any) -> tuple[float, float]:
    made = ek.prevalence(ek.Survey(data, weights="w"), INDICATOR, items={"told": "told"}, form=FORM)
    return float(made.estimate.points[0]), float(made.estimate.counts.n[0])


@pytest.mark.parametrize("kind", EAGER)
def test_validate_prevalence_and_dataset_take_them_alike(kind: str) -> None:
    plain, written = frames(kind)
    assert found(written) == found(plain)
    assert ek.validate(written, FORM).ok == ek.validate(plain, FORM).ok
    assert share(written) == share(plain) == (0.6, 5.0)
    made, same = ek.instrument.dataset(written, FORM, not_asked=-8), ek.instrument.dataset(plain, FORM, not_asked=-8)
    for name in ("told", "to"):
        assert made.kinds(name) == same.kinds(name)
        cells = [ek.instrument.dataset(f, FORM, not_asked=None).frame for f in (written, plain)]
        assert _list(cells[0], name) == _list(cells[1], name)
    assert share(made) == share(same) == share(plain)
    one, other = (ek.proportion(ek.Survey(data, weights="w"), "told") for data in (made, same))
    assert one.points.tolist() == other.points.tolist()
    counts = [ek.instrument.denominator(f, FORM, "to") for f in (written, plain)]
    assert repr(counts[0]) == repr(counts[1])


def _list(frame: Any, name: str) -> list[Any]:
    column = frame[name]
    cells = column.to_pylist() if hasattr(column, "to_pylist") else column.to_list()
    return [None if pd.isna(cell) else cell for cell in cells]


@pytest.mark.parametrize("kind", EAGER)
def test_a_remark_says_how_many(kind: str) -> None:
    plain, written = frames(kind)
    told = [r for r in ek.validate(written, FORM).remarks if r.kind == "spelling"]
    assert [r.fault for r in told] == [False]
    assert "10 answers are codes with spaces or written as 1.0" in told[0].says
    assert "'told' (7), 'to' (3)" in told[0].says
    assert not [r for r in ek.validate(plain, FORM).remarks if r.kind == "spelling"]


def test_what_was_passed_is_unchanged() -> None:
    plain, written = frames("pandas")
    before = written.copy()
    ek.instrument.dataset(written, FORM)
    pd.testing.assert_frame_equal(written, before)
    made = ek.instrument.dataset(plain, FORM, not_asked=None).frame
    pd.testing.assert_frame_equal(made, plain)


@pytest.mark.parametrize("text", ["01", "1e0", "+1", "1,0", "1.5", "1_0", "one", "1 0", "1.", "\u0661"])
@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_what_nobody_writes_by_accident_is_no_code_for_anybody(text: str, kind: str) -> None:
    frame = frame_as(kind, pd.DataFrame({"told": ["1", "0", text], "w": 1.0}))
    assert ek.validate(frame, FORM).rows("code:told").tolist() == [2]
    with pytest.raises(InputError, match="neither yes nor no"):
        share(frame)


def test_codes_of_the_list_come_first() -> None:
    odd = ek.Choices("odd", {"1": "A", "1.0": "B", " x": "C", "01": "D"})
    form = ek.Instrument("f", [Item("it", "select_one", "It?", odd), Item("then", "text", relevant="${it} = '1.0'")])
    frame = pd.DataFrame({"it": ["1", "1.0", "1.00", " x", "x", "01", "01.0"], "then": [None, "a", None, None, None, None, None]})
    made = ek.validate(frame, form)
    assert made.rows("code:it").tolist() == [4]
    assert ek.instrument.dataset(frame, form, not_asked=None).frame["it"].tolist() == ["1", "1.0", "1", " x", "x", "01", "01"]


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_numbers_for_codes_with_noughts(kind: str) -> None:
    """A file of codes 01 and 02 read as numbers has 1 and 2: the only codes that these numbers can be."""
    told = ek.Choices("t", {"01": "Yes", "02": "No", "09": "No answer"}, missing={"09": REFUSED})
    form = ek.Instrument("f", [Item("told", "select_one", "Told?", told)])
    frame = frame_as(kind, pd.DataFrame({"told": [1, 2, 9, 2], "w": 1.0}))
    assert ek.validate(frame, form).ok
    made = ek.prevalence(ek.Survey(frame, weights="w"), INDICATOR, items={"told": "told"}, form=form)
    assert made.estimate.points[0] == pytest.approx(1 / 3)


def test_codes_that_the_data_declare_are_codes_too() -> None:
    frame = pd.DataFrame({"told": ["1", "0", "97.0", "97", " 97"], "w": 1.0})
    data = ek.Dataset(frame, missing={"told": {"97": REFUSED}})
    assert ek.validate(data, FORM).outcome("code:told").failing == 0
    assert share(data) == (0.5, 2.0)
    exact = ek.Dataset(pd.DataFrame({"told": ["1", "0", "98.0"], "w": 1.0}), missing={"told": {"98.0": REFUSED}})
    assert ek.validate(exact, FORM).outcome("code:told").failing == 0


def test_exports_say_how_many(tmp_path: Path) -> None:
    pd.DataFrame({"told": ["1.0", " 0", "1", "98.0"], "to": ["1.0", "2 1", None, None]}).to_csv(tmp_path / "f.csv", index=False)
    export = ek.instrument.read_export(tmp_path / "f.csv", FORM)
    assert export.main.frame["told"].tolist() == [1, 0, 1, 98]
    assert export.main.frame["to"].fillna("").tolist() == ["1", "2 1", "", ""]
    assert "note: 3 answers to 'told' are codes with spaces or written as 1.0, and were taken as the codes" in repr(export)
    assert "note: 1 answer to 'to' is a code with spaces or written as 1.0, and was taken as the code" in repr(export)
    pd.DataFrame({"told": ["01", "1", "0"]}).to_csv(tmp_path / "g.csv", index=False)
    again = ek.instrument.read_export(tmp_path / "g.csv", FORM)
    assert ek.validate(again.main, FORM).rows("code:told").tolist() == [0], "01 is not read as 1 on the way either"


def test_columns_of_categories() -> None:
    frame = pd.DataFrame({"told": pd.Categorical(WRITTEN), "to": pd.Categorical(TO_WRITTEN), "w": 1.0})
    assert found(frame) == found(frames("pandas")[0])
    assert share(frame) == (0.6, 5.0)
    assert ek.instrument.dataset(frame, FORM).kinds("told") == {DONT_KNOW: 1, REFUSED: 1, ek.Missing.UNSTATED: 1}


def test_filters_fieldwork_and_codebooks_take_them_too(tmp_path: Path) -> None:
    towns = ek.Choices("town", [ek.instrument.Option("11", "A", other={"in": "1"}), ek.instrument.Option("21", "B", other={"in": "2"})])
    region = Item("region", "select_one", "R", ek.Choices("r", {1: "A", 2: "B"}))
    form = ek.Instrument("f", [region, Item("town", "select_one", "T", towns, other={"choice_filter": "in = ${region}"})])
    frame = pd.DataFrame({"region": ["1.0", "1.0", " 2"], "town": ["11.0", "21", "21 "]})
    assert ek.validate(frame, form).rows("filter:town").tolist() == [1]
    rows = [pd.concat([frames("pandas")[k].assign(who=["a", "a", "b", "b"] * 2)] * 10, ignore_index=True) for k in (0, 1)]
    for check in ("correlation", "refusals"):
        tables = [ek.instrument.fieldwork_quality(r, FORM, interviewer="who").to_frame(check) for r in rows]
        pd.testing.assert_frame_equal(*tables)
    assert tables[1]["refused"].sum() > 0, tables[1].columns
    books = [ek.instrument.codebook(FORM, tmp_path / f"{k}.md", data=r).read_text("utf-8") for k, r in enumerate(rows)]
    assert books[0] == books[1]


CELLS = st.sampled_from([None, "", " ", "1", "0", "1.0", " 0 ", "99.0", "98", "01", "x", "1.5"])


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=8))
def test_what_is_a_code_for_one_is_a_code_for_all(cells: list[Any]) -> None:
    frame = pd.DataFrame({"told": pd.Series([*cells, "1", "0"], dtype=object), "w": 1.0})
    wrong = ek.validate(frame, FORM).outcome("code:told").failing
    again = ek.validate(ek.instrument.dataset(frame, FORM), FORM)
    assert again.outcome("code:told").failing == wrong
    assert not [r for r in again.remarks if r.kind == "spelling"]
    if wrong:
        with pytest.raises(InputError, match=f"^{wrong} answers of column 'told'"):
            share(frame)
    else:
        assert 0 < share(frame)[0] < 1
