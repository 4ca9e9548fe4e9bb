"""The horizontal scale under rows of numbers: shares from 0 in percent, or any numbers on both sides of 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from evidencekit.rendering import figure as page
from evidencekit.rendering.rows import Number, percent
from evidencekit.rendering.scale import Scale, scale_over

__all__ = ["Ruler", "ruler_over"]

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100)  # percentage points from tick to tick
_MOST_TICKS = 6
_BETWEEN = 8.0  # points, at least, between the numbers of two ticks


@dataclass(frozen=True, slots=True)
class Ruler:
    """From `low` at `left` to `top` at `right` (points on the sheet), with its ticks and their numbers."""

    left: float
    right: float
    top: float
    ticks: tuple[tuple[float, page.Lettering], ...]
    low: float = 0.0

    def at(self, value: float) -> float:
        """Give the place of a value, in points."""
        return self.left + (value - self.low) / (self.top - self.low) * (self.right - self.left)


def ruler_over(ends: Sequence[float], left: float, right: float, *, number: Number | None = None) -> Ruler:
    """Choose a scale that holds `ends` and 0, with the finest ticks that are few enough and whose numbers do not touch.

    Parameters
    ----------
    ends : sequence of float
        The smallest and largest numbers shown. Where there are none, the scale has no ticks.
    left, right : float
        Where it is, in points.
    number : callable, optional
        Writes the number of a tick. By default as percent; shares then end at 100%.
    """
    if not ends:
        return Ruler(left, right, 1.0, ())
    if number is None and min(ends) >= 0:
        return _shares(max(ends) or 0.1, left, right)
    low, high = min(*ends, 0.0), max(*ends, 0.0)
    tried = [_ticked(scale_over(low, high, left=left, right=right, most=most), number or percent) for most in range(_MOST_TICKS, 2, -1)]
    return next((ruler for ruler, fits in tried if fits), replace(tried[-1][0], ticks=()))


def _ticked(scale: Scale, number: Number) -> tuple[Ruler, bool]:
    """Write the numbers of the ticks, and say whether they leave room between each other."""
    ticks = tuple((tick, page.lettering(number(tick), page.width())) for tick in scale.ticks)
    fits = scale.at(scale.low + scale.step) - scale.left > max(words.width for _, words in ticks) + _BETWEEN
    return Ruler(scale.left, scale.right, scale.high, ticks, scale.low), fits


def _shares(most: float, left: float, right: float) -> Ruler:
    """Choose the finest ticks that are few enough and do not touch, the last where nothing passes it."""
    for step in [step / 100 for step in _STEPS if 100 * most <= step * (_MOST_TICKS - 1) + 1e-9]:
        last = ceil(most / step - 1e-9)
        shares = [k * step for k in range(last + 1) if k * step <= 1 + 1e-9]
        top = min(last * step, 1.0)
        numbers = [page.lettering(f"{round(100 * share, 2):g}%", page.width()) for share in shares]
        if step / top * (right - left) > max(number.width for number in numbers) + _BETWEEN:
            return Ruler(left, right, top, tuple(zip(shares, numbers, strict=True)))
    return Ruler(left, right, most, ())
