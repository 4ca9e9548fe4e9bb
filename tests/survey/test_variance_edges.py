"""Limits, flags and variances at their edges, each against a number worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.survey.uncertainty.intervals import ProportionInterval, proportion_limits


def limits(p: float, v: float, n: float, df: float, **how: Any) -> tuple[float, float]:
    level = how.pop("level", 0.95)
    low, high = proportion_limits(np.array([p]), np.array([v]), np.array([n]), np.array([df]), level=level, how=ProportionInterval(**how))
    return float(low[0]), float(high[0])


def test_nchs_never_claims_more_answers_than_there_are() -> None:
    """A variance a quarter of that of a simple random sample of 100: 50 of 100 exactly is 0.3983 to 0.6017."""
    low, high = limits(0.5, 0.25 / 400, 100, 40, method="nchs")
    assert (low, high) == pytest.approx((0.398321, 0.601679), abs=1e-6)
    inner = limits(0.5, 0.25 / 400, 100, 40, method="beta")
    assert low < inner[0] < inner[1] < high
    for method in ("nchs", "beta"):  # and with fewer effective answers they are one
        assert limits(0.5, 0.25 / 50, 100, 40, method=method) == limits(0.5, 0.25 / 50, 100, 40, method="beta")


def test_a_borrowed_design_effect_widens_the_limit_where_there_is_no_case() -> None:
    assert limits(0, 0, 60, 9) == pytest.approx((0, 1 - 0.025 ** (1 / 60)))
    assert limits(0, 0, 60, 9, deff=2.0) == pytest.approx((0, 1 - 0.025 ** (1 / 30)))
    assert limits(1, 0, 60, 9, deff=2.0) == pytest.approx((0.025 ** (1 / 30), 1))
    assert limits(0, 0, 60, 9, deff=0.5) == limits(0, 0, 60, 9)


def test_one_sided_limits_have_all_of_the_error_on_one_side() -> None:
    p, v, df = 0.2, 0.0009, 12
    t = stats.t.ppf(0.95, df)
    assert limits(p, v, 200, df, method="wald", sided="lower") == pytest.approx((p - t * 0.03, 1))
    assert limits(p, v, 200, df, method="wald", sided="upper") == pytest.approx((0, p + t * 0.03))
    assert limits(0, 0, 60, 9, sided="upper") == pytest.approx((0, 1 - 0.05 ** (1 / 60)))
    size = p * (1 - p) / v * (stats.t.ppf(0.05, 199) / stats.t.ppf(0.05, df)) ** 2
    assert limits(p, v, 200, df, sided="upper")[1] == pytest.approx(stats.beta.ppf(0.95, p * size + 1, (1 - p) * size))


@pytest.mark.parametrize("deff", ["x", [1], True, np.nan, np.inf, 0, -1])
def test_a_borrowed_design_effect_is_a_number(deff: Any) -> None:
    with pytest.raises(InputError, match="deff="):
        ProportionInterval(deff=deff)


@pytest.mark.parametrize("psus", [8, 9])
def test_few_degrees_of_freedom(psus: int) -> None:
    frame = pd.DataFrame({"y": np.arange(2.0 * psus) % 5, "psu": np.arange(2 * psus) % psus, "w": 3.0})
    assert ek.mean(ek.Survey(frame, weights="w", psu="psu"), "y").flags == (("few degrees of freedom",) if psus == 8 else ("",))


def joint_survey(variance: Any, values: list[float]) -> ek.Survey:
    """Two units that hardly ever come together; `x` differs between them by more."""
    pairs = np.array([[0.5, 0.1], [0.1, 0.5]])
    frame = pd.DataFrame({"y": values, "x": [1.0, 30.0], "p": 0.5})
    return ek.Survey(frame, design=ek.Stages(fpc="p", unequal=ek.survey.Joint(pairs, variance)))


def test_a_negative_variance_is_not_a_standard_error_of_nought() -> None:
    """z = (2, 2), each counts 1 - 0.5, the pair twice 1 - 0.25 / 0.1: 2 * 4 * 0.5 - 2 * 4 * 1.5 = -8."""
    held = joint_survey("horvitz-thompson", [1.0, 1.0])
    est = ek.total(held, "y", population_total="weights")
    assert np.isnan([est.se[0], est.interval.low[0], est.interval.high[0], est.counts.deff[0]]).all()
    assert np.isnan(est.vcov).all()
    assert 'negative variance estimate; use variance="yates-grundy"' in est.flags[0]
    fine = ek.total(joint_survey("yates-grundy", [1.0, 3.0]), "y", population_total="weights")
    assert fine.covariance.variances[0] == pytest.approx((2 - 6) ** 2 * (0.25 - 0.1) / 0.1)
    assert "negative" not in fine.flags[0]


def test_a_contrast_with_a_negative_variance_has_no_standard_error() -> None:
    est = ek.total(joint_survey("horvitz-thompson", [1.0, 1.0]), ["y", "x"], population_total="weights")
    assert est.covariance.variances[1] == pytest.approx(4 * 0.5 * 901 - 2 * 4 * 30 * 1.5)
    assert np.isnan(ek.difference(est, 0, 1).covariance.variances).all()


def even() -> pd.DataFrame:
    """Half of each sampling unit say yes."""
    return pd.DataFrame({"yes": [0, 1] * 20, "same": 4.0, "psu": np.repeat(np.arange(10), 4), "w": 5.0})


def test_units_that_do_not_differ_leave_no_interval() -> None:
    held = ek.Survey(even(), weights="w", psu="psu")
    for est in (ek.mean(held, "yes"), ek.mean(held, "same"), ek.proportion(held, "yes"), ek.ratio(held, "yes", "same")):
        assert np.isnan([est.interval.low, est.interval.high]).all()
        assert "no interval: no variation between sampling units" in est.flags[0]
    middle = ek.quantile(held, "same")
    assert np.isnan([middle.interval.low, middle.interval.high, middle.se]).all()
    assert "no variation between sampling units" in middle.flags[0]
    none = ek.proportion(ek.Survey(even().assign(yes=0), weights="w", psu="psu"), "yes")
    assert none.flags == ("no case observed, no deff borrowed",)
    assert none.interval.high[0] > 0


def test_what_the_design_fixes_is_no_lack_of_variation() -> None:
    held = ek.Survey(even(), weights="w", psu="psu")
    assert ek.count(held).flags == ("",)
    total = ek.total(held, "yes")
    assert total.interval.low[0] == total.interval.high[0] == total.points[0] == 100
    assert total.flags == ("no sampling variance",)
    census = ek.mean(ek.Survey(even().assign(f=1.0), fpc="f"), "yes")
    assert census.flags == ("",)
    assert census.interval.low[0] == census.interval.high[0] == 0.5


@pytest.mark.parametrize("interval", ["beta", "logit", "likelihood", "wald"])
@pytest.mark.parametrize("resample", [False, True])
def test_a_share_the_weights_were_calibrated_to_is_known(interval: Any, resample: bool) -> None:
    """Once rounding decided between no limits without a word, and limits."""
    rng = np.random.default_rng(1)
    frame = even().assign(sex=rng.integers(0, 2, 40), age=rng.integers(12, 18, 40))
    held = ek.Survey(frame, weights="w", psu="psu")
    made = ek.weighting.calibrate(held, {"sex": {0: 90, 1: 110}, "age": 2900}, method="logit", bounds=(0.2, 4))
    est = ek.proportion(ek.weighting.bootstrap(made, seed=1, replicates=30) if resample else made, "sex", interval=interval)
    np.testing.assert_allclose(est.points, [0.55])
    np.testing.assert_allclose([est.interval.low, est.interval.high], [est.points, est.points], rtol=1e-12)
    assert est.flags == ("no sampling variance",)


@pytest.mark.parametrize("kind", ["overton", "hartley-rao", "poisson"])
def test_forms_by_the_matrix_written_out(kind: Any) -> None:
    """The approximations are never written out as matrices; here they are."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"p": rng.uniform(0.1, 0.9, 23), "h": [0] * 12 + [1] * 10 + [2], "y": rng.normal(20, 3, 23)})
    est = ek.total(
        ek.Survey(frame, design=ek.Stages(strata="h", fpc="p", unequal=kind, lonely="certainty")), "y", population_total="weights"
    )
    p, z = frame.p.to_numpy(), (frame.y / frame.p).to_numpy()
    matrix = np.zeros((23, 23))
    for _, here in frame.groupby("h").indices.items():
        n, own = len(here), p[here]
        both = own[:, None] + own
        known = {"overton": (n - both / 2), "hartley-rao": (n - both + own.sum() / n), "poisson": np.full((n, n), n - 1.0)}[kind]
        matrix[np.ix_(here, here)] = 1 - known / (n - 1) if n > 1 else 0
    np.fill_diagonal(matrix, 1 - p)
    assert est.covariance.variances[0] == pytest.approx(z @ matrix @ z, rel=1e-10)


