"""Weighted sums of chi-squares: the upper tail of ``a_1 X_1 + ... + a_k X_k``, and the same over an independent chi-square.

Tests of tables and of terms have this distribution under a complex design. Weights may be negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincc, log_ndtr

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError, InputError, one_of

__all__ = ["Tail", "f_sum_tail", "satterthwaite", "sum_tail"]

Tail = Literal["satterthwaite", "exact", "saddlepoint"]
Complexes = NDArray[np.complex128]

ACCURACY, RELATIVE, ROUNDING = 1e-10, 1e-10, 1e-15
STRIP = 0.45  # half the width of the strip in which the integrand is analytic, on the scale of the angle of the contour
BEND = 0.6
HALVINGS = 8


def satterthwaite(weights: ArrayLike, df: ArrayLike = 1.0) -> tuple[float, float]:
    """The scale and degrees of freedom of the one chi-square with the same mean and variance.

    Parameters
    ----------
    weights, df : (k,) arrays
        Weights of the chi-squares, and their degrees of freedom (default 1).

    Returns
    -------
    scale, df : float
        The scale is in the units of the weights.

    Raises
    ------
    InputError
        Weights are no finite numbers or all 0, or degrees of freedom are not above 0.

    References
    ----------
    Satterthwaite (1946), Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> from evidencekit.tables import satterthwaite
    >>> satterthwaite([2.0, 2.0, 2.0])
    (2.0, 3.0)
    """
    a, h = _terms(weights, df)
    first, second = float(h @ a), float(h @ a**2)
    return second / first, first**2 / second


def sum_tail(x: float, weights: ArrayLike, df: ArrayLike = 1.0, *, method: Tail = "exact") -> float:
    """The probability that a weighted sum of independent chi-squares is above `x`.

    Parameters
    ----------
    x : float
        The value.
    weights : (k,) array
        Weights, of either sign.
    df : (k,) array or float
        Degrees of freedom above 0, whole or not. Default 1 each.
    method : {"exact", "satterthwaite", "saddlepoint"}
        ``"exact"`` inverts the transform numerically, with a proven absolute error of at most 1e-10 (far out, most digits of
        the tail); ``"satterthwaite"`` takes one
        chi-square with the same mean and variance (positive weights only); ``"saddlepoint"`` is Kuonen's approximation, good to a
        few per cent of the tail however far out.

    Returns
    -------
    float

    Raises
    ------
    InputError
        Weights or degrees of freedom are no such numbers; an unknown method; negative weights with ``"satterthwaite"``.
    EstimationError
        The accuracy was not reached.

    Notes
    -----
    The tail is the integral of ``exp(K(s) - s x) / s`` along a line beside the origin, K the cumulant generating function. Here the line
    goes through the point where that is smallest and is bent into a hyperbola ``c + r (sin(b + i t) - sin b)``, along which it decays; the
    trapezoidal rule then converges geometrically, and its error is bounded by ``2 M / (exp(2 pi d / h) - 1)``, M the integral of the
    modulus along the edges of a strip of half-width d, which is computed too. The step h is halved until the bound is small enough.

    References
    ----------
    Trefethen and Weideman (2014), SIAM Review 56, 385-458, for the bound of the trapezoidal rule. Imhof (1961), Biometrika 48, 419-426.
    Kuonen (1999), Biometrika 86, 929-935.

    Examples
    --------
    >>> from evidencekit.tables import sum_tail
    >>> round(sum_tail(3.841459, [1.0]), 6)
    0.05
    """
    one_of("method", method, ("satterthwaite", "exact", "saddlepoint"))
    a, h = _terms(weights, df)
    x = float(x)
    if not np.isfinite(x):
        raise InputError("The value at which the tail starts is a finite number.")
    if (a > 0).all() and x <= 0:
        return 1.0
    if (a < 0).all():
        return 0.0 if x >= 0 else 1.0 - sum_tail(-x, -a, h, method=method)
    if method == "satterthwaite":
        if (a < 0).any():
            raise InputError("Satterthwaite's approximation takes positive weights.", 'Use method="exact".')
        scale, free = satterthwaite(a, h)
        return float(gammaincc(free / 2, x / scale / 2))
    largest = float(np.abs(a).max())
    made = _Sum(a / largest, h, x / largest)
    return made.saddlepoint() if method == "saddlepoint" else made.exact()


def f_sum_tail(x: float, weights: ArrayLike, ddf: float, *, method: Tail = "exact") -> float:
    """The same for the sum over an independent chi-square over its `ddf`: what an F statistic becomes where the weights differ.

    Parameters
    ----------
    x : float
        The value.
    weights : (k,) array
        Weights of chi-squares of one degree of freedom, above 0.
    ddf : float
        Degrees of freedom of the denominator, above 0, whole or not; infinite for none.
    method
        As for `sum_tail`.

    Returns
    -------
    float

    Raises
    ------
    InputError, EstimationError
        As for `sum_tail`.

    Notes
    -----
    ``P(sum a X > x Y / ddf)`` is the tail at 0 of a sum with one negative weight.

    References
    ----------
    Lumley and Scott (2014), Aust. N. Z. J. Stat. 56, 1-14.

    Examples
    --------
    >>> from evidencekit.tables import f_sum_tail
    >>> round(f_sum_tail(4.964603, [1.0], 10), 6)
    0.05
    """
    from scipy.special import fdtrc

    if not ddf > 0:
        raise InputError("Degrees of freedom of the denominator are above 0.")
    if np.isinf(ddf):
        return sum_tail(x, weights, method=method)
    if x <= 0:
        return 1.0
    if method == "satterthwaite":
        scale, free = satterthwaite(weights)
        return float(fdtrc(free, ddf, x / scale / free))
    a = np.asarray(weights, dtype=np.float64)
    return sum_tail(0.0, [*a, -x / ddf], [*np.ones(len(a)), ddf], method=method)


def _terms(weights: ArrayLike, df: ArrayLike) -> tuple[Floats, Floats]:
    """Weights that are not 0, and their degrees of freedom."""
    a = np.atleast_1d(np.asarray(weights, dtype=np.float64))
    h = np.broadcast_to(np.asarray(df, dtype=np.float64), a.shape)
    if a.ndim != 1 or not np.isfinite(a).all() or not (np.isfinite(h).all() and (h > 0).all()):
        raise InputError("Weights of chi-squares are finite numbers, with degrees of freedom above 0.")
    keep = np.abs(a) > 1e-15 * np.abs(a).max(initial=0.0)
    if not keep.any():
        raise InputError("At least one weight of the chi-squares is not 0.")
    return a[keep], h[keep]


@dataclass(frozen=True, slots=True, eq=False)
class _Sum:
    """A sum of chi-squares with weights `a` of at most 1 in size, and a value."""

    a: Floats
    h: Floats
    x: float

    @property
    def ends(self) -> tuple[float, float]:
        """Between which points of the real line the cumulant generating function is finite."""
        poles = 1 / (2 * self.a)
        return float(poles[self.a < 0].max(initial=-np.inf)), float(poles[self.a > 0].min(initial=np.inf))

    def k(self, s: Floats | Complexes | float) -> np.ndarray:
        """The cumulant generating function."""
        return -0.5 * (np.log(1 - 2 * np.multiply.outer(s, self.a)) @ self.h)

    def slope(self, s: float, order: int = 1) -> float:
        """Its first, second or third derivative at a real point."""
        factor = (1.0, 2.0, 8.0)[order - 1]
        return float(self.h @ (factor * (self.a / (1 - 2 * self.a * s)) ** order))

    def saddlepoint(self) -> float:
        """Kuonen's approximation; at the mean, its limit."""
        low, high = self.ends
        zeta = _root(lambda s: self.slope(s) - self.x, low, high)
        v2, third = self.slope(zeta, 2), self.slope(zeta, 3)
        if abs(zeta) * np.sqrt(v2) < 1e-5:
            return float(np.exp(log_ndtr(-third / (6 * v2**1.5))))
        w = np.sign(zeta) * np.sqrt(2 * (zeta * self.x - float(self.k(zeta))))
        return float(np.exp(log_ndtr(-(w + np.log(zeta * np.sqrt(v2) / w) / w))))

    def exact(self) -> float:
        """The tail by integration, from the side where it is the smaller."""
        upper = self.x >= float(self.h @ self.a)
        low, high = self.ends
        if upper:
            low = 0.0
        else:
            high = 0.0
        centre = _root(lambda s: self.slope(s) - self.x - 1 / s, low, high)
        bend = BEND * np.sign(self.x)
        radius = self._radius(centre, low, high, bend)
        step, error, value = 0.125, np.inf, 0.0
        for _ in range(HALVINGS):
            value, error = self._integral(centre, radius, bend, step)
            if error <= RELATIVE * abs(value):
                break
            step /= 2
        if error <= ACCURACY:
            return float(np.clip(value if upper else 1 + value, 0.0, 1.0))
        raise EstimationError("The tail of a sum of chi-squares was not found to the accuracy wanted.", 'Use the method "saddlepoint".')

    def _radius(self, centre: float, low: float, high: float, bend: float) -> float:
        """The largest hyperbola whose strip crosses the real line between the ends only."""
        right = np.sin(bend + STRIP) - np.sin(bend)
        left = np.sin(bend) - np.sin(bend - STRIP)
        return 0.9 * min((centre - low) / left, (high - centre) / right)

    def _integral(self, centre: float, radius: float, bend: float, step: float) -> tuple[float, float]:
        """The integral with this step, and a bound of its error: of the rule, and of what was cut off."""
        first, size, reach = np.abs(self._along(np.zeros(1), centre, radius, bend))[0], 0.0, 2.0
        while reach < 400:
            size = float(np.abs(self._along(np.array([reach]), centre, radius, bend))[0])
            if size < ROUNDING * first:
                break
            reach += 2.0
        t = np.arange(0.0, reach + step, step)
        values = self._along(t, centre, radius, bend)
        total = step * (2 * float(values.real.sum()) - float(values[0].real))
        edges = sum(
            step * (2 * float(size.sum()) - float(size[0]))
            for size in (np.abs(self._along(t, centre, radius, bend + side * STRIP, bend)) for side in (-1, 1))
        )
        cut = 2 * size / max(0.5, float(self.h.sum()) / 2)
        return total, edges / np.expm1(2 * np.pi * STRIP / step) + 4 * cut + ROUNDING * float(np.abs(values).sum()) * step

    def _along(self, t: Floats, centre: float, radius: float, angle: float, bend: float | None = None) -> Complexes:
        """The integrand along the hyperbola, for t of 0 and above: its real part is even."""
        turned = angle + 1j * t
        s = centre + radius * (np.sin(turned) - np.sin(angle if bend is None else bend))
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            return np.exp(self.k(s) - s * self.x) / s * radius * np.cos(turned) / (2 * np.pi)


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing function crosses 0 between two ends, either of which may be infinite."""
    if np.isinf(low):
        low = -1.0 if high > 0 else 2 * high - 1.0
        while f(low) > 0:
            low *= 2
    if np.isinf(high):
        high = 1.0 if low < 0 else 2 * low + 1.0
        while f(high) < 0:
            high *= 2
    a, b = low, high
    for _ in range(200):
        middle = (a + b) / 2
        if middle in (a, b):
            break
        with np.errstate(divide="ignore"):
            below = f(middle) < 0
        a, b = (middle, b) if below else (a, middle)
    return (a + b) / 2
