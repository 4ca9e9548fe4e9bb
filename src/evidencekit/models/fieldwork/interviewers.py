"""interviewer_effect: how much a headline depends on who asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import EstimationError, InputError, check_level
from evidencekit.estimate import Estimate
from evidencekit.models.fieldwork.components import correlation, jackknife, sums
from evidencekit.models.formula.factors import Numbers, blank_in, factor_of, is_coded
from evidencekit.rendering.text import html_table
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.scope import Scope, scope_of

__all__ = ["InterviewerEffect", "interviewer_effect"]

DOING = "interviewer_effect()"
FEWEST, FEW = 4, 20  # interviewers: to estimate at all, and below which it is said that they are few
LEAST = 10  # answers of an interviewer, below which the headline without them is not shown


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class InterviewerEffect:
    """What interviewers do to a headline, in numbers; none of them is named.

    Parameters
    ----------
    estimate : Estimate
        The intra-interviewer correlation: the share of the variance of answers that lies between interviewers.
    design_effect : float
        What it would multiply the variance of the headline by; 1 where the correlation is below 0.
    interviewers : int
        How many have an answer.
    workload : float
        Answers per interviewer, as they count for the headline.
    headline : float
        The weighted mean or share.
    headline_se : float
        Its standard error under the design. Sampling units that had one interviewer each have that interviewer's part in it already.
    low, high : float
        The smallest and largest headline when one interviewer is left out; NaN where fewer than four have ten answers.
    left_out : int
        How many interviewers were left out in turn: those with ten answers or more.
    mixed : float
        Share of primary sampling units where more than one interviewer worked. Near 0 interviewers and places cannot be told apart.
    """

    estimate: Estimate
    design_effect: float
    interviewers: int
    workload: float
    headline: float
    headline_se: float
    low: float
    high: float
    left_out: int
    mixed: float

    @property
    def furthest(self) -> float:
        """The largest move of the headline when one interviewer is left out, in its standard errors."""
        return max(self.headline - self.low, self.high - self.headline) / self.headline_se

    def _lines(self) -> list[tuple[str, str]]:
        rho, limits = self.estimate.points[0], self.estimate.interval
        said = f"{limits.level:.0%} interval {limits.low[0]:.4f} to {limits.high[0]:.4f}"
        without = f"{self.low:.4f} to {self.high:.4f}" if self.low == self.low else "not shown, too few have ten answers"
        return [
            ("InterviewerEffect", f"{self.interviewers} interviewers, {self.workload:.1f} answers each as they count"),
            ("intra-interviewer correlation", f"{rho:.4f} ({said})"),
            ("design effect", f"{self.design_effect:.2f}"),
            ("headline", f"{self.headline:.4f} (standard error {self.headline_se:.4f})"),
            ("headline without one interviewer", without),
            ("sampling units with more than one interviewer", f"{self.mixed:.0%}"),
            *(("note", flag) for flag in self.estimate.flags if flag),
        ]

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self._lines())

    def _repr_html_(self) -> str:
        return html_table(["what", "value"], [list(line) for line in self._lines()], caption="Interviewer effect", limit=20)

    def __reduce__(self) -> NoReturn:
        raise InputError("An InterviewerEffect is not pickled.", "Keep its numbers.")


def interviewer_effect(
    survey: Survey,
    y: str,
    *,
    interviewer: str,
    category: Any = None,
    weighted: bool = False,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> InterviewerEffect:
    """Say how much a headline depends on who asked.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    y : str
        The headline's column: numbers, or 0 and 1.
    interviewer : str
        Column that tells interviewers apart.
    category : label or code, optional
        Of a column of categories the one that counts.
    weighted : bool
        Whether answers count by their weights in the correlation too. By default they do not: it is about interviews. The headline is
        weighted in any case.
    where, where_label
        As for `evidencekit.mean`.
    level : float
        Confidence level, default 0.95.

    Returns
    -------
    InterviewerEffect

    Raises
    ------
    UnknownColumn, InputError
        A column is not there or holds no numbers.
    EstimationError
        Fewer than four interviewers, or answers do not vary.

    Notes
    -----
    The correlation is that of the one-way analysis of variance, ``(F - 1) / (F - 1 + n0)``, with limits by the jackknife over interviewers;
    with weights, the sums of squares are set equal to their expectations. The design effect is ``1 + rho (m - 1)``, where m is the sum over
    interviewers of squared sums of weights, over the sum of squared weights: with equal weights and workloads the number of interviews of
    each.

    Interviewers are seldom given respondents by lot. What differs between the places they worked in is then in the correlation as well:
    look at `mixed`.

    References
    ----------
    Kish (1962), for the correlation within interviewers; West and Olson (2010), Public Opinion Quarterly 74, 1004-1026, on it.
    Efron and Stein (1981), The jackknife estimate of variance, Ann. Statist. 9, 586-596.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> made = ek.models.interviewer_effect(survey, "internet_daily", interviewer="psu")
    >>> made.interviewers, made.design_effect >= 1
    (22, True)
    """
    in_memory(survey, DOING)
    check_level(level)
    for name, role in ((y, "y"), (interviewer, "interviewer=")):
        survey.rows.need(name, role)
    codes = survey.column(interviewer).codes
    scope = scope_of(survey, {y: blank_in(survey, y), interviewer: codes < 0}, DOING, where=where, where_label=where_label)
    answers = _answers(survey, scope, y, category)
    _, who = np.unique(codes[scope.rows], return_inverse=True)
    k = int(who.max()) + 1
    if k < FEWEST:
        raise EstimationError(f"The effect of interviewers takes {FEWEST} of them or more, and {k} have an answer.")
    groups = sums(answers, scope.w if weighted else np.ones(scope.n), who, k)
    rho = correlation(groups)
    se, (low, high) = jackknife(groups, level)
    said = ("intra-interviewer correlation", f"share of the variance of {y} that lies between interviewers")
    limits = (np.array([low]), np.array([high]), "jackknife over interviewers")
    columns = {"variable": (y,), "category": (category,)}
    estimate = scope.estimate(columns, np.array([rho]), np.array([[se**2]]), said=said, level=level, df=float(k - 1), limits=limits)
    mixed = _mixed(scope, who)
    load = summed(who, scope.w, k)
    workload = float((load**2).sum() / (scope.w**2).sum())
    mean = float(scope.w @ answers / scope.w.sum())
    without = _without(answers, scope.w, who, k)
    return InterviewerEffect(
        estimate=replace(estimate, flags=(_flag(estimate.flags[0], k, mixed),)),
        design_effect=1 + max(rho, 0.0) * (workload - 1),
        interviewers=k,
        workload=workload,
        headline=mean,
        headline_se=_error(scope, answers - mean),
        low=float(without.min()) if len(without) >= FEWEST else float("nan"),
        high=float(without.max()) if len(without) >= FEWEST else float("nan"),
        left_out=len(without),
        mixed=mixed,
    )


def _answers(survey: Survey, scope: Scope, y: str, category: Any) -> Floats:
    if category is not None:
        column = survey.column(y)
        hits = [i for i, pair in enumerate(zip(column.keys, column.levels, strict=True)) if category in pair]
        if len(hits) != 1:
            raise InputError(f"category= is not one of the {len(column.levels)} categories of {y!r}.", "Look at proportion() without it.")
        return (column.codes[scope.rows] == hits[0]).astype(np.float64)
    if is_coded(survey, y):
        raise InputError(f"Column {y!r} holds categories.", "Say which of them counts with category=.")
    made = factor_of(survey, y, scope.rows)
    assert isinstance(made, Numbers)
    return made.columns[0]


def _mixed(scope: Scope, who: Codes) -> float:
    """The share of primary sampling units with more than one interviewer."""
    _, place = np.unique(scope.psu, return_inverse=True)
    pairs = np.unique(np.column_stack([place, who]), axis=0)
    return float((np.bincount(pairs[:, 0]) > 1).mean())


def _without(answers: Floats, w: Floats, who: Codes, k: int) -> Floats:
    """The headline without each interviewer who has enough answers."""
    load, cases = summed(who, w, k), summed(who, w * answers, k)
    enough = np.bincount(who, minlength=k) >= LEAST
    return ((cases.sum() - cases) / (load.sum() - load))[enough]


def _error(scope: Scope, residual: Floats) -> float:
    """Standard error of the weighted mean under the design."""
    total = scope.w.sum()
    mean = np.zeros(1)

    def again(w: Floats) -> Floats:
        return np.array([float(w @ residual / w.sum())]) if w.sum() > 0 else np.full(1, np.nan)

    return float(np.sqrt(scope.spread(mean, lambda: (residual / total)[:, None], again)[0, 0]))


def _flag(flag: str, k: int, mixed: float) -> str:
    few = f"fewer than {FEW} interviewers" if k < FEW else ""
    apart = "interviewers and places cannot be told apart" if mixed < 0.5 else ""
    return "; ".join(word for word in (flag, few, apart) if word)
