"""Remedy: the least that has to be done to a new table so that it passes, each proposal audited like the table itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evidencekit.disclosure.ledger.examining import Examined, Finding
from evidencekit.disclosure.ledger.groups import Group
from evidencekit.disclosure.ledger.judging import judged
from evidencekit.disclosure.ledger.numbers import Number, hidden
from evidencekit.disclosure.ledger.rules import Rule
from evidencekit.disclosure.ledger.tables import Table

__all__ = ["Remedy", "remedied", "remedy_for"]

BASE = 5
TRIED, MOST = 12, 12  # cells tried alone; cells hidden together


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do so that a table passes.

    Parameters
    ----------
    action : {"hide", "round", "withhold"}
        Hide `cells`, round every number of the table to the nearest `base`, or show none of it.
    cells : tuple of int
        Their positions.
    base : int
        0 where nothing is rounded.
    """

    action: Literal["hide", "round", "withhold"]
    cells: tuple[int, ...] = ()
    base: int = 0

    def __str__(self) -> str:
        if self.action == "hide":
            return f"hide cell{'s' if len(self.cells) > 1 else ''} {', '.join(map(str, self.cells))}"
        return f"round every number to the nearest {self.base}" if self.action == "round" else "do not release this table"


def remedied(table: Table, remedy: Remedy) -> Table:
    """The table after a remedy, to be audited, shown and entered in its place.

    Parameters
    ----------
    table : Table
        The table as it was.
    remedy : Remedy
        What `audit` proposed; one that withholds the table hides every cell.
    """
    cells = range(len(table.cells)) if remedy.action == "withhold" else remedy.cells
    if remedy.action == "round":
        cells_now = tuple(tuple(_rounded(number, remedy.base) for number in cell) for cell in table.cells)
        return replace(table, cells=cells_now, beside=tuple(_rounded(number, remedy.base) for number in table.beside))
    return replace(table, cells=tuple(_hidden(cell) if i in set(cells) else cell for i, cell in enumerate(table.cells)))


def remedy_for(table: Table, first: Examined, rule: Rule, examine: Callable[[Table], Examined]) -> Remedy:
    """The first that passes: hide one cell, round everything to the nearest five, hide several, show nothing.

    Several are found greedily: the cell from which most of the failing groups follow is hidden, and what is left is audited again.
    """
    for cell in _by_blame(first.findings, table)[:TRIED]:
        if _might(first, rule, cell) and not examine(remedied(table, one := Remedy("hide", (cell,)))).fails:
            return one
    rounding = Remedy("round", base=BASE)
    if not examine(remedied(table, rounding)).fails:
        return rounding
    gone: list[int] = []
    now = first
    while now.fails and len(gone) < min(MOST, len(table.cells) - 1):
        left = [cell for cell in _by_blame(now.findings, table) if cell not in gone]
        if not left:
            break
        gone = sorted([*gone, left[0]])
        now = examine(remedied(table, Remedy("hide", tuple(gone))))
    return Remedy("withhold") if now.fails else Remedy("hide", tuple(gone))


def _might(first: Examined, rule: Rule, cell: int) -> bool:
    """Whether leaving a cell out lets off what failed; what else may fail then is for the whole audit to say."""
    system = first.linked.system(without=[(len(first.linked.tables) - 1, cell)])
    return all(v.status != "fails" for v in judged(system, first.failing, rule))


def _by_blame(findings: Sequence[Finding], table: Table) -> list[int]:
    """Cells from which failing groups follow: those of the most groups first, among them the smallest."""
    times = Counter(cell for found in findings if found.status == "fail" for cell in found.cells)
    return sorted(times, key=lambda cell: (-times[cell], _size(table.cells[cell]), cell))


def _size(cell: Sequence[Number]) -> float:
    return min((float(number.value) for number in cell if number.value is not None), default=0.0)


def _hidden(cell: Sequence[Number]) -> tuple[Number, ...]:
    groups: dict[Group, None] = {}
    for number in cell:
        groups |= dict.fromkeys(g for g in (number.group, number.of) if g is not None and (g.parts or g is number.group))
    return tuple(hidden(group) for group in groups)


def _rounded(number: Number, base: int) -> Number:
    if number.value is None or number.step >= base:
        return number
    return replace(number, value=base * round(number.value / base), step=base, how="nearest")
