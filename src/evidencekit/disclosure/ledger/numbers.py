"""What a reader sees of a group: a count, a rounded count, a percentage, or that something is hidden."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from evidencekit.disclosure.ledger.groups import Group, group_of, is_number
from evidencekit.errors import InputError, one_of

__all__ = ["Number", "as_percent", "count", "hidden", "percent", "rounded"]

Given = Mapping[str, Any] | Group
How = Literal["nearest", "random"]
FINE = 1_000_000  # shares are kept as whole millionths, rounded outwards


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Number:
    """One number of a table, as it was shown; made by `count`, `rounded`, `percent` or `hidden`.

    Parameters
    ----------
    kind : {"count", "percent", "hidden"}
        What is shown.
    group : Group
        Whom it is about, within the table's `where`.
    value : float or None
        What is shown; None where it is hidden.
    step : float
        What it was rounded to: 1 is an exact count or a whole percent, 5 a multiple of five.
    of : Group or None
        The group that a percentage is of.
    how : {"nearest", "random"}
        Whether it was rounded to the nearest multiple, or to one of the two around it (random or controlled rounding).
    below : int or None
        Of a hidden number: the rule that readers know, "fewer than `below`". None where the rule is not told.
    weight_ratio : float or None
        Of a percentage: the largest weight in the group over the smallest, as far as a reader knows it; 1 without weights or with equal
        ones, None where nothing is known.
    """

    kind: Literal["count", "percent", "hidden"]
    group: Group
    value: int | float | None = None
    step: int | float = 1
    of: Group | None = None
    how: How = "nearest"
    below: int | None = None
    weight_ratio: int | float | None = 1

    def __post_init__(self) -> None:
        one_of("kind", self.kind, ("count", "percent", "hidden"))
        shown: Any = self.value
        if not isinstance(self.group, Group) or (self.kind == "percent") != isinstance(self.of, Group):
            raise InputError("A Number is about a Group, and a percentage also of one.", "Make it with count(), percent(), hidden().")
        if (shown is None) != (self.kind == "hidden") or not (shown is None or (is_number(shown) and shown >= 0)):
            raise InputError("A Number shows a value that is not below 0, or is hidden and shows none.")

    def __repr__(self) -> str:
        return f"Number({self.kind} of {self.group!r})"

    def limits(self) -> tuple[int | None, int | None]:
        """The smallest and the largest number of people that a count or a hidden number leaves open."""
        if self.kind == "hidden":
            return 0, None if self.below is None else self.below - 1
        value, step = int(self.value or 0), int(self.step)
        away = step - 1 if self.how == "random" else step // 2
        return max(0, value - away), value + away

    def shares(self) -> tuple[int, int]:
        """The smallest and the largest unweighted share that a percentage leaves open, in millionths.

        Where p is the weighted share and no weight is more than r times another, the unweighted odds are between the weighted ones over
        r and times r.
        """
        low, high = self._weighted()
        if self.weight_ratio is None:
            low, high = Fraction(0), Fraction(1)
        elif self.weight_ratio != 1:
            ratio = _exact(self.weight_ratio)
            low, high = low / (low + ratio * (1 - low)), high * ratio / (high * ratio + 1 - high)
        return math.floor(low * FINE), math.ceil(high * FINE)

    def people(self) -> tuple[bool, bool]:
        """Whether a percentage shows that somebody is counted, and that somebody is not, whatever the weights."""
        low, high = self._weighted()
        return low > 0, high < 1

    def _weighted(self) -> tuple[Fraction, Fraction]:
        """The smallest and the largest share that is shown like this."""
        shown, half = _exact(self.value or 0), _exact(self.step) / (1 if self.how == "random" else 2)
        return max(Fraction(0), shown - half) / 100, min(Fraction(100), shown + half) / 100


def count(group: Given, value: int) -> Number:
    """An unweighted count, shown as it is.

    Parameters
    ----------
    group : mapping
        Variable to level, levels, `Band` or `AllBut`.
    value : int
        How many people.

    Returns
    -------
    Number

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.ledger.count({"sex": "girl"}, 962)
    Number(count of Group('sex'))
    """
    return Number(kind="count", group=group_of(group), value=_whole(value, "A count"))


def rounded(group: Given, value: int, *, base: int = 5, how: How = "nearest") -> Number:
    """An unweighted count that was rounded.

    Parameters
    ----------
    group, value
        As for `count`; the value as shown, a multiple of the base.
    base : int
        What it was rounded to.
    how : {"nearest", "random"}
        ``"random"`` also for controlled rounding: either of the two multiples around it may be shown. A tie between two multiples may
        have gone either way.

    Returns
    -------
    Number

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.ledger.rounded({"sex": "girl"}, 965)
    Number(count of Group('sex'))
    """
    one_of("how", how, ("nearest", "random"))
    base = _whole(base, "base=")
    value = _whole(value, "A rounded count")
    if base < 2 or value % base:
        raise InputError("A rounded count is a multiple of its base, which is 2 or more.", "Give the number as it was shown.")
    return Number(kind="count", group=group_of(group), value=value, step=base, how=how)


def percent(group: Given, value: float, *, of: Given, step: float = 1, weight_ratio: float | None = 1, how: How = "nearest") -> Number:
    """A percentage, with the group it is of.

    Parameters
    ----------
    group, of : mapping
        Whom it counts, and among whom.
    value : float
        The percentage as shown, from 0 to 100.
    step : float
        What it was rounded to: 1 a whole percent, 0.1 one decimal, 5 the nearest five.
    weight_ratio : float or None
        How unequal the weights are, as far as a reader knows: the largest over the smallest. 1 (default) reads a weighted percentage as
        if it had no weights, which is right where they are equal; None takes nothing from it.
    how : {"nearest", "random"}
        As for `rounded`.

    Returns
    -------
    Number

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.ledger.percent({"told": 1}, 41, of={"sex": "girl"})
    Number(percent of Group('told'))
    """
    one_of("how", how, ("nearest", "random"))
    for what, given in (("A percentage", value), ("step=", step), ("weight_ratio=", weight_ratio)):
        if given is not None and not is_number(given):
            raise InputError(f"{what} is a finite number, not a {type(given).__name__} like the one given.")
    if not 0 <= value <= 100:
        raise InputError("A percentage is between 0 and 100.", "Multiply a share by 100.")
    if not 1e-4 <= step <= 50 or (_exact(value) / _exact(step)).denominator != 1:
        raise InputError(
            "A percentage is a multiple of its step, which is at least 0.0001.", "Give it as it was shown: 12.3 with step=0.1."
        )
    if weight_ratio is not None and weight_ratio < 1:
        raise InputError("weight_ratio= is the largest weight over the smallest: 1 or more.")
    among = group_of(of, "of=")
    ratio = None if weight_ratio is None else _tidy(weight_ratio)
    return Number(kind="percent", group=group_of(group), value=_tidy(value), step=_tidy(step), of=among, how=how, weight_ratio=ratio)


def as_percent(share: float, decimals: int) -> float:
    """A share as the percentage that readers see: what is audited and what is published are rounded here, so that they are the same."""
    return round(100 * float(share), decimals)


def hidden(group: Given, *, below: int | None = None) -> Number:
    """A number that is not shown and has to stay unknown.

    Parameters
    ----------
    group : mapping
        Whom it is about.
    below : int, optional
        The rule, where readers are told it: hidden because there are fewer than this. Leave it out for a number that was hidden to protect
        another, and where one sign stands for both.

    Returns
    -------
    Number

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.ledger.hidden({"sex": "girl"}, below=10)
    Number(hidden of Group('sex'))
    """
    if below is not None and _whole(below, "below=") < 1:
        raise InputError("below= is the threshold that readers are told: 1 or more.")
    return Number(kind="hidden", group=group_of(group), below=None if below is None else int(below))


def _whole(given: Any, what: str) -> int:
    if not is_number(given) or given != int(given):
        raise InputError(f"{what} is a whole number.", "Counts are of people, unweighted.")
    if given < 0:
        raise InputError(f"{what} is below 0.", "Counts are of people, unweighted.")
    return int(given)


def _tidy(given: Any) -> int | float:
    return int(given) if float(given).is_integer() else float(given)


def _exact(given: Any) -> Fraction:
    """A decimal number as it is written, not as it is stored."""
    return Fraction(repr(given))
