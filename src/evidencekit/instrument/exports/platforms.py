"""read_export: what KoboToolbox, ODK and SurveyCTO write, as the form has it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError, how_many, one_of
from evidencekit.frames import Dataset
from evidencekit.instrument.devices import names_somebody
from evidencekit.instrument.exports.coding import codes_of_labels, heads_are_labels, labels_of, no_label, refuse_labels, typed
from evidencekit.instrument.exports.opening import tables_in
from evidencekit.instrument.exports.unfolding import unfolded
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.rules.answers import Answers, chosen_in, texts_of
from evidencekit.instrument.rules.placing import KEYS, PLATFORM, SIGNS, VERSIONS, Placed, placed
from evidencekit.instrument.rules.plans import Line, Sheet, plan_of
from evidencekit.instrument.rules.tables import Table
from evidencekit.instrument.spelling import respelt
from evidencekit.instrument.validating.describing import dataset, described, language_of
from evidencekit.instrument.validating.running import need_form

__all__ = ["Export", "read_export"]

_KEPT = frozenset({*VERSIONS, *(name for pair in KEYS[:2] for name in pair)})
"""Columns of platforms that validation needs, and that say nothing of anybody."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Export:
    """The tables of an export. Made by `read_export`.

    Parameters
    ----------
    main : Dataset
        A row for each interview.
    repeats : mapping of str to Dataset
        The tables of the repeats that were there, by name.
    notes : tuple of str
        What was done with the columns, in words.
    """

    main: Dataset
    repeats: Mapping[str, Dataset]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines = [f"Export: {self.main!r}", *(f"  repeat {name!r}: {data!r}" for name, data in self.repeats.items())]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    def __reduce__(self) -> NoReturn:
        raise InputError("An Export is not pickled: it holds children's answers.", "Send the file's path and read it again.")


def read_export(
    path: str | os.PathLike[str],
    form: Instrument,
    *,
    repeats: Mapping[str, str | os.PathLike[str]] | None = None,
    language: str | None = None,
    metadata: bool = False,
    decimal: str = ".",
    not_asked: int | None = None,
) -> Export:
    r"""Read an export of KoboToolbox, ODK or SurveyCTO with the form it was collected with.

    Parameters
    ----------
    path : str or path
        A ``.csv`` file (UTF-8; commas, semicolons or tabs), or an ``.xlsx`` workbook with a sheet for each table.
    form : Instrument
        What was asked.
    repeats : mapping of str to path or sheet, optional
        Where the tables of the form's repeats are: files for ``.csv``, names of sheets for a workbook. Without it they are looked for:
        sheets called like the repeat, files called ``main-repeat.csv`` beside the main one; and, where there are none, in the wide columns
        of SurveyCTO.
    language : str, optional
        The language of the labels; by default the first of the form.
    metadata : bool
        Keep the columns that platforms add (times, devices, positions of submissions, names of users) and columns the form does not have.
        By default they are left out, because they identify people; the keys of repeats and the version stay. What the form itself asks of
        the device (``start``, ``end`` and its like) stays always; a note names what of it tells people, devices or places.
    decimal : {".", ","}
        The decimal sign of ``.csv`` files.
    not_asked : int, optional
        A code to write into blank cells of those who were not asked; see `dataset`.

    Returns
    -------
    Export
        ``.main``, ``.repeats`` and ``.notes``. `validate` takes the first two.

    Raises
    ------
    InputError
        The columns are called like the labels of the questions; a question with several answers holds labels; a file cannot be read.

    Notes
    -----
    Columns get the names of their items, without those of groups (``group/age``, ``group-age`` and ``group.age`` become ``age``; where
    two items share a name they keep their path). A selection that holds labels is put back to codes where every answer is a label of
    one language and no two options share one; where not, it stays, and `validate` finds what is not in the list. A question with several
    answers that is only there in columns of 0 and 1 gets its column of codes; columns of 0 and 1 are kept, as ``item/code``. Numbers are
    read as numbers where the form says so: a text ``007`` stays one, and codes that a spreadsheet wrote as ``1.0`` or with spaces become
    those of the list. Only empty cells are blank: ``NA`` may be a code.

    Wide columns (``sort_1``, ``sort_2``; ``uses_chat_2`` for the code ``chat``) become a table with a row for each time a repeat was asked:
    as many as hold anything, or as ``device_count`` says where that is more. Its parents are found by ``KEY``, or by the number of the row,
    ``_index``. A column that may be read in two ways stays in the main table, with all those of its item; so do those of repeats within
    repeats.

    Examples
    --------
    >>> import tempfile, pathlib, evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.instrument.Group("about", [ek.Item("age", "integer", "How old are you?")])])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "lesson.csv")
    ...     _ = file.write_text("start;about/age;_id\n2025-01-01;14;1\n2025-01-01;15;2\n", encoding="utf-8")
    ...     export = ek.instrument.read_export(file, form)
    >>> export
    Export: Dataset(2 rows, 1 column)
      note: 2 columns of the platform or outside the form were left out
    """
    plan, spoken = plan_of(need_form(form).items), language_of(form, language)
    one_of("decimal", decimal, (".", ","))
    languages = tuple(dict.fromkeys((spoken, *form.languages, "")))
    frames = tables_in(path, [sheet.name for sheet in plan.sheets if sheet.parent is not None], repeats)
    notes: list[str] = []
    frames, kept = unfolded(plan, frames, notes)
    made: dict[str, Dataset] = {}
    for sheet in plan.sheets:
        if sheet.name in frames:
            stay = frozenset(frames[sheet.name].columns) if metadata else _KEPT | kept
            frame = _as_form(sheet, frames[sheet.name], languages, decimal=decimal, stay=stay, notes=notes)
            made[sheet.name] = _described(sheet, frame, form, spoken, not_asked)
    lost = [sheet.name for sheet in plan.sheets if sheet.name not in frames]
    notes += [f"no table was found for the repeat {name!r}" for name in lost]
    return Export(made[""], {name: data for name, data in made.items() if name}, tuple(notes))


