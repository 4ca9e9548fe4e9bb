"""Every way of making replicates on every kind of design: near the linearised standard error of a total, or refused with a way out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.survey.design.resampling import rank_of
from evidencekit.survey.design.stages import Joint

WeightingError = ek.errors.WeightingError
CERTAIN = [1, 4, 4, 4, 4]


def one_stage(sizes: list[int], seed: int = 21) -> pd.DataFrame:
    """Rows are sampling units; the level of y differs between strata."""
    rng = np.random.default_rng(seed)
    h = np.repeat(np.arange(len(sizes)), sizes)
    return pd.DataFrame({"h": h, "w": 3.0, "y": 20 + 5 * h + rng.normal(0, 4, len(h)), "N": 4.0 * np.repeat(sizes, sizes)})


def two_stages() -> pd.DataFrame:
    """6 of 7 units in each stratum, and 5 of 20 in each unit: most of the variance is the second stage's."""
    rng = np.random.default_rng(22)
    frame = pd.DataFrame([(h, i, j, 7, 20) for h in range(4) for i in range(6) for j in range(5)], columns=["h", "i", "j", "N", "M"])
    frame["y"] = 10 + rng.normal(0, 4, len(frame)) + np.repeat(rng.normal(0, 2, 24), 5)
    return frame.assign(w=7 / 6 * 4)


def by_size(kind: str, stages: int = 1, certain: bool = False) -> ek.Survey:
    """12 units in each of four strata, with probabilities that differ tenfold."""
    rng = np.random.default_rng(23)
    frame = pd.DataFrame({"h": np.repeat(np.arange(4), 12), "i": np.tile(np.arange(12), 4), "p": np.tile(np.linspace(0.08, 0.8, 12), 4)})
    if certain:
        frame.loc[frame["i"] == 11, "p"] = 1.0
    frame["y"] = rng.gamma(4, 1, len(frame))
    if stages == 1:
        return ek.Survey(frame, design=ek.Stages(strata="h", psu="i", fpc="p", unequal=kind))
    frame = frame.loc[frame.index.repeat(3)].assign(j=np.tile(np.arange(3), 48), q=0.2)
    frame["y"] += rng.gamma(2, 3, len(frame))
    return ek.Survey(frame, design=ek.Stages(strata="h", psu=("i", "j"), fpc=("p", "q"), unequal=kind))


def plain(sizes: list[int], **more: Any) -> ek.Survey:
    frame = one_stage(sizes)
    if more.pop("certain", False):
        frame["N"] = np.where(frame["h"] == 0, 1.0, 1e18)
    return ek.Survey(frame, weights="w", strata="h", **more)


def joint() -> ek.Survey:
    """Three strata of equal probabilities, as a matrix of pairs."""
    frame = one_stage([5, 5, 5]).assign(p=0.25)
    same = np.equal.outer(frame["h"].to_numpy(), frame["h"].to_numpy())
    pairs = np.where(same, 5 * 4 / (20 * 19), 0.25**2)
    np.fill_diagonal(pairs, 0.25)
    return ek.Survey(frame, design=ek.Stages(strata="h", fpc="p", unequal=Joint(pairs)))


