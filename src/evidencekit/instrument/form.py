"""Instrument: the questionnaire, whole."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any

from evidencekit.errors import InputError, UnknownColumn
from evidencekit.instrument.given import are_texts, in_order, pickled, texts_by_name
from evidencekit.instrument.items import Choices, Group, Item, Part, walk
from evidencekit.instrument.rules.pandera import Backend, PanderaCheck, compiled
from evidencekit.instrument.xlsform import ReadForm, Remark, read_form, write_form

__all__ = ["Instrument"]

_DEEPEST = 100  # groups within groups


@dataclass(frozen=True, slots=True, eq=True, repr=False)
class Instrument:
    """A questionnaire: its questions with their logic, their kinds of missing answers, their protections.

    `items` are the parts as they stand, groups among them; `questions` has every item, whatever group it is in, and `item` one by name.

    Parameters
    ----------
    name : str
        What the form is called in files (``form_id``).
    items : sequence of Item or Group
        In the order they are asked.
    title : str
        What people call it.
    version : str
        Changes whenever the form does.
    languages : sequence of str
        Of its labels, the default one first; by default those that the labels have, in the order they come.
    other : mapping of str to str
        Further settings of an XLSForm; under ``sheet:choices`` and its like, rows that no item stands for.
    remarks : sequence of Remark
        What reading a file left out, for `evidencekit.instrument.lint`. It is no part of the form: two forms are equal without it.

    Raises
    ------
    InputError
        Two items of one name in one group, two lists of one name that differ, or groups within more than 100 others.

    Examples
    --------
    >>> import evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer", {"English (en)": "How old are you?"})], version="1")
    >>> form
    Instrument('lesson', version 1, 1 item, 1 language)
    >>> form.item("age").kind
    'integer'
    """

    name: str
    items: Sequence[Part]
    title: str = ""
    version: str = ""
    languages: Sequence[str] = ()
    other: Mapping[str, str] = field(default_factory=dict)
    remarks: Sequence[Remark] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        keep = object.__setattr__
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError("An instrument needs a name.")
        items = in_order(self.items, "items= of an Instrument", "Give a list of Items and Groups.")
        if not all(isinstance(part, (Item, Group)) for part in items):
            raise InputError("items= of an Instrument holds Items and Groups.")
        are_texts(self, ("title", "version"), "an Instrument")
        _refuse_deep(items)
        keep(self, "items", items)
        keep(self, "other", MappingProxyType(texts_by_name(self.other, "other= of an Instrument")))
        keep(self, "remarks", in_order(self.remarks, "remarks= of an Instrument"))
        labels = (part.label for part, _ in walk(self.items))
        of_choices = (option.label for choices in self.lists for option in choices.listed)
        found = dict.fromkeys(language for label in (*labels, *of_choices) for language in label if language)
        keep(self, "languages", in_order(self.languages, "languages= of an Instrument", "Give a list of names.") or tuple(found))
        _refuse_twins(self.items, "the form")

    @classmethod
    def from_xlsform(cls, path: str | os.PathLike[str]) -> Instrument:
        """Read an XLSForm (``.xlsx``, ``.xls``), as lenient as the field: SurveyCTO's columns, several languages, codes as numbers.

        What the kinds of items do not say stays in their ``other``, so that `to_xlsform` loses nothing; what was not read (disabled
        rows, sheets that are no part of a form) is in `remarks`, and `evidencekit.instrument.lint` tells it. Roles, purposes and
        kinds of missing are there when this library wrote the form; `evidencekit.instrument.propose_missing` looks for them in others.

        Parameters
        ----------
        path : str or path
            Where the workbook is.

        Raises
        ------
        InputError
            There is no form at the path, a group does not begin or end, or the dialect is not known.
        MissingExtra
            The package python-calamine is not installed.

        References
        ----------
        XLSForm, https://xlsform.org; SurveyCTO's columns, https://docs.surveycto.com.
        """
        read = read_form(path)
        return cls(read.name, read.items, read.title, read.version, read.languages, read.other, read.remarks)

    def to_xlsform(self, path: str | os.PathLike[str]) -> Path:
        """Write an XLSForm that pyxform and ODK Validate take, and that `from_xlsform` makes the same form of; a file there is replaced.

        The missing codes of numbers are added to their constraints, so that the device takes them; reading takes them out again.

        Parameters
        ----------
        path : str or path
            Where to write it; it ends in ``.xlsx``.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InputError
            The path cannot be written to, or an item does not say its type.

        Examples
        --------
        >>> import evidencekit as ek, tempfile, pathlib
        >>> form = ek.Instrument("lesson", [ek.Item("age", "integer", "How old are you?", constraint=". >= 12 and . <= 17")])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = form.to_xlsform(pathlib.Path(folder) / "lesson.xlsx")
        ...     ek.Instrument.from_xlsform(file) == form
        True
        """
        return write_form(ReadForm(self.name, tuple(self.items), self.title, self.version, tuple(self.languages), self.other), path)

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    @property
    def questions(self) -> tuple[Item, ...]:
        """Every item, in its order, whatever group it is in."""
        return tuple(part for part, _ in walk(self.items) if isinstance(part, Item))

    @property
    def lists(self) -> tuple[Choices, ...]:
        """The lists of choices, each once, in the order they are first used."""
        found: dict[str, Choices] = {}
        for part, _ in walk(self.items):
            if isinstance(part, Item) and part.choices is not None:
                known = found.setdefault(part.choices.name, part.choices)
                if known != part.choices:
                    raise InputError(f"Two lists of choices are called {known.name!r} and differ.", "Give each list a name of its own.")
        return tuple(found.values())

    def item(self, name: str) -> Item:
        """The item of this name; of several in different groups the first.

        Raises
        ------
        UnknownColumn
            The form has none; the nearest names are suggested.
        """
        found = next((item for item in self.questions if item.name == name), None)
        if found is None:
            raise UnknownColumn(name, [item.name for item in self.questions], "the form")
        return found

    def groups_of(self, name: str) -> tuple[Group, ...]:
        """The groups that an item is in, outermost first."""
        return next(within for part, within in walk(self.items) if part is self.item(name))

    @property
    def fingerprint(self) -> str:
        """A hash over everything that the form asks and how; the version and the settings are not part of it."""
        text = json.dumps([_plain(part) for part in self.items], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return blake2b(text.encode(), digest_size=16).hexdigest()

    def to_pandera(self, backend: Backend = "pandas", *, today: date | str | None = None) -> PanderaCheck:
        """Compile to a pandera schema, with a way to run it that shows no answers.

        Parameters
        ----------
        backend : {"pandas", "polars"}
            The kind of frame it looks at.
        today : date or str, optional
            What ``today()`` is in the form's expressions; without it rules that use it keep quiet.

        Returns
        -------
        PanderaCheck
            Its ``.validate(data)`` runs pandera and raises our own error, with rules and counts only. Its ``.schema`` is pandera's:
            **errors of that one carry the answers that failed, and the whole frame**, whoever catches them.

        Raises
        ------
        InputError
            A backend that is not known, or polars is not installed.
        """
        return compiled(self.name, self.items, backend=backend, today=today)

    def __repr__(self) -> str:
        count, spoken = len(self.questions), len(self.languages)
        parts = [repr(self.name), *([f"version {self.version}"] if self.version else []), f"{count} item{'s' if count != 1 else ''}"]
        parts += [f"{spoken} language{'s' if spoken != 1 else ''}"] if spoken else []
        return f"Instrument({', '.join(parts)})"


def _refuse_deep(parts: Sequence[Part]) -> None:
    """Raise when groups are within more others than anybody can ask, and Python can go into."""
    level = list(parts)
    for _ in range(_DEEPEST + 1):
        level = [inner for part in level if isinstance(part, Group) for inner in part.items]
        if not level:
            return
    raise InputError(f"A group is within more than {_DEEPEST} others.", "Take groups out that say nothing.")


def _refuse_twins(parts: Sequence[Part], where: str) -> None:
    """Raise when two items of one group have one name: their answers would share a column."""
    names = [part.name for part in parts if isinstance(part, Item)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{len(twice)} names stand twice in {where}, {twice[0]!r} among them.", "Give each item a name of its own.")
    for part in parts:
        if isinstance(part, Group):
            _refuse_twins(part.items, f"group {part.name!r}")


def _plain(value: Any) -> Any:
    """A part of a form as lists, mappings and texts."""
    if isinstance(value, (Item, Group, Choices)) or hasattr(value, "__dataclass_fields__"):
        return {"is": type(value).__name__, **{name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
