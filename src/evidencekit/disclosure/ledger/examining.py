"""What a new table adds to what a reader knows: the groups it narrows down too far, and the cells from which that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evidencekit.disclosure.ledger.judging import Verdict, as_narrow, judged
from evidencekit.disclosure.ledger.linking import Linked, Owner, linked
from evidencekit.disclosure.ledger.rules import Rule
from evidencekit.disclosure.ledger.systems import NODES, CountSystem
from evidencekit.disclosure.ledger.tables import PublishedTable
from evidencekit.disclosure.ledger.targets import Kind, Target, targets_of
from evidencekit.errors import InputError

__all__ = ["Examined", "LedgerFinding", "examined", "passes"]

Status = Literal["fail", "review"]


@dataclass(frozen=True, slots=True, repr=False)
class LedgerFinding:
    """A group that the new table narrows down too far.

    Parameters
    ----------
    kind : str
        How the group comes about.
    status : str
        How bad it is.
    why : str
        What is known of the group.
    cells : tuple of int
        Cells of the new table from which it follows.
    released : tuple of (int, int)
        Cells of earlier tables, each as (entry, cell); -1 for what is said of a table as a whole.
    interval : (int, int or None), optional
        The smallest and the largest number that a reader cannot rule out, where it was asked for.
    """

    kind: Kind
    status: Status
    why: str
    cells: tuple[int, ...]
    released: tuple[tuple[int, int], ...]
    interval: tuple[int, int | None] | None = None

    def __repr__(self) -> str:
        told = f" with {', '.join(f'entry {t} cell {c}' for t, c in self.released)}" if self.released else ""
        return f"LedgerFinding({self.status}: {self.why}, cells {', '.join(map(str, self.cells))}{told})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Examined:
    """The findings on one new table, with how many groups were looked at and how many were known too well before."""

    findings: tuple[LedgerFinding, ...]
    looked_at: int
    known: int
    linked: Linked
    failing: tuple[Target, ...]

    @property
    def fails(self) -> bool:
        """Whether anything fails."""
        return any(found.status == "fail" for found in self.findings)


def examined(
    new: PublishedTable, before: Sequence[tuple[int, PublishedTable]], rule: Rule, *, bar: Any = None, nodes: int = NODES
) -> Examined:
    """Examine a new table.

    Parameters
    ----------
    new : PublishedTable
        The table that is to be released.
    before : sequence of (int, PublishedTable)
        What was released of the same universe, with its positions in the ledger.
    rule : Rule
        When it is too much.
    bar : object with ``reset`` and ``update``, optional
        Shows progress.
    nodes : int
        As for `CountSystem`.

    Raises
    ------
    InputError
        What is shown cannot all be true; the message names entries and cells by position.
    """
    tables = [*(table for _, table in before), new]
    names = [*(f"entry {at}" for at, _ in before), "the new table"]
    made = linked(tables, names=names, settled=len(before), nodes=nodes)
    system = made.system()
    if system.contradicts_itself():
        raise _contradiction(made)
    targets = targets_of(made)
    if bar is not None:
        bar.reset(total=len(targets))
    verdicts = judged(system, targets, rule, bar=bar)
    bad = [i for i, v in enumerate(verdicts) if v.status != "safe" and not (v.status == "empty" and rule.zeros == "pass")]
    proven = [i for i in bad if verdicts[i].status != "unproven"]
    known = set(_known_before(made, proven, targets, verdicts))
    fresh = [i for i in bad if i not in known]
    positions = [at for at, _ in before]
    findings = tuple(_finding(made, system, targets[i], verdicts[i], rule, positions) for i in fresh)
    failing = tuple(targets[i] for i, found in zip(fresh, findings, strict=True) if found.status == "fail")
    return Examined(findings, len(targets), len(bad) - len(fresh), made, failing)


def passes(new: PublishedTable, before: Sequence[tuple[int, PublishedTable]], rule: Rule, *, bar: Any = None, nodes: int = NODES) -> bool:
    """Whether nothing of a table fails: `examined` up to the first group that does, and without its reasons."""
    names = [*(f"entry {at}" for at, _ in before), "the new table"]
    made = linked([*(table for _, table in before), new], names=names, settled=len(before), nodes=nodes)
    old = made.system(tables=range(len(before))) if before else None
    failing: list[Target] = []

    def fails(target: Target, verdict: Verdict) -> bool:
        if verdict.status == "empty" and rule.zeros != "fail":
            return False
        known = old is not None and verdict.status != "unproven" and as_narrow(old, [target], [(verdict.low, verdict.high)])[0]
        failing.extend(() if known else (target,))
        return bool(failing)

    targets = targets_of(made)
    if bar is not None:
        bar.reset(total=len(targets))
    judged(made.system(), targets, rule, bar=bar, until=fails)
    return not failing


def _known_before(made: Linked, some: Sequence[int], targets: Sequence[Target], verdicts: Sequence[Verdict]) -> list[int]:
    """Those of which a reader knew as much before the new table."""
    if len(made.tables) == 1 or not some:
        return []
    before = made.system(tables=range(len(made.tables) - 1))
    same = as_narrow(before, [targets[i] for i in some], [(verdicts[i].low, verdicts[i].high) for i in some])
    return [i for i, known in zip(some, same, strict=True) if known]


def _finding(made: Linked, system: CountSystem, target: Target, verdict: Verdict, rule: Rule, positions: list[int]) -> LedgerFinding:
    status: Status = "review" if verdict.status == "empty" and rule.zeros == "review" else "fail"
    owners = _from(made, system, target, verdict, rule)
    last = len(made.tables) - 1
    cells = tuple(sorted({cell for table, cell in owners if table == last and cell >= 0}))
    released = tuple(sorted({(positions[table], cell) for table, cell in owners if table != last}))
    bounds = (int(verdict.low), None if verdict.high >= system.upper.max(initial=0) else int(verdict.high))
    return LedgerFinding(target.kind, status, _why(target.kind, verdict, rule), cells, released, bounds)


def _why(kind: Kind, verdict: Verdict, rule: Rule) -> str:
    whom = {
        "hidden": "a hidden number",
        "shown": "a number shown",
        "difference": "the difference of two groups shown",
        "remainder": "what is left of a group shown beside those of a table",
        "part": "a group that is not shown",
    }[kind]
    if verdict.status == "unproven":
        return f"{whom} is not proven to be safe: the search was stopped"
    return f"{whom} is known to be nobody" if verdict.status == "empty" else f"{whom} is known to be fewer than {rule.threshold} people"


def _from(made: Linked, system: CountSystem, target: Target, verdict: Verdict, rule: Rule) -> list[Owner]:
    """The cells from which it follows; where that takes whole numbers, every cell of the new table that has to do with the group."""
    owners, last = made.owners(), len(made.tables) - 1
    if target.exact and any(table == last and cell >= 0 for table, cell in target.owners):
        return list(target.owners)
    high, above = system.used(target.atoms, most=True)
    low, below = (0.0, above[:0]) if verdict.status == "empty" else system.used(target.atoms, most=False)
    told = high == 0 if verdict.status == "empty" else rule.narrow(low, high, hidden=target.kind == "hidden")
    used = [owner for i in (*above, *below) if (owner := owners[i]) is not None] if told else []
    if any(table == last and cell >= 0 for table, cell in used):
        return used
    touching = [one.owner for one in made.shown if any(np.isin(atoms, target.atoms).any() for atoms in one.group.atoms.values())]
    mine = [owner for owner in touching if owner[0] == last and owner[1] >= 0]
    return [*used, *(mine or [(last, cell) for cell in range(len(made.tables[last].cells))])]


def _contradiction(made: Linked) -> InputError:
    """Which tables cannot all be true: the fewest that clash, found by leaving out one after the other."""
    kept = list(range(len(made.tables)))
    for table in list(kept):
        rest = [t for t in kept if t != table]
        if rest and made.system(tables=rest).contradicts_itself():
            kept = rest
    names = [made.names[t] for t in kept]
    fix = (
        "Check the numbers and whom they are about; a table that does not show all levels of a variable does not name it in complete=, "
        "and weighted percentages need weight_ratio=."
    )
    if len(kept) > 1:
        said = f"{', '.join(names[:-1])} and {names[-1]}"
        return InputError(f"The ledger contradicts itself: {said} cannot all be true (entries are numbered from 0).", fix)
    cells: list[Owner] = [(kept[0], cell) for cell in range(-1, len(made.tables[kept[0]].cells))]
    needed = list(cells)
    for cell in cells:
        out = [c for c in cells if c not in needed or c == cell]
        if made.system(tables=kept, without=out).contradicts_itself():
            needed.remove(cell)
    where = ", ".join(str(cell) for _, cell in needed if cell >= 0) or "beside the cells"
    return InputError(f"The ledger contradicts itself: {names[0]} cannot be true as it is (cells {where}, numbered from 0).", fix)
