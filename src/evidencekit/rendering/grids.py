"""Grids: small tables drawn cell by cell, hidden cells hatched, cells that are given away outlined, so that neither rests on colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from evidencekit.errors import InputError, one_of
from evidencekit.rendering import figure as page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Grid", "GridCell", "GridState", "grid_chart"]

GridState = Literal["shown", "hidden", "too", "exposed"]
_MEANS: dict[GridState, str] = {
    "hidden": "hidden: too few",
    "too": "hidden too, because it would give another away",
    "exposed": "hidden, and still worked out",
}
_INSIDE: dict[GridState, str] = {"shown": "white", "hidden": "#ededed", "too": "#ededed", "exposed": "#fdf0dc"}
_HATCH: dict[GridState, str] = {"hidden": "////", "too": "...."}
_ALARM = "#b34700"  # 5.6 to 1 on white
_GAP, _AIR = 12.0, 10.0
_Row = tuple[page.Lettering, tuple[tuple[page.Lettering, GridState], ...]]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a grid.

    Parameters
    ----------
    text : str
        What stands in it: the number, or for a hidden cell what can be said of it.
    state : {"shown", "hidden", "too", "exposed"}
        Hidden cells are hatched; "too" hides one that would give another away; "exposed" is hidden and given away, and is outlined.

    Examples
    --------
    >>> GridCell("0 to 23", "hidden").said
    '0 to 23 (hidden: too few)'
    """

    text: str
    state: GridState = "shown"

    def __post_init__(self) -> None:
        one_of("state", self.state, get_args(GridState))

    @property
    def said(self) -> str:
        """The cell in words."""
        return f"{self.text} ({_MEANS[self.state]})" if self.state in _MEANS else self.text


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to be drawn.

    Parameters
    ----------
    title : str
        What it shows, above it.
    columns : sequence of str
        Headings, without that of the row labels.
    rows : sequence of (str, sequence of GridCell)
        A label and as many cells as there are columns.

    Raises
    ------
    InputError
        No row, or a row with another number of cells.

    Examples
    --------
    >>> Grid("Cases", ("girls", "boys"), [("north", (GridCell("14"), GridCell("31")))]).said
    'Cases. north: girls 14, boys 31.'
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[GridCell]]]

    def __post_init__(self) -> None:
        if not self.rows or not self.columns:
            raise InputError("A grid needs a row and a column.", "Pass headings, and a label with its cells for each row.")
        if any(len(cells) != len(self.columns) for _, cells in self.rows):
            raise InputError("A row of the grid has more or fewer cells than there are headings.")

    @property
    def said(self) -> str:
        """The table in words."""
        rows = (
            f"{label}: " + ", ".join(f"{c} {cell.said}" for c, cell in zip(self.columns, cells, strict=True)) for label, cells in self.rows
        )
        return f"{self.title.rstrip('.')}. {'; '.join(rows)}."


def grid_chart(grids: Sequence[Grid], *, title: str = "", caption: str = "", alt: str | None = None) -> page.Picture:
    """Draw tables one below the other, with a key of what is hidden.

    Parameters
    ----------
    grids : sequence of Grid
        From top to bottom.
    title, caption : str
        Above and below.
    alt : str, optional
        The picture in words. By default the title and every cell.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When there is no grid, or no font has the letters of a text.

    Examples
    --------
    >>> from evidencekit.rendering.grids import Grid, GridCell, grid_chart
    >>> north = (GridCell("4", "exposed"), GridCell("31"), GridCell("35"))
    >>> before = Grid("Only the small cell hidden", ("girls", "boys", "all"), [("north", north)])
    >>> grid_chart([before], title="What a table gives away")
    Picture('What a table gives away')
    What a table gives away. Only the small cell hidden. north: girls 4 (hidden, and still worked out), boys 31, all 35.
    """
    if not grids:
        raise InputError("The picture has no grid.", "Pass at least one Grid.")
    described = alt or " ".join([f"{title.rstrip('. ')}." if title else "", *(grid.said for grid in grids)]).strip()
    return page.picture(lambda: _drawn(grids, title, caption), title or "Tables", described)


