"""Linked: the tables of one universe as one system of whole numbers, and which of its rows came from which cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Bools
from evidencekit.disclosure.ledger.classes import Classes, classes_of
from evidencekit.disclosure.ledger.cliques import Tree, tree_of
from evidencekit.disclosure.ledger.groups import Group, Levels
from evidencekit.disclosure.ledger.numbers import FINE, Number
from evidencekit.disclosure.ledger.silence import Silence, questions
from evidencekit.disclosure.ledger.systems import NODES, CountSystem, Row
from evidencekit.disclosure.ledger.tables import PublishedTable, within
from evidencekit.errors import InputError

__all__ = ["Linked", "Owner", "Place", "Shown", "linked"]

Owner = tuple[int, int]  # the position of the table, and of its cell; -1 for what is said of the table as a whole
Mask = Bools
Parts = tuple[tuple[str, tuple[Levels, ...]], ...]
CELLS = 2_000_000  # before those where nobody is are left out
ATOMS = 60_000


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a group lies: what it asks for, and clique to atoms."""

    parts: Parts
    atoms: Mapping[int, NDArray[np.intp]]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A number of a table, with the group it counts and, of a percentage, the group it is of.

    Each is known by what it asks for and by its atoms in every clique that has its variables.
    """

    owner: Owner
    number: Number
    group: Place
    among: Place | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Linked:
    """Everything that is known of a universe.

    `starts` are the first atoms of the cliques, and the end; `shown` every number; `rows` what each says, with the number's `owner`, None
    where the row only makes two cliques agree; `nobody` the atoms that are empty, with the tables that say so; `silence` knows the
    groups of those who gave no answer.
    """

    tables: tuple[PublishedTable, ...]
    names: tuple[str, ...]
    tree: Tree
    starts: NDArray[np.intp]
    shown: tuple[Shown, ...]
    rows: tuple[tuple[Owner | None, Row], ...]
    nobody: tuple[tuple[Owner, NDArray[np.intp]], ...]
    silence: Silence
    cap: int
    nodes: int

    @property
    def size(self) -> int:
        """How many atoms there are."""
        return int(self.starts[-1])

    def system(self, *, without: Iterable[Owner] = (), tables: Iterable[int] | None = None) -> CountSystem:
        """What a reader knows of some tables, all by default, when some of their cells are left out."""
        read = set(range(len(self.tables)) if tables is None else tables)
        out = set(without)
        upper = np.full(self.size, self.cap, dtype=np.int64)
        for owner, atoms in self.nobody:
            if owner[0] in read:
                upper[atoms] = 0
        rows = [row for owner, row in self.rows if owner is None or (owner[0] in read and owner not in out)]
        return CountSystem(self.size, rows, upper, self.nodes)

    def owners(self, *, without: Iterable[Owner] = ()) -> list[Owner | None]:
        """The owner of each row of `system`."""
        out = set(without)
        return [owner for owner, _ in self.rows if owner not in out]

    def empty(self) -> Mask:
        """Which atoms some table says are empty."""
        mask = np.zeros(self.size, dtype=np.bool_)
        for _, atoms in self.nobody:
            mask[atoms] = True
        return mask


def linked(tables: Sequence[PublishedTable], *, names: Sequence[str], settled: int, nodes: int = NODES) -> Linked:
    """Link tables of one universe.

    Parameters
    ----------
    tables : sequence of PublishedTable
        Those of the ledger first.
    names : sequence of str
        What an error calls each of them.
    settled : int
        How many of them were released before; atoms that they say are empty are left out for good.
    nodes : int
        As for `CountSystem`.
    """
    return _Linking(tables, names, settled).made(nodes)


class _Linking:
    """The work of `linked`: classes, cliques, atoms, and then rows."""

    def __init__(self, tables: Sequence[PublishedTable], names: Sequence[str], settled: int) -> None:
        self.tables, self.names, self.settled = tuple(tables), tuple(names), settled
        asked = [(t, at, number, parts) for t, table in enumerate(tables) for at, number, parts in _asked(table)]
        sets: dict[str, dict[Levels, None]] = {}
        for _, _, _, (group, among) in asked:
            for name, levels in (*group, *among):
                sets.setdefault(name, {}).update(dict.fromkeys(levels))
        for table in tables:
            for name, levels in (*table.where.parts, *table.whole.parts):
                sets.setdefault(name, {})[levels] = None
        self.asked = asked
        self.classes: dict[str, Classes] = {name: classes_of(name, tuple(found)) for name, found in sorted(sets.items())}
        scopes = [[name for name, _ in (*group, *among)] for _, _, _, (group, among) in asked]
        scopes += [[name, *table.where.variables] for table in tables for name in table.whole.variables]
        self.tree = tree_of(scopes, {name: found.count for name, found in self.classes.items()})
        self.shapes = [tuple(self.classes[name].count for name in clique) for clique, _ in self.tree]
        if (cells := sum(map(prod, self.shapes))) > CELLS:
            raise InputError(
                f"The tables of this universe together part people into {cells:,} cells, more than can be audited.",
                "Show fewer variables crossed with each other, or coarser levels.",
            )

    def made(self, nodes: int) -> Linked:
        empty = [(owner, [self._nobody(i, *said) for i in range(len(self.tree))]) for owner, said in self._completed()]
        gone = [owner for owner, _ in empty if owner[0] < max(self.settled, 1)]
        self.kept = [
            ~np.logical_or.reduce([np.zeros(shape, dtype=np.bool_), *(masks[i] for owner, masks in empty if owner in gone)]).ravel()
            for i, shape in enumerate(self.shapes)
        ]
        self.starts = np.concatenate([[0], np.cumsum([kept.sum() for kept in self.kept])]).astype(np.intp)
        if self.starts[-1] > ATOMS:
            raise InputError(
                f"The tables of this universe together part people into {self.starts[-1]:,} groups, more than can be audited.",
                "Show fewer variables crossed with each other, or coarser levels.",
            )
        shown = tuple(self._shown((t, at), number, parts) for t, at, number, parts in self.asked)
        rows = [*((None, row) for row in self._agreement()), *((one.owner, row) for one in shown for row in _rows(one))]
        most = sum(one.number.limits()[1] or 0 for one in shown if one.number.kind != "percent")
        # Where nothing limits a number it can reach the cap, which is more than any limited one can.
        nobody = tuple((owner, np.concatenate([self._atoms(i, mask) for i, mask in enumerate(masks)])) for owner, masks in empty)
        return Linked(self.tables, self.names, self.tree, self.starts, shown, tuple(rows), nobody, self._silence(), most + 1_000, nodes)

    def _completed(self) -> list[tuple[Owner, tuple[str, Levels, Group]]]:
        """Which table says of which variable that everyone in its part has one of these levels."""
        return [((t, -1), (name, levels, table.where)) for t, table in enumerate(self.tables) for name, levels in table.whole.parts]

    def _nobody(self, clique: int, name: str, levels: Levels, where: Group) -> Mask:
        """The cells of a clique that such a statement empties; none where the clique lacks a variable of it."""
        names = self.tree[clique][0]
        if not {name, *where.variables} <= set(names):
            return np.zeros(self.shapes[clique], dtype=np.bool_)
        asked = {v: self.classes[v].of((inside,)) for v, inside in where.parts}
        other = ~self.classes[name].members[levels]
        asked[name] = other & asked.get(name, np.ones_like(other))
        return self._cross(clique, asked)

    def _cross(self, clique: int, asked: dict[str, Mask]) -> Mask:
        """The cells of a clique whose classes are all asked for."""
        names, shape = self.tree[clique][0], self.shapes[clique]
        mask = np.ones(shape, dtype=np.bool_)
        for axis, name in enumerate(names):
            if name in asked:
                mask &= asked[name].reshape([-1 if i == axis else 1 for i in range(len(shape))])
        return mask

    def _silence(self) -> Silence:
        asked, apart = questions(self.tables)
        classes = {name: at for name in sorted(asked) if (at := self.classes[name].silent) is not None}
        return Silence([names for names, _ in self.tree], self.shapes, self.kept, self.starts, classes, apart)

    def _atoms(self, clique: int, mask: Mask) -> NDArray[np.intp]:
        """The atoms of a clique under a mask of its cells."""
        return np.flatnonzero(mask.ravel()[self.kept[clique]]) + self.starts[clique]

    def _place(self, parts: Parts) -> Place:
        scope, asked = {name for name, _ in parts}, {v: self.classes[v].of(sets) for v, sets in parts}
        cliques = [i for i, (names, _) in enumerate(self.tree) if scope <= set(names)]
        return Place(parts, {i: self._atoms(i, self._cross(i, asked)) for i in cliques})

    def _shown(self, owner: Owner, number: Number, parts: tuple[Parts, Parts]) -> Shown:
        group = self._place(parts[0])
        nobody = not any(len(atoms) for atoms in group.atoms.values())
        if nobody and number.kind == "count" and number.limits()[0]:
            place = f"cell {owner[1]}" if owner[1] >= 0 else "what stands beside its cells"
            which = self.names[owner[0]]
            raise InputError(
                f"{which[:1].upper()}{which[1:]} shows people, in {place}, with a level that according to another table nobody has.",
                "Check the levels; a table that does not show all levels of a variable does not name it in complete=.",
            )
        return Shown(owner, number, group, self._place(parts[1]) if number.of is not None else None)

    def _agreement(self) -> list[Row]:
        """Rows that make two cliques agree on the variables they share; they all agree on how many people there are."""
        rows: list[Row] = []
        for i, (names, parent) in enumerate(self.tree):
            if i == 0:
                continue
            other = 0 if parent is None else parent
            shared = [name for name in names if name in self.tree[other][0]] if parent is not None else []
            one, two = (self._margin(clique, shared) for clique in (i, other))
            for value in np.union1d(one, two):
                mine, theirs = np.flatnonzero(one == value) + self.starts[i], np.flatnonzero(two == value) + self.starts[other]
                signs = np.concatenate([np.ones(len(mine), dtype=np.int64), -np.ones(len(theirs), dtype=np.int64)])
                rows.append(Row(np.concatenate([mine, theirs]), signs, 0, 0))
        return rows

    def _margin(self, clique: int, shared: Sequence[str]) -> NDArray[np.intp]:
        """For each atom of a clique, the cell of the shared margin it lies in."""
        names, shape = self.tree[clique][0], self.shapes[clique]
        out: Any = np.zeros(shape, dtype=np.intp)
        for name in shared:
            axis = names.index(name)
            out = out * shape[axis] + np.arange(shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))])
        return np.broadcast_to(out, shape).ravel()[self.kept[clique]]


def _asked(table: PublishedTable) -> Iterable[tuple[int, Number, tuple[Parts, Parts]]]:
    """Every number of a table, with its group and the one it is of, inside the table's part of the universe."""
    for at, number in table.numbers:
        among = within(table.where, number.of).parts if number.of is not None else ()
        group = within(number.of, number.group).parts if number.of is not None else within(Group(), number.group).parts
        yield at, number, (_merged(within(table.where, Group()).parts, group), among)


def _merged(one: Parts, two: Parts) -> Parts:
    out: dict[str, dict[Levels, None]] = {}
    for name, sets in (*one, *two):
        out.setdefault(name, {}).update(dict.fromkeys(sets))
    return tuple((name, tuple(sets)) for name, sets in sorted(out.items()))


def _rows(one: Shown) -> list[Row]:
    """What a number says, as rows, in one clique: the others agree with it."""
    clique, atoms = next(iter(one.group.atoms.items()))
    if one.among is None:
        low, high = one.number.limits()
        return [] if low == 0 and high is None else [Row(atoms, np.ones(len(atoms), dtype=np.int64), low, high)]
    low, high = one.number.shares()
    among = one.among.atoms[clique]
    inside, rows = np.isin(among, atoms), []
    if low > 0:
        rows.append(Row(among, np.where(inside, FINE - low, -low).astype(np.int64), 0, None))
    if high < FINE:
        rows.append(Row(among, np.where(inside, FINE - high, -high).astype(np.int64), None, 0))
    some, not_all = one.number.people()
    rows += [Row(part, np.ones(len(part), dtype=np.int64), 1, None) for part, told in ((atoms, some), (among[~inside], not_all)) if told]
    return rows
