"""Quantity and Entry: a number as it is printed, and one claim with every wording that is allowed of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from evidencekit.errors import InputError, one_of
from evidencekit.findings.register.kinds import is_finite
from evidencekit.findings.register.mentions import mentions

__all__ = ["TOPICS", "UNITS", "Entry", "Quantity", "as_date"]

Unit = Literal["share", "points", "people", "times", "years", "rank"]
Topic = Literal["harm", "offending", "deterrence", "help-seeking", "solution", "other"]
UNITS: tuple[Unit, ...] = ("share", "points", "people", "times", "years", "rank")
TOPICS: tuple[Topic, ...] = ("harm", "offending", "deterrence", "help-seeking", "solution", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as it is printed, what it came from, and the bounds within which words about it are true.

    Parameters
    ----------
    text : str
        As it is printed: "about 1 in 8".
    value : float
        The number it came from, before rounding: shares and points as fractions of 1.
    low, high : float or None
        The interval. "More than x" is true when `low` is above x, "fewer than x" when `high` is below. None, both of them, where there is
        no interval: then only the registered words are right.
    role : str
        What it is in its claim: "estimate", "interval", "difference"; "adjusted" where a model holds other things equal, and "by age" of a
        share up to an age: a draft that says the one as counted, or the other of a recall period, is told.
    unit : {"share", "points", "people", "times", "years", "rank"}
        What it counts.
    whom : str
        Of whom it is, where its claim is of several: "girls aged 12-17".

    Raises
    ------
    InputError
        `text` holds no number, `value` or a bound is no finite number, the bounds are in the wrong order, or one of them is missing.

    Examples
    --------
    >>> from evidencekit.findings import Quantity
    >>> Quantity(text="about 1 in 8", value=0.119, low=0.099, high=0.141).unit
    'share'
    """

    text: str
    value: float
    low: float | None = None
    high: float | None = None
    role: str = "estimate"
    unit: Unit = "share"
    whom: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no number."""
        one_of("unit", self.unit, UNITS)
        _text("The text of a quantity", self.text)
        for name, text in (("role", self.role), ("whom", self.whom)):
            if not isinstance(text, str):
                raise InputError(f"{name}= takes a text, not a {type(text).__name__}.")
        if not any(one.kind != "word" for one in mentions(self.text)):
            raise InputError("The text of a quantity holds no number.", 'Write it as it is printed, such as "about 1 in 8".')
        given: dict[str, Any] = {"value": self.value, "low": self.low, "high": self.high}
        if (self.low is None) != (self.high is None):
            raise InputError("A quantity has one bound and not the other.", "Pass low= and high=, or neither.")
        for name, number in given.items():
            if number is None and name != "value":
                continue
            if not is_finite(number):
                raise InputError(f"{name}= of a quantity is a finite number.", "Leave low= and high= out where there is no interval.")
            if self.unit == "share" and not -1e-9 <= float(number) <= 1 + 1e-9:
                raise InputError(f"{name}= of a share is from 0 to 1.", "Divide a percentage by 100.")
            object.__setattr__(self, name, float(number))
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InputError("The lower bound of a quantity is above its upper one.", "Pass low before high.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the claim register.

    Parameters
    ----------
    id : str
        The claim's id: one word, such as "lumora-2026-01".
    headline : str
        The full sentence, which is an allowed wording itself.
    wordings : sequence of str
        Other sentences and short forms that are allowed: "about 1 in 8", "12%", "between 9 and 15 in 100".
    numbers : sequence of Quantity
        Its numbers with their bounds. Their texts are allowed wordings too.
    expires : date, ISO text or None
        The last day on which the claim may be used; None where it does not expire.
    topic : {"harm", "offending", "deterrence", "help-seeking", "solution", "other"}
        What it is about.
    place, time : str
        Where and when its numbers are of, as its Basis has them: a draft that says them of another place or year is told.

    Raises
    ------
    InputError
        A part has the wrong type, or a wording holds neither a number nor a comparison: there would be nothing to hold a draft to.

    Examples
    --------
    >>> from evidencekit.findings import Entry, Quantity
    >>> number = Quantity(text="about 1 in 8", value=0.119, low=0.099, high=0.141)
    >>> Entry(id="c1", headline="About 1 in 8 girls in Lumora were asked.", numbers=[number], expires="2027-06-30").expires
    datetime.date(2027, 6, 30)
    """

    id: str
    headline: str
    wordings: tuple[str, ...] = ()
    numbers: tuple[Quantity, ...] = ()
    expires: date | None = None
    topic: Topic = "harm"
    place: str = ""
    time: str = ""

    def __post_init__(self) -> None:
        """Refuse what a draft could not be held to."""
        _text("The id of an entry", self.id)
        if len(self.id.split()) != 1 or self.id != self.id.strip():
            raise InputError("The id of an entry is one word.", "Join its parts with hyphens.")
        one_of("topic", self.topic, TOPICS)
        for name, text in (("place", self.place), ("time", self.time)):
            if not isinstance(text, str):
                raise InputError(f"{name}= takes a text, not a {type(text).__name__}.", "Leave out what is not known.")
        object.__setattr__(self, "wordings", _listed("wordings", self.wordings, str))
        object.__setattr__(self, "numbers", _listed("numbers", self.numbers, Quantity))
        for place, wording in enumerate((self.headline, *self.wordings)):
            name = f"Wording {place} of the {len(self.wordings)}" if place else "The headline"
            _text(name, wording)
            if not mentions(wording):
                raise InputError(f"{name} holds no number and no comparison.", "Leave it out: a draft cannot be held to it.")
        object.__setattr__(self, "expires", None if self.expires is None else as_date("expires", self.expires))

    @property
    def allowed(self) -> tuple[str, ...]:
        """Every wording that is allowed, once: the headline, the wordings, the numbers as they are printed."""
        return tuple(dict.fromkeys((self.headline, *self.wordings, *(number.text for number in self.numbers))))


def as_date(name: str, given: object) -> date:
    """A date, from a date or from a text as ISO 8601 writes it.

    Raises
    ------
    InputError
        It is neither.
    """
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    if isinstance(given, str):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise InputError(f"{name}= is a date.", 'Pass a datetime.date, or a text such as "2027-06-30".')


def _text(name: str, given: object) -> None:
    if not isinstance(given, str):
        raise InputError(f"{name} is a text, not a {type(given).__name__}.")
    if not given.strip():
        raise InputError(f"{name} is empty.")


def _listed(name: str, given: Any, kind: type) -> tuple[Any, ...]:
    if isinstance(given, (str, bytes)) or not hasattr(given, "__iter__"):
        raise InputError(f"{name}= takes a list, not a {type(given).__name__}.")
    listed = tuple(given)
    wrong = next((type(one).__name__ for one in listed if not isinstance(one, kind)), None)
    if wrong is not None:
        raise InputError(f"{name}= takes a list of {'texts' if kind is str else 'Quantity'}, and a {wrong} is among them.")
    return listed
