"""displace: the points of sampling clusters moved at random, as DHS surveys do before they release them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, numeric
from evidencekit.disclosure.microdata.changed import Changed, LogEntry
from evidencekit.disclosure.microdata.geometry import inside, middles, moved, rings_of
from evidencekit.disclosure.microdata.held import Bools, Held, hold
from evidencekit.disclosure.microdata.seeds import drawn, need_secret
from evidencekit.errors import InputError, how_many
from evidencekit.sampling.streams import canonical

__all__ = ["FAR", "FAR_SHARE", "RURAL", "URBAN", "displace"]

URBAN, RURAL, FAR, FAR_SHARE = 2_000.0, 5_000.0, 10_000.0, 0.01
_TURNS = 1_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Clusters:
    """Each cluster's name, point in degrees and whether it is urban."""

    names: list[str]
    latitude: Floats
    longitude: Floats
    urban: Bools


def displace(
    data: Any,
    *,
    cluster: str,
    latitude: str,
    longitude: str,
    urban: str,
    urban_level: Any = True,
    seed: int,
    area: str | None = None,
    polygons: Mapping[Any, Any] | None = None,
) -> Changed:
    """Move the point of each cluster at random: urban ones up to 2 km, rural ones up to 5 km, 1 % of these up to 10 km.

    Parameters
    ----------
    data : Dataset or data frame
        In memory. It is not changed.
    cluster : str
        The sampling cluster (enumeration area). Its positions are put into one point first, so no household is placed.
    latitude, longitude : str
        Columns in decimal degrees (WGS 84).
    urban : str
        A column that says whether a cluster is urban, the same in all its rows.
    urban_level : object
        What it holds where a cluster is urban; True by default.
    seed : int
        A secret of 2**64 or more, such as ``secrets.randbits(128)``: whoever has it can move every point back. With the same seed a
        cluster is always moved alike, whatever rows are beside it; a second release with another seed would narrow down where it is.
    area : str, optional
        A column with the area that a cluster is to stay in, such as its district.
    polygons : mapping of level to shape, optional
        The outline of each area: a GeoJSON Polygon or MultiPolygon, or rings of (longitude, latitude). A move that leads out of the area
        is drawn again.

    Returns
    -------
    Changed
        All rows of a cluster have its new point; a cluster without any position has none. Counted are clusters, by kind.

    Raises
    ------
    InputError
        A small seed; a row without a cluster; a cluster that is urban and rural, or lies in two areas; positions that are none; a
        cluster outside its area, or one that cannot be moved within it.
    UnknownColumn
        There is no such column.

    Notes
    -----
    The angle is uniform, and so is the distance (not the place within the circle: short moves are as likely as long ones). DHS moves every
    100th rural cluster up to 10 km; here each rural cluster has the chance of 1 %, so that of none it is known. Distances are along great
    circles of a sphere of 6,371 km. A displaced point still says roughly where a cluster is: without a strong reason, and for answers as
    sensitive as these, release none.

    References
    ----------
    Burgert, Colston, Roy & Zachary (2013), Geographic displacement procedure and georeferenced data release policy for the Demographic
    and Health Surveys, DHS Spatial Analysis Reports 7.

    Examples
    --------
    >>> import pandas as pd
    >>> from evidencekit.disclosure.microdata import displace
    >>> made_up = pd.DataFrame({"ea": [1, 1, 2], "lat": [1.0, 1.001, 1.2], "lon": [5.0, 5.0, 5.3], "kind": ["u", "u", "r"]})
    >>> lesson = 0x9D3FA1C2_57E80B64_21  # yours is secret
    >>> moved = displace(made_up, cluster="ea", latitude="lat", longitude="lon", urban="kind", urban_level="u", seed=lesson)
    >>> moved
    Changed(displace 'lat', 'lon': clusters 2, urban 1, rural 1, without a position 0)
    >>> moved.data["lat"].nunique()
    2
    """
    held = hold(data)
    columns = (cluster, latitude, longitude, urban, *((area,) if area is not None else ()))
    held.need(columns, "displace()")
    secret = need_secret(seed)
    if (area is None) != (polygons is None):
        raise InputError("area= and polygons= go together: the column of areas, and their outlines.")
    codes, keys = held.codes(cluster)
    if (codes < 0).any():
        raise InputError(f"{how_many(int((codes < 0).sum()), 'row has', 'rows have')} no cluster in {cluster!r}.", "Every point needs one.")
    lat, lon = _degrees(held, latitude, 90), _degrees(held, longitude, 180)
    middle = middles(lat, lon, codes, len(keys))
    clusters = _Clusters(canonical(keys), *middle, _one_each(held, urban, codes, len(keys), cluster) == _level(held, urban, urban_level))
    shapes = None if area is None or polygons is None else _shapes(held, area, polygons, codes, clusters, cluster)
    to = _drawn(clusters, secret, shapes)
    made = held.numbers(latitude, to[0][codes]).numbers(longitude, to[1][codes])
    none = int(np.isnan(clusters.latitude).sum())
    counts = {"clusters": len(keys), "urban": int(clusters.urban.sum()), "rural": int((~clusters.urban).sum()), "without a position": none}
    return Changed(made.data, LogEntry("displace", (latitude, longitude), counts))


