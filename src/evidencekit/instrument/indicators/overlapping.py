"""forms_experienced: how many of several forms children experienced, and which go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any

import numpy as np

from evidencekit.errors import InputError
from evidencekit.estimate import Cells, Estimate
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.indicators.answering import ItemMap
from evidencekit.instrument.indicators.asking import Asked, asked, several
from evidencekit.instrument.indicators.compiling import Among, Compiled
from evidencekit.instrument.indicators.definition import Indicator
from evidencekit.instrument.indicators.measuring import Grouped, cited
from evidencekit.instrument.indicators.standings import OUTSIDE, UNKNOWN, YES, all_of
from evidencekit.rendering.text import html_table, text_table
from evidencekit.survey import Survey
from evidencekit.survey.means import By
from evidencekit.survey.summing.domains import Where

__all__ = ["Forms", "forms_experienced"]

MOST = 3
GROUPS = (*map(str, range(MOST)), f"{MOST}+")


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Forms:
    """How many forms, and which together.

    Parameters
    ----------
    indicators : tuple of Indicator
        The forms.
    estimate : Estimate
        The shares with 0, 1, 2, and 3 or more forms, in the column ``category``.
    overlap : Estimate
        The share with both of two forms, for every pair, in the columns ``form`` and ``other``; a form with itself is its prevalence.
    given : Estimate or None
        Of those with one ``form``, the share who also experienced the ``other``; forms that nobody experienced are left out.
    unsettled : int
        Rows counted by every form whose number of forms the answers do not settle: left out of `estimate`.
    """

    indicators: tuple[Indicator, ...]
    estimate: Estimate
    overlap: Estimate
    given: Estimate | None
    unsettled: int

    def _title(self) -> str:
        forms, whom = ", ".join(f"{of.code} {of.version}" for of in self.indicators), self.estimate.provenance.population
        return f"Number of forms experienced, of {forms}{f'; {whom}' if whom else ''}; {self.estimate.interval.level:.0%} intervals"

    def _matrix(self) -> tuple[list[str], list[list[str]]]:
        """Of those with the row's form, the share in percent with the column's; only where there are no groups."""
        codes = [of.code for of in self.indicators]
        shown = {(r, c): "" for r in codes for c in codes}
        for est in (self.given,) if self.given is not None else ():
            columns = est.cells.columns
            for k, share in enumerate(est.points):
                shown[columns["form"][k], columns["other"][k]] = f"{100 * share:.0f}"
        return ["of those with", *codes], [[r, *(shown[r, c] if r != c else "-" for c in codes)] for r in codes]

    def __repr__(self) -> str:
        number = text_table(*self.estimate._shown(), limit=20)
        matrix = [] if self.estimate.cells.by else ["also experienced, percent:", text_table(*self._matrix(), limit=20)]
        return "\n".join([self._title(), number, *matrix, f"note: {self.unsettled:,} left out: their answers do not settle the number"])

    def _repr_html_(self) -> str:
        number = html_table(*self.estimate._shown(), caption=self._title(), limit=60)
        return number if self.estimate.cells.by else number + html_table(*self._matrix(), caption="Also experienced, percent", limit=60)


def forms_experienced(
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
) -> Forms:
    """How many of several forms children experienced, and which go together.

    Parameters
    ----------
    survey : Survey
        Data and design; the data in memory.
    indicators : sequence of Indicator
        At least two forms, of the same people.
    items, form, by, where, where_label, denominator, level
        As for `prevalence`.

    Returns
    -------
    Forms
        With ``.estimate`` (shares with 0, 1, 2, 3+), ``.overlap`` and ``.given``.

    Raises
    ------
    InputError, Refused, EstimationError
        As for `prevalence`; or the forms differ in recall period or age range, so that their number would mean nothing.

    Notes
    -----
    A row counts where every form counts it. Its number is known when what is not known could not change its group: three known yeses are 3+
    whatever else was refused. Forms that were not asked add nothing.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> forms = [ek.Indicator(code=code, numerator=f"${{{name}}}") for code, name in
    ...          (("CONTACT", "any_contact_unwanted"), ("REQUEST", "asked_for_image"), ("SHARED", "image_shared"))]
    >>> made = ek.instrument.forms_experienced(survey, forms)
    >>> made.estimate.cells.columns["category"]
    ('0', '1', '2', '3+')
    >>> round(float(made.estimate.points.sum()), 12)
    1.0
    """
    chosen = several(indicators, "forms_experienced()", "forms")
    _refuse_unlike(chosen)
    ask = asked(survey, chosen, items=items, form=form, by=by, where=where, where_label=where_label, level=level)
    made, rows = [ask.compiled(of, denominator) for of in chosen], ask.rows
    common = np.logical_and.reduce([_counted(one) for one in made])
    labels, unsettled = _groups(made, common)
    both = {(a, b): _both(made[a], made[b], common) for a, b in combinations(range(len(made)), 2)}
    both |= {(a, a): np.where(common, made[a].valid, np.nan) for a in range(len(made))}
    given = {}
    for a, b in permutations(range(len(made)), 2):
        values = np.where(made[a].standing.yes & common, made[b].valid, np.nan)
        if not np.isnan(values[np.asarray(rows, dtype=bool)]).all():
            given[a, b] = values
    left = int((unsettled & rows).sum())
    return Forms(
        indicators=tuple(chosen),
        estimate=_named(ask.shares({"forms": labels}), made, ask.said, "number of forms experienced", (("forms", left),)),
        overlap=_pairs(both, made, ask, "share with both forms"),
        given=_pairs(given, made, ask, "share with the other form, of those with one") if given else None,
        unsettled=left,
    )


def _refuse_unlike(chosen: Sequence[Indicator]) -> None:
    if len({(of.recall, of.ages) for of in chosen}) > 1:
        raise InputError(
            "The forms differ in recall period or age range, so their number would mean nothing.", "Take forms of one period and age range."
        )


def _counted(one: Compiled) -> Any:
    """Who is counted by the denominator, a form that was not asked of them included."""
    return one.inside | one.not_asked


def _groups(made: Sequence[Compiled], common: Any) -> tuple[Grouped, Any]:
    """Each row's group, none where it is not counted or not settled; and which rows are not settled."""
    states = np.stack([one.standing.state for one in made])
    asked = common & ~(states == OUTSIDE).all(axis=0)
    least = np.minimum((states == YES).sum(axis=0), MOST)
    most = np.minimum(((states == YES) | (states == UNKNOWN)).sum(axis=0), MOST)
    settled = asked & (least == most)
    return Grouped(np.where(settled, least, -1).astype(np.intp), GROUPS), asked & ~settled


