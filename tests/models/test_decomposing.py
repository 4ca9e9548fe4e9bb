"""Decomposition of a difference: it adds up, is the textbook's for linear models, and varies as the jackknife says."""

from __future__ import annotations

from functools import cache
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, UnknownColumn

LINEAR: dict[str, Any] = {"formula": "hours_online ~ age + sex", "group": "area"}
SHARES: dict[str, Any] = {"formula": "internet_daily ~ age + sex", "group": "area", "kind": "logit"}


@cache
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")


def decomposed(asked: dict[str, Any], on: ek.Survey | None = None, **more: Any) -> ek.Estimate:
    given = {**asked, **more}
    return ek.models.decompose(on or survey(), given.pop("formula"), **given)


@pytest.mark.parametrize("reference", ["average", "first", "second"])
@pytest.mark.parametrize("asked", [LINEAR, SHARES])
def test_the_parts_add_up_to_the_difference(asked: dict[str, Any], reference: str) -> None:
    made = decomposed(asked, reference=reference)
    outcome = str(asked["formula"]).split(" ~ ", maxsplit=1)[0]
    means = ek.mean(survey(), outcome, by="area")
    first, second = (str(name) for name in made.cells.columns["difference"][0].split(" - "))
    wanted = ek.difference(means, {"area": first}, {"area": second})
    np.testing.assert_allclose(made.points[1] + made.points[2], made.points[0], rtol=1e-12)
    np.testing.assert_allclose(made.points[0], wanted.points[0], rtol=1e-10)
    np.testing.assert_allclose(made.se[0], wanted.se[0], rtol=1e-8)
    np.testing.assert_allclose([1, -1, -1] @ made.vcov @ [1, -1, -1], 0, atol=1e-12 * made.vcov[0, 0])


def test_a_linear_model_gives_the_textbooks_parts() -> None:
    models, means = [], []
    for area in ek.mean(survey(), "hours_online", by="area").cells.columns["area"]:
        model = ek.models.linear(survey(), LINEAR["formula"], where=nw.col("area") == area)
        x, w = model.problem.columns.matrix(), model.scope.w
        models.append(model)
        means.append(w @ x / w.sum())
    apart = means[0] - means[1]
    for reference, beta in (
        ("first", models[0].coefficients),
        ("second", models[1].coefficients),
        ("average", (models[0].coefficients + models[1].coefficients) / 2),
    ):
        np.testing.assert_allclose(decomposed(LINEAR, reference=reference).points[1], apart @ beta, rtol=1e-9)


def test_the_order_of_the_groups_changes_signs_alone_when_averaged() -> None:
    one = decomposed(SHARES)
    names = one.cells.columns["difference"][0].split(" - ")
    other = decomposed(SHARES, levels=names[::-1])
    np.testing.assert_allclose(one.points, -other.points, rtol=1e-12)
    np.testing.assert_allclose(one.se, other.se, rtol=1e-10)
    first, second = decomposed(SHARES, reference="first"), decomposed(SHARES, levels=names[::-1], reference="second")
    np.testing.assert_allclose(first.points, -second.points, rtol=1e-12)


@pytest.mark.parametrize("asked", [LINEAR, SHARES])
def test_the_jackknife_agrees(asked: dict[str, Any]) -> None:
    made = decomposed(asked, ek.weighting.jackknife(survey()))
    wanted = decomposed(asked)
    np.testing.assert_allclose(made.points, wanted.points, rtol=1e-10)
    np.testing.assert_allclose(made.se, wanted.se, rtol=0.02)


def test_groups_made_up_alike_leave_nothing_explained() -> None:
    data = pd.DataFrame({"group": np.repeat(["a", "b"], 120), "x": np.tile(np.arange(12.0), 20), "psu": np.tile(np.arange(24), 10)})
    data["w"] = 1.0
    data["y"] = np.where(data["group"] == "a", 2.0, 1.0) * data["x"] + np.random.default_rng(2).normal(size=240)
    made = ek.models.decompose(ek.Survey(data, weights="w", psu="psu"), "y ~ x", group="group")
    np.testing.assert_allclose(made.points[1], 0, atol=1e-10)


def test_two_of_many_levels_are_a_domain() -> None:
    names = ek.mean(survey(), "hours_online", by="province").cells.columns["province"][:2]
    made = ek.models.decompose(survey(), "hours_online ~ age", group="province", levels=names)
    pair = nw.col("province").is_in(list(names))
    wanted = ek.models.decompose(survey(), "hours_online ~ age", group="province", where=pair)
    np.testing.assert_allclose(made.points, wanted.points, rtol=1e-12)
    np.testing.assert_allclose(made.vcov, wanted.vcov, rtol=1e-10)
    np.testing.assert_array_equal(made.df, wanted.df)
    assert made.provenance.missing == wanted.provenance.missing


def test_counts_are_those_of_the_smaller_group() -> None:
    made, shares = decomposed(SHARES), ek.proportion(survey(), "internet_daily", by="area")
    small = int(np.argmin(shares.counts.n))
    np.testing.assert_array_equal(made.counts.n, shares.counts.n[small])
    assert made.counts.cases[0] == min(np.minimum(shares.counts.cases, shares.counts.n - shares.counts.cases))


def test_bad_input() -> None:
    with pytest.raises(InputError, match="two groups are compared"):
        ek.models.decompose(survey(), "hours_online ~ age", group="province")
    with pytest.raises(InputError, match="two different levels"):
        ek.models.decompose(survey(), "hours_online ~ age", group="sex", levels=["girl", "secret"])
    with pytest.raises(InputError, match="takes two levels"):
        ek.models.decompose(survey(), "hours_online ~ age", group="sex", levels=["girl"])
    with pytest.raises(InputError, match="in the formula too"):
        ek.models.decompose(survey(), "hours_online ~ age + sex", group="sex")
    with pytest.raises(UnknownColumn):
        ek.models.decompose(survey(), "hours_online ~ age", group="nothing")
    with pytest.raises(InputError, match="intercept"):
        ek.models.decompose(survey(), "hours_online ~ 0 + age", group="sex")
    with pytest.raises(InputError, match="must hold"):
        ek.models.decompose(survey(), "hours_online ~ age", group="sex", kind="logit")
    with pytest.raises(InputError, match="kind"):
        ek.models.decompose(survey(), "hours_online ~ age", group="sex", kind="probit")  # pyright: ignore[reportArgumentType]


def test_a_level_that_one_group_lacks_is_said() -> None:
    data = pd.DataFrame({"group": ["a", "b"] * 60, "x": ["p", "p", "q", "p"] * 30, "psu": np.arange(120) % 12})
    data["w"] = 1.0
    data["y"] = np.random.default_rng(2).normal(size=120)
    with pytest.raises(EstimationError, match="no row that is not 0"):
        ek.models.decompose(ek.Survey(data, weights="w", psu="psu"), "y ~ x", group="group")


def test_its_domain_has_a_name() -> None:
    made = decomposed(SHARES, where=nw.col("age") >= 15, where_label="aged 15-17")
    assert "aged 15-17" in repr(made)
    assert "give where_label" not in repr(made)
