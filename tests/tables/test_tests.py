"""t, rank, trend and goodness-of-fit tests, kappa and alpha: R's numbers on fictional two-stage data, identities, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats
from twostage import DESIGNS, frame, reference, survey_of

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, Refused, UnknownColumn

RANKS = {"wilcoxon": "wilcoxon", "vanderWaerden": "van-der-waerden", "median": "median", "KruskalWallis": "kruskal-wallis"}
T: dict[str, dict[str, Any]] = {"by": {"by": "b"}, "one": {"mu": 40}, "paired": {"paired": "x"}}
tables = ek.tables


def close(got: Any, want: Any) -> None:
    np.testing.assert_allclose(np.ravel(got), np.ravel(want), rtol=1e-10)


@pytest.mark.parametrize(("name", "kind"), [(d, w.split(".")[1]) for d, w in reference() if w.startswith("ttest")])
def test_t_equals_r(name: str, kind: str) -> None:
    want = reference()[name, f"ttest.{kind}"]
    made = tables.ttest(survey_of(name), "y", **T[kind])
    close([made.statistic, *made.df, made.p], [want["statistic"], want["parameter"], want["p"]])


@pytest.mark.parametrize(("name", "by", "theirs"), [(d, *w.split(".")[1:]) for d, w in reference() if w.startswith("rank")])
def test_ranks_equal_r(name: str, by: str, theirs: str) -> None:
    want = reference()[name, f"rank.{by}.{theirs}"]
    how: Any = RANKS[theirs]
    made = tables.ranktest(survey_of(name), "y", by, test=how)
    if by == "b":
        close([made.statistic, *made.df], [want["statistic"], want["parameter"]])
    else:  # R gives the chi-square as a parameter
        close(made.statistic * made.df[0], want["parameter"])
    close(made.p, want["p"])


@pytest.mark.parametrize("name", DESIGNS)
def test_goodness_kappa_and_alpha_equal_r(name: str) -> None:
    survey, want = survey_of(name), reference()
    made = tables.goodness(survey, "g", [3, 4, 3])
    close(
        [made.statistic, *made.df, made.p],
        [want[name, "gof.g"]["statistic"], want[name, "gof.g"]["parameter"][1], want[name, "gof.g"]["p"]],
    )
    close(tables.alpha(survey, ["y", "x", "z"]).points, want[name, "alpha"]["alpha"])
    made = tables.kappa(survey, "b", "h")
    close(made.points, want[name, "kappa.bh"]["est"])
    np.testing.assert_allclose(made.se, want[name, "kappa.bh"]["se"], rtol=2e-3 if name == "jackknife" else 1e-10)


def test_expected_shares_by_name_or_in_order() -> None:
    survey = survey_of("two_stage")
    named = tables.goodness(survey, "k", {"often": 0.3, "never": 0.3, "sometimes": 0.4})
    assert named.p == tables.goodness(survey, "k", [3, 4, 3]).p
    p = [tables.goodness(survey, "k", [3, 4, 3], method=how).p for how in ("satterthwaite", "exact", "saddlepoint")]  # type: ignore[arg-type]
    assert np.ptp(p) < 0.1
    assert dict(named.provenance.policies)["scale of the chi-square"]


def test_a_distribution_that_the_design_fixes_has_no_p() -> None:
    data = pd.DataFrame({"s": np.repeat(["a", "b"], 50), "w": 1.0})
    made = tables.goodness(ek.Survey(data, weights="w", strata="s"), "s", [1, 1])
    assert np.isnan(made.p)
    assert "fixes" in made.flags[0]


@pytest.mark.parametrize("name", DESIGNS[:3])
def test_a_trend_over_two_groups_is_a_wald_test(name: str) -> None:
    survey = survey_of(name)
    made = tables.trend(survey, "b", "h")
    close([made.statistic**2, made.p], [(w := tables.association(survey, "b", "h", statistic="wald")).statistic, w.p])
    again = tables.trend(survey, "b", "h", scores=[10.0, 30.0])
    close([again.statistic, again.p], [made.statistic, made.p])
    assert made.estimate is not None
    assert again.estimate is not None
    close(again.estimate.points * 20, made.estimate.points)
    rates = ek.proportion(survey, "b", by="h").points
    close(made.estimate.points, rates[1] - rates[0])
    close(made.estimate.se, ek.difference(ek.proportion(survey, "b", by="h"), 1, 0).se)


def test_the_trend_is_that_of_cochran_and_armitage() -> None:
    """In a simple random sample, but for n / (n - 1)."""
    rng = np.random.default_rng(3)
    x = rng.integers(0, 4, 600)
    data = pd.DataFrame({"x": x, "y": (rng.random(600) < 0.2 + 0.1 * x).astype(int), "w": 1.0})
    made = tables.trend(ek.Survey(data, weights="w"), "y", "x")
    p, centred = data["y"].mean(), data["x"] - data["x"].mean()
    z = (centred * (data["y"] - p)).sum() / np.sqrt(p * (1 - p) * (centred**2).sum())
    assert made.statistic == pytest.approx(z, rel=0.05)
    assert made.statistic > 3
    turned = tables.trend(ek.Survey(data, weights="w"), "y", "x", scores={0: 3, 1: 2, 2: 1, 3: 0})
    assert turned.statistic == pytest.approx(-made.statistic)


def test_groups_in_a_declared_order_have_their_place() -> None:
    survey = survey_of("two_stage")
    made, want = tables.trend(survey, "h", "k"), tables.trend(survey, "h", "k", scores={"never": 0, "sometimes": 1, "often": 2})
    assert made.p == want.p
    assert tables.trend(survey, "k", "g", category="often").p != tables.trend(survey, "k", "g", category="never").p


def test_ranks_are_those_of_a_simple_random_sample() -> None:
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"y": rng.normal(size=500), "g": rng.integers(0, 2, 500), "w": 2.0})
    made = tables.ranktest(ek.Survey(data, weights="w"), "y", "g")
    want = stats.mannwhitneyu(data["y"][data["g"] == 1], data["y"][data["g"] == 0])
    assert made.p == pytest.approx(want.pvalue, abs=0.01)
    data["y"] = np.exp(data["y"])  # only the order matters
    assert tables.ranktest(ek.Survey(data, weights="w"), "y", "g").p == pytest.approx(made.p, rel=1e-12)


def test_kappa_by_hand_and_with_partial_credit() -> None:
    data = pd.DataFrame({"a": [1, 1, 2, 2, 3, 3, 3, 1], "b": [1, 2, 2, 2, 3, 2, 3, 1], "w": 1.0, "c": [1, 1, 1, 1, 2, 2, 2, 2]})
    survey = ek.Survey(data, weights="w")
    a = (data["a"] == data["b"]).mean()
    e = sum((data["a"] == v).mean() * (data["b"] == v).mean() for v in (1, 2, 3))
    assert tables.kappa(survey, "a", "b").points[0] == pytest.approx((a - e) / (1 - e))
    kinds = [tables.kappa(survey, "a", "b", partial=p).points[0] for p in ("none", "linear", "quadratic")]  # type: ignore[arg-type]
    assert kinds == sorted(kinds)
    # With two categories all three are one.
    two = [tables.kappa(survey, "c", "c2", partial=p).points[0] for p in ("none", "linear")] if "c2" in data else [0, 0]  # type: ignore[arg-type]
    assert two[0] == two[1]
    assert tables.kappa(survey, "a", "c").points[0] < 1
    plain = tables.kappa(ek.Survey(data, design=ek.NoDesign()), "a", "b")
    assert np.isnan(plain.interval.low[0])


VERBS: list[tuple[str, Callable[[ek.Survey], Any]]] = [
    ("ttest", lambda s: tables.ttest(s, "y", by="b")),
    ("ranktest", lambda s: tables.ranktest(s, "y", "b")),
    ("trend", lambda s: tables.trend(s, "b", "g")),
    ("goodness", lambda s: tables.goodness(s, "g", [1, 1, 1])),
]


@pytest.mark.parametrize(("name", "run"), VERBS, ids=[v[0] for v in VERBS])
def test_nothing_is_tested_without_a_design(name: str, run: Callable[[ek.Survey], Any]) -> None:
    with pytest.raises(Refused, match=rf"{name}\(\).*nobody was drawn"):
        run(ek.Survey(frame(), design=ek.NoDesign()))
    with pytest.raises(InputError, match=rf"{name}\(\) takes a Survey"):
        run(frame())  # type: ignore[arg-type]


MORE = [("kappa", lambda s: tables.kappa(s, "b", "h")), ("alpha", lambda s: tables.alpha(s, ["y", "z"]))]


@pytest.mark.parametrize(("name", "run"), [*VERBS, *MORE])
def test_lazy_data_are_refused(name: str, run: Callable[[ek.Survey], Any]) -> None:
    lazy = ek.Survey(pl.from_pandas(frame().drop(columns="k")).lazy(), weights="weight2", psu="school")
    with pytest.raises(InputError, match=rf"{name}\(\) revisits rows"):
        run(lazy)


WRONG: list[tuple[type[Exception], Callable[[ek.Survey], Any]]] = [
    (UnknownColumn, lambda s: tables.ttest(s, "yy")),
    (InputError, lambda s: tables.ttest(s, "g")),
    (InputError, lambda s: tables.ttest(s, "y", by="g")),
    (InputError, lambda s: tables.ttest(s, "y", by="b", paired="x")),
    (InputError, lambda s: tables.ttest(s, "y", paired="y")),
    (InputError, lambda s: tables.ttest(s, "y", mu=np.nan)),
    (EstimationError, lambda s: tables.ttest(s, "one")),
    (EstimationError, lambda s: tables.ttest(s, "y", by="one")),
    (EstimationError, lambda s: tables.ttest(s, "none_at_all")),
    (InputError, lambda s: tables.ranktest(s, "y", "b", test="sign")),  # type: ignore[arg-type]
    (EstimationError, lambda s: tables.ranktest(s, "y", "one")),
    (EstimationError, lambda s: tables.ranktest(s, "one", "b")),
    (EstimationError, lambda s: tables.ranktest(s, "y", "pupil")),
    (InputError, lambda s: tables.ranktest(s, "g", "b")),
    (InputError, lambda s: tables.trend(s, "k", "g")),
    (InputError, lambda s: tables.trend(s, "k", "g", category="rarely")),
    (InputError, lambda s: tables.trend(s, "b", "g", scores=[1, 2])),
    (InputError, lambda s: tables.trend(s, "b", "g", scores=[1, 1, 1])),
    (InputError, lambda s: tables.trend(s, "b", "g", scores={"a": 1})),
    (EstimationError, lambda s: tables.trend(s, "b", "one")),
    (EstimationError, lambda s: tables.trend(s, "one", "g")),
    (InputError, lambda s: tables.goodness(s, "g", [1, 1])),
    (InputError, lambda s: tables.goodness(s, "g", {"a": 1, "b": 1, "d": 1})),
    (InputError, lambda s: tables.goodness(s, "g", [1, 1, 0])),
    (InputError, lambda s: tables.goodness(s, "g", "a")),
    (EstimationError, lambda s: tables.goodness(s, "one", [1])),
    (InputError, lambda s: tables.kappa(s, "b", "g")),
    (InputError, lambda s: tables.kappa(s, "b", "b")),
    (EstimationError, lambda s: tables.kappa(s, "one", "uno")),
    (InputError, lambda s: tables.alpha(s, ["y"])),
    (InputError, lambda s: tables.alpha(s, ["y", "g"])),
    (EstimationError, lambda s: tables.alpha(s, ["one", "uno"])),
    (EstimationError, lambda s: tables.alpha(s, ["y", "none_at_all"])),
]


@pytest.mark.parametrize(("kind", "run"), WRONG)
def test_bad_input(kind: type[Exception], run: Callable[[ek.Survey], Any]) -> None:
    data = frame().assign(one=1, uno=1, none_at_all=np.nan)
    with pytest.raises(kind) as caught:
        run(ek.Survey(data, design=survey_of("two_stage").stages))
    assert not any(value in str(caught.value) for value in ("sometimes", "'a'", "rarely"))


def ordered_survey(kind: Callable[[pd.DataFrame], Any]) -> ek.Survey:
    data = frame()
    data["school_level"] = np.resize(["none", "primary", "secondary", "higher"], len(data))
    data["again"] = np.roll(data["school_level"].to_numpy(), 1)
    data["ages"] = np.resize(["5-9", "10-14", "15-19"], len(data))
    data["spoken"] = np.resize(["1 never", "2 sometimes", "3 often"], len(data))
    data["told"] = np.resize([0, 1, 1, 0, 1], len(data))
    return ek.Survey(kind(data), weights="weight", psu="school")


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.from_pandas])
def test_text_is_ordered_only_where_it_says_so(kind: Callable[[pd.DataFrame], Any]) -> None:
    s = ordered_survey(kind)
    for name in ("school_level", "ages"):  # 10-14 comes before 5-9 in the alphabet
        with pytest.raises(InputError, match="order but that of the alphabet"):
            tables.trend(s, "told", by=name)
    with pytest.raises(InputError, match="order but that of the alphabet"):
        tables.kappa(s, "school_level", "again", partial="linear")
    ladder = {"none": 0, "primary": 1, "secondary": 2, "higher": 3}
    assert tables.trend(s, "told", by="school_level", scores=ladder).p <= 1
    assert tables.trend(s, "told", by="spoken").p <= 1
    assert tables.kappa(s, "school_level", "again").points[0] < 1


def test_a_declared_order_is_taken() -> None:
    levels = ["none", "primary", "secondary", "higher"]
    s = ordered_survey(lambda data: data.assign(school_level=pd.Categorical(data["school_level"], levels, ordered=True)))
    given = tables.trend(s, "told", by="school_level", scores=[0, 1, 2, 3])
    assert tables.trend(s, "told", by="school_level").p == given.p


def test_weights_far_apart_leave_ranks_between_nought_and_one() -> None:
    """Once a rank of 1, which rounding made, had an infinite normal score."""
    seed = np.random.default_rng(1)
    frame = pd.DataFrame({"y": np.arange(240.0), "g": seed.choice(["a", "b"], 240), "u": np.repeat(range(24), 10)})
    frame["w"] = np.where(frame.index % 7 == 0, 1e12, 1e-6)
    for test in ("van-der-waerden", "wilcoxon"):
        made = ek.tables.ranktest(ek.Survey(frame, weights="w", psu="u"), "y", "g", test=test)
        assert 0 <= made.p <= 1
