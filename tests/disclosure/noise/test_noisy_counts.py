"""Differential privacy for counts: the noise has the chances that are promised, and says what it is."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidencekit.disclosure.noise import NoisyCounts, cells_per_person, laplace_accuracy, noisy_counts, total_epsilon
from evidencekit.disclosure.noise.laplace import discrete_laplace
from evidencekit.disclosure.randomness import below, secret_bits
from evidencekit.disclosure.tables import Table, cube, linked
from evidencekit.errors import InputError


@pytest.mark.parametrize("scale", [Fraction(1, 3), Fraction(1), Fraction(2), Fraction(7, 2), Fraction(10)])
def test_the_noise_has_the_distribution_of_scipys_dlaplace(scale: Fraction) -> None:
    """Chi-square of 20,000 draws against an independent formula; a wrong chance of 0 (twice as large) fails at once."""
    bits = secret_bits(20261124, b"chi-square", str(scale).encode())
    n = 20_000
    draws = np.array([discrete_laplace(scale, bits) for _ in range(n)])
    law = stats.dlaplace(1 / float(scale))
    edge = int(law.ppf(1 - 20 / n))
    seen = [np.sum(draws == x) for x in range(-edge, edge + 1)] + [np.sum(draws < -edge), np.sum(draws > edge)]
    p = [law.pmf(x) for x in range(-edge, edge + 1)] + [law.cdf(-edge - 1), law.sf(edge)]
    assert stats.chisquare(seen, n * np.array(p)).pvalue > 1e-3


def test_bits_are_uniform_below_any_number() -> None:
    bits = secret_bits(5, b"uniform")
    for n in (1, 2, 3, 5, 7, 1000):
        drawn = [below(bits, n) for _ in range(6000)]
        assert min(drawn) == 0
        assert max(drawn) == n - 1
        if n > 1:
            counts = np.bincount(np.array(drawn) * min(n, 7) // n, minlength=min(n, 7))
            shares = np.bincount(np.arange(n) * min(n, 7) // n) / n
            assert stats.chisquare(counts, 6000 * shares).pvalue > 1e-3


@pytest.mark.parametrize("scale", [0.2, 1, 2, 5.5, 40])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_accuracy_is_the_smallest_whole_number_that_covers(scale: float, level: float) -> None:
    found = laplace_accuracy(scale, level=level)
    law = stats.dlaplace(1 / scale)

    def inside(k: int) -> float:
        return float(law.cdf(k) - law.cdf(-k - 1))

    assert found.coverage == pytest.approx(inside(found.within), rel=1e-12)
    assert found.coverage >= level
    assert found.within == 0 or inside(found.within - 1) < level


def test_accuracy_is_that_of_opendp() -> None:
    """OpenDP 0.16: scale 2 at 95 percent is 6.4296 for discrete noise (5.9915 for continuous noise, which this is not)."""
    assert laplace_accuracy(2).accuracy == pytest.approx(6.4296, abs=5e-5)
    assert laplace_accuracy(2).accuracy == pytest.approx(1 + 2 * math.log(2 / (0.05 * (math.exp(0.5) + 1))), rel=1e-14)
    assert 2 * math.log(20) == pytest.approx(5.9915, abs=5e-5)
    assert laplace_accuracy(2).within == 6


def test_limits_cover_and_all_of_them_together() -> None:
    true = np.full(12, 30)
    each = together = 0
    for seed in range(400):
        noisy = noisy_counts(true, epsilon=Fraction(1, 2), cells_per_person=1, seed=seed)
        each += int(((noisy.low <= true) & (true <= noisy.high)).sum())
        together += int(np.abs(noisy.counts - true).max() <= noisy.all_within)
    assert stats.binomtest(each, 4800, noisy.accuracy.coverage).pvalue > 1e-3
    assert together / 400 > 0.95 - 3 * math.sqrt(0.05 * 0.95 / 400)


def test_one_person_more_changes_no_chance_by_more_than_the_budget() -> None:
    """The definition itself: over all outcomes, with a person in 2 of 3 cells and epsilon 1."""
    noisy = noisy_counts([4, 9, 2], epsilon=1, cells_per_person=2, seed=1)
    law = stats.dlaplace(1 / noisy.scale)
    worst = max(law.logpmf(x - 4) + law.logpmf(y - 9) - law.logpmf(x - 5) - law.logpmf(y - 10) for x in range(30) for y in range(30))
    assert worst == pytest.approx(1, rel=1e-9)
    assert noisy.scale == 2


def test_the_budget_is_shared_among_the_cells_a_person_is_in() -> None:
    assert cells_per_person(cube(np.ones((2, 3, 4)))) == 8
    assert cells_per_person(linked([Table([[3, 1], [4, 2]], ("age", "sex"), margins=[()])])) == 2
    two = linked([Table([[3, 1], [4, 2]], ("age", "sex")), Table([[5, 2], [2, 1]], ("answer", "sex"))])
    assert cells_per_person(two) == 6  # age by sex, answer by sex, age, answer, sex, all; the unseen full cross costs nothing
    noisy = noisy_counts(two.values[two.offered], epsilon=1, cells_per_person=6, seed=1)
    assert noisy.scale == 6
    assert "one person is in up to 6 counts, so each has epsilon 0.1667" in repr(noisy)


def test_releases_add_up() -> None:
    parts = [noisy_counts([3, 5], epsilon=e, cells_per_person=1) for e in (0.1, 0.2)]
    assert total_epsilon(parts) == 0.3
    with pytest.raises(InputError):
        total_epsilon(parts[0])  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(0, 2**80), st.sampled_from([0.1, 1, 3.7]))
def test_a_seed_repeats_and_belongs_to_these_counts(counts: list[int], seed: int, epsilon: float) -> None:
    one = noisy_counts(counts, epsilon=epsilon, cells_per_person=1, seed=seed)
    two = noisy_counts(np.array(counts), epsilon=epsilon, cells_per_person=1, seed=seed)
    assert one.counts.tobytes() == two.counts.tobytes()
    assert one.counts.shape == (len(counts),)


def test_a_seed_used_again_on_other_counts_gives_nothing_away() -> None:
    """Were the noise the same, the difference of two releases would be the difference of the true counts."""
    true = np.arange(200)
    before = noisy_counts(true, epsilon=0.1, cells_per_person=1, seed=2**100).counts
    true[7] += 1
    after = noisy_counts(true, epsilon=0.1, cells_per_person=1, seed=2**100).counts
    assert np.abs(after - before).max() > 20
    assert (after == before).mean() < 0.2


def test_without_a_seed_noise_is_new_each_time() -> None:
    drawn = [noisy_counts(np.zeros(50), epsilon=0.1, cells_per_person=1).counts.tobytes() for _ in range(3)]
    assert len(set(drawn)) == 3


def test_what_is_kept_and_said() -> None:
    true = np.array([912345, 3])
    noisy = noisy_counts(true, epsilon=0.001, cells_per_person=1, seed=2**90)
    text = repr(noisy) + noisy._repr_html_()
    assert "912345" not in text
    assert str(2**90) not in text
    assert "epsilon 0.001" in text
    assert "scale 1000" in text
    assert "whoever has it can take it off again" in text
    assert "nobody can draw it again" in repr(noisy_counts(true, epsilon=1, cells_per_person=1))
    assert "not for release" in repr(noisy_counts(true, epsilon=1, cells_per_person=1, seed=3))
    again = pickle.loads(pickle.dumps(noisy))
    assert isinstance(again, NoisyCounts)
    assert repr(again) == repr(noisy)
    assert true.tolist() == [912345, 3]
    with pytest.raises(ValueError, match="read-only"):
        noisy.counts[0] = 1


def test_a_float_is_taken_as_it_is_written() -> None:
    tenth = noisy_counts([5, 6, 7], epsilon=Fraction(1, 10), cells_per_person=1, seed=9)
    for same in (0.1, np.float64(0.1)):
        assert noisy_counts([5, 6, 7], epsilon=same, cells_per_person=1, seed=9).counts.tolist() == tenth.counts.tolist()


SECRET = 913579
BAD: dict[str, tuple[Any, dict[str, Any], str]] = {
    "negative": ([3, -SECRET], {}, "negative, at position 1"),
    "missing": ([3, np.nan], {}, "missing or not finite"),
    "infinite": ([3, np.inf], {}, "missing or not finite"),
    "not whole": ([SECRET + 0.5, 1], {}, "not whole, at position 0"),
    "text": (["3", str(SECRET)], {}, "not an array of numbers"),
    "ragged": ([[1, 2], [SECRET]], {}, "not an array of numbers"),
    "empty": ([], {}, "no cell"),
    "a single number": (SECRET, {}, "single number is not a table"),
    "true and false": ([True, False], {}, "not an array of numbers"),
    "too large": ([2.0**60], {}, "too large"),
    "epsilon of 0": ([3], {"epsilon": 0}, "epsilon= is a number above 0"),
    "epsilon below 0": ([3], {"epsilon": -1.0}, "epsilon= is a number above 0"),
    "epsilon missing": ([3], {"epsilon": math.nan}, "epsilon= is a number above 0"),
    "epsilon infinite": ([3], {"epsilon": math.inf}, "epsilon= is a number above 0"),
    "epsilon a word": ([3], {"epsilon": "1"}, "epsilon= is a number above 0"),
    "epsilon true": ([3], {"epsilon": True}, "epsilon= is a number above 0"),
    "epsilon tiny": ([3], {"epsilon": 1e-12}, "so small that the noise"),
    "sensitivity of 0": ([3], {"sensitivity": 0}, "sensitivity= is a whole number"),
    "cells of 0": ([3], {"cells_per_person": 0}, "cells_per_person= is a whole number"),
    "more cells than counts": ([3, 4], {"cells_per_person": 3}, "there are 2 counts"),
    "level": ([3], {"level": 95}, "level= is a confidence level"),
    "seed a float": ([3], {"seed": 1.5}, "seed= is a whole number"),
    "seed below 0": ([3], {"seed": -1}, "seed= is a whole number"),
    "seed true": ([3], {"seed": True}, "seed= is a whole number"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_without_a_count_in_the_message(case: str) -> None:
    counts, options, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        noisy_counts(counts, **{"epsilon": 1, "cells_per_person": 1, **options})
    assert str(SECRET) not in str(told.value)


def test_epsilon_and_cells_have_no_default() -> None:
    with pytest.raises(TypeError):
        noisy_counts([3])  # type: ignore[call-arg]
