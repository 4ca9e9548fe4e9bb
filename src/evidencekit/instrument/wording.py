"""Labels in one language, and codes as they stand in data."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Item, Texts

__all__ = ["in_numbers", "languages_from", "whole_numbers", "worded"]


def worded(label: Texts, languages: Sequence[str]) -> str:
    """A label in the first of the languages that it has, or in the first it has; empty where it has none."""
    if isinstance(label, str):
        return label
    found = next((label[language] for language in languages if language in label), None)
    return next(iter(label.values()), "") if found is None else found


def languages_from(form: Instrument, first: str) -> tuple[str, ...]:
    """The languages to look labels up in: one of them first, then those of the form in their order."""
    return tuple(dict.fromkeys((first, *form.languages, "")))


def in_numbers(item: Item) -> bool:
    """Whether the column of an item holds numbers: a question for one, or a list of choices whose codes are all whole numbers."""
    if item.kind in ("integer", "decimal"):
        return True
    return item.kind == "select_one" and item.choices is not None and whole_numbers((*item.choices.codes, *item.missing))


def whole_numbers(codes: Sequence[str]) -> bool:
    """Whether all codes are whole numbers as they are usually written: 1, not 01."""
    return all(code.removeprefix("-").isdecimal() and str(int(code)) == code for code in codes) and bool(codes)
