"""Replicate weights that stand in the data, against the jackknife worked out from the data themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek

Statistic = Callable[[pd.DataFrame], float]
ASKED: dict[str, tuple[Any, Statistic]] = {
    "mean": (lambda s: ek.mean(s, "y"), lambda f: float(np.average(f.y, weights=f.w))),
    "total": (lambda s: ek.total(s, "y", population_total="weights"), lambda f: float((f.w * f.y).sum())),
    "ratio": (lambda s: ek.ratio(s, "y", "x"), lambda f: float((f.w * f.y).sum() / (f.w * f.x).sum())),
    "share": (lambda s: ek.proportion(s, "yes"), lambda f: float(np.average(f.yes, weights=f.w))),
    "variance": (
        lambda s: ek.variance(s, "y"),
        lambda f: float(np.average((f.y - np.average(f.y, weights=f.w)) ** 2, weights=f.w)),
    ),
}


def clusters(seed: int, count: int) -> pd.DataFrame:
    """A simple random sample of clusters of different sizes."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(count), rng.integers(1, 6, count))
    n = len(cluster)
    pull = rng.normal(0, 1, count)[cluster]
    frame = pd.DataFrame({"cluster": cluster, "w": rng.uniform(2, 9, n), "y": 20 + pull + rng.normal(0, 2, n), "x": rng.uniform(1, 3, n)})
    return frame.assign(yes=np.where(frame.index < 2, frame.index, rng.integers(0, 2, n)))


def with_columns(frame: pd.DataFrame, count: int, *, factors: bool) -> pd.DataFrame:
    """JK1 columns: in each a cluster is left out and the others count for it."""
    full = 1.0 if factors else frame.w
    return frame.assign(**{f"rep{c}": np.where(frame.cluster == c, 0.0, count / (count - 1)) * full for c in range(count)})


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(3, 25), factors=st.booleans(), mse=st.booleans(), shuffle=st.booleans())
def test_jackknife_columns_are_the_jackknife(seed: int, count: int, factors: bool, mse: bool, shuffle: bool) -> None:
    frame = with_columns(clusters(seed, count), count, factors=factors)
    given_ = frame.sample(frac=1, random_state=seed) if shuffle else frame
    held = ek.Survey(given_, design=ek.Replicates(weights="w", columns="rep", kind="JK1", combined=not factors, mse=mse, psu="cluster"))
    for name, (ask, statistic) in ASKED.items():
        bessel = len(frame) / (len(frame) - 1) if name == "variance" else 1.0
        left_out = [frame[frame.cluster != c].assign(w=lambda f: f.w * count / (count - 1)) for c in range(count)]
        values = bessel * np.array([statistic(part) for part in left_out])
        centre = bessel * statistic(frame) if mse else values.mean()
        est = ask(held)
        assert est.points[0] == pytest.approx(bessel * statistic(frame)), name
        assert est.se[0] ** 2 == pytest.approx((count - 1) / count * ((values - centre) ** 2).sum(), rel=1e-8, abs=1e-18), name
        assert (est.df[0], est.counts.psus[0]) == (count - 1, count)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(3, 25))
def test_the_jackknife_of_a_total_is_its_linearisation(seed: int, count: int) -> None:
    """A total is linear in cluster totals, so leaving clusters out and their variance are one thing."""
    frame = with_columns(clusters(seed, count), count, factors=False)
    again = ek.Survey(frame, design=ek.Replicates(weights="w", columns="rep", kind="JK1"))
    linear = ek.Survey(frame, weights="w", psu="cluster")
    a, b = (ek.total(s, ["y", "x", "yes"], population_total="weights") for s in (again, linear))
    np.testing.assert_allclose(a.vcov, b.vcov, rtol=1e-8)
    np.testing.assert_allclose([a.interval.low, a.interval.high], [b.interval.low, b.interval.high], rtol=1e-8)
