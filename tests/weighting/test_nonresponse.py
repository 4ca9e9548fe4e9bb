"""Weighting classes and response propensities: hand-worked numbers, invariants, agreement with statsmodels, variances, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn, WeightingError
from evidencekit.weighting import Dispositions, adjust_nonresponse, adjust_propensity, jackknife, report
from evidencekit.weighting.response.logistic import chances, fit

KINDS = Dispositions("res", respondent="done", interrupted="stopped", refused="no", ineligible="empty", unknown="unvisited")
Floats = NDArray[np.float64]


def weights(survey: ek.Survey) -> Floats:
    assert survey.w is not None
    return survey.w


def selected(seed: int = 0, psus: int = 40, each: int = 20) -> pd.DataFrame:
    """Everyone who was selected; answers of those who gave them, and of those interrupted."""
    rng = np.random.default_rng(seed)
    n = psus * each
    psu = np.repeat(np.arange(psus), each)
    town, sex, age = rng.integers(0, 2, n), rng.choice(["girl", "boy"], n), rng.normal(15, 1.5, n)
    chance = 1 / (1 + np.exp(-(0.8 - 0.9 * town + 0.4 * (sex == "girl") - 0.2 * (age - 15))))
    fate = np.where(rng.random(n) < chance, "done", np.where(rng.random(n) < 0.2, "stopped", "no"))
    luck = rng.random(n)
    res = np.where(luck < 0.05, "empty", np.where(luck < 0.12, "unvisited", fate))
    y = np.where(np.isin(res, ["done", "stopped"]), town + 0.3 * age + rng.normal(0, 1, psus)[psu] + rng.normal(0, 1, n), np.nan)
    columns = {"w": rng.uniform(5, 15, n), "stratum": psu // 8, "psu": psu, "town": np.array(["no", "yes"])[town], "sex": sex, "age": age}
    return pd.DataFrame({**columns, "res": res, "y": y, "x": rng.normal(size=n)})


def survey_of(frame: Any, **more: Any) -> ek.Survey:
    return ek.Survey(frame, **{"weights": "w", "strata": "stratum", "psu": "psu", **more})


Adjust = Callable[[ek.Survey], ek.Survey]
WAYS: dict[str, Adjust] = {
    "classes": lambda s: adjust_nonresponse(s, KINDS, by=["town", "sex"]),
    "one class": lambda s: adjust_nonresponse(s, KINDS),
    "quintiles": lambda s: adjust_propensity(s, KINDS, ["town", "sex", "age"]),
    "inverse": lambda s: adjust_propensity(s, KINDS, ["town", "sex", "age"], classes=None, unknown_by="town"),
    "raked after": lambda s: ek.weighting.rake(adjust_nonresponse(s, KINDS, by="town"), {"sex": {"girl": 4000.0, "boy": 3500.0}}),
    "trimmed between": lambda s: adjust_propensity(ek.weighting.trim(s, upper=14.5), KINDS, ["town"], classes=None),
}


def test_two_steps_by_hand() -> None:
    """Class a: known 10 + 20 + 30 + 20, unknown 40: all known times 1.5; respondents 15, others 30 + 45, so 15 becomes 90."""
    frame = pd.DataFrame(
        {
            "res": ["done", "stopped", "no", "empty", "unvisited", "done", "done", "no"],
            "c": list("aaaaabbb"),
            "w": [10.0, 20, 30, 20, 40, 10, 30, 20],
        }
    )
    survey = ek.Survey(frame, weights="w")
    made = adjust_nonresponse(survey, KINDS, by="c")
    np.testing.assert_allclose(weights(made), [90, 0, 0, 0, 0, 15, 45, 0])
    assert weights(survey).tolist() == frame["w"].tolist()
    table = report(made).to_frame()
    assert table["step"].tolist() == ["given", "unknown eligibility shared out within c", "non-response adjusted within c"]
    np.testing.assert_allclose(table["sum"], [180, 180, 150])
    assert table["factor_max"][2] == 6
    np.testing.assert_allclose(weights(adjust_nonresponse(made, KINDS, by="c")), weights(made), err_msg="the second time nothing is left")
    one = adjust_nonresponse(survey, KINDS)
    np.testing.assert_allclose(weights(one)[[0, 5, 6]], np.array([10, 10, 30]) * (180 / 140) * (120 / 50))


@pytest.mark.parametrize("by", [None, "town", ["town", "sex"]])
def test_classes_agree_with_sums_by_group(by: Any) -> None:
    frame = selected()
    made = adjust_nonresponse(survey_of(frame), KINDS, by=by)
    group = [frame[b] for b in ([by] if isinstance(by, str) else by)] if by else np.zeros(len(frame))
    known = frame["w"].where(frame["res"] != "unvisited", 0)
    spread = known * frame["w"].groupby(group).transform("sum") / known.groupby(group).transform("sum")
    eligible, done = (spread.where(frame["res"].isin(k), 0) for k in (["done", "stopped", "no"], ["done"]))
    want = done * eligible.groupby(group).transform("sum") / done.groupby(group).transform("sum")
    np.testing.assert_allclose(weights(made), want, rtol=1e-12)


def test_everyone_responded() -> None:
    frame = selected()
    frame["res"] = np.where(frame["res"] == "empty", "empty", "done")
    for made in (adjust_nonresponse(survey_of(frame), KINDS, by="town"), adjust_propensity(survey_of(frame), KINDS, "town")):
        np.testing.assert_allclose(weights(made), np.where(frame["res"] == "done", frame["w"], 0))


def statsmodels_propensities(frame: pd.DataFrame, w: Floats) -> Floats:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    eligible = frame["res"].isin(["done", "stopped", "no"])
    x = np.column_stack([np.ones(len(frame)), frame["town"] == "yes", frame["sex"] == "girl", frame["age"]]).astype(float)
    model = GLM((frame["res"] == "done").astype(float)[eligible], x[eligible], Binomial(), var_weights=w[eligible])
    return model.fit(tol=1e-15, maxiter=100).predict(x)


def test_propensities_are_those_of_statsmodels() -> None:
    frame = selected()
    made = WAYS["inverse"](survey_of(frame))
    before = made.adjustments[-1].before
    p = statsmodels_propensities(frame, before)
    np.testing.assert_allclose(weights(made), np.where(frame["res"] == "done", before / p, 0), rtol=1e-8)


def test_classes_of_propensity_hold_equal_weight() -> None:
    frame = selected()
    made = WAYS["quintiles"](survey_of(frame))
    before, eligible = made.adjustments[-1].before, frame["res"].isin(["done", "stopped", "no"]).to_numpy()
    p = statsmodels_propensities(frame, before)
    order = np.argsort(p[eligible])
    share = np.cumsum(before[eligible][order]) / before[eligible].sum()
    group = np.empty(eligible.sum())
    group[order] = np.searchsorted([0.2, 0.4, 0.6, 0.8], share - before[eligible][order] / before[eligible].sum())
    ratio = weights(made)[eligible] / before[eligible]
    done = (frame["res"] == "done").to_numpy()[eligible]
    assert len(np.unique(np.round(ratio[done], 9))) == 5
    for k in range(5):
        inside = group == k
        assert before[eligible][inside].sum() == pytest.approx(before[eligible].sum() / 5, rel=0.02)
        want = before[eligible][inside].sum() / before[eligible][inside & done].sum()
        np.testing.assert_allclose(ratio[inside & done], want, rtol=1e-9)


def test_numbers_enter_linearly_and_labels_as_categories() -> None:
    frame = selected()
    frame["code"] = np.arange(len(frame)) % 3
    coded = ek.Dataset(frame, value_labels={"code": {0: "a", 1: "b", 2: "c"}})
    partly = ek.Dataset(frame, value_labels={"code": {0: "never"}})
    text = frame.assign(code=frame["code"].map({0: "a", 1: "b", 2: "c"}))
    made = [weights(adjust_propensity(survey_of(d), KINDS, "code", classes=None)) for d in (coded, text, frame, pl.from_pandas(frame))]
    np.testing.assert_allclose(made[0], made[1], rtol=1e-10)
    np.testing.assert_allclose(made[2], made[3], rtol=1e-10)
    np.testing.assert_allclose(made[2], weights(adjust_propensity(survey_of(partly), KINDS, "code", classes=None)), rtol=1e-10)
    assert len(np.unique(np.round((made[0] / frame["w"])[made[0] > 0], 9))) == 3
    assert np.abs(made[0] - made[2]).max() > 1e-3


@given(st.integers(0, 10_000), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_sums_stay_within_classes(seed: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    labels = ["done", "stopped", "no", "empty", "unvisited"]
    frame = pd.DataFrame({"w": rng.uniform(0, 9, n), "c": rng.integers(0, classes, n), "res": rng.choice(labels, n)})
    survey = ek.Survey(frame, weights="w")
    eligible = frame["res"].isin(["done", "stopped", "no"])
    short = eligible.groupby(frame["c"]).any() & ~(frame["res"] == "done").groupby(frame["c"]).any()
    no_known = ~(frame["res"] != "unvisited").groupby(frame["c"]).any()
    if short.any() or no_known.any():
        with pytest.raises(WeightingError, match=f"of {frame['c'].nunique()} weighting classes"):
            adjust_nonresponse(survey, KINDS, by="c")
        return
    made = adjust_nonresponse(survey, KINDS, by="c")
    known = made.adjustments[-1].before
    np.testing.assert_allclose(np.bincount(frame["c"], known), np.bincount(frame["c"], frame["w"]))
    np.testing.assert_allclose(np.bincount(frame["c"], weights(made)), np.bincount(frame["c"], np.where(eligible, known, 0)))
    done = frame["res"] == "done"
    assert (weights(made)[~done] == 0).all()
    assert (weights(made)[done] >= known[done]).all()
    ratio = (weights(made) / frame["w"])[done]
    np.testing.assert_allclose(ratio.groupby(frame["c"]).transform("max"), ratio)


def numeric_variances(frame: pd.DataFrame, adjust: Adjust, step: float = 1e-5) -> Floats:
    """Variances of the mean, the total and a domain's mean from derivatives with respect to the weights of each sampling unit."""

    def values(psu: int, factor: float) -> Floats:
        w = weights(adjust(survey_of(frame.assign(w=frame["w"] * np.where(frame["psu"] == psu, factor, 1.0)))))
        y, girl = frame["y"].fillna(0).to_numpy(), (frame["sex"] == "girl").to_numpy()
        return np.array([w @ y / w.sum(), w @ y, (w * girl) @ y / (w @ girl)])

    psus = frame["psu"].nunique()
    z = np.array([values(k, 1 + step) - values(k, 1 - step) for k in range(psus)]) / (2 * step)
    stratum = frame.groupby("psu")["stratum"].first().to_numpy()
    out = np.zeros(z.shape[1])
    for h in np.unique(stratum):
        part = z[stratum == h]
        out += len(part) / (len(part) - 1) * ((part - part.mean(axis=0)) ** 2).sum(axis=0)
    return out


