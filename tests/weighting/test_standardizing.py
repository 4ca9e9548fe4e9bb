"""Direct standardisation: the make-up every group gets, what it equals by hand, and how it varies."""

from __future__ import annotations

import re

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.columns import Floats
from evidencekit.errors import InputError, UnknownColumn, WeightingError

AGES = {age: share for age, share in zip(range(12, 18), (2.0, 2.0, 2.0, 1.0, 1.0, 2.0), strict=True)}


def weights(survey: ek.Survey) -> Floats:
    assert survey.w is not None
    return survey.w


@pytest.fixture(scope="module")
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")


def test_every_group_gets_the_make_up_and_keeps_its_size(survey: ek.Survey) -> None:
    made = ek.weighting.standardize(survey, "age", population=AGES, over="sex")
    np.testing.assert_allclose(ek.count(made, by="sex").points, ek.count(survey, by="sex").points, rtol=1e-12)
    for sex in ("girl", "boy"):
        shares = ek.proportion(made, "age", where=nw.col("sex") == sex)
        np.testing.assert_allclose(shares.points, np.array(list(AGES.values())) / 10, rtol=1e-12)
        np.testing.assert_allclose(shares.se, 0, atol=1e-12)


def test_the_mean_is_the_standards_average_of_the_cells(survey: ek.Survey) -> None:
    made = ek.mean(ek.weighting.standardize(survey, "age", population=AGES, over="sex"), "hours_online", by="sex")
    cells = ek.mean(survey, "hours_online", by=["sex", "age"])
    shares = np.array(list(AGES.values())) / 10
    for j, sex in enumerate(made.cells.columns["sex"]):
        mine = [i for i, level in enumerate(cells.cells.columns["sex"]) if level == sex]
        order = [mine[[cells.cells.columns["age"][i] for i in mine].index(age)] for age in AGES]
        np.testing.assert_allclose(made.points[j], shares @ cells.points[order], rtol=1e-10)
        np.testing.assert_allclose(made.se[j] ** 2, shares @ cells.vcov[np.ix_(order, order)] @ shares, rtol=1e-8)


def test_replicates_standardise_again(survey: ek.Survey) -> None:
    jackknife = ek.weighting.standardize(ek.weighting.jackknife(survey), "age", population=AGES, over="sex")
    linear = ek.weighting.standardize(survey, "age", population=AGES, over="sex")
    made, wanted = ek.mean(jackknife, "hours_online", by="sex"), ek.mean(linear, "hours_online", by="sex")
    np.testing.assert_allclose(made.points, wanted.points, rtol=1e-12)
    np.testing.assert_allclose(made.se, wanted.se, rtol=0.02)


def test_without_groups_it_is_poststratification_to_shares(survey: ek.Survey) -> None:
    made = ek.weighting.standardize(survey, "age", population=pd.Series(AGES))
    wanted = ek.weighting.poststratify(survey, "age", {age: share / 10 for age, share in AGES.items()})
    np.testing.assert_allclose(weights(made), weights(wanted), rtol=1e-12)
    one, other = ek.mean(made, "hours_online"), ek.mean(wanted, "hours_online")
    np.testing.assert_allclose(one.se, other.se, rtol=1e-12)


def test_rows_without_a_group_or_outside_keep_their_weights(survey: ek.Survey) -> None:
    data = ek.fictional.national_survey().data.frame.copy()
    data.loc[data.index[:50], "sex"] = None
    blank = ek.Survey(data, weights="weight", strata="stratum", psu="psu")
    made = ek.weighting.standardize(blank, "age", population=AGES, over="sex")
    np.testing.assert_array_equal(weights(made)[:50], weights(blank)[:50])
    older = ek.weighting.standardize(survey, "age", population={15: 1, 16: 1, 17: 2}, over="sex", where=nw.col("age") >= 15)
    young = (data["age"] < 15).to_numpy()
    np.testing.assert_array_equal(weights(older)[young], weights(survey)[young])
    assert not np.allclose(weights(older)[~young], weights(survey)[~young])


def test_bad_input(survey: ek.Survey) -> None:
    with pytest.raises(UnknownColumn):
        ek.weighting.standardize(survey, "age", population=AGES, over="nothing")
    with pytest.raises(UnknownColumn):
        ek.weighting.standardize(survey, "nothing", population=AGES)
    with pytest.raises(WeightingError, match="have no total"):
        ek.weighting.standardize(survey, "age", population={12: 1.0})
    with pytest.raises(InputError, match="over= is named"):
        ek.weighting.standardize(survey, "age", population=AGES, over=())


def test_a_group_with_nobody_in_a_cell_is_refused_and_not_named() -> None:
    data = pd.DataFrame({"w": 1.0, "cell": ["a", "b", "a", "a", "b", "a"], "group": ["secret", "x", "x", "secret", "x", "secret"]})
    with pytest.raises(WeightingError, match="nobody in 1 of the 2 cells") as told:
        ek.weighting.standardize(ek.Survey(data, weights="w", psu=None), "cell", population={"a": 1, "b": 1}, over="group")
    assert not re.search("secret", str(told.value))
