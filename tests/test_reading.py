"""Reading files: no kind of missing is lost or merged, labels survive in any script, and no cell reaches a message."""

from __future__ import annotations

import datetime
import math
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from evidencekit.errors import InputError, MissingExtra, UnknownColumn
from evidencekit.frames import Dataset, Missing
from evidencekit.reading import SUFFIXES, _cut, _guess, read, stata_code

KHMER, THAI = "បាទ/ចាស", "ไม่ใช่"
CANARY = "canary-7f3a"
YRBS = Path(__file__).parents[2] / "shared" / "data" / "yrbs_2019" / "yrbs2019.sav"


def spss(folder: Path, suffix: str = ".sav") -> Path:
    file = folder / f"survey{suffix}"
    frame = pd.DataFrame(
        {
            "told": [1.0, 2.0, 97.0, 98.0, 99.0, np.nan],
            "hours": [3.0, -7.0, -1.0, 900.0, 2.0, 1.0],
            "where": ["home", "REF", "", "school", "REF", "home"],
        }
    )
    pyreadstat.write_sav(
        frame,
        file,
        compress=suffix == ".zsav",
        column_labels={"told": "តើអ្នកបានប្រាប់នរណាម្នាក់ទេ?", "hours": "Hours online"},
        variable_value_labels={
            "told": {1: KHMER, 2: THAI, 97: "Refused", 98: "Don\u2019t know", 99: "Blank"},
            "where": {"REF": "Prefer not to say"},
        },
        missing_ranges={"told": [{"lo": 97, "hi": 99}], "hours": [{"lo": -math.inf, "hi": -1}, 900], "where": ["REF"]},
    )
    return file


@pytest.mark.parametrize("suffix", [".sav", ".zsav", ".SAV"])
def test_spss_keeps_codes_labels_and_kinds(tmp_path: Path, suffix: str) -> None:
    data = read(spss(tmp_path, suffix))
    assert data.frame["told"].tolist()[:5] == [1, 2, 97, 98, 99]
    assert data.labels == {"told": "តើអ្នកបានប្រាប់នរណាម្នាក់ទេ?", "hours": "Hours online"}
    assert data.value_labels["told"][1] == KHMER
    assert data.value_labels["told"][2] == THAI
    assert data.kinds("told") == {Missing.DONT_KNOW: 1, Missing.REFUSED: 1, Missing.UNSTATED: 2}
    assert data.kinds("where") == {Missing.REFUSED: 2}
    clean = data.to_frame()
    assert clean["told"].isna().tolist() == [False, False, True, True, True, True]
    assert clean["where"].isna().tolist() == [False, True, False, False, True, False]


def test_open_ranges_and_single_codes(tmp_path: Path) -> None:
    data = read(spss(tmp_path))
    assert data.missing["hours"] == {(-math.inf, -1.0): Missing.UNSTATED, 900.0: Missing.UNSTATED}
    assert data.to_frame()["hours"].isna().tolist() == [False, True, True, True, False, False]


def test_given_kinds_lie_over_the_files_and_nothing_is_counted_twice(tmp_path: Path) -> None:
    file = spss(tmp_path)
    data = read(file, missing={"told": {99: Missing.NOT_ASKED, 2: Missing.TECHNICAL}, "hours": {(-8, -5): Missing.REFUSED}})
    assert data.kinds("told") == {
        Missing.DONT_KNOW: 1,
        Missing.REFUSED: 1,
        Missing.NOT_ASKED: 1,
        Missing.TECHNICAL: 1,
        Missing.UNSTATED: 1,
    }
    assert data.kinds("hours") == {Missing.REFUSED: 1, Missing.UNSTATED: 2}
    assert read(file, missing={"told": {(97, 99): Missing.NOT_REACHED}}).kinds("told") == {Missing.NOT_REACHED: 3, Missing.UNSTATED: 1}


def test_cutting_ranges() -> None:
    assert _cut((1.0, 3.0), 5.0) == [(1.0, 3.0)]
    assert _cut((1.0, 3.0), (0.0, 4.0)) == []
    assert _cut(2.0, 2) == []
    assert _cut("a", 2.0) == ["a"]
    left, right = _cut((1.0, 3.0), 2.0)
    assert left == (1.0, math.nextafter(2, 1))
    assert right == (math.nextafter(2, 3), 3.0)
    assert _cut((1.0, 3.0), 1.0) == [(math.nextafter(1, 3), 3.0)]


def test_declared_system_missing_is_only_blank(tmp_path: Path) -> None:
    file = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0, np.nan]}), file, missing_ranges={"a": [math.nan]})
    data = read(file)
    assert dict(data.missing) == {}
    assert data.kinds("a") == {Missing.UNSTATED: 1}


