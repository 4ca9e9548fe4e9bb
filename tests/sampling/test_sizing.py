"""Sample sizes and power: R's own numbers, published tables, and what must hold for any input."""

from __future__ import annotations

import inspect
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidencekit import sampling
from evidencekit.errors import EvidencekitWarning, InputError
from evidencekit.sampling import (
    Costs,
    Fieldwork,
    IndirectQuestion,
    SampleSize,
    TwoSamples,
    bound_if_none,
    break_even,
    chance_of_cases,
    costed_plan,
    design_effect,
    dhs_households,
    follow_up,
    indirect_penalty,
    mics_households,
    n_for_cases,
    n_for_difference,
    n_for_domain,
    n_for_mean,
    n_for_mean_difference,
    n_for_proportion,
    n_for_rds,
    n_for_stratified_mean,
    n_for_zero_events,
    n_to_visit,
    optimal_take,
    power_of_difference,
    power_of_mean_difference,
    power_of_proportion,
    sizing,
    vacs_households,
)
from evidencekit.sampling.sizing.margins import clopper_pearson

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "sampling" / "sizing.json").read_text(encoding="utf-8"))
CHILDREN = Fieldwork(eligible=0.28, household_response=0.95, response=0.85)
COSTS = Costs(psu=300, listing=150, screen=4, interview=35)
shares = st.floats(0.005, 0.995)
margins = st.floats(0.002, 0.2)
deffs = st.floats(1, 10)
METHODS = ("wald", "wilson", "log-odds", "clopper-pearson", "fleiss")


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda c: f"{c['verb']}-{'-'.join(map(str, c['args'].values()))}")
def test_agrees_with_r(case: dict[str, Any]) -> None:
    verb, args = case["verb"], case["args"]
    if verb == "best_take":
        # a minimum found by differences: the cost is flat there
        assert optimal_take(COSTS, fieldwork=CHILDREN, **args) == pytest.approx(case["value"], rel=1e-9)
        return
    got = getattr(sampling, verb)(**args)
    if verb == "n_for_cases":
        assert got.rounded == case["value"]
    else:
        assert float(got) == pytest.approx(case["value"], rel=1e-9)


# Demographic and Health Survey Sampling and Household Listing Manual (2012), table of section 1.6.2.
@pytest.mark.parametrize(("rse", "net", "homes"), [(0.12, 544, 587), (0.11, 648, 699), (0.10, 784, 846), (0.05, 3136, 3382)])
def test_the_published_dhs_table(rse: float, net: int, homes: int) -> None:
    """The manual rounds the net sample and divides that; at 0.12 this loses one household of the 587.1 that are needed."""
    women = Fieldwork(eligible=1.05, household_response=0.92, response=0.96)
    size = dhs_households(0.2, rse=rse, deft=1.4, fieldwork=women)
    assert round(size.steps["interviews"]) == net
    assert n_to_visit(net, women).rounded == homes
    assert size.rounded == homes + (rse == 0.12)


# Households for a relative standard error: notes of the field, 28 per cent eligible, response 0.95 x 0.85, design effect 1.5.
@pytest.mark.parametrize(("p", "rse", "n", "homes"), [(0.005, 0.3, 3317, 14669), (0.02, 0.2, 1838, 8127), (0.1, 0.15, 600, 2654)])
def test_what_is_rare_is_dear(p: float, rse: float, n: int, homes: int) -> None:
    size = n_for_proportion(p, rse=rse, deff=1.5)
    assert size.rounded == n
    assert round(n_to_visit(size, CHILDREN).n) == homes


