"""Writing a form as an XLSForm that pyxform and ODK Validate take, and that reading makes the same form of again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evidencekit.errors import InputError, in_our_words
from evidencekit.instrument.items import Choices, Item, Part, walk
from evidencekit.instrument.xlsform.headings import CHOICES, SURVEY, heading, split_language
from evidencekit.instrument.xlsform.lists import yes
from evidencekit.instrument.xlsform.protections import (
    EXCLUSIVE,
    MISSING,
    MISSING_OF_ITEM,
    NAMESPACE,
    PURPOSE,
    ROLE,
    exclusive,
    own_kinds,
    with_codes,
    written_kinds,
)
from evidencekit.instrument.xlsform.reading import KEPT, ReadForm
from evidencekit.instrument.xlsform.types import written_type
from evidencekit.reading.files import need

__all__ = ["write_form"]

Cells = dict[str, str]
_LONGEST = 32_767  # characters in a cell of Excel
_UNWRITABLE = "Close the program that holds it open, or write to another folder."
_SETTINGS = ("form_title", "form_id", "version")
_OF_ITEMS = frozenset({"name", "relevant", "constraint", "calculation", ROLE, PURPOSE, MISSING_OF_ITEM, "disabled"})
_OF_GROUPS = frozenset({"name", "relevant"})
_OF_OPTIONS = frozenset({"list_name", "name", MISSING, EXCLUSIVE})
# The order of columns; others follow as they come.
_FIRST = ("type", "list_name", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "calculation")


def write_form(form: ReadForm, path: str | os.PathLike[str]) -> Path:
    """Write a form as a workbook; a file that is there is replaced.

    Raises
    ------
    InputError
        The path does not end in ``.xlsx`` or its folder is not there, an item of the kind ``"other"`` or ``"metadata"`` does not say its
        type, further columns have the name of one that an item has already, or a text is longer than a cell.
    MissingExtra
        The package xlsxwriter is not installed.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"to_xlsform() takes the path of a file, not a {type(path).__name__}.")
    file = Path(path)
    if file.suffix.lower() != ".xlsx":
        raise InputError("An XLSForm is written as .xlsx.", "Let the path end so.")
    if not file.parent.is_dir():
        raise InputError(f"There is no folder to write {file.name!r} in.", "Make it first, or check the path.")
    sheets = _sheets(form)
    xlsxwriter = need("xlsxwriter", "excel", "Writing .xlsx files")

    def write() -> Path:
        with xlsxwriter.Workbook(str(file)) as book:
            bold = book.add_format({"bold": True})
            for name, rows in sheets.items():
                _fill(book.add_worksheet(name), rows, bold)
        return file

    return in_our_words(write, lambda trouble: InputError(f"{file.name!r} cannot be written ({type(trouble).__name__}).", _UNWRITABLE))


def _fill(page: Any, rows: Sequence[Cells], bold: Any) -> None:
    """Write the headings and the rows of a sheet, every cell as text."""
    columns = _columns(rows)
    for k, column in enumerate(columns):
        page.write_string(0, k, column, bold)
    for number, row in enumerate(rows, 1):
        for k, column in enumerate(columns):
            if row.get(column):
                page.write_string(number, k, row[column])
    page.freeze_panes(1, 0)


def _sheets(form: ReadForm) -> dict[str, list[Cells]]:
    """The rows of every sheet; each has a cell for the label of every language, blank where there is none."""
    items = [part for part, _ in walk(form.items) if isinstance(part, Item)]
    languages = _label_columns(form, items)
    survey = [{**languages, **row} for row in _survey(form.items)]
    lists = {external: _listed(items, external=external) for external in (False, True)}
    sheets = {"survey": survey}
    for external, name in ((False, "choices"), (True, "external_choices")):
        rows = [{**languages, **row} for choices in lists[external] for row in _choices(choices)]
        rows += json.loads(form.other.get(f"sheet:{name}", "[]"))
        sheets |= {name: rows} if rows else {}
    sheets["settings"] = [_settings(form, items, sheets)]
    sheets |= {name: json.loads(form.other[f"sheet:{name}"]) for name in KEPT if f"sheet:{name}" in form.other}
    for name, rows in sheets.items():
        if any(len(text) > _LONGEST for row in rows for text in row.values()):
            raise InputError(f"A text for the sheet {name!r} is longer than a cell can be: {_LONGEST:,} characters.", "Shorten it.")
    return sheets


def _label_columns(form: ReadForm, items: Sequence[Item]) -> Cells:
    """A blank label for each language."""
    spoken = dict.fromkeys([*form.languages, *(language for label in _labels(form, items) for language in label)])
    if not spoken or "" in spoken:
        spoken = {"": None, **spoken}
    return {f"label::{language}" if language else "label": "" for language in spoken}


def _labels(form: ReadForm, items: Sequence[Item]) -> Iterator[Mapping[str, str]]:
    for part, _ in walk(form.items):
        yield _label(part)
    for item in items:
        for option in item.choices.listed if item.choices else ():
            yield _as_mapping(option.label)


