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
from evidencekit.errors import InputError

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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kind": "BRR", "rho": 0.5}, 'goes with kind="Fay"'),
        ({"kind": "JK1", "rho": 0.5}, 'goes with kind="Fay"'),
        ({"kind": "Fay", "rho": "half"}, "rho= is a number"),
        ({"kind": "JKn", "rscales": 0.5}, "sequence of numbers"),
        ({"kind": "JKn", "rscales": ["a", "b"]}, "sequence of numbers"),
        ({"kind": "JK1", "df": 0}, "df= is a number above 0"),
        ({"kind": "other", "scale": float("nan")}, "scale= is a number above 0"),
        ({"kind": "JK1", "columns": 5}, "at least two columns"),
    ],
)
def test_parts_that_do_not_fit_the_kind_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        ek.Replicates(**({"weights": "w", "columns": "rep"} | options))


def test_a_prefix_stands_before_numbers_only() -> None:
    """Once PWGTP took PWGTP_imputed in as a replicate."""
    design = ek.Replicates(weights="PWGTP", columns="PWGTP", kind="ACS")
    assert design.names(["PWGTP", "PWGTP1", "PWGTP_2", "PWGTP_imputed", "PWGTP10"]) == ("PWGTP1", "PWGTP_2", "PWGTP10")
    with pytest.raises(InputError, match="1 columns of the data are 'PWGTP' and a number"):
        design.names(["PWGTP", "PWGTP1", "PWGTP_imputed"])


def test_known_degrees_of_freedom_bound_those_of_the_rank() -> None:
    frame = with_columns(clusters(1, 12), 12, factors=False)
    made = [
        ek.mean(ek.Survey(frame, design=ek.Replicates(weights="w", columns="rep", kind="JK1", df=df)), "y").df[0] for df in (None, 5, 50)
    ]
    assert made == [11, 5, 11]
