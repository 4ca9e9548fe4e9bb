"""Rounded tables: unbiased, additive, near the truth, the same again, and audited as an intruder would."""

from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import OptimizeResult

from evidencekit.disclosure.tables import (
    CellSystem,
    Rounded,
    Table,
    audit_rounding,
    controlled_rounding,
    cube,
    linked,
    round_counts,
    rounding_error,
)
from evidencekit.disclosure.tables.controlled import _quality
from evidencekit.errors import EstimationError, InputError

TABLES = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.integers(1, 5 - n // 2), min_size=n, max_size=n).flatmap(
        lambda s: arrays(np.int64, tuple(s), elements=st.integers(0, 30))
    )
)
BASES = st.sampled_from([2, 3, 5, 10])


def unlucky(size: int) -> CellSystem:
    """No table of next multiples adds up: every face of the cube has two cells of half the base, and three faces meet pairwise."""
    counts = np.zeros((2, 2, 2))
    for at in ((0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 1)):
        counts[at] = size
    return cube(counts)


# ---------------------------------------------------------------------------------------------------- each count for itself
@pytest.mark.parametrize("base", [2, 3, 5, 10])
def test_random_rounding_is_unbiased(base: int) -> None:
    """4,000 counts of each remainder: the mean stays within four standard errors, and both neighbours occur as often as they should."""
    for rest in range(base):
        n = 4000
        values = round_counts(np.full(n, 3 * base + rest), base=base, how="random", seed=7).values
        p = rest / base
        assert set(values) <= {3 * base, 4 * base}
        assert abs((values == 4 * base).mean() - p) <= 4 * np.sqrt(p * (1 - p) / n)
        assert abs(values.mean() - 3 * base - rest) <= 4 * base * np.sqrt(p * (1 - p) / n)


@given(TABLES, BASES, st.integers(0, 2**70))
def test_each_rule_keeps_its_promise(counts: Any, base: int, seed: int) -> None:
    before = counts.copy()
    for made in (round_counts(counts, base=base), round_counts(counts, base=base, how="random", seed=seed)):
        assert np.array_equal(counts, before)
        assert np.all(made.values % base == 0)
        assert np.all(made.values >= 0)
        assert np.all(made.values[counts % base == 0] == counts[counts % base == 0])
        assert np.all(made.values - made.below <= counts)
        assert np.all(counts <= made.values + made.above)
        assert not made.additive
    again = round_counts(counts, base=base, how="random", seed=seed)
    assert again.values.tobytes() == round_counts(counts.astype(float), base=base, how="random", seed=seed).values.tobytes()


def test_nearest_goes_up_where_two_are_as_near() -> None:
    assert round_counts(np.arange(11), base=10).values.tolist() == [0] * 5 + [10] * 6
    assert round_counts(np.arange(11), base=5).values.tolist() == [0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10]


def test_a_seed_is_no_key_to_other_tables() -> None:
    one = round_counts(np.full(300, 2), base=5, how="random", seed=2**99).values
    two = round_counts(np.r_[np.full(299, 2), 3], base=5, how="random", seed=2**99).values
    assert 60 < (one != two).sum() < 240
    free = {round_counts(np.full(300, 2), base=5, how="random").values.tobytes() for _ in range(3)}
    assert len(free) == 3


# ---------------------------------------------------------------------------------------------------- all of them together
@settings(max_examples=40)
@given(TABLES, BASES)
def test_controlled_rounding_adds_up_near_the_truth(counts: Any, base: int) -> None:
    system = cube(counts)
    made = controlled_rounding(system, base=base)
    values, true = made.values, system.values
    assert np.all(system.relations @ values == 0)
    assert np.all(values % base == 0)
    assert np.all(values >= 0)
    assert np.all(np.abs(values - true) <= made.below)
    if made.below == base - 1:
        assert np.all(np.abs(values - true) < base)
        assert np.all(values[true % base == 0] == true[true % base == 0])
    else:
        assert counts.ndim > 2  # two-way tables always have one
    assert made.values.tobytes() == controlled_rounding(system, base=base).values.tobytes()


