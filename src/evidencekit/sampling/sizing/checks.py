"""What a planner may pass: numbers in their range, and one of several ways to say how precise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Literal

from scipy.special import ndtri

from evidencekit.errors import InputError, check_level, one_of

__all__ = [
    "Side",
    "at_least",
    "correlation",
    "normal",
    "number",
    "one_target",
    "population_size",
    "positive",
    "power_wanted",
    "rate",
    "share",
    "whole",
]

_LARGEST = 1e30  # squares, products and quotients of such numbers are finite
Side = Literal["two-sided", "one-sided"]


def number(name: str, value: object) -> float:
    """A finite number; next to nought it is 0."""
    if isinstance(value, float):  # nearly always; asking whether something is Real takes longer
        found = float(value)
    elif isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(f"{name}= takes a number, not a {type(value).__name__}.")
    else:
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
    if not math.isfinite(found):
        raise InputError(f"{name}= takes a finite number.", "Leave it out where it is not known.")
    if abs(found) > _LARGEST:
        raise InputError(f"{name}= is beyond {_LARGEST:g}.", "Use another unit of measurement.")
    return found if abs(found) >= 1 / _LARGEST else 0.0


def share(name: str, value: object) -> float:
    """A number between 0 and 1, the ends left out."""
    found = number(name, value)
    if not 0 < found < 1:
        raise InputError(f"{name}= is a share above 0 and below 1.", "Five per cent is 0.05.")
    return found


def rate(name: str, value: object) -> float:
    """A number above 0, at most 1."""
    found = number(name, value)
    if not 0 < found <= 1:
        raise InputError(f"{name}= is a rate above 0 and at most 1.", "Ninety per cent is 0.9.")
    return found


def positive(name: str, value: object) -> float:
    """A number above 0."""
    found = number(name, value)
    if found <= 0:
        raise InputError(f"{name}= is a number above 0.")
    return found


def at_least(name: str, value: object, low: float) -> float:
    """A number of `low` or more."""
    found = number(name, value)
    if found < low:
        raise InputError(f"{name}= is a number of {low:g} or more.")
    return found


def whole(name: str, value: object, low: int = 1) -> int:
    """A whole number of `low` or more."""
    found = number(name, value)
    if found < low or found != int(found):
        raise InputError(f"{name}= is a whole number of {low} or more.")
    return int(found)


def correlation(name: str, value: object) -> float:
    """A number from -1 to 1."""
    found = number(name, value)
    if not -1 <= found <= 1:
        raise InputError(f"{name}= is a correlation, from -1 to 1.")
    return found


def population_size(value: object, least: float = 2) -> float:
    """How many there are in the population; infinity for None."""
    if value is None:
        return math.inf
    found = number("population", value)
    if found < 2:
        raise InputError("population= is how many there are: 2 or more.", "Leave it out where the population is large.")
    if found < least:
        raise InputError("The sample is larger than population=.", "Give a smaller n=, or check the population's size.")
    return found


def power_wanted(value: object) -> float:
    """A power: from 0.5, below 1."""
    found = number("power", value)
    if not 0.5 <= found < 1:
        raise InputError("power= is a chance such as 0.8: at least 0.5 and below 1.")
    return found


def normal(level: float, side: str = "two-sided") -> float:
    """The normal quantile of a confidence level."""
    check_level(level)
    one_of("alternative", side, ("two-sided", "one-sided"))
    return float(ndtri((1 + level) / 2 if side == "two-sided" else level))


def one_target(targets: Mapping[str, float | None]) -> tuple[str, float]:
    """The name and value of the one target that was given."""
    given = [(name, value) for name, value in targets.items() if value is not None]
    names = ", ".join(f"{name}=" for name in targets)
    if len(given) != 1:
        what = "none was" if not given else f"{len(given)} were"
        raise InputError(f"Exactly one of {names} says what is wanted; {what} given.", "Pass one of them.")
    name, value = given[0]
    return name, positive(name, value)
