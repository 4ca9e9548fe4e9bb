"""Confidence intervals for means and for proportions, from a point, its variance, its n and its degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, get_args

import numpy as np
from scipy.special import betaincinv, expit, logit, stdtrit, xlog1py, xlogy

from evidencekit.columns import Floats
from evidencekit.errors import InputError, one_of

__all__ = [
    "Method",
    "ProportionInterval",
    "Sided",
    "beta_limits",
    "beta_size",
    "critical",
    "logit_limits",
    "proportion_limits",
    "real",
    "reals",
    "t_limits",
]

Method = Literal["beta", "logit", "xlogit", "likelihood", "asin", "wilson", "wald", "nchs"]
Sided = Literal["two", "lower", "upper"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionInterval:
    """How the interval of a share is made.

    Parameters
    ----------
    method : {"beta", "logit", "xlogit", "likelihood", "asin", "wilson", "wald", "nchs"}
        ``"beta"`` (default) is Korn and Graubard's: an exact binomial interval on the effective sample size, with a t correction;
        it keeps its coverage for rare outcomes. ``"nchs"`` is the same with the effective size capped at n. ``"logit"`` and
        ``"xlogit"`` are one interval here: R's differ only in how they iterate.
    sided : {"two", "lower", "upper"}
        ``"lower"`` gives a lower limit only (the upper one is 1), ``"upper"`` an upper limit only.
    deff : float, optional
        Design effect to borrow where no case or only cases were seen and none can be estimated: the median of comparable items.
        Never below 1. Default 1, which is flagged.

    References
    ----------
    Korn and Graubard (1998), Survey Methodology 24, 193-201. Parker et al. (2017), NCHS Vital Health Stat 2(175).
    Rao and Scott (1984), Ann. Statist. 12, 46-60 (likelihood). Dean and Pagano (2015), J. Surv. Stat. Methodol. 3, 484-503.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.survey.ProportionInterval(method="wilson", sided="upper").method
    'wilson'
    """

    method: Method = "beta"
    sided: Sided = "two"
    deff: float | None = None

    def __post_init__(self) -> None:
        one_of("interval", self.method, get_args(Method))
        one_of("sided", self.sided, get_args(Sided))
        if self.deff is not None:
            deff = real(self.deff)
            if deff is None or deff <= 0:
                raise InputError("deff= is a design effect above 0.")
            object.__setattr__(self, "deff", deff)


def real(value: Any) -> float | None:
    """A number as a float, whatever library it is from; None when it is not a finite number (or true or false)."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        made = float(value)
    except OverflowError:
        return None
    return made if np.isfinite(made) else None


def reals(values: Any) -> tuple[float, ...] | None:
    """One number or several (list, array, Series, iterator) as floats; None when there are none, or one is not a finite number."""
    one = real(values)
    if one is not None:
        return (one,)
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable) or getattr(values, "ndim", 1) != 1:
        return None
    made = [real(value) for value in values]
    found = tuple(value for value in made if value is not None)
    return found if found and len(found) == len(made) else None


def critical(df: Floats, level: float, sided: str = "two") -> Floats:
    """The t quantile of an interval; NaN where no degrees of freedom are left."""
    tail = (1 + level) / 2 if sided == "two" else level
    usable = np.where(np.asarray(df) > 0, df, np.nan)
    with np.errstate(invalid="ignore"):
        return np.asarray(stdtrit(usable, tail), dtype=np.float64)


def check_level(level: float) -> float:
    """The confidence level as a float; raises unless it is one."""
    made = real(level)
    if made is None or not 0.5 <= made < 1:
        raise InputError("level= is a confidence level such as 0.95: at least 0.5 and below 1.")
    return made


def t_limits(points: Floats, se: Floats, df: Floats, level: float, sided: str = "two") -> tuple[Floats, Floats]:
    """Point plus and minus t standard errors."""
    reach = critical(df, level, sided) * se
    low, high = points - reach, points + reach
    return (
        np.full_like(low, -np.inf) if sided == "upper" else low,
        np.full_like(high, np.inf) if sided == "lower" else high,
    )


def logit_limits(p: Floats, variance: Floats, t: Floats | float) -> tuple[Floats, Floats]:
    """Point plus and minus t standard errors on the logit scale, where a share cannot leave 0 to 1; NaN for shares of 0 and 1."""
    share = np.where((p > 0) & (p < 1), p, np.nan)
    reach = t * np.sqrt(variance) / (share * (1 - share))
    return expit(logit(share) - reach), expit(logit(share) + reach)


