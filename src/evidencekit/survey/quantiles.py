"""quantile: medians and other quantiles, with intervals from the distribution function (Woodruff) or from the score test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Literal, NoReturn, get_args

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError, one_of
from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval
from evidencekit.survey.design.resampling import Resampling
from evidencekit.survey.means import By, refuse_categories, some
from evidencekit.survey.replicate_quantiles import replicate_points
from evidencekit.survey.rules import STABLE, Rule, quantile_of
from evidencekit.survey.summing.domains import Domains, Where, domains_of, names_of, where_words
from evidencekit.survey.summing.totals import derived, in_memory, numbers
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import Asked, assemble, layout_of, missing_words, spread_of
from evidencekit.survey.uncertainty.degrees import joined_support
from evidencekit.survey.uncertainty.influence import DENSE_CELLS
from evidencekit.survey.uncertainty.intervals import ProportionInterval, critical, proportion_limits, reals, t_limits
from evidencekit.survey.uncertainty.linear import means
from evidencekit.survey.uncertainty.replicated import spread_over

__all__ = ["QuantileInterval", "quantile"]

TIED = 'many answers are the same here, so the interval may be too short: see interval="score"'
QuantileInterval = Literal["woodruff", "beta", "xlogit", "asin", "score", "replicate"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Sorted:
    """The answers of one domain in order: values, weights, running weights."""

    x: Floats
    w: Floats
    running: Floats


def quantile(
    survey: Survey,
    y: str | Sequence[str],
    *,
    q: float | Iterable[float] = 0.5,
    by: By = None,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
    rule: Rule = "math",
    interval: QuantileInterval = "woodruff",
) -> Estimate:
    """Quantiles of a numeric variable.

    Parameters
    ----------
    survey : Survey
        Data in memory; this revisits rows.
    y : str or sequence of str
        Numeric columns, each on its own answers.
    q : float or several of them
        Which quantiles, above 0 and below 1; default the median.
    by, where, where_label, level
        As for `mean`.
    rule : str
        What a quantile is where it falls between two answers: ``"math"`` (default, the smallest answer whose share reaches q), ``"school"``
        (the average of two at a tie), ``"shahvaish"``, or Hyndman and Fan's ``"hf1"`` to ``"hf9"``.
    interval : {"woodruff", "beta", "xlogit", "asin", "score", "replicate"}
        An interval for the share below the quantile, turned into answers (Woodruff, with a t, Korn-Graubard, logit or arcsine interval
        for the share), Francisco and Fuller's score interval, or, for a survey with replicates, a t interval from the replicates'
        quantiles (not for jackknives, which do not suit quantiles: flagged).

    Returns
    -------
    Estimate
        One cell per variable, domain and quantile, in a column ``quantile``. The standard error is the interval's length over two t
        quantiles. A limit beyond the smallest or largest answer is NaN, and flagged.

    Raises
    ------
    InputError
        The data are lazy, `q` is not above 0 and below 1, or ``interval="replicate"`` without replicates.
    UnknownColumn, EstimationError, Refused
        As for `mean`.

    References
    ----------
    Woodruff (1952), JASA 47, 635-646. Francisco and Fuller (1991), Ann. Statist. 19, 454-469.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.quantile(survey, "hours_online", q=[0.25, 0.5, 0.75]).cells.columns["quantile"]
    (0.25, 0.5, 0.75)
    """
    one_of("rule", rule, get_args(Rule))
    one_of("interval", interval, get_args(QuantileInterval))
    names = some(names_of(y, "y", survey))
    in_memory(survey, "quantile()")
    refuse_categories(survey, names)
    ps = _shares(q)
    atoms = survey.atoms
    if interval == "replicate" and atoms is None:
        raise InputError('interval="replicate" needs a survey with replicates.', "Make some: ek.weighting.bootstrap(survey, seed=1).")
    domains = domains_of(survey, names_of(by, "by=", survey), where)
    asked = Asked("quantile", f"quantile of {', '.join(names)}", interval, where_words(where, where_label), level)
    parts = []
    for name in names:
        values = numbers(survey, (name,))[0]
        ordered = _order(survey, values, domains.row, domains.count, rule in STABLE)
        points = np.array([[quantile_of(s.x, s.w, s.running, p, rule) for p in ps] for s in ordered])
        below = _below(values, domains.row, points)
        measured = derived(survey, domains, [(below, np.isnan(values))])
        layout = layout_of(measured, [name], [list(range(len(ps)))], [None])
        base = assemble(survey, measured, [means(measured.tables[0], domains.count)], layout, asked)
        place = (layout.domain, layout.column)
        if interval == "replicate" and atoms is not None:
            assert survey.w is not None
            replicates = replicate_points(atoms, survey.w, values, domains, ps, rule)
            parts.append(_from_replicates(base, points, replicates, place, ps, atoms[1].resampling))
        else:
            parts.append(_invert(survey, base, values, domains.row, place, ordered, points, (ps, rule, interval)))
    return _joined(parts)


def _shares(q: float | Iterable[float]) -> tuple[float, ...]:
    given = reals(q)
    if given is None or not all(0 < p < 1 for p in given):
        raise InputError("q= takes shares above 0 and below 1, such as 0.5 for the median.")
    return given


def _order(survey: Survey, values: Floats, row: Codes | None, count: int, stable: bool) -> list[_Sorted]:
    """Each domain's answers with weight, in order; all domains are sorted at once."""
    assert survey.w is not None
    kind: Literal["stable", "quicksort"] = "stable" if stable else "quicksort"
    use = ~np.isnan(values) & (survey.w > 0)
    if row is not None:
        use &= row >= 0
    x, w, domain = (values, survey.w, row) if use.all() else (values[use], survey.w[use], None if row is None else row[use])
    if domain is None or count == 1:
        order, ends = np.argsort(x, kind=kind), np.array([0, len(x)])
    else:
        order = np.lexsort((x, domain))
        ends = np.concatenate([[0], np.cumsum(np.bincount(domain, minlength=count))])
    x, w = x[order], w[order]
    return [_Sorted(x[a:b], w[a:b], _running(w[a:b])) for a, b in pairwise(ends)]


