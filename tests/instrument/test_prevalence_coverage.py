"""Intervals of a composite cover the truth when refusals are random given age, and where they cannot, the bounds do.

Children of an invented place live in areas. Three forms happen to a child independently given its age and its area, more often with age;
areas differ (a random effect on the logit scale). The truth is an integral over areas. Areas and children are drawn from infinitely many,
so that the variance between areas is the right one. Some refuse the whole module, the younger the more often; in the last test single
questions are refused instead.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import expit

import evidencekit as ek
from evidencekit.instrument.indicators.shares import Prevalence

SAMPLES, AREAS, CHILDREN = 1_500, 60, 20
AGES = np.arange(12, 18)
BASE = {"a": -2.9, "b": -2.6, "c": -2.2}
SLOPE, SPREAD = 0.18, 0.5
MODULE = 0.35 - 0.05 * (AGES - 12)  # the share who refuse the whole module, by age
FORMS = [ek.Indicator(code=name.upper(), numerator=f"${{{name}}}", ages=(12, 17)) for name in "abc"]
ANY = ek.Indicator(code="ANY", numerator="${A} or ${B} or ${C}", ages=(12, 17), parts=FORMS)
CODED = {name: ek.instrument.Coded(name, yes=1, no=0) for name in "abc"}


def chance(name: str, age: np.ndarray, area: np.ndarray) -> np.ndarray:
    return expit(BASE[name] + SLOPE * (age - 14.5) + SPREAD * area)


@cache
def truth() -> tuple[float, ...]:
    """The share with any form at each age."""
    nodes, weights = hermegauss(40)
    weights = weights / weights.sum()
    none = np.prod([1 - chance(name, AGES[:, None], nodes[None, :]) for name in BASE], axis=0)
    return tuple((1 - none @ weights).tolist())


def sample(rng: np.random.Generator, *, module: bool) -> ek.Survey:
    """Equal shares of ages; weights unequal and unrelated to anything."""
    area = np.repeat(rng.standard_normal(AREAS), CHILDREN)
    age = rng.choice(AGES, AREAS * CHILDREN)
    frame = pd.DataFrame({"age": age, "psu": np.repeat(np.arange(AREAS), CHILDREN), "weight": rng.uniform(0.6, 1.4, len(age))})
    gone = rng.random(len(age)) < MODULE[age - 12]
    for name in BASE:
        answer = (rng.random(len(age)) < chance(name, age, area)).astype(float)
        refused = gone if module else rng.random(len(age)) < 0.08
        frame[name] = np.where(refused, 9.0, answer)
    data = ek.Dataset(frame, missing={name: {9: ek.Missing.REFUSED} for name in BASE})
    return ek.Survey(data, weights="weight", psu="psu")


def covered(low: np.ndarray, high: np.ndarray, value: np.ndarray | float) -> np.ndarray:
    return (low <= value) & (value <= high)


@pytest.mark.slow
def test_refusals_at_random_given_age() -> None:
    """At every age, and standardised to the ages' true shares, the estimate covers; over all ages at once only the bounds do."""
    rng = np.random.default_rng(20)
    true = np.array(truth())
    by_age, standard, outer, plain = [], [], [], []
    for _ in range(SAMPLES):
        survey = sample(rng, module=True)
        made = ek.prevalence(survey, ANY, items=CODED, by="age")
        est = made.estimate
        by_age.append(covered(est.interval.low, est.interval.high, true))
        over = ek.contrast(est, [1 / 6] * 6)
        standard.append(covered(over.interval.low, over.interval.high, true.mean())[0])
        whole = ek.prevalence(survey, ANY, items=CODED)
        plain.append(whole.estimate.points[0])
        outer.append(covered(whole.lower.interval.low, whole.upper.interval.high, true.mean())[0])
        assert whole.complete is None
    rates = np.mean(by_age, axis=0)
    assert (rates > 0.93).all(), rates
    assert (rates < 0.98).all(), rates
    assert 0.935 < np.mean(standard) < 0.965
    assert np.mean(outer) > 0.99
    # Older children refuse less and have more to tell: without their ages the share of those who answered is too high, by this much.
    answering = (1 - MODULE) / (1 - MODULE).sum()
    error = np.std(plain) / np.sqrt(SAMPLES)
    assert abs(np.mean(plain) - answering @ true) < 4 * error
    assert np.mean(plain) - true.mean() > 10 * error


@pytest.mark.slow
def test_single_questions_refused_at_random_lean_the_estimate_and_not_the_complete_one() -> None:
    rng = np.random.default_rng(21)
    true = float(np.mean(truth()))
    settled, complete, covers, outer = [], [], [], []
    for _ in range(SAMPLES):
        made: Prevalence = ek.prevalence(sample(rng, module=False), ANY, items=CODED)
        assert made.complete is not None
        settled.append(made.estimate.points[0])
        complete.append(made.complete.points[0])
        covers.append(covered(made.complete.interval.low, made.complete.interval.high, true)[0])
        outer.append(covered(made.lower.interval.low, made.upper.interval.high, true)[0])
    error = np.std(complete) / np.sqrt(SAMPLES)
    assert abs(np.mean(complete) - true) < 4 * error
    assert np.mean(settled) - true > 10 * error
    assert 0.935 < np.mean(covers) < 0.97
    assert np.mean(outer) > 0.99
