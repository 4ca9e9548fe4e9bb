"""Why two groups differ: because they are made up differently, or because the same people fare differently in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import EstimationError, InputError, check_level, one_of
from evidencekit.estimate import Cells, Counts, Estimate
from evidencekit.models.families import BINOMIAL, GAUSSIAN, IDENTITY, LOGIT, Family, Link
from evidencekit.models.fitting import Fit, Problem, fit, refit
from evidencekit.models.formula.columns import Columns, columns_of
from evidencekit.models.formula.factors import factor_of
from evidencekit.models.formula.reading import Formula, read_formula
from evidencekit.models.model import check_outcome, numbers_in, rows_of
from evidencekit.models.sandwich import score
from evidencekit.survey.summing.domains import Where, need_survey, where_mask
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.scope import Scope

__all__ = ["decompose"]

Kind = Literal["linear", "logit"]
Reference = Literal["average", "first", "second"]
KINDS: dict[str, tuple[Family, Link]] = {"linear": (GAUSSIAN, IDENTITY), "logit": (BINOMIAL, LOGIT)}
PARTS = ("difference", "explained", "unexplained")
# The average predictions of first people by first and second coefficients, and of second people by both, make the parts.
WHOLE = (1.0, 0.0, 0.0, -1.0)
EXPLAINED = {"second": (0.0, 1.0, 0.0, -1.0), "first": (1.0, 0.0, -1.0, 0.0), "average": (0.5, 0.5, -0.5, -0.5)}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Half:
    """One group's places among the rows, and its model."""

    rows: Codes
    problem: Problem
    made: Fit