DESIGNS: dict[str, Callable[[], ek.Survey]] = {
    "pairs": lambda: plain([2] * 12),
    "many in each stratum": lambda: plain([8] * 5),
    "strata of all sizes": lambda: plain([5, 9, 6, 12]),
    "no strata": lambda: plain([30]),
    "a certainty stratum": lambda: plain(CERTAIN, fpc="N", certain=True),
    "finite population": lambda: plain([6, 6, 6, 6], fpc="N"),
    "two stages": lambda: ek.Survey(two_stages(), weights="w", strata="h", psu=("i", "j"), fpc=("N", "M")),
    "two stages, the second taken whole": lambda: ek.Survey(
        two_stages().assign(M=5), weights="w", strata="h", psu=("i", "j"), fpc=("N", "M")
    ),
    "brewer": lambda: by_size("brewer"),
    "brewer, some certain": lambda: by_size("brewer", certain=True),
    "brewer, two stages": lambda: by_size("brewer", 2),
    "overton": lambda: by_size("overton"),
    "hartley-rao": lambda: by_size("hartley-rao"),
    "poisson": lambda: by_size("poisson"),
    "joint probabilities": joint,
    **{f"lonely, {policy}": lambda policy=policy: plain(CERTAIN, lonely=policy) for policy in ("adjust", "average", "certainty", "remove")},
}
BOOTSTRAPS = ("rao-wu", "canty-davison", "preston", "antal-tille", "generalised")
COUNT = 2_000
METHODS: dict[str, Callable[[ek.Survey], ek.Survey]] = {
    "jackknife": ek.weighting.jackknife,
    "groups": lambda s: ek.weighting.jackknife(s, groups=10, seed=1),
    "brr": ek.weighting.brr,
    "fay": lambda s: ek.weighting.brr(s, rho=0.5),
    "sdr": ek.weighting.sdr,
    **{m: lambda s, m=m: ek.weighting.bootstrap(s, method=m, seed=4, replicates=COUNT) for m in BOOTSTRAPS},
}
NO_STAGES = ("rao-wu", "canty-davison", "antal-tille", "brr", "fay", "sdr", "groups", "jackknife")
FORMS = ("overton", "hartley-rao", "poisson", "joint probabilities")
UNEQUAL = ("brewer", "brewer, some certain", "brewer, two stages")
LONELY = tuple(name for name in DESIGNS if name.startswith("lonely"))
REFUSED = {
    *((design, "generalised") for design in ("overton", "hartley-rao")),
    *((design, method) for design in FORMS for method in METHODS if method != "generalised"),
    *((design, method) for design in ("two stages", "brewer, two stages") for method in NO_STAGES),
    *((design, method) for design in UNEQUAL for method in METHODS if method not in ("jackknife", "generalised")),
    *(("lonely, adjust", m) for m in METHODS if m not in ("jackknife", "generalised")),
    *(("lonely, average", m) for m in METHODS if m not in ("jackknife", "generalised")),
    *((design, method) for design in LONELY for method in ("groups", "brr", "fay", "preston")),
    *((design, "groups") for design in ("a certainty stratum", "finite population", "two stages, the second taken whole")),
    *((design, m) for design in ("finite population", "two stages, the second taken whole") for m in ("brr", "fay")),
    *(("strata of all sizes", m) for m in ("brr", "fay")),
}
# Groups, differences and half-samples of larger strata look at some of the differences between units alone.
FEWER = {"groups": 0.75, "brr": 0.75, "fay": 0.75, "sdr": 0.4}


@cache
def survey_named(name: str) -> ek.Survey:
    return DESIGNS[name]()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("design", DESIGNS)
def test_near_the_linearised_standard_error_or_refused(design: str, method: str) -> None:
    survey = survey_named(design)
    if (design, method) in REFUSED:
        with pytest.raises(WeightingError, match=r"method=\"|jackknife\(|bootstrap\("):
            METHODS[method](survey)
        return
    made = METHODS[method](survey)
    taylor, ours = ek.total(survey, "y"), ek.total(made, "y")
    exact = method == "jackknife" or (design == "pairs" and method in ("brr", "fay", "sdr"))
    if exact:
        np.testing.assert_allclose(ours.se, taylor.se, rtol=1e-7)
    else:
        assert ours.se[0] == pytest.approx(taylor.se[0], rel=FEWER.get(method, 0.12 if method == "canty-davison" else 0.05))
    resampling = made.resampling
    assert resampling is not None
    assert resampling.rank == rank_of(resampling.factors)
    assert resampling.degrees == min(resampling.df, np.linalg.matrix_rank(resampling.factors, tol=1e-7) - 1)


def test_half_samples_and_differences_are_right_on_average_over_orders() -> None:
    """Which units are paired, or follow each other, is by chance: over many orders the variances average to the linearised one."""
    frame = one_stage([8, 8, 6])
    rng = np.random.default_rng(24)
    want = ek.total(ek.Survey(frame, weights="w", strata="h"), "y").covariance.variances[0]
    for make in (ek.weighting.brr, ek.weighting.sdr, lambda s: ek.weighting.jackknife(s, groups=6, seed=int(rng.integers(1e6)))):
        got = [
            ek.total(make(ek.Survey(frame.sample(frac=1, random_state=rng), weights="w", strata="h")), "y").covariance.variances[0]
            for _ in range(120)
        ]
        assert np.mean(got) == pytest.approx(want, abs=4 * np.std(got) / np.sqrt(120))


