"""The twelve rules for what a quantile of weighted data is, on data already sorted.

Every rule is a function of the sorted values, their weights, the running sum of weights, and p. Ties between p and a running sum are
judged to twelve digits, so that equal weights give exact results whatever the order of summation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from evidencekit.columns import Floats

__all__ = ["STABLE", "Rule", "quantile_of"]

Rule = Literal["math", "school", "shahvaish", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"]
STABLE = ("shahvaish", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")
_DIGITS = 1e-12


def quantile_of(x: Floats, w: Floats, running: Floats, p: float, rule: str) -> float:
    """The quantile of sorted values.

    Parameters
    ----------
    x, w, running : (n,) arrays
        Sorted values, their weights (all above zero) and the running sum of the weights.
    p : float
        Between 0 and 1; NaN gives NaN.
    rule : str
        One of `Rule`.

    References
    ----------
    Hyndman and Fan (1996), Am. Stat. 50, 361-365. Shah and Vaish (2006), ASA Section on Survey Research Methods, 3649-3656.
    """
    if not len(x) or not 0 <= p <= 1:
        return float("nan")
    return float(_RULES[rule](x, w, running, p))


def _place(running: Floats, p: float) -> tuple[int, bool]:
    """The last place whose running share is at most p (-1: none), and whether it is exactly p."""
    share = p * running[-1]
    slack = _DIGITS * running[-1]
    place = int(np.searchsorted(running, share + slack, side="right")) - 1
    return place, place >= 0 and abs(running[place] - share) <= slack


def _math(x: Floats, w: Floats, running: Floats, p: float) -> float:
    place, exact = _place(running, p)
    return x[place] if exact else x[min(place + 1, len(x) - 1)]


def _school(x: Floats, w: Floats, running: Floats, p: float) -> float:
    place, exact = _place(running, p)
    after = x[min(place + 1, len(x) - 1)]
    return (x[place] + after) / 2 if exact else after


def _even(x: Floats, w: Floats, running: Floats, p: float) -> float:
    last = np.flatnonzero(np.append(x[1:] != x[:-1], True))
    place, exact = _place(running[last], p)
    return float(x[last[place] if exact and (place + 1) % 2 == 0 else last[min(place + 1, len(last) - 1)]])


def _linear(x: Floats, w: Floats, running: Floats, p: float) -> float:
    return np.interp(p, running / running[-1], x)


def _midpoints(x: Floats, w: Floats, running: Floats, p: float) -> float:
    return np.interp(p, (running - w / 2) / running[-1], x)


def _plus_last(x: Floats, w: Floats, running: Floats, p: float) -> float:
    return np.interp(p, running / (running[-1] + w[-1]), x)


def _minus_last(x: Floats, w: Floats, running: Floats, p: float) -> float:
    if len(x) == 1:
        return x[0]
    return np.interp(p, (running - w) / running[-2], x)


def _between(share: float, last: float) -> Callable[[Floats, Floats, Floats, float], float]:
    def rule(x: Floats, w: Floats, running: Floats, p: float) -> float:
        return np.interp(p, (running - w + share * w) / (running[-1] + last * w[-1]), x)

    return rule


def _shah_vaish(x: Floats, w: Floats, running: Floats, p: float) -> float:
    n = len(x)
    average = running[-1] / n
    places = (running / average + 0.5 - w / average / 2) / (n + 1)
    last = int(np.searchsorted(places, p + _DIGITS, side="right")) - 1
    return x[max(last, 0)]


_RULES: dict[str, Callable[[Floats, Floats, Floats, float], float]] = {
    "math": _math,
    "school": _school,
    "shahvaish": _shah_vaish,
    "hf1": _math,
    "hf2": _school,
    "hf3": _even,
    "hf4": _linear,
    "hf5": _midpoints,
    "hf6": _plus_last,
    "hf7": _minus_last,
    "hf8": _between(2 / 3, 1 / 3),
    "hf9": _between(5 / 8, 1 / 4),
}
