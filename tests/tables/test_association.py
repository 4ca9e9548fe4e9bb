"""Rao-Scott and Wald tests: R's numbers on fictional two-stage data, what must not matter, and what is refused."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from phased import drawn, two_phase
from scipy import stats
from twostage import DESIGNS, frame, reference, survey_of

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, Refused, UnknownColumn

OURS = {"F": "F", "Chisq": "chisq", "Wald": "wald", "adjWald": "adjusted-wald"}
EVERY: Any = ("F", "chisq", "wald", "adjusted-wald", "exact", "saddlepoint", "wls-score", "deviance", "deviance-chisq")


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("columns", ["gk", "bg"])
@pytest.mark.parametrize("theirs", OURS)
def test_equals_r(name: str, columns: str, theirs: str) -> None:
    want = reference()[name, f"chisq.{columns}.{theirs}"]
    how: Any = OURS[theirs]
    made = ek.tables.association(survey_of(name), *columns, statistic=how)
    np.testing.assert_allclose(made.statistic, np.ravel(want["statistic"])[0], rtol=1e-10)
    np.testing.assert_allclose(made.df, np.ravel(want["parameter"]), rtol=1e-10)
    np.testing.assert_allclose(made.p, np.ravel(want["p"])[0], rtol=1e-10)


@pytest.mark.parametrize("name", DESIGNS[:3])
def test_the_deviance_equals_that_of_a_loglinear_model(name: str) -> None:
    """R's corrections of second order depend on how it codes the levels (it squares the elements of a matrix that is not symmetric)."""
    want = reference()[name, "loglin.bg"]
    made = ek.tables.association(survey_of(name), "b", "g", statistic="deviance-chisq")
    np.testing.assert_allclose([made.statistic, made.p], [want["dev"], want["dev_p"][0]], rtol=1e-7)
    made = ek.tables.association(survey_of(name), "b", "g", statistic="chisq")
    np.testing.assert_allclose([made.statistic, made.p], [want["score"], want["score_p"][0]], rtol=1e-7)


@pytest.mark.parametrize("statistic", EVERY)
@pytest.mark.parametrize("name", ["two_stage", "jackknife"])
def test_order_does_not_matter(name: str, statistic: Any) -> None:
    """Which column is the row, how levels are written, and rows without weight."""
    first = ek.tables.association(survey_of(name), "g", "k", statistic=statistic)
    turned = ek.tables.association(survey_of(name), "k", "g", statistic=statistic)
    np.testing.assert_allclose((first.statistic, *first.df, first.p), (turned.statistic, *turned.df, turned.p), rtol=1e-9)
    data = survey_of(name).data.assign(g=lambda d: d["g"].map({"a": 3, "b": 1, "c": 2}))
    again = ek.tables.association(survey_of(name).completed(data, ("codes", "others")), "g", "k", statistic=statistic)
    np.testing.assert_allclose((first.statistic, first.p), (again.statistic, again.p), rtol=1e-9)


def test_a_simple_random_sample_has_pearsons_test() -> None:
    """Without clusters, strata or weights the first-order correction is 1 but for n / (n - 1)."""
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"a": rng.integers(0, 2, 400), "b": rng.integers(0, 2, 400), "w": 1.0})
    made = ek.tables.association(ek.Survey(data, weights="w"), "a", "b", statistic="chisq")
    want = stats.chi2_contingency(pd.crosstab(data["a"], data["b"]), correction=False)
    assert made.statistic == pytest.approx(want.statistic)
    assert made.p == pytest.approx(want.pvalue, rel=0.05)
    assert ek.tables.association(ek.Survey(data, weights="w"), "a", "b", statistic="deviance-chisq").statistic == pytest.approx(
        stats.chi2_contingency(pd.crosstab(data["a"], data["b"]), correction=False, lambda_="log-likelihood").statistic
    )