def test_dates(tmp_path: Path) -> None:
    file = tmp_path / "a.sav"
    day = datetime.date(2021, 1, 1)
    frame = pd.DataFrame({"seen": [day, datetime.date(1900, 1, 1)], "born": [day, day]})
    seconds = float((datetime.date(1900, 1, 1) - datetime.date(1582, 10, 14)).days * 86_400)
    pyreadstat.write_sav(frame, file, missing_ranges={"seen": [seconds]}, variable_value_labels={"seen": {frame["seen"][1]: "Refused"}})
    data = read(file)
    assert data.frame["born"].dtype.kind == "M"
    assert data.frame["seen"].dtype == np.float64
    assert data.kinds("seen") == {Missing.REFUSED: 1}


def test_stata_codes_are_statas() -> None:
    assert stata_code(".a").hex() == "0x1.0010000000000p+1023"
    assert stata_code(".z").hex() == "0x1.01a0000000000p+1023"
    for wrong in (".", "a", ".A", ".aa", 3):
        with pytest.raises(InputError, match="extended"):
            stata_code(wrong)  # pyright: ignore[reportArgumentType]


def stata(folder: Path, values: list[object], **options: object) -> Path:
    file = folder / "survey.dta"
    frame = pd.DataFrame({"told": pd.Series(values, dtype=object), "text": ["a"] * len(values), "n": range(len(values))})
    pyreadstat.write_dta(frame, file, missing_user_values={"told": ["a", "b", "c"]}, **options)
    return file


@pytest.mark.parametrize("whole", [True, False])
def test_stata_letters_survive_in_a_numeric_column(tmp_path: Path, whole: bool) -> None:
    # With whole numbers, pyreadstat 1.3.7 reads the last blank as 0 when it keeps the letters.
    numbers = [0, 1] if whole else [0.5, 1.0]
    labels = {"told": {1: KHMER, "a": "Refused", "b": "Not asked", "c": THAI}}
    file = stata(tmp_path, [*numbers, "a", "b", "b", "c", None], variable_value_labels=labels, column_labels={"told": THAI})
    data = read(file)
    told = data.frame["told"]
    assert told.dtype == np.float64
    assert told.tolist()[:6] == [*numbers, stata_code(".a"), stata_code(".b"), stata_code(".b"), stata_code(".c")]
    assert math.isnan(told.iloc[6])
    assert data.kinds("told") == {Missing.REFUSED: 1, Missing.NOT_ASKED: 2, Missing.UNSTATED: 2}
    assert data.value_labels["told"][stata_code(".a")] == "Refused"
    assert data.value_labels["told"][stata_code(".c")] == THAI
    assert data.labels["told"] == THAI
    assert data.frame["text"].tolist() == ["a"] * 7
    assert data.to_frame()["told"].notna().sum() == 2
    assert read(file, missing={"told": {".c": Missing.TECHNICAL}}).kinds("told")[Missing.TECHNICAL] == 1


def test_a_labelled_letter_that_does_not_occur_is_declared(tmp_path: Path) -> None:
    data = read(stata(tmp_path, [1.0, "a"], variable_value_labels={"told": {"b": "Don't know"}}))
    assert data.missing["told"] == {stata_code(".a"): Missing.UNSTATED, stata_code(".b"): Missing.DONT_KNOW}


def test_stata_dates_with_letters_stay_numbers(tmp_path: Path) -> None:
    data = read(stata(tmp_path, [datetime.date(1960, 1, 11), "a"]))
    assert data.frame["told"].tolist() == [10.0, stata_code(".a")]
    assert data.kinds("told") == {Missing.UNSTATED: 1}


def test_stata_without_letters(tmp_path: Path) -> None:
    file = tmp_path / "a.dta"
    pyreadstat.write_dta(pd.DataFrame({"a": [1.0, np.nan]}), file, variable_value_labels={"a": {1: KHMER}})
    data = read(file)
    assert dict(data.missing) == {}
    assert data.value_labels["a"] == {1: KHMER}


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("REFUSED", Missing.REFUSED),
        ("I would rather not say", Missing.REFUSED),
        ("Don\u2019t know / not sure", Missing.DONT_KNOW),
        ("Legitimate skip", Missing.NOT_ASKED),
        ("Inapplicable", Missing.NOT_ASKED),
        ("Not reached", Missing.NOT_REACHED),
        ("System missing", Missing.TECHNICAL),
        ("Refused or don't know", Missing.UNSTATED),
        (THAI, Missing.UNSTATED),
        (None, Missing.UNSTATED),
    ],
)
def test_kinds_are_guessed_only_when_clear(label: str | None, kind: Missing) -> None:
    assert _guess(label) is kind