def _as_form(sheet: Sheet, frame: Any, languages: Sequence[str], *, decimal: str, stay: AbstractSet[str], notes: list[str]) -> Any:
    """The frame with the columns the form has, under its names, and of the others those that are to stay."""
    frame = frame.rename(columns=_coded_heads(sheet, frame.columns, languages))
    places = placed(sheet, list(frame.columns))
    _refuse_heads(sheet, list(frame.columns), places)
    names = Counter(line.item.name for line in sheet.lines)
    columns: dict[str, Any] = {}
    lines = {column: line for line in sheet.lines if (column := places.of.get(line.path))}
    ticks = {column: (line, code) for line in sheet.lines for code, column in places.ticks.get(line.path, {}).items()}
    left = 0
    for column in frame.columns:
        if column in lines:
            line = lines[column]
            columns[_own(line, names)] = _cells(frame[column], line, languages, decimal, places, notes)
        elif column in ticks:
            line, code = ticks[column]
            columns[f"{_own(line, names)}/{code}"] = frame[column]
        elif column in stay:
            columns[column] = frame[column]
        else:
            left += 1
    where = f" of the repeat {sheet.name!r}" if sheet.name else ""
    notes += [f"{left} columns{where} of the platform or outside the form were left out"] if left else []
    if telling := [_own(line, names) for line in lines.values() if names_somebody(line.item)]:
        notes.append(f"what the device wrote{where} tells people, devices or places: {', '.join(map(repr, telling))}")
    _from_ticks(sheet, frame, places, columns, notes)
    return type(frame)(columns, index=frame.index)


def _own(line: Line, names: Mapping[str, int]) -> str:
    return line.item.name if names[line.item.name] == 1 else "/".join((*line.inner, line.item.name))


