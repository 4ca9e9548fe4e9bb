"""From linearised statistics to an Estimate: covariance, design effects, degrees of freedom, limits, flags, provenance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from evidencekit._version import __version__
from evidencekit.columns import Codes, Floats
from evidencekit.combining import has_design
from evidencekit.errors import InputError, Refused, one_of
from evidencekit.estimate import NEARLY_TWO, Cells, Counts, Covariance, Estimate, Interval, Provenance, fingerprint
from evidencekit.sameness import Sample, sums_of
from evidencekit.survey.design.binding import adds_up
from evidencekit.survey.design.replicates import Replicates
from evidencekit.survey.design.stages import Joint, Stages
from evidencekit.survey.design.twophase import TwoPhase
from evidencekit.survey.summing.measured import Measured
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.degrees import rank_df, support_of
from evidencekit.survey.uncertainty.influence import Influence, covariance_of
from evidencekit.survey.uncertainty.intervals import check_level, t_limits
from evidencekit.survey.uncertainty.linear import Linear
from evidencekit.survey.uncertainty.replicated import deviations_of

__all__ = ["Asked", "Deff", "Layout", "Limits", "assemble", "decisions", "layout_of", "missing_words", "spread_of", "with_df"]

Deff = Literal["replace", "wor"]
BELOW = 'no variance: the full two-phase estimate is below nought; method="approx" never is'
Limits = Callable[[Floats, Floats, Floats, Floats], tuple[Floats, Floats, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What the analyst asked for, as far as the result must say it."""

    statistic: str
    estimand: str
    method: str
    where: str
    level: float
    deff: Deff = "replace"
    policies: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", check_level(self.level))
        one_of("deff", self.deff, ("replace", "wor"))
        if not isinstance(self.where, str):
            raise InputError(f"where_label= is the domain in words; it is not a {type(self.where).__name__}.")


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where each cell comes from: its table, domain and column of that table's statistic."""

    table: Codes
    domain: Codes
    column: Codes
    columns: dict[str, tuple[Any, ...]]


def layout_of(measured: Measured, names: Sequence[str], picks: Sequence[Sequence[int]], categories: Sequence[Any]) -> Layout:
    """One cell per variable, domain that has answers, and picked column, in that order."""
    table, domain, column = [], [], []
    for t, made in enumerate(measured.tables):
        answered = np.unique(made.domain)
        table.append(np.full(len(answered) * len(picks[t]), t, dtype=np.intp))
        domain.append(np.repeat(answered, len(picks[t])))
        column.append(np.tile(np.asarray(picks[t], dtype=np.intp), len(answered)))
    t_of, d_of, c_of = np.concatenate(table), np.concatenate(domain), np.concatenate(column)
    columns: dict[str, tuple[Any, ...]] = {
        "variable": tuple(names[t] for t in t_of),
        "category": tuple(categories[t][c] if categories[t] is not None else None for t, c in zip(t_of, c_of, strict=True)),
    }
    for name, levels in zip(measured.domains.by, measured.domains.levels, strict=True):
        columns[name] = tuple(levels[d] for d in d_of)
    return Layout(t_of, d_of, c_of, columns)


