"""audit: whether a table may be released beside everything that was released before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evidencekit._version import __version__
from evidencekit.disclosure.ledger.book import Ledger
from evidencekit.disclosure.ledger.examining import Examined, LedgerFinding, examined, passes
from evidencekit.disclosure.ledger.remedies import Remedy, remedy_for
from evidencekit.disclosure.ledger.rules import Rule, Zeros
from evidencekit.disclosure.ledger.systems import NODES
from evidencekit.disclosure.ledger.tables import PublishedTable
from evidencekit.disclosure.ledger.texts import digest_of
from evidencekit.disclosure.progress import bar
from evidencekit.errors import InputError, how_many
from evidencekit.rendering.text import html_table, text_table

__all__ = ["UNNAMED", "LedgerAudit", "LedgerCertificate", "audit"]

UNNAMED = "design "  # how a universe begins that nobody named


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCertificate:
    """What was audited against what, by which rule: enough to do it again.

    `ledger` and `table` are digests, `groups` the number of groups looked at, `compared` the number of earlier tables.

    Parameters
    ----------
    ledger, table : str
        Digests of both.
    version : str
        Of evidencekit.
    threshold, width, zeros : int, int, str
        The rule, as passed to `audit`.
    groups : int
        How many groups were looked at.
    compared : int
        How many earlier tables.
    verdict : str
        What was found.
    """

    ledger: str
    table: str
    version: str
    threshold: int
    width: int
    zeros: str
    groups: int
    compared: int
    verdict: str


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class LedgerAudit:
    """Whether a table may be released beside those released before.

    Parameters
    ----------
    status : tuple of str
        Per cell ``"pass"``, ``"review"`` (a person has to look) or ``"fail"``.
    reason : tuple of str
        Per cell, why; empty where it passes.
    findings : tuple of LedgerFinding
        The groups that the table narrows down too far.
    remedy : Remedy or None
        The least that makes it pass; None where nothing fails, or none was asked for.
    certificate : LedgerCertificate
        What was audited against what.
    notes : tuple of str
        What was not compared, and what was known before.
    """

    status: tuple[str, ...]
    reason: tuple[str, ...]
    findings: tuple[LedgerFinding, ...]
    remedy: Remedy | None
    certificate: LedgerCertificate
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The worst status of any cell."""
        return self.certificate.verdict

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        rows = [[str(i), s, r] for i, (s, r) in enumerate(zip(self.status, self.reason, strict=True)) if s != "pass"]
        return ["cell", "status", "reason"], rows

    def _title(self) -> str:
        seal = self.certificate
        against = how_many(seal.compared, "table")
        return f"Ledger audit: {self.verdict}; {how_many(len(self.status), 'cell')} against {against}, threshold {seal.threshold}"

    def _below(self) -> list[str]:
        seal = self.certificate
        lines = [f"remedy: {self.remedy}"] if self.remedy else []
        return [*lines, *(f"note: {note}" for note in self.notes), f"ledger {seal.ledger[:8]}, table {seal.table[:8]}"]

    def __repr__(self) -> str:
        rows = self._shown()
        return "\n".join([self._title(), *([text_table(*rows, limit=30)] if rows[1] else []), *self._below()])

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption="; ".join([self._title(), *self._below()]), limit=200)


