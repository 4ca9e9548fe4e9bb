"""Rank sets: twelve published countries against csranks, properties, hidden cells, shares of nobody, coverage."""

from __future__ import annotations

from random import Random

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_estimates import made_estimate

import evidencekit as ek
from evidencekit.combining import RankSets, holm, rank_sets, rank_sets_of
from evidencekit.combining.pairing import one_sided, p_above, union_df
from evidencekit.errors import InputError, Refused

# Cambodia, Ethiopia, Indonesia, Kenya, Malaysia, Mozambique, Namibia, Philippines, Tanzania, Thailand, Uganda, Viet Nam: a published table.
P = [11.9, 4.6, 6.1, 14.5, 9.6, 14.5, 16.2, 27.1, 5.2, 15.6, 11.1, 4.9]
LOW = [9.9, 3.5, 4.6, 12.4, 7.6, 12.3, 13.6, 23.1, 4, 13, 9.1, 3.6]
HIGH = [14.1, 6.1, 7.9, 16.8, 12, 17, 18.9, 30.6, 6.7, 18.2, 13.3, 6.5]
SE = (np.array(HIGH) - np.array(LOW)) / 2 / 1.959963984540054
# csranks 1.2.3, two-sided, simultaneous, stepwise; bootstrap of 20,000 with seed 1.
FIRST = (2, 9, 8, 2, 4, 2, 2, 1, 9, 2, 2, 9)
LAST = (8, 12, 12, 8, 9, 8, 7, 1, 12, 7, 8, 12)

NUMBERS = st.lists(st.tuples(st.integers(-20, 20), st.floats(0.05, 5)), min_size=2, max_size=9)


def sets(made: RankSets) -> list[tuple[int, int]]:
    return list(zip(made.first, made.last, strict=True))


def test_twelve_published_countries_equal_csranks() -> None:
    made = rank_sets_of(P, SE**2)
    assert (made.first, made.last) == (FIRST, LAST)
    assert made.rank == (6, 12, 9, 4, 8, 4, 2, 1, 10, 3, 7, 11)


def test_the_same_of_an_estimate_in_shares() -> None:
    table = pd.DataFrame({"country": list("abcdefghijkl"), "estimate": P, "low": LOW, "high": HIGH})
    table[["estimate", "low", "high"]] /= 100
    made = rank_sets(ek.combining.reported(table, by="country", level=0.95, inference="probability", source="a published table"))
    assert (made.first, made.last) == (FIRST, LAST)
    assert made.comes_before(7, 6)
    assert not made.comes_before(6, 9)
    assert "27.1" in repr(made) or "0.271" in repr(made)
    assert list(nw.from_native(made.to_frame()).columns)[-4:] == ["estimate", "rank", "first", "last"]


@given(NUMBERS)
def test_a_set_holds_the_rank_of_the_number(numbers: list[tuple[int, float]]) -> None:
    points, se = (np.array(x, dtype=float) for x in zip(*numbers, strict=True))
    made = rank_sets_of(points, se**2)
    assert all(a <= r <= b for (a, b), r in zip(sets(made), made.rank, strict=True) if r is not None)
    assert all(1 <= a <= b <= len(points) for a, b in sets(made))


@given(NUMBERS, st.randoms(use_true_random=False))
def test_the_order_of_the_groups_does_not_matter(numbers: list[tuple[int, float]], random: Random) -> None:
    order = list(range(len(numbers)))
    random.shuffle(order)
    points, se = (np.array(x, dtype=float) for x in zip(*numbers, strict=True))
    one, other = rank_sets_of(points, se**2), rank_sets_of(points[order], se[order] ** 2)
    assert [sets(one)[i] for i in order] == sets(other)


@given(NUMBERS, st.floats(1, 4))
def test_noise_widens(numbers: list[tuple[int, float]], more: float) -> None:
    points, se = (np.array(x, dtype=float) for x in zip(*numbers, strict=True))
    narrow, wide = rank_sets_of(points, se**2), rank_sets_of(points, (se * more) ** 2)
    assert all(c <= a and b <= d for (a, b), (c, d) in zip(sets(narrow), sets(wide), strict=True))


