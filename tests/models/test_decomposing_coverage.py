"""Coverage of a decomposition in samples of 40 sampling units whose members are alike in what they have and in how they fare."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

RUNS, PSUS, EACH = 2000, 40, 25
HAVE = np.array([0.35, 0.65])  # the share of each group that has what composition is about
FARE = np.array([[0.20, 0.40], [0.30, 0.45]])  # the outcome's share of each group, without it and with it; the second fares worse


def truth() -> np.ndarray:
    """The difference, what is explained and what is not, first group less second, averaged over both ways to weigh."""
    of = np.array([[FARE[h] @ [1 - HAVE[g], HAVE[g]] for h in (0, 1)] for g in (0, 1)])
    explained = (of[0, 1] - of[1, 1] + of[0, 0] - of[1, 0]) / 2
    return np.array([of[0, 0] - of[1, 1], explained, of[0, 0] - of[1, 1] - explained])


def drawn(rng: np.random.Generator) -> pd.DataFrame:
    """One sample: sampling units raise or lower both shares for all their members, which leaves the averages what they are."""
    psu = np.repeat(np.arange(PSUS), EACH)
    have, fare = rng.uniform(-0.2, 0.2, PSUS)[psu], rng.uniform(-0.15, 0.15, PSUS)[psu]
    group = (rng.random(len(psu)) < 0.5).astype(int)
    x = (rng.random(len(psu)) < HAVE[group] + have).astype(int)
    y = (rng.random(len(psu)) < FARE[group, x] + fare).astype(int)
    return pd.DataFrame({"psu": psu, "group": group, "x": x, "y": y, "w": rng.uniform(1, 3, len(psu))})


@pytest.mark.slow
def test_limits_hold_the_truth_as_often_as_they_say() -> None:
    rng, wanted = np.random.default_rng(20261127), truth()
    held, off, se = np.zeros(3), [], []
    for _ in range(RUNS):
        survey = ek.Survey(drawn(rng), weights="w", psu="psu")
        made = ek.models.decompose(survey, "y ~ x", group="group", levels=[0, 1], kind="logit")
        held += (made.interval.low <= wanted) & (wanted <= made.interval.high)
        off.append(made.points - wanted)
        se.append(made.se)
    coverage, spread = held / RUNS, np.std(off, axis=0, ddof=1)
    assert (np.abs(np.mean(off, axis=0)) < 3.5 * spread / np.sqrt(RUNS)).all()
    np.testing.assert_allclose(np.mean(se, axis=0), spread, rtol=0.06)
    assert ((coverage >= 0.93) & (coverage <= 0.97)).all(), coverage
