"""Negative binomial regression: its derivatives, its limit, and other programs' numbers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom

import evidencekit as ek
from evidencekit.columns import Floats
from evidencekit.errors import EstimationError, InputError
from evidencekit.models.overdispersed import NegativeBinomial

# R 4.2.2, MASS::glm.nb(y ~ x + g, weights = w) on the frame below: coefficients with control = glm.control(epsilon = 1e-15, maxit = 500)
GLM_NB = ((0.712032659288187708, 0.080849595187507312, 0.081831957277553699), 0.76538283594706857)


def small() -> pd.DataFrame:
    i = np.arange(160)
    x = i % 7
    y = ((i * i * 3 + 5 * x) % 11) * (i % 3) // 2 + (i % 5 == 0) * x
    return pd.DataFrame({"y": y, "x": x, "g": i % 2, "w": 1.0 + i % 4, "psu": i // 8})


@cache
def survey() -> ek.Survey:
    return ek.Survey(small(), weights="w", psu="psu")


def density(y: Floats, theta: Floats, x: Floats, w: Floats) -> float:
    """The same likelihood, in scipy's words."""
    mu, size = np.exp(x @ theta[:-1]), np.exp(theta[-1])
    return float(w @ nbinom.logpmf(y, size, size / (size + mu)))


def test_an_independent_maximisation_and_r() -> None:
    model, frame = ek.models.negative_binomial(survey(), "y ~ x + g"), small()
    x, w = np.column_stack([np.ones(160), frame["x"], frame["g"]]), frame["w"].to_numpy()
    theta = np.append(model.coefficients, np.log(model.ancillary["size"]))
    y = frame["y"].to_numpy(dtype=np.float64)
    found = minimize(lambda t: -density(y, t, x, w), theta + 0.1, method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(theta, found.x, atol=2e-6)
    assert density(y, theta, x, w) >= -found.fun - 1e-10
    np.testing.assert_allclose(model.coefficients, GLM_NB[0], rtol=1e-9)
    np.testing.assert_allclose(model.ancillary["size"], GLM_NB[1], rtol=1e-8)


def test_of_one_mean_it_is_the_mean() -> None:
    model, mean = ek.models.negative_binomial(survey(), "y ~ 1"), ek.mean(survey(), "y")
    np.testing.assert_allclose(np.exp(model.coefficients), mean.points, rtol=1e-12)
    np.testing.assert_allclose(np.exp(model.coefficients) * model.estimate.se, mean.se, rtol=1e-10)


@pytest.mark.parametrize("size", [0.2, 3.0, 90.0, 110.0, 1e5])
def test_derivatives(size: float) -> None:
    frame = small()
    x, y = np.column_stack([np.ones(160), frame["x"] / 7]), frame["y"].to_numpy(dtype=np.float64)
    model = NegativeBinomial(x, y, np.zeros(160), np.zeros(3))
    theta, w = np.array([0.4, 0.8, np.log(size)]), frame["w"].to_numpy()
    step = 1e-5
    for j in range(3):
        up, down = (theta + sign * step * np.eye(3)[j] for sign in (1, -1))
        slope = (model.value(up, w) - model.value(down, w)) / (2 * step)
        np.testing.assert_allclose((w @ model.scores(theta, w))[j], slope, rtol=1e-6, atol=1e-6)
        bend = -(w @ model.scores(up, w) - w @ model.scores(down, w)) / (2 * step)
        np.testing.assert_allclose(model.information(theta, w)[j], bend, rtol=1e-6, atol=1e-8)


def test_the_series_and_the_functions_meet() -> None:
    y, w = small()["y"].to_numpy(dtype=np.float64), small()["w"].to_numpy()
    model = NegativeBinomial(np.ones((160, 1)), y, np.zeros(160), np.zeros(2))
    below, above = (np.array([1.0, np.log(100.0) + shift]) for shift in (-1e-12, 1e-12))
    np.testing.assert_allclose(model.value(below, w), model.value(above, w), rtol=1e-10)
    np.testing.assert_allclose(w @ model.scores(below, w), w @ model.scores(above, w), rtol=1e-7)
    np.testing.assert_allclose(model.information(below, w), model.information(above, w), rtol=1e-5)


def test_a_very_large_size_is_poissons() -> None:
    """Counts a little more spread than a Poisson's."""
    y = np.concatenate([np.full(50, 2), np.full(40, 4), np.full(10, 9), np.full(60, 3), np.full(40, 0), np.full(40, 6)])
    frame = pd.DataFrame({"y": y, "w": 1.0, "psu": np.arange(240) % 12, "x": np.arange(240) % 5})
    s = ek.Survey(frame, weights="w", psu="psu")
    wide, poisson = ek.models.negative_binomial(s, "y ~ x"), ek.models.poisson(s, "y ~ x")
    assert wide.ancillary["size"] > 5
    np.testing.assert_allclose(wide.coefficients, poisson.coefficients, atol=1e-2)
    np.testing.assert_allclose(wide.estimate.se, poisson.estimate.se, rtol=0.02)


def test_replicates_and_averages() -> None:
    fiction = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    model = ek.models.negative_binomial(fiction, "I(4 * hours_online) ~ age + area")
    again = ek.models.negative_binomial(ek.weighting.jackknife(fiction), "I(4 * hours_online) ~ age + area")
    np.testing.assert_allclose(again.coefficients, model.coefficients, rtol=1e-9)
    np.testing.assert_allclose(again.estimate.se, model.estimate.se, rtol=0.02)
    np.testing.assert_allclose(again.ancillary["se of log size"], model.ancillary["se of log size"], rtol=0.05)
    shares = ek.models.adjusted(model, "area")
    assert shares.statistic == "adjusted mean"
    np.testing.assert_allclose(ek.models.adjusted(again, "area").se, shares.se, rtol=0.02)


def test_bad_input() -> None:
    frame = small().assign(even=5 + small()["g"], neg=-1.0)
    s = ek.Survey(frame, weights="w", psu="psu")
    with pytest.raises(EstimationError, match=r"no more about their means than a Poisson's.*poisson\(\)"):
        ek.models.negative_binomial(s, "even ~ x")
    with pytest.raises(InputError, match="counts"):
        ek.models.negative_binomial(s, "neg ~ x")
    with pytest.raises(InputError, match="without a dispersion"):
        ek.models.aic(ek.models.negative_binomial(s, "y ~ x"))
