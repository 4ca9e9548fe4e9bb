"""From several tables to one additive system: common cells are found once, and everything that adds up is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, kron, vstack

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.tables.axes import Axis, Within, axes_of
from evidencekit.disclosure.tables.joint import joint_of
from evidencekit.disclosure.tables.solving import CLOSE
from evidencekit.disclosure.whole import positions
from evidencekit.errors import InputError, how_many

__all__ = ["SUMS", "Table", "axes_in", "linked_parts"]

MOST = 200_000  # cells of the full cross
SUMS = 1e-8  # relative; weighted totals are added up in another order by whoever made them

Parts = tuple[Floats, csr_array, Bools, csr_array, Bools, tuple[Codes, ...]]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table:
    """One table of a release: its inner cells, and which of its margins are shown.

    Parameters
    ----------
    counts : array (d1, ..., dn)
        The inner cells.
    dims : tuple of str
        The names of the dimensions, one for each axis of `counts`.
    margins : sequence of tuples of str, optional
        Which margins are shown, each by the dimensions that are left in it: ``[("sex",), ()]`` are the totals by sex and the grand
        total. By default all of them, also those by the coarser groups of a hierarchy.
    shown : bool
        Whether any of it is shown, True by default. The full cross behind the tables of a release is a Table with ``shown=False``.

    Raises
    ------
    InputError
        Not an array of numbers, no cell, or names that do not fit its axes.

    Examples
    --------
    >>> Table([[3, 1], [4, 12]], ("sex", "answer"), margins=[("sex",)])
    Table of 2 x 2 inner cells by 'sex', 'answer'
    """

    counts: Any
    dims: tuple[str, ...]
    margins: Sequence[Sequence[str]] | None = None
    shown: bool = True
    shape: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        counts = _array(self.counts)
        dims = (self.dims,) if isinstance(self.dims, str) else tuple(self.dims)
        if not (np.issubdtype(counts.dtype, np.integer) or np.issubdtype(counts.dtype, np.floating)):
            raise InputError("A table's counts are not an array of numbers.", "Pass an array with one axis for each dimension.")
        if not counts.ndim or not counts.size:
            raise InputError("A table has no cell.", "Pass an array with at least one level along each dimension.")
        if len(dims) != counts.ndim or len(set(dims)) != len(dims) or not all(isinstance(d, str) and d for d in dims):
            raise InputError(f"A table with {how_many(counts.ndim, 'axis', 'axes')} needs a name for each, all different.")
        for bad, word in ((~np.isfinite(counts), "missing or not finite"), (counts < 0, "negative")):
            if bad.any():
                raise InputError(
                    f"{how_many(int(bad.sum()), 'inner cell is', 'inner cells are')} {word}, at {positions(bad.ravel())} in C order.",
                    "Counts and weighted totals of records are 0 or more; a cell without records is 0.",
                )
        object.__setattr__(self, "counts", counts.astype(np.float64))
        object.__setattr__(self, "dims", dims)
        object.__setattr__(self, "shape", counts.shape)

    def __repr__(self) -> str:
        return f"Table of {' x '.join(map(str, self.shape))} inner cells by {', '.join(map(repr, self.dims))}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Grid:
    """The cells of a table with its margins: a product, over all axes, of slots of the groupings in `names`."""

    axes: tuple[Axis, ...]
    names: tuple[tuple[str, ...], ...]
    order: tuple[int, ...]  # the axes of the table's own dimensions, in its order

    @property
    def slots(self) -> list[Codes]:
        return [np.concatenate([a.slots_of(n) for n in names]) for a, names in zip(self.axes, self.names, strict=True)]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(s) for s in self.slots)

    @property
    def finest(self) -> bool:
        return all(names[-1] == a.names[-1] for a, names in zip(self.axes, self.names, strict=True))

    @property
    def keys(self) -> NDArray[np.int64]:
        """A number for each cell, the same in every grid."""
        return np.ravel_multi_index(np.ix_(*self.slots), tuple(a.slots for a in self.axes)).ravel()

    def members(self) -> csr_array:
        """Which cells of the full cross each cell holds."""
        return _krons([a.members()[s] for a, s in zip(self.axes, self.slots, strict=True)])

    def sums(self) -> csr_array:
        """A margin minus its parts, along each axis in turn."""
        blocks = []
        for i, axis in enumerate(self.axes):
            each = [csr_array(eye_array(n)) for n in self.shape]
            each[i] = axis.sums(self.names[i])
            blocks.append(_krons(each))
        return csr_array(vstack(blocks))

    def inner(self) -> Bools:
        """The cells that are no margins of the table."""
        return self.by(tuple(names[-1] for names in self.names))

    def by(self, groups: Sequence[str]) -> Bools:
        """The cells that are groups of these groupings, one for each axis."""
        marks = [np.isin(s, a.slots_of(g)) for a, s, g in zip(self.axes, self.slots, groups, strict=True)]
        return reduce(np.logical_and.outer, marks).ravel()

    def values(self, table: Table) -> Floats:
        """The table's counts with all margins, in the order of the cells."""
        out = np.moveaxis(table.counts, np.argsort(self.order), range(len(self.order)))
        out = out.reshape([table.counts.shape[self.order.index(i)] if i in self.order else 1 for i in range(len(self.axes))])
        for i, (axis, names, slots) in enumerate(zip(self.axes, self.names, self.slots, strict=True)):
            one = np.unique(axis.codes[axis.names.index(names[-1])], return_index=True)[1]  # a level of each group of the table
            out = np.moveaxis(np.tensordot(axis.members()[slots][:, one].toarray(), out, axes=(1, i)), 0, i)
        return out.ravel()

    def offered(self, table: Table) -> Bools:
        """The cells that the table shows."""
        if not table.shown:
            return np.zeros(len(self.keys), dtype=bool)
        if table.margins is None:
            return np.ones(len(self.keys), dtype=bool)
        combos = {frozenset(g) - {""}: g for g in product(*self.names)}
        out = self.inner()
        for left in table.margins:
            if isinstance(left, str) or frozenset(left) not in combos:
                raise InputError(
                    "margins= names something that is not a margin of its table.", "Give a tuple of dimensions for each margin."
                )
            out |= self.by(combos[frozenset(left)])
        return out

    def placed(self, places: NDArray[Any]) -> NDArray[Any]:
        """What is known of each cell, as an array along the table's own dimensions."""
        return np.transpose(places.reshape(self.shape), (*self.order, *(i for i in range(len(self.axes)) if i not in self.order))).reshape(
            [self.shape[i] for i in self.order]
        )


