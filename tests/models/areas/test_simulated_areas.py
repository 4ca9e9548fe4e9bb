"""What mean squared errors and intervals of areas promise, on invented areas whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_estimates import made_estimate
from scipy.special import stdtrit

from evidencekit.models import fay_herriot
from evidencekit.models.areas.restricted import predict, restricted

RUNS = 2000


@pytest.mark.slow
def test_mean_squared_errors_are_unbiased_and_intervals_cover() -> None:
    """Thirty areas with a number of their own and two without, sampling variances from 0.3 to 2 times that between areas."""
    draw = np.random.default_rng(20260)
    x = np.column_stack([np.ones(32), draw.normal(size=32)])
    sampling = np.concatenate([np.repeat([2.0, 1.2, 0.8, 0.6, 0.3], 6), [np.nan, np.nan]])
    squared, said, inside = np.zeros(32), np.zeros(32), np.zeros(32)
    for _ in range(RUNS):
        truth = x @ [1.0, 0.5] + draw.normal(size=32)
        y = truth + draw.normal(size=32) * np.sqrt(np.nan_to_num(sampling))
        y[30:] = np.nan
        made = predict(restricted(y[:30], x[:30], sampling[:30]), y, x, sampling)
        mse = np.diagonal(made.errors)
        error = made.points - truth
        squared += error**2 / RUNS
        said += mse / RUNS
        inside += (np.abs(error) < stdtrit(made.df, 0.975) * np.sqrt(mse)) / RUNS
    bias = said / squared - 1
    print(
        f"relative bias of the mean squared error {bias.min():.3f} to {bias.max():.3f}; coverage {inside.min():.3f} to {inside.max():.3f}"
    )
    assert np.abs(bias.mean()) < 0.03
    assert np.abs(bias).max() < 0.10
    assert (inside > 0.93).all()
    assert (inside < 0.97).all()


@pytest.mark.slow
@pytest.mark.parametrize("variance", [0.1, 0.5, 2.0])
def test_intervals_cover_where_areas_are_few(variance: float) -> None:
    """Twelve areas, and one without a number of its own, whose normal limits would cover 81 to 89 %."""
    draw, m, runs = np.random.default_rng(2026), 12, 800
    x = np.column_stack([np.ones(m + 1), draw.normal(size=m + 1)])
    sampling = np.append(np.linspace(0.5, 1.5, m), np.nan)
    inside = np.zeros(m + 1)
    for _ in range(runs):
        truth = x @ [1.0, 0.5] + draw.normal(size=m + 1) * np.sqrt(variance)
        y = np.append(truth[:m] + draw.normal(size=m) * np.sqrt(sampling[:m]), np.nan)
        made = predict(restricted(y[:m], x[:m], sampling[:m]), y, x, sampling)
        inside += (np.abs(made.points - truth) < stdtrit(made.df, 0.975) * np.sqrt(np.diagonal(made.errors))) / runs
    print(f"variance {variance}: coverage {inside[:m].min():.3f} to {inside[:m].max():.3f}, synthetic {inside[m]:.3f}")
    assert (inside > 0.92).all()
    assert inside[m] > 0.935


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["arcsine", "logit"])
def test_shares_come_back_without_bias(scale: str) -> None:
    """Forty areas of 60 to 200 interviews: bias of shares, and coverage, by the whole verb with smoothed variances."""
    draw = np.random.default_rng(7)
    m, runs = 40, 800
    n = draw.integers(60, 200, m)
    x = draw.normal(size=m)
    names = [f"d{i}" for i in range(m + 1)]
    known = pd.DataFrame({"g": names, "x": [*x, 0.0]})
    bias, inside, error = 0.0, 0.0, 0.0
    for _ in range(runs):
        p = 1 / (1 + np.exp(1.5 - 0.4 * x - draw.normal(0, 0.35, m)))
        direct = draw.binomial(n, p) / n
        se = np.sqrt(direct * (1 - direct) / n * draw.chisquare(20, m) / 20)
        est = made_estimate(
            "proportion", direct.tolist(), se=se.tolist(), n=n.tolist(), cases=(n * direct).tolist(), columns={"g": names[:m]}
        )
        made = fay_herriot(est, known, formula="x", scale=scale).estimate
        bias += float((made.points[:m] - p).mean()) / runs
        inside += float(((made.interval.low[:m] < p) & (p < made.interval.high[:m])).mean()) / runs
        error += float(np.mean((made.points[:m] - p) ** 2) / np.mean((direct - p) ** 2)) / runs
    print(f"{scale}: bias {bias:.5f}, coverage {inside:.3f}, squared error to that of direct shares {error:.2f}")
    assert abs(bias) < 0.003
    assert 0.93 < inside < 0.97
    assert error < 0.8
