"""Opt-in answers: weights from a model of taking part, raking, balance, and an interval only where one was asked for and named."""

from __future__ import annotations

import traceback
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import EvidencekitError, InputError, Refused, UnknownColumn, WeightingError

quasi = ek.weighting.quasi_randomise
NONE = ek.survey.NoDesign()


def reference_frame(n: int = 300, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    psu = np.arange(n) // 5
    return pd.DataFrame(
        {
            "h": psu % 4,
            "i": psu,
            "w": rng.uniform(50, 150, n),
            "sex": np.where(rng.random(n) < 0.5, "girl", "boy"),
            "age": rng.integers(12, 18, n),
            "area": np.where(rng.random(n) < 0.4, "rural", "urban"),
        }
    )


def panel_frame(n: int = 200, seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = reference_frame(n, seed + 50).drop(columns=["h", "i", "w"])
    frame["sex"] = np.where(rng.random(n) < 0.7, "girl", "boy")
    frame["told"] = rng.integers(0, 2, n)
    return frame


def reference(frame: pd.DataFrame | None = None) -> ek.Survey:
    return ek.Survey(reference_frame() if frame is None else frame, weights="w", strata="h", psu="i")


def panel(frame: Any = None) -> ek.Survey:
    return ek.Survey(panel_frame() if frame is None else frame, design=NONE)


@pytest.mark.parametrize("method", ["chen-li-wu", "odds"])
def test_categories_alone_are_poststratified_to_the_reference(method: Any) -> None:
    """By hand: everybody's weight is the reference's total of the cell over the respondents in it."""
    ours, theirs = panel_frame(), reference_frame()
    made = quasi(panel(), reference(), [("sex", "area")], method=method)
    cells = ["sex", "area"]
    want = (theirs.groupby(cells)["w"].sum() / ours.groupby(cells).size()).reindex(pd.MultiIndex.from_frame(ours[cells])).to_numpy()
    assert made.w is not None
    np.testing.assert_allclose(made.w, want, rtol=1e-9)
    np.testing.assert_allclose(ek.proportion(made, "sex").points, ek.proportion(reference(), "sex").points, rtol=1e-9)


def test_the_pseudo_likelihoods_equations_hold() -> None:
    """Chen, Li and Wu (2020), equation 6: the sample's totals of x are those of the reference times the probabilities."""
    made = quasi(panel(), reference(), ["sex", "age"])
    ours, theirs = panel_frame(), reference_frame()
    x, z = (np.column_stack([np.ones(len(f)), f["sex"] == "girl", f["age"]]).astype(float) for f in (ours, theirs))
    assert made.w is not None
    logit = np.log(1 / (made.w - 1))
    beta, *_ = np.linalg.lstsq(x, logit, rcond=None)
    np.testing.assert_allclose(x @ beta, logit, atol=1e-8)
    p = 1 / (1 + np.exp(-(z @ beta)))
    np.testing.assert_allclose(z.T @ (theirs["w"].to_numpy() * p), x.sum(axis=0), rtol=1e-8)


def test_odds_are_those_of_a_weighted_logistic_regression() -> None:
    """statsmodels 0.15 fits both samples together, the panel with weight 1."""
    from statsmodels.api import GLM
    from statsmodels.genmod.families import Binomial

    made = quasi(panel(), reference(), ["sex", "age"], method="odds")
    both = pd.concat([panel_frame(), reference_frame()])
    x = np.column_stack([np.ones(len(both)), both["sex"] == "girl", both["age"] - 14.5]).astype(float)
    y = np.r_[np.ones(200), np.zeros(300)]
    fit = GLM(y, x, family=Binomial(), freq_weights=both["w"].fillna(1).to_numpy()).fit(tol=1e-14)
    assert made.w is not None
    np.testing.assert_allclose(made.w, np.exp(-(x[:200] @ fit.params)), rtol=1e-7)


def test_inference_class_and_flags() -> None:
    made = quasi(panel(), reference(), ["sex", "age"])
    est = ek.proportion(made, "told", by="sex")
    assert made.inference == est.inference == "self-selected-adjusted"
    assert np.isnan([est.interval.low, est.interval.high, est.se, est.df]).all()
    assert set(est.flags) == {"no design: self-selected-adjusted"}
    assert dict(est.provenance.policies)["weights"] == "quasi-randomised (chen-li-wu) against a reference of 300 by sex, age"
    assert "quasi-randomised" in repr(made)
    assert panel().inference == "self-selected"
    steps = ek.weighting.report(made).to_frame()
    assert steps["step"].tolist()[0] == "given"
    assert steps["smallest"].tolist()[0] == 1


def test_raking_and_trimming_come_after_and_quota_stays_quota() -> None:
    known = {"sex": {"girl": 0.5, "boy": 0.5}, "area": {"rural": 0.4, "urban": 0.6}}
    for start in (panel(), quasi(panel(), reference(), ["sex", "age"])):
        made = ek.weighting.trim(ek.weighting.rake(start, known), upper=1e6)
        assert made.inference == "self-selected-adjusted"
        est = ek.proportion(ek.weighting.rake(start, known), ["sex", "area"])
        np.testing.assert_allclose(est.points, [0.5, 0.5, 0.4, 0.6], rtol=1e-9)
        assert np.isnan(est.interval.low).all()
        assert np.isnan(ek.quantile(made, "age", q=0.5).interval.low).all()
        ek.mean(made, "age", by="sex"), ek.ratio(made, "told", "age")
        with pytest.raises(ek.errors.Refused, match="not from a probability sample"):
            ek.total(made, "told", population_total=1e6)
    quota = ek.Survey(panel_frame(), design=ek.survey.NoDesign(inference="quota"))
    assert ek.weighting.rake(quota, known).inference == "quota"
    for step in (
        ek.weighting.poststratify(panel(), "sex", known["sex"]),
        ek.weighting.calibrate(panel(), known, method="logit", bounds=(0.1, 9)),
    ):
        assert step.inference == "self-selected-adjusted"


def test_the_reference_may_be_a_part() -> None:
    urban = nw.col("area") == "urban"
    made = quasi(panel(panel_frame().assign(area="urban")), reference(), ["sex"], where=urban)
    assert made.w is not None
    inside = reference_frame().query("area == 'urban'")["w"].sum()
    np.testing.assert_allclose(made.w.sum(), inside, rtol=1e-9)


def test_normalised_references_need_a_total() -> None:
    frame = reference_frame()
    frame["w"] /= frame["w"].mean()
    with pytest.raises(Refused, match="population_total="):
        quasi(panel(), reference(frame), ["sex"])
    made = quasi(panel(), reference(frame), ["sex"], population_total=30_000)
    assert made.w is not None
    np.testing.assert_allclose(made.w.sum(), 30_000, rtol=1e-9)
    with pytest.raises(WeightingError, match="more people"):
        quasi(panel(), reference(frame), ["sex"], population_total=150)


def test_labels_join_what_is_coded_apart() -> None:
    ours = ek.Dataset(panel_frame().assign(sex=lambda d: (d["sex"] == "girl") + 1), value_labels={"sex": {1: "boy", 2: "girl"}})
    made, want = quasi(panel(ours), reference(), ["sex", "age"]), quasi(panel(), reference(), ["sex", "age"])
    assert made.w is not None
    np.testing.assert_allclose(made.w, want.w, rtol=1e-9)  # type: ignore[arg-type]


@given(st.integers(0, 10_000), st.sampled_from(["chen-li-wu", "odds"]))
@settings(max_examples=25, deadline=None)
def test_weights_do_not_depend_on_units_or_order(seed: int, method: Any) -> None:
    ours, theirs = panel_frame(120, seed), reference_frame(200, seed)
    made = quasi(panel(ours), reference(theirs), ["sex", "age"], method=method)
    back = quasi(
        panel(ours[::-1].assign(age=lambda d: 7 - 3 * d["age"])),
        reference(theirs.assign(age=7 - 3 * theirs["age"])),
        ["age", "sex"],
        method=method,
    )
    assert made.w is not None
    assert back.w is not None
    np.testing.assert_allclose(made.w, back.w[::-1], rtol=1e-6)
    assert (made.w > (1 if method == "chen-li-wu" else 0)).all()
    gap = ek.weighting.balance(made, reference(theirs), ["sex", "age"])
    assert gap.worst[1] <= gap.worst[0] + 0.05


def cut(name: str, value: Any, frame: pd.DataFrame | None = None) -> pd.DataFrame:
    made = panel_frame() if frame is None else frame
    return made.assign(**{name: made[name].astype(object).where(made.index > 3, value)})


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "no survey": (lambda: quasi(panel_frame(), reference(), ["sex"]), InputError, "the sample is a DataFrame"),
    "no reference": (lambda: quasi(panel(), reference_frame(), ["sex"]), InputError, "the reference is a DataFrame"),
    "a probability sample": (lambda: quasi(reference(), reference(), ["sex"]), InputError, "without a design"),
    "two opt-ins": (lambda: quasi(panel(), panel(), ["sex"]), InputError, "probability sample"),
    "weights already": (lambda: quasi(quasi(panel(), reference(), ["sex"]), reference(), ["sex"]), InputError, "already has weights"),
    "no covariates": (lambda: quasi(panel(), reference(), []), InputError, "needs covariates"),
    "no name": (lambda: quasi(panel(), reference(), [3]), InputError, "column name"),
    "unknown": (lambda: quasi(panel(), reference(), ["sexx"]), UnknownColumn, "sex"),
    "not in the reference": (lambda: quasi(panel(), reference(), ["told"]), InputError, "reference has no column 'told'"),
    "blank": (lambda: quasi(panel(cut("sex", None)), reference(), ["sex"]), WeightingError, "missing in 4 rows of the sample and 0"),
    "blank number": (lambda: quasi(panel(panel_frame().assign(age=np.nan)), reference(), ["age"]), WeightingError, "missing in 200 rows"),
    "a level of its own": (
        lambda: quasi(panel(cut("sex", "other")), reference(), ["sex"]),
        WeightingError,
        "1 of its levels are only in the sample",
    ),
    "method": (lambda: quasi(panel(), reference(), ["sex"], method="probit"), InputError, "method="),
    "total": (lambda: quasi(panel(), reference(), ["sex"], population_total=-1), InputError, "population_total="),
    "apart": (
        lambda: quasi(panel(panel_frame().assign(age=lambda d: d["age"] + 60)), reference(), ["age"]),
        WeightingError,
        "converge|finite",
    ),
    "no target": (lambda: ek.weighting.balance(panel(), 3), InputError, "Survey or a mapping"),
    "balance of no survey": (lambda: ek.weighting.balance(3, reference()), InputError, "takes a Survey"),
    "balance of nothing": (lambda: ek.weighting.balance(panel(), reference()), InputError, "needs covariates"),
    "covariates and margins": (lambda: ek.weighting.balance(panel(), {"sex": {"girl": 1, "boy": 1}}, ["sex"]), InputError, "margins say"),
    "no model": (lambda: ek.weighting.model_interval(panel(), lambda s: ek.mean(s, "told"), seed=1), InputError, "quasi_randomise"),
    "no estimate": (lambda: ek.weighting.model_interval(quasi(panel(), reference(), ["sex"]), lambda s: 3, seed=1), InputError, "Estimate"),
}


@pytest.mark.parametrize("case", WRONG)
def test_refused(case: str) -> None:
    call, error, words = WRONG[case]
    with pytest.raises(error, match=words):
        call()


def test_balance_by_hand() -> None:
    made = quasi(panel(), reference(), ["sex", "age"])
    table = ek.weighting.balance(made, reference(), ["sex", "age"]).to_frame()
    ours, theirs = panel_frame(), reference_frame()
    share = np.average(theirs["sex"] == "girl", weights=theirs["w"])
    row = table[(table["variable"] == "sex") & (table["level"] == "girl")].iloc[0]
    np.testing.assert_allclose(row["smd_before"], ((ours["sex"] == "girl").mean() - share) / np.sqrt(share * (1 - share)), rtol=1e-12)
    mean = np.average(theirs["age"], weights=theirs["w"])
    sd = np.sqrt(np.average((theirs["age"] - mean) ** 2, weights=theirs["w"]))
    row = table[table["variable"] == "age"].iloc[0]
    np.testing.assert_allclose(row["smd_after"], (np.average(ours["age"], weights=made.w) - mean) / sd, rtol=1e-9)
    assert table["smd_after"].abs().max() < 0.1 < table["smd_before"].abs().max()


def test_balance_with_margins_and_combinations() -> None:
    known = {("sex", "area"): {("girl", "rural"): 0.2, ("boy", "rural"): 0.2, ("girl", "urban"): 0.3, ("boy", "urban"): 0.3}}
    made = ek.weighting.balance(ek.weighting.rake(panel(), known), known)
    frame = made.to_frame()
    assert frame["level"].tolist() == ["boy x rural", "boy x urban", "girl x rural", "girl x urban"]
    np.testing.assert_allclose(frame["target"], [0.2, 0.3, 0.2, 0.3])
    np.testing.assert_allclose(frame["smd_after"], 0, atol=1e-9)
    assert "Largest standardised difference" in repr(made)
    assert "<table>" in made._repr_html_()


def test_love_plot() -> None:
    made = ek.weighting.balance(quasi(panel(), reference(), ["sex", "age"]), reference(), ["sex", "age", "area"])
    picture = made.picture()
    assert picture.to_svg() == made.picture().to_svg()
    assert picture.alt.startswith(
        "Balance before and after weighting. Absolute standardised difference, before and after weighting, limit 0.1."
    )
    assert "sex: girl:" in picture.alt
    lines = picture.figure.axes[0].lines
    markers = {line.get_marker() for line in lines} - {"None", None, ""}
    assert markers == {"o", "D"}
    assert sum(line.get_linestyle() == "--" for line in lines) == 2
    everywhere = ek.weighting.balance(panel(panel_frame().assign(sex="girl")), {"sex": {"girl": 1}})
    with pytest.raises(InputError, match="no rows"):
        everywhere.picture()


def test_a_model_interval_is_named_and_repeatable() -> None:
    made = ek.weighting.rake(quasi(panel(), reference(), ["sex", "age"]), {"area": {"rural": 0.4, "urban": 0.6}})
    ask = lambda s: ek.proportion(s, ["told", "area"], by="sex")  # noqa: E731
    plain = ask(made)
    est, again = (ek.weighting.model_interval(made, ask, seed=4, replicates=40) for _ in range(2))
    np.testing.assert_array_equal(est.points, plain.points)
    np.testing.assert_array_equal(est.interval.low, again.interval.low)
    assert est.inference == "self-selected-adjusted"
    assert est.interval.method == "model (quasi-randomisation, logit)"
    assert all(f.startswith("model-based interval") for f in est.flags)
    assert ((est.interval.low < est.points) & (est.points < est.interval.high)).all()
    np.testing.assert_allclose(np.diag(est.vcov), est.covariance.variances)
    said = dict(est.provenance.policies)["variance"]
    assert said.startswith("model of taking part, 40 bootstrap replicates of the sample, 40 rao-wu bootstrap replicates of the reference")
    assert said.endswith("(seed 4)")
    assert "generator" not in said
    assert np.isnan(plain.interval.low).all()
    raked = ek.weighting.model_interval(made, lambda s: ek.proportion(s, "area"), seed=4, replicates=40)
    np.testing.assert_allclose(raked.se, 0, atol=1e-9)


def test_a_model_interval_uses_the_references_own_replicates() -> None:
    made = quasi(panel(), ek.weighting.jackknife(reference()), ["sex", "age"])
    est = ek.weighting.model_interval(made, lambda s: ek.mean(s, "told"), seed=4, replicates=40)
    assert "jackknife" in dict(est.provenance.policies)["variance"].lower()
    drawn = ek.weighting.model_interval(made, lambda s: ek.mean(s, "told"), seed=np.random.default_rng(4), replicates=40)
    assert dict(drawn.provenance.policies)["variance"].endswith("(generator given)")
    normal = reference_frame().assign(w=lambda d: d["w"] / d["w"].mean())
    made = quasi(panel(), reference(normal), ["sex"], population_total=30_000)
    with pytest.raises(ek.errors.Refused, match="not from a probability sample"):
        ek.weighting.model_interval(made, lambda s: ek.count(s), seed=4, replicates=20)


SECRET, NUMBER = "Zanzibarella-7f3", 987654321.25


@pytest.mark.parametrize("column", ["sex", "age", "area", "told"])
def test_nothing_leaks(column: str) -> None:
    heard: list[str] = []
    for value in (SECRET, NUMBER):
        ours, theirs = panel_frame(), reference_frame()
        for frame in (ours, theirs):
            if column in frame:
                frame[column] = frame[column].astype(object)
                frame.loc[0, column] = value
        for a, b in ((ours, theirs), (ours, reference_frame()), (panel_frame(), theirs)):
            for names in (["sex"], ["age"], [("sex", "area")], ["sex", "age"]):
                try:
                    made = quasi(panel(a), reference(b), names)
                    heard += [
                        repr(made),
                        repr(ek.weighting.report(made)),
                        repr(ek.weighting.model_interval(made, ek.count, seed=1, replicates=5)),
                    ]
                    ek.weighting.balance(made, reference(b), ["age"])
                except EvidencekitError as error:
                    heard.append("".join(traceback.format_exception(error)))
    assert len(heard) > 10
    for secret in (SECRET, "987654321", "987,654,321", "9.87654"):
        assert secret not in "\n".join(heard)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["chen-li-wu", "odds"])
