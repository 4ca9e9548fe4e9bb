"""The survey on a grid: a wrong grid costs precision and no truth; cells that are cut keep their weight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from many_simulations import Many, least_coverage, many, one_by_one, simulations

import evidencekit as ek
from evidencekit.methods import household_gridded
from evidencekit.planning import Truth

METHOD = ek.method_named("household_gridded")


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


def test_intervals_hold_the_truth(runs: Many) -> None:
    """As often as the card declares, less what chance leaves out."""
    assert runs.coverage >= least_coverage(METHOD.card.coverage or 1.0, len(runs.points))
    assert 0.9 < runs.se.mean() / runs.points.std(ddof=1) < 1.1


@pytest.mark.slow
def test_intervals_hold_the_truth_in_many_simulations() -> None:
    """The same, with less left to chance."""
    found = many(METHOD, 2000, seed=21)
    assert found.coverage >= least_coverage(METHOD.card.coverage or 1.0, 2000)
    assert abs(found.z) < 4.5


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
    assert plan.inference == "probability"


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("safety.remote_only", True),
        ("safety.privacy_possible", False),
        ("protection.referral_path", False),
        ("access.household_frame", "none"),
    ],
)
def test_where_it_is_refused(field: str, answer: object) -> None:
    """Each condition of the card, and a gate."""
    context = METHOD.example().settled({"access.listing_affordable": None, "access.frame_age_years": None, field: answer})
    assert METHOD.fits(context).ok is False


def test_what_is_not_known_leaves_it_open() -> None:
    """It may still fit."""
    assert METHOD.fits(METHOD.example().settled({"safety.remote_only": None})).ok is None


def test_a_grid_that_is_very_wrong_costs_precision_and_shifts_nothing(runs: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chances come from the grid, and so do weights."""
    monkeypatch.setattr(household_gridded, "ERROR", 1.2)
    found = many(METHOD, 300)
    assert abs(found.z) < 4.5
    assert found.points.std(ddof=1) > 1.2 * runs.points.std(ddof=1)


def test_a_cell_with_far_more_households_is_cut_and_its_part_weighs_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of interviews in a cell stays within bounds."""
    truth = replace(Truth.of(METHOD.example()), rho=0.0)
    cut = pd.DataFrame(simulations(METHOD, 1, truth=truth)[0].data).groupby("psu").size()
    monkeypatch.setattr(household_gridded, "MOST", 1e9)
    whole = pd.DataFrame(simulations(METHOD, 1, truth=truth)[0].data).groupby("psu").size()
    assert cut.max() < whole.max()


def test_no_listing_is_paid_for() -> None:
    """All households of a cell are visited; that is the list."""
    lines = {line.what for line in METHOD.plan(METHOD.example()).sizing.lines}
    assert lines == {"cells", "interviews", "visits to households"}
    dear = METHOD.example().settled({"resources.cost_listing": 10_000})
    assert METHOD.plan(dear).cost == METHOD.plan(METHOD.example()).cost


def test_it_draws_cells() -> None:
    """By their people."""
    plan = METHOD.plan(METHOD.example())
    frame = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    assert plan.draw(frame, seed=1, synthetic=True).n == round(plan.sizing.psus)
