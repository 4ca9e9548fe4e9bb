"""Levels that no table tells apart are one class; of a variable, the classes are what atoms are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evidencekit.columns import Bools
from evidencekit.disclosure.ledger.groups import AllBut, Band, Level, Levels, holds
from evidencekit.errors import InputError

__all__ = ["Classes", "classes_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """The classes of one variable: which of them each set of levels is made of, and the one of no answer, where it has one of its own."""

    count: int
    members: Mapping[Levels, Bools]
    silent: int | None

    def of(self, sets: Iterable[Levels]) -> Bools:
        """The classes that are in all of these sets."""
        out = np.ones(self.count, dtype=np.bool_)
        for levels in sets:
            out &= self.members[levels]
        return out


def classes_of(variable: str, sets: Sequence[Levels]) -> Classes:
    """Split a variable's levels as finely as the sets do, and no finer.

    Besides the levels named there are the others, of which any number may exist, and no answer. Where bands are used, numbers are split at
    the ends of all bands, and a level that is a number stands for the year of age (or the like) that begins with it.
    """
    named: set[Level] = {None}
    cuts: set[float] = set()
    banded = any(isinstance(levels, Band) for levels in sets)
    for levels in sets:
        if isinstance(levels, Band):
            cuts |= {x for x in (levels.low, levels.high) if x is not None}
            continue
        for level in levels.levels if isinstance(levels, AllBut) else levels:
            if banded and isinstance(level, (int, float)):
                _must_be_whole(variable, level)
                cuts |= {level, level + 1}
            else:
                named.add(level)
    if banded and any(not float(x).is_integer() for x in cuts) and any(_numeric(levels) for levels in sets):
        raise InputError(f"Variable {variable!r} is shown in bands with decimals, and by single numbers.", "Say it in bands throughout.")
    # A number strictly between two ends stands for all of them; None, a text and an object stand for themselves and for every other level.
    ends = sorted(cuts)
    inside: list[Level] = [ends[0] - 1, *((a + b) / 2 for a, b in pairwise(ends)), ends[-1] + 1] if ends else []
    every = [*_in_order(named), *inside]
    table = [[_has(levels, level) for levels in sets] for level in every]
    table.append([isinstance(levels, AllBut) for levels in sets])  # a level that nobody named
    rows = np.array(table, dtype=np.bool_).reshape(len(table), len(sets))
    kept, of = np.unique(rows, axis=0, return_inverse=True)
    of = of.ravel()
    mine = int(of[every.index(None)])
    return Classes(len(kept), {levels: kept[:, i] for i, levels in enumerate(sets)}, mine if np.count_nonzero(of == mine) == 1 else None)


def _has(levels: Levels, level: Level) -> bool:
    """Whether a set holds a level, or the piece between two ends that a number stands for."""
    if isinstance(level, float) and not isinstance(levels, Band):
        named = levels.levels if isinstance(levels, AllBut) else levels
        among = any(isinstance(x, (int, float)) and x <= level < x + 1 for x in named)
        return among != isinstance(levels, AllBut)
    return holds(levels, level)


def _numeric(levels: Levels) -> bool:
    return not isinstance(levels, Band) and any(
        isinstance(x, (int, float)) for x in (levels.levels if isinstance(levels, AllBut) else levels)
    )


def _must_be_whole(variable: str, level: float) -> None:
    if not float(level).is_integer():
        raise InputError(f"Variable {variable!r} is shown in bands and by numbers with decimals.", "Say it in bands throughout.")


def _in_order(levels: Iterable[Level]) -> list[Level]:
    return sorted(levels, key=lambda x: (str(type(x)), x if x is not None else 0))
