"""The panel: its numbers are of those who answered, and weights undo only what they know of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from many_simulations import many

import evidencekit as ek
from evidencekit.planning import Truth

PANEL = ek.method_named("online_panel")


def test_weights_bring_sexes_and_ages_back_to_their_size() -> None:
    data = PANEL.simulate(PANEL.example(), seed=1).data
    weight, sex = np.asarray(data["weight"]), np.asarray(data["sex"])
    assert weight[sex == 1].sum() / weight.sum() == pytest.approx(0.5)


def test_weights_do_not_undo_who_chooses_to_answer() -> None:
    truth = Truth(p=0.2, rho=0.0, response_times=1.5)
    assert many(PANEL, 200, truth=truth).mean == pytest.approx(0.3 / 1.1, abs=0.01)


def test_careless_answers_make_rare_things_frequent() -> None:
    truth = Truth(p=0.01, rho=0.0, specificity=0.98)
    where = PANEL.example().settled({"outcome.p": 0.01})
    assert many(PANEL, 50, truth=truth, context=where).mean > 0.025


def test_those_who_are_not_online_are_missed() -> None:
    base = PANEL.example()
    where = replace(base, population=replace(base.population, internet_users_only=False)).settled(
        {"access.internet": 0.6, "outcome.offline_ratio": 0.5}
    )
    expected = next(one for one in PANEL.plan(where).biases if one.name == "those who are not online")
    assert expected.low == pytest.approx(0.2 / 0.8 - 0.2)
    assert many(PANEL, 200, context=where).mean - 0.2 == pytest.approx(expected.low, abs=0.012)
