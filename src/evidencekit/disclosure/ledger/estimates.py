"""published: an Estimate as readers will see it, as a table of a ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.disclosure.ledger.auditing import UNNAMED
from evidencekit.disclosure.ledger.groups import AllBut, Group, Levels, group_of, is_number, level_of, sorted_levels, together
from evidencekit.disclosure.ledger.numbers import Number, as_percent, count, hidden, percent, rounded
from evidencekit.disclosure.ledger.tables import PublishedTable
from evidencekit.errors import InputError, how_many, is_whole, one_of
from evidencekit.estimate import NEARLY_TWO, Estimate

__all__ = ["are_shares", "counts_people", "published"]

COLUMNS = ("n", "cases", "percent", "se", "limits", "deff", "n_eff", "weighted_n")
COUNTED = ("proportion", "mean", "total", "count")
ANSWERED = AllBut((None,))
NEAR = 1.01  # Kish's factor: weights that vary by a tenth
NEAR_RATIO = 1.5  # two standard deviations to either side of them

MadeOf = Mapping[str, Mapping[Any, Mapping[str, Any]]]


def published(
    estimate: Estimate,
    *,
    title: str,
    universe: str = "",
    where: Mapping[str, Any] | Group | None = None,
    shows: Sequence[str] = ("n", "cases", "percent"),
    decimals: int = 0,
    base: int = 1,
    made_of: MadeOf | None = None,
    weight_ratio: float | None = None,
) -> PublishedTable:
    """An Estimate as a table of a ledger.

    Parameters
    ----------
    estimate : Estimate
        As it is shown: of what `evidencekit.release` returned, its ``.estimate``, whose hidden cells are NaN. They become hidden numbers.
    title : str
        What readers know the table by.
    universe : str
        The round of the survey. Name it: by default it is the fingerprint of the design, which other weights on the same people change,
        and tables are compared only within a universe.
    where : mapping, optional
        The part of the universe, as levels of variables; must be given where the Estimate was made with ``where=``.
    shows : sequence of str
        What is shown of each cell: ``"n"``, ``"cases"``, ``"percent"``, ``"se"``, ``"limits"``, ``"deff"``, ``"n_eff"``, ``"weighted_n"``.
        n is taken to be known where it follows from the others: n_eff times deff, p(1 - p) / se^2 times deff, or the sum of equal weights.
    decimals : int
        Of the percentages, 0 by default.
    base : int
        What n and cases are rounded to; 1 (default) where they are not.
    made_of : mapping, optional
        For columns that are recodes: column to label to levels of other variables, ``{"ages": {"12-14": {"age": (12, 13, 14)}}}``.
        Without it, two recodes of one variable are taken for variables that have nothing to do with each other.
    weight_ratio : float, optional
        The largest weight over the smallest, as readers know it. By default 1 in cells of equal weights; 1.5 where they vary by a tenth
        or less; otherwise nothing is taken from a weighted percentage.

    Returns
    -------
    PublishedTable
        A cell for each cell of the Estimate. Answers that were missing are among what is said beside the cells.

    Raises
    ------
    InputError
        Not an Estimate; ``where=`` or labels of `made_of` are missing; counts that cannot be; no universe is known.

    Notes
    -----
    Shares, means and totals of 0/1 columns and counts are numbers of people. Of means and totals of amounts the n is in the ledger: what a
    difference of two of them tells is then about as many people as pass the audit. Cells of anything else (a quantile, a contrast), and
    means of columns with two other values, are for a person to look at.

    References
    ----------
    Kish (1992), Weighting for unequal Pi, Journal of Official Statistics 8, 183-200, for the factor that tells how unequal weights are.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> ek.disclosure.ledger.published(safe.estimate, title="Contact by sex", universe="round 1")
    PublishedTable 'Contact by sex' of 'round 1': 2 cells told apart by any_contact_unwanted, sex
    """
    if not isinstance(estimate, Estimate):
        within = "Pass its .estimate." if isinstance(getattr(estimate, "estimate", None), Estimate) else ""
        raise InputError(f"published() takes an Estimate, not a {type(estimate).__name__}.", within)
    if not is_whole(decimals, least=0, most=4):
        raise InputError("decimals= is a whole number from 0 to 4.")
    if not is_number(base) or base != int(base) or base < 1:
        raise InputError("base= is a whole number from 1: what counts are rounded to.")
    if isinstance(shows, str) or not isinstance(shows, Sequence) or not shows:
        raise InputError("shows= is a sequence of words.", f"Some of {', '.join(COLUMNS)}.")
    for word in shows:
        one_of("shows", word, COLUMNS)
    made_of = _made_of(made_of)
    said = estimate.provenance
    if said.where and where is None:
        raise InputError(
            "The Estimate is of a part of the survey, and where= is not given with its title.",
            'Say which part, as levels of variables: Publication(..., where={"age": (15, 16, 17)}).',
        )
    if not universe and not said.design:
        raise InputError("Nothing tells which people the Estimate is about.", "Name the round of the survey with universe=.")
    reading = _Reading(estimate, frozenset(shows), int(decimals), int(base), made_of, weight_ratio)
    cells = tuple(reading.cell(i) for i in range(len(estimate)))
    beside = tuple(reading.number(*known) for known in reading.missing())
    return PublishedTable(
        title=title,
        universe=universe or f"{UNNAMED}{said.design}",
        cells=cells,
        where=Group() if where is None else group_of(where, "where="),
        beside=beside,
        complete=reading.complete(cells),
        unchecked=reading.unchecked(),
    )


def are_shares(est: Estimate) -> bool:
    """Whether the numbers are shares of people: of `proportion`, and means of columns of zeros and ones."""
    if est.statistic != "mean":
        return est.statistic == "proportion"
    if nearly_two(est):
        return False
    points = est.points[~np.isnan(est.points)]
    return counts_cases(est) and bool(((points >= 0) & (points <= 1)).all())


def counts_people(est: Estimate) -> bool:
    """Whether the numbers are totals of columns of zeros and ones."""
    return est.statistic == "total" and counts_cases(est) and not nearly_two(est)


def nearly_two(est: Estimate) -> bool:
    """Whether a column has a few answers besides two: cases are counted, and the number is not made of them alone."""
    return any(what == NEARLY_TWO for what, _ in est.provenance.policies)


def counts_cases(est: Estimate) -> bool:
    """Whether it is known of every number that is shown how many cases are behind it."""
    return not np.isnan(est.counts.cases[~np.isnan(est.points)]).any()


def _made_of(given: object) -> MadeOf:
    """What recodes are made of, if it is of the right kind all the way down."""
    columns = {} if given is None else given
    fine = isinstance(columns, Mapping) and all(
        isinstance(labels, Mapping) and all(isinstance(parts, Mapping) for parts in labels.values()) for labels in columns.values()
    )
    if not fine:
        raise InputError(
            "made_of= maps columns to labels to levels of other variables.", 'For example {"ages": {"12-14": {"age": (12, 13, 14)}}}.'
        )
    return columns  # type: ignore[return-value]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Reading:
    """What a reader sees of each cell."""

    est: Estimate
    shows: frozenset[str]
    decimals: int
    base: int
    made_of: MadeOf
    ratio: float | None

    def cell(self, i: int) -> tuple[Number, ...]:
        """The numbers of one cell."""
        est, who = self.est, self.split(i)
        if est.statistic not in COUNTED:
            return ()
        n, cases = float(est.counts.n[i]), float(est.counts.cases[i])
        variable = self.variable(i)
        asked = group_of({**who, **variable}) if est.statistic != "count" else group_of(who)
        counted = group_of({**who, **self.case(i)}) if self.shared() else None
        if np.isnan(est.points[i]):
            # of a number that is only too uncertain to be shown, how many answered is shown
            told = hidden(asked) if np.isnan(n) or "n" not in self.shows else self.number(asked, n)
            return (told, *([] if counted is None else [hidden(counted)]))
        if np.isnan(n):
            return ()
        if n < 0 or (not np.isnan(cases) and not 0 <= cases <= n):
            raise InputError(f"Cell {i} of the Estimate has a count below 0, or more cases than answers (cells are numbered from 0).")
        out = [self.number(asked, n)] if self.tells_n(i) else []
        if counted is not None:
            weighted = est.statistic == "total" and self.weights(i) is not None
            if not np.isnan(cases) and ("cases" in self.shows or weighted):
                out.append(self.number(counted, cases))
            if "percent" in self.shows and est.statistic != "total":
                value = as_percent(est.points[i], self.decimals)
                step = 10.0**-self.decimals
                out.append(percent(counted, value, of=asked, step=float(f"{step:.{self.decimals}f}"), weight_ratio=self.weights(i)))
        return tuple(out)

    def number(self, group: Group, value: float) -> Number:
        """A count as it is shown."""
        return count(group, round(value)) if self.base == 1 else rounded(group, self.base * round(value / self.base), base=self.base)

    def split(self, i: int) -> dict[str, Any]:
        """The levels of the columns that split the population, recodes as what they are made of."""
        out: dict[str, Any] = {}
        for name in self.est.cells.by:
            label = self.est.cells.columns[name][i]
            if name not in self.made_of:
                parts: Mapping[str, Any] = {name: level_of(label)}
            elif label in self.made_of[name]:
                parts = self.made_of[name][label]
            else:
                raise InputError(f"made_of= does not say what every level of {name!r} is made of.", f"Cell {i} has another one.")
            if twice := [v for v in parts if v in out]:
                raise InputError(f"Two columns of the Estimate are made of {twice[0]!r}.", "Show one of them.")
            out |= dict(parts)
        return out

    def of(self, i: int) -> str:
        """The variable that a cell is about."""
        return str(self.est.cells.columns["variable"][i])

    def variable(self, i: int) -> dict[str, Levels]:
        """Those who gave an answer."""
        name = self.of(i)
        if name in self.split(i):
            raise InputError(f"The Estimate shows {name!r} by itself.", "Leave it out of by=.")
        return {name: ANSWERED}

    def levels(self, name: str) -> tuple[Any, ...]:
        """The categories that are shown of a variable; only None where it is 0/1."""
        shown = self.est.cells.columns.get("category", (None,) * len(self.est))
        return sorted_levels(shown[i] for i in range(len(self.est)) if self.of(i) == name)

    def case(self, i: int) -> dict[str, Any]:
        """Those whom a cell counts."""
        category = self.est.cells.columns.get("category", (None,) * len(self.est))[i]
        return {self.of(i): 1 if category is None else level_of(category)}

    def shared(self) -> bool:
        """Whether the cells count cases: shares, and what other verbs made of columns of zeros and ones."""
        return are_shares(self.est) or counts_people(self.est)

    def partial(self) -> set[str]:
        """Variables of which only some categories are shown: their shares do not add up to one."""
        out: set[str] = set()
        sums: dict[tuple[str, Any], float] = {}
        for i in range(len(self.est)):
            name = self.of(i)
            if self.shared() and self.levels(name) != (None,):
                key = (name, tuple(self.est.cells.columns[c][i] for c in self.est.cells.by))
                sums[key] = sums.get(key, 0.0) + float(self.est.points[i])
        for (name, _), total in sums.items():
            if total < 1 - 1e-9:  # of a hidden category nothing is known, and NaN is not below
                out.add(name)
        return out

    def weights(self, i: int) -> float | None:
        """How unequal the weights of a cell are to a reader."""
        if self.ratio is not None:
            return self.ratio
        kish = float(self.est.counts.kish[i])
        return 1 if kish <= 1 + 1e-9 else NEAR_RATIO if kish <= NEAR else None

    def tells_n(self, i: int) -> bool:
        """Whether n is shown, or follows from what is."""
        shows = self.shows
        product = "deff" in shows and ("n_eff" in shows or ("percent" in shows and bool({"se", "limits"} & shows)))
        return "n" in shows or product or ("weighted_n" in shows and self.weights(i) == 1)

    def missing(self) -> list[tuple[Group, float]]:
        """How many gave no answer, where some did not, as notes on the table say."""
        asked = {self.of(i) for i in range(len(self.est))} if self.est.statistic in COUNTED[:-1] else set[str]()
        return [(group_of({name: None}), many) for name, many in self.est.provenance.missing if many and name in asked]

    def complete(self, cells: Sequence[Sequence[Number]]) -> Group:
        """What a reader takes for granted: the levels shown are all there are, and nobody lacks an answer unless it is said."""
        asked = {self.of(i) for i in range(len(self.est))}
        sets: dict[str, list[Levels]] = {}
        for number in (number for cell in cells for number in cell):
            for name, levels in number.group.parts:
                if name not in asked:
                    sets.setdefault(name, []).append(levels)
        out = {name: levels for name, found in sets.items() if (levels := together(found)) is not None}
        if self.est.statistic not in COUNTED[:-1]:
            return group_of(out)
        silent: tuple[Any, ...] = (None,)
        for name in sorted(asked):
            none = () if not dict(self.est.provenance.missing).get(name) else silent
            if self.shared() and name not in self.partial():
                out[name] = ((0, 1) if self.levels(name) == silent else self.levels(name)) + none
            elif not none:
                out[name] = ANSWERED
        return group_of(out)

    def unchecked(self) -> tuple[str, ...]:
        """What of the Estimate is no number of people."""
        if self.est.statistic not in COUNTED:
            kind = self.est.statistic or "statistic"
            return (f"{how_many(len(self.est), 'cell')} of {'an' if kind[0] in 'aeio' else 'a'} {kind}",)
        if nearly_two(self.est):
            return (f"a {self.est.statistic} of a column of nearly two values",)
        two = self.est.statistic == "mean" and not self.shared() and not np.isnan(self.est.counts.cases[~np.isnan(self.est.points)]).all()
        return ("a mean of a column of two values that are not 0 and 1",) if two else ()
