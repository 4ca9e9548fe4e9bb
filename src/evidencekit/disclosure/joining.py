"""Several Estimates as one additive system: rows that are of the same people are one cell, whichever table shows them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.disclosure.additive import Block, block_of, equal_weights, parts_of, without
from evidencekit.disclosure.tables import CellSystem, Table, linked
from evidencekit.disclosure.tables.linking import SUMS
from evidencekit.disclosure.tables.solving import CLOSE
from evidencekit.errors import InputError
from evidencekit.estimate import Estimate

__all__ = ["Joined", "joined"]

CATEGORY = " category"  # the name of that dimension; no column has it


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Joined:
    """What of several Estimates adds up.

    Parameters
    ----------
    blocks : tuple of Block
        Their rows are positions in all Estimates, one after the other.
    tables : tuple of tuple of int
        For each block the Estimates that have a part in it.
    apart : tuple of tuple of int
        For each Estimate those of the same numbers that it could not be linked to: their common margins differ.
    """

    blocks: tuple[Block, ...]
    tables: tuple[tuple[int, ...], ...]
    apart: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Part:
    """Rows of one Estimate that are parts of a whole: labels per row, and what is counted in each."""

    table: int
    start: int
    est: Estimate
    rows: Codes
    labels: dict[str, tuple[Any, ...]]
    categories: tuple[Any, ...]

    @property
    def places(self) -> list[tuple[Any, ...]]:
        """Each row as labels of the dimensions, and its category."""
        return list(zip(*self.labels.values(), self.categories, strict=True))

    @property
    def shared(self) -> bool:
        """Whether answers are shared out over several categories."""
        return len(set(self.categories)) > 1

    @property
    def counted(self) -> list[Floats]:
        """What adds up, unweighted: cases and others, cases of each category, or answers."""
        n, cases = self.est.counts.n[self.rows], self.est.counts.cases[self.rows]
        if self.shared:
            return [cases]
        return [n] if np.isnan(cases).any() else [cases, n - cases]

    @property
    def weights(self) -> list[Floats]:
        """The same as weighted totals; none where those are not shown."""
        whole, share = self.est.counts.weighted_n[self.rows], self.est.points[self.rows]
        if self.est.statistic != "proportion" or np.isnan(whole).any():
            return []
        return [np.nan_to_num(whole * x) for x in (share, 1 - share)][: len(self.counted)]

    def sums(self, dims: Sequence[str]) -> dict[tuple[Any, ...], Floats]:
        """Margins by some of the dimensions, those that hold nobody left out: all that is counted, and answers."""
        n = self.est.counts.n[self.rows]
        values = np.column_stack([*self.counted, *self.weights, n])
        out: dict[tuple[Any, ...], Floats] = {}
        for i, place in enumerate(zip(*(self.labels[d] for d in dims), self.categories, strict=True)):
            out[place] = out.get(place, 0.0) + values[i]
        return {place: value for place, value in out.items() if value[-1] > 0}

    def agrees(self, other: _Part) -> bool:
        """Whether the margins that both have are the same."""
        common = [d for d in self.labels if d in other.labels]
        one, two = self.sums(common), other.sums(common)
        return one.keys() == two.keys() and all(
            one[k].shape == two[k].shape and np.allclose(one[k], two[k], rtol=SUMS, atol=CLOSE) for k in one
        )


def joined(ests: Sequence[Estimate]) -> Joined:
    """What of several Estimates adds up, with all that they have in common.

    Parameters
    ----------
    ests : sequence of Estimate
        Linked where they are of the same variable, statistic, design and condition, and margins that two of them have are the same.

    Raises
    ------
    InputError
        Two of them are the same table.
    """
    starts = np.concatenate([[0], np.cumsum([len(est) for est in ests])])
    groups: dict[Hashable, list[list[_Part]]] = {}
    out: list[tuple[Block, tuple[int, ...]]] = []
    apart: list[set[int]] = [set() for _ in ests]
    for table, est in enumerate(ests):
        for key, rows in parts_of(est).items():
            if block := block_of(est, rows):
                out.append((replace(block, rows=rows + starts[table]), (table,)))
            if (part := _part(table, int(starts[table]), est, rows)) is not None:
                _place(groups.setdefault((*_alike(part), key), []), part, apart)
    for parts in chain.from_iterable(groups.values()):
        if len(parts) > 1 and (block := _block(parts)):
            rows = set(block.rows.tolist())
            out = [(one, tables) for one, tables in out if rows.isdisjoint(one.rows.tolist())]
            out.append((block, tuple(part.table for part in parts)))
    return Joined(tuple(b for b, _ in out), tuple(t for _, t in out), tuple(tuple(sorted(them)) for them in apart))


def _part(table: int, start: int, est: Estimate, rows: Codes) -> _Part | None:
    """Rows that can be linked: each is of other people, and it is known of how many."""
    columns, n = est.cells.columns, est.counts.n[rows]
    labels = {c: tuple(columns[c][i] for i in rows) for c in est.cells.by}
    part = _Part(
        table, start, est, rows, labels, tuple(columns["category"][i] for i in rows) if "category" in columns else ("",) * len(rows)
    )
    once = len(set(part.places)) == len(rows)
    return part if once and not np.isnan([n, *part.counted]).any() and min(x.min() for x in part.counted) >= 0 else None


def _alike(part: _Part) -> tuple[Hashable, ...]:
    """What must be the same of parts that are linked."""
    said = part.est.provenance
    return part.est.statistic, said.design, said.population, said.where, frozenset(part.categories), len(part.counted), len(part.weights)


def _place(groups: list[list[_Part]], part: _Part, apart: list[set[int]]) -> None:
    """Put a part to the first others that all have its margins, or by itself."""
    for other in chain.from_iterable(groups):
        if set(part.labels) == set(other.labels) and part.agrees(other):
            raise InputError(f"Tables {other.table + 1} and {part.table + 1} are the same.", "Pass each table of the release once.")
    home = next((group for group in groups if all(part.agrees(other) for other in group)), None)
    for other in chain.from_iterable(group for group in groups if group is not home):
        apart[part.table].add(other.table)
        apart[other.table].add(part.table)
    if home is None:
        groups.append([part])
    else:
        home.append(part)


def _block(parts: list[_Part]) -> Block | None:
    """Parts of several Estimates in one system; None where several choices were possible, so that categories do not add up."""
    levels: dict[str, dict[Any, int]] = {}
    for part in parts:
        for dim, labels in part.labels.items():
            for label in labels:
                levels.setdefault(dim, {}).setdefault(label, len(levels[dim]))
    levels = {dim: known for dim, known in levels.items() if len(known) > 1}
    left = [_left(part) for part in parts]
    if any((x < -0.5).any() for x in left):
        return None
    if parts[0].shared:
        levels[CATEGORY] = {c: i for i, c in enumerate(dict.fromkeys(parts[0].categories))}
    shape = _Shape(levels, parts[0].shared and any((x > 0.5).any() for x in left))
    systems = [shape.system([part.counted[k] for part in parts], parts, left) for k in range(len(parts[0].counted))]
    cells = np.concatenate([shape.cells(part, systems[0], parts) for part in parts])
    n = np.concatenate([part.est.counts.n[part.rows] for part in parts])
    whole = np.concatenate([part.est.counts.weighted_n[part.rows] for part in parts])
    lighter = [] if equal_weights(n, whole) else range(len(parts[0].weights))
    heavy = [_left(part, weighted=True) for part in parts] if len(lighter) else []
    weighted = [shape.system([part.weights[k] for part in parts], parts, heavy) for k in lighter]
    keep = _kept(systems, cells)
    return Block(
        np.concatenate([part.rows + part.start for part in parts]),
        (np.cumsum(keep) - 1)[cells],
        tuple(without(one, keep) for one in systems),
        tuple(one.values[keep] for one in weighted),
    )


def _kept(systems: list[CellSystem], cells: Codes) -> Any:
    """All cells but those that a table shows to be empty, and what lies in them."""
    first = systems[0]
    empty = first.offered & ~np.any([one.values > 0 for one in systems], axis=0)
    empty[cells] = False
    within = first.atoms[:, empty].sum(axis=1) > 0
    empty[np.flatnonzero(first.inner)[within]] = True
    empty[cells] = False
    return ~empty


def _left(part: _Part, *, weighted: bool = False) -> Floats:
    """For each row, how many of its group chose none of the categories."""
    if not part.shared:
        return np.zeros(len(part.rows))
    counts = part.est.counts
    whole, values = (counts.weighted_n[part.rows], part.weights[0]) if weighted else (counts.n[part.rows], part.counted[0])
    groups = [place[:-1] for place in part.places]
    sums = {g: 0.0 for g in groups}
    for group, value in zip(groups, values, strict=True):
        sums[group] += value
    return np.array([w - sums[g] for w, g in zip(whole, groups, strict=True)])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Shape:
    """The dimensions of linked parts, with a code for each label, and whether a category is left over."""

    levels: dict[str, dict[Any, int]]
    more: bool

    def dims(self, part: _Part) -> tuple[str, ...]:
        """The dimensions that a part has."""
        return tuple(d for d in self.levels if d in part.labels or d == CATEGORY)

    def at(self, part: _Part) -> tuple[Codes, ...]:
        """Where each row stands along each of them."""
        labels = {**part.labels, CATEGORY: part.categories}
        return tuple(np.array([self.levels[d][x] for x in labels[d]], dtype=np.intp) for d in self.dims(part))

    def system(self, values: list[Floats], parts: list[_Part], left: list[Floats]) -> CellSystem:
        """The parts with these values as one system."""
        tables = []
        for part, each, over in zip(parts, values, left, strict=True):
            if dims := self.dims(part):
                table = np.zeros([len(self.levels[d]) + (self.more and d == CATEGORY) for d in dims])
                table[self.at(part)] = np.maximum(each, 0)
                if self.more:
                    table[(*self.at(part)[:-1], -1)] = np.maximum(over, 0)
                tables.append(Table(table, dims))
        return linked(tables)

    def cells(self, part: _Part, system: CellSystem, parts: list[_Part]) -> Codes:
        """Where the rows of a part are in the system. One without dimensions is the total of any other."""
        having = [one for one in parts if self.dims(one)]
        if not self.dims(part):
            return np.array([system.tables[0].ravel()[0]], dtype=np.intp)
        return system.tables[having.index(part)][tuple(x + 1 for x in self.at(part))]
