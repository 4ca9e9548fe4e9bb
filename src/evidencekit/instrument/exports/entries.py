"""What a codebook says of each item, whatever the file it goes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evidencekit.columns import factorise
from evidencekit.errors import InputError
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Group, Item, walk
from evidencekit.instrument.spelling import speller
from evidencekit.instrument.wording import worded
from evidencekit.missingness import Missing

__all__ = ["Category", "Entry", "check_fewest", "entries", "shown_counts"]

_NEVER = ("direct-identifier", "free-text")
_HIDDEN = "not shown"
_SLACK = 2  # how far below its largest possible value a sum of small counts is treated as if it were there


@dataclass(frozen=True, slots=True)
class Category:
    """One code of an item. `count` is a number, "<5" and its like, "not shown", or empty where nothing is counted."""

    code: str
    label: str
    labels: Mapping[str, str]
    missing: Missing | None = None
    count: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item."""

    item: Item
    label: str
    labels: Mapping[str, str]
    groups: tuple[Group, ...]
    categories: tuple[Category, ...] = field(default=())

    @property
    def name(self) -> str:
        """The column."""
        return self.item.name

    @property
    def section(self) -> str:
        """The groups it is in."""
        return " / ".join(group.name for group in self.groups)

    @property
    def repeat(self) -> str:
        """The innermost repeated group it is in; empty where it is asked once."""
        return next((group.name for group in reversed(self.groups) if group.repeat), "")

    @property
    def universe(self) -> str:
        """Who is asked, as an expression; empty where everyone is."""
        texts = [text for text in (*(group.relevant for group in self.groups), self.item.relevant) if text.strip()]
        return texts[0] if len(texts) == 1 else " and ".join(f"({text})" for text in texts)


def entries(form: Instrument, data: Any, languages: tuple[str, ...], fewest: int) -> list[Entry]:
    """Every item but notes, in the order of the form; with data, how often each code was given.

    Counts below `fewest` are not given; where they would follow from the total (one alone is below, or all are as large as they can be),
    the next smallest is withheld too, or all of them.
    Nothing is counted of direct identifiers, of free text, or of repeated groups.
    """
    counts = _Counts(data) if data is not None else None
    out: list[Entry] = []
    for part, within in walk(form.items):
        if isinstance(part, Item) and part.kind != "note":
            categories = _categories(part, languages)
            entry = Entry(part, worded(part.label, languages), _by_language(part.label), within, categories)
            if counts is not None and part.role not in _NEVER and not entry.repeat and part.kind not in ("text", "file", "place"):
                entry = Entry(part, entry.label, entry.labels, within, _counted(part, categories, counts, fewest))
            out.append(entry)
    return out


def _by_language(label: Any) -> Mapping[str, str]:
    return {"": label} if isinstance(label, str) else label


def _categories(item: Item, languages: tuple[str, ...]) -> tuple[Category, ...]:
    listed = item.choices.listed if item.choices is not None else ()
    made = {o.code: Category(o.code, worded(o.label, languages), _by_language(o.label), item.missing.get(o.code)) for o in listed}
    for code, kind in item.missing.items():
        made.setdefault(code, Category(code, kind.value, {"": kind.value}, kind))
    return tuple(made.values())


class _Counts:
    """How often codes stand in the columns of the data."""

    def __init__(self, data: Any) -> None:
        rows = open_data(data.frame if isinstance(data, Dataset) else data)
        self.frame, self.columns = eager(rows.frame, "A codebook with counts"), rows.columns

    def of(self, item: Item) -> dict[str, int] | None:
        """The counts of one item's codes; None where there is no such column."""
        if item.name not in self.columns:
            return None
        series = self.frame[item.name]
        if series.dtype.is_temporal():
            return {}
        column = factorise(series)
        numbers = np.bincount(column.codes[column.codes >= 0], minlength=len(column.keys)).tolist()
        found: dict[str, int] = {}
        spelt = speller(item) or str
        for key, number in zip(column.keys, numbers, strict=True):
            text = spelt(str(int(key)) if isinstance(key, float) and key.is_integer() else str(key))
            for code in text.split() if item.kind in ("select_multiple", "rank") else [text]:
                found[code] = found.get(code, 0) + number
        return found


def _counted(item: Item, categories: tuple[Category, ...], counts: _Counts, fewest: int) -> tuple[Category, ...]:
    found = counts.of(item)
    if found is None or not categories:
        return categories
    numbers = [found.get(category.code, 0) for category in categories]
    shown = shown_counts(numbers, fewest) if item.kind == "select_one" else [_count(number, fewest) for number in numbers]
    return tuple(Category(c.code, c.label, c.labels, c.missing, text) for c, text in zip(categories, shown, strict=True))


def _count(number: int, fewest: int) -> str:
    return str(number) if number >= fewest else f"<{fewest}"


def shown_counts(numbers: Sequence[int], fewest: int) -> list[str]:
    """Counts that add up to a total a reader may know, so that none below `fewest` follows from it.

    Counts below `fewest` are pinned where they are nearly as large as they can be: two of them under a known sum of 8 are 4 and 4. What
    is withheld then is withheld for sums a little smaller as well, so that withholding does not tell the sum.
    """
    most = fewest - 1
    below = [k for k, number in enumerate(numbers) if number < fewest]
    others = [k for k in range(len(numbers)) if k not in below]
    if most * len(numbers) - _SLACK <= sum(numbers) <= most * len(numbers) and len(numbers) > 1:
        return [_HIDDEN] * len(numbers)
    shown = [_count(number, fewest) for number in numbers]
    high = sum(numbers[k] for k in below) >= most * len(below) - _SLACK
    if others and (len(below) == 1 or (below and high)):
        shown[min(others, key=lambda k: numbers[k])] = _HIDDEN
    return shown


def check_fewest(fewest: int) -> None:
    """Refuse a smallest cell that would show single people."""
    if isinstance(fewest, bool) or not isinstance(fewest, int) or fewest < 3:
        raise InputError("fewest= is the smallest count that is shown: a whole number of 3 or more.")
