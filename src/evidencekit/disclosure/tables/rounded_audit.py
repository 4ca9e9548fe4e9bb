"""What can be worked out from a rounded table: every true count lies near what is shown, and true counts add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np
from scipy.optimize import linprog

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.disclosure.progress import stage
from evidencekit.disclosure.tables.rounded import Rounded, counts_of
from evidencekit.disclosure.tables.solving import CLOSE
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.disclosure.tables.witnesses import doubted, whole_extreme
from evidencekit.disclosure.whole import frozen, positions, whole_number
from evidencekit.errors import EstimationError, InputError, how_many, one_of

__all__ = ["RoundingAudit", "audit_rounding"]

_IDLE = 3  # rounds of many cells at once that find nothing new


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class RoundingAudit:
    """For each cell that was looked at, the interval in which whoever has the rounded table knows the true count to be.

    Parameters
    ----------
    low, high : array (m,)
        Whole numbers; NaN for cells that were not looked at. The intruder's interval, or, without `integer`, one that holds it.
    looked_at : array of bool (m,)
        Which cells were.
    threshold : int
        Counts of 1 up to below this are small.
    determined : array of bool (m,)
        Small counts that are known exactly: none may be. This is exact in whole numbers, whatever `integer` says.
    known_small : array of bool (m,)
        Counts that are known to be at least 1 and below the threshold, without being known exactly.
    integer : bool
        Whether the intervals are exact in whole numbers; otherwise they may be a little too wide.

    Examples
    --------
    >>> from evidencekit.disclosure.tables import controlled_rounding, cube
    >>> system = cube([[3, 1], [4, 12]])
    >>> audit_rounding(controlled_rounding(system, base=5), system, threshold=5)
    RoundingAudit: 4 cells looked at, no small count is known exactly: passed
    intervals are 4 to 8 wide; 0 counts are known to be 1 to 4, not which
    intervals by linear programs: whole numbers may narrow them a little
    """

    low: Floats
    high: Floats
    looked_at: Bools
    threshold: int
    determined: Bools
    known_small: Bools
    integer: bool

    @property
    def passed(self) -> bool:
        """Whether no small count is known exactly."""
        return not self.determined.any()

    def __repr__(self) -> str:
        size = int(self.looked_at.sum())
        known = how_many(int(self.determined.sum()), "small count is", "small counts are")
        verdict = f"{known} known exactly, at {positions(self.determined)}: failed"
        head = f"RoundingAudit: {how_many(size, 'cell')} looked at, {'no small count is known exactly: passed' if self.passed else verdict}"
        wide = (self.high - self.low)[self.looked_at]
        spread = f"intervals are {wide.min():,.0f} to {wide.max():,.0f} wide; " if size else ""
        few = how_many(int(self.known_small.sum()), "count is", "counts are")
        kind = "whole numbers" if self.integer else "linear programs: whole numbers may narrow them a little"
        return "\n".join([head, f"{spread}{few} known to be 1 to {self.threshold - 1:,}, not which", f"intervals by {kind}"])

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in repr(self).splitlines())


def audit_rounding(
    rounded: Rounded,
    system: CellSystem,
    *,
    threshold: int = 10,
    cells: Literal["small", "all"] = "small",
    integer: bool = False,
    progress: bool | None = None,
) -> RoundingAudit:
    """Work out what an intruder could: bounds of true counts from rounded ones.

    Parameters
    ----------
    rounded : Rounded
        What is to be shown, its values in the order of the system's cells (``round_counts(system.values, base=)``,
        `controlled_rounding`).
    system : CellSystem
        The true counts, and how they add up.
    threshold : int
        Counts of 1 up to below this are small; 10 by default.
    cells : {"small", "all"}
        Which cells are looked at: shown ones with small counts, the default, or all shown ones.
    integer : bool
        How intervals are found: False, the default, by linear programs; True by integer programs, which are exact and slow (for some
        hundred cells). Whether a small count is known exactly is found in whole numbers in any case.
    progress : bool, optional
        Whether to show how far it is; by default only on a terminal.

    Returns
    -------
    RoundingAudit
        Intervals, and whether it passed: no small count is known exactly.

    Raises
    ------
    InputError
        A rounded table of another system.

    Notes
    -----
    The intruder knows the base and the rule (each true count is at most ``rounded.below`` less and ``rounded.above`` more than what is
    shown), how cells add up, and that no count is negative. She does not know a count of her own, or another release.

    Most cells reach both ends of what the rule alone would say; that is found for many of them at once by programs with random
    costs, the rest by two programs each. A small count is not known exactly where another table of whole numbers would have been shown
    within the rule: one person more or less in one cell, a solution that is whole, or else one that an integer program finds.

    Examples
    --------
    >>> from evidencekit.disclosure.tables import cube, round_counts
    >>> system = cube([[2, 2], [2, 2]])
    >>> system.values.astype(int).tolist()
    [8, 4, 4, 4, 2, 2, 4, 2, 2]
    >>> audit = audit_rounding(round_counts(system.values, base=5), system, threshold=5, cells="all")
    >>> audit.low[[0, 4]], audit.high[[0, 4]]
    (array([8., 2.]), array([8., 2.]))
    """
    if not isinstance(rounded, Rounded) or not isinstance(system, CellSystem):
        raise InputError("audit_rounding() takes a Rounded and the CellSystem it was made of.", "Make the system with cube() or linked().")
    least = whole_number("threshold", threshold, least=1)
    one_of("cells", cells, ("small", "all"))
    true = counts_of(system)
    bottom, top = _box(rounded, system)
    if np.any(((true < bottom) | (true > top)) & system.offered):
        raise InputError(
            "The rounded table is not one of these counts: some lie further off than its rule allows.", "Pass what was rounded."
        )
    small = system.offered & (true > 0) & (true < least)
    look = small if cells == "small" else system.offered
    low, high, other = _bounds(system, bottom, top, np.flatnonzero(look), integer, progress)
    known = small & ~doubted(system, bottom, top, np.flatnonzero(small), other, progress)
    low[known], high[known] = true[known], true[known]
    return RoundingAudit(
        low=frozen(low),
        high=frozen(high),
        looked_at=frozen(look.copy()),
        threshold=least,
        determined=frozen(known),
        known_small=frozen(look & (low >= 1) & (high < least) & ~known),
        integer=bool(integer),
    )


def _box(rounded: Rounded, system: CellSystem) -> tuple[Floats, Floats]:
    """What the rule alone says of each cell; nothing of cells that are not shown."""
    values = rounded.values
    if values.shape != system.values.shape or np.any(rounded.shown != system.offered):
        raise InputError(
            "The rounded table does not have the cells of the system.", "Round the system itself, or round_counts(system.values, base=)."
        )
    known = rounded.shown
    return np.where(known, np.maximum(values - rounded.below, 0), 0.0), np.where(known, values + rounded.above, np.inf)


def _bounds(
    system: CellSystem, bottom: Floats, top: Floats, look: Codes, integer: bool, progress: bool | None
) -> tuple[Floats, Floats, Bools]:
    """The smallest and largest whole number of each of these cells (NaN for all others), and which were seen with another count."""
    other = np.zeros(len(bottom), dtype=bool)
    reached = [np.full(len(bottom), np.inf), np.full(len(bottom), -np.inf)]  # the smallest and the largest seen so far

    def saw(values: Floats) -> None:
        np.minimum(reached[0], values, out=reached[0])
        np.maximum(reached[1], values, out=reached[1])
        if np.abs(values - np.rint(values)).max() < CLOSE:
            np.logical_or(other, np.abs(values - system.values) > 0.5, out=other)

    for values in [] if integer else _corners(system, bottom, top, look, reached):
        saw(values)
    open_ends = [(int(i), side) for side in (0, 1) for i in look[~_met(reached, (bottom, top), look)[side]]]
    with stage("Auditing bounds", len(open_ends), progress) as told:
        for i, side in open_ends:
            if not _met(reached, (bottom, top), np.array([i]))[side][0]:
                cost = np.zeros(len(bottom))
                cost[i] = 1 if side == 0 else -1
                saw(_extreme(system, bottom, top, cost, integer))
            told(1)
    low, high = np.full(len(bottom), np.nan), np.full(len(bottom), np.nan)
    low[look], high[look] = np.ceil(reached[0][look] - CLOSE), np.floor(reached[1][look] + CLOSE)
    return low, high, other & system.offered


def _corners(system: CellSystem, bottom: Floats, top: Floats, look: Codes, reached: list[Floats]) -> Iterator[Floats]:
    """Solutions that bring many cells to an end at once, until some rounds bring none."""
    rng = np.random.default_rng(0)  # the same rounds every time; nothing secret
    idle, before = 0, 2 * len(look)
    while idle < _IDLE and before:
        cost = np.zeros(len(bottom))
        down, up = (~met for met in _met(reached, (bottom, top), look))
        sign = np.where(down & up, rng.choice([-1.0, 1.0], len(look)), down * 1.0 - up * 1.0)
        cost[look] = sign * rng.uniform(0.5, 1.5, len(look))
        yield _extreme(system, bottom, top, cost, integer=False)
        left = int(sum((~met).sum() for met in _met(reached, (bottom, top), look)))
        idle, before = (idle + 1 if left == before else 0), left


def _met(reached: list[Floats], ends: tuple[Floats, Floats], look: Codes) -> tuple[Bools, Bools]:
    """Of which of these cells the lower and the upper end that the rule allows were reached."""
    return reached[0][look] - ends[0][look] <= CLOSE, ends[1][look] - reached[1][look] <= CLOSE


def _extreme(system: CellSystem, bottom: Floats, top: Floats, cost: Floats, integer: bool) -> Floats:
    """Counts that add up, within what the rule says, at the least cost."""
    if integer:
        found = whole_extreme(system, bottom, top, cost)
        if found is not None:
            return found
    else:
        linear: Any = linprog
        zero = np.zeros(system.relations.shape[0])
        solved = linear(cost, A_eq=system.relations, b_eq=zero, bounds=np.column_stack([bottom, top]), method="highs-ds")
        if solved.x is not None and not solved.status:
            return np.asarray(solved.x, dtype=np.float64)
    raise EstimationError("A bound of the rounded table could not be worked out.", "Audit fewer or coarser tables.")
