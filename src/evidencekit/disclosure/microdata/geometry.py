"""A little geometry on the globe: the middle of points, a point some way off, whether a point lies in an area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.errors import InputError

__all__ = ["EARTH", "distances", "inside", "middles", "moved", "rings_of"]

EARTH = 6_371_008.8  # metres, the mean radius


def middles(latitude: Floats, longitude: Floats, groups: Codes, size: int) -> tuple[Floats, Floats]:
    """The middle of each group's points in degrees, NaN where a group has none; right across the date line too."""
    known = ~(np.isnan(latitude) | np.isnan(longitude))
    at, phi, lam = groups[known], np.radians(latitude[known]), np.radians(longitude[known])
    x, y, z = (
        np.bincount(at, weights=part, minlength=size) for part in (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))
    )
    none = np.bincount(at, minlength=size) == 0
    lat, lon = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
    return np.where(none, np.nan, lat), np.where(none, np.nan, lon)


def moved(latitude: Floats, longitude: Floats, angle: Floats, metres: Floats) -> tuple[Floats, Floats]:
    """Points some metres off along great circles, the angle in radians clockwise from north; degrees in and out."""
    phi, lam, delta = np.radians(latitude), np.radians(longitude), metres / EARTH
    sine = np.sin(phi) * np.cos(delta) + np.cos(phi) * np.sin(delta) * np.cos(angle)
    to = np.arcsin(np.clip(sine, -1, 1))
    east = lam + np.arctan2(np.sin(angle) * np.sin(delta) * np.cos(phi), np.cos(delta) - np.sin(phi) * sine)
    return np.degrees(to), (np.degrees(east) + 180) % 360 - 180


def distances(lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats) -> Floats:
    """Metres between points, by the haversine formula, which is right for short ways."""
    a, b, c, d = (np.radians(x) for x in (lat1, lon1, lat2, lon2))
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def inside(latitude: Floats, longitude: Floats, rings: Sequence[Floats]) -> Bools:
    """Whether points lie within rings of (longitude, latitude) by the even-odd rule: a ring within a ring is a hole."""
    odd = np.zeros(len(latitude), dtype=bool)
    for ring in rings:
        x1, y1 = ring[:, 0], ring[:, 1]
        x2, y2 = np.roll(x1, -1), np.roll(y1, -1)
        between = (y1 > latitude[:, None]) != (y2 > latitude[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = x1 + (latitude[:, None] - y1) * (x2 - x1) / (y2 - y1)
        odd ^= (between & (longitude[:, None] < crossing)).sum(axis=1) % 2 == 1
    return odd


def rings_of(shape: Any) -> list[Floats]:
    """The rings of an area: a GeoJSON Polygon or MultiPolygon, or a list of rings of (longitude, latitude).

    Raises
    ------
    InputError
        It is neither.
    """
    given: Any = shape
    if isinstance(shape, Mapping):
        given = shape.get("coordinates", ())
        given = [ring for part in given for ring in part] if shape.get("type") == "MultiPolygon" else given
    try:
        made = [np.asarray(ring, dtype=np.float64) for ring in given]
    except (TypeError, ValueError):
        made = []
    if not made or any(r.ndim != 2 or r.shape[1] < 2 or len(r) < 3 or not np.isfinite(r).all() for r in made):
        raise InputError("An area is a GeoJSON Polygon or MultiPolygon, or rings of (longitude, latitude), each of three points or more.")
    return made