def decompose(
    survey: Survey,
    formula: str,
    *,
    group: str,
    levels: Sequence[Any] | None = None,
    kind: Kind = "linear",
    reference: Reference = "average",
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> Estimate:
    """Decompose the difference between two groups' means or shares (Kitagawa, Oaxaca, Blinder).

    Parameters
    ----------
    survey : Survey
        Data in memory.
    formula : str
        The outcome and what groups may be made up differently in: ``"internet_daily ~ age + area"``, as for `linear`; not the group.
    group : str
        The column that says who is in which group.
    levels : (first, second), optional
        The two levels to compare, the first less the second. Needed where there are more than two; by default the two in their order.
    kind : {"linear", "logit"}
        The model of the outcome in each group; ``"logit"`` for 0 and 1.
    reference : {"average", "first", "second"}
        Whose coefficients composition is weighed with. ``"average"`` (default) is half of each, so that the order of the groups does not
        matter.
    where : narwhals expression or str, optional
        A domain.
    where_label : str
        The domain in words.
    level : float
        Confidence level, default 0.95.

    Returns
    -------
    Estimate
        Three cells, told apart by ``part``: ``"difference"``, ``"explained"`` (by composition) and ``"unexplained"``, which add up. The
        counts are those of the smaller group.

    Raises
    ------
    UnknownColumn, InputError
        As for `linear`; the group does not have two levels, or is in the formula.
    EstimationError
        As for `linear`, in either group: a level that one of them does not have is named.

    Notes
    -----
    With ``m_gh`` the average prediction of the people of g by the coefficients of h, the difference is ``m_11 - m_22``; explained is
    ``m_12 - m_22`` by the second's coefficients and ``m_11 - m_21`` by the first's. Of a linear model that is ``(xbar_1 - xbar_2)'b``. The
    covariance is the design's, by linearisation of all averages and both sets of coefficients together, or from every replicate: groups
    that share sampling units are no independent samples. "Explained" is in the sense of arithmetic: composition need not be a cause.

    References
    ----------
    Kitagawa (1955), JASA 50, 1168-1194. Oaxaca (1973), International Economic Review 14, 693-709. Blinder (1973), Journal of Human
    Resources 8, 436-455. Jann (2008), Stata Journal 8, 453-479. Fairlie (2005), Journal of Economic and Social
    Measurement 30, 305-316, for shares.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> parts = ek.models.decompose(survey, "internet_daily ~ age + sex", group="area", kind="logit")
    >>> parts.cells.columns["part"]
    ('difference', 'explained', 'unexplained')
    >>> bool(abs(parts.points[0] - parts.points[1] - parts.points[2]) < 1e-12)
    True
    """
    need_survey(survey, "decompose()")
    check_level(level)
    one_of("kind", kind, get_args(Kind))
    one_of("reference", reference, get_args(Reference))
    asked = _read(survey, formula, group)
    scope, first, pair = _two(survey, asked, group, levels, (where, where_label))
    columns = columns_of(asked.terms, {name: factor_of(survey, name, scope.rows) for name in asked.factors}, scope.n, None)
    y = numbers_in(survey, scope, asked.outcome, "The outcome")
    halves = [_half(asked.outcome, columns, y, scope.w, (np.flatnonzero(mine), *KINDS[kind])) for mine in (first, ~first)]
    parts = np.array([WHOLE, EXPLAINED[reference], np.subtract(WHOLE, EXPLAINED[reference])])
    points = parts @ _averages(halves, scope.w, [half.made.beta for half in halves])

    def again(w: Floats) -> Floats:
        betas = [refit(half.problem, w[half.rows], half.made.beta) for half in halves]
        return parts @ _averages(halves, w, betas)

    covariance = scope.spread(points, lambda: _influence(halves, scope.w) @ parts.T, again)
    return _stated(scope, halves, (points, covariance), (asked.outcome, group, pair, ", ".join(x for x in asked.labels[1:])), level)


def _read(survey: Survey, formula: str, group: str) -> Formula:
    asked = read_formula(formula)
    if asked.offsets:
        raise InputError("decompose() takes no offset.")
    if () not in asked.terms:
        raise InputError("decompose() needs an intercept, so that predictions average to the groups' means.", "Leave it in the formula.")
    if not isinstance(group, str):
        raise InputError("group= takes the name of a column.")
    survey.rows.need(group, "group=")
    if group in asked.factors or group == asked.outcome:
        raise InputError(f"{group!r} splits the groups and stands in the formula too.", "Leave it out of the formula.")
    return asked


def _two(
    survey: Survey, asked: Formula, group: str, levels: Sequence[Any] | None, domain: tuple[Where, str]
) -> tuple[Scope, Any, tuple[Any, Any]]:
    """The rows of two groups, which of them are in the first, and the groups' levels."""
    where, label = domain
    column = survey.column(group)
    if levels is None:
        inside = where_mask(survey, where)
        there = np.unique(column.codes[(column.codes >= 0) if inside is None else (column.codes >= 0) & inside])
        if len(there) != 2:
            raise InputError(f"{group!r} has {len(there)} levels, and two groups are compared.", "Name two of them with levels=.")
        codes = [int(there[0]), int(there[1])]
    else:
        codes = _named(column.levels, column.keys, levels, group)
    others = (column.codes >= 0) & ~np.isin(column.codes, codes)
    scope = rows_of(survey, asked, "decompose()", where, label, more={group: (column.codes < 0) | others})
    found = column.codes[scope.rows]
    if not all((found == code).any() for code in codes):
        raise EstimationError("One of the two groups has no rows with every answer.", "Use fewer columns, or widen where=.")
    inside = where_mask(survey, where)
    assert survey.w is not None
    other = int(((survey.w > 0) & others & (True if inside is None else inside)).sum())
    missing = tuple((name, count - other if name == group else count) for name, count in scope.missing)
    return replace(scope, missing=missing), found == codes[0], (column.levels[codes[0]], column.levels[codes[1]])


def _named(known: Sequence[Any], keys: Sequence[Any], levels: Sequence[Any], group: str) -> list[int]:
    if isinstance(levels, str) or not isinstance(levels, Sequence) or len(levels) != 2:
        raise InputError("levels= takes two levels, the first less the second.")
    codes = [next((k for k in range(len(known)) if known[k] == name or keys[k] == name), -1) for name in levels]
    if min(codes) < 0 or codes[0] == codes[1]:
        raise InputError(f"levels= takes two different levels of {group!r}.", "Levels are written as tables show them.")
    return codes


def _half(outcome: str, columns: Columns, y: Floats, w: Floats, what: tuple[Codes, Family, Link]) -> _Half:
    rows, family, link = what
    check_outcome(outcome, y[rows], family)
    problem = Problem(columns.some(rows), y[rows], family, link)
    return _Half(rows, problem, fit(problem, w[rows]))


def _averages(halves: Sequence[_Half], w: Floats, betas: Sequence[Floats]) -> Floats:
    """The average predictions of each group's people by each group's coefficients, shape (4,)."""
    out = []
    for half in halves:
        own = w[half.rows]
        out += [own @ half.problem.link.back(half.problem.columns.times(beta)) / own.sum() for beta in betas]
    return np.array(out)


def _influence(halves: Sequence[_Half], w: Floats) -> Floats:
    """What each row adds to each of the four averages before its weight: as one averaged over, and through the coefficients."""
    out = np.zeros((len(w), 4))
    through = [_through(half, w) for half in halves]
    for g, half in enumerate(halves):
        own, columns, link = w[half.rows], half.problem.columns, half.problem.link
        x = columns.matrix()
        for h, other in enumerate(halves):
            eta = columns.times(other.made.beta)
            mu = link.back(eta)
            out[half.rows, 2 * g + h] += (mu - own @ mu / own.sum()) / own.sum()
            out[other.rows, 2 * g + h] += through[h] @ ((own * link.slope(eta, mu)) @ x / own.sum())
    return out


def _through(half: _Half, w: Floats) -> Floats:
    """What each row of a group adds to each coefficient of its model, shape (m_g, p)."""
    x, u = score(half.problem, half.made.beta, slice(0, half.problem.columns.rows))
    return (x * u).T @ (half.made.inverse / w[half.rows].mean())


def _stated(scope: Scope, halves: Sequence[_Half], made: tuple[Floats, Floats], words: tuple[str, str, Any, str], level: float) -> Estimate:
    outcome, group, pair, others = words
    said = ("decomposition", f"difference in {outcome} between two groups of {group}, decomposed by {others or 'nothing'}")
    columns = {
        "variable": (outcome,) * 3,
        "category": (None,) * 3,
        "difference": (f"{pair[0]} - {pair[1]}",) * 3,
        "part": PARTS,
    }
    free = scope.df + 1 - halves[0].problem.columns.p
    estimate = scope.estimate(columns, *made, said=said, level=level, df=np.array([scope.df, free, free]))
    return replace(estimate, cells=Cells(estimate.cells.columns), counts=_smaller(scope, halves))


def _smaller(scope: Scope, halves: Sequence[_Half]) -> Counts:
    """What the numbers rest on: the smaller group."""
    small = min(halves, key=lambda half: len(half.rows))
    n, w, nothing = float(len(small.rows)), scope.w[small.rows], np.full(3, np.nan)
    psus = min(float(len(np.unique(scope.psu[half.rows]))) for half in halves)
    cases = nothing
    if all(np.isin(half.problem.y, (0.0, 1.0)).all() for half in halves):
        fewest = min(min(float(half.problem.y.sum()), len(half.rows) - float(half.problem.y.sum())) for half in halves)
        cases = np.full(3, fewest)
    kish = n * float((w**2).sum()) / float(w.sum()) ** 2
    return Counts(np.full(3, n), cases, np.full(3, psus), np.full(3, float(w.sum())), nothing, nothing, np.full(3, kish))
