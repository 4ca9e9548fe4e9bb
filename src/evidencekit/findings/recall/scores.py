"""The difference of two shares of people who were assigned one by one: limits and a p-value that belong together."""

from __future__ import annotations

from math import sqrt

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

__all__ = ["newcombe", "p_of"]

_FAR = 1e3  # standard normal quantile at which every interval holds 0


def newcombe(x1: int, n1: int, x2: int, n2: int, *, level: float = 0.95) -> tuple[float, float]:
    """Limits of ``x1 / n1 - x2 / n2`` from the score limits of each share.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Cases and answers of the first and of the second group, one answer or more in each.
    level : float
        Confidence level.

    References
    ----------
    Newcombe (1998), Statist. Med. 17, 873-890, method 10. Wilson (1927), J. Am. Statist. Assoc. 22, 209-212.

    Examples
    --------
    >>> from evidencekit.findings.recall.scores import newcombe
    >>> [round(x, 4) for x in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    return _limits(x1, n1, x2, n2, float(ndtri((1 + level) / 2)))


def p_of(x1: int, n1: int, x2: int, n2: int) -> float:
    """One less the level at which an end of Newcombe's interval is 0: below 0.05 just where the 95% interval leaves 0 out.

    Examples
    --------
    >>> from evidencekit.findings.recall.scores import p_of
    >>> round(p_of(56, 70, 48, 80), 4)
    0.0081
    """
    gap = x1 / n1 - x2 / n2
    if gap == 0:
        return 1.0
    end = 0 if gap > 0 else 1
    z = brentq(lambda z: _limits(x1, n1, x2, n2, z)[end], 0.0, _FAR, xtol=1e-12)
    return float(2 * ndtr(-z))


def _limits(x1: int, n1: int, x2: int, n2: int, z: float) -> tuple[float, float]:
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = _wilson(x1, n1, z), _wilson(x2, n2, z)
    return p1 - p2 - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), p1 - p2 + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)


def _wilson(x: int, n: int, z: float) -> tuple[float, float]:
    """Score limits by the normal distribution; survey.proportion's are by t, and exact where nobody or everybody is a case."""
    p = x / n
    centre, reach = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    size = 1 + z * z / n
    return (0.0 if x == 0 else (centre - reach) / size), (1.0 if x == n else (centre + reach) / size)
