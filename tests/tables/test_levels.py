"""How often tests of tables reject what is true: samples of 40 sampling units, a covariate of individuals, nominal 5 %.

Four strata of ten units, twelve people in each; the answer clusters in units, weights differ, and the covariate has nothing to do with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

RUNS, UNITS, PEOPLE = 10_000, 40, 12


def samples(runs: int, seed: int) -> Iterator[ek.Survey]:
    """One sample after the other."""
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(UNITS), PEOPLE)
    for _ in range(runs):
        line = -0.6 + rng.normal(0, 0.7, UNITS)[psu]
        frame = pd.DataFrame(
            {
                "stratum": psu // 10,
                "psu": psu,
                "w": np.exp(rng.normal(0, 0.4, UNITS)[psu] + rng.normal(0, 0.3, len(psu))),
                "y": (rng.random(len(psu)) < 1 / (1 + np.exp(-line))).astype(int),
                "x": rng.choice(3, len(psu), p=[0.5, 0.3, 0.2]),
                "amount": np.round(line + rng.normal(0, 1, len(psu)), 1),
            }
        )
        yield ek.Survey(frame, weights="w", strata="stratum", psu="psu")


def rate(run: Callable[[ek.Survey], float], runs: int) -> float:
    """How often p is below 5 %."""
    return float(np.mean([run(survey) < 0.05 for survey in samples(runs, 5)]))


LEVELS: dict[Any, tuple[float, float]] = {
    "F": (0.03, 0.06),
    "exact": (0.03, 0.06),
    "adjusted-wald": (0.03, 0.07),
    "wls-score": (0.03, 0.07),
}


@pytest.mark.slow
def test_association_keeps_its_level() -> None:
    p = [[ek.tables.association(s, "x", "y", statistic=how).p for how in LEVELS] for s in samples(RUNS, 5)]
    found = dict(zip(LEVELS, (np.array(p) < 0.05).mean(axis=0).tolist(), strict=True))
    assert all(low <= found[how] <= high for how, (low, high) in LEVELS.items()), found


@pytest.mark.slow
def test_a_quarter_of_the_score_would_reject_next_to_nothing() -> None:
    """What R survey 4.5 reports as its score test: a quarter of the quadratic form, not over its degrees of freedom."""
    from scipy.special import fdtrc

    def theirs(survey: ek.Survey) -> float:
        made = ek.tables.association(survey, "x", "y", statistic="wls-score")
        return float(fdtrc(*made.df, made.statistic * made.df[0] / 4))

    assert rate(theirs, 2_000) < 0.03


@pytest.mark.slow
@pytest.mark.parametrize(
    "run",
    [
        lambda s: ek.tables.trend(s, "y", "x").p,
        lambda s: ek.tables.ranktest(s, "amount", "x").p,
        lambda s: ek.tables.ttest(s, "amount", by="x", where="two").p,
        lambda s: ek.tables.goodness(s, "x", [5, 3, 2]).p,
    ],
    ids=["trend", "rank", "t", "goodness"],
)
def test_others_keep_theirs(run: Callable[[ek.Survey], float]) -> None:
    def with_two(survey: ek.Survey) -> float:
        return run(survey.completed(survey.data.assign(two=survey.data["x"] < 2), ("two", "two groups")))

    assert 0.03 <= rate(with_two, 3_000) <= 0.075
