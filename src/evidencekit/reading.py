"""Reading survey files with their labels and their kinds of missing.

Most readers hand back NaN for every code the file declares missing, and with that a refusal, a "don't know" and a question
that was never asked become one thing. Here the codes stay in the frame and `Dataset.missing` says what each one is.
"""

from __future__ import annotations

import datetime
import importlib
import math
import os
import re
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evidencekit.errors import InputError, MissingExtra, UnknownColumn
from evidencekit.frames import Dataset, Missing, MissingCode

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read", "stata_code"]

Kinds = dict[MissingCode, Missing]

# Substrings of an English value label, lower case with straight apostrophes. They are looked for only in labels of codes the
# file itself declares missing; a label that fits two kinds is not clear, and stays unstated.
WORDS: Mapping[Missing, tuple[str, ...]] = {
    Missing.REFUSED: ("refus", "prefer not", "rather not"),
    Missing.DONT_KNOW: ("don't know", "dont know", "do not know", "not sure", "unsure"),
    Missing.NOT_ASKED: ("not asked", "skip", "not applicable", "inapplicable"),
    Missing.NOT_REACHED: ("not reached",),
    Missing.TECHNICAL: ("technical", "system", "interview error"),
}

SUFFIXES = (".sav", ".zsav", ".dta", ".csv", ".xlsx", ".ods", ".parquet")
# Blank in text files and workbooks. pandas' own list also takes "None", "N/A" and "null", which can be answers.
_BLANK = ["", "NA", "NaN"]
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]+:/", re.IGNORECASE)  # two letters at least: C:/ is a drive


def read(path: str | os.PathLike[str], *, missing: Mapping[str, Mapping[MissingCode, Missing]] | None = None) -> Dataset:
    r"""Read a survey file with its labels and its kinds of missing.

    SPSS (``.sav``, ``.zsav``) and Stata (``.dta``) files declare their missing codes. Each gets the kind its English value label
    clearly names (`evidencekit.reading.WORDS`: "refused", "don't know", "not asked", ...), and ``Missing.UNSTATED`` otherwise. A
    code the file does not declare is an answer, whatever its label says: declare it with `missing`. Codes stay in the frame;
    value labels are kept beside it and never replace the codes.

    Parameters
    ----------
    path : str or path
        A file of the suffix ``.sav``, ``.zsav``, ``.dta``, ``.csv`` (UTF-8), ``.xlsx``, ``.ods`` (first sheet) or ``.parquet``.
    missing : mapping of str to mapping, optional
        Column name to ``{code or (low, high): Missing}``, laid over what the file declares: a code named here leaves the file's
        range. For Stata files ``".a"`` to ``".z"`` may be written as such.

    Returns
    -------
    Dataset
        Over a pandas frame.

    Raises
    ------
    InputError
        The path is a URL, is not there, has another suffix, or cannot be read; or `missing` does not fit the columns.
    UnknownColumn
        `missing` names a column the file does not have.
    MissingExtra
        The package that reads this kind of file is not installed.

    Notes
    -----
    Stata's ``.a`` to ``.z`` stand in the frame as Stata's own numbers for them (`stata_code`), so the column stays numeric. A date
    column with declared missing codes stays the number it is in the file. In ``.csv``, ``.xlsx`` and ``.ods`` a cell is blank if
    it is empty, ``NA`` or ``NaN``; "None" and "N/A" are text.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from evidencekit.frames import Missing
    >>> from evidencekit.reading import read
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "answers.csv")
    ...     _ = file.write_text("told,age\n1,14\n98,15\n,16\n", encoding="utf-8")
    ...     data = read(file, missing={"told": {98: Missing.REFUSED}})
    >>> data
    Dataset(3 rows, 2 columns, 1 with kinds of missing)
    >>> data.kinds("told")
    {<Missing.REFUSED: 'prefer not to say'>: 1, <Missing.UNSTATED: 'unstated'>: 1}
    """
    file = _local(path)
    suffix = file.suffix.lower()
    if suffix in (".sav", ".zsav", ".dta"):
        data = _labelled(file, suffix)
    else:
        frame = _delimited(file) if suffix == ".csv" else _parquet(file) if suffix == ".parquet" else _sheet(file)
        frame.columns = [str(name) for name in frame.columns]
        data = Dataset(frame)
    return _declare(data, missing, stata=suffix == ".dta") if missing else data


