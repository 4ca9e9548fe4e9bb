"""write_labelled: answers with their labels and kinds of missing as an SPSS or a Stata file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidencekit.errors import InputError, in_our_words
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import target_of
from evidencekit.instrument.items import Item
from evidencekit.instrument.wording import chosen_language, worded
from evidencekit.missingness import Missing
from evidencekit.reading.files import need
from evidencekit.reading.kinds import guess

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LETTERS", "write_labelled"]

LETTERS: Mapping[Missing, str] = {
    Missing.DONT_KNOW: "d",
    Missing.REFUSED: "r",
    Missing.NOT_ASKED: "n",
    Missing.NOT_REACHED: "e",
    Missing.TECHNICAL: "t",
    Missing.UNSTATED: "u",
}
_LONGEST = {".dta": (32, 80, 32_000), ".sav": (64, 256, 120)}  # of a name (letters), a label and a value label (bytes; letters in Stata)
_TEXT_CODE = 8  # bytes of a missing code of text in SPSS


@dataclass(slots=True)
class _About:
    """What the file says of its columns."""

    labels: dict[str, str] = field(default_factory=dict)
    value_labels: dict[str, dict[Any, str]] = field(default_factory=dict)
    missing: dict[str, list[Any]] = field(default_factory=dict)


def write_labelled(data: Any, form: Instrument, path: str | Path, *, language: str | None = None) -> Path:
    """Write answers as an SPSS or Stata file, with the form's labels and each kind of missing declared.

    Parameters
    ----------
    data : Dataset or data frame
        The answers, in memory. Columns that are no items are written as they are.
    form : Instrument
        The form.
    path : str or Path
        Ends in ``.sav``, ``.zsav`` (SPSS) or ``.dta`` (Stata).
    language : str, optional
        Of the labels, as the form names it; by default its first.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    InputError
        The path ends in something else; two columns would have one name; or an item has more missing codes than SPSS can declare.
    MissingExtra
        pyreadstat is not installed.

    Notes
    -----
    In SPSS files codes stay and are declared missing: up to three, or a range that holds no answer and one more. In Stata files they
    become ``.d`` (don't know), ``.r`` (prefer not to say), ``.n`` (not asked), ``.e`` (not reached), ``.t`` (technical), ``.u`` (unstated);
    lists whose codes are words are numbered from 1 in their order, since Stata labels numbers only. Where the label of a missing code does
    not name its kind in English the kind is added in brackets, so that `evidencekit.read` finds it again. Signs that names cannot have
    become ``_``.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import evidencekit as ek
    >>> yes_no = ek.Choices("yes_no", {1: "Yes", 0: "No", 99: "Je passe"}, missing={99: ek.Missing.REFUSED})
    >>> form = ek.Instrument("short", [ek.Item("told", "select_one", "Did you tell someone?", yes_no)])
    >>> data = ek.instrument.fictional_answers(form, 50, seed=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = ek.read(ek.instrument.write_labelled(data, form, pathlib.Path(folder, "answers.sav")))
    >>> again.missing["told"]
    {99.0: <Missing.REFUSED: 'prefer not to say'>}
    """
    if not isinstance(form, Instrument):
        raise InputError(f"form= takes an Instrument, not a {type(form).__name__}.")
    target = target_of(path, "write_labelled()")
    suffix = target.suffix.lower()
    if suffix not in (".sav", ".zsav", ".dta"):
        raise InputError("Labelled answers are written as .sav, .zsav or .dta.", "Let the file's name end in one of them.")
    writer = need("pyreadstat", "spss", f"Writing {suffix} files")
    languages = chosen_language(form, language)
    limits = _LONGEST[".dta" if suffix == ".dta" else ".sav"]
    frame = _pandas(data)
    items = {item.name: item for item in form.questions}
    names = _names(list(frame.columns), limits[0])
    about = _About()

    def work() -> None:
        for old, new in names.items():
            item = items.get(old)
            label = worded(item.label, languages) if item is not None else (data.labels.get(old, "") if isinstance(data, Dataset) else "")
            about.labels[new] = _cut(label, limits[1], suffix)
            if item is not None:
                frame[old] = _column(frame[old], item, new, about, (languages, limits[2], suffix))
        _written(writer, frame.rename(columns=names), target, about, form)

    in_our_words(work, lambda trouble: _failed(target, trouble))
    return target


def _pandas(data: Any) -> pd.DataFrame:
    import pandas as pd

    frame = eager(open_data(data.frame if isinstance(data, Dataset) else data).frame, "Writing a labelled file")
    if str(frame.implementation.value) == "pandas":
        return frame.to_native().reset_index(drop=True).copy()
    return pd.DataFrame({name: pd.Series(frame[name].to_list()) for name in frame.columns})


def _names(columns: Sequence[str], longest: int) -> dict[str, str]:
    """Names that the file can have."""
    made: dict[str, str] = {}
    for name in columns:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
        made[name] = (plain if plain[:1].isalpha() else f"v{plain}")[:longest]
    twice = [new for new, count in Counter(name.casefold() for name in made.values()).items() if count > 1]
    if twice:
        raise InputError(f"{len(twice)} names of columns would be the same in this kind of file.", f"Names have at most {longest} letters.")
    return made


def _column(column: Any, item: Item, name: str, about: _About, how: tuple[tuple[str, ...], int, str]) -> Any:
    """The column as it is written; what is said of it goes to `about`."""
    languages, longest, suffix = how
    numbers = column.dtype.kind in "iufb" or str(column.dtype) in ("Int64", "Float64")
    options = item.choices.listed if item.choices is not None and item.kind == "select_one" else ()
    labels = {option.code: worded(option.label, languages) or option.code for option in options}
    labels |= {code: _told(labels.get(code, ""), kind) for code, kind in item.missing.items()}
    codes = {code: value for code in labels if (value := _as(code, numbers)) is not None}
    if suffix != ".dta":
        about.value_labels[name] = {value: _cut(labels[code], longest, suffix) for code, value in codes.items()}
        if missing := [codes[code] for code in item.missing if code in codes]:
            kept = [value for code, value in codes.items() if code not in item.missing]
            about.missing[name] = _declared(missing, kept, column if numbers else None, item.name)
        return column
    if not numbers and item.kind != "select_one":
        return column  # Stata labels numbers only: texts stay as they are
    written: dict[Any, Any] = {}
    for k, (code, value) in enumerate(codes.items()):
        kind = item.missing.get(code)
        written[value] = LETTERS[kind] if kind is not None else value if numbers else k + 1
        about.value_labels.setdefault(name, {}).setdefault(written[value], _cut(labels[code], longest, suffix))
    if letters := [letter for letter in dict.fromkeys(written.values()) if isinstance(letter, str)]:
        about.missing[name] = letters
    return _recoded(column, written, numbers=numbers, letters=bool(letters), name=item.name)


def _recoded(column: Any, written: Mapping[Any, Any], *, numbers: bool, letters: bool, name: str) -> Any:
    import pandas as pd

    values = [None if pd.isna(value) else written.get(value, value) for value in column.tolist()]
    if not numbers and any(not pd.isna(value) and value not in written for value in column.tolist()):
        raise InputError(f"{name!r} holds codes that are not in the list of the form.", "Put the data to validation first.")
    return pd.Series(values, dtype=object if letters and any(isinstance(v, str) for v in values) else "float64")


def _as(code: str, numbers: bool) -> Any:
    """A code as it stands in a column of numbers or of texts; None where it cannot."""
    if not numbers:
        return code
    try:
        value = float(code)
    except ValueError:
        return None
    return int(value) if value.is_integer() else value


def _told(label: str, kind: Missing) -> str:
    """A label that names its kind in English, so that a reader of the file can tell."""
    if guess(label) is kind:
        return label
    added = f"{label} ({kind.value})" if label else kind.value
    return added if guess(added) is kind else kind.value


def _declared(missing: list[Any], kept: list[Any], column: Any, name: str) -> list[Any]:
    """Missing codes as SPSS declares them: three at most, or a range with no answer in it, and one more."""
    if column is None:
        if len(missing) > 3 or any(len(code.encode()) > _TEXT_CODE for code in missing):
            raise InputError(f"{name!r} has missing codes that SPSS cannot declare: at most three, of {_TEXT_CODE} bytes each.")
        return missing
    if len(missing) <= 3:
        return sorted(missing)
    codes = sorted(missing)
    answers = [*kept, *(value for value in column.dropna().unique().tolist() if value not in codes)]
    for low, high, more in ((0, len(codes), []), (0, len(codes) - 1, codes[-1:]), (1, len(codes), codes[:1])):
        ends = codes[low], codes[high - 1]
        if not any(ends[0] <= value <= ends[1] for value in answers):
            return [{"lo": ends[0], "hi": ends[1]}, *more]
    raise InputError(f"{name!r} has {len(missing)} missing codes with answers between them, which SPSS cannot declare.")


def _cut(text: str, longest: int, suffix: str) -> str:
    """A label no longer than the file allows, cut between letters."""
    line = " ".join(text.split())
    if suffix == ".dta":
        return line[:longest]
    return line.encode()[:longest].decode(errors="ignore")


def _written(writer: Any, frame: pd.DataFrame, target: Path, about: _About, form: Instrument) -> None:
    labels = {name: text for name, text in about.labels.items() if text}
    value_labels = {name: given for name, given in about.value_labels.items() if given}
    common: dict[str, Any] = {"file_label": form.name[:60], "column_labels": labels, "variable_value_labels": value_labels}
    if target.suffix.lower() == ".dta":
        writer.write_dta(frame, str(target), missing_user_values=about.missing, **common)
    else:
        writer.write_sav(frame, str(target), missing_ranges=about.missing, compress=target.suffix.lower() == ".zsav", **common)


def _failed(target: Path, trouble: Exception) -> InputError:
    return InputError(
        f"{target.name!r} cannot be written ({type(trouble).__name__}).",
        "Columns that mix texts and numbers, or hold lists, cannot stand in such a file: put the data to validation first.",
    )
