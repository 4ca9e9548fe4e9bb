"""Replicates from unit totals: their estimates and weights are those of every step done again on every row's weight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.columns import Floats, summed
from evidencekit.survey.design import condensing, resampling
from evidencekit.weighting.calibration.distances import Distance
from evidencekit.weighting.calibration.solving import Unsolved, regress, solve
from evidencekit.weighting.calibration.step import Calibration

KINDS = ek.weighting.Dispositions("result", respondent=1, refused=2)
SEX, REGION = {0: 9_300.0, 1: 10_200.0}, {0: 6_100.0, 1: 7_000.0, 2: 6_400.0}
AGE = 255_000.0

Chain = Callable[[ek.Survey], ek.Survey]


def people(n: int = 480, seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(n // 12), 12)
    return pd.DataFrame(
        {
            "h": psu // 4,
            "psu": psu,
            "w": rng.uniform(20, 60, n),
            "sex": rng.integers(0, 2, n),
            "region": rng.integers(0, 3, n),
            "age": rng.integers(9, 18, n).astype(float),
            "size": rng.uniform(1, 3, n),
            "result": rng.choice([1, 2], n, p=[0.8, 0.2]),
            "district": psu // 8,
            # Domain 3 lies in one sampling unit alone.
            "domain": np.where(psu == 5, 3, rng.integers(0, 3, n)),
            "y": rng.normal(psu % 3, 1.0),
        }
    )


def survey_of(frame: pd.DataFrame) -> ek.Survey:
    return ek.Survey(frame, weights="w", strata="h", psu="psu")


def raked(survey: ek.Survey) -> ek.Survey:
    return ek.weighting.rake(survey, {"sex": SEX, "region": REGION})


def regressed(survey: ek.Survey) -> ek.Survey:
    return ek.weighting.calibrate(survey, {"sex": SEX, "age": AGE})


def trimmed(survey: ek.Survey) -> ek.Survey:
    assert survey.w is not None
    return ek.weighting.trim(survey, upper=float(np.quantile(survey.w, 0.9)))


def responded(survey: ek.Survey) -> ek.Survey:
    return ek.weighting.adjust_nonresponse(survey, KINDS, by="district")


CHAINS: dict[str, Chain] = {
    "margins": raked,
    "post-strata": lambda s: ek.weighting.poststratify(s, ["sex"], SEX),
    "regression": regressed,
    "regression, variance": lambda s: ek.weighting.calibrate(s, {"sex": SEX, "age": AGE}, variance="size"),
    "margins, regression": lambda s: ek.weighting.calibrate(raked(s), {"age": AGE}, population_total=19_500.0),
    "regression, margins": lambda s: raked(regressed(s)),
    "classes, regression, trimming, margins": lambda s: raked(trimmed(regressed(responded(s)))),
    "regression twice": lambda s: ek.weighting.calibrate(regressed(s), {"size": 39_000.0}, population_total=19_500.0),
    "raking with numbers": lambda s: ek.weighting.calibrate(s, {"sex": SEX, "age": AGE}, method="raking"),
    "bounded, margins": lambda s: raked(ek.weighting.calibrate(s, {"sex": SEX, "age": AGE}, bounds=(0.2, 3))),
}
MAKERS: dict[str, Chain] = {
    "jackknife": lambda s: ek.weighting.jackknife(s),
    "jackknife, mse": lambda s: ek.weighting.jackknife(s, mse=True),
    "bootstrap": lambda s: ek.weighting.bootstrap(s, seed=1, replicates=20),
    "half-samples": lambda s: ek.weighting.brr(s, rho=0.5),
}


def done_again(survey: ek.Survey) -> Floats:
    """Every replicate's weights (R, n), each step done again from the beginning on the weights of all rows."""
    frame, made = survey.data, survey.resampling
    assert made is not None
    out = []
    for factors in made.factors:
        w = survey.adjustments[0].before * factors[frame["psu"].to_numpy()]
        for a in survey.adjustments:
            if a.step is None:
                w = w * a.ratio
                continue
            step = replace(a.step, start=None) if isinstance(a.step, Calibration) else a.step
            cells = w if a.cell is None else summed(a.cell, w, a.cells)
            factor = step.factor(cells, step.solve(cells))
            w = w * (factor if a.cell is None else factor[a.cell])
        out.append(w)
    return np.array(out)


def spread(survey: ek.Survey, points: Floats, values: Floats) -> Floats:
    """Standard errors of replicate values (R, cells)."""
    made = survey.resampling
    assert made is not None
    there = np.isfinite(values)
    centre = points if made.mse else np.where(there, values, 0.0).sum(axis=0) / there.sum(axis=0)
    return np.sqrt((made.scales[:, None] * np.where(there, values - centre, 0.0) ** 2).sum(axis=0))


