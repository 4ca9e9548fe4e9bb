"""Workbooks and parquet files."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidencekit.errors import InputError, in_our_words
from evidencekit.reading.delimited import BLANK, ZEROS
from evidencekit.reading.files import need, unreadable
from evidencekit.reading.labelled import as_dates

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["parquet", "workbook"]


def workbook(file: Path, sheet: str | None) -> pd.DataFrame:
    """One sheet of a workbook: the one named, or the only one that holds data."""
    import pandas as pd

    calamine = need("python_calamine", "excel", f"Reading {file.suffix.lower()} files")

    def parsed() -> pd.DataFrame:
        with pd.ExcelFile(file, engine="calamine") as book:
            opened: Any = book.book
            chosen = _sheet(file, opened, sheet, visible=calamine.SheetVisibleEnum.Visible)
            frame = pd.read_excel(book, sheet_name=chosen, keep_default_na=False, na_values=BLANK)
            if texts := _with_zeros(frame, opened.get_sheet_by_name(chosen).to_python(skip_empty_area=False)):
                kept = dict.fromkeys(texts, "str")
                frame = pd.read_excel(book, sheet_name=chosen, keep_default_na=False, na_values=BLANK, dtype=kept)
            return as_dates(frame)

    return in_our_words(parsed, lambda trouble: unreadable(file, trouble))


def _sheet(file: Path, book: Any, wanted: str | None, *, visible: Any) -> str:
    """The sheet to read. Hidden sheets, where programs keep lists of choices, are read only by name."""
    names = list(book.sheet_names)
    if wanted is not None:
        if wanted not in names:
            near = get_close_matches(str(wanted), names, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"It has {_listed(names)}."
            raise InputError(f"{file.name!r} has no sheet of the name given as sheet=.", hint)
        return wanted
    shown = [about.name for about in book.sheets_metadata if about.visible == visible]
    filled = [name for name in shown if book.get_sheet_by_name(name).height > 0]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise InputError(f"{file.name!r} has no sheet with data that is not hidden.", "Name a hidden one with sheet=.")
    raise InputError(f"{file.name!r} has {len(filled)} sheets with data: {_listed(filled)}.", "Name the one to read with sheet=.")


def _with_zeros(frame: pd.DataFrame, cells: list[list[Any]]) -> list[str]:
    """The columns read as numbers in which text begins with a zero: identifiers, whose zeros in front are part of them."""
    found = {k for row in cells for k, cell in enumerate(row) if isinstance(cell, str) and cell[:1] in "0 " and ZEROS.fullmatch(cell)}
    return [name for k, name in enumerate(frame.columns) if k in found and frame[name].dtype.kind in "iuf"]


def _listed(names: list[str]) -> str:
    return ", ".join(map(repr, names[:10])) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def parquet(file: Path) -> pd.DataFrame:
    """A parquet file; an index that pandas kept in it is a column like the others, unless it only numbers the rows.

    Decimal numbers, as DuckDB writes them, become floats.
    """
    import pandas as pd

    need("pyarrow", "big", "Reading .parquet files")

    def parsed() -> pd.DataFrame:
        frame = pd.read_parquet(file, engine="pyarrow")
        named = [name for name in frame.index.names if name is not None]
        if twice := [name for name in named if name in frame.columns]:
            raise InputError(f"{file.name!r} holds {str(twice[0])!r} twice, as a column and as its index.", "Drop one and save it again.")
        frame = frame.reset_index(level=named) if named else frame
        exact = [name for name in frame.columns if pd.api.types.infer_dtype(frame[name], skipna=True) == "decimal"]
        return as_dates(frame.reset_index(drop=True).astype(dict.fromkeys(exact, "float64")))

    return in_our_words(parsed, lambda trouble: unreadable(file, trouble))
