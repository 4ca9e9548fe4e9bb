"""Non-response that goes with the answers: adjusting removes the bias, and intervals cover what is true of everyone.

Calvera does not exist. Each sample has four strata of twelve areas and eight people in each; towns have more of the answers and
respond less, and so do the older. Strata are sampled at different rates, a tenth of those selected is not eligible, and of
another tenth that is never found out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

RUNS = 1_000
AREAS, PEOPLE = 12, 8
SHARE = np.array([0.1, 0.2, 0.3, 0.4])  # of the population, stratum by stratum
TOWN = np.array([0.7, 0.5, 0.4, 0.3])  # the share of people in towns
KINDS = ek.weighting.Dispositions("result", respondent=1, interrupted=2, nonrespondent=3, ineligible=4, unknown=5)


def sample(rng: np.random.Generator) -> pd.DataFrame:
    stratum = np.repeat(np.arange(4), AREAS * PEOPLE)
    psu = np.repeat(np.arange(4 * AREAS), PEOPLE)
    n = len(psu)
    town = (rng.random(n) < np.clip(TOWN[stratum] + rng.uniform(-0.2, 0.2, 4 * AREAS)[psu], 0, 1)).astype(int)
    age = rng.integers(0, 3, n)  # 12-13, 14-15, 16-17
    y = 1.2 * town + 0.6 * (age - 1) + rng.normal(0, 0.3, 4 * AREAS)[psu] + rng.normal(0, 1, n)
    chance = 1 / (1 + np.exp(-(1.2 - 1.4 * town - 0.5 * (age - 1))))
    answers = np.where(rng.random(n) < chance, 1, rng.choice([2, 3], n))
    fate = rng.random(n)
    result = np.where(fate < 0.1, 5, np.where(fate < 0.19, 4, answers))
    known = np.where(result == 1, y, np.nan)
    weight = SHARE[stratum] / (AREAS * PEOPLE) * 1e5
    return pd.DataFrame({"w": weight, "stratum": stratum, "psu": psu, "town": town, "age": age, "result": result, "y": known})


TRUTH = float(1.2 * SHARE @ TOWN)


def classes(s: ek.Survey) -> ek.Survey:
    return ek.weighting.adjust_nonresponse(s, KINDS, by=["town", "age"])


def quintiles(s: ek.Survey) -> ek.Survey:
    return ek.weighting.adjust_propensity(s, KINDS, ["town", "age"])


def inverse(s: ek.Survey) -> ek.Survey:
    return ek.weighting.adjust_propensity(s, KINDS, ["town", "age"], classes=None, unknown_by="town")


@pytest.mark.slow
@pytest.mark.parametrize("adjust", [classes, quintiles, inverse])
def test_intervals_cover(adjust: Any) -> None:
    rng = np.random.default_rng(20)
    points, plain, errors = [], [], []
    covered = {"taylor": 0, "jackknife": 0, "town": 0}
    for _ in range(RUNS):
        survey = ek.Survey(sample(rng), weights="w", strata="stratum", psu="psu")
        plain.append(ek.mean(survey, "y").points[0])
        made = adjust(survey)
        taylor, jackknife = ek.mean(made, "y"), ek.mean(ek.weighting.jackknife(made), "y")
        town = ek.mean(made, "y", by="town")
        points.append(taylor.points[0])
        errors.append([taylor.se[0], jackknife.se[0]])
        for name, est, true in (("taylor", taylor, TRUTH), ("jackknife", jackknife, TRUTH), ("town", town, 1.2)):
            covered[name] += int(est.interval.low[-1] <= true <= est.interval.high[-1])
    error, gap = np.std(points) / np.sqrt(RUNS), np.mean(plain) - TRUTH
    ratio = np.mean(np.square(errors), axis=0) / np.var(points)
    assert gap < -0.15, "without adjustment the estimate is far off"
    # Five classes of propensity leave a little of the bias, as Rosenbaum and Rubin say; the others none.
    assert abs(np.mean(points) - TRUTH) < (0.1 * abs(gap) if adjust is quintiles else 4 * error)
    assert abs(ratio[0] - 1) < 4 * np.sqrt(2 / RUNS)
    # Replicates make the classes again, and small changes move whole cells from one class to the next: on the safe side.
    assert 1 - 4 * np.sqrt(2 / RUNS) < ratio[1] < (1.3 if adjust is quintiles else 1 + 4 * np.sqrt(2 / RUNS))
    for name, count in covered.items():
        assert 0.93 <= count / RUNS <= 0.97, name
