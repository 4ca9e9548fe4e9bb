"""Workbooks written cell by cell, for tests of reading forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

Sheets = Mapping[str, Sequence[Sequence[Any]]]


def workbook(folder: Path, sheets: Sheets, name: str = "form.xlsx") -> Path:
    """A workbook with these cells."""
    with xlsxwriter.Workbook(str(folder / name), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, rows in sheets.items():
            page = book.add_worksheet(title)
            for k, row in enumerate(rows):
                for j, value in enumerate(row):
                    if isinstance(value, date):
                        page.write_datetime(k, j, value, day)
                    elif value is not None:
                        page.write(k, j, value)
    return folder / name
