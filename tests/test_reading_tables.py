"""Text tables, workbooks and parquet files: one table is read and it is the right one, or an error says what to do."""

from __future__ import annotations

import datetime
import decimal
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from evidencekit.errors import InputError
from evidencekit.frames import Dataset
from evidencekit.missingness import Missing
from evidencekit.reading import read

KHMER, THAI = "បាទ/ចាស", "ไม่ใช่"
CANARY = "canary-7f3a"


def ods(file: Path, **sheets: list[list[str]]) -> None:
    """The smallest OpenDocument spreadsheet."""
    tables = ""
    for name, rows in sheets.items():
        cells = "".join(
            "<table:table-row>"
            + "".join(f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row)
            + "</table:table-row>"
            for row in rows
        )
        tables += f'<table:table table:name="{name}">{cells}</table:table>'
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
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
    ods(file, S=[["told", "note"], [KHMER, "x"], ["None", "y"]])
    assert read(file).frame.to_dict("list") == {"told": [KHMER, "None"], "note": ["x", "y"]}


def test_a_number_as_a_heading_is_a_name(tmp_path: Path) -> None:
    file = tmp_path / "years.xlsx"
    pd.DataFrame({2019: [1], 2020: [2]}).to_excel(file, index=False, engine="xlsxwriter")
    assert read(file).columns == ("2019", "2020")


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


