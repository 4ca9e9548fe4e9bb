"""write_labelled: answers with their labels and kinds of missing as an SPSS or a Stata file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidencekit.errors import InputError, in_our_words
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.instrument.devices import names_somebody
from evidencekit.instrument.exports.stored import LETTERS, Stored, in_spss, in_stata, source_of
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import target_of
from evidencekit.instrument.validating.describing import language_of
from evidencekit.instrument.wording import languages_from, worded
from evidencekit.reading.files import need

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LETTERS", "write_labelled"]

_LONGEST = {".dta": (32, 80, 32_000), ".sav": (64, 256, 120)}  # of a name (letters), a label and a value label (bytes; letters in Stata)
_IDENTIFYING = ("direct-identifier", "free-text")


def write_labelled(data: Any, form: Instrument, path: str | Path, *, language: str | None = None, identifying: Sequence[str] = ()) -> Path:
    """Write answers as an SPSS or Stata file, with the form's labels and each kind of missing declared.

    Parameters
    ----------
    data : Dataset or data frame
        The answers, in memory. What a Dataset says (a code for "not asked", labels of columns that are no items) is written too, where
        the form says nothing.
    form : Instrument
        The form.
    path : str or Path
        Ends in ``.sav``, ``.zsav`` (SPSS) or ``.dta`` (Stata).
    language : str, optional
        Of the labels; by default the form's first. Part of its name is enough: ``"fr"`` for ``"French (fr)"``.
    identifying : sequence of str
        Columns whose role is direct identifier or free text, or in which a device wrote what tells it, its user or a place, and that are
        to be in the file all the same. By default none: data with such columns are refused, because the file is usually passed on.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    InputError
        The path ends in something else; a column identifies people and is not named; two columns would have one name; a column is numbers
        by the form and holds a text that is none, or mixes both; or it has more missing codes than SPSS can declare.
    MissingExtra
        pyreadstat is not installed.

    Notes
    -----
    Columns are written in the type that the form says: codes read as texts become numbers where all codes of the list are, and days
    become days of the file unless missing codes stand among them. In SPSS files codes stay and are declared missing: up to three, or a
    range that holds no answer and one more. In Stata files they become ``.d`` (don't know), ``.r`` (prefer not to say), ``.n`` (not
    asked), ``.e`` (not reached), ``.t`` (technical), ``.u`` (unstated), ``.s`` (suppressed); lists whose codes are words are numbered
    from 1 in their order, since Stata labels numbers only. Texts have no missing codes in Stata: they are blank there, and a column
    beside (``name_missing``) says why. A question with several answers gets a column of 0 and 1 for each, ``name_code``, with the
    letter where it was not answered. Where the label of a missing code does not name its kind in English the kind is added in brackets,
    so that `evidencekit.read` finds it again. Signs that names cannot have become ``_``.

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
    languages = languages_from(form, language_of(form, language))
    frame, about = _pandas(data), data if isinstance(data, Dataset) else None
    _refuse_identifying(list(frame.columns), form, [identifying] if isinstance(identifying, str) else identifying)
    columns = _stored(frame, about, form, languages, ".dta" if suffix == ".dta" else ".sav")
    in_our_words(lambda: _written(writer, columns, target, form), lambda trouble: _failed(target, trouble))
    return target


def _refuse_identifying(columns: Sequence[str], form: Instrument, named: Sequence[str]) -> None:
    there = [item for item in form.questions if item.name in columns and item.name not in named]
    by_role = [item.name for item in there if item.role in _IDENTIFYING]
    found = [item.name for item in there if item.role in _IDENTIFYING or names_somebody(item)]
    if found:
        why = "by their roles in the form" if len(by_role) == len(found) else "by their roles in the form or by what a device writes"
        raise InputError(
            f"Columns identify people {why}: {', '.join(map(repr, found))}.",
            "Drop them, or name those that the file must have in identifying=[...].",
        )


