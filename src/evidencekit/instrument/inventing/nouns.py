"""What an invention is told: areas, interviewers, missing answers, errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, get_args

from evidencekit.errors import InputError, one_of
from evidencekit.instrument.given import are_texts, in_order, instance, mapped, number, pickled
from evidencekit.instrument.inventing.kinds import ErrorKind
from evidencekit.missingness import Missing

__all__ = ["Clusters", "ErrorRate", "Interviewers", "MissingRates"]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Areas whose answers are alike.

    Parameters
    ----------
    number : int
        How many areas. Interviews are shared among them as evenly as can be. Default 30.
    spread : float
        Standard deviation of an area's effect on the logit of an answer, drawn afresh for each item; 0 for none. On that scale the
        intracluster correlation is ``spread**2 / (spread**2 + pi**2 / 3)``: 0.05 with the default of 0.4.
    column : str
        What the column is called. Where the form has an item of this name, that item holds the area.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.instrument.Clusters(number=12, spread=0)
    Clusters(number=12, spread=0, column='area')
    """

    number: int = 30
    spread: float = 0.4
    column: str = "area"

    def __post_init__(self) -> None:
        _whole(self.number, "The number of areas")
        _not_negative(self.spread, "The spread of areas")
        are_texts(self, ("column",), "Clusters")


@dataclass(frozen=True, slots=True)
class Interviewers:
    """Who asks, how fast, and how they differ.

    Parameters
    ----------
    number : int
        How many. Each works in areas of their own as far as there are enough. Default 6.
    spread : float
        Standard deviation, on the logit scale, of an interviewer's effect on how often an answer is missing. Default 0.5.
    speed : float
        Standard deviation, on the log scale, of an interviewer's effect on how long an interview takes. Default 0.15.
    first_day : date
        The day fieldwork starts; also what ``today()`` is in the form's constraints.
    per_day : int
        Interviews of one interviewer on a day. Default 5.
    column : str
        What the column is called. Where the form has an item of this name, that item holds the interviewer.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.instrument.Interviewers(number=4, speed=0).per_day
    5
    """

    number: int = 6
    spread: float = 0.5
    speed: float = 0.15
    first_day: date = date(2026, 1, 5)
    per_day: int = 5
    column: str = "interviewer"

    def __post_init__(self) -> None:
        _whole(self.number, "The number of interviewers")
        _whole(self.per_day, "per_day=")
        _not_negative(self.spread, "The spread of interviewers")
        _not_negative(self.speed, "speed=")
        are_texts(self, ("column",), "Interviewers")
        instance(self.first_day, date, "first_day= of Interviewers")


@dataclass(frozen=True, slots=True)
class MissingRates:
    """How often an item that was asked has a missing answer of a kind, where it has a code for it.

    Parameters
    ----------
    rates : mapping of Missing to float
        For every item. By default 2 % "don't know" and 2 % "prefer not to say".
    items : mapping of item to mapping
        For single items, in place of `rates`.

    Examples
    --------
    >>> import evidencekit as ek
    >>> rates = ek.instrument.MissingRates({ek.Missing.REFUSED: 0.05}, items={"age": {}})
    >>> rates.of("age"), len(rates.of("told"))
    ({}, 1)
    """

    rates: Mapping[Missing, float] = field(default_factory=lambda: {Missing.DONT_KNOW: 0.02, Missing.REFUSED: 0.02})
    items: Mapping[str, Mapping[Missing, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for given in (self.rates, *mapped(self.items, "items= of MissingRates").values()):
            if not isinstance(given, Mapping) or not all(isinstance(kind, Missing) for kind in given):
                raise InputError("Rates of missing answers are given by kind.", "For example: {ek.Missing.REFUSED: 0.05}.")
            for rate in given.values():
                number(rate, "A rate of missing answers", 0, 1)
            if any(rate < 0 for rate in given.values()) or sum(given.values()) >= 1:
                raise InputError("Rates of missing answers are 0 or more, and less than 1 together.")
        object.__setattr__(self, "rates", MappingProxyType(dict(self.rates)))
        object.__setattr__(self, "items", MappingProxyType({name: dict(given) for name, given in self.items.items()}))

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    def of(self, item: str) -> dict[Missing, float]:
        """The rates of one item."""
        return dict(self.items.get(item, self.rates))


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """How often errors are planted, and of which kinds, so that checks can be tried.

    Parameters
    ----------
    rate : float
        The share of rows that get one error.
    kinds : sequence of str
        Of which kinds; by default all. See `evidencekit.instrument.inventing.kinds.ErrorKind`. A kind that the form has no place for is
        left out.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.instrument.ErrorRate(0.1).rate
    0.1
    """

    rate: float = 0.02
    kinds: Sequence[ErrorKind] = get_args(ErrorKind)

    def __post_init__(self) -> None:
        number(self.rate, "The rate of errors, a share of the rows,", 0, 0.5)
        for kind in in_order(self.kinds, "kinds= of ErrorRate"):
            one_of("kind", kind, get_args(ErrorKind))


def _whole(value: object, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{what} is a whole number of 1 or more.")


def _not_negative(value: float, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 100:
        raise InputError(f"{what} is a number of 0 or more.")
