"""Reading an XLSForm, as lenient as the field: whatever still has one meaning is read, and what was left out is remarked on."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from evidencekit.errors import InputError
from evidencekit.instrument.items import Part, walk
from evidencekit.instrument.xlsform.headings import CHOICES, SETTINGS, SURVEY, split_language
from evidencekit.instrument.xlsform.lists import Lists, lists_of
from evidencekit.instrument.xlsform.protections import without_namespace
from evidencekit.instrument.xlsform.remarks import Remark
from evidencekit.instrument.xlsform.rows import Survey
from evidencekit.instrument.xlsform.sheets import Cells, Table, cell, form_file, table, workbook

__all__ = ["KEPT", "ReadForm", "read_form"]

KEPT = ("entities", "osm")  # sheets of the standard that are kept as they are
_SHEETS = ("survey", "choices", "settings", "external_choices", *KEPT)


@dataclass(frozen=True, slots=True)
class ReadForm:
    """What an XLSForm says: the parameters of an Instrument."""

    name: str
    items: tuple[Part, ...]
    title: str = ""
    version: str = ""
    languages: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()


def read_form(path: str | os.PathLike[str]) -> ReadForm:
    """Read the form in a workbook.

    Raises
    ------
    InputError
        There is no form at the path: no workbook, no sheet ``survey``, no headings of XLSForm, no type that is known, or groups that do
        not begin or end.
    """
    file = form_file(path)
    sheets, remarks = _by_role(workbook(file), file)
    survey = table(sheets["survey"], "survey", SURVEY, ("type", "name"))
    languages = _languages(survey)
    lists, external = (_lists(sheets, name, languages) for name in ("choices", "external_choices"))
    read = Survey(lists, external)
    parts = read.parts(survey.rows)
    if not parts:
        raise InputError(f"The sheet 'survey' of {file.name!r} has no questions.")
    settings = _settings(sheets.get("settings", ()), remarks)
    settings |= {column: text for column, text in read.settings.items() if column not in settings}
    spoken = tuple(dict.fromkeys([*languages, *_languages_of(sheets.get("choices", ()), languages)]))
    unsaid = _without_language(parts, lists, external)
    other = {column: text for column, text in settings.items() if column not in ("form_title", "form_id", "version")}
    spoken = _default_first(spoken, other, unsaid=unsaid)
    _tidy(other, duplicates=any(len(set(c.codes)) < len(c.listed) for c in lists.by_name.values()))
    other |= {f"sheet:{name}": text for name in KEPT if (text := _as_it_is(table(sheets.get(name, ()), name, CHOICES, ())))}
    spare = (("choices", lists, read.used), ("external_choices", external, read.used_external))
    other |= {f"sheet:{name}": text for name, of, used in spare if (text := _spare(of, used))}
    return ReadForm(
        settings.get("form_id") or file.stem,
        parts,
        settings.get("form_title", ""),
        settings.get("version", ""),
        spoken,
        other,
        (*remarks, *survey.remarks, *lists.remarks, *external.remarks, *read.remarks),
    )


def _by_role(sheets: Mapping[str, Cells], file: Path) -> tuple[dict[str, Cells], list[Remark]]:
    """The sheets that are part of a form; a workbook of one sheet is its survey."""
    found: dict[str, Cells] = {}
    remarks: list[Remark] = []
    for name, cells in sheets.items():
        role = "_".join(name.casefold().split())
        if role in _SHEETS and role not in found:
            found[role] = cells
        elif any(cell(value) for row in cells for value in row):
            remarks.append(Remark("extra-sheet", "", f"The sheet {name!r} is no part of an XLSForm and was not read."))
    if "survey" not in found and len(sheets) == 1:
        return {"survey": next(iter(sheets.values()))}, []
    if "survey" not in found:
        near = get_close_matches("survey", [name.casefold() for name in sheets], n=1)
        hint = f"Rename {near[0]!r} to 'survey'." if near else "Its questions stand in a sheet of that name."
        raise InputError(f"{file.name!r} has no sheet 'survey', so it is not an XLSForm.", hint)
    return found, remarks


def _lists(sheets: Mapping[str, Cells], name: str, languages: Sequence[str]) -> Lists:
    cells = sheets.get(name, ())
    if not any(cell(value) for row in cells for value in row):
        return Lists()
    return lists_of(table(cells, name, CHOICES, ("list_name", "name"), languages=languages), name)


def _languages(sheet: Table) -> tuple[str, ...]:
    """The languages of the labels of a sheet."""
    split = [split_language(column) for column in sheet.headings]
    return tuple(dict.fromkeys(language for base, language in split if base == "label" and language))


def _headings(cells: Cells) -> tuple[str, ...]:
    """The headings of the choices, if they are there."""
    full = any(cell(value) for row in cells for value in row)
    return table(cells, "choices", CHOICES, ("list_name", "name")).headings if full else ()


def _languages_of(cells: Cells, languages: Sequence[str]) -> tuple[str, ...]:
    """The languages of the choices, in the spelling of the survey where it has them."""
    known = {language.casefold(): language for language in languages}
    found = [split_language(column) for column in _headings(cells)]
    return tuple(known.get(language.casefold(), language) for base, language in found if base == "label" and language)


def _settings(cells: Cells, remarks: list[Remark]) -> dict[str, str]:
    """The first row of the settings; another row is remarked on."""
    found = table(cells, "settings", SETTINGS, ())
    remarks.extend(found.remarks)
    if len(found.rows) > 1:
        remarks.append(Remark("settings-rows", "", f"The sheet 'settings' has {len(found.rows)} rows; the first was read."))
    return dict(found.rows[0].cells) if found.rows else {}


def _without_language(parts: Sequence[Part], *lists: Lists) -> bool:
    """Whether any label stands under a heading that does not say its language."""
    options = (option for of in lists for choices in of.by_name.values() for option in choices.listed)
    return any("" in label for label in (*(part.label for part, _ in walk(parts)), *(option.label for option in options)))


def _default_first(languages: tuple[str, ...], other: dict[str, str], *, unsaid: bool) -> tuple[str, ...]:
    """The languages with the default one first; the setting goes when writing would make it again from the first language."""
    said = other.get("default_language", "")
    default = next((language for language in languages if language.casefold() == said.casefold()), None)
    if default is None:
        return languages
    if not unsaid:
        del other["default_language"]
    return (default, *(language for language in languages if language != default))


def _tidy(other: dict[str, str], *, duplicates: bool) -> None:
    """Take out the settings that writing adds by itself."""
    if spaces := other.pop("namespaces", ""):
        other |= {"namespaces": left} if (left := without_namespace(spaces)) else {}
    if duplicates:
        other.pop("allow_choice_duplicates", None)


def _as_it_is(sheet: Table) -> str:
    """The rows of a sheet as text, to be written again."""
    return _json([dict(row.cells) for row in sheet.rows])


def _spare(lists: Lists, used: set[str]) -> str:
    """The rows of lists that no question uses, to be written again."""
    return _json([dict(row.cells) for name, rows in lists.rows.items() if name not in used for row in rows])


def _json(rows: list[dict[str, str]]) -> str:
    return json.dumps(rows, ensure_ascii=False, sort_keys=True) if rows else ""
