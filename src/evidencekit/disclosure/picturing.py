"""What a table gives away when only its small cells are hidden, and what it gives away as it is released: for those inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evidencekit.columns import Bools
from evidencekit.disclosure.additive import Block, blocks_of
from evidencekit.disclosure.released import PROTECTED, Released
from evidencekit.disclosure.rules import identifying
from evidencekit.disclosure.tables import CellSystem, intervals
from evidencekit.disclosure.tables.solving import CLOSE
from evidencekit.errors import InputError
from evidencekit.estimate import Estimate
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.grids import Grid, GridCell, GridState, grid_chart

__all__ = ["before_and_after"]

INSIDE = "Not for publication: the upper table holds what must not be shown"


def before_and_after(est: Estimate, safe: Released, *, title: str = "") -> Picture:
    """Draw the numbers of cases of a table twice: with only its small cells hidden, and as it was released.

    Hidden cells show what a reader can work out from the cells that are left and the margins. The picture is for those who decide on a
    release, and for teaching; it is as confidential as the data.

    Parameters
    ----------
    est : Estimate
        What was released, as it was before: counts of a split by one or two columns, or categories by one column.
    safe : Released
        What `release` made of it.
    title : str
        Above the tables; by default the label of the variable.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Not of each other; more than two columns; nothing that adds up; or nothing hidden.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "image_shared", by=["province", "sex"])
    >>> ek.disclosure.before_and_after(est, ek.release(est)).alt.startswith("Had a private image shared")
    True
    """
    if not isinstance(est, Estimate) or not isinstance(safe, Released) or est.cells.columns != safe.estimate.cells.columns:
        raise InputError("before_and_after() takes an Estimate and what release() made of it.")
    blocks = [block for block in blocks_of(est) if len(_splits(est, block)) <= 2]
    if len(blocks) != 1:
        raise InputError("The picture is of one variable, split by one or two columns.", "Estimate it by one or two columns.")
    (block,) = blocks
    hidden = np.array([s == PROTECTED for s in safe.status], dtype=bool)[block.rows]
    if not hidden.any():
        raise InputError("Nothing of the table is hidden.", "There is nothing to compare.")
    given = hidden & np.array([not why for why in identifying(est, safe.rules)], dtype=bool)[block.rows]
    grids = [
        _grid(est, block, hidden & ~given, given & False, "With only the small cells hidden"),
        _grid(est, block, hidden, given, "As it is released"),
    ]
    said = dict(est.provenance.labels)
    variable = str(est.cells.columns["variable"][int(block.rows[0])])
    caption = f"Numbers who are cases. In hidden cells: what a reader can work out. {INSIDE}."
    return grid_chart(grids, title=title or said.get(variable, variable), caption=caption)


def _splits(est: Estimate, block: Block) -> list[str]:
    columns = est.cells.columns
    return [c for c in (*est.cells.by, "category") if c in columns and len({columns[c][i] for i in block.rows}) > 1]


def _grid(est: Estimate, block: Block, hidden: Bools, given: Bools, title: str) -> Grid:
    """One of the two tables: rows and columns with their totals."""
    system = block.systems[0]
    out = np.zeros(len(system), dtype=bool)
    out[block.cells] = hidden
    low, high = intervals(system, out)
    words = {
        int(i): (int(a), int(b))
        for i, a, b in zip(np.flatnonzero(out), np.ceil(low[out] - CLOSE), np.floor(high[out] + CLOSE), strict=True)
    }
    too = {int(cell) for cell in block.cells[given]}
    splits = _splits(est, block)
    labels = [_levels(est, block, column) for column in splits] + [[""]] * (2 - len(splits))
    table = system.tables[0].reshape(system.tables[0].shape[0], -1)
    order_rows, order_columns = [*range(1, table.shape[0]), 0], [*range(1, table.shape[1]), 0] if table.shape[1] > 1 else [0]
    row_names = [*labels[0], "all"]
    column_names = [*labels[1], "all"] if table.shape[1] > 1 else ["cases"]
    rows = [
        (str(name), tuple(_cell(system, int(table[r, c]), words, too) for c in order_columns))
        for name, r in zip(row_names, order_rows, strict=True)
    ]
    return Grid(title, tuple(map(str, column_names)), rows)


def _levels(est: Estimate, block: Block, column: str) -> Sequence[Any]:
    return list(dict.fromkeys(est.cells.columns[column][i] for i in block.rows))


def _cell(system: CellSystem, at: int, words: dict[int, tuple[int, int]], too: set[int]) -> GridCell:
    if at < 0:
        return GridCell("0")
    if at not in words:
        return GridCell(f"{system.values[at]:,.0f}")
    low, high = words[at]
    state: GridState = "exposed" if low == high else "too" if at in too else "hidden"
    return GridCell(f"{low:,}" if low == high else f"{low:,} to {high:,}", state)
