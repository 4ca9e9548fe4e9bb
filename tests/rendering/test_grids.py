"""Grids: every cell is in the words, what is hidden is marked without colour, nothing leaves the sheet, the same bytes each time."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from evidencekit.errors import InputError
from evidencekit.rendering.figure import WIDTH
from evidencekit.rendering.grids import Grid, GridCell, grid_chart


def table(rows: int = 2, columns: int = 3) -> Grid:
    """A table with a hidden cell, one hidden with it and one given away."""
    states = ("hidden", "too", "exposed")
    cells = [tuple(GridCell(f"{r * columns + c}", states[c] if r == 0 and c < 3 else "shown") for c in range(columns)) for r in range(rows)]
    return Grid("Cases by group", tuple(f"column {c}" for c in range(columns)), [(f"row {r}", cells[r]) for r in range(rows)])


def test_the_words_hold_every_cell_and_why_it_is_hidden() -> None:
    picture = grid_chart([table()], title="What is given away")
    assert picture.alt == (
        "What is given away. Cases by group. row 0: column 0 0 (hidden: too few), column 1 1 (hidden too, because it would give another "
        "away), column 2 2 (hidden, and still worked out); row 1: column 0 3, column 1 4, column 2 5."
    )
    svg = picture.to_svg()
    assert svg == grid_chart([table()], title="What is given away").to_svg()
    assert svg.count("<pattern") == 2, "two kinds of hidden, two hatchings"


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 3), (12, 6), (3, 12)])
def test_nothing_leaves_the_sheet(rows: int, columns: int) -> None:
    figure = grid_chart([table(rows, columns), table(rows, columns)], title="Two tables", caption="A caption. " * 12).figure
    (axes,) = figure.axes
    renderer = FigureCanvasAgg(figure).get_renderer()
    for part in (*axes.texts, *axes.patches):
        box = part.get_window_extent(renderer).transformed(axes.transData.inverted())
        low, high = sorted((box.y0, box.y1))
        assert -1 <= box.x0 <= box.x1 <= WIDTH + 1
        assert -1 <= low <= high <= axes.get_ylim()[0] + 1


def test_bad_input() -> None:
    with pytest.raises(InputError, match="no grid"):
        grid_chart([])
    with pytest.raises(InputError, match="a row and a column"):
        Grid("t", (), [])
    with pytest.raises(InputError, match="more or fewer cells"):
        Grid("t", ("a", "b"), [("r", (GridCell("1"),))])
    with pytest.raises(InputError, match="state"):
        GridCell("1", "secret")  # type: ignore[arg-type]
