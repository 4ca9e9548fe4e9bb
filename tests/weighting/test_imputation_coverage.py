"""Intervals after multiple imputation cover the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

pytestmark = pytest.mark.slow
PSUS, SIZE = 60, 8


def sample(rng: np.random.Generator, spread: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Answers that go with x, and gaps that go with x too: the mean of those who answer is far off."""
    psu = np.repeat(np.arange(PSUS), SIZE)
    n = len(psu)
    x = rng.normal(size=n)
    u = spread * rng.normal(size=PSUS)[psu]
    y = 2 + x + u + rng.normal(size=n)
    told = (rng.random(n) < 1 / (1 + np.exp(1 - x - u))).astype(float)
    blank = rng.random(n) < 1 / (1 + np.exp(1.2 - 0.7 * x))
    return pd.DataFrame({"h": psu % 4, "i": psu, "w": 1.0 + (psu % 3), "x": x, "y": y, "told": told}), blank


def test_rubins_rules_with_proper_imputations() -> None:
    """Imputations drawn from the posterior of the true model, so that only the rules are tried."""
    rng, hits, runs = np.random.default_rng(11), 0, 2000
    for _ in range(runs):
        frame, blank = sample(rng, 0.0)
        x = np.column_stack([np.ones(len(frame)), frame["x"]])
        seen = ~blank
        root = np.linalg.inv(x[seen].T @ x[seen])
        beta = root @ x[seen].T @ frame["y"].to_numpy()[seen]
        rest = frame["y"].to_numpy()[seen] - x[seen] @ beta
        parts = []
        for _ in range(5):
            sigma2 = rest @ rest / rng.chisquare(seen.sum() - 2)
            drawn = rng.multivariate_normal(beta, sigma2 * root)
            filled = frame["y"].where(seen, x @ drawn + np.sqrt(sigma2) * rng.normal(size=len(frame)))
            parts.append(ek.mean(ek.Survey(frame.assign(y=filled), weights="w", strata="h", psu="i"), "y"))
        limits = ek.weighting.rubin(parts, small_sample="1999").estimate.interval
        hits += bool(limits.low[0] <= 2 <= limits.high[0])
    assert 0.93 <= hits / runs <= 0.97


def test_imputation_with_the_design_in_the_model() -> None:
    """Chained equations on a clustered sample, numbers and yes-or-no answers."""
    rng, runs, spread = np.random.default_rng(12), 1000, 0.4
    truth = np.array([2.0, np.mean([sample(np.random.default_rng([3, k]), spread)[0]["told"].mean() for k in range(3000)])])
    hits, points = np.zeros(2), np.zeros((runs, 2))
    for r in range(runs):
        survey = ek.Survey(gaps(*sample(rng, spread)), weights="w", strata="h", psu="i")
        made = ek.weighting.impute(survey, ["y", "told"], using="x", imputations=5, iterations=2, seed=r, blanks="fill")
        est = [ek.weighting.rubin(e).estimate for e in ([ek.mean(s, "y") for s in made], [ek.proportion(s, "told") for s in made])]
        for k, e in enumerate(est):
            hits[k] += e.interval.low[0] <= truth[k] <= e.interval.high[0]
            points[r, k] = e.points[0]
    off = np.abs(points.mean(axis=0) - truth) / points.std(axis=0)
    assert (off < 0.25).all(), off
    assert ((hits / runs >= 0.93) & (hits / runs <= 0.97)).all(), hits / runs


def gaps(frame: pd.DataFrame, blank: np.ndarray) -> pd.DataFrame:
    return frame.assign(y=frame["y"].mask(blank), told=frame["told"].mask(blank))
