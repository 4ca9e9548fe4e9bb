"""Regressions: what they equal, what they refuse, and that nothing of a row shows."""

from __future__ import annotations

import pickle
import tracemalloc
from functools import cache
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import EstimationError, EvidencekitError, InputError, Refused, UnknownColumn
from evidencekit.models.formula.columns import Columns
from evidencekit.models.formula.reading import read_formula

SECRET = "canary-7391"


@cache
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")


@cache
def rows() -> pd.DataFrame:
    return ek.fictional.national_survey().data.to_frame()


def of(frame: Any, **more: Any) -> ek.Survey:
    return ek.Survey(frame, weights="weight", strata="stratum", psu="psu", **more)


def test_an_intercept_alone_is_the_mean_and_its_standard_error() -> None:
    model, mean = ek.models.linear(survey(), "hours_online ~ 1"), ek.mean(survey(), "hours_online")
    np.testing.assert_allclose(model.coefficients, mean.points, rtol=1e-13)
    np.testing.assert_allclose(model.estimate.se, mean.se, rtol=1e-12)
    assert model.df == mean.df[0]


@pytest.mark.parametrize("verb", ["linear", "logit", "probit", "cloglog", "poisson", "log_binomial"])
def test_a_saturated_model_gives_back_the_shares_of_its_groups(verb: str) -> None:
    model = getattr(ek.models, verb)(survey(), "internet_daily ~ sex")
    back, shares = model.problem.link.back, ek.proportion(survey(), "internet_daily", by="sex")
    eta = np.array([model.coefficients[0], model.coefficients.sum()])
    np.testing.assert_allclose(back(eta), shares.points, rtol=1e-11)
    slope = model.problem.link.slope(eta, back(eta))
    first = np.array([[1.0, 0.0], [1.0, 1.0]])
    np.testing.assert_allclose(np.sqrt(np.diag(first @ model.estimate.vcov @ first.T)) * slope, shares.se, rtol=1e-9)


def test_a_domain_keeps_the_design() -> None:
    where = nw.col("sex") == "girl"
    model, mean = ek.models.linear(survey(), "hours_online ~ 1", where=where), ek.mean(survey(), "hours_online", where=where)
    np.testing.assert_allclose(model.estimate.se, mean.se, rtol=1e-12)
    assert model.scope.n == (rows()["sex"] == "girl").sum()


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_every_kind_of_frame_gives_the_same(kind: str) -> None:
    frame = rows()
    if kind == "polars":
        frame = pytest.importorskip("polars").from_pandas(frame)
    if kind == "pyarrow":
        frame = pytest.importorskip("pyarrow").Table.from_pandas(frame)
    model = ek.models.logit(of(frame), "internet_daily ~ sex * age + province")
    wanted = ek.models.logit(survey(), "internet_daily ~ sex * age + province")
    np.testing.assert_array_equal(model.coefficients, wanted.coefficients)
    assert model.names == wanted.names


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e6))
def test_neither_the_order_of_rows_nor_the_scale_of_weights_matters(seed: int, scale: float) -> None:
    frame = rows().sample(frac=1, random_state=np.random.default_rng(seed)).assign(weight=lambda d: d["weight"] * scale)
    model = ek.models.logit(of(frame), "internet_daily ~ sex + age")
    wanted = ek.models.logit(survey(), "internet_daily ~ sex + age")
    np.testing.assert_allclose(model.coefficients, wanted.coefficients, rtol=1e-10)
    np.testing.assert_allclose(model.estimate.se, wanted.estimate.se, rtol=1e-9)


def test_levels_without_rows_in_the_domain_are_left_out() -> None:
    some = nw.col("province").is_in(["Amber Coast", "Eastlake"])
    assert ek.models.linear(survey(), "hours_online ~ province", where=some).names == ("Intercept", "province[T.Eastlake]")


