"""The parts of a profile that are about protection: thresholds, geography, method, symbols, sources."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Literal, get_args

from evidencekit.disclosure.profiles.checking import counted, listed, worded
from evidencekit.errors import InputError, one_of

__all__ = ["Deed", "Geography", "Method", "Protection", "Source", "Symbols"]

Deed = Literal["hide", "review", "show"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How many people and places a number must rest on, unweighted. A threshold of 0 asks for none.

    Parameters
    ----------
    denominator : int
        The fewest answers.
    numerator : int
        The fewest cases, where there are any.
    complement : int
        The fewest who are not cases, where there are any.
    psus : int
        The fewest sampling units.
    beyond : int
        The fewest answers on either side of a quantile, its own included. At least 2: the smallest and the largest answer are never
        shown.
    between : int
        The fewest answers between two points of one distribution.
    zero : {"hide", "review", "show"}
        What a number gets for which no answer is a case.
    full : {"hide", "review", "show"}
        What a number gets for which every answer is a case: it says of each of them that she is one.
    unknown : {"hide", "review", "show"}
        What a number gets of which it is not known what it rests on.
    """

    denominator: int
    numerator: int
    complement: int
    psus: int
    beyond: int
    between: int
    zero: Deed
    full: Deed
    unknown: Deed

    def __post_init__(self) -> None:
        for name in ("denominator", "numerator", "complement", "psus", "between"):
            counted(name, getattr(self, name))
        counted("beyond", self.beyond, least=2)
        for name in ("zero", "full", "unknown"):
            one_of(name, getattr(self, name), get_args(Deed))
        if self.denominator < max(self.numerator, self.complement):
            raise InputError(
                "denominator= is below numerator= or complement=.", "Cases are among the answers: ask for at least as many answers."
            )
        if self.unknown == "show" and self.least:
            raise InputError(
                'unknown="show" passes what the thresholds are to stop.', 'Use unknown="hide" or "review", or thresholds of 0.'
            )

    @property
    def least(self) -> int:
        """The largest of the thresholds on people: what the cells hidden together must add up to."""
        return max(self.denominator, self.numerator, self.complement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Geography:
    """How small a place may be.

    Parameters
    ----------
    floor : str
        The smallest places that may be shown, as ``"admin-1"``; empty for no floor.
    finer : tuple of str
        Words in the names of columns that say they split finer than that. Names are a hint, so what they find is reviewed or hidden,
        and what they do not find is not proven.
    below : {"hide", "review", "show"}
        What numbers split by such a column get.
    """

    floor: str = ""
    finer: tuple[str, ...] = ()
    below: Deed = "review"

    def __post_init__(self) -> None:
        worded("floor", self.floor, empty=True)
        object.__setattr__(self, "finer", listed("finer", self.finer))
        one_of("below", self.below, get_args(Deed))
        if bool(self.floor) != bool(self.finer):
            raise InputError("A floor of geography needs both floor= and finer=.", 'For example floor="admin-1", finer=["district"].')

    def is_finer(self, column: str) -> bool:
        """Whether a column's name has one of the words."""
        return not {word.casefold() for word in self.finer}.isdisjoint(re.split(r"[^a-z0-9]+", column.casefold()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How small cells are treated.

    Parameters
    ----------
    kind : {"suppress", "round"}
        Hide them, and others that would give them away, or round every count.
    base : int, optional
        What counts are rounded to multiples of.
    """

    kind: Literal["suppress", "round"] = "suppress"
    base: int | None = None

    def __post_init__(self) -> None:
        one_of("kind", self.kind, ("suppress", "round"))
        if self.kind == "round":
            counted("base", self.base, least=2)
        elif self.base is not None:
            raise InputError("base= goes with rounding, and the method is to suppress.", 'Leave it out, or use kind="round".')


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbols:
    """What stands beside or in place of a number. No two are the same, so that no reader takes one reason for another.

    Parameters
    ----------
    protected : str
        In place of a number that could identify someone.
    uncertain : str
        Beside a number that is too uncertain to be relied on.
    withheld : str
        In place of a number that is too uncertain to be shown.
    review : str
        Beside a number that somebody must look at first.
    """

    protected: str = "[p]"
    uncertain: str = "[u]"
    withheld: str = "*"
    review: str = "[r]"

    def __post_init__(self) -> None:
        made = [getattr(self, f.name) for f in fields(self)]
        for f in fields(self):
            worded(f.name, getattr(self, f.name))
        if len(set(made)) < len(made):
            raise InputError("Two of the symbols are the same.", "Protected and too uncertain are two things: give each its own.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule is from, and how much of it was read for this profile.

    Parameters
    ----------
    citation : str
        Who, when, what.
    read : {"in full", "in part", "not read"}
        How much of the source itself was read.
    gave : str
        What it gave, or where the rule was taken from instead.
    """

    citation: str
    read: Literal["in full", "in part", "not read"]
    gave: str

    def __post_init__(self) -> None:
        worded("citation", self.citation)
        worded("gave", self.gave)
        one_of("read", self.read, ("in full", "in part", "not read"))
