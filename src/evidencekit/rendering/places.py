"""The place that pictures are drawn for: how wide their sheet is, and how tall it should be at most."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

from evidencekit.errors import InputError

__all__ = ["NARROWEST", "WIDTH", "as_wide_as", "tallest", "width"]

WIDTH = 451.0  # points: the text of an A4 page with margins of 2.54 cm
NARROWEST = 220.0
_PLACE: ContextVar[tuple[float, float]] = ContextVar("width and most height of the sheet that is drawn", default=(WIDTH, inf))


def width() -> float:
    """How wide the sheet is that is drawn, in points."""
    return _PLACE.get()[0]


def tallest() -> float:
    """How tall the sheet that is drawn should be at most, in points, where it can be helped."""
    return _PLACE.get()[1]


@contextmanager
def as_wide_as(points: float, *, tallest: float = inf) -> Generator[None]:
    """Draw on sheets of this width, for a column of a page: their letters are of the same size, and there is less room for them.

    Where it can be helped they are no taller than `tallest` points.

    Raises
    ------
    InputError
        A width in which words and marks have no room.

    Examples
    --------
    >>> from evidencekit.rendering.figure import as_wide_as
    >>> from evidencekit.rendering.icons import icon_array
    >>> with as_wide_as(280):
    ...     picture = icon_array(12, alt="About 12 in 100.")
    >>> round(72 * picture.figure.get_size_inches()[0])
    280
    """
    if isinstance(points, bool) or not isinstance(points, int | float) or not NARROWEST <= points <= WIDTH:
        raise InputError(f"A picture is between {NARROWEST:g} and {WIDTH:g} points wide.", "Save it as .svg to scale it to any size.")
    token = _PLACE.set((float(points), float(tallest)))
    try:
        yield
    finally:
        _PLACE.reset(token)