def test_forty_thousand_units_of_unequal_probability_need_no_matrix() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"p": rng.uniform(0.1, 0.9, 40_000), "y": rng.normal(20, 3, 40_000)})
    z = (frame.y / frame.p).to_numpy()
    made = ek.total(ek.Survey(frame, design=ek.Stages(fpc="p", unequal="poisson")), "y", population_total="weights")
    assert made.covariance.variances[0] == pytest.approx(((1 - frame.p) * z**2).sum())
    for kind in ("overton", "hartley-rao"):
        assert np.isfinite(ek.mean(ek.Survey(frame, design=ek.Stages(fpc="p", unequal=kind)), "y").se).all()  # type: ignore[arg-type]


def test_what_is_in_proportion_to_the_chances_does_not_vary() -> None:
    """Once rounding left a variance a hair below 0, and its root was a warning."""
    p = np.linspace(0.1, 0.9, 8) * 4 / np.linspace(0.1, 0.9, 8).sum()
    joint = ek.sampling.selecting.joint.joint_probabilities(p, "conditional-poisson")
    chosen = np.array([1, 4, 6, 7])
    frame = pd.DataFrame({"unit": chosen, "y": 1000 * p[chosen], "chance": p[chosen], "w": 1 / p[chosen]})
    design = ek.Stages(weights="w", psu="unit", fpc="chance", unequal=ek.survey.Joint(joint[np.ix_(chosen, chosen)]))
    se = ek.total(ek.Survey(frame, design=design), "y", population_total="weights").se[0]
    assert 0 <= se < np.sqrt(np.finfo(float).eps) * 4000  # the root of what rounding leaves of a total of 4,000