def text(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    file = folder / "answers.csv"
    file.write_bytes(content.encode(encoding))
    return file


HEADERS = {
    "semicolons": "told;age\n1;14\n2;15\n",
    "tabs": "told\tage\n1\t14\n2\t15\n",
    "commas": "told,age\n1,14\n2,15\n",
    "Excel's hint": "sep=;\ntold;age\n1;14\n2;15\n",
    "quoted hint": '"sep=\t"\r\ntold\tage\r\n1\t14\r\n2\t15\r\n',
    "blank lines first": "\n\ntold;age\n1;14\n2;15\n",
}


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
@pytest.mark.parametrize("name", HEADERS)
def test_the_separator_is_that_of_the_header(tmp_path: Path, name: str, mark: str) -> None:
    assert read(text(tmp_path, mark + HEADERS[name])).frame.to_dict("list") == {"told": [1, 2], "age": [14, 15]}


def test_a_separator_in_a_name_does_not_mislead(tmp_path: Path) -> None:
    assert read(text(tmp_path, '"told, by whom";age\n1;14\n')).columns == ("told, by whom", "age")
    assert read(text(tmp_path, "told, by whom;age;sex\n1;14;2\n2;15;1\n")).columns == ("told, by whom", "age", "sex")
    assert read(text(tmp_path, "apps (all; any),age\n1,14\n2,15\n")).columns == ("apps (all; any)", "age")
    assert read(text(tmp_path, 'note,age\n"a;b",14\n"c;d\ne",15\n')).frame["age"].tolist() == [14, 15]
    assert read(text(tmp_path, "told\n1\n")).columns == ("told",)
    with pytest.raises(InputError, match="both commas and semicolons"):
        read(text(tmp_path, f"told, by whom;age\n{CANARY};1,5\n{CANARY};2,5\n"))


def test_decimal_commas_are_asked_about(tmp_path: Path) -> None:
    file = text(tmp_path, f"who;weight;apps;age\n{CANARY};1,5;1,3;14\n{CANARY};-,25;2;15\n{CANARY};;1,2;16\n")
    with pytest.raises(InputError, match=r"'weight' and 1 more .*decimal=','.*decimal='\.'") as caught:
        read(file)
    assert CANARY not in str(caught.value)
    assert read(file, decimal=",").frame["weight"].tolist()[:2] == [1.5, -0.25]
    assert read(file, decimal=".").frame["apps"].tolist() == ["1,3", "2", "1,2"]
    assert read(text(tmp_path, "age;apps\n14.5;1,3,4\n15;2\n")).frame["apps"].tolist() == ["1,3,4", "2"]
    assert read(text(tmp_path, 'age,apps\n14.5,"1,3"\n15,2\n')).frame["apps"].tolist() == ["1,3", "2"]
    with pytest.raises(InputError, match="decimal="):
        read(file, decimal=";")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
def test_other_encodings_are_named_with_their_remedy(tmp_path: Path, encoding: str) -> None:
    file = text(tmp_path, f"told;note\n1;{CANARY} \u00e9\u00fc\n", encoding)
    with pytest.raises(InputError, match=r"not encoded in UTF-8.*Save it as UTF-8") as caught:
        read(file)
    assert ("UTF-16" in str(caught.value)) == (encoding == "utf-16")
    assert CANARY not in str(caught.value)


def workbook(file: Path, *, hidden: tuple[str, ...] = (), **sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(file) as book:
        for name, rows in sheets.items():
            made = book.add_worksheet(name)
            for r, row in enumerate(rows):
                made.write_row(r, 0, row)
            if name in hidden:
                made.hide()
    return file


NOTES, ANSWERS = [["about"], [CANARY]], [["told", "age"], [1, 14], [2, 15]]


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_one_of_several_sheets_must_be_named(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"answers{suffix}"
    if suffix == ".xlsx":
        workbook(file, Notes=NOTES, Data=ANSWERS)
    else:
        ods(file, Notes=NOTES, Data=[[str(cell) for cell in row] for row in ANSWERS])  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"2 sheets with data: 'Notes', 'Data'\. .*sheet=") as caught:
        read(file)
    assert CANARY not in str(caught.value)
    assert read(file, sheet="Data").columns == ("told", "age")
    with pytest.raises(InputError, match=r"no sheet of the name.*Did you mean 'Data'"):
        read(file, sheet="data")
    with pytest.raises(InputError, match=r"no sheet of the name.*It has 'Notes', 'Data'"):
        read(file, sheet="zzz")


def test_the_only_sheet_with_data_is_read(tmp_path: Path) -> None:
    assert read(workbook(tmp_path / "a.xlsx", Empty=[], Data=ANSWERS, More=[])).columns == ("told", "age")
    file = workbook(tmp_path / "b.xlsx", Data=ANSWERS, Lists=NOTES, hidden=("Lists",))
    assert read(file).columns == ("told", "age")
    assert read(file, sheet="Lists").columns == ("about",)
    with pytest.raises(InputError, match="no sheet with data"):
        read(workbook(tmp_path / "c.xlsx", Empty=[]))


def test_options_of_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sheet= is for workbooks"):
        read(text(tmp_path, "a\n1\n"), sheet="Data")
    with pytest.raises(InputError, match=r"decimal= is for \.csv"):
        read(workbook(tmp_path / "a.xlsx", Data=ANSWERS), decimal=",")


def test_an_index_kept_in_parquet_is_a_column(tmp_path: Path) -> None:
    file, frame = tmp_path / "a.parquet", pd.DataFrame({"psu": [3, 1], "sex": ["girl", "boy"], "told": [1, 2]})
    frame.set_index("psu").to_parquet(file)
    assert read(file).columns == ("psu", "sex", "told")
    frame.set_index(["sex", "psu"]).to_parquet(file)
    assert read(file).frame.to_dict("list") == {"sex": ["girl", "boy"], "psu": [3, 1], "told": [1, 2]}
    frame.iloc[[1, 0]].to_parquet(file)  # an index without a name only numbers rows
    assert read(file).columns == ("psu", "sex", "told")
    assert read(file).frame.index.tolist() == [0, 1]


def test_parquet_dates_and_decimals(tmp_path: Path) -> None:
    day = datetime.date(2020, 1, 1)
    pq.write_table(pa.table({"day": [day, None], "weight": [decimal.Decimal("1.5"), None]}), tmp_path / "a.parquet")
    frame = read(tmp_path / "a.parquet").frame
    assert frame["day"].dtype.kind == "M"
    assert frame["weight"].tolist()[0] == 1.5


def test_an_error_in_a_cell_is_blank(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        made = book.add_worksheet()
        made.write_row(0, 0, ["told", "age"])
        made.write_formula(1, 0, "=NA()", value="#N/A")
        made.write_row(2, 0, [2, 15])
    assert read(tmp_path / "a.xlsx").frame["told"].isna().tolist() == [True, False]


def test_zeros_in_front_of_digits_are_part_of_an_identifier(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text('area,size,share,code\n00011,10,0.5,"007"\n11,05,0,"12"\n,7,10.5,\n', encoding="utf-8")
    made = read(file).frame
    assert made["area"].tolist()[:2] == ["00011", "11"]
    assert made["area"].isna().tolist() == [False, False, True]
    assert made["size"].tolist() == ["10", "05", "7"]
    assert made["share"].tolist() == [0.5, 0.0, 10.5]
    assert made["code"].tolist()[:2] == ["007", "12"]
    book = tmp_path / "areas.xlsx"
    pd.DataFrame({"area": ["00011", "11"], "size": [10, 5], "told": ["1", "2"]}).to_excel(book, index=False)
    made = read(book).frame
    assert made["area"].tolist() == ["00011", "11"]
    assert made["size"].tolist() == [10, 5]
