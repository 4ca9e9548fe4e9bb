"""What a method takes in a context: interviews, areas, visits, days and money, and how far its number may be off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from evidencekit.errors import InputError
from evidencekit.planning.context import Context
from evidencekit.sampling import CostedPlan, Costs, Fieldwork, costed_plan

__all__ = ["Bias", "Clusters", "Line", "Sizing", "clustered", "elements", "household_fieldwork", "with_least_psus"]

LEAST_PSUS = 30  # below this intervals rest on too few areas: rule R14
PER_DAY = 5.0  # interviews, and a quarter of an hour a visit: what an interviewer does in a day
VISITS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the costs: so many units at so much.

    Parameters
    ----------
    what : str
        What is paid for.
    units : float
        How many.
    price : float
        Of one.

    Examples
    --------
    >>> from evidencekit.planning import Line
    >>> line = Line("interviews", 400, 20)
    >>> line.units * line.price
    8000
    """

    what: str
    units: float
    price: float

    @property
    def cost(self) -> float:
        """What it comes to."""
        return self.units * self.price


@dataclass(frozen=True, slots=True)
class Bias:
    """How far a number is off for one reason, in shares of the population: 0.01 is a percentage point too high.

    Parameters
    ----------
    name : str
        For what reason.
    low, high : float
        Between which shares it is.
    source : str
        Where that is from.

    Examples
    --------
    >>> from evidencekit.planning import Bias
    >>> Bias("those out of school", -0.02, 0.0, "a guess").low
    -0.02
    """

    name: str
    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """What a method takes, unrounded, in a context whose numbers are all known.

    Parameters
    ----------
    interviews, psus, take : float
        Completed interviews (or files read), areas or schools, and interviews in each.
    visits : float
        Households visited to find who is eligible.
    deff : float
        The design effect that the standard error has.
    p : float
        The share that is expected.
    lines : sequence of Line
        Costs.
    days : float
        Of one interviewer.
    people : bool
        Whether people are asked, so that some will be referred.
    biases : sequence of Bias
        How far the number is off, from what the context says.
    """

    interviews: float
    psus: float
    take: float
    deff: float
    p: float
    lines: Sequence[Line]
    days: float
    visits: float = 0.0
    people: bool = True
    biases: Sequence[Bias] = field(default_factory=tuple)

    @property
    def se(self) -> float:
        """The standard error: ``sqrt(p (1 - p) deff / n)``."""
        return math.sqrt(self.p * (1 - self.p) * self.deff / self.interviews)

    @property
    def cost(self) -> float:
        """What it comes to."""
        return sum(line.cost for line in self.lines)

    @property
    def cases(self) -> float:
        """How many are expected to say yes."""
        return self.interviews * self.p


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """What the clusters of a survey are.

    Parameters
    ----------
    called : str
        As a plural: ``"areas"``, ``"schools"``.
    listed : bool
        Whether the households or pupils of each are listed.
    visited : bool
        Whether households are visited to find who is eligible.
    least : int
        How many there are at least: 30, and as many for each group where groups are in clusters of their own.
    price : str
        The cost of one answer, a field of resources: ``"cost_interview"``, ``"cost_pupil"``.

    Examples
    --------
    >>> from evidencekit.planning import Clusters
    >>> Clusters(called="schools", visited=False, price="cost_pupil").listed
    True
    """

    called: str = "areas"
    listed: bool = True
    visited: bool = True
    least: int = LEAST_PSUS
    price: str = "cost_interview"


def household_fieldwork(context: Context) -> Fieldwork:
    """Who is eligible and takes part where households are visited: what `clustered` needs to know.

    Parameters
    ----------
    context : Context
        With every number known.

    Returns
    -------
    sampling.Fieldwork

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.planning import household_fieldwork
    >>> household_fieldwork(ek.method_named("household_one_child").example()).response
    0.85
    """
    return Fieldwork(
        eligible=context.middle("access.eligible"),
        household_response=context.middle("access.household_response"),
        response=context.middle("access.response"),
    )