def stata_code(letter: str) -> float:
    """The number Stata itself keeps for an extended missing value in a double.

    Parameters
    ----------
    letter : str
        ``".a"`` to ``".z"``.

    Returns
    -------
    float
        About 9e307: larger than any answer, and the same number in every file.

    Raises
    ------
    InputError
        It is not one of the 26.

    References
    ----------
    StataCorp, ``help dta``, section on missing values: the double ``.a`` is the bits 7fe0 0100 0000 0000.

    Examples
    --------
    >>> from evidencekit.reading import stata_code
    >>> stata_code(".a") < stata_code(".b")
    True
    """
    if not (isinstance(letter, str) and re.fullmatch(r"\.[a-z]", letter)):
        raise InputError("Stata's extended missing values are '.a' to '.z'.")
    place = ord(letter[1]) - ord("a") + 1
    return float(struct.unpack(">d", (0x7FE0000000000000 + (place << 40)).to_bytes(8, "big"))[0])


def _local(path: str | os.PathLike[str]) -> Path:
    """The path of a file that is there, of a suffix that is known."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(text := os.fspath(path), str):
        raise InputError(f"read() takes the path of a file, not a {type(path).__name__}.")
    if "://" in text or _SCHEME.match(text):
        raise InputError("This is an address, not a file.", "evidencekit never goes to the network: download first.")
    file = Path(text)
    if file.suffix.lower() not in SUFFIXES:
        raise InputError(f"Files with the suffix {file.suffix!r} are not read.", f"Known are {', '.join(SUFFIXES)}.")
    try:
        there = file.is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        raise InputError(f"There is no file {file.name!r} at this path.", "Check the spelling and the folder.")
    return file


def _need(package: str, extra: str, why: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise MissingExtra(package, extra, why) from None


def _unreadable(file: Path, trouble: Exception) -> InputError:
    """An error with the kind of trouble only: readers quote the cells they stumble over."""
    if isinstance(trouble, PermissionError):
        return InputError(f"You may not read {file.name!r}.", "Ask for access, or close the program that holds it open.")
    return InputError(
        f"{file.name!r} cannot be read as {file.suffix.lower()} ({type(trouble).__name__}).",
        "It is damaged or of another kind: save it again from the program it comes from.",
    )


def _delimited(file: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        # low_memory=False: a column has one type, found from all of it.
        frame = pd.read_csv(file, encoding="utf-8", keep_default_na=False, na_values=_BLANK, low_memory=False)
    except UnicodeDecodeError:
        raise InputError(f"{file.name!r} is not encoded in UTF-8.", "Save it as UTF-8 ('CSV UTF-8' in Excel).") from None
    except Exception as trouble:
        raise _unreadable(file, trouble) from None
    if not isinstance(frame.index, pd.RangeIndex):  # pandas then shifts every column by one
        raise InputError(f"{file.name!r} has more cells in its rows than in its header.", "Give every column a name.")
    return frame


def _sheet(file: Path) -> pd.DataFrame:
    import pandas as pd

    _need("python_calamine", "excel", f"Reading {file.suffix.lower()} files")
    try:
        return pd.read_excel(file, engine="calamine", keep_default_na=False, na_values=_BLANK)
    except Exception as trouble:
        raise _unreadable(file, trouble) from None


def _parquet(file: Path) -> pd.DataFrame:
    import pandas as pd

    _need("pyarrow", "big", "Reading .parquet files")
    try:
        return pd.read_parquet(file, engine="pyarrow")
    except Exception as trouble:
        raise _unreadable(file, trouble) from None


def _labelled(file: Path, suffix: str) -> Dataset:
    """An SPSS or Stata file, by pyreadstat."""
    reader = _need("pyreadstat", "spss", f"Reading {suffix} files")
    parse: Any = reader.read_dta if suffix == ".dta" else reader.read_sav
    # user_missing=True: the default makes NaN of every declared code and merges the kinds.
    options: dict[str, Any] = {"user_missing": True, "apply_value_formats": False, "output_format": "pandas"}
    try:
        frame, meta = parse(str(file), **options)
        coded = _coded(meta)
        dates = [name for name in _ranged(meta) if meta.readstat_variable_types[name] != "string" and frame[name].dtype.kind not in "iuf"]
        if dates:
            raw, again = parse(str(file), usecols=dates, disable_datetime_conversion=True, **options)
            frame = frame.assign(**{name: raw[name] for name in dates})
            coded |= _ranged(again)
        if meta.missing_user_values:
            # pyreadstat 1.3.7 with user_missing=True reads "." as 0 in an integer column when a letter came before it, so
            # the numbers come from a second look without letters.
            plain, _ = parse(str(file), usecols=list(meta.missing_user_values), disable_datetime_conversion=True)
            frame = frame.assign(**{name: _with_letters(plain[name], frame[name]) for name in meta.missing_user_values})
        frame = frame.assign(**{name: frame[name].astype("datetime64[us]") for name in frame.columns if _is_dates(frame[name])})
    except Exception as trouble:
        raise _unreadable(file, trouble) from None
    stata = suffix == ".dta"
    labels = {name: text for name, text in meta.column_names_to_labels.items() if text}
    value_labels = {name: _label_keys(given, stata=stata) for name, given in meta.variable_value_labels.items()}
    missing: dict[str, Kinds] = {}
    for name in frame.columns:
        shown = value_labels.get(name, {})
        kinds = _stata_kinds(coded.get(name, []), shown) if stata else _spss_kinds(coded.get(name, []), shown)
        if kinds:
            missing[name] = kinds
    return Dataset(frame, labels, value_labels, missing)


def _coded(meta: Any) -> dict[str, list[Any]]:
    """Columns with declared missing codes: SPSS ranges, or the letters that occur in Stata."""
    return {**{name: list(letters) for name, letters in meta.missing_user_values.items()}, **_ranged(meta)}


def _ranged(meta: Any) -> dict[str, list[Any]]:
    """SPSS columns with declared missing codes, each as (low, high)."""
    found: dict[str, list[Any]] = {}
    for name, ranges in meta.missing_ranges.items():
        # Some writers declare the system-missing value itself. It is blank already, and equals nothing.
        kept = [(r["lo"], r["hi"]) for r in ranges if r["lo"] == r["lo"] and r["hi"] == r["hi"]]
        if kept:
            found[name] = kept
    return found


def _is_dates(series: Any) -> bool:
    """Whether pyreadstat has made a column of Python dates; it cannot make pandas dates where letters stand among them."""
    if series.dtype.kind != "O":
        return False
    seen = series.dropna()
    return len(seen) > 0 and all(isinstance(value, datetime.date) for value in seen)


def _is_letter(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 1 and "a" <= value <= "z"


def _with_letters(plain: Any, lettered: Any) -> Any:
    """The numbers of a Stata column with the codes of its letters among them."""
    pairs = zip(plain.to_numpy(dtype=np.float64, na_value=np.nan), lettered, strict=True)
    return np.asarray([stata_code("." + seen) if _is_letter(seen) else number for number, seen in pairs], dtype=np.float64)


def _label_keys(given: Mapping[Any, str], *, stata: bool) -> dict[Any, str]:
    """Value labels by code; Stata's letters become their numbers."""
    return {stata_code("." + key) if stata and _is_letter(key) else key: label for key, label in given.items()}