@pytest.mark.parametrize("seed", [1, 13, 26, 50])
def test_equal_design_effects_give_the_f_distribution(seed: int) -> None:
    """In a simple random sample they are all the same, and d v is a whole number, which a rounding error must not make one less."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"a": rng.integers(0, 2, 150), "b": rng.integers(0, 4, 150), "w": 3.7})
    survey = ek.Survey(data, weights="w")
    f = ek.tables.association(survey, "a", "b")
    np.testing.assert_allclose(f.df, (3, 3 * 149))
    np.testing.assert_allclose(ek.tables.association(survey, "a", "b", statistic="exact").p, f.p, rtol=1e-9)


def test_two_by_two_has_one_p() -> None:
    """With one degree of freedom every correction of second order is the same F, and so is the exact distribution."""
    survey = survey_of("three_stage")
    p = [ek.tables.association(survey, "b", "h", statistic=how).p for how in ("F", "exact")]  # type: ignore[arg-type]
    assert p[0] == pytest.approx(p[1], rel=1e-9)
    assert ek.tables.association(survey, "b", "h", statistic="wald").p == pytest.approx(
        ek.tables.association(survey, "b", "h", statistic="adjusted-wald").p
    )


def test_a_domain_keeps_the_design() -> None:
    """A condition leaves levels out that nobody is in, and takes its own sampling units for degrees of freedom."""
    made = ek.tables.association(survey_of("two_stage"), "g", "k", where=nw.col("h") == 1, where_label="late")
    assert made.estimate is not None
    assert made.provenance.where == "late"
    known = nw.col("h") == 1
    assert made.df[1] / made.df[0] == pytest.approx(ek.mean(survey_of("two_stage"), "y", where=known & ~nw.col("k").is_null()).df[0])
    data = frame().assign(only=frame()["g"] != "c")
    two = ek.Survey(data, design=survey_of("two_stage").stages)
    k = ek.tables.association(two, "g", "k", where="only", statistic="chisq")
    assert k.df == (2.0,)
    np.testing.assert_allclose(k.p, ek.tables.association(two, "k", "g", where="only", statistic="chisq").p, rtol=1e-10)


def test_sparse_tables_are_flagged_and_empty_cells_counted() -> None:
    data = frame().assign(rare=lambda d: np.where(np.arange(len(d)) % 40 == 0, "x", "y"))
    survey = ek.Survey(data, design=survey_of("two_stage").stages)
    made = ek.tables.association(survey, "rare", "k")
    assert made.flags == ("a cell has fewer than 5 expected answers",)
    assert made.estimate is not None
    assert len(made.estimate) == 6


def test_what_it_says() -> None:
    made = ek.tables.association(survey_of("two_stage"), "g", "k")
    assert repr(made).startswith("Rao-Scott F: 0.5385 on 2.738 and 32.86 degrees of freedom, p = 0.643")
    assert "null hypothesis: g and k are independent" in repr(made)
    few = ek.tables.association(survey_of("two_stage"), "b", "k", where=nw.col("stratum") == "north")
    assert "few degrees of freedom" in few.flags


@pytest.mark.parametrize("method", ["full", "approx", "simple"])
def test_after_two_phases_it_is_the_test_of_the_contrast(method: str) -> None:
    """With two groups the t of the difference of shares, but for the variance at the hypothesis, is the Wald test."""
    survey = two_phase(drawn(3, units=8), method, first={"weights": "w", "strata": "h", "psu": "i"}, second={"strata": "cell"})
    made = ek.tables.association(survey, "d", "cell", statistic="wald")
    trend = ek.tables.trend(survey, "d", "cell")
    np.testing.assert_allclose([trend.statistic**2, trend.p], [made.statistic, made.p], rtol=1e-9)


def test_refusals_and_bad_input() -> None:
    data, secret = frame(), "XQ-secret"
    survey = survey_of("two_stage")
    with pytest.raises(Refused, match="nobody was drawn"):
        ek.tables.association(ek.Survey(data, design=ek.NoDesign()), "g", "k")
    with pytest.raises(UnknownColumn):
        ek.tables.association(survey, "g", "nothing")
    with pytest.raises(InputError, match="different"):
        ek.tables.association(survey, "g", "g")
    with pytest.raises(InputError):
        ek.tables.association(survey, "g", "k", statistic="chi")  # type: ignore[arg-type]
    with pytest.raises(InputError):
        ek.tables.association(survey, ["g", "b"], "k")  # type: ignore[arg-type]
    with pytest.raises(InputError):
        ek.tables.association(data, "g", "k")  # type: ignore[arg-type]
    constant = ek.Survey(data.assign(one=secret, none=None), design=survey.stages)
    for column, words in (("one", "one level"), ("none", "no answers")):
        with pytest.raises(EstimationError, match=words) as caught:
            ek.tables.association(constant, "g", column)
        assert secret not in str(caught.value)
    many = ek.Survey(data.assign(m=np.arange(len(data)) % 14, y=np.arange(len(data)) // 14 % 9), design=survey.stages)
    with pytest.raises(EstimationError, match="too few"):
        ek.tables.association(many, "m", "y", statistic="wald")
