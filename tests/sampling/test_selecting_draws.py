"""Draws: exact sizes, certain units in and impossible ones out, the rules written out, and the order of units where it does not matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.errors import DesignError, InputError
from evidencekit.sampling.selecting.brewer import draw_brewer
from evidencekit.sampling.selecting.chances import opened, proportional_chances, smallest
from evidencekit.sampling.selecting.conditional import draw_conditional, working_chances
from evidencekit.sampling.selecting.cube import draw_balanced
from evidencekit.sampling.selecting.local_pivotal import draw_spread
from evidencekit.sampling.selecting.order_sampling import draw_exponential, draw_pareto, draw_sequential_poisson
from evidencekit.sampling.selecting.pivotal import draw_pivotal, draw_random_pivotal
from evidencekit.sampling.selecting.poisson import draw_poisson
from evidencekit.sampling.selecting.sampford import draw_sampford
from evidencekit.sampling.selecting.simple import draw_replaced, draw_simple
from evidencekit.sampling.selecting.systematic import circle, draw_circular, draw_random_systematic, draw_systematic, steps
from evidencekit.sampling.streams import Drawn, hashed

Draw = Callable[[Any, Any], Any]


def balanced(chances: Any, u: Any) -> Any:
    return draw_balanced(chances, u, np.arange(len(chances)) ** 2 % 7)


def spread(chances: Any, u: Any) -> Any:
    return draw_spread(chances, u, np.arange(2 * len(chances)).reshape(-1, 2) ** 2 % 11)


FREE: dict[str, Draw] = {
    "conditional Poisson": draw_conditional,
    "Sampford": draw_sampford,
    "Brewer": draw_brewer,
    "Pareto": draw_pareto,
    "sequential Poisson": draw_sequential_poisson,
    "exponential": draw_exponential,
    "random systematic": draw_random_systematic,
    "random pivotal": draw_random_pivotal,
}
FIXED: dict[str, Draw] = FREE | {"systematic": draw_systematic, "pivotal": draw_pivotal, "balanced": balanced, "spread": spread}
EQUAL: dict[str, Draw] = {"simple": draw_simple, "circular": draw_circular}
U = [0.31, 0.72, 0.05, 0.66, 0.48, 0.91, 0.12, 0.27, 0.83, 0.59]
SIZES = [3, 9, 2, 12, 6, 3, 15, 5, 8, 7]


def numbers(*turns: list[float]) -> Any:
    return lambda turn=0: np.array(turns[turn])


def of(size: int, seed: int = 1) -> Any:
    return hashed(seed, "areas", [str(k) for k in range(size)])


def hopeless(p: Any) -> bool:
    """Whether fewer than one in 1000 of Sampford's candidates would be kept."""
    free = p[(p > 0) & (p < 1)]
    n = round(free.sum())
    return bool(n) and (free * (1 - free)).sum() < 1e-3 * np.sort(1 - free)[-n:].sum()


@st.composite
def chances_of_frames(draw: Any) -> Any:
    sizes = draw(st.lists(st.sampled_from([0.0, 1e-9, 0.5, 1.0, 1.0, 2.0, 3.3, 7.0, 400.0]), min_size=1, max_size=25))
    positive = sum(s > 0 for s in sizes)
    if not positive:
        sizes, positive = [*sizes, 1.0], 1
    return proportional_chances(sizes, draw(st.integers(1, positive)))


@pytest.mark.parametrize("name", FIXED)
@settings(max_examples=60, deadline=None)
@given(p=chances_of_frames(), seed=st.integers(0, 10**6))
def test_sizes_are_exact_certain_units_in_impossible_ones_out(name: str, p: Any, seed: int) -> None:
    before = p.copy()
    if name == "Sampford" and hopeless(p):
        with pytest.raises(DesignError, match="conditional Poisson"):
            FIXED[name](p, of(p.size, seed))
        return
    made = FIXED[name](p, of(p.size, seed))
    np.testing.assert_array_equal(p, before)
    assert made.size == np.unique(made).size == round(p.sum())
    assert (np.diff(made) > 0).all()
    assert np.isin(np.flatnonzero(p == 1), made).all()
    assert (p[made] > 0).all()


@pytest.mark.parametrize("name", EQUAL)
@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 200), share=st.floats(0, 1), seed=st.integers(0, 10**6))
def test_equal_chances(name: str, size: int, share: float, seed: int) -> None:
    n = round(share * size)
    made = EQUAL[name](np.full(size, n / size), of(size, seed))
    assert made.size == np.unique(made).size == n
    assert made.size == 0 or (made[0] >= 0 and made[-1] < size)


@pytest.mark.parametrize("name", [*FREE, "simple", "Poisson"])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_units_does_not_matter(name: str, seed: int) -> None:
    p = np.full(40, 0.2) if name == "simple" else proportional_chances(np.arange(1, 41) % 9 * 3.0, 12)
    how = {**FREE, "simple": draw_simple, "Poisson": draw_poisson}[name]
    ids = np.array([str(k) for k in range(40)])
    order = np.random.default_rng(seed).permutation(40)
    made = how(p[order], hashed(seed, "areas", ids[order].tolist()))
    np.testing.assert_array_equal(np.sort(order[made]), how(p, hashed(seed, "areas", ids.tolist())))


