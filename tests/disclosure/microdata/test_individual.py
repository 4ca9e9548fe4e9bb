"""Individual and household risk: numbers by hand, by sums and at high precision."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek

risk = ek.disclosure.microdata.individual_risk
household_risk = ek.disclosure.microdata.household_risk


def precisely(f: int, ratio: float) -> float:
    """The exact risk with hundreds of digits.

    It is p times the integral over u from 0 to 1 of u^(f-1) / (p + q u), which is J(f) with J(1) = -log(p)/q and J(f+1) = (1/f - p J(f))/q.
    """
    with localcontext() as context:
        context.prec = 60 + int(f * max(0.0, -math.log10(ratio - 1))) + f // 4
        big_f = Decimal(f * ratio)
        p = Decimal(f) / big_f
        q = 1 - p
        j = -p.ln() / q
        for k in range(1, f):
            j = (1 / Decimal(k) - p * j) / q
        return float(p * j)


@pytest.mark.parametrize("f", [1, 2, 3, 5, 12, 29, 30, 31, 99, 100, 101, 150, 400])
def test_the_exact_risk_keeps_its_digits(f: int) -> None:
    """scipy 1.17's hypergeometric function is infinite for these from f = 100 and f/F below 0.1 on, and close to whole numbers."""
    for ratio in (1.0 + 2**-20, 1.01, 1.5, 1.99, 2.01, 9.9, 11.0, 100.0, 1e4, 1e6, 1e9):
        found = float(risk([f], [f * ratio])[0])
        assert found == pytest.approx(precisely(f, ratio), rel=2e-13), ratio


@pytest.mark.parametrize(("f", "big_f"), [(1, 3), (2, 9), (3, 15), (7, 20), (40, 90)])
def test_the_exact_risk_is_the_expectation_of_one_over_f(f: int, big_f: int) -> None:
    p = f / big_f

    def chance(h: int) -> float:
        return math.exp(math.lgamma(f + h) - math.lgamma(f) - math.lgamma(h + 1) + f * math.log(p) + h * math.log(1 - p))

    assert risk([f], [big_f])[0] == pytest.approx(math.fsum(chance(h) / (f + h) for h in range(2000)), rel=1e-10)


@pytest.mark.parametrize("f", [1 + 2**-40, 1.1, 1.5, 1.97, 2 + 2**-50, 2.5, 7.25, 29.5])
def test_fractions_keep_their_digits_too(f: float) -> None:
    """Each f is tied to f + 1, and to whole numbers beside it."""
    for ratio in (2.1, 9.0, 300.0, 1e5, 1e7):
        p = 1 / ratio
        here, above = (risk([g], [g * ratio])[0] for g in (f, f + 1))
        assert above == pytest.approx(p / (1 - p) * (1 / f - here), rel=1e-12)
        below, beyond = (risk([g], [g * ratio])[0] for g in (math.floor(f), math.ceil(f)))
        assert beyond * (1 - 1e-11) <= here <= below * (1 + 1e-11)
    term, total, k = 1.0, 0.0, 0
    while term > 1e-18:
        total, term, k = total + term, term * (k + 1) * 0.9 / (f + 1 + k), k + 1
    assert risk([f], [f * 10])[0] == pytest.approx(total / 10 / f, rel=1e-13)


def test_francdat() -> None:
    """The example of Capobianchi, Polettini and Lucarelli, as sdcMicro 5.8 has it, approximate and exact."""
    f, big_f = [2, 2, 2, 1, 1, 1, 1, 2], [110, 84.5, 84.5, 17, 541, 8, 5, 110]
    want = [0.0171442615962852, 0.0220423261832562, 0.0220423261832562, 0.177075834003514, 0.011654480146012, 0.297063077382834]
    want += [0.402359478108525, 0.0171442615962852]
    for method in ("exact", "approximate"):
        np.testing.assert_allclose(risk(f, big_f, method=method), want, rtol=1e-13)


def test_the_approximation_is_sdcmicros_above_two() -> None:
    np.testing.assert_allclose(risk([3, 107], [300, 10700], method="approximate"), [0.01 / 2.01, 0.0000943307235166494], rtol=1e-13)


