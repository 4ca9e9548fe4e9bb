"""Combinations of integer codes: rows with the same one, and combinations that agree where neither is missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats

__all__ = ["dense", "grouped", "matched"]

_BLOCK = 1 << 22  # comparisons at a time
_PAIRS = 100_000  # comparisons in the time that two kinds take


def grouped(columns: Sequence[Codes], sizes: Sequence[int]) -> tuple[Codes, Codes]:
    """The place of each row's combination among those that occur, and one row of each.

    Parameters
    ----------
    columns : sequence of (n,) arrays
        Codes from -1 (missing, a value of its own here) to a column's size less one.
    sizes : sequence of int
        How many codes each column has, the missing one left out.
    """
    at, several = np.zeros(len(columns[0]), dtype=np.int64), 1
    for codes, size in zip(columns, sizes, strict=True):
        if several > (1 << 62) // (size + 1):
            at, several = dense(at, several)
        at = at * (size + 1) + (codes + 1)
        several *= size + 1
    at, several = dense(at, several)
    first = np.empty(several, dtype=np.intp)
    first[at[::-1]] = np.arange(len(at) - 1, -1, -1)
    return at, first


def dense(at: NDArray[np.int64], several: int) -> tuple[Codes, int]:
    """The same groups numbered without gaps, in the same order: by a table where that is small, by sorting otherwise."""
    if several <= max(4 * len(at), 65_536):
        seen = np.zeros(several, dtype=bool)
        seen[at] = True
        place = np.cumsum(seen) - 1
        return place[at], int(seen.sum())
    found, back = np.unique(at, return_inverse=True)
    return back.reshape(-1), len(found)


def matched(patterns: NDArray[np.intp], levels: Sequence[int], totals: Floats, alpha: float) -> Floats:
    """Totals of the combinations that agree with each one, as sdcMicro's freqCalc counts them.

    Parameters
    ----------
    patterns : (P, m) array
        Different combinations, -1 where a key is missing.
    levels : sequence of int
        How many values each of the m keys has.
    totals : (t, P) array
        What is added up.
    alpha : float
        What an agreement counts that rests on a key missing in the other combination.

    Notes
    -----
    Combinations that miss the same keys agree with no other one of their kind, so only pairs of kinds are looked at, on the keys that both
    have. Where there are more kinds than that is worth, combinations with a key missing are compared with each other one by one.
    """
    blank = patterns < 0
    if not blank.any():
        return totals
    sure, maybe = totals.copy(), np.zeros_like(totals)
    kind, first = grouped(list(blank.T.astype(np.intp)), [2] * blank.shape[1])
    kinds = [np.flatnonzero(kind == k) for k in range(len(first))]
    lacks = [frozenset(np.flatnonzero(blank[place]).tolist()) for place in first]
    columns = list(np.ascontiguousarray(patterns.T))

    def exchange(a: int, b: int) -> tuple[Floats, Floats]:
        both = [j for j in range(len(columns)) if j not in lacks[a] | lacks[b]]
        return _exchanged([columns[j] for j in both], [levels[j] for j in both], totals, kinds[a], kinds[b])

    whole, partly = ([k for k, lack in enumerate(lacks) if bool(lack) == some] for some in (False, True))
    for a in whole:
        for b in partly:
            to_a, to_b = exchange(a, b)
            maybe[:, kinds[a]] += to_a
            sure[:, kinds[b]] += to_b
    loose = np.flatnonzero(blank.any(axis=1))
    if _PAIRS * len(partly) ** 2 > len(loose) ** 2 * len(columns):
        maybe[:, loose] += _compared(patterns[loose], totals[:, loose])
    else:
        for i, a in enumerate(partly):
            for b in partly[i + 1 :]:
                to_a, to_b = exchange(a, b)
                maybe[:, kinds[a]] += to_a
                maybe[:, kinds[b]] += to_b
    out = sure + alpha * maybe
    out[:, blank.all(axis=1)] = totals.sum(axis=1, keepdims=True)
    return out


def _exchanged(columns: Sequence[Codes], levels: Sequence[int], totals: Floats, a: Codes, b: Codes) -> tuple[Floats, Floats]:
    """What two kinds of combinations give each other where they agree in these columns."""
    if not columns:
        return totals[:, b].sum(axis=1, keepdims=True), totals[:, a].sum(axis=1, keepdims=True)
    rows = np.concatenate([a, b])
    group, first = grouped([codes[rows] for codes in columns], levels)
    of_a, of_b = group[: len(a)], group[len(a) :]

    def sums(of: Codes, part: Floats) -> Floats:
        made = np.empty((len(part), len(first)))
        for row, values in zip(made, part, strict=True):
            row[:] = np.bincount(of, weights=values, minlength=len(first))
        return made

    return sums(of_b, totals[:, b])[:, of_a], sums(of_a, totals[:, a])[:, of_b]


def _compared(patterns: NDArray[np.intp], totals: Floats) -> Floats:
    """Totals of the other combinations that agree with each one, every pair looked at."""
    count, keys = patterns.shape
    out = np.zeros_like(totals)
    step = max(1, _BLOCK // count)
    for start in range(0, count, step):
        block = patterns[start : start + step]
        agree = np.ones((len(block), count), dtype=bool)
        for j in range(keys):
            one, other = block[:, j, None], patterns[None, :, j]
            agree &= (one == other) | (one < 0) | (other < 0)
        agree[np.arange(len(block)), start + np.arange(len(block))] = False
        out[:, start : start + step] = totals @ agree.T
    return out
