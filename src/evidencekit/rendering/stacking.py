"""Rows one below the other: a label, marks over one scale, numbers in columns; hidden rows in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, NamedTuple

from evidencekit.rendering import figure as page
from evidencekit.rendering.keys import Key, lay_keys
from evidencekit.rendering.rows import HIDDEN, Number, State, put_mark
from evidencekit.rendering.ruler import Ruler, ruler_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Entry", "Put", "Words", "stacked"]

GAP = 12.0  # points between columns, and between title, chart and caption
_AIR = 10.0  # points above and below the words of a row, together
_SHADE = "#e8f1f8"
_LONG = 15  # rows from which the scale stands above the chart too
# The most of the width that labels, and each of the columns of numbers, may take: by how many columns there are.
_LABELS = {0: 0.38, 1: 0.38, 2: 0.3, 3: 0.25}
_NUMBERS = {0: (), 1: (0.28,), 2: (0.22, 0.19), 3: (0.21, 0.13, 0.13)}

Put = Callable[["Axes", Ruler, float], None]  # draws the marks of a row at the height of its middle


class Words(NamedTuple):
    """What stands around the rows."""

    title: str
    caption: str
    axis_label: str
    heads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: what stands to its left and right, and how its marks are drawn.

    Parameters
    ----------
    label : str
        To the left.
    cells : tuple of str
        To the right, a column each. Empty in a hidden row and in a heading.
    hidden : str
        Why it is hidden, over the scale.
    state : State
        Whether it is, and of which kind.
    strong, heading : bool
        Whether it stands bold on a shade; whether it is the heading of the rows below it.
    put : callable, optional
        Draws its marks.
    """

    label: str
    _: KW_ONLY
    cells: tuple[str, ...] = ()
    hidden: str = ""
    state: State = "shown"
    strong: bool = False
    heading: bool = False
    put: Put | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """A row's words with the height they take."""

    entry: Entry
    label: page.Lettering
    cells: tuple[page.Lettering, ...]
    hidden: page.Lettering

    @property
    def height(self) -> float:
        """Of the row, in points."""
        return max(self.label.height, self.hidden.height, *(cell.height for cell in self.cells)) + _AIR


def stacked(
    entries: Sequence[Entry],
    ends: Sequence[float],
    words: Words,
    *,
    keys: Sequence[Key] = (),
    number: Number | None = None,
    guides: Sequence[float] = (),
) -> Figure:
    """Stack title, rows, scale, keys and caption on a sheet.

    Parameters
    ----------
    entries : sequence of Entry
        From top to bottom. All that are shown have the same number of cells, at most three.
    ends : sequence of float
        The smallest and largest numbers of the rows.
    words : Words
        Title, caption, what the scale is of, and the headings of the columns of cells.
    keys : sequence of Key
        Signs explained below the scale.
    number : callable, optional
        Writes the numbers of the scale. By default as percent.
    guides : sequence of float
        Numbers at which a dashed line runs through every row that is shown.
    """
    inner = page.width() - 2 * page.MARGIN
    heading = page.lettering(words.title, inner, size=page.TITLE, bold=True)
    below = page.lettering(words.caption, inner)
    lines, heads, rights, ruler = _columns(entries, words.heads, ends, number)
    under = page.lettering(words.axis_label, page.width() - page.MARGIN - ruler.left)
    numbers = max((tick.height for _, tick in ruler.ticks), default=0.0)
    head = max((h.height for h in heads), default=0.0)
    above = max(numbers if len(entries) >= _LONG else 0, head)
    top = page.MARGIN + (heading.height + GAP if words.title else 0) + above
    bottom = top + sum(line.height for line in lines)
    below_scale = lay_keys(keys, inner)
    end = bottom + 4 + numbers + under.height + (GAP + below_scale.height if below_scale.keys else 0)
    figure, axes = page.sheet(end + (GAP + below.height if words.caption else 0) + page.MARGIN)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    for h, right in zip(heads, rights, strict=False):  # no headings, or one for each column
        h.draw(axes, right, top - h.height, color=page.SLATE, align="right")
    for value, tick in ruler.ticks:
        for y in [bottom + 4, top - numbers - 1] if len(entries) >= _LONG else [bottom + 4]:
            tick.draw(axes, ruler.at(value), y, color=page.SLATE, align="center")
    zero = ruler.at(0.0)
    axes.plot([zero, zero], [top, bottom], color=page.SLATE, linewidth=1.0, zorder=1.5)
    y = top
    for line in lines:
        if y > top:
            axes.plot([page.MARGIN, page.width() - page.MARGIN], [y, y], color=page.RULE, linewidth=0.6, zorder=1)
        if line.entry.strong:
            axes.fill_between([0.0, page.width()], y, y + line.height, color=_SHADE, linewidth=0, zorder=0.5)
        _put_line(axes, line, ruler, rights, y)
        if line.entry.put:
            for x in map(ruler.at, guides):
                axes.plot([x, x], [y, y + line.height], color=page.VERMILLION, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1.6)
        y += line.height
    under.draw(axes, ruler.left, bottom + 4 + numbers, color=page.SLATE)
    below_scale.draw(axes, end - below_scale.height)
    below.draw(axes, page.MARGIN, end + GAP, color=page.SLATE)
    return figure


