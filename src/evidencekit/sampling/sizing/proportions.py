"""How many interviews estimate a proportion."""

from __future__ import annotations

import math

from evidencekit.errors import InputError, one_of
from evidencekit.sampling.sizing.checks import normal, one_target, population_size, positive, share
from evidencekit.sampling.sizing.margins import MARGINS, Method, from_margin
from evidencekit.sampling.sizing.sizes import SampleSize, finite, told

__all__ = ["n_for_proportion"]

_FEW = 25  # expected cases


def n_for_proportion(
    p: float,
    *,
    moe: float | None = None,
    relative_moe: float | None = None,
    rse: float | None = None,
    method: Method = "wald",
    level: float = 0.95,
    deff: float = 1.0,
    population: float | None = None,
) -> SampleSize:
    """How many completed interviews estimate a proportion as precisely as wanted.

    Exactly one of `moe`, `relative_moe` and `rse` says how precisely. For what is rare, a relative standard error is the target that keeps
    its meaning: plus or minus 3 points says nothing about 2 per cent.

    Parameters
    ----------
    p : float
        The proportion expected, above 0 and below 1.
    moe : float, optional
        Margin of error: half the width of the interval, as a share (0.02 is 2 percentage points).
    relative_moe : float, optional
        The same as a share of p.
    rse : float, optional
        Relative standard error: the standard error as a share of p.
    method : {"wald", "wilson", "log-odds", "clopper-pearson", "fleiss", "log"}
        The interval that is to be so wide. ``"log"``, with `rse` only: the standard error of ``ln p`` as a share of ``ln p``.
    level : float
        Confidence level of the interval; not used with `rse`.
    deff : float
        Design effect, as `design_effect` gives it.
    population : float, optional
        Size of the population, where the sample may be a good part of it.

    Returns
    -------
    SampleSize
        ``n`` unrounded; ``steps`` has the cases to expect.

    Raises
    ------
    InputError
        No or several targets, a share outside 0 to 1, a method that does not fit the target, something that is not a number.

    Notes
    -----
    With ``n0`` for a simple random sample of a large population, N the population and ``a = N / (N - 1)``,
    ``n = 1 / (1 / (a deff n0) + 1 / N)``: this solves ``deff (1/n - 1/N) S^2 = V`` with ``S^2 = a p (1 - p)``, exactly so for ``"wald"``
    and `rse`, and is used for the other methods too. ``"fleiss"`` is the formula that the packages samplics and svy give under that name,
    after Fleiss (1981).

    References
    ----------
    Valliant, R., Dever, J. A. and Kreuter, F. (2018), Practical Tools for Designing and Weighting Survey Samples, 2nd edition, chapter 3;
    and their R package PracTools (nPropMoe, nProp, nWilson, nLogOdds), whose nLogOdds has N / (N - 1) on the other side.
    Gutierrez, H. A., R package samplesize4surveys (ss4pLN) for ``"log"``.

    Examples
    --------
    >>> from evidencekit.sampling import n_for_proportion
    >>> n_for_proportion(0.02, rse=0.2, deff=1.5).rounded
    1838
    >>> [n_for_proportion(0.05, moe=0.02, method=m).rounded for m in ("wald", "wilson", "clopper-pearson")]
    [457, 469, 508]
    """
    p, deff, size = share("p", p), positive("deff", deff), population_size(population)
    target, wanted = one_target({"moe": moe, "relative_moe": relative_moe, "rse": rse})
    one_of("method", method, (*MARGINS, "log"))
    z = normal(level)
    notes: tuple[str, ...] = ()
    if target == "rse":
        n0, words = _from_rse(p, wanted, method)
    else:
        if method == "log":
            raise InputError("method='log' goes with rse=.", "For a margin of error use 'wilson' or 'log-odds', which stay within 0 and 1.")
        e = wanted * p if target == "relative_moe" else wanted
        n0, words = from_margin(method, p, e, z), MARGINS[method][1]
        if target == "relative_moe":
            words = words.replace("moe", "e") + ", e = p relative_moe"
        if method == "wald" and e >= min(p, 1 - p):
            notes = ("the interval would reach past 0 or 1: use method='wilson', or rse=",)
    n = finite(n0, deff, size, rescaled=True)
    if n * p < _FEW:
        notes += (f"fewer than {_FEW} cases to expect: too few to be split by sex or region",)
    given: dict[str, float | str] = {"p": p, target: wanted}
    given |= {"level": level} if target != "rse" else {}
    return SampleSize(n, "interviews", *told(words, given, deff, size), steps={"expected cases": n * p}, notes=notes)


def _from_rse(p: float, wanted: float, method: str) -> tuple[float, str]:
    """How many give a relative standard error."""
    if method == "wald":
        return (1 - p) / p / wanted**2, "n0 = (1-p) / (p rse^2)"
    if method == "log":
        return (1 - p) / p / (math.log(p) * wanted) ** 2, "n0 = (1-p) / (p (rse ln p)^2): rse of ln p"
    raise InputError(f"rse= does not go with method={method!r}, which is an interval.", "Leave method= out, or give moe=.")
