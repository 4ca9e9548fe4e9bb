"""The options of "which is nearest": one fraction inside the interval of the finding and two that are clearly outside it."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np

from evidencekit.errors import InputError
from evidencekit.findings.phrases import EDGE, at_least, at_most, half_up
from evidencekit.findings.stating import Finding
from evidencekit.sampling.streams import hashed

__all__ = ["Nearest", "interval_of", "nearest"]

APART, BEYOND = 3.0, 1.5  # odds: of an outside option against the estimate, and against the end of the interval
_EDGE = 1e-6  # shares beyond which nothing is said


@dataclass(frozen=True, slots=True)
class Nearest:
    """Three fractions in the order in which they are shown.

    Parameters
    ----------
    options : tuple of str
        ``"1 in 20"``, ``"1 in 8"``, ``"1 in 4"``, in an order by chance.
    inside : int
        Which of them lies inside the interval. It is kept apart from the form.
    """

    options: tuple[str, ...]
    inside: int


def interval_of(find: Finding) -> tuple[float, float, float]:
    """The share of a finding and its interval.

    Raises
    ------
    InputError
        It has no interval, or is of nobody or everybody: there is no number to be remembered.
    """
    if not isinstance(find, Finding):
        raise InputError(f"A Finding is needed, not a {type(find).__name__}.", "Make it with ek.finding(ek.release(...), ...).")
    est, row = find.released.estimate, find.row
    p, low, high = (float(x[row]) for x in (est.points, est.interval.low, est.interval.high))
    if low != low or high != high:
        raise InputError("The finding has no interval, so that nothing says which answers are right.", "Test a finding that has one.")
    if not 0 < p < 1:
        raise InputError("The finding is about nobody or everybody.", "Test a finding whose share can be said.")
    return p, low, high


def nearest(find: Finding, *, seed: int) -> Nearest:
    """The three options for a finding.

    Notes
    -----
    Inside: of the fractions that people say most easily (see `evidencekit.findings.phrases`) the nearest to the estimate in the interval;
    where there is none, the finding's own number out of 100 or more. Outside: the next such fractions at three times and a third of the
    odds of the estimate and at half as much again beyond the ends of the interval. Where one side has no fraction, both lie on the other.

    Raises
    ------
    InputError
        No fraction lies inside the interval, or fewer than two outside it.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.findings.recall.nearest import nearest
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> find = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")))
    >>> nearest(find, seed=1)
    Nearest(options=('1 in 20', '1 in 6', '2 in 5'), inside=1)
    """
    p, low, high = interval_of(find)
    sayable = [(one.x, one.y) for one in (at_least(p), at_most(p)) if one and low - EDGE <= one.share <= high + EDGE]
    if sayable:
        inside = min(sayable, key=lambda f: (abs(f[0] / f[1] - p), f[1]))
        outside = _outside(p, low, high, None)
    else:
        phrase = find.phrase
        if phrase is None:
            raise InputError("No fraction lies inside the interval of the finding.", "Ask for its number only, without this question.")
        inside, outside = (phrase.x, phrase.y), _outside(p, low, high, phrase.y)
    if len(outside) < 2:
        raise InputError("No two fractions are clearly outside the interval of the finding.", "Ask for its number only.")
    shown = [inside, *outside[:2]]
    source = hashed(seed, "recall test, nearest", [f"{x} in {y}" for x, y in shown])
    order = [int(k) for k in np.argsort(source(0), kind="stable")]
    return Nearest(tuple(f"{shown[k][0]:,} in {shown[k][1]:,}" for k in order), order.index(0))


def _outside(p: float, low: float, high: float, y: int | None) -> list[tuple[int, int]]:
    """Fractions below and above, those to be taken first at the front; out of `y` where it is given."""
    down, up = _logit(max(low, _EDGE)) - log(BEYOND), _logit(min(high, 1 - _EDGE)) + log(BEYOND)
    found: list[tuple[int, int]] = []
    for times in (1, 2, 3):
        step = times * log(APART)
        for target, above in ((min(_logit(p) - step, down), False), (max(_logit(p) + step, up), True)):
            share = 1 / (1 + exp(-target))
            if y is None:
                phrase = at_most(share) if above else at_least(share)
                one = (phrase.x, phrase.y) if phrase else None
            else:
                one = (half_up(share * y), y)
            # Beyond the end as it is: rounding out of `y` may not bring an option back in.
            if one and 0 < one[0] < one[1] and one not in found and not low - EDGE <= one[0] / one[1] <= high + EDGE:
                found.append(one)
    return found


def _logit(p: float) -> float:
    return log(p / (1 - p))
