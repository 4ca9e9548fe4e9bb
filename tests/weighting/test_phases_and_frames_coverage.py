"""Intervals cover the truth over two phases and over two frames: 2,000 samples from fictional finite populations of Talvia."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

SAMPLES = 2_000
BARS = {"total across": (0.9, 0.97)}
Run = Callable[[np.random.Generator], list[tuple[str, ek.Estimate, float]]]


def pupils(seed: int) -> pd.DataFrame:
    """Schools in two strata; a risk everyone is asked about, and an answer that goes with it."""
    rng = np.random.default_rng(seed)
    size = rng.integers(30, 70, 160)
    school = np.repeat(np.arange(160), size)
    pull = rng.normal(0, 0.5, 160)[school]
    frame = pd.DataFrame({"h": school // 80, "school": school, "size": size[school], "schools": 80})
    frame["risk"] = (rng.random(len(frame)) < 1 / (1 + np.exp(1.2 - pull))).astype(int)
    frame["x"] = rng.normal(5, 1, len(frame)) + frame["risk"]
    frame["y"] = 2 + frame["x"] + 2 * frame["risk"] + pull + rng.normal(0, 1.5, len(frame))
    return frame


def halved(frame: pd.DataFrame, rng: np.random.Generator, cells: str | list[str], share: tuple[float, float]) -> np.ndarray:
    """Simple random samples within the cells, more of those at risk; never fewer than two."""
    lots = frame.assign(lots=rng.random(len(frame))).groupby(cells)["lots"].rank()
    size = frame.groupby(cells)["risk"].transform("size")
    return (lots <= np.maximum(2, np.round(size * np.where(frame["risk"] == 1, share[1], share[0])))).to_numpy()


def clusters() -> Run:
    """Schools, pupils in them, and of these a second sample by risk: the full variance with both stages' corrections.

    Second samples within schools and across them. Across, the full variance of a total is right on average and varies much (a
    coefficient of variation of 0.46, as against 0.21 for the mean), which costs the intervals two or three percentage points.
    """
    people = pupils(1)
    truth = {"mean": float(people["y"].mean()), "total": float(people["y"].sum())}
    by_school = [np.flatnonzero(people["school"] == s) for s in range(160)]

    def run(rng: np.random.Generator) -> list[tuple[str, ek.Estimate, float]]:
        picked = np.concatenate([rng.choice(80, 25, replace=False), 80 + rng.choice(80, 25, replace=False)])
        frame = people.iloc[np.concatenate([rng.choice(by_school[s], 12, replace=False) for s in picked])].reset_index(drop=True)
        frame["pupil"] = np.arange(len(frame))
        first = ek.Stages(strata="h", psu=("school", "pupil"), fpc=("schools", "size"))
        out = []
        for where, cells in (("across", ["h", "risk"]), ("within", ["school", "risk"])):
            frame["inside"] = halved(frame, rng, cells, (0.3, 0.7))
            survey = ek.Survey(frame, design=ek.TwoPhase(phase1=first, phase2=ek.Stages(strata=tuple(cells)), subset="inside"))
            out += [(f"mean {where}", ek.mean(survey, "y"), truth["mean"]), (f"total {where}", ek.total(survey, "y"), truth["total"])]
        return out

    return run


def people_then_fewer() -> Run:
    """A simple random sample from a large population and a second by risk: both variances, and calibrated to phase 1."""
    people = pupils(2)
    truth = float(people["y"].mean())

    def run(rng: np.random.Generator) -> list[tuple[str, ek.Estimate, float]]:
        frame = people.iloc[rng.choice(len(people), 500)].reset_index(drop=True).assign(w=len(people) / 500)
        frame["inside"] = halved(frame, rng, "risk", (0.2, 0.5))
        out = []
        for method in ("full", "approx"):
            design = ek.TwoPhase(phase1=ek.Stages(weights="w"), phase2=ek.Stages(strata="risk"), subset="inside", method=method)
            survey = ek.Survey(frame, design=design)
            made = ek.weighting.calibrate_to_phase1(survey, ["risk"], numbers=["x"], method="linear")
            out += [(method, ek.mean(survey, "y"), truth), (f"{method}, calibrated", ek.mean(made, "y"), truth)]
            out += [(f"{method}, total", ek.total(made, "y"), truth * len(people))]
        return out

    return run


def two_frames() -> Run:
    """Schools of whom all pupils are asked, and people from a register that has most pupils and many others."""
    people = pupils(3)
    rng = np.random.default_rng(4)
    people["in_school"], people["in_register"] = rng.random(len(people)) < 0.8, rng.random(len(people)) < 0.7
    people.loc[~people["in_school"], "in_register"] = True
    people["w_register"], people["w_school"] = people["in_register"].sum() / 300, 160 / 30
    truth = float(people["y"].mean())
    enrolled = [np.flatnonzero((people["school"] == s) & people["in_school"]) for s in range(160)]
    register = np.flatnonzero(people["in_register"])

    def run(rng: np.random.Generator) -> list[tuple[str, ek.Estimate, float]]:
        a = people.iloc[np.concatenate([enrolled[s] for s in rng.choice(160, 30, replace=False)])].assign(F=160)
        b = people.iloc[rng.choice(register, 300, replace=False)].assign(F=len(register))
        pair = (ek.Survey(a, weights="w_school", psu="school", fpc="F"), ek.Survey(b, weights="w_register", fpc="F"))
        frames = ("in_register", "in_school")
        hartley = ek.weighting.dual_frame(*pair, overlap=frames, theta=0.4)
        once = ek.weighting.dual_frame(*pair, overlap=frames, other_weight=("w_register", "w_school"))
        total = truth * len(people)
        return [
            ("theta 0.4", ek.mean(hartley, "y"), truth),
            ("theta 0.4, total", ek.total(hartley, "y"), total),
            ("multiplicity", ek.mean(once, "y"), truth),
        ]

    return run


@pytest.mark.slow
@pytest.mark.parametrize("plan", [clusters, people_then_fewer, two_frames], ids=lambda p: p.__name__)
def test_intervals_cover(plan: Callable[[], Run]) -> None:
    run, rng = plan(), np.random.default_rng(99)
    covered: dict[str, list[bool]] = {}
    errors: dict[str, list[tuple[float, float]]] = {}
    for _ in range(SAMPLES):
        for name, est, truth in run(rng):
            covered.setdefault(name, []).append(bool(est.interval.low[0] <= truth <= est.interval.high[0]))
            errors.setdefault(name, []).append((float(est.points[0] - truth), float(est.covariance.variances[0])))
    for name, hits in covered.items():
        off, variance = np.array(errors[name]).T
        low, high = BARS.get(name, (0.93, 0.97))
        assert low <= np.mean(hits) <= high, (name, np.mean(hits))
        # The estimated variance is on average that of the estimates, within what 2,000 of them can tell.
        assert 0.9 <= np.nanmean(variance) / off.var() <= 1.1, (name, np.nanmean(variance) / off.var())
        assert abs(off.mean()) < 4 * off.std() / np.sqrt(SAMPLES), name
