"""Allocate a sample to strata for several variables and domains at once, at the lowest cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import DesignError, InputError, in_our_words
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.sampling.allocating.allocation import Allocation
from evidencekit.sampling.allocating.asking import Strata, strata_of
from evidencekit.sampling.allocating.dual import cheapest
from evidencekit.sampling.allocating.rounding import Whole, up
from evidencekit.sampling.allocating.sharing import least_of
from evidencekit.sampling.allocating.targets import CVTarget

__all__ = ["MultivariateAllocation", "allocate_multivariate"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Limit:
    """One variable in one domain: the spreads ``N_h S_h`` (H,) of the domain's strata, its total, and the target."""

    variable: str
    domain: Any
    spread: Floats
    total: float
    cv: float

    def reached(self, n: Floats, sizes: Floats) -> float:
        """The coefficient of variation that numbers of units give."""
        used = self.spread > 0
        return float(np.sqrt((self.spread[used] ** 2 * (1 / n[used] - 1 / sizes[used])).sum())) / self.total


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MultivariateAllocation:
    """The cheapest allocation that reaches every target.

    ``allocation`` has the numbers; ``precision()`` what they reach, a row per variable and domain.

    Parameters
    ----------
    allocation : Allocation
        The numbers.
    limits : tuple of Limit
        The targets.
    multipliers : array
        The Lagrange multiplier of each target: above 0 where it binds.
    """

    allocation: Allocation
    limits: tuple[Limit, ...]
    multipliers: Floats

    @property
    def total(self) -> int:
        """The number of units in all."""
        return self.allocation.total

    def as_mapping(self) -> dict[Any, int]:
        """Strata to whole numbers of units, as the verbs that draw take them."""
        return self.allocation.as_mapping()

    def to_frame(self) -> Any:
        """A row a stratum: ``stratum, size, n, n_exact, fraction, cost``."""
        return self.allocation.to_frame()

    def precision(self) -> Any:
        """A row per variable and domain: ``variable, domain, target`` and ``cv``, and whether the target ``binds``."""
        return frame_of(self._columns(), self.allocation.strata.backend)

    def _columns(self) -> dict[str, Any]:
        n = self.allocation.n.astype(np.float64)
        return {
            "variable": [limit.variable for limit in self.limits],
            "domain": [limit.domain for limit in self.limits],
            "target": np.array([limit.cv for limit in self.limits]),
            "cv": np.array([limit.reached(n, self.allocation.sizes) for limit in self.limits]),
            "binds": [bool(m > 0) for m in self.multipliers],
        }

    def __repr__(self) -> str:
        return f"{self.allocation!r}\n\n{text_table(*table_of(self._columns()), limit=40)}"

    def _repr_html_(self) -> str:
        return self.allocation._repr_html_() + html_table(*table_of(self._columns()), caption="Precision", limit=40)