def test_codings_conditions_and_splines() -> None:
    made = ek.models.linear(
        survey(), 'hours_online ~ C(sex, contr.treatment(base="girl")) + I(age > 14) + I(sex == "girl"):age + bs(age, df=3)'
    )
    assert made.names[1].endswith("[T.boy]")
    assert made.names[2] == "I(age > 14)"
    assert [name for name in made.names if name.startswith("bs(")] == [f"bs(age, df=3)[{k}]" for k in (1, 2, 3)]
    with pytest.raises(EstimationError, match="say the same"):
        ek.models.linear(survey(), 'hours_online ~ sex + I(sex == "girl")')


def test_levels_named_in_a_formula_are_all_of_them() -> None:
    """Rows of a level that was left out were taken for the first one."""
    names = sorted(set(rows()["province"]))
    whole = ek.models.logit(survey(), f"internet_daily ~ C(province, levels={names[::-1]})")
    assert whole.names[-1].endswith(f"[T.{names[0]}]")
    with pytest.raises(InputError, match="leaves out a level"):
        ek.models.logit(survey(), f"internet_daily ~ C(province, levels={names[1:]})")


def test_columns_are_those_of_formulaic() -> None:
    from formulaic import Formula

    for text in ("sex * age + province", "0 + sex:province", "sex:age + age", "province / sex", "C(age) + sex - 1"):
        made = ek.models.linear(survey(), f"hours_online ~ {text}") if "/" not in text else None
        if made is None:
            continue
        kept = rows().dropna(subset=["hours_online"])
        theirs = Formula(text).get_model_matrix(kept)
        columns: Columns = made.problem.columns
        assert columns.names == tuple(theirs.columns)
        np.testing.assert_allclose(columns.matrix(), theirs.to_numpy(dtype=float))


