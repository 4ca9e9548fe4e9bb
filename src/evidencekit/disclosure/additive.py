"""What of an Estimate adds up: the numbers of people behind its cells, as tables with all their margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.tables import CellSystem, cube
from evidencekit.estimate import Estimate

__all__ = ["ADDITIVE", "Block", "block_of", "blocks_of", "equal_weights", "parts_of", "without"]

ADDITIVE = ("proportion", "mean", "total", "count", "cdf", "quantile", "ratio", "variance")
AXES = ("at", "quantile")  # columns that repeat the same people


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Block:
    """Cells of an Estimate that are parts of one whole.

    Parameters
    ----------
    rows : array (r,) of int
        Positions in the Estimate, or in several one after the other.
    cells : array (r,) of int
        Where each of them is in the systems; rows of several Estimates that are the same people have one place.
    systems : tuple of CellSystem
        The same cells counted in one or two ways: cases and those who are not, where a cell of the Estimate tells of both; otherwise
        only cases (of several categories, which add up to the answers) or only answers.
    weighted : tuple of array (m,)
        For each system the same cells as weighted totals; empty where those are not shown, or all weights are equal.
    """

    rows: Codes
    cells: Codes
    systems: tuple[CellSystem, ...]
    weighted: tuple[Floats, ...] = ()

    @property
    def twins(self) -> Bools:
        """Margins of the very people that a row is of: of districts that lie in one province each, the totals of districts."""
        system = self.systems[0]
        members = system.atoms.T.tocsr()
        members.sort_indices()
        held = [members.indices[a:b].tobytes() for a, b in pairwise(members.indptr)]
        rows = {held[cell] for cell in self.cells}
        return self.margins & np.array([one in rows for one in held], dtype=bool)

    @property
    def margins(self) -> Bools:
        """The cells of the systems that the Estimate does not show."""
        out = np.ones(len(self.systems[0]), dtype=bool)
        out[self.cells] = False
        return out


def blocks_of(est: Estimate) -> list[Block]:
    """The blocks of an Estimate; none where nothing adds up, such as differences, or where counts are not known.

    Every margin is taken to be known: it may be shown in another table. Combinations of levels that nobody has are taken to be known
    to be empty.
    """
    made = [block_of(est, rows) for rows in parts_of(est).values()]
    return [block for block in made if block is not None]


def parts_of(est: Estimate) -> dict[tuple[tuple[str, Any], ...], Codes]:
    """The rows that may be parts of one whole, by what tells them apart from others: the variable, and points of a distribution."""
    if est.statistic not in ADDITIVE:
        return {}
    columns = est.cells.columns
    apart = [c for c in columns if c != "category" and c not in est.cells.by]
    found: dict[tuple[tuple[str, Any], ...], list[int]] = {}
    for i in range(len(est)):
        found.setdefault(tuple((c, columns[c][i]) for c in apart), []).append(i)
    return {key: np.array(rows, dtype=np.intp) for key, rows in found.items()}


def block_of(est: Estimate, rows: Codes) -> Block | None:
    """Rows of an Estimate as a block of their own; None where they are not parts of a whole."""
    columns = est.cells.columns
    n, cases = est.counts.n[rows], est.counts.cases[rows]
    splits = [c for c in est.cells.by if len({columns[c][i] for i in rows}) > 1]
    shared = "category" in columns and len({columns["category"][i] for i in rows}) > 1
    axes = [_places([columns[c][i] for i in rows]) for c in (*splits, *(["category"] if shared else []))]
    if not axes or np.isnan(n).any():
        return None
    grid = _Axes(tuple(axis for axis, _ in axes), tuple(size for _, size in axes))
    if len(set(zip(*(axis.tolist() for axis in grid.at), strict=True))) < len(rows):
        return None  # two cells of the same people: not parts of a whole
    whole, share = est.counts.weighted_n[rows], est.points[rows]
    weighted = [] if equal_weights(n, whole) or est.statistic != "proportion" else [whole * share, whole * (1 - share)]
    if not shared:
        counted = [n] if np.isnan(cases).any() else [cases, n - cases]
        return _made(rows, grid.at, [grid.table(x) for x in counted], [grid.table(x) for x in weighted[: len(counted)]])
    counts, left = grid.table(cases), grid.left(n, cases)
    if np.isnan(cases).any() or (left < -0.5).any():
        return None  # answers of several choices: they do not add up
    totals = [grid.table(x) for x in weighted[:1]]
    if (left > 0.5).any():  # not all categories are shown
        counts = np.concatenate([counts, np.maximum(left, 0)[..., None]], axis=-1)
        totals = [np.concatenate([x, np.maximum(grid.left(whole, weighted[0]), 0)[..., None]], axis=-1) for x in totals]
    return _made(rows, grid.at, [counts], totals)


def equal_weights(n: Floats, weighted: Floats) -> bool:
    """Whether weighted totals are the counts in another unit."""
    return bool(np.isnan(weighted).any()) or bool(np.allclose(weighted * n.sum(), n * weighted.sum(), rtol=1e-9))


@dataclass(frozen=True, slots=True)
class _Axes:
    """Where each row stands in a table of the splits."""

    at: tuple[Codes, ...]
    shape: tuple[int, ...]

    def table(self, values: Floats) -> Floats:
        """Values as a table, 0 where there is no row."""
        out = np.zeros(self.shape)
        out[self.at] = values
        return out

    def left(self, whole: Floats, parts: Floats) -> Floats:
        """What is left of each whole when the parts along the last axis are taken away."""
        return self.table(whole).max(axis=-1) - self.table(parts).sum(axis=-1)


def _places(labels: Sequence[Any]) -> tuple[Codes, int]:
    """Labels as whole numbers from 0, in their own order."""
    order: dict[Any, int] = {}
    at = np.array([order.setdefault(label, len(order)) for label in labels], dtype=np.intp)
    return at, len(order)


def _made(rows: Codes, at: tuple[Codes, ...], tables: list[Floats], totals: list[Floats]) -> Block:
    """The systems, without cells that are empty in each: those are known to be."""
    systems = [cube(table) for table in tables]
    where = systems[0].tables[0][tuple(axis + 1 for axis in at)]
    keep = np.any([system.values > 0 for system in systems], axis=0)
    keep[where] = True
    moved = np.cumsum(keep) - 1
    weighted = tuple(cube(np.maximum(total, 0)).values[keep] for total in totals)
    return Block(rows, moved[where], tuple(without(system, keep) for system in systems), weighted)


def without(system: CellSystem, keep: Bools) -> CellSystem:
    """The system without cells that hold nobody."""
    inner = np.flatnonzero(system.inner)
    moved = np.where(keep, np.cumsum(keep) - 1, -1)
    return replace(
        system,
        values=system.values[keep],
        relations=system.relations[:, keep],
        inner=system.inner[keep],
        atoms=system.atoms[keep[inner]][:, keep],
        offered=system.offered[keep],
        tables=tuple(moved[table] for table in system.tables),
    )
