"""SPSS and Stata files, by pyreadstat: codes, labels and declared missing."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evidencekit.errors import InputError, in_our_words
from evidencekit.frames import Dataset
from evidencekit.missingness import Missing
from evidencekit.reading.files import need, unreadable
from evidencekit.reading.kinds import Kinds, guess, is_letter, laid_over, stata_code

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_dates", "labelled"]


def labelled(file: Path, suffix: str) -> Dataset:
    """An SPSS or Stata file, by pyreadstat."""
    reader = need("pyreadstat", "spss", f"Reading {suffix} files")
    parse: Any = reader.read_dta if suffix == ".dta" else reader.read_sav
    # user_missing=True: the default makes NaN of every declared code and merges the kinds.
    options: dict[str, Any] = {"user_missing": True, "apply_value_formats": False, "output_format": "pandas"}
    frame, meta, coded = in_our_words(lambda: _parsed(file, parse, options), lambda trouble: _unreadable(file, trouble))
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


def _parsed(file: Path, parse: Any, options: Mapping[str, Any]) -> tuple[pd.DataFrame, Any, Any]:
    """The frame, what the file says of it, and its declared codes."""
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
    return as_dates(frame), meta, coded


def _unreadable(file: Path, trouble: Exception) -> InputError:
    if "encoding" in str(trouble) or isinstance(trouble, UnicodeDecodeError):
        return InputError(f"{file.name!r} holds text in another encoding than it says.", "Save it again as Unicode.")
    return unreadable(file, trouble)


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


def as_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its columns of Python dates as pandas dates."""
    return frame.astype(dict.fromkeys([name for name in frame.columns if _is_dates(frame[name])], "datetime64[us]"))


def _is_dates(series: Any) -> bool:
    """Whether a column holds Python dates only."""
    if series.dtype.kind != "O":
        return False
    seen = series.dropna()
    return len(seen) > 0 and all(isinstance(value, datetime.date) for value in seen)


def _with_letters(plain: Any, lettered: Any) -> Any:
    """The numbers of a Stata column with the codes of its letters among them."""
    pairs = zip(plain.to_numpy(dtype=np.float64, na_value=np.nan), lettered, strict=True)
    return np.asarray([stata_code("." + seen) if is_letter(seen) else number for number, seen in pairs], dtype=np.float64)


def _label_keys(given: Mapping[Any, str], *, stata: bool) -> dict[Any, str]:
    """Value labels by code; Stata's letters become their numbers."""
    return {stata_code("." + key) if stata and is_letter(key) else key: label for key, label in given.items()}


def _stata_kinds(letters: Iterable[str], labels: Mapping[Any, str]) -> Kinds:
    """Kinds of the letters that occur or have a label."""
    codes = {stata_code("." + letter) for letter in letters}
    codes |= {code for code in labels if isinstance(code, float) and code >= stata_code(".a")}
    return {code: guess(labels.get(code)) for code in sorted(codes)}


def _spss_kinds(ranges: Iterable[tuple[Any, Any]], labels: Mapping[Any, str]) -> Kinds:
    """Kinds of declared codes and ranges; a code inside a range whose label is clear has a kind of its own."""
    kinds: Kinds = {}
    clear: Kinds = {}
    for low, high in ranges:
        if low == high:
            kinds[low] = guess(labels.get(low))
            continue
        kinds[(low, high)] = Missing.UNSTATED
        inside = {code: guess(text) for code, text in labels.items() if not isinstance(code, str) and low <= code <= high}
        clear |= {code: kind for code, kind in inside.items() if kind is not Missing.UNSTATED}
    return laid_over(kinds, clear)