@pytest.mark.parametrize(
    ("question", "penalties"),
    [
        (IndirectQuestion(kind="list", control_variance=0.5), (104, 44.1, 24.2, 11.5)),
        (IndirectQuestion(kind="list", control_variance=1.0), (206, 86.2, 46.4, 21.0)),
        (IndirectQuestion(kind="crosswise", chance=0.25), (39.3, 16.8, 9.3, 4.6)),
        (IndirectQuestion(kind="warner", chance=0.8), (23.7, 10.4, 5.9, 3.1)),
        (IndirectQuestion(kind="forced", chance=4 / 6, other=1 / 6), (16.9, 7.6, 4.5, 2.5)),
        (IndirectQuestion(kind="unrelated", chance=0.7, other=0.25), (8.4, 4.2, 2.8, 2.0)),
    ],
    ids=lambda v: v.kind if isinstance(v, IndirectQuestion) else "",
)
def test_the_price_of_asking_indirectly(question: IndirectQuestion, penalties: tuple[float, ...]) -> None:
    for p, want in zip((0.02, 0.05, 0.1, 0.3), penalties, strict=True):
        assert round(indirect_penalty(question, p), 0 if want > 100 else 1) == want


def test_an_indirect_question_that_hides_nothing_costs_nothing() -> None:
    for kind, other in (("warner", None), ("crosswise", None)):
        assert indirect_penalty(IndirectQuestion(kind=kind, chance=1 - 1e-12, other=other), 0.1) == pytest.approx(1, abs=1e-9)


@given(st.floats(0.02, 0.5), st.floats(0.005, 0.3))
def test_at_the_break_even_both_ways_of_asking_miss_as_much(p: float, bias: float) -> None:
    question = IndirectQuestion(kind="crosswise", chance=0.25)
    if bias < p:
        n = break_even(question, p, bias=bias).n
        indirect = indirect_penalty(question, p) * p * (1 - p) / n
        assert indirect == pytest.approx(bias**2 + (p - bias) * (1 - p + bias) / n, rel=1e-9)


@given(shares, margins, margins, st.sampled_from(METHODS), deffs)
def test_n_falls_with_the_margin_and_grows_with_the_design_effect(p: float, e: float, e2: float, method: Any, deff: float) -> None:
    narrow, wide = sorted((e, e2))
    # f of Fleiss's formula jumps where the interval meets 0 or 1, and where p passes 0.3 and 0.7
    if method != "fleiss" or (narrow < min(p, 1 - p)) == (wide < min(p, 1 - p)):
        assert n_for_proportion(p, moe=narrow, method=method).n >= n_for_proportion(p, moe=wide, method=method).n * (1 - 1e-9)
    once = n_for_proportion(p, moe=e, method=method).n
    assert n_for_proportion(p, moe=e, method=method, deff=deff).n == pytest.approx(once * deff)


@given(shares, margins, st.sampled_from(METHODS), deffs, st.integers(2, 10**7))
def test_a_finite_population_needs_fewer_and_never_more_than_it_has(p: float, e: float, method: Any, deff: float, size: int) -> None:
    large = n_for_proportion(p, moe=e, method=method, deff=deff).n
    small = n_for_proportion(p, moe=e, method=method, deff=deff, population=size)
    assert 0 < small.n <= size * (1 + 1e-12)
    assert small.rounded <= size
    assert small.n <= max(large, 1.0) * (1 + 1e-12)


@given(shares, st.floats(0.002, 0.4))
def test_the_exact_interval_has_the_width_asked_for(p: float, e: float) -> None:
    n = n_for_proportion(p, moe=e, method="clopper-pearson").n
    low, high = clopper_pearson(n * p, n, 0.05)
    assert (high - low) / 2 == pytest.approx(e, rel=1e-8)


@given(shares, st.floats(0.002, 0.4), st.floats(0.6, 0.999))
def test_the_wilson_and_log_odds_intervals_have_the_width_asked_for(p: float, e: float, level: float) -> None:
    z = stats.norm.ppf((1 + level) / 2)
    n = n_for_proportion(p, moe=e, method="wilson", level=level).n
    assert z * math.sqrt(p * (1 - p) * n + z**2 / 4) / (n + z**2) == pytest.approx(e, rel=1e-7)
    n = n_for_proportion(p, moe=e, method="log-odds", level=level).n
    half, middle = z / math.sqrt(n * p * (1 - p)), math.log(p / (1 - p))
    ends = [1 / (1 + math.exp(-middle - sign * half)) for sign in (-1, 1)]
    assert (ends[1] - ends[0]) / 2 == pytest.approx(e, rel=1e-7)


