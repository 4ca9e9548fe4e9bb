"""A column as it stands in the file: its codes, which of them are kinds of missing answers, which mean yes and which no.

Everything is decided once for each code that occurs. A coding is never guessed from the numbers: it is declared, or the form or the value
labels say it, or the column holds true/false or 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, factorise
from evidencekit.errors import InputError
from evidencekit.frames import Dataset
from evidencekit.instrument.expressions import Texts
from evidencekit.instrument.expressions.values import number_of
from evidencekit.instrument.indicators.concepts import Coded, code_text
from evidencekit.instrument.items import Item
from evidencekit.instrument.spelling import speller
from evidencekit.missingness import Missing

__all__ = ["Coding", "Column", "coding_of", "column_of", "is_yes_no"]

WORDS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Column:
    """The answers of one column: ``at`` (n,) is a place in `codes` (as forms write them), -1 where it is blank; `kinds` per code."""

    name: str
    at: Codes
    codes: tuple[str, ...]
    kinds: tuple[Missing | None, ...]
    several: bool
    flags: bool

    def row_kinds(self) -> NDArray[np.object_]:
        """Why there is no answer, per row: None where there is one; a blank without a code is unstated."""
        return np.array([*self.kinds, Missing.UNSTATED], dtype=object)[self.at]

    def as_texts(self, at: Codes, more: tuple[str, ...] = ()) -> Texts:
        """The answers as a form's expressions see them; `at` may also point at codes of `more`, which stand behind its own."""
        missing = {code for code, kind in zip(self.codes, self.kinds, strict=True) if kind is not None}
        coded = np.array([*(kind is not None for kind in self.kinds), *(False for _ in more), False])
        levels = tuple(dict.fromkeys((*self.codes, *more)))
        place = np.array([*(levels.index(code) for code in (*self.codes, *more)), -1], dtype=np.intp)
        return Texts(place[at], levels, coded[at], frozenset(missing))


@dataclass(frozen=True, slots=True)
class Coding:
    """Which codes of a column mean yes and which no."""

    yes: frozenset[str]
    no: frozenset[str]

    def means(self, code: str, *, several: bool) -> bool | None:
        """Whether a code means yes or no; None when it is neither."""
        chosen = set(code.split()) if several else {code}
        if chosen & self.yes:
            return True
        return False if chosen <= self.no else None


def column_of(series: Any, data: Any, item: Item | None, declared: Coded | None) -> Column:
    """Read a column.

    Parameters
    ----------
    series : narwhals Series
        As it stands in the file, missing codes and all.
    data : Dataset or data frame
        Where it is from; a Dataset knows its missing codes.
    item : Item, optional
        What the form says of it.
    declared : Coded, optional
        What the analyst says of it.
    """
    found, name = factorise(series), series.name
    several = bool(declared and declared.several) or bool(item and item.kind == "select_multiple")
    known = dict(data.missing.get(name, {})) if isinstance(data, Dataset) else {}
    of_form = dict(item.missing) if item is not None else {}
    meant = _meant(item, known)
    of_key = [meant(key) for key in found.keys]
    kinds: dict[str, Missing | None] = {}
    for key, code in zip(found.keys, of_key, strict=True):
        kinds[code] = kinds.get(code) or _kind(key, code, known, of_form, several)
    codes = tuple(kinds)
    place = {code: k if code else -1 for k, code in enumerate(codes)}  # a blank text is no answer
    at = np.array([*(place[code] for code in of_key), -1], dtype=np.intp)[found.codes]
    return Column(name, at, codes, tuple(kinds.values()), several, all(isinstance(key, bool) for key in found.keys) and bool(codes))


def _meant(item: Item | None, known: Mapping[Any, Missing]) -> Callable[[Any], str]:
    """The code that a value stands for: by the list of the form where it has one, as `validate` takes it, else as codes are compared."""
    spelt = None if item is None else speller(item, known)
    if item is None or item.choices is None or spelt is None:
        return code_text
    listed = (*item.choices.codes, *item.missing)
    numbers = {number: code for code in reversed(listed) if (number := number_of(code)) == number}

    def meant(key: Any) -> str:
        if isinstance(key, str):
            return spelt(key)
        code = code_text(key)
        return code if code in listed or isinstance(key, bool) else numbers.get(number_of(code), code)

    return meant


