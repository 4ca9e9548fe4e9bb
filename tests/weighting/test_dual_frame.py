"""Two frames: Hartley's and Kalton and Anderson's estimators by hand, and the variance of independent samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import DesignError, InputError, UnknownColumn, WeightingError

SHARED = "two frames, weights in the overlap times 0.5 in homes and 0.5 in schools"


def homes(seed: int = 0, n: int = 90) -> pd.DataFrame:
    """Households in clusters of strata; some of the children are enrolled at school."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"h": np.repeat([0, 1, 2], n // 3), "i": np.tile(np.repeat(np.arange(6), n // 18), 3)})
    frame["M"] = 20 + frame["h"]
    frame["w"] = rng.uniform(5, 15, n)
    frame["both"] = rng.random(n) < 0.6
    return _answers(frame, rng)


def schools(seed: int = 1, n: int = 60) -> pd.DataFrame:
    """Pupils, a simple random sample of one in forty; some live in households."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"f": np.full(n, 1 / 40), "both": rng.random(n) < 0.8})
    return _answers(frame, rng)


def _answers(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    n = len(frame)
    frame["y"] = rng.normal(5, 2, n)
    frame["sex"] = rng.choice(["boy", "girl"], n)
    frame["other"] = rng.uniform(10, 60, n)
    return frame


HOME = {"weights": "w", "strata": "h", "psu": "i"}


def pair(seed: int = 0, **more: Any) -> tuple[ek.Survey, ek.Survey]:
    return ek.Survey(homes(seed), **{**HOME, **more}), ek.Survey(schools(seed + 1), fpc="f")


def alone(survey: ek.Survey, factor: np.ndarray, y: str = "y") -> tuple[float, float]:
    """A sample's own total of what it contributes, and its variance."""
    frame = survey.rows.frame.to_native().assign(part=lambda d: d[y] * factor)
    made = ek.Survey(frame, design=survey.design)
    for step in survey.adjustments:
        made = made.adjusted(step)
    est = ek.total(made, "part")
    return float(est.points[0]), float(est.covariance.variances[0])


@given(st.integers(0, 5000), st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.booleans())
@settings(max_examples=15, deadline=None)
def test_the_variance_is_that_of_independent_samples(seed: int, theta: float, corrected: bool) -> None:
    a, b = pair(seed, **({"fpc": "M"} if corrected else {}))
    made = ek.weighting.dual_frame(a, b, overlap="both", theta=theta)
    shares = [np.where(s.rows.frame["both"].to_numpy(), t, 1.0) for s, t in ((a, theta), (b, 1 - theta))]
    parts = [alone(s, share) for s, share in zip((a, b), shares, strict=True)]
    est = ek.total(made, "y")
    np.testing.assert_allclose(est.points, sum(p for p, _ in parts))
    np.testing.assert_allclose(est.covariance.variances, sum(v for _, v in parts), rtol=1e-10)
    if 0 < theta < 1:
        assert est.df[0] == 18 - 3 + 60 - 1
    by_frame = ek.total(made, "y", by="frame")
    np.testing.assert_allclose(by_frame.covariance.variances, [v for _, v in parts], rtol=1e-10)
    assert by_frame.vcov[0, 1] == pytest.approx(0, abs=1e-9 * by_frame.vcov[0, 0])


def test_by_hand() -> None:
    a = ek.Survey(pd.DataFrame({"w": [10.0, 10, 10], "in_b": [1, 1, 0], "y": [1.0, 2, 3]}), weights="w")
    b = ek.Survey(pd.DataFrame({"w": [5.0, 5], "in_a": [1, 0], "y": [4.0, 6], "extra": [1, 0]}), weights="w")
    overlap = ("in_b", "in_a")
    half = ek.weighting.dual_frame(a, b, overlap=overlap, names=("homes", "schools"))
    np.testing.assert_allclose(half.w, [5, 5, 10, 2.5, 5])
    zs, zt = np.array([5, 10, 30]), np.array([10, 30])
    est = ek.total(half, "y")
    np.testing.assert_allclose(est.points, 85)
    np.testing.assert_allclose(est.covariance.variances, 3 * zs.var(ddof=1) + 2 * zt.var(ddof=1))
    assert ek.count(half, by="frame").cells.columns["frame"] == ("homes", "schools")
    assert ek.mean(half, "extra").counts.n[0] == 2
    np.testing.assert_allclose(ek.weighting.dual_frame(a, b, overlap=overlap, theta=0.8).w, [8, 8, 10, 1, 5])
    # Two people of weight 10 against one of weight 5: effective sizes 2 and 1.
    third = ek.weighting.dual_frame(a, b, overlap=overlap, theta="effective")
    np.testing.assert_allclose(third.w, [20 / 3, 20 / 3, 10, 5 / 3, 5])
    assert half.adjustments[-1].words == SHARED
    assert ek.weighting.report(half).to_frame()["step"].tolist() == ["given", SHARED]


