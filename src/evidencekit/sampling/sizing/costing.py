"""A survey in clusters, with what it takes and what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from evidencekit.errors import InputError
from evidencekit.sampling.sizing.checks import normal, number, one_target, positive, rate, share, whole
from evidencekit.sampling.sizing.clusters import Costs, cost_of_interview, design_effect, optimal_take
from evidencekit.sampling.sizing.fielding import Fieldwork

__all__ = ["CostedPlan", "costed_plan", "pupil_chance"]


@dataclass(frozen=True, slots=True, repr=False)
class CostedPlan:
    """What a survey in clusters takes, as `costed_plan` gives it, not rounded.

    Parameters
    ----------
    best_take, take : float
        Interviews in a primary sampling unit: at the lowest cost, and here. ``best_take`` is nan where there is none.
    deff_clusters, deff_weights, deff : float
        Design effects of clusters, of weights, and their product.
    n_srs, interviews : float
        Completed interviews of a simple random sample, and of this design.
    psus : float
        Primary sampling units.
    households, households_per_psu : float
        To be visited.
    cost, cost_per_interview : float
        In the currency of the costs.
    expected_cases : float
        Interviews with a case.
    rse, moe : float
        Relative standard error, and half the width of the normal interval.
    """

    best_take: float
    take: float
    deff_clusters: float
    deff_weights: float
    deff: float
    n_srs: float
    interviews: float
    psus: float
    households: float
    households_per_psu: float
    cost: float
    cost_per_interview: float
    expected_cases: float
    rse: float
    moe: float

    def __repr__(self) -> str:
        found = {f.name: float(getattr(self, f.name)) for f in fields(self)}
        lines = [f"  {k:<19} {v:>14,.4g}" if not abs(v) >= 10 else f"  {k:<19} {v:>14,.1f}" for k, v in found.items()]
        return "\n".join(["CostedPlan", *lines])


def costed_plan(
    p: float,
    *,
    costs: Costs,
    rho: float,
    rse: float | None = None,
    budget: float | None = None,
    cv_weights: float = 0.0,
    fieldwork: Fieldwork | None = None,
    take: float | None = None,
    level: float = 0.95,
) -> CostedPlan:
    """What a survey in clusters takes and costs: for a precision, or for a budget.

    Parameters
    ----------
    p : float
        The proportion expected.
    costs : Costs
        What things cost.
    rho : float
        Intraclass correlation within primary sampling units.
    rse : float, optional
        Relative standard error wanted. This or `budget`.
    budget : float, optional
        What there is to spend.
    cv_weights : float
        Standard deviation of the weights over their mean.
    fieldwork : Fieldwork, optional
        Response, and how many are eligible.
    take : float, optional
        Interviews in a primary sampling unit. Default: those at the lowest cost.
    level : float
        Confidence level of ``moe``.

    Returns
    -------
    CostedPlan
        Every number unrounded.

    Raises
    ------
    InputError
        Neither or both targets, or no `take` where the correlation gives no best one.

    Notes
    -----
    Cost ``psus (psu + listing) + households screen + interviews interview``; see `design_effect` and `optimal_take` for the rest.

    References
    ----------
    Kish (1965). Valliant, Dever and Kreuter (2018).

    Examples
    --------
    >>> from evidencekit.sampling import Costs, Fieldwork, costed_plan
    >>> plan = costed_plan(
    ...     0.05,
    ...     rse=0.15,
    ...     costs=Costs(psu=300, listing=150, screen=4, interview=35),
    ...     rho=0.03,
    ...     cv_weights=0.5,
    ...     fieldwork=Fieldwork(eligible=0.28, household_response=0.95, response=0.85),
    ... )
    >>> round(plan.psus, 1), round(plan.interviews), round(plan.households), round(plan.cost)
    (93.3, 1550, 6856, 123654)
    """
    p, z = share("p", p), normal(level)
    target, wanted = one_target({"rse": rse, "budget": budget})
    if not isinstance(costs, Costs):
        raise InputError(f"costs= takes a Costs(...), not a {type(costs).__name__}.")
    if fieldwork is not None and not isinstance(fieldwork, Fieldwork):
        raise InputError(f"fieldwork= takes a Fieldwork(...), not a {type(fieldwork).__name__}.")
    best = optimal_take(costs, rho=rho, fieldwork=fieldwork) if take is None or 0 < number("rho", rho) < 1 else math.nan
    used = max(1.0, best) if take is None else positive("take", take)
    weights, clusters = design_effect(1, rho=0, cv_weights=cv_weights), design_effect(used, rho=rho)
    deff, relative = weights * clusters, (1 - p) / p
    each = (costs.psu + costs.listing) / used + cost_of_interview(costs, fieldwork)
    n = relative / wanted**2 * deff if target == "rse" else wanted / each
    error = math.sqrt(relative * deff / n)
    homes, psus = n / (fieldwork or Fieldwork()).yielded, n / used
    return CostedPlan(
        best, used, clusters, weights, deff, n / deff, n, psus, homes, homes / psus, n * each, each, n * p, error, z * error * p
    )  # fmt: skip


def pupil_chance(enrolment: float, *, schools: int, enrolment_in_all: float, classes: int, classes_in_school: int) -> float:
    """The chance that a pupil is in a sample of schools by size and of whole classes in them.

    Parameters
    ----------
    enrolment : float
        Pupils of the school.
    schools : int
        Schools drawn with probability proportional to enrolment.
    enrolment_in_all : float
        Pupils of all schools of the stratum.
    classes, classes_in_school : int
        Classes drawn in the school, and those it has.

    Returns
    -------
    float
        ``schools enrolment / enrolment_in_all classes / classes_in_school``; its inverse is the weight before non-response.

    Raises
    ------
    InputError
        A school that is certain to be drawn (it needs a stratum of its own), or more classes than it has.

    Notes
    -----
    The design of the Global School-based Student Health Survey, in which every pupil of a class is asked.

    Examples
    --------
    >>> from evidencekit.sampling import pupil_chance
    >>> round(pupil_chance(480, schools=25, enrolment_in_all=98_000, classes=2, classes_in_school=14), 5)
    0.01749
    """
    pupils, all_pupils = positive("enrolment", enrolment), positive("enrolment_in_all", enrolment_in_all)
    school = whole("schools", schools) * pupils / all_pupils
    if school > 1:
        raise InputError("The school is so large that it is certain to be drawn.", "Put it in a stratum of its own and draw fewer others.")
    if whole("classes", classes) > whole("classes_in_school", classes_in_school):
        raise InputError("More classes are drawn than the school has.", "Draw at most classes_in_school=.")
    return rate("chance", school * classes / classes_in_school)
