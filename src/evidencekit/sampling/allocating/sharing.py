"""Allocate a sample to strata for one purpose: the verb, and the scores its methods share units by."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import DesignError, InputError, how_many, one_of
from evidencekit.sampling.allocating.allocation import Allocation
from evidencekit.sampling.allocating.asking import Strata, as_float, is_number, strata_of
from evidencekit.sampling.allocating.filling import fill_amount, fill_variance
from evidencekit.sampling.allocating.rounding import Whole, largest_remainders, priorities, spent, up
from evidencekit.sampling.allocating.targets import Budget, Precision

__all__ = ["Rule", "allocate", "least_of"]

Rule = Literal["proportional", "equal", "neyman", "cost", "power", "kish"]
_MOST = 100  # for compromise=
RULES = ("proportional", "equal", "neyman", "cost", "power", "kish")
NEEDS = {"neyman": ("deviations",), "cost": ("deviations", "costs"), "power": ("deviations", "totals")}
TINY = 1e-12  # stands for no units where one divides by them
START = {"power": 0.5, "kish": 1.0}
ROUNDED = {
    "remainders": "rounded down, then up where most was cut off, so that the total is kept",
    "wright": "the whole numbers with the smallest variance of all with this total (Wright)",
    "up": "rounded up, so that the precision is reached",
    "spent": "rounded down, then up where most was cut off, as long as the money lasts",
}


def allocate(
    sizes: Any,
    n: int | Budget | Precision,
    *,
    method: Rule = "proportional",
    deviations: Any = None,
    costs: Any = None,
    totals: Any = None,
    importance: Any = None,
    compromise: float | None = None,
    minimum: Any = 2,
) -> Allocation:
    """How many units to draw in each stratum.

    Parameters
    ----------
    sizes : mapping, pandas Series or data frame
        Strata to numbers of units in the population. A frame has one row a stratum, with the columns ``stratum`` and ``size``; then what
        follows may be names of its columns.
    n : int, Budget or Precision
        The number of units in all, the money for them, or how precise the estimated mean must be.
    method : {"proportional", "equal", "neyman", "cost", "power", "kish"}
        What units are shared by; see Notes.
    deviations : mapping, Series, str or float, optional
        Standard deviations of the variable among the units of each stratum, with divisor N - 1. For a share p near enough the square root
        of ``p (1 - p)``.
    costs : mapping, Series, str or float, optional
        What a unit costs in each stratum.
    totals : mapping, Series or str, optional
        The variable's total in each stratum, for "power" and ``Precision(cv=)``.
    importance : mapping, Series or str, optional
        For "power": how much each stratum matters. Default: `totals`.
    compromise : float, optional
        For "power" the exponent, from 0 (every stratum equally precise in relative terms) to 1 (Neyman, for the whole), default 0.5. For
        "kish" how much the whole counts beside the single strata, from 0 (equal) up (proportional), default 1.
    minimum : mapping, Series, str or int
        The least number in each stratum, default 2, which a variance needs. A stratum with fewer units is taken whole.

    Returns
    -------
    Allocation
        Exact and whole numbers; ``.as_mapping()`` is what the verbs that draw take.

    Raises
    ------
    InputError
        A stratum missing from a mapping, text, missing or negative numbers, or something a method needs not given.
    DesignError
        More units than the population has, or fewer than the minimum in all strata; a budget below the minimum; no variance anywhere.

    Notes
    -----
    With N_h units, standard deviation S_h, cost c_h, total Y_h and importance X_h, the numbers are in proportion to: ``N_h``
    (proportional); 1 (equal); ``N_h S_h`` (neyman); ``N_h S_h / sqrt(c_h)`` (cost); ``X_h**q S_h / (Y_h / N_h)`` (power);
    ``sqrt(I W_h**2 + 1 / H**2)`` with ``W_h = N_h / N`` (kish). No stratum gets more than all its units or less than its minimum; what it
    cannot take goes to the others in the same proportions, which is the optimum within these bounds.

    Whole numbers: for n units the largest remainders are rounded up, so that the total is kept; with "neyman" the whole numbers
    are the best there are (Wright 2012). For a precision all are rounded up. For a budget they are rounded down, and what is left buys
    units where most was cut off. Ties go to the larger stratum, then by label, so the order of strata changes nothing.

    References
    ----------
    Neyman (1934), JRSS 97, 558-625. Cochran (1977), Sampling Techniques, 3rd edition, 5.5-5.8. Bankier (1988), The American Statistician
    42, 174-177. Kish (1988), Journal of Official Statistics 4, 19-32. Wright (2012), The American Statistician 66, 217-224.

    Examples
    --------
    >>> from evidencekit.sampling import allocate
    >>> sizes = {"north": 12000, "centre": 30500, "south": 4100}
    >>> allocate(sizes, 1200).as_mapping()
    {'north': 309, 'centre': 785, 'south': 106}
    >>> best = allocate(sizes, 1200, method="neyman", deviations={"north": 0.22, "centre": 0.30, "south": 0.49})
    >>> best
    Allocation (neyman): 1,200 of 46,600 units in 3 strata; standard error 0.008431
    stratum   size    n  n_exact  fraction  deviation
    north    12000  230    229.6   0.01917       0.22
    centre   30500  795    795.7   0.02607        0.3
    south     4100  175    174.7   0.04268       0.49
    """
    one_of("method", method, RULES)
    strata = strata_of(sizes)
    given = {"deviations": deviations, "costs": costs, "totals": totals}
    lost = [name for name in NEEDS.get(method, ()) if given[name] is None]
    if lost:
        raise InputError(f"method={method!r} needs {lost[0]}=.", "Give a mapping of strata to numbers.")
    spread = (
        None
        if deviations is None
        else strata.numbers(deviations, "deviations=", least=0.0, scaled=method == "neyman" and not isinstance(n, Precision))
    )
    prices = None if costs is None else strata.numbers(costs, "costs=", above=0.0)
    sums = None if totals is None else strata.numbers(totals, "totals=")
    weight = START.get(method, 0.0) if compromise is None else _compromise(compromise, method)
    if importance is not None and method != "power":
        raise InputError('importance= belongs to method="power".', "Leave it out.")
    matters = sums if importance is None else strata.numbers(importance, "importance=", above=0.0)
    scores = _scores(strata, method, spread, prices, (sums, matters), weight)
    least = least_of(strata, minimum)
    exact = _exact(strata, n, scores, least, (spread, prices, sums))
    whole, rule = _whole(strata, n, exact, method, least, (spread, prices))
    return Allocation(strata, whole, exact, method, ROUNDED[rule], spread, prices, sums)


def least_of(strata: Strata, minimum: Any) -> Floats:
    """The least number in each stratum, shape (H,): what was asked for, or all units where there are fewer."""
    made = strata.numbers(minimum, "minimum=", least=0.0)
    if not np.array_equal(made, np.trunc(made)):
        raise InputError("minimum= is a whole number of units, or a mapping of strata to such numbers.")
    return np.minimum(made, strata.sizes)


def _compromise(value: object, method: str) -> float:
    if method not in START:
        raise InputError('compromise= belongs to method="power" and method="kish".', "Leave it out.")
    if not is_number(value) or not 0 <= as_float(value) <= _MOST:
        raise InputError(
            f"compromise= is a number of 0 or more, up to {_MOST}.", "For power it is the exponent, for kish the weight of the whole."
        )
    return as_float(value)


def _scores(
    strata: Strata, method: str, spread: Floats | None, prices: Floats | None, sums: tuple[Floats | None, Floats | None], weight: float
) -> Floats:
    """What numbers of units are in proportion to, shape (H,), scaled to a largest of 1."""
    sizes = strata.sizes
    if method == "proportional":
        made = sizes
    elif method == "equal":
        made = np.ones(len(sizes))
    elif method == "kish":
        made = np.sqrt(weight * (sizes / sizes.sum()) ** 2 + 1 / len(sizes) ** 2)
    else:
        assert spread is not None
        if not (spread > 0).any():
            raise DesignError("deviations= are 0 in every stratum: nothing varies.", 'Use method="proportional", or other deviations.')
        made = sizes * spread
        if method == "cost":
            assert prices is not None
            made = made / np.sqrt(prices)
        if method == "power":
            total, matters = sums
            assert total is not None
            assert matters is not None
            wrong = int((total <= 0).sum())
            if wrong:
                raise InputError(f"totals=: {wrong} of {len(total)} are not above 0.", 'method="power" is for totals above 0 everywhere.')
            made = made / total * (matters / matters.max()) ** weight
    return made / made.max()


def _exact(strata: Strata, n: object, scores: Floats, least: Floats, known: tuple[Floats | None, Floats | None, Floats | None]) -> Floats:
    """Numbers of units that reach the target, not yet whole."""
    sizes, (spread, prices, sums) = strata.sizes, known
    if isinstance(n, Budget):
        if prices is None:
            raise InputError("A Budget needs costs=.", "Give what a unit costs in each stratum.")
        if prices @ least > n.amount:
            raise DesignError(
                f"The budget pays for less than the minimum in all strata, which costs {prices @ least:,.6g}.",
                "Raise it, lower minimum=, or join strata.",
            )
        return fill_amount(scores, least, sizes, prices, min(n.amount, float(prices @ sizes)))
    if isinstance(n, Precision):
        return _precise(strata, n, scores, least, spread, sums)
    if isinstance(n, (bool, np.bool_)) or not isinstance(n, (int, np.integer)) or n < 1:
        raise InputError(
            "n is a whole number of units above 0, a Budget or a Precision.", "Such as 1200, Budget(40000) or Precision(cv=0.05)."
        )
    if n > int(sizes.sum()):
        raise DesignError(f"n is more than the {sizes.sum():,.0f} units there are.", "Take all of them, or correct sizes=.")
    if n < least.sum():
        raise DesignError(
            f"n={n:,} is less than the minimum in {how_many(len(strata), 'stratum', 'strata')}, which is {least.sum():,.0f}.",
            "Raise n, lower minimum=, or join strata.",
        )
    return fill_amount(scores, least, sizes, np.ones(len(sizes)), float(n))


def _precise(strata: Strata, n: Precision, scores: Floats, least: Floats, spread: Floats | None, sums: Floats | None) -> Floats:
    sizes = strata.sizes
    if spread is None:
        raise InputError("A Precision needs deviations=.", "Give the standard deviation of the variable in each stratum.")
    if n.cv is not None:
        if sums is None or sums.sum() == 0:
            raise InputError("Precision(cv=) needs totals= whose sum is not 0.", "Or give Precision(standard_error=).")
        target = n.cv * abs(float(sums.sum()))
    else:
        assert n.standard_error is not None
        target = n.standard_error * float(sizes.sum())
    if not (spread > 0).any():
        raise DesignError("deviations= are 0 in every stratum: every sample reaches every precision.", "Give other deviations.")
    least = np.where(spread > 0, np.maximum(least, np.minimum(1.0, sizes)), least)
    squares = (sizes * spread) ** 2
    wanted = target**2 + float((squares / sizes).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        reached = np.where(squares > 0, squares / least, 0.0)
    if float(reached.sum()) <= wanted:
        return least
    made = fill_variance(scores, np.maximum(least, TINY), sizes, squares, wanted)
    return np.where(made <= TINY, 0.0, made)


def _whole(
    strata: Strata, n: object, exact: Floats, method: str, least: Floats, known: tuple[Floats | None, Floats | None]
) -> tuple[Whole, str]:
    spread, prices = known
    if isinstance(n, Budget):
        assert prices is not None
        return spent(exact, n.amount, prices, strata.sizes, strata.rank), "spent"
    if isinstance(n, Precision):
        return up(exact, strata.sizes), "up"
    total = int(np.rint(exact.sum()))
    if method == "neyman":
        assert spread is not None
        return priorities(strata.sizes * spread, total, least, strata.sizes, strata.rank), "wright"
    return largest_remainders(exact, total, strata.sizes, strata.sizes, strata.rank), "remainders"