def _as_mapping(label: str | Mapping[str, str]) -> Mapping[str, str]:
    return {"": label} if isinstance(label, str) else label


def _label(part: Part) -> Mapping[str, str]:
    return _as_mapping(part.label)


def _labelled(label: Mapping[str, str]) -> Cells:
    return {f"label::{language}" if language else "label": text for language, text in label.items()}


def _survey(parts: Sequence[Part]) -> Iterator[Cells]:
    for part in parts:
        if isinstance(part, Item):
            yield _item(part)
            continue
        sort = "repeat" if part.repeat else "group"
        _refuse_twice(part.other, _OF_GROUPS | ({"repeat_count"} if part.repeat else frozenset()), SURVEY, f"group {part.name!r}")
        begin = {"type": f"begin_{sort}", "name": part.name, **_labelled(_label(part)), "relevant": part.relevant}
        yield {**begin, **({"repeat_count": part.count} if part.repeat else {}), **part.other}
        yield from _survey(part.items)
        end = "loop" if "loop" in part.other.get("type", "").lower() else sort
        yield {"type": f"end_{end}"}


def _item(item: Item) -> Cells:
    what = f"item {item.name!r}"
    _refuse_twice(item.other, _OF_ITEMS, SURVEY, what)
    if "required" in item.other and (item.required or yes(item.other["required"])):
        raise InputError(f"other= of {what} holds 'required' beside the parameter.", "Keep it for an expression, and leave required= out.")
    kind = item.other.get("type") or written_type(item)
    if not kind:
        raise InputError(f"The type of {what} cannot be told from its kind {item.kind!r}.", 'Say it: other={"type": "..."}.')
    return {
        "type": kind,
        "name": item.name,
        **_labelled(_label(item)),
        "required": "yes" if item.required else "",
        "relevant": item.relevant,
        "constraint": with_codes(item),
        "calculation": item.calculation,
        **{column: text for column, text in item.other.items() if column != "type"},
        ROLE: item.role or "",
        PURPOSE: item.purpose,
        MISSING_OF_ITEM: written_kinds(own_kinds(item)),
    }


def _listed(items: Sequence[Item], *, external: bool) -> list[Choices]:
    """The lists in one of the two sheets, each once."""
    inside = (i for i in items if i.choices and ("external" in i.other.get("type", "")) == external)
    return list({item.choices.name: item.choices for item in inside if item.choices}.values())


def _choices(choices: Choices) -> Iterator[Cells]:
    for option in choices.listed:
        _refuse_twice(option.other, _OF_OPTIONS, CHOICES, f"an option of the list {choices.name!r}")
        yield {
            "list_name": choices.name,
            "name": option.code,
            **_labelled(_as_mapping(option.label)),
            **option.other,
            MISSING: option.missing.value if option.missing else "",
            EXCLUSIVE: exclusive(option),
        }


def _settings(form: ReadForm, items: Sequence[Item], sheets: Mapping[str, Sequence[Cells]]) -> Cells:
    other = {column: text for column, text in form.other.items() if not column.startswith("sheet:")}
    if taken := sorted(set(other) & set(_SETTINGS)):
        raise InputError(f"other= of the form holds {taken[0]!r}, which has a parameter of its own.", "Use title=, name= or version=.")
    row = {"form_title": form.title, "form_id": form.name, "version": form.version, **other}
    if form.languages and not any(row.get("label") for rows in sheets.values() for row in rows):
        row.setdefault("default_language", form.languages[0])
    if any(item.role or item.purpose or own_kinds(item) for item in items):
        row["namespaces"] = f"{row.get('namespaces', '')} {NAMESPACE}".strip()
    choices = sheets.get("choices", ())
    if len({(row.get("list_name"), row.get("name")) for row in choices}) < len(choices):
        row["allow_choice_duplicates"] = "yes"
    return row


def _refuse_twice(other: Mapping[str, str], own: frozenset[str], known: Mapping[str, str], what: str) -> None:
    """Raise when a further column is one that the part has already, or another spelling of a known one."""
    for column in other:
        spelt = heading(column, known)
        if spelt in own or split_language(spelt)[0] == "label":
            raise InputError(f"other= of {what} holds {column!r}, which has a parameter of its own.", "Put it there.")
        if spelt != column:
            raise InputError(f"other= of {what} holds {column!r}, which XLSForm calls {spelt!r}.", "Call it so.")


def _columns(rows: Sequence[Cells]) -> list[str]:
    """The columns in use, the usual ones first. A label stays when it is blank: it shows that a translation is missing."""
    found = dict.fromkeys(column for row in rows for column, text in row.items() if text or split_language(column)[0] == "label")
    place = {name: k for k, name in enumerate(_FIRST)}
    return sorted(found, key=lambda column: place.get(split_language(column)[0], len(place)))