def audit(
    new: PublishedTable,
    ledger: Ledger,
    *,
    threshold: int = 10,
    width: int = 4,
    zeros: Zeros = "review",
    remedy: bool | Literal["hide"] = True,
    intervals: bool = False,
    progress: bool | None = None,
    nodes: int = NODES,
) -> LedgerAudit:
    """Audit a table against everything that was released before.

    Parameters
    ----------
    new : PublishedTable
        What is to be released; of an Estimate, `published`.
    ledger : Ledger
        What was released. Tables of another universe are not compared, and counted in a note.
    threshold : int
        The fewest people of whom a number may be known; 10 by default, as for a cell shown.
    width : int
        A group fails when it can be shown to have someone, but fewer than `threshold`, and its smallest and largest possible number are
        less than `width` apart. 4 by default: what rounding to the nearest five leaves. With 9, a small group passes only where it may
        also have nobody in it, or as many as the threshold.
    zeros : {"review", "pass", "fail"}
        What a group gets that can be shown to have nobody in it, "review" by default: all the others then have the opposite answer.
    remedy : bool or "hide"
        Whether to look for the least that makes a failing table pass; ``"hide"`` only for what does without rounding.
    intervals : bool
        Whether findings hold the numbers that a reader could work out. They are as confidential as the data.
    progress : bool, optional
        Whether a bar is shown; by default on a terminal.
    nodes : int
        How long the solver may branch over one question. Where it stops before an answer, the group counts as failing.

    Returns
    -------
    LedgerAudit
        Status and reason per cell by position, the remedy, and a certificate. It never names a level.

    Raises
    ------
    InputError
        Wrong types; or the tables cannot all be true, with the entries that clash by position.

    Notes
    -----
    The atoms are the people told apart by every variable that tables show together; every number shown is an equation or an inequality
    over atoms, which are whole and not negative. What is examined: every group shown or hidden, every difference of two groups of which
    one lies in the other, what is left of a group beside those of a table, and every atom. What a reader knows from elsewhere, or of
    herself, is not examined; nor are combinations of questions that no table shows together, nor how many did not answer a question.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, Wiley, chapter 5 on tables of counts.

    Examples
    --------
    Whoever knows those aged 12 to 17 and those aged 13 to 17 knows those aged 12.

    >>> from evidencekit.disclosure.ledger import Ledger, PublishedTable, audit, count
    >>> ages = {"12-17": (12, 13, 14, 15, 16, 17), "13-17": (13, 14, 15, 16, 17)}
    >>> first, second = (
    ...     PublishedTable(title=f"Told someone, {name}", universe="round 1", where={"age": years}, cells=[count({"sex": "girl"}, cases)])
    ...     for (name, years), cases in zip(ages.items(), (45, 40))
    ... )
    >>> audit(first, Ledger()).verdict
    'pass'
    >>> audit(second, Ledger().with_(first))
    Ledger audit: fail; 1 cell against 1 table, threshold 10
    cell  status  reason
       0  fail    the difference of two groups shown is known to be fewer than 10 people; with entry 0 cell 0
    remedy: hide cell 0
    ledger fc29a29f, table 8f6a38bc
    """
    if not isinstance(new, PublishedTable):
        raise InputError(f"audit() takes a PublishedTable, not a {type(new).__name__}.", "Make one of an Estimate with published().")
    if not isinstance(ledger, Ledger):
        raise InputError(f"ledger= is a Ledger, not a {type(ledger).__name__}.", "Ledger() is an empty one.")
    rule = Rule(threshold=threshold, width=width, zeros=zeros)
    before = [(i, table) for i, table in enumerate(ledger.entries) if table.universe == new.universe]
    with bar("audit", progress, total=0, unit="group") as shown:

        def examine(table: PublishedTable) -> Examined:
            return examined(table, before, rule, bar=shown, nodes=nodes)

        def fine(table: PublishedTable) -> bool:
            return passes(table, before, rule, bar=shown, nodes=nodes)

        found = examine(new)
        best = None
        if remedy and found.fails:
            best = remedy_for(new, found, rule, examine=examine, passes=fine, rounds=remedy != "hide")
    status, reason = _cells(new, found.findings, apart := _apart(new, ledger))
    notes = (*([apart[1]] if apart[1] else []), *_notes(new, found))
    seal = LedgerCertificate(
        ledger=ledger.digest,
        table=digest_of(new),
        version=__version__,
        threshold=rule.threshold,
        width=rule.width,
        zeros=rule.zeros,
        groups=found.looked_at,
        compared=len(before),
        verdict=next((s for s in ("fail", "review") if s in status), "pass"),
    )
    shown = found.findings if intervals else tuple(replace(one, interval=None) for one in found.findings)
    return LedgerAudit(status=status, reason=reason, findings=shown, remedy=best, certificate=seal, notes=notes)


def _cells(new: PublishedTable, findings: Sequence[LedgerFinding], apart: tuple[bool, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Status and reason of each cell: its worst finding, the first of these."""
    status, reason = ["pass"] * len(new.cells), [""] * len(new.cells)
    for i, cell in enumerate(new.cells):
        why = "nothing of it can be audited" if not cell else "not all of it can be audited" if new.unchecked else ""
        if why or apart[0]:
            status[i], reason[i] = "review", why or "not compared with every table"
    for kind in ("review", "fail"):
        for found in reversed([one for one in findings if one.status == kind]):
            for cell in found.cells:
                status[cell], reason[cell] = kind, _said(found, cell)
    return tuple(status), tuple(reason)


def _said(found: LedgerFinding, cell: int) -> str:
    others = [f"cell {c}" for c in found.cells if c != cell]
    others += [f"entry {t} cell {c}" if c >= 0 else f"entry {t}" for t, c in found.released]
    more = f" and {len(others) - 4} more" if len(others) > 4 else ""
    return f"{found.why}; with {', '.join(others[:4])}{more}" if others else found.why


def _apart(new: PublishedTable, ledger: Ledger) -> tuple[bool, str]:
    """Whether tables that were not compared may be of the same people after all, and a note on them."""
    others = [table for table in ledger.entries if table.universe != new.universe]
    if not others:
        return False, ""
    unnamed = any(table.universe.startswith(UNNAMED) for table in (new, *others))
    said = f"{how_many(len(others), 'table is', 'tables are')} of another universe and not compared"
    return unnamed, f"{said}; some universes were named by nobody, and may be the same people: name them" if unnamed else said


def _notes(new: PublishedTable, found: Examined) -> list[str]:
    notes = [f"{how_many(found.known, 'group was', 'groups were')} known too well before, and not better now"] if found.known else []
    return [*notes, *(f"not audited: {what}" for what in new.unchecked)]
