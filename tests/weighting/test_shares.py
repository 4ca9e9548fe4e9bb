"""Weights brought to shares: how many people there are was not known, and totals vary with it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

W = ek.weighting
SHARES = {"sex": {"girl": 0.49, "boy": 0.51}, "area": {"urban": 0.4, "rural": 0.6}}
STEPS: dict[str, Callable[[ek.Survey], ek.Survey]] = {
    "raked": lambda s: W.rake(s, SHARES),
    "post-stratified": lambda s: W.poststratify(s, "sex", SHARES["sex"]),
    "logit": lambda s: W.calibrate(s, SHARES, method="logit", bounds=(0.3, 3)),
    "linear": lambda s: W.calibrate(s, SHARES),
    "with a number": lambda s: W.calibrate(s, {**SHARES, "age": 14.4 * 62_000}),
    "then raked again": lambda s: W.rake(W.poststratify(s, "area", SHARES["area"]), SHARES),
    "a number first": lambda s: W.rake(W.calibrate(s, {"age": 14.4 * 62_000}), SHARES),
    "some rows": lambda s: W.rake(s, SHARES, where="young"),
}


def sampled(seed: int = 2, units: int = 30) -> pd.DataFrame:
    """Clusters of very different sizes, so that the number of people is the least certain of all."""
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(units), rng.integers(5, 60, units))
    n = len(psu)
    frame = pd.DataFrame({"psu": psu, "w": rng.uniform(40, 90, n), "sex": rng.choice(["girl", "boy"], n), "age": rng.integers(12, 18, n)})
    frame["area"] = rng.choice(["urban", "rural"], n)
    frame["young"] = frame.age < 16
    return frame.assign(y=frame.age + (frame.sex == "girl") + rng.normal(0, 1, n))


def survey_of(frame: pd.DataFrame) -> ek.Survey:
    return ek.Survey(frame, weights="w", psu="psu")


@pytest.mark.parametrize("step", ["raked", "post-stratified", "logit", "linear"])
def test_the_number_of_people_stays_as_uncertain_as_it_was(step: str) -> None:
    """Once it was certain: intervals of totals held the truth in one sample of five."""
    survey = survey_of(sampled())
    before = ek.count(survey).se
    made = STEPS[step](survey)
    np.testing.assert_allclose(ek.count(made).se, before, rtol=1e-8)
    np.testing.assert_allclose(ek.count(W.jackknife(made)).se, ek.count(W.jackknife(survey)).se, rtol=1e-8)
    np.testing.assert_allclose(ek.count(W.rake(survey, SHARES, population_total=60_000)).se, 0, atol=1e-6)


@pytest.mark.parametrize("step", STEPS)
def test_totals_vary_as_their_derivatives_say(step: str) -> None:
    """Each sampling unit's weights are nudged, and every step is done again."""
    frame, h = sampled(), 1e-5
    made = STEPS[step](survey_of(frame))

    def total(unit: int, nudge: float) -> list[float]:
        moved = STEPS[step](survey_of(frame.assign(w=frame.w * np.where(frame.psu == unit, 1 + nudge, 1.0))))
        assert moved.w is not None
        girls = (frame.sex == "girl").to_numpy()
        return [float(moved.w @ frame.y), float(moved.w[girls] @ frame.y[girls]), float(np.average(frame.y, weights=moved.w))]

    z = np.array([(np.array(total(u, h)) - np.array(total(u, -h))) / (2 * h) for u in range(30)])
    expected = np.sqrt(30 / 29 * ((z - z.mean(axis=0)) ** 2).sum(axis=0))
    ours = [ek.total(made, "y").se[0], ek.total(made, "y", by="sex").se[-1], ek.mean(made, "y").se[0]]
    # Where factors are not straight lines the regression uses the weights before the step, as R does, and not the slopes after it.
    np.testing.assert_allclose(ours, expected, rtol=1e-6 if step in ("post-stratified", "linear", "with a number") else 5e-3)


@pytest.mark.parametrize("step", ["raked", "post-stratified", "linear", "some rows"])
def test_each_replicate_meets_the_shares_of_its_own_weights(step: str) -> None:
    frame = sampled()
    made = STEPS[step](W.jackknife(survey_of(frame)))
    exported = W.replicate_weights(made)
    inside = frame.young if step == "some rows" else frame.age > 0
    for name in exported.columns:
        held = exported[name][inside].groupby(frame.sex[inside]).sum()
        assert held["girl"] / held.sum() == pytest.approx(0.49, rel=1e-9)
    sums = exported.sum()
    assert sums.iloc[1:].std() > 0.01 * sums["weight"], "the number of people differs from replicate to replicate"
    totals = np.array([float(exported[c] @ frame.y) for c in exported.columns[1:]])
    se = np.sqrt(29 / 30 * ((totals - totals.mean()) ** 2).sum())
    assert ek.total(made, "y").se[0] == pytest.approx(se, rel=1e-9)
