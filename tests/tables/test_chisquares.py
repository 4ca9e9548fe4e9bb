"""Sums of weighted chi-squares against scipy's distributions, another integral, and each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from evidencekit.errors import InputError
from evidencekit.tables import f_sum_tail, satterthwaite, sum_tail


@pytest.mark.parametrize("df", [0.5, 1, 2, 3, 10, 100])
@pytest.mark.parametrize("x", [1e-3, 0.1, 1, 3, 30, 300])
def test_one_chi_square_far_into_both_tails(df: float, x: float) -> None:
    for scale in (1.0, 1e-7, 1e7):
        np.testing.assert_allclose(sum_tail(x * scale, [scale], [df]), stats.chi2.sf(x, df), rtol=1e-12, atol=1e-15)
    assert sum_tail(x, [1.0], [df], method="satterthwaite") == pytest.approx(stats.chi2.sf(x, df), rel=1e-12)


@pytest.mark.parametrize("ddf", [0.7, 1, 2, 10, 350.7])
@pytest.mark.parametrize("x", [0.01, 1, 5, 50])
def test_an_f_is_a_sum_with_a_negative_weight(x: float, ddf: float) -> None:
    for method in ("exact", "satterthwaite"):
        np.testing.assert_allclose(f_sum_tail(x, [1.0], ddf, method=method), stats.f.sf(x, 1, ddf), rtol=1e-11, atol=1e-14)
        np.testing.assert_allclose(f_sum_tail(x, [2.0] * 3, ddf, method=method), stats.f.sf(x / 6, 3, ddf), rtol=1e-11, atol=1e-14)
    assert f_sum_tail(x, [1.0], np.inf) == pytest.approx(stats.chi2.sf(x, 1), rel=1e-11)


@pytest.mark.parametrize("x", [-30.0, -1.0, 0.0, 1.0, 30.0, 100.0])
def test_a_difference_is_laplace(x: float) -> None:
    np.testing.assert_allclose(sum_tail(x, [1, -1], [2, 2]), stats.laplace.sf(x, scale=2), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(sum_tail(-x, [-1, -3], [1, 2]), 1 - sum_tail(x, [1, 3], [1, 2]), rtol=1e-12, atol=1e-15)


@given(
    st.lists(st.floats(0.01, 100), min_size=2, max_size=6),
    st.floats(0.05, 20),
)
def test_two_chi_squares_each_is_one_exponential(weights: list[float], times: float) -> None:
    """Distinct weights on two degrees of freedom each: the tail is a sum of exponentials, where that does not cancel."""
    a = np.array(sorted(weights))
    if (np.diff(a) < 0.05 * a[1:]).any():
        return
    x = times * a.sum()
    parts = [np.exp(-x / (2 * a[i])) * np.prod([a[i] / (a[i] - a[j]) for j in range(len(a)) if j != i]) for i in range(len(a))]
    size = np.abs(parts).max()
    np.testing.assert_allclose(sum_tail(x, a, np.full(len(a), 2.0)), sum(parts), rtol=1e-10, atol=1e-10 if size < 1e3 else 1e-15 * size)


def test_an_integral_over_the_denominator_agrees() -> None:
    """Whole numbers of degrees of freedom and not, by one-dimensional quadrature over the denominator."""
    a, ddf, x = [1.2, 0.4], 20.7, 5.5

    def inside(y: float) -> float:
        return sum_tail(x * y / ddf, a) * stats.chi2.pdf(y, ddf)

    want = integrate.quad(inside, 0, 120, epsabs=1e-13, epsrel=1e-12, limit=300)[0]
    assert f_sum_tail(x, a, ddf) == pytest.approx(want, abs=1e-12)


# pchisqsum(x, df, a, lower.tail = FALSE, method = "saddlepoint") and "satterthwaite" of R survey 4.1.1; R stops its root at 1e-8.
R_SUMS = [
    (3.0, [1, 1, 1], [2.0, 1.0, 0.3], 0.393323327621466, 0.408514893024541),
    (30.0, [1, 1, 1], [2.0, 1.0, 0.3], 0.000183858592941699, 7.3124581790535e-05),
    (0.2, [1, 2], [1.0, 0.1], 0.829867805502275, 0.768721159930374),
    (4.0, [1, 1, 5], [3.0, -1.0, -0.2], 0.169912177767351, None),
    (1e3, [1, 3], [2.0, 5.0], 5.6675657056854e-43, 9.708706228482e-46),
]


@pytest.mark.parametrize(("x", "df", "weights", "saddlepoint", "plain"), R_SUMS)
def test_sums_equal_those_of_r(x: float, df: list[int], weights: list[float], saddlepoint: float, plain: float | None) -> None:
    assert sum_tail(x, weights, df, method="saddlepoint") == pytest.approx(saddlepoint, rel=1e-7)
    if plain is not None:
        assert sum_tail(x, weights, df, method="satterthwaite") == pytest.approx(plain, rel=1e-10)


def test_sums_over_a_chi_square_equal_those_of_r() -> None:
    """pFsum(5, c(1, 1), c(1.5, 0.5), ddf = 12, lower.tail = FALSE, method = ...)."""
    assert f_sum_tail(5, [1.5, 0.5], 12, method="saddlepoint") == pytest.approx(0.124541218282532, rel=1e-7)
    assert f_sum_tail(5, [1.5, 0.5], 12, method="satterthwaite") == pytest.approx(0.130467625596835, rel=1e-10)


def test_the_saddlepoint_at_the_mean_is_continuous() -> None:
    for a in ([1.0], [2.0, 0.5, 0.1], [3.0, -1.0]):
        mean = float(np.sum(a))
        near = [sum_tail(mean + d, a, method="saddlepoint") for d in (-1e-3, 0.0, 1e-3)]
        assert near[0] > near[1] > near[2]
        assert near[0] - near[2] < 2e-3


def test_the_saddlepoint_stays_near_far_out() -> None:
    for x in (10, 50, 200):
        exact = sum_tail(x, [2.0, 1.0, 0.3])
        assert sum_tail(x, [2.0, 1.0, 0.3], method="saddlepoint") == pytest.approx(exact, rel=0.1)


def test_edges() -> None:
    assert sum_tail(-1.0, [1.0]) == 1.0
    assert sum_tail(1.0, [-1.0]) == 0.0
    assert sum_tail(3.0, [1.0, 0.0, 0.0]) == pytest.approx(stats.chi2.sf(3, 1))
    assert satterthwaite([3.0, 1.0]) == pytest.approx((2.5, 1.6))
    for wrong in ([], [0.0], [np.nan], [[1.0]]):
        with pytest.raises(InputError):
            sum_tail(1.0, wrong)
    with pytest.raises(InputError):
        sum_tail(1.0, [1.0, -1.0], method="satterthwaite")
    with pytest.raises(InputError):
        sum_tail(np.nan, [1.0])
    with pytest.raises(InputError):
        f_sum_tail(1.0, [1.0], 0)
    with pytest.raises(InputError):
        sum_tail(1.0, [1.0], method="imhof")  # type: ignore[arg-type]
