"""Perturbation by cell keys: the same cell has the same value everywhere, zeros stay, and nothing is biased."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize

from evidencekit.disclosure.noise import (
    PerturbationTable,
    cell_keys,
    margin_keys,
    perturb,
    perturbation_table,
    record_keys,
)
from evidencekit.disclosure.tables import cube
from evidencekit.errors import InputError

SECRET = b"a secret of tests, never of a release"
TABLE = perturbation_table()


def people(n: int, seed: int = 1) -> np.ndarray[Any, Any]:
    """Levels (n, 3) of invented people: 4 areas, 2 sexes, 3 answers."""
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.integers(0, 4, n), rng.integers(0, 2, n), rng.choice(3, n, p=[0.8, 0.15, 0.05])])


def tabulated(levels: np.ndarray[Any, Any], dims: tuple[int, ...], keys: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Counts and keys of a table with its margins."""
    shape = tuple((4, 2, 3)[d] for d in dims)
    cells = np.ravel_multi_index(tuple(levels[:, d] for d in dims), shape)
    counts = np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)
    system = cube(counts)
    return system.values[system.tables[0]], margin_keys(cell_keys(keys, cells=cells, shape=shape))


def test_the_same_cell_has_the_same_value_in_every_table() -> None:
    levels = people(700)
    keys = record_keys(np.arange(700), secret=SECRET)
    shown: dict[tuple[Any, ...], set[int]] = {}
    for dims in itertools.chain(itertools.permutations(range(3), 2), itertools.permutations(range(3), 3), ((0,), (1,), (2,))):
        counts, cells = tabulated(levels, dims, keys)
        made = perturb(counts, keys=cells, table=TABLE).counts
        for at, value in np.ndenumerate(made):
            name = tuple(sorted((d, i) for d, i in zip(dims, at, strict=True) if i))
            shown.setdefault(name, set()).add(int(value))
    assert len(shown) == 5 * 3 * 4
    assert all(len(values) == 1 for values in shown.values())


def test_the_order_of_records_and_the_kind_of_identifiers_do_not_matter() -> None:
    levels = people(300)
    ids = [f"child {i}" for i in range(300)]
    order = np.random.default_rng(2).permutation(300)
    one = tabulated(levels, (0, 2), record_keys(ids, secret=SECRET))[1]
    two = tabulated(levels[order], (0, 2), record_keys([ids[i] for i in order], secret=SECRET))[1]
    assert np.array_equal(one, two)
    assert np.array_equal(record_keys(["7", "8"], secret=SECRET), record_keys(np.array([7, 8]), secret=SECRET))
    assert not np.array_equal(record_keys(["7"], secret=SECRET), record_keys(["7"], secret=SECRET + b"."))


def test_changes_have_the_chances_of_the_table() -> None:
    """Over many secrets, a cell of 1, of 2 and of 40 is changed as often as the table says; the mean is 0."""
    n = 4000
    for count in (1, 2, 40):
        keys = record_keys(np.arange(n * count), secret=SECRET)
        cells = cell_keys(keys, cells=np.repeat(np.arange(n), count), shape=(n,))
        changes = perturb(np.full(n, count), keys=cells, table=TABLE).counts - count
        p = TABLE.chances[min(count, len(TABLE.chances) - 1)]
        seen = np.bincount(changes + 5, minlength=11)
        assert seen[p == 0].sum() == 0
        assert stats.chisquare(seen[p > 0], n * p[p > 0] / p[p > 0].sum()).pvalue > 1e-3
        assert abs(changes.mean()) < 4 * np.sqrt(p @ TABLE.changes**2 / n)


@settings(max_examples=40)
@given(
    st.integers(1, 10),
    st.floats(0.2, 6),
    st.integers(0, 4),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 2**64 - 1)), min_size=1, max_size=30),
)
def test_whatever_the_table_zeros_stay_and_nothing_small_appears(
    most: int, variance: float, least: int, cells: list[tuple[int, int]]
) -> None:
    if most <= least or variance >= most**2:
        return
    table = perturbation_table(max_change=most, variance=variance, none_up_to=least)
    counts = np.array([c for c, _ in cells])
    keys = np.array([k if c else 0 for c, k in cells], dtype=np.uint64)
    made = perturb(counts, keys=keys, table=table).counts
    assert np.array_equal(made[counts == 0], counts[counts == 0])
    assert np.abs(made - counts).max() <= most
    assert not ((made > 0) & (made <= least)).any()
    assert made.min() >= 0
    assert np.abs(table.chances @ table.changes).max() < 1e-9


def test_rows_are_those_of_the_r_package_ptable() -> None:
    """Its introduction (version 1.0.0) prints for D = 2, V = 1: a count of 2 stays with 0.383 and goes to 0 or 4 with 0.0638."""
    row = perturbation_table(max_change=2, variance=1).chances[2]
    assert row[[0, 2, 4]] == pytest.approx([0.0638, 0.383, 0.0638], abs=5e-5)


