"""table_one: the table a report starts with: who answered, overall and by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError
from evidencekit.estimate import Estimate
from evidencekit.frames import Dataset, frame_of
from evidencekit.missingness import Missing
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.significance import Test
from evidencekit.survey.means import mean, some
from evidencekit.survey.proportions import proportion
from evidencekit.survey.summing.domains import Where, names_of, where_mask
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.intervals import Method, ProportionInterval
from evidencekit.survey.uncertainty.scope import need_design
from evidencekit.tables.association import association
from evidencekit.tables.ranktests import ranktest
from evidencekit.tables.scoped import one_name
from evidencekit.tables.ttests import ttest

__all__ = ["TableOne", "table_one"]

LEVELS = 12  # of a numeric column without labels, from which on it is an amount
FEW = 10
ALL = "all"


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class TableOne:
    """The first table of a report.

    Parameters
    ----------
    estimates : tuple of Estimate
        Of each row variable one overall and, with `by`, one by group: ``evidencekit.release(table.estimates)`` protects them together,
        with ``ledger=`` and one ``publication=`` for all.
    by : str
        The column that splits, empty without one.
    missing : mapping of str to mapping
        Of each variable how many answers are missing, by kind, unweighted.
    tests : mapping of str to Test
        Of each variable whether it goes together with `by`; empty unless asked for.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> table = ek.tables.table_one(survey, ["sex", "internet_daily"], by="area")
    >>> len(table.estimates)
    4
    """

    estimates: tuple[Estimate, ...]
    by: str
    missing: Mapping[str, Mapping[Missing, int]]
    tests: Mapping[str, Test] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, Any]:
        """The table, column name to values."""
        parts = [self._columns(est) for est in self.estimates]
        return {name: [value for part in parts for value in part[name]] for name in parts[0]}

    def _columns(self, est: Estimate) -> dict[str, list[Any]]:
        cells, counts, table = est.cells.columns, est.counts, est.columns
        size = len(est)
        overall = not self.by or self.by not in cells
        group = [ALL] * size if overall else [str(level) for level in cells[self.by]]
        with np.errstate(invalid="ignore"):
            deft = np.sqrt(counts.deff)
        kinds = [self.missing[name] for name in cells["variable"]]
        out: dict[str, list[Any]] = {
            "variable": list(cells["variable"]),
            "category": [None if label is None else str(label) for label in cells["category"]],
            "group": group,
            "statistic": [est.statistic] * size,
            **{name: list(table[name]) for name in ("estimate", "se", "low", "high", "rse")},
            "deft": deft.tolist(),
            **{name: list(table[name]) for name in ("df", "n", "cases", "weighted_n", "flag")},
            "missing": [sum(found.values()) if overall else None for found in kinds],
            **{
                f"missing: {kind.value}": [found.get(kind, 0) if overall else None for found in kinds]
                for kind in Missing
                if any(kind in found for found in self.missing.values())
            },
        }
        if self.tests:
            out["p"] = [None if overall or name not in self.tests else self.tests[name].p for name in out["variable"]]
        return out

    def to_frame(self) -> Any:
        """The table in long form, in the caller's kind of frame.

        Returns
        -------
        data frame
            One row a cell: ``variable, category, group`` (``"all"`` overall), ``statistic``, ``estimate, se, low, high, rse, deft, df``,
            ``n`` (unweighted answers), ``cases`` (unweighted answers in the category), ``weighted_n``, ``flag``; overall also how many
            answers are missing, in all and by kind; with tests, ``p``.
        """
        return frame_of(self.columns, self.estimates[0].provenance.backend)

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        columns = self.columns
        keep = ["variable", "category", "group", "estimate", "low", "high", "n", "rse", "deft", "missing", *(["p"] if self.tests else [])]
        return table_of({name: columns[name] for name in keep if name != "group" or self.by})

    def _title(self) -> str:
        first = self.estimates[0]
        whom = f", {first.provenance.population}" if first.provenance.population else ""
        where = f", {first.provenance.where}" if first.provenance.where else ""
        kind = "simultaneous intervals" if all("simultaneous" in est.interval.method for est in self.estimates) else "intervals"
        return f"Table one{whom}{where}; {first.interval.level:.0%} {kind}; {first.inference}. To be released before it is shown"

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_table(*self._shown(), limit=60)])

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=self._title(), limit=200)


def table_one(
    survey: Survey,
    rows: Sequence[str],
    *,
    by: str | None = None,
    means: Sequence[str] = (),
    tests: bool = False,
    where: Where = None,
    where_label: str = "",
    interval: Method | ProportionInterval = "beta",
) -> TableOne:
    """The table every report starts with.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    rows : sequence of str
        The variables, in the order of the table. Each has its weighted share in every category, of a 0/1 column that of 1.
    by : str, optional
        A column whose groups stand beside the whole.
    means : sequence of str
        Those of `rows` that are amounts, and have their mean instead.
    tests : bool
        Whether each variable is tested against `by`: shares by Rao and Scott's F, means by a t test of two groups or a Kruskal-Wallis
        test of more. Off by default: many tests find something by chance.
    where, where_label, interval
        As for `evidencekit.proportion`. Intervals are of level 0.95.

    Returns
    -------
    TableOne
        It computes; it is written from its released form only: `evidencekit.disclosure.write_tables`, which takes its `tests` too.

    Raises
    ------
    InputError, UnknownColumn
        No rows, a variable twice, an amount that is not in `means`, `tests` without `by`.
    EstimationError
        A variable has no answers.
    Refused
        `tests` of answers without a design.

    Notes
    -----
    Each interval holds by itself, and each p-value stands alone. For intervals that hold for all cells of a variable at once, replace
    `estimates` by what `evidencekit.combining.simultaneous` makes of each; for p-values, `evidencekit.combining.holm`.

    References
    ----------
    Lumley (2010), Complex Surveys: A Guide to Analysis Using R.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> table = ek.tables.table_one(survey, ["school", "hours_online"], by="sex", means=["hours_online"], tests=True)
    >>> sorted(table.tests)
    ['hours_online', 'school']
    >>> {one.profile for one in ek.release(table.estimates)}
    {'child-survey'}
    """
    names, amounts = some(names_of(rows, "rows", survey)), names_of(means, "means=", survey)
    in_memory(survey, "table_one()")
    split = None if by is None else one_name(survey, by, "by=")
    names_of(split, "by=", survey)
    if stray := [name for name in amounts if name not in names]:
        raise InputError(f"means= names {stray[0]!r}, which is not among the rows.")
    if split in names:
        raise InputError(f"by= names {split!r}, which is among the rows too.", "Take it out of rows: its groups have their n in the table.")
    if tests:
        need_design(survey, "table_one(tests=True)")
        if split is None:
            raise InputError("tests=True compares groups.", "Give by=.")
    estimates: list[Estimate] = []
    missing = _missing(survey, names, where)
    for name in names:
        _refuse_amount(survey, name, amounts)
        said = ("missing by kind", _kinds(name, missing[name]))
        for groups in (None, split) if split else (None,):
            est = (
                mean(survey, name, by=groups, where=where, where_label=where_label)
                if name in amounts
                else proportion(survey, name, by=groups, where=where, where_label=where_label, interval=interval)
            )
            policies = (*est.provenance.policies, said) if missing[name] and groups is None else est.provenance.policies
            estimates.append(replace(est, provenance=replace(est.provenance, policies=policies)))
    made: dict[str, Test] = {}
    if tests and split:
        for name, est in zip(names, estimates[1::2], strict=True):
            groups = len(est) if name in amounts else 0
            made[name] = _test(survey, name, split, groups, where, where_label)
    return TableOne(estimates=tuple(estimates), by=split or "", missing=missing, tests=made)


def _test(survey: Survey, name: str, by: str, means: int, where: Where, where_label: str) -> Test:
    """The test of a variable of which so many means are compared; none of shares."""
    if not means:
        return association(survey, name, by, where=where, where_label=where_label)
    if means == 2:
        return ttest(survey, name, by=by, where=where, where_label=where_label)
    return ranktest(survey, name, by, test="kruskal-wallis", where=where, where_label=where_label)


def _refuse_amount(survey: Survey, name: str, means: Sequence[str]) -> None:
    """Raise for numbers of many values that nobody said are amounts or categories."""
    column = survey.column(name)
    many = len(column.keys) > LEVELS and column.levels == column.keys and all(isinstance(key, (int, float)) for key in column.keys)
    if many and name not in means:
        raise InputError(
            f"Column {name!r} has {len(column.keys):,} different numbers and no labels: it looks like an amount.",
            f"Put it into means=[{name!r}], or group it first.",
        )


def _missing(survey: Survey, names: Sequence[str], where: Where) -> dict[str, dict[Missing, int]]:
    """How many answers of each variable are missing, by kind, among the rows asked for."""
    inside, data = where_mask(survey, where), survey.data
    if isinstance(data, Dataset) and survey.phase1 is None:
        if inside is not None:
            data = data.with_frame(nw.from_native(data.frame, eager_only=True).filter(inside.tolist()).to_native())
        return {name: data.kinds(name) for name in names}
    out: dict[str, dict[Missing, int]] = {}
    for name in names:
        blank = survey.column(name).codes < 0
        count = int((blank if inside is None else blank & inside).sum())
        out[name] = {Missing.UNSTATED: count} if count else {}
    return out


def _kinds(name: str, found: Mapping[Missing, int]) -> str:
    """What a release tells of them: small numbers only as such."""
    parts = [f"{count:,} {kind.value}" if count >= FEW else f"fewer than {FEW} {kind.value}" for kind, count in found.items()]
    return f"{name}: {', '.join(parts)}"
