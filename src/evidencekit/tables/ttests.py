"""ttest: a mean against a number, the means of two groups, or two numbers of the same people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import stdtr

from evidencekit.combining import difference
from evidencekit.errors import EstimationError, InputError
from evidencekit.estimate import Estimate
from evidencekit.significance import Test
from evidencekit.survey.means import mean
from evidencekit.survey.summing.domains import Where, domains_of, where_words
from evidencekit.survey.summing.totals import derived, in_memory
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, assemble, layout_of
from evidencekit.survey.uncertainty.intervals import check_level, real, t_limits
from evidencekit.survey.uncertainty.linear import means
from evidencekit.survey.uncertainty.scope import need_design
from evidencekit.tables.scoped import amounts, one_name

__all__ = ["ttest"]


def ttest(
    survey: Survey,
    y: str,
    *,
    by: str | None = None,
    paired: str | None = None,
    mu: float = 0.0,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Test:
    """Design-based t test.

    Parameters
    ----------
    survey, where, where_label, level
        As for `association`.
    y : str
        A numeric or true/false column.
    by : str, optional
        A column of two groups: is the mean of the second, in the order `mean` shows them, less that of the first `mu`?
    paired : str, optional
        A second numeric column of the same rows: is the mean of `y` less it `mu`? Without `by` and `paired`: is the mean of `y` `mu`?
    mu : float
        The mean or difference under the hypothesis, in the units of `y`. Default 0.

    Returns
    -------
    Test
        With the mean or the difference and its interval as its estimate.

    Raises
    ------
    Refused
        The answers are not from a probability sample; `y` holds codes of categories.
    InputError, UnknownColumn
        Both `by` and `paired`; more than two groups; no numbers; lazy data.
    EstimationError
        One group; the answers do not vary.

    Notes
    -----
    ``t = (estimate - mu) / se`` on the design degrees of freedom less 1, as R's svyttest has it: PSUs with an answer minus strata with one,
    minus 1. With one mean that is a little cautious. The difference keeps the covariance of the groups.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, chapter 3. Lumley (2010), Complex Surveys: A Guide to Analysis Using R.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> made = ek.tables.ttest(survey, "hours_online", by="sex")
    >>> len(made.df)
    1
    """
    need_design(survey, "ttest()")
    in_memory(survey, "ttest()")
    name, centre = one_name(survey, y, "y"), real(mu)
    if centre is None:
        raise InputError("mu= is a number.")
    if by is not None and paired is not None:
        raise InputError("ttest() takes by= or paired=, not both.", "Test the two differences of pairs against each other as a column.")
    level = check_level(level)
    if by is not None:
        est, what = _of_groups(survey, name, one_name(survey, by, "by="), where, where_label, level)
        null = f"the mean of {name} is the same in both groups of {by}"
    elif paired is not None:
        est, what = _of_pairs(survey, name, one_name(survey, paired, "paired="), where, where_label, level), "paired"
        null = f"the mean of {name} is that of {paired}"
    else:
        est, what = mean(survey, name, where=where, where_label=where_label, level=level), "one-sample"
        null = f"the mean of {name} is {centre:g}"
    df = est.df - 1
    se = est.se
    if not (df[0] > 0 and se[0] > 1e-14 * abs(est.points[0])):
        raise EstimationError(
            "ttest() has nothing to test by: the mean does not vary between sampling units, or no degrees of freedom are left.",
            "Look at mean(), and at check_survey(survey).",
        )
    low, high = t_limits(est.points, se, df, level)
    est = replace(est, df=df, interval=replace(est.interval, low=low, high=high, method="t"))
    t = float((est.points[0] - centre) / se[0])
    return Test(
        method=f"design-based t test, {what}",
        null=null if what == "one-sample" or centre == 0 else f"{null}, less {centre:g}",
        statistic=t,
        df=(float(df[0]),),
        p=float(2 * stdtr(df[0], -abs(t))),
        estimate=est,
        inference=survey.inference,
        provenance=est.provenance,
    )


def _of_groups(survey: Survey, y: str, by: str, where: Where, where_label: str, level: float) -> tuple[Estimate, str]:
    both = mean(survey, y, by=by, where=where, where_label=where_label, level=level)
    if len(both) == 1:
        raise EstimationError(f"ttest() compares groups, and {by!r} has one level only among those who answered.")
    if len(both) > 2:
        raise InputError(f"ttest() compares two groups, and {by!r} has {len(both)}.", "Choose two with where=, or use ranktest().")
    return difference(both, 1, 0, level=level), "two-sample"


def _of_pairs(survey: Survey, y: str, other: str, where: Where, where_label: str, level: float) -> Estimate:
    if y == other:
        raise InputError("The two columns of a pair are different.")
    a, b = amounts(survey, (y, other))
    gap = a - b
    domains = domains_of(survey, (), where)
    measured = derived(survey, domains, [([gap], np.isnan(gap))])
    label = f"{y} - {other}"
    asked = Asked("mean", f"mean of {label}", "t", where_words(where, where_label), level)
    return assemble(survey, measured, [means(measured.tables[0], domains.count)], layout_of(measured, [label], [[0]], [None]), asked)
