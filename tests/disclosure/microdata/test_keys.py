"""Frequencies of key variables, with and without missing ones."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.disclosure.microdata import matching

frequencies = ek.disclosure.microdata.frequencies
KEYS = ["a", "b", "c"]
ROW = st.tuples(*(st.sampled_from([None, 1.0, 2.0, 3.0]) for _ in KEYS), st.integers(1, 90))
TABLES = st.lists(ROW, min_size=1, max_size=25).map(lambda rows: pd.DataFrame(rows, columns=[*KEYS, "w"], dtype="float64"))
ANSWERED = TABLES.filter(lambda t: bool(t[KEYS].notna().any().any()))


def slowly(table: pd.DataFrame, keys: list[str], alpha: float) -> tuple[list[float], list[float]]:
    """Every pair of rows looked at, by the rule in the docstring."""
    rows, weights = table[keys].to_numpy(), table["w"].to_numpy() * 3 + 2
    f, big_f = np.zeros(len(rows)), np.zeros(len(rows))
    for i, row in enumerate(rows):
        for j, other in enumerate(rows):
            lacks, lacks_too = np.isnan(row), np.isnan(other)
            both = ~(lacks | lacks_too)
            if (row[both] == other[both]).all():
                full = not lacks_too.any() or (lacks == lacks_too).all() or lacks.all()
                f[i] += 1 if full else alpha
                big_f[i] += weights[j] if full else alpha * weights[j]
    return f.tolist(), big_f.tolist()


@given(ANSWERED, st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.sampled_from([["a"], ["a", "b"], KEYS]))
def test_frequencies_are_those_of_every_pair(table: pd.DataFrame, alpha: float, keys: list[str]) -> None:
    if table[keys].isna().all().all():
        return
    table = table.assign(v=table["w"] * 3 + 2)
    found = frequencies(table, keys=keys, weights="v", alpha=alpha)
    f, big_f = slowly(table, keys, alpha)
    assert found.sample.tolist() == f
    np.testing.assert_allclose(found.population, big_f, rtol=1e-13)


@settings(max_examples=50)
@given(ANSWERED)
def test_both_ways_of_comparing_incomplete_keys_agree(table: pd.DataFrame) -> None:
    """Which one is taken depends on the number of kinds; small tables are compared pair by pair, large ones kind by kind."""
    rows = table.drop_duplicates(KEYS)
    patterns = rows[KEYS].fillna(-1).to_numpy().astype(np.intp)
    totals = rows[["w"]].to_numpy().T
    one = matching.matched(patterns, [4, 4, 4], totals, 0.5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "_PAIRS", 0)
        other = matching.matched(patterns, [4, 4, 4], totals, 0.5)
    np.testing.assert_allclose(one, other, rtol=1e-13)


@settings(max_examples=30)
@given(ANSWERED, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_the_names_of_levels_matter(table: pd.DataFrame, random: Any) -> None:
    table = table.assign(w=table["w"] + 2)
    order = list(range(len(table)))
    random.shuffle(order)
    one = frequencies(table, keys=KEYS, weights="w", alpha=0.5)
    other = frequencies(table.iloc[order], keys=KEYS[::-1], weights="w", alpha=0.5)
    assert one.sample[order].tolist() == other.sample.tolist()
    np.testing.assert_allclose(one.population[order], other.population, rtol=1e-13)
    words = {1.0: "z", 2.0: "y", 3.0: "x"}
    renamed = table.assign(**{k: table[k].map(words) for k in KEYS})
    assert frequencies(renamed, keys=KEYS, weights="w", alpha=0.5).sample.tolist() == one.sample.tolist()


@settings(max_examples=40)
@given(ANSWERED, st.sampled_from([0.0, 0.3, 1.0]))
def test_weights_of_at_least_one_leave_no_fewer_people_than_rows(table: pd.DataFrame, alpha: float) -> None:
    found = frequencies(table.assign(w=table["w"] + 1), keys=KEYS, weights="w", alpha=alpha)
    assert (found.population >= found.sample).all()


def test_missing_is_what_the_dataset_says_it_is() -> None:
    frame = pd.DataFrame({"age": [12, 12, 99, 13], "sex": ["f", "f", "f", "m"]})
    data = ek.Dataset(frame, missing={"age": {99: ek.Missing.REFUSED}})
    assert frequencies(frame, keys=["age", "sex"]).sample.tolist() == [2, 2, 1, 1]
    assert frequencies(data, keys=["age", "sex"]).sample.tolist() == [3, 3, 3, 1]
    assert frequencies(data, keys=["age", "sex"], alpha=0).sample.tolist() == [2, 2, 3, 1]


@pytest.mark.parametrize("kind", [pl.from_pandas, lambda t: pa.Table.from_pandas(t, preserve_index=False)])
def test_every_kind_of_frame_gives_the_same(kind: Any) -> None:
    table = pd.DataFrame({"a": ["x", "x", None, "y"], "b": [1, 1, 1, 2], "w": [9.0, 8.0, 7.0, 6.0]})
    one, other = (frequencies(t, keys=["a", "b"], weights="w", alpha=0.5) for t in (table, kind(table)))
    assert one.sample.tolist() == other.sample.tolist() == [2.5, 2.5, 3, 1]
    assert one.population.tolist() == other.population.tolist()


def test_many_keys_of_many_values_do_not_overflow() -> None:
    rng = np.random.default_rng(3)
    table = pd.DataFrame({f"k{j}": rng.integers(0, 1000, 400) for j in range(12)})
    twice = pd.concat([table, table])
    found = frequencies(twice, keys=list(table))
    assert found.combinations == 400
    assert (found.sample == 2).all()


def test_a_row_without_any_key_matches_everybody_and_counts_for_them() -> None:
    table = pd.DataFrame({"a": [1, 1, 2, None], "b": [1, 1, None, None]})
    assert frequencies(table, keys=["a", "b"], alpha=0.5).sample.tolist() == [2.5, 2.5, 1.5, 4]
    assert frequencies(table, keys=["a"], alpha=0.5).sample.tolist() == [2.5, 2.5, 1.5, 4]


def test_nothing_of_the_caller_changes() -> None:
    table = pd.DataFrame({"a": [1.0, np.nan, 2.0], "w": [3.0, 4.0, 5.0]})
    before = table.copy(deep=True)
    frequencies(table, keys=["a"], weights="w")
    pd.testing.assert_frame_equal(table, before)


TABLE = pd.DataFrame({"a": [1, 2, 2], "b": ["x", "y", "y"], "void": [None, None, None], "w": [5.0, 6.0, 7.0]})


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"keys": []}, "keys= names no column"),
        ({"keys": ["a", "a"]}, "twice"),
        ({"keys": {"a"}}, "in a list"),
        ({"keys": ["a", 3]}, "takes a column name"),
        ({"keys": ["void"]}, "No row has an answer"),
        ({"keys": ["a"], "alpha": 1.5}, "alpha= is a number from 0 to 1"),
        ({"keys": ["a"], "alpha": float("nan")}, "alpha= is a number from 0 to 1"),
        ({"keys": ["a"], "alpha": True}, "alpha= is a number from 0 to 1"),
        ({"keys": ["a"], "weights": "b"}, "does not hold numbers"),
        ({"keys": ["nowhere"]}, "not a column"),
        ({"keys": ["a"], "weights": "nowhere"}, "not a column"),
    ],
)
def test_bad_input(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ek.errors.InputError, match=problem):
        frequencies(TABLE, **options)


@pytest.mark.parametrize(
    ("weights", "error", "problem"),
    [
        ([5.0, None, 7.0], ek.errors.DesignError, "1 missing"),
        ([5.0, -1.0, 7.0], ek.errors.DesignError, "1 negative"),
        ([0.0, 0.0, 0.0], ek.errors.DesignError, "no value above zero"),
        ([0.5, 1.5, 1.0], ek.errors.InputError, "add up to the number of interviews"),
        ([1e6, 9e5, 1.1e6], ek.errors.InputError, "average a million"),
        ([5.0, float("inf"), 7.0], ek.errors.InputError, "infinite"),
    ],
)
def test_weights_that_stand_for_no_people_are_refused(weights: list[float], error: type[Exception], problem: str) -> None:
    with pytest.raises(error, match=problem):
        frequencies(TABLE.assign(w=weights), keys=["a"], weights="w")


def test_a_census_may_have_weights_of_one() -> None:
    found = frequencies(TABLE.assign(w=1.0), keys=["a"], weights="w")
    assert found.population.tolist() == found.sample.tolist() == [1, 2, 2]


@pytest.mark.parametrize("weights", [None, "w"])
def test_data_without_rows_are_refused(weights: str | None) -> None:
    with pytest.raises(ek.errors.InputError, match="no rows"):
        frequencies(TABLE.iloc[:0], keys=["a"], weights=weights)


def test_lazy_data_are_refused() -> None:
    with pytest.raises(ek.errors.InputError, match="lazy"):
        frequencies(pl.DataFrame({"a": [1]}).lazy(), keys=["a"])


def test_the_repr_counts_and_the_pickle_is_refused() -> None:
    found = frequencies(TABLE, keys=["a"])
    assert repr(found) == "KeyFrequencies(3 rows, 2 combinations, 1 alone)"
    with pytest.raises(ek.errors.InputError, match="not pickled"):
        pickle.dumps(found)
