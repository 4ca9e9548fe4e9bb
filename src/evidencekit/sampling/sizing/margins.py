"""How many make an interval of a proportion so wide: one function a method, for a simple random sample of a large population."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from scipy.optimize import brentq
from scipy.special import betaincinv

from evidencekit.errors import InputError

__all__ = ["MARGINS", "Method", "clopper_pearson", "from_margin"]

Method = Literal["wald", "wilson", "log-odds", "clopper-pearson", "fleiss", "log"]


def wald(p: float, e: float, z: float) -> float:
    """The textbook interval."""
    return z**2 * p * (1 - p) / e**2


def wilson(p: float, e: float, z: float) -> float:
    """The score interval, solved for n."""
    v = p * (1 - p)
    return (v - 2 * e**2 + math.sqrt(e**2 * (1 - 4 * v) + v**2)) * (z / e) ** 2 / 2


def log_odds(p: float, e: float, z: float) -> float:
    """The interval of the log-odds, taken back to the proportion, is 2e wide.

    With odds q/p = k and y = exp(half-width), the width is ``k (y^2 - 1) / (k + (1 + k^2) y + k y^2)``: a quadratic in y.
    """
    k = (1 - p) / p
    root = math.sqrt(e**2 * (1 + k**2) ** 2 + k**2 * (1 - 2 * e) * (1 + 2 * e))
    half = math.log((e * (1 + k**2) + root) / (k * (1 - 2 * e)))
    return z**2 / (p * (1 - p) * half**2)


def exact(p: float, e: float, z: float) -> float:
    """The Clopper-Pearson interval at np cases."""
    alpha = math.erfc(z / math.sqrt(2))

    def gap(n: float) -> float:
        low, high = clopper_pearson(n * p, n, alpha)
        return (high - low) / 2 - e

    most = wilson(p, e, z) + 2 / e
    while gap(most) > 0:
        most *= 2
    return float(brentq(gap, 1e-6, most, xtol=1e-11, rtol=1e-14, maxiter=500))


def fleiss(p: float, e: float, z: float) -> float:
    """The factor is the variance at the end of the interval nearer to a half, and its largest value from 0.3 to 0.7."""
    if p < e or p > 1 - e:
        f = 8 * e * (1 - 2 * e)
    elif p < 0.3:
        f = 4 * (p + e) * (1 - p - e)
    elif p > 0.7:
        f = 4 * (p - e) * (1 - p + e)
    else:
        f = 1.0
    return f * z**2 / (4 * e**2) + 1 / e - 2 * z**2 + (z + 2) / f


MARGINS: dict[str, tuple[Callable[[float, float, float], float], str]] = {
    "wald": (wald, "n0 = z^2 p(1-p) / moe^2"),
    "wilson": (wilson, "n0 = (z/moe)^2 (v - 2 moe^2 + sqrt(moe^2 (1 - 4v) + v^2)) / 2 with v = p(1-p): half the Wilson interval is moe"),
    "log-odds": (log_odds, "n0 = z^2 / (p(1-p) h^2), h the half-width in log-odds whose interval is 2 moe wide"),
    "clopper-pearson": (exact, "n0: half the Clopper-Pearson interval at n0 p cases is moe"),
    "fleiss": (fleiss, "n0 = f z^2 / (4 moe^2) + 1/moe - 2 z^2 + (z + 2)/f, f = 4v at the end of the interval nearer to 0.5"),
}


def from_margin(method: str, p: float, e: float, z: float) -> float:
    """How many give a half-width of e."""
    if e >= (1 if method == "wald" else 0.5):
        raise InputError("The margin of error is too wide to be one.", "moe= is half the interval's width, such as 0.02 for 2 points.")
    return MARGINS[method][0](p, e, z)


def clopper_pearson(cases: float, n: float, alpha: float) -> tuple[float, float]:
    """The ends of the exact interval; `cases` and `n` need not be whole."""
    low = 0.0 if cases == 0 else float(betaincinv(cases, n - cases + 1, alpha / 2))
    high = 1.0 if cases == n else float(betaincinv(cases + 1, n - cases, 1 - alpha / 2))
    return low, high
