"""Sizes, colours and fonts that the three kinds of document have in common, in points of an A4 page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from evidencekit.rendering.figure import BLUE, INK, RULE, SLATE

__all__ = ["BLUE", "INK", "RULE", "SLATE", "big", "closer", "leading", "stacked"]

PAGE = (595.3, 841.9)  # A4
SIDES, ENDS = 48.0, 38.0  # margins: left and right, top and bottom
TEXT = PAGE[0] - 2 * SIDES
GUTTER = 22.0  # between what stands side by side
TITLE, HEADING, LINE, BOX, SMALL = 21.0, 13.5, 10.5, 9.5, 8.5
NOTE_FILL = "#f5f1e8"  # behind INK: 15 to 1
BETWEEN = 10.0  # at least, above a block and above the boxes
AFTER_NOTE = 10.0  # below the content note

WEB_FONTS = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Khmer", "Noto Sans Thai", "Noto Sans Lao", "Noto Sans Myanmar", '
    '"Leelawadee UI", "Khmer OS Content", Loma, "Helvetica Neue", Arial, sans-serif'
)
OFFICE_FONT = "Calibri"  # with Vietnamese letters, on every Office; elsewhere it is replaced
STACKED_FONT = "Leelawadee UI"  # Khmer, Thai and Lao, on every Windows since 8.1

_STACKED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Myanmar, Khmer


def stacked(words: Iterable[str]) -> bool:
    """Whether any letter is of a script that stacks marks above and below."""
    return any(_STACKED.search(text) for text in words)


def leading(words: Iterable[str]) -> float:
    """From line to line, as a multiple of the letters' size."""
    return 1.7 if stacked(words) else 1.36


def closer(lines: float) -> float:
    """From line to line where a page is full; stacked letters cannot stand closer."""
    return lines if lines > 1.5 else 1.26


def big(lines: float) -> float:
    """Size of the large words of a headline, where lines are so far apart: stacked letters are larger than others of their size."""
    return 27.0 if lines < 1.5 else 22.0
