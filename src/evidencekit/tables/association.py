"""association: whether two categorical columns go together, under the design."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy.special import chdtrc, fdtrc

from evidencekit.errors import EstimationError, one_of
from evidencekit.significance import Test
from evidencekit.survey.proportions import limits_of
from evidencekit.survey.summing.domains import Where, where_words
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, assemble
from evidencekit.survey.uncertainty.intervals import ProportionInterval
from evidencekit.survey.uncertainty.scope import need_design
from evidencekit.tables.chisquares import sum_tail
from evidencekit.tables.crossing import Crossed, crossed
from evidencekit.tables.independence import corrected, deviance, pearson, wald

__all__ = ["Statistic", "association"]

Statistic = Literal["F", "chisq", "wald", "adjusted-wald", "exact", "saddlepoint", "wls-score", "deviance", "deviance-chisq"]
STATISTICS: dict[str, str] = {
    "F": "Rao-Scott F",
    "chisq": "Rao-Scott chi-square, first order",
    "wald": "Wald F",
    "adjusted-wald": "adjusted Wald F",
    "exact": "Pearson chi-square, exact distribution",
    "saddlepoint": "Pearson chi-square, saddlepoint approximation",
    "wls-score": "weighted least squares score F",
    "deviance": "Rao-Scott F of the deviance",
    "deviance-chisq": "Rao-Scott chi-square of the deviance, first order",
}
SPARSELY = "a cell has fewer than 5 expected answers"
FEW = 8  # degrees of freedom, below which NCHS asks for a statistician's review
WHOLE = 1e-12  # degrees of freedom this near below a whole number are that number
SPARSE = 5.0  # expected answers in a cell, below which the chi-square distribution is a rough guide


def association(
    survey: Survey,
    row: str,
    column: str,
    *,
    statistic: Statistic = "F",
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Test:
    """Test whether two categorical columns go together.

    Parameters
    ----------
    survey : Survey
        Data in memory, from a probability sample.
    row, column : str
        The two columns; rows of the data without an answer to either are left out, and counted.
    statistic : str
        ``"F"`` (default): Pearson's chi-square with Rao and Scott's second-order correction, against F; it keeps its level best in
        general. ``"chisq"``: their first-order correction, against chi-square. ``"deviance"`` and ``"deviance-chisq"``: the same of the
        likelihood-ratio chi-square. ``"exact"`` and ``"saddlepoint"``: Pearson's chi-square against its own distribution, a weighted sum
        of chi-squares over an independent one. ``"wald"`` and ``"adjusted-wald"``: Wald tests of the distances from independence; the
        first rejects too often with few sampling units. ``"wls-score"``: the score test of a working linear model.
    where, where_label
        As for `evidencekit.mean`.
    level : float
        Of the intervals of `Test.estimate`.

    Returns
    -------
    Test
        With the shares of all cells as its estimate. `statistic` is the F or the chi-square named by `method`; the chi-square is
        before any correction, of shares scaled to the number of rows, those without an answer too, as in R (p-values do not depend on it).

    Raises
    ------
    Refused
        The answers are not from a probability sample.
    EstimationError
        Nobody answered both; a column has one level; the covariance has no inverse (Wald tests).
    InputError, UnknownColumn
        Lazy data, a column that is not there, an unknown statistic.

    Notes
    -----
    With V the design-based covariance of the cells' shares and V0 that of a simple random sample of as many answers, the generalised
    design effects are the eigenvalues of ``(C' D V0 D C)^-1 C' D V D C``, D one over the shares, C contrasts of the interaction. All
    stages, fpc, calibration and replicates are in V. F is the chi-square over the sum of them, on d and d v degrees of freedom, d
    Satterthwaite's and v those of the design. The denominator of the exact distribution is a chi-square on the whole part of d v, over
    d v: R's choice, a little cautious. The score test of the working linear model has the quadratic form of the Wald test, on
    (r - 1) (c - 1) and v + 2 - r - c degrees of freedom; R survey 4.5 reports a quarter of that form, not over its degrees of freedom.

    References
    ----------
    Rao and Scott (1984), Ann. Statist. 12, 46-60. Thomas and Rao (1987), JASA 82, 630-636. Lumley and Scott (2014), Aust. N. Z. J. Stat.
    56, 1-14. Lipsitz et al. (2015), Biometrics 71, 832-840.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.tables.association(survey, "sex", "any_contact_unwanted").p < 0.001
    True
    """
    one_of("statistic", statistic, STATISTICS)
    need_design(survey, "association()")
    table = crossed(survey, row, column, where, "association()")
    return tested(table, statistic, level, where_words(where, where_label))


def tested(table: Crossed, statistic: str, level: float, where: str) -> Test:
    """The test of a table, as a Test."""
    if not table.df > 0:
        raise EstimationError(
            "association() has no degrees of freedom left: there is one sampling unit per stratum.", "Look at check_survey(survey)."
        )
    value, df, p = _WAYS.get(statistic, _corrected)(table, statistic)
    least = float(table.n * np.outer(table.shares.sum(axis=1), table.shares.sum(axis=0)).min())
    asked = Asked("proportion", f"shares of {table.title}", "beta", where, level)
    est = assemble(
        table.survey, table.measured, [table.linear], table.layout, asked, limits_of(ProportionInterval(method="beta"), asked.level)
    )
    return Test(
        method=STATISTICS[statistic],
        null=f"{table.names[0]} and {table.names[1]} are independent",
        statistic=value,
        df=df,
        p=p,
        estimate=est,
        inference=table.survey.inference,
        flags=tuple(words for said, words in ((least < SPARSE, SPARSELY), (table.df < FEW, "few degrees of freedom")) if said),
        provenance=est.provenance,
    )


Result = tuple[float, tuple[float, ...], float]


def _corrected(table: Crossed, statistic: str) -> Result:
    n = table.n + table.missing
    made = corrected(table.shares, table.covariance(), n)
    chi = deviance(table.shares, n) if statistic.startswith("deviance") else pearson(table.shares, n)
    ddf = made.df * table.df
    if statistic in ("F", "deviance"):
        value = chi / made.trace
        return value, (made.df, ddf), float(fdtrc(made.df, ddf, value))
    if statistic.endswith("chisq"):
        k = len(made.effects)
        return chi, (float(k),), float(chdtrc(k, chi * k / made.trace))
    how: Any = statistic
    whole = max(1.0, np.floor(ddf * (1 + WHOLE)))
    return chi, (), sum_tail(0.0, [*made.effects, -chi / ddf], [*np.ones(len(made.effects)), whole], method=how)


def _wald(table: Crossed, statistic: str) -> Result:
    r, c = table.shares.shape
    k, v = (r - 1) * (c - 1), table.df
    left = v + 2 - r - c if statistic == "wls-score" else v - k + 1
    if left <= 0:
        raise EstimationError(
            f"The design has {v:g} degrees of freedom, too few for this test of a table of {r} by {c}.",
            'Use statistic="F", or join levels.',
        )
    value, ddf = wald(table.shares, table.covariance_of_totals()) / k, left
    if statistic == "adjusted-wald":
        value *= ddf / v
    elif statistic == "wald":
        ddf = v
    return value, (float(k), ddf), float(fdtrc(k, ddf, value))


_WAYS = {"wald": _wald, "adjusted-wald": _wald, "wls-score": _wald}
