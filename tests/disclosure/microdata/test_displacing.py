"""Displacement: within the distances, uniform, per cluster, the same from the same seed, inside the area where asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import EAGER, frame_as

from evidencekit.disclosure.microdata import displace
from evidencekit.disclosure.microdata.geometry import distances, inside, middles, moved
from evidencekit.errors import InputError

SEED = 0x51C0FFEE_0DDBA11_5EED_9
HOW: dict[str, Any] = {"cluster": "ea", "latitude": "lat", "longitude": "lon", "urban": "kind", "urban_level": "urban", "seed": SEED}


def clusters(n: int, seed: int = 1, rows: int = 1, lat: float = 12.0, lon: float = 104.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    kind = rng.choice(["urban", "rural"], n, p=[0.3, 0.7])
    frame = pd.DataFrame({"ea": np.arange(n), "lat": lat + rng.uniform(-1, 1, n), "lon": lon + rng.uniform(-1, 1, n), "kind": kind})
    return frame.loc[frame.index.repeat(rows)]


def gone(frame: pd.DataFrame, made: pd.DataFrame) -> Any:
    return distances(*(f[c].to_numpy() for f in (frame, made) for c in ("lat", "lon")))


def test_distances_keep_to_the_rules_and_are_uniform() -> None:
    frame = clusters(20_000)
    way = gone(frame, displace(frame, **HOW).data)
    urban = (frame["kind"] == "urban").to_numpy()
    assert way[urban].max() <= 2_000 + 1e-3
    assert way[~urban].max() <= 10_000 + 1e-3
    far = (way[~urban] > 5_000).mean()
    assert 0.003 < far < 0.008, "1 % may go to 10 km, and half of those go beyond 5"
    u = np.sort(way[urban] / 2_000)
    n = len(u)
    assert np.abs(u - (np.arange(n) + 0.5) / n).max() * np.sqrt(n) < 1.7, "Kolmogorov-Smirnov at 0.5 %"
    assert abs(way[~urban].mean() - (0.99 * 2_500 + 0.01 * 5_000)) < 60


def test_angles_are_uniform() -> None:
    frame = clusters(20_000)
    made = displace(frame, **HOW).data
    north = made["lat"] - frame["lat"]
    east = (made["lon"] - frame["lon"]) * np.cos(np.radians(frame["lat"]))
    turn = np.sort(np.arctan2(east, north).to_numpy() / (2 * np.pi) + 0.5)
    assert np.abs(turn - (np.arange(20_000) + 0.5) / 20_000).max() * np.sqrt(20_000) < 1.7


@settings(max_examples=30)
@given(lat=st.floats(-89.9, 89.9), lon=st.floats(-180, 180), angle=st.floats(0, 6.28), way=st.floats(1, 10_000))
def test_moves_have_the_length_asked_for_anywhere_on_the_globe(lat: float, lon: float, angle: float, way: float) -> None:
    point = [np.array([x]) for x in (lat, lon)]
    to = moved(*point, np.array([angle]), np.array([way]))
    np.testing.assert_allclose(distances(*point, *to), way, rtol=1e-6)
    assert -180 <= to[1][0] <= 180


def test_a_cluster_has_one_point_and_its_middle_is_what_moves() -> None:
    frame = clusters(40, rows=5).reset_index(drop=True)
    frame["lat"] += np.random.default_rng(0).normal(0, 0.002, len(frame))
    frame.loc[3, ["lat", "lon"]] = np.nan
    frame.loc[frame["ea"] == 7, ["lat", "lon"]] = np.nan
    made = displace(frame, **HOW)
    by = made.data.groupby("ea")
    assert (by["lat"].nunique() + (by["lat"].count() == 0) == 1).all()
    assert made.data.loc[made.data["ea"] == 7, "lat"].isna().all()
    assert made.data["lat"].isna().sum() == 5
    middle = frame.groupby("ea")[["lat", "lon"]].mean().dropna()
    assert gone(middle, by[["lat", "lon"]].first().loc[middle.index]).max() < 10_001
    assert made.entry.counts["without a position"] == 1


def test_a_cluster_moves_alike_whatever_is_beside_it_and_otherwise_with_another_seed() -> None:
    frame = clusters(50)
    whole = displace(frame, **HOW).data.set_index("ea")
    part = displace(frame.sample(20, random_state=1), **HOW).data.set_index("ea")
    pd.testing.assert_frame_equal(whole.loc[part.index], part)
    assert displace(frame, **HOW).data.to_csv() == displace(frame, **HOW).data.to_csv()
    other = displace(frame, **{**HOW, "seed": SEED + 1}).data.set_index("ea")
    assert (other["lat"] != whole["lat"]).all()


def test_points_stay_in_their_area_and_lead_out_without_one() -> None:
    frame = clusters(300, lat=0.0, lon=0.0)
    frame["lat"], frame["lon"] = frame["lat"] * 0.02, frame["lon"] * 0.02  # within about 2 km of the middle
    frame["district"] = "d"
    square = [[(-0.021, -0.021), (0.021, -0.021), (0.021, 0.021), (-0.021, 0.021)]]
    out = displace(frame, **HOW).data
    assert not inside(out["lat"].to_numpy(), out["lon"].to_numpy(), [np.array(square[0])]).all()
    for shape in (square, {"type": "Polygon", "coordinates": square}, {"type": "MultiPolygon", "coordinates": [square]}):
        made = displace(frame, **HOW, area="district", polygons={"d": shape}).data
        assert inside(made["lat"].to_numpy(), made["lon"].to_numpy(), [np.array(square[0])]).all()


def test_holes_are_outside() -> None:
    outer, hole = np.array([(0, 0), (4, 0), (4, 4), (0, 4)], float), np.array([(1, 1), (2, 1), (2, 2), (1, 2)], float)
    lat, lon = np.array([0.5, 1.5, 3.0, 5.0]), np.array([0.5, 1.5, 3.0, 1.0])
    assert inside(lat, lon, [outer, hole]).tolist() == [True, False, True, False]


def test_the_middle_lies_between_points_on_both_sides_of_the_date_line() -> None:
    lat, lon = middles(np.array([1.0, 1.0]), np.array([179.9, -179.9]), np.array([0, 0]), 1)
    assert abs(abs(lon[0]) - 180) < 1e-9
    assert abs(lat[0] - 1) < 1e-3


@pytest.mark.parametrize("kind", EAGER)
def test_every_kind_of_frame(kind: str) -> None:
    frame = clusters(20, rows=2).reset_index(drop=True)
    before = frame.copy()
    data = frame_as(kind, frame)
    made = displace(data, **HOW)
    assert type(made.data) is type(data)
    values = made.data["lat"].to_pylist() if kind == "pyarrow" else made.data["lat"].to_list()
    assert values == displace(frame, **HOW).data["lat"].tolist()
    pd.testing.assert_frame_equal(frame, before)


def frame_with(**columns: Any) -> pd.DataFrame:
    return clusters(6, rows=2).reset_index(drop=True).assign(**columns)


AREA = {"area": "d", "polygons": {"p": [[(0, 0), (1, 0), (1, 1)]]}}
BAD: dict[str, tuple[pd.DataFrame, dict[str, Any], str]] = {
    "a small seed": (frame_with(), {"seed": 7}, "found by trying"),
    "a row without a cluster": (frame_with(ea=[np.nan, *range(11)]), {}, "1 row has no cluster"),
    "a cluster both urban and rural": (frame_with(kind=["urban", "rural"] * 6), {}, "6 clusters of 'ea' with more than one"),
    "a cluster of unknown kind": (frame_with(kind=["urban"] * 11 + [None]), {}, "1 cluster of"),
    "no cluster is urban": (frame_with(), {"urban_level": "Urban"}, "no level of 'kind'"),
    "degrees that are none": (frame_with(lat=[91.0, *[1.0] * 11]), {}, "1 value of 'lat'"),
    "positions as texts": (frame_with(lat="11.2"), {}, "does not hold numbers"),
    "an area without outlines": (frame_with(d="p"), {"area": "d"}, "go together"),
    "an area that is not outlined": (frame_with(d="q"), AREA, "no outline"),
    "clusters outside their area": (frame_with(d="p"), AREA, "6 clusters lie outside"),
    "an outline that is none": (frame_with(d="p"), {"area": "d", "polygons": {"p": "s3cret"}}, "GeoJSON"),
    "an area too small": (
        frame_with(d="p", lat=0.0, lon=0.0),
        {"area": "d", "polygons": {"p": [[(-1e-9, -1e-9), (1e-9, -1e-9), (0, 1e-9)]]}},
        "could not be moved",
    ),
    "a column that is not there": (frame_with(), {"urban": "kinds"}, "kind"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told(case: str) -> None:
    frame, given_, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        displace(frame, **{**HOW, **given_})
    assert "s3cret" not in str(told.value)
    assert not any(f"{x:.4f}" in str(told.value) for x in clusters(6)["lat"])
    assert str(SEED) not in str(told.value)