def proportion_limits(
    p: Floats, variance: Floats, n: Floats, df: Floats, *, level: float, how: ProportionInterval
) -> tuple[Floats, Floats]:
    """Limits of shares strictly between 0 and 1; at 0 and 1, exact binomial limits on ``n / max(1, deff)``.

    Parameters
    ----------
    p, variance, n, df : (k,) arrays
        Shares, their variances, unweighted answers and degrees of freedom.
    level : float
        Confidence level.
    how : ProportionInterval
        Method, sides, borrowed design effect.
    """
    t = critical(df, level, how.sided)
    tail = (1 - level) / 2 if how.sided == "two" else 1 - level
    inside = (p > 0) & (p < 1) & (variance > 0) & (df > 0)
    low, high = np.full(p.shape, np.nan), np.full(p.shape, np.nan)
    if inside.any():
        limits = _LIMITS[how.method]
        low[inside], high[inside] = limits(p[inside], variance[inside], n[inside], df[inside], t[inside], tail)
    edge = ((p == 0) | (p == 1)) & (df > 0) & (n > 0)
    if edge.any():
        size = n[edge] / max(1.0, how.deff or 1.0)
        low[edge], high[edge] = _clopper_pearson(p[edge], size, tail)
    if how.sided == "upper":
        low = np.where(np.isnan(low), np.nan, 0.0)
    if how.sided == "lower":
        high = np.where(np.isnan(high), np.nan, 1.0)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def _clopper_pearson(p: Floats, size: Floats, tail: float) -> tuple[Floats, Floats]:
    cases, rest = size * p, size * (1 - p)
    low = np.where(cases > 0, betaincinv(np.maximum(cases, 1e-300), rest + 1, tail), 0.0)
    high = np.where(rest > 0, betaincinv(cases + 1, np.maximum(rest, 1e-300), 1 - tail), 1.0)
    return low, high


def beta_limits(p: Floats, variance: Floats, n: Floats, df: Floats, tail: float, *, cap: bool = False) -> tuple[Floats, Floats]:
    """Korn and Graubard's limits; `cap` keeps the effective sample size at or below n."""
    return _clopper_pearson(p, beta_size(p, variance, n, df, tail, cap=cap), tail)


def beta_size(p: Floats, variance: Floats, n: Floats, df: Floats, tail: float, *, cap: bool = False) -> Floats:
    """The effective sample size behind Korn and Graubard's limits: with a t correction for few degrees of freedom."""
    size = p * (1 - p) / variance * (stdtrit(n - 1, tail) / stdtrit(df, tail)) ** 2
    return np.minimum(size, n) if cap else size


def _beta(p: Floats, v: Floats, n: Floats, df: Floats, t: Floats, tail: float) -> tuple[Floats, Floats]:
    return beta_limits(p, v, n, df, tail)


def _nchs(p: Floats, v: Floats, n: Floats, df: Floats, t: Floats, tail: float) -> tuple[Floats, Floats]:
    return beta_limits(p, v, n, df, tail, cap=True)


def _logit(p: Floats, v: Floats, n: Floats, df: Floats, t: Floats, tail: float) -> tuple[Floats, Floats]:
    return logit_limits(p, v, t)


def _asin(p: Floats, v: Floats, n: Floats, df: Floats, t: Floats, tail: float) -> tuple[Floats, Floats]:
    angle, reach = np.arcsin(np.sqrt(p)), t * np.sqrt(v / (p * (1 - p))) / 2
    return np.sin(np.maximum(angle - reach, 0)) ** 2, np.sin(np.minimum(angle + reach, np.pi / 2)) ** 2


def _wilson(p: Floats, v: Floats, n: Floats, df: Floats, t: Floats, tail: float) -> tuple[Floats, Floats]:
    size = p * (1 - p) / v
    centre, reach = p + t**2 / (2 * size), t * np.sqrt(p * (1 - p) / size + t**2 / (4 * size**2))
    return (centre - reach) / (1 + t**2 / size), (centre + reach) / (1 + t**2 / size)


def _wald(p: Floats, v: Floats, n: Floats, df: Floats, t: Floats, tail: float) -> tuple[Floats, Floats]:
    return p - t * np.sqrt(v), p + t * np.sqrt(v)


def _likelihood(p: Floats, v: Floats, n: Floats, df: Floats, t: Floats, tail: float) -> tuple[Floats, Floats]:
    """Shares at which the Rao-Scott working deviance, over its dispersion n / (n - 1), reaches t squared: exact roots.

    R interpolates the profile with a spline instead, and is off by up to 1e-4.
    """
    size = p * (1 - p) / v * (n - 1) / n

    def deviance(q: Floats) -> Floats:
        return 2 * size * (xlogy(p, p / q) + xlog1py(1 - p, -p) - xlog1py(1 - p, -q)) - t**2

    tiny = np.full_like(p, 1e-300)
    return _root(deviance, tiny, p), _root(deviance, np.full_like(p, 1 - 1e-16), p)


def _root(f: Callable[[Floats], Floats], outside: Floats, inside: Floats) -> Floats:
    """Where a function that is positive outside and negative inside crosses zero, on the logit scale."""
    a, b = logit(outside), logit(inside)
    for _ in range(200):
        middle = (a + b) / 2
        positive = f(expit(middle)) > 0
        a, b = np.where(positive, middle, a), np.where(positive, b, middle)
    return expit((a + b) / 2)


_LIMITS: dict[str, Callable[[Floats, Floats, Floats, Floats, Floats, float], tuple[Floats, Floats]]] = {
    "beta": _beta,
    "nchs": _nchs,
    "logit": _logit,
    "xlogit": _logit,
    "likelihood": _likelihood,
    "asin": _asin,
    "wilson": _wilson,
    "wald": _wald,
}