def test_bias_goes_when_taking_part_depends_on_the_covariates(method: Any) -> None:
    """300 panels from the fictional country, girls and older children over-represented, each against a new reference sample."""
    children = ek.fictional.national_population()
    rng = np.random.default_rng(5)
    names = ["asked_for_image", "internet_daily", "hours_online"]
    truth = children[names].mean().to_numpy()
    score = -5.2 + 0.9 * (children["sex"] == "girl") + 0.3 * (children["age"] - 14.5) + 0.6 * (children["area"] == "urban")
    chance = (1 / (1 + np.exp(-score))).to_numpy()
    raw, made = np.zeros((300, 3)), np.zeros((300, 3))
    for r in range(300):
        sample = ek.Survey(children[rng.random(len(children)) < chance], design=NONE)
        theirs = ek.Survey(children.iloc[rng.choice(len(children), 1500)].assign(w=len(children) / 1500), weights="w")
        weighted = quasi(sample, theirs, ["sex", "age", "area"], method=method)
        raw[r], made[r] = ek.mean(sample, names).points, ek.mean(weighted, names).points
    error = made.std(axis=0) / np.sqrt(300)
    assert (np.abs(raw.mean(axis=0) - truth) > 10 * error).all()
    assert (np.abs(made.mean(axis=0) - truth) < 3.5 * error).all()


@pytest.mark.slow
def test_model_intervals_cover_where_the_model_holds() -> None:
    children = ek.fictional.national_population()
    rng, runs = np.random.default_rng(6), 400
    names = ["internet_daily", "any_contact_unwanted"]
    truth = children[names].mean().to_numpy()
    chance = (1 / (1 + np.exp(6.2 - 0.9 * (children["sex"] == "girl") - 0.3 * (children["age"] - 14.5)))).to_numpy()
    hits = np.zeros(2)
    for r in range(runs):
        sample = ek.Survey(children[rng.random(len(children)) < chance], design=NONE)
        theirs = ek.Survey(children.iloc[rng.choice(len(children), 500)].assign(w=len(children) / 500), weights="w")
        made = quasi(sample, theirs, ["sex", "age"])
        est = ek.weighting.model_interval(made, lambda s: ek.proportion(s, names), seed=r, replicates=80)
        hits += (est.interval.low <= truth) & (truth <= est.interval.high)
    assert ((hits / runs >= 0.93) & (hits / runs <= 0.97)).all(), hits / runs
