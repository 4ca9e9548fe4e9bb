"""Which groups an intruder would look at: those shown, what is left when one is taken from another, those hidden, and the finest ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Bools
from evidencekit.disclosure.ledger.linking import Linked, Owner, Place

__all__ = ["Kind", "Target", "targets_of"]

Atoms: TypeAlias = NDArray[np.intp]
Kind = Literal["hidden", "shown", "difference", "remainder", "part"]
WORDS: dict[Kind, str] = {
    "hidden": "a hidden number",
    "shown": "a group shown",
    "difference": "a group shown without another one shown",
    "remainder": "a group shown without all those of a table inside it",
    "part": "a group that no table shows",
}


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A group to examine: its atoms, how it comes about, the cells it is made of, and whether those show exact counts."""

    kind: Kind
    atoms: Atoms
    owners: tuple[Owner, ...]
    exact: bool = False


def targets_of(linked: Linked) -> list[Target]:
    """Every group to examine, each once, in an order that depends on the tables alone.

    Atoms that some table says are empty belong to no group, and those who did not answer a question are no group to protect (`Silence`).
    Differences are looked for inside each set of variables that are crossed.
    """
    found: dict[Any, Target] = {}
    taken: set[bytes] = set()
    empty = linked.empty()

    def add(kind: Kind, key: Any, atoms: Atoms, owners: tuple[Owner, ...] = (), exact: bool = False) -> None:
        bare = atoms[~empty[atoms]]
        if len(bare) and key not in found and bare.tobytes() not in taken and not linked.silence.only(bare, empty):
            taken.add(bare.tobytes())
            found[key] = Target(kind, bare, tuple(dict.fromkeys(owners)), exact)

    for one in linked.shown:
        if one.number.kind == "hidden":
            add("hidden", one.group.parts, next(iter(one.group.atoms.values())), (one.owner,))
    groups = _groups(linked)
    for place, owner, exact in groups:
        add("shown", place.parts, next(iter(place.atoms.values())), (owner,), exact)
    for clique in range(len(linked.tree)):
        here = _Inside(linked, groups, clique, empty)
        for i, j in here.nested():
            (one, by, exact), (two, also, too) = here.places[i], here.places[j]
            add("difference", (one.parts, two.parts), np.setdiff1d(one.atoms[clique], two.atoms[clique]), (by, also), exact and too)
        for i, table, atoms in here.remainders(len(linked.tables)):
            add("remainder", (here.places[i][0].parts, table), atoms)
        for atom in range(linked.starts[clique], linked.starts[clique + 1]):
            add("part", (clique, atom), np.array([atom], dtype=np.intp))
    return list(found.values())


def _groups(linked: Linked) -> list[tuple[Place, Owner, bool]]:
    """Every group of which a number is shown, once: by the first exact count, where there is one, else by the first number."""
    once: dict[Any, tuple[Place, Owner, bool]] = {}
    for one in linked.shown:
        for place in () if one.number.kind == "hidden" else (one.group, one.among):
            if place is not None:
                exact = one.number.kind == "count" and one.number.step == 1
                if place.parts not in once or (exact and not once[place.parts][2]):
                    once[place.parts] = (place, one.owner, exact)
    return list(once.values())


class _Inside:
    """The groups shown that a clique can tell, as rows of zeros and ones over its atoms that somebody may be in."""

    def __init__(self, linked: Linked, groups: list[tuple[Place, Owner, bool]], clique: int, empty: Bools) -> None:
        self.places = [found for found in groups if clique in found[0].atoms]
        self.start, end = int(linked.starts[clique]), int(linked.starts[clique + 1])
        self.mask = np.zeros((len(self.places), end - self.start), dtype=np.float32)
        for i, (place, _, _) in enumerate(self.places):
            self.mask[i, place.atoms[clique] - self.start] = 1
        self.mask[:, empty[self.start : end]] = 0
        sizes = self.mask.sum(axis=1)
        self.holds = ((self.mask @ self.mask.T) == sizes[None, :]) & (sizes[:, None] > sizes[None, :]) & (sizes[None, :] > 0)

    def nested(self) -> list[tuple[int, int]]:
        """Pairs of groups of which the first holds the second and more."""
        return [(int(i), int(j)) for i, j in np.argwhere(self.holds)]

    def remainders(self, tables: int) -> Iterator[tuple[int, int, Atoms]]:
        """What is left of a group without all the groups of a table that lie in it, where there are two or more."""
        for table in range(tables):
            mine = np.flatnonzero([owner[0] == table for _, owner, _ in self.places])
            inside = self.holds[:, mine].astype(np.float32)
            left = (self.mask > 0) & ((inside @ self.mask[mine]) == 0)
            for i in np.flatnonzero((inside.sum(axis=1) > 1) & left.any(axis=1)):
                yield int(i), table, np.flatnonzero(left[i]) + self.start
