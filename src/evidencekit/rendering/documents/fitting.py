"""How much room a sheet takes on A4, and the refusal of one that is longer than a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from evidencekit.errors import InputError
from evidencekit.rendering.documents import look
from evidencekit.rendering.documents.sheet import Block, Sheet
from evidencekit.rendering.figure import Picture, lettering

__all__ = ["Layout", "Measure", "heights", "lay_out"]

BESIDE = 0.56 * look.TEXT  # points: width of the place for pictures beside the lines
_TALLEST_BELOW = 320.0  # points: a picture's height
_TALLEST_BESIDE = (200.0, 150.0, 110.0)  # the first where the page has room: letters then keep their size in a picture for the narrow place
_SPARE = 20.0  # points left on a page with large pictures, which need not be large
CELL = 6.0  # points above and below the words of a row of a table, together
_MOST_AIR = 16.0


@dataclass(frozen=True, slots=True)
class Measure:
    """Counts lines in the font that comes with matplotlib, which is wider than those of the documents: a page that fits in it fits."""

    leading: float

    @property
    def wider(self) -> float:
        """How much wider letters may be than in the font measured: Khmer and Thai are set in whatever font a computer has."""
        return 1.2 if self.leading > 1.5 else 1.0

    def tall(self, texts: Iterable[str], width: float, size: float, *, bold: bool = False, gap: float = 0.0) -> float:
        """Give the height of paragraphs with a gap below each."""
        return sum(_rows(text, width / self.wider, size, bold) * size * self.leading + gap for text in texts if text)

    def heading(self, block: Block, width: float, *, big: float, size: float = look.HEADING) -> float:
        """Give the height of a headline, in which the large words and the others share lines."""
        total, line, used = 0.0, 0.0, 0.0
        leading = 2.0 if self.leading > 1.5 else self.leading  # its lines are as far apart as the font says, and Khmer fonts say far
        for part, letters in zip(block.parts, (size, big, size), strict=True):
            for word in re.findall("[^ \u200b]+[ \u200b]?", part):
                wide = _width(word, letters) * self.wider
                if used and used + wide > width:
                    total, line, used = total + line, 0.0, 0.0
                full, used = divmod(used + wide, width)  # a word longer than a line is parted
                total += full * letters * leading
                line = max(line, letters * leading)
        return total + line


def _rows(text: str, width: float, size: float, bold: bool) -> int:
    """Count the lines of `text` in `width` points; where no font here has its letters, as if each were as wide as an n."""
    try:
        return len(lettering(text, width, size=size, bold=bold).lines)
    except InputError:
        return ceil(len(text) * 0.62 * size / width)


def _width(word: str, size: float) -> float:
    """Give the width of a bold word and the space after it, in points."""
    try:
        return lettering(word, 1e6, size=size, bold=True).width + (0.35 * size if word.endswith(" ") else 0.0)
    except InputError:
        return len(word) * 0.7 * size


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet stands on its page.

    Parameters
    ----------
    leading : float
        From line to line, as a multiple of the letters' size.
    wide : bool
        Whether pictures stand below the lines, as wide as the text, where their letters keep their size; else beside the lines.
    tallest : float
        Points: height that a picture may have.
    extra : float
        Points added between two parts, where the page is not full.
    """

    leading: float
    wide: bool
    tallest: float
    extra: float

    @property
    def gap(self) -> float:
        """Points above a block and above the boxes."""
        return look.BETWEEN + self.extra

    def picture(self, block: Block) -> Picture | None:
        """Give the picture of a block that is drawn for its place."""
        return block.picture if self.wide else block.narrow or block.picture

    def size(self, picture: Picture) -> tuple[float, float]:
        """Give a picture's width and height on the page, in points."""
        return _size(picture, look.TEXT if self.wide else BESIDE, self.tallest)


def _size(picture: Picture, widest: float, tallest: float) -> tuple[float, float]:
    """Give a picture's own size, or what there is room for, in points."""
    width, height = (float(side) * 72 for side in picture.figure.get_size_inches())
    scale = min(1.0, widest / width, tallest / height)
    return width * scale, height * scale


def heights(sheet: Sheet, *, wide: bool = False, tallest: float = _TALLEST_BESIDE[1]) -> dict[str, float]:
    """Give what each part of the sheet takes of the page's height, in points, with pictures below the lines when `wide`."""
    layout = Layout(look.leading(sheet.words), wide, tallest, 0.0)
    measure = Measure(layout.leading)
    parts = {"the content note": measure.tall((sheet.content_note,), look.TEXT - 24, look.BOX, gap=26)}
    parts["the title"] = measure.tall((sheet.title,), look.TEXT, look.TITLE, bold=True)
    for k, block in enumerate(sheet.blocks, 1):
        parts[f"block {k}"] = _block(block, measure, layout) + look.BETWEEN
    if sheet.boxes:
        width = (look.TEXT - look.GUTTER * (len(sheet.boxes) - 1)) / len(sheet.boxes)
        tall = {f"box {k}": measure.tall((b.title, *b.lines), width, look.BOX, gap=2) + 10 for k, b in enumerate(sheet.boxes, 1)}
        largest = max(tall, key=tall.__getitem__)
        parts[largest] = tall[largest] + look.BETWEEN  # they stand side by side: only the tallest counts
    parts["the footer"] = measure.tall((sheet.footer,), look.TEXT, look.SMALL, gap=12)
    return parts


def _block(block: Block, measure: Measure, layout: Layout) -> float:
    """Give the height of a block: its headline, its lines and the picture below or beside them, its table."""
    drawn, wide = layout.picture(block), layout.wide
    width = look.TEXT - BESIDE - look.GUTTER if drawn and not wide else look.TEXT
    lines = measure.tall(block.lines, width, look.LINE, gap=3) + measure.tall(block.aside, width, look.SMALL, gap=2)
    picture = layout.size(drawn)[1] + 8 if drawn else 0.0
    total = measure.heading(block, look.TEXT, big=look.big(measure.leading)) + 4 + (lines + picture if wide else max(lines, picture))
    if block.table:
        total += measure.tall((block.table.caption,), look.TEXT, look.SMALL, bold=True, gap=9)
        cell = look.TEXT / len(block.table.header) - 8
        for k, row in enumerate((block.table.header, *block.table.rows)):
            total += max(measure.tall((c,), cell, look.BOX, bold=k == 0) for c in row) + CELL
    return total


def lay_out(sheet: Sheet) -> Layout:
    """Lay a sheet out on one page: with large pictures where there is room, with pictures beside the lines else.

    Raises
    ------
    InputError
        When it is longer than a page: with how much, and what takes most of the page.
    """
    leading, room = look.leading(sheet.words), look.PAGE[1] - 2 * look.ENDS
    parts: dict[str, float] = {}
    for wide, tallest in ((True, _TALLEST_BELOW), *((False, tall) for tall in _TALLEST_BESIDE)):
        parts = heights(sheet, wide=wide, tallest=tallest)
        left = room - sum(parts.values())
        if left >= (_SPARE if wide else 0):
            return Layout(leading, wide, tallest, min(_MOST_AIR, 0.8 * left / (len(sheet.blocks) + 2)))
    largest = sorted((name for name in parts if name != "the title"), key=lambda name: -parts[name])[:3]
    named = ", ".join(f"{name} ({100 * parts[name] / room:.0f}% of the page)" for name in largest)
    raise InputError(
        f"The sheet is longer than one A4 page: it needs about {100 * sum(parts.values()) / room:.0f}% of it.",
        f"Shorten what takes most: {named}; or leave a picture, a line or a block out.",
    )