def _stored(frame: pd.DataFrame, about: Dataset | None, form: Instrument, languages: tuple[str, ...], kind: str) -> list[Stored]:
    """The columns of the file by name, in the order of the data."""
    items = {item.name: item for item in form.questions}
    longest, label_size, value_size = _LONGEST[kind]
    names = _names(list(frame.columns), longest)
    out: dict[str, Stored] = {}
    for old, new in names.items():
        if new in out:
            continue  # a column of 0 and 1 that was made with its question
        item = items.get(old)
        label = (worded(item.label, languages) if item is not None else "") or (about.labels.get(old, "") if about else "")
        source = source_of(
            frame[old],
            item,
            name=old,
            label=_cut(label, label_size, kind),
            value_labels=about.value_labels.get(old, {}) if about else {},
            missing=about.missing.get(old, {}) if about else {},
            languages=languages,
        )
        if kind == ".sav":
            out[new] = in_spss(source, partial(_cut, longest=value_size, suffix=kind))
            continue
        out[new], *beside = in_stata(source, partial(_cut, longest=value_size, suffix=kind))
        for one in beside:
            made = names.get(one.name) or _free(one.name, {*names.values(), *out}, longest)
            out[made] = replace(one, label=_cut(one.label, label_size, kind))
    return [replace(column, name=name) for name, column in out.items()]


def _pandas(data: Any) -> pd.DataFrame:
    import pandas as pd

    frame = eager(open_data(data.frame if isinstance(data, Dataset) else data).frame, "Writing a labelled file")
    if str(frame.implementation.value) == "pandas":
        return frame.to_native().reset_index(drop=True).copy()
    return pd.DataFrame({name: pd.Series(frame[name].to_list()) for name in frame.columns})


def _names(columns: Sequence[str], longest: int) -> dict[str, str]:
    """Names that the file can have."""
    made = {name: _plain(name)[:longest] for name in columns}
    twice = [new for new, count in Counter(name.casefold() for name in made.values()).items() if count > 1]
    if twice:
        raise InputError(f"{len(twice)} names of columns would be the same in this kind of file.", f"Names have at most {longest} letters.")
    return made


def _plain(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return plain if plain[:1].isalpha() else f"v{plain}"


def _free(name: str, taken: set[str], longest: int) -> str:
    """A name for a column that is made, cut and numbered where it is long or taken."""
    plain, used = _plain(name), {one.casefold() for one in taken}
    if len(plain) <= longest and plain.casefold() not in used:
        return plain
    tries = (f"{plain[: longest - len(str(k)) - 1]}_{k}" for k in range(1, len(used) + 2))
    return next(one for one in tries if one.casefold() not in used)


def _cut(text: str, longest: int, suffix: str) -> str:
    """A label no longer than the file allows, cut between letters."""
    line = " ".join(text.split())
    if suffix == ".dta":
        return line[:longest]
    return line.encode()[:longest].decode(errors="ignore")


def _written(writer: Any, columns: Sequence[Stored], target: Path, form: Instrument) -> None:
    import pandas as pd

    frame = pd.DataFrame({column.name: column.values for column in columns})
    common: dict[str, Any] = {
        "file_label": form.name[:60],
        "column_labels": {column.name: column.label for column in columns if column.label},
        "variable_value_labels": {column.name: dict(column.value_labels) for column in columns if column.value_labels},
    }
    missing = {column.name: list(column.missing) for column in columns if column.missing}
    if target.suffix.lower() == ".dta":
        writer.write_dta(frame, str(target), missing_user_values=missing, **common)
    else:
        writer.write_sav(frame, str(target), missing_ranges=missing, compress=target.suffix.lower() == ".zsav", **common)


def _failed(target: Path, trouble: Exception) -> InputError:
    return InputError(
        f"{target.name!r} cannot be written ({type(trouble).__name__}).",
        "Columns that mix kinds of values, or hold lists, cannot stand in such a file: put the data to validation first.",
    )