def _kind(key: Any, code: str, known: Mapping[Any, Missing], of_form: Mapping[str, Missing], several: bool) -> Missing | None:
    for declared, kind in known.items():
        if isinstance(declared, tuple):
            if not isinstance(key, str) and declared[0] <= key <= declared[1]:
                return kind
        elif code_text(declared) == code:
            return kind
    if several:
        return next((of_form[part] for part in code.split() if part in of_form), None)
    return of_form.get(code)


def coding_of(column: Column, data: Any, item: Item | None, declared: Coded | None) -> Coding:
    """Which codes of a column mean yes and which no.

    Raises
    ------
    InputError
        Nothing says it, or some answers are neither; the message counts them and names no code.
    """
    if declared is not None:
        made = Coding(frozenset(declared.yes), frozenset(declared.no))
    elif column.flags:
        made = Coding(frozenset({"1"}), frozenset({"0"}))
    elif listed := _listed(column, data, item):
        made = _labelled(column, listed)
    else:
        made = _plain(column)
    neither = [k for k, code in enumerate(column.codes) if column.kinds[k] is None and made.means(code, several=column.several) is None]
    if neither:
        rows = int(np.isin(column.at, [k for k in neither if column.codes[k]]).sum())
        if rows:
            raise InputError(
                f"{rows:,} answers of column {column.name!r} have codes that mean neither yes nor no.",
                f"Say which do: items={{...: Coded({column.name!r}, yes=..., no=...)}}, and declare the kinds of missing answers in "
                "Dataset(missing=...) or in the form.",
            )
    return made


def is_yes_no(column: Column, data: Any, item: Item | None, declared: Coded | None) -> Coding | None:
    """The coding of a column that is a yes/no question; None where it is another question."""
    try:
        return coding_of(column, data, item, declared)
    except InputError:
        return None


def _listed(column: Column, data: Any, item: Item | None) -> dict[str, set[str]]:
    """Every code that the form or the value labels list, with its labels; kinds of missing answers are left out."""
    found: dict[str, set[str]] = {}
    missing: set[str] = {code for code, kind in zip(column.codes, column.kinds, strict=True) if kind is not None}
    if item is not None and item.choices is not None:
        missing |= set(item.missing)
        for option in item.choices.listed:
            found.setdefault(option.code, set()).update(option.label.values() if isinstance(option.label, Mapping) else [option.label])
    if not found and isinstance(data, Dataset):
        for code, label in data.value_labels.get(column.name, {}).items():
            found.setdefault(code_text(code), set()).add(str(label))
        missing |= {code_text(code) for code in data.missing.get(column.name, {}) if not isinstance(code, tuple)}
    return {code: labels for code, labels in found.items() if code not in missing}


def _labelled(column: Column, listed: Mapping[str, set[str]]) -> Coding:
    """Yes and no by their labels, or by codes that are these words."""
    sides: dict[bool, set[str]] = {True: set(), False: set()}
    for code, labels in listed.items():
        said = {WORDS[word] for text in (*labels, code) if (word := text.strip().casefold()) in WORDS}
        if len(said) == 1:
            sides[said.pop()].add(code)
    if sides[True] and sides[False]:
        return Coding(frozenset(sides[True]), frozenset(sides[False]))
    raise InputError(
        f"The labels of column {column.name!r} do not say which code is yes and which is no.",
        f"Say it: items={{...: Coded({column.name!r}, yes=..., no=...)}}.",
    )


def _plain(column: Column) -> Coding:
    """0 and 1, where nothing is labelled; a column of 1s alone could be coded either way."""
    answered = {code for code, kind in zip(column.codes, column.kinds, strict=True) if kind is None and code}
    if answered == {"0", "1"} or answered <= {"0"}:
        return Coding(frozenset({"1"}), frozenset({"0"}))
    raise InputError(
        f"Column {column.name!r} is not coded 0 and 1, and nothing says which of its codes is yes.",
        f"Say it: items={{...: Coded({column.name!r}, yes=..., no=...)}}; or give the form, form=Instrument(...), or a Dataset with value "
        "labels.",
    )
