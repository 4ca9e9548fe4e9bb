"""Frontline workers: who answers makes a difference, and more are drawn than are to answer."""

from __future__ import annotations

import pytest
from many_simulations import many

import evidencekit as ek
from evidencekit.planning import Truth

WORKERS = ek.method_named("frontline_workers")


def test_those_with_cases_who_answer_less_make_the_number_smaller() -> None:
    truth = Truth(p=0.3, rho=0.0, response_times=0.6)
    assert many(WORKERS, 300, truth=truth).mean == pytest.approx(0.18 / 0.88, abs=0.015)


def test_more_are_drawn_than_are_to_answer() -> None:
    plan = WORKERS.plan(WORKERS.example())
    people = ek.Frame(ek.fictional.area_list(), id="area_number")
    assert plan.draw(people, seed=1, synthetic=True).n == round(plan.sizing.interviews / 0.75)