@given(NUMBERS)
def test_counted_from_the_other_end(numbers: list[tuple[int, float]]) -> None:
    points, se = (np.array(x, dtype=float) for x in zip(*numbers, strict=True))
    k = len(points)
    down, up = rank_sets_of(points, se**2), rank_sets_of(points, se**2, descending=False)
    assert sets(up) == [(k + 1 - b, k + 1 - a) for a, b in sets(down)]
    assert sets(up) == sets(rank_sets_of(-points, se**2))


def test_ties_share_their_ranks() -> None:
    made = rank_sets_of([1.0, 1.0, 0.0], [0.0, 0.0, 0.0])
    assert sets(made) == [(1, 2), (1, 2), (3, 3)]
    assert made.rank == (1, 1, 3)


def test_a_hidden_group_may_have_any_rank() -> None:
    full = rank_sets_of([9.0, 5.0, 1.0], [0.01] * 3)
    made = rank_sets_of([9.0, np.nan, 5.0, 1.0], [0.01] * 4)
    assert sets(full) == [(1, 1), (2, 2), (3, 3)]
    assert sets(made) == [(1, 2), (1, 4), (2, 3), (3, 4)]
    assert made.rank == (1, None, 2, 3)
    assert made.hidden == 1
    assert "1 hidden" in repr(made)
    for place in range(4):  # whatever the hidden number is, the ranks are in the sets
        true = np.argsort(np.argsort([-9.0, -[10, 7, 3, 0][place], -5.0, -1.0])) + 1
        assert all(a <= r <= b for (a, b), r in zip(sets(made), true, strict=True))


def test_hidden_cells_of_a_release() -> None:
    rows = [(g, y) for g, (yes, no) in {"a": (4, 200), "b": (100, 200), "c": (30, 200)}.items() for y in [1] * yes + [0] * no]
    frame = pd.DataFrame(rows, columns=["g", "y"])
    frame["psu"], frame["weight"] = np.arange(len(frame)) % 40, 1.0
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g"))
    hidden = [s == "protected" for s in safe.status]
    made = rank_sets(safe.estimate)
    assert made.hidden == sum(hidden) > 0
    assert all(sets(made)[i] == (1, 3) for i in np.flatnonzero(hidden))


def test_the_covariance_counts() -> None:
    """Two numbers that move together are told apart where independent ones are not."""
    apart = rank_sets_of([1.0, 2.0], [[1.0, 0.0], [0.0, 1.0]])
    together = rank_sets_of([1.0, 2.0], [[1.0, 0.95], [0.95, 1.0]])
    assert sets(apart) == [(1, 2), (1, 2)]
    assert sets(together) == [(2, 2), (1, 1)]


