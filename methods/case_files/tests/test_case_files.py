"""Case files: what was reported; nobody is asked, and nothing is said of a population."""

from __future__ import annotations

import numpy as np
import pytest

import evidencekit as ek

FILES = ek.method_named("case_files")


def test_nobody_is_asked_and_nobody_is_referred() -> None:
    plan = FILES.plan(FILES.example())
    assert plan.card.respondents == "records"
    assert plan.workload.referrals is None


def test_it_has_no_interval_for_a_population() -> None:
    made = FILES.analyse(FILES.simulate(FILES.example(), seed=1).data)
    assert np.isnan(made.interval.low).all()
    assert made.inference == "administrative"


def test_offices_count_by_the_files_they_hold() -> None:
    data = FILES.simulate(FILES.example(), seed=1).data
    weight, office = np.asarray(data["weight"]), np.asarray(data["stratum"])
    assert [weight[office == k].sum() for k in range(4)] == pytest.approx([0.4, 0.3, 0.2, 0.1])


def test_it_is_refused_where_files_may_not_be_read() -> None:
    assert FILES.fits(FILES.example().settled({"access.case_files": False})).ok is False
