"""Many simulations of a method, analysed in one go, and what they show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evidencekit.planning import Context, Method, Simulated, Truth, stacking


@dataclass(frozen=True)
class Many:
    """Estimates, their standard errors, what they should be, and the standard error that was planned."""

    points: np.ndarray
    se: np.ndarray
    truth: np.ndarray
    planned: float

    @property
    def mean(self) -> float:
        """Of the estimates."""
        return float(self.points.mean())

    @property
    def sd(self) -> float:
        """Of the estimates."""
        return float(self.points.std(ddof=1))

    @property
    def z(self) -> float:
        """The mean of estimates less truths, over its Monte Carlo standard error."""
        off = self.points - self.truth
        return float(off.mean() / (off.std(ddof=1) / math.sqrt(len(off))))

    @property
    def ratio(self) -> float:
        """The planned standard error over the standard deviation of estimates less truths."""
        return self.planned / float((self.points - self.truth).std(ddof=1))


def simulations(
    method: Method, sims: int, *, truth: Truth | None = None, context: Context | None = None, seed: int = 20
) -> list[Simulated]:
    """Simulate the example of a method, or another context; nothing but chance errs, unless a truth says so."""
    where = context or method.example()
    truth = truth or Truth.of(where).undisturbed()
    return [method.simulate(where, truth, seed=one) for one in np.random.SeedSequence(seed).spawn(sims)]


def stacked(several: Sequence[Simulated]) -> pd.DataFrame:
    """All of them in one frame, with the number of the simulation in a column."""
    return pd.DataFrame(stacking.stacked(several))


def many(method: Method, sims: int, *, truth: Truth | None = None, context: Context | None = None, seed: int = 20) -> Many:
    """Simulate and analyse."""
    several = simulations(method, sims, truth=truth, context=context, seed=seed)
    found = method.analyse(stacked(several), by=("simulation",))
    at = [found.cells.find({"simulation": place}) for place in range(sims)]
    truths = np.array([one.truth[method.card.estimand.measure] for one in several])
    return Many(found.points[at], found.se[at], truths, method.plan(context or method.example()).sizing.se)