def _stata_kinds(letters: Iterable[str], labels: Mapping[Any, str]) -> Kinds:
    """Kinds of the letters that occur or have a label."""
    codes = {stata_code("." + letter) for letter in letters}
    codes |= {code for code in labels if isinstance(code, float) and code >= stata_code(".a")}
    return {code: _guess(labels.get(code)) for code in sorted(codes)}


def _spss_kinds(ranges: Iterable[tuple[Any, Any]], labels: Mapping[Any, str]) -> Kinds:
    """Kinds of declared codes and ranges; a code inside a range whose label is clear has a kind of its own."""
    kinds: Kinds = {}
    clear: Kinds = {}
    for low, high in ranges:
        if low == high:
            kinds[low] = _guess(labels.get(low))
            continue
        kinds[(low, high)] = Missing.UNSTATED
        inside = {code: _guess(text) for code, text in labels.items() if not isinstance(code, str) and low <= code <= high}
        clear |= {code: kind for code, kind in inside.items() if kind is not Missing.UNSTATED}
    return _laid_over(kinds, clear)


def _guess(label: str | None) -> Missing:
    text = (label or "").casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    fits = [kind for kind, words in WORDS.items() if any(word in text for word in words)]
    return fits[0] if len(fits) == 1 else Missing.UNSTATED


