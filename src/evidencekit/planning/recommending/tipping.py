"""What would change a ranking: the value of a number at which two plans change places, or one is no longer as exact as wanted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from evidencekit.planning.context import Context
from evidencekit.planning.recommending.levers import TRIED, Lever
from evidencekit.planning.recommending.nouns import Tip
from evidencekit.planning.recommending.words import noun, number
from evidencekit.planning.settling import numbers, settled

__all__ = ["tips_of"]

LIMITS = 20.0  # a number without ends is looked at from a 20th to 20 times what it is now
GRID = 8
FINE = 1e-10  # relatively, how exact a tip is
NEAR = 1e-10  # shares: errors nearer to each other are the same
STEP = 1e-6  # on each side of a tip the plans themselves are made, and must stand in the order that is said
Curve = Callable[[float], float | None]


def tips_of(levers: Sequence[Lever], k: int) -> tuple[Tip, ...]:
    """Every tip of the plan in place `k`: against the next of its class, and against the error that is wanted."""
    lever, context = levers[k], levers[k].plan.context
    after = levers[k + 1] if k + 1 < len(levers) and levers[k + 1].plan.inference == lever.plan.inference else None
    found: list[Tip] = []
    for path in numbers(context):
        values = _grid(context, path)
        few = (values[0], values[len(values) // 2], values[-1])
        if after is not None and (lever.feels(path, few) or after.feels(path, few)):
            found += _changes(context, path, lever, after, first=k == 0)
        if lever.feels(path, few) or path in ("outcome.p", "outcome.rse"):
            found += _exact(context, path, lever)
    return tuple(found)


def _changes(context: Context, path: str, lever: Lever, after: Lever, *, first: bool) -> list[Tip]:
    """Where two plans change places."""

    def ahead(value: float) -> float | None:
        return _less(after.largest_error(path, value), lever.largest_error(path, value))

    def made(value: float) -> float | None:
        return _less(_made(after, path, value), _made(lever, path, value))

    out: list[Tip] = []
    for at, below in _turns(context, path, ahead, made):
        side, what = "below" if below else "above", noun(context, path)
        between = context.range(path)
        stays = between.high < at if below else between.low > at
        place = ("stays first, ahead of" if first else "stays ahead of") if stays else "is ahead of"
        says = f"{lever.plan.card.title} {place} {after.plan.card.title}, while {what} is {side} {number(at)}{_now(context, path)}."
        out.append(Tip(field=path, at=at, while_below=below, ahead=lever.plan.method, behind=after.plan.method, says=says))
    return out


def _exact(context: Context, path: str, lever: Lever) -> list[Tip]:
    """Where a plan is no longer, or is at last, as exact as wanted."""
    middle = settled(context)

    def spare(value: float, error: float | None) -> float | None:
        at = middle.settled({path: value}, assumed=True)
        return _less(at.middle("outcome.rse") * at.middle("outcome.p") * (1 + 1e-7), error)

    out: list[Tip] = []
    turns = _turns(context, path, lambda v: spare(v, lever.largest_error(path, v)), lambda v: spare(v, _made(lever, path, v)))
    for at, below in turns:
        side, what = "below" if below else "above", noun(context, path)
        says = f"{lever.plan.card.title} is as exact as wanted, biases included, while {what} is {side} {number(at)}{_now(context, path)}."
        out.append(Tip(field=path, at=at, while_below=below, ahead=lever.plan.method, behind="", says=says))
    return out


def _turns(context: Context, path: str, curve: Curve, made: Curve) -> list[tuple[float, bool]]:
    """Where a curve passes 0, nearest to what the number is now on each side, and whether it is above 0 below that."""
    heights = [(value, curve(value)) for value in _grid(context, path)]
    told = [(value, height) for value, height in heights if height is None or abs(height) > NEAR]
    now = context.middle(path)
    crossed: list[tuple[float, bool]] = []
    for (low, left), (high, right) in pairwise(told):
        if left is None or right is None or (left > 0) == (right > 0):
            continue
        at = _crossing(curve, low, high)
        if _turns_there(made, at, left > 0):
            crossed.append((at, left > 0))
    below = [one for one in crossed if one[0] <= now][-1:]
    above = [one for one in crossed if one[0] > now][:1]
    return below + above


def _crossing(curve: Curve, low: float, high: float) -> float:
    """Where a curve passes 0 between two ends, by Brent's method; not a number where it has a gap on the way."""
    from scipy.optimize import brentq

    def height(value: float) -> float:
        here = curve(value)
        if here is None:
            raise _Gap
        return here

    try:
        return float(brentq(height, low, high, xtol=FINE * max(abs(low), abs(high)), rtol=FINE))
    except _Gap:
        return math.nan


class _Gap(Exception):
    """A value at which a plan cannot be made."""


def _turns_there(made: Curve, at: float, left: bool) -> bool:
    """Whether plans made on both sides stand as is said."""
    if math.isnan(at):
        return False
    step = STEP * max(abs(at), 1e-3)
    before = made(at - step)
    if before is None or (before > 0) != left:
        return False
    after = made(at + step)
    return after is not None and (after > 0) != left


def _now(context: Context, path: str) -> str:
    between = context.range(path)
    low, high = number(between.low), number(between.high)
    taken = "taken as" if context[path] is None else "now"
    return f" ({taken} {low if low == high else f'{low} to {high}'})"


def _grid(context: Context, path: str) -> list[float]:
    """Values between which a curve is looked at: the ends that a field allows, and what it is now."""
    asked, now = context.asked(path), context.range(path)
    low, high = asked.least, asked.most
    if asked.kind == "share":
        low, high = 0.002, 0.998
    else:
        low = max(low, now.low / LIMITS)
        high = min(high, max(now.high, 1e-3) * LIMITS)
    between = [low + (high - low) * k / GRID for k in range(GRID + 1)]
    near = [now.low + (now.high - now.low) * k / 4 for k in range(5)]
    times = [now.middle * factor for factor in (0.1, 0.25, 0.5, 0.75, 1.25, 2.0, 4.0, 10.0)]
    return sorted({value for value in (*between, *near, *times) if low <= value <= high} or {now.middle})


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _made(lever: Lever, path: str, value: float) -> float | None:
    """The largest error of a plan that is made with a number known."""
    try:
        return lever.method.plan(lever.plan.context.settled({path: value}, assumed=True)).rmse.high
    except TRIED:
        return None
