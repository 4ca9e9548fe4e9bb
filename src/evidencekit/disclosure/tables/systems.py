"""Tables as one additive system: cells with their values, and the sums that tie them to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.tables.axes import Within
from evidencekit.disclosure.tables.linking import SUMS, Table, axes_in, linked_parts
from evidencekit.disclosure.tables.solving import CLOSE
from evidencekit.disclosure.whole import positions
from evidencekit.errors import InputError, how_many

__all__ = ["CellSystem", "Table", "cube", "linked"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CellSystem:
    """Cells of one or more tables over the same records, and everything that adds up among them.

    Parameters
    ----------
    values : array (m,)
        Counts, or weighted totals; finite and not negative.
    relations : sparse array (r, m)
        A margin (1) minus its parts (-1) in each row: ``relations @ values`` is 0.
    inner : array of bool (m,)
        Which cells are atoms: the finest that the tables distinguish.
    atoms : sparse array (k, m)
        Which atoms (rows, in the order of the inner cells) each cell adds up: ``values == values[inner] @ atoms``.
    offered : array of bool (m,)
        Cells that one of the tables would show. The others are never published, at no cost: they say what an intruder knows of
        how the tables hang together.
    tables : tuple of array
        For each table the positions of its cells. Along each dimension the total comes first, then coarser groups, then the levels;
        so ``values[tables[0]]`` is the first table with its margins.

    Raises
    ------
    InputError
        Shapes that do not fit together, values that are negative or missing, margins that do not add up.

    Examples
    --------
    >>> system = cube([[3, 1], [4, 12]])
    >>> system
    CellSystem: 9 cells of 1 table, 4 of them inner; 6 sums
    >>> system.values[system.tables[0]].astype(int).tolist()
    [[20, 7, 13], [4, 3, 1], [16, 4, 12]]
    """

    values: Floats
    relations: csr_array
    inner: Bools
    atoms: csr_array
    offered: Bools
    tables: tuple[Codes, ...]

    def __post_init__(self) -> None:
        m = len(self.values)
        if self.values.ndim != 1 or not m:
            raise InputError("A system of cells needs at least one cell.", "Pass tables that are not empty.")
        shapes = (self.relations.shape[1], self.inner.shape, self.offered.shape, self.atoms.shape)
        if shapes != (m, (m,), (m,), (int(self.inner.sum()), m)):
            raise InputError("The parts of a CellSystem are not of one number of cells.", "Make it with cube() or linked().")
        _check(self)

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        cells, tables = how_many(len(self), "cell"), how_many(len(self.tables), "table")
        return f"CellSystem: {cells} of {tables}, {int(self.inner.sum()):,} of them inner; {how_many(self.relations.shape[0], 'sum')}"


def cube(counts: Any) -> CellSystem:
    """A table of counts with all its margins.

    Parameters
    ----------
    counts : array (d1, ..., dn)
        The inner cells: numbers of records (or weighted totals) in each combination of levels.

    Returns
    -------
    CellSystem
        Of ``(d1 + 1) * ... * (dn + 1)`` cells, in C order with the total first along each dimension. What is made of it (rounded values,
        hidden cells) is in this order too: ``made[system.tables[0]]`` is the table again, totals in its first row and column. Labels are
        not kept.

    Raises
    ------
    InputError
        Not an array of numbers, no cell, a negative or missing count.

    Examples
    --------
    >>> cube([[3, 1], [4, 12]]).values.astype(int).tolist()
    [20, 7, 13, 4, 3, 1, 16, 4, 12]
    """
    return linked([Table(counts, tuple(f"dimension {i + 1}" for i in range(axes_in(counts))))])


def linked(tables: Sequence[Table], *, within: Within | None = None) -> CellSystem:
    """Several tables over the same records, as one system.

    A cell that is in two tables (a common margin) is one cell. Where no table crosses all dimensions, their full cross is added as
    cells that are never shown: an intruder knows that the tables come from it, and that none of its cells is negative.

    Parameters
    ----------
    tables : sequence of Table
        The inner cells of each, with the names of their dimensions.
    within : mapping, optional
        Hierarchies: ``{"district": {"province": [0, 0, 1]}}`` says for each district which province it lies in, numbered from 0. The
        coarser groups become margins of every table by the finer dimension; a table by the coarser one shares them.

    Returns
    -------
    CellSystem
        Cells in the order of the tables, each in C order; cells that were in an earlier table are not repeated.

    Raises
    ------
    InputError
        No table, dimensions whose numbers of levels differ between tables, hierarchies that do not fit, common cells that differ, or
        tables that cannot come from the same records.

    Examples
    --------
    >>> by_district = Table([[9, 4], [7, 2], [8, 6]], ("district", "sex"))
    >>> by_age = Table([[10, 5], [14, 7]], ("age", "sex"))
    >>> system = linked([by_district, by_age], within={"district": {"province": [0, 0, 1]}})
    >>> system
    CellSystem: 36 cells of 2 tables, 12 of them inner; 30 sums
    >>> system.values[system.tables[0]].astype(int).tolist()
    [[36, 24, 12], [22, 16, 6], [14, 8, 6], [13, 9, 4], [9, 7, 2], [14, 8, 6]]
    >>> int(system.offered.sum())
    24
    """
    if isinstance(tables, Table) or not all(isinstance(t, Table) for t in tables):
        raise InputError("linked() takes a list of Table.", "Wrap each array of counts: Table(counts, dims).")
    if not tables:
        raise InputError("linked() needs at least one table.", "Pass the tables of the release.")
    return CellSystem(*linked_parts(tuple(tables), within or {}))


def _check(system: CellSystem) -> None:
    """Refuse values that are missing or negative, and margins that are not the sum of their parts, by position."""
    for bad, word in ((~np.isfinite(system.values), "missing or not finite"), (system.values < 0, "negative")):
        if bad.any():
            raise InputError(f"{how_many(int(bad.sum()), 'cell is', 'cells are')} {word}, at {positions(bad)}.", "Counts are 0 or more.")
    for matrix, values in ((system.relations, system.values), (system.atoms.T, system.values[system.inner])):
        made = matrix @ values
        off = np.abs(made) if matrix is system.relations else np.abs(made - system.values)
        bad = off > SUMS * (abs(matrix) @ values) + CLOSE
        if bad.any():
            what = "sum" if matrix is system.relations else "cell"
            raise InputError(
                f"{how_many(int(bad.sum()), 'margin does', 'margins do')} not add up, of {what}s {positions(bad)}.",
                "Tabulate inner cells and margins from the same records, before any rounding.",
            )
