"""rank_sets: which places in a ranking the data leave open to each group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.combining.classes import has_design
from evidencekit.combining.contrasting import need_estimate
from evidencekit.combining.multiplicity import holm
from evidencekit.combining.pairing import one_sided, p_above
from evidencekit.errors import InputError, Refused, check_level
from evidencekit.estimate import Cells, Estimate
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table

__all__ = ["RankSets", "rank_sets", "rank_sets_of"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class RankSets:
    """The ranks that each group may have; 1 is first.

    Parameters
    ----------
    cells : Cells
        What the groups are.
    points : (k,) array
        Their numbers; NaN where one is hidden.
    first, last : tuple of int
        Per group the best and the worst rank that the data leave open. All sets together hold the true ranks at `level`.
    rank : tuple of int or None
        The rank of the number itself among those that are known: 1 plus how many are larger (smaller, where `descending` is False). None
        where the number is hidden.
    adjusted : (k, k) array
        At ``[i, j]`` the p-value for "group i comes before group j", adjusted over all pairs in both directions; NaN where there is no
        test.
    level : float
        Of all sets together.
    descending : bool
        Whether the largest number is first.
    backend : str
        Kind of frame of `to_frame`.
    """

    cells: Cells
    points: Floats
    first: tuple[int, ...]
    last: tuple[int, ...]
    rank: tuple[int | None, ...]
    adjusted: Floats
    level: float
    descending: bool
    backend: str = "pandas"

    def __len__(self) -> int:
        return len(self.points)

    @property
    def hidden(self) -> int:
        """How many groups have no number: they may have any rank."""
        return int(np.isnan(self.points).sum())

    def comes_before(self, one: int, other: int) -> bool:
        """Whether the data say so of two groups, named by position from 0."""
        return bool(self.adjusted[one, other] <= _alpha(self.level))

    @property
    def columns(self) -> dict[str, Any]:
        """The table, column name to values."""
        return {**self.cells.columns, "estimate": self.points, "rank": self.rank, "first": self.first, "last": self.last}

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame: the cells' columns and ``estimate, rank, first, last``."""
        return frame_of(self.columns, self.backend)

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        keep = [c for c, v in self.cells.columns.items() if any(x not in (None, "") for x in v)]
        return table_of({c: self.columns[c] for c in [*keep, "estimate", "rank", "first", "last"]})

    def _title(self) -> str:
        way = "largest" if self.descending else "smallest"
        unknown = f"; {self.hidden} hidden, which may have any rank" if self.hidden else ""
        return f"RankSets: {way} first; all sets together at {self.level:.0%}{unknown}"

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(*self._shown(), limit=60)}"

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=self._title(), limit=200)


def rank_sets(est: Estimate, *, level: float = 0.95, descending: bool = True) -> RankSets:
    """Say for every cell which ranks the data leave open to it.

    Parameters
    ----------
    est : Estimate
        Numbers that can be ranked: one statistic of several groups. A released one may have hidden cells.
    level : float
        The chance that all sets hold the true ranks at once, 0.95 by default.
    descending : bool
        Whether the largest number has rank 1 (default).

    Returns
    -------
    RankSets
        Per cell the set of ranks from `first` to `last`. A group is first where its set is 1 to 1, and among the first three where `last`
        is 3 or less: whatever its place in the table.

    Raises
    ------
    InputError
        Not an Estimate, or fewer than two cells.
    Refused
        The numbers have no intervals, since nobody knows the chances of those who answered.

    Notes
    -----
    All pairs are tested in both directions, with the covariance of the two cells and the degrees of freedom of the two together, as
    `difference` has them; normal where there is no design. Of a pair with a share of 0 or 1 the limits of the difference are made of the
    shares' own, and the p-value is the level at which they leave 0 out. `holm` over all these one-sided tests keeps the chance that any
    order is claimed falsely, however the numbers depend on each other. A set reaches from 1 plus the number of groups that surely come
    before to k less the number that surely come after.

    A hidden group may have any rank. It is never surely before or after another one, so it widens the others' sets by one place: the
    worst rank is counted as if it came before them, and the best as if it came after. A pair without any degrees of freedom is not
    known either. Intervals that do not overlap are no test: they are not looked at.

    References
    ----------
    Mogstad, Romano, Shaikh and Wilhelm (2024), Rev. Econ. Stud. 91, 476-518 (doi 10.1093/restud/rdad006). Holm (1979), Scand. J.
    Statist. 6, 65-70.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> made = ek.combining.rank_sets(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> made.first, made.last
    ((2, 1), (2, 1))
    """
    need_estimate(est, "rank_sets()")
    if not has_design(est.inference) and np.isnan(est.interval.low).all():
        raise Refused(
            f"These answers are {est.inference}: without intervals no rank is more than the order of those who answered.",
            "Show the numbers side by side without ranks.",
        )
    p = p_above(est)
    return _sets(est.points, p, level=level, descending=descending, cells=est.cells, backend=est.provenance.backend)