def _running(w: Floats) -> Floats:
    """Running sums; of equal weights exactly, however many, so that a tie with a share is one."""
    equal = len(w) > 0 and w.min() == w.max()
    return w[0] * np.arange(1, len(w) + 1) if equal else np.cumsum(w)


def _below(values: Floats, row: Codes | None, points: Floats) -> list[Floats]:
    """Per quantile, the indicator of an answer at or below its domain's point."""
    bars = [points[0, j] if row is None else points[row, j] for j in range(points.shape[1])]
    return [(values <= bar).astype(np.float64) for bar in bars]


def _invert(
    survey: Survey,
    base: Estimate,
    values: Floats,
    row: Codes | None,
    place: tuple[Codes, Codes],
    ordered: list[_Sorted],
    points: Floats,
    how: tuple[tuple[float, ...], str, str],
) -> Estimate:
    """Turn the estimate of the shares below the quantiles into one of the quantiles."""
    ps, rule, interval = how
    level = base.interval.level
    domain, column = place
    if interval == "score":
        low, high = _score_limits(survey, values, row, place, ordered, ps, critical(base.df, level))
    else:
        share_low, share_high = _share_limits(base, interval)
        pairs = list(zip(domain, share_low, share_high, strict=True))
        low = np.array([_at(ordered[d], a, rule) for d, a, _ in pairs])
        high = np.array([_at(ordered[d], b, rule) for d, _, b in pairs])
    unvarying = np.isnan(base.interval.low) & (base.df > 0) & (interval != "score")
    low, high = np.where(unvarying, np.nan, low), np.where(unvarying, np.nan, high)
    se = (high - low) / (2 * critical(base.df, level))
    open_ended = np.where((np.isnan(low) | np.isnan(high)) & ~unvarying, "a limit lies beyond the answers", "")
    if interval != "score":
        tied = base.points - np.array(ps)[column] > critical(base.df, level) * base.se
        open_ended = np.where((open_ended == "") & tied, TIED, open_ended)
    made = (points[domain, column], _together([_Part(se**2, base.covariance, base.se)]), Interval(low, high, level, interval))
    return _as_quantiles(base, made, [ps[j] for j in column], [str(o) for o in open_ended])


