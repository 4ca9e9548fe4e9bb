"""Bethel's allocation: no dearer than duality allows, every target kept, and nothing left to take off."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.errors import DesignError, InputError
from evidencekit.sampling import CVTarget, Precision, allocate, allocate_multivariate
from evidencekit.sampling.allocating.dual import cheapest

SIZES = {"a": 12000, "b": 30500, "c": 8200, "d": 4100, "e": 51000}
SHARES = {"a": 0.05, "b": 0.10, "c": 0.30, "d": 0.40, "e": 0.023}
SPREAD = {k: (p * (1 - p)) ** 0.5 for k, p in SHARES.items()}
COSTS = {"a": 20, "b": 25, "c": 60, "d": 90, "e": 15}


def test_one_variable_is_the_optimum_allocation() -> None:
    totals = {k: SIZES[k] * SHARES[k] for k in SIZES}
    one = allocate(SIZES, Precision(cv=0.05), method="cost", deviations=SPREAD, costs=COSTS, totals=totals)
    made = allocate_multivariate(SIZES, {"told": CVTarget(0.05, SPREAD, SHARES)}, costs=COSTS)
    np.testing.assert_allclose(made.allocation.exact, one.exact, rtol=1e-9)
    small = {"a": 10, "b": 200, "c": 3000}
    how: dict[str, Any] = {"deviations": {"a": 900, "b": 40, "c": 2}}
    means = dict.fromkeys(small, 1.0)
    one = allocate(small, Precision(cv=0.3), method="neyman", totals=small, **how)
    assert one.n[0] == 10
    made = allocate_multivariate(small, {"y": CVTarget(0.3, means=means, **how)})
    np.testing.assert_allclose(made.allocation.exact, one.exact, rtol=1e-9)


def test_domains_apart_are_allocated_apart() -> None:
    region = {"a": "north", "b": "north", "c": "south", "d": "south", "e": "south"}
    cv = {"north": 0.1, "south": 0.05}
    made = allocate_multivariate(SIZES, {"told": CVTarget(cv, SPREAD, SHARES, domains=region)}, costs=COSTS)
    for place, names in (("north", ["a", "b"]), ("south", ["c", "d", "e"])):
        sizes, costs, spread, shares = ({n: values[n] for n in names} for values in (SIZES, COSTS, SPREAD, SHARES))
        alone = allocate_multivariate(sizes, {"told": CVTarget(cv[place], spread, shares)}, costs=costs)
        np.testing.assert_allclose(made.allocation.exact[["abcde".index(n) for n in names]], alone.allocation.exact, rtol=1e-9)
    table = made.precision()
    assert table["domain"].tolist() == ["north", "south"]
    assert table["binds"].tolist() == [True, True]
    assert (table["cv"] <= table["target"]).all()


CASES = st.integers(0, 2**32 - 1)


def problem(seed: int) -> tuple[Any, Any, Any, Any]:
    """Limits, costs and bounds of a random problem that can be solved."""
    rng = np.random.default_rng(seed)
    strata, variables = int(rng.integers(1, 25)), int(rng.integers(1, 9))
    most = np.exp(rng.uniform(1, 12, strata)).round() + 2
    ways = np.exp(rng.normal(0, 2, (strata, variables))) * most[:, None]
    ways[rng.random((strata, variables)) < 0.3] = 0.0
    ways[:, ~ways.any(axis=0)] = 1.0
    ways /= (ways / most[:, None]).sum(axis=0) * np.exp(rng.uniform(0.001, 4, variables))
    if rng.random() < 0.2:
        ways = np.column_stack([ways, ways[:, :1]])  # the same variable twice
    return ways, np.exp(rng.normal(0, 1, strata)), np.minimum(rng.integers(1, 4, strata), most).astype(float), most


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_no_dearer_than_duality_allows(seed: int) -> None:
    """For any multipliers the dual is a bound below every allocation's cost; at the optimum the two meet."""
    ways, costs, least, most = problem(seed)
    n, multipliers = cheapest(ways, costs, least, most)
    assert (n >= least * (1 - 1e-12)).all()
    assert (n <= most * (1 + 1e-12)).all()
    assert (ways / n[:, None]).sum(axis=0).max() <= 1 + 1e-9
    pull = ways @ (multipliers * costs.mean())
    x = np.clip(np.sqrt(np.divide(costs, pull, out=np.full_like(costs, np.inf), where=pull > 0)), 1 / most, 1 / least)
    bound = (costs / x).sum() + pull @ x - multipliers.sum() * costs.mean()
    np.testing.assert_allclose(costs @ n, bound, rtol=1e-8)


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_whole_numbers_keep_every_target_and_leave_nothing_to_take_off(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = [f"s{i}" for i in range(int(rng.integers(1, 9)))]
    sizes = {k: int(rng.integers(2, 5000)) for k in labels}
    costs = {k: float(rng.uniform(1, 9)) for k in labels}
    region = {k: int(rng.integers(0, 2)) for k in labels}
    targets: dict[str, CVTarget] = {}
    for name in ("x", "y", "z"):
        means, spread = ({k: float(rng.uniform(0.5, 2)) for k in labels} for _ in range(2))
        targets[name] = CVTarget(float(rng.uniform(0.01, 0.3)), spread, means, domains=region if name == "z" else None)
    made = allocate_multivariate(sizes, targets, costs=costs)
    table = made.precision()
    assert (table["cv"] <= table["target"] * (1 + 1e-9)).all()
    n = made.allocation.n
    assert (n <= np.ceil(made.allocation.exact - 1e-9)).all()
    least = np.minimum(2, made.allocation.sizes)
    for h in np.flatnonzero(n > least):
        fewer = n.astype(float)
        fewer[h] -= 1
        assert any(limit.reached(fewer, made.allocation.sizes) > limit.cv for limit in made.limits)
    mixed = [labels[i] for i in rng.permutation(len(labels))]
    assert allocate_multivariate({k: sizes[k] for k in mixed}, targets, costs=costs).as_mapping() == made.as_mapping()


def test_many_strata_and_variables_take_little_time() -> None:
    rng = np.random.default_rng(1)
    sizes = {i: int(v) for i, v in enumerate(rng.integers(50, 20_000, 400))}
    region = {i: i % 20 for i in sizes}

    def values(low: float, high: float) -> dict[int, float]:
        return dict(enumerate(rng.uniform(low, high, 400).tolist()))

    targets = {f"v{j}": CVTarget(0.04, values(0.2, 3), values(0.5, 1), domains=region) for j in range(5)}
    made = allocate_multivariate(sizes, targets, costs=values(1, 5))
    table = made.precision()
    assert len(table) == 100
    assert (table["cv"] <= 0.04).all()


def test_printed_and_in_the_callers_kind_of_frame() -> None:
    frame = pl.DataFrame({"stratum": list(SIZES), "size": list(SIZES.values()), "sd": list(SPREAD.values()), "mean": list(SHARES.values())})
    made = allocate_multivariate(frame, {"told": CVTarget(0.05, "sd", "mean")})
    assert made.as_mapping() == allocate_multivariate(SIZES, {"told": CVTarget(0.05, SPREAD, SHARES)}).as_mapping()
    assert isinstance(made.to_frame(), pl.DataFrame)
    assert isinstance(made.precision(), pl.DataFrame)
    assert repr(made).startswith(f"Allocation (multivariate): {made.total:,} of 105,800 units")
    assert "variable" in repr(made)
    assert made._repr_html_().count("<table>") == 2


def test_targets_out_of_reach_are_named() -> None:
    targets = {"told": CVTarget(0.05, SPREAD, SHARES), "seen": CVTarget(0.02, SPREAD, SHARES)}
    with pytest.raises(DesignError, match="The target of 'seen' is not reached with the most units"):
        allocate_multivariate(SIZES, targets, maximum=1500)
    for cv in (0, -0.1, float("nan"), "5%", {}):
        with pytest.raises(InputError, match="cv= is a number above 0"):
            CVTarget(cv, SPREAD, SHARES)  # type: ignore[arg-type]


BAD: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "no targets": ({}, {}, InputError, "mapping of variables to CVTarget"),
    "a number for a target": ({"told": 0.05}, {}, InputError, "mapping of variables to CVTarget"),
    "a stratum missing": ({"told": CVTarget(0.1, {"a": 1}, SHARES)}, {}, InputError, "deviations= of 'told' has nothing for 4 of the 5"),
    "a domain missing": (
        {"told": CVTarget(0.1, SPREAD, SHARES, domains={"a": 1})},
        {},
        InputError,
        "domains= of 'told' has nothing for 4 of the 5",
    ),
    "a domain without a target": (
        {"told": CVTarget({1: 0.1}, SPREAD, SHARES, domains=dict.fromkeys(SIZES, 2))},
        {},
        InputError,
        "no number for one of the domains",
    ),
    "no domain": (
        {"told": CVTarget(0.1, SPREAD, SHARES, domains={**dict.fromkeys(SIZES, 2), "a": None})},
        {},
        InputError,
        "strata without a domain",
    ),
    "nothing varies": ({"told": CVTarget(0.1, 0, SHARES)}, {}, DesignError, "'told' are 0 in every stratum"),
    "a mean of nought": ({"told": CVTarget(0.1, SPREAD, 0)}, {}, InputError, "mean of 'told' is 0"),
    "a negative deviation": ({"told": CVTarget(0.1, {**SPREAD, "a": -1}, SHARES)}, {}, InputError, "not 0 or more"),
    "a free unit": ({"told": CVTarget(0.1, SPREAD, SHARES)}, {"costs": 0}, InputError, "not above 0"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used(case: str) -> None:
    targets, how, kind, words = BAD[case]
    with pytest.raises(kind, match=words):
        allocate_multivariate(SIZES, targets, **how)
    with pytest.raises(InputError, match="needs domains="):
        CVTarget({1: 0.1}, SPREAD, SHARES)
