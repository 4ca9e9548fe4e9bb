"""Intervals in words and icons are rounded outward, whatever they are counted in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import InputError
from evidencekit.findings.ranges import icon_counts, interval_words, outward, percent_words

intervals = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.099, 0.141, "between 9 and 15 in 100"),
        (0.02859, 0.1548, "between 2 and 16 in 100"),
        (0.231, 0.306, "between 23 and 31 in 100"),
        (0.104, 0.116, "between 104 and 116 in 1,000"),
        (0.003, 0.012, "between 3 and 12 in 1,000"),
        (0.0, 0.03, "between 0 and 3 in 100"),
        (0.0, 0.0004, "between 0 and 4 in 10,000"),
        (0.97, 0.999, "between 970 and 999 in 1,000"),
        (0.25, 0.25, "25 in 100"),
        (0.0, 1.0, "between 0 and 100 in 100"),
        (0.1, 0.3 - 0.1, "between 10 and 20 in 100"),
    ],
)
def test_interval_words(low: float, high: float, words: str) -> None:
    assert interval_words(low, high) == words


@given(intervals)
def test_interval_words_never_claim_more_than_the_interval(interval: list[float]) -> None:
    low, high = interval
    words = interval_words(low, high).replace(",", "").split()
    y = int(words[-1])
    a, b = (int(words[1]), int(words[3])) if words[0] == "between" else (int(words[0]), int(words[0]))
    assert a / y <= low + 1e-9
    assert b / y >= high - 1e-9
    assert a < b or high - low <= 1e-9
    assert max(low - a / y, b / y - high) <= max(0.25 * (high - low) + 1e-9, 1.001 / 10_000)


@given(intervals, st.floats(0, 1))
def test_icons_and_their_caption_count_the_same(interval: list[float], place: float) -> None:
    low, high = interval
    p = low + place * (high - low)
    try:
        filled, total, ends = icon_counts(p, low, high)
    except InputError:
        assert p < 0.0005 or p > 0.9994 or not low - 1e-9 <= round(1000 * p + 1e-9) / 1000 <= high + 1e-9
        return
    assert low - 1e-9 <= filled / total <= high + 1e-9
    assert ends == outward(low, high, total)
    assert 0 <= ends[0] <= filled <= ends[1] <= total
    assert 0 < filled < total
    assert interval_words(low, high, per=total).endswith(f" in {total:,}")


def test_what_is_too_rare_is_not_drawn_as_nobody() -> None:
    with pytest.raises(InputError, match="dots"):
        icon_counts(0.0001, 0.00005, 0.0002)
    assert icon_counts(0.03, 0.008, 0.06) == (30, 1000, (8, 60))
    assert icon_counts(0.3, None, None) == (30, 100, None)


@given(intervals)
def test_percentages_are_rounded_outward(interval: list[float]) -> None:
    low, high = interval
    words = percent_words((low + high) / 2, low, high).replace("%", "").replace("(", "").replace(")", "").split()
    assert float(words[1]) <= 100 * low + 1e-7
    assert float(words[3]) >= 100 * high - 1e-7
    assert 0 <= float(words[1]) <= float(words[3]) <= 100