def _from_replicates(
    base: Estimate, points: Floats, replicates: Floats, place: tuple[Codes, Codes], ps: tuple[float, ...], resampling: Resampling
) -> Estimate:
    """Quantiles whose variance is that of the replicates' quantiles."""
    domain, column = place
    deviations = spread_over(resampling, replicates[:, domain, column], points[domain, column])
    covariance = deviations.covariance()
    low, high = t_limits(points[domain, column], np.sqrt(covariance.variances), base.df, base.interval.level)
    words = "jackknife replicates do not suit quantiles" if resampling.jackknife else ""
    made = (points[domain, column], covariance, Interval(low, high, base.interval.level, "replicate"))
    return _as_quantiles(base, made, [ps[j] for j in column], [words] * len(domain))


def _as_quantiles(base: Estimate, made: tuple[Floats, Covariance, Interval], ps: list[float], words: list[str]) -> Estimate:
    """The estimate of shares below, with what makes it one of quantiles."""
    points, covariance, interval = made
    none = np.full(len(points), np.nan)
    return replace(
        base,
        cells=Cells({**base.cells.columns, "quantile": tuple(ps)}, base.cells.by),
        points=points,
        covariance=covariance,
        interval=interval,
        counts=replace(base.counts, cases=none, deff=none, n_eff=none),
        flags=tuple("; ".join(x for x in (f, o) if x) for f, o in zip(base.flags, words, strict=True)),
    )


def _share_limits(base: Estimate, interval: str) -> tuple[Floats, Floats]:
    v, level = base.covariance.variances, base.interval.level
    if interval == "woodruff":
        reach = critical(base.df, level) * np.sqrt(v)
        return base.points - reach, base.points + reach
    method: Literal["beta", "xlogit", "asin"] = "beta" if interval == "beta" else "xlogit" if interval == "xlogit" else "asin"
    return proportion_limits(base.points, v, base.counts.n, base.df, level=level, how=ProportionInterval(method=method))


def _at(ordered: _Sorted, p: float, rule: str) -> float:
    return quantile_of(ordered.x, ordered.w, ordered.running, p, rule)


def _score_limits(
    survey: Survey,
    values: Floats,
    row: Codes | None,
    place: tuple[Codes, Codes],
    ordered: list[_Sorted],
    ps: tuple[float, ...],
    t: Floats,
) -> tuple[Floats, Floats]:
    """Answers at which the score statistic crosses plus and minus t, by bisection over the answers: exact, no tolerance."""
    low, high = np.full(len(t), np.nan), np.full(len(t), np.nan)
    for k, (d, j) in enumerate(zip(*place, strict=True)):
        steps = np.unique(ordered[d].x)
        inside = None if row is None else row == d
        score = _scorer(survey, values, inside, ps[j])
        low[k] = _crossing(score, steps, t[k])
        high[k] = _crossing(score, steps, -t[k])
    return low, high


def _scorer(survey: Survey, values: Floats, inside: NDArray[np.bool_] | None, p: float) -> Callable[[float], float]:
    """The score statistic of a candidate quantile: share above it minus (1 - p), over its standard error."""
    blank = np.isnan(values) if inside is None else np.isnan(values) | ~inside
    whole = Domains((), None, (), 1)

    def score(theta: float) -> float:
        above = (values > theta).astype(np.float64)
        measured = derived(survey, whole, [([above], blank)])
        made = means(measured.tables[0], 1)
        distance = float(made.points[0, 0]) - (1 - p)
        spread = spread_of(survey, measured, [made], layout_of(measured, [""], [[0]], [None]))[0].variances[0]
        return distance / np.sqrt(spread) if spread > 0 else np.copysign(np.inf, distance)

    return score


