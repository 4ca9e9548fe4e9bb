"""How tall words are: counted in lines of the font that comes with matplotlib."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from evidencekit.errors import InputError
from evidencekit.rendering.documents import look
from evidencekit.rendering.documents.sheet import Block
from evidencekit.rendering.figure import lettering

__all__ = ["Measure"]


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
