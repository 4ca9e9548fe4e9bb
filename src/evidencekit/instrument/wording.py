"""Labels in one language, and codes as they stand in data."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.errors import InputError
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Item, Texts

__all__ = ["chosen_language", "in_numbers", "whole_numbers", "worded"]


def worded(label: Texts, languages: Sequence[str]) -> str:
    """A label in the first of the languages that it has, or in the first it has; empty where it has none."""
    if isinstance(label, str):
        return label
    found = next((label[language] for language in languages if language in label), None)
    return next(iter(label.values()), "") if found is None else found


def chosen_language(form: Instrument, language: str | None) -> tuple[str, ...]:
    """The languages to look labels up in: the one that was asked for, then those of the form.

    Raises
    ------
    InputError
        The form is not in that language.
    """
    if language is not None and language not in form.languages:
        listed = ", ".join(map(repr, form.languages)) or "no language"
        raise InputError("The form has no labels in the language given as language=.", f"It has {listed}.")
    return (*([language] if language is not None else []), *form.languages, "")


def in_numbers(item: Item) -> bool:
    """Whether the column of an item holds numbers: a question for one, or a list of choices whose codes are all whole numbers."""
    if item.kind in ("integer", "decimal"):
        return True
    return item.kind == "select_one" and item.choices is not None and whole_numbers((*item.choices.codes, *item.missing))


def whole_numbers(codes: Sequence[str]) -> bool:
    """Whether all codes are whole numbers as they are usually written: 1, not 01."""
    return all(code.removeprefix("-").isdecimal() and str(int(code)) == code for code in codes) and bool(codes)
