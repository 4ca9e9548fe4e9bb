"""The words for a share are true of its interval, for published estimates and for tens of thousands of random ones."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import InputError
from evidencekit.findings import phrases
from evidencekit.findings.phrases import (
    Phrase,
    at_least,
    at_most,
    common_denominator,
    direction,
    natural_frequency,
    percent,
    zero_phrase,
)

# Percentages with 95 % intervals of twelve national surveys (Nature 2026, s41586-026-10525-4, table 1), and the words
# they give: headline, lower bound, upper bound.
PUBLISHED = [
    ("Cambodia", 11.9, 9.9, 14.1, "1 in 8", "1 in 12", "1 in 7"),
    ("Ethiopia", 4.6, 3.5, 6.1, "1 in 20", "1 in 30", "1 in 15"),
    ("Indonesia", 6.1, 4.6, 7.9, "1 in 15", "1 in 25", "1 in 12"),
    ("Kenya", 14.5, 12.4, 16.8, "1 in 7", "1 in 9", "1 in 5"),
    ("Malaysia", 9.6, 7.6, 12.0, "1 in 10", "1 in 15", "1 in 8"),
    ("Mozambique", 14.5, 12.3, 17.0, "1 in 7", "1 in 9", "1 in 5"),
    ("Namibia", 16.2, 13.6, 18.9, "1 in 6", "1 in 8", "1 in 5"),
    ("Philippines", 27.1, 23.1, 30.6, "27 in 100", "1 in 5", "1 in 3"),
    ("Tanzania", 5.2, 4.0, 6.7, "1 in 20", "1 in 25", "1 in 12"),
    ("Thailand", 15.6, 13.0, 18.2, "1 in 6", "1 in 8", "1 in 5"),
    ("Uganda", 11.1, 9.1, 13.3, "1 in 9", "1 in 12", "1 in 7"),
    ("Viet Nam", 4.9, 3.6, 6.5, "1 in 20", "1 in 30", "1 in 15"),
]
TIERS = [
    {Fraction(1, y) for y in range(2, 11)} | {Fraction(2, 3), Fraction(3, 4), Fraction(4, 5), Fraction(9, 10)},
    {Fraction(*f) for f in [(2, 5), (3, 5), (3, 10), (7, 10), (5, 6), (19, 20)]} | {Fraction(1, y) for y in (12, 15, 20, 25, 30, 40, 50)},
    {Fraction(1, y) for y in (100, 200, 500, 1000, 2000, 5000, 10_000)},
]
shares = st.floats(0, 1, allow_nan=False)
intervals = st.tuples(shares, shares).map(sorted)


def random_estimates(n: int, seed: int) -> np.ndarray:
    """Draw estimates with 95 % intervals as surveys of 200 to 3,000 give them, rare ones among them."""
    rng = np.random.default_rng(seed)
    p = np.where(rng.random(n) < 0.5, rng.uniform(0.005, 0.995, n), 10 ** rng.uniform(-3.5, -1, n))
    reach = 1.96 * np.sqrt(1.6 * p * (1 - p) / rng.choice([200, 600, 1000, 3000], n))
    return np.column_stack([p, np.clip(p - reach, 0, 1), np.clip(p + reach, 0, 1)])


@pytest.mark.parametrize(("p", "low", "high", "about", "least", "most"), [row[1:] for row in PUBLISHED])
def test_published_estimates_get_the_published_words(p, low, high, about, least, most):
    p, low, high = p / 100, low / 100, high / 100
    assert natural_frequency(p, low, high).text == f"about {about}"
    assert at_least(low).text == f"at least {least}"
    assert at_most(high).text == f"at most {most}"


def test_about_is_inside_the_interval_and_near_the_estimate():
    tiers = {1: 0, 2: 0, 3: 0, 4: 0}
    unsaid = 0
    for p, low, high in random_estimates(50_000, seed=1):
        said = natural_frequency(p, low, high, cases=10)
        if said is None:
            unsaid += 1
            continue
        off = said.share - p
        assert low - 1e-12 <= said.share <= high + 1e-12
        assert abs(off) <= 0.1 * min(p, 1 - p) + 1e-12
        assert said.tier == 4 or abs(off) <= (high - p if off > 0 else p - low) / 2 + 1e-12
        assert direction(said.x, said.y, low, high) == said.word == "about"
        tiers[said.tier] += 1
    # Without a denominator of 100,000 only the rarest shares, under 5 in 10,000, can be left without words.
    assert unsaid < 0.01 * 50_000
    assert all(n > 0.03 * 50_000 for n in tiers.values())


def test_the_tier_and_the_fraction_are_those_of_an_exhaustive_search():
    for p, low, high in random_estimates(1500, seed=2):
        expected = None
        for k, tier in enumerate(TIERS, start=1):
            able = [
                (round(abs(float(f) - p), 12), f.denominator, f, k)
                for f in tier
                if low - 1e-12 <= f <= high + 1e-12 and abs(f - p) <= min(0.1 * min(p, 1 - p), (high - p if f > p else p - low) / 2) + 1e-12
            ]
            if able:
                expected = min(able)[2:]
                break
        said = natural_frequency(p, low, high, cases=10)
        if expected is None:
            assert said is None or said.tier == 4
        else:
            assert (Fraction(said.x, said.y), said.tier) == expected


def test_bounds_are_true_of_the_whole_interval():
    for _, low, high in random_estimates(20_000, seed=3):
        least, most = at_least(low), at_most(high)
        assert least is None or least.share <= low + 1e-12
        assert most is None or most.share >= high - 1e-12


@given(intervals, st.integers(1, 10_000), st.integers(0, 10_000))
def test_direction_words_are_earned_by_the_whole_interval(interval, y, x):
    x = min(x, y)
    low, high = interval
    word = direction(x, y, low, high)
    if word == "more than":
        assert low > x / y
    elif word == "fewer than":
        assert high < x / y
    else:
        assert low - 1e-12 <= x / y <= high + 1e-12


def test_a_fraction_on_the_limit_is_inside():
    assert direction(1, 5, 0.3 - 0.1, 0.3) == "about"
    assert at_least(0.3 - 0.2).text == "at least 1 in 10"  # 0.09999999999999998
    assert natural_frequency(0.25, 0.25, 0.25).text == "about 1 in 4"


def test_of_two_as_near_the_smaller_denominator_wins():
    middle = (1 / 9 + 1 / 10) / 2
    assert natural_frequency(middle, 0.05, 0.16).text == "about 1 in 9"


def test_certainty_and_rarity_get_no_fraction():
    assert natural_frequency(0, 0, 0.01) is None
    assert natural_frequency(1, 0.99, 1) is None
    assert natural_frequency(0.0005, 0.0002, 0.001) is None
    assert natural_frequency(0.0005, 0.0002, 0.001, cases=9) is None
    assert natural_frequency(0.0005, 0.0002, 0.001, cases=10).text == "about 1 in 2,000"
    assert natural_frequency(0.9995, 0.999, 0.9998) is None
    assert natural_frequency(0.9995, 0.999, 0.9998, cases=12).text == "about 9,995 in 10,000"
    assert natural_frequency(0.001, 0.0005, 0.002).text == "about 1 in 1,000"


@pytest.mark.parametrize(
    ("p", "low", "high"),
    [(0.3, 0.1, 0.2), (0.1, 0.2, 0.3), (0.2, 0.3, 0.1), (12, 10, 14), (0.1, -0.1, 0.2), (float("nan"), 0.1, 0.2)],
)
def test_an_estimate_outside_its_interval_is_refused(p, low, high):
    with pytest.raises(InputError):
        natural_frequency(p, low, high)


@pytest.mark.parametrize(
    ("n_eff", "words"),
    [(30, "1 in 10"), (100, "1 in 30"), (300, "1 in 100"), (1000, "1 in 300"), (3000, "1 in 1,000")],
)
def test_no_case_is_a_bound_never_none(n_eff, words):
    upper = 1 - 0.05 ** (1 / n_eff)
    assert zero_phrase(upper).text == f"fewer than {words}"
    assert zero_phrase(upper).share >= upper


@given(shares)
def test_nobody_and_everybody_are_bounds(upper):
    nobody, everybody = zero_phrase(upper), zero_phrase(upper, everyone=True)
    assert (nobody is None) == (everybody is None) == (upper > 0.5 + 1e-12)
    if nobody and everybody:
        assert nobody.x == 1
        assert nobody.share >= upper - 1e-12
        assert 0 < everybody.share <= 1 - upper + 1e-12
        assert everybody.share < 1


@pytest.mark.parametrize(
    ("p", "half_width", "text"),
    [
        (0.119, 0.021, "12%"),
        (0.119, 0.01, "12%"),
        (0.119, 0.0099, "11.9%"),
        (0.1194, 0.001, "11.9%"),
        (0.1194, 0.0009, "11.94%"),
        (0.145, 0.02, "15%"),
        (0.125, 0.02, "13%"),
        (0.0004, 0.02, "0.04%"),
        (0.996, 0.02, "99.6%"),
        (0.0, 0.02, "0%"),
        (1.0, None, "100%"),
        (0.62, None, "62%"),
    ],
)
def test_percent_has_the_decimals_its_interval_supports(p, half_width, text):
    assert percent(p, half_width) == text


@given(st.floats(1e-9, 1 - 1e-9), st.floats(0, 0.5))
def test_percent_never_says_nobody_or_everybody(p, half_width):
    assert 0 < float(percent(p, half_width).rstrip("%")) < 100


@pytest.mark.parametrize(
    ("ps", "expected"),
    [
        ([0.271, 0.049, 0.156], (100, (27, 5, 16))),
        ([0.003, 0.0004], (10_000, (30, 4))),
        ([0.046, 0.052, 0.049], (100, (5, 5, 5))),
        ([0.5, 0.3], (10, (5, 3))),
        ([0.0, 1.0, 0.5], (10, (0, 10, 5))),
        ([0.000001, 0.5], None),
    ],
)
def test_common_denominator(ps, expected):
    assert common_denominator(ps) == expected


def test_a_claimed_difference_gets_numbers_that_differ():
    assert common_denominator([0.12, 0.118]) == (100, (12, 12))
    assert common_denominator([0.12, 0.118], distinct=True) == (1000, (120, 118))


@given(st.lists(shares, min_size=1, max_size=8), st.booleans())
def test_a_common_denominator_never_reverses_the_order(ps, distinct):
    found = common_denominator(ps, distinct=distinct)
    if found is None:
        return
    y, xs = found
    for (p, x), (q, z) in product(zip(ps, xs, strict=True), repeat=2):
        assert (x - z) * (p - q) >= 0
        assert not distinct or x != z or abs(p - q) <= 1e-12
    assert all(p in (0, 1) or 0 < x < y for p, x in zip(ps, xs, strict=True))
    assert all(abs(x / y - p) <= 0.1 * min(p, 1 - p) + 1e-12 for p, x in zip(ps, xs, strict=True))


def test_the_ladders_rise_and_hold_what_can_be_said():
    for ladder, tier in zip(phrases._LADDERS, TIERS, strict=True):
        assert {Fraction(x, y) for _, x, y in ladder} == tier
        assert all(a < b for (a, *_), (b, *_) in pairwise(ladder))


def test_messages_hold_no_numbers_of_the_data():
    with pytest.raises(InputError) as caught:
        natural_frequency(0.31415, 0.1, 0.2)
    assert "31415" not in str(caught.value)
    with pytest.raises(InputError):
        common_denominator([])
    with pytest.raises(InputError):
        percent(0.2, -0.1)
    with pytest.raises(InputError):
        Phrase(3, 2, word="about", tier=1)
    with pytest.raises(InputError):
        direction(1, 0, 0.1, 0.2)


def test_percentages_of_numpy_numbers_are_those_of_plain_ones() -> None:
    assert percent(np.float64(0.145), None) == percent(0.145, None) == "15%"
