"""Remedy: the least that has to be done to a new table so that it passes, each proposal audited like the table itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evidencekit.disclosure.ledger.examining import Examined, LedgerFinding
from evidencekit.disclosure.ledger.groups import Group
from evidencekit.disclosure.ledger.judging import judged
from evidencekit.disclosure.ledger.numbers import Number, hidden
from evidencekit.disclosure.ledger.rules import Rule
from evidencekit.disclosure.ledger.tables import PublishedTable

__all__ = ["Remedy", "remedied", "remedy_for"]

BASE = 5
TRIED = 12  # cells tried alone


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


def remedied(table: PublishedTable, remedy: Remedy) -> PublishedTable:
    """The table after a remedy, to be audited, shown and entered in its place.

    Parameters
    ----------
    table : PublishedTable
        The table as it was.
    remedy : Remedy
        What `audit` proposed; one that withholds the table hides every cell.

    Returns
    -------
    PublishedTable

    Examples
    --------
    >>> from evidencekit.disclosure.ledger import Ledger, PublishedTable, audit, count
    >>> ages = {"12-17": (12, 13, 14, 15, 16, 17), "13-17": (13, 14, 15, 16, 17)}
    >>> first, second = (
    ...     PublishedTable(title=f"Told someone, {name}", universe="round 1", where={"age": years}, cells=[count({"sex": "girl"}, cases)])
    ...     for (name, years), cases in zip(ages.items(), (45, 40))
    ... )
    >>> ledger = Ledger().with_(first)
    >>> audit(remedied(second, audit(second, ledger).remedy), ledger).verdict
    'pass'
    """
    cells = range(len(table.cells)) if remedy.action == "withhold" else remedy.cells
    if remedy.action == "round":
        cells_now = tuple(tuple(_rounded(number, remedy.base) for number in cell) for cell in table.cells)
        return replace(table, cells=cells_now, beside=tuple(_rounded(number, remedy.base) for number in table.beside))
    return replace(table, cells=tuple(_hidden(cell) if i in set(cells) else cell for i, cell in enumerate(table.cells)))


def remedy_for(
    table: PublishedTable,
    first: Examined,
    rule: Rule,
    *,
    examine: Callable[[PublishedTable], Examined],
    passes: Callable[[PublishedTable], bool],
    rounds: bool = True,
) -> Remedy:
    """The first that passes: hide one cell, round everything to the nearest five (where it `rounds`), hide several, show nothing.

    One cell alone can only help if every failing group follows from it. Several are found greedily: cells are hidden until each failing
    group has lost one that it follows from, and what is left is audited again.
    """
    alone = [cell for cell in _cover(first.findings, table, set()) if all(cell in found.cells for found in _failing(first.findings))]
    alone += [c for c in sorted(set.intersection(*(set(f.cells) for f in _failing(first.findings)))) if c not in alone]
    for cell in alone[:TRIED]:
        if _might(first, rule, cell) and passes(remedied(table, one := Remedy("hide", (cell,)))):
            return one
    rounding = Remedy("round", base=BASE)
    if rounds and passes(remedied(table, rounding)):
        return rounding
    gone: set[int] = set()
    now = first
    while now.fails and len(gone) < len(table.cells):
        more = _cover(now.findings, table, gone)
        if not more:
            break
        gone |= set(more)
        now = examine(remedied(table, Remedy("hide", tuple(sorted(gone)))))
    return Remedy("withhold") if now.fails or len(gone) == len(table.cells) else Remedy("hide", tuple(sorted(gone)))


def _failing(findings: Sequence[LedgerFinding]) -> list[LedgerFinding]:
    return [found for found in findings if found.status == "fail"]


def _might(first: Examined, rule: Rule, cell: int) -> bool:
    """Whether leaving a cell out lets off what failed; what else may fail then is for the whole audit to say."""
    system = first.linked.system(without=[(len(first.linked.tables) - 1, cell)])
    return all(v.status != "fails" for v in judged(system, first.failing, rule))


def _cover(findings: Sequence[LedgerFinding], table: PublishedTable, gone: set[int]) -> list[int]:
    """Cells of which every failing group needs one: each time the one that most of the others need, among these the smallest."""
    left = [set(found.cells) - gone for found in _failing(findings)]
    out: list[int] = []
    while left := [cells for cells in left if cells and not cells & set(out)]:
        times = Counter(cell for cells in left for cell in cells)
        out.append(min(times, key=lambda cell: (-times[cell], _size(table.cells[cell]), cell)))
    return out


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
