"""Balanced shares: what the weights balance, what they equal in R, and how they vary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.columns import Floats
from evidencekit.errors import EstimationError, InputError, UnknownColumn
from evidencekit.models.fitting import fit, refit
from evidencekit.models.margins.balancing import balance_of, influence_on_coefficients

ADJUST = "age + province"


@cache
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")


def derivative(f: Callable[[Floats], Floats], w: Floats, towards: Floats) -> Floats:
    step = 1e-5
    return (f(w * (1 + step * towards)) - f(w * (1 - step * towards))) / (2 * step)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("formula", ["asked_for_image ~ sex", "internet_daily ~ sex * age", "hours_online ~ sex + area"])
def test_the_influence_is_the_derivative_in_the_weights(formula: str, *, exact: bool) -> None:
    verb = ek.models.linear if formula.startswith("hours") else ek.models.logit
    model = verb(survey(), formula)
    balance, w = balance_of(model, ADJUST, exact=exact), model.scope.w
    b = balance.solve(w)
    made = fit(model.problem, w * np.exp(balance.products(w) @ b))
    towards = np.random.default_rng(4).normal(size=len(w))

    def coefficients(weights: Floats) -> Floats:
        return refit(model.problem, weights * np.exp(balance.products(weights) @ balance.solve(weights, b)), made.beta)

    influence = influence_on_coefficients(replace(model, made=made), balance, b)
    np.testing.assert_allclose((w * towards) @ influence, derivative(coefficients, w, towards), rtol=1e-6, atol=1e-9)


def test_the_groups_become_alike_in_what_was_asked() -> None:
    model = ek.models.logit(survey(), "asked_for_image ~ sex")
    balance, w = balance_of(model, ADJUST), model.scope.w
    g = w * np.exp(balance.products(w) @ balance.solve(w))
    own, others = balance.centred(w)
    assert balance.others.shape[1] == 6
    girl = model.problem.columns.matrix()[:, 1] == 1
    for group in (girl, ~girl):
        np.testing.assert_allclose(g[group] @ others[group] / g[group].sum(), 0, atol=1e-12)
    np.testing.assert_allclose(g @ own / g.sum(), 0, atol=1e-12)


def test_what_is_alike_already_stays() -> None:
    data = pd.DataFrame(np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (50, 1)), columns=["group", "other"])
    data["y"] = np.random.default_rng(3).normal(size=len(data)) + data["group"]
    data["w"] = 2.0
    data["psu"] = np.arange(len(data)) % 20
    model = ek.models.linear(ek.Survey(data, weights="w", psu="psu"), "y ~ group")
    made, plain = ek.models.balanced(model, "group", adjust="other"), ek.models.adjusted(model, "group")
    np.testing.assert_allclose(made.points, plain.points, rtol=1e-12)


def test_of_a_true_linear_model_it_agrees_with_adjusted() -> None:
    """Two ways to hold the same equal: where the model is right, they differ by chance only."""
    rng = np.random.default_rng(8)
    n = 4000
    age = rng.integers(12, 18, n)
    group = (rng.random(n) < 0.2 + 0.1 * (age - 12)).astype(int)
    data = pd.DataFrame(
        {"y": 1.0 + 0.5 * group + 0.3 * age, "group": group, "age": age, "w": rng.uniform(1, 3, n), "psu": np.arange(n) % 80}
    )
    s = ek.Survey(data, weights="w", psu="psu")
    model = ek.models.linear(s, "y ~ group")
    made = ek.models.balanced(model, "group", adjust="age")
    apart = ek.difference(made, {"group": 1}, {"group": 0})
    crude = ek.difference(ek.models.adjusted(model, "group"), {"group": 1}, {"group": 0})
    np.testing.assert_allclose(apart.points, 0.5, rtol=1e-9)
    assert crude.points[0] > 0.7
    assert apart.se[0] < 1e-6 < crude.se[0]  # nothing is left to vary; with the weights taken as known it would be the crude one's


def test_replicates_balance_again_and_agree() -> None:
    jackknife = ek.weighting.jackknife(survey())
    made, wanted = (ek.models.balanced(ek.models.logit(s, "internet_daily ~ sex"), "sex", adjust="age") for s in (jackknife, survey()))
    np.testing.assert_allclose(made.points, wanted.points, rtol=1e-12)
    np.testing.assert_allclose(made.se, wanted.se, rtol=0.02)
    np.testing.assert_array_equal(made.counts.n, wanted.counts.n)


def test_some_levels_and_numbers() -> None:
    model = ek.models.logit(survey(), "internet_daily ~ sex + age")
    whole = ek.models.balanced(model, "sex", adjust="area")
    one = ek.models.balanced(model, "sex", adjust="area", at=["girl"])
    np.testing.assert_allclose(one.points, whole.points[list(whole.cells.columns["sex"]).index("girl")], rtol=1e-12)
    assert one.counts.n[0] == whole.counts.n[1]
    ages = ek.models.balanced(model, "age", adjust="area", at=[12, 17])
    assert ages.points[1] != ages.points[0]
    assert ages.counts.n[0] == model.scope.n


def test_bad_input() -> None:
    model = ek.models.logit(survey(), "internet_daily ~ sex + age")
    with pytest.raises(UnknownColumn):
        ek.models.balanced(model, "sex", adjust="nothing")
    with pytest.raises(InputError, match="in the model already"):
        ek.models.balanced(model, "sex", adjust="age + sex")
    with pytest.raises(InputError, match="no such column"):
        ek.models.balanced(model, "province", adjust="area")
    with pytest.raises(InputError, match="names a level"):
        ek.models.balanced(model, "sex", adjust="area", at=["secret"])
    with pytest.raises(InputError, match="each once"):
        ek.models.balanced(model, "age", adjust="area", at=[12, 12])
    with pytest.raises(InputError, match="with an intercept"):
        ek.models.balanced(ek.models.logit(survey(), "internet_daily ~ 0 + sex"), "sex", adjust="area")
    with pytest.raises(InputError, match="intercept alone"):
        ek.models.balanced(ek.models.logit(survey(), "internet_daily ~ 1"), "sex", adjust="area")


def test_groups_without_anything_in_common_are_refused() -> None:
    data = pd.DataFrame({"y": [1.0, 2, 3, 4, 5, 7] * 5, "group": [0, 0, 0, 1, 1, 1] * 5, "other": [1, 2, 3, 4, 5, 6] * 5, "w": 1.0})
    model = ek.models.linear(ek.Survey(data, weights="w", psu=None), "y ~ group")
    with pytest.raises(EstimationError, match="No weights make the two unrelated"):
        ek.models.balanced(model, "group", adjust="other")


def test_rows_without_an_answer_to_what_is_adjusted_for() -> None:
    data = ek.fictional.national_survey().data.frame.copy()
    data.loc[data.index[:7], "area"] = None
    model = ek.models.logit(ek.Survey(data, weights="weight", strata="stratum", psu="psu"), "internet_daily ~ sex")
    with pytest.raises(InputError, match="7 of the model's"):
        ek.models.balanced(model, "sex", adjust="area")
