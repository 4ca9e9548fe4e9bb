"""Two phases of sampling: R's numbers, formulas worked out by hand, and what must hold for any data."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phased import drawn, two_phase

import evidencekit as ek

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "survey"
CASES = json.loads((FOLDER / "two_phase.json").read_text(encoding="utf-8"))["cases"]
SCHOOLS = {"strata": "stratum", "psu": "school"}
WHOLE = ek.Stages(**SCHOOLS, fpc="n_schools", weights="w1")
DESIGNS: dict[str, dict[str, Any]] = {
    "pupils": {"phase1": ek.Stages(fpc="everyone"), "phase2": ek.Stages(strata="cell"), "subset": "by_risk"},
    "clusters": {"phase1": WHOLE, "phase2": ek.Stages(strata=("stratum", "risk")), "subset": "by_risk"},
    "two_stages": {
        "phase1": ek.Stages(strata="stratum", psu=("school", "pupil"), fpc=("n_schools", "n_school")),
        "phase2": ek.Stages(strata="cell"),
        "subset": "by_risk",
    },
    "within": {"phase1": WHOLE, "phase2": ek.Stages(strata="school"), "subset": "by_school"},
    "two_stages_within": {"phase1": WHOLE, "phase2": ek.Stages(strata="school", psu=("class", "pupil")), "subset": "classes"},
    "again": {"phase1": WHOLE, "phase2": ek.Stages(**SCHOOLS), "subset": "schools"},
    "replaced": {"phase1": ek.Stages(**SCHOOLS, weights="w1"), "phase2": ek.Stages(**SCHOOLS), "subset": "schools"},
    "plain": {"phase1": WHOLE, "phase2": ek.Stages(psu="school"), "subset": "schools"},
}


@cache
def pupils() -> pd.DataFrame:
    frame = pd.read_csv(FOLDER / "two_phase.csv")
    frame["w1"] = frame["n_schools"] / 8
    frame["yg"] = frame["y"] * frame["g"]
    return frame


@cache
def survey_of(name: str, method: Any = "full") -> ek.Survey:
    """What only phase 2 was asked is missing in the rows of phase 1."""
    frame = pupils().copy()
    made = DESIGNS[name]
    frame.loc[frame[made["subset"]] == 0, ["y", "yg"]] = np.nan
    return ek.Survey(frame, design=ek.TwoPhase(**made, method=method))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['design']}-{c['method']}-{c['kind']}")
def test_numbers_of_r(case: dict[str, Any]) -> None:
    survey = survey_of(case["design"], case["method"])
    kind = case["kind"].removesuffix(" mean")
    if kind in ("linear", "raking"):
        survey = ek.weighting.calibrate_to_phase1(survey, ["cell"], numbers=["x"], method=kind)
    rtol = 1e-7 if kind == "raking" else 1e-8
    est = ek.mean(survey, ["y", "x"]) if case["kind"].endswith("mean") else ek.total(survey, ["y", "x", "yg"])
    np.testing.assert_allclose(est.points, case["est"], rtol=rtol)
    want = np.array(case["vcov"])
    np.testing.assert_allclose(est.vcov, want, rtol=rtol, atol=1e-9 * np.abs(want).max())


def joint_checks(frame: pd.DataFrame, strata: str, unit: str, chance: pd.Series) -> np.ndarray:
    """``1 - p_i p_j / p_ij`` row by row, from the joint probabilities of simple random samples of units in strata."""
    n = len(frame)
    sizes = frame.groupby(strata)[unit].transform("nunique").to_numpy()
    p, h, u = chance.to_numpy(), frame[strata].to_numpy(), frame[unit].to_numpy()
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if h[i] == h[j]:
                population = sizes[i] / p[i]
                pair = p[i] if u[i] == u[j] else p[i] * (sizes[i] - 1) / (population - 1)
                out[i, j] = 1 - p[i] * p[j] / pair
    return out


@pytest.mark.parametrize("seed", range(4))
def test_the_formula_over_pairs(seed: int) -> None:
    """Sarndal, Swensson and Wretman's sum over pairs, from joint probabilities, strata of unequal size."""
    frame = drawn(seed)
    frame["row"] = np.arange(len(frame))
    survey = two_phase(frame, first={"strata": "h", "psu": "i", "fpc": "M", "weights": "w"}, second={"strata": "cell"})
    p2 = frame.groupby("cell")["inside"].transform("mean")
    c1 = joint_checks(frame, "h", "i", 1 / frame["w"])
    inside = frame["inside"].to_numpy()
    c2 = joint_checks(frame[inside], "cell", "row", p2[inside])
    c1 = c1[np.ix_(inside, inside)]
    np.testing.assert_allclose(survey.w, (frame["w"] / p2)[inside])
    z = frame.loc[inside, ["y", "x"]].to_numpy() * survey.w[:, None] if survey.w is not None else np.empty((0, 2))
    want = z.T @ (c1 + c2 - c1 * c2) @ z
    want[want * np.eye(2) < 0] = np.nan  # the sum can fall below nought
    np.testing.assert_allclose(ek.total(survey, ["y", "x"]).vcov, want, rtol=1e-9)


