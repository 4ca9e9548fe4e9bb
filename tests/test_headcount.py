"""A headcount multiplies a share up with all its uncertainties, and refuses what a population cannot be claimed from."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import Any

import numpy as np
import outside
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.combining import Headcount
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval, Provenance

SECRET = "tamarind-7731"


def share(p: Any, se: Any, *, inference: str = "probability", by: tuple[str, ...] = (), rho: float = 0.0) -> Estimate:
    """Shares with symmetric limits on the log scale."""
    p, se = np.atleast_1d(np.asarray(p, dtype=float)), np.atleast_1d(np.asarray(se, dtype=float))
    k = len(p)
    reach = np.exp(1.959963984540054 * se / np.where(p > 0, p, 1.0))
    correlation = np.full((k, k), rho) + (1 - rho) * np.eye(k)
    matrix = correlation * np.outer(se, se)
    columns: dict[str, tuple[Any, ...]] = {"variable": ("V06",) * k, "category": (None,) * k}
    columns |= {name: tuple(f"{name} {i}" for i in range(k)) for name in by}
    none = np.full(k, np.nan)
    return Estimate(
        cells=Cells(columns, by),
        points=p,
        covariance=Covariance(np.diagonal(matrix).copy(), matrix, None),
        df=np.full(k, 100.0),
        interval=Interval(p / reach, np.where(p > 0, p * reach, 0.01), 0.95, "beta"),
        counts=Counts(np.full(k, 1000.0), np.round(1000 * p), np.full(k, 50.0), none, none, none, none),
        flags=("",) * k,
        statistic="proportion",
        estimand="share of V06",
        inference=inference,
        provenance=Provenance("beta"),
    )


def test_where_only_the_share_is_uncertain_its_own_interval_is_multiplied_up() -> None:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    est = ek.proportion(survey, "any_contact_unwanted", by="sex")
    made = ek.headcount(est, coverage=0.8, population=100_000).estimate
    for ours, theirs in ((made.points, est.points), (made.se, est.se), (made.interval.low, est.interval.low)):
        np.testing.assert_allclose(ours, theirs * 80_000, rtol=1e-12)
    np.testing.assert_allclose(made.vcov, est.vcov * 80_000.0**2, rtol=1e-12)
    assert made.statistic == "count"
    assert ek.release(made).status == ("shown", "shown")


def test_errors_and_limits_are_those_of_a_product() -> None:
    made = ek.headcount(share(0.1, 0.01), coverage=(0.6, 0.03), population=(1_000_000, 20_000)).estimate
    relative = np.sqrt(0.1**2 + 0.05**2 + 0.02**2)
    np.testing.assert_allclose(made.points, [60_000])
    np.testing.assert_allclose(made.se, [60_000 * relative])
    np.testing.assert_allclose(made.interval.high, [60_000 * np.exp(1.959963984540054 * relative)])
    np.testing.assert_allclose(made.interval.low, [60_000 * np.exp(-1.959963984540054 * relative)])


def test_the_delta_method_agrees_with_drawing_the_factors() -> None:
    rng = np.random.default_rng(5)
    n = 400_000
    drawn = np.exp(rng.normal(np.log(0.12), 0.08, n) + rng.normal(np.log(0.7), 0.05, n) + rng.normal(np.log(2e6), 0.02, n))
    made = ek.headcount(share(0.12, 0.08 * 0.12), coverage=(0.7, 0.05 * 0.7), population=(2e6, 0.02 * 2e6)).estimate
    np.testing.assert_allclose([made.interval.low[0], made.interval.high[0]], np.quantile(drawn, [0.025, 0.975]), rtol=0.004)
    np.testing.assert_allclose(made.se, np.std(drawn), rtol=0.03)


def test_a_factor_all_cells_share_makes_them_vary_together() -> None:
    est = share([0.1, 0.2], [0.01, 0.02], by=("sex",), rho=0.3)
    together = ek.headcount(est, coverage=(0.5, 0.05), population=1000).estimate
    apart = ek.headcount(est, coverage={"sex 0": (0.5, 0.05), "sex 1": (0.5, 0.05)}, population=1000).estimate
    np.testing.assert_allclose(together.vcov[0, 1], 500**2 * 0.3 * 0.01 * 0.02 + 50 * 100 * 0.1**2)
    np.testing.assert_allclose(apart.vcov[0, 1], 500**2 * 0.3 * 0.01 * 0.02)
    np.testing.assert_allclose(together.se, apart.se)
    np.testing.assert_allclose(ek.difference(together, 1, 0).points, [50.0])


def test_a_coverage_from_another_survey_brings_its_own_limits() -> None:
    other = replace(share(0.5, 0.04), interval=Interval(np.array([0.41]), np.array([0.61]), 0.95, "beta"))
    made = ek.headcount(share(0.1, 0.0), coverage=other, population=1000).estimate
    np.testing.assert_allclose([made.interval.low[0], made.interval.high[0]], [41, 61])
    assert dict(made.provenance.policies)["coverage"] == "estimated: share of V06"


def test_nobody_observed_gives_an_upper_limit_alone() -> None:
    made = ek.headcount(share(0.0, 0.0), coverage=(0.5, 0.05), population=10_000)
    assert made.estimate.points[0] == made.estimate.interval.low[0] == 0
    assert made.estimate.interval.high[0] == pytest.approx(0.01 * 0.5 * np.exp(1.959963984540054 * 0.1) * 10_000)


@pytest.mark.parametrize(
    ("p", "se", "rounded"), [(0.156, 0.0133, (770_000, 650_000, 910_000)), (0.5, 0.0000001, (2_461_355, 2_461_354, 2_461_356))]
)
def test_people_are_rounded_to_what_the_error_allows(p: float, se: float, rounded: tuple[int, int, int]) -> None:
    made = ek.headcount(share(p, se), coverage=1, population=4_922_710)
    assert made.rounded == (rounded,)
    assert f"about {rounded[0]:,}" in repr(made)
    assert made.to_frame()["about"].tolist() == [rounded[0]]


@pytest.mark.parametrize("inference", ["self-selected", "self-selected-adjusted", "quota", "administrative", "network"])
def test_what_is_not_from_a_sample_of_the_population_is_refused(inference: str) -> None:
    with pytest.raises(Refused, match="of those who answered"):
        ek.headcount(share(0.1, 0.01, inference=inference), coverage=1, population=1000)


def test_a_venue_sample_speaks_for_those_who_go_there() -> None:
    made = ek.headcount(share(0.1, 0.01, inference="venue"), coverage=1, population=1000)
    assert made.estimate.flags == ("speaks for people who go to the venues",)


def test_a_share_and_a_coverage_of_one_survey_are_refused() -> None:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    est, coverage = ek.proportion(survey, "any_contact_unwanted"), ek.proportion(survey, "internet_daily")
    with pytest.raises(Refused, match="one survey"):
        ek.headcount(est, coverage=coverage, population=1000)


def test_a_share_of_all_children_is_not_multiplied_by_a_coverage() -> None:
    est = share(0.1, 0.01)
    everyone = replace(est, provenance=replace(est.provenance, policies=(("denominator", "all children aged 12-17"),)))
    with pytest.raises(Refused, match="all children"):
        ek.headcount(everyone, coverage=0.8, population=1000)
    assert isinstance(ek.headcount(everyone, coverage=1, population=1000), Headcount)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a coverage in percent": ({"coverage": 81, "population": 1000}, "at most 1"),
    "no people": ({"coverage": 1, "population": 0}, "above 0"),
    "a negative error": ({"coverage": (0.5, -0.1), "population": 1}, "standard error of 0 or more"),
    "text": ({"coverage": SECRET, "population": 1}, "takes a number"),
    "true": ({"coverage": True, "population": 1}, "takes a number"),
    "NaN": ({"coverage": float("nan"), "population": 1}, "above 0"),
    "groups of an estimate without": ({"coverage": {SECRET: 0.5}, "population": 1}, "one by= column"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_factor_is_refused_without_being_shown(case: str) -> None:
    factors, words = BAD[case]
    with pytest.raises(InputError, match=words) as caught:
        ek.headcount(share(0.1, 0.01), **factors)
    assert SECRET not in str(caught.value)


def test_only_shares_are_multiplied_up() -> None:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    with pytest.raises(InputError, match="multiplies a share up"):
        ek.headcount(ek.mean(survey, "hours_online"), coverage=1, population=1)
    with pytest.raises(InputError, match=r"Pass its \.estimate"):
        ek.headcount(ek.prevalence(survey, ek.indicator("V06"), items={"internet_user": True}), coverage=1, population=1)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="every group of 'sex'"):
        ek.headcount(ek.proportion(survey, "school", by="sex"), coverage=1, population={"girl": 1})


TABLE = outside.FOLDER.parent / "pooling" / "dh_nature2026_table1.csv"


@pytest.mark.outside
@pytest.mark.skipif(not TABLE.is_file(), reason="the published table is not here; EVIDENCEKIT_REFERENCE names the folder beside its own")
def test_the_twelve_published_counts() -> None:
    """Prevalence among internet users x share of internet users x population, from a published table of twelve countries.

    Only the counts are compared: the published limits carry the error of the prevalence alone.
    """
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    table = pd.DataFrame(rows).set_index("country").astype(float)
    p, coverage = table["prev_internet_users_pct"] / 100, table["internet_users_pct"] / 100
    se = (table["prev_all_hi"] - table["prev_all_lo"]) / 100 / 2 / 1.96 / coverage
    est = share(p, se, by=("country",))
    names = dict(zip(est.cells.columns["country"], table.index, strict=True))
    made = ek.headcount(
        est,
        coverage={cell: coverage[country] for cell, country in names.items()},
        population={cell: table.loc[country, "population_12_17"] for cell, country in names.items()},
    )
    np.testing.assert_allclose(made.estimate.points, table["n_affected"], rtol=0.0075)


def test_a_hidden_share_is_not_nobody() -> None:
    """Once the number of people behind a cell that a release had hidden was said to be about 0."""
    rows = [(g, y) for g, (yes, no) in {"a": (4, 200), "b": (60, 200), "c": (30, 200)}.items() for y in [1] * yes + [0] * no]
    frame = pd.DataFrame(rows, columns=["g", "y"])
    frame["psu"], frame["weight"] = np.arange(len(frame)) % 10, 10.0 + np.arange(len(frame)) % 3
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g"))
    made = ek.headcount(safe.estimate, coverage=1, population=1_000_000)
    assert [cell == (None, None, None) for cell in made.rounded] == [True, False, True]
    assert "about 0" not in repr(made)
    assert made.to_frame()["about"].isna().tolist() == [True, False, True]
