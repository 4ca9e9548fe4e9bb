"""Many simulations of a method, analysed in one go, and what they show."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evidencekit.planning import Context, Method, Simulated, Truth, stacking


@dataclass(frozen=True)
class Many:
    """Estimates, their standard errors and ends, and what they should be."""

    points: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray
    truth: np.ndarray
    planned: float

    @property
    def off(self) -> np.ndarray:
        """Estimates less truths."""
        return self.points - self.truth

    @property
    def z(self) -> float:
        """Their mean over its Monte Carlo standard error."""
        return float(self.off.mean() / (self.off.std(ddof=1) / math.sqrt(len(self.off))))

    @property
    def ratio(self) -> float:
        """The planned standard error over the standard deviation of estimates."""
        return self.planned / float(self.off.std(ddof=1))

    @property
    def coverage(self) -> float:
        """The share of intervals that hold the truth."""
        return float(((self.low <= self.truth) & (self.truth <= self.high)).mean())


def simulations(
    method: Method, sims: int, *, truth: Truth | None = None, context: Context | None = None, seed: int = 20
) -> list[Simulated]:
    """Simulate the example of a method, or another context."""
    where = context or method.example()
    truth = truth or Truth.of(where).undisturbed()
    return [method.simulate(where, truth, seed=one) for one in np.random.SeedSequence(seed).spawn(sims)]


def stacked(several: list[Simulated]) -> pd.DataFrame:
    """All of them in one frame, with the number of the simulation in a column."""
    return pd.DataFrame(stacking.stacked(several))


def many(method: Method, sims: int, *, truth: Truth | None = None, context: Context | None = None, seed: int = 20) -> Many:
    """Simulate and analyse."""
    several = simulations(method, sims, truth=truth, context=context, seed=seed)
    found = method.analyse(stacked(several), by=("simulation",))
    at = [found.cells.find({"simulation": place}) for place in range(sims)]
    truths = np.array([one.truth[method.card.estimand.measure] for one in several])
    planned = method.plan(context or method.example()).sizing.se
    return Many(found.points[at], found.se[at], found.interval.low[at], found.interval.high[at], truths, planned)


def one_by_one(method: Method, several: list[Simulated]) -> tuple[np.ndarray, np.ndarray]:
    """Points and standard errors of each simulation analysed alone, below those of the stack."""
    alone = [method.analyse(dict(one.data)) for one in several]
    found = method.analyse(stacked(several), by=("simulation",))
    at = [found.cells.find({"simulation": place}) for place in range(len(several))]
    return np.array([[one.points[0], one.se[0]] for one in alone]), np.column_stack([found.points[at], found.se[at]])


def least_coverage(floor: float, sims: int) -> float:
    """The floor less what chance leaves out, once in a hundred times, of so many simulations."""
    return floor - 2.326 * math.sqrt(floor * (1 - floor) / sims)
