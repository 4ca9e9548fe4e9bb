"""Adjusted shares and marginal effects: what they equal where the answer is known, and how they vary."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.models.margins.averaging import averages


@cache
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")


@pytest.mark.parametrize("verb", ["linear", "logit", "probit", "cloglog", "poisson"])
def test_with_nothing_to_adjust_for_they_are_the_shares(verb: str) -> None:
    made = ek.models.adjusted(getattr(ek.models, verb)(survey(), "internet_daily ~ sex"), "sex")
    shares = ek.proportion(survey(), "internet_daily", by="sex")
    np.testing.assert_allclose(made.points, shares.points, rtol=1e-10)
    np.testing.assert_allclose(made.vcov, shares.vcov, rtol=1e-8, atol=1e-16)
    np.testing.assert_array_equal(made.counts.n, shares.counts.n)
    np.testing.assert_array_equal(made.counts.cases, shares.counts.cases)
    np.testing.assert_array_equal(made.counts.psus, shares.counts.psus)
    np.testing.assert_allclose(made.counts.weighted_n, shares.counts.weighted_n)


@pytest.mark.parametrize("verb", ["linear", "logit"])
def test_the_average_of_all_predictions_is_the_mean_and_varies_as_it_does(verb: str) -> None:
    """Without the covariance of coefficients and covariates it would not: R's svypredmeans leaves it out."""
    model = getattr(ek.models, verb)(survey(), "internet_daily ~ sex + age + province")
    points, covariance = averages(model, [((model.problem.columns,), (1.0,))])
    mean = ek.mean(survey(), "internet_daily")
    np.testing.assert_allclose(points, mean.points, rtol=1e-12)
    np.testing.assert_allclose(covariance, mean.vcov, rtol=1e-10)


def test_of_a_linear_model_effects_are_its_coefficients() -> None:
    model = ek.models.linear(survey(), "hours_online ~ sex + age + province")
    made = ek.models.marginal_effects(model)
    np.testing.assert_allclose(made.points, model.coefficients[[1, 2, 3, 4, 5, 6, 7]], rtol=1e-7)
    np.testing.assert_allclose(made.se, model.estimate.se[1:], rtol=1e-7)
    assert made.cells.columns["step"][:2] == ("girl instead of boy", "one more")


def test_a_logistic_slope_is_the_average_of_its_derivatives() -> None:
    model = ek.models.logit(survey(), "internet_daily ~ sex * age + I(age**2)")
    columns, beta, w = model.problem.columns, model.coefficients, model.scope.w
    share = model.problem.link.back(columns.times(beta))
    age, girl = columns.matrix()[:, list(model.names).index("age")], columns.matrix()[:, 1]
    place = {name: beta[j] for j, name in enumerate(model.names)}
    slope = share * (1 - share) * (place["age"] + girl * place["sex[T.girl]:age"] + 2 * age * place["I(age ** 2)"])
    made = ek.models.marginal_effects(model, "age")
    np.testing.assert_allclose(made.points[0], w @ slope / w.sum(), rtol=1e-5)  # at the ends the difference is one-sided


def test_a_level_is_set_wherever_it_stands() -> None:
    girl, wrapped = (
        ek.models.adjusted(ek.models.logit(survey(), f"internet_daily ~ {term} + {term}:age + province"), "sex")
        for term in ("sex", 'I(sex == "girl")')
    )
    coded = ek.models.adjusted(ek.models.logit(survey(), 'internet_daily ~ C(sex, contr.treatment(base="girl")) * age + province'), "sex")
    assert girl.cells.columns["sex"] == wrapped.cells.columns["sex"] == coded.cells.columns["sex"] == ("boy", "girl")
    np.testing.assert_allclose(
        coded.points, ek.models.adjusted(ek.models.logit(survey(), "internet_daily ~ sex * age + province"), "sex").points
    )
    assert np.isfinite(wrapped.points).all()


def test_replicates_fit_again_and_agree() -> None:
    jackknife = ek.weighting.jackknife(survey())
    made, wanted = (ek.models.adjusted(ek.models.logit(s, "internet_daily ~ sex + age"), "sex") for s in (jackknife, survey()))
    np.testing.assert_allclose(made.points, wanted.points, rtol=1e-10)
    np.testing.assert_allclose(made.se, wanted.se, rtol=0.02)


