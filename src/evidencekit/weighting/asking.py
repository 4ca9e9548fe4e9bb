"""What the verbs of this room are asked, checked: names of columns, numbers of people, limits."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from evidencekit.errors import InputError

__all__ = ["is_number", "limits_of", "names_in", "people_in"]


def names_in(given: Any, what: str) -> tuple[str, ...]:
    """A column name, or a tuple of them, as a tuple.

    Raises
    ------
    InputError
        It is something else; `what` says what it names.
    """
    names = (given,) if isinstance(given, str) else given
    if not isinstance(names, tuple) or not names or not all(isinstance(n, str) for n in names):
        raise InputError(f"{what} is named by a column name, or by a tuple of them for their combinations.")
    return names


def people_in(population_total: Any) -> float | None:
    """The size of a population, where it is given.

    Raises
    ------
    InputError
        Not a finite number above 0.
    """
    if population_total is None:
        return None
    if not is_number(population_total) or not 0 < population_total < np.inf:
        raise InputError("population_total= is a number of people above 0.")
    return float(population_total)


def limits_of(pair: Any, role: str) -> tuple[float, float] | None:
    """Two limits, the lower one first, where they are given.

    Raises
    ------
    InputError
        Not two numbers, or not in that order.
    """
    if pair is None:
        return None
    if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not all(is_number(x) for x in pair) or not pair[0] < pair[1]:
        raise InputError(f"{role} are two numbers, the lower one first.")
    return float(pair[0]), float(pair[1])


def is_number(value: Any) -> bool:
    """Whether it is a real number; true and false are not."""
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))
