"""What the numbers and words of a profile may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from evidencekit.errors import InputError, is_whole

__all__ = ["counted", "fraction", "listed", "worded"]


def counted(name: str, value: Any, *, least: int = 0) -> None:
    """Raise unless it is a whole number, at least `least`."""
    if not is_whole(value, least=least):
        raise InputError(f"{name}= is a whole number, at least {least}.")


def fraction(name: str, value: Any, *, low: float = 0.0, high: float = 1.0) -> None:
    """Raise unless it is a number above `low` and below `high`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low < value < high:
        below = "" if high == float("inf") else f" and below {high:g}"
        raise InputError(f"{name}= is a number above {low:g}{below}.")


def worded(name: str, value: Any, *, empty: bool = False) -> None:
    """Raise unless it is a text, and not an empty one."""
    if not isinstance(value, str) or not (empty or value.strip()):
        raise InputError(f"{name}= is a text.")


def listed(name: str, values: Any) -> tuple[str, ...]:
    """Texts as a tuple, none of them twice."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(f"{name}= is a list of texts.")
    made = tuple(values)
    if not all(isinstance(value, str) and value.strip() for value in made):
        raise InputError(f"{name}= is a list of texts, none of them empty.")
    if len(set(made)) < len(made):
        raise InputError(f"{name}= has one text twice.")
    return made