def _both(a: Compiled, b: Compiled, common: Any) -> Any:
    made = all_of([a.standing, b.standing])
    return np.where(common & (made.state <= YES), made.yes.astype(np.float64), np.nan)


def _pairs(variables: dict[tuple[int, int], Any], made: Sequence[Compiled], ask: Asked, what: str) -> Estimate:
    """One estimate for many pairs of forms, told apart by two columns."""
    codes = [one.indicator.code for one in made]
    names = {f"{codes[a]} and {codes[b]}": (codes[a], codes[b]) for a, b in variables}
    est = ask.shares(dict(zip(names, variables.values(), strict=True)))
    pairs = [names[str(v)] for v in est.cells.columns["variable"]]
    columns = {"variable": ("forms",) * len(est), "category": (None,) * len(est)}
    columns |= {"form": tuple(a for a, _ in pairs), "other": tuple(b for _, b in pairs)}
    columns |= {by: est.cells.columns[by] for by in est.cells.by}
    return _named(replace(est, cells=Cells(columns, est.cells.by)), made, ask.said, what, ())


def _named(est: Estimate, made: Sequence[Compiled], said: str, what: str, missing: tuple[tuple[str, int], ...]) -> Estimate:
    among = " / ".join(dict.fromkeys(one.among for one in made))
    provenance = cited(est, made, said, (("recall", made[0].indicator.recall), ("denominator", among)), missing)
    codes = ", ".join(one.indicator.code for one in made)
    return replace(est, estimand=f"{what}, of {codes}, among {among}", provenance=provenance)
