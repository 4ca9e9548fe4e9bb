"""What protection cost: cells that read differently, distributions and associations before and after."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.disclosure.microdata.held import Held

__all__ = ["associations", "cramers_v", "hellinger", "losses"]

_MOST = 30  # levels of a column whose associations are compared


def losses(before: Held, reference: Held, after: Held, weights: Floats) -> dict[str, list[Any]]:
    """A row for each column that both files have.

    Parameters
    ----------
    before, after : Held
        The file as it was and as it leaves.
    reference : Held
        The file as it was, but with everything recoded as it leaves: what else changed is seen against it.
    weights : (n,) array
        A weight for each record.
    """
    shared = [name for name in after.columns if name in before.columns]
    made: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for name in shared:
        old, new = before.values(name), after.values(name)
        changed = np.array([_said(a) != _said(b) for a, b in zip(old, new, strict=True)], dtype=bool)
        gone = after.blank(name) & ~before.blank(name)
        one, two = _together(reference, after, name)
        plain, size = np.ones(len(weights)), int(max(one.max(initial=-1), two.max(initial=-1))) + 1
        apart = np.abs(_shares(one, weights, size) - _shares(two, weights, size))
        row = (
            name,
            int(changed.sum()),
            float(changed.mean()) if len(changed) else 0.0,
            int(gone.sum()),
            len(before.codes(name)[1]),
            len(after.codes(name)[1]),
            hellinger(_shares(one, plain, size), _shares(two, plain, size)),
            float(apart.max(initial=0.0)),
        )
        for column, value in zip(_COLUMNS, row, strict=True):
            made[column].append(value)
    return made


def associations(before: Held, after: Held) -> dict[str, list[Any]]:
    """Cramer's V of pairs of columns of categories of which at least one changed, before and after, largest change first."""
    shared = [name for name in after.columns if name in before.columns]
    few = [name for name in shared if 1 < len(before.codes(name)[1]) <= _MOST and len(after.codes(name)[1]) > 0]
    changed = {name for name in few if [_said(v) for v in before.values(name)] != [_said(v) for v in after.values(name)]}
    old, new = ({name: held.codes(name)[0] for name in few} for held in (before, after))
    rows = [
        (one, two, cramers_v(old[one], old[two]), cramers_v(new[one], new[two]))
        for one, two in combinations(few, 2)
        if one in changed or two in changed
    ]
    rows.sort(key=lambda row: -abs(row[3] - row[2]))
    return {
        "column": [row[0] for row in rows],
        "with": [row[1] for row in rows],
        "before": [row[2] for row in rows],
        "after": [row[3] for row in rows],
    }


def hellinger(one: Floats, two: Floats) -> float:
    """The Hellinger distance of two distributions: 0 where they are the same, 1 where they share nothing."""
    return float(np.sqrt(np.clip(((np.sqrt(one) - np.sqrt(two)) ** 2).sum() / 2, 0, 1)))


def cramers_v(one: Codes, two: Codes) -> float:
    """Cramer's V of two columns of codes over the records that have both; 0 where one does not vary."""
    known = (one >= 0) & (two >= 0)
    _, a = np.unique(one[known], return_inverse=True)
    _, b = np.unique(two[known], return_inverse=True)
    rows, columns = int(a.max(initial=0)) + 1, int(b.max(initial=0)) + 1
    if min(rows, columns) < 2:
        return 0.0
    table = np.bincount(a * columns + b, minlength=rows * columns).reshape(rows, columns)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    chi = ((table - expected) ** 2 / expected).sum()
    return float(np.sqrt(chi / (table.sum() * (min(rows, columns) - 1))))


_COLUMNS = (
    "column",
    "cells changed",
    "share changed",
    "taken out",
    "levels before",
    "levels after",
    "hellinger",
    "largest change of a share",
)


def _together(one: Held, two: Held, name: str) -> tuple[Codes, Codes]:
    """A column of two files as codes of the same levels."""
    (a, of_a), (b, of_b) = one.codes(name), two.codes(name)
    levels = {level: i for i, level in enumerate(dict.fromkeys([_said(key) for key in (*of_a, *of_b)]))}

    def put(codes: Codes, keys: tuple[Any, ...]) -> NDArray[np.intp]:
        return np.array([*(levels[_said(key)] for key in keys), -1], dtype=np.intp)[codes]

    return put(a, of_a), put(b, of_b)


def _shares(codes: Codes, weights: Floats, size: int) -> Floats:
    """The weighted shares of codes 0 to size - 1 among those known."""
    known = codes >= 0
    sums: Floats = np.bincount(codes[known], weights=weights[known], minlength=size).astype(np.float64)
    return sums / sums.sum() if sums.sum() > 0 else sums


def _said(value: Any) -> str | None:
    """A value as a text that is the same for 2 and 2.0; None where it is missing."""
    if value is None:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