def _crossing(score: Callable[[float], float], steps: Floats, bar: float) -> float:
    """An answer at which the score is at or below the bar and was above it before; NaN if there is none. Below all answers it is above."""
    first, last = -1, len(steps) - 1
    if not np.isfinite(bar) or score(steps[last]) > bar:
        return float("nan")
    while last - first > 1:
        middle = (first + last) // 2
        if score(steps[middle]) > bar:
            first = middle
        else:
            last = middle
    return float(steps[last])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Part:
    """The covariance of one variable's quantiles; `was` are the standard errors `kept` had, when it is to be brought to `variances`."""

    variances: Floats
    kept: Covariance
    was: Floats | None = None

    def of(self, rows: Codes) -> Floats:
        """The covariance matrix of some of the cells."""
        matrix = self.kept.of(rows)
        if self.was is None:
            return matrix
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.sqrt(self.variances[rows]) / self.was[rows]
            matrix = matrix * np.outer(scale, scale)
        same = rows[:, None] == rows
        matrix[same] = np.broadcast_to(self.variances[rows][:, None], matrix.shape)[same]
        return matrix


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Parts:
    """The covariances of several variables' quantiles, made when asked for; between variables they are not estimated."""

    parts: tuple[_Part, ...]

    def of(self, rows: Codes) -> Floats:
        """The covariance matrix of some of the cells."""
        out = np.full((len(rows), len(rows)), np.nan)
        ends = np.cumsum([0, *(len(part.variances) for part in self.parts)])
        for part, (first, last) in zip(self.parts, pairwise(ends), strict=True):
            here = np.flatnonzero((rows >= first) & (rows < last))
            out[np.ix_(here, here)] = part.of(rows[here] - first)
        return out

    def __reduce__(self) -> NoReturn:
        raise InputError("This estimate has too many cells for a covariance matrix, and is not pickled.", "Save its to_frame().")


def _together(parts: list[_Part]) -> Covariance:
    """One covariance of several variables' quantiles: the matrix itself while it is of a reasonable size."""
    variances, source = np.concatenate([part.variances for part in parts]), _Parts(tuple(parts))
    if len(variances) <= DENSE_CELLS:
        return Covariance(variances, source.of(np.arange(len(variances))), None)
    return Covariance(variances, None, source)


def _joined(parts: list[Estimate]) -> Estimate:
    """Several variables' quantiles as one Estimate; covariances between variables are not estimated."""
    if len(parts) == 1:
        return parts[0]
    columns = {c: tuple(v for e in parts for v in e.cells.columns[c]) for c in parts[0].cells.columns}
    covariance = _together([_Part(e.covariance.variances, e.covariance) for e in parts])

    def stack(values: Callable[[Estimate], Floats]) -> Floats:
        return np.concatenate([values(e) for e in parts])

    one = parts[0]
    support = joined_support([e.support for e in parts])
    missing = tuple(m for e in parts for m in e.provenance.missing)
    policies = dict.fromkeys(p for e in parts for p in e.provenance.policies if p[0] != "missing answers")
    policies |= dict.fromkeys(missing_words(missing, one.statistic))
    return replace(
        one,
        cells=Cells(columns, one.cells.by),
        points=stack(lambda e: e.points),
        covariance=covariance,
        df=stack(lambda e: e.df),
        interval=replace(one.interval, low=stack(lambda e: e.interval.low), high=stack(lambda e: e.interval.high)),
        counts=Counts(*(np.concatenate([getattr(e.counts, f.name) for e in parts]) for f in fields(Counts))),
        support=support,
        flags=tuple(f for e in parts for f in e.flags),
        provenance=replace(one.provenance, missing=missing, policies=tuple(policies)),
    )
