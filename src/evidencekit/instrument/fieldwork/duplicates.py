"""Near-duplicates: for each interview the largest share of answers that it has in common with another one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.instrument.fieldwork.limits import Limits
from evidencekit.instrument.fieldwork.opened import Opened
from evidencekit.instrument.fieldwork.standing import Check, standing, tally

__all__ = ["Matches", "duplicates", "most_alike"]

_BLOCK, _MOST = 1024, 200  # rows compared at once; levels an item may have
_EDGES = np.linspace(0, 1, 21)
_PAIRS = 1e8  # compared in the reference, about: large data are shuffled fewer times
_LEAST = 4  # items, or there is nothing to compare
_NOTE = (
    "For each interview, the largest share of answers that it has in common with another. A fixed rule such as 85 % depends on how many "
    "items there are and how alike people are, so the reference is the same data with every column shuffled among those who answered. "
    "People are more alike than that, above all in one area: what counts is whether an interviewer has more of them than the others."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Matches:
    """Shares of interviews by their largest match, in bins of 5 %, in the data and in the reference; the reference's limit."""

    edges: Floats
    seen: Floats
    reference: Floats
    limit: float
    items: int


def duplicates(work: Opened, limits: Limits) -> tuple[Check, Matches] | None:
    """Interviews that are more alike another than any in the shuffled data; None where there is too little to compare."""
    columns = [a.at for a in work.answers.values() if _fit(a.at, len(a.levels), a.item.kind, limits.entropy)]
    if len(columns) < _LEAST or work.n < 2:
        return None
    codes = np.stack(columns, axis=1)
    least = min(limits.compared, codes.shape[1])
    seen, partner = most_alike(codes, least)
    rng = np.random.default_rng(limits.seed)
    turns = int(np.clip(_PAIRS / work.n**2, 1, limits.permutations))
    shuffled = [most_alike(_shuffled(codes, rng), least)[0] for _ in range(turns)]
    pooled = np.concatenate(shuffled)
    if np.isnan(seen).all() or np.isnan(pooled).all():
        return None
    limit = float(np.nanmax(pooled))
    compared = ~np.isnan(seen)
    above = compared & ((seen > limit) | (seen >= 1.0))
    found = standing(work.who, len(work.people), above.astype(np.float64), compared.astype(np.float64), limits.fewest)
    own = above & (work.who[np.maximum(partner, 0)] == work.who)
    with_own = np.bincount(work.who[own], minlength=len(work.people))
    flags = [
        f"Interviewer {work.people[k]}: {round(found.events[k])} of {found.interviews[k]} interviews are nearly those of someone else "
        f"({100 * found.rate[k]:.0f} %, of the others' {100 * found.others[k]:.0f} %)."
        for k in found.out(limits.z)
    ]
    table = {
        "interviewer": list(work.people),
        "interviews": found.interviews.tolist(),
        "near_duplicates": tally(found, limits.fewest),
        "with_own": [None if few else int(k) for few, k in zip(found.interviews < limits.fewest, with_own, strict=True)],
        "rate": found.rate,
        "z": found.z,
    }
    matches = Matches(_EDGES, _binned(seen), _binned(pooled), limit, codes.shape[1])
    note = f"{_NOTE} {codes.shape[1]} items, shuffled {turns} times; the largest match then is {100 * limit:.0f} %."
    return Check("duplicates", "Interviews that are nearly the same", table, tuple(flags), note), matches


def most_alike(codes: Codes, least: int) -> tuple[Floats, Codes]:
    """The largest percent match of each row with another, and which row that is.

    Parameters
    ----------
    codes : (n, p) ints
        Answers; -1 where there is none.
    least : int
        Items that both rows must have answered.

    Returns
    -------
    match : (n,) floats
        Of the items that both answered, the share with the same answer; NaN where no other row shares enough items.
    partner : (n,) ints
        The first row with that match, -1 where there is none.

    Notes
    -----
    Each row is written as zeros and ones, one for each answer of each item; the number of equal answers of all pairs is then one product
    of matrices, taken a block of rows at a time.

    References
    ----------
    Kuriakose and Robbins (2016), Simmons, Mercer, Schwarzer and Kennedy (2016), both Statist. J. IAOS 32.
    """
    n = len(codes)
    there = (codes >= 0).astype(np.float32)
    hot = np.concatenate([_hot(codes[:, j]) for j in range(codes.shape[1])], axis=1)
    match, partner = np.full(n, np.nan), np.full(n, -1, dtype=np.intp)
    for first in range(0, n, _BLOCK):
        rows = slice(first, min(first + _BLOCK, n))
        both = there[rows] @ there.T
        share = hot[rows] @ hot.T
        share /= np.maximum(both, 1.0, dtype=np.float32)
        share[both < least] = -1.0
        share[np.arange(share.shape[0]), np.arange(rows.start, rows.stop)] = -1.0
        at = share.argmax(axis=1)
        best = share[np.arange(len(at)), at]
        match[rows], partner[rows] = np.where(best < 0, np.nan, best), np.where(best < 0, -1, at)
    return match, partner


def _hot(column: Codes) -> NDArray[np.float32]:
    used, at = np.unique(column, return_inverse=True)
    out = np.zeros((len(column), len(used)), dtype=np.float32)
    out[np.arange(len(column)), at] = 1.0
    return out[:, used >= 0]


def _shuffled(codes: Codes, rng: np.random.Generator) -> Codes:
    """Every column's answers dealt out anew among the rows that have one, so that who was asked stays."""
    out = codes.copy()
    for j in range(codes.shape[1]):
        rows = np.flatnonzero(codes[:, j] >= 0)
        out[rows, j] = codes[rng.permutation(rows), j]
    return out


def _fit(at: Codes, levels: int, kind: str, entropy: float) -> bool:
    """Whether an item tells people apart enough to be compared."""
    if kind not in ("select_one", "select_multiple", "integer", "rank") or not 2 <= levels <= _MOST:
        return False
    counts = np.bincount(at[at >= 0], minlength=levels)
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return bool(-(shares * np.log2(shares)).sum() >= entropy)


def _binned(match: Floats) -> Floats:
    known = match[~np.isnan(match)]
    counts, _ = np.histogram(np.minimum(known, 1 - 1e-9), _EDGES)
    return counts / max(len(known), 1)
