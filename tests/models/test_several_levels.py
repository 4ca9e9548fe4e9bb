"""Ordinal and multinomial regression: what they equal with two levels, R's numbers, derivatives, refusals."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from outside import expected, marks
from outside_designs import LINEAR, survey_of

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError
from evidencekit.models.multinomial import _Multinomial
from evidencekit.models.ordinal import _ProportionalOdds

# R survey 4.1.1 on the clustered design with control=list(reltol=1e-16, maxit=1000); by default svyolr stops some 5e-4 before the maximum.
TIGHT = [-0.01559803844, 0.03106379107, -0.51218118387, 2.25392655867]
ORDER = ["12 to 13", "14 to 15", "16 to 17"]


@cache
def survey() -> ek.Survey:
    frame = ek.fictional.national_survey().data.to_frame()
    grouped = frame.assign(years=np.select([frame["age"] < 14, frame["age"] < 16], ORDER[:2], ORDER[2]))
    return ek.Survey(grouped, weights="weight", strata="stratum", psu="psu")


def mobile(design: str) -> ek.Survey:
    base = survey_of(design)
    moved = pd.cut(base.data["mobility"], [-1, 10, 20, 100], labels=["few", "some", "many"])
    return ek.Survey(base.data.assign(moved=moved.astype(str)), design=base.design)


@pytest.mark.outside
@marks[1]
@pytest.mark.parametrize("design", LINEAR)
def test_r_survey(design: str) -> None:
    model = ek.models.proportional_odds(mobile(design), "moved ~ ell + meals", order=["few", "some", "many"])
    want = expected()[f"{design}.olr"]
    np.testing.assert_allclose(model.coefficients, want["est"], rtol=5e-4)
    np.testing.assert_allclose(model.estimate.se, want["se"], rtol=5e-4)
    scores = model.scope.w @ _likelihood(model).scores(model.coefficients, model.scope.w) / model.scope.w.sum()
    assert np.abs(scores).max() < 1e-10
    if design == "clus1":
        np.testing.assert_allclose(model.coefficients, TIGHT, rtol=1e-8)
        np.testing.assert_allclose(model.estimate.se, [0.022662581, 0.013407001, 0.629923262, 0.630647147], rtol=5e-4)


def _likelihood(model: Any) -> _ProportionalOdds:
    frame = model.scope.survey.data
    y = np.select([frame["moved"] == "few", frame["moved"] == "some"], [0, 1], 2).astype(np.intp)
    return _ProportionalOdds(frame[["ell", "meals"]].to_numpy(dtype=float), y, 3, np.zeros(2))


@pytest.mark.parametrize("kind", ["ordinal", "multinomial"])
def test_derivatives_are_those_of_the_likelihood(kind: str) -> None:
    generator = np.random.default_rng(3)
    x, y, w = generator.normal(size=(60, 2)), generator.integers(0, 4, 60), generator.uniform(1, 3, 60)
    if kind == "ordinal":
        model: Any = _ProportionalOdds(x, y, 4, np.array([-1.0, 0.2, 1.1]))
        theta = np.concatenate([[0.3, -0.4], [-1.0, 0.2, 1.1]])
    else:
        model, theta = _Multinomial(x, y, 4), generator.normal(size=6) / 2
    step = 1e-5
    lifts = np.eye(len(theta)) * step
    slope = [(model.value(theta + e, w) - model.value(theta - e, w)) / (2 * step) for e in lifts]
    np.testing.assert_allclose(w @ model.scores(theta, w), slope, rtol=1e-6, atol=1e-7)
    bend = [-(w @ model.scores(theta + e, w) - w @ model.scores(theta - e, w)) / (2 * step) for e in lifts]
    np.testing.assert_allclose(model.information(theta, w), bend, rtol=1e-5, atol=1e-6)


def test_with_two_levels_they_are_logistic() -> None:
    wanted = ek.models.logit(survey(), 'I(sex == "girl") ~ age + province')
    several = ek.models.multinomial(survey(), "sex ~ age + province")
    np.testing.assert_allclose(several.coefficients, wanted.coefficients, rtol=1e-8)
    np.testing.assert_allclose(several.estimate.se, wanted.estimate.se, rtol=1e-8)
    ordered = ek.models.proportional_odds(survey(), "sex ~ age + province", order=["boy", "girl"])
    np.testing.assert_allclose(ordered.coefficients, [*wanted.coefficients[1:], -wanted.coefficients[0]], rtol=1e-8)


def test_thresholds_alone_give_back_the_shares() -> None:
    model = ek.models.proportional_odds(survey(), "years ~ 1", order=ORDER)
    shares = ek.proportion(survey(), "years").points
    np.testing.assert_allclose(1 / (1 + np.exp(-model.coefficients)), np.cumsum(shares)[:2], rtol=1e-9)
    several = ek.models.multinomial(survey(), "years ~ 1", reference=ORDER[1])
    assert several.estimate.cells.columns["category"] == (ORDER[0], ORDER[2])
    np.testing.assert_allclose(np.exp(several.coefficients), shares[[0, 2]] / shares[1], rtol=1e-9)


def test_turning_the_order_round_turns_the_signs() -> None:
    up = ek.models.proportional_odds(survey(), "years ~ sex + hours_online", order=ORDER)
    down = ek.models.proportional_odds(survey(), "years ~ sex + hours_online", order=ORDER[::-1])
    np.testing.assert_allclose(up.coefficients[:2], -down.coefficients[:2], rtol=1e-7)
    np.testing.assert_allclose(up.estimate.se[:2], down.estimate.se[:2], rtol=1e-7)


def test_replicates_fit_again() -> None:
    jackknife = ek.weighting.jackknife(survey())
    for verb, more in ((ek.models.proportional_odds, {"order": ORDER}), (ek.models.multinomial, {})):
        made, wanted = (verb(s, "years ~ sex", **more) for s in (jackknife, survey()))
        np.testing.assert_allclose(made.estimate.se, wanted.estimate.se, rtol=0.03)


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (["12 to 13", "14 to 15"], "1 more occur"),
        (["12 to 13", "14 to 15", "old"], "does not have"),
        (["12 to 13", "12 to 13", "14 to 15", "16 to 17"], "twice"),
        ("12 to 13", "as a list"),
    ],
)
def test_an_order_names_all_levels_once(order: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        ek.models.proportional_odds(survey(), "years ~ sex", order=order)


def test_what_cannot_be_fitted() -> None:
    with pytest.raises(InputError, match="in place of an intercept"):
        ek.models.proportional_odds(survey(), "years ~ 0 + sex", order=ORDER)
    with pytest.raises(InputError, match="takes no offset"):
        ek.models.multinomial(survey(), "years ~ sex + offset(age)")
    with pytest.raises(EstimationError, match="say the same"):
        ek.models.multinomial(survey(), "years ~ sex + C(sex)")
    with pytest.raises(EstimationError, match="did not converge"):
        ek.models.multinomial(survey(), "years ~ age")


def test_a_notebook_shows_its_coefficients() -> None:
    made = ek.models.multinomial(survey(), "years ~ sex")
    assert made._repr_html_() == made.estimate._repr_html_()


def test_terms_are_tested_in_every_level_at_once() -> None:
    model = ek.models.multinomial(survey(), "years ~ sex + province")
    made = ek.models.term_test(model, "province", method="wald")
    assert made.df[0] == 10
    of = [i for i, name in enumerate(model.names) if name.startswith("province")]
    beta, covariance = model.coefficients[of], model.estimate.vcov[np.ix_(of, of)]
    assert made.statistic == pytest.approx(beta @ np.linalg.solve(covariance, beta) / 10)
    assert made.df[1] == model.df == model.scope.df - 6
    with pytest.raises(InputError, match='method="wald"'):
        ek.models.term_test(model, "province")
    with pytest.raises(InputError, match="no such term"):
        ek.models.term_test(model, "age", method="wald")
