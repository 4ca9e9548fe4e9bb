"""Trends: by hand, against least squares and statsmodels' Wald test, what a line hides, coverage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made_estimates import made_estimate

import evidencekit as ek
from evidencekit.combining import heading, trend
from evidencekit.combining.trending import TERMS
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Estimate

SECRET = "tamarind-7731"


def rounds(points: list[float], se: list[float], df: list[float] | float = np.inf, **more: Any) -> list[Estimate]:
    free = [df] * len(points) if isinstance(df, (int, float)) else df
    return [made_estimate("proportion", [p], se=e, df=d, **more) for p, e, d in zip(points, se, free, strict=True)]


def test_by_hand() -> None:
    """Times 0, 1, 3: centred -4/3, -1/3, 5/3, whose squares sum to 14/3; Satterthwaite on the weighted variances."""
    made = trend(rounds([0.10, 0.12, 0.20], [0.01, 0.02, 0.03], [30, 40, 50]), times=[0, 1, 3])
    w = np.array([-4, -1, 5]) / 14
    v = w**2 * np.array([1e-4, 4e-4, 9e-4])
    assert made.points[0] == pytest.approx(w @ [0.10, 0.12, 0.20])
    assert made.covariance.variances[0] == pytest.approx(v.sum())
    assert made.df[0] == pytest.approx(v.sum() ** 2 / (v**2 / [30, 40, 50]).sum())
    assert made.cells.columns["trend"] == TERMS
    assert made.statistic == "trend"


@pytest.mark.parametrize("when", [[2010, 2014, 2019], [2010, 2011, 2015, 2016.5, 2023]])
def test_the_terms_are_those_of_least_squares(when: list[float]) -> None:
    p = np.random.default_rng(3).uniform(0.1, 0.3, len(when))
    made = trend(rounds(p.tolist(), [0.01] * len(p)), times=when)
    t = np.array(when) - 2010
    curve = np.polynomial.Polynomial.fit(t, p, 2).convert()
    assert made.points[0] == pytest.approx(np.polyfit(t, p, 1)[0])
    assert made.points[1] == pytest.approx(curve.coef[2])
    change = np.diff(curve(t)) / np.diff(t)
    np.testing.assert_allclose(made.points[2:], change[[0, -1]])


def test_it_equals_a_wald_test_of_a_design_matrix() -> None:
    """A saturated model of the rounds, its fixed covariance, and the linear contrast: as a survey package tests it."""
    api = pytest.importorskip("statsmodels.api")
    p, se, when = np.array([0.12, 0.15, 0.19, 0.18]), np.array([0.01, 0.012, 0.02, 0.015]), np.array([2012.0, 2015, 2018, 2022])
    model = api.GLS(p, np.column_stack([np.ones(4), when - when.mean()]), sigma=np.eye(4)).fit()
    bread = np.linalg.pinv(model.model.exog)
    want = np.sqrt(np.diag(bread @ np.diag(se**2) @ bread.T))
    made = trend(rounds(p.tolist(), se.tolist()), times=when.tolist())
    np.testing.assert_allclose([made.points[0], made.se[0]], [model.params[1], want[1]])


def frame(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 1800
    made = pd.DataFrame(
        {"round": np.repeat(["r1", "r2", "r3"], n // 3), "psu": np.arange(n) % 60, "sex": np.where(np.arange(n) % 2, "g", "b")}
    )
    made["w"] = rng.uniform(1, 3, n)
    made["y"] = (rng.uniform(size=n) < 0.2 + 0.1 * made["round"].map({"r1": 0, "r2": 1, "r3": 2})).astype(int)
    return made


def test_rounds_in_a_column_keep_their_covariance() -> None:
    est = ek.proportion(ek.Survey(frame(), weights="w", psu="psu"), "y", by=["round", "sex"])
    times = {"r3": 2022, "r1": 2016, "r2": 2018}
    made = trend(est, times=times)
    assert made.cells.columns["sex"] == ("b", "g") * 4
    for g, sex in enumerate("bg"):
        rows = [est.cells.find({"round": r, "sex": sex}) for r in ("r1", "r2", "r3")]
        u = np.array([2016, 2018, 2022]) - np.mean([2016, 2018, 2022])
        weights = np.zeros(len(est))
        weights[rows] = u / (u @ u)
        want = ek.contrast(est, weights.tolist())
        np.testing.assert_allclose([made.points[g], made.se[g], made.df[g]], [want.points[0], want.se[0], want.df[0]])
        np.testing.assert_allclose([made.interval.low[g], made.interval.high[g]], [want.interval.low[0], want.interval.high[0]])
        assert heading(made, cell=g) == heading(made, cell={"sex": sex})
        assert heading(made, cell=g).direction == "rising"
    with pytest.raises(InputError, match="has 2 cells"):
        heading(made)
    assert dict(made.provenance.policies)["trend"] == "3 rounds at 2016, 2018, 2022"
    assert ek.release(made).status[:2] == ("shown", "shown")


def test_the_order_in_which_rounds_are_given_does_not_matter() -> None:
    parts = rounds([0.1, 0.12, 0.2], [0.01, 0.02, 0.03], [30, 40, 50])
    one, other = trend(parts, times=[0, 1, 3]), trend([parts[2], parts[0], parts[1]], times=[3, 0, 1])
    np.testing.assert_allclose(one.points, other.points)
    np.testing.assert_allclose(one.vcov, other.vcov)
    np.testing.assert_allclose(one.df, other.df)


@pytest.mark.parametrize(
    ("points", "said", "bent"),
    [
        ([0.10, 0.13, 0.16], "rising", False),
        ([0.16, 0.13, 0.10], "falling", False),
        ([0.10, 0.101, 0.099], "unclear", False),
        ([0.10, 0.25, 0.20], "turning", True),
        ([0.20, 0.10, 0.20], "turning", True),
        ([0.10, 0.12, 0.24], "rising", True),
        ([0.10, 0.095, 0.24], "unclear", True),
        ([0.20, 0.24, 0.10], "turning", True),
    ],
)
def test_where_a_trend_goes(points: list[float], said: str, bent: bool) -> None:
    """In the fourth the slope is significant too, and "rising" would hide that the last rounds fell."""
    made = trend(rounds(points, [0.008] * 3), times=[2016, 2019, 2022])
    told = heading(made)
    assert (told.direction, told.bent) == (said, bent)
    if points == [0.10, 0.25, 0.20]:
        assert told.p < 0.001
        assert made.points[2] > 0 > made.points[3]


def test_a_hidden_round_and_a_round_of_nobody_have_no_trend() -> None:
    parts = [made_estimate("proportion", [p, q], df=np.inf) for p, q in ((0.1, 0.1), (np.nan, 0.12), (0.2, 0.15))]
    parts = [replace(p, covariance=replace(p.covariance, matrix=np.diag(p.covariance.variances))) for p in parts]
    made = trend(parts, times=[0, 1, 2])
    assert np.isnan(made.points[0::2]).all()
    assert np.isfinite(made.points[1::2]).all()
    assert np.isfinite(made.interval.low[1])
    assert heading(made, cell=0).direction == "unclear"
    assert np.isnan(heading(made, cell=0).p)
    nobody = trend(rounds([0.0, 0.1, 0.2], [0.0, 0.01, 0.01]), times=[0, 1, 2])
    assert np.isnan(nobody.interval.low).all()
    assert "share of 0 or 1" in nobody.flags[0]
    assert heading(nobody).direction == "unclear"


def test_what_is_no_trend_is_refused_without_being_shown() -> None:
    three = rounds([0.1, 0.2, 0.3], [0.01] * 3)
    column = ek.proportion(ek.Survey(frame(), weights="w", psu="psu"), "y", by="round")
    cases: list[tuple[Any, Any, str]] = [
        (three[:2], [1, 2], "three rounds or more"),
        (three, [1, 2, 2], "same time"),
        (three, [1, 2], "one number for each"),
        (three, [1, 2, SECRET], "are numbers"),
        (three, [1, 2, float("nan")], "are numbers"),
        ([*three[:2], made_estimate("mean", [1.0])], [1, 2, 3], "and the other a mean"),
        ([*three[:2], made_estimate("proportion", [0.1, 0.2])], [1, 2, 3], "the same cells"),
        (column, [1, 2, 3], "time of each level"),
        (column, {"r1": 1, "r2": 2, SECRET: 3}, "No column has exactly"),
        (column, {"r1": 1, "r2": 2, "r3": 2}, "same time"),
        (SECRET, [1, 2, 3], "takes an Estimate"),
        ([ek.release(three[0])] * 3, [1, 2, 3], "takes an Estimate"),
    ]
    for given, times, words in cases:
        with pytest.raises(InputError, match=words) as caught:
            trend(given, times=times)
        assert SECRET not in str(caught.value)
    one = ek.proportion(ek.Survey(frame(), weights="w", psu="psu"), "y")
    with pytest.raises(Refused, match="same survey"):
        trend([one, one, one], times=[1, 2, 3])
    with pytest.raises(InputError, match="reads a trend"):
        heading(one)
    with pytest.raises(InputError, match="has 1 cells"):
        heading(trend(three, times=[1, 2, 3]), cell=1)


@pytest.mark.slow
@pytest.mark.parametrize("units", [6, 30])
def test_the_interval_of_the_slope_covers(units: int) -> None:
    """Rounds of few sampling units each, unequal variances: means of normals, so that the t interval is Welch's."""
    rng, n, truth = np.random.default_rng(8), 4000, np.array([0.0, 1.0, 2.5, 3.0])
    when, sizes, sd = [2010.0, 2013, 2018, 2021], np.array([units, 2 * units, units, 3 * units]), np.array([1.0, 4.0, 2.0, 1.0])
    slope = np.polyfit(when, truth, 1)[0]
    held = 0
    for _ in range(n):
        draws = [rng.normal(m, s, k) for m, s, k in zip(truth, sd, sizes, strict=True)]
        parts = [made_estimate("mean", [float(d.mean())], se=float(d.std(ddof=1) / np.sqrt(len(d))), df=len(d) - 1.0) for d in draws]
        made = trend(parts, times=when)
        held += bool(made.interval.low[0] <= slope <= made.interval.high[0])
    assert abs(held / n - 0.95) < 3 * np.sqrt(0.05 * 0.95 / n) + 0.005
