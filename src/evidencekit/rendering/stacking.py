"""Rows one below the other: a label, marks over one scale, numbers in columns; hidden rows in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
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
_AIR, _TIGHT = 10.0, 3.0  # points above and below the words of a row, together, and where the sheet would be too tall
_SHADE = "#e8f1f8"
_LONG = 15  # rows from which the scale stands above the chart too
# The most of the width that labels, and each of the columns of numbers, may take: by how many columns there are.
_LABELS = {0: 0.38, 1: 0.38, 2: 0.3, 3: 0.25}
_NUMBERS = {0: (), 1: (0.28,), 2: (0.22, 0.19), 3: (0.21, 0.13, 0.13)}
# Points that numbers may take on a narrow sheet, and the least that is left to the marks before labels move above them.
_LEAST_NUMBERS = {0: (), 1: (110.0,), 2: (108.0, 56.0), 3: (66.0, 44.0, 44.0)}
_MARKS = 80.0
_UNDER = 3.0  # points between a label and the marks below it

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
    above: bool
    air: float = _AIR

    @property
    def over(self) -> float:
        """What its label takes where it stands above its marks, in points."""
        return self.label.height + _UNDER if self.above else 0.0

    @property
    def height(self) -> float:
        """Of the row, in points."""
        marks = max(self.hidden.height, *(cell.height for cell in self.cells), 0.0 if self.above else self.label.height)
        return self.over + max(marks, 15.0 if self.above else 0.0) + self.air

    def middle(self, y: float) -> float:
        """Where its marks are, when it begins at `y`."""
        return y + (self.height + self.over) / 2


class _Laid(NamedTuple):
    """The rows with the width shared out: where the columns of cells end, their headings, and the scale."""

    lines: list[_Line]
    heads: list[page.Lettering]
    rights: list[float]
    ruler: Ruler


def stacked(
    entries: Sequence[Entry],
    ends: Sequence[float],
    words: Words,
    *,
    keys: Sequence[Key] = (),
    number: Number | None = None,
    guides: Sequence[float] = (),
) -> Figure:
    """Stack title, rows, scale, keys and caption on a sheet; rows stand closer where it would be too tall.

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
    laid = _columns(entries, words.heads, ends, number)
    figure = _put_all(laid, words, keys, guides)
    if 72 * figure.get_figheight() <= page.tallest():
        return figure
    return _put_all(laid._replace(lines=[replace(line, air=_TIGHT) for line in laid.lines]), words, keys, guides)


def _put_all(laid: _Laid, words: Words, keys: Sequence[Key], guides: Sequence[float]) -> Figure:
    """Put everything on a sheet."""
    inner = page.width() - 2 * page.MARGIN
    heading = page.lettering(words.title, inner, size=page.TITLE, bold=True)
    below = page.lettering(words.caption, inner)
    lines, heads, rights, ruler = laid
    under = page.lettering(words.axis_label, page.width() - page.MARGIN - ruler.left)
    numbers = max((tick.height for _, tick in ruler.ticks), default=0.0)
    head = max((h.height for h in heads), default=0.0)
    above = max(numbers if len(lines) >= _LONG else 0, head)
    top = page.MARGIN + (heading.height + GAP if words.title else 0) + above
    bottom = top + sum(line.height for line in lines)
    below_scale = lay_keys(keys, inner)
    end = bottom + 4 + numbers + under.height + (GAP + below_scale.height if below_scale.keys else 0)
    figure, axes = page.sheet(end + (GAP + below.height if words.caption else 0) + page.MARGIN)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    for h, right in zip(heads, rights, strict=False):  # no headings, or one for each column
        h.draw(axes, right, top - h.height, color=page.SLATE, align="right")
    for value, tick in ruler.ticks:
        for y in [bottom + 4, top - numbers - 1] if len(lines) >= _LONG else [bottom + 4]:
            tick.draw(axes, ruler.at(value), y, color=page.SLATE, align="center")
    y = top
    for line in lines:
        if y > top:
            axes.plot([page.MARGIN, page.width() - page.MARGIN], [y, y], color=page.RULE, linewidth=0.6, zorder=1)
        if line.entry.strong:
            axes.fill_between([0.0, page.width()], y, y + line.height, color=_SHADE, linewidth=0, zorder=0.5)
        _put_line(axes, line, ruler, rights, y)
        ends, zero = [y + line.over + (line.air / 2 if line.above else 0.0), y + line.height], ruler.at(0.0)  # no line runs through a label
        if not (line.above and line.entry.hidden):
            axes.plot([zero, zero], ends, color=page.SLATE, linewidth=1.0, zorder=1.5)
        if line.entry.put:
            for x in map(ruler.at, guides):
                axes.plot([x, x], ends, color=page.VERMILLION, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1.6)
        y += line.height
    under.draw(axes, ruler.left, bottom + 4 + numbers, color=page.SLATE)
    below_scale.draw(axes, end - below_scale.height)
    below.draw(axes, page.MARGIN, end + GAP, color=page.SLATE)
    return figure