@pytest.mark.parametrize(("count", "least"), [(1, 0), (2, 0), (5, 0), (1, 2), (3, 2), (7, 2)])
def test_no_table_has_a_larger_entropy(count: int, least: int) -> None:
    """Against a general solver that knows nothing of exponential families."""
    table = perturbation_table(max_change=5, variance=3, none_up_to=least)
    p = table.chances[min(count, len(table.chances) - 1)]
    v = table.changes[p > 0].astype(float)
    q = p[p > 0]

    def entropy(x: Any) -> float:
        return float(np.sum(x * np.log(np.maximum(x, 1e-300))))

    found = minimize(
        entropy,
        np.full(len(v), 1 / len(v)),
        method="SLSQP",
        bounds=[(1e-12, 1)] * len(v),
        constraints=[
            {"type": "eq", "fun": lambda x: x.sum() - 1},
            {"type": "eq", "fun": lambda x: x @ v},
            {"type": "ineq", "fun": lambda x: 3 - x @ v**2},
        ],
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert entropy(q) == pytest.approx(found.fun, abs=1e-6)
    assert q == pytest.approx(found.x, abs=1e-3)


def test_the_least_variance_where_less_was_asked_for() -> None:
    """A 1 that may become 0 or 3 only: -1 with two thirds, +2 with one third."""
    table = perturbation_table(max_change=3, variance=0.5, none_up_to=2)
    assert table.chances[1] == pytest.approx([0, 0, 2 / 3, 0, 0, 1 / 3, 0])
    assert table.variances[1] == pytest.approx(2)


def test_counts_and_keys_are_not_in_what_is_printed() -> None:
    keys = record_keys(np.arange(4321), secret=SECRET)
    cells = cell_keys(keys, cells=np.zeros(4321, dtype=int), shape=(1,))
    made = perturb([4321], keys=cells, table=TABLE)
    text = repr(made) + made._repr_html_() + repr(TABLE)
    assert "4321" not in text
    assert str(int(cells[0])) not in text


def key_of(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, dtype=np.uint64)


BAD: dict[str, tuple[Any, str]] = {
    "negative": (lambda: perturb([-4], keys=key_of(1), table=TABLE), "negative, at position 0"),
    "missing": (lambda: perturb([np.nan], keys=key_of(1), table=TABLE), "missing or not finite"),
    "not whole": (lambda: perturb([1.5], keys=key_of(1), table=TABLE), "not whole"),
    "keys of another shape": (lambda: perturb([1, 2], keys=key_of(1), table=TABLE), "one uint64 for each count"),
    "keys as floats": (lambda: perturb([1], keys=np.array([0.5]), table=TABLE), "one uint64 for each count"),
    "a key without records": (lambda: perturb([0], keys=key_of(5), table=TABLE), "cell without records has a key"),
    "no table": (lambda: perturb([1], keys=key_of(5), table=3), "table= is a PerturbationTable"),  # type: ignore[arg-type]
    "a short secret": (lambda: record_keys(["a"], secret=b"hunter2"), "at least 16 of them"),
    "a secret as text": (lambda: record_keys(["a"], secret="x" * 40), "secret= is bytes"),  # type: ignore[arg-type]
    "doubled identifiers": (lambda: record_keys(["mia", "mia"], secret=SECRET), "stands for more than one record"),
    "missing identifiers": (lambda: record_keys(["mia", None], secret=SECRET), "none missing"),
    "one text": (lambda: record_keys("mia", secret=SECRET), "not a list"),
    "a cell outside": (lambda: cell_keys(key_of(1), cells=[3], shape=(3,)), "positions outside the table"),
    "other lengths": (lambda: cell_keys(key_of(1, 2), cells=[0], shape=(3,)), "one whole number for each key"),
    "a shape of 0": (lambda: cell_keys(key_of(1), cells=[0], shape=(0,)), "numbers of levels"),
    "keys of no cells": (lambda: margin_keys(np.zeros(3)), "not those of cells"),
    "no change": (lambda: perturbation_table(max_change=0), "max_change= is a whole number"),
    "no variance": (lambda: perturbation_table(variance=0), "variance= is a number above 0"),
    "a missing variance": (lambda: perturbation_table(variance=float("nan")), "variance= is a number above 0"),
    "too much variance": (lambda: perturbation_table(max_change=2, variance=4), "below the square"),
    "too high a least count": (lambda: perturbation_table(max_change=2, variance=1, none_up_to=2), "not above none_up_to"),
    "a biased table": (lambda: table_of([[0, 1, 0], [0.5, 0.5, 0]]), "do not have mean 0"),
    "a table that changes zeros": (lambda: table_of([[0.25, 0.5, 0.25]]), "0 would be changed"),
    "a table that leads below 0": (lambda: table_of([[0, 1, 0], [0.25, 0.5, 0.25], [0.25, 0.5, 0.25]], least=1), "may not be shown"),
}


def table_of(chances: Any, least: int = 0) -> PerturbationTable:
    return PerturbationTable(chances=np.array(chances, dtype=float), max_change=1, variance=1, none_up_to=least)


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(case: str) -> None:
    work, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        work()
    assert "mia" not in str(told.value)
    assert "hunter2" not in str(told.value)