def test_the_total_error_is_the_smallest_possible() -> None:
    """Against all tables of next multiples of a small one."""
    counts = np.array([[3, 1, 7], [4, 12, 2]])
    system, base = cube(counts), 5
    best = np.inf
    for up in itertools.product((0, 1), repeat=6):
        inner = counts // base * base + base * np.reshape(up, counts.shape) * (counts % base > 0)
        values = cube(inner).values
        if np.all(np.abs(values - system.values) < base):
            best = min(best, np.abs(values - system.values).sum())
    made = controlled_rounding(system, base=base, gap=0)
    assert np.abs(made.values - system.values).sum() == best
    assert "the total error is the smallest possible" in repr(made)


def test_linked_tables_are_rounded_to_common_margins() -> None:
    rng = np.random.default_rng(3)
    people = rng.integers(0, 9, (4, 3, 3))
    system = linked([Table(people.sum(axis=2), ("area", "sex")), Table(people.sum(axis=0), ("sex", "answer"))])
    made = controlled_rounding(system, base=5)
    assert np.array_equal(made.shown, system.offered)
    assert not made.shown.all()
    first, second = (made.values[t] for t in system.tables)
    for table in (first, second):
        assert np.all(table[0, 1:] == table[1:, 1:].sum(axis=0))
        assert np.all(table[1:, 0] == table[1:, 1:].sum(axis=1))
    assert np.array_equal(first[0, 1:], second[1:, 0])
    assert np.all(np.abs(made.values - system.values)[made.shown] < 5)
    assert np.isnan(made.values[~made.shown]).all()


def test_where_no_table_of_next_multiples_adds_up_it_is_said() -> None:
    system = unlucky(5)
    made = controlled_rounding(system, base=10)
    assert (made.below, made.above) == (19, 19)
    assert "no table of next multiples adds up" in repr(made)
    assert np.all(system.relations @ made.values == 0)
    assert np.all(np.abs(made.values - system.values) < 20)
    assert np.all(made.values[system.values == 0] == 0)
    assert controlled_rounding(unlucky(4), base=10).below == 9  # faces of 8 may go down as well as up


def test_a_search_that_is_stopped_says_so() -> None:
    rng = np.random.default_rng(1)
    system = cube(rng.poisson(1.5, (12, 4, 4, 5)))
    with pytest.raises(EstimationError, match="within 1e-06 seconds"):
        controlled_rounding(system, base=5, time_limit=1e-6)
    stopped = OptimizeResult(x=np.zeros(1), status=1, mip_gap=0.0234)
    assert _quality(stopped, True) == (
        "stopped at the time limit: the total error is at most 2.4 % above the smallest possible, and another run may differ"
    )
    assert "at most an unknown share above" in _quality(OptimizeResult(status=1, mip_gap=np.inf), True)


