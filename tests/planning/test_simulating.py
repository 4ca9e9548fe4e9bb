"""The building blocks of simulators do what they say, measured over many draws."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.planning import Simulated, Truth
from evidencekit.planning.simulating import TIMES, adjusted, draw_areas, local_shares, reported, sexes, who_answers
from evidencekit.planning.stacking import stacked

MANY = 40_000
ERRORS = 4.5  # Monte Carlo standard errors


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def near(got: float, wanted: float, se: float) -> None:
    assert abs(got - wanted) <= ERRORS * se, (got, wanted, se)


@pytest.mark.parametrize("rho", [0.01, 0.05, 0.3])
@pytest.mark.parametrize("p", [0.03, 0.2])
def test_shares_of_areas_have_the_intraclass_correlation(p: float, rho: float) -> None:
    """Of 0 and 1 answers: the variance of area shares is rho p (1 - p), whatever the shape."""
    girls, boys = local_shares(rng(), MANY, Truth(p=p, rho=rho, girls_times=2.0))
    wanted = Truth(p=p, girls_times=2.0).by_sex()
    for got, mean in zip((girls, boys), wanted, strict=True):
        spread = rho * mean * (1 - mean)
        near(float(got.mean()), mean, math.sqrt(spread / MANY))
        fourth = float(((got - mean) ** 4).mean())
        near(float(got.var()), spread, math.sqrt((fourth - spread**2) / MANY))
        assert got.min() >= 0
        assert got.max() <= 1
    assert (girls >= boys).all()
    assert np.corrcoef(girls, boys)[0, 1] > 0.6, "high in the same areas"


def test_where_girls_and_boys_are_alike_so_are_their_shares_in_every_area() -> None:
    girls, boys = local_shares(rng(), 50, Truth(p=0.1, rho=0.05))
    assert (girls == boys).all()
    assert girls.std() > 0


@pytest.mark.parametrize("truth", [Truth(p=0.1, rho=0.999), Truth(p=0.5, rho=0.05, girls_times=0), Truth(p=0.001, rho=0.9, girls_times=3)])
def test_shares_are_shares_at_the_ends(truth: Truth) -> None:
    for shares, mean in zip(local_shares(rng(), MANY, truth), truth.by_sex(), strict=True):
        assert ((shares >= 0) & (shares <= 1)).all()
        near(float(shares.mean()), mean, float(shares.std()) / math.sqrt(MANY))


def test_answers_in_areas_have_the_intraclass_correlation() -> None:
    """The analysis-of-variance estimator on answers: 4,000 areas with 20 each."""
    areas, take, truth = 4_000, 20, Truth(p=0.15, rho=0.06)
    shares, _ = local_shares(rng(), areas, truth)
    y = (rng(2).random((areas, take)) < shares[:, None]).astype(float)
    between, within = take * y.mean(axis=1).var(ddof=1), y.var(axis=1, ddof=1).mean()
    rho = (between - within) / (between + (take - 1) * within)
    assert rho == pytest.approx(0.06, abs=0.006)


@pytest.mark.parametrize("truth", [Truth(p=0.1, rho=0.0), Truth(p=0.5, rho=0.0)])
def test_without_correlation_areas_are_alike(truth: Truth) -> None:
    girls, boys = local_shares(rng(), 50, truth)
    assert set(girls) == set(boys) == {truth.p}


def test_areas_are_drawn_in_proportion_to_size() -> None:
    """Horvitz and Thompson: the sum of 1 / chance counts the areas, that of size / chance the households, of each draw."""
    counts, sizes = [], []
    for seed in range(400):
        areas = draw_areas(rng(seed), 31)
        assert [int((areas.stratum == k).sum()) for k in (0, 1)] == [16, 15]
        counts.append(float((1 / areas.chance).sum()))
        sizes.append([float(np.std(one / one.mean())) for one in [(areas.size / areas.chance)[areas.stratum == k] for k in (0, 1)]])
    near(float(np.mean(counts)), TIMES * 31, float(np.std(counts)) / math.sqrt(400))
    assert np.max(sizes) < 1e-9, "sizes cancel out of the weights of households"


def test_weights_of_households_are_what_areas_have_grown_by() -> None:
    areas = draw_areas(rng(), 40, grown=0.2)
    for k in (0, 1):
        weight = areas.weight[areas.stratum == k] / areas.grown[areas.stratum == k]
        assert weight == pytest.approx(np.full(len(weight), weight[0]))
    still = draw_areas(rng(), 40, grown=0.0, strata=1)
    assert still.weight == pytest.approx(np.full(len(still), still.weight[0]))


@pytest.mark.parametrize(("count", "strata", "wanted"), [(1, 2, 4), (2, 2, 4), (3, 1, 3), (1, 1, 2), (7, 3, 7), (100, 4, 100)])
def test_at_least_two_areas_in_a_stratum(count: int, strata: int, wanted: int) -> None:
    areas = draw_areas(rng(), count, strata=strata)
    assert len(areas) == wanted
    assert np.bincount(areas.stratum).min() >= 2
    assert (areas.chance > 0).all()
    assert (areas.chance <= 1).all()


def test_as_many_girls_as_boys() -> None:
    near(float(sexes(rng(), MANY).mean()), 0.5, 0.5 / math.sqrt(MANY))


@pytest.mark.parametrize(("sensitivity", "specificity"), [(1.0, 1.0), (0.6, 1.0), (1.0, 0.9), (0.7, 0.95), (0.0, 0.0)])
def test_what_people_say(sensitivity: float, specificity: float) -> None:
    true = (rng(3).random(MANY) < 0.3).astype(np.int64)
    kept = true.copy()
    said = reported(rng(), true, Truth(p=0.3, sensitivity=sensitivity, specificity=specificity))
    assert (true == kept).all()
    for value, wanted in ((1, sensitivity), (0, 1 - specificity)):
        got = said[true == value]
        near(float(got.mean()), wanted, math.sqrt(wanted * (1 - wanted) / len(got)) + 1e-12)


@pytest.mark.parametrize(("response", "times"), [(0.8, 1.0), (0.5, 0.5), (0.5, 1.6), (0.85, 2.0), (0.95, 3.0), (1.0, 1.0), (0.6, 0.0)])
def test_who_answers(response: float, times: float) -> None:
    """So many of all; those it happened to so many times as likely, unless all of them answer."""
    truth = Truth(p=0.2, response_times=times)
    true = (rng(4).random(4 * MANY) < truth.p).astype(np.int64)
    answered = who_answers(rng(), true, response, truth)
    near(float(answered.mean()), response, math.sqrt(0.25 / len(true)) * 2 + 1e-12)
    theirs, others = float(answered[true == 1].mean()), float(answered[true == 0].mean())
    if theirs < 0.999:
        assert theirs / others == pytest.approx(times, abs=0.02)
    else:
        assert times * others >= 0.98


@given(st.integers(1, 60), st.integers(1, 8), st.floats(0.05, 1.0), st.integers(0, 99))
def test_adjusted_weights_stand_for_all_who_were_drawn(count: int, areas: int, response: float, seed: int) -> None:
    random = rng(seed)
    area, weight = random.integers(0, areas, count), random.lognormal(size=count)
    answered = random.random(count) < response
    before = weight.copy()
    made = adjusted(weight, area, answered, areas)
    assert (weight == before).all()
    assert made.shape == (answered.sum(),)
    assert (made >= weight[answered] * (1 - 1e-12)).all()
    stood = np.bincount(area[answered], made, areas)
    some = np.bincount(area[answered], minlength=areas) > 0
    assert stood == pytest.approx(np.where(some, np.bincount(area, weight, areas), 0.0))


@given(st.floats(0.001, 0.4), st.floats(0.0, 2.0), st.floats(0.1, 0.9))
def test_girls_and_boys_together_are_the_population(p: float, times: float, girls: float) -> None:
    theirs, boys = Truth(p=p, girls_times=times).by_sex(girls)
    assert girls * theirs + (1 - girls) * boys == pytest.approx(p)
    assert theirs == pytest.approx(times * boys)


@pytest.mark.parametrize(
    "wrong",
    [
        {"p": 0.0},
        {"p": 1.0},
        {"p": 1.2},
        {"p": (0.1, 0.2)},
        {"p": "0.1"},
        {"p": True},
        {"p": 0.1, "rho": 1.0},
        {"p": 0.1, "rho": -0.1},
        {"p": 0.1, "girls_times": -1},
        {"p": 0.9, "girls_times": 3},
        {"p": 0.1, "response_times": float("inf")},
        {"p": 0.1, "sensitivity": 1.1},
        {"p": 0.1, "specificity": (0.5, 1)},
    ],
)
def test_truths_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Truth(**wrong)


def test_a_truth_is_what_a_context_expects() -> None:
    context = ek.Context().settled({"outcome.p": (0.1, 0.2), "outcome.rho": 0.04})
    assert Truth.of(context).p == pytest.approx(0.15)
    assert Truth.of(context).rho == 0.04
    assert replace(Truth.of(context), sensitivity=1).sensitivity == 1.0


def test_a_stack_tells_simulations_apart_and_keeps_their_rows() -> None:
    method = ek.method_named("household_one_child")
    several = [method.simulate(method.example(), seed=seed) for seed in range(3)]
    before = [{name: np.array(column) for name, column in one.data.items()} for one in several]
    stack = {name: np.asarray(column) for name, column in stacked(several).items()}
    assert list(stack["simulation"]) == [place for place, one in enumerate(before) for _ in one["y"]]
    for place, one in enumerate(before):
        rows = stack["simulation"] == place
        for name, column in one.items():
            assert (np.asarray(several[place].data[name]) == column).all()
            if name in ("psu", "stratum"):
                assert len(np.unique(stack[name][rows])) == len(np.unique(column))
                assert not np.isin(stack[name][rows], stack[name][~rows]).any()
            else:
                assert (stack[name][rows] == column).all()


def test_what_cannot_be_stacked() -> None:
    one = Simulated({"y": np.ones(1)}, {}, 1)
    with pytest.raises(InputError, match="no simulation to stack"):
        stacked([])
    with pytest.raises(InputError, match="other columns"):
        stacked([one, Simulated({"y": np.ones(1), "z": np.ones(1)}, {}, 1)])
    empty = Simulated({"y": np.ones(0), "psu": np.zeros(0, dtype=np.int64)}, {}, 1)
    assert len(np.asarray(stacked([empty, empty])["y"])) == 0


@pytest.mark.parametrize("seed", [None, -1, 1.5, "x", True, [1, 2]])
def test_a_seed_that_would_not_give_the_same_again(seed: Any) -> None:
    household = ek.method_named("household_one_child")
    with pytest.raises(ek.errors.InputError, match="seed= is a whole number"):
        household.simulate(household.example(), seed=seed)


@pytest.mark.parametrize("truth", ["x", 0.1, {}, []])
def test_a_truth_that_is_none(truth: Any) -> None:
    household = ek.method_named("household_one_child")
    with pytest.raises(ek.errors.InputError, match=r"truth= takes a planning\.Truth"):
        household.simulate(household.example(), truth, seed=1)


def test_what_is_no_data_to_analyse() -> None:
    household = ek.method_named("household_one_child")
    made = household.simulate(household.example(), seed=1)
    for data, says in (
        (None, "not a NoneType"),
        (made, "not a Simulated"),
        ({**made.data, "y": np.zeros(3)}, "not as long"),
        ({}, "no answers"),
    ):
        with pytest.raises(ek.errors.InputError, match=says):
            household.analyse(data)
    for by in (None, 3, [3]):
        with pytest.raises(ek.errors.InputError, match="by= takes a list"):
            household.analyse(made.data, by=by)  # pyright: ignore[reportArgumentType]
    assert len(household.analyse(made.data, by="sex")) == len(household.analyse(made.data, by=["sex"])) == 2


@pytest.mark.parametrize("what", ["card", "sizing", "simulator", "analysis", "example", "drawing"])
def test_a_method_is_made_of_a_card_and_functions(what: str) -> None:
    with pytest.raises(ek.errors.InputError, match=f"{what}= of a method is a int"):
        replace(ek.method_named("household_one_child"), **{what: 3})