def raw_variance(survey: ek.Survey, values: np.ndarray) -> float:
    """The variance of a total, also where it is estimated to be below nought and a result would have none."""
    assert survey.units is not None
    assert survey.units.phases is not None
    assert survey.units.row is None
    z = (values * survey.w)[:, None]
    return sum(float(g.quadratic(z)[0][0, 0]) for g in (*survey.units.phases.first, *survey.units.phases.second))


def test_the_full_variance_is_unbiased_over_all_samples() -> None:
    """Every first sample of 5 out of 7, every second sample; the rule of the second depends on what the first found."""
    from itertools import combinations, product

    population = pd.DataFrame({"cell": [0, 0, 0, 0, 1, 1, 1], "y": [3.0, 8.0, 1.0, 4.0, 12.0, 9.0, 20.0], "N": 7})
    points, variances, chances = [], [], []
    firsts = list(combinations(range(7), 5))
    for first in firsts:
        one = population.iloc[list(first)].reset_index(drop=True)
        per_cell = [np.flatnonzero(one["cell"] == c) for c in (0, 1)]
        seconds = list(product(*(list(combinations(here, min(2, len(here)))) for here in per_cell)))
        for second in seconds:
            one["inside"] = np.isin(np.arange(5), np.concatenate(second))
            survey = two_phase(one, first={"fpc": "N"}, second={"strata": "cell"})
            points.append(ek.total(survey, "y").points[0])
            variances.append(raw_variance(survey, one["y"][one["inside"]].to_numpy()))
            chances.append(1 / len(firsts) / len(seconds))
    points, variances, chances = np.array(points), np.array(variances), np.array(chances)
    np.testing.assert_allclose(chances @ points, population["y"].sum())
    np.testing.assert_allclose(chances @ variances, chances @ (points - population["y"].sum()) ** 2, rtol=1e-10)


def _verbs(survey: ek.Survey) -> list[ek.Estimate]:
    return [
        ek.mean(survey, ["y", "x"], by="d"),
        ek.total(survey, "y", where=nw.col("d") == 1),
        ek.ratio(survey, "y", "x"),
        ek.proportion(survey, "k", by="d"),
        ek.count(survey, by="d"),
        ek.quantile(survey, "y", q=[0.25, 0.5]),
        ek.quantile(survey, "y", interval="score"),
        ek.variance(survey, ["y", "x"]),
        ek.cdf(survey, "y", at=[4, 6], by="d"),
    ]


def _same(ours: ek.Survey, theirs: ek.Survey) -> None:
    for got, want in zip(_verbs(ours), _verbs(theirs), strict=True):
        np.testing.assert_allclose(got.points, want.points, rtol=1e-10)
        np.testing.assert_allclose(got.vcov, want.vcov, rtol=1e-8, atol=1e-10 * np.nanmax(np.abs(want.vcov)))
        np.testing.assert_allclose(got.interval.low, want.interval.low, rtol=1e-8)
        np.testing.assert_allclose(got.counts.n, want.counts.n)
        np.testing.assert_allclose(got.counts.deff, want.counts.deff, rtol=1e-8)
        np.testing.assert_allclose(got.df, want.df)