def rank_sets_of(points: Any, covariance: Any, *, df: Any = np.inf, level: float = 0.95, descending: bool = True) -> RankSets:
    """The same of numbers as they stand, for example published ones.

    Parameters
    ----------
    points : (k,) array_like
        The numbers; NaN where one is hidden.
    covariance : (k, k) or (k,) array_like
        Their covariance; of independent numbers their variances.
    df : float or (k, k) array_like
        Degrees of freedom, infinite (normal) by default; one number, or one for each pair.
    level, descending :
        As in `rank_sets`.

    Returns
    -------
    RankSets
        Groups are named by their position, from 0, in a column ``group``.

    Raises
    ------
    InputError
        Shapes do not fit, a variance is negative, or there are fewer than two numbers.

    Examples
    --------
    >>> from evidencekit.combining import rank_sets_of
    >>> made = rank_sets_of([27.1, 16.2, 15.6], [1.9**2, 1.4**2, 1.3**2])
    >>> list(zip(made.first, made.last))
    [(1, 1), (2, 3), (2, 3)]
    """
    try:
        values, matrix, free = (np.asarray(x, dtype=np.float64) for x in (points, covariance, df))
    except (TypeError, ValueError):
        values, matrix, free = np.zeros(0), np.zeros(0), np.zeros(0)
    matrix = np.diag(matrix) if matrix.ndim == 1 else matrix
    k = values.size
    if values.ndim != 1 or matrix.shape != (k, k) or free.shape not in ((), (k, k)):
        raise InputError("rank_sets_of() takes k numbers, with k variances or a k by k covariance, and df for all or for each pair.")
    if (np.diagonal(matrix) < 0).any():
        raise InputError("A variance is 0 or more.", "Pass squared standard errors.")
    p = one_sided(values, matrix, np.broadcast_to(free, (k, k)))
    return _sets(values, p, level=level, descending=descending, cells=Cells({"group": tuple(range(k))}), backend="pandas")


def _sets(points: Floats, above: Floats, *, level: float, descending: bool, cells: Cells, backend: str) -> RankSets:
    check_level(level)
    k = len(points)
    if k < 2:
        raise InputError("There is nothing to rank: it takes two numbers or more.", "Estimate several groups at once, with by=.")
    adjusted = holm(above if descending else above.T)  # p[j, i] is of "j above i": i before j where the smallest is first
    before = adjusted <= _alpha(level)
    worse = points[:, None] > points[None, :] if descending else points[:, None] < points[None, :]
    ahead = worse.sum(axis=0)
    return RankSets(
        cells=cells,
        points=points,
        first=tuple((1 + before.sum(axis=0)).tolist()),
        last=tuple((k - before.sum(axis=1)).tolist()),
        rank=tuple(None if np.isnan(x) else 1 + int(n) for x, n in zip(points, ahead, strict=True)),
        adjusted=adjusted,
        level=level,
        descending=descending,
        backend=backend,
    )


def _alpha(level: float) -> float:
    return 1 - level
