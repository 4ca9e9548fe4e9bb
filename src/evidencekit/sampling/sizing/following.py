"""Following up some of those who did not answer: how many to draw, and how many to go back to."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evidencekit.sampling.sizing.checks import one_target, population_size, positive, rate

__all__ = ["FollowUp", "follow_up"]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A sample in two phases, as `follow_up` gives it, not rounded.

    Parameters
    ----------
    drawn : float
        Units of the first phase.
    share : float
        Of those who did not answer, to go back to.
    followed : float
        How many that is to be expected.
    cost : float
        Of both phases.
    rse : float
        Relative standard error of a mean or total.
    one_phase : float
        Units to draw for the same error if those who do not answer are just left out, and were like the others.
    """

    drawn: float
    share: float
    followed: float
    cost: float
    rse: float
    one_phase: float


def follow_up(
    response: float,
    *,
    cost: float,
    cost_followed: float,
    cv: float,
    budget: float | None = None,
    rse: float | None = None,
    population: float | None = None,
) -> FollowUp:
    """How many to draw, and which share of those who do not answer to go back to until they do.

    Parameters
    ----------
    response : float
        Share that answers in the first phase, above 0 and at most 1.
    cost : float
        Of a unit of the first phase.
    cost_followed : float
        Of a unit that is gone back to.
    cv : float
        Standard deviation of the answer over its mean; for a proportion ``sqrt((1 - p) / p)``.
    budget : float, optional
        What there is to spend. This or `rse`.
    rse : float, optional
        Relative standard error wanted.
    population : float, optional
        Size of the population.

    Returns
    -------
    FollowUp
        With the cost and the relative standard error. Everyone who is gone back to is taken to answer.

    Raises
    ------
    InputError
        Neither or both of `budget` and `rse`, a rate outside 0 to 1.

    Notes
    -----
    ``share = sqrt(cost / (cost_followed response))``, at most 1; ``rse^2 = cv^2 (1/n - 1/N + (1 - response) (1 - share) / share / n)``.

    References
    ----------
    Hansen, M. H. and Hurwitz, W. N. (1946), JASA 41, 517-529. Valliant, Dever and Kreuter (2018; NRFUopt of PracTools).

    Examples
    --------
    >>> from evidencekit.sampling import follow_up
    >>> best = follow_up(0.5, cost=20, cost_followed=200, cv=1, budget=100_000)
    >>> round(best.drawn, 1), round(best.followed, 1), round(best.rse, 4)
    (1545.1, 345.5, 0.0324)
    """
    response, cv, size = rate("response", response), positive("cv", cv), population_size(population)
    cost, again = positive("cost", cost), positive("cost_followed", cost_followed)
    target, wanted = one_target({"budget": budget, "rse": rse})
    part = min(1.0, math.sqrt(cost / (again * response)))
    loss = 1 + (1 - response) * (1 - part) / part
    each = cost + again * part * (1 - response)
    drawn = wanted / each if target == "budget" else loss / ((wanted / cv) ** 2 + 1 / size)
    error = cv * math.sqrt(max(loss / drawn - 1 / size, 0.0))
    return FollowUp(drawn, part, drawn * part * (1 - response), drawn * each, error, drawn / loss / response)
