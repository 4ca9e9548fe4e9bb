"""A made-up sample with two margins, for tests of weighting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import evidencekit as ek

SEX = {"girl": 5200.0, "boy": 4800.0}
REGION = {1: 3000.0, 2: 4500.0, 3: 2500.0}


def people(n: int = 240, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(n // 6), 6)
    return pd.DataFrame(
        {
            "h": psu // 8,
            "psu": psu,
            "household": np.arange(n) // 2,
            "w": rng.uniform(20, 60, n),
            "sex": rng.choice(["girl", "boy"], n),
            "region": rng.choice([1, 2, 3], n, p=[0.35, 0.4, 0.25]),
            "age": rng.integers(9, 18, n),
            "size": rng.uniform(1, 4, n),
            "y": rng.normal(size=n),
            "told": rng.integers(0, 2, n),
        }
    )


def survey_of(frame: Any, **more: Any) -> ek.Survey:
    return ek.Survey(frame, weights="w", strata="h", psu="psu", **more)


def sums(survey: ek.Survey, frame: pd.DataFrame, by: str) -> dict[Any, float]:
    return pd.Series(survey.w).groupby(frame[by].to_numpy()).sum().to_dict()