def axes_in(counts: Any) -> int:
    """How many axes an array of counts has; what is no array has none."""
    return _array(counts).ndim


def _array(counts: Any) -> NDArray[Any]:
    """An array of what was passed; of lists of unequal lengths, an array of no numbers."""
    if np.ma.isMaskedArray(counts):
        return np.array(None)  # what is masked is still in it, and would be counted
    try:
        return np.asarray(counts)
    except ValueError:
        return np.array(None)


def linked_parts(tables: tuple[Table, ...], within: Within) -> Parts:
    """What a CellSystem is made of: values, relations, inner, atoms, offered, places of the tables."""
    axes = axes_of(_levels(tables), within)
    if np.prod([float(a.levels) for a in axes]) > MOST or np.prod([float(a.slots) for a in axes]) > 2.0**62:
        raise InputError(
            f"The full cross of the {len(axes)} dimensions has more than {MOST:,} cells.", "Link fewer or coarser tables at once."
        )
    grids = [_grid(t, axes) for t in tables]
    whole = next((i for i, g in enumerate(grids) if g.finest), len(grids))
    if whole == len(grids):
        grids.append(_Grid(axes, tuple((a.names[-1],) for a in axes), tuple(range(len(axes)))))
    keys = np.concatenate([g.keys for g in grids])
    _, first, back = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))  # cells stand in the order in which the tables name them
    at = np.split(rank[back], np.cumsum([len(g.keys) for g in grids])[:-1])
    offered = np.zeros(len(first), dtype=bool)
    for g, table, places in zip(grids, tables, at, strict=False):
        offered[places] |= g.offered(table)
    cross = at[whole][grids[whole].inner()]
    members = csr_array(vstack([g.members() for g in grids]))[np.sort(first)][:, np.argsort(cross)]
    inner = np.isin(np.arange(len(first)), cross)
    values = _values([(g, g.values(t)) for g, t in zip(grids, tables, strict=False)], at, len(first))
    unknown = np.isnan(values)
    if unknown.any():
        values[unknown] = members[unknown] @ joint_of(members[~unknown], values[~unknown])
    rows = [_moved(g.sums(), places, len(first)) for g, places in zip(grids, at, strict=True)]
    for i, (g, places) in enumerate(zip(grids, at, strict=True)):
        if i != whole and not g.finest:
            rows.append(_of_atoms(places[g.inner()], members, np.flatnonzero(inner)))
    places = tuple(g.placed(p) for g, p in zip(grids, at, strict=True))[: len(tables)]
    return values, _distinct(csr_array(vstack(rows))), inner, csr_array(members.T), offered, places


