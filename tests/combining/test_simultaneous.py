"""Simultaneous limits: the largest of t statistics against R, shapes of limits, cells of 0, and coverage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_estimates import made_estimate
from scipy.stats import beta, norm, t

import evidencekit as ek
from evidencekit.combining import simultaneous
from evidencekit.combining.maxima import largest_t
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Covariance


def alike(k: int, r: float) -> np.ndarray:
    return np.full((k, k), r) + (1 - r) * np.eye(k)


def fading(k: int, r: float) -> np.ndarray:
    return r ** np.abs(np.subtract.outer(np.arange(k), np.arange(k)))


def pairs(k: int) -> np.ndarray:
    """Correlations of all differences of k independent means: of rank k - 1."""
    rows = np.array([np.eye(k)[i] - np.eye(k)[j] for i in range(k) for j in range(i)])
    return rows @ rows.T / 2


# R's mvtnorm, qmvt and qmvnorm with tail "both.tails", which promises about 1e-3.
QMVT = [
    (alike(4, 0.5), 20, 0.95, 2.6509803),
    (fading(6, 0.8), 12, 0.95, 2.8684792),
    (fading(6, 0.8), np.inf, 0.95, 2.4943397),
    (np.eye(3), 5, 0.99, 5.1038121),
]
# R's qtukey over the root of 2: exact, and the correlation is singular.
TUKEY = [(4, 20, 2.7989361), (6, 12, 3.3589209), (3, np.inf, 2.3437006)]


@pytest.mark.parametrize(("correlation", "df", "level", "wanted"), QMVT)
def test_the_quantile_is_that_of_mvtnorm(correlation: np.ndarray, df: float, level: float, wanted: float) -> None:
    assert largest_t(correlation, df, level)[0] == pytest.approx(wanted, abs=2e-3)


@pytest.mark.parametrize(("k", "df", "wanted"), TUKEY)
def test_the_quantile_of_all_pairs_is_tukeys(k: int, df: float, wanted: float) -> None:
    got, error = largest_t(pairs(k), df, 0.95)
    assert got == pytest.approx(wanted, abs=max(5 * error, 1e-4))
    assert error < 1e-3


def test_one_number_and_numbers_that_are_one() -> None:
    assert largest_t(np.ones((1, 1)), 9, 0.95)[0] == pytest.approx(t.ppf(0.975, 9), rel=1e-12)
    assert largest_t(np.ones((5, 5)), 9, 0.95)[0] == pytest.approx(t.ppf(0.975, 9), rel=1e-10)
    independent = norm.ppf((1 + 0.95 ** (1 / 7)) / 2)
    assert largest_t(np.eye(7), np.inf, 0.95)[0] == pytest.approx(independent, abs=1e-3)


def test_limits_of_means_are_moved_by_the_quantile() -> None:
    est = made_estimate("mean", [3.0, 4.0, 5.0], se=[0.1, 0.2, 0.3], df=20)
    matrix = alike(3, 0.4) * np.outer(est.se, est.se)
    reach = t.ppf(0.975, 20) * est.se
    est = replace(
        est,
        covariance=Covariance(np.diagonal(matrix).copy(), matrix, None),
        interval=replace(est.interval, low=est.points - reach, high=est.points + reach),
    )
    c, _ = largest_t(alike(3, 0.4), 20, 0.95)
    made = simultaneous(est)
    np.testing.assert_allclose(made.interval.high, est.points + c * est.se, rtol=1e-9)
    np.testing.assert_allclose(made.interval.low, est.points - c * est.se, rtol=1e-9)
    for how, tail in (("bonferroni", 0.05 / 6), ("sidak", (1 - 0.95 ** (1 / 3)) / 2)):
        wide = simultaneous(est, how=how)
        np.testing.assert_allclose(wide.interval.high, est.points + t.isf(tail, 20) * est.se, rtol=1e-9)
    assert "max" in simultaneous.__doc__  # type: ignore[operator]
    assert "3 cells" in made.provenance.policies[-1][1]


def test_the_family_is_what_is_named() -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    est = ek.proportion(survey, "any_contact_unwanted", by="province")
    names = est.cells.columns["province"]
    some = simultaneous(est, cells=[{"province": names[4]}, {"province": names[1]}])
    every = simultaneous(est)
    assert some.cells.columns["province"] == (names[4], names[1])
    np.testing.assert_array_equal(some.points, est.points[[4, 1]])
    assert (some.interval.high < every.interval.high[[4, 1]]).all()
    assert (some.interval.high > est.interval.high[[4, 1]]).all()
    assert ((every.interval.low > 0) & (every.interval.high < 1)).all()
    np.testing.assert_allclose(some.vcov, est.covariance.of([4, 1]))
    bonferroni = simultaneous(est, how="bonferroni")
    assert (bonferroni.interval.high >= every.interval.high - 1e-6).all()
    gap = ek.difference(some, {"province": names[4]}, {"province": names[1]})
    assert gap.df[0] == ek.difference(est, {"province": names[4]}, {"province": names[1]}).df[0]
    again = simultaneous(est)
    np.testing.assert_array_equal(again.interval.low, every.interval.low)


def test_a_share_of_nobody_keeps_an_exact_limit() -> None:
    est = made_estimate("proportion", [0.0, 0.2], se=[0.0, 0.02], n=[60, 400], cases=[0, 80], df=30)
    z = 1.959964
    high = beta.ppf(0.975, 1, 60)
    est = replace(est, interval=replace(est.interval, low=np.array([0.0, 0.2 - z * 0.02]), high=np.array([high, 0.2 + z * 0.02])))
    made = simultaneous(est, how="bonferroni")
    assert made.interval.low[0] == 0
    assert made.interval.high[0] == pytest.approx(beta.ppf(1 - 0.05 / 4, 1, 60), rel=1e-9)
    widest = simultaneous(est)
    assert widest.interval.high[0] == pytest.approx(beta.ppf((1 + 0.95**0.5) / 2, 1, 60), rel=1e-9)


def test_cells_without_limits_do_not_count() -> None:
    est = made_estimate("mean", [1.0, 2.0, 3.0])
    hidden = replace(est, interval=replace(est.interval, low=np.array([0.9, np.nan, 2.9]), high=np.array([1.1, np.nan, 3.1])))
    made = simultaneous(hidden, how="bonferroni")
    assert np.isnan(made.interval.low[1])
    two = simultaneous(hidden, cells=[0, 2], how="bonferroni")
    np.testing.assert_allclose(made.interval.low[[0, 2]], two.interval.low)
    with pytest.raises(Refused, match="No cell"):
        simultaneous(hidden, cells=[1])


def test_what_cannot_be_widened() -> None:
    est = made_estimate("mean", [1.0, 2.0])
    with pytest.raises(InputError, match="takes an Estimate"):
        simultaneous([1, 2])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="how="):
        simultaneous(est, how="scheffe")
    with pytest.raises(InputError, match="list of cells"):
        simultaneous(est, cells={"g": "group 1"})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="list of cells"):
        simultaneous(est, cells=[])
    with pytest.raises(InputError, match="twice"):
        simultaneous(est, cells=[1, {"g": "group 1"}])
    with pytest.raises(InputError, match="numbered from 0"):
        simultaneous(est, cells=[7])
    with pytest.raises(InputError, match="one-sided"):
        simultaneous(replace(est, interval=replace(est.interval, sided="upper")))
    with pytest.raises(InputError, match="covariance") as told:
        simultaneous(est, cells=[0, {"g": "group 1"}])
    assert "group" not in str(told.value)


@pytest.mark.slow
def test_all_limits_hold_at_once_as_often_as_promised() -> None:
    draw = np.random.default_rng(3)
    correlation, df, k = fading(8, 0.7), 15, 8
    c, _ = largest_t(correlation, df, 0.95)
    z = draw.multivariate_normal(np.zeros(k), correlation, size=200_000)
    inside = (np.abs(z).max(axis=1) / np.sqrt(draw.chisquare(df, 200_000) / df) < c).mean()
    assert inside == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 200_000))


@pytest.mark.slow
def test_cells_with_few_and_with_many_degrees_of_freedom_hold_together() -> None:
    df = np.array([4.0, 60.0, 12.0])
    est = made_estimate("mean", [0.0, 0.0, 0.0], se=[1.0, 1.0, 1.0], df=df.tolist())
    reach = t.ppf(0.975, df)
    est = replace(est, covariance=Covariance(np.ones(3), np.eye(3), None), interval=replace(est.interval, low=-reach, high=reach))
    wide = simultaneous(est).interval.high
    draw = np.random.default_rng(8)
    statistics = draw.normal(size=(200_000, 3)) / np.sqrt(draw.chisquare(df, (200_000, 3)) / df)
    assert (np.abs(statistics) < wide).all(axis=1).mean() == pytest.approx(0.95, abs=0.003)
