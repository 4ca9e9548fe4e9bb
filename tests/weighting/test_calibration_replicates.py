"""Calibration done again in every replicate: each replicate's weights meet the totals, and a failure says where it happened."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from margined import SEX, people, survey_of

import evidencekit as ek
from evidencekit.errors import WeightingError

AGE = 132_000.0


def replicated(survey: ek.Survey, how: str) -> ek.Survey:
    make: dict[str, Any] = {
        "jackknife": lambda: ek.weighting.jackknife(survey),
        "bootstrap": lambda: ek.weighting.bootstrap(survey, seed=1, replicates=25),
        "generalised": lambda: ek.weighting.bootstrap(survey, seed=1, replicates=25, method="generalised"),
    }
    return make[how]()


def exported(survey: ek.Survey) -> np.ndarray[Any, Any]:
    return ek.weighting.replicate_weights(survey).to_numpy()


def met(table: np.ndarray[Any, Any], frame: pd.DataFrame, rel: float = 1e-8) -> None:
    """The full sample's weights and every replicate's add up to the totals."""
    for sex, total in SEX.items():
        np.testing.assert_allclose(table[(frame["sex"] == sex).to_numpy()].sum(axis=0), total, rtol=rel)
    np.testing.assert_allclose(frame["age"].to_numpy() @ table, AGE, rtol=rel)


@pytest.mark.parametrize("how", ["jackknife", "bootstrap", "generalised"])
@pytest.mark.parametrize(
    "more",
    [
        {"method": "logit", "bounds": (0.2, 4)},
        {"method": "raking", "weight_bounds": (2, 400)},
        {"method": "logit", "weight_bounds": (2, 400)},
        {"method": "sinh"},
        {"method": "sinh", "bounds": (0.2, 4)},
        {"method": "linear"},
        {"method": "raking", "variance": "size"},
        {"method": "linear", "within": "household"},
        {"method": "raking", "within": "household"},
    ],
    ids=lambda m: "-".join(str(v) for v in m.values()),
)
def test_every_replicate_meets_the_totals(more: Any, how: str) -> None:
    frame = people()
    after = ek.weighting.calibrate(replicated(survey_of(frame), how), {"sex": SEX, "age": AGE}, **more)
    before = replicated(ek.weighting.calibrate(survey_of(frame), {"sex": SEX, "age": AGE}, **more), how)
    met(exported(after), frame)
    np.testing.assert_allclose(exported(before), exported(after), rtol=1e-7)
    assert ek.total(after, "age").se[0] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("how", ["jackknife", "bootstrap"])
@pytest.mark.parametrize("first", ["nothing", "raked", "rows are units"])
def test_households_keep_one_factor_in_every_replicate(first: str, how: str) -> None:
    """Also where an earlier step, or the sampling itself, moves weights within households: averages are those of the replicate."""
    frame = people()
    survey = survey_of(frame) if first != "rows are units" else ek.Survey(frame, weights="w", strata="h")
    if first == "raked":
        survey = ek.weighting.rake(survey, {"region": {1: 3000.0, 2: 4500.0, 3: 2500.0}})
    start = replicated(survey, how)
    made = ek.weighting.calibrate(start, {"sex": SEX, "age": AGE}, within="household", method="raking")
    met(exported(made), frame)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = pd.DataFrame(exported(made) / exported(start)).groupby(frame["household"])
    assert float((factor.max() / factor.min() - 1).max().max()) < 1e-9


def test_the_variance_with_one_factor_for_a_household() -> None:
    """The linearised variance is that of residuals from the household averages; the jackknife's is close to it."""
    frame = people(960, seed=3)
    survey = survey_of(frame)
    totals = {"sex": {k: 4 * v for k, v in SEX.items()}, "age": 4 * AGE}
    made = ek.weighting.calibrate(survey, totals, within="household")
    whole = frame["w"].groupby(frame["household"]).transform("sum")
    rows = pd.concat([pd.get_dummies(frame["sex"]).astype(float), frame["age"]], axis=1)
    x = np.column_stack([(frame["w"] * rows[c]).groupby(frame["household"]).transform("sum") / whole for c in rows])
    w = frame["w"].to_numpy()
    b = np.linalg.lstsq(x * np.sqrt(w)[:, None], frame["y"] * np.sqrt(w), rcond=None)[0]
    by_hand = ek.total(survey_of(frame.assign(w=made.w, e=frame["y"] - x @ b)), "e", population_total="weights").se
    np.testing.assert_allclose(ek.total(made, "y").se, by_hand, rtol=1e-9)
    np.testing.assert_allclose(ek.total(ek.weighting.jackknife(made), "y").se, by_hand, rtol=0.05)


def rare() -> pd.DataFrame:
    """A category that one sampling unit holds."""
    frame = people()
    return frame.assign(kind=np.where(frame["psu"] == 7, "rare", "usual"))


def test_a_failure_in_a_replicate_says_in_which_and_what_helps() -> None:
    made = ek.weighting.rake(survey_of(rare()), {"kind": {"rare": 300.0, "usual": 9_700.0}})
    assert ek.mean(made, "y").se[0] > 0
    with pytest.raises(WeightingError, match=r"'kind' stays furthest off.*\(in replicate 8 of 40\)\. .*brr\(rho=0\.5\)"):
        ek.mean(ek.weighting.jackknife(made), "y")
    assert ek.mean(ek.weighting.bootstrap(made, seed=1, method="generalised"), "y").se[0] > 0


def strained() -> tuple[pd.DataFrame, ek.Survey]:
    """Positive weights in the full sample, some negative ones in replicates."""
    frame = people(120, seed=5)
    w = frame["w"].to_numpy()
    total = {"age": float(w @ frame["age"]) * 1.075, "size": float(w @ frame["size"]) * 0.97}
    made = ek.weighting.calibrate(survey_of(frame), total, population_total=float(w.sum()))
    boot = ek.weighting.bootstrap(made, seed=2, replicates=60)
    return frame, boot


def test_negative_replicate_weights_are_flagged() -> None:
    _, boot = strained()
    table = exported(boot)
    assert table[:, 0].min() > 0
    below = int((table[:, 1:].min(axis=0) < 0).sum())
    assert 0 < below < 60
    assert f"negative weights in {below} of 60 replicates" in ek.mean(boot, "y").flags[0]
    assert f"negative weights in {below} of 60 replicates" in ek.quantile(boot, "y", q=0.5, interval="replicate").flags[0]
    calm = ek.weighting.bootstrap(survey_of(people()), seed=2, replicates=20)
    assert "negative" not in ek.mean(calm, "y").flags[0]


def test_negative_replicate_weights_count_in_quantiles_as_in_means() -> None:
    frame, boot = strained()
    table, y = exported(boot), frame["y"].to_numpy()
    order = np.argsort(y)

    def median(w: Any) -> float:
        share = np.cumsum(w[order]) / w.sum()
        return float(y[order][np.argmax(share >= 0.5)])

    values = np.array([median(w) for w in table[:, 1:].T])
    want = np.sqrt(((values - values.mean()) ** 2).sum() / 59)
    assert ek.quantile(boot, "y", q=0.5, rule="math", interval="replicate").se[0] == pytest.approx(want, rel=1e-9)
    assert ek.proportion(boot, "told", where=nw.col("y") < 0).se[0] > 0
