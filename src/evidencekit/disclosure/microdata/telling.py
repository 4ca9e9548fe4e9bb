"""Columns that leave and still tell what a recoding took out: age groups beside recoded ages, areas beside recoded provinces."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from evidencekit.columns import Codes
from evidencekit.disclosure.microdata.held import Bools, Held
from evidencekit.errors import named

__all__ = ["still_told"]

ROWS_A_LEVEL = 5  # a column with fewer rows to a level may fit another by chance


def still_told(before: Held, after: Held, recoded: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each recoded column of which another one tells more than its new levels do.

    Looked at are columns that leave as they were, one by one: of which each level of the recoded column has one level (an age has one age
    group), or the other way round (a district has one province), and which part what the recoding joined. Weights count, for they may
    tell the area.

    Parameters
    ----------
    before, after : Held
        The file as it was and as it leaves.
    recoded : iterable of str
        Columns that were recoded.
    """
    out: list[str] = []
    gone = [name for name in dict.fromkeys(recoded) if name in before.columns and name in after.columns]
    for name in gone:
        old, new = before.codes(name)[0], after.codes(name)[0]
        others = [other for other in after.columns if other not in gone and other in before.columns]
        telling = [other for other in others if _tells(old, new, after.codes(other)[0])]
        if telling:
            said = named(telling) or "other columns"
            out.append(f"what recoding took out of {name!r} is still told by {said}: drop that, or recode it alike")
    return tuple(out)


def _tells(old: Codes, new: Codes, other: Codes) -> bool:
    """Whether one of two columns follows from the other, and leaves fewer old levels possible than the new level does."""
    known: Bools = (old >= 0) & (other >= 0)
    was, is_, beside = old[known], new[known], other[known]
    pairs, levels, theirs = _different(was, beside), _different(was), _different(beside)
    group = pairs == levels and len(was) >= ROWS_A_LEVEL * levels
    part = pairs == theirs and len(was) >= ROWS_A_LEVEL * theirs
    if theirs < 2 or not (group or part):
        return False
    triples = np.unique(np.column_stack([is_, beside, was]), axis=0)
    possible = np.bincount(np.unique(triples[:, [0, 2]], axis=0)[:, 0] + 1)
    seen, left = np.unique(triples[:, :2], axis=0, return_counts=True)
    return bool((left < possible[seen[:, 0] + 1]).any())


def _different(*columns: Codes) -> int:
    return len(np.unique(np.column_stack(columns), axis=0))