def test_pairs_have_the_test_that_difference_makes() -> None:
    fiction = ek.fictional.national_survey()
    est = ek.proportion(ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu"), "asked_for_image", by=["province", "sex"])
    assert est.support is not None
    k, p, df = len(est), p_above(est), union_df(est.support)
    for i in range(k):
        for j in (j for j in range(k) if j != i):
            gap = ek.difference(est, i, j)
            assert df[i, j] == gap.df[0]
            outside = gap.interval.low[0] > 0
            assert (p[i, j] < 0.025) == outside
    np.testing.assert_allclose(rank_sets(est).adjusted, holm(p))


@pytest.mark.parametrize("swap", [False, True])
def test_nobody_in_a_group_is_tested_by_limits(swap: bool) -> None:
    """Its standard error of 0 would make any group surely larger."""

    def frame(yes: int) -> pd.DataFrame:
        made = pd.DataFrame({"g": ["a"] * 40 + ["b"] * 40, "y": [0] * 40 + [1] * yes + [0] * (40 - yes), "w": 1.0})
        return made.assign(y=1 - made["y"]) if swap else made

    for yes in (1, 3, 5, 6, 8, 12):
        est = ek.proportion(ek.Survey(frame(yes), weights="w"), "y", by="g")
        upper, lower = (0, 1) if swap else (1, 0)
        assert est.points[lower if not swap else upper] in (0, 1)
        gap, p = ek.difference(est, upper, lower), p_above(est)
        assert gap.flags[0].endswith("limits from the shares' own")
        assert (p[upper, lower] < 0.025) == (gap.interval.low[0] > 0)
        assert p[upper, lower] + p[lower, upper] == pytest.approx(1)


def test_two_groups_of_nobody_are_alike() -> None:
    frame = pd.DataFrame({"g": list("aabbcc") * 30, "y": [0, 0, 0, 0, 1, 0] * 30, "w": 1.0})
    made = rank_sets(ek.proportion(ek.Survey(frame, weights="w"), "y", by="g"))
    assert sets(made) == [(2, 3), (2, 3), (1, 1)]


def test_no_degrees_of_freedom_no_order() -> None:
    made = rank_sets_of([1.0, 50.0], [1.0, 1.0], df=0)
    assert sets(made) == [(1, 2), (1, 2)]
    assert sets(rank_sets_of([0.0, 3.0], [1.0, 1.0])) == [(2, 2), (1, 1)]
    assert sets(rank_sets_of([0.0, 3.0], [1.0, 1.0], df=3)) == [(1, 2), (1, 2)]


def test_what_cannot_be_ranked() -> None:
    with pytest.raises(InputError, match="two numbers or more"):
        rank_sets(made_estimate("proportion", [0.1]))
    with pytest.raises(InputError, match="takes an Estimate"):
        rank_sets([0.1, 0.2])  # type: ignore[arg-type]
    for bad in (([1, 2], [1]), ([1, 2], [[1, 0]]), ("ab", [1, 2]), ([[1, 2]], [1, 2])):
        with pytest.raises(InputError, match="takes k numbers"):
            rank_sets_of(*bad)
    with pytest.raises(InputError, match="squared"):
        rank_sets_of([1, 2], [1, -1])
    with pytest.raises(InputError, match="level="):
        rank_sets_of([1, 2], [1, 1], level=95)
    frame = pd.DataFrame({"g": list("ab") * 50, "y": [0, 1, 1, 1] * 25})
    with pytest.raises(Refused, match="without intervals"):
        rank_sets(ek.proportion(ek.Survey(frame, design=ek.NoDesign()), "y", by="g"))


SCENES = {
    "all alike": (np.zeros(8), np.ones(8)),
    "two clusters": (np.repeat([0.0, 3.0], 4), np.ones(8)),
    "even steps": (np.arange(8) * 1.5, np.ones(8)),
    "unequal errors": (np.array([0, 0, 0, 1, 1, 4, 4, 4.0]), np.array([0.2, 1, 3, 0.2, 1, 3, 0.2, 1])),
    "far apart": (np.arange(8) * 4.0, np.ones(8)),
}


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_all_sets_together_hold_the_true_ranks(scene: str, rho: float) -> None:
    """With ties a true rank is any of the places that the tied groups share, and every one of them must be in the set."""
    truth, se = SCENES[scene]
    k, rng, n = len(truth), np.random.default_rng(11), 4000
    covariance = (rho + (1 - rho) * np.eye(k)) * np.outer(se, se)
    best = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
    worst = k - (truth[None, :] < truth[:, None]).sum(axis=1)
    held = 0
    for points in rng.multivariate_normal(truth, covariance, size=n):
        made = rank_sets_of(points, covariance)
        held += bool((np.array(made.first) <= best).all() and (np.array(made.last) >= worst).all())
    assert held / n >= 0.95 - 2.6 * np.sqrt(0.05 * 0.95 / n)


def test_p_values_are_those_of_a_normal() -> None:
    p = one_sided(np.array([2.0, 0.0]), np.diag([0.5, 0.5]), np.full((2, 2), np.inf))
    np.testing.assert_allclose([p[0, 1], p[1, 0]], [0.022750131948179, 0.977249868051821])
    assert np.isnan(np.diagonal(p)).all()
