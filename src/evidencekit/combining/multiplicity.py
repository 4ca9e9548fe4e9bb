"""Several claims at once: p-values that keep the chance of any false one, or the share of false ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import stdtr

from evidencekit.columns import Codes, Floats
from evidencekit.combining.contrasting import OWN_LIMITS, need_estimate
from evidencekit.errors import InputError
from evidencekit.estimate import Estimate
from evidencekit.significance import Test

__all__ = ["benjamini_hochberg", "holm", "p_values"]

RATIOS = ("ratio of estimates", "odds ratio")
ABOUT_0 = ("difference", "contrast", "coefficient", "marginal effect", "decomposition", "slope")


def p_values(est: Estimate) -> Floats:
    """Two-sided p-values of differences, contrasts, coefficients and ratios: that there is none, that it is 0, that the ratio is 1.

    Parameters
    ----------
    est : Estimate
        What `difference`, `contrast` or `ratio_of` made, coefficients of a model (``model.estimate``), marginal effects.

    Returns
    -------
    (k,) array
        For `holm` or `benjamini_hochberg`. NaN where nothing is known of the variance: hidden, no design, a share of 0 or 1.

    Raises
    ------
    InputError
        Not an Estimate, or one of shares, means and other numbers that are not tested against 0.

    Notes
    -----
    t tests on the degrees of freedom of each number, normal where there are none; of ratios on the scale of their logarithm. Of a
    model's term with several coefficients, or few sampling units, `evidencekit.models.term_test` is the test.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "any_contact_unwanted", by="province")
    >>> gaps = ek.contrast(est, {"first to second": [1, -1, 0, 0, 0, 0], "first to third": [1, 0, -1, 0, 0, 0]})
    >>> ek.combining.holm(ek.combining.p_values(gaps)).shape
    (2,)
    """
    need_estimate(est, "p_values()")
    if est.statistic not in (*ABOUT_0, *RATIOS):
        raise InputError(
            f"p_values() is of differences, ratios and coefficients, and this is a {est.statistic or 'number'}.",
            "Make one with ek.difference().",
        )
    own = np.array([OWN_LIMITS in flag.split("; ") for flag in est.flags or ("",) * len(est)], dtype=bool)
    ratio = est.statistic in RATIOS
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.log(est.points) * est.points / est.se if ratio else est.points / est.se
    df = np.where(np.isnan(est.df), np.inf, est.df)
    return np.where(own | ~(df > 0) | np.isnan(est.interval.low), np.nan, 2 * stdtr(np.where(df > 0, df, 1.0), -np.abs(t)))


def holm(p_values: Any) -> Floats:
    """Adjust p-values so that the chance of one false claim or more among them is kept, whatever depends on what.

    Parameters
    ----------
    p_values : array_like, or sequence of Test
        One for each claim of the family, in any shape. NaN where a test could not be made. Of differences `p_values` has them.

    Returns
    -------
    array
        Adjusted p-values in the same shape, at most 1. A claim is supported at level 0.95 where its own is at most 0.05. NaN stays NaN, and
        does not count towards the number of claims.

    Raises
    ------
    InputError
        Something is not a number from 0 to 1.

    Notes
    -----
    The k-th smallest of m p-values is multiplied by m - k + 1; none is let fall below one before it.

    References
    ----------
    Holm (1979), Scand. J. Statist. 6, 65-70.

    Examples
    --------
    >>> from evidencekit.combining import holm
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    given, order = _in_order(p_values)
    adjusted = np.maximum.accumulate(given.ravel()[order] * np.arange(len(order), 0, -1))
    return _put_back(adjusted, order, given)


def benjamini_hochberg(p_values: Any) -> Floats:
    """Adjust p-values so that among the claims made, the share of false ones is kept on average.

    Parameters
    ----------
    p_values : array_like, or sequence of Test
        One for each claim of the family, in any shape. NaN where a test could not be made. Of differences `p_values` has them.

    Returns
    -------
    array
        Adjusted p-values in the same shape. Of the claims whose own is at most 0.05, no more than one in twenty is false on average. NaN
        stays NaN, and does not count towards the number of claims.

    Raises
    ------
    InputError
        Something is not a number from 0 to 1.

    Notes
    -----
    The k-th smallest of m p-values is multiplied by m / k; none is let rise above one after it. It holds for independent tests and for
    those that depend positively, as tests against one reference group do. It is for screening many indicators: a finding that stands alone
    needs `holm`, which keeps the chance of any false claim.

    References
    ----------
    Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57, 289-300. Benjamini and Yekutieli (2001), Ann. Statist. 29, 1165-1188.

    Examples
    --------
    >>> from evidencekit.combining import benjamini_hochberg
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    given, order = _in_order(p_values)
    raised = given.ravel()[order] * len(order) / np.arange(1, len(order) + 1)
    return _put_back(np.minimum.accumulate(raised[::-1])[::-1], order, given)


def _in_order(p_values: Any) -> tuple[Floats, Codes]:
    """The p-values as an array, and the places of those that are known, the smallest first."""
    if isinstance(p_values, Sequence) and any(isinstance(one, Test) for one in p_values):
        p_values = [one.p if isinstance(one, Test) else one for one in p_values]
    try:
        given = np.asarray(p_values, dtype=np.float64)
    except (TypeError, ValueError):
        given = None
    if given is None or ((given < 0) | (given > 1)).any():
        raise InputError("p-values are numbers from 0 to 1, or NaN where there is no test.")
    flat = given.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    return given, known[np.argsort(flat[known], kind="stable")]


def _put_back(adjusted: Floats, order: Codes, given: Floats) -> Floats:
    out = np.full(given.size, np.nan)
    out[order] = np.minimum(adjusted, 1.0)
    return out.reshape(given.shape)
