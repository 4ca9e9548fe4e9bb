"""Frontline workers: it speaks for workers, asks no child, and needs no path for the referral of children."""

from __future__ import annotations

import numpy as np
import pytest

import evidencekit as ek
from evidencekit.planning import Truth

WORKERS = ek.method_named("frontline_workers")


def test_no_child_is_asked_or_referred() -> None:
    plan = WORKERS.plan(WORKERS.example())
    assert plan.card.respondents == "adults"
    assert plan.workload.referrals is None
    assert plan.fit.ok is True


def test_those_with_cases_who_answer_less_make_the_number_smaller() -> None:
    truth = Truth(p=0.3, rho=0.0, response_times=0.6)
    found = [WORKERS.analyse(WORKERS.simulate(WORKERS.example(), truth, seed=seed).data).points[0] for seed in range(300)]
    assert np.mean(found) == pytest.approx(0.18 / 0.88, abs=0.015)


def test_more_are_drawn_than_are_to_answer() -> None:
    plan = WORKERS.plan(WORKERS.example())
    people = ek.Frame(ek.fictional.area_list(), id="area_number")
    assert plan.draw(people, seed=1, synthetic=True).n == round(plan.sizing.interviews / 0.75)


def test_it_is_refused_without_a_list() -> None:
    assert WORKERS.fits(WORKERS.example().settled({"access.frontline_list": False})).ok is False
