"""Saying: how a plan performs, in sentences that follow its numbers."""

from __future__ import annotations

import math

from evidencekit.combining.classes import has_design
from evidencekit.planning.diagnosing.measures import SURE, Figure, Performance

__all__ = ["per_hundred", "said", "too_low", "without_intervals"]

CLEAR = 2.0  # Monte Carlo standard errors from which on a difference is called one
SURELY = 3.0  # the same for standard errors, of which it is said beside all the rest
MATTERS = 0.1  # how far standard errors may be off, relatively, before that is said


def said(one: Performance, inference: str, currency: str, *, among: int) -> tuple[str, ...]:
    """The sentences of one truth, which is one of so many."""
    lines = [_bias(one)]
    lines += [_coverage(one, among)] if one.coverage else [without_intervals(inference)]
    lines += _errors(one)
    lines += [_power(one)] if one.power else []
    lines += _release(one)
    lines += [_field(one, currency)]
    if one.failed:
        lines.append(f"{one.failed:,} of {one.failed + one.sims:,} simulations gave no number, the first since: {one.why}")
    return tuple(lines)


def per_hundred(share: float) -> str:
    """A share as a number of 100, which is never rounded to all or to none.

    Examples
    --------
    >>> from evidencekit.planning.diagnosing.saying import per_hundred
    >>> per_hundred(0.943), per_hundred(0.997), per_hundred(0.0)
    ('94 of 100', 'more than 99 of 100', '0 of 100')
    """
    if 0 < share < 0.01:
        return "fewer than 1 of 100"
    if 0.99 < share < 1:
        return "more than 99 of 100"
    return f"{100 * share:.0f} of 100"


def too_low(one: Performance, among: int) -> bool:
    """Whether fewer intervals hold the truth than they promise, by more than chance over the whole grid."""
    return one.low_by is not None and one.low_by < SURE / among


def without_intervals(inference: str) -> str:
    """Why there is neither coverage nor power."""
    if has_design(inference):
        return "no interval could be made, so there is neither coverage nor power"
    return f"numbers of the class {inference} carry no interval, so there is neither coverage nor power"


def _bias(one: Performance) -> str:
    size, side = abs(one.bias.value), "too high" if one.bias.value > 0 else "too low"
    if one.bias.error is None:
        return f"one simulation, {_points(size)} {side}: what is bias in it and what is chance needs more of them"
    if size <= CLEAR * one.bias.error:
        return f"no bias is seen: it is at most about {_points(size + CLEAR * one.bias.error)}"
    return f"numbers are {_points(size)} {side} on average, where the truth is {100 * one.target:.3g}%"


def _coverage(one: Performance, among: int) -> str:
    share, level = one.coverage, one.level
    assert share is not None
    assert level is not None
    words = f"intervals hold the truth in {per_hundred(share.value)} simulations"
    if too_low(one, among):
        words += f", fewer than the {100 * level:.3g} they promise"
    missing = one.sims - one.intervals
    return words + (f"; {missing:,} have no interval" if missing else "")


def _errors(one: Performance) -> list[str]:
    """Whether estimated standard errors are what the estimates spread by."""
    if one.se is None or one.sd is None or not one.sd.value:
        return []
    ratio = one.se.value / one.sd.value
    doubt = ratio * math.hypot((one.se.error or 0.0) / one.se.value if one.se.value else 0.0, (one.sd.error or 0.0) / one.sd.value)
    if abs(ratio - 1) <= max(MATTERS, SURELY * doubt):
        return []
    return [f"standard errors are {abs(ratio - 1):.0%} too {'large' if ratio > 1 else 'small'}"]


def _power(one: Performance) -> str:
    assert one.power is not None
    often, times = per_hundred(one.power.value), one.truth.girls_times
    if times == 1:
        return f"a difference between girls and boys, of which there is none, is found in {often} simulations (at 0.05)"
    return f"that it is {times:g} times as frequent among girls as among boys is found as a difference in {often} simulations (at 0.05)"


def _release(one: Performance) -> list[str]:
    sexes = f", {per_hundred(one.kept_by_sex.value)} numbers of girls or boys" if one.kept_by_sex else ""
    lines = [f"by the primary rules of release {per_hundred(one.kept.value)} numbers for all{sexes} may go out"]
    if one.shown:
        split = f" and {_share(one.shown_by_sex)} of those of girls or boys" if one.shown_by_sex else ""
        lines.append(f"of {one.released:,} released in full, {_share(one.shown)} of the numbers for all{split} are shown")
    return lines


def _field(one: Performance, currency: str) -> str:
    cost = f"{one.cost.value:,.0f} {currency}".rstrip()
    spread = f" (give or take {one.spread:,.0f})" if one.spread else ""
    sent = one.referrals
    referred = "" if sent is None else f", {math.floor(sent.low):,} to {math.ceil(sent.high):,} children referred"
    return f"{one.interviews.value:,.0f} interviews{spread}, {cost}{referred}"


def _share(figure: Figure) -> str:
    return f"{figure.value:.0%}"


def _points(share: float) -> str:
    return f"{100 * share:.2g} points"