def assemble(
    survey: Survey, measured: Measured, linear: Sequence[Linear], layout: Layout, asked: Asked, limits: Limits | None = None
) -> Estimate:
    """Put an Estimate together.

    Parameters
    ----------
    survey, measured : Survey, Measured
        The design and the totals.
    linear : sequence of Linear
        One per table.
    layout : Layout
        The cells.
    asked : Asked
        What was asked.
    limits : callable, optional
        Gives (low, high, flags) from (points, variances, n, df). Default: t limits.
    """
    count = measured.domains.count
    pick = _picker(layout)
    points, srs = pick([x.points for x in linear]), pick([x.srs for x in linear])
    weight, n = pick([x.weight[:, None] for x in linear], whole=True), pick([x.n[:, None] for x in linear], whole=True)
    support, psus, df = support_of(measured.units, measured.tables, count, layout.table * count + layout.domain)
    w2 = pick([t.w2[:, None] for t in measured.tables], whole=True)
    flags: tuple[str, ...]
    if not has_design(survey.inference):
        none = np.full(len(points), np.nan)
        covariance, df = Covariance(none, None, None), none
        low, high, flags = none, none, (f"no design: {survey.inference}",) * len(points)
        deff = none
    else:
        covariance, lost = spread_of(survey, measured, linear, layout)
        v = covariance.variances
        df, psus = _resampled(survey, measured, layout, df, psus)
        support = replace(support, limit=df_limit(survey))
        low, high, flags = (limits or _t(asked.level))(points, v, n, df)
        words, ends = _unvarying(survey, measured, asked.statistic, (points, v, srs, df))
        low, high = (np.where(np.isinf(ends), end, ends) for end in (low, high))
        flags = _joined(_joined(flags, words), lost)
        with np.errstate(divide="ignore", invalid="ignore"):
            deff = np.where(srs > 0, v / (srs * _without_replacement(asked.deff, n, weight)), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        kish = n * w2 / weight**2
        counts = Counts(n, _cases(measured, layout), psus, weight, n / deff, deff, kish)
    interval = Interval(low, high, asked.level, asked.method)
    return Estimate(
        cells=Cells(layout.columns, measured.domains.by),
        points=points,
        covariance=covariance,
        df=df,
        interval=interval,
        counts=counts,
        support=support,
        flags=with_df(flags, df, has_design(survey.inference)),
        statistic=asked.statistic,
        estimand=asked.estimand,
        inference=survey.inference,
        provenance=_provenance(survey, measured, layout, asked, points),
    )


def _picker(layout: Layout) -> Callable[..., Floats]:
    def pick(parts: Sequence[Floats], *, whole: bool = False) -> Floats:
        out = np.empty(len(layout.table))
        for t, part in enumerate(parts):
            here = layout.table == t
            out[here] = part[layout.domain[here], 0 if whole else layout.column[here]]
        return out

    return pick


def spread_of(survey: Survey, measured: Measured, linear: Sequence[Linear], layout: Layout) -> tuple[Covariance, Sequence[str]]:
    """The covariance of the layout's cells, by linearisation or from replicates, and what must be said about cells."""
    atoms = survey.atoms
    if atoms is None:
        covariance = covariance_of(_influence(survey, measured, linear, layout))
        below = np.isnan(covariance.variances) if measured.units.phases is not None else np.zeros(len(layout.table), dtype=bool)
        return covariance, [BELOW if b else "" for b in below]
    deviations = deviations_of(atoms[1], measured.tables, linear, _picker(layout), measured.domains.count)
    count = atoms[1].resampling.count
    below = f"negative weights in {deviations.below} of {count} replicates" if deviations.below else ""
    lost = [f"no members in {k} of {count} replicates" if k else "" for k in deviations.lost]
    return deviations.covariance(), _joined(lost, [below] * len(lost))


def _unvarying(
    survey: Survey, measured: Measured, statistic: str, cells: tuple[Floats, Floats, Floats, Floats]
) -> tuple[list[str], Floats]:
    """What must be said where the variance came out negative or as nothing, and both limits there (infinite: as they are).

    The size of the population and totals may be fixed by the design or by calibration, and a census has no sampling variance; an
    average that does not vary in a sample says little about how it would vary, and leaves no interval.
    """
    points, v, srs, df = cells
    unequal = survey.stages.unequal
    advice = '; use variance="yates-grundy"' if isinstance(unequal, Joint) and unequal.variance == "horvitz-thompson" else ""
    negative = np.isnan(v) & (measured.units.form is not None)
    fixed = bool(survey.adjustments) or statistic == "total"
    nothing = (v <= (1e-14 if survey.adjustments else 1e-28) * np.fmax(points**2, srs)) & (df > 0)  # calibration iterates
    if statistic == "count" or (measured.units.levels and all((level.scale <= 1e-7).all() for level in measured.units.levels)):
        nothing &= False
    if statistic in ("proportion", "cdf"):
        nothing &= (points > 0) & (points < 1)
    words = "no sampling variance" if fixed else "no interval: no variation between sampling units"
    said = np.where(negative, f"negative variance estimate{advice}", np.where(nothing, words, ""))
    return [str(word) for word in said], np.where(nothing, points if fixed else np.nan, np.inf)


def df_limit(survey: Survey) -> float:
    """The most degrees of freedom that the replicates allow; without replicates there is no such limit."""
    return np.inf if survey.resampling is None else survey.resampling.degrees


def _resampled(survey: Survey, measured: Measured, layout: Layout, df: Floats, psus: Floats) -> tuple[Floats, Floats]:
    """Degrees of freedom within what the replicates allow; with replicate columns alone the sampling units are not known."""
    if survey.resampling is None or survey.atoms is None:
        return df, psus
    df = np.minimum(df, survey.resampling.degrees)
    if isinstance(survey.design, Replicates):
        of_cell = layout.table * measured.domains.count + layout.domain
        df = np.minimum(df, rank_df(survey.atoms[1], measured.tables, measured.domains.count, of_cell))
        psus = np.full_like(psus, np.nan) if survey.design.psu is None else psus
    return df, psus


def _influence(survey: Survey, measured: Measured, linear: Sequence[Linear], layout: Layout) -> Influence:
    """All tables' linearised totals in one long form, over the cells of the layout."""
    units, cells, values = [], [], []
    projection, loading = survey.projection, None
    if projection is not None:
        sums = np.empty((projection.size, len(layout.table)))
        for t, made in enumerate(linear):
            here = layout.table == t
            assert made.cross is not None
            sums[:, here] = made.cross[:, layout.domain[here], layout.column[here]]
        loading = projection.loadings(sums)
    for t, (table, made) in enumerate(zip(measured.tables, linear, strict=True)):
        here = np.flatnonzero(layout.table == t)
        q = made.points.shape[1]
        place = np.full(measured.domains.count * q, -1, dtype=np.intp)
        place[layout.domain[here] * q + layout.column[here]] = here
        for j in np.unique(layout.column[here]):
            cell = place[table.domain * q + j]
            units.append(table.unit)
            cells.append(cell)
            values.append(made.z[:, j])
    stages = survey.stages
    return Influence(
        measured.units,
        np.concatenate(units),
        np.concatenate(cells),
        np.concatenate(values),
        len(layout.table),
        stages.lonely,
        stages.lonely_domain,
        None if projection is None else projection.units,
        loading,
        None if projection is None else projection.split,
    )


def _without_replacement(deff: Deff, n: Floats, weight: Floats) -> Floats:
    if deff == "replace":
        return np.ones_like(n)
    if not adds_up(weight, n).all():
        raise Refused(
            'deff="wor" needs weights that add up to the population, and these add up to about the number of interviews.',
            'Use deff="replace", which does not depend on the population size.',
        )
    return 1 - n / weight


def _cases(measured: Measured, layout: Layout) -> Floats:
    out = np.full(len(layout.table), np.nan)
    for t, table in enumerate(measured.tables):
        if table.cases is not None:
            here = layout.table == t
            out[here] = table.cases[layout.domain[here], layout.column[here]]
    return out


def _t(level: float) -> Limits:
    def limits(points: Floats, v: Floats, n: Floats, df: Floats) -> tuple[Floats, Floats, tuple[str, ...]]:
        low, high = t_limits(points, np.sqrt(v), df, level)
        return low, high, ("",) * len(points)

    return limits


def _joined(flags: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    return tuple("; ".join(x for x in (a, b) if x) for a, b in zip(flags, more, strict=True))


def with_df(flags: tuple[str, ...], df: Floats, designed: bool) -> tuple[str, ...]:
    """Add what few degrees of freedom mean for the reader (fewer than 8: NCHS asks for a statistician's review)."""
    if not designed:
        return flags
    words = np.where(df <= 0, "no interval: no degrees of freedom", np.where(df < 8, "few degrees of freedom", ""))
    return _joined(flags, [str(w) for w in words])


def decisions(survey: Survey) -> list[tuple[str, str]]:
    """What was decided about the survey before any number was asked for: each step of weighting in order, and the variance."""
    design = survey.design
    made = [*survey.policies, *(("weights", a.words) for a in survey.adjustments)]
    made += design.policies if isinstance(design, TwoPhase) else ()
    made += [("variance", survey.resampling.words)] if survey.resampling is not None else []
    if isinstance(design, Stages):
        made += [("lonely", design.lonely)] if design.lonely != "fail" else []
        made += [("lonely_domain", design.lonely_domain)] if design.lonely_domain != "none" else []
    return made


def _provenance(survey: Survey, measured: Measured, layout: Layout, asked: Asked, points: Floats) -> Provenance:
    used = dict.fromkeys(layout.columns["variable"])
    names = [*used, *measured.domains.by]
    policies = [*asked.policies, *decisions(survey)]
    empty = sum(measured.domains.count - len(np.unique(layout.domain[layout.table == t])) for t in range(len(measured.tables)))
    policies += [("groups without answers", f"{empty} left out")] if empty else []
    nearly = dict.fromkeys(name for table in measured.tables for name in table.nearly)
    policies += [(NEARLY_TWO, f"{', '.join(nearly)}: a few answers are neither; the rarer of the two is counted")] if nearly else []
    missing = tuple((name, table.missing) for name, table in zip(used, measured.tables, strict=False))
    policies += missing_words(missing, asked.statistic)
    return Provenance(
        method=asked.method,
        population=survey.population,
        where=asked.where,
        design=_design(survey, measured),
        data=fingerprint(points),
        version=__version__,
        policies=tuple(policies),
        missing=missing,
        labels=tuple((n, survey.rows.labels[n]) for n in names if n in survey.rows.labels),
        backend=survey.rows.backend,
        sample=(survey.sample or Sample(sums_of(measured.rows, measured.weight, measured.units.stratum), lazy=True),),
    )


def _design(survey: Survey, measured: Measured) -> str:
    """The survey's fingerprint; that of a lazy one knows only names of columns, so what the pass found is added."""
    known = survey.fingerprint()
    return (
        known if survey.w is not None else fingerprint(np.array([int(known, 16) % 2**52, measured.rows, float(f"{measured.weight:.9g}")]))
    )


def missing_words(missing: Sequence[tuple[str, int]], statistic: str) -> list[tuple[str, str]]:
    """How many answers of which variables are missing, and what that means for the number; nothing when none are."""
    some = [(name, count) for name, count in missing if count]
    if not some:
        return []
    fate = "counted as zero" if statistic == "total" else "left out"
    listed = ", ".join(f"{count:,} of {name}" for name, count in some[:5])
    more = f" and of {len(some) - 5} more variables" if len(some) > 5 else ""
    return [("missing answers", f"{listed}{more}, {fate}")]