@pytest.mark.parametrize("method", ["full", "approx"])
@pytest.mark.parametrize("fpc", [None, "M"])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_a_second_phase_of_everybody_is_one_phase(method: str, fpc: str | None, seed: int) -> None:
    frame = drawn(seed).assign(inside=1)
    first = {"strata": "h", "psu": "i", "weights": "w", "fpc": fpc}
    _same(two_phase(frame, method, first=first, second={"strata": ("h", "cell")}), ek.Survey(frame, **first))


@pytest.mark.parametrize("method", ["full", "approx"])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_a_first_phase_of_everybody_is_a_stratified_sample(method: str, seed: int) -> None:
    frame = drawn(seed)
    frame["all"], frame["N"] = 1.0, frame.groupby("cell")["h"].transform("size")
    part = frame[frame["inside"]]
    _same(two_phase(frame, method, first={"fpc": "all"}, second={"strata": "cell"}), ek.Survey(part, strata="cell", fpc="N"))


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_with_all_of_them_calibrated_only_phase_1_is_left(seed: int) -> None:
    """What is a function of what phase 2 was calibrated on varies as it does in phase 1."""
    frame = drawn(seed)
    frame["known"] = 3.0 * frame["x"] + 10 * frame["cell"]
    for fpc in (None, "M"):
        first = {"strata": "h", "psu": "i", "weights": "w", "fpc": fpc}
        survey = two_phase(frame, first=first, second={"strata": "cell"})
        made = ek.weighting.calibrate_to_phase1(survey, ["cell"], numbers=["x"])
        got = ek.total(made, "known")
        np.testing.assert_allclose(got.points, ek.total(ek.Survey(frame, **first), "known").points)
        assert made.units is not None
        assert made.units.phases is not None
        none = ek.survey.uncertainty.influence.Influence(
            made.units, np.zeros(0, dtype=int), np.zeros(0, dtype=int), np.zeros(0), 1, "fail", "none"
        )
        assert none.dense()[0, 0] == 0
        z = (frame["known"][frame["inside"]] * made.w).to_numpy()[:, None]
        np.testing.assert_allclose(got.covariance.variances, made.units.phases.covariance(z, 0 * z).ravel(), rtol=1e-9)


def test_known_totals_lower_both_phases_and_may_follow_phase_1() -> None:
    frame = drawn(3, strata=4, units=8)
    first = {"strata": "h", "psu": "i", "weights": "w"}
    survey = two_phase(frame, first=first, second={"strata": "cell"})
    total = float(frame["w"].sum())
    both = {"cell": {0: 0.5 * total, 1: 0.5 * total}}
    raked = ek.weighting.rake(survey, both)
    assert ek.count(raked, by="cell").se.max() < 1e-6 * total
    inner = ek.weighting.calibrate_to_phase1(survey, ["cell"], numbers=["x"])
    chain = ek.weighting.rake(inner, both)
    assert chain.projection is not None
    assert chain.projection.split == 3 + 2
    est = ek.count(chain, by="cell")
    np.testing.assert_allclose(est.points, 0.5 * total)
    # Known totals have no variance left in either phase, though what was calibrated on before does.
    assert est.se.max() < 1e-6 * total
    assert ek.count(inner, by="cell").se.min() > 0.01 * total
    assert [a.words for a in chain.adjustments] == ["calibrated (raking) to cell, x of phase 1", "raked to cell"]


