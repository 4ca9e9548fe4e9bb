"""Numbers of people, rounded: published examples, and what every rounding keeps."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evidencekit.combining import rounded_total
from evidencekit.errors import InputError

EXAMPLES: dict[tuple[float, float | None, float | None], tuple[int, int | None, int | None]] = {
    (215_962, 179_843, 256_539): (220_000, 180_000, 260_000),
    (775_526, 581_437, 1_018_510): (800_000, 500_000, 1_100_000),
    (3_580_485, 3_043_351, 4_035_759): (3_600_000, 3_000_000, 4_100_000),
    (47_686, 40_172, 55_612): (48_000, 40_000, 56_000),
    (3_580_485, None, None): (3_600_000, None, None),
    (47_686, None, None): (48_000, None, None),
    (48_213, 4_000, 150_000): (48_000, 4_000, 150_000),
    (0, 0, 5_200): (0, 0, 6_000),
    (7, 2, 19): (7, 2, 19),
    (40_000, 0, 700_000): (40_000, 0, 700_000),
    (123_456, 123_400, 123_512): (123_460, 123_400, 123_520),
}


@pytest.mark.parametrize("given", EXAMPLES)
def test_examples(given: tuple[float, float | None, float | None]) -> None:
    assert rounded_total(*given) == EXAMPLES[given]


@given(st.floats(0, 1e9), st.floats(0, 1), st.floats(0, 5))
def test_what_every_rounding_keeps(value: float, down: float, up: float) -> None:
    low, high = value * (1 - down), value * (1 + up)
    assume(high - low > 8)  # below that, whole people are what limits it
    about, least, most = rounded_total(value, low, high)
    half = (high - low) / 2
    assert least is not None
    assert most is not None
    assert least <= about <= most
    assert least <= low + 0.0101 * half
    assert most >= high - 0.0101 * half
    assert least > 0 or low < max(1.0, value / 50)
    digits = len(str(about).rstrip("0"))
    inside = low - 0.0101 * half <= about <= high + 0.0101 * half
    assert abs(about - value) <= half / 4 + 1e-6 or (digits <= 3 and inside)
    assert digits <= 3 or half / value < 0.02


@given(st.floats(0, 1e9))
def test_without_limits_two_digits(value: float) -> None:
    about, least, most = rounded_total(value)
    assert (least, most) == (None, None)
    assert abs(about - value) <= max(0.5, value / 20)
    assert about < 100 or len(str(about).rstrip("0")) <= 2


def test_one_limit_alone() -> None:
    assert rounded_total(215_962, math.nan, 256_539) == (220_000, None, 260_000)


def test_what_is_no_number_of_people_is_refused() -> None:
    for bad in ((-1.0,), (math.nan,), (math.inf,)):
        with pytest.raises(InputError, match="0 or more"):
            rounded_total(*bad)
    for limits in ((5, 6, 7), (5, 1, 4)):
        with pytest.raises(InputError, match="outside its own limits"):
            rounded_total(*limits)
