"""The tables in the files of an export: the main one and those of the repeats."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidencekit.errors import InputError, in_our_words
from evidencekit.reading.delimited import delimited
from evidencekit.reading.files import local, need, unreadable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["tables_in"]

_SHEET = 31  # letters of a sheet's name that Excel keeps


def tables_in(path: str | os.PathLike[str], names: Sequence[str], given: Mapping[str, str | os.PathLike[str]] | None) -> dict[str, Any]:
    """The frames of an export by the name of the repeat; the main one has an empty name.

    Parameters
    ----------
    path : str or path
        A ``.csv`` file, or a workbook with a sheet for each table.
    names : sequence of str
        The repeats of the form.
    given : mapping of str to path or sheet, optional
        Where the tables of the repeats are. Without it they are looked for: sheets that are called like them, files beside the main one
        called ``main-repeat.csv``.
    """
    file = local(path)
    if unknown := [name for name in given or {} if name not in names]:
        raise InputError(f"{len(unknown)} of the names in repeats= are not repeats of the form.", f"It has {', '.join(names) or 'none'}.")
    if file.suffix.lower() == ".csv":
        found = given if given is not None else _beside(file, names)
        return {"": delimited(file, ".", as_text=True), **{name: delimited(local(at), ".", as_text=True) for name, at in found.items()}}
    if file.suffix.lower() not in (".xlsx", ".ods"):
        raise InputError(f"Exports are read from .csv and .xlsx files, not {file.suffix}.", "Export again in one of these.")
    return _sheets(file, names, given)


def _beside(file: Path, names: Sequence[str]) -> dict[str, Path]:
    """Files in the same folder that are called like the main one and a repeat."""
    made = {name: file.with_name(f"{file.stem}-{name.rpartition('/')[2]}{file.suffix}") for name in names}
    return {name: path for name, path in made.items() if path.is_file()}


def _sheets(file: Path, names: Sequence[str], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The sheets of a workbook; the main one is the first that is no repeat."""
    import pandas as pd

    need("python_calamine", "excel", f"Reading {file.suffix.lower()} files")

    def parsed() -> dict[str, pd.DataFrame]:
        with pd.ExcelFile(file, engine="calamine") as book:
            sheets = [str(name) for name in book.sheet_names]
            short = {name: name.rpartition("/")[2][:_SHEET] for name in names}
            wanted = dict(given) if given is not None else {name: short[name] for name in names if short[name] in sheets}
            if lost := [name for name, sheet in wanted.items() if sheet not in sheets]:
                raise InputError(f"{file.name!r} has no sheet for the repeat {lost[0]!r}.", "Name its sheet with repeats=.")
            rest = [sheet for sheet in sheets if sheet not in wanted.values()]
            if not rest:
                raise InputError(f"{file.name!r} has no sheet for the main table.")
            every = {"": rest[0], **{name: str(sheet) for name, sheet in wanted.items()}}
            return {name: pd.read_excel(book, sheet_name=at, keep_default_na=False, na_values=[""]) for name, at in every.items()}

    made = in_our_words(parsed, lambda trouble: unreadable(file, trouble))
    for frame in made.values():
        frame.columns = [str(name) for name in frame.columns]
    return made
