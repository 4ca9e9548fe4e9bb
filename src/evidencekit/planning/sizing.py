"""What a method takes in a context: interviews, areas, visits, days and money, and how far its number may be off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from evidencekit.errors import InputError
from evidencekit.planning.context import Context
from evidencekit.planning.effects import Effect
from evidencekit.sampling import CostedPlan, Costs, Fieldwork, costed_plan

__all__ = ["Bias", "Clusters", "Line", "Sizing", "clustered", "elements", "household_fieldwork", "with_least_psus"]

LEAST_PSUS = 30  # no plan has fewer clusters: intervals would rest on too few; rule R14 warns below 25 in each group
PER_DAY = 5.0  # interviews, and below visits of a quarter of an hour: what an interviewer does in a day, an assumption
VISITS_PER_DAY = 24.0
_SIZES = "See what the method makes of the numbers of this context: planning.Sizing."


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
    biases: Sequence[Bias] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        """Refuse numbers from which no plan can be made."""
        above = {"interviews": self.interviews, "take": self.take, "deff": self.deff, "psus": self.psus}
        rest = {"days": self.days, "visits": self.visits, "cost": self.cost}
        for name, value in {**above, **rest}.items():
            if not math.isfinite(value) or value < 0 or (name in above and value == 0):
                raise InputError(f"{name} of a sizing is not a finite number {'above 0' if name in above else 'of 0 or more'}.", _SIZES)
        if not 0 < self.p < 1:
            raise InputError("p of a sizing is not a share between 0 and 1.", "Look at outcome.p.")

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
    cv_totals: float | None = None,
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
    cv_totals : float, optional
        The same of what clusters stand for, the sums of weights expected in them. Both are before those who answer are weighted up for the
        others of their cluster: what that adds is worked out from the response. By default weights are taken to differ between clusters
        only, response included, which is too careful where they differ within them.
    clusters : Clusters
        What the clusters are.
    times : float
        What else multiplies the variance.
    biases : sequence of Bias
        Put into the Sizing.

    Returns
    -------
    Sizing
        At least as many clusters as there must be, with fewer interviews in each, and no more in all than the error needs.

    Notes
    -----
    The design effect is ``1 + cv_weights^2 + rho (take - 1) (1 + cv_totals^2)``, the variance of a weighted mean of answers that are alike
    in clusters; where both spreads are the same it is the product of `sampling.design_effect`.

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
    (469, 30.0)
    """
    p, rho = context.middle("outcome.p"), context.middle("outcome.rho")
    costs = Costs(
        psu=context.middle("resources.cost_psu"),
        interview=context.middle(f"resources.{clusters.price}"),
        listing=context.middle("resources.cost_listing") if clusters.listed else 0.0,
        screen=context.middle("resources.cost_screen") if clusters.visited else 0.0,
    )
    effect = Effect(rho=rho, cv_weights=cv_weights, cv_totals=cv_weights)
    if cv_totals is not None:
        effect = Effect(rho=rho, cv_weights=cv_weights, cv_totals=cv_totals, lost=1 - fieldwork.response)
    plan = _costed(context, effect, costs, fieldwork, times=times)
    psus, take, interviews = plan.psus, plan.take, plan.interviews
    if psus < clusters.least:
        plain = (1 - p) / p / context.middle("outcome.rse") ** 2 * times
        needed = effect.interviews(clusters.least, plain=plain)
        psus, take, interviews = with_least_psus(needed, costs, fieldwork, context, least=clusters.least)
    visits = interviews / fieldwork.yielded
    lines = [Line(clusters.called, psus, costs.psu), Line("interviews", interviews, costs.interview)]
    lines += [Line(f"{clusters.called} listed", psus, costs.listing)] if clusters.listed else []
    lines += [Line("visits to households", visits, costs.screen)] if clusters.visited else []
    return Sizing(
        interviews=interviews,
        psus=psus,
        take=take,
        deff=effect.at(take) * times,
        p=p,
        lines=tuple(lines),
        days=interviews / PER_DAY + psus + (visits / VISITS_PER_DAY if clusters.visited else 0.0),
        visits=visits,
        biases=tuple(biases),
    )


def _costed(context: Context, effect: Effect, costs: Costs, fieldwork: Fieldwork, *, times: float) -> CostedPlan:
    """The plan for the error that is wanted, or for the budget where that is less."""
    p, rse = context.middle("outcome.p"), context.middle("outcome.rse")
    rho, cv = effect.as_product

    def wanted(times: float) -> CostedPlan:
        return costed_plan(p, costs=costs, rho=rho, rse=rse / math.sqrt(times), cv_weights=cv, fieldwork=fieldwork)

    plan = wanted(times)
    if effect.lost:
        plan = wanted(times * effect.unanswered(plan.take))  # the take does not hang on the error
    if context.has("resources.budget") and (budget := context.middle("resources.budget")) < plan.cost:
        return costed_plan(p, costs=costs, rho=rho, budget=budget, cv_weights=cv, fieldwork=fieldwork)
    return plan


def elements(context: Context, *, price: str, called: str, deff: float = 1.0, per_day: float = PER_DAY) -> Sizing:
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
    if not 0 < p < 1 or not rse > 0:
        raise InputError("A sample is planned for a share between 0 and 1, and an error above 0.", "Look at outcome.p and outcome.rse.")
    wanted = max((1 - p) / p / rse / rse * deff, LEAST_PSUS)
    n = min(wanted, context.middle("resources.budget") / each) if context.has("resources.budget") and each else wanted
    if n < LEAST_PSUS:
        raise InputError(f"The budget does not reach for {LEAST_PSUS} answers.", "Find more money.")
    lines = (Line(called, n, each),)
    return Sizing(interviews=n, psus=n, take=1.0, deff=deff, p=p, lines=lines, days=n / per_day)


def with_least_psus(
    needed: float, costs: Costs, fieldwork: Fieldwork, context: Context, *, least: int = LEAST_PSUS
) -> tuple[float, float, float]:
    """The least number of clusters, interviews in each, and interviews in all: those needed, or what the budget leaves for them."""
    each = costs.interview + costs.screen / fieldwork.yielded
    budget = context.middle("resources.budget") if context.has("resources.budget") else math.inf
    left = budget - least * (costs.psu + costs.listing)
    interviews = min(needed, left / each) if each else needed
    if interviews < least:
        raise InputError(
            f"The budget does not reach for {least} clusters with an interview in each.",
            "Find more money, or a method without clusters.",
        )
    return float(least), interviews / least, interviews
