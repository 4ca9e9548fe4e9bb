"""How far calibrated weights may move: the factor on a weight as a function of its covariates' score, with its derivative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError

__all__ = ["Distance", "Method"]

Method = Literal["linear", "raking", "logit", "sinh"]
Bound = float | Floats


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Distance:
    """A calibration distance.

    Parameters
    ----------
    method : {"linear", "raking", "logit", "sinh"}
        Linear (the regression estimator), multiplicative, logit between two bounds, or the inverse hyperbolic sine.
    low, high : float or (cells,) array
        Bounds on the factor. Without any, 0 or minus infinity to infinity.

    References
    ----------
    Deville and Sarndal (1992), JASA 87, 376-382, cases 1, 2, 6; Haziza and Beaumont (2017), Statist. Sci. 32, 206-226.
    """

    method: Method
    low: Bound = -np.inf
    high: Bound = np.inf

    def __post_init__(self) -> None:
        below_one, above_one = bool(np.all(self.low < 1)), bool(np.all(self.high > 1))
        finite = bool(np.all(np.isfinite(self.low)) and np.all(np.isfinite(self.high)))
        if self.method == "logit" and not (finite and below_one and above_one):
            raise InputError('method="logit" needs bounds= with a lower one below 1 and an upper one above 1, such as (0.3, 3).')
        if not bool(np.all(self.low < self.high)):
            raise InputError("bounds= are two numbers, the lower one first.")

    def unbounded(self) -> Distance | None:
        """The same distance without bounds, for logit the multiplicative one; None when it has none that matter."""
        low = -np.inf if self.method == "linear" else 0.0
        if bool(np.all(np.asarray(self.low) <= low) and np.all(np.isposinf(self.high))):
            return None
        return Distance("raking" if self.method == "logit" else self.method, low)

    @property
    def straight(self) -> bool:
        """Whether the factor is 1 and the score, without bounds."""
        return self.method == "linear" and bool(np.all(np.isneginf(self.low)) and np.all(np.isposinf(self.high)))

    def factor(self, score: Floats) -> tuple[Floats, Floats]:
        """The factors at the scores, and their derivatives."""
        if self.method == "logit":
            return self._logit(score)
        if self.method == "linear":
            g, slope = 1.0 + score, np.ones_like(score)
        elif self.method == "raking":
            g = np.exp(np.clip(score, -700, 700))
            slope = g
        else:
            half = np.arcsinh(2 * score) / 2
            root = np.sqrt(half**2 + 1)
            g = half + root
            slope = g / root / np.sqrt(4 * score**2 + 1)
        inside = (g > self.low) & (g < self.high)
        return np.clip(g, self.low, self.high), np.where(inside, slope, 0.0)

    def _logit(self, score: Floats) -> tuple[Floats, Floats]:
        low, high = self.low, self.high
        steep = (high - low) / ((1 - low) * (high - 1))
        e = np.exp(np.clip(steep * score, -700, 700))
        below = (high - 1) + (1 - low) * e
        g = (low * (high - 1) + high * (1 - low) * e) / below
        return g, e * ((high - low) / below) ** 2
