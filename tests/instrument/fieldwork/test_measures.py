"""The measures of the checks, against published and hand-computed values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.errors import InputError
from evidencekit.instrument.fieldwork import intraclass, myers, whipple
from evidencekit.instrument.fieldwork.duplicates import most_alike
from evidencekit.instrument.fieldwork.durations import odd_lengths
from evidencekit.instrument.fieldwork.places import metres
from evidencekit.instrument.fieldwork.standing import standing


def test_whipple_at_its_ends_and_by_hand() -> None:
    assert whipple(range(23, 63)) == 100  # no preference
    assert whipple([25, 30, 60]) == 500  # nothing else
    assert whipple([24, 31]) == 0
    # by hand: 25 five times, 26, 27, 28, 29 once, 99 is outside: 5 * 5 / 9
    assert whipple([25] * 5 + [26, 27, 28, 29, 99]) == pytest.approx(500 * 5 / 9)
    assert np.isnan(whipple([np.nan, 5]))
    with pytest.raises(InputError):
        whipple([30], 23, 63)


def test_myers_at_its_ends_and_by_hand() -> None:
    assert myers(range(10, 90)) == pytest.approx(0)
    assert myers([20, 30, 40]) == pytest.approx(90)
    # by hand, 10 to 29: windows of ten numbers from 10, 11 ... 19. The 20 is in those from 11 on (9), the 13 in those to 13 (4), the 27
    # in those from 18 on (2): digit 0 has 9 of 15, digit 3 has 4, digit 7 has 2, seven have none.
    by_hand = 50 * (abs(9 / 15 - 0.1) + abs(4 / 15 - 0.1) + abs(2 / 15 - 0.1) + 7 * 0.1)
    assert myers([20, 13, 27], 10, 29) == pytest.approx(by_hand)
    with pytest.raises(InputError):
        myers([30], 10, 19)


@given(st.lists(st.integers(0, 120), max_size=60))
def test_the_indices_stay_within_their_ranges(values: list[int]) -> None:
    w, m = whipple(values), myers(values)
    assert np.isnan(w) or 0 <= w <= 500
    assert np.isnan(m) or 0 <= m <= 90 + 1e-9


def test_the_intraclass_correlation_is_the_published_one() -> None:
    # R package superb, ShroutFleissICC11: 0.434343434
    values = np.array([2, 4, 4, 6, 4, 5, 8, 8, 5, 8, 9, 9], dtype=float)
    assert intraclass(values, np.repeat([0, 1, 2], 4)).rho == pytest.approx(0.434343434, abs=5e-10)
    # Shrout and Fleiss (1979), table 2: ICC(1,1) = 0.17
    ratings = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)
    made = intraclass(ratings.ravel(), np.repeat(np.arange(6), 4))
    assert made.rho == pytest.approx(0.17, abs=0.005)
    assert made.size == 4


def test_groups_of_different_sizes_by_hand() -> None:
    # groups (1, 3), (2, 4, 9): means 2 and 5, all 3.8; SSB = 2 * 3.24 + 3 * 1.44 = 10.8, SSW = 2 + 26 = 28, m = 5 - 13 / 5 = 2.4
    made = intraclass(np.array([1.0, 3, 2, 4, 9]), np.array([0, 0, 1, 1, 1]))
    msb, msw, m = 10.8, 28 / 3, 2.4
    assert made.f == pytest.approx(msb / msw)
    assert made.size == pytest.approx(m)
    assert made.rho == pytest.approx((msb - msw) / (msb + (m - 1) * msw))


def test_two_indicators_are_as_one() -> None:
    rng = np.random.default_rng(0)
    x, g = rng.integers(0, 2, 80), rng.integers(0, 5, 80)
    two = intraclass((x[:, None] == [0, 1]).astype(float), g)
    assert two.rho == pytest.approx(intraclass(x.astype(float), g).rho)


@pytest.mark.parametrize("rho", [0.0, 0.1])
def test_the_interval_holds_the_truth_as_often_as_it_says(rho: float) -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(12), 25)
    held = 0
    for _ in range(600):
        x = np.sqrt(rho) * rng.standard_normal(12)[groups] + np.sqrt(1 - rho) * rng.standard_normal(300)
        made = intraclass(x, groups)
        held += made.low <= rho <= made.high
    assert abs(held / 600 - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 600)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 12), st.integers(2, 6), st.integers(0, 10**6))
def test_the_product_of_matrices_finds_what_a_loop_finds(n: int, p: int, seed: int) -> None:
    codes = np.random.default_rng(seed).integers(-1, 3, (n, p))
    match, partner = most_alike(codes, 2)
    for i in range(n):
        shares = []
        for j in range(n):
            both = (codes[i] >= 0) & (codes[j] >= 0)
            shares.append((codes[i] == codes[j])[both].mean() if i != j and both.sum() >= 2 else -1.0)
        best = max(shares)
        assert (np.isnan(match[i]) and partner[i] == -1) if best < 0 else match[i] == pytest.approx(best)
        assert best < 0 or shares[partner[i]] == pytest.approx(best)


def test_z_is_that_of_interviews_dealt_out_at_random() -> None:
    rng = np.random.default_rng(3)
    events, places = rng.integers(0, 4, 60).astype(float), np.full(60, 10.0)
    who = np.repeat([0, 1, 2], [10, 20, 30])
    found = standing(who, 3, events, places, 5)
    sums = np.array([events[rng.permutation(60)[:10]].sum() for _ in range(20_000)])
    assert found.z[0] == pytest.approx((events[:10].sum() - sums.mean()) / sums.std(), abs=0.05)
    assert found.rate[1] == pytest.approx(events[10:30].sum() / 200)
    assert found.others[1] == pytest.approx(np.r_[events[:10], events[30:]].sum() / 400)


def test_z_stays_small_where_nobody_stands_out() -> None:
    rng = np.random.default_rng(4)
    z = []
    for _ in range(300):
        events = rng.binomial(8, rng.beta(0.5, 5, 400)).astype(float)
        z.append(standing(np.arange(400) % 20, 20, events, np.full(400, 8.0), 5).z)
    assert (np.abs(np.concatenate(z)) > 3.3).mean() < 0.005
    assert np.concatenate(z).std() == pytest.approx(1, abs=0.05)


def test_few_interviews_have_no_rate() -> None:
    found = standing(np.array([0] * 4 + [1] * 20), 2, np.ones(24), np.ones(24), 5)
    assert np.isnan(found.rate[0])
    assert np.isnan(found.z[0])


def test_odd_lengths_by_hand() -> None:
    # median 3, absolute deviations 2 1 0 1 97: MAD 1
    assert odd_lengths(np.array([1.0, 2, 3, 4, 100])).tolist() == pytest.approx([-1.349, -0.6745, 0, 0.6745, 0.6745 * 97])
    assert odd_lengths(np.array([2.0, 2, 2, 9])).tolist() == [0, 0, 0, 0]
    assert odd_lengths(np.array([np.nan])).tolist() == [0]


def test_distances_are_those_on_the_earth() -> None:
    # a degree of latitude is 111.2 km; at 60 degrees north one of longitude is half of that
    at = metres(np.array([[60.0, 10.0], [60.01, 10.0], [60.0, 10.01]]))
    assert np.linalg.norm(at[1] - at[0]) == pytest.approx(1112, rel=1e-3)
    assert np.linalg.norm(at[2] - at[0]) == pytest.approx(556, rel=1e-3)
