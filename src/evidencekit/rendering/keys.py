"""Keys: the signs of a chart and what they mean, side by side below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from evidencekit.rendering import figure as page
from evidencekit.rendering.rows import HIDDEN, State, flow, hidden_mark, put_mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Key", "LaidKeys", "hidden_keys", "hollow_key", "lay_keys", "mark_key"]


@dataclass(frozen=True, slots=True)
class Key:
    """A sign of the chart and what it means: `put` draws the sign, `wide` points wide, from a left end around a middle."""

    text: str
    put: Callable[[Axes, float, float], None]
    wide: float = 18.0


@dataclass(frozen=True, slots=True)
class LaidKeys:
    """Keys with their words and places; `height` of all together, in points."""

    keys: tuple[tuple[Key, page.Lettering, tuple[float, float]], ...]
    height: float

    def draw(self, axes: Axes, y: float) -> None:
        """Put them below `y`."""
        for key, text, (x, down) in self.keys:
            key.put(axes, page.MARGIN + x, y + down + text.height / 2)
            text.draw(axes, page.MARGIN + x + key.wide, y + down)


def mark_key(text: str, marker: str, look: tuple[float, str, str]) -> Key:
    """What a mark of a size, outline and inside means."""
    return Key(text, lambda axes, x, y: put_mark(axes, x + 5, y, marker, look))


def hollow_key(text: str, *, outline: str = page.BLUE) -> Key:
    """What a hollow dot means."""
    return mark_key(text, "o", (8, outline, "white"))


def hidden_keys(hidden: Iterable[tuple[State, str]]) -> list[Key]:
    """What the marks of hidden things mean: each kind with each of its words once, in the order of the kinds."""
    meant = sorted(dict.fromkeys(hidden), key=lambda one: list(HIDDEN).index(one[0]))
    return [Key(text, partial(_put_hidden, state)) for state, text in meant]


def _put_hidden(state: State, axes: Axes, x: float, y: float) -> None:
    hidden_mark(axes, x + 5, y, state)


def lay_keys(keys: Sequence[Key], width: float) -> LaidKeys:
    """Place those keys that have words in rows of at most `width` points."""
    meant = [(key, page.lettering(key.text, width - key.wide - 6)) for key in keys if key.text]
    spots, tall = flow([(key.wide + text.width, text.height) for key, text in meant], width)
    return LaidKeys(tuple((key, text, spot) for (key, text), spot in zip(meant, spots, strict=True)), tall)