def _columns(
    entries: Sequence[Entry], heads: Sequence[str], ends: Sequence[float], number: Number | None
) -> tuple[list[_Line], list[page.Lettering], list[float], Ruler]:
    """Share the width out: labels and numbers take what they need up to a limit, the marks what is left."""
    inner = page.width() - 2 * page.MARGIN
    count = max((len(entry.cells) for entry in entries), default=0)
    limits = [part * inner for part in _NUMBERS[count]]
    labels = [page.lettering(entry.label, _LABELS[count] * inner, bold=entry.strong or entry.heading) for entry in entries]
    cells = [
        tuple(page.lettering(cell, limit, bold=entry.strong) for cell, limit in zip(entry.cells, limits, strict=False)) for entry in entries
    ]
    over = [page.lettering(head, limit) for head, limit in zip(heads, limits, strict=False)]
    widths = [max(cell.width for cell in [*(row[k] for row in cells if row), *over[k : k + 1]]) for k in range(count)]
    left = page.MARGIN + max(label.width for label in labels) + GAP
    rights = [page.width() - page.MARGIN - sum(w + GAP for w in widths[k + 1 :]) for k in range(count)]
    right = (rights[0] - widths[0] if count else page.width() - page.MARGIN) - 1.5 * GAP
    room = page.width() - page.MARGIN - left - 2 * GAP
    lines = [
        _Line(entry, label, row, page.lettering(entry.hidden, room, bold=entry.strong))
        for entry, label, row in zip(entries, labels, cells, strict=True)
    ]
    return lines, over, rights, ruler_over(ends, left, right, number=number)


def _put_line(axes: Axes, line: _Line, ruler: Ruler, rights: Sequence[float], y: float) -> None:
    """Draw a row: its label, its marks and its numbers, or the sign and words of a hidden one."""
    entry, middle = line.entry, y + line.height / 2
    line.label.draw(axes, page.MARGIN, middle - line.label.height / 2)
    if entry.state in HIDDEN:
        _, marker, inside = HIDDEN[entry.state]
        put_mark(axes, ruler.left + GAP, middle, marker, (7, page.SLATE, inside))
        line.hidden.draw(axes, ruler.left + 2 * GAP, middle - line.hidden.height / 2, color=page.SLATE)
        return
    if entry.heading:
        return
    for x in [ruler.at(value) for value, _ in ruler.ticks if value]:
        axes.plot([x, x], [y, y + line.height], color=page.RULE, linewidth=0.8, zorder=1, solid_capstyle="butt")
    if entry.put:
        entry.put(axes, ruler, middle)
    for cell, right in zip(line.cells, rights, strict=True):
        cell.draw(axes, right - cell.width, middle - cell.height / 2)
