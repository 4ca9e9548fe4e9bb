"""The random walk: what it favours shows, more interviews do not help, and no interval hides it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from many_simulations import Many, many, one_by_one, simulations

import evidencekit as ek
from evidencekit.planning import Truth

METHOD = ek.method_named("household_random_walk")


@pytest.fixture(scope="module")
def runs() -> Many:
    """The example, where nothing but chance errs."""
    return many(METHOD, 300)


def test_estimates_are_the_truth_but_for_chance(runs: Many) -> None:
    """The simulator and the analysis speak of the same number."""
    assert abs(runs.z) < 4.5
    other = replace(Truth.of(METHOD.example()).undisturbed(), p=0.05, girls_times=2.0)
    assert abs(many(METHOD, 150, truth=other).z) < 4.5


def test_the_plan_promises_the_standard_error_that_comes(runs: Many) -> None:
    """Neither much too small nor much too large."""
    assert 0.8 < runs.ratio < 1.25


def test_a_stack_is_analysed_as_each_alone() -> None:
    """A column that tells simulations apart splits answers, not the design."""
    alone, together = one_by_one(METHOD, simulations(METHOD, 4))
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-12)


def test_the_example_fits_and_is_planned() -> None:
    """It needs nothing more to be known."""
    context = METHOD.example()
    assert METHOD.fits(context).ok is True
    plan = METHOD.plan(context)
    assert plan.cost.high <= context.middle("resources.budget")
    assert plan.sizing.psus >= 30
    assert plan.inference == "random-walk"


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("safety.remote_only", True),
        ("safety.privacy_possible", False),
        ("protection.referral_path", False),
        ("population.offenders", True),
        ("access.listing_affordable", True),
    ],
)
def test_where_it_is_refused(field: str, answer: object) -> None:
    """Each condition of the card, and a gate."""
    context = METHOD.example().settled({"access.listing_affordable": None, "population.age_max": 24, field: answer})
    assert METHOD.fits(context).ok is False


def test_what_is_not_known_leaves_it_open() -> None:
    """It may still fit."""
    assert METHOD.fits(METHOD.example().settled({"safety.remote_only": None})).ok is None


def test_a_walk_that_favours_some_dwellings_is_off_and_more_interviews_do_not_help() -> None:
    """Whatever is simulated without saying otherwise has this bias."""
    expected = Truth.of(METHOD.example())
    assert expected.reached_times < 1
    share = expected.p * expected.reached_times / (expected.p * expected.reached_times + 1 - expected.p)
    few = many(METHOD, 200, truth=expected)
    assert few.z < -4.5
    dear = METHOD.example().settled({"outcome.rse": 0.1, "resources.budget": 1e6})
    more = many(METHOD, 200, truth=expected, context=dear)
    assert more.points.std() < 0.8 * few.points.std()
    for one in (few, more):
        assert one.points.mean() == pytest.approx(share, abs=0.0025)


def test_there_is_no_interval() -> None:
    """Nor a standard error, whatever the answers."""
    found = METHOD.analyse(simulations(METHOD, 1)[0].data)
    assert found.inference == "random-walk"
    assert np.isnan([found.se[0], found.interval.low[0], found.interval.high[0]]).all()
    assert METHOD.card.coverage is None


def test_a_walk_varies_more_than_a_sample_of_listed_households() -> None:
    """The planned variance is 1.2 to 2 times that of clusters, and so is the simulated one."""
    sizing = METHOD.plan(METHOD.example()).sizing
    listed = 1.2 + (sizing.take - 1) * METHOD.example().middle("outcome.rho")  # one, two or three children: 1 + cv^2 is 1.2
    assert 1.2 <= sizing.deff / listed <= 2
    simulated = many(METHOD, 300).points.var(ddof=1) / (sizing.p * (1 - sizing.p) / sizing.interviews)
    assert 1.2 <= simulated / listed <= 2


@pytest.mark.parametrize("rho", [0.005, 0.03, 0.1])
def test_the_plan_takes_dwellings_to_be_as_alike_as_the_simulator_does(rho: float) -> None:
    """Three times as alike as those of an area, however alike these are; with 0.2 of 1 who are asked not answering."""
    sizing = METHOD.plan(METHOD.example().settled({"outcome.rho": rho, "resources.budget": None})).sizing
    before = 1.2 + (sizing.take - 1) * 3 * rho
    assert sizing.deff == pytest.approx(before + (1.2 - 3 * rho) * 0.2 / sizing.take, rel=1e-9)


def test_it_draws_routes() -> None:
    """They are decided before anybody walks."""
    plan = METHOD.plan(METHOD.example())
    frame = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    walk = plan.draw(frame, seed=1, synthetic=True)
    assert isinstance(walk, ek.sampling.RandomWalk)
    assert len(walk.sheet) == round(plan.sizing.psus) * walk.visits