@pytest.mark.parametrize("form", ["as it comes", "changes", "rows"])
@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("chain", CHAINS)
def test_estimates_are_those_of_every_step_done_again(chain: str, maker: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if form == "changes":
        monkeypatch.setattr(condensing, "FEW", 2.0)
        monkeypatch.setattr(condensing, "ROOM", 4_000)
    if form == "rows":
        monkeypatch.setattr(resampling, "condensed_of", lambda *parts: None)
    survey = MAKERS[maker](CHAINS[chain](survey_of(people())))
    weights, frame = done_again(survey), people()
    exact = 1e-7 if "raking" in chain or "bounded" in chain else 1e-9
    exported = ek.weighting.replicate_weights(survey).drop(columns="weight").to_numpy().T
    np.testing.assert_allclose(exported, weights, rtol=exact, atol=exact)
    parts = [frame["domain"].to_numpy() == d for d in range(4)]
    y = frame["y"].to_numpy()
    total, mean = ek.total(survey, "y", by="domain"), ek.mean(survey, "y", by="domain")
    sums, held = (np.column_stack([weights[:, part] @ x[part] for part in parts]) for x in (y, np.ones_like(y)))
    np.testing.assert_allclose(total.se, spread(survey, total.points, sums), rtol=exact)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums / held
    lost = (held == 0).sum(axis=0)
    np.testing.assert_allclose(mean.se, spread(survey, mean.points, means), rtol=exact)
    assert [flag.partition(";")[0].startswith("no members") for flag in mean.flags] == [bool(k) for k in lost]
    whole = ek.mean(survey, "y")
    np.testing.assert_allclose(whole.se, spread(survey, whole.points, (weights @ y / weights.sum(axis=1))[:, None]), rtol=exact)


def test_a_replicate_leaves_nothing_of_a_domain_in_one_unit() -> None:
    # 300 units: a jackknife changes few of them in each replicate, so that only the changes are added up.
    frame = people(3_600)
    made = ek.weighting.jackknife(raked(survey_of(frame.assign(w=frame["w"] / 7.5))))
    estimate = ek.mean(made, "y", by="domain")
    assert "no members in 1 of 300 replicates" in estimate.flags[3]
    assert not any("no members" in flag for flag in estimate.flags[:3])


def test_linear_calibration_is_one_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, plain = [], Distance.factor

    def counted(self: Distance, score: Floats) -> tuple[Floats, Floats]:
        seen.append(1)
        return plain(self, score)

    monkeypatch.setattr(Distance, "factor", counted)
    frame = people(60_000)
    survey = survey_of(frame)
    with pytest.raises(ek.EvidencekitError, match="negative weights"):
        ek.weighting.calibrate(survey, {"age": 10.2 * frame["w"].sum()}, population_total=float(frame["w"].sum()))
    assert len(seen) <= 6


def test_replicates_start_from_the_full_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = people()
    survey = CHAINS["raking with numbers"](survey_of(frame))
    step, seen, plain = survey.adjustments[0].step, [], Distance.factor
    assert isinstance(step, Calibration)

    def counted(self: Distance, score: Floats) -> tuple[Floats, Floats]:
        seen.append(1)
        return plain(self, score)

    monkeypatch.setattr(Distance, "factor", counted)
    weights = frame["w"].to_numpy()
    near = step.solve(weights)
    assert len(seen) <= 3
    far = replace(step, start=None).solve(weights)
    np.testing.assert_allclose(step.factor(weights, near), step.factor(weights, far), rtol=1e-9)


def test_a_start_that_leads_nowhere_is_given_up() -> None:
    frame = people()
    x = np.column_stack([frame["sex"], 1 - frame["sex"], frame["age"]]).astype(float)
    weights, targets = frame["w"].to_numpy(), np.array([10_200.0, 9_300.0, AGE])
    distance = Distance("raking", 0.2, 4.0)
    found = solve(weights, x, targets, distance, start=np.array([900.0, 900.0, -800.0]))
    np.testing.assert_allclose(x.T @ (weights * distance.factor(x @ found)[0]), targets, rtol=1e-9)


def test_totals_that_contradict_each_other_are_not_met_in_replicates() -> None:
    sums, products = np.array([[10.0, 10.0]]), np.full((1, 2, 2), 10.0)
    np.testing.assert_allclose(regress(sums, sums, products, np.array([11.0, 11.0])).sum(), 0.1, rtol=1e-9)
    with pytest.raises(Unsolved):
        regress(sums, sums, products, np.array([11.0, 12.0]))
