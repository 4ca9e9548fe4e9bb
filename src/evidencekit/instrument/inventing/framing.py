"""From what was filled in to a Dataset: columns with their types, labels and kinds of missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from evidencekit.instrument.expressions import Numbers, Values
from evidencekit.instrument.expressions.values import as_texts, number_of
from evidencekit.instrument.items import Item
from evidencekit.instrument.wording import in_numbers, worded

__all__ = ["column_of", "described"]


def column_of(value: Values, item: Item) -> Any:
    """The values of an item as they stand in a file: numbers with NaN, or texts with None."""
    if isinstance(value, Numbers):
        return _whole(value.x)
    texts = as_texts(value)
    if in_numbers(item):
        return _whole(texts.each(number_of))
    return np.array([*texts.levels, None], dtype=object)[texts.at]


def _whole(x: Any) -> Any:
    """Whole numbers where there is no blank, as a reader of files would have it."""
    return x.astype(np.int64) if x.size and not np.isnan(x).any() and (x == np.trunc(x)).all() else x


def described(items: Iterable[Item], languages: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Labels, value labels and missing codes of items, as a `Dataset` has them."""
    labels: dict[str, str] = {}
    value_labels: dict[str, Mapping[Any, str]] = {}
    missing: dict[str, Mapping[Any, Any]] = {}
    for item in items:
        if text := worded(item.label, languages):
            labels[item.name] = text
        as_code = float if item.kind in ("integer", "decimal") else int if in_numbers(item) else str
        if item.choices is not None:
            value_labels[item.name] = {as_code(o.code): worded(o.label, languages) or o.code for o in item.choices.listed}
        if item.missing and item.kind not in ("note", "file", "calculate"):
            missing[item.name] = {as_code(code): kind for code, kind in item.missing.items()}
    return {"labels": labels, "value_labels": value_labels, "missing": missing}