def test_by_hand_in_a_cohort() -> None:
    """Six people, three of four without and two of two with a risk in phase 2."""
    frame = pd.DataFrame({"risk": [0, 0, 0, 0, 1, 1], "inside": [1, 1, 0, 1, 1, 1], "y": [2.0, 4.0, np.nan, 9.0, 5.0, 7.0]})
    z = np.array([2, 4, 9]) * 4 / 3
    second = 0.25 * 3 * z.var(ddof=1)
    total = z.sum() + 12
    full = two_phase(frame, first={}, second={"strata": "risk"})
    est = ek.total(full, "y", population_total="weights")
    np.testing.assert_allclose(est.points, total)
    np.testing.assert_allclose(est.covariance.variances, 0.75 * (z**2).sum() + 25 + 49 + second)
    approx = two_phase(frame, "simple", first={}, second={"strata": "risk"})
    squares = 0.75 * (z**2).sum() + 25 + 49 - total**2 / 6
    np.testing.assert_allclose(ek.total(approx, "y", population_total="weights").covariance.variances, 6 / 5 * squares + second)
    assert full.n == 5
    assert est.df[0] == 3
    assert "5 rows of 6 in phase 1" in repr(full)
    assert ek.mean(approx, "y").provenance.policies == (("variance", "two phases, simple"),)


def test_a_value_missing_in_phase_2_counts_as_missing() -> None:
    frame = drawn(1)
    frame.loc[frame.index[frame["inside"]][:3], "y"] = np.nan
    est = ek.mean(two_phase(frame, first={"weights": "w", "strata": "h", "psu": "i"}, second={"strata": "cell"}), "y")
    assert est.provenance.missing == (("y", 3),)
    assert est.counts.n[0] == frame["inside"].sum() - 3


@pytest.mark.parametrize("kind", ["polars", "pyarrow", "pandas with an index of its own"])
def test_every_kind_of_frame(kind: str) -> None:
    frame = drawn(2)
    parts = {"first": {"weights": "w", "strata": "h", "psu": "i"}, "second": {"strata": "cell"}}
    want = two_phase(frame, **parts)
    given_: Any = {"polars": pl.from_pandas, "pyarrow": pa.Table.from_pandas}.get(kind, lambda f: f.set_index(f.index[::-1] + 100))(frame)
    got = two_phase(given_, **parts)
    _same(got, want)
    assert got.fingerprint() == want.fingerprint()
    made = [ek.weighting.calibrate_to_phase1(s, ["cell", ("h", "d")]) for s in (got, want)]
    np.testing.assert_allclose(made[0].w, made[1].w)


def test_degrees_of_freedom_are_those_of_the_coarser_phase() -> None:
    frame = drawn(5)
    clusters = two_phase(frame, first={"weights": "w", "strata": "h", "psu": "i"}, second={"strata": "cell"})
    inside = frame[frame["inside"]]
    assert ek.mean(clusters, "y").df[0] == inside["i"].nunique() - 3
    assert ek.mean(clusters, "y").counts.psus[0] == inside["i"].nunique()
    people = two_phase(frame, first={"weights": "w"}, second={"strata": "cell"})
    assert ek.mean(people, "y").df[0] == len(inside) - 2


def test_results_travel_on() -> None:
    survey = two_phase(drawn(6, strata=4, units=12), first={"weights": "w", "strata": "h", "psu": "i"}, second={"strata": "cell"})
    est = ek.proportion(survey, "d", by="cell")
    gap = ek.difference(est, {"cell": 1}, {"cell": 0})
    v = est.vcov
    np.testing.assert_allclose(gap.covariance.variances, v[0, 0] + v[1, 1] - 2 * v[0, 1])
    released = ek.release(est, profile="child-survey")
    assert len(released.to_frame()) == 2
    assert ek.check_survey(survey).rows == survey.n
    assert ek.weighting.report(ek.weighting.trim(survey, upper=float(np.max(survey.w)) * 0.999)).to_frame().shape[0] == 2


def test_a_variance_below_nought_is_none_and_said() -> None:
    frame, second = drawn(0), {"strata": "cell"}
    first = {"strata": "h", "psu": "i", "fpc": "M", "weights": "w"}
    est = ek.total(two_phase(frame, first=first, second=second), ["y", "x"])
    assert est.flags[0] == ""
    assert "below nought" in est.flags[1]
    assert np.isnan([est.se[1], est.interval.low[1], est.interval.high[1]]).all()
    assert np.isfinite(est.points).all()
    assert np.isfinite(ek.total(two_phase(frame, "approx", first=first, second=second), "x").se).all()
    ek.difference(est, 0, 1)