def test_calibrated_weights_are_known_to_the_variance() -> None:
    raked = ek.weighting.rake(survey(), {"sex": {"boy": 520_000, "girl": 500_000}})
    shares = ek.proportion(raked, "internet_daily", by="sex")
    made = ek.models.adjusted(ek.models.logit(raked, "internet_daily ~ sex"), "sex")
    np.testing.assert_allclose(made.vcov, shares.vcov, rtol=1e-7, atol=1e-15)


def test_differences_and_ratios_carry_their_covariance() -> None:
    shares = ek.models.adjusted(ek.models.logit(survey(), "asked_for_image ~ sex + age"), "sex")
    gap = ek.difference(shares, {"sex": "girl"}, {"sex": "boy"})
    step = np.array([-1.0, 1.0])
    np.testing.assert_allclose(gap.se[0] ** 2, step @ shares.vcov @ step)
    effect = ek.models.marginal_effects(ek.models.logit(survey(), "asked_for_image ~ sex + age"), "sex")
    np.testing.assert_allclose(effect.points, gap.points)
    np.testing.assert_allclose(effect.se, gap.se)
    assert ek.ratio_of(shares, {"sex": "girl"}, {"sex": "boy"}).points[0] > 1
    assert ek.release(shares).status == ("shown", "shown")


def test_what_is_not_in_the_model_is_told() -> None:
    model = ek.models.logit(survey(), "internet_daily ~ sex + age")
    with pytest.raises(InputError, match="holds sex, age"):
        ek.models.adjusted(model, "province")
    with pytest.raises(InputError, match=r"C\(age\)"):
        ek.models.adjusted(model, "age")
    with pytest.raises(InputError, match="no such column"):
        ek.models.marginal_effects(model, "province")
    with pytest.raises(InputError, match="intercept alone"):
        ek.models.marginal_effects(ek.models.logit(survey(), "internet_daily ~ 1"))


def test_self_selected_answers_have_no_interval() -> None:
    poll = ek.Survey(ek.fictional.national_survey().data, design=ek.NoDesign())
    made = ek.models.adjusted(ek.models.logit(poll, "internet_daily ~ sex + age"), "sex")
    assert np.isnan(made.interval.low).all()
    assert all("no design" in flag for flag in made.flags)


RUNS, PSUS, EACH = 2_000, 40, 25


@pytest.mark.slow
def test_intervals_of_adjusted_shares_and_differences_hold_the_truth() -> None:
    """40 PSUs that differ, a covariate that goes with the group, 2,000 samples."""
    generator = np.random.default_rng(811)
    held = {"share": 0, "difference": 0}
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)

    def truth(girl: float) -> float:
        x = generator_free_x(girl)
        spread = np.sqrt(0.5**2)
        eta = -1 + 0.5 * girl + 0.6 * x[:, None] + spread * nodes
        return float(((1 / (1 + np.exp(-eta))) @ weights / weights.sum()).mean())

    def generator_free_x(_: float) -> np.ndarray:
        fixed = np.random.default_rng(5)
        group = fixed.random(400_000) < 0.5
        return fixed.normal(size=400_000) + 0.4 * group

    boy, girl = truth(0.0), truth(1.0)
    for _ in range(RUNS):
        psu = np.repeat(np.arange(PSUS), EACH)
        group = generator.random(len(psu)) < 0.5
        x = generator.normal(size=len(psu)) + 0.4 * group
        eta = -1 + 0.5 * group + 0.6 * x + 0.5 * generator.normal(size=PSUS)[psu]
        y = generator.random(len(psu)) < 1 / (1 + np.exp(-eta))
        frame = pd.DataFrame({"y": y * 1.0, "group": group * 1.0, "x": x, "psu": psu, "w": 1.0})
        made = ek.models.adjusted(ek.models.logit(ek.Survey(frame, weights="w", psu="psu"), "y ~ group + x"), "group")
        held["share"] += int(made.interval.low[1] <= girl <= made.interval.high[1])
        gap = ek.difference(made, {"group": 1}, {"group": 0})
        held["difference"] += int(gap.interval.low[0] <= girl - boy <= gap.interval.high[0])
    for what, count in held.items():
        assert 0.93 <= count / RUNS <= 0.97, (what, count / RUNS)