def test_weights_are_one_over_the_expected_number_of_selections() -> None:
    a, b = pair()
    made = ek.weighting.dual_frame(a, b, overlap="both", other_weight="other")
    want = []
    for s in (a, b):
        f = s.rows.frame.to_native()
        want.append(np.where(f["both"], 1 / (1 / s.w + 1 / f["other"]), s.w))
    np.testing.assert_allclose(made.w, np.concatenate(want))


@pytest.mark.parametrize("corrected", [False, True])
def test_what_was_done_to_one_sample_before_is_known(corrected: bool) -> None:
    """Calibrated alone, trimmed alone, then put together: variances are still the sum of both."""
    a, b = pair(3, **({"fpc": "M"} if corrected else {}))
    a = ek.weighting.rake(a, {"sex": {"girl": 0.5, "boy": 0.5}})
    a = ek.weighting.trim(a, upper=float(np.quantile(np.asarray(a.w), 0.97)))
    a = ek.weighting.calibrate(a, {"other": 30_000.0}, population_total=900.0, bounds=(0.1, 10.0))
    b = ek.weighting.poststratify(b, "sex", {"girl": 1300, "boy": 1100})
    made = ek.weighting.dual_frame(a, b, overlap="both")
    shares = [np.where(s.rows.frame["both"].to_numpy(), 0.5, 1.0) for s in (a, b)]
    parts = [alone(s, share) for s, share in zip((a, b), shares, strict=True)]
    est = ek.total(made, "y")
    np.testing.assert_allclose(est.points, sum(p for p, _ in parts))
    np.testing.assert_allclose(est.covariance.variances, sum(v for _, v in parts), rtol=1e-9)
    assert len(made.adjustments) == 5
    # Replicates do each sample's steps again.
    replicated = ek.weighting.jackknife(made)
    np.testing.assert_allclose(ek.total(replicated, "y").se, est.se, rtol=0.2)


def test_the_two_together_can_be_calibrated() -> None:
    made = ek.weighting.dual_frame(*pair(), overlap="both", population="children in Lumora")
    raked = ek.weighting.rake(made, {"sex": {"girl": 1500, "boy": 1600}})
    np.testing.assert_allclose(ek.count(raked, by="sex").points, [1600, 1500])
    assert ek.count(raked, by="sex").se.max() < 1e-3
    assert made.population == "children in Lumora"


def test_several_stages_and_unequal_chances() -> None:
    rng = np.random.default_rng(5)
    a = homes(4).assign(children=8.0)
    a["i"] += 10 * a["h"]
    two = ek.Survey(a, strata="h", psu=("i", "y"), fpc=("M", "children"))
    b = schools(6).assign(pi=rng.uniform(0.01, 0.3, 60))
    brewer = ek.Survey(b, design=ek.Stages(fpc="pi", unequal="brewer"))
    for first, second in ((two, brewer), (brewer, two)):
        made = ek.weighting.dual_frame(first, second, overlap="both", theta=0.4)
        shares = [np.where(s.rows.frame["both"].to_numpy(), t, 1.0) for s, t in ((first, 0.4), (second, 0.6))]
        parts = [alone(s, share, "other") for s, share in zip((first, second), shares, strict=True)]
        est = ek.total(made, "other")
        np.testing.assert_allclose(est.covariance.variances, sum(v for _, v in parts), rtol=1e-10)