def _drawn(grids: Sequence[Grid], title: str, caption: str) -> Figure:
    """Stack title, tables, key and caption on a sheet."""
    inner = page.width() - 2 * page.MARGIN
    heading = page.lettering(title, inner, size=page.TITLE, bold=True)
    below = page.lettering(caption, inner)
    laid = [_Layout.of(grid, inner) for grid in grids]
    used = {cell.state for grid in grids for _, cells in grid.rows for cell in cells}
    states: list[GridState] = [state for state in _MEANS if state in used]
    keys: list[tuple[GridState, page.Lettering]] = [(state, page.lettering(_MEANS[state], inner - 3 * _GAP)) for state in states]
    top = page.MARGIN + (heading.height + _GAP if title else 0)
    tables = sum(layout.height + _GAP for layout in laid)
    height = top + tables + sum(words.height + 4 for _, words in keys) + (_GAP + below.height if caption else 0) + page.MARGIN
    figure, axes = page.sheet(height)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    y = top
    for layout in laid:
        y = layout.draw(axes, y) + _GAP
    for state, words in keys:
        _box(axes, (page.MARGIN, y, 2 * _GAP, words.height), state)
        y = words.draw(axes, page.MARGIN + 2.5 * _GAP, y) + 4
    below.draw(axes, page.MARGIN, y + _GAP - 4, color=page.SLATE)
    return figure


@dataclass(frozen=True, slots=True)
class _Layout:
    """A table's words with the room they take."""

    title: page.Lettering
    heads: tuple[page.Lettering, ...]
    rows: tuple[_Row, ...]
    label: float
    cell: float

    @classmethod
    def of(cls, grid: Grid, inner: float) -> _Layout:
        """Labels take what they need up to a third; the cells share the rest."""
        labels = [page.lettering(label, inner / 3) for label, _ in grid.rows]
        label = max(words.width for words in labels) + _GAP
        cell = (inner - label) / len(grid.columns)
        rows: list[_Row] = []
        for words, (_, cells) in zip(labels, grid.rows, strict=True):
            rows.append((words, tuple((page.lettering(c.text, cell - 8, bold=c.state == "exposed"), c.state) for c in cells)))
        heads = tuple(page.lettering(name, cell - 6) for name in grid.columns)
        return cls(page.lettering(grid.title, inner, bold=True), heads, tuple(rows), label, cell)

    @property
    def height(self) -> float:
        """Of title, headings and rows."""
        return self.title.height + 4 + self._top() + sum(map(self._tall, self.rows))

    def _top(self) -> float:
        return max(words.height for words in self.heads) + 2

    def _tall(self, row: _Row) -> float:
        return max(row[0].height, *(words.height for words, _ in row[1])) + _AIR

    def draw(self, axes: Axes, y: float) -> float:
        """Put the table below `y`, and give the `y` below it."""
        y = self.title.draw(axes, page.MARGIN, y) + 4
        lefts = [page.MARGIN + self.label + k * self.cell for k in range(len(self.heads))]
        for words, left in zip(self.heads, lefts, strict=True):
            words.draw(axes, left + self.cell / 2, y + self._top() - 2 - words.height, color=page.SLATE, align="center")
        y += self._top()
        for row in self.rows:
            tall, (label, cells) = self._tall(row), row
            label.draw(axes, page.MARGIN, y + (tall - label.height) / 2)
            for (words, state), left in zip(cells, lefts, strict=True):
                _box(axes, (left + 1.5, y + 1.5, self.cell - 3, tall - 3), state)
                color = _ALARM if state == "exposed" else page.INK
                words.draw(axes, left + self.cell / 2, y + (tall - words.height) / 2, color=color, align="center")
            y += tall
        return y


def _box(axes: Axes, place: tuple[float, float, float, float], state: GridState) -> None:
    """Draw a cell: an outline, and what marks a hidden one. The words in a hatched one stand on a plain middle."""
    from matplotlib.patches import Rectangle

    left, top, width, height = place
    edge = (_ALARM, 2.0) if state == "exposed" else (page.PALE, 0.8)
    axes.add_patch(Rectangle((left, top), width, height, facecolor=_INSIDE[state], edgecolor=edge[0], linewidth=edge[1], zorder=1))
    if state in _HATCH:
        axes.add_patch(
            Rectangle((left, top), width, height, facecolor="none", edgecolor=page.PALE, linewidth=0, hatch=_HATCH[state], zorder=1.1)
        )
