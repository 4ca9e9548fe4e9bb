"""Grids: every combination of some assumptions, as a list of Truths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from itertools import product
from typing import Any

from evidencekit.errors import InputError, one_of
from evidencekit.planning.context import Context
from evidencekit.planning.truth import Truth

__all__ = ["as_truths", "told_apart", "truths"]

MOST = 10_000
NAMES = tuple(one.name for one in fields(Truth))


def truths(base: Context | Truth, grid: Mapping[str, Sequence[float]]) -> tuple[Truth, ...]:
    """Every combination of some assumptions.

    Parameters
    ----------
    base : Context or Truth
        Where the other assumptions are from: what the context expects, or one truth.
    grid : mapping of str to sequence of float
        Fields of a `Truth` and the values that each takes.

    Returns
    -------
    tuple of Truth
        The last field changes fastest.

    Raises
    ------
    InputError
        There is no such field, a field has no values, a value cannot be, or there are more than 10,000 combinations.

    Examples
    --------
    >>> import evidencekit as ek
    >>> grid = {"sensitivity": [1, 0.8], "response_times": [1, 0.7]}
    >>> [(one.sensitivity, one.response_times) for one in ek.planning.truths(ek.planning.Truth(p=0.1), grid)]
    [(1.0, 1.0), (1.0, 0.7), (0.8, 1.0), (0.8, 0.7)]
    """
    if not isinstance(base, (Context, Truth)):
        raise InputError(f"A grid begins with a Context or a Truth, not with a {type(base).__name__}.")
    if not isinstance(grid, Mapping) or not grid:
        raise InputError("A grid is a mapping of fields to their values.", 'For example {"sensitivity": [1, 0.8]}.')
    for name, values in grid.items():
        one_of("a field of a grid", name, NAMES)
        if isinstance(values, str) or not isinstance(values, Sequence) or not len(values):
            raise InputError(f"{name} of a grid takes a list of values.", "At least one.")
    if (many := math.prod(len(values) for values in grid.values())) > MOST:
        raise InputError(f"A grid of {many:,} truths is more than {MOST:,}.", "Take fewer values, or fewer fields at a time.")
    first = base if isinstance(base, Truth) else Truth.of(base)
    return tuple(replace(first, **dict(zip(grid, combined, strict=True))) for combined in product(*grid.values()))


def as_truths(given: Any, context: Context) -> tuple[Truth, ...]:
    """One truth or several as a tuple; what the context expects where none was given."""
    if given is None:
        return (Truth.of(context),)
    if isinstance(given, Truth):
        return (given,)
    if isinstance(given, str) or not isinstance(given, Sequence) or not all(isinstance(one, Truth) for one in given):
        raise InputError("truth= takes a planning.Truth, or a list of them.", "planning.truths(context, {...}) makes a grid.")
    if not len(given):
        raise InputError("truth= is an empty list.", "Leave it out for what the context expects.")
    return tuple(given)


def told_apart(several: Sequence[Truth]) -> tuple[str, ...]:
    """What to call each of some truths: by the fields in which they differ."""
    apart = [name for name in NAMES if len({getattr(one, name) for one in several}) > 1] or ["p"]
    return tuple(", ".join(f"{name} {getattr(one, name):g}" for name in apart) for one in several)
