"""Columns of an export as the form has them: numbers where it says numbers, codes where a platform wrote labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evidencekit.errors import InputError
from evidencekit.instrument.items import Choices, Item
from evidencekit.instrument.rules.plans import Line

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["codes_of_labels", "heads_are_labels", "labels_of", "no_label", "refuse_labels", "typed"]

_NUMBER = re.compile(r"\s*[+-]?\d+(\.\d*)?([eE][+-]?\d+)?\s*")
_CODE = re.compile(r"\s*-?(0|[1-9]\d*)(\.\d+)?\s*", re.ASCII)  # what may be the code of a list: 01 and 1e0 are none that a device wrote


def typed(series: pd.Series[Any], item: Item, *, decimal: str = ".") -> pd.Series[Any]:
    """A column of texts as numbers where the form says that they are; it stays as it is where one of them is none.

    Texts stay texts, so that ``007`` keeps its noughts; so do selections of several, and codes such as ``01``.
    """
    import pandas as pd

    if series.dtype.kind in "iufb" and item.kind in ("select_multiple", "rank"):
        return series.map(_whole, na_action="ignore").astype("str")
    if series.dtype.kind in "iufbM" or not _numbers(item):
        return series
    seen = series.dropna().astype("str")
    if item.kind == "decimal" and decimal == ",":
        seen = seen.str.replace(",", ".", regex=False)
    number = _CODE if item.kind == "select_one" else _NUMBER
    if not all(number.fullmatch(str(text)) for text in seen.unique()):
        return series
    return pd.to_numeric(seen).reindex(series.index)


def _whole(value: Any) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _numbers(item: Item) -> bool:
    """Whether the answers to an item are numbers: by its kind, or because every code of its list is written as one."""
    if item.kind in ("integer", "decimal"):
        return True
    if item.kind != "select_one" or item.choices is None:
        return False
    return all(_NUMBER.fullmatch(code) and code == str(int(float(code))) for code in item.choices.codes)


def labels_of(choices: Choices, language: str) -> dict[str, str]:
    """Labels of a list in one language, to their codes; nothing where two options have one label."""
    made: dict[str, str] = {}
    for option in choices.listed:
        label = option.label if isinstance(option.label, str) else option.label.get(language, "")
        if not label or made.get(label.strip(), option.code) != option.code:
            return {}
        made[label.strip()] = option.code
    return made


def codes_of_labels(series: pd.Series[Any], item: Item, languages: Sequence[str]) -> pd.Series[Any] | None:
    """A selection whose answers are all labels of one language, as codes; None when they are not."""
    if item.choices is None or item.kind != "select_one":
        return None
    seen = {str(_whole(v) if isinstance(v, (int, float)) else v).strip() for v in series.dropna().unique()}
    if not seen or seen <= set(item.choices.codes):
        return None
    for language in languages:
        if seen <= set(codes := labels_of(item.choices, language)):
            return series.astype(object).map({value: codes[str(value).strip()] for value in series.dropna().unique()})
    return None


def no_label(series: pd.Series[Any], item: Item, languages: Sequence[str]) -> tuple[str, int]:
    """Where most answers to a selection are labels of one language and some are not: the language, and how many are none of its labels.

    Nothing is said (``"", 0``) where they are not, or where one of them is a code.
    """
    if item.choices is None or item.kind != "select_one":
        return "", 0
    counts: dict[str, int] = {}
    for value, count in series.value_counts().items():
        text = str(_whole(value) if isinstance(value, (int, float)) else value).strip()
        counts[text] = counts.get(text, 0) + int(count)
    if not counts.keys().isdisjoint(item.choices.codes):
        return "", 0
    stray = {language: sum(n for text, n in counts.items() if text not in labels_of(item.choices, language)) for language in languages}
    best = min(stray, key=lambda language: stray[language], default="")
    return (best, stray[best]) if stray and 0 < 2 * stray[best] < sum(counts.values()) else ("", 0)


def refuse_labels(series: pd.Series[Any], item: Item, languages: Sequence[str]) -> None:
    """Refuse a selection of several that holds labels: where one ends and the next begins cannot be told."""
    if item.choices is None:
        return
    codes = set(item.choices.codes)
    seen = [str(value) for value in series.dropna().unique()]
    if not seen or any(set(text.split()) <= codes for text in seen):
        return
    labels = {label for language in languages for label in labels_of(item.choices, language)}
    if any(any(label in text for label in labels) for text in seen):
        raise InputError(
            f"{item.name!r} holds labels of several choices in one cell, which cannot be told apart.",
            "Export again with XML values (codes), or with each choice in a column of its own.",
        )


def heads_are_labels(columns: Sequence[str], lines: Sequence[Line]) -> bool:
    """Whether the columns are called like the questions read, not like their names."""
    said = {text.strip() for line in lines for text in _texts(line.item)}
    return sum(name.rpartition("/")[2].strip() in said or name.strip() in said for name in columns) > 0


def _texts(item: Item) -> list[str]:
    return [item.label] if isinstance(item.label, str) else list(item.label.values())
