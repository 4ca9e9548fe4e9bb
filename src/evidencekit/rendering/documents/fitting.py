"""How a sheet is laid out on one A4 page, and the refusal of one that is longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

from evidencekit.errors import InputError
from evidencekit.rendering.documents import look
from evidencekit.rendering.documents.measuring import Measure
from evidencekit.rendering.documents.sheet import Block, Box, Sheet
from evidencekit.rendering.figure import Picture, drawing

__all__ = ["BESIDE", "CELL", "Layout", "Place", "fitted", "heights", "lay_out", "widths"]

BESIDE = 0.525 * look.TEXT  # points: width of the place for pictures beside the words
_TALLEST_BELOW = 320.0  # points: a picture's height
_TALLEST_BESIDE = 150.0  # points: of one that cannot be laid out anew
_FLATTER = (220.0, 180.0, 150.0, 1.0)  # points: heights that are tried one after the other; the last is as flat as can be
_SPARE = 20.0  # points left on a page with large pictures, which need not be large
_KEPT = 12.0  # points that no air fills: programs that open a page round heights and break lines a little differently
CELL = 6.0  # points above and below the words of a row of a table, together
_MOST_AIR = 16.0
_NARROWEST_BOX = 98.0
_MOVES, _MOVED = 40, 4.0  # how often, and by how many points, a box is made wider by what another has to spare


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet stands on its page.

    Parameters
    ----------
    leading : float
        From line to line, as a multiple of the letters' size.
    wide : bool
        Whether pictures stand below the lines, as wide as the text; else beside headline and lines.
    tallest : float
        Points: how tall pictures should be at most; beside words that are taller, they may be as tall as those.
    heading, big : float
        Points: size of the letters of headlines, and of their large words.
    extra : float
        Points added between two parts, where the page is not full.
    """

    leading: float
    wide: bool
    tallest: float
    heading: float
    big: float
    extra: float = 0.0

    @property
    def gap(self) -> float:
        """Points above a block and above the boxes."""
        return look.BETWEEN + self.extra

    def place(self, block: Block) -> Place:
        """Lay a block out: its picture for its place, and as many of its words beside it as are no taller."""
        tall, said = self.parts(block), len(block.lines) + len(block.aside)
        if block.picture is None:
            return Place(sum(tall.values()), said)
        if self.wide:
            size = _size(block.picture, look.TEXT, _TALLEST_BELOW)
            return Place(sum(tall.values()) + size[1] + 8, said, block.picture, size)
        entries = [(line, look.LINE, 3.0) for line in block.lines] + [(line, look.SMALL, 2.0) for line in block.aside]
        measure, width = Measure(self.leading), look.TEXT - BESIDE - look.GUTTER
        taken = [tall["its headline"]]  # with so many entries below the headline
        for line, letters, gap in entries:
            taken.append(taken[-1] + measure.tall((line,), width, letters, gap=gap))
        first = taken[min(1, said)]
        picture = fitted(block.picture, BESIDE, max(self.tallest, first))
        anew = picture.draw is not None and 72 * picture.figure.get_figwidth() < BESIDE + 1
        size = _size(picture, BESIDE, inf if anew else _TALLEST_BESIDE)
        high = max(size[1], first)
        beside = max(n for n in range(said + 1) if n <= 1 or taken[n] <= high)
        under = sum(measure.tall((line,), look.TEXT, letters, gap=gap) for line, letters, gap in entries[beside:])
        return Place(high + under, beside, picture, size, columns=True)

    def parts(self, block: Block) -> dict[str, float]:
        """Give the height of each kind of words of a block, in points, were all of them beside its picture."""
        measure = Measure(self.leading)
        width = look.TEXT if self.wide or block.picture is None else look.TEXT - BESIDE - look.GUTTER
        return {
            "its headline": measure.heading(block, width, big=self.big, size=self.heading) + 4,
            "its lines": measure.tall(block.lines, width, look.LINE, gap=3),
            "its small print": measure.tall(block.aside, width, look.SMALL, gap=2),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """How a block stands on the page.

    Parameters
    ----------
    height : float
        Points that it takes, its table apart.
    beside : int
        How many of its lines and small print stand under its headline, beside the picture; the others stand below both.
    picture : Picture, optional
        Its picture, laid out for its place.
    size : (float, float)
        The picture's width and height, in points.
    columns : bool
        Whether the picture stands beside the words.
    """

    height: float
    beside: int
    picture: Picture | None = None
    size: tuple[float, float] = (0.0, 0.0)
    columns: bool = False


def _size(picture: Picture, widest: float, tallest: float) -> tuple[float, float]:
    """Give a picture's own size, or what there is room for, in points."""
    width, height = (float(side) * 72 for side in picture.figure.get_size_inches())
    scale = min(1.0, widest / width, tallest / height)
    return width * scale, height * scale


def fitted(picture: Picture, width: float, height: float) -> Picture:
    """Give a picture laid out for a place of this size, where it can be: a map of many columns cannot be so narrow."""
    if picture.draw is None:
        return picture
    try:
        return picture.at(width, height=height)
    except InputError:
        return picture


def widths(sheet: Sheet) -> tuple[float, ...]:
    """Share the width of the page out between the boxes, in points: those with more words are wider, so that all are about as tall."""
    long = [max(1, sum(len(line) for line in box.lines)) for box in sheet.boxes]
    room = look.TEXT - look.GUTTER * (len(long) - 1)
    more = [max(0.0, one / sum(long) * room - _NARROWEST_BOX) for one in long]
    left = room - _NARROWEST_BOX * len(long)
    wide = [_NARROWEST_BOX + one / sum(more) * left for one in more]
    measure = Measure(look.leading(sheet.words))
    for _ in range(_MOVES if wide else 0):  # words are parted at their ends, so that the longest box is often not the tallest
        tall = [_box(box, measure, points) for box, points in zip(sheet.boxes, wide, strict=True)]
        high = tall.index(max(tall))
        low = min(range(len(tall)), key=lambda k: tall[k] if wide[k] >= _NARROWEST_BOX + _MOVED else inf)
        tried = [points + _MOVED * ((k == high) - (k == low)) for k, points in enumerate(wide)]
        if tried[low] < _NARROWEST_BOX or _box(sheet.boxes[low], measure, tried[low]) >= tall[high]:
            break
        wide = tried
    return tuple(wide)


def heights(sheet: Sheet, layout: Layout) -> dict[str, float]:
    """Give what each part of the sheet takes of the page's height, in points."""
    measure = Measure(layout.leading)
    parts = {"the content note": measure.tall((sheet.content_note,), look.TEXT - 24, look.BOX, gap=10 + look.AFTER_NOTE)}
    parts["the title"] = measure.tall((sheet.title,), look.TEXT, look.TITLE, bold=True)
    for name, block in _named(sheet):
        parts[name] = _block(block, measure, layout) + look.BETWEEN
    if sheet.aside:
        parts["the small print of all blocks"] = measure.tall(sheet.aside, look.TEXT, look.SMALL, gap=2) + look.BETWEEN / 2
    if sheet.boxes:
        places = zip(sheet.boxes, widths(sheet), strict=True)
        tall = {f"box {k} ({box.title})": _box(box, measure, wide) for k, (box, wide) in enumerate(places, 1)}
        largest = max(tall, key=tall.__getitem__)
        parts[largest] = tall[largest] + look.BETWEEN  # they stand side by side: only the tallest counts
    parts["the footer"] = measure.tall((sheet.footer,), look.TEXT, look.SMALL, gap=12)
    return parts


def _named(sheet: Sheet) -> Iterator[tuple[str, Block]]:
    for k, block in enumerate(sheet.blocks, 1):
        yield block.name or f"block {k}", block


def _box(box: Box, measure: Measure, wide: float) -> float:
    """Give the height of a box."""
    return measure.tall((box.title, *box.lines), wide, look.BOX, gap=2) + 10


def _block(block: Block, measure: Measure, layout: Layout) -> float:
    """Give the height of a block: its headline, its lines and the picture below or beside them, its table."""
    total = layout.place(block).height
    if block.table:
        total += measure.tall((block.table.caption,), look.TEXT, look.SMALL, bold=True, gap=9)
        cell = look.TEXT / len(block.table.header) - 8
        for k, row in enumerate((block.table.header, *block.table.rows)):
            total += max(measure.tall((c,), cell, look.BOX, bold=k == 0) for c in row) + CELL
    return total


def _tried(leading: float) -> Iterator[Layout]:
    """Give the layouts to be tried, those with the largest pictures and headlines first."""
    big = look.big(leading)
    yield Layout(leading, True, _TALLEST_BELOW, look.HEADING, big)
    for tallest in _FLATTER:
        for smaller in (0.0, 1.5) if tallest <= _FLATTER[-2] else (0.0,):
            yield Layout(leading, False, tallest, look.HEADING - smaller, big - 3 * smaller)
    yield Layout(look.closer(leading), False, _FLATTER[-1], look.HEADING - 1.5, big - 4.5)


def lay_out(sheet: Sheet) -> Layout:
    """Lay a sheet out on one page: with large pictures where there is room, else with pictures beside the words.

    Letters in pictures keep their size: pictures are laid out anew for their place, flatter where the page is full.

    Raises
    ------
    InputError
        When it is longer than a page: with how much, and what takes most of the page.
    """
    room = look.PAGE[1] - 2 * look.ENDS
    layout, parts = None, {}
    for layout in _tried(look.leading(sheet.words)):
        with drawing():  # settings are set once for all pictures and words
            parts = heights(sheet, layout)
        left = room - sum(parts.values())
        if left >= (_SPARE if layout.wide else 0):
            return replace(layout, extra=min(_MOST_AIR, 0.8 * max(left - _KEPT, 0.0) / (len(sheet.blocks) + 2)))
    assert layout is not None
    raise InputError(
        f"The sheet is longer than one A4 page: it needs about {100 * sum(parts.values()) / room:.0f}% of it.",
        f"Shorten what takes most: {_largest(sheet, layout, parts, room)}; or leave a picture, a line or a block out.",
    )


def _largest(sheet: Sheet, layout: Layout, parts: dict[str, float], room: float) -> str:
    """Name the three parts that take most of the page, and what in each of them."""
    blocks, said = dict(_named(sheet)), list[str]()
    for name in sorted((name for name in parts if name != "the title"), key=lambda name: -parts[name])[:3]:
        said.append(f"{name} ({100 * parts[name] / room:.0f}% of the page{_mostly(blocks[name], layout) if name in blocks else ''})")
    return ", ".join(said)


def _mostly(block: Block, layout: Layout) -> str:
    """Name what of a block is tallest: its picture, or the longest of its words."""
    words, place = layout.parts(block), layout.place(block)
    if place.size[1] > sum(words.values()):
        return ", as its picture is tall"
    return f", most of it {max(words, key=words.__getitem__)}" if block.table is None else ", with its table"
