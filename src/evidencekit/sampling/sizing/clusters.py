"""What clusters and unequal weights do to a sample, and how many to interview in each."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evidencekit.errors import InputError
from evidencekit.sampling.sizing.checks import at_least, number, positive
from evidencekit.sampling.sizing.fielding import Fieldwork

__all__ = ["Costs", "StageTakes", "design_effect", "optimal_take", "optimal_takes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What fieldwork costs, in any one currency.

    Parameters
    ----------
    psu : float
        Of reaching a primary sampling unit (area, school) and staying there.
    interview : float
        Of a completed interview.
    listing : float
        Of listing a primary sampling unit's households or pupils.
    screen : float
        Of a household visited to see who lives there.

    Examples
    --------
    >>> from evidencekit.sampling import Costs
    >>> Costs(psu=300, listing=150, screen=4, interview=35).interview
    35
    """

    psu: float
    interview: float
    listing: float = 0.0
    screen: float = 0.0

    def __post_init__(self) -> None:
        positive("psu", self.psu)
        positive("interview", self.interview)
        at_least("listing", self.listing, 0)
        at_least("screen", self.screen, 0)


@dataclass(frozen=True, slots=True)
class StageTakes:
    """How many at each stage, as `optimal_takes` gives them, not rounded.

    Parameters
    ----------
    psus : float
        Primary sampling units.
    segments : float
        Segments (classes, households) in each.
    interviews : float
        Interviews in each segment.
    """

    psus: float
    segments: float
    interviews: float


def design_effect(take: float, *, rho: float, cv_weights: float = 0.0) -> float:
    """The design effect of interviewing several in a cluster, and of unequal weights.

    Parameters
    ----------
    take : float
        Completed interviews in each primary sampling unit, 1 or more.
    rho : float
        Intraclass correlation of the answer within primary sampling units.
    cv_weights : float
        Standard deviation of the weights over their mean.

    Returns
    -------
    float
        ``(1 + cv^2) (1 + (take - 1) rho)``.

    Raises
    ------
    InputError
        Fewer than 1 in a cluster, or a rho that clusters of that size cannot have.

    Notes
    -----
    The product takes the weights to have nothing to do with the answer. A rho below ``-1 / (take - 1)`` would make a variance negative.

    References
    ----------
    Kish, L. (1965), Survey Sampling.

    Examples
    --------
    >>> from evidencekit.sampling import design_effect
    >>> round(design_effect(12, rho=0.04), 4), round(design_effect(12, rho=0.04, cv_weights=0.5), 4)
    (1.44, 1.8)
    """
    take, rho, spread = at_least("take", take, 1), number("rho", rho), at_least("cv_weights", cv_weights, 0)
    if rho > 1 or 1 + (take - 1) * rho <= 0:
        raise InputError(
            "rho= is an intraclass correlation: at most 1, above -1 / (take - 1).",
            "It says how alike two of a cluster are, 0.05 for example.",
        )
    return (1 + spread**2) * (1 + (take - 1) * rho)


def optimal_take(costs: Costs, *, rho: float, fieldwork: Fieldwork | None = None) -> float:
    """How many interviews in a primary sampling unit give the most precision for the money.

    Parameters
    ----------
    costs : Costs
        What things cost.
    rho : float
        Intraclass correlation, above 0 and below 1.
    fieldwork : Fieldwork, optional
        How many households are screened for an interview; needed for `Costs.screen` to count in full.

    Returns
    -------
    float
        Not rounded. The optimum is flat: a take 30 or 40 per cent off costs some 3 per cent more, half or twice the take about a tenth.

    Raises
    ------
    InputError
        A rho of 0 or less (there is no optimum: the larger the better) or 1 (one in each).

    Notes
    -----
    ``sqrt(C1 / C2 (1 - rho) / rho)``, C1 the cost of a primary sampling unit (with its listing), C2 that of an interview with the
    households that are screened for it.

    References
    ----------
    Cochran, W. G. (1977), Sampling Techniques, 3rd edition. Valliant, Dever and Kreuter (2018); clusOpt2 of
    their R package PracTools.

    Examples
    --------
    >>> from evidencekit.sampling import Costs, Fieldwork, optimal_take
    >>> costs = Costs(psu=300, listing=150, screen=4, interview=35)
    >>> round(optimal_take(costs, rho=0.03, fieldwork=Fieldwork(eligible=0.28, household_response=0.95, response=0.85)), 1)
    16.6
    """
    if not isinstance(costs, Costs):
        raise InputError(f"costs is a Costs(...), not a {type(costs).__name__}.")
    rho = inner(rho, "rho")
    return math.sqrt((costs.psu + costs.listing) / cost_of_interview(costs, fieldwork) * (1 - rho) / rho)


def optimal_takes(costs: tuple[float, float, float], *, rho_psu: float, rho_segment: float, budget: float) -> StageTakes:
    """How many primary sampling units, segments in each and interviews in each segment a budget buys at its best.

    Parameters
    ----------
    costs : tuple of float
        Of a primary sampling unit, of a segment, and of an interview.
    rho_psu : float
        Correlation between two in the same primary sampling unit and different segments, above 0 and below 1.
    rho_segment : float
        Correlation between two in the same segment, given the primary sampling unit.
    budget : float
        What there is to spend.

    Returns
    -------
    StageTakes
        Not rounded.

    Raises
    ------
    InputError
        A cost or budget that is not above 0, a correlation outside 0 to 1.

    Notes
    -----
    Least ``(rho_psu nq + 1 + (q - 1) rho_segment) / (mnq)`` for ``C1 m + C2 mn + C3 mnq``, the variance components of the reference with
    k1 = k2 = 1.

    References
    ----------
    Valliant, Dever and Kreuter (2018); clusOpt3 of their R package PracTools.

    Examples
    --------
    >>> from evidencekit.sampling import optimal_takes
    >>> best = optimal_takes((500, 100, 120), rho_psu=0.01, rho_segment=0.1, budget=100_000)
    >>> round(best.psus, 1), round(best.segments, 1), round(best.interviews, 1)
    (28.3, 7.1, 2.7)
    """
    if not isinstance(costs, (tuple, list)) or len(costs) != 3:
        raise InputError("costs is three numbers: of a primary sampling unit, a segment and an interview.")
    c1, c2, c3 = (positive("costs", c) for c in costs)
    first, second, budget = inner(rho_psu, "rho_psu"), inner(rho_segment, "rho_segment"), positive("budget", budget)
    q = math.sqrt((1 - second) / second * c2 / c3)
    n = math.sqrt((1 - second) / first * c1 / c3) / q
    return StageTakes(budget / (c1 + n * (c2 + q * c3)), n, q)


def inner(value: float, name: str) -> float:
    """A correlation that has an optimum: above 0 and below 1."""
    found = number(name, value)
    if not 0 < found < 1:
        raise InputError(f"{name}= is above 0 and below 1 here: without it there is no best size of a cluster.", "Give take= yourself.")
    return found


def cost_of_interview(costs: Costs, fieldwork: Fieldwork | None) -> float:
    """An interview with the households that are screened for it."""
    if fieldwork is not None and not isinstance(fieldwork, Fieldwork):
        raise InputError(f"fieldwork= takes a Fieldwork(...), not a {type(fieldwork).__name__}.")
    return costs.interview + costs.screen / (fieldwork or Fieldwork()).yielded
