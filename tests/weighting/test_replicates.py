"""Replicates made from a design: exact where they are exact, right on average where they are random."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.survey.design.resampling import rank_of


def pairs(strata: int = 11, seed: int = 3, children: int = 4) -> pd.DataFrame:
    """Two units in each stratum."""
    rng = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(strata), 2 * children)
    unit = np.tile(np.repeat([1, 2], children), strata)
    n = len(stratum)
    return pd.DataFrame(
        {
            "h": stratum,
            "i": unit,
            "w": rng.uniform(1, 9, n),
            "y": rng.normal(size=n) + unit,
            "x": rng.uniform(1, 2, n),
            "sex": rng.integers(0, 2, n),
            "told": rng.integers(0, 2, n),
        }
    )


def clusters(n: int = 12, seed: int = 4) -> pd.DataFrame:
    frame = pairs(n, seed)
    frame["psu"] = frame["h"] * 2 + frame["i"]
    return frame


def survey_of(frame: pd.DataFrame, **more: Any) -> ek.Survey:
    return ek.Survey(frame, weights="w", strata="h", psu="i", **more)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.5])
@pytest.mark.parametrize("strata", [1, 2, 3, 7, 8, 11, 20, 51])
def test_half_samples_are_fully_balanced(rho: float, strata: int) -> None:
    """Columns of factors are orthogonal, and variances of totals are the linearised ones."""
    survey = survey_of(pairs(strata))
    made = ek.weighting.brr(survey, rho=rho)
    assert made.resampling is not None
    signs = (made.resampling.factors[:, ::2] - 1) / (1 - rho)
    np.testing.assert_allclose(signs.T @ signs, len(signs) * np.eye(strata), atol=1e-9)
    np.testing.assert_allclose(signs.sum(axis=0), 0, atol=1e-9)
    assert len(signs) > strata
    for y in ("y", "x"):
        taylor, ours = ek.total(survey, y), ek.total(made, y)
        np.testing.assert_allclose(ours.se, taylor.se, rtol=1e-10)
        assert ours.df[0] == taylor.df[0]


def test_half_samples_pair_larger_strata() -> None:
    frame = pairs(6)
    frame["h"] //= 2
    frame["i"] += 2 * (np.arange(len(frame)) // 8 % 2)
    made = ek.weighting.brr(survey_of(frame))
    assert made.resampling is not None
    assert made.resampling.factors.shape[1] == 12
    z = frame.groupby(["h", "i"]).apply(lambda d: (d.w * d.y).sum(), include_groups=False).to_numpy()
    np.testing.assert_allclose(ek.total(made, "y").covariance.variances[0], ((z[::2] - z[1::2]) ** 2).sum(), rtol=1e-10)


@given(st.integers(3, 25), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_jackknife_of_a_total_is_the_linearised_variance(units: int, seed: int) -> None:
    frame = clusters(units, seed)
    one = ek.Survey(frame, weights="w", psu="psu")
    many = survey_of(frame)
    for survey in (one, many):
        made = ek.weighting.jackknife(survey)
        np.testing.assert_allclose(ek.total(made, ["y", "x"]).vcov, ek.total(survey, ["y", "x"]).vcov, rtol=1e-9, atol=1e-9)


def test_jackknife_with_a_finite_population() -> None:
    frame = clusters()
    frame["N"] = 20 + frame["h"]
    survey = survey_of(frame, fpc="N")
    np.testing.assert_allclose(ek.total(ek.weighting.jackknife(survey), "y").se, ek.total(survey, "y").se, rtol=1e-10)


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty", "remove"])
def test_jackknife_follows_the_policy_for_lonely_units(lonely: str) -> None:
    frame = pairs(8)
    frame = frame[(frame["h"] != 3) | (frame["i"] == 1)]
    survey = survey_of(frame, lonely=lonely)
    made = ek.weighting.jackknife(survey)
    assert made.resampling is not None
    assert len(made.resampling.factors) == (15 if lonely == "adjust" else 14)
    for mse in (False, True):
        made = ek.weighting.jackknife(survey, mse=mse)
        np.testing.assert_allclose(ek.total(made, ["y", "x"]).vcov, ek.total(survey, ["y", "x"]).vcov, rtol=1e-9)


def test_groups_of_units_are_left_out() -> None:
    frame = pairs(300, children=1)
    survey = survey_of(frame)
    made = ek.weighting.jackknife(survey, groups=60, seed=1)
    assert made.resampling is not None
    assert made.resampling.count == 60
    runs = [ek.weighting.jackknife(survey, groups=60, seed=s) for s in range(60)]
    average = np.mean([ek.total(run, "y").covariance.variances[0] for run in runs])
    assert average == pytest.approx(ek.total(survey, "y").covariance.variances[0], rel=4 * np.sqrt(2 / 59 / 60))
    again = ek.weighting.jackknife(survey, groups=60, seed=1)
    assert again.resampling is not None
    assert np.array_equal(made.resampling.factors, again.resampling.factors)


@pytest.mark.parametrize("method", ["rao-wu", "canty-davison", "preston", "antal-tille", "generalised"])
@pytest.mark.parametrize("fraction", [None, 0.25, 0.5])
def test_bootstrap_variance_of_totals_is_the_linearised_one_on_average(method: Any, fraction: float | None) -> None:
    """With 20,000 replicates the variance of a total is within 4 of its own standard errors."""
    rng = np.random.default_rng(0)
    size = np.repeat([5, 8, 6, 9], [5, 8, 6, 9])
    frame = pd.DataFrame({"h": size, "w": 3.0, "y": rng.gamma(2, 2, len(size)), "N": size / (fraction or 1)})
    survey = ek.Survey(frame, weights="w", strata="h", fpc=None if fraction is None else "N")
    want = ek.total(survey, "y").covariance.variances[0]
    if method == "canty-davison":
        # A stratum's draws vary by (n_h - 1) / n_h too little, and one scale mends that for all strata together.
        n = np.array([5, 8, 6, 9])
        average = 1 / (1 / n).mean()
        own = frame.groupby("h")["y"].var() * 9 * frame.groupby("h").size()
        big = n if fraction is None else np.round(n / fraction)
        left = 1.0 if fraction is None else big * (n - 1) / (n * (big - 1)) * (1 - n / big) * n / (n - 1)
        want = float((own.reindex(n) * (n - 1) / n * left).sum() * average / (average - 1))
    count = 20_000
    got = ek.total(ek.weighting.bootstrap(survey, seed=5, replicates=count, method=method), "y").covariance.variances[0]
    assert got == pytest.approx(want, rel=4 * np.sqrt(2 / count) * 1.3)


def test_preston_follows_every_stage() -> None:
    rng = np.random.default_rng(8)
    rows = []
    for h in range(3):
        for i in range(6):
            for j in range(5):
                rows.append((h, i, j, 12, 15, rng.normal(h + i, 6)))
    frame = pd.DataFrame(rows, columns=["h", "i", "j", "N", "M", "y"])
    frame["w"] = 2.0 * 3.0
    survey = ek.Survey(frame, weights="w", strata="h", psu=("i", "j"), fpc=("N", "M"))
    want = ek.total(survey, "y").covariance.variances[0]
    for method in ("preston", "generalised"):
        got = ek.total(ek.weighting.bootstrap(survey, seed=2, replicates=20_000, method=method), "y").covariance.variances[0]
        assert got == pytest.approx(want, rel=0.05)
    one_stage = ek.Survey(frame, weights="w", strata="h", psu="i", fpc="N")
    assert abs(ek.total(one_stage, "y").covariance.variances[0] / want - 1) > 0.05  # so that the test can fail


def test_generalised_bootstrap_follows_joint_probabilities() -> None:
    frame = pd.DataFrame({"p": [0.2, 0.3, 0.4, 0.5, 0.6], "y": [3.0, 1.0, 4.0, 1.0, 5.0]})
    survey = ek.Survey(frame, design=ek.Stages(fpc="p", unequal="poisson"))
    want = ek.total(survey, "y").covariance.variances[0]
    got = ek.total(ek.weighting.bootstrap(survey, seed=1, replicates=40_000, method="generalised"), "y").covariance.variances[0]
    assert got == pytest.approx(want, rel=0.04)


def test_successive_differences() -> None:
    """With fewer units than rows the variance of a total is half the sum of squared differences, round the circle."""
    rng = np.random.default_rng(2)
    n = 30
    frame = pd.DataFrame({"w": 2.0, "y": rng.normal(size=n).cumsum(), "rank": rng.permutation(n)})
    survey = ek.Survey(frame, weights="w")
    made = ek.weighting.sdr(survey, order="rank", replicates=32)
    z = 2 * frame.sort_values("rank")["y"].to_numpy()
    want = (np.diff(z, append=z[0]) ** 2).sum() / 2  # SD2 of Ash (2014)
    np.testing.assert_allclose(ek.total(made, "y").covariance.variances[0], want, rtol=1e-10)


def test_successive_differences_stay_within_strata() -> None:
    """Once the last unit of a stratum was compared with the first of the next, and at the ends of the list with nothing at all."""
    rng = np.random.default_rng(12)
    frame = pd.DataFrame({"h": np.repeat([1, 2, 3], [6, 2, 9]), "N": np.repeat([12, 2, 30], [6, 2, 9]), "w": 2.0})
    frame["y"] = 100 * frame["h"] + rng.normal(size=len(frame))
    survey = ek.Survey(frame, weights="w", strata="h", fpc="N")
    want = 0.0
    for _, one in frame.groupby("h"):
        z = 2 * one["y"].to_numpy()
        want += (1 - len(z) / one["N"].iloc[0]) / 2 * (np.diff(z, append=z[0]) ** 2).sum()
    made = ek.weighting.sdr(survey)
    np.testing.assert_allclose(ek.total(made, "y").covariance.variances[0], want, rtol=1e-10)
    assert made.resampling is not None
    assert (made.resampling.factors[:, 6:8] == 1).all(), "units taken with certainty do not move"
    pairs_ = survey_of(pairs(9))
    np.testing.assert_allclose(ek.total(ek.weighting.sdr(pairs_), "y").se, ek.total(pairs_, "y").se, rtol=1e-10)


def test_every_step_is_done_again_on_every_replicate() -> None:
    frame = pairs(9)
    totals = {"sex": {0: 150.0, 1: 210.0}, "told": {0: 200.0, 1: 160.0}}
    before = ek.weighting.rake(ek.weighting.jackknife(survey_of(frame)), totals)
    after = ek.weighting.jackknife(ek.weighting.rake(survey_of(frame), totals))
    for est in (ek.mean, ek.total):
        np.testing.assert_allclose(est(before, "y").se, est(after, "y").se, rtol=1e-10)
    exported = ek.weighting.replicate_weights(before)
    for name in exported.columns:
        sums = exported[name].groupby(frame["sex"]).sum()
        np.testing.assert_allclose(sums, [150.0, 210.0], rtol=1e-9)
    by_hand = np.array([np.average(frame["y"], weights=exported[c]) for c in exported.columns[1:]])
    scales = before.resampling.scales if before.resampling is not None else None
    assert scales is not None
    np.testing.assert_allclose(ek.mean(before, "y").covariance.variances, (scales * (by_hand - by_hand.mean()) ** 2).sum(), rtol=1e-9)


@pytest.mark.parametrize("step", ["trim", "greg", "poststratify"])
def test_other_steps_on_replicates_equal_their_exported_weights(step: str) -> None:
    frame = pairs(9)
    boot = ek.weighting.bootstrap(survey_of(frame), seed=3, replicates=40)
    made = {
        "trim": lambda: ek.weighting.rake(ek.weighting.trim(boot, upper=7.0), {"sex": {0: 150.0, 1: 210.0}}),
        "greg": lambda: ek.weighting.calibrate(boot, {"x": 560.0, "sex": {0: 180.0, 1: 190.0}}, bounds=(0.2, 5)),
        "poststratify": lambda: ek.weighting.poststratify(boot, "sex", {0: 150.0, 1: 210.0}),
    }[step]()
    exported = ek.weighting.replicate_weights(made)
    own = ek.weighting.replicate(made, lambda w, data: np.average(data["y"], weights=w), label="mean of y")
    design = ek.Replicates(weights="weight", columns="repw_", kind="bootstrap")
    outside = ek.Survey(pd.concat([frame.drop(columns="w"), exported], axis=1), design=design)
    for est in (own, ek.mean(outside, "y")):
        np.testing.assert_allclose(est.points, ek.mean(made, "y").points, rtol=1e-10)
        np.testing.assert_allclose(est.se, ek.mean(made, "y").se, rtol=1e-9)
    for domain in (ek.proportion, ek.mean):
        np.testing.assert_allclose(domain(outside, "told", by="sex").vcov, domain(made, "told", by="sex").vcov, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("replicates", [7, 200])
@pytest.mark.parametrize("method", ["rao-wu", "canty-davison", "preston", "antal-tille", "generalised"])
def test_rank_is_that_of_the_design_or_the_number_of_replicates(method: Any, replicates: int) -> None:
    frame = clusters(6)
    frame["h"] //= 2
    survey = ek.Survey(frame, weights="w", strata="h", psu="psu")
    made = [ek.weighting.bootstrap(survey, seed=1, replicates=replicates, method=method), ek.weighting.jackknife(survey)]
    for resampling in [m.resampling for m in made] + [ek.weighting.brr(survey_of(pairs())).resampling]:
        assert resampling is not None
        assert resampling.rank == np.linalg.matrix_rank(resampling.factors, tol=1e-6)
        assert rank_of(resampling.factors) == resampling.rank


def test_one_seed_gives_the_same_replicates() -> None:
    survey = survey_of(pairs())
    one, two, three = (ek.weighting.bootstrap(survey, seed=s).resampling for s in (1, 1, 2))
    assert one is not None
    assert two is not None
    assert three is not None
    assert np.array_equal(one.factors, two.factors)
    assert not np.array_equal(one.factors, three.factors)


def test_a_statistic_of_ones_own() -> None:
    frame = pairs()
    boot = ek.weighting.bootstrap(survey_of(frame), seed=1, replicates=60)
    both = ek.weighting.replicate(
        boot, lambda w, d: {"mean": np.average(d["y"], weights=w), "ratio": (w * d["y"]).sum() / (w * d["x"]).sum()}
    )
    np.testing.assert_allclose(both.se, [ek.mean(boot, "y").se[0], ek.ratio(boot, "y", "x").se[0]], rtol=1e-10)
    assert ek.difference(both, {"variable": "mean"}, {"variable": "ratio"}).points[0] == pytest.approx(both.points[0] - both.points[1])


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda s: ek.weighting.brr(s, rho=1), ek.errors.InputError, "Fay"),
        (lambda s: ek.weighting.bootstrap(s, seed="a"), ek.errors.InputError, "seed="),
        (lambda s: ek.weighting.bootstrap(s, seed=1, replicates=1), ek.errors.InputError, "replicates="),
        (lambda s: ek.weighting.bootstrap(s, seed=1, method="rao"), ek.errors.InputError, "rao-wu"),
        (lambda s: ek.weighting.jackknife(s, groups=4), ek.errors.InputError, "seed="),
        (lambda s: ek.weighting.replicate(s, lambda w, d: 1.0), ek.errors.InputError, "bootstrap"),
        (lambda s: ek.quantile(s, "y", interval="replicate"), ek.errors.InputError, "bootstrap"),
        (lambda s: ek.weighting.jackknife("s"), ek.errors.InputError, "takes a Survey"),
        (lambda s: ek.weighting.replicate(ek.weighting.brr(s), lambda w, d: "a"), ek.errors.InputError, "must return"),
        (lambda s: ek.weighting.replicate(ek.weighting.brr(s), lambda w, d: np.nan), ek.errors.EstimationError, "finite"),
    ],
)
def test_bad_requests(make: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        make(survey_of(pairs()))


def test_designs_that_cannot_be_halved() -> None:
    frame = pairs(5)
    odd = frame[(frame["h"] != 2) | (frame["i"] == 1)]
    with pytest.raises(ek.errors.WeightingError, match="1 strata have an odd number"):
        ek.weighting.brr(survey_of(odd, lonely="remove"))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"combined": False}, "combined=True"),
        ({"kind": "JKn"}, "rscales"),
        ({"kind": "other"}, "scale="),
        ({"kind": "Fay"}, "rho"),
        ({"rscales": [1.0, 2.0]}, "rscales= has 2 numbers for 40"),
        ({"columns": "nothing"}, "0 columns"),
        ({"columns": ["repw_1", "repw_99"]}, "repw_99"),
        ({"weights": "nothing"}, "name in weights= is not a column"),
    ],
)
def test_bad_columns_of_replicates(more: dict[str, Any], says: str) -> None:
    frame = pairs(9)
    exported = ek.weighting.replicate_weights(ek.weighting.bootstrap(survey_of(frame), seed=3, replicates=40))
    both = pd.concat([frame, exported], axis=1)
    with pytest.raises(ek.EvidencekitError, match=says):
        ek.Survey(both, design=ek.Replicates(**{"weights": "weight", "columns": "repw_", "kind": "bootstrap", **more}))


def test_factors_where_weights_were_said() -> None:
    frame = pairs(9)
    exported = ek.weighting.replicate_weights(ek.weighting.bootstrap(survey_of(frame), seed=3, replicates=40))
    factors = exported.div(exported["weight"], axis=0).drop(columns="weight")
    both = pd.concat([frame, factors], axis=1)
    with pytest.raises(ek.errors.DesignError, match="combined=False"):
        ek.Survey(both, design=ek.Replicates(weights="w", columns="repw_", kind="bootstrap"))
    made = ek.Survey(both, design=ek.Replicates(weights="w", columns="repw_", kind="bootstrap", combined=False))
    want = ek.mean(ek.weighting.bootstrap(survey_of(frame), seed=3, replicates=40), "y")
    np.testing.assert_allclose(ek.mean(made, "y").se, want.se, rtol=1e-9)


def test_missing_replicate_weights_are_counted() -> None:
    frame = pairs(9)
    exported = ek.weighting.replicate_weights(ek.weighting.bootstrap(survey_of(frame), seed=3, replicates=40))
    exported.loc[3, "repw_7"] = np.nan
    with pytest.raises(ek.errors.DesignError, match="missing in 1 of 72 rows"):
        ek.Survey(exported, design=ek.Replicates(weights="weight", columns="repw_", kind="bootstrap"))


def test_thousands_of_groups_keep_their_deviations() -> None:
    frame = pairs(60)
    frame["g"] = np.arange(len(frame))
    made = ek.weighting.bootstrap(survey_of(pd.concat([frame] * 7).assign(g=np.arange(7 * len(frame)))), seed=1, replicates=20)
    est = ek.mean(made, "y", by="g")
    assert len(est) == 3360
    assert est.covariance.matrix is None
    assert ek.contrast(ek.mean(made, "y", by="h"), np.eye(60)[0] - np.eye(60)[1]).se[0] > 0


MAKERS = {
    "jackknife": ek.weighting.jackknife,
    "jackknife, groups": lambda s: ek.weighting.jackknife(s, groups=6, seed=1),
    "brr": ek.weighting.brr,
    "fay": lambda s: ek.weighting.brr(s, rho=0.5),
    "sdr": ek.weighting.sdr,
    **{
        method: lambda s, method=method: ek.weighting.bootstrap(s, method=method, seed=1, replicates=40)
        for method in ("rao-wu", "canty-davison", "preston", "antal-tille", "generalised")
    },
}


@pytest.mark.parametrize("maker", MAKERS)
def test_exported_weights_are_read_back_with_their_design(maker: str) -> None:
    """Once the scale had to be guessed: Canty-Davison came back a third too small."""
    frame = pairs(9)
    survey = survey_of(frame) if maker != "jackknife, groups" else ek.Survey(frame.assign(i=2 * frame.h + frame.i), weights="w", psu="i")
    made = MAKERS[maker](survey)
    columns = pd.concat([frame.drop(columns="w"), ek.weighting.replicate_weights(made)], axis=1)
    back = ek.Survey(columns, design=ek.weighting.replicate_design(made))
    for ask in (lambda s: ek.mean(s, "y"), lambda s: ek.proportion(s, "told", by="sex"), lambda s: ek.ratio(s, "y", "x")):
        np.testing.assert_allclose(ask(back).se, ask(made).se, rtol=1e-9)
    assert ek.mean(back, "y").df == ek.mean(made, "y").df
    assert back.resampling.jackknife == made.resampling.jackknife, "quantiles of a jackknife carry a flag"
