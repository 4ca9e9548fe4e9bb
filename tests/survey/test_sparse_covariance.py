"""Domains that are made of whole strata: covariances are summed sparse, and are those of the full table of units by cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.survey.uncertainty import influence


def sample(seed: int) -> pd.DataFrame:
    """40 strata, two to a region, of 3 units with 2 places each; one stratum has one unit, and some units have a single sex."""
    rng = np.random.default_rng(seed)
    n = 4000
    stratum, unit, place = rng.integers(0, 40, n), rng.integers(0, 3, n), rng.integers(0, 2, n)
    unit[stratum == 7] = 0
    columns = {"stratum": stratum, "unit": unit, "place": place, "region": stratum // 2, "sex": rng.integers(0, 2, n)}
    columns["sex"][(unit == 1) & (stratum % 5 == 0)] = 1
    return pd.DataFrame(
        columns
        | {
            "w": np.exp(rng.normal(3, 0.5, n)),
            "y": (rng.random(n) < 0.1 + 0.01 * (stratum % 9)).astype(int),
            "x": rng.normal(size=n),
            "units": 30,
            "places": 5,
        }
    )


@pytest.mark.parametrize("lonely", ["certainty", "remove"])
@pytest.mark.parametrize("stages", [1, 2])
def test_sparse_sums_are_those_of_the_full_table(lonely: Any, stages: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sample(3)
    design: dict[str, Any] = {"psu": "unit", "fpc": "units"} if stages == 1 else {"psu": ("unit", "place"), "fpc": ("units", "places")}
    asked: list[bool] = []
    whole = influence.Influence._few_deviations
    monkeypatch.setattr(
        influence.Influence, "_few_deviations", lambda self, level: asked.append((made := whole(self, level)) is not None) or made
    )
    for verb, by in ((ek.proportion, ["region"]), (ek.proportion, ["region", "sex"]), (ek.mean, ["region", "sex"])):
        column = "y" if verb is ek.proportion else "x"
        made = []
        for few in (8, 10**9):
            monkeypatch.setattr(influence, "SPARSE", few)
            survey = ek.Survey(data, weights="w", strata="stratum", lonely=lonely, **design)
            made.append(verb(survey, column, by=by))
        assert any(asked)
        asked.clear()
        np.testing.assert_allclose(made[0].vcov, made[1].vcov, rtol=1e-12, atol=1e-17)
        np.testing.assert_allclose(made[0].se, made[1].se, rtol=1e-12)
        assert np.count_nonzero(made[0].vcov) < made[0].vcov.size
