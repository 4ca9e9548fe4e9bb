"""Truth: what a simulation takes for true, so that one sees what a method makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from evidencekit.errors import InputError
from evidencekit.planning.context import Context
from evidencekit.planning.context.ranges import range_of

__all__ = ["Simulated", "Truth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """How things are, and how people answer.

    Parameters
    ----------
    p : float
        The share in the population.
    rho : float
        How alike two of one area are.
    girls_times : float
        How many times as frequent it is among girls as among boys.
    response_times : float
        How many times as likely those it happened to are to answer as others: 1 where that makes no difference.
    sensitivity, specificity : float
        The chance of a yes of those it happened to, and of a no of the others.
    reached_times : float
        How many times as likely those it happened to are to be come by as others, where nobody knows the chances: on a random walk. By
        default one in ten is missed, after a simulation of walks through a mapped city. Methods that draw from lists are not touched.

    References
    ----------
    Himelein, Eckman, Murray and Bauer (2017), Statistical Journal of the IAOS 33, 701-718 (abstract): a random walk found about a tenth too
    few poor households.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.planning.Truth(p=0.1, sensitivity=0.8).p
    0.1
    """

    p: float
    rho: float = 0.03
    girls_times: float = 1.0
    response_times: float = 1.0
    sensitivity: float = 1.0
    specificity: float = 1.0
    reached_times: float = 0.9

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for one in fields(self):
            given = getattr(self, one.name)
            value = range_of(given)
            if not value.known:
                raise InputError(f"{one.name} of a truth is one number.", "A grid of truths takes a list.")
            most = float("inf") if one.name.endswith("times") else 1.0
            if not 0 <= value.low <= most or (one.name in ("p", "rho") and value.low >= 1) or (one.name == "p" and value.low == 0):
                raise InputError(f"{one.name} of a truth is {'0 or more' if most > 1 else 'a share'}.")
            object.__setattr__(self, one.name, value.low)
        if max(self.by_sex()) > 1:
            raise InputError("girls_times of a truth makes a share above 1.", "Take a smaller p, or a girls_times nearer to 1.")

    @classmethod
    def of(cls, context: Context) -> Truth:
        """What a context expects; `dataclasses.replace` changes some of it."""
        return cls(p=context.middle("outcome.p"), rho=context.middle("outcome.rho"))

    def undisturbed(self) -> Truth:
        """The same with nothing but chance in error: all are reached and answer alike, and say what is so.

        Examples
        --------
        >>> import evidencekit as ek
        >>> ek.planning.Truth(p=0.1, sensitivity=0.8).undisturbed().sensitivity
        1.0
        """
        return replace(self, response_times=1.0, sensitivity=1.0, specificity=1.0, reached_times=1.0)

    def by_sex(self, girls: float = 0.5) -> tuple[float, float]:
        """The share among girls and among boys, where girls are so much of the population."""
        boys = self.p / (girls * self.girls_times + 1 - girls)
        return boys * self.girls_times, boys


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Simulated:
    """Answers as a method would bring them home, and what it should have found.

    Parameters
    ----------
    data : mapping
        Columns: ``y``, ``sex``, ``weight``, ``stratum`` and ``psu`` (whole numbers), and whatever else the method's analysis needs.
    truth : mapping
        The measure on the method's card: the value it has in the population.
    invited : int
        How many were to be asked.
    """

    data: Mapping[str, object]
    truth: Mapping[str, float]
    invited: int