def _laid_over(kinds: Kinds, above: Mapping[MissingCode, Missing]) -> Kinds:
    """The kinds with others laid over them, so that no value has two."""
    for code in above:
        kinds = {part: kind for under, kind in kinds.items() for part in _cut(under, code)}
    return {**kinds, **above}


def _cut(under: MissingCode, above: MissingCode) -> list[MissingCode]:
    """What is left of a code or range without another. Ends belong to ranges, so a cut ends at the next float."""
    if isinstance(under, str) or isinstance(above, str):
        return [] if under == above else [under]
    low, high = under if isinstance(under, tuple) else (under, under)
    start, stop = above if isinstance(above, tuple) else (above, above)
    if stop < low or start > high:
        return [under]
    parts: list[MissingCode] = []
    if low < start:
        parts.append((low, math.nextafter(start, -math.inf)))
    if stop < high:
        parts.append((math.nextafter(stop, math.inf), high))
    return parts


def _declare(data: Dataset, missing: Mapping[str, Mapping[MissingCode, Missing]], *, stata: bool) -> Dataset:
    """The data with the caller's kinds of missing laid over the file's."""
    merged: dict[str, Mapping[MissingCode, Missing]] = dict(data.missing)
    for name, given in missing.items():
        if name not in data.columns:
            raise UnknownColumn(name, data.columns, "missing=")
        if not isinstance(given, Mapping):
            raise InputError(f"missing= takes {{code: kind}} for {name!r}, not a {type(given).__name__}.")
        numbers = data.frame[name].dtype.kind in "iufb"
        above: Kinds = {}
        for code, kind in given.items():
            if not isinstance(kind, Missing):
                raise InputError(f"missing= for {name!r} names a kind that is not one.", "Use Missing.REFUSED and its like.")
            if stata and numbers and isinstance(code, str) and code.startswith("."):
                code = stata_code(code)
            _must_fit(code, name, numbers=numbers)
            above[code] = kind
        merged[name] = _laid_over(dict(merged.get(name, {})), above)
    return Dataset(data.frame, data.labels, data.value_labels, merged)


def _must_fit(code: MissingCode, name: str, *, numbers: bool) -> None:
    """Refuse a code that cannot stand in the column: it would match nothing, and nobody would notice."""
    ends = code if isinstance(code, tuple) else (code,)
    if isinstance(code, tuple) and not (len(code) == 2 and code[0] <= code[1]):
        raise InputError(f"A range of missing codes for {name!r} is not (low, high).")
    if numbers == any(isinstance(end, str) for end in ends):
        raise InputError(f"The missing codes for {name!r} do not fit its type.", f"Give them as {'numbers' if numbers else 'text'}.")
    if code != code:
        raise InputError(f"A missing code for {name!r} is NaN.", "A blank needs no code.")
