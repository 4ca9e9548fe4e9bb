"""What can be said of whole numbers, against every solution there is."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.disclosure.ledger.systems import CountSystem, Row

SIZE, MOST = 4, 4
EVERY = np.array(list(product(range(MOST + 1), repeat=SIZE)))


@st.composite
def systems(draw: st.DrawFn) -> tuple[list[Row], np.ndarray]:
    truth = np.array(draw(st.lists(st.integers(0, MOST), min_size=SIZE, max_size=SIZE)))
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        at = np.array(sorted(draw(st.sets(st.integers(0, SIZE - 1), min_size=1))), dtype=np.intp)
        coefficients = np.array(draw(st.lists(st.integers(-3, 5), min_size=len(at), max_size=len(at))), dtype=np.int64)
        value = int(coefficients @ truth[at])
        low = draw(st.one_of(st.none(), st.integers(value - 2, value)))
        high = draw(st.one_of(st.none(), st.integers(value, value + 2)))
        rows.append(Row(at, coefficients, low, high))
    return rows, truth


def solutions(rows: list[Row]) -> np.ndarray:
    keep = np.ones(len(EVERY), dtype=bool)
    for row in rows:
        sums = EVERY[:, row.at] @ row.coefficients
        keep &= (row.low is None or sums >= row.low) & (row.high is None or sums <= row.high)
    return EVERY[keep]


@given(systems(), st.sets(st.integers(0, SIZE - 1), min_size=1))
@settings(max_examples=40, deadline=None)
def test_intervals_are_those_of_every_solution(made: tuple[list[Row], np.ndarray], target: set[int]) -> None:
    rows, _ = made
    system = CountSystem(SIZE, rows, np.full(SIZE, MOST))
    at = np.array(sorted(target), dtype=np.intp)
    sums = solutions(rows)[:, at].sum(axis=1)
    assert system.interval(at) == (sums.min(), sums.max())
    for most in (False, True):
        end = system.extreme(at, most=most)
        assert end.proven
        assert end.witness is not None
        assert system.fits(end.witness)
        relaxed = system.used(at, most=most)[0]
        assert relaxed >= sums.max() if most else relaxed <= sums.min()


@given(systems(), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_a_contradiction_is_one(made: tuple[list[Row], np.ndarray], off: int) -> None:
    rows, truth = made
    at = np.arange(SIZE, dtype=np.intp)
    ones = np.ones(SIZE, dtype=np.int64)
    assert CountSystem(SIZE, rows, np.full(SIZE, MOST)).contradicts_itself() is False
    clash = [*rows, Row(at, ones, int(truth.sum()), int(truth.sum())), Row(at, ones, int(truth.sum()) + off, None)]
    assert CountSystem(SIZE, clash, np.full(SIZE, MOST)).contradicts_itself() is True


def test_without_rows_everything_is_open() -> None:
    system = CountSystem(2, [], np.array([7, 0]))
    assert system.interval(np.array([0, 1])) == (0, 7)
    assert system.contradicts_itself() is False


def test_only_whole_solutions_count() -> None:
    """2 x + 2 y = 3 has solutions, and none that are whole."""
    at = np.arange(2, dtype=np.intp)
    assert CountSystem(2, [Row(at, np.array([2, 2]), 3, 3)], np.array([9, 9])).contradicts_itself() is True
