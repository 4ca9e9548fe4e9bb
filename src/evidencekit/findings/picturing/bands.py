"""Bands of several levels around a share, made as the intervals of its table were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np

from evidencekit.columns import Floats
from evidencekit.disclosure import Released
from evidencekit.findings.picturing.parts import ends_of
from evidencekit.survey.uncertainty.intervals import Method, ProportionInterval, proportion_limits

__all__ = ["Band", "bands_of"]

Band = tuple[float, float]
_NARROWER = (0.5, 0.8)


def bands_of(released: Released, rows: Sequence[int]) -> tuple[tuple[float, ...], list[tuple[Band, ...]]]:
    """The levels of the bands, and the bands of each row, each within the next; none where a row has no interval.

    Bands of 50 and 80 percent come from the way in which the table's own intervals were made. Where that way does not give the intervals of
    the table again, or its level is no higher, there is its own band alone.
    """
    at = np.array([row for row in rows if ends_of(released, row)], dtype=np.intp)
    levels = tuple(level for level in _NARROWER if level < released.estimate.interval.level) if _again(released, at) else ()
    made = [_limits(released, at, level) for level in levels]
    points, interval = released.estimate.points, released.estimate.interval
    held = {
        int(row): (
            *((min(float(low[k]), float(points[row])), max(float(high[k]), float(points[row]))) for low, high in made),
            (float(interval.low[row]), float(interval.high[row])),
        )
        for k, row in enumerate(at)
    }
    return (*levels, interval.level), [held.get(row, ()) for row in rows]


def _again(released: Released, at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> bool:
    """Whether the limits of the table are those that its method gives."""
    interval = released.estimate.interval
    if not len(at) or interval.method not in get_args(Method) or interval.sided != "two":
        return False
    low, high = _limits(released, at, interval.level)
    return bool(np.allclose(low, interval.low[at], atol=1e-9) and np.allclose(high, interval.high[at], atol=1e-9))


def _limits(released: Released, at: np.ndarray[tuple[int], np.dtype[np.intp]], level: float) -> tuple[Floats, Floats]:
    est = released.estimate
    how = ProportionInterval(method=est.interval.method)  # pyright: ignore[reportArgumentType]  # one of them: the caller looked
    return proportion_limits(est.points[at], est.covariance.variances[at], est.counts.n[at], est.df[at], level=level, how=how)