@pytest.mark.parametrize("way", WAYS)
def test_linearised_variance_is_that_of_the_derivatives(way: str) -> None:
    """Exactly, but for the inverse propensity: its information is that of respondents, and equals the expected one on average."""
    frame = selected(seed=4)
    made = WAYS[way](survey_of(frame))
    if way == "trimmed between":  # cut again at other weights; what was cut is a constant here
        frame, way = frame.assign(w=weights(ek.weighting.trim(survey_of(frame), upper=14.5))), "inverse"
        adjust: Adjust = lambda s: adjust_propensity(s, KINDS, ["town"], classes=None)  # noqa: E731
    else:
        adjust = WAYS[way]
    want = numeric_variances(frame, adjust)
    got = [ek.mean(made, "y"), ek.total(made, "y"), ek.mean(made, "y", by="sex")]
    variances = np.array([e.covariance.variances[-1] for e in got])
    np.testing.assert_allclose(variances, want, rtol=0.03 if way == "inverse" else 1e-6)


@pytest.mark.parametrize("way", [way for way in WAYS if way != "trimmed between"])  # trimming is fixed
def test_replicates_do_it_again(way: str) -> None:
    """Each replicate's weights are those of a survey that started with the replicate's base weights."""
    frame = selected(seed=5)
    first, after = WAYS[way](jackknife(survey_of(frame))), jackknife(WAYS[way](survey_of(frame)))
    table = ek.weighting.replicate_weights(after)
    np.testing.assert_allclose(ek.weighting.replicate_weights(first), table, rtol=1e-12)
    for k in (0, 13, 39):
        there = np.where(frame["psu"] == k, 0.0, np.where(frame["stratum"] == k // 8, 8 / 7, 1.0))
        alone = WAYS[way](survey_of(frame.assign(w=frame["w"] * there)))
        np.testing.assert_allclose(table[f"repw_{k + 1}"], weights(alone), rtol=1e-8, atol=1e-12)
    for est in (ek.mean, ek.total):
        assert est(first, "y").se[0] == pytest.approx(est(WAYS[way](survey_of(frame)), "y").se[0], rel=0.12)


def test_estimates_leave_out_whoever_has_no_weight() -> None:
    """Answers of interrupted interviews count for nothing, and sampling units without a respondent stay in the design."""
    frame = selected()
    frame.loc[frame["psu"] == 3, "res"] = "no"
    made = adjust_nonresponse(survey_of(frame), KINDS, by="town")
    done = frame["res"] == "done"
    assert ek.mean(made, "y").points[0] == pytest.approx(np.average(frame["y"][done], weights=weights(made)[done]))
    assert made.units is not None
    assert made.units.n_psus == 40
    assert ek.mean(made, "y").df[0] == 39 - 5


def test_rows_without_weight_need_no_answers_later() -> None:
    """What is only known of respondents can be calibrated to: raking, calibration, trimming and selection after non-response."""
    frame = selected()
    done = frame["res"] == "done"
    frame["edu"] = np.where(done, np.where(frame["x"] > 0, "more", "less"), None)
    frame["size"] = frame["age"].where(done)
    frame["home"] = np.where(done, frame.index // 3, np.nan)
    made = adjust_nonresponse(survey_of(frame), KINDS, by="town")
    more_of_all = float(weights(made) @ (frame["edu"] == "more")) * 1.02
    older = float(weights(made) @ frame["size"].fillna(0)) * 1.001
    margin = {"edu": {"less": weights(made).sum() - more_of_all, "more": more_of_all}}
    raked = ek.weighting.rake(made, margin)
    only = ek.weighting.rake(ek.Survey(frame[done].assign(w=weights(made)[done]), weights="w"), margin)
    np.testing.assert_allclose(weights(raked)[done], weights(only), rtol=1e-9)
    assert (weights(raked)[~done] == 0).all()
    assert np.isfinite(ek.mean(raked, "y").se[0])
    for more in (
        {},
        {"variance": "size"},
        {"weight_bounds": (0.5, 900.0)},
        {"within": "home"},
        {"method": "logit", "weight_bounds": (1.0, 900.0)},
    ):
        fitted = ek.weighting.calibrate(made, {**margin, "size": older}, **more)
        assert weights(fitted) @ frame["size"].fillna(0) == pytest.approx(older)
        assert (weights(fitted)[~done] == 0).all()
        assert np.isfinite(ek.total(fitted, "y").se[0])
    cut = ek.weighting.trim(made, upper=float(np.quantile(weights(made)[done], 0.9)), by="edu")
    assert weights(cut).sum() == pytest.approx(weights(made).sum())
    with pytest.raises(WeightingError, match=f"{int(done.sum())} rows"):
        ek.weighting.rake(adjust_nonresponse(survey_of(frame.assign(edu=None)), KINDS), margin)


def test_a_class_inside_one_sampling_unit() -> None:
    """Classes that are sampling units go with them when a replicate leaves them out."""
    frame = selected()
    made = jackknife(adjust_nonresponse(survey_of(frame), KINDS, by="psu"))
    assert ek.mean(made, "y").se[0] > 0
    table = ek.weighting.replicate_weights(made).to_numpy()
    np.testing.assert_allclose(table[frame["psu"] == 0, 1], 0)


def test_a_replicate_with_a_class_nobody_is_left_in() -> None:
    frame = selected()
    frame["rare"] = np.where(frame["psu"] == 0, "a", "b")
    frame.loc[[25, 26], ["rare", "res"]] = [["a", "no"]] * 2
    made = jackknife(adjust_nonresponse(survey_of(frame), KINDS, by="rare"))
    with pytest.raises(WeightingError, match=r"In a replicate, 1 of 2 weighting classes .* Combine"):
        ek.mean(made, "y")


SECRET = "Zanzibarella-7f3"
BASE = selected()
PLANTED = BASE.assign(town=np.where(BASE.index < 30, SECRET, BASE["town"]), res=np.where(BASE.index < 30, "no", BASE["res"]))
SHY, LOST, FEW = BASE.index < 7, BASE.index < 4, PLANTED["town"] == SECRET
UNMATCHED, BLANK = BASE.assign(res=BASE["res"].mask(SHY, SECRET)), BASE.assign(res=BASE["res"].mask(SHY))
UNSEEN = PLANTED.assign(res=PLANTED["res"].mask(FEW, "unvisited"))
SIDED = BASE.assign(x=np.where(BASE["res"] == "done", 1, -1) + 0.1 * BASE["x"].clip(-3, 3))


def classed(frame: Any, by: Any = None, kinds: Any = KINDS) -> Callable[[], Any]:
    return lambda: adjust_nonresponse(survey_of(frame), kinds, by=by)


def modelled(frame: Any, covariates: Any, **more: Any) -> Callable[[], Any]:
    return lambda: adjust_propensity(survey_of(frame), KINDS, covariates, **more)


WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "unmatched": (classed(UNMATCHED), InputError, "7 rows have one of 1 labels"),
    "missing": (classed(BLANK), InputError, "7 rows have no disposition"),
    "no class": (
        classed(BASE.assign(town=BASE["town"].mask(LOST)), ["sex", "town"]),
        InputError,
        "4 rows with a weight have no 'sex x town'",
    ),
    "no respondent": (classed(PLANTED, "town"), WeightingError, "1 of 3 weighting classes .* one respondent .* Combine"),
    "nobody": (classed(BASE.assign(res="no")), InputError, "Nobody with a weight responded"),
    "all unknown": (classed(UNSEEN, "town"), WeightingError, "not anyone whose eligibility is known"),
    "unknown column": (classed(BASE, "twon"), UnknownColumn, "by=.*Did you mean 'town'"),
    "not a survey": (lambda: adjust_nonresponse(BASE, KINDS), InputError, "takes a Survey"),
    "not dispositions": (classed(BASE, None, "res"), InputError, "takes Dispositions"),
    "lazy": (classed(pl.from_pandas(BASE).lazy()), InputError, "lazy"),
    "separated": (modelled(PLANTED, ["town", "age"]), WeightingError, "on town, age separates"),
    "perfectly": (modelled(BASE.assign(x=BASE["res"] == "done"), "x", classes=None), WeightingError, "on x separates"),
    "perfectly by a number": (modelled(SIDED, "x"), WeightingError, "separates"),
    "covariate missing": (
        modelled(BASE.assign(age=BASE["age"].mask(BASE["res"] == "no")), "age"),
        InputError,
        f"'age' is missing for {(BASE['res'] == 'no').sum()} of those eligible",
    ),
    "no covariates": (modelled(BASE, []), InputError, "needs covariates"),
    "twice": (modelled(BASE, ["age", "age"]), InputError, "twice"),
    "no such covariate": (modelled(BASE, "aeg"), UnknownColumn, "Did you mean 'age'"),
    "one class": (modelled(BASE, "age", classes=1), InputError, "2 or more"),
    "true classes": (modelled(BASE, "age", classes=True), InputError, "2 or more"),
    "too many classes": (modelled(BASE, "age", classes=400), WeightingError, "fewer or broader classes"),
    "propensity unmatched": (modelled(UNMATCHED, "age"), InputError, "7 rows have one of 1 labels"),
    "propensity missing": (modelled(BLANK, "age"), InputError, "7 rows have no disposition"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_refused_shows_no_value(case: str) -> None:
    call, error, words = WRONG[case]
    with pytest.raises(error, match=words) as caught:
        call()
    for secret in (SECRET, "unvisited", "stopped", "girl"):
        assert secret not in str(caught.value)


def test_a_covariate_may_be_missing_for_the_ineligible() -> None:
    frame = selected()
    blank = frame.assign(town=frame["town"].mask(frame["res"].isin(["empty", "unvisited"])))
    made = [weights(adjust_propensity(survey_of(f), KINDS, ["town", "age"])) for f in (frame, blank)]
    np.testing.assert_array_equal(made[0], made[1])


def test_what_is_shown_holds_no_value() -> None:
    frame = BASE.assign(town=BASE["town"].map({"yes": SECRET, "no": "other"}))
    for made in (adjust_nonresponse(survey_of(frame), KINDS, by="town"), adjust_propensity(survey_of(frame), KINDS, ["town", "age"])):
        for shown in (repr(made), repr(report(made)), report(made)._repr_html_()):
            assert SECRET not in shown
            assert "non-response adjusted" in shown


def test_logistic_regression_of_redundant_and_empty_cells() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(30), rng.normal(size=30)])
    yes, no = rng.uniform(0, 5, 30), rng.uniform(0, 5, 30)
    found, separated = fit(x, yes, no)
    again, _ = fit(np.column_stack([x, x[:, 1] * 2]), yes * 1e6, no * 1e6)
    assert not separated
    np.testing.assert_allclose(chances(np.column_stack([x, x[:, 1] * 2]), again), chances(x, found), rtol=1e-9)
    p = chances(x, found)
    np.testing.assert_allclose(x.T @ (yes * (1 - p) - no * p), 0, atol=1e-9)
    yes[4] = no[4] = 0
    other, separated = fit(x, yes, no)
    assert not separated
    assert np.abs(other - found).max() > 1e-6
    steep, separated = fit(x, np.where(x[:, 1] > 0, 1.0, 0.0), np.where(x[:, 1] > 0, 0.0, 1.0))
    assert separated
    assert np.isfinite(steep).all()
