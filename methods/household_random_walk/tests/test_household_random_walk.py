"""The random walk: what it favours shows, more interviews do not help, and no interval hides it."""

from __future__ import annotations

import numpy as np
import pytest
from many_simulations import many, simulations

import evidencekit as ek
from evidencekit.planning import Truth

METHOD = ek.method_named("household_random_walk")


def test_a_walk_that_favours_some_dwellings_is_off_and_more_interviews_do_not_help() -> None:
    """Whatever is simulated without saying otherwise has this bias."""
    expected = Truth.of(METHOD.example())
    assert expected.reached_times < 1
    share = expected.p * expected.reached_times / (expected.p * expected.reached_times + 1 - expected.p)
    few = many(METHOD, 200, truth=expected)
    assert few.z < -4.5
    dear = METHOD.example().settled({"outcome.rse": 0.1, "resources.budget": 1e6})
    more = many(METHOD, 200, truth=expected, context=dear)
    assert more.sd < 0.8 * few.sd
    for one in (few, more):
        assert one.mean == pytest.approx(share, abs=0.0025)


def test_there_is_no_interval() -> None:
    """Nor a standard error, whatever the answers."""
    found = METHOD.analyse(simulations(METHOD, 1)[0].data)
    assert np.isnan([found.se[0], found.interval.low[0], found.interval.high[0]]).all()


def test_a_walk_varies_more_than_a_sample_of_listed_households() -> None:
    """The planned variance is 1.2 to 2 times that of clusters, and so is the simulated one."""
    sizing = METHOD.plan(METHOD.example()).sizing
    listed = 1.2 + (sizing.take - 1) * METHOD.example().middle("outcome.rho")  # one, two or three children: 1 + cv^2 is 1.2
    assert 1.2 <= sizing.deff / listed <= 2
    simulated = many(METHOD, 300).sd ** 2 / (sizing.p * (1 - sizing.p) / sizing.interviews)
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
