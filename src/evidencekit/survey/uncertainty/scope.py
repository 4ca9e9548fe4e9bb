"""The rows an analysis looks at, and how any statistic of them varies under the design.

Totals, shares and ratios need one pass over the data. What revisits rows (a regression, a rank test, a survival curve) brings one value
per row and number, the row's influence; this file sums them by sampling unit and gives covariance, degrees of freedom and an Estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit._version import __version__
from evidencekit.columns import Bools, Codes, Floats, summed
from evidencekit.combining import has_design
from evidencekit.errors import EstimationError, Refused
from evidencekit.estimate import Cells, Counts, Covariance, Estimate, Interval, Provenance, fingerprint
from evidencekit.sameness import Sample, sums_of
from evidencekit.survey.summing.domains import Domains, Where, need_survey, where_mask, where_words
from evidencekit.survey.summing.measured import Measured
from evidencekit.survey.summing.totals import derived, in_memory
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.assembling import decisions, df_limit, missing_words, with_df
from evidencekit.survey.uncertainty.degrees import rank_df, support_of
from evidencekit.survey.uncertainty.influence import Influence
from evidencekit.survey.uncertainty.intervals import t_limits
from evidencekit.survey.uncertainty.replicated import spread_over

__all__ = ["Scope", "freedom", "need_design", "scope_of"]

ONE = np.zeros(1, dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scope:
    """The rows an analysis looks at.

    `rows` (m,) are their numbers and `w` (m,) their weights; `measured` has the sampling units they lie in; `df` are PSUs with a row
    minus strata with one, or what replicates allow; `missing` says how many rows were left out for want of which answer.
    """

    survey: Survey
    rows: Codes
    w: Floats
    measured: Measured
    df: float
    psus: float
    where: str
    missing: tuple[tuple[str, int], ...]

    @property
    def n(self) -> int:
        """m, the number of rows."""
        return len(self.rows)

    @property
    def designed(self) -> bool:
        """Whether the rows come from a sample that intervals can be made of."""
        return has_design(self.survey.inference)

    @property
    def unit(self) -> Codes:
        """Each row's finest sampling unit, shape (m,)."""
        of = self.design.row
        return self.rows if of is None else of[self.rows]

    @property
    def psu(self) -> Codes:
        """Each row's primary sampling unit, shape (m,)."""
        return self.unit if self.design.psu is None else self.design.psu[self.unit]

    @property
    def design(self) -> Any:
        """The design's units, whether or not there are replicates."""
        assert self.survey.units is not None
        return self.survey.units

    def need_design(self, doing: str) -> None:
        """Raise `Refused` where nobody was drawn, so that there is nothing to test."""
        need_design(self.survey, doing)

    def covariance(self, influence: Iterable[Floats] | Floats) -> Floats:
        """The design-based covariance of p statistics, shape (p, p).

        Parameters
        ----------
        influence : (m, p) array or p arrays (m,)
            What each row adds to each statistic, before its weight: the statistic moves with ``sum(w * influence)``. Arrays are looked at
            once, one after the other: a generator of them need not hold more than one.
        """
        totals: list[Floats] = []
        known: list[Floats] = []  # what each column adds up to by what weights were calibrated on
        for column in influence.T if isinstance(influence, np.ndarray) else influence:
            totals.append(summed(self.unit, self.w * column, self.design.n))
            if self.survey.projection is not None:
                known.append(self.survey.projection.sums(column, self.rows, None, 1)[:, 0])
        return self._influence(totals, known).dense()

    def covariance_of_totals(self, totals: Floats) -> Floats:
        """The same from what the units add up to, shape (units, p): for weights that were not calibrated."""
        assert self.survey.projection is None
        return self._influence(list(totals.T), []).dense()

    def _influence(self, totals: list[Floats], known: list[Floats]) -> Influence:
        units, projection, p = self.design, self.survey.projection, len(totals)
        there = self._present()
        loading = None if projection is None else projection.loadings(np.column_stack(known))
        return Influence(
            units,
            np.tile(there, p),
            np.repeat(np.arange(p), len(there)),
            np.concatenate([total[there] for total in totals]),
            p,
            self.survey.stages.lonely,
            self.survey.stages.lonely_domain,
            None if projection is None else projection.units,
            loading,
            None if projection is None else projection.split,
        )

    def _present(self) -> Codes:
        inside = np.zeros(self.design.n, dtype=bool)
        inside[self.unit] = True
        return np.flatnonzero(inside)

    def replicates(self) -> Iterator[Floats]:
        """The rows' weights in every replicate, one after the other; nothing without replicates."""
        atoms = self.survey.atoms
        if atoms is None:
            return
        units, replayed = atoms
        atom = self.rows if units.row is None else units.row[self.rows]
        for _, factors in replayed.blocks():
            for factor in factors:
                yield self.w * factor[atom]

    def spread(self, points: Floats, influence: Callable[[], Iterable[Floats] | Floats], again: Callable[[Floats], Floats]) -> Floats:
        """The covariance of a statistic, shape (p, p): from its influence, or with replicates from its values in them.

        Parameters
        ----------
        points : (p,) array
            The statistic.
        influence : callable
            Gives the influence, as `covariance` takes it; asked only where there are no replicates.
        again : callable
            Gives the statistic, shape (p,), from other weights of the rows (m,); a replicate in which it cannot be had gives NaN.

        Raises
        ------
        EstimationError
            The statistic cannot be had in some replicates: leaving them out would leave variance out.
        """
        if not self.designed:
            return np.full((len(points), len(points)), np.nan)
        resampling = self.survey.resampling
        if resampling is None:
            return self.covariance(influence())
        values = np.array([again(w) if resampling.scales[r] > 0 else points for r, w in enumerate(self.replicates())])
        lost = int((~np.isfinite(values[:, np.isfinite(points)])).any(axis=1).sum())
        if lost:
            raise EstimationError(
                f"In {lost:,} of {resampling.count:,} replicates this cannot be estimated, so they do not give its variance.",
                "Merge levels that few answers have, or take the survey as it was before replicates, where it has units and strata.",
            )
        return spread_over(resampling, values, points).of(np.arange(len(points)))

    def estimate(
        self,
        columns: Mapping[str, Sequence[Any]],
        points: Floats,
        covariance: Floats,
        *,
        said: tuple[str, str],
        level: float = 0.95,
        df: float | Floats | None = None,
        limits: tuple[Floats, Floats, str] | None = None,
    ) -> Estimate:
        """The statistic as an Estimate.

        Parameters
        ----------
        columns : mapping
            Labels of the p cells; the first is ``variable``.
        points, covariance : (p,) and (p, p) arrays
            The statistic.
        said : (str, str)
            The statistic in a word, and the estimand in words.
        level : float
            Confidence level, already checked.
        df : float or (p,) array, optional
            Degrees of freedom, where they are not those of the rows.
        limits : (low, high, method), optional
            Limits that are not t limits.
        """
        p, nothing = len(points), np.full(len(points), np.nan)
        free = np.broadcast_to(np.asarray(self.df if df is None else df, dtype=np.float64), (p,)) if self.designed else nothing
        low, high = t_limits(points, np.sqrt(np.maximum(np.diagonal(covariance), 0.0)), free, level) if limits is None else limits[:2]
        method = "t" if limits is None else limits[2]
        flags = with_df(("",) * p, free, self.designed)
        if not self.designed:
            low, high, flags = nothing, nothing, (f"no design: {self.survey.inference}",) * p
        weight, n = np.full(p, self.w.sum()), np.full(p, float(self.n))
        kish = n * float((self.w**2).sum()) / weight**2
        support, _, _ = support_of(self.measured.units, self.measured.tables, 1, np.zeros(p, dtype=np.intp))
        return Estimate(
            cells=Cells({name: tuple(labels) for name, labels in columns.items()}),
            points=points,
            covariance=Covariance(np.diagonal(covariance).copy(), covariance, None),
            df=np.array(free),
            interval=Interval(low, high, level, method),
            counts=Counts(n, nothing, np.full(p, self.psus), weight, nothing, nothing, kish),
            support=replace(support, limit=min(df_limit(self.survey), float(np.min(free)) if self.designed else np.inf)),
            flags=flags,
            statistic=said[0],
            estimand=said[1],
            inference=self.survey.inference,
            provenance=self.provenance(said[0], points),
        )

    def counts(self, group: Codes, k: int) -> Counts:
        """What each of k groups of the rows rests on; `group` (m,) is -1 for rows in none. Cases are not known here."""
        inside = group >= 0
        code, w, n_psus, nothing = group[inside], self.w[inside], self.design.n_psus, np.full(k, np.nan)
        n, weight = np.bincount(code, minlength=k).astype(np.float64), summed(code, w, k)
        psus = np.bincount(np.unique(code * n_psus + self.psu[inside]) // n_psus, minlength=k).astype(np.float64)
        with np.errstate(invalid="ignore"):
            kish = n * summed(code, w**2, k) / weight**2
        return Counts(n, nothing, psus, weight, nothing, nothing, kish)

    def provenance(self, method: str, points: Floats) -> Provenance:
        """Where numbers from these rows come from."""
        survey = self.survey
        names = [name for name, _ in self.missing]
        made = Sample(sums_of(self.measured.rows, self.measured.weight, self.measured.units.stratum), lazy=True)
        return Provenance(
            method=method,
            population=survey.population,
            where=self.where,
            design=survey.fingerprint(),
            data=fingerprint(points),
            version=__version__,
            policies=(*decisions(survey), *missing_words(self.missing, method)),
            missing=self.missing,
            labels=tuple((n, survey.rows.labels[n]) for n in names if n in survey.rows.labels),
            backend=survey.rows.backend,
            sample=(survey.sample or made,),
        )


def need_design(survey: Survey, doing: str) -> None:
    """Raise `Refused` where nobody was drawn, so that there is nothing to test, and `InputError` for what is no Survey."""
    need_survey(survey, doing)
    if not has_design(survey.inference):
        raise Refused(
            f"{doing} asks whether chance of the draw alone could give such numbers, and nobody was drawn here ({survey.inference}).",
            "Describe those who answered with crosstab(), mean() and proportion().",
        )


def freedom(survey: Survey, measured: Measured) -> tuple[float, float]:
    """Of rows measured together: the PSUs with one, and the degrees of freedom, PSUs minus strata within what replicates allow."""
    _, psus, df = support_of(measured.units, measured.tables, 1, ONE)
    free = min(float(df[0]), df_limit(survey))
    if survey.atoms is not None:
        free = min(free, float(rank_df(survey.atoms[1], measured.tables, 1, ONE)[0]))
    return float(psus[0]), free


def scope_of(survey: Survey, blanks: Mapping[str, Bools | None], doing: str, *, where: Where = None, where_label: str = "") -> Scope:
    """The rows that `where=` asks for, that have a weight and every answer an analysis needs.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    blanks : mapping
        Variable to a mask of the rows without an answer (None: none).
    doing : str
        How messages name the analysis: ``"logit()"``.
    where, where_label
        As for `evidencekit.mean`.

    Raises
    ------
    InputError
        Not a Survey, or lazy data.
    EstimationError
        No row is left.
    """
    in_memory(survey, doing)
    assert survey.w is not None
    inside = where_mask(survey, where)
    use = survey.w > 0 if inside is None else (survey.w > 0) & inside
    there, missing = int(use.sum()), []
    keep = use.copy()
    for name, blank in blanks.items():
        missing.append((name, 0 if blank is None else int((use & blank).sum())))
        keep &= True if blank is None else ~blank
    rows = np.flatnonzero(keep)
    if not rows.size:
        why = "every row lacks an answer it needs" if there else "no row satisfies where="
        raise EstimationError(f"{doing} has nothing to look at: {why} (rows of weight zero do not count).")
    domains = Domains((), np.where(keep, 0, -1).astype(np.intp), (), 1)
    measured = derived(survey, domains, [([], ~keep)])
    psus, df = freedom(survey, measured)
    return Scope(survey, rows, survey.w[rows], measured, df, psus, where_words(where, where_label), tuple(missing))
