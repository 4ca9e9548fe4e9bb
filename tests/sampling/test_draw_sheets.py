"""Field sheets carry what was asked for, in the script it is in, and are never written over."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import InputError, MissingExtra, UnknownColumn

CANARY = "Mekong-Lane"


def listed() -> pd.DataFrame:
    names = [f"ភូមិ {k}" for k in range(60)]
    return pd.DataFrame(
        {
            "ea": range(60),
            "village": names,
            "region": ["ជើង", "ត្បូង", "=1+1"] * 20,
            "team": [f"{CANARY}-{k % 4}" for k in range(60)],
            "gps": [None, *[k / 7 for k in range(59)]],
        }
    )


def made(data: Any = None) -> sampling.Draw:
    frame = ek.Frame(listed() if data is None else data, id="ea", strata="region")
    return sampling.srs(frame, sampling.in_each(frame, 6), seed=3)


def read(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_a_folder_has_a_sheet_for_every_stratum(kind: str, tmp_path: Path) -> None:
    data: Any = listed()
    draw = made({"pandas": data, "polars": pl.from_pandas(data), "pyarrow": pa.Table.from_pandas(data)}[kind])
    files = sampling.field_sheets(draw, tmp_path / "out", columns=["ea", "village", "selection", "gps"], blank=["result"])
    assert [file.name for file in files] == ["sheet_1.csv", "sheet_2.csv", "sheet_3.csv"]
    sheets = [read(file) for file in files]
    assert all(sheet[0] == ["ea", "village", "selection", "gps", "result"] for sheet in sheets)
    rows = [row for sheet in sheets for row in sheet[1:]]
    assert sorted(int(row[0]) for row in rows) == [int(draw.frame.ids[i]) for i in draw.chosen]
    assert all(row[1] == f"ភូមិ {row[0]}" and row[4] == "" for row in rows)


def test_addresses_go_out_only_when_named(tmp_path: Path) -> None:
    files = sampling.field_sheets(made(), tmp_path / "a", by="region")
    assert len(files) == 3
    assert not any(CANARY in file.read_text(encoding="utf-8") for file in files)
    files = sampling.field_sheets(made(), tmp_path / "b", by="team")
    assert len(files) == 4
    assert not any(CANARY in file.name for file in files)
    assert [{row[0] for row in read(file)[1:]} for file in files] == [{f"{CANARY}-{k}"} for k in range(4)]


def test_a_sheet_shows_part_and_release_and_what_is_held_back_stays(tmp_path: Path) -> None:
    draw = sampling.releases(sampling.split_psus(made()), 3)
    with pytest.raises(InputError, match="all would go out"):
        sampling.field_sheets(draw, tmp_path / "all")
    files = sampling.field_sheets(draw, tmp_path / "one", release=1)
    rows = [row for file in files for row in read(file)]
    assert rows[0] == ["ea", "region", "selection", "part", "release"]
    assert {row[4] for row in rows if row[0] != "ea"} == {"1"}
    files = sampling.field_sheets(draw.released(2), tmp_path / "two")
    assert {row[4] for file in files for row in read(file)[1:]} == {"1", "2"}


def test_a_workbook_has_a_page_for_every_group(tmp_path: Path) -> None:
    draw = sampling.releases(made(), 2)
    sampling.field_sheets(draw, tmp_path / "out.xlsx", columns=["ea", "region", "certainty", "release"], by=["team", "region"], release=1)
    pages = pd.read_excel(tmp_path / "out.xlsx", sheet_name=None, engine="calamine")
    whole = pd.concat(pages.values())
    assert set(whole["release"]) == {1}
    assert len(whole) == 9
    assert "=1+1" in set(whole["region"])
    assert set(whole["certainty"]) == {"no"}


def test_what_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    bad: list[tuple[Any, dict[str, Any], str]] = [
        (made(), {"path": tmp_path / "there"}, "already"),
        (made(), {"path": tmp_path / "no" / "out"}, "not there"),
        (made(), {"columns": [CANARY]}, "1 of the names in columns="),
        (made(), {"by": CANARY}, "1 of the names in by="),
        (made(), {"release": 2}, "no units to write"),
        (made(listed().assign(team=None)), {"by": "team"}, "is missing for 18"),
        (listed(), {}, "takes a Draw"),
    ]
    for draw, options, words in bad:
        with pytest.raises(InputError, match=words) as told:
            sampling.field_sheets(draw, **{"path": tmp_path / "out", **options})
        assert CANARY not in str(told.value)
        assert not isinstance(told.value, UnknownColumn)
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(MissingExtra, match="excel"):
        sampling.field_sheets(made(), tmp_path / "out.xlsx")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there"]


def test_a_folder_is_not_called_like_a_file(tmp_path: Path) -> None:
    """Once areas.csv became a folder of that name."""
    frame = ek.Frame(ek.fictional.area_list(), id="area_number")
    with pytest.raises(InputError, match="workbook"):
        ek.sampling.field_sheets(ek.sampling.srs(frame, 5, seed=1), tmp_path / "areas.csv")
    assert not (tmp_path / "areas.csv").exists()


@pytest.mark.parametrize(
    "path",
    [None, 5, b"out", "\0", "out\ud800", "x" * 5000, "no/such/folder"],
    ids=["none", "number", "bytes", "nul", "half", "long", "nowhere"],
)
def test_what_is_no_path_is_refused(path: Any, tmp_path: Path) -> None:
    where = str(tmp_path / path) if isinstance(path, str) else path
    with pytest.raises(InputError, match="path="):
        sampling.field_sheets(made(), where)
    assert not list(tmp_path.iterdir())


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    for name in ("link", "link.xlsx"):
        (tmp_path / name).symlink_to(tmp_path / f"elsewhere-{name}")
        with pytest.raises(InputError, match="already"):
            sampling.field_sheets(made(), tmp_path / name)
    assert not any(file.name.startswith("elsewhere") for file in tmp_path.iterdir())


@pytest.mark.parametrize("junk", [None, 5, 2.5, True])
def test_names_that_are_no_names_are_refused(junk: Any, tmp_path: Path) -> None:
    write: Any = sampling.field_sheets
    for part in ("columns", "by", "blank", "release"):
        if junk is None and part != "blank":
            continue
        if (part, junk) != ("release", 5):
            with pytest.raises(InputError, match=part):
                write(made(), tmp_path / "out", **{part: junk})
    with pytest.raises(InputError, match="no units"):
        sampling.field_sheets(made(), tmp_path / "out", release=5)


def odd() -> sampling.Draw:
    rows = pd.DataFrame({"ea": [12345678901234567 + k for k in range(3)], "far": [float("inf"), 1e300, 2.5]})
    rows["some"] = pd.array([1, None, 3], dtype="Int64")
    rows["when"] = [pd.Timestamp("2024-01-02"), pd.NaT, pd.NaT]
    return sampling.srs(ek.Frame(rows, id="ea"), 3, seed=1)


def test_a_workbook_keeps_all_digits_of_an_identifier(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (file,) = sampling.field_sheets(odd(), tmp_path / "out.xlsx", columns=["ea", "far", "some", "when"])
    cells = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))[1:]
    assert [row[0] for row in cells] == ["12345678901234567", "12345678901234568", "12345678901234569"]
    assert [row[1] for row in cells] == ["inf", "1e+300", 2.5]
    assert [row[2] for row in cells] == [1, None, 3]
    assert [row[3] is None for row in cells] == [False, True, True]


def test_what_is_missing_is_an_empty_cell_in_a_csv_file(tmp_path: Path) -> None:
    (file,) = sampling.field_sheets(odd(), tmp_path / "out", columns=["ea", "some", "when"])
    assert [row[1:] for row in read(file)[1:]] == [["1", "2024-01-02 00:00:00"], ["", ""], ["3", ""]]


def test_text_that_no_file_holds_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    long = pd.DataFrame({"ea": range(60), "region": "north", "village": [f"{CANARY}" * 4000] * 60})
    with pytest.raises(InputError, match="longer") as told:
        sampling.field_sheets(made(long), tmp_path / "out.xlsx", columns=["ea", "village"])
    assert CANARY not in str(told.value)
    halved = pd.DataFrame({"ea": range(60), "region": "north", "village": pd.Series([f"{CANARY}\ud800"] * 60, dtype=object)})
    for name in ("out", "out.xlsx"):
        with pytest.raises(InputError, match="half of a letter") as told:
            sampling.field_sheets(made(halved), tmp_path / name, columns=["ea", "village"])
        assert CANARY not in str(told.value)
    assert not list(tmp_path.iterdir())