def _levels(tables: tuple[Table, ...]) -> dict[str, int]:
    """How many levels each dimension has."""
    levels: dict[str, int] = {}
    for i, table in enumerate(tables):
        for dim, size in zip(table.dims, table.shape, strict=True):
            if levels.setdefault(dim, size) != size:
                raise InputError(
                    f"Table {i + 1} has another number of levels of {dim!r} than a table before it.", "Tabulate all levels in both."
                )
    return levels


def _grid(table: Table, axes: tuple[Axis, ...]) -> _Grid:
    """The grid of a table; one that is not shown needs no margins."""
    order = tuple(next(i for i, a in enumerate(axes) if d in a.names) for d in table.dims)
    if len(set(order)) != len(order):
        raise InputError(
            "A table has two dimensions of which one lies within the other.", "Give it by the finer one; the coarser adds up from it."
        )
    names = []
    for i, axis in enumerate(axes):
        dim = table.dims[order.index(i)] if i in order else ""
        names.append(axis.coarser(dim) if table.shown else (dim,))
    return _Grid(axes, tuple(names), order)


def _values(given: list[tuple[_Grid, Floats]], at: list[Codes], m: int) -> Floats:
    """The value of each cell, the same in every table that has it; NaN where none has it."""
    values, table_of = np.full(m, np.nan), np.zeros(m, dtype=np.intp)
    for i, ((grid, new), places) in enumerate(zip(given, at, strict=False)):
        old = values[places]
        bad = np.abs(new - old) > SUMS * np.maximum(new, old) + CLOSE
        if bad.any():
            k = int(np.flatnonzero(bad)[0])
            raise InputError(
                f"Tables {table_of[places[k]] + 1} and {i + 1} differ in {how_many(int(bad.sum()), 'common cell')}, "
                f"at {positions(grid.placed(bad).ravel())} in C order of table {i + 1} with its margins.",
                "Tabulate all tables of a release from the same records, before any rounding.",
            )
        fresh = np.isnan(old)
        values[places[fresh]], table_of[places[fresh]] = new[fresh], i
    return values


def _krons(matrices: list[csr_array]) -> csr_array:
    return csr_array(reduce(lambda a, b: kron(a, b, format="csr"), matrices))


def _moved(matrix: csr_array, places: Codes, m: int) -> csr_array:
    """The same rows, over the cells of the whole system."""
    found = matrix.tocoo()
    return csr_array((found.data, (found.row, places[found.col])), shape=(matrix.shape[0], m))


def _of_atoms(cells: Codes, members: csr_array, atoms: Codes) -> csr_array:
    """Each of these cells minus its atoms."""
    parts = members[cells].tocoo()
    data = np.concatenate([np.ones(len(cells)), -parts.data])
    rows, cols = np.concatenate([np.arange(len(cells)), parts.row]), np.concatenate([cells, atoms[parts.col]])
    return csr_array((data, (rows, cols)), shape=(len(cells), members.shape[0]))


def _distinct(matrix: csr_array) -> csr_array:
    """Each relation once, in the order in which they came; tables with common margins have common sums."""
    matrix.eliminate_zeros()
    matrix.sort_indices()
    seen: dict[bytes, int] = {}
    for i, (a, b) in enumerate(zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)):
        seen.setdefault(matrix.indices[a:b].tobytes() + matrix.data[a:b].tobytes(), i)
    return matrix[np.array(list(seen.values()), dtype=np.intp)]
