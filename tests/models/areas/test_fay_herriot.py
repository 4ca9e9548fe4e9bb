"""The area-level model: a published example, the likelihood by its definition, ways back, benchmarks, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pytest
from made_estimates import made_estimate
from scipy.integrate import quad
from scipy.linalg import null_space
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, UnknownColumn
from evidencekit.models import AreaModel, Benchmark, fay_herriot
from evidencekit.models.areas.restricted import log_likelihood, predict, restricted
from evidencekit.models.areas.scales import SCALES
from evidencekit.models.areas.smoothing import smoothed


def numbers(text: str) -> np.ndarray:
    return np.array(text.split(), dtype=float)


# Expenditure on milk in 43 areas (Arora and Lahiri 1997): direct estimates, standard deviations and major areas as in R's sae.
MILK = numbers(
    "1.099 1.075 1.105 .628 .753 .981 1.257 1.095 1.405 1.356 .615 1.46 1.338 .854 1.176 1.111 1.257 1.43 1.278 1.292 1.002 1.183 1.044 "
    "1.267 1.193 .791 .795 .759 .796 .565 .886 .952 .807 .582 .684 .787 .44 .759 .77 .8 .756 .865 .64"
)
SD = numbers(
    ".163 .08 .083 .109 .119 .141 .202 .127 .168 .178 .1 .201 .148 .143 .149 .145 .135 .172 .137 .163 .125 .247 .14 .171 .106 .121 .121 "
    ".259 .106 .089 .225 .205 .119 .067 .106 .126 .092 .132 .1 .113 .083 .121 .129"
)
MAJOR = np.repeat(["1", "2", "3", "4"], [7, 7, 11, 18])
# sae: eblupFH and mseFH, method "REML", which stop at a step of 1e-4.
EBLUP = numbers(
    "1.0219703 1.0476018 1.0679513 .7608170 .8461574 .9743727 1.0584523 1.0977762 1.2215449 1.1951455 .7852155 1.2139456 1.2096593 "
    ".9834967 1.1864247 1.1556982 1.2263411 1.2856486 1.2363247 1.2349600 1.0903019 1.1923057 1.1216470 1.2230296 1.1938054 .7627195 "
    ".7649550 .7338443 .7699294 .6134418 .7695558 .7958250 .7723187 .6102302 .7001782 .7592787 .5298867 .7434466 .7548996 .7701918 "
    ".7481164 .8040773 .6810870"
)
MSE = (
    numbers(
        "13460220 5372876 5701990 8541740 9579594 11670632 15926137 10586518 14184043 14901472 7694262 16336469 12562726 12117378 12031229 "
        "11709147 10859780 13690860 11034674 13079686 9948636 17243977 11292325 13625297 8065787 9205133 9205133 16476912 7800626 6098668 "
        "15441564 14657866 9024699 3870786 7800626 9646139 6404335 10155645 7209937 8470277 5484860 9205133 9903626"
    )
    / 1e9
)


def milk() -> tuple[ek.Estimate, pd.DataFrame]:
    z = norm.ppf(0.975)
    table = pd.DataFrame({"area": range(43), "estimate": MILK, "low": MILK - z * SD, "high": MILK + z * SD})
    est = ek.combining.reported(table, by="area", level=0.95, inference="probability", statistic="mean", source="sae")
    return est, pd.DataFrame({"area": range(43), "major": MAJOR})


def districts(*, areas: int = 12, seed: int = 1) -> tuple[ek.Estimate, pd.DataFrame]:
    """Shares of areas, and of two areas more that were not visited only what is known."""
    draw = np.random.default_rng(seed)
    x = draw.uniform(-1, 1, areas + 2)
    n = draw.integers(40, 400, areas).astype(float)
    p = draw.binomial(n.astype(int), 1 / (1 + np.exp(1.2 - 0.6 * x[:areas] - draw.normal(0, 0.3, areas)))) / n
    names = [f"d{i}" for i in range(areas + 2)]
    se = np.sqrt(1.5 * p * (1 - p) / n)
    est = made_estimate("proportion", p.tolist(), se=se.tolist(), n=n.tolist(), cases=(n * p).tolist(), columns={"g": names[:areas]})
    return est, pd.DataFrame({"g": names, "x": x, "children": draw.integers(1000, 9000, areas + 2)})


def test_the_published_example() -> None:
    made = fay_herriot(*milk(), formula="major", smoothing="none")
    np.testing.assert_allclose(made.estimate.points, EBLUP, atol=2e-6)
    np.testing.assert_allclose(made.estimate.se**2, MSE, rtol=2e-5)
    np.testing.assert_allclose(made.coefficients, [0.9681890, 0.1327801, 0.2269462, -0.2413011], atol=1e-6)
    np.testing.assert_allclose(made.coefficient_se, [0.06936208, 0.10300072, 0.09232981, 0.08161707], rtol=1e-5)
    assert made.scale == "plain"
    assert set(made.estimate.flags) == {"model-based"}


def test_the_variance_is_where_the_likelihood_of_contrasts_is_highest() -> None:
    """The definition of REML: the likelihood of what is left of the data without the coefficients, by dense matrices."""
    x = np.column_stack([np.ones(43), *(level == MAJOR for level in "234")]).astype(float)
    got = restricted(MILK, x, SD**2)
    free = null_space(x.T).T

    def score(a: float) -> float:
        inverse = np.linalg.inv(free @ np.diag(a + SD**2) @ free.T)
        z = inverse @ free @ MILK
        return float(z @ free @ free.T @ z - np.trace(inverse @ free @ free.T))

    assert got.variance == pytest.approx(brentq(score, 0.01, 0.03, xtol=1e-15), rel=1e-10)

    def likelihood(a: float) -> float:
        return float(multivariate_normal.logpdf(free @ MILK, cov=free @ np.diag(a + SD**2) @ free.T))

    values = (0.5, 0.9, 1.0, 1.1, 2.0)
    ours, theirs = ([f(got.variance * k) for k in values] for f in (lambda a: log_likelihood(a, MILK, x, SD**2), likelihood))
    np.testing.assert_allclose(np.diff(ours), np.diff(theirs), rtol=1e-7)
    assert max(theirs) == theirs[2]


def test_a_variance_below_nought_is_nought() -> None:
    x = np.ones((10, 1))
    y, d = np.linspace(-0.01, 0.01, 10), np.full(10, 1.0)
    made = restricted(y, x, d)
    assert made.variance == 0.0
    got = predict(made, y, x, d)
    np.testing.assert_allclose(got.points, y.mean(), atol=1e-15)
    assert (np.diagonal(got.errors) > 0).all()


def test_equal_variances_have_a_closed_form() -> None:
    y, x = np.array([3.0, -2.0, 5.0, 0.0, -1.0, 4.0]), np.ones((6, 1))
    made = restricted(y, x, np.full(6, 0.5))
    assert made.variance == pytest.approx(y.var(ddof=1) - 0.5, rel=1e-12)


@pytest.mark.parametrize("name", ["arcsine", "logit"])
def test_the_way_back_is_the_mean_of_what_the_normal_stands_for(name: str) -> None:
    scale = SCALES[name]
    bend = {"arcsine": lambda t: np.sin(t) ** 2, "logit": lambda t: 1 / (1 + np.exp(-t))}[name]
    mean, variance = np.array([0.3, 0.9, -1.1 if name == "logit" else 0.6]), np.array([0.04, 0.2, 0.5])
    got = scale.moments(mean, variance)
    for i in range(3):
        sd = variance[i] ** 0.5

        def part(power: int, i: int = i, sd: float = sd) -> float:
            return float(quad(lambda t: bend(t) ** power * norm.pdf(t, mean[i], sd), mean[i] - 12 * sd, mean[i] + 12 * sd, epsabs=1e-13)[0])

        assert got[0][i] == pytest.approx(part(1), rel=1e-9)
        assert got[1][i] == pytest.approx(part(2) - part(1) ** 2, rel=1e-7)
    p = np.array([0.1, 0.4])
    np.testing.assert_allclose(scale.back(scale.there(p)), p)
    np.testing.assert_allclose(scale.slope(p), (scale.there(p + 1e-6) - scale.there(p - 1e-6)) / 2e-6, rtol=1e-6)


@pytest.mark.parametrize("scale", ["plain", "arcsine", "logit"])
def test_areas_without_interviews_are_synthetic(scale: str) -> None:
    est, known = districts()
    made = fay_herriot(est, known, formula="x", scale=scale)
    assert made.estimate.flags == ("model-based",) * 12 + ("synthetic",) * 2
    assert (made.shrinkage[:12] > 0).all()
    assert (made.shrinkage[12:] == 0).all()
    assert np.isnan(made.direct[12:]).all()
    assert (made.estimate.counts.n[12:] == est.counts.n.sum()).all()
    np.testing.assert_allclose(made.direct[:12], est.points)
    low, high = made.estimate.interval.low, made.estimate.interval.high
    assert ((low < made.estimate.points) & (made.estimate.points < high)).all()
    assert made.estimate.inference == "model"
    assert made.estimate.cells.columns["g"] == tuple(known["g"])
    back = SCALES[scale].back(np.column_stack([np.ones(14), known["x"]]) @ made.coefficients)
    np.testing.assert_allclose(made.estimate.points[12:], back[12:], atol=0.01)


@pytest.mark.parametrize(("field", "value"), [("cases", 0.0), ("cases", "n"), ("psus", 1.0), ("n", 0.0)])
def test_areas_whose_number_says_little_are_synthetic_and_move_nothing(field: str, value: float | str) -> None:
    est, known = districts()
    values = getattr(est.counts, field).copy()
    values[0] = est.counts.n[0] if value == "n" else value
    points = est.points.copy()
    points[0] = {0.0: 0.0, "n": 1.0}.get(value, 0.9) if field == "cases" else 0.9
    made = fay_herriot(replace(est, points=points, counts=replace(est.counts, **{field: values})), known, formula="x")
    rest = made_estimate(
        "proportion",
        est.points[1:].tolist(),
        se=est.se[1:].tolist(),
        n=est.counts.n[1:].tolist(),
        cases=est.counts.cases[1:].tolist(),
        columns={"g": est.cells.columns["g"][1:]},
    )
    wanted = fay_herriot(rest, known, formula="x")
    np.testing.assert_allclose(made.estimate.points, wanted.estimate.points, rtol=1e-12)
    assert made.estimate.flags[0] == "synthetic"


def test_smoothed_variances_are_those_of_the_size() -> None:
    n = np.array([50.0, 100, 200, 400, 800])
    got, said = smoothed(0.3 / n, n, None, "size")
    np.testing.assert_allclose(got, 0.3 / n, rtol=1e-12)
    assert "log n" in said
    p = np.array([0.1, 0.3, 0.2, 0.5, 0.15])
    got, _ = smoothed(p * (1 - p) / n * 1.4, n, p, "size and share")
    np.testing.assert_allclose(got, p * (1 - p) / n * 1.4, rtol=1e-12)
    noisy = 0.3 / n * np.exp([0.2, -0.1, 0.1, -0.3, 0.1])
    slope, intercept = np.polyfit(np.log(n), np.log(noisy), 1)
    left = np.log(noisy) - intercept - slope * np.log(n)
    np.testing.assert_allclose(smoothed(noisy, n, None, "size")[0], np.exp(intercept + slope * np.log(n) + left @ left / 3 / 2), rtol=1e-10)


@pytest.mark.parametrize("how", ["ratio", "difference"])
def test_areas_are_brought_to_the_national_number(how: str) -> None:
    est, known = districts()
    without = fay_herriot(est, known, formula="x")
    made = fay_herriot(est, known, formula="x", benchmark=Benchmark(national=0.3, population="children", how=how))
    weight = known["children"].to_numpy() / known["children"].sum()
    assert float(weight @ made.estimate.points) == pytest.approx(0.3, rel=1e-12)
    move = made.estimate.points - without.estimate.points
    np.testing.assert_allclose(made.estimate.se**2, without.estimate.se**2 + move**2, rtol=1e-10)
    width = [m.estimate.interval.high - m.estimate.interval.low for m in (made, without)]
    assert (width[0] > width[1]).all()
    assert made.estimate.provenance.policies[-1][0] == "benchmark"


def test_of_a_survey_by_two_columns() -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    est = ek.proportion(survey, "internet_daily", by=["province", "area"])
    labels = {name: est.cells.columns[name] for name in ("province", "area")}
    known = pl.DataFrame({**labels, "wealth": np.linspace(-1, 1, 12), "children": [100.0 + i for i in range(12)]})
    national = ek.proportion(survey, "internet_daily")
    made = fay_herriot(est, known, formula="wealth + area", benchmark=Benchmark(national=national, population="children"))
    assert made.names[0] == "Intercept"
    assert len(made.names) == 3
    assert {"direct", "shrinkage"} <= set(made.to_frame().columns)
    assert "shrinkage" in repr(made)
    assert "<table" in made._repr_html_()
    ranks = ek.combining.rank_sets(made.estimate)
    assert len(ranks) == 12


@cache
def wrong() -> dict[str, tuple[type[Exception], str, object]]:
    est, known = districts()
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    mean = made_estimate("mean", [1.0, 2.0, 3.0, 4.0], n=[10, 20, 30, 40], columns={"g": ["d0", "d1", "d2", "d3"]})
    return {
        "no Estimate": (InputError, "takes an Estimate", lambda: fay_herriot(known, known, formula="x")),  # type: ignore[arg-type]
        "no areas": (InputError, "not split into areas", lambda: fay_herriot(ek.mean(survey, "age"), known, formula="x")),
        "an unknown column": (UnknownColumn, "given as the formula", lambda: fay_herriot(est, known, formula="wealth")),
        "no column of areas": (UnknownColumn, "told apart", lambda: fay_herriot(est, known.drop(columns="g"), formula="x")),
        "an area without covariates": (InputError, "has no row", lambda: fay_herriot(est, known.iloc[1:], formula="x")),
        "an area twice": (InputError, "repeats an area", lambda: fay_herriot(est, pd.concat([known, known[:1]]), formula="x")),
        "an area without a label": (
            InputError,
            "label in 'g' is missing",
            lambda: fay_herriot(est, known.assign(g=known["g"].where(known["g"] != "d0")), formula="x"),
        ),
        "no covariate": (
            InputError,
            "is missing in 1 area",
            lambda: fay_herriot(est, known.assign(x=[np.nan, *known["x"][1:]]), formula="x"),
        ),
        "log of 0": (InputError, "not finite", lambda: fay_herriot(est, known.assign(x=0.0), formula="log(x)")),
        "twice the same": (EstimationError, "same as others", lambda: fay_herriot(est, known.assign(z=known["x"] * 2), formula="x + z")),
        "too few areas": (EstimationError, "needs", lambda: fay_herriot(mean, known, formula="x + children + I(x**2)", smoothing="none")),
        "a scale of shares": (InputError, "of shares", lambda: fay_herriot(mean, known, formula="1", scale="logit")),
        "a smoothing of shares": (InputError, "of shares", lambda: fay_herriot(mean, known, formula="1", smoothing="size and share")),
        "no scale": (InputError, "scale=", lambda: fay_herriot(est, known, formula="x", scale="log")),
        "no smoothing": (InputError, "smoothing=", lambda: fay_herriot(est, known, formula="x", smoothing="spline")),
        "no benchmark": (InputError, "Benchmark", lambda: fay_herriot(est, known, formula="x", benchmark=0.3)),  # type: ignore[arg-type]
        "no national number": (InputError, "one finite number", lambda: Benchmark(national=est, population="children")),
        "no way": (InputError, "how=", lambda: Benchmark(national=0.3, population="children", how="raking")),
        "a benchmark from elsewhere": (
            EstimationError,
            "above 1",
            lambda: fay_herriot(est, known, formula="x", benchmark=Benchmark(national=0.99, population="children")),
        ),
        "no sizes": (
            InputError,
            "size of its population",
            lambda: fay_herriot(est, known.assign(children=0), formula="x", benchmark=Benchmark(national=0.3, population="children")),
        ),
        "a formula with an outcome": (InputError, 'no "~"', lambda: fay_herriot(est, known, formula="y ~ x")),
        "n unknown": (InputError, "not known", lambda: fay_herriot(*milk(), formula="1")),
    }


@pytest.mark.parametrize("case", wrong())
def test_what_cannot_be_estimated(case: str) -> None:
    kind, said, work = wrong()[case]
    with pytest.raises(kind, match=said):
        work()  # type: ignore[operator]


def test_messages_name_no_area() -> None:
    est, known = districts()
    secret = known.assign(g=[f"SECRET-{name}" for name in known["g"]])
    for work in (lambda: fay_herriot(est, secret, formula="x"), lambda: fay_herriot(est, pd.concat([secret, secret]), formula="x")):
        with pytest.raises(InputError) as told:
            work()
        assert "SECRET" not in str(told.value)
        assert "d0" not in str(told.value)


def test_the_noun() -> None:
    made = fay_herriot(*districts(), formula="x")
    assert isinstance(made, AreaModel)
    assert "12 areas fitted, 2 synthetic" in repr(made)