def test_ctrl_c_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    from evidencekit.disclosure import progress

    def pressed(self: Any, timeout: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(progress.Thread, "join", pressed)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        progress.waited(lambda: time.sleep(2), title="a solver", progress=False)
    assert time.monotonic() - start < 1


def test_progress_is_shown_when_asked_for_and_holds_no_count(capsys: pytest.CaptureFixture[str]) -> None:
    system = cube(np.full((3, 3), 987654))
    made = controlled_rounding(system, base=7, progress=True)
    audit_rounding(made, system, cells="all", progress=True)
    told = capsys.readouterr().err
    assert "Rounding 16 cells" in told
    assert "987" not in told
    controlled_rounding(system, base=7)
    assert capsys.readouterr().err == ""


@pytest.mark.slow
@pytest.mark.parametrize("n", [3000, 12000])
def test_a_table_of_2205_cells_is_rounded_within_a_minute(n: int) -> None:
    """The table of the notes: 20 areas, 2 sexes, 4 ages, 6 answers; 20 to 23 seconds there."""
    rng = np.random.default_rng(1)
    shape, answers = (20, 2, 4, 6), np.array([0.55, 0.22, 0.12, 0.06, 0.03, 0.02])
    chances = [rng.dirichlet(np.full(k, 8.0)) for k in shape[:-1]] + [answers]
    counts = np.zeros(shape, dtype=int)
    np.add.at(counts, tuple(rng.choice(len(p), size=n, p=p) for p in chances), 1)
    system = cube(counts)
    assert len(system) == 2205
    start = time.monotonic()
    made = controlled_rounding(system, base=5)
    assert time.monotonic() - start < 60
    assert np.all(system.relations @ made.values == 0)
    assert np.abs(made.values - system.values).max() < 5
    assert rounding_error(made, system)[0] < 1.5
    assert audit_rounding(made, system).passed


# ---------------------------------------------------------------------------------------------------- what can be worked out
def tables_that_fit(system: CellSystem, made: Rounded, most: int) -> Any:
    """Every table of whole numbers whose cells lie as near to what is shown as the rule says: the intruder with a pencil."""
    inner = np.indices((most + 1,) * system.atoms.shape[0]).reshape(system.atoms.shape[0], -1).T
    values = inner @ system.atoms.toarray()
    return values[np.all((values >= made.values - made.below) & (values <= made.values + made.above), axis=1)]


@settings(max_examples=12)
@given(arrays(np.int64, (2, 2), elements=st.integers(0, 7)), st.sampled_from([2, 3, 5]), st.booleans())
def test_intervals_are_those_of_all_tables_that_fit(counts: Any, base: int, controlled: bool) -> None:
    system = cube(counts)
    made = controlled_rounding(system, base=base) if controlled else round_counts(system.values, base=base)
    fit = tables_that_fit(system, made, 7 + 2 * base)
    exact = audit_rounding(made, system, threshold=10, cells="all", integer=True)
    loose = audit_rounding(made, system, threshold=10, cells="all")
    assert np.array_equal(exact.low, fit.min(axis=0))
    assert np.array_equal(exact.high, fit.max(axis=0))
    assert np.all(loose.low <= exact.low)
    assert np.all(loose.high >= exact.high)
    known = (fit.min(axis=0) == fit.max(axis=0)) & (system.values > 0) & (system.values < 10)
    assert np.array_equal(exact.determined, known)
    assert np.array_equal(loose.determined, known)


@settings(max_examples=15)
@given(TABLES, BASES)
def test_the_truth_lies_in_every_interval_and_two_ways_agree(counts: Any, base: int) -> None:
    system = cube(counts)
    made = controlled_rounding(system, base=base)
    audit = audit_rounding(made, system, threshold=8, cells="all")
    assert np.all(audit.low <= system.values)
    assert np.all(system.values <= audit.high)
    small = audit_rounding(made, system, threshold=8)
    assert np.array_equal(small.determined, audit.determined)
    assert np.array_equal(small.looked_at, (system.values > 0) & (system.values < 8))
    at = small.looked_at
    assert np.array_equal(small.low[at], audit.low[at])
    assert np.isnan(small.low[~at]).all()


def test_rounding_to_the_nearest_can_give_every_count_away() -> None:
    """Four cells of 2: shown as 0, with margins of 5 and a total of 10, they can be nothing else."""
    system = cube([[2, 2], [2, 2]])
    audit = audit_rounding(round_counts(system.values, base=5), system, threshold=5)
    assert not audit.passed
    assert audit.determined.tolist() == [False, True, True, True, True, True, True, True, True]
    assert "8 small counts are known exactly, at positions 1, 2, 3, 4, 5 and 3 more: failed" in repr(audit)
    assert audit_rounding(controlled_rounding(system, base=5), system, threshold=5).passed


def test_an_audit_of_linked_tables() -> None:
    rng = np.random.default_rng(8)
    people = rng.integers(0, 4, (3, 2, 3))
    system = linked([Table(people.sum(axis=2), ("area", "sex")), Table(people.sum(axis=0), ("sex", "answer"))])
    audit = audit_rounding(controlled_rounding(system, base=5), system, threshold=6, cells="all")
    shown = system.offered
    assert np.array_equal(audit.looked_at, shown)
    assert np.all((audit.low <= system.values)[shown] & (system.values <= audit.high)[shown])


# ---------------------------------------------------------------------------------------------------- what is kept, what is refused
def test_nothing_of_the_true_counts_is_kept() -> None:
    true = np.array([[123457, 3], [4, 123461]])
    for made in (controlled_rounding(cube(true), base=5), round_counts(true, base=5), round_counts(true, base=5, how="random", seed=1)):
        text = repr(made) + made._repr_html_()
        assert "123457" not in text
        assert not np.isin(made.values, true).any()
        with pytest.raises(ValueError, match="read-only"):
            made.values[0] = 1
    assert rounding_error(round_counts(true, base=5), true) == (1.5, 2.0)


SECRET = 913579
GOOD = cube([[3, 1], [4, 12]])
BAD: dict[str, tuple[Any, str]] = {
    "negative": (lambda: round_counts([3, -SECRET], base=5), "negative, at position 1"),
    "missing": (lambda: round_counts([3, np.nan], base=5), "missing or not finite, at position 1"),
    "not whole": (lambda: round_counts([SECRET + 0.25], base=5), "not whole, at position 0"),
    "text": (lambda: round_counts([str(SECRET)], base=5), "not an array of numbers"),
    "masked": (lambda: round_counts(np.ma.masked_array([1, SECRET], [0, 1]), base=5), "not an array of numbers"),
    "nothing": (lambda: round_counts([], base=5), "no cell"),
    "base 1": (lambda: round_counts([3], base=1), "base= is a whole number of 2"),
    "base 0": (lambda: round_counts([3], base=0), "base= is a whole number of 2"),
    "base 2.5": (lambda: round_counts([3], base=2.5), "base= is a whole number of 2"),  # type: ignore[arg-type]
    "base true": (lambda: round_counts([3], base=True), "base= is a whole number of 2"),
    "an unknown rule": (lambda: round_counts([3], base=5, how="neerest"), "Did you mean 'nearest'"),  # type: ignore[arg-type]
    "a seed for nothing": (lambda: round_counts([3], base=5, seed=1), "draws nothing"),
    "no system": (lambda: controlled_rounding([[3, 1], [4, 12]], base=5), "takes a CellSystem"),  # type: ignore[arg-type]
    "weighted totals": (lambda: controlled_rounding(cube([[3.5, SECRET + 0.5], [1, 2]]), base=5), "not whole"),
    "controlled base 1": (lambda: controlled_rounding(GOOD, base=1), "base= is a whole number of 2"),
    "a gap of 1": (lambda: controlled_rounding(GOOD, base=5, gap=1), "gap= is a share"),
    "no time": (lambda: controlled_rounding(GOOD, base=5, time_limit=0), "seconds above 0"),
    "time without end": (lambda: controlled_rounding(GOOD, base=5, time_limit=float("inf")), "seconds above 0"),
    "margins that do not add up": (
        lambda: CellSystem(GOOD.values + np.eye(9)[0], GOOD.relations, GOOD.inner, GOOD.atoms, GOOD.offered, GOOD.tables),
        "not add up",
    ),
    "another system": (lambda: audit_rounding(round_counts([3], base=5), GOOD), "does not have the cells of the system"),
    "other counts": (lambda: audit_rounding(controlled_rounding(cube([[30, 1], [4, 12]]), base=5), GOOD), "further off than its rule"),
    "a threshold of 0": (lambda: audit_rounding(controlled_rounding(GOOD, base=5), GOOD, threshold=0), "threshold= is a whole number"),
    "unknown cells": (lambda: audit_rounding(controlled_rounding(GOOD, base=5), GOOD, cells="few"), "cells='few' is not known"),  # type: ignore[arg-type]
    "nothing shown": (lambda: controlled_rounding(linked([Table([[3, 1]], ("a", "b"), shown=False)]), base=5), "No cell of the system is"),
    "an error of another shape": (lambda: rounding_error(round_counts([3], base=5), [3, 4]), "not of the shape"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_without_a_count_in_the_message(case: str) -> None:
    work, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        work()
    assert str(SECRET) not in str(told.value)