def test_degrees_of_freedom_count_what_moves() -> None:
    """Once 15 for half-samples of 3 strata of 8 units, which are 12 pairs; and certainty strata were counted."""
    made = ek.weighting.brr(plain([8, 8, 8])).resampling
    assert made is not None
    assert (made.rank, made.degrees) == (13, 12)
    survey = ek.Survey(one_stage([8, 4, 4, 4]).assign(N=lambda d: np.where(d["h"] == 0, 8.0, 80.0)), weights="w", strata="h", fpc="N")
    assert survey.units is not None
    for method in ("jackknife", "sdr", *BOOTSTRAPS):
        made = METHODS[method](survey).resampling
        assert made is not None
        assert (method, made.rank, made.df, made.degrees) == (method, 10, 16, 9)


def test_rank_of_few_random_replicates_is_looked_at() -> None:
    """Both of two replicates can draw the same unit, and then there is no variance, nor a degree of freedom."""
    ranks = {ek.weighting.bootstrap(plain([2]), seed=seed, replicates=2).resampling.rank for seed in range(30)}
    assert ranks == {1, 2}


def test_the_harmonic_mean_leaves_out_strata_that_do_not_vary() -> None:
    """Once 101.6 for 82.9: one certainty stratum of one unit."""
    survey, without = survey_named("a certainty stratum"), plain([4] * 4)
    one, other = (ek.weighting.bootstrap(s, seed=1, method="canty-davison").resampling for s in (survey, without))
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.scales, other.scales, rtol=1e-12)
    whole = ek.Survey(one_stage([4, 4]).assign(N=4), weights="w", strata="h", fpc="N")
    with pytest.raises(WeightingError, match="nothing to draw"):
        ek.weighting.bootstrap(whole, seed=1, method="canty-davison")


def test_generalised_noise_of_a_lonely_unit_is_its_distance_from_the_mean() -> None:
    """The total of a lonely unit counts less the mean of all units', not by itself alone."""
    survey = survey_named("lonely, adjust")
    made = ek.weighting.bootstrap(survey, seed=1, replicates=40_000, method="generalised")
    assert ek.total(made, "y").se[0] == pytest.approx(ek.total(survey, "y").se[0], rel=4 / np.sqrt(80_000))


MESSAGES: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "policy": (lambda: ek.weighting.bootstrap(survey_named("lonely, adjust"), seed=1), WeightingError, 'cannot follow lonely="adjust"'),
    "half-samples, fpc": (lambda: ek.weighting.brr(survey_named("finite population")), WeightingError, "finite population correction"),
    "half-samples, all certain": (
        lambda: ek.weighting.brr(ek.Survey(one_stage([4]).assign(N=4), weights="w", fpc="N")),
        WeightingError,
        "nothing to leave out",
    ),
    "jackknife, all certain": (
        lambda: ek.weighting.jackknife(ek.Survey(one_stage([4]).assign(N=4), weights="w", fpc="N")),
        WeightingError,
        "to leave out",
    ),
    "differences, all certain": (
        lambda: ek.weighting.sdr(ek.Survey(one_stage([4]).assign(N=4), weights="w", fpc="N")),
        WeightingError,
        "No stratum has two sampling units",
    ),
    "one lonely unit": (
        lambda: ek.weighting.jackknife(ek.Survey(one_stage([1]), weights="w", lonely="adjust")),
        WeightingError,
        "alone in its stratum",
    ),
    "all lonely": (
        lambda: ek.weighting.bootstrap(plain([1, 1, 1], lonely="average"), seed=1, method="generalised"),
        WeightingError,
        "Every stratum has one sampling unit",
    ),
    "halving": (
        lambda: ek.weighting.bootstrap(survey_named("lonely, remove"), seed=1, method="preston"),
        WeightingError,
        "Halving needs strata of two",
    ),
    "halving, unequal": (
        lambda: ek.weighting.bootstrap(survey_named("brewer"), seed=1, method="preston"),
        WeightingError,
        "Halving cannot follow inclusion probabilities",
    ),
    "unequal": (lambda: ek.weighting.bootstrap(survey_named("brewer"), seed=1), WeightingError, "differ within a stratum"),
    "stages": (lambda: ek.weighting.jackknife(survey_named("two stages")), WeightingError, 'method="preston"'),
    "many units": (lambda: ek.weighting.jackknife(plain([5_001])), WeightingError, "groups=100"),
    "groups, fpc": (
        lambda: ek.weighting.jackknife(survey_named("finite population"), groups=4, seed=1),
        WeightingError,
        "without a finite population correction",
    ),
    "negative form": (lambda: ek.weighting.bootstrap(negative(), seed=1, method="generalised"), WeightingError, "can be negative"),
    "order missing": (
        lambda: ek.weighting.sdr(ek.Survey(one_stage([9]).assign(o=np.nan), weights="w"), order="o"),
        ek.errors.InputError,
        "missing somewhere, or varies",
    ),
    "order varies": (
        lambda: ek.weighting.sdr(ek.Survey(two_stages(), weights="w", strata="h", psu="i"), order="y"),
        ek.errors.InputError,
        "varies within a sampling unit",
    ),
    "order unknown": (lambda: ek.weighting.sdr(plain([9]), order="nowhere"), ek.errors.UnknownColumn, "name in order= is not a column"),
    "order, no name": (lambda: ek.weighting.sdr(plain([9]), order=3), ek.errors.InputError, "order= takes a column name"),
    **{
        f"groups={groups!r}": (
            lambda groups=groups: ek.weighting.jackknife(plain([9]), groups=groups, seed=1),
            ek.errors.InputError,
            "groups= is a whole number from 2 to 9",
        )
        for groups in (1, 10, True, 3.0)
    },
    **{
        f"replicates={count!r}": (
            lambda count=count: ek.weighting.bootstrap(plain([9]), seed=1, replicates=count),
            ek.errors.InputError,
            "replicates= is a whole number",
        )
        for count in (1, True, 20.0, "20", 10**9)
    },
    **{
        f"sdr, replicates={count!r}": (
            lambda count=count: ek.weighting.sdr(plain([9]), replicates=count),
            ek.errors.InputError,
            "replicates= is a whole number",
        )
        for count in (3, True, 10**6)
    },
    **{
        f"mse={mse!r}": (lambda mse=mse: ek.weighting.jackknife(plain([9]), mse=mse), ek.errors.InputError, "mse= is True or False")
        for mse in ("no", 1, None)
    },
    "seed": (lambda: ek.weighting.jackknife(plain([9]), groups=3, seed="a"), ek.errors.InputError, "seed="),
    "half-samples, size": (lambda: ek.weighting.brr(plain([2] * 20_000)), WeightingError, r"6\.4 GB.*bootstrap\(\)"),
    "differences, size": (lambda: ek.weighting.sdr(plain([100_000]), replicates=5_000), WeightingError, "4.0 GB"),
    "groups, size": (lambda: ek.weighting.jackknife(plain([100_000]), groups=4_500, seed=1), WeightingError, "3.6 GB"),
    **{
        f"{method}, size": (
            lambda method=method: ek.weighting.bootstrap(plain([100_000]), seed=1, replicates=5_000, method=method),
            WeightingError,
            r"4\.0 GB.*fewer replicates=",
        )
        for method in BOOTSTRAPS
    },
}