@given(shares, shares, st.floats(0.5, 0.99), st.floats(0.2, 5), st.sampled_from(["unpooled", "pooled", "arcsine"]))
def test_power_undoes_its_sample_size(p1: float, p2: float, power: float, ratio: float, method: Any) -> None:
    if abs(p1 - p2) > 0.001:
        pair = TwoSamples(ratio=ratio)
        n = n_for_difference(p1, p2, power=power, alternative="one-sided", method=method, samples=pair)
        assert power_of_difference(p1, p2, n=n, alternative="one-sided", method=method, samples=pair) == pytest.approx(power, rel=1e-9)


def test_overlap_saves_interviews() -> None:
    apart, kept = n_for_difference(0.05, 0.08), n_for_difference(0.05, 0.08, samples=TwoSamples(overlap=0.5, correlation=0.4))
    assert (round(apart.n, 1), round(kept.n, 1)) == (1056.1, 849.9)
    pair = TwoSamples(overlap=0.5, correlation=0.4)
    assert power_of_difference(0.05, 0.08, n=kept, samples=pair) == pytest.approx(0.8, abs=1e-4)


def test_cases_in_the_mean_and_with_a_chance() -> None:
    assert n_for_cases(30, 0.02).n == 1500
    for cases, p, want in ((30, 0.02, 1856), (30, 0.05, 740), (25, 0.01, 3155)):
        size = n_for_cases(cases, p, chance=0.9)
        assert size.rounded == want
        assert stats.binom.sf(cases - 1, want, p) >= 0.9 > stats.binom.sf(cases - 1, want - 1, p)
    clustered = n_for_cases(30, 0.02, chance=0.9, deff=2)
    assert clustered.n > n_for_cases(30, 0.02, chance=0.9).n
    assert chance_of_cases(30, 0.02, n=clustered, deff=2) == pytest.approx(0.9)
    assert n_for_cases(3, 0.999, chance=0.5).n == 3
    assert chance_of_cases(5, 0.5, n=4) == 0


def test_none_found() -> None:
    assert bound_if_none(n_for_zero_events(0.01)) == pytest.approx(0.01)
    assert bound_if_none(n_for_zero_events(0.01, deff=2, level=0.9), deff=2, level=0.9) == pytest.approx(0.01)


def test_a_domain_is_a_mean_of_fewer() -> None:
    whole = n_for_domain(0.2, cv=1.5, rse=0.1, deff=1.4, population=50_000)
    part = n_for_mean(1.5, mean=1, rse=0.1, deff=1.4, population=10_000)
    assert whole.n * 0.2 == pytest.approx(part.n)
    assert whole.steps["in the domain"] == pytest.approx(part.n)
    assert n_for_domain(1, cv=1.5, rse=0.1, estimate="total").n == pytest.approx(n_for_mean(1.5, mean=1, rse=0.1).n)


def test_one_stratum_is_a_mean() -> None:
    one = n_for_stratified_mean([5000], means=[10], sds=[20], rse=0.05, deffs=[1.3])
    assert one.n == pytest.approx(n_for_mean(20, mean=10, rse=0.05, deff=1.3, population=5000).n)
    assert "take all" in n_for_stratified_mean([10, 5000], means=[10, 10], sds=[5000, 2], rse=0.05).notes[0]


def test_the_lowest_cost() -> None:
    target: Any = {"rse": 0.15, "costs": COSTS, "rho": 0.03, "cv_weights": 0.5, "fieldwork": CHILDREN}
    best = costed_plan(0.05, **target)
    assert best.cost < min(costed_plan(0.05, take=best.take * f, **target).cost for f in (0.9, 0.99, 1.01, 1.1))
    assert best.interviews == pytest.approx(n_for_proportion(0.05, rse=0.15, deff=design_effect(best.take, rho=0.03, cv_weights=0.5)).n)
    assert best.households == pytest.approx(n_to_visit(best.interviews, CHILDREN).n)
    assert math.isnan(costed_plan(0.05, rse=0.15, costs=COSTS, rho=0, take=5).best_take)
    assert "cost_per_interview" in repr(best)