def test_rules_written_out() -> None:
    p = proportional_chances(SIZES, 4)
    u = np.array(U)
    assert draw_poisson(p, numbers(U)).tolist() == np.flatnonzero(u < p).tolist()
    assert draw_pareto(p, numbers(U)).tolist() == sorted(np.argsort(u / (1 - u) / (p / (1 - p)))[:4])
    assert draw_sequential_poisson(p, numbers(U)).tolist() == sorted(np.argsort(u / p)[:4])
    assert draw_exponential(p, numbers(U)).tolist() == sorted(np.argsort(np.log(1 - u) / np.log(1 - p))[:4])
    assert draw_simple(np.full(10, 0.4), numbers(U)).tolist() == [0, 2, 6, 7]
    running = np.cumsum(p)
    inside = [k for j in range(4) for k in range(10) if running[k] - p[k] < j + U[0] <= running[k]]
    assert draw_systematic(p, numbers(U)).tolist() == inside


def test_random_order_is_the_order_of_numbers() -> None:
    p, second = proportional_chances(SIZES, 4), U[::-1]
    order = np.argsort(U)
    assert order[0] == 2
    assert draw_random_systematic(p, numbers(U, second)).tolist() == np.sort(order[steps(p[order], 4, second[2])]).tolist()
    in_order = draw_pivotal(p[order], numbers(np.array(second)[order].tolist()))
    assert draw_random_pivotal(p, numbers(U, second)).tolist() == np.sort(order[in_order]).tolist()


def test_pivotal_is_what_meetings_one_by_one_give() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        p = proportional_chances(rng.integers(1, 6, 12), 4)
        u = rng.random(12)
        chosen, who, has = list(np.flatnonzero(p == 1)), -1, 0.0
        for k in np.flatnonzero(p < 1):
            both = has + p[k]
            if both < 1 - 1e-11:
                who, has = (k if u[k] < p[k] / both else who), both
            else:
                left = max(both - 1, 0.0)
                on = u[k] < (1 - p[k]) / (1 - left)
                chosen.append(who if on else k)
                who, has = (k if on else who), (left if left > 1e-11 else 0.0)
        assert sorted(chosen) == draw_pivotal(p, numbers(u.tolist())).tolist()


def test_rejections_take_the_first_attempt_that_fits() -> None:
    p = proportional_chances(SIZES, 4)
    poisson = working_chances(p, 4)
    turns = np.random.default_rng(2).random((400, 10))
    fits = [t for t in range(400) if (turns[t] < poisson).sum() == 4]
    assert draw_conditional(p, numbers(*turns.tolist())).tolist() == np.flatnonzero(turns[fits[0]] < poisson).tolist()
    most = np.sort(1 - p)[-4:].sum()
    for t in range(200):
        inside = turns[2 * t] < p
        if inside.sum() == 4 and turns[2 * t + 1][turns[2 * t].argmin()] * most < (1 - p[inside]).sum():
            break
    assert draw_sampford(p, numbers(*turns.tolist())).tolist() == np.flatnonzero(inside).tolist()


def test_with_replacement() -> None:
    made = draw_replaced([1.0, 0.0, 2.5, 1.5], numbers([0.1, 0.2, 0.21, 0.95], [0.69, 0.71, 0.5, 0.5]))
    assert made.tolist() == [1, 0, 3, 1]
    assert draw_replaced([7.0, 0.0], of(2)).tolist() == [7, 0]
    assert draw_replaced([0.0, 0.0], of(2)).tolist() == [0, 0]


def test_intervals_of_lists() -> None:
    assert steps(np.full(47, 5 / 47), 5, 0.37).tolist() == [3, 12, 22, 31, 41]  # floor((0.37 + j) * 9.4)
    assert circle(47, 5, 3).tolist() == [3, 12, 21, 30, 39]
    assert circle(100, 7, 61).tolist() == [3, 17, 31, 45, 61, 75, 89]
    assert circle(99, 38, 0).tolist() == list(range(0, 76, 2)), "3 apart comes back to the first after 33"
    for size in (77, 154):  # sizes at which an interval that is rounded loses a unit
        for seed in range(50):
            assert draw_systematic(np.full(size, 10 / size), of(size, seed)).size == 10


def test_one_unit_per_step_even_next_to_certain() -> None:
    p = np.concatenate([np.full(2000, 1 - 2e-12), [4e-9 / 2, 1 - 2e-9 + 4e-9]])[:2001]
    p[-1] = 2000 - p[:-1].sum()
    for seed in range(20):
        for how in (draw_systematic, draw_pivotal, draw_random_pivotal, draw_random_systematic):
            made = how(p, of(2001, seed))
            assert made.size == np.unique(made).size == 2000


