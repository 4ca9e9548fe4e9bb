"""trend: whether a share rises or falls steadily across ordered groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import stdtr

from evidencekit.columns import Bools, Floats
from evidencekit.errors import EstimationError, InputError
from evidencekit.significance import Test
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.intervals import check_level, real, reals
from evidencekit.survey.uncertainty.scope import need_design
from evidencekit.tables.scoped import Groups, groups, need_order, one_name, scope_with

__all__ = ["trend"]


def trend(
    survey: Survey,
    y: str,
    by: str,
    *,
    category: Any = None,
    scores: Mapping[Any, float] | Sequence[float] | None = None,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Test:
    """Design-based Cochran-Armitage test for a trend.

    Parameters
    ----------
    survey, where, where_label, level
        As for `association`.
    y : str
        A 0/1 or true/false column; with `category`, any column of categories.
    by : str
        A column of ordered groups: numbers, categories in a declared order, or text that begins with rising numbers (12-14, 15-17, 18+).
    category : label or code, optional
        The category of `y` whose share is looked at.
    scores : mapping or sequence of float, optional
        Where each group lies, by its label or code, or in the order of the groups. Default: the groups' numbers where they are numbers,
        otherwise 0, 1, 2, ...

    Returns
    -------
    Test
        With the slope, the change of the share for one unit of the scores, as its estimate. A positive t is a rise.

    Raises
    ------
    InputError, UnknownColumn
        `y` has more than two values and no `category`; scores that do not fit the groups; groups of text that have no order.
    EstimationError
        One group or one value only; nothing varies.
    Refused
        The answers are not from a probability sample.

    Notes
    -----
    The score of the slope at the hypothesis, ``sum w (y - p) (x - m)`` with p and m the overall share and mean score, over its standard
    error; with two groups it is the Wald test of `association`. A share that rises and falls again may show no trend: look at the groups
    too, and test `association`.

    References
    ----------
    Cochran (1954), Biometrics 10, 417-451. Armitage (1955), Biometrics 11, 375-386. Rao, Scott and Skinner (1998), Statistica Sinica 8,
    1059-1070, for score tests under a design.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.tables.trend(survey, "internet_daily", "age").statistic > 0
    True
    """
    need_design(survey, "trend()")
    in_memory(survey, "trend()")
    y, by, level = one_name(survey, y, "y"), one_name(survey, by, "by"), check_level(level)
    column, over = survey.column(y), survey.column(by)
    place = _case(y, column.keys, column.levels, category)
    blanks: dict[str, Bools | None] = {y: column.codes < 0, by: over.codes < 0}
    scope = scope_with(survey, blanks, "trend()", where, where_label)
    there = groups(scope, by, "trend()")
    if scores is None:
        fix = "Give scores=, a number for each group by its label, or make the column an ordered category."
        need_order(survey, by, there.keys, "trend()", fix)
    x = _scores(scores, there, by)[there.codes]
    case = (column.codes[scope.rows] == place).astype(np.float64)
    if case.min() == case.max():
        raise EstimationError(f"trend() looks at a share, and {y!r} has one value only among the rows it looks at.")

    def parts(w: Floats) -> tuple[float, float, float]:
        whole = w.sum()
        return float(w @ case / whole), float(w @ x / whole), float(whole)

    def score(w: Floats) -> Floats:
        p, m, _ = parts(w)
        return np.array([w @ ((case - p) * (x - m))])

    def slope(w: Floats) -> Floats:
        p, m, _ = parts(w)
        return np.array([w @ ((case - p) * (x - m)) / (w @ (x - m) ** 2)])

    p, m, _ = parts(scope.w)
    null = ((case - p) * (x - m))[:, None]
    b = slope(scope.w)
    own = ((x - m) * (case - p - b[0] * (x - m)) / (scope.w @ (x - m) ** 2))[:, None]
    u = score(scope.w)
    v = float(scope.spread(u, lambda: null, score)[0, 0])
    if not v > 1e-28 * float(scope.w @ np.abs(null[:, 0])) ** 2:
        raise EstimationError("trend() has nothing to test by: the score does not vary between sampling units.", "Look at mean(by=).")
    t = float(u[0] / np.sqrt(v))
    words = f"change of the share of {y} for one unit of {by}"
    est = scope.estimate({"variable": (y,)}, b, scope.spread(b, lambda: own, slope), said=("slope", words), level=level)
    return Test(
        method="design-based Cochran-Armitage trend test",
        null=f"the share of {y} neither rises nor falls with {by}",
        statistic=t,
        df=(scope.df,),
        p=float(2 * stdtr(scope.df, -abs(t))),
        estimate=est,
        inference=survey.inference,
        provenance=est.provenance,
    )


def _case(name: str, keys: tuple[Any, ...], shown: tuple[Any, ...], category: Any) -> int:
    """The code of the category that is looked at."""
    if category is None:
        if set(keys) <= {0, 1} and 1 in keys:
            return keys.index(1)
        if set(keys) == {1, 2}:
            raise InputError(f"{name!r} is written as 1 and 2.", "Say which is the case: category=1.")
        raise InputError(f"trend() looks at one share, and {name!r} does not hold 0 and 1.", "Say which category is the case: category=...")
    hits = [i for i, both in enumerate(zip(keys, shown, strict=True)) if category in both]
    if len(hits) != 1:
        raise InputError(f"category= is not one of the {len(keys)} categories of {name!r}.", "Look at proportion().")
    return hits[0]


def _scores(given: Any, there: Groups, by: str) -> Floats:
    """Where each group lies."""
    if given is None:
        numbers = [real(key) for key in there.keys]
        made = None if None in numbers else [float(v) for v in numbers if v is not None]
        return np.arange(len(there), dtype=np.float64) if made is None else np.array(made)
    if isinstance(given, Mapping):
        values = [[v for k, v in given.items() if k in both] for both in zip(there.keys, there.levels, strict=True)]
        if any(len(found) != 1 for found in values):
            raise InputError(f"scores= gives each of the {len(there)} groups of {by!r} one number, by its label or its code.")
        given = [found[0] for found in values]
    found = reals(given)
    if found is None or len(found) != len(there) or len(set(found)) < 2:
        raise InputError(f"scores= gives each of the {len(there)} groups of {by!r} a number, and not the same to all.")
    return np.array(found)
