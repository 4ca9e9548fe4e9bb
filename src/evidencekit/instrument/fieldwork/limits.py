"""What counts as out of the ordinary, and what the checks are told beside the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NoReturn

from evidencekit.errors import InputError
from evidencekit.instrument.given import are_texts, in_order, mapped, number

__all__ = ["Attempts", "BackChecks", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is flagged. The defaults are meant to raise few flags that mean nothing.

    Parameters
    ----------
    z : float
        An interviewer stands out whose total is this many standard errors from what interviews dealt out at random would give. With 3.3
        chance alone makes one flag in about a thousand comparisons. Flags go one way, that of what is looked for: faster interviews, more
        short gaps, refusals, straight-lining, round numbers, near-duplicates. The other way ``z`` is shown in the table and not flagged.
    fewest : int
        Interviews an interviewer needs before a rate is given; below it nothing is shown but the number of interviews.
    robust : float
        A duration is short or long when ``0.6745 |log(minutes) - median| / MAD`` is above this (Iglewicz and Hoaglin's 3.5).
    night : tuple of int
        The hours between which an interview starts at night, from the first to before the second.
    gap : float
        Minutes between two interviews of a day below which a gap is short.
    battery : int
        Answers in a battery, at least, before it can be called straight-lined.
    entropy : float
        Bits of entropy an item needs to be compared in the search for near-duplicates: one that nearly all answer alike tells nothing.
    compared : int
        Items that two interviews must both have answered to be compared.
    permutations : int
        How often the columns are shuffled for the reference, at most; large data are shuffled less often.
    whipple : float
        A Whipple index from which on an item is flagged, where chance does not explain it; 125 to 175 is "rough" on the United Nations'
        scale.
    seed : int
        For the shuffling.

    References
    ----------
    Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, ASQC.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.instrument.Limits(fewest=10).z
    3.3
    """

    z: float = 3.3
    fewest: int = 5
    robust: float = 3.5
    night: tuple[int, int] = (21, 6)
    gap: float = 5.0
    battery: int = 3
    entropy: float = 0.5
    compared: int = 8
    permutations: int = 20
    whipple: float = 125.0
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("z", "robust", "gap", "entropy", "whipple"):
            number(getattr(self, name), f"{name}= of Limits", 0, float("inf"))
        for name in ("fewest", "battery", "compared", "permutations", "seed"):
            if isinstance(value := getattr(self, name), bool) or not isinstance(value, int) or value < 0:
                raise InputError(f"{name}= of Limits is a whole number.")
        night = in_order(self.night, "night= of Limits", "Give two hours of the day, such as (21, 6).")
        for hour in night:
            number(hour, "An hour of night=", 0, 24)
        if min(self.z, self.robust, self.fewest, self.battery, self.compared, self.permutations) <= 0:
            raise InputError("Limits are numbers above 0.")
        if len(night) != 2:
            raise InputError("night= is two hours of the day, such as (21, 6).")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BackChecks:
    """A second interview of some respondents, by someone else.

    Parameters
    ----------
    data : Dataset or data frame
        The second answers, with the columns of the form that were asked again.
    key : str
        The column that tells respondents apart, in both data sets.
    kinds : mapping of str to sequence of str
        What the items are compared for, such as ``{"should not change": ["age"], "is hard to ask": ["hours"]}``. By default items are
        put together by their kind.
    tolerance : mapping of item to float
        How far two numbers may be apart and still be the same.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> again = pd.DataFrame({"id": [1, 2], "age": [14, 15]})
    >>> ek.instrument.BackChecks(again, key="id", kinds={"should not change": ["age"]}).key
    'id'
    """

    data: Any
    key: str
    kinds: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tolerance: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        are_texts(self, ("key",), "BackChecks")
        kinds = mapped(self.kinds, "kinds= of BackChecks").items()
        object.__setattr__(self, "kinds", MappingProxyType({kind: in_order(names, "Each of kinds=") for kind, names in kinds}))
        tolerance = mapped(self.tolerance, "tolerance= of BackChecks")
        for far in tolerance.values():
            number(far, "Each of tolerance=", 0, float("inf"))
        object.__setattr__(self, "tolerance", MappingProxyType(tolerance))

    def __reduce__(self) -> NoReturn:
        raise InputError("BackChecks are not pickled: they hold children's answers.", "Send the file's path and read it again.")

    def __repr__(self) -> str:
        return f"BackChecks(key={self.key!r})"


@dataclass(frozen=True, slots=True)
class Attempts:
    """How contact attempts ended: one row an attempt, or one a sampled person.

    Parameters
    ----------
    column : str
        The column with the disposition of each.
    complete : sequence of str
        Codes of complete interviews.
    not_eligible : sequence of str
        Codes of those who turned out not to belong to the population: they are left out.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.instrument.Attempts("result", complete=["done"], not_eligible=["too old"]).column
    'result'
    """

    column: str
    complete: Sequence[str]
    not_eligible: Sequence[str] = ()

    def __post_init__(self) -> None:
        are_texts(self, ("column",), "Attempts")
        for name in ("complete", "not_eligible"):
            object.__setattr__(self, name, tuple(map(str, in_order(getattr(self, name), f"{name}= of Attempts", "Give a list of codes."))))
        if set(self.complete) & set(self.not_eligible):
            raise InputError("A code is both complete and not eligible.", "Name each code once.")