def test_all_or_nobody() -> None:
    for how in [*FIXED.values(), *EQUAL.values(), draw_poisson]:
        assert how(np.zeros(4), of(4)).tolist() == []
        assert how(np.ones(4), of(4)).tolist() == [0, 1, 2, 3]
        assert how(np.zeros(0), of(0)).tolist() == []


def test_rounding_dust_chooses_nobody() -> None:
    assert opened([1e-11, 1e-12, 1.0]).certain.tolist() == [2]
    assert draw_pareto([1e-11, 0.0, 1.0], of(3)).tolist() == [2]
    assert draw_pareto([1 - 1e-11, 1 - 1e-11, 0.0], of(3)).tolist() == [0, 1]


def test_equal_values_go_to_the_earlier_unit() -> None:
    assert sorted(smallest(np.array([2.0, 1.0, 2.0, 2.0]), 3)) == [0, 1, 2]


BAD: dict[str, Any] = {
    "missing": [0.5, np.nan, 0.5],
    "infinite": [0.5, np.inf],
    "negative": [0.5, -0.5, 1.0],
    "above 1": [1.5, 0.5],
    "a table": [[0.5, 0.5]],
    "text": ["a", "b"],
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("how", [*FIXED, *EQUAL, "Poisson"])
def test_what_are_no_chances_is_refused(how: str, name: str) -> None:
    with pytest.raises(InputError, match="Chances are"):
        ({**FIXED, **EQUAL, "Poisson": draw_poisson}[how])(BAD[name], of(len(BAD[name])))


@pytest.mark.parametrize("how", FIXED)
def test_chances_that_add_up_to_no_whole_number_are_refused(how: str) -> None:
    with pytest.raises(DesignError, match=r"proportional_chances\(\)"):
        FIXED[how]([0.5, 0.2, 0.4], of(3))


def test_other_refusals() -> None:
    for how in EQUAL.values():
        with pytest.raises(DesignError, match="same chance"):
            how([0.4, 0.6], of(2))
    with pytest.raises(InputError, match="3 chances and random numbers for 2 units"):
        draw_pareto([0.2, 0.3, 0.5], of(2))
    with pytest.raises(InputError, match="3 units and random numbers for 2"):
        draw_replaced([0.2, 0.3, 0.5], of(2))
    with pytest.raises(DesignError, match="whole number of draws"):
        draw_replaced([0.2, 0.3], of(2))
    with pytest.raises(InputError, match="Expected numbers"):
        draw_replaced([-1, 2.0], of(2))
    for table in ([1.0], [[np.nan], [1.0]], ["a", "b"], np.zeros((2, 2, 2))):
        with pytest.raises(InputError, match="Coordinates"):
            draw_spread([0.5, 0.5], of(2), table)
        with pytest.raises(InputError, match="Balancing variables"):
            draw_balanced([0.5, 0.5], of(2), table)
    # Certain next to tiny: of the samples of the right size hardly any would be kept.
    p = proportional_chances(np.concatenate([np.full(500, 1.0), np.full(500, 1e-7)]), 500)
    with pytest.raises(DesignError, match="conditional Poisson"):
        draw_sampford(p, of(1000))
    assert draw_conditional(p, of(1000)).size == 500


@pytest.mark.parametrize("n", [0, -1, 2.0, 2.5, True, None, "2"])
def test_how_many_is_a_whole_number(n: Any) -> None:
    with pytest.raises(InputError, match="whole number above 0"):
        proportional_chances([1, 2, 3], n)


@pytest.mark.parametrize("sizes", [[1, np.nan], [1, np.inf], [1, -1], ["a"], [[1, 2]], 3.0])
def test_sizes_are_numbers(sizes: Any) -> None:
    with pytest.raises(InputError, match="Sizes are"):
        proportional_chances(sizes, 1)


def test_more_than_there_are() -> None:
    with pytest.raises(DesignError, match="3 units are to be chosen, and 2 of 4"):
        proportional_chances([0, 0, 1, 2], 3)
    np.testing.assert_array_equal(proportional_chances([0, 7, 1e-300, 1e300], 3), [0, 1, 1, 1])


def test_a_source_that_never_fits_ends() -> None:
    for how in (draw_conditional, draw_sampford):
        with pytest.raises(DesignError, match="not uniform"):
            how([0.5, 0.5], lambda turn=0: np.full(2, 0.9))


def test_units_at_one_place_and_variables_that_say_nothing() -> None:
    u = Drawn(np.random.default_rng(1), 200)
    p = np.full(200, 0.1)
    assert draw_spread(p, u, np.zeros((200, 2))).size == 20
    assert draw_spread(p, u, np.repeat(np.arange(4), 50)).size == 20
    assert draw_balanced(p, u, np.zeros((200, 3))).size == 20
    assert draw_balanced(p, u, np.column_stack([p, p, np.arange(200)])).size == 20
