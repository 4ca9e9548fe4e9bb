"""Text tables: which separator a file has, and what is refused rather than guessed."""

from __future__ import annotations

import csv
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidencekit.errors import InputError, in_our_words
from evidencekit.reading.files import unreadable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BLANK", "ZEROS", "delimited"]

# Blank in text files and workbooks. pandas' own list also takes "None", "N/A" and "null", which can be answers.
BLANK = ["", "NA", "NaN"]
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
_RECORDS = 50  # read to see whether a separator fits
_HINT = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # the first line by which Excel is told the separator
_DECIMAL_COMMA = r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?"
_NUMBER = r"[+-]?\d+"
ZEROS = re.compile(r"\s*0\d+\s*")  # digits that are no number: an identifier, whose zeros in front are part of it
_ZEROS_SOMEWHERE = re.compile(rb'(?:^|[,;\t\n"])[ ]*0\d+[ ]*(?=[,;\t\r\n"]|$)')


def delimited(file: Path, decimal: str | None, *, as_text: bool = False) -> pd.DataFrame:
    """A text table in UTF-8; with `as_text` every cell stays as it is written, and only what is empty is blank."""
    import pandas as pd

    def parsed() -> tuple[str, pd.DataFrame]:
        separator, skipped = _separator(file)
        options: dict[str, Any] = {"sep": separator, "skiprows": skipped, "decimal": decimal or ".", "encoding": "utf-8-sig"}
        if as_text:
            return separator, pd.read_csv(file, **options, keep_default_na=False, na_values=[""], dtype="str")
        # low_memory=False: a column has one type, found from all of it.
        options |= {"keep_default_na": False, "na_values": BLANK, "low_memory": False}
        frame = pd.read_csv(file, **options)
        if texts := _with_zeros(file, frame, options):
            frame = pd.read_csv(file, **options, dtype=dict.fromkeys(texts, "str"))
        return separator, frame

    def problem(trouble: Exception) -> InputError:
        return _not_utf8(file) if isinstance(trouble, UnicodeDecodeError) else unreadable(file, trouble)

    separator, frame = in_our_words(parsed, problem)
    if not isinstance(frame.index, pd.RangeIndex):  # pandas then shifts every column by one
        raise InputError(f"{file.name!r} has more cells in its rows than in its header.", "Give every column a name.")
    if separator != "," and decimal is None and not as_text:
        _refuse_decimal_commas(file, frame)
    return frame


def _with_zeros(file: Path, frame: pd.DataFrame, options: dict[str, Any]) -> list[str]:
    """The columns read as whole numbers in which digits begin with a zero."""
    import pandas as pd

    whole = [name for name in frame.columns if frame[name].dtype.kind in "iuf"]
    if not whole or _ZEROS_SOMEWHERE.search(file.read_bytes()) is None:
        return []
    plain = pd.read_csv(file, **options, usecols=whole, dtype="str")
    return [name for name in whole if plain[name].dropna().str.fullmatch(ZEROS).any()]


def _not_utf8(file: Path) -> InputError:
    """The error for text in another encoding; UTF-16 can be told by its beginning."""
    with file.open("rb") as opened:
        wide = opened.read(2) in (b"\xff\xfe", b"\xfe\xff")
    return InputError(
        f"{file.name!r} is not encoded in UTF-8{': it is UTF-16' if wide else ''}.",
        "Save it as UTF-8: in Excel 'CSV UTF-8' under Save As, elsewhere the choice of character set when saving.",
    )


def _separator(file: Path) -> tuple[str, int]:
    """The separator, and how many lines come before the header: a comma unless the header says otherwise."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        first = opened.readline()
    if "\0" in first:  # UTF-16 without its mark
        raise _not_utf8(file)
    hint = _HINT.fullmatch(first)
    if hint and hint[1] in _NAMES:
        return hint[1], 1
    widths = {separator: _widths(file, separator) for separator in _NAMES}
    splitting = [separator for separator, found in widths.items() if found and found[0] > 1]
    if len(splitting) < 2:
        return (splitting or [","])[0], 0
    # A name that is not in quotes may hold one of the others: the rows tell which one splits all of them alike.
    fitting = [separator for separator in splitting if len(set(widths[separator])) == 1 and len(widths[separator]) > 1]
    if len(fitting) != 1:
        both = " and ".join(_NAMES[separator] for separator in splitting)
        raise InputError(f"The header of {file.name!r} has both {both}.", "Put names that hold one of them in double quotes.")
    return fitting[0], 0


def _widths(file: Path, separator: str) -> list[int]:
    """How many cells the first records have with this separator; nothing where they cannot be split."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        try:
            return [len(cells) for cells in islice(csv.reader(opened, delimiter=separator), _RECORDS) if cells]
        except csv.Error:
            return []


def _refuse_decimal_commas(file: Path, frame: pd.DataFrame) -> None:
    """Refuse text columns that look like numbers with decimal commas: "1,3" may also be the choices 1 and 3."""
    found = [str(name) for name in frame.columns if _has_decimal_commas(frame[name])]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise InputError(
            f"Column {found[0]!r}{more} of {file.name!r} may hold numbers with a decimal comma.",
            "Pass decimal=',' if they are numbers; decimal='.' leaves them text, such as lists of choices.",
        )


def _has_decimal_commas(column: pd.Series) -> bool:
    if column.dtype.kind in "iufb":
        return False
    text = column.dropna().astype(str).str.strip()
    if not len(text) or not re.fullmatch(f"{_DECIMAL_COMMA}|{_NUMBER}", text.iloc[0]):
        return False
    return bool(text.str.fullmatch(f"{_DECIMAL_COMMA}|{_NUMBER}").all() and text.str.contains(",", regex=False).any())