def _columns(entries: Sequence[Entry], heads: Sequence[str], ends: Sequence[float], number: Number | None) -> _Laid:
    """Share the width out, with labels beside the marks; above them where too little would be left to the marks."""
    beside = _shared(entries, heads, ends, number, above=False)
    if page.width() == page.WIDTH or beside.ruler.right - beside.ruler.left >= _MARKS:
        return beside
    return _shared(entries, heads, ends, number, above=True)


def _shared(entries: Sequence[Entry], heads: Sequence[str], ends: Sequence[float], number: Number | None, *, above: bool) -> _Laid:
    """Labels and numbers take what they need up to a limit, the marks what is left."""
    inner = page.width() - 2 * page.MARGIN
    count = max((len(entry.cells) for entry in entries), default=0)
    least = _LEAST_NUMBERS[count] if page.width() < page.WIDTH else (0.0,) * count
    limits = [max(part * inner, some) for part, some in zip(_NUMBERS[count], least, strict=True)]
    room = inner if above else _LABELS[count] * inner
    labels = [page.lettering(entry.label, room, bold=entry.strong or entry.heading) for entry in entries]
    cells = [
        tuple(page.lettering(cell, limit, bold=entry.strong) for cell, limit in zip(entry.cells, limits, strict=False)) for entry in entries
    ]
    over = [page.lettering(head, limit) for head, limit in zip(heads, limits, strict=False)]
    widths = [max(cell.width for cell in [*(row[k] for row in cells if row), *over[k : k + 1]]) for k in range(count)]
    left = page.MARGIN + (GAP if above else max(label.width for label in labels) + GAP)
    rights = [page.width() - page.MARGIN - sum(w + GAP for w in widths[k + 1 :]) for k in range(count)]
    right = (rights[0] - widths[0] if count else page.width() - page.MARGIN) - 1.5 * GAP
    room = page.width() - page.MARGIN - left - 2 * GAP
    lines = [
        _Line(entry, label, row, page.lettering(entry.hidden, room, bold=entry.strong), above and not entry.heading)
        for entry, label, row in zip(entries, labels, cells, strict=True)
    ]
    return _Laid(lines, over, rights, ruler_over(ends, left, max(right, left + 1), number=number))


def _put_line(axes: Axes, line: _Line, ruler: Ruler, rights: Sequence[float], y: float) -> None:
    """Draw a row: its label, its marks and its numbers, or the sign and words of a hidden one."""
    entry, middle = line.entry, line.middle(y)
    line.label.draw(axes, page.MARGIN, y + line.air / 2 if line.above else middle - line.label.height / 2)
    if entry.state in HIDDEN:
        _, marker, inside = HIDDEN[entry.state]
        put_mark(axes, ruler.left + GAP, middle, marker, (7, page.SLATE, inside))
        line.hidden.draw(axes, ruler.left + 2 * GAP, middle - line.hidden.height / 2, color=page.SLATE)
        return
    if entry.heading:
        return
    for x in [ruler.at(value) for value, _ in ruler.ticks if value]:
        axes.plot([x, x], [y + line.over, y + line.height], color=page.RULE, linewidth=0.8, zorder=1, solid_capstyle="butt")
    if entry.put:
        entry.put(axes, ruler, middle)
    for cell, right in zip(line.cells, rights, strict=True):
        cell.draw(axes, right - cell.width, middle - cell.height / 2)