def allocate_multivariate(
    sizes: Any, targets: Mapping[str, CVTarget], *, costs: Any = 1, minimum: Any = 2, maximum: Any = None
) -> MultivariateAllocation:
    """The cheapest numbers of units with which several variables, in several domains, reach their precision.

    Parameters
    ----------
    sizes : mapping, pandas Series or data frame
        Strata to numbers of units in the population, as for `allocate`.
    targets : mapping of str to CVTarget
        Variables to what their estimates must reach.
    costs : mapping, Series, str or float
        What a unit costs in each stratum. Default 1: the fewest units.
    minimum : mapping, Series, str or int
        The least number in each stratum, default 2. A stratum with fewer units is taken whole.
    maximum : mapping, Series or str, optional
        The most that can be had from each stratum. Default: all its units.

    Returns
    -------
    MultivariateAllocation
        ``.as_mapping()`` is what the verbs that draw take, ``.precision()`` what is reached.

    Raises
    ------
    InputError
        A stratum missing from a mapping, text, missing or negative numbers, a variable whose mean is 0.
    DesignError
        A target that even the most units from every stratum do not reach; it is named. A variable that does not vary.
    EstimationError
        The cheapest numbers were not found.

    Notes
    -----
    Minimises ``sum_h c_h n_h`` where, for every variable and domain, ``sum_h N_h**2 S_h**2 (1 / n_h - 1 / N_h)`` is at most
    ``(cv Y)**2``. The exact numbers meet the targets that bind to 1e-9. They are rounded up; then units are taken off again one by one, the
    dearest first, as long as every target is kept, so that no stratum could do with one less.

    References
    ----------
    Bethel (1989), Sample allocation in multivariate surveys, Survey Methodology 15, 47-57. Chromy (1987), Design optimization with multiple
    objectives, Proceedings of the Section on Survey Research Methods, American Statistical Association, 194-199.

    Examples
    --------
    >>> from evidencekit.sampling import CVTarget, allocate_multivariate
    >>> sizes = {"north": 12000, "centre": 30500, "south": 4100}
    >>> share = {"north": 0.05, "centre": 0.10, "south": 0.40}
    >>> spread = {name: (p * (1 - p)) ** 0.5 for name, p in share.items()}
    >>> region = {name: name for name in sizes}
    >>> made = allocate_multivariate(
    ...     sizes,
    ...     {"country": CVTarget(0.05, spread, share), "region": CVTarget(0.15, spread, share, domains=region)},
    ... )
    >>> made.as_mapping()
    {'north': 789, 'centre': 1557, 'south': 342}
    """
    strata = strata_of(sizes)
    if not isinstance(targets, Mapping) or not targets or not all(isinstance(t, CVTarget) for t in targets.values()):
        raise InputError("targets= is a mapping of variables to CVTarget.", 'Such as {"contacted": CVTarget(0.05, deviations, means)}.')
    limits = [limit for name, target in targets.items() for limit in _limits(strata, str(name), target)]
    prices = strata.numbers(costs, "costs=", above=0.0)
    most = strata.sizes if maximum is None else np.minimum(strata.numbers(maximum, "maximum=", least=1.0), strata.sizes)
    least = np.minimum(np.maximum(least_of(strata, minimum), 1.0), most)
    for limit in limits:
        if limit.reached(most, strata.sizes) > limit.cv:
            raise DesignError(
                f"The target of {limit.variable!r} is not reached with the most units from every stratum: the cv is then "
                f"{limit.reached(most, strata.sizes):.4g}, not {limit.cv:.4g}.",
                "Raise the target, or maximum=.",
            )
    ways = np.column_stack([_way(limit, strata.sizes) for limit in limits])
    exact, multipliers = cheapest(ways, prices, least, most)
    whole = _lowered(up(exact, np.floor(most)), limits, strata, prices, least)
    rounding = "rounded up, then lowered where every target is kept"
    return MultivariateAllocation(Allocation(strata, whole, exact, "multivariate", rounding, None, prices), tuple(limits), multipliers)


def _limits(strata: Strata, name: str, target: CVTarget) -> list[Limit]:
    spread = strata.sizes * strata.numbers(target.deviations, f"deviations= of {name!r}", least=0.0)
    sums = strata.sizes * strata.numbers(target.means, f"means= of {name!r}")
    belongs = [None] * len(strata) if target.domains is None else strata.words(target.domains, f"domains= of {name!r}")
    if target.domains is not None and any(domain is None or domain != domain for domain in belongs):
        raise InputError(f"domains= of {name!r} has strata without a domain.", "Give every stratum one.")
    made: list[Limit] = []
    for domain in in_our_words(
        lambda: dict.fromkeys(belongs), lambda _: InputError(f"domains= of {name!r} calls domains by lists.", "Give every domain a name.")
    ):
        if isinstance(target.cv, Mapping) and domain not in target.cv:
            raise InputError(f"cv= of {name!r} has no number for one of the domains.", "Give every domain of domains= one.")
        cv = target.cv[domain] if isinstance(target.cv, Mapping) else target.cv
        here = np.array([other == domain for other in belongs])
        total = abs(float(sums[here].sum()))
        if total == 0:
            raise InputError(f"The mean of {name!r} is 0 in a domain: no cv can be had.", "Give the means of a variable above 0.")
        made.append(Limit(name, domain, np.where(here, spread, 0.0), total, float(cv)))
    if not any((limit.spread > 0).any() for limit in made):
        raise DesignError(f"deviations= of {name!r} are 0 in every stratum: nothing varies.", "Leave it out, or give other deviations.")
    return [limit for limit in made if (limit.spread > 0).any()]


def _way(limit: Limit, sizes: Floats) -> Floats:
    """The limit as ``sum(way / n) <= 1``."""
    squares = limit.spread**2
    return squares / ((limit.cv * limit.total) ** 2 + (squares / sizes).sum())


def _lowered(whole: Whole, limits: list[Limit], strata: Strata, prices: Floats, least: Floats) -> Whole:
    """Take units off one by one where every limit is kept: the dearest first, and of these what the limits feel least."""
    made = whole.astype(np.float64)
    ways = np.column_stack([_way(limit, strata.sizes) for limit in limits])
    while True:
        fewer = np.maximum(made - 1, 1.0)
        felt = ((ways / made[:, None]).sum(axis=0) + ways / fewer[:, None] - ways / made[:, None]).max(axis=1)
        able = (made - 1 >= least) & (felt <= 1 + 1e-12)
        if not able.any():
            return made.astype(np.int64)
        made[np.lexsort((strata.rank, felt, -prices, ~able))[0]] -= 1
