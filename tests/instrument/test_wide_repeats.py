"""Repeats that SurveyCTO wrote into columns of the main table: unfolded into a table of their own where there is one way to read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_forms import USES, YES_NO, Group

import evidencekit as ek

read_export, Item = ek.instrument.read_export, ek.Item
DEVICE = [
    Item("sort", "text", required=True),
    Item("hours", "decimal"),
    Group("more", [Item("shared", "select_one", "Shared?", YES_NO), Item("uses", "select_multiple", "Uses", USES)]),
]


def form(*more: Any, count: str = "", device: Any = DEVICE, **changed: Any) -> ek.Instrument:
    return ek.Instrument("f", [Item("age", "integer"), *more, Group("device", device, repeat=True, count=count, **changed)])


WIDE = pd.DataFrame(
    {
        "SubmissionDate": ["x"] * 4,
        "age": ["12", "13", "14", "15"],
        "device_count": ["2", "0", "1", "2"],
        "sort_1": ["phone", None, "007", "tablet"],
        "hours_1": ["1.5", None, None, "2"],
        "shared_1": ["1", None, "98", "0"],
        "uses_1": ["chat game", None, "none", "99"],
        "uses_chat_1": ["1", None, "0", "0"],
        "uses_game_1": ["1", None, "0", "0"],
        "sort_2": ["tablet", None, None, None],
        "hours_2": ["2", None, None, None],
        "shared_2": [None, None, None, None],
        "uses_2": ["game", None, None, None],
        "uses_chat_2": ["0", None, None, None],
        "uses_game_2": ["1", None, None, None],
        "SET-OF-device": [f"uuid:{k}/device" for k in range(4)],
        "KEY": [f"uuid:{k}" for k in range(4)],
    }
)


def read(folder: Path, frame: pd.DataFrame, of: ek.instrument.Instrument | Any, **options: Any) -> Any:
    frame.to_csv(folder / "f_WIDE.csv", index=False)
    return read_export(folder / "f_WIDE.csv", of, **options)


def test_wide_columns_become_a_table_with_keys(tmp_path: Path) -> None:
    export = read(tmp_path, WIDE, form())
    device = export.repeats["device"].frame
    assert device["PARENT_KEY"].tolist() == ["uuid:0", "uuid:0", "uuid:2", "uuid:3", "uuid:3"]
    assert device["KEY"].tolist() == [f"uuid:{k}" for k in ("0/device[1]", "0/device[2]", "2/device[1]", "3/device[1]", "3/device[2]")]
    assert device["sort"].fillna("").tolist() == ["phone", "tablet", "007", "tablet", ""]
    assert device["hours"].fillna(-1).tolist() == [1.5, 2.0, -1, 2.0, -1]
    assert device["shared"].fillna(-1).tolist() == [1, -1, 98, 0, -1]
    assert device["uses"].fillna("").tolist() == ["chat game", "game", "none", "99", ""]
    assert device["uses/chat"].fillna("").tolist() == ["1", "0", "0", "0", ""]
    assert list(export.main.frame) == ["age", "KEY"]
    assert "note: the table of the repeat 'device' was made from its 12 wide columns: 5 rows" in repr(export)
    assert "no table was found" not in repr(export)
    report = ek.validate(export.main, form(count="2"), repeats=export.repeats)
    assert report.rows("repeat:device").tolist() == []
    assert report.rows("required:sort").tolist() == [4], "the count says that there was a second device, and nothing was said of it"
    assert report.rows("count:device").tolist() == [1, 2]


def test_excel_does_as_well(tmp_path: Path) -> None:
    WIDE.to_excel(tmp_path / "f.xlsx", index=False)
    assert read_export(tmp_path / "f.xlsx", form()).repeats["device"].frame["hours"].fillna(-1).tolist() == [1.5, 2.0, -1, 2.0, -1]


def test_a_table_that_is_there_is_taken(tmp_path: Path) -> None:
    pd.DataFrame({"sort": ["phone"], "PARENT_KEY": ["uuid:0"], "KEY": ["a"]}).to_csv(tmp_path / "f_WIDE-device.csv", index=False)
    export = read(tmp_path, WIDE, form())
    assert export.repeats["device"].frame["sort"].tolist() == ["phone"]
    assert "wide columns" not in repr(export)


@pytest.mark.parametrize("keys", ["none", "twice", "blank"])
def test_rows_without_a_key_are_counted(keys: str, tmp_path: Path) -> None:
    frame = WIDE.drop(columns="KEY") if keys == "none" else WIDE.assign(KEY=["a", "a" if keys == "twice" else None, "b", "c"])
    export = read(tmp_path, frame, form())
    assert export.main.frame["_index"].tolist() == [1, 2, 3, 4]
    assert export.repeats["device"].frame["_parent_index"].tolist() == [1, 1, 3, 4, 4]
    report = ek.validate(export.main, form(), repeats=export.repeats)
    assert report.outcome("repeat:device").checked == 5
    assert report.rows("repeat:device").size == 0


def test_without_a_count_the_last_answer_says_how_many(tmp_path: Path) -> None:
    frame = WIDE.drop(columns="device_count").assign(sort_1=["phone", None, None, None], hours_1=None, shared_1=None)
    frame = frame.drop(columns=[c for c in frame if c.startswith("uses")]).assign(sort_2=[None, "x", None, None], hours_2=None)
    export = read(tmp_path, frame, form())
    assert export.repeats["device"].frame["PARENT_KEY"].tolist() == ["uuid:0", "uuid:1", "uuid:1"], "what stands second was second"


def test_a_count_that_the_answers_contradict_stays(tmp_path: Path) -> None:
    export = read(tmp_path, WIDE.assign(device_count=["1", "2", "1", None]), form())
    assert len(export.repeats["device"].frame) == 4
    assert export.main.frame["device_count"].tolist()[:3] == ["1", "2", "1"]
    assert "note: 'device_count' says otherwise on 2 rows, and stays" in repr(export)


def test_the_count_may_be_an_item_of_the_form(tmp_path: Path) -> None:
    asked = form(Item("no_devices", "integer"), Item("devices", "integer"), count="${devices}")
    export = read(tmp_path, WIDE.rename(columns={"device_count": "devices"}).assign(no_devices="1"), asked)
    assert len(export.repeats["device"].frame) == 5
    assert export.main.frame["devices"].tolist() == [2, 0, 1, 2]


def test_an_item_that_is_called_so_itself_is_not_taken(tmp_path: Path) -> None:
    asked = form(Item("sort_1", "text"))
    export = read(tmp_path, WIDE, asked)
    device = export.repeats["device"].frame
    assert "sort" not in device
    assert device["hours"].fillna(-1).tolist() == [1.5, 2.0, -1, 2.0, -1]
    assert export.main.frame["sort_1"].fillna("").tolist() == ["phone", "", "007", "tablet"]
    assert export.main.frame["sort_2"].fillna("").tolist() == ["tablet", "", "", ""], "nothing is lost"
    assert "note: the wide columns of 'sort' may be those of another item: they stay as they are" in repr(export)


@pytest.mark.parametrize("code", ["chat", "1"])
def test_one_column_with_two_readings_stays(code: str, tmp_path: Path) -> None:
    uses = ek.Choices("uses", {code: "A", "b": "B"})
    device = [Item("uses", "select_multiple", "Uses", uses), Item(f"uses_{code}", "text"), Item("sort", "text")]
    frame = pd.DataFrame({"age": ["12"], "sort_1": ["x"], "uses_1": ["b"], f"uses_{code}_1": ["1"], "KEY": ["k"]})
    export = read(tmp_path, frame, form(device=device))
    assert set(export.repeats["device"].frame) == {"sort", "PARENT_KEY", "KEY"}
    assert export.main.frame[f"uses_{code}_1"].tolist() == ["1"]
    assert export.main.frame["uses_1"].tolist() == ["b"]


def test_codes_that_are_numbers_are_told_from_places(tmp_path: Path) -> None:
    device = [Item("uses", "select_multiple", "Uses", ek.Choices("uses", {1: "A", 2: "B", -99: "No answer"}))]
    columns = {"uses_1": "1 -99", "uses_1_1": "1", "uses_2_1": "0", "uses__99_1": "1", "uses_2": "2", "uses_1_2": "0", "uses_2_2": "1"}
    export = read(tmp_path, pd.DataFrame({"age": ["12"], **{n: [v] for n, v in columns.items()}, "KEY": ["k"]}), form(device=device))
    made = export.repeats["device"].frame
    assert made["uses"].tolist() == ["1 -99", "2"]
    assert made["uses/2"].tolist() == ["0", "1"]
    assert made["uses/-99"].fillna("").tolist() == ["1", ""]


def test_only_columns_of_0_and_1(tmp_path: Path) -> None:
    export = read(tmp_path, WIDE.drop(columns=["uses_1", "uses_2"]), form())
    assert export.repeats["device"].frame["uses"].fillna("").tolist() == ["chat game", "game", "", "", ""]


def test_numbers_with_a_gap_stay(tmp_path: Path) -> None:
    frame = WIDE.rename(columns=lambda name: name.removesuffix("_2") + "_3" if name.endswith("_2") else name)
    export = read(tmp_path, frame, form())
    assert "device" not in export.repeats
    assert export.main.frame["sort_3"].fillna("").tolist() == ["tablet", "", "", ""]
    assert "note: the wide columns of the repeat 'device' are not numbered 1, 2, 3 and so on: they stay as they are" in repr(export)
    assert "no table was found for the repeat 'device'" in repr(export)


def test_a_repeat_within_a_repeat_stays(tmp_path: Path) -> None:
    device = [Item("sort", "text"), Group("app", [Item("app_name", "text")], repeat=True)]
    columns = {"sort_1": "phone", "app_name_1_1": "a", "app_name_1_2": "b", "sort_2": "tablet", "app_name_2_1": "c", "app_name_2_2": None}
    export = read(tmp_path, pd.DataFrame({"age": ["12"], **{n: [v] for n, v in columns.items()}, "KEY": ["k"]}), form(device=device))
    assert export.repeats["device"].frame["sort"].tolist() == ["phone", "tablet"]
    assert export.main.frame["app_name_1_2"].tolist() == ["b"]
    assert "note: the wide columns of the repeat 'app' are within another repeat: they stay as they are" in repr(export)


def test_zero_and_leading_zeros_are_no_places(tmp_path: Path) -> None:
    frame = WIDE.assign(sort_0="zero", sort_01="one")
    export = read(tmp_path, frame, form(), metadata=True)
    assert export.main.frame["sort_0"].tolist() == ["zero"] * 4
    assert len(export.repeats["device"].frame) == 5


def test_no_answer_is_in_the_notes(tmp_path: Path) -> None:
    assert "s3cret" not in repr(read(tmp_path, WIDE.replace("phone", "s3cret"), form(Item("sort_1", "text"))))


CELLS = st.lists(st.lists(st.sampled_from([None, "a", "b"]), min_size=3, max_size=3), min_size=1, max_size=5)


@settings(max_examples=30, deadline=None)
@given(cells=CELLS)
def test_folding_back_gives_the_same_cells(cells: list[list[Any]], tmp_path_factory: pytest.TempPathFactory) -> None:
    frame = pd.DataFrame([[f"k{i}", "12", *row] for i, row in enumerate(cells)], columns=["KEY", "age", "sort_1", "sort_2", "sort_3"])
    made = read(tmp_path_factory.mktemp("w"), frame, form()).repeats["device"].frame
    back = [[None] * 3 for _ in cells]
    for key, value in zip(made["KEY"], made["sort"], strict=True):
        row, _, place = key.removeprefix("k").partition("/device[")
        back[int(row)][int(place.removesuffix("]")) - 1] = None if pd.isna(value) else value
    assert back == cells