def negative() -> ek.Survey:
    """Joint probabilities whose Horvitz-Thompson form has a negative eigenvalue."""
    pairs = np.full((4, 4), 0.2)
    np.fill_diagonal(pairs, 0.5)
    frame = pd.DataFrame({"p": 0.5, "y": [1.0, 2.0, 3.0, 4.0]})
    return ek.Survey(frame, design=ek.Stages(fpc="p", unequal=Joint(pairs, variance="horvitz-thompson")))


@pytest.mark.parametrize("case", MESSAGES)
def test_what_is_refused(case: str) -> None:
    ask, error, says = MESSAGES[case]
    with pytest.raises(error, match=says):
        ask()


@pytest.mark.parametrize(
    "make", [lambda s, seed: ek.weighting.bootstrap(s, seed=seed), lambda s, seed: ek.weighting.jackknife(s, groups=3, seed=seed)]
)
def test_seeds_of_all_kinds_are_told(make: Any) -> None:
    """Once a jackknife of groups recorded the address of its Generator, and a bootstrap no seed where it was a numpy integer."""
    survey = plain([9])
    made = [make(survey, seed).resampling for seed in (7, np.int64(7), np.random.default_rng(7))]
    assert ["(seed 7)" in m.words for m in made] == [True, True, False]
    assert "(generator given)" in made[2].words
    assert np.array_equal(made[0].factors, made[1].factors)
    # Data simulated with the same seed share no random number with the replicates.
    assert not np.array_equal(made[0].factors, made[2].factors)


def test_whole_numbers_of_numpy_are_numbers() -> None:
    survey = plain([9])
    assert ek.weighting.bootstrap(survey, seed=1, replicates=np.int64(20)).resampling.words.startswith("20 ")
    assert ek.weighting.sdr(survey, replicates=np.int32(12)).resampling.count == 12
    assert ek.weighting.jackknife(survey, groups=np.int64(3), seed=1).resampling.count == 3