@pytest.mark.parametrize("seed", range(30))
def test_no_verb_trips_over_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"cell": [0, 0, 0, 1, 1, 1, 1], "N": 8, "inside": [1, 1, 0, 1, 1, 0, 0], "y": rng.normal(size=7)})
    frame["k"], frame["d"], frame["x"] = list("aabaabb"), 1, frame["y"].abs() + 1
    for est in _verbs(two_phase(frame, first={"fpc": "N"}, second={"strata": "cell"})):
        assert np.isfinite(est.points).all()
        repr(est)


def test_many_cells_give_the_same_variances(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = drawn(4, strata=5, units=12)
    frame["many"] = np.arange(len(frame)) // 2
    survey = two_phase(frame, first={"weights": "w", "strata": "h", "psu": "i"}, second={"strata": "cell"})
    est = ek.total(survey, "y", by="many")
    monkeypatch.setattr("evidencekit.survey.uncertainty.influence.DENSE_CELLS", 1)
    large = ek.total(survey, "y", by="many")
    assert large.covariance.matrix is None
    np.testing.assert_allclose(large.covariance.variances, est.covariance.variances, rtol=1e-12)
    np.testing.assert_allclose(large.covariance.of([0, 3]), est.covariance.of([0, 3]), rtol=1e-12)


def test_memory_stays_with_the_rows() -> None:
    """Twenty thousand rows in phase 2: a matrix of pairs would take 3 GB."""
    import tracemalloc

    rng = np.random.default_rng(1)
    n = 60_000
    frame = pd.DataFrame({"h": rng.integers(0, 40, n), "i": rng.integers(0, 1500, n), "w": 3.0, "y": rng.normal(size=n)})
    frame["inside"] = np.arange(n) % 3 == 0
    tracemalloc.start()
    survey = two_phase(frame, first={"weights": "w", "strata": "h", "psu": "i"}, second={"strata": "h"})
    assert ek.mean(survey, "y").se[0] > 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6


def test_known_sizes_of_strata_need_not_be_in_the_data() -> None:
    frame, first, second = drawn(7), {"weights": "w", "strata": "h", "psu": "i"}, {"strata": "cell"}
    frame["size"] = frame.groupby("cell")["h"].transform("size")
    want = two_phase(frame, first=first, second=second)
    frame[["cell", "size"]] = frame[["cell", "size"]].where(frame["inside"])
    got = two_phase(frame, first=first, second={**second, "fpc": "size"})
    np.testing.assert_allclose(ek.mean(got, "y").vcov, ek.mean(want, "y").vcov)
    np.testing.assert_allclose(got.w, want.w)


def test_a_weight_may_come_down_to_nought() -> None:
    """A calibration bounded at 0 can take a row out; the approximate variance then leaves it out too."""
    frame = drawn(8, strata=4, units=10)
    frame["z"] = frame["x"] ** 8
    survey = two_phase(frame, "approx", first={"weights": "w"}, second={"strata": "cell"})
    made = ek.weighting.calibrate_to_phase1(survey, numbers=["z"], method="linear", bounds=(0.0, 3.0))
    step = made.adjustments[-1]
    gone = survey.adjusted(replace(step, after=np.where(np.arange(survey.n) == 0, 0.0, step.after)))
    assert np.isfinite(ek.mean(gone, "y").se[0])


def test_yes_and_no_as_text_do_not_say_who_is_in_phase_2() -> None:
    frame = pd.DataFrame({"w": 1.0, "long": ["yes", "no", "yes", "yes"]})
    design = ek.TwoPhase(phase1=ek.Stages(weights="w"), phase2=ek.Stages(), subset="long")
    with pytest.raises(ek.errors.InputError, match=r"subset= column 'long' is not true/false, .*Make a true/false \(or 1/0\) column"):
        ek.Survey(frame, design=design)
