"""Measures: from the numbers of many simulations to how a plan performs, each with its Monte Carlo standard error."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evidencekit.columns import Floats
from evidencekit.planning.context import Range
from evidencekit.planning.diagnosing.batches import Numbers
from evidencekit.planning.plan import Plan
from evidencekit.planning.truth import Truth

__all__ = ["Figure", "Performance", "performance"]

MIDDLE = (0.025, 0.975)
SURE = 0.01  # the chance of calling coverage too low where it is not, over the whole grid


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that simulations gave, and its Monte Carlo standard error.

    Parameters
    ----------
    value : float
        The number.
    error : float or None
        Its standard error; None where there are too few simulations for one.
    """

    value: float
    error: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """How a plan performs under one truth. Shares are from 0 to 1, and errors are in shares of the population.

    Parameters
    ----------
    truth : Truth
        What was taken for true.
    target : float
        The value of what the method estimates, the mean of all simulations.
    sims, failed : int
        Simulations that gave a number, and that gave none.
    why : str
        Why the first of those gave none.
    bias, sd, se, rmse : Figure
        The mean error, the standard deviation of the estimates, the mean of their estimated standard errors, and the root mean square
        error. `se` is None for a class without a design, `sd` for one simulation.
    middle : tuple of float
        The middle 95% of the errors.
    level : float or None
        What the intervals promise.
    coverage : Figure or None
        The share of intervals that hold the truth; None for a class without intervals.
    covered, intervals : int
        How many intervals hold the truth, and how many there are.
    low_by : float or None
        The chance of so few or fewer, were coverage what the intervals promise.
    power : Figure or None
        The share of simulations in which a difference between girls and boys is found at 0.05.
    kept, kept_by_sex : Figure
        The share of cells that the primary rules of the profile let out: of the number for all, and of those of girls and boys.
    shown, shown_by_sex : Figure or None
        The same after all of `release`, tables together, in the first `released` simulations.
    released : int
        In how many.
    interviews, cost : Figure
        What is achieved, and what it comes to in the currency of the context.
    spread : float
        Standard deviation of the interviews between simulations.
    referrals : Range or None
        Children referred; None where no children are asked.
    """

    truth: Truth
    target: float
    sims: int
    failed: int
    why: str
    bias: Figure
    sd: Figure | None
    se: Figure | None
    rmse: Figure
    middle: tuple[float, float]
    level: float | None
    coverage: Figure | None
    covered: int
    intervals: int
    low_by: float | None
    power: Figure | None
    kept: Figure
    kept_by_sex: Figure | None
    shown: Figure | None
    shown_by_sex: Figure | None
    released: int
    interviews: Figure
    spread: float
    cost: Figure
    referrals: Range | None


def performance(plan: Plan, truth: Truth, numbers: Numbers, level: float, why: str) -> Performance:
    """How a plan performs, from the numbers of its simulations; at least one has an estimate.

    References
    ----------
    Morris, White and Crowther (2019), Statistics in Medicine 38, for the measures; Monte Carlo standard errors of a standard
    deviation and of a root mean square error by the delta method from the fourth moment.
    """
    of = {name: np.array(values, dtype=np.float64) for name, values in numbers.items()}
    there = np.isfinite(of["estimate"])
    got = {name: values[there] for name, values in of.items()}
    error, se = got["estimate"] - got["target"], got["se"]
    ended = np.isfinite(got["low"])
    inside = (got["low"] <= got["target"]) & (got["target"] <= got["high"])
    covered, intervals = int(inside[ended].sum()), int(ended.sum())
    interviews = _mean(of["interviews"])
    price = _price(plan)
    return Performance(
        truth=truth,
        target=float(got["target"].mean()),
        sims=int(there.sum()),
        failed=int((~there).sum()),
        why=why,
        bias=_mean(error),
        sd=_deviation(got["estimate"]),
        se=_mean(se[np.isfinite(se)]) if np.isfinite(se).any() else None,
        rmse=_root(error),
        middle=(float(np.quantile(error, MIDDLE[0])), float(np.quantile(error, MIDDLE[1]))),
        level=level if intervals else None,
        coverage=_share(inside[ended].astype(np.float64)) if intervals else None,
        covered=covered,
        intervals=intervals,
        low_by=_chance(covered, intervals, level) if intervals else None,
        power=_some(got["found"], _share),
        kept=_share(got["kept"]),
        kept_by_sex=_some(got["kept_by_sex"], _mean),
        shown=_some(got["shown"], _share),
        shown_by_sex=_some(got["shown_by_sex"], _mean),
        released=int(np.isfinite(got["shown"]).sum()),
        interviews=interviews,
        spread=float(of["interviews"].std(ddof=1)) if len(there) > 1 else 0.0,
        cost=Figure(
            plan.sizing.cost + price * (interviews.value - plan.sizing.interviews),
            None if interviews.error is None else price * interviews.error,
        ),
        referrals=_referred(plan, interviews.value),
    )


def _price(plan: Plan) -> float:
    """What one more interview costs: the lines that are paid by the interview."""
    return sum(line.price for line in plan.sizing.lines if math.isclose(line.units, plan.sizing.interviews))


def _referred(plan: Plan, interviews: float) -> Range | None:
    if plan.card.respondents != "children":
        return None
    share = plan.context.range("protection.referral_share")
    return Range(share.low * interviews, share.high * interviews)


def _mean(values: Floats) -> Figure:
    error = float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else None
    return Figure(float(values.mean()), error)


def _share(values: Floats) -> Figure:
    share = float(values.mean())
    return Figure(share, math.sqrt(share * (1 - share) / len(values)))


def _some(values: Floats, how: Callable[[Floats], Figure]) -> Figure | None:
    """The same of those that are numbers; None where none is."""
    there = values[np.isfinite(values)]
    return how(there) if len(there) else None


def _deviation(values: Floats) -> Figure | None:
    """Standard deviation; its square has the standard error ``sd^2 sqrt((kurtosis - 1) / sims)``."""
    if len(values) < 2:
        return None
    sd = float(values.std(ddof=1))
    if sd == 0:
        return Figure(0.0, 0.0)
    kurtosis = float(((values - values.mean()) ** 4).mean()) / sd**4
    return Figure(sd, sd / 2 * math.sqrt(max(kurtosis - 1, 0.0) / len(values)))


def _root(error: Floats) -> Figure:
    square = _mean(error**2)
    root = math.sqrt(square.value)
    return Figure(root, None if square.error is None else square.error / (2 * root) if root else 0.0)


def _chance(covered: int, intervals: int, level: float) -> float:
    """The chance of so few or fewer, were every interval to hold the truth with the chance it promises."""
    from scipy.special import bdtr

    return float(bdtr(covered, intervals, level))
