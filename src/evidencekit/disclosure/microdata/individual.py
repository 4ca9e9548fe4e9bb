"""The risk that a row is found: per person, and per household whose members give each other away."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError, how_many, one_of

__all__ = ["RiskMethod", "household_risk", "individual_risk", "of_households"]

RiskMethod = Literal["exact", "approximate"]
_MANY = 30.0  # from this frequency on a series needs few terms
_BLOCK = 4_096  # integrals at a time


def individual_risk(sample: Any, population: Any, *, method: RiskMethod = "exact") -> Floats:
    """The chance that someone who knows a row's keys finds its person (Benedetti and Franconi).

    Parameters
    ----------
    sample : (n,) array
        How many rows share the combination (f), at least 1; fractions occur where missing keys match by half.
    population : (n,) array
        How many people do, by the weights (F). Where it is below f, as weights below 1 can make it, the people in the sample are all there
        are, and the risk is 1/f.
    method : {"exact", "approximate"}
        ``"exact"`` (default) is the expectation itself. ``"approximate"`` replaces it above f = 2 by p / (f - 1 + p) with p = f/F, as
        sdcMicro and the numbers published with it do by default; it is up to 4 percent too high at f = 3, and less from there on.

    Returns
    -------
    (n,) array
        Between 0 and 1/f, never missing.

    Raises
    ------
    InputError
        The two differ in length, are not finite, or f is below 1 or F negative.

    Notes
    -----
    The number of people with the combination, given f of them in the sample, is taken for negative binomial; the risk is the expectation
    of its inverse, p^f/f 2F1(f, f; f+1; 1-p). Here it is written as p/f 2F1(1, 1; f+1; 1-p), whose terms are all positive, and has at least
    12 digits for all f and F; the alternating sums by which it is usually computed lose all of theirs for large f. sdcMicro's approximation
    gives 0 where f is between 1 and 2; here that is the exact number. Beyond what weights say, nothing is known of the population: a
    combination that is rare in the sample by chance is taken to be rare.

    References
    ----------
    Franconi and Polettini (2004), Privacy in Statistical Databases, LNCS 3050, 262-272.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.microdata.individual_risk([1, 2, 3], [17, 110, 3]).round(6).tolist()
    [0.177076, 0.017144, 0.333333]
    """
    one_of("method", method, ("exact", "approximate"))
    f, big_f = _numbers(sample, "sample"), _numbers(population, "population")
    if f.shape != big_f.shape or f.ndim != 1:
        raise InputError("sample and population are two lists of numbers of one length.")
    if (f < 1).any() or (big_f < 0).any():
        raise InputError("Frequencies in the sample are at least 1, those in the population at least 0.", "frequencies() gives both.")
    big_f = np.maximum(f, big_f)
    p, q = f / big_f, (big_f - f) / big_f
    if method == "exact":
        return _exact(f, p, q)
    return np.where(f > 2, p / (f - q), _exact(np.minimum(f, 2.0), p, q))


def _exact(f: Floats, p: Floats, q: Floats) -> Floats:
    """P times the integral over u from 0 to 1 of u^(f-1) / (p + q u), by what keeps its digits for these f and p."""
    out = np.empty_like(f)
    terms = (f >= _MANY) | (q <= 0.5)
    steps = ~terms & (f == np.floor(f))
    for rows, how in ((terms, _by_terms), (steps, _by_steps), (~terms & ~steps, _by_quadrature)):
        if rows.any():
            out[rows] = how(f[rows], p[rows], q[rows])
    return out


def _by_terms(f: Floats, p: Floats, q: Floats) -> Floats:
    """By the series of 2F1(1, 1; f+1; q), which is short where f is large or q small."""
    term, total, k = np.ones_like(f), np.ones_like(f), 0
    while term.max() > 1e-18:
        term = term * (k + 1) * q / (f + 1 + k)
        total += term
        k += 1
    return p / f * total


def _by_steps(f: Floats, p: Floats, q: Floats) -> Floats:
    """From the logarithm at f = 1 upwards, for whole f and p below q, where a step shrinks the error of the one before."""
    value, out = -np.log(p) / q, np.empty_like(f)
    for k in range(1, int(f.max()) + 1):
        out = np.where(f == k, p * value, out)
        value = (1 / k - p * value) / q
    return out


def _by_quadrature(f: Floats, p: Floats, q: Floats) -> Floats:
    """By the double exponential rule in x = -log(u), for the fractions that half matches leave."""
    width = 1 / 50
    t = np.arange(-3.7, 4.6, width)
    x = np.exp(t - np.exp(-t))
    weight, decay = x * (1 + np.exp(-t)) * width, np.exp(-x)
    out = np.empty_like(f)
    for start in range(0, len(f), _BLOCK):
        part = slice(start, start + _BLOCK)
        inner = np.exp(-f[part, None] * x) / (p[part, None] + q[part, None] * decay)
        out[part] = p[part] * (inner @ weight)
    return out


def household_risk(risk: Any, household: Any) -> Floats:
    """The chance that at least one member of a row's household is found.

    Parameters
    ----------
    risk : (n,) array
        Each member's own risk.
    household : (n,) sequence
        Identifiers of households, schools or classes, none missing.

    Returns
    -------
    (n,) array
        1 - prod(1 - r) over the members, the same for all of them.

    Raises
    ------
    InputError
        Lengths differ, risks are not from 0 to 1, or identifiers are missing.

    References
    ----------
    Templ, Kowarik and Meindl (2015), J. Stat. Softw. 67(4).

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.microdata.household_risk([0.5, 0.5, 0.1], ["a", "a", "b"]).round(6).tolist()
    [0.75, 0.75, 0.1]
    """
    import pandas as pd

    r = _numbers(risk, "risk")
    if (r < 0).any() or (r > 1).any():
        raise InputError("Risks are numbers from 0 to 1.")
    try:
        codes = pd.factorize(np.asarray(household, dtype=object))[0]
    except (TypeError, ValueError):
        codes = np.empty(0, dtype=np.intp)
    if codes.shape != r.shape:
        raise InputError("household takes one identifier a row, a number or a text.")
    return of_households(r, codes.astype(np.intp))


def of_households(r: Floats, codes: Codes) -> Floats:
    """The same for households as codes, -1 where one is missing."""
    if blank := int((codes < 0).sum()):
        raise InputError(
            f"household= is missing in {how_many(blank, 'row')}.",
            "Give those who live alone an identifier of their own, or leave such rows out.",
        )
    with np.errstate(divide="ignore"):  # a member who is found for certain
        return -np.expm1(np.bincount(codes, weights=np.log1p(-r)))[codes]


def _numbers(values: Any, what: str) -> Floats:
    try:
        made = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        made = np.array([np.nan])
    if not np.isfinite(made).all():
        raise InputError(f"{what} takes finite numbers.")
    return made
