"""Bands of several levels from an interval of one: on the logit scale, in proportion to the quantiles of t."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from scipy.special import expit, logit, ndtri, stdtrit

from evidencekit.errors import InputError
from evidencekit.findings.languages import Figure, percentage
from evidencekit.findings.picturing.parts import Part

__all__ = ["bands_of", "levels_of"]

_NARROWER = (0.5, 0.8)


def bands_of(part: Part) -> list[tuple[float, float]]:
    """The limits of a part at 50 and 80 percent and at its own level.

    From the number to either limit, each band goes ``t(level) / t(own level)`` of the way on the logit scale. For intervals made on that
    scale these are the intervals at the level; for others they are near to them.

    Examples
    --------
    >>> from evidencekit.findings.picturing.bands import bands_of
    >>> from evidencekit.findings.picturing.parts import Part
    >>> [(round(low, 3), round(high, 3)) for low, high in bands_of(Part(label="Girls", value=0.14, low=0.11, high=0.18, df=40.0))]
    [(0.129, 0.153), (0.12, 0.165), (0.11, 0.18)]
    """
    if part.value is None or part.low is None or part.high is None:
        return []
    made: list[tuple[float, float]] = []
    for level in _NARROWER:
        way = _quantile(level, part.df) / _quantile(part.level, part.df)
        made.append((_between(part.value, part.low, way), _between(part.value, part.high, way)))
    return [*made, (part.low, part.high)]


def levels_of(parts: Sequence[Part]) -> list[Figure]:
    """The levels of the bands."""
    own = parts[0].level
    if own <= _NARROWER[-1]:
        raise InputError(
            "Bands are of 50 and 80 percent and of the level of the interval, which is no higher here.", "Estimate with level=0.95."
        )
    return [percentage(f"{100 * level:.10g}") for level in (*_NARROWER, own)]


def _between(value: float, end: float, way: float) -> float:
    """A point on the way from the number to a limit."""
    if value in (0.0, 1.0) or end in (0.0, 1.0) or value == end:
        return value + way * (end - value)
    return float(expit(logit(value) + way * (logit(end) - logit(value))))


def _quantile(level: float, df: float) -> float:
    return float(stdtrit(df, (1 + level) / 2) if isfinite(df) and df > 0 else ndtri((1 + level) / 2))
