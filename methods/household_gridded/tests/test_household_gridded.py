"""The survey on a grid: a wrong grid costs precision and no truth; cells that are cut keep their weight."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from many_simulations import many, simulations

import evidencekit as ek
from evidencekit.methods import household_gridded
from evidencekit.planning import Truth

METHOD = ek.method_named("household_gridded")


def test_a_grid_that_is_very_wrong_costs_precision_and_shifts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chances come from the grid, and so do weights."""
    right = many(METHOD, 300)
    monkeypatch.setattr(household_gridded, "ERROR", 1.2)
    wrong = many(METHOD, 300)
    assert abs(wrong.z) < 4.5
    assert wrong.sd > 1.2 * right.sd


def test_a_cell_with_far_more_households_is_cut_and_its_part_weighs_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer interviews in it stand for as many households."""
    truth = replace(Truth.of(METHOD.example()), rho=0.0)
    cut = pd.DataFrame(simulations(METHOD, 1, truth=truth)[0].data).groupby("psu")["weight"].agg(["size", "sum"])
    monkeypatch.setattr(household_gridded, "MOST", 1e9)
    whole = pd.DataFrame(simulations(METHOD, 1, truth=truth)[0].data).groupby("psu")["weight"].agg(["size", "sum"])
    fewer = cut["size"] < 0.7 * whole["size"]
    assert fewer.any()
    assert cut["size"].max() < whole["size"].max()
    assert cut.loc[fewer, "sum"].sum() / whole.loc[fewer, "sum"].sum() == pytest.approx(1, abs=0.2)


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
