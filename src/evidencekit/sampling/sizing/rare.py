"""What is rare: enough cases, and what it means to find none."""

from __future__ import annotations

import math

from scipy.optimize import brentq
from scipy.special import betainc

from evidencekit.errors import check_level
from evidencekit.sampling.sizing.checks import at_least, positive, share, whole
from evidencekit.sampling.sizing.sizes import SampleSize, counted, told

__all__ = ["bound_if_none", "chance_of_cases", "n_for_cases", "n_for_zero_events"]


def n_for_cases(cases: int, p: float, *, chance: float | None = None, deff: float = 1.0) -> SampleSize:
    """How many interviews bring so many cases: on average, or at least so many with a chance.

    Parameters
    ----------
    cases : int
        How many are wanted, such as 25 in each cell that is to be reported.
    p : float
        The share that are cases, above 0 and below 1.
    chance : float, optional
        Of at least that many, such as 0.9. Default: that many on average, which is about one chance in two.
    deff : float
        Design effect; counts with `chance` only, since clusters change the spread of the cases and not their mean.

    Returns
    -------
    SampleSize
        ``rounded`` is the smallest number of interviews that will do.

    Raises
    ------
    InputError
        Cases that are not a whole number of 1 or more, a share or chance outside 0 to 1.

    Notes
    -----
    P(X >= k) of the binomial distribution is the incomplete beta function ``I_p(k, n - k + 1)``, which is solved for n. With a design
    effect the cases are taken as deff times a binomial number from n / deff interviews, which has their mean and variance.

    Examples
    --------
    >>> from evidencekit.sampling import n_for_cases
    >>> n_for_cases(30, 0.02).rounded, n_for_cases(30, 0.02, chance=0.9).rounded
    (1500, 1856)
    """
    cases, p, deff = whole("cases", cases), share("p", p), at_least("deff", deff, 1)
    given: dict[str, float | str] = {"cases": cases, "p": p}
    if chance is None:
        return SampleSize(cases / p, "interviews", "n = cases / p", given, {"expected cases": float(cases)})
    chance = share("chance", chance)

    def gap(n: float) -> float:
        return _at_least(cases, p, n, deff) - chance

    most = 2 * cases / p + deff
    while gap(most) < 0:
        most *= 2
    n = float(brentq(gap, cases, most, xtol=1e-9, rtol=1e-14, maxiter=500)) if gap(cases) < 0 else float(cases)
    words = "P(at least so many cases in n interviews) = chance, binomial"
    given |= {"chance": chance} | ({"deff": deff} if deff != 1 else {})
    return SampleSize(n, "interviews", words, given, {"expected cases": n * p})


def chance_of_cases(cases: int, p: float, *, n: float | SampleSize, deff: float = 1.0) -> float:
    """The chance that so many interviews bring at least so many cases.

    Parameters
    ----------
    cases : int
        At least how many.
    p : float
        The share that are cases.
    n : float or SampleSize
        Completed interviews.
    deff : float
        Design effect, as in `n_for_cases`.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    InputError
        A share outside 0 to 1, or something that is not a number.

    Examples
    --------
    >>> from evidencekit.sampling import chance_of_cases
    >>> round(chance_of_cases(5, 0.01, n=1000), 4)
    0.9713
    """
    return _at_least(whole("cases", cases), share("p", p), counted("n", n), at_least("deff", deff, 1))


def n_for_zero_events(p: float, *, level: float = 0.95, deff: float = 1.0) -> SampleSize:
    """How many interviews without a case show that fewer than a share p are cases.

    Parameters
    ----------
    p : float
        The share that is to be ruled out, above 0 and below 1. Also: how many find at least one case, if a share p are cases.
    level : float
        Confidence level, one-sided.
    deff : float
        Design effect: n / deff interviews of a simple random sample say as much.

    Returns
    -------
    SampleSize
        Of a large population.

    Raises
    ------
    InputError
        A share or level outside its range.

    Notes
    -----
    ``(1 - p)^n = 1 - level``: exact for independent answers. About 3 / p at a level of 0.95.

    References
    ----------
    Hanley, J. A. and Lippman-Hand, A. (1983), If nothing goes wrong, is everything all right? JAMA 249, 1743-1745.

    Examples
    --------
    >>> from evidencekit.sampling import n_for_zero_events
    >>> n_for_zero_events(0.01).rounded
    299
    """
    p, deff = share("p", p), positive("deff", deff)
    check_level(level)
    words, given = told("n = ln(1 - level) / ln(1 - p)", {"p": p, "level": level}, deff, math.inf)
    return SampleSize(deff * math.log1p(-level) / math.log1p(-p), "interviews", words, given)


def bound_if_none(n: float | SampleSize, *, level: float = 0.95, deff: float = 1.0) -> float:
    """The share that can still be cases when none of n were.

    Parameters
    ----------
    n : float or SampleSize
        Completed interviews, none of them a case.
    level : float
        Confidence level, one-sided.
    deff : float
        Design effect.

    Returns
    -------
    float
        The upper bound, ``1 - (1 - level)^(deff / n)``.

    Raises
    ------
    InputError
        Fewer than one interview, or a level outside its range.

    Examples
    --------
    >>> from evidencekit.sampling import bound_if_none
    >>> round(bound_if_none(300), 4)
    0.0099
    """
    check_level(level)
    return -math.expm1(positive("deff", deff) * math.log1p(-level) / at_least("n", counted("n", n), 1))


def _at_least(cases: int, p: float, n: float, deff: float) -> float:
    """P(deff times a binomial number from n / deff is at least `cases`), between whole numbers too."""
    if n < cases:
        return 0.0
    return float(betainc(cases / deff, (n - cases) / deff + 1, p))
