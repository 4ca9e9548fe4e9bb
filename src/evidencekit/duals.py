"""Numbers that carry their exact derivative, so that a function of estimates has an exact gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError

__all__ = ["Dual", "gradients"]

LARGEST = 5_000

_SLOPES: dict[str, Callable[[float], float]] = {
    "log": lambda v: 1 / v,
    "exp": lambda v: float(np.exp(v)),
    "sqrt": lambda v: 0.5 / float(np.sqrt(v)),
    "square": lambda v: 2 * v,
    "sin": lambda v: float(np.cos(v)),
    "cos": lambda v: -float(np.sin(v)),
    "arcsin": lambda v: 1 / float(np.sqrt(1 - v * v)),
    "log1p": lambda v: 1 / (1 + v),
    "expm1": lambda v: float(np.exp(v)),
    "log10": lambda v: 1 / (v * float(np.log(10))),
    "log2": lambda v: 1 / (v * float(np.log(2))),
    "tanh": lambda v: 1 - float(np.tanh(v)) ** 2,
    "absolute": lambda v: float(np.sign(v)),
    "negative": lambda v: -1.0,
    "positive": lambda v: 1.0,
}


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """A value and its gradient. Arithmetic, powers and the usual numpy functions keep both exact."""

    value: float
    slope: Floats

    def __add__(self, other: Any) -> Dual:
        o = _dual(other, self)
        return Dual(self.value + o.value, self.slope + o.slope)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Any) -> Dual:
        return self + (-_dual(other, self))

    def __rsub__(self, other: Any) -> Dual:
        return _dual(other, self) - self

    def __mul__(self, other: Any) -> Dual:
        o = _dual(other, self)
        return Dual(self.value * o.value, self.slope * o.value + o.slope * self.value)

    def __truediv__(self, other: Any) -> Dual:
        o = _dual(other, self)
        return Dual(self.value / o.value, (self.slope - o.slope * (self.value / o.value)) / o.value)

    def __rtruediv__(self, other: Any) -> Dual:
        return _dual(other, self) / self

    def __pow__(self, power: Any) -> Dual:
        if isinstance(power, Dual):
            made = self.value**power.value
            return Dual(made, power.value * self.value ** (power.value - 1) * self.slope + made * np.log(self.value) * power.slope)
        return Dual(self.value**power, power * self.value ** (power - 1) * self.slope)

    def __rpow__(self, base: Any) -> Dual:
        return _dual(base, self) ** self

    def __pos__(self) -> Dual:
        return self

    def __abs__(self) -> Dual:
        return Dual(abs(self.value), self.slope * float(np.sign(self.value)))

    __radd__ = __add__
    __rmul__ = __mul__

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any) -> Dual:
        """Let numpy's functions work on duals."""
        plain: dict[str, Callable[[Any, Any], Any]] = {
            "add": lambda a, b: a + b,
            "subtract": lambda a, b: a - b,
            "multiply": lambda a, b: a * b,
            "divide": lambda a, b: a / b,
            "power": lambda a, b: a**b,
        }
        if ufunc.__name__ in plain and method == "__call__":
            a, b = (_dual(x, self) for x in inputs)
            return plain[ufunc.__name__](a, b)
        if ufunc.__name__ not in _SLOPES or method != "__call__":
            raise InputError(f"A contrast cannot use numpy's {ufunc.__name__}.", f"It can use arithmetic and {', '.join(_SLOPES)}.")
        return Dual(float(ufunc(self.value)), _SLOPES[ufunc.__name__](self.value) * self.slope)


def gradients(function: Callable[[list[Dual]], Any], points: Floats) -> tuple[Floats, Floats]:
    """The value(s) of a function at the points, and its exact gradient(s).

    Returns
    -------
    values : (m,) array
    jacobian : (m, k) array

    Raises
    ------
    InputError
        The function fails, returns something else, or has no finite value or derivative; more than 5,000 estimates.
    """
    if len(points) > LARGEST:
        raise InputError(
            f"A function of {len(points):,} estimates is too much.", "Estimate fewer groups, or give the weights of a linear contrast."
        )
    eye = np.eye(len(points))
    given = [Dual(float(p), eye[i]) for i, p in enumerate(points)]
    made, failed = None, ""
    try:
        with np.errstate(all="ignore"):
            made = function(given)
    except InputError:
        raise
    except Exception as trouble:  # whatever the caller's function does; its words may hold data
        failed = type(trouble).__name__
    if failed:
        raise InputError(
            f"The contrast's function failed on the list of {len(points)} estimates ({failed}).",
            "It is called once, with one number for each cell, in the order of to_frame().",
        )
    several: list[Any] = list(made) if isinstance(made, (list, tuple)) else [made]
    if not several or not all(isinstance(m, Dual) for m in several):
        raise InputError("A contrast's function must return a number made from the estimates it is given.")
    if not all(isinstance(m.value, (int, float)) and np.isfinite(m.value) and np.isfinite(m.slope).all() for m in several):
        raise InputError("The contrast's function gives no finite number at these estimates, or no finite derivative.")
    return np.array([m.value for m in several]), np.vstack([m.slope for m in several])


def _dual(value: Any, like: Dual) -> Dual:
    return value if isinstance(value, Dual) else Dual(float(value), np.zeros_like(like.slope))
