"""The sheets of a workbook as rows of text with one spelling of each heading."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from evidencekit.errors import InputError, in_our_words
from evidencekit.instrument.xlsform.headings import heading, split_language
from evidencekit.instrument.xlsform.remarks import Remark
from evidencekit.reading.files import local, need, unreadable

__all__ = ["SUFFIXES", "Row", "Table", "cell", "form_file", "table", "workbook"]

SUFFIXES = (".xlsx", ".xls", ".xlsm")
_LOOKED_AT = 20  # rows, for the one that holds the headings
Cells = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number in the sheet, counted from 1, and its cells that are not blank, by heading."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a sheet that hold something, and all its headings."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    remarks: tuple[Remark, ...] = ()


def form_file(path: str | os.PathLike[str]) -> Path:
    """The path of a workbook that is there."""
    return local(path, suffixes=SUFFIXES, verb="from_xlsform()")


def workbook(file: Path) -> dict[str, Cells]:
    """The cells of every sheet, by its name; rows start at the first of the sheet."""
    calamine = need("python_calamine", "excel", f"Reading {file.suffix.lower()} files")

    def read() -> dict[str, Cells]:
        with calamine.CalamineWorkbook.from_path(str(file)) as book:
            return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}

    return in_our_words(read, lambda trouble: unreadable(file, trouble))


def table(cells: Cells, name: str, known: Mapping[str, str], needed: Sequence[str], *, languages: Sequence[str] = ()) -> Table:
    """The rows below the headings of a sheet.

    Parameters
    ----------
    cells : sequence of sequences
        What stands in the sheet.
    name : str
        The name of the sheet, for messages.
    known : mapping of str to str
        The spellings of headings, for `heading`.
    needed : sequence of str
        The headings that a row must have to be the one with the headings; the first that holds anything when there are none.
    languages : sequence of str
        Those of another sheet, whose spelling counts.

    Raises
    ------
    InputError
        No row near the top holds the headings that are needed: the sheet is no part of an XLSForm, or one of a dialect not known here.
    """
    top = next((k for k, row in enumerate(cells[:_LOOKED_AT]) if {heading(cell(value), known) for value in row} >= {*needed}), None)
    if needed and top is None:
        raise InputError(
            f"The sheet {name!r} has no row with the headings {' and '.join(needed)}, so it is not of an XLSForm as it is known here.",
            "Give its columns the names of the XLSForm standard.",
        )
    if not needed:
        top = next((k for k, row in enumerate(cells) if any(cell(value) for value in row)), None)
    if top is None:
        return Table((), ())
    spoken = _one_spelling_of_languages([heading(cell(value), known) for value in cells[top]], languages)
    rows: list[Row] = []
    remarks = list(_unnamed(cells, top, spoken, name))
    for number, row in enumerate(cells[top + 1 :], top + 2):
        taken: dict[str, str] = {}
        for column, value in zip(spoken, row, strict=False):
            text = cell(value)
            if not text or not column:
                continue
            if taken.get(column, text) != text:
                said = f"Row {number} of the sheet {name!r} has two values under {column!r}; the first was taken."
                remarks.append(Remark("column-twice", taken.get("name", ""), said))
            taken.setdefault(column, text)
        if taken:
            rows.append(Row(number, taken))
    return Table(tuple(dict.fromkeys(column for column in spoken if column)), tuple(rows), tuple(remarks))


def _unnamed(cells: Cells, top: int, spoken: list[str], name: str) -> Iterator[Remark]:
    """A remark on cells above the headings, and on columns without one."""
    above = sum(any(cell(value) for value in row) for row in cells[:top])
    if above:
        yield Remark("above-headings", "", f"{above} rows above the headings of the sheet {name!r} were not read.")
    width = max((len(row) for row in cells), default=0)
    blank = [k for k in range(width) if k >= len(spoken) or not spoken[k]]
    filled = sum(any(k < len(row) and cell(row[k]) for row in cells[top + 1 :]) for k in blank)
    if filled:
        yield Remark("no-heading", "", f"{filled} columns of the sheet {name!r} have no heading and were not read.")


def _one_spelling_of_languages(columns: list[str], languages: Sequence[str]) -> list[str]:
    """``hint::english`` beside ``label::English`` is the same language; the first spelling counts."""
    seen = {language.casefold(): language for language in languages}
    out: list[str] = []
    for column in columns:
        base, language = split_language(column)
        out.append(f"{base}::{seen.setdefault(language.casefold(), language)}" if language else column)
    return out


def cell(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO writes them, spaces around it taken off."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value).replace("\u00a0", " ").strip()
