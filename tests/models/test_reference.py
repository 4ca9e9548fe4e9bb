"""Regressions on fictional two-stage data against R's survey package, under linearisation, replacement and replicates."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pytest
from twostage import DESIGNS, FOLDER, survey_of

import evidencekit as ek
from evidencekit.errors import EstimationError
from evidencekit.models.summaries import deviance

MODELS = {
    "linear": ("linear", "y ~ x + g"),
    "linear_crossed": ("linear", "y ~ x * g"),
    "logit": ("logit", "b ~ x + g"),
    "probit": ("probit", "b ~ x + g"),
    "cloglog": ("cloglog", "b ~ x + g"),
    "poisson": ("poisson", "b ~ x + g"),
    "poisson_offset": ("poisson", "b ~ g + offset(log(x))"),
    "gamma": ("gamma", "y ~ x + g"),
}
LINEARISED = DESIGNS[:3]


@cache
def reference() -> dict[tuple[str, str], Any]:
    cases = json.loads((FOLDER / "models" / "models.json").read_text(encoding="utf-8"))["cases"]
    return {(case["design"], case["what"]): case["result"] for case in cases}


# Without one of the schools the level "c" tells the outcome without fail: R takes for that replicate whatever it stopped at.
SEPARATED = {("jackknife", kind) for kind in ("logit", "probit", "cloglog", "poisson", "poisson_offset")}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("design", DESIGNS)
def test_coefficients_and_standard_errors(design: str, kind: str) -> None:
    verb, formula = MODELS[kind]
    if (design, kind) in SEPARATED:
        with pytest.raises(EstimationError, match="replicates this cannot be estimated"):
            getattr(ek.models, verb)(survey_of(design), formula)
        return
    model, want = getattr(ek.models, verb)(survey_of(design), formula), reference()[design, kind]
    rtol = 1e-8 if verb == "linear" else 1e-6
    np.testing.assert_allclose(model.coefficients, want["est"], rtol=rtol)
    np.testing.assert_allclose(model.estimate.se, want["se"], rtol=rtol)
    assert model.df == want["df"]


@pytest.mark.parametrize("design", DESIGNS)
def test_a_domain(design: str) -> None:
    model, want = ek.models.linear(survey_of(design), "y ~ x", where=nw.col("g") == "a"), reference()[design, "domain"]
    np.testing.assert_allclose(model.coefficients, want["est"], rtol=1e-8)
    np.testing.assert_allclose(model.estimate.se, want["se"], rtol=1e-8)


@pytest.mark.parametrize("design", LINEARISED)
def test_terms_and_criteria(design: str) -> None:
    survey = survey_of(design)
    model = ek.models.logit(survey, "b ~ x + g")
    # R brings the weights of all rows to a mean of 1, ours those of the rows used: deviances differ by that, and nothing else does.
    scale = float(model.scope.w.mean() / survey.w.mean())  # type: ignore[union-attr]
    for theirs, ours in (("Wald", "wald"), ("LRT", "likelihood-ratio"), ("WorkingWald", "working-wald")):
        made: Any = ek.models.term_test(model, "g", method=ours)  # type: ignore[arg-type]
        want = reference()[design, f"term.{theirs}"]
        np.testing.assert_allclose(
            made.statistic * (1 if theirs == "Wald" else scale), want["statistic"], rtol=1e-6 if theirs == "WorkingWald" else 1e-8
        )
        assert made.df[1] == want["ddf"]
        np.testing.assert_allclose(made.p, want["p"], rtol=1e-6 if theirs == "WorkingWald" else 1e-7, atol=1e-9)  # R stops a little before
    np.testing.assert_allclose(ek.models.aic(model) * scale, reference()[design, "aic"]["aic"], rtol=1e-8)
    smaller = ek.models.logit(survey, "b ~ x", where=~nw.col("g").is_null())
    more = deviance(model.scope, model.problem, model.made.beta) * (scale - 1) + 2 * np.log(scale)
    np.testing.assert_allclose(ek.models.bic(smaller, largest=model) + more, reference()[design, "bic"]["bic"], rtol=1e-8)
    want = reference()[design, "pseudo_r2"]
    np.testing.assert_allclose(ek.models.pseudo_r2(model, kind="cox-snell"), want["cox_snell"], rtol=1e-8)
    np.testing.assert_allclose(ek.models.pseudo_r2(model), want["nagelkerke"], rtol=1e-8)


@pytest.mark.parametrize("design", LINEARISED)
def test_criteria_of_linear_models(design: str) -> None:
    """R's own AIC divides by the residual variance (4.1.1), or (later) has an effect that does not know of the design: see models.R."""
    survey = survey_of(design)
    model = ek.models.linear(survey, "y ~ x + g")
    np.testing.assert_allclose(ek.models.aic(model), reference()[design, "aic_linear"]["aic"], rtol=1e-10)
    smaller = ek.models.linear(survey, "y ~ x", where=~nw.col("g").is_null())
    np.testing.assert_allclose(ek.models.bic(smaller, largest=model), reference()[design, "bic_linear"]["bic"], rtol=1e-10)


@pytest.mark.parametrize("kind", ["cox", "cox_strata", "ordinal"])
@pytest.mark.parametrize("design", LINEARISED)
def test_terms_of_times_and_of_several_levels(design: str, kind: str) -> None:
    if kind == "ordinal":
        model, term = ek.models.proportional_odds(survey_of(design), "k ~ x + g", order=["never", "sometimes", "often"]), "g"
    else:
        strata = "g" if kind == "cox_strata" else None
        model, term = ek.models.cox(survey_of(design), "x + k", time="time", event="b", strata=strata), "k"
    made, want = ek.models.term_test(model, term, method="wald"), reference()[design, f"{kind}_term"]
    rtol = 1e-5 if kind == "ordinal" else 1e-7  # of R's ordinal models second derivatives are numerical
    np.testing.assert_allclose([made.statistic, made.df[1], made.p], [want["statistic"], want["ddf"], want["p"]], rtol=rtol)
    assert made.df[0] == 2
    assert f"is not associated with {term}" in made.null


@pytest.mark.parametrize("kind", ["cox", "cox_strata"])
@pytest.mark.parametrize("design", DESIGNS)
def test_proportional_hazards(design: str, kind: str) -> None:
    model = ek.models.cox(survey_of(design), "x + k", time="time", event="b", strata="g" if kind == "cox_strata" else None)
    want = reference()[design, kind]
    np.testing.assert_allclose(model.coefficients, want["est"], rtol=1e-7)
    np.testing.assert_allclose(model.estimate.se, want["se"], rtol=1e-7)


@pytest.mark.parametrize("design", LINEARISED)
def test_proportional_odds(design: str) -> None:
    """R's second derivatives are numerical, and its standard errors are as exact as they are."""
    model = ek.models.proportional_odds(survey_of(design), "k ~ x + g", order=["never", "sometimes", "often"])
    want = reference()[design, "ordinal"]
    np.testing.assert_allclose(model.coefficients, want["est"], rtol=1e-6)
    np.testing.assert_allclose(model.estimate.se, want["se"], rtol=1e-3)
