"""Key patterns: which records look alike on the keys, and how many match each, under the two conventions for missing keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes
from evidencekit.disclosure.microdata.held import Held
from evidencekit.disclosure.microdata.matching import grouped, matched

__all__ = ["MANY", "MissingKeys", "Patterns", "keyed", "matches", "superset_sums"]

MissingKeys = Literal["matches any", "own category"]
MANY = 16
"""At most so many keys: each set of them is looked at."""
Patterns = NDArray[np.intp]
"""Codes of the keys, shape (n, keys); -1 where a missing key matches any."""


def keyed(held: Held, keys: Sequence[str], missing: MissingKeys) -> Patterns:
    """The codes of the keys: under "own category" each kind of missing is a level, otherwise it is -1."""
    if not keys:
        return np.zeros((len(held), 0), dtype=np.intp)
    return np.column_stack([held.codes(key)[0] if missing == "matches any" else held.seen(key) for key in keys])


def matches(patterns: Patterns) -> Codes:
    """How many records match each one on all keys, itself included, shape (n,); -1 matches anything."""
    if not patterns.size:
        return np.full(len(patterns), len(patterns), dtype=np.intp)
    levels = (patterns.max(axis=0) + 1).tolist()
    at, first = grouped(list(np.ascontiguousarray(patterns.T)), levels)
    counts = np.bincount(at).astype(np.float64)
    return matched(patterns[first], levels, counts[None], 1.0)[0].astype(np.intp)[at]


def alike(different: Patterns, one: Codes) -> Codes:
    """For each pattern, the keys on which it differs from one, as bits: 0 where they match."""
    bits = 1 << np.arange(different.shape[1], dtype=np.intp)
    return ((different != one) & (different >= 0) & (one >= 0)) @ bits


def superset_sums(counts: Codes, keys: int) -> Codes:
    """For every set of keys (as bits), the sum of `counts` over the sets within it."""
    sums = counts.copy()
    for bit in range(keys):
        pairs = sums.reshape(-1, 2, 1 << bit)
        pairs[:, 1] += pairs[:, 0]
    return sums
