"""Planners and allocations with numbers of any size: a finite answer, or a refusal in our own words."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit import sampling
from evidencekit.errors import EvidencekitError, InputError

ODD = [10**400, 1e308, 1e200, 1e-200, 5e-324, -1e-300, math.inf, math.nan, -1, 0, True, "5", None, [5], {}, 5 + 0j, pd.NA, Fraction(1, 3)]
ANY: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(ODD), st.floats(), st.floats(0.001, 0.999), st.integers(1, 10_000), st.sampled_from([np.float32(0.3), np.int8(5)])
)
WORK = sampling.Fieldwork(eligible=0.4, household_response=0.95, response=0.9)
COSTS = sampling.Costs(psu=300, listing=150, screen=4, interview=35)
PLANS = {
    "n_for_proportion": ({"p": 0.05, "moe": 0.02, "deff": 1.5}, {}),
    "n_for_mean": ({"sd": 10, "mean": 10.0, "rse": 0.1, "population": 500}, {}),
    "n_for_domain": ({"share": 0.5, "cv": 1, "rse": 0.05}, {}),
    "n_for_difference": ({"p1": 0.05, "p2": 0.08, "population": 5000}, {}),
    "n_for_mean_difference": ({"difference": 0.2, "sd": 1.0}, {}),
    "n_for_cases": ({"cases": 5, "p": 0.01, "chance": 0.9, "deff": 1.5}, {}),
    "chance_of_cases": ({"cases": 5, "p": 0.01, "n": 1000}, {}),
    "n_for_zero_events": ({"p": 0.01, "deff": 1.5}, {}),
    "bound_if_none": ({"n": 300, "deff": 1.5}, {}),
    "n_for_rds": ({"p": 0.3, "moe": 0.1, "deff": 4}, {}),
    "power_of_mean_difference": ({"difference": 0.2, "sd": 1.0, "n": 300}, {}),
    "design_effect": ({"take": 12, "rho": 0.04, "cv_weights": 0.5}, {}),
    "dhs_households": ({"p": 0.2, "rse": 0.1, "deft": 1.4}, {"fieldwork": WORK}),
    "mics_households": ({"r": 0.05, "deff": 1.5, "share_of_population": 0.13, "household_size": 4.5}, {}),
    "vacs_households": ({"p": 0.3, "moe": 0.04, "deff": 2}, {"fieldwork": WORK}),
    "costed_plan": ({"p": 0.1, "rse": 0.15, "rho": 0.03, "cv_weights": 0.5, "take": 12}, {"costs": COSTS}),
    "optimal_take": ({"rho": 0.03}, {"costs": COSTS}),
}


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.filterwarnings("error", "ignore::evidencekit.errors.EvidencekitWarning")
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_plan_is_finite_or_refused(name: str, data: st.DataObject) -> None:
    usual, fixed = PLANS[name]
    odd = data.draw(st.lists(st.sampled_from(sorted(usual)), unique=True, max_size=2))
    given_numbers: dict[str, Any] = {**usual, **{part: data.draw(ANY, label=part) for part in odd}}
    try:
        made = getattr(sampling, name)(**given_numbers, **fixed)
    except EvidencekitError:
        return
    assert repr(made)
    found = made.n if isinstance(made, sampling.SampleSize) else made if isinstance(made, float) else made.cost
    assert math.isfinite(float(found))
    assert found >= 0
    assert float(made.n if isinstance(made, sampling.SampleSize) else found) == found


@pytest.mark.parametrize(("difference", "sd", "n"), [(3, 0.3, 3), (0.2, 0.1, 300), (0.5, 1.0, 3000), (5, 1, 10_000)])
def test_the_power_of_a_clear_difference_is_nearly_1(difference: float, sd: float, n: int) -> None:
    power = sampling.power_of_mean_difference(difference, sd=sd, n=n)
    assert 0.99 < power <= 1


SIZES = {"north": 3000, "centre": 1000, "south": 40}


@pytest.mark.filterwarnings("error")
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_an_allocation_keeps_its_number_or_is_refused(data: st.DataObject) -> None:
    def per_stratum(usual: st.SearchStrategy[Any]) -> Any:
        return data.draw(st.fixed_dictionaries({name: st.one_of(usual, usual, usual, ANY) for name in SIZES}))

    method: Any = data.draw(st.sampled_from(["proportional", "equal", "neyman", "cost", "power", "kish"]))
    n = data.draw(st.one_of(st.integers(1, 5000), ANY))
    known: dict[str, Any] = {
        "deviations": per_stratum(st.floats(0, 100)),
        "costs": per_stratum(st.floats(1, 100)),
        "totals": per_stratum(st.floats(1, 1e6)),
    }
    try:
        made = sampling.allocate(per_stratum(st.integers(1, 10**6)), cast("Any", n), method=method, **known)
    except EvidencekitError:
        return
    assert repr(made)
    assert made.to_frame().shape[0] == 3
    assert made.total == n
    assert np.isfinite(made.exact).all()
    assert (made.n <= made.sizes).all()


@pytest.mark.parametrize(
    "odd",
    [
        lambda: sampling.allocate({pd.NA: 20, "south": 10}, 5),
        lambda: sampling.allocate(pd.DataFrame({"stratum": [[1], [2]], "size": [20, 10]}), 5),
        lambda: sampling.allocate({"north": 10**400, "south": 10}, 5),
        lambda: sampling.allocate({"north": 1e18, "south": 10}, 5),
        lambda: sampling.allocate({"north": 20, "south": 10}, 5, method="power", compromise=10**400),
        lambda: sampling.Budget(5e-324),
        lambda: sampling.Precision(cv=1e-200),
        lambda: sampling.CVTarget(10**400, deviations={}, means={}),
        lambda: sampling.allocate_multivariate(
            {"north": 20}, {"told": sampling.CVTarget(0.1, {"north": 1}, {"north": 1}, domains={"north": [1]})}
        ),
        lambda: sampling.quota({"girl": 10**400, "boy": 5}, 3),
        lambda: sampling.strata_boundaries(range(1, 60), 3, cv=10**400),
        lambda: sampling.strata_boundaries(range(1, 60), 3, cv=0.1, method="cumulative-root-f", classes=10**12),
        lambda: sampling.strata_boundaries(range(1, 60), 3, cv=0.1, certain=np.int8(1)),
        lambda: sampling.strata_boundaries([1e308, 1.0, 2.0] * 9, 2, cv=0.1),
        lambda: sampling.n_for_zero_events(0.01, level=10**400),
    ],
)
def test_numbers_out_of_reach_are_refused(odd: Any) -> None:
    with pytest.raises(InputError):
        odd()
