"""ranktest: whether groups differ in where their answers lie, by ranks in the population."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from scipy.special import fdtrc, ndtri, stdtr

from evidencekit.columns import Floats, summed
from evidencekit.errors import EstimationError, one_of
from evidencekit.significance import Test
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.intervals import check_level
from evidencekit.survey.uncertainty.scope import need_design
from evidencekit.tables.independence import quadratic
from evidencekit.tables.scoped import amounts, fixed_covariance, groups, one_name, scope_with

__all__ = ["RankTest", "ranktest"]

RankTest = Literal["wilcoxon", "van-der-waerden", "median", "kruskal-wallis"]
SCORES: dict[str, Callable[[Floats], Floats]] = {
    "wilcoxon": lambda r: r,
    "kruskal-wallis": lambda r: r,
    "van-der-waerden": lambda r: ndtri(np.clip(r, np.finfo(float).tiny, np.nextafter(1.0, 0.0))),  # rounding may reach 0 and 1
    "median": lambda r: (r > 0.5).astype(np.float64),
}
WORDS = {"wilcoxon": "Wilcoxon", "kruskal-wallis": "Kruskal-Wallis", "van-der-waerden": "van der Waerden", "median": "median"}


def ranktest(
    survey: Survey,
    y: str,
    by: str,
    *,
    test: RankTest = "wilcoxon",
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Test:
    """Design-based rank test of two groups or more.

    Parameters
    ----------
    survey, where, where_label, level
        As for `association`.
    y : str
        A numeric column; only the order of its values matters.
    by : str
        A column of groups.
    test : {"wilcoxon", "van-der-waerden", "median", "kruskal-wallis"}
        Which scores ranks get: the rank itself (``"wilcoxon"``, the default, and ``"kruskal-wallis"`` are one test), normal scores, or
        above and below the median.

    Returns
    -------
    Test
        With each group's mean score less that of the first group as its estimate. Two groups have a t, more have an F.

    Raises
    ------
    Refused, InputError, UnknownColumn, EstimationError
        As for `ttest`.

    Notes
    -----
    Ranks are estimated in the population: with answers in order, each has the weight of those before it plus half its own, over the sum
    of the weights; equal answers share the mean of theirs. Where weights differ among equal answers, that mean depends a little on the
    order of rows; R has it so. Scores of ranks are compared between groups by weighted least squares, with the design-based covariance
    of the differences: all stages, fpc, calibration and replicates are in it. Degrees of freedom are those of the design less the
    number of groups, plus 1.

    References
    ----------
    Lumley and Scott (2013), Biometrika 100, 831-842.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> 0 <= ek.tables.ranktest(survey, "hours_online", "sex").p <= 1
    True
    """
    one_of("test", test, SCORES)
    need_design(survey, "ranktest()")
    in_memory(survey, "ranktest()")
    y, by, level = one_name(survey, y, "y"), one_name(survey, by, "by"), check_level(level)
    values = amounts(survey, (y,))[0]
    blanks = {y: np.isnan(values), by: survey.column(by).codes < 0}
    scope = scope_with(survey, blanks, "ranktest()", where, where_label)
    there = groups(scope, by, "ranktest()")
    k = len(there) - 1
    df = scope.df - k
    if df <= 0:
        raise EstimationError(f"The design has {scope.df:g} degrees of freedom, too few to compare {k + 1} groups.", "Join groups.")
    scores = SCORES[test](_ranks(values[scope.rows], scope.w))
    if scores.min() == scores.max():
        raise EstimationError(f"ranktest() looks at the order of answers, and all of {y!r} have one rank.")
    size = summed(there.codes, scope.w, k + 1)
    centre = summed(there.codes, scope.w * scores, k + 1) / size
    inside = (there.codes[:, None] == np.arange(k + 1)) * ((scores - centre[there.codes])[:, None] / size)
    gap, influence = centre[1:] - centre[0], inside[:, 1:] - inside[:, :1]
    v = fixed_covariance(scope, influence)
    if k == 1 and v[0, 0] > 0:
        statistic = float(gap[0] / np.sqrt(v[0, 0]))
        free, p = (df,), float(2 * stdtr(df, -abs(statistic)))
    else:
        statistic = quadratic(gap, v) / k
        free, p = (float(k), df), float(fdtrc(k, df, statistic))
    columns = {"variable": (y,) * k, by: there.levels[1:], "less": there.levels[:1] * k}
    said = ("difference", f"difference of the mean {WORDS[test]} score of {y} between groups of {by}")
    est = scope.estimate(columns, gap, v, said=said, level=level, df=df)
    return Test(
        method=f"design-based {WORDS[test]} test",
        null=f"{y} is distributed alike in all groups of {by}",
        statistic=statistic,
        df=free,
        p=p,
        estimate=est,
        inference=survey.inference,
        provenance=est.provenance,
    )


def _ranks(values: Floats, w: Floats) -> Floats:
    """Each row's rank in the population, between 0 and 1; rows of one value share theirs."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(w[order])
    middle = running - w[order] / 2
    sorted_values = values[order]
    tie = np.concatenate([[0], np.cumsum(sorted_values[1:] != sorted_values[:-1])])
    shared = np.bincount(tie, middle) / np.bincount(tie)
    out = np.empty(len(values))
    out[order] = shared[tie] / running[-1]
    return out
