"""goodness: whether the answers to one question are distributed as expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError, InputError
from evidencekit.significance import Test
from evidencekit.survey.proportions import limits_of
from evidencekit.survey.summing.domains import Where, where_words
from evidencekit.survey.summing.totals import in_memory, tally
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, assemble, layout_of, spread_of
from evidencekit.survey.uncertainty.intervals import ProportionInterval, reals
from evidencekit.survey.uncertainty.linear import means, totals
from evidencekit.survey.uncertainty.scope import need_design
from evidencekit.tables.chisquares import Tail, satterthwaite, sum_tail
from evidencekit.tables.scoped import one_name

__all__ = ["goodness"]

NOTHING = 1e-12  # of the chi-square's mean in a simple random sample: such variances are rounding


def goodness(
    survey: Survey,
    y: str,
    expected: Mapping[Any, float] | Sequence[float],
    *,
    method: Tail = "satterthwaite",
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Test:
    """Test whether a distribution is the one expected, for example that of a census.

    Parameters
    ----------
    survey, where, where_label, level
        As for `association`.
    y : str
        A column of categories.
    expected : mapping or sequence of float
        Share or number expected of each category, above 0: by its label or code, or in the order in which `proportion` shows them. They
        are divided by their sum.
    method : {"satterthwaite", "exact", "saddlepoint"}
        How the distribution of the statistic is had; see `sum_tail`.

    Returns
    -------
    Test
        With the shares as its estimate. `statistic` is Pearson's chi-square of the weighted totals, on their own scale; it is
        distributed as the `scale` told in the flags and the provenance times a chi-square on `df`.

    Raises
    ------
    InputError, UnknownColumn
        `expected` does not name each category once, with numbers above 0.
    Refused, EstimationError
        As for `association`.

    Notes
    -----
    With O the totals and E = N p, the statistic is the sum of ``x_i^2, x_i = (O_i - E_i) / sqrt(E_i)``, and under the hypothesis is
    distributed as a sum of chi-squares weighted by the eigenvalues of the linearised covariance of x, N estimated too. Where the design
    or calibration fixes the distribution nothing varies, and p is not a number.

    References
    ----------
    Rao and Scott (1981), JASA 76, 221-230. Satterthwaite (1946), Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> 0 < ek.tables.goodness(survey, "sex", {"boy": 0.51, "girl": 0.49}).p < 1
    True
    """
    need_design(survey, "goodness()")
    in_memory(survey, "goodness()")
    name = one_name(survey, y, "y")
    measured = tally(survey, [name], (), where)
    table = measured.tables[0]
    keys, shown = table.keys or (), table.categories or ()
    if len(keys) < 2:
        raise EstimationError(f"goodness() looks at a distribution, and {name!r} has one level only.")
    p = _expected(expected, name, keys, shown)
    layout = layout_of(measured, [name], [list(range(len(keys)))], [shown])
    linear = totals(table, 1)
    observed = linear.points[0]
    e = p * observed.sum()
    x = (observed - e) / np.sqrt(e)
    slopes = np.diag(1 / np.sqrt(e)) - np.outer(1 / np.sqrt(e) + (observed - e) / (2 * e**1.5), np.ones(len(p))) * p[:, None]
    v = slopes @ spread_of(survey, measured, [linear], layout)[0].of(np.arange(len(p))) @ slopes.T
    effects = np.maximum(np.linalg.eigvalsh((v + v.T) / 2), 0.0)
    asked = Asked("proportion", f"share of {name}", "beta", where_words(where, where_label), level)
    est = assemble(survey, measured, [means(table, 1)], layout, asked, limits_of(ProportionInterval(method="beta"), asked.level))
    statistic, df, tail = float(x @ x), np.nan, np.nan
    flags, policies = ("no sampling variance: the design fixes this distribution",), est.provenance.policies
    if effects.sum() > NOTHING * observed.sum() / table.n.sum():
        scale, df = satterthwaite(effects)
        tail, policies = sum_tail(statistic, effects, method=method), (*policies, ("scale of the chi-square", f"{scale:.6g}"))
        flags = (f"on the scale of the totals: divided by {scale:.4g} it is a chi-square",)
    return Test(
        method="Rao-Scott goodness of fit",
        null=f"{name} is distributed as expected",
        statistic=statistic,
        df=(df,),
        p=tail,
        estimate=est,
        inference=survey.inference,
        flags=flags,
        provenance=replace(est.provenance, method="goodness", policies=policies),
    )


def _expected(given: Any, name: str, keys: tuple[Any, ...], shown: tuple[Any, ...]) -> Floats:
    """Shares by category, in their order, adding up to 1."""
    many = f"{name!r} has {len(keys)} categories; proportion() shows them"
    if isinstance(given, Mapping):
        values = [[v for k, v in given.items() if k in (key, label)] for key, label in zip(keys, shown, strict=True)]
        if len(given) != len(keys) or any(len(found) != 1 for found in values):
            raise InputError(f"expected= names each category once, by its label or its code: {many}.")
        given = [found[0] for found in values]
    made = reals(given)
    if made is None or len(made) != len(keys) or min(made) <= 0:
        raise InputError(f"expected= gives each category a number above 0: {many}.", "Leave out rows of other categories with where=.")
    return np.array(made) / sum(made)