@pytest.mark.parametrize(
    ("formula", "error", "says"),
    [
        ("internet_daily ~ sexx", UnknownColumn, "Did you mean 'sex'"),
        ("nothing ~ sex", UnknownColumn, "not a column"),
        ("internet_daily ~ internet_daily", EstimationError, "Separation: internet_daily"),
        ("sex ~ age", InputError, "holds categories"),
        ("age ~ sex", InputError, "0 and 1"),
        ("internet_daily ~ sex + C(sex)", EstimationError, r"level 2 of C\(sex\)"),
        ("internet_daily ~ age + I(2 * age)", EstimationError, "say the same"),
        ("internet_daily ~ log(age - 12)", InputError, "no finite number"),
        ("internet_daily ~ log(sex)", InputError, "holds categories"),
        ("internet_daily ~ I(sex == 'nobody')", InputError, "a level that column"),
        ("internet_daily ~ 0", InputError, "no terms"),
        ("internet_daily ~ sex | age", InputError, "cannot be read"),
        ("internet_daily + age ~ sex", InputError, "one outcome"),
        ("internet_daily sex", InputError, "~"),
        ("internet_daily ~ sex ~ age", InputError, "~"),
        ("internet_daily ~ (sex", InputError, "cannot be read"),
        ("", InputError, "formula"),
        (None, InputError, "formula"),
        (5, InputError, "formula"),
    ],
)
def test_what_cannot_be_fitted_is_told_with_a_remedy(formula: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        ek.models.logit(survey(), formula)


def test_constant_outcomes_empty_interactions_and_one_level() -> None:
    frame = rows().assign(
        always=1.0, none=np.nan, odd=lambda d: np.where((d["sex"] == "girl") & (d["province"] == "Eastlake"), np.nan, 1.0 * (d["age"] > 14))
    )
    with pytest.raises(EstimationError, match="the same in every row"):
        ek.models.logit(of(frame), "always ~ sex")
    with pytest.raises(EstimationError, match="lacks an answer"):
        ek.models.logit(of(frame), "none ~ sex")
    with pytest.raises(EstimationError, match="no row that is not 0"):
        ek.models.linear(of(frame), "odd ~ sex * province")
    with pytest.raises(EstimationError, match="one level in the rows used"):
        ek.models.logit(survey(), "internet_daily ~ sex", where=nw.col("sex") == "girl")


def test_quasi_separation_names_the_level() -> None:
    frame = rows().assign(told=lambda d: np.where(d["province"] == "Eastlake", 1.0, d["internet_daily"]))
    with pytest.raises(EstimationError, match="Separation: level 5 of province"):
        ek.models.logit(of(frame), "told ~ sex + province")


@pytest.mark.parametrize("verb", ["logit", "probit", "cloglog", "poisson", "log_binomial"])
def test_a_group_in_which_it_never_happened_has_no_coefficient(verb: str) -> None:
    """Found by a replicate that left a school out: the Poisson coefficient ran away, and the steps became small beside it."""
    frame = rows().assign(told=lambda d: np.where(d["province"] == "Eastlake", 0.0, d["internet_daily"]))
    with pytest.raises(EstimationError, match="Separation: level 5 of province"):
        getattr(ek.models, verb)(of(frame), "told ~ sex + province")


def test_self_selected_answers_have_coefficients_and_no_intervals() -> None:
    poll = ek.Survey(rows(), design=ek.NoDesign())
    model = ek.models.logit(poll, "internet_daily ~ sex")
    assert np.isfinite(model.coefficients).all()
    assert np.isnan(model.estimate.se).all()
    assert np.isnan(model.estimate.interval.low).all()
    with pytest.raises(Refused, match="nobody was drawn"):
        ek.models.term_test(model, "sex")


def test_nothing_of_a_row_shows() -> None:
    frame = rows().assign(note=SECRET, number=73910001.0)
    s = of(frame)
    for formula in (
        "note ~ sex",
        "internet_daily ~ note",
        "internet_daily ~ log(note)",
        "number ~ sex",
        "internet_daily ~ I(number * 'a')",
    ):
        for verb in (ek.models.logit, ek.models.poisson):
            with pytest.raises(EvidencekitError) as caught:
                verb(s, formula)
            assert SECRET not in str(caught.value) + repr(caught.value.__context__)
            assert "7391" not in str(caught.value)
    model = ek.models.linear(s, "hours_online ~ sex")
    assert SECRET not in repr(model)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(model)


def test_a_formula_is_read_once() -> None:
    asked = read_formula("told ~ sex * age + offset(log(months)) + `two words`")
    assert asked.terms == ((), ("sex",), ("age",), ("two words",), ("sex", "age"))
    assert (asked.outcome, asked.offsets) == ("told", ("log(months)",))


def test_the_log_binomial_says_where_shares_would_pass_one() -> None:
    generator = np.random.default_rng(7)
    x = generator.uniform(-3, 3, 400)
    frame = pd.DataFrame({"y": (generator.random(400) < 1 / (1 + np.exp(-3 * x))) * 1.0, "x": x, "w": 1.0})
    s = ek.Survey(frame, weights="w")
    try:
        model = ek.models.log_binomial(s, "y ~ x")
    except EstimationError as error:
        assert "adjusted" in str(error) or "converge" in str(error)  # noqa: PT017
    else:
        assert (model.problem.link.back(model.problem.columns.times(model.coefficients)) < 1).all()


@pytest.mark.slow
def test_many_columns_take_no_more_memory_than_few() -> None:
    """Columns are laid out a block of rows at a time: with 32 of them whole ones would be 32 of the outcome's size and more."""
    generator, n = np.random.default_rng(5), 100_000
    frame = pd.DataFrame({f"x{k}": generator.normal(size=n) for k in range(3)})
    frame = frame.assign(y=(generator.random(n) < 0.3) * 1.0, w=1.0, psu=np.arange(n) // 25, group=generator.choice(list("abcdefgh"), n))
    s = ek.Survey(frame, weights="w", psu="psu")
    ek.models.logit(s, "y ~ group")
    tracemalloc.start()
    model = ek.models.logit(s, "y ~ group * x0 + group * x1 + group * x2")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(model.names) == 32
    assert peak < 24 * 8 * n