def _cells(column: Any, line: Line, languages: Sequence[str], decimal: str, places: Placed, notes: list[str]) -> Any:
    """A column as the form has it."""
    made = codes_of_labels(column, line.item, languages)
    if made is not None:
        notes.append(f"{line.id!r} held labels, and was put back to codes")
        column = made
    else:
        language, stray = no_label(column, line.item, languages)
        which = f"in {language!r} " if language else ""
        if stray:
            notes.append(f"{line.id!r} holds labels {which}and stays as it is: {how_many(stray, 'answer is', 'answers are')} none of them")
    if line.item.choices is not None and (rows := Answers(line.item, nw.from_native(column, series_only=True), line.item.missing).respelt):
        notes.append(respelt(rows, f" to {line.id!r}"))
    if line.item.kind in ("select_multiple", "rank") and line.path not in places.ticks:
        refuse_labels(column, line.item, languages)
    return typed(column, line.item, decimal=decimal)


def _from_ticks(sheet: Sheet, frame: Any, places: Placed, columns: dict[str, Any], notes: list[str]) -> None:
    """Make the columns of codes that are only there as 0 and 1, and say where both are there and differ."""
    names = Counter(line.item.name for line in sheet.lines)
    for line in sheet.lines:
        if not (ticks := places.ticks.get(line.path)):
            continue
        chosen = chosen_in({code: nw.from_native(frame[name], series_only=True) for code, name in ticks.items()})
        own = _own(line, names)
        known = line.item.choices.codes if line.item.choices else ()
        told = texts_of(nw.from_native(columns[own], series_only=True)) if own in columns else None
        if told is None or not any(set(text.split()) <= set(known) for text in told.levels):
            written = np.array([*chosen.levels, None], dtype=object)[chosen.at]
            columns[own] = type(frame.iloc[:, 0])(written, index=frame.index, dtype="str")
            notes.append(f"{line.id!r} was made from its {len(ticks)} columns of 0 and 1")
            continue
        one, other = (np.array([*(" ".join(sorted(t.split())) for t in x.levels), ""], dtype=object)[x.at] for x in (told, chosen))
        if differ := int(np.count_nonzero(one != other)):
            notes.append(f"{line.id!r} and its columns of 0 and 1 differ on {differ:,} rows: the codes were kept")


def _coded_heads(sheet: Sheet, columns: Sequence[str], languages: Sequence[str]) -> dict[str, str]:
    """Columns of 0 and 1 that are called by labels, to what they are called by codes."""
    out: dict[str, str] = {}
    for line in sheet.lines:
        if line.item.kind not in ("select_multiple", "rank") or line.item.choices is None:
            continue
        codes = {label: code for language in languages for label, code in labels_of(line.item.choices, language).items()}
        ways = {line.item.name, *(sign.join((*part, line.item.name)) for part in (line.inner, line.groups) for sign in SIGNS)}
        for column in columns:
            head, sign, tail = column.rpartition("/")
            if sign and head in ways and tail not in line.item.choices.codes and tail.strip() in codes:
                out[column] = f"{head}/{codes[tail.strip()]}"
    return out


def _refuse_heads(sheet: Sheet, columns: Sequence[str], places: Placed) -> None:
    """Refuse a table whose columns are called like the questions read, or in which nothing of the form is found."""
    asked = [line for line in sheet.lines if line.item.asked]
    found = sum(line.path in places.of or line.path in places.ticks for line in asked)
    if not asked or 2 * found >= len(asked):
        return
    rest = [name for name in columns if name not in PLATFORM]
    where = f" of the repeat {sheet.name!r}" if sheet.name else ""
    if heads_are_labels(rest, asked):
        raise InputError(
            f"The columns{where} are called by labels, not by the names of the form.", "Export again with XML values and headers."
        )
    if not found:
        raise InputError(f"None of the {len(asked)} items{where} is among the columns.", "Check that the export is of this form.")


def _described(sheet: Sheet, frame: Any, form: Instrument, language: str, not_asked: int | None) -> Dataset:
    """The frame with what the form says of it; in a repeat, where relevance may rest on rows above, without codes for not asked."""
    if sheet.parent is None:
        return dataset(frame, form, language=language or None, not_asked=not_asked)
    return described(Table(sheet, nw.from_native(frame, eager_only=True), missing={}), Dataset(frame), language)
