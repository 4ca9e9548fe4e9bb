"""Bell and McCaffrey's covariance and degrees of freedom against matrices written out in full."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.models import Model
from evidencekit.models.small_sample import SmallSample, small_sample


@cache
def frame() -> pd.DataFrame:
    generator = np.random.default_rng(20)
    psu = np.repeat(np.arange(18), generator.integers(3, 12, 18))
    n = len(psu)
    x, far = generator.normal(size=n), (psu % 5 == 0) * 1.0
    y = generator.random(n) < 1 / (1 + np.exp(-0.4 * x - 0.5 * far))
    return pd.DataFrame(
        {"y": y * 1.0, "x": x, "far": far, "w": generator.uniform(1, 4, n), "psu": psu, "stratum": psu // 6, "N": 40 + 10 * (psu // 6)}
    )


def fitted(kind: str, *, fpc: bool = True) -> Model:
    survey = ek.Survey(frame(), weights="w", strata="stratum", psu="psu", fpc="N" if fpc else None)
    return getattr(ek.models, kind)(survey, "y ~ x + far")


def in_full(model: Model) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Covariance, the PSUs' patterns of each coefficient, and the centring matrix, each as its definition has it."""
    columns, w = model.problem.columns, model.scope.w / model.scope.w.mean()
    x, eta = columns.matrix(), columns.times(model.coefficients)
    mu = model.problem.link.back(eta)
    slope, variance = model.problem.link.slope(eta, mu), model.problem.family.variance(mu)
    scaled = x * (np.sqrt(w / variance) * slope)[:, None]
    residual = np.sqrt(w / variance) * (model.problem.y - mu)
    inverse = np.linalg.inv(scaled.T @ scaled)
    rest = np.eye(len(x)) - scaled @ inverse @ scaled.T
    sums, patterns = [], []
    for g in np.unique(model.scope.psu):
        at = np.flatnonzero(model.scope.psu == g)
        values, vectors = np.linalg.eigh(rest[np.ix_(at, at)])
        adjust = vectors @ np.diag(values**-0.5) @ vectors.T
        sums.append(inverse @ scaled[at].T @ adjust @ residual[at])
        patterns.append(rest[:, at] @ adjust @ scaled[at] @ inverse)
    strata = np.arange(18) // 6
    same = strata[:, None] == strata
    fraction = 1 - 6 / (40 + 10 * strata) if model.scope.survey.fpc else np.ones(18)
    centre = (np.eye(18) - same / 6) * (6 / 5) * fraction[:, None]
    sums_ = np.array(sums)
    return sums_.T @ centre @ sums_, patterns, centre


@pytest.mark.parametrize("kind", ["linear", "logit", "poisson"])
@pytest.mark.parametrize("fpc", [True, False])
def test_covariance_and_degrees_of_freedom(kind: str, fpc: bool) -> None:
    model = fitted(kind, fpc=fpc)
    made = small_sample(model.scope, model.problem, model.made)
    covariance, patterns, centre = in_full(model)
    np.testing.assert_allclose(made.covariance, covariance, rtol=1e-9)
    for j in range(3):
        p = np.array([pattern[:, j] for pattern in patterns])
        together = centre @ p @ p.T
        np.testing.assert_allclose(made.df(np.eye(3)[j]), np.trace(together) ** 2 / np.trace(together @ together), rtol=1e-9)


def test_degrees_of_freedom_for_several_coefficients() -> None:
    model = fitted("logit")
    made = small_sample(model.scope, model.problem, model.made)
    _, patterns, centre = in_full(model)
    tested = [1, 2]
    # Elements of the covariance are quadratic forms e'Qe of independent normal e: mean tr(Q), variance 2 tr(Q Q) with Q symmetric.
    each = {j: np.array([pattern[:, j] for pattern in patterns]) for j in tested}
    mean = np.array([[np.trace(each[s].T @ centre @ each[t]) for t in tested] for s in tested])
    values, vectors = np.linalg.eigh(mean)
    root = vectors @ np.diag(values**-0.5) @ vectors.T
    turned = [sum(root[a, i] * each[j] for i, j in enumerate(tested)) for a in range(2)]
    forms = [one.T @ centre @ other for one in turned for other in turned]
    spread = sum(2 * np.trace(form @ form) for form in ((q + q.T) / 2 for q in forms))
    np.testing.assert_allclose(made.wishart(np.eye(3)[tested]), 2 * 3 / spread, rtol=1e-9)
    np.testing.assert_allclose(made.wishart(np.eye(3)[[1]]), made.df(np.eye(3)[1]), rtol=1e-12)


def test_many_units_need_no_correction() -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    model = ek.models.logit(survey, "internet_daily ~ age")
    made: SmallSample = small_sample(model.scope, model.problem, model.made)
    np.testing.assert_allclose(np.sqrt(np.diag(made.covariance)), model.estimate.se, rtol=0.02)


def test_a_term_of_the_sampling_units_alone_is_flagged() -> None:
    model = fitted("logit")
    assert not ek.models.term_test(model, "x").flags
    assert "between sampling units" in ek.models.term_test(model, "far").flags[0]


def test_replicates_are_told_to_use_the_plain_test() -> None:
    survey = ek.weighting.jackknife(ek.Survey(frame(), weights="w", strata="stratum", psu="psu"))
    model = ek.models.logit(survey, "y ~ x")
    with pytest.raises(InputError, match='method="wald"'):
        ek.models.term_test(model, "x")
    assert 0 < ek.models.term_test(model, "x", method="wald").p < 1
    with pytest.raises(InputError, match="no such term"):
        ek.models.term_test(model, "z", method="wald")