def test_between_one_and_two_the_approximation_is_exact_where_sdcmicro_has_nought() -> None:
    assert risk([1.5], [150], method="approximate")[0] == risk([1.5], [150])[0] > risk([2], [200])[0] > 0


@pytest.mark.parametrize("method", ["exact", "approximate"])
def test_a_census_has_the_risk_one_over_f_and_so_has_a_population_below_the_sample(method: str) -> None:
    f = np.array([1, 1.5, 2, 3, 50, 1e6])
    np.testing.assert_allclose(risk(f, f, method=method), 1 / f, rtol=1e-15)
    np.testing.assert_allclose(risk(f, f * 0.3, method=method), 1 / f, rtol=1e-15)
    np.testing.assert_allclose(risk(f, f * 0, method=method), 1 / f, rtol=1e-15)


@given(st.floats(1, 1e7), st.floats(1, 1e12))
def test_a_risk_is_never_missing_and_lies_between_its_bounds(f: float, ratio: float) -> None:
    for method in ("exact", "approximate"):
        found = risk([f], [f * ratio], method=method)[0]
        assert 0 < found <= (1 + 1e-12) / f
        assert found >= (1 - 1e-12) / (f * ratio)  # of a random number the mean inverse is at least the inverse mean


@given(st.floats(1, 500), st.floats(1, 1e5), st.floats(1, 3), st.floats(1, 3))
def test_fewer_rows_or_fewer_people_never_lower_the_risk(f: float, ratio: float, more: float, people: float) -> None:
    big_f = f * ratio * more
    low = risk([f * more], [big_f * people])[0]
    assert risk([f], [big_f])[0] >= low * (1 - 1e-12)
    assert risk([f], [f * ratio])[0] >= low * (1 - 1e-12)


@pytest.mark.parametrize(
    ("f", "big_f", "problem"),
    [
        ([1, 2], [3], "one length"),
        ([[1]], [[3]], "one length"),
        ([0.5], [3], "at least 1"),
        ([1], [-3], "at least 1"),
        ([np.nan], [3], "finite"),
        ([1], [np.inf], "finite"),
        (["secret-7"], [3], "finite"),
    ],
)
def test_bad_frequencies(f: list[float], big_f: list[float], problem: str) -> None:
    with pytest.raises(ek.errors.InputError, match=problem) as caught:
        risk(f, big_f)
    assert "secret" not in str(caught.value)


def test_a_method_is_one_of_two() -> None:
    with pytest.raises(ek.errors.InputError, match="method"):
        risk([1], [2], method="approx")  # pyright: ignore


def test_no_rows_have_no_risk() -> None:
    assert risk([], []).tolist() == []


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3)), min_size=1, max_size=12))
def test_households_are_found_with_their_likeliest_member_or_likelier(rows: list[tuple[float, int]]) -> None:
    own, ids = np.array([r for r, _ in rows]), np.array([h for _, h in rows])
    together = household_risk(own, ids)
    for h in set(ids.tolist()):
        want = 1 - math.prod(1 - r for r in own[ids == h].tolist())
        np.testing.assert_allclose(together[ids == h], want, rtol=1e-12, atol=1e-15)
    assert (together >= own - 1e-15).all()


def test_a_member_found_for_certain_gives_all_away() -> None:
    assert household_risk([1.0, 0.0, 0.0], ["a", "a", "b"]).tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("own", "ids", "problem"),
    [
        ([0.1, 0.2], ["hh-secret", None], "missing in 1 row"),
        ([0.1, 0.2], [1.0, np.nan], "missing in 1 row"),
        ([0.1, 0.2], ["hh-secret"], "one identifier a row"),
        ([1.1], [1], "from 0 to 1"),
        ([np.nan], [1], "finite"),
    ],
)
def test_bad_households(own: list[float], ids: list[object], problem: str) -> None:
    with pytest.raises(ek.errors.InputError, match=problem) as caught:
        household_risk(own, ids)
    assert "secret" not in str(caught.value)