def clustered(
    context: Context,
    *,
    fieldwork: Fieldwork,
    clusters: Clusters = Clusters(),  # frozen
    cv_weights: float = 0.0,
    times: float = 1.0,
    biases: Sequence[Bias] = (),
) -> Sizing:
    """The size of a survey in clusters: for the error that is wanted, or for what the budget buys where that is less.

    Parameters
    ----------
    context : Context
        With every number known (`Context.settled`).
    fieldwork : Fieldwork
        Response, and how many are eligible.
    cv_weights : float
        Standard deviation of the weights over their mean.
    clusters : Clusters
        What the clusters are.
    times : float
        What else multiplies the variance.
    biases : sequence of Bias
        Put into the Sizing.

    Returns
    -------
    Sizing
        At least as many clusters as there must be, with fewer interviews in each where that is needed.

    References
    ----------
    `sampling.costed_plan` has those of the formulas.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.planning.settling import settled
    >>> context = settled(ek.method_named("household_one_child").example())
    >>> made = clustered(context, fieldwork=ek.sampling.Fieldwork(eligible=0.3, household_response=0.9, response=0.85))
    >>> round(made.interviews), made.psus
    (479, 30.0)
    """
    p, rho, rse = (context.middle(f"outcome.{name}") for name in ("p", "rho", "rse"))
    costs = Costs(
        psu=context.middle("resources.cost_psu"),
        interview=context.middle(f"resources.{clusters.price}"),
        listing=context.middle("resources.cost_listing") if clusters.listed else 0.0,
        screen=context.middle("resources.cost_screen") if clusters.visited else 0.0,
    )
    plan = costed_plan(p, costs=costs, rho=rho, rse=rse / math.sqrt(times), cv_weights=cv_weights, fieldwork=fieldwork)
    if context.has("resources.budget") and (budget := context.middle("resources.budget")) < plan.cost:
        plan = costed_plan(p, costs=costs, rho=rho, budget=budget, cv_weights=cv_weights, fieldwork=fieldwork)
    psus, take, interviews = with_least_psus(plan, costs, fieldwork, context, least=clusters.least)
    visits = interviews / fieldwork.yielded
    lines = [Line(clusters.called, psus, costs.psu), Line("interviews", interviews, costs.interview)]
    lines += [Line(f"{clusters.called} listed", psus, costs.listing)] if clusters.listed else []
    lines += [Line("visits to households", visits, costs.screen)] if clusters.visited else []
    return Sizing(
        interviews=interviews,
        psus=psus,
        take=take,
        deff=(1 + cv_weights**2) * (1 + (max(take, 1.0) - 1) * rho) * times,
        p=p,
        lines=tuple(lines),
        days=interviews / PER_DAY + psus + (visits / VISITS_PER_DAY if clusters.visited else 0.0),
        visits=visits,
        biases=tuple(biases),
    )


def elements(context: Context, *, price: str, called: str, deff: float = 1.0, per_day: float = PER_DAY, people: bool = True) -> Sizing:
    """The size of a sample without clusters: for the error that is wanted, or for what the budget buys where that is less.

    Parameters
    ----------
    context : Context
        With every number known.
    price : str
        The cost of one answer, a field of resources.
    called : str
        What is paid for, as a plural.
    deff : float
        What unequal weights multiply the variance by.
    per_day : float
        Answers that somebody brings home in a day.
    people : bool
        Whether people are asked.

    Returns
    -------
    Sizing

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.planning.settling import settled
    >>> context = settled(ek.method_named("household_one_child").example())
    >>> round(elements(context, price="cost_online", called="answers").interviews)
    326
    """
    p, rse, each = context.middle("outcome.p"), context.middle("outcome.rse"), context.middle(f"resources.{price}")
    wanted = (1 - p) / p / rse**2 * deff
    n = min(wanted, context.middle("resources.budget") / each) if context.has("resources.budget") else wanted
    if n < LEAST_PSUS:
        raise InputError(f"The budget does not reach for {LEAST_PSUS} answers.", "Find more money.")
    lines = (Line(called, n, each),)
    return Sizing(interviews=n, psus=n, take=1.0, deff=deff, p=p, lines=lines, days=n / per_day, people=people)


def with_least_psus(
    plan: CostedPlan, costs: Costs, fieldwork: Fieldwork, context: Context, *, least: int = LEAST_PSUS
) -> tuple[float, float, float]:
    """Clusters, interviews in each, and interviews in all: 30 clusters or more, from the money of the plan."""
    if plan.psus >= least:
        return plan.psus, plan.take, plan.interviews
    each = costs.interview + costs.screen / fieldwork.yielded
    budget = context.middle("resources.budget") if context.has("resources.budget") else math.inf
    left = budget - least * (costs.psu + costs.listing)
    interviews = min(plan.interviews, left / each)
    if interviews < least:
        raise InputError(
            f"The budget does not reach for {least} clusters with an interview in each.",
            "Find more money, or a method without clusters.",
        )
    return float(least), interviews / least, interviews
