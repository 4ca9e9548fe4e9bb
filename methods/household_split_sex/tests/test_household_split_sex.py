"""Areas of girls and areas of boys: one sex an area, each estimated alone, and both together by totals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from many_simulations import simulations, stacked

import evidencekit as ek
from evidencekit.methods import household_split_sex
from evidencekit.planning import Truth
from evidencekit.planning.simulating import Areas

METHOD = ek.method_named("household_split_sex")


def test_each_area_asks_one_sex_and_strata_are_halved() -> None:
    """Whichever area is whose."""
    data = pd.DataFrame(simulations(METHOD, 1)[0].data)
    assert (data.groupby("psu")["sex"].nunique() == 1).all()
    counts = data.groupby(["stratum", "sex"])["psu"].nunique().unstack()
    assert (counts[0] - counts[1]).abs().max() <= 1


def test_the_odd_area_goes_to_either_and_weights_know_it() -> None:
    """Five areas are three and two: the share of the stratum's areas is in the weight of each."""
    stratum = np.repeat([0, 1], [5, 4])
    areas = Areas(stratum, np.full(9, 0.1), np.ones(9), np.ones(9))
    girls = set()
    for seed in range(20):
        asked, part = household_split_sex.labels(areas, np.random.default_rng(seed))
        girls.add(int(asked[:5].sum()))
        assert asked[5:].sum() == 2
        for sex in (0, 1):
            assert (1 / part[(stratum == 0) & (asked == sex)]).sum() == pytest.approx(5)
    assert girls == {2, 3}


def test_girls_and_boys_each_have_their_own_number() -> None:
    """Estimated from their areas alone, so that the two do not vary together."""
    truth = replace(Truth.of(METHOD.example()).undisturbed(), girls_times=3.0)
    several = simulations(METHOD, 150, truth=truth)
    found = METHOD.analyse(stacked(several), by=("simulation", "sex"))
    for sex, share in zip((1, 0), truth.by_sex(), strict=True):
        points = found.points[[found.cells.find({"simulation": k, "sex": sex}) for k in range(150)]]
        assert abs(points.mean() - share) < 4.5 * points.std(ddof=1) / 150**0.5
    one = METHOD.analyse(several[0].data, by=("sex",))
    assert one.vcov[0, 1] == pytest.approx(0, abs=1e-15)


def test_weights_of_both_sexes_are_totals_of_all_children() -> None:
    """Those that sum to the interviews of each sex would be wrong where one sex answers less."""
    several = simulations(METHOD, 300)
    sums = stacked(several).groupby(["simulation", "sex"])["weight"].sum().unstack()
    share = (sums[1] / sums.sum(axis=1)).to_numpy()
    assert abs(share.mean() - 0.5) < 4.5 * share.std(ddof=1) / 300**0.5


def test_strata_without_sex_would_say_something_else() -> None:
    """Where girls and boys differ, labels would count as a difference between areas."""
    truth = replace(Truth.of(METHOD.example()).undisturbed(), girls_times=6.0, rho=0.005)
    data = stacked(simulations(METHOD, 100, truth=truth))
    right = METHOD.analyse(data, by=("simulation",))
    plain = ek.proportion(ek.Survey(data, weights="weight", strata="stratum", psu="psu"), "y", by=["simulation"])
    assert plain.points == pytest.approx(right.points)
    assert plain.se.mean() > 1.1 * right.se.mean()


def test_it_draws_labelled_areas() -> None:
    """As many for girls as for boys."""
    plan = METHOD.plan(METHOD.example())
    frame = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    drawn = plan.draw(frame, seed=1, synthetic=True).sample
    assert drawn["part"].value_counts().to_dict() == {"girls": 30, "boys": 30}
