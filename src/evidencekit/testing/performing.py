"""How a method performs on its own simulator: whether it finds the truth, how often its intervals hold it, and what its plan promised."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from evidencekit.columns import Floats
from evidencekit.planning import Truth
from evidencekit.planning.stacking import SIMULATION, stacked
from evidencekit.testing.bench import Bench
from evidencekit.testing.conformance import Conformance

__all__ = ["measured", "of_bias", "of_coverage", "of_other_truths", "of_sizing"]

BIAS = 4.5  # Monte Carlo standard errors: by chance, seven in a million
ONE_SIDED = 2.326  # of a normal, 99 %
PROMISED = (0.8, 1.25)  # the planned standard error over the standard deviation of estimates
CHUNK = 100  # simulations analysed at a time, for the sake of memory


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Runs:
    """Estimates, limits and truths of many simulations."""

    points: Floats
    low: Floats
    high: Floats
    truths: Floats
    answers: Floats

    @property
    def off(self) -> Floats:
        """Estimates less truths."""
        return self.points - self.truths

    @property
    def bias(self) -> float:
        """Their mean."""
        return float(self.off.mean())

    @property
    def bias_se(self) -> float:
        """Its Monte Carlo standard error."""
        return float(self.off.std(ddof=1)) / math.sqrt(len(self.off))


def runs_of(bench: Bench, truth: Truth, *, sims: int, seed: int) -> Runs:
    """Simulate and analyse, simulation by simulation from seeds of their own."""
    method, measure = bench.method, bench.method.card.estimand.measure
    seeds = np.random.SeedSequence(seed).spawn(sims)
    parts: list[Floats] = []
    for start in range(0, sims, CHUNK):
        several = [method.simulate(bench.context, truth, seed=one) for one in seeds[start : start + CHUNK]]
        made = method.analyse(stacked(several), by=(SIMULATION,))
        if len(made) != len(several):
            raise ValueError(f"{len(several)} simulations gave {len(made)} numbers")
        cells = [made.cells.find({SIMULATION: place}) for place in range(len(several))]
        truths, counts = [one.truth[measure] for one in several], [len(np.asarray(one.data["y"])) for one in several]
        limits = (made.interval.low[cells], made.interval.high[cells])
        parts += [np.array([made.points[cells], *limits, truths, counts], dtype=np.float64)]
    return Runs(*np.concatenate(parts, axis=1))


def measured(bench: Bench, runs: Runs, *, seed: int) -> Conformance:
    """What the runs say."""
    card, sims = bench.method.card, len(runs.points)
    held = None if card.coverage is None else float(((runs.low <= runs.truths) & (runs.truths <= runs.high)).mean())
    return Conformance(
        method=card.name,
        version=card.version,
        inference=card.inference,
        measure=card.estimand.measure,
        sims=sims,
        seed=seed,
        interviews=float(runs.answers.mean()),
        truth=float(runs.truths.mean()),
        bias=runs.bias,
        bias_se=runs.bias_se,
        sd=float(runs.off.std(ddof=1)),
        planned_se=bench.plan.sizing.se,
        floor=card.coverage,
        coverage=held,
        coverage_se=None if held is None else math.sqrt(held * (1 - held) / sims),
    )


def of_bias(found: Conformance) -> list[str]:
    """The estimates are the truth, but for chance."""
    return _disagreement(found.bias, found.bias_se, found.sims, found.measure, "")


def of_other_truths(bench: Bench, *, sims: int, seed: int) -> list[str]:
    """They are so as well where it is half as frequent, and twice as frequent among girls as among boys."""
    other = replace(bench.truth, p=bench.truth.p / 2, girls_times=2.0)
    runs = runs_of(bench, other, sims=max(sims // 2, 20), seed=seed + 1)
    where = " where it is half as frequent, and twice as frequent among girls"
    return _disagreement(runs.bias, runs.bias_se, len(runs.points), bench.method.card.estimand.measure, where)


def _disagreement(bias: float, se: float, sims: int, measure: str, where: str) -> list[str]:
    if abs(bias) <= BIAS * se + 1e-12:
        return []
    times = f"{abs(bias) / se:.1f}" if se else "very many"
    return [
        f"bias: the mean of {sims} estimates is {100 * bias:+.2f} points off the simulator's truth{where} ({times} Monte Carlo standard "
        f"errors, at most {BIAS}); simulator and analysis disagree on the estimand {measure!r}, or the weights are not those of the draw"
    ]


def of_coverage(found: Conformance) -> list[str]:
    """Intervals hold the truth as often as the card declares, less what 99 % of Monte Carlo errors leave out."""
    if found.floor is None or found.coverage is None:
        return []
    allowance = ONE_SIDED * math.sqrt(found.floor * (1 - found.floor) / found.sims)
    if found.coverage >= found.floor - allowance:
        return []
    return [
        f"coverage: {100 * found.coverage:.1f}% of {found.sims} intervals hold the truth; the card declares at least "
        f"{100 * found.floor:.1f}%, and chance allows {100 * allowance:.1f} points below it"
    ]


def of_sizing(found: Conformance) -> list[str]:
    """The plan's standard error is near the one that the simulator shows."""
    chance = 1 + ONE_SIDED / math.sqrt(2 * (found.sims - 1))  # of a standard deviation of nearly normal estimates
    low, high = PROMISED[0] / chance, PROMISED[1] * chance
    if low <= found.ratio <= high:
        return []
    much = "promises too much" if found.ratio < 1 else "promises too little"
    return [
        f"sizing: the plan {much}: its standard error is {100 * found.planned_se:.2f} points, the standard deviation of {found.sims} "
        f"estimates {100 * found.sd:.2f}; their ratio, {found.ratio:.2f}, is not within {PROMISED[0]} to {PROMISED[1]}, nor within "
        f"{low:.2f} to {high:.2f}, which leaves room for chance"
    ]