def test_following_up_at_its_best() -> None:
    found = follow_up(0.5, cost=20, cost_followed=200, cv=1, rse=0.05, population=10_000)
    assert found.rse == pytest.approx(0.05)
    assert follow_up(0.5, cost=20, cost_followed=200, cv=1, budget=found.cost, population=10_000).rse == pytest.approx(0.05)
    assert follow_up(0.5, cost=200, cost_followed=20, cv=1, rse=0.05).share == 1


def test_templates() -> None:
    field = Fieldwork(eligible=0.4, household_response=0.95, response=0.9)
    girls = vacs_households(0.3, moe=0.04, deff=2, fieldwork=field)
    assert girls.n == pytest.approx(n_for_proportion(0.3, moe=0.04).n * 2 / (0.4 * 0.95 * 0.9))
    assert mics_households(0.5, deff=1.5, share_of_population=0.1, household_size=5, response=1).n == pytest.approx(
        1.5 * 4 / (0.12**2 * 0.5)
    )


def test_a_respondent_driven_sample_is_planned_for_four() -> None:
    assert n_for_rds(0.3, moe=0.1).n == pytest.approx(4 * n_for_proportion(0.3, moe=0.1).n)
    with pytest.warns(EvidencekitWarning, match="below 4"):
        assert n_for_rds(0.3, moe=0.1, deff=2).notes


def test_rounding_is_done_once() -> None:
    assert SampleSize(3136 + 1e-10, "interviews", "", {}).rounded == 3136
    assert SampleSize(3136.001, "interviews", "", {}).rounded == 3137
    assert SampleSize(3e9 + 0.1, "interviews", "", {}).rounded == 3_000_000_001
    size = n_for_proportion(0.02, rse=0.2, deff=1.5)
    assert n_to_visit(size, CHILDREN).n == size.n / CHILDREN.yielded
    assert float(size) == size.n


def test_what_a_size_says() -> None:
    text = repr(n_for_proportion(0.02, moe=0.03, deff=1.5, population=1000))
    assert "reach past 0" in text
    assert "fewer than 25 cases" in text
    assert "population 1,000" in text
    assert "deff 1.5" in text


@pytest.mark.slow
def test_simulated_power_is_the_power_planned_for() -> None:
    rng = np.random.default_rng(20240601)
    sims = 200_000
    for p1, p2 in ((0.05, 0.08), (0.3, 0.4), (0.02, 0.04)):
        n = n_for_difference(p1, p2).rounded
        a, b = rng.binomial(n, p1, sims) / n, rng.binomial(n, p2, sims) / n
        z = np.abs(a - b) / np.sqrt((a * (1 - a) + b * (1 - b)) / n)
        assert abs(np.mean(z > stats.norm.ppf(0.975)) - 0.8) < 0.01
    n = n_for_mean_difference(0.2, sd=1).rounded
    x = rng.standard_normal((20_000, n)) + 0.2
    y = rng.standard_normal((20_000, n))
    found = np.mean(stats.ttest_ind(x, y, axis=1).pvalue < 0.05)
    assert abs(found - power_of_mean_difference(0.2, sd=1, n=n)) < 0.012


