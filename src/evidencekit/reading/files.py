"""The path of a file that is there and is what it says, and errors that quote nothing from inside it."""

from __future__ import annotations

import importlib
import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from evidencekit.errors import InputError, MissingExtra

__all__ = ["SUFFIXES", "local", "need", "unreadable"]

SUFFIXES = (".sav", ".zsav", ".dta", ".csv", ".xlsx", ".ods", ".parquet")
_INSTEAD = {
    ".xls": "Save it as .xlsx.",
    ".xlsm": "Save it as .xlsx.",
    ".xlsb": "Save it as .xlsx.",
    ".txt": "If it is a table with commas, semicolons or tabs, rename it to .csv.",
    ".tsv": "Rename it to .csv: the separator is found from its first line.",
    ".tab": "Rename it to .csv: the separator is found from its first line.",
    ".por": "Save it as .sav.",
}
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]+:/", re.IGNORECASE)  # two letters at least: C:/ is a drive
# How files of some kinds begin, and the suffixes of that kind.
_BEGINNINGS: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (b"PK\x03\x04", (".xlsx", ".xlsm", ".ods")),
    (b"PAR1", (".parquet",)),
    (b"$FL", (".sav", ".zsav")),
    (b"<stata_dta>", (".dta",)),
)


def local(path: str | os.PathLike[str], *, suffixes: tuple[str, ...] = SUFFIXES, verb: str = "read()") -> Path:
    """The path of a file that is there, of a suffix that `verb` knows and that fits."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(text := os.fspath(path), str):
        raise InputError(f"{verb} takes the path of a file, not a {type(path).__name__}.")
    if "://" in text or _SCHEME.match(text):
        raise InputError("This is an address, not a file.", "evidencekit never goes to the network: download first.")
    file = Path(text)
    try:
        there, folder = file.is_file(), file.is_dir()
    except (OSError, ValueError):
        there = folder = False
    if folder:
        raise InputError(f"There is no file {file.name!r} at this path: it is a folder.", "Give the path of a file in it.")
    suffix = file.suffix.lower()
    if suffix not in suffixes:
        known = f"Known are {', '.join(suffixes)}."
        remedy = _INSTEAD.get(suffix, known) if suffixes is SUFFIXES else known
        raise InputError(f"Files with the suffix {file.suffix!r} are not read{'' if suffixes is SUFFIXES else ' here'}.", remedy)
    if not there:
        raise InputError(f"There is no file {file.name!r} at this path.", _where_else(file, suffixes))
    _check_beginning(file)
    return file


def _where_else(file: Path, suffixes: tuple[str, ...]) -> str:
    """What to try when a file is not there: names in the folder that are nearly the same, or have another suffix."""
    try:
        if not file.parent.is_dir():
            return "Its folder is not there either: check the path, which starts where Python runs unless it is a full one."
        names = [entry.name for entry in file.parent.iterdir() if entry.suffix.lower() in suffixes and entry.is_file()]
    except (OSError, ValueError):
        names = []
    near = [name for name in names if Path(name).stem == file.stem] or get_close_matches(file.name, names, n=3, cutoff=0.75)
    if near:
        return f"Did you mean {' or '.join(map(repr, sorted(near)[:3]))}?"
    return "Check the spelling and the folder: a path starts where Python runs unless it is a full one."


def _check_beginning(file: Path) -> None:
    """Refuse a file that is empty, or begins like one of another kind."""
    try:
        with file.open("rb") as opened:
            start = opened.read(16)
            opened.seek(-min(32, file.stat().st_size), os.SEEK_END)
            end = opened.read()
    except OSError as trouble:
        raise unreadable(file, trouble) from None
    if not start:
        raise InputError(f"{file.name!r} is empty.", "Save it again from the program it comes from.")
    if start.startswith(b"<stata_dta>") and b"</stata_dta>" not in end:  # value labels come last, and readers do not miss them
        raise unreadable(file, EOFError()) from None
    for beginning, suffixes in _BEGINNINGS:
        if start.startswith(beginning) and file.suffix.lower() not in suffixes:
            raise InputError(
                f"{file.name!r} cannot be read as {file.suffix.lower()}: inside it is of the kind {' or '.join(suffixes)}.",
                "Give it the suffix it was saved with.",
            )


def need(package: str, extra: str, why: str) -> Any:
    """A package that only some users have, or the error that says how to get it."""
    try:
        return importlib.import_module(package)
    except ImportError:
        raise MissingExtra(package, extra, why) from None


def unreadable(file: Path, trouble: Exception) -> InputError:
    """An error with the kind of trouble only: readers quote the cells they stumble over."""
    if isinstance(trouble, PermissionError):
        return InputError(f"You may not read {file.name!r}.", "Ask for access, or close the program that holds it open.")
    return InputError(
        f"{file.name!r} cannot be read as {file.suffix.lower()} ({type(trouble).__name__}).",
        "It is damaged or of another kind: save it again from the program it comes from.",
    )
