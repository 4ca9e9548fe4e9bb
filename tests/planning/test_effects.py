"""The design effect of weights and clusters together: against sums over weights, and against samples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from many_simulations import many

import evidencekit as ek
from evidencekit.planning import Context, clustered
from evidencekit.planning.effects import Effect
from evidencekit.planning.settling import settled
from evidencekit.planning.simulating import cv_lognormal, cv_numbers, cv_of
from evidencekit.sampling import Fieldwork, design_effect

SPREADS = st.floats(0, 2)
RHO = st.floats(0.001, 0.9)
CLUSTERED = (
    "household_one_child",
    "household_gridded",
    "household_split_sex",
    "household_random_walk",
    "retrospective_18_24",
    "school_classes",
)


@pytest.mark.parametrize(("between", "within"), [(0.0, 0.5), (0.4, 0.0), (0.4, 0.8), (0.2, 0.45)])
@pytest.mark.parametrize(("rho", "take"), [(0.04, 13), (0.1, 5), (0.3, 40)])
def test_the_effect_is_that_of_sums_of_weights(between: float, within: float, rho: float, take: int) -> None:
    """Weights of many clusters; their variance is n ((1 - rho) sum(w^2) + rho sum(W^2)) / sum(w)^2."""
    rng = np.random.default_rng(take)
    clusters = 200_000 // take
    shape = [math.sqrt(math.log1p(cv**2)) for cv in (between, within)]
    weight = np.exp(shape[0] * rng.standard_normal((clusters, 1)) + shape[1] * rng.standard_normal((clusters, take)))
    wanted = weight.size * ((1 - rho) * (weight**2).sum() + rho * (weight.sum(axis=1) ** 2).sum()) / weight.sum() ** 2
    effect = Effect(rho=rho, cv_weights=cv_of(between, within), cv_totals=between)
    assert effect.at(take) == pytest.approx(wanted, rel=0.02)


@given(RHO, SPREADS, st.floats(1, 100))
def test_where_weights_differ_between_clusters_it_is_the_product(rho: float, cv: float, take: float) -> None:
    effect = Effect(rho=rho, cv_weights=cv, cv_totals=cv)
    assert effect.at(take) == pytest.approx(design_effect(take, rho=rho, cv_weights=cv), rel=1e-9)


@given(RHO, SPREADS, SPREADS, st.floats(1, 100))
def test_the_product_that_is_costed_gives_the_same(rho: float, between: float, within: float, take: float) -> None:
    effect = Effect(rho=rho, cv_weights=cv_of(between, within), cv_totals=between)
    alike, cv = effect.as_product
    assert design_effect(take, rho=alike, cv_weights=cv) == pytest.approx(effect.at(take), rel=1e-9)
    assert effect.at(take) <= design_effect(take, rho=rho, cv_weights=effect.cv_weights) * (1 + 1e-9), "the product is never too small"


def test_who_did_not_answer_is_weighted_up_for() -> None:
    """In every cluster 20 are drawn; the factors of those who answer, to the first order of one over their number."""
    rng = np.random.default_rng(1)
    answered = rng.binomial(20, 0.6, 200_000)
    relative = np.mean(20 / answered) * answered.mean() / 20 - 1  # of the squares of factors, over those who answer
    effect = Effect(rho=0.0, cv_weights=0.0, cv_totals=0.0, lost=0.4)
    assert effect.at(12) == pytest.approx(1 + relative, rel=0.01)


def test_spreads() -> None:
    """Households with one, two and three children (0.6, 0.3, 0.1): mean 1.5, mean square 2.7."""
    assert cv_numbers() == pytest.approx(math.sqrt(2.7 / 1.5**2 - 1))
    assert cv_numbers([1.0]) == 0
    grown = np.exp(0.4 * np.random.default_rng(1).standard_normal(400_000))
    assert cv_lognormal(0.4) == pytest.approx(grown.std() / grown.mean(), rel=0.01)


def test_what_is_wanted_is_planned_with_weights_within_clusters() -> None:
    """Worked by hand: take sqrt(cost of an area / cost of an answer * alone / alike), interviews q / p / rse^2 times the effect."""
    method = ek.method_named("household_one_child")
    context: Context = settled(method.example().settled({"resources.budget": None}))
    fieldwork = Fieldwork(eligible=0.3, household_response=0.9, response=0.85)
    made = clustered(context, fieldwork=fieldwork, cv_weights=0.5, cv_totals=0.2)
    alike = 0.03 * 1.04
    alone = 1.25 - alike
    take = math.sqrt(450 / (35 + 4 / (0.3 * 0.9 * 0.85)) * alone / alike)
    effect = (alone + alike * take) + alone * 0.15 / take
    assert (made.take, made.deff) == pytest.approx((take, effect), rel=1e-9)
    assert made.interviews == pytest.approx(0.88 / 0.12 / 0.15**2 * effect, rel=1e-9)
    assert made.se == pytest.approx(0.15 * 0.12, rel=1e-9)
    assert made.psus == pytest.approx(made.interviews / take, rel=1e-9)


def test_a_budget_buys_the_same_interviews() -> None:
    """Its money is all spent, and the error is that of what it bought."""
    method = ek.method_named("household_one_child")
    context: Context = settled(method.example().settled({"resources.budget": 40_000}))
    fieldwork = Fieldwork(eligible=0.3, household_response=0.9, response=0.85)
    made = clustered(context, fieldwork=fieldwork, cv_weights=0.5, cv_totals=0.2)
    assert made.cost == pytest.approx(40_000, rel=1e-9)
    assert made.se > 0.15 * 0.12


@pytest.mark.parametrize("name", [name for name in ek.method_names() if name != "case_files"])
@pytest.mark.parametrize("p", [0.02, 0.2, 0.4, 0.7, 0.95])
def test_no_more_are_asked_than_the_error_needs(name: str, p: float) -> None:
    """Also where 30 clusters are more than the cheapest plan has: each then needs fewer interviews. Never below one in each."""
    method = ek.method_named(name)
    made = method.plan(settled(method.example().settled({"outcome.p": p, "resources.budget": None}))).sizing
    least = 60 if name == "household_split_sex" else 30
    assert made.psus >= least
    assert made.se <= 0.15 * p * (1 + 1e-9)
    if made.interviews > least * (1 + 1e-9):
        assert made.se == pytest.approx(0.15 * p, rel=1e-9)


@pytest.mark.parametrize("lost", [0.0, 0.15, 0.6])
def test_interviews_in_clusters_are_a_root(lost: float) -> None:
    effect = Effect(rho=0.03, cv_weights=0.5, cv_totals=0.2, lost=lost)
    for plain in (60.0, 133.0, 300.0):
        n = effect.interviews(30, plain=plain)
        assert n == pytest.approx(plain * effect.at(n / 30), rel=1e-9)
    assert effect.interviews(30, plain=2.0) == 30
    assert effect.interviews(30, plain=30 / effect.alike) == math.inf


@pytest.mark.parametrize("name", CLUSTERED)
def test_a_budget_is_spent_where_it_does_not_reach_for_the_error(name: str) -> None:
    """Also where it buys fewer clusters than there must be at the cheapest take, and the error would need more."""
    method = ek.method_named(name)
    changes = {"outcome.p": 0.05, "outcome.rho": 0.08, "access.response": 0.6, "resources.cost_psu": 300, "resources.budget": 40_000}
    made = method.plan(settled(method.example().settled(changes))).sizing
    assert made.se > 0.15 * 0.05
    assert made.cost == pytest.approx(40_000, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("change", [{}, {"outcome.p": 0.02}, {"outcome.rho": 0.1}, {"access.response": 0.4}], ids=str)
@pytest.mark.parametrize("name", CLUSTERED)
def test_plans_promise_the_standard_error_that_comes(name: str, change: dict[str, float]) -> None:
    """Within a twentieth, and 2.5 Monte Carlo standard errors."""
    method = ek.method_named(name)
    found = many(method, 600, context=method.example().settled({"resources.budget": None, **change}))
    assert abs(found.ratio - 1) < 0.05 + 2.5 * found.ratio / 1200**0.5
