"""Paths that lead to no file or to another kind of file: the error says what to do and quotes no cell."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from evidencekit.errors import InputError, MissingExtra
from evidencekit.reading import SUFFIXES, read

CANARY = "canary-7f3a"


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
    assert caught.value.__context__ is None


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


def test_nearest_names_are_suggested(tmp_path: Path) -> None:
    (tmp_path / "round1.csv").write_text("a\n1\n")
    for wrong in ("rounf1.csv", "round1.xlsx", "Round1.csv"):
        with pytest.raises(InputError, match=r"Did you mean 'round1\.csv'"):
            read(tmp_path / wrong)
    with pytest.raises(InputError, match="Check the spelling and the folder"):
        read(tmp_path / "answers.csv")
    with pytest.raises(InputError, match="Its folder is not there either"):
        read(tmp_path / "gone" / "answers.csv")


def test_folders_and_other_suffixes_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for folder in (tmp_path, tmp_path / "folder.csv"):
        with pytest.raises(InputError, match="it is a folder"):
            read(folder)
    for suffix, remedy in ((".xls", r"Save it as \.xlsx"), (".tsv", r"ename it to \.csv"), (".txt", r"ename it to \.csv")):
        with pytest.raises(InputError, match=remedy):
            read(tmp_path / f"a{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").touch()
    with pytest.raises(InputError, match="is empty"):
        read(tmp_path / f"a{suffix}")


def written(folder: Path, suffix: str) -> Path:
    file, frame = folder / f"whole{suffix}", pd.DataFrame({"a": range(500), "b": [f"{CANARY}-{i}" for i in range(500)]})
    if suffix in (".sav", ".zsav"):
        pyreadstat.write_sav(frame, file, compress=suffix == ".zsav")
    elif suffix == ".dta":
        pyreadstat.write_dta(frame, file)
    elif suffix == ".parquet":
        frame.to_parquet(file)
    else:
        frame.to_excel(file, index=False, engine="xlsxwriter")
    return file


KINDS = [".sav", ".zsav", ".dta", ".parquet", ".xlsx"]


@pytest.mark.parametrize("suffix", KINDS)
def test_a_truncated_file_is_never_read_in_part(tmp_path: Path, suffix: str) -> None:
    whole, file = written(tmp_path, suffix).read_bytes(), tmp_path / f"part{suffix}"
    for share in (0.02, 0.3, 0.6, 0.9, 0.999):
        file.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError, match="cannot be read as") as caught:
            read(file)
        assert CANARY not in str(caught.value)
        assert caught.value.__context__ is None


@pytest.mark.parametrize("suffix", KINDS)
def test_a_wrong_suffix_is_told_from_the_first_bytes(tmp_path: Path, suffix: str) -> None:
    file = written(tmp_path, suffix)
    wrong = file.rename(tmp_path / ("whole.csv" if suffix != ".dta" else "whole.sav"))
    with pytest.raises(InputError, match=rf"inside it is of the kind .*\{suffix}.*suffix it was saved with") as caught:
        read(wrong)
    assert CANARY not in str(caught.value)