def test_polars_and_labels() -> None:
    a, b = homes().assign(sex=lambda d: (d.sex == "girl") + 1), schools().assign(sex=lambda d: (d.sex == "girl") + 1)
    said = {"sex": {1: "boy", 2: "girl"}}
    parts = [ek.Dataset(pl.from_pandas(f), labels={"y": "hours"}, value_labels=said) for f in (a, b)]
    made = ek.weighting.dual_frame(ek.Survey(parts[0], **HOME), ek.Survey(parts[1], fpc="f"), overlap="both")
    est = ek.mean(made, "y", by="sex")
    assert est.cells.columns["sex"] == ("boy", "girl")
    assert isinstance(est.to_frame(), pl.DataFrame)
    assert est.provenance.labels == (("y", "hours"),)
    want = ek.weighting.dual_frame(ek.Survey(a, **HOME), ek.Survey(b, fpc="f"), overlap="both")
    np.testing.assert_allclose(ek.mean(want, "y", by="sex").vcov, est.vcov)


def bad() -> dict[str, tuple[Any, Any, dict[str, Any], type[Exception], str]]:
    a, b = pair()
    one, two = homes(), schools()
    replicated = ek.weighting.jackknife(a)

    def home(frame: pd.DataFrame) -> ek.Survey:
        return ek.Survey(frame, **HOME)

    def school(frame: Any, **more: Any) -> ek.Survey:
        return ek.Survey(frame, design=ek.Stages(**{"fpc": "f", **more}))

    labelled = ek.Dataset(one.assign(g=1), value_labels={"g": {1: "yes"}})
    otherwise = ek.Dataset(two.assign(g=1), value_labels={"g": {1: "no"}})
    return {
        "not surveys": (a, two, {}, InputError, "two Surveys"),
        "replicates": (replicated, b, {}, InputError, "design of both samples"),
        "no design": (a, ek.Survey(two, design=ek.survey.NoDesign()), {}, InputError, "design of both samples"),
        "joint": (a, school(two, unequal="overton"), {}, InputError, "joint inclusion"),
        "policies": (a, school(two, lonely="adjust"), {}, InputError, "different lonely="),
        "overlap unknown": (home(one.assign(both=one.both.astype(object).where(one.y > 5, None))), b, {}, DesignError, "missing in"),
        "overlap blank": (home(one.assign(both=one.both.astype(float).where(one.y > 5))), b, {}, DesignError, "missing in .* sample 'A'"),
        "overlap of numbers": (home(one.assign(both=3)), b, {}, InputError, "not true/false"),
        "nobody in both": (home(one.assign(both=0)), b, {}, WeightingError, "Nobody in sample 'A'"),
        "nobody in both there": (a, school(two.assign(both=0)), {}, WeightingError, "Nobody in sample 'B'"),
        "no such column": (a, b, {"overlap": "boht"}, UnknownColumn, "Did you mean 'both'"),
        "three columns": (a, b, {"overlap": ("both", "both", "both")}, InputError, "one for each sample"),
        "theta": (a, b, {"theta": 1.2}, InputError, "between 0 and 1"),
        "theta in words": (a, b, {"theta": "best"}, InputError, "between 0 and 1"),
        "both ways": (a, b, {"theta": 0.3, "other_weight": "other"}, InputError, "theta= is not used"),
        "other weight": (a, school(two.assign(other=0.0)), {"other_weight": "other"}, WeightingError, "not above 0 in"),
        "same names": (a, b, {"names": ("A", "A")}, InputError, "two different words"),
        "kinds of frames": (a, school(pl.from_pandas(two)), {}, InputError, "different kinds"),
        "a column called frame": (home(one.assign(frame=1)), b, {}, InputError, "column 'frame'"),
        "text and numbers": (home(one.assign(g="x")), school(two.assign(g=1)), {}, InputError, "'g' holds numbers in one"),
        "other labels": (ek.Survey(labelled, **HOME), school(otherwise), {}, InputError, "other labels"),
    }


BAD = bad()


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str) -> None:
    a, b, more, error, words = BAD[case]
    with pytest.raises(error, match=words):
        ek.weighting.dual_frame(a, b, **{"overlap": "both", **more})


@pytest.mark.parametrize("kind", [object, "category"])
def test_yes_and_no_as_text_are_not_true_and_false(kind: Any) -> None:
    frame = pd.DataFrame({"w": 1.0, "both": pd.Series(["yes", "no", "yes"], dtype=kind)})
    survey = ek.Survey(frame, weights="w")
    with pytest.raises(InputError, match=r"overlap= column 'both' is not true/false\. Make a true/false \(or 1/0\) column"):
        ek.weighting.dual_frame(survey, survey, overlap="both")