def _drawn(clusters: _Clusters, seed: int, shapes: list[list[Floats]] | None) -> tuple[Floats, Floats]:
    """New points; those that leave their area are drawn again."""
    far = drawn(seed, "displace/far", clusters.names)(0) < FAR_SHARE
    longest = np.where(clusters.urban, URBAN, np.where(far, FAR, RURAL))
    angles, ways = drawn(seed, "displace/angle", clusters.names), drawn(seed, "displace/distance", clusters.names)
    lat, lon = clusters.latitude.copy(), clusters.longitude.copy()
    left = ~np.isnan(lat)
    for turn in range(_TURNS):
        new = moved(clusters.latitude, clusters.longitude, 2 * np.pi * angles(turn), longest * ways(turn))
        good = left if shapes is None else left & _within(new, shapes, left)
        lat[good], lon[good] = new[0][good], new[1][good]
        left = left & ~good
        if not left.any():
            return lat, lon
    raise InputError(
        f"{how_many(int(left.sum()), 'cluster')} could not be moved within the area in {_TURNS:,} attempts.",
        "Use larger areas, or leave these clusters without a position.",
    )


def _within(points: tuple[Floats, Floats], shapes: list[list[Floats]], asked: Bools) -> Bools:
    out = np.zeros(len(shapes), dtype=bool)
    for i in np.flatnonzero(asked).tolist():
        out[i] = inside(points[0][i : i + 1], points[1][i : i + 1], shapes[i])[0]
    return out


def _shapes(held: Held, area: str, polygons: Any, codes: Codes, clusters: _Clusters, cluster: str) -> list[list[Floats]]:
    """The outline of each cluster's area."""
    if not isinstance(polygons, Mapping):
        raise InputError(f"polygons= takes a mapping of areas to outlines, not a {type(polygons).__name__}.")
    keys = held.codes(area)[1]
    at = _one_each(held, area, codes, len(clusters.names), cluster)
    unknown = sum(keys[k] not in polygons for k in set(at.tolist()))
    if unknown:
        raise InputError(f"{how_many(unknown, 'area')} of {area!r} {'has' if unknown == 1 else 'have'} no outline in polygons=.")
    rings = {k: rings_of(polygons[keys[k]]) for k in set(at.tolist())}
    shapes = [rings[k] for k in at.tolist()]
    placed = ~np.isnan(clusters.latitude)
    out = placed & ~_within((clusters.latitude, clusters.longitude), shapes, placed)
    if out.any():
        raise InputError(
            f"{how_many(int(out.sum()), 'cluster lies', 'clusters lie')} outside the area it belongs to by {area!r}.",
            "Check the positions, and that outlines are (longitude, latitude).",
        )
    return shapes


def _one_each(held: Held, name: str, groups: Codes, size: int, cluster: str) -> NDArray[np.intp]:
    """The level of a column in each cluster, which has the same in all its rows."""
    codes, _ = held.codes(name)
    at = np.full(size, -1, dtype=np.intp)
    at[groups] = codes
    mixed = np.unique(groups[(at[groups] != codes) | (codes < 0)])
    if len(mixed):
        raise InputError(
            f"{how_many(len(mixed), 'cluster of', 'clusters of')} {cluster!r} with more than one answer, or none, in {name!r}.",
            "A cluster lies in one place: give every row the same.",
        )
    return at


def _level(held: Held, urban: str, level: Any) -> int:
    keys = held.codes(urban)[1]
    if level not in keys:
        raise InputError(
            f"urban_level= is no level of {urban!r}, so no cluster would be urban.", "Say what stands there for urban clusters."
        )
    return keys.index(level)


def _degrees(held: Held, name: str, most: float) -> Floats:
    values = numeric(held.clean[name], "Column")
    wrong = int((np.abs(values) > most).sum())
    if wrong:
        raise InputError(f"{how_many(wrong, 'value')} of {name!r} cannot be degrees: they go from -{most:g} to {most:g}.")
    return values