def ods(file: Path, rows: list[list[str]]) -> None:
    """The smallest OpenDocument spreadsheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row)
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    body = f'<office:body><office:spreadsheet><table:table table:name="S">{cells}</table:table></office:spreadsheet></office:body>'
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr(
            "content.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>{body}</office:document-content>'
        )
        made.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_plain_tables(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"answers{suffix}"
    frame = pd.DataFrame({"told": [1.0, 98.0, np.nan], "note": [KHMER, "None", THAI]})
    if suffix == ".csv":
        frame.to_csv(file, index=False, encoding="utf-8-sig")
    elif suffix == ".xlsx":
        frame.to_excel(file, index=False, engine="xlsxwriter")
    else:
        frame.to_parquet(file)
    data = read(str(file), missing={"told": {98: Missing.DONT_KNOW}, "note": {"None": Missing.REFUSED}})
    assert isinstance(data, Dataset)
    assert data.columns == ("told", "note")
    assert data.frame["note"].tolist() == [KHMER, "None", THAI]
    assert data.kinds("told") == {Missing.DONT_KNOW: 1, Missing.UNSTATED: 1}
    assert data.kinds("note") == {Missing.REFUSED: 1}
    assert data.to_frame()["told"].isna().tolist() == [False, True, True]


def test_ods(tmp_path: Path) -> None:
    file = tmp_path / "answers.ods"
    ods(file, [["told", "note"], [KHMER, "x"], ["None", "y"]])
    assert read(file).frame.to_dict("list") == {"told": [KHMER, "None"], "note": ["x", "y"]}


def test_a_number_as_a_heading_is_a_name(tmp_path: Path) -> None:
    file = tmp_path / "years.xlsx"
    pd.DataFrame({2019: [1], 2020: [2]}).to_excel(file, index=False, engine="xlsxwriter")
    assert read(file).columns == ("2019", "2020")


@pytest.mark.parametrize(
    "address", ["https://example.org/a.csv", "s3://bucket/a.parquet", "file:///a.sav", Path("https://example.org/a.csv")]
)
def test_addresses_are_refused(address: str | Path) -> None:
    with pytest.raises(InputError, match="never goes to the network: download first") as caught:
        read(address)
    assert "example" not in str(caught.value)


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / f"{CANARY}.csv").write_text("a\n1\n")
    (tmp_path / "folder.csv").mkdir()
    for path in (tmp_path / "answers.csv", tmp_path / "folder.csv", "a\0.csv"):
        with pytest.raises(InputError, match="There is no file") as caught:
            read(path)
        assert CANARY not in str(caught.value)
    with pytest.raises(InputError, match=r"'\.pdf'.*\.sav, \.zsav, \.dta, \.csv, \.xlsx, \.ods, \.parquet"):
        read(tmp_path / "answers.pdf")
    for thing in (3, b"answers.csv", None):
        with pytest.raises(InputError, match="takes the path"):
            read(thing)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_damaged_file_does_not_quote_itself(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"damaged{suffix}"
    file.write_text(f'a,b\n1,2\n"{CANARY},3\n' if suffix == ".csv" else CANARY * 50)
    with pytest.raises(InputError, match="cannot be read as") as caught:
        read(file)
    assert CANARY not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_csv_of_another_encoding_or_shape(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(f"a,b\n{CANARY},{THAI}\n".encode("cp874"))
    with pytest.raises(InputError, match=r"not encoded in UTF-8\. Save it as UTF-8") as caught:
        read(file)
    assert CANARY not in str(caught.value)
    file.write_text(f"a,b\n{CANARY},2,3\n{CANARY},5,6\n")
    with pytest.raises(InputError, match="more cells in its rows") as caught:
        read(file)
    assert CANARY not in str(caught.value)


def test_missing_must_fit(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"told,note\n1,{CANARY}\n")
    wrong = [
        {"told": {"98": Missing.REFUSED}},
        {"note": {98: Missing.REFUSED}},
        {"note": {(1, 2): Missing.REFUSED}},
        {"told": {(3, 1): Missing.REFUSED}},
        {"told": {math.nan: Missing.REFUSED}},
        {"told": {98: "refused"}},
        {"told": [98]},
    ]
    for given in wrong:
        with pytest.raises(InputError) as caught:
            read(file, missing=given)  # pyright: ignore[reportArgumentType]
        assert CANARY not in str(caught.value)
    with pytest.raises(UnknownColumn, match="'told'"):
        read(file, missing={"tolld": {98: Missing.REFUSED}})


@pytest.mark.parametrize(
    ("suffix", "package", "extra"),
    [(".sav", "pyreadstat", "spss"), (".ods", "python_calamine", "excel"), (".parquet", "pyarrow", "big")],
)
def test_a_package_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, package: str, extra: str) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_text("x")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=rf"evidencekit\[{extra}\]"):
        read(file)


@pytest.mark.outside
@pytest.mark.skipif(not YRBS.is_file(), reason="needs shared/data/yrbs_2019/yrbs2019.sav beside the checkout")
def test_yrbs_2019() -> None:
    data = read(YRBS)
    assert len(data.frame) == 13_677
    assert "QN24" in data.columns
    assert data.value_labels["Q2"] == {1: "Female", 2: "Male"}
    # The file declares system missing as a user-missing value in every numeric column; only blank text is a code.
    assert dict(data.missing) == {"Q5": {"": Missing.UNSTATED}, "site": {"": Missing.UNSTATED}}
    assert data.frame["QN24"].dtype == np.float64
