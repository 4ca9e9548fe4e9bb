"""The least and the largest a plan may come to, where several numbers are not known: each is at other ends of their ranges."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from evidencekit.errors import InputError
from evidencekit.planning.context import Context
from evidencekit.planning.settling import settled
from evidencekit.planning.sizing import Sizing

__all__ = ["Ends", "Of", "Size", "least"]

SAME = 1e-12  # relatively
Size = Callable[[Context], Sizing]
Of = Callable[[Sizing], float]
Ends = tuple[Sizing | None, Sizing | None]


def least(size: Size, context: Context, pairs: Iterable[tuple[str, Ends]], of: Of, *, then: Of | None = None) -> float:
    """The least value of `of` that was found at the ends of numbers that are not known.

    Each number starts at the end that is lower while the others are in the middle, or at which `then` is lower where `of` is the same at
    both, as a cost that the budget caps. Each is then tried at its other end, which finds what two numbers do together.

    Parameters
    ----------
    size : callable
        From a settled context to a Sizing.
    context : Context
        Where.
    pairs : iterable
        Of each number that is not known, what the method takes at both ends with the others in the middle; None where it cannot be done.
    of, then : callable
        From a Sizing to a number.
    """
    felt = [(path, pair) for path, pair in pairs if any(_differ(pair, what) for what in (of, then or of))]
    at = {path: _end(context, path, high=_lower_at_high(pair, of, then)) for path, pair in felt}
    found = min((of(one) for _, pair in felt for one in pair if one is not None), default=math.inf)
    now = _at(size, context, at, of)
    for path, _ in felt:
        other = at | {path: _end(context, path, high=at[path] == _end(context, path, high=False))}
        if (tried := _at(size, context, other, of)) < now:
            at, now = other, tried
    return min(found, now, of(size(settled(context))))


def _values(pair: Ends, what: Of) -> tuple[float, float]:
    low, high = (math.inf if one is None else what(one) for one in pair)
    return low, high


def _differ(pair: Ends, what: Of) -> bool:
    low, high = _values(pair, what)
    return not math.isclose(low, high, rel_tol=SAME)


def _lower_at_high(pair: Ends, of: Of, then: Of | None) -> bool:
    low, high = _values(pair, of if then is None or _differ(pair, of) else then)
    return high < low


def _end(context: Context, path: str, *, high: bool) -> float:
    between = context.range(path)
    return between.high if high else between.low


def _at(size: Size, context: Context, ends: dict[str, float], of: Of) -> float:
    try:
        return of(size(settled(context, ends)))
    except InputError:
        return math.inf
