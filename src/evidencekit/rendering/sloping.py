"""How a slope chart is laid out: lines over the years, names at both ends that do not overlap, hidden points below the scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from evidencekit.rendering import figure as page
from evidencekit.rendering.keys import Key, hollow_key, lay_keys, mark_key
from evidencekit.rendering.rows import HIDDEN, Number, percent, put_mark, spread
from evidencekit.rendering.scale import Scale, scale_over
from evidencekit.rendering.slope_lines import SlopeLine, SlopePoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Around", "drawn"]

_GAP = 12.0  # points between title, chart and caption
_LEAST = 190.0  # points: height of the chart
_HALF = 8.0  # points: half a line of words, which may stand out above and below the scale
_ROUND = 90.0  # points: width of the name of a round, at most
_NAMES = 0.27  # of the width of the sheet, at most, for the names at one end
_LEADER = 26.0  # points between a name and the first round: room for the line that joins them
_SIGN = 15.0  # points: height of a sign below the scale
_BESIDE = 5.0  # points, at most, between the marks of two lines in one round
_COLOURS = (page.BLUE, page.VERMILLION, page.GREEN, page.INK, page.PURPLE, page.ORANGE)  # the palest last
_MARKS = ("o", "v", "P", "X", ">", "p")  # none that stands for a kind of hidden
_DASHES = ((), (5.0, 2.0), (1.5, 1.5))  # after six lines the marks come again, on dashes
_GREY = "#8c8c8c"
_Align = Literal["left", "center", "right"]


class Around(NamedTuple):
    """What stands around the lines."""

    names: tuple[str, ...]
    title: str
    caption: str
    key: str


class _Look(NamedTuple):
    colour: str
    marker: str
    dashes: tuple[float, ...]
    ink: str  # of its name


def drawn(lines: Sequence[SlopeLine], rounds: Sequence[float], around: Around, number: Number | None) -> Figure:
    """Put title, lines with their names, rounds, keys and caption on a sheet."""
    names, title, caption, key = around
    inner = page.width() - 2 * page.MARGIN
    heading = page.lettering(title, inner, size=page.TITLE, bold=True)
    below = page.lettering(caption, inner)
    keys = lay_keys(_keys(lines, names, key), inner)
    left, right = _ends(lines, 0, number), _ends(lines, -1, number)
    top = page.MARGIN + (heading.height + _GAP if title else 0) + _HALF
    bottom = top + max(_LEAST, _tall(left, hidden=False), _tall(right, hidden=False)) - 2 * _HALF
    up = _upright(lines, bottom, top)
    ticks = [(up.at(tick), page.lettering((number or percent)(tick), page.width())) for tick in up.ticks]
    edge = page.MARGIN + max(words.width for _, words in ticks) + _GAP + max(end.words.width for end in left)
    far = page.width() - page.MARGIN - max(end.words.width for end in right)
    across = _across(rounds, edge + _LEADER, far - _LEADER)
    strip = _strip(lines, left, right)
    called = _staggered(names, across)
    under = bottom + strip + 6
    end = under + max(down + words.height for words, down in called)
    height = end + sum(_GAP + part.height for part in (keys, below) if part.height) + page.MARGIN
    figure, axes = page.sheet(height)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    for y, words in ticks:
        axes.plot([page.MARGIN, far - 4], [y, y], color=page.RULE, linewidth=0.8, zorder=1)
        _put_words(axes, words, page.MARGIN, y, page.SLATE)
    for x, (words, down) in zip(across, called, strict=True):
        axes.plot([x, x], [top, under + down], color=page.RULE, linewidth=0.8, zorder=1)
        _put_words(axes, words, x - words.width / 2, under + down + words.height / 2, page.SLATE, "center")
    axes.plot([edge + 4, far - 4], [up.at(0.0)] * 2, color=page.SLATE, linewidth=1.0, zorder=1.5)
    places = _places(lines, across)
    _put_lines(axes, lines, places, up)
    for ends, x, side in ((left, edge, 0), (right, far, -1)):
        _put_ends(axes, ends, x, up, [row[side] for row in places])
    _put_hidden_between(axes, lines, across, bottom)
    keys.draw(axes, end + _GAP)
    below.draw(axes, page.MARGIN, height - page.MARGIN - below.height, color=page.SLATE)
    return figure


@dataclass(frozen=True, slots=True)
class _End:
    """What stands at one end of a line."""

    point: SlopePoint
    words: page.Lettering
    look: _Look

    @property
    def height(self) -> float:
        return self.words.height + 2


def _ends(lines: Sequence[SlopeLine], side: int, number: Number | None) -> list[_End]:
    """Name the lines at one end, each with its number there."""
    ends: list[_End] = []
    for line, look in zip(lines, _looks(lines), strict=True):
        point = line.points[side]
        words = page.lettering(f"{line.label}: {point.said(number)}", _NAMES * page.width(), bold=line.strong)
        ends.append(_End(point, words, look))
    return ends


def _tall(ends: Sequence[_End], *, hidden: bool) -> float:
    """Height of all that are shown, or hidden."""
    return sum(end.height for end in ends if (end.point.value is None) == hidden)


def _looks(lines: Sequence[SlopeLine]) -> list[_Look]:
    """Give every line a mark and a colour; grey where others are strong and it is not."""
    chosen = any(line.strong for line in lines)
    looks: list[_Look] = []
    coloured = 0
    for k, line in enumerate(lines):
        grey = chosen and not line.strong
        dashes = _DASHES[k // len(_MARKS) % len(_DASHES)]
        looks.append(
            _Look(_GREY if grey else _COLOURS[coloured % len(_COLOURS)], _MARKS[k % len(_MARKS)], dashes, page.SLATE if grey else page.INK)
        )
        coloured += not grey
    return looks


def _keys(lines: Sequence[SlopeLine], names: Sequence[str], key: str) -> list[Key]:
    """Explain hollow marks, lines that no end names beside a mark, and the hidden points between the ends."""
    keys = [hollow_key(key, outline=page.INK)] if any(p.state == "caution" for line in lines for p in line.points) else []
    for line, look in zip(lines, _looks(lines), strict=True):
        *shown, first, last = [p.value is not None for p in (*line.points[1:-1], line.points[0], line.points[-1])]
        if any(shown) and not first and not last:
            keys.append(mark_key(line.label, look.marker, (7, look.colour, look.colour)))
    for line in lines:
        for name, point in list(zip(names, line.points, strict=True))[1:-1]:
            if point.value is None:
                _, marker, inside = HIDDEN[point.state]
                keys.append(mark_key(f"{line.label}, {name}: {point.said()}", marker, (7, page.SLATE, inside)))
    return keys


def _upright(lines: Sequence[SlopeLine], bottom: float, top: float) -> Scale:
    """The scale from bottom to top, with 0 on it."""
    ends = [end for line in lines for p in line.points for end in (p.low, p.value, p.high) if end is not None]
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    return scale_over(min(low, 0.0), max(high, 0.0) or (0.0 if low < 0 else 0.1), left=bottom, right=top, most=7)


def _across(rounds: Sequence[float], left: float, right: float) -> list[float]:
    """Where the rounds are: as far apart as the years."""
    return [left + (year - rounds[0]) / (rounds[-1] - rounds[0]) * (right - left) for year in rounds]


def _places(lines: Sequence[SlopeLine], across: Sequence[float]) -> list[list[float]]:
    """Where the points of each line are: a little beside each other, so that whiskers do not cover others."""
    room = min(b - a for a, b in pairwise(across))
    step = min(_BESIDE, 0.5 * room / len(lines), 24 / len(lines))
    return [[x + (k - (len(lines) - 1) / 2) * step for x in across] for k in range(len(lines))]


def _staggered(names: Sequence[str], across: Sequence[float]) -> list[tuple[page.Lettering, float]]:
    """Set the names of the rounds, each on the first line below the scale where it does not touch another."""
    ends: list[float] = []  # how far each line is taken
    chosen: list[tuple[page.Lettering, int]] = []
    for name, x in zip(names, across, strict=True):
        words = page.lettering(name, _ROUND)
        level = next((k for k, taken in enumerate(ends) if x - words.width / 2 > taken + 6), len(ends))
        ends[level : level + 1] = [x + words.width / 2]
        chosen.append((words, level))
    tall = [max((words.height for words, level in chosen if level == k), default=0.0) for k in range(len(ends))]
    return [(words, sum(tall[:level])) for words, level in chosen]


def _strip(lines: Sequence[SlopeLine], left: Sequence[_End], right: Sequence[_End]) -> float:
    """Height of what is hidden, below the scale."""
    between = [sum(line.points[k].value is None for line in lines) for k in range(1, len(lines[0].points) - 1)]
    tall = max(_tall(left, hidden=True), _tall(right, hidden=True), _SIGN * max(between, default=0))
    return tall + _HALF if tall else 0.0


def _put_words(axes: Axes, words: page.Lettering, left: float, middle: float, colour: str, align: _Align = "left") -> None:
    """Put words, each line set to one side, on white, so that no rule runs through them."""
    from matplotlib.patches import Rectangle

    place = (left - 3, middle - words.height / 2)
    axes.add_patch(Rectangle(place, words.width + 6, words.height, facecolor="white", linewidth=0, zorder=1.2))
    x = {"left": left, "center": left + words.width / 2, "right": left + words.width}[align]
    words.draw(axes, x, middle - words.height / 2, color=colour, align=align)


def _put_lines(axes: Axes, lines: Sequence[SlopeLine], places: Sequence[Sequence[float]], up: Scale) -> None:
    """Draw each line between neighbours that are both shown, with its whiskers and marks; strong ones last."""
    drawing = sorted(zip(lines, places, _looks(lines), strict=True), key=lambda one: one[0].strong)
    for line, xs, look in drawing:
        points = [(x, p) for x, p in zip(xs, line.points, strict=True)]
        for (x, one), (x2, other) in pairwise(points):
            if one.value is not None and other.value is not None:
                style = (0, look.dashes) if look.dashes else "solid"
                wide = 2.6 if line.strong else 1.6
                axes.plot([x, x2], [up.at(one.value), up.at(other.value)], color=look.colour, linewidth=wide, linestyle=style, zorder=2)
        for x, p in points:
            if p.low is not None and p.high is not None:
                axes.plot([x, x], [up.at(p.low), up.at(p.high)], color=look.colour, linewidth=1.2, solid_capstyle="butt", zorder=2)
            if p.value is not None:
                inside = "white" if p.state == "caution" else look.colour
                put_mark(axes, x, up.at(p.value), look.marker, (7, look.colour, inside))


def _put_ends(axes: Axes, ends: Sequence[_End], edge: float, up: Scale, places: Sequence[float]) -> None:
    """Name the lines at one end, moved apart where they would overlap, and those hidden there below the scale."""
    leftward = places[0] > edge
    align: _Align = "right" if leftward else "left"
    shown = [(end, x, up.at(end.point.value)) for end, x in zip(ends, places, strict=True) if end.point.value is not None]
    sizes = [end.height for end, _, _ in shown]
    middles = spread([y for _, _, y in shown], sizes, low=up.right - _HALF, high=up.left + _HALF)
    for (end, x, y), middle in zip(shown, middles, strict=True):
        _put_words(axes, end.words, edge - end.words.width if leftward else edge, middle, end.look.ink, align)
        near = edge + 5 if leftward else edge - 5
        axes.plot([near, x], [middle, y], color=end.look.colour, linewidth=0.8, zorder=1.4)
    y = up.left + _HALF
    for end in [end for end in ends if end.point.value is None]:
        _, marker, inside = HIDDEN[end.point.state]
        middle = y + end.height / 2
        _put_words(axes, end.words, edge - end.words.width if leftward else edge, middle, page.SLATE, align)
        put_mark(axes, edge + 9 if leftward else edge - 9, middle, marker, (7, page.SLATE, inside))
        y += end.height


def _put_hidden_between(axes: Axes, lines: Sequence[SlopeLine], across: Sequence[float], bottom: float) -> None:
    """Put a sign below the scale for every hidden point between the ends; which it is stands in the keys."""
    for k in range(1, len(across) - 1):
        hidden = [line.points[k] for line in lines if line.points[k].value is None]
        for n, point in enumerate(hidden):
            _, marker, inside = HIDDEN[point.state]
            put_mark(axes, across[k], bottom + _HALF + (n + 0.5) * _SIGN, marker, (7, page.SLATE, inside))
