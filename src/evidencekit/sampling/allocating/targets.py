"""What an allocation is for, beside a number of units: a budget, or how precise an estimate must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evidencekit.errors import InputError
from evidencekit.sampling.allocating.asking import in_range

__all__ = ["Budget", "CVTarget", "Precision"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Money for the units of a sample.

    Parameters
    ----------
    amount : float
        What may be spent on units, fixed costs taken off, in the unit of ``costs=``.

    Raises
    ------
    InputError
        Not a number above 0.

    Examples
    --------
    >>> from evidencekit.sampling import Budget, allocate
    >>> costs = {"north": 25, "south": 40}
    >>> allocate({"north": 3000, "south": 1000}, Budget(4000), costs=costs).as_mapping()
    {'north': 104, 'south': 35}
    """

    amount: float

    def __post_init__(self) -> None:
        if not in_range(self.amount):
            raise InputError("Budget() takes an amount above 0.", "Take fixed costs off first: it pays for units alone.")


@dataclass(frozen=True, slots=True)
class Precision:
    """How precise the estimate of the population's mean must be: one of the two.

    Parameters
    ----------
    cv : float, optional
        Standard error over the mean, such as 0.05; `allocate` then needs ``totals=``.
    standard_error : float, optional
        Of the mean, or of the share where the variable is 0 or 1.

    Raises
    ------
    InputError
        Both, none, or not a number above 0.

    Examples
    --------
    >>> from evidencekit.sampling import Precision, allocate
    >>> sizes, deviations = {"north": 3000, "south": 1000}, {"north": 0.3, "south": 0.5}
    >>> allocate(sizes, Precision(standard_error=0.02), method="neyman", deviations=deviations).total
    285
    """

    cv: float | None = None
    standard_error: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.cv, self.standard_error) if value is not None]
        if len(given) != 1 or not in_range(given[0]):
            raise InputError("Precision() takes one of cv= and standard_error=, a number above 0.", "Such as Precision(cv=0.05).")


@dataclass(frozen=True, slots=True)
class CVTarget:
    """What one variable's estimates must reach, for `allocate_multivariate`.

    Parameters
    ----------
    cv : float or mapping
        The largest coefficient of variation of its estimated mean; one for all domains, or domains to numbers.
    deviations : mapping, pandas Series or str
        Strata to the standard deviation of the variable among the stratum's units.
    means : mapping, pandas Series or str
        Strata to its mean.
    domains : mapping, optional
        Strata to the domain each belongs to; the target then holds in every domain. Default: the whole population.

    Raises
    ------
    InputError
        A cv that is not a number above 0, or cvs by domain without domains.

    Examples
    --------
    >>> from evidencekit.sampling import CVTarget
    >>> CVTarget(0.1, deviations={"north": 0.3, "south": 0.4}, means={"north": 0.1, "south": 0.2}).cv
    0.1
    """

    cv: float | Mapping[Any, float]
    deviations: Any
    means: Any
    domains: Mapping[Any, Any] | None = None

    def __post_init__(self) -> None:
        every = list(self.cv.values()) if isinstance(self.cv, Mapping) else [self.cv]
        if not every or not all(map(in_range, every)):
            raise InputError("cv= is a number above 0, such as 0.05, or a mapping of domains to such numbers.", "No sample reaches 0.")
        if isinstance(self.cv, Mapping) and self.domains is None:
            raise InputError("cv= by domain needs domains=, a mapping of strata to domains.")
        if self.domains is not None and not isinstance(self.domains, Mapping):
            raise InputError(f"domains= is a mapping of strata to domains, not a {type(self.domains).__name__}.")
