"""Classes by the thousand: their variances are those of residuals from indicators written out, and no table of rows by classes is made."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.columns import Floats
from evidencekit.survey.adjustments import products
from evidencekit.survey.adjustments.adjustment import Adjustment, Partition

KINDS = ek.weighting.Dispositions("result", respondent=1, refused=2, unknown=3, ineligible=4)
AREAS = 12


def sampled(n: int = 720, seed: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(n // 12), 12)
    return pd.DataFrame(
        {
            "h": psu // 6,
            "psu": psu,
            "w": rng.uniform(20, 60, n),
            "area": rng.permutation(np.arange(n) % AREAS),
            "district": psu // 3,
            "sex": rng.integers(0, 2, n),
            "region": rng.integers(0, 3, n),
            "age": rng.integers(9, 18, n),
            "told": rng.integers(0, 2, n),
            "result": rng.choice([1, 2, 3, 4], n, p=[0.7, 0.15, 0.1, 0.05]),
            "y": rng.normal(psu % 5, 1.0),
        }
    )


def of_areas(frame: pd.DataFrame) -> dict[int, float]:
    sums = frame.groupby("area")["w"].sum()
    return {int(area): float(total) * (1.1 if area % 2 else 0.95) for area, total in sums.items()}


def shares(frame: pd.DataFrame) -> dict[int, float]:
    totals = of_areas(frame)
    return {area: total / sum(totals.values()) for area, total in totals.items()}


def survey_of(frame: pd.DataFrame, elements: bool) -> ek.Survey:
    return ek.Survey(frame, weights="w") if elements else ek.Survey(frame, weights="w", strata="h", psu="psu")


def responded(survey: ek.Survey) -> ek.Survey:
    return ek.weighting.adjust_nonresponse(survey, KINDS, by="district")


def raked(survey: ek.Survey) -> ek.Survey:
    return ek.weighting.rake(survey, {"sex": {0: 0.48, 1: 0.52}, "region": {0: 0.3, 1: 0.4, 2: 0.3}})


def regressed(survey: ek.Survey) -> ek.Survey:
    assert survey.w is not None
    return ek.weighting.calibrate(survey, {"age": 13.1 * survey.w.sum()}, population_total=float(survey.w.sum()))


def stratified(survey: ek.Survey, frame: pd.DataFrame) -> ek.Survey:
    return ek.weighting.poststratify(survey, "area", of_areas(frame))


CHAINS: dict[str, Callable[[ek.Survey, pd.DataFrame], ek.Survey]] = {
    "classes": lambda s, f: responded(s),
    "post-strata": stratified,
    "classes, margins": lambda s, f: raked(responded(s)),
    "classes, post-strata": lambda s, f: stratified(responded(s), f),
    "classes, margins, margins": lambda s, f: ek.weighting.rake(raked(responded(s)), {"told": {0: 0.5, 1: 0.5}, "area": shares(f)}),
    "post-strata, regression": lambda s, f: regressed(stratified(s, f)),
    "regression, post-strata": lambda s, f: stratified(regressed(s), f),
    "margins, post-strata, classes": lambda s, f: responded(stratified(raked(s), f)),
}


def written_out(step: Adjustment) -> Floats:
    """The covariates row by row."""
    x = step.covariates
    assert x is not None
    table = (x.group[:, None] == np.arange(x.count)).astype(float) if isinstance(x, Partition) else x
    return table if step.cell is None else table[step.cell]


def residual(survey: ek.Survey, v: Floats) -> Floats:
    """Going back from the last step, what each leaves of a variable; at the weights before the first."""
    for step in reversed(survey.adjustments):
        x, root = written_out(step), np.sqrt(np.where(step.ratio > 0, step.before, 0.0))
        coefficients = np.linalg.lstsq(root[:, None] * x, root * v, rcond=1e-12)[0]
        explained = x @ coefficients
        v = step.ratio * (v - explained) + (explained if step.estimated else 0.0)
        if step.shares is not None:
            v = v + x.any(axis=1) * (step.shares @ coefficients)
    return survey.adjustments[0].before * v


@pytest.mark.parametrize("sparse", [False, True], ids=["tables", "sparse"])
@pytest.mark.parametrize("elements", [False, True], ids=["units", "elements"])
@pytest.mark.parametrize("chain", CHAINS)
def test_variances_are_those_of_residuals_from_indicators(
    chain: str, elements: bool, sparse: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sparse:
        monkeypatch.setattr(products, "_small", lambda size, amount: False)
    frame = sampled()
    survey = CHAINS[chain](survey_of(frame, elements), frame)
    assert survey.w is not None
    assert any(isinstance(step.covariates, Partition) for step in survey.adjustments)
    plain = frame.assign(unweighted=1.0)
    columns: list[str] = []
    made = ek.total(survey, "y", by="told")
    points = ek.mean(survey, "y").points[0]
    for told in (0, 1):
        plain[f"z{told}"] = residual(survey, np.where(frame["told"] == told, frame["y"], 0.0))
        columns.append(f"z{told}")
    plain["zm"] = residual(survey, (frame["y"].to_numpy() - points) / survey.w.sum())
    again = ek.Survey(plain, weights="unweighted") if elements else ek.Survey(plain, weights="unweighted", strata="h", psu="psu")
    expected = ek.total(again, columns, population_total="weights").covariance.matrix
    np.testing.assert_allclose(made.covariance.matrix, expected, rtol=1e-10, atol=1e-10 * np.abs(expected).max())
    np.testing.assert_allclose(ek.mean(survey, "y").se, ek.total(again, "zm", population_total="weights").se, rtol=1e-10)


def test_thousands_of_classes_take_little_room() -> None:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(
        {"psu": np.repeat(np.arange(4000), 10), "w": 10.0, "y": rng.normal(size=40_000), "sex": rng.integers(0, 2, 40_000)}
    )
    frame["h"], frame["result"] = frame["psu"] // 2, np.where(np.arange(40_000) % 10 < 7, 1, 2)
    frame["cell"] = rng.permutation(np.arange(40_000) % 5000)
    kinds = ek.weighting.Dispositions("result", respondent=1, refused=2)
    survey = ek.weighting.adjust_nonresponse(ek.Survey(frame, weights="w", strata="h", psu="psu"), kinds, by="psu")
    tracemalloc.start()
    try:
        survey = ek.weighting.rake(survey, {"sex": {0: 0.5, 1: 0.5}})
        assert np.isfinite(ek.mean(survey, "y").se).all()
        stratified = ek.weighting.poststratify(ek.Survey(frame, weights="w"), "cell", dict.fromkeys(range(5000), 100.0))
        assert np.isfinite(ek.mean(stratified, "y").se).all()
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 150e6


@pytest.mark.parametrize("method", ["linear", "raking", "sinh", "logit"])
def test_one_margin_has_one_solution(method: str) -> None:
    frame = sampled()
    bounds = (0.5, 2.0) if method == "logit" else None
    made = ek.weighting.calibrate(survey_of(frame, False), {"area": of_areas(frame)}, method=method, bounds=bounds)
    np.testing.assert_allclose(made.w, stratified(survey_of(frame, False), frame).w, rtol=1e-12)


def test_one_margin_keeps_its_bounds() -> None:
    frame = sampled()
    survey = survey_of(frame, False)
    inside = ek.weighting.rake(survey, {"area": of_areas(frame)}, bounds=(0.95, 1.1))
    np.testing.assert_allclose(inside.w, stratified(survey, frame).w, rtol=1e-9)
    with pytest.raises(ek.EvidencekitError, match="stays furthest off"):
        ek.weighting.rake(survey, {"area": of_areas(frame)}, bounds=(0.97, 1.1))


def test_rows_outside_keep_their_weights_whatever_the_bounds() -> None:
    frame = sampled()
    frame["inside"] = frame["region"] > 0
    total = float(frame.loc[frame["inside"], "w"].sum()) * 1.3
    made = ek.weighting.rake(survey_of(frame, False), {"sex": {0: total * 0.45, 1: total * 0.55}}, bounds=(1.05, 2.0), where="inside")
    outside = ~frame["inside"].to_numpy()
    assert made.w is not None
    np.testing.assert_array_equal(made.w[outside], frame["w"].to_numpy()[outside])
    assert made.w.sum() == pytest.approx(total + frame["w"][outside].sum(), rel=1e-12)
