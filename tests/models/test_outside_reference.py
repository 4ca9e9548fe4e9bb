"""Numbers of R survey 4.5 for regressions, on R's own example data, which are not ours to distribute."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from outside import FOLDER, close, expected, marks
from outside_designs import LINEAR, REPLICATED, WEIGHTED, survey_of

import evidencekit as ek
from evidencekit.models import Model
from evidencekit.models.fitting import fit
from evidencekit.models.margins.balancing import balance_of
from evidencekit.models.sandwich import score

pytestmark = marks
WIDE, COMP = 'I(`sch.wide` == "Yes")', 'I(`comp.imp` == "Yes")'
MODELS = {
    "gaussian": ("linear", "api00 ~ ell + meals + mobility"),
    "gaussian.factor": ("linear", "api00 ~ ell + stype * `sch.wide`"),
    "subset": ("linear", "api00 ~ ell + meals"),
    "binomial": ("logit", f"{WIDE} ~ ell + meals + mobility"),
    "probit": ("probit", f"{WIDE} ~ ell + meals + mobility"),
    "cloglog": ("cloglog", f"{WIDE} ~ ell + meals"),
    "poisson.log_rr": ("poisson", f"{COMP} ~ ell + meals"),
    "poisson.offset": ("poisson", "`api.stu` ~ ell + meals + offset(log(enroll))"),
    "gamma.log": ("gamma", "enroll ~ ell + meals"),
}


def agrees(model: Model, want: dict[str, Any], rtol: float = 1e-6) -> None:
    close(model.coefficients, want["est"], rtol)
    close(model.estimate.se, want["se"], rtol)
    if "vcov" in want:
        se = np.array(want["se"])
        np.testing.assert_allclose(model.estimate.vcov / np.outer(se, se), want["vcov"] / np.outer(se, se), rtol=0, atol=2 * rtol)
    if "df_residual" in want:
        assert model.df == want["df_residual"]
        close(model.estimate.interval.low, want["ci_lower"], 10 * rtol)
        close(model.estimate.interval.high, want["ci_upper"], 10 * rtol)


def fitted(design: str, kind: str) -> Model:
    verb, formula = MODELS[kind]
    where = nw.col("stype") == "E" if kind == "subset" else None
    return getattr(ek.models, verb)(survey_of(design), formula, where=where)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("design", LINEAR)
def test_every_family(design: str, kind: str) -> None:
    exact = kind.startswith(("gaussian", "subset"))
    agrees(fitted(design, kind), expected()[f"{design}.glm.{kind}"], 1e-8 if exact else 1e-6)


def test_every_case_of_the_file_is_looked_at() -> None:
    found = {name.split(".glm.")[1] for name in expected() if re.match(r"(strat|clus1)\.glm\.", name)}
    assert found == set(MODELS)


@pytest.mark.parametrize("design", [*WEIGHTED, "w_rake_rep"])
def test_after_weighting(design: str) -> None:
    survey = raked_replicates() if design == "w_rake_rep" else survey_of(design)
    agrees(ek.models.linear(survey, "api00 ~ ell + meals"), expected()[f"{design}.glm"], 1e-7)


@cache
def raked_replicates() -> ek.Survey:
    jackknife = ek.weighting.jackknife(survey_of("clus1"))
    return ek.weighting.rake(jackknife, {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}})


@pytest.mark.parametrize("design", REPLICATED)
def test_replicates(design: str) -> None:
    survey = survey_of(design)
    wanted = expected()[f"{design}.glm"], expected()[f"{design}.glm.logit"]
    for model, want in zip(
        (ek.models.linear(survey, MODELS["gaussian"][1]), ek.models.logit(survey, MODELS["binomial"][1])), wanted, strict=True
    ):
        agrees(model, {k: v for k, v in want.items() if k in ("est", "se", "vcov")})


def test_national_health_survey() -> None:
    model = ek.models.logit(survey_of("nh"), "HI_CHOL ~ C(race) + agecat + RIAGENDR")
    agrees(model, expected()["nh.glm.logit"])


@pytest.mark.parametrize("lonely", ["remove", "certainty", "adjust", "average"])
def test_strata_with_one_unit(lonely: Any) -> None:
    frame = pd.read_csv(FOLDER / "data" / "nhanes_lonely.csv.gz")
    survey = ek.Survey(frame, weights="WTMEC2YR", strata="SDMVSTRA", psu="SDMVPSU", lonely=lonely)
    agrees(ek.models.logit(survey, "HI_CHOL ~ C(race) + agecat"), expected()[f"lonelyreal.nh.glm.{lonely}"])


@pytest.mark.parametrize("method", ["full", "approx", "simple"])
def test_two_phases(method: Any) -> None:
    frame = pd.read_csv(FOLDER / "data" / "nwtco.csv")
    phase2 = ek.Stages(psu="seqno", strata=("rel", "instit"))
    survey = ek.Survey(frame, design=ek.TwoPhase(phase1=ek.Stages(psu="seqno"), phase2=phase2, subset="incc2", method=method))
    agrees(ek.models.logit(survey, "rel ~ C(stage) + C(histol)"), expected()[f"twophase.nwtco.{method}.glm"])


@pytest.mark.parametrize("design", LINEAR)
def test_terms(design: str) -> None:
    survey = survey_of(design)
    models = {
        "": ek.models.logit(survey, f"{WIDE} ~ ell + mobility + stype"),
        "gauss.": ek.models.linear(survey, "api00 ~ ell + `sch.wide` + stype"),
    }
    names: dict[str, Any] = {"Wald": "wald", "LRT": "likelihood-ratio", "WorkingWald": "working-wald"}
    for kind, model in models.items():
        for theirs, ours in names.items():
            want = expected()[f"{design}.regTermTest.{kind}stype.{theirs}"]
            made = ek.models.term_test(model, "stype", method=ours)
            close(made.statistic, want["Ftest" if theirs == "Wald" else "chisq"])
            assert made.df == (want["df"][0], want["ddf"][0])
            np.testing.assert_allclose(made.p, want["p"][0], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("design", LINEAR)
def test_how_well_it_fits(design: str) -> None:
    model = ek.models.logit(survey_of(design), f"{WIDE} ~ ell + mobility + stype")
    want = expected()[f"{design}.psrsq"]
    close(ek.models.pseudo_r2(model, kind="cox-snell"), want["CoxSnell"])
    close(ek.models.pseudo_r2(model), want["Nagelkerke"])
    close(ek.models.aic(model), expected()[f"{design}.AIC_BIC"]["aic"][1])


@pytest.mark.parametrize("design", LINEAR)
def test_predictive_margins(design: str) -> None:
    """R adds what the coefficients and what the covariates do not know, as if they did not go together; ours has their covariance too.

    Both parts agree with R's to 1e-8. The covariance belongs there: see `test_margins`, where the average of all predictions is the mean.
    """
    model, want = ek.models.linear(survey_of(design), "api00 ~ ell + meals + stype"), expected()[f"{design}.predmeans"]
    made, w = ek.models.adjusted(model, "stype"), model.scope.w
    order = [want["names"].index(name) for name in made.cells.columns["stype"]]
    close(made.points, np.array(want["est"])[order])
    settings = [model.problem.columns.setting("stype", name) for name in made.cells.columns["stype"]]
    slopes = np.column_stack([w @ columns.matrix() / w.sum() for columns in settings])
    fits = np.column_stack([columns.times(model.coefficients) for columns in settings])
    apart = slopes.T @ model.estimate.vcov @ slopes + model.scope.covariance((fits - made.points) / w.sum())
    close(apart, np.array(want["vcov"])[np.ix_(order, order)])


EXACT = {  # R's own steps of marginpred with epsilon=1e-12: points, variances with the weights taken as known
    "strat": ((690.13976530707487, 569.28280124299181, 629.16366464471764), (146.64007927081963, 395.16151302959560, 259.39427583650172)),
    "clus1": ((658.34923397877913, 554.21837296568140, 602.85288935654899), (511.48569215787842, 1790.70869823231442, 1105.07207351909346)),
}


@pytest.mark.parametrize("design", LINEAR)
def test_balanced_means(design: str) -> None:
    """R stops at a gap of 1e-4, which moves a mean of clus1 by 2e-9 of itself and a standard error by 4e-9; with its own gap made small
    ours agree to 1e-10. It takes the weights as known in its variance, which is not ours: that part alone is compared."""
    model, want = ek.models.linear(survey_of(design), "api00 ~ stype"), expected()[f"{design}.marginpred"]
    made, w = ek.models.balanced(model, "stype", adjust="ell + meals", exact=False), model.scope.w
    balance = balance_of(model, "ell + meals", exact=False)
    g = np.exp(balance.products(w) @ balance.solve(w))
    fitted = fit(model.problem, w * g)
    settings = [model.problem.columns.setting("stype", name) for name in ("E", "H", "M")]
    slopes = np.column_stack([w @ columns.matrix() / w.sum() for columns in settings])
    x, u = score(model.problem, fitted.beta, slice(0, model.scope.n))
    known = model.scope.covariance((x * u * g).T @ (fitted.inverse / (w * g).mean()) @ slopes)
    for values, rtol in (((want["est"], want["vcov"]), 1e-8), (EXACT[design], 1e-10)):
        close(made.points, values[0], rtol)
        close(np.diagonal(known), values[1], rtol)