@pytest.mark.slow
def test_simulated_panel_and_clusters() -> None:
    """Half of a panel kept, and cases in clusters with an intraclass correlation."""
    rng = np.random.default_rng(7)
    pair = TwoSamples(overlap=0.5, correlation=0.4)
    # so many that the estimates' lattice, 1 / n, does not show
    n = 2 * math.ceil(n_for_difference(0.3, 0.32, samples=pair).n / 2)
    kept, p1, p2 = n // 2, 0.3, 0.32
    both = p1 * p2 + 0.4 * math.sqrt(p1 * (1 - p1) * p2 * (1 - p2))
    cells = rng.multinomial(kept, [both, p1 - both, p2 - both, 1 - p1 - p2 + both], 100_000)
    a = (cells[:, 0] + cells[:, 1] + rng.binomial(n - kept, p1, 100_000)) / n
    b = (cells[:, 0] + cells[:, 2] + rng.binomial(n - kept, p2, 100_000)) / n
    se = math.sqrt(pair.spread(p1 * (1 - p1), p2 * (1 - p2)) / n)
    assert abs(np.mean(np.abs(a - b) / se > stats.norm.ppf(0.975)) - 0.8) < 0.01
    take, rho, p = 20, 0.05, 0.05
    size = n_for_cases(30, p, chance=0.9, deff=design_effect(take, rho=rho))
    psus = math.ceil(size.n / take)
    inside = rng.beta(p * (1 / rho - 1), (1 - p) * (1 / rho - 1), (50_000, psus))
    assert abs(np.mean(rng.binomial(take, inside).sum(axis=1) >= 30) - 0.9) < 0.015


def test_public_names_are_documented() -> None:
    modules = {"sizing", *(p.stem for p in Path(sizing.__path__[0]).parents[1].rglob("*.py")), *("sampling", "survey", "weighting")}
    for name in sizing.__all__:
        made = getattr(sampling, name)
        doc = inspect.getdoc(made) or ""
        assert name not in modules
        parts = re.split(r"^(\w+)\n-{3,}$", doc, flags=re.MULTILINE)
        body = dict(zip(parts[1::2], parts[2::2], strict=True))
        heads = [line.split(" :")[0] for line in body["Parameters"].splitlines() if line[:1].strip()]
        assert {n.strip() for head in heads for n in head.split(",")} == set(inspect.signature(made).parameters)
        if not isinstance(made, type):
            assert {"Returns", "Raises", "Examples"} <= set(body), name


def test_power_of_one_proportion_is_that_of_a_very_large_second_sample() -> None:
    one = power_of_proportion(0.08, 0.05, n=600)
    assert one == pytest.approx(power_of_difference(0.08, 0.05, n=600, samples=TwoSamples(ratio=1e9)), rel=1e-6)
    assert power_of_proportion(0.08, 0.05, n=600, population=600) == 1


@given(shares, shares, st.floats(0.3, 3), st.floats(0, 1), st.floats(-0.2, 0.9), st.integers(1000, 10**6), deffs)
def test_two_samples_of_finite_populations(p1: float, p2: float, ratio: float, kept: float, rho: float, size: int, deff: float) -> None:
    """The variance of the difference is what the two samples' hypergeometric errors add up to."""
    pair = TwoSamples(ratio=ratio, overlap=kept * min(1, ratio), correlation=rho)
    try:
        n = n_for_difference(p1, p2, samples=pair, deff=deff, population=size, alternative="one-sided").n
    except InputError:
        return  # the populations are too small, or there is no difference
    assert max(n, n * ratio) <= size * (1 + 1e-12)
    s1, s2 = (math.sqrt(p * (1 - p) * size / (size - 1)) for p in (p1, p2))
    shared = pair.overlap * n / (n * n * ratio) - 1 / size
    variance = s1**2 * (1 / n - 1 / size) + s2**2 * (1 / (n * ratio) - 1 / size) - 2 * rho * s1 * s2 * shared
    z = stats.norm.ppf(0.95) + stats.norm.ppf(0.8)
    assert z * math.sqrt(deff * variance) == pytest.approx(abs(p1 - p2), rel=1e-7)
    assert power_of_difference(
        p1, p2, n=n * (1 - 1e-12), samples=pair, deff=deff, population=size, alternative="one-sided"
    ) == pytest.approx(0.8, rel=1e-6)


def test_a_small_population_cannot_show_a_small_difference() -> None:
    with pytest.raises(InputError, match="too small"):
        n_for_difference(0.1, 0.11, samples=TwoSamples(ratio=0.01), population=1000)
    assert n_for_difference(0.1, 0.11, population=1000).n < 1000
