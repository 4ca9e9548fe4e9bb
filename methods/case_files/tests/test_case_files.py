"""Case files: what was reported; nobody is asked, and nothing is said of a population."""

from __future__ import annotations

import numpy as np
import pytest

import evidencekit as ek

FILES = ek.method_named("case_files")


def test_offices_count_by_the_files_they_hold() -> None:
    data = FILES.simulate(FILES.example(), seed=1).data
    weight, office = np.asarray(data["weight"]), np.asarray(data["stratum"])
    assert [weight[office == k].sum() for k in range(4)] == pytest.approx([0.4, 0.3, 0.2, 0.1])


def test_it_draws_files() -> None:
    plan = FILES.plan(FILES.example())
    files = ek.Frame(ek.fictional.area_list(), id="area_number")
    assert plan.draw(files, seed=1, synthetic=True).n == round(plan.sizing.interviews)
