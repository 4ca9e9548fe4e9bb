"""Silence: groups that are only those who did not answer a question, which are no secret and are said beside every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Bools
from evidencekit.disclosure.ledger.groups import AllBut
from evidencekit.disclosure.ledger.tables import PublishedTable

__all__ = ["Silence", "questions"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Silence:
    """What it takes to know such groups.

    Per clique `names`, `shapes` and which cells are atoms (`kept`); `starts` as in `Linked`; `classes` the class of no answer of each
    variable that has one; `apart` the variables that are only ever asked about, never used to tell people apart.
    """

    names: Sequence[tuple[str, ...]]
    shapes: Sequence[tuple[int, ...]]
    kept: Sequence[Bools]
    starts: NDArray[np.intp]
    classes: Mapping[str, int]
    apart: frozenset[str]

    def only(self, atoms: NDArray[np.intp], empty: Bools) -> bool:
        """Whether a group is all those in some part who did not answer one question, whatever they said to the others.

        Those of them who gave one answer to another question are a group like any other.
        """
        clique = int(np.searchsorted(self.starts, atoms[0], side="right")) - 1
        names, shape = self.names[clique], self.shapes[clique]
        if not any(name in self.classes for name in names):
            return False
        inside, outside = (np.zeros(shape, dtype=np.bool_) for _ in range(2))
        cells = np.flatnonzero(self.kept[clique])
        inside.reshape(-1)[cells[atoms - self.starts[clique]]] = True
        outside.reshape(-1)[cells[~empty[self.starts[clique] : self.starts[clique + 1]]]] = True
        outside &= ~inside
        for axis, name in enumerate(names):
            if name not in self.classes or np.delete(inside, self.classes[name], axis=axis).any():
                continue
            others = [i for i, other in enumerate(names) if other in self.apart and i != axis]
            told = np.take(outside, [self.classes[name]], axis=axis)
            mine = np.take(inside, [self.classes[name]], axis=axis)
            if not any((mine.any(axis=i) & told.any(axis=i)).any() for i in others):
                return True
        return False


def questions(tables: Sequence[PublishedTable]) -> tuple[frozenset[str], frozenset[str]]:
    """Variables of which a table shows those who answered, and of these the ones that no table uses to tell people apart."""
    asked: set[str] = set()
    telling: set[str] = set()
    for table in tables:
        numbers = [number for _, number in table.numbers]
        groups = [group for number in numbers for group in (number.group, number.of) if group is not None]
        here = {name for group in groups for name, levels in group.parts if isinstance(levels, AllBut) and None in levels.levels}
        asked |= here
        telling |= {name for group in (*groups, table.where) for name in group.variables} - here
    return frozenset(asked), frozenset(asked - telling)
