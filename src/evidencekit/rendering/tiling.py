"""How a tile map is laid out: squares with a code, a number or the mark of a hidden one, a strip of hatching; the legend."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.bars import Box, put_box
from evidencekit.rendering.keys import Key, hidden_keys, hollow_key, lay_keys
from evidencekit.rendering.rows import State, hidden_mark, put_mark
from evidencekit.rendering.shading import Step, step_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Around", "Placed", "drawn"]

_GAP = 12.0  # points between title, map, legend and caption
_BETWEEN = 3.0  # points between tiles
_LARGEST = 70.0  # points: side of a tile
_STRIP = 8.0  # points: height of the hatching at the bottom of a tile
_SIDE = 3.0  # points between the words of a tile and its edge
_MOST_ROWS = 40
_SWATCH = (26.0, 16.0)


class Around(NamedTuple):
    """What stands around the map."""

    title: str
    caption: str
    key: str


class Placed(NamedTuple):
    """A tile with its place, row and column from 0; `said` is its number, or why it is hidden."""

    code: str
    said: str
    value: float | None
    state: State
    place: tuple[int, int]


class _Words(NamedTuple):
    code: page.Lettering
    number: page.Lettering

    @property
    def height(self) -> float:
        return self.code.height + self.number.height


def drawn(tiles: Sequence[Placed], steps: Sequence[Step], around: Around) -> Figure:
    """Put title, tiles, legend and caption on a sheet."""
    title, caption, key = around
    inner = page.width() - 2 * page.MARGIN
    heading = page.lettering(title, inner, size=page.TITLE, bold=True)
    below = page.lettering(caption, inner)
    rows, columns = (1 + max(tile.place[axis] for tile in tiles) for axis in (0, 1))
    if rows > _MOST_ROWS:
        raise InputError(
            f"The layout has {rows} rows from its first to its last area; at most {_MOST_ROWS} rows fit.", "Move the areas closer."
        )
    side = min(_LARGEST, (inner - (columns - 1) * _BETWEEN) / columns)
    words = _lettered(tiles, side)
    keys = lay_keys(_keys(tiles, steps, key), inner)
    top = page.MARGIN + (heading.height + _GAP if title else 0)
    bottom = top + rows * (side + _BETWEEN) - _BETWEEN
    figure, axes = page.sheet(bottom + sum(_GAP + part.height for part in (keys, below) if part.height) + page.MARGIN)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    for tile, lettered in zip(tiles, words, strict=True):
        row, column = tile.place
        box = Box(page.MARGIN + column * (side + _BETWEEN), top + row * (side + _BETWEEN), side, side)
        _put(axes, tile, lettered, box, steps)
    keys.draw(axes, bottom + _GAP)
    below.draw(axes, page.MARGIN, bottom + _GAP + (keys.height + _GAP if keys.keys else 0), color=page.SLATE)
    return figure


def _lettered(tiles: Sequence[Placed], side: float) -> list[_Words]:
    """Set the words of all tiles, percent signs left out of all where one has no room for it; refuse what does not fit."""
    said = [tile.said if tile.value is not None else "" for tile in tiles]
    room = side - 2 * _SIDE
    if any(page.lettering(number, page.width()).width > room for number in said):
        said = [number.removesuffix("%") for number in said]
    words = [_Words(page.lettering(t.code, room), page.lettering(n, room, bold=True)) for t, n in zip(tiles, said, strict=True)]
    for k, (tile, lettered) in enumerate(zip(tiles, words, strict=True)):
        whole = all(page.lettering(word, page.width()).width <= room for word in tile.code.split())
        mark = 0.0 if tile.value is not None else lettered.code.leading
        if not whole or len(lettered.number.lines) > 1 or lettered.height + mark + _STRIP > side:
            raise InputError(
                f"The words of tiles[{k}] do not fit into a tile {side:.0f} points wide.",
                "Shorten the codes and numbers (text=), or use fewer columns: two short lines fit where there are at most 10.",
            )
    return words


def _keys(tiles: Sequence[Placed], steps: Sequence[Step], key: str) -> list[Key]:
    """Explain shades, hollow dots and the marks of hidden tiles."""
    keys = [Key(step.words, partial(_put_swatch, step), _SWATCH[0] + 7) for step in steps]
    if any(tile.state == "caution" for tile in tiles):
        keys.append(hollow_key(key, outline=page.INK))
    return keys + hidden_keys((tile.state, tile.said) for tile in tiles if tile.value is None)


def _put_swatch(step: Step, axes: Axes, x: float, y: float) -> None:
    wide, tall = _SWATCH
    _put_shade(axes, Box(x, y - tall / 2, wide, tall), step)


def _put_shade(axes: Axes, box: Box, step: Step) -> None:
    """Draw a shade with its hatching along the bottom, where no words stand."""
    put_box(axes, box, inside=step.inside)
    if step.hatch:
        put_box(axes, Box(box.left, box.top + box.tall - _STRIP, box.wide, _STRIP), hatch=step.hatch, stripes=step.ink)
    put_box(axes, box, edge=page.SLATE)


def _put(axes: Axes, tile: Placed, words: _Words, box: Box, steps: Sequence[Step]) -> None:
    """Draw a tile."""
    middle = box.left + box.wide / 2
    if tile.value is None:
        put_box(axes, box, edge=page.SLATE, dashed=True)
        y = words.code.draw(axes, middle, box.top + (box.tall - words.code.height - words.code.leading) / 2, align="center")
        hidden_mark(axes, middle, y + words.code.leading / 2, tile.state)
        return
    step = step_of(tile.value, steps)
    _put_shade(axes, box, step)
    y = words.code.draw(axes, middle, box.top + (box.tall - _STRIP - words.height) / 2, color=step.ink, align="center")
    words.number.draw(axes, middle, y, color=step.ink, align="center")
    if tile.state == "caution":  # on the strip, where no words stand
        put_mark(axes, box.left + box.wide - 7, box.top + box.tall - 7, "o", (8, page.INK, "white"))
