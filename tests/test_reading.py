"""Reading files: no kind of missing is lost or merged, labels survive in any script, and no cell reaches a message."""

from __future__ import annotations

import datetime
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from evidencekit.errors import InputError, UnknownColumn
from evidencekit.missingness import Missing
from evidencekit.reading import read, stata_code
from evidencekit.reading.kinds import _cut, guess

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


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
def test_text_in_another_encoding_than_the_file_says(tmp_path: Path, suffix: str) -> None:
    file, frame = tmp_path / f"a{suffix}", pd.DataFrame({"note": [f"{CANARY}\u00e9"] * 3})
    pyreadstat.write_sav(frame, file) if suffix == ".sav" else pyreadstat.write_dta(frame, file)
    file.write_bytes(file.read_bytes().replace("\u00e9".encode(), b"\xe9\xff"))
    with pytest.raises(InputError, match=r"another encoding than it says\. Save it again as Unicode") as caught:
        read(file)
    assert CANARY not in str(caught.value)


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
    for letter in (".c", "c", stata_code(".c")):
        assert read(file, missing={"told": {letter: Missing.TECHNICAL}}).kinds("told")[Missing.TECHNICAL] == 1
    for wrong in (".cc", "refused", ".C", "."):
        with pytest.raises(InputError, match=r"as Stata's '\.a' to '\.z'"):
            read(file, missing={"told": {wrong: Missing.TECHNICAL}})
    assert read(file, missing={"text": {"a": Missing.TECHNICAL}}).kinds("text") == {Missing.TECHNICAL: 7}


def test_stata_codes_are_shown_as_stata_shows_them(tmp_path: Path) -> None:
    data = read(stata(tmp_path, [1.0, "a"], variable_value_labels={"told": {1: "Yes", "a": "Refused"}}))
    assert repr(dict(data.value_labels)) == "{'told': {1: 'Yes', .a: 'Refused'}}"
    assert str(data.missing["told"]).startswith("{.a: ")
    assert f"{stata_code('.z')}" == ".z"
    assert stata_code(".b") == float.fromhex("0x1.0020000000000p+1023")


def test_long_text_value_labels_of_text_and_times(tmp_path: Path) -> None:
    file = tmp_path / "a.sav"
    frame = pd.DataFrame(
        {
            "s": ["yes", "ref", "longer than eight"],
            "long": ["x" * 700, "\N{KHMER LETTER KA}" * 200, ""],
            "at": pd.to_datetime(["2020-01-01 10:00"] * 3),
            "n": [1.0, -9.0, 1e9],
        }
    )
    pyreadstat.write_sav(
        frame,
        file,
        missing_ranges={"s": ["ref"], "n": [{"lo": 100, "hi": math.inf}]},
        variable_value_labels={"s": {"ref": "Refused", "longer than eight": "Other"}},
    )
    data = read(file)
    assert data.frame["long"].str.len().tolist() == [700, 200, 0]
    assert data.value_labels["s"] == {"ref": "Refused", "longer than eight": "Other"}
    assert data.kinds("s") == {Missing.REFUSED: 1}
    assert data.missing["n"] == {(100.0, math.inf): Missing.UNSTATED}
    assert data.kinds("n") == {Missing.UNSTATED: 1}
    assert data.frame["at"].dtype.kind == "M"


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
    assert guess(label) is kind


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
        {"note": {("a", "b"): Missing.REFUSED}},
        {98: Missing.REFUSED},
        {98: {98: Missing.REFUSED}},
        {Missing.REFUSED: 98},
        [98],
    ]
    for given in wrong:
        with pytest.raises(InputError) as caught:
            read(file, missing=given)  # pyright: ignore[reportArgumentType]
        assert CANARY not in str(caught.value)
    with pytest.raises(InputError, match=r'missing=\{"told": \{99: ek\.Missing\.REFUSED\}\}'):
        read(file, missing={99: Missing.REFUSED})  # pyright: ignore[reportArgumentType]
    with pytest.raises(UnknownColumn, match="'told'"):
        read(file, missing={"tolld": {98: Missing.REFUSED}})


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
