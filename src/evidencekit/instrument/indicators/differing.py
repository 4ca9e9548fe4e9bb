"""compare_definitions: how far the headline moves when the definition does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit.combining import contrast
from evidencekit.estimate import Cells, Estimate
from evidencekit.frames import frame_of
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.indicators.answering import ItemMap
from evidencekit.instrument.indicators.asking import asked, several
from evidencekit.instrument.indicators.compiling import Among, Compiled
from evidencekit.instrument.indicators.definition import Indicator
from evidencekit.instrument.indicators.measuring import cited
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.survey import Survey
from evidencekit.survey.means import By
from evidencekit.survey.summing.domains import Where

__all__ = ["Definitions", "compare_definitions"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Definitions:
    """One survey's headline under several definitions.

    Parameters
    ----------
    indicators : tuple of Indicator
        The definitions, the one the others are compared with first.
    estimate : Estimate
        The share under each, with their covariance.
    differences : Estimate
        Each of the others less the first, group by group.
    among : tuple of str
        Whom each counts, in words.
    complete : Estimate or None
        The same differences among those who answered every question of every definition; None where that is everyone.
    """

    indicators: tuple[Indicator, ...]
    estimate: Estimate
    differences: Estimate
    among: tuple[str, ...]
    complete: Estimate | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The table: a row for each definition and group."""
        est, moved = self.estimate, self.differences
        names = [i.code for i in self.indicators]
        of = [names.index(code) for code in est.cells.columns["variable"]]
        places = _pairs(est, names)
        gap, low, high = (np.full(len(est), np.nan) for _ in range(3))
        for k, (_, row) in enumerate(places):
            gap[row], low[row], high[row] = moved.points[k], moved.interval.low[k], moved.interval.high[k]
        return {
            "code": tuple(names[k] for k in of),
            "version": tuple(self.indicators[k].version for k in of),
            "title": tuple(self.indicators[k].title for k in of),
            **{by: est.cells.columns[by] for by in est.cells.by},
            "recall": tuple(self.indicators[k].recall for k in of),
            "denominator": tuple(self.among[k] for k in of),
            "estimate": est.points,
            "se": est.se,
            "low": est.interval.low,
            "high": est.interval.high,
            "n": est.counts.n,
            "points_moved": 100 * gap,
            "moved_low": 100 * low,
            "moved_high": 100 * high,
            "flag": est.flags,
        }

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame.

        Returns
        -------
        data frame
            A row a definition and group: ``code, version, title``, the ``by=`` columns, ``recall, denominator``, ``estimate, se, low, high,
            n``; ``points_moved, moved_low, moved_high``, the difference to the first in percentage points with its interval; ``flag``.
        """
        return frame_of(self.columns, self.estimate.provenance.backend)

    def _title(self) -> str:
        first, whom = self.indicators[0], self.estimate.provenance.population
        level = f"{self.estimate.interval.level:.0%} intervals"
        return f"Definitions compared with {first.code} {first.version}{f', {whom}' if whom else ''}; {level}; {self.estimate.inference}"

    def _sentences(self) -> list[str]:
        """By how many points each definition moves the share, when there are no groups; a difference is named as one only if it is one."""
        if self.estimate.cells.by:
            return []
        out, c = [], self.columns
        for k in range(1, len(self.indicators)):
            gap, low, high = (float(c[name][k]) for name in ("points_moved", "moved_low", "moved_high"))
            if np.isnan(low) or np.isnan(high):
                said = f"{abs(gap):.1f} points {'above' if gap > 0 else 'below'} {self.indicators[0].code}, without an interval"
            elif low > 0 or high < 0:
                ends = sorted((abs(low), abs(high)))
                said = f"{abs(gap):.1f} points {'above' if gap > 0 else 'below'} {self.indicators[0].code} ({ends[0]:.1f} to {ends[1]:.1f})"
            else:
                said = f"{gap:+.1f} points from {self.indicators[0].code} ({low:.1f} to {high:.1f}): the interval includes no change"
            whole = f"; {100 * self.complete.points[k - 1]:+.1f} of those who answered everything" if self.complete is not None else ""
            out.append(f"{self.indicators[k].code} is {said}{whole}")
        return out

    def _notes(self) -> list[str]:
        first, out = self.indicators[0], []
        for k, of in enumerate(self.indicators[1:], start=1):
            other = [
                *([f"recall ({of.recall})"] if of.recall != first.recall else []),
                *([f"ages ({of.ages_said or 'any'})"] if of.ages != first.ages else []),
                *([f"denominator ({self.among[k]})"] if self.among[k] != self.among[0] else []),
            ]
            out += [f"note: {of.code} also differs in {', '.join(other)}"] if other else []
        out += [f"note: {what}: {how}" for what, how in self.estimate.provenance.policies if what not in ("indicators",)]
        return out

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        keep = ["code", *self.estimate.cells.by, "estimate", "low", "high", "n", "points_moved", "moved_low", "moved_high", "flag"]
        return table_of({c: self.columns[c] for c in keep})

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_table(*self._shown(), limit=30), *self._sentences(), *self._notes()])

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=". ".join([self._title(), *self._sentences(), *self._notes()]), limit=60)


def compare_definitions(
    survey: Survey,
    indicators: Sequence[Indicator],
    *,
    items: ItemMap = None,
    form: Instrument | None = None,
    by: By = None,
    where: Where = None,
    where_label: str = "",
    denominator: Among = "own",
    level: float = 0.95,
) -> Definitions:
    """How the headline moves with the definition, in one survey.

    Parameters
    ----------
    survey : Survey
        Data and design; the data in memory.
    indicators : sequence of Indicator
        At least two; the others are compared with the first.
    items, form, by, where, where_label, denominator, level
        As for `prevalence`.

    Returns
    -------
    Definitions
        With ``.estimate`` (a share for each definition) and ``.differences`` to the first, in one survey and so with their covariance;
        ``.complete``, the differences among those who answered everything.

    Raises
    ------
    InputError, Refused, EstimationError
        As for `prevalence`; or there are fewer than two definitions, or two with one code.

    Notes
    -----
    The more questions a composite has, the more its estimate leans upward where single ones are refused (see `prevalence`), so that a part
    of a difference may be refusals and not the definition. ``.complete`` has no such part, and may be of other children.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, section 3.2, for differences of overlapping groups.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> narrow = ek.Indicator(code="NARROW", title="Image shared", numerator="${image_shared}", recall="past 12 months")
    >>> wide = ek.Indicator(code="WIDE", title="Any", numerator="${image_shared} or ${any_contact_unwanted}", recall="past 12 months")
    >>> ek.compare_definitions(survey, [narrow, wide])
    Definitions compared with NARROW 1.0.0; 95% intervals; probability
    code    estimate      low     high     n  points_moved  moved_low  moved_high  flag
    NARROW   0.05682  0.04465  0.07113  1873
    WIDE      0.1903   0.1684   0.2138  1889         13.35      11.44       15.27
    WIDE is 13.4 points above NARROW (11.4 to 15.3); +12.8 of those who answered everything
    note: not settled by the answers: NARROW 123, WIDE 107
    """
    chosen = several(indicators, "compare_definitions()", "definitions")
    codes = [of.code for of in chosen]
    ask = asked(survey, chosen, items=items, form=form, by=by, where=where, where_label=where_label, level=level)
    made, rows = [ask.compiled(of, denominator) for of in chosen], ask.rows
    est = _named(ask.shares({one.indicator.code: one.valid for one in made}), made, rows, ask.said)
    whole = np.logical_and.reduce([~(one.inside & (one.standing.unknown | one.partly)) for one in made])
    complete = None
    if (~whole & rows).any() and all((~np.isnan(one.valid) & whole & rows).any() for one in made):
        of_whole = ask.shares({one.indicator.code: np.where(whole, one.valid, np.nan) for one in made})
        complete = _differences(_named(of_whole, made, rows & whole, ask.said), codes, level)
    return Definitions(
        indicators=tuple(chosen),
        estimate=est,
        differences=_differences(est, codes, level),
        among=tuple(one.among for one in made),
        complete=complete,
    )


def _named(est: Estimate, made: Sequence[Compiled], rows: Any, said: str) -> Estimate:
    """The estimate with what each definition is and what its unanswered rows are."""
    unknown = {one.indicator.code: int((one.standing.unknown & one.inside & rows).sum()) for one in made}
    words = ", ".join(f"{code} {count:,}" for code, count in unknown.items())
    policies = [("not settled by the answers", words)] if any(unknown.values()) else []
    provenance = cited(est, made, said, policies, tuple(unknown.items()))
    fewest = {one.indicator.code: one.indicator.minimum_n for one in made}
    flags = []
    for flag, code, n in zip(est.flags, est.cells.columns["variable"], est.counts.n, strict=True):
        few = f"fewer than {fewest[code]} answers" if n < fewest[code] else ""
        flags.append("; ".join(x for x in (flag, few) if x))
    return replace(est, flags=tuple(flags), estimand=f"share under each definition: {', '.join(unknown)}", provenance=provenance)


def _pairs(est: Estimate, codes: Sequence[str]) -> list[tuple[int, int]]:
    """The rows of the first definition and of another, for each group that has both."""
    by = est.cells.by
    groups: dict[tuple[Any, ...], dict[str, int]] = {}
    for row in range(len(est)):
        groups.setdefault(tuple(est.cells.columns[b][row] for b in by), {})[str(est.cells.columns["variable"][row])] = row
    return [(group[codes[0]], group[code]) for code in codes[1:] for group in groups.values() if code in group and codes[0] in group]


def _differences(est: Estimate, codes: Sequence[str], level: float) -> Estimate:
    """Each definition less the first, in every group, by one contrast: their covariance is kept."""
    pairs = _pairs(est, codes)
    weights: dict[str, list[float]] = {}
    for k, (first, other) in enumerate(pairs):
        line = [0.0] * len(est)
        line[other], line[first] = 1.0, -1.0
        weights[str(k)] = line
    made = contrast(est, weights, level=level)
    columns = {
        "variable": tuple(f"{est.cells.columns['variable'][b]} - {est.cells.columns['variable'][a]}" for a, b in pairs),
        "category": (None,) * len(pairs),
        **{by: tuple(est.cells.columns[by][b] for _, b in pairs) for by in est.cells.by},
    }
    return replace(made, cells=Cells(columns, est.cells.by), statistic="difference", estimand=f"difference to {codes[0]}")
