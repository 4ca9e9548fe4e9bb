"""A horizontal scale with ticks at round numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

__all__ = ["Scale", "scale_over"]

TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` at `left` to `high` at `right` (points on the sheet), with a tick every `step`."""

    left: float
    right: float
    low: float
    high: float
    step: float

    def at(self, value: float) -> float:
        """The place of a value, in points."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Multiples of the step from end to end."""
        first, last = ceil(self.low / self.step - 1e-9), floor(self.high / self.step + 1e-9)
        return tuple(float(f"{k * self.step:.12g}") + 0.0 for k in range(first, last + 1))


def scale_over(low: float, high: float, *, left: float, right: float, most: int = 6, outward: bool = True) -> Scale:
    """The scale over an interval with the finest step of 1, 2 or 5 times a power of ten that needs few ticks.

    Parameters
    ----------
    low, high : float
        The interval. Where its ends are the same it is widened.
    left, right : float
        Where the ends of the scale are, in points.
    most : int
        The most ticks, at least 3.
    outward : bool
        Whether the scale goes on to a tick at both ends.

    Examples
    --------
    >>> from evidencekit.rendering.scale import scale_over
    >>> scale_over(0.0, 0.37, left=0.0, right=100.0).ticks
    (0.0, 0.1, 0.2, 0.3, 0.4)
    """
    largest = max(abs(low), abs(high))
    if not high - low > max(1e-9 * largest, TINY):
        half = 0.5 * largest if largest > TINY else 0.5
        low, high = low - half, high + half
    power, most = floor(log10((high - low) / most)), max(most, 3)
    scales = (_scale(low, high, m * 10.0 ** (power + k), (left, right), outward) for k in range(4) for m in (1, 2, 5))
    return next(scale for scale in scales if len(scale.ticks) <= most)


def _scale(low: float, high: float, step: float, ends: tuple[float, float], outward: bool) -> Scale:
    if outward:
        low, high = floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step
    return Scale(*ends, low, high, step)
