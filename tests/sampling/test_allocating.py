"""Allocations for one purpose: closed forms, the best whole numbers, and what stays true whatever is asked."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.errors import DesignError, InputError, UnknownColumn
from evidencekit.sampling import Allocation, Budget, Precision, allocate

SIZES = {"a": 12000, "b": 30500, "c": 8200, "d": 4100, "e": 51000}
DEVIATIONS = {"a": 0.218, "b": 0.3, "c": 0.458, "d": 0.49, "e": 0.15}
COSTS = {"a": 20, "b": 25, "c": 60, "d": 90, "e": 15}
TOTALS = {"a": 600, "b": 3050, "c": 2460, "d": 1640, "e": 1173}
N, S, C, Y = (np.array(list(m.values()), dtype=float) for m in (SIZES, DEVIATIONS, COSTS, TOTALS))
METHODS: dict[str, dict[str, Any]] = {
    "proportional": {},
    "equal": {},
    "neyman": {},
    "cost": {},
    "power": {"totals": TOTALS, "compromise": 0.25},
    "kish": {"compromise": 4},
}


def shared(method: Any, n: Any = 1200, **how: Any) -> Allocation:
    return allocate(SIZES, n, method=method, deviations=DEVIATIONS, costs=COSTS, **{**METHODS[method], **how})


def close(got: Any, want: Any) -> None:
    np.testing.assert_allclose(got, want, rtol=1e-12)


@pytest.mark.parametrize(
    ("method", "scores"),
    [
        ("proportional", N),
        ("equal", np.ones(5)),
        ("neyman", N * S),
        ("cost", N * S / np.sqrt(C)),
        ("power", Y**0.25 * S / (Y / N)),
        ("kish", np.sqrt(4 * (N / N.sum()) ** 2 + 1 / 25)),
    ],
)
def test_closed_forms(method: str, scores: Any) -> None:
    made = shared(method)
    close(made.exact, 1200 * scores / scores.sum())
    assert made.total == 1200
    assert np.abs(made.n - made.exact).max() <= 1
    money = shared(method, Budget(40_000))
    close(money.exact, 40_000 * scores / (C @ scores))
    assert money.cost is not None
    assert 40_000 - C.max() < money.cost <= 40_000
    spread = N * S
    precise = shared(method, Precision(standard_error=0.005))
    want = (spread**2 / scores).sum() / ((0.005 * N.sum()) ** 2 + (N * S**2).sum())
    close(precise.exact, scores * want)
    assert precise.standard_error is not None
    assert precise.standard_error <= 0.005


def test_cv_is_the_standard_error_over_the_mean() -> None:
    made = shared("cost", Precision(cv=0.05), totals=TOTALS)
    same = shared("cost", Precision(standard_error=0.05 * Y.sum() / N.sum()))
    close(made.exact, same.exact)
    assert made.cv is not None
    assert made.cv <= 0.05
    assert same.cv is None


def test_what_a_stratum_cannot_take_goes_to_the_others() -> None:
    made = allocate({"a": 10, "b": 200, "c": 3000}, 150, method="neyman", deviations={"a": 900, "b": 40, "c": 2})
    close(made.exact, [10, 80, 60])
    assert made.as_mapping() == {"a": 10, "b": 80, "c": 60}
    raw = allocate({"a": 1000, "b": 20000, "c": 300_000}, 150, method="neyman", deviations={"a": 900, "b": 40, "c": 2})
    close(raw.exact, [58.69565217391305, 52.173913043478265, 39.130434782608695])
    small = allocate({"a": 1, "b": 30, "c": 900}, 40, minimum=3)
    assert small.as_mapping() == {"a": 1, "b": 3, "c": 36}
    assert allocate({"a": 1, "b": 30}, 31, method="equal").as_mapping() == {"a": 1, "b": 30}
    rest = allocate({"a": 10, "b": 30, "c": 50}, 70, method="neyman", deviations={"a": 1.0, "b": 0, "c": 0})
    assert rest.total == 70
    assert rest.n[0] == 10


def variance(n: Any, sizes: Any, spread: Any) -> float:
    return float((np.asarray(sizes) ** 2 * np.asarray(spread) ** 2 * (1 / np.asarray(n) - 1 / np.asarray(sizes))).sum())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(2, 9), st.sampled_from([0.1, 0.5, 1.0, 1.7, 9.0])), min_size=2, max_size=4), st.data())
def test_whole_neyman_numbers_are_the_best_there_are(strata: list[tuple[int, float]], data: Any) -> None:
    sizes, spread = zip(*strata, strict=True)
    n = data.draw(st.integers(len(sizes), sum(sizes)))
    made = allocate(dict(enumerate(sizes)), n, method="neyman", deviations=dict(enumerate(spread)), minimum=1)
    every = (k for k in itertools.product(*(range(1, size + 1) for size in sizes)) if sum(k) == n)
    best = min(variance(k, sizes, spread) for k in every)
    assert made.total == n
    assert variance(made.n, sizes, spread) <= best * (1 + 1e-12) + 1e-12


STRATA = st.lists(st.tuples(st.integers(1, 5000), st.floats(0.01, 100), st.floats(0.5, 90), st.floats(0.1, 1e5)), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(STRATA, st.sampled_from(list(METHODS)), st.integers(0, 3), st.floats(0, 1), st.randoms(use_true_random=False))
def test_what_always_holds(strata: list[Any], method: Any, minimum: int, share: float, shuffle: Any) -> None:
    labels = [f"s{i}" for i in range(len(strata))]
    sizes, spread, costs, totals = ({k: row[j] for k, row in zip(labels, strata, strict=True)} for j in range(4))
    least = sum(min(minimum, size) for size in sizes.values())
    n = max(1, least + round(share * (sum(sizes.values()) - least)))
    how: dict[str, Any] = {"deviations": spread, "costs": costs, "totals": totals, "minimum": minimum, "method": method}
    made = allocate(sizes, n, **how)
    size = np.array(list(sizes.values()))
    assert made.total == n
    close(made.exact.sum(), n)
    for numbers in (made.n, made.exact):
        assert (numbers >= np.minimum(minimum, size)).all()
        assert (numbers <= size).all()
    mixed = list(labels)
    shuffle.shuffle(mixed)
    other = allocate({k: sizes[k] for k in mixed}, n, **how)
    assert other.as_mapping() == made.as_mapping()
    if minimum and method != "neyman":
        best = allocate(sizes, n, **{**how, "method": "neyman"})
        values = np.array(list(spread.values()))
        assert variance(best.n, size, values) <= variance(made.n, size, values) * (1 + 1e-9) + 1e-9
        assert variance(best.exact, size, values) <= variance(made.exact, size, values) * (1 + 1e-9) + 1e-9


@settings(max_examples=100, deadline=None)
@given(STRATA, st.sampled_from(list(METHODS)), st.floats(0.001, 0.5), st.floats(0.01, 1.2))
def test_targets_are_reached(strata: list[Any], method: Any, cv: float, share: float) -> None:
    sizes, spread, costs, totals = (dict(enumerate(row[j] for row in strata)) for j in range(4))
    how: dict[str, Any] = {"deviations": spread, "costs": costs, "totals": totals, "method": method}
    made = allocate(sizes, Precision(cv=cv), **how)
    assert made.cv is not None
    assert made.cv <= cv * (1 + 1e-9)
    size, price = made.sizes, np.array(list(costs.values()))
    if (made.exact > np.minimum(2, size)).any():
        squares = (size * np.array(list(spread.values()))) ** 2
        close((squares / made.exact).sum(), (cv * sum(totals.values())) ** 2 + (squares / size).sum())
    least, most = price @ np.minimum(2, size), price @ size
    amount = least + share * (most - least) + 1e-6
    paid = allocate(sizes, Budget(amount), **how)
    assert paid.cost is not None
    assert paid.cost <= amount * (1 + 1e-9)
    close(price @ paid.exact, min(amount, most))


def test_strata_that_do_not_vary_and_deviations_of_any_scale() -> None:
    how: dict[str, Any] = {"method": "neyman", "minimum": 0}
    made = allocate({"a": 100, "b": 200}, Precision(standard_error=0.1), deviations={"a": 0, "b": 1}, **how)
    assert made.exact[0] == 0
    assert made.n[0] == 0
    for scale in (1e-300, 1.0, 1e200):
        made = allocate(SIZES, 1200, method="neyman", deviations={k: scale * v for k, v in DEVIATIONS.items()})
        assert made.as_mapping() == shared("neyman").as_mapping()
        assert made.standard_error is not None
        close(made.standard_error / scale, shared("neyman").standard_error)


def test_frames_and_labels_of_every_kind() -> None:
    frame = pd.DataFrame({"stratum": list(SIZES), "size": list(SIZES.values()), "sd": S, "price": C, "y": Y})
    want = shared("cost", totals=TOTALS)
    for kind, given_ in ((pd.DataFrame, frame), (pl.DataFrame, pl.from_pandas(frame))):
        made = allocate(given_, 1200, method="cost", deviations="sd", costs="price", totals="y")
        assert made.as_mapping() == want.as_mapping()
        assert isinstance(made.to_frame(), kind)
        assert list(made.to_frame().columns) == ["stratum", "size", "n", "n_exact", "fraction", "deviation", "cost"]
    series = allocate(pd.Series(SIZES), 1200, method="neyman", deviations=pd.Series(DEVIATIONS))
    assert series.as_mapping() == shared("neyman").as_mapping()
    assert allocate({("north", 1): 50, ("north", 2): 150}, 20).as_mapping() == {("north", 1): 5, ("north", 2): 15}
    assert allocate({"a": 50, "b": 150}, 20, minimum={"a": 9, "b": 2}).as_mapping() == {"a": 9, "b": 11}


def test_printed() -> None:
    made = shared("cost")
    assert repr(made).startswith("Allocation (cost): 1,200 of 105,800 units in 5 strata; cost ")
    assert "<caption>Allocation (cost)" in made._repr_html_()
    assert made.rounding.startswith("rounded down, then up")
    empty = allocate({"a": 10, "b": 10}, 1, minimum=0, deviations=1)
    assert empty.standard_error is not None
    assert np.isnan(empty.standard_error)


BAD: dict[str, tuple[Any, Any, dict[str, Any], type[Exception], str]] = {
    "a stratum missing": (SIZES, 1200, {"method": "neyman", "deviations": {"a": 1}}, InputError, "nothing for 4 of the 5 strata"),
    "a stratum too many": (SIZES, 1200, {"deviations": {**DEVIATIONS, "z": 1}}, InputError, "1 of its 6 strata is not in sizes="),
    "negative": (SIZES, 1200, {"deviations": {**DEVIATIONS, "a": -1}}, InputError, "1 of 5 values are not 0 or more"),
    "nan": (SIZES, 1200, {"costs": {**COSTS, "a": float("nan")}}, InputError, "1 of 5 values are missing or infinite"),
    "text": (SIZES, 1200, {"costs": {**COSTS, "a": "20"}}, InputError, "1 of 5 values are not numbers"),
    "a free unit": (SIZES, 1200, {"costs": 0}, InputError, "not above 0"),
    "a list": (SIZES, 1200, {"costs": [1, 2]}, InputError, "not a list"),
    "a column without a frame": (SIZES, 1200, {"costs": "price"}, InputError, "sizes= is no frame"),
    "no size": ({"a": 0, "b": 3}, 2, {}, InputError, "not above 0"),
    "half a unit": ({"a": 2.5, "b": 3}, 2, {}, InputError, "whole numbers"),
    "size as text": ({"a": "12", "b": 3}, 2, {}, InputError, "not numbers"),
    "a list of sizes": ([12000, 4100], 1200, {}, InputError, "not a list"),
    "nothing": ({}, 2, {}, InputError, "no strata"),
    "no label": ({None: 4, "b": 3}, 4, {}, InputError, "without a label"),
    "twice": (pd.Series([1, 2], index=["a", "a"]), 2, {}, InputError, "repeat a stratum"),
    "more than there are": (SIZES, 200_000, {}, DesignError, "more than the 105,800"),
    "less than the minimum": (SIZES, 20, {"minimum": 5}, DesignError, "minimum in 5 strata, which is 25"),
    "half a minimum": (SIZES, 20, {"minimum": 1.5}, InputError, "whole number"),
    "n is text": (SIZES, "many", {}, InputError, "whole number of units"),
    "n is none": (SIZES, 0, {}, InputError, "whole number of units"),
    "nothing varies": (SIZES, 1200, {"method": "neyman", "deviations": 0}, DesignError, "nothing varies"),
    "nothing to be precise about": (SIZES, Precision(standard_error=1), {"deviations": 0}, DesignError, "every precision"),
    "no deviations": (SIZES, 1200, {"method": "neyman"}, InputError, "needs deviations="),
    "no costs": (SIZES, Budget(10), {}, InputError, "needs costs="),
    "a small budget": (SIZES, Budget(10), {"costs": COSTS}, DesignError, "pays for less than the minimum"),
    "no precision without deviations": (SIZES, Precision(cv=0.1), {}, InputError, "needs deviations="),
    "no cv without totals": (SIZES, Precision(cv=0.1), {"deviations": 1}, InputError, "needs totals="),
    "a total of nought": (SIZES, 1200, {"method": "power", "deviations": 1, "totals": 0}, InputError, "not above 0"),
    "a stray compromise": (SIZES, 1200, {"compromise": 1}, InputError, "belongs to"),
    "a negative compromise": (SIZES, 1200, {"method": "kish", "compromise": -1}, InputError, "0 or more"),
    "a stray importance": (SIZES, 1200, {"importance": 1}, InputError, "belongs to"),
    "an unknown method": (SIZES, 1200, {"method": "nayman"}, InputError, "Did you mean 'neyman'"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used(case: str) -> None:
    sizes, n, how, kind, words = BAD[case]
    with pytest.raises(kind, match=words):
        allocate(sizes, n, **how)


def test_targets_and_columns_that_cannot_be_used() -> None:
    for amount in (0, -1, float("inf"), "40", True):
        with pytest.raises(InputError, match="above 0"):
            Budget(amount)  # type: ignore[arg-type]
    for how in ({}, {"cv": 0.1, "standard_error": 0.1}, {"cv": 0}, {"standard_error": "x"}):
        with pytest.raises(InputError, match="one of cv= and standard_error="):
            Precision(**how)  # type: ignore[arg-type]
    frame = pd.DataFrame({"stratum": ["a"], "size": [10], "word": ["ten"]})
    with pytest.raises(UnknownColumn):
        allocate(frame.drop(columns="size"), 5)
    with pytest.raises(UnknownColumn):
        allocate(frame, 5, costs="prize")
    with pytest.raises(InputError, match="'word' are not numbers"):
        allocate(frame, 5, costs="word")
