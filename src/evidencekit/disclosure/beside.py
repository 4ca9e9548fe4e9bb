"""A release beside what was released before: audited, refused with what helps, or marked for a person to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from evidencekit.disclosure.ledger import Ledger, LedgerAudit, audit
from evidencekit.disclosure.publication import Publication
from evidencekit.disclosure.released import PROTECTED, Released
from evidencekit.disclosure.rules import Flags
from evidencekit.errors import InputError, Refused

__all__ = ["beside", "check_how_shown"]

HELD = ("n", "cases")  # of every cell that is shown
SHOWN = "Say how it will be shown: ek.disclosure.Publication(title=..., universe=...); of several tables a list with one for each."


def check_how_shown(ledger: object, publication: object) -> None:
    """Refuse a ledger without a publication, the other way round, and what is neither."""
    if ledger is not None and not isinstance(ledger, Ledger):
        raise InputError(f"ledger= is a Ledger, not a {type(ledger).__name__}.", 'A file is ek.Ledger("ledger.json").')
    if publication is not None and not isinstance(publication, Publication):
        raise InputError(f"publication= is a Publication, not a {type(publication).__name__}.", SHOWN)
    if ledger is not None and publication is None:
        raise InputError("publication= is needed with ledger=.", SHOWN)
    if publication is not None and ledger is None:
        fix = 'Pass ledger= too: ek.Ledger("ledger.json") is a file, which is begun where there is none.'
        raise InputError("publication= says how the table is shown, and there is no ledger= to audit it against.", fix)


def beside(
    safe: Released,
    ledger: Ledger,
    publication: Publication,
    *,
    remark: Callable[[Sequence[Flags]], Released],
    table: int = 0,
    mine: Mapping[int, int] | None = None,
    progress: bool | None = None,
) -> Released:
    """The same, audited against what was released before.

    `remark` makes the release anew from flags. A cell of which nothing can be audited (a difference, a quantile) is for a person to look
    at: beside one of its parts a difference tells the other. Of several tables `table` is which, from 1, and `mine` says which entries
    of the ledger are tables of the same call, not yet released.
    """
    entry = _held(publication).entry(safe.estimate)
    least = max(safe.rules.protection.least, 1)
    found = audit(entry, ledger, threshold=least, remedy="hide", progress=progress)
    if found.verdict == "fail":
        raise _refusal(found, least, table, mine or {})
    flags = list(safe.flags)
    for i, (status, reason) in enumerate(zip(found.status, found.reason, strict=True)):
        if status == "review" and safe.status[i] != PROTECTED:
            asked = f"needs a review ({safe.rules.reviewer}): beside earlier releases, {reason}"
            flags[i] = replace(flags[i], review="; ".join(x for x in (flags[i].review, asked) if x))
    seal = found.certificate
    audited = replace(
        safe.audited, ledger=seal.ledger, earlier=seal.compared, groups=seal.groups, shows=publication.shown_as, notes=found.notes
    )
    return replace(remark(flags), audited=audited, entry=entry, publication=publication)


def _held(publication: Publication) -> Publication:
    """The same, with n and cases: a release holds them, and its file does, whatever of it is printed."""
    given: object = publication.shows
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        return publication  # an error of its own
    return replace(publication, shows=tuple(dict.fromkeys((*given, *HELD))))


def _refusal(found: LedgerAudit, least: int, table: int, mine: Mapping[int, int]) -> Refused:
    """Which cells tell too much, with which earlier tables, and what helps that `release` can do."""
    failing = [str(i) for i, status in enumerate(found.status) if status == "fail"]
    with_ = sorted({t for one in found.findings if one.status == "fail" for t, _ in one.released})
    entries, here = [str(t) for t in with_ if t not in mine], [str(mine[t]) for t in with_ if t in mine]
    told = [f"{_listed('entry', 'entries', entries)} of the ledger; print(ledger) lists them"] if entries else []
    told += [f"{_listed('table', 'tables', here)} of this release"] if here else []
    before = f" ({'; '.join(told)})" if told else ""
    which = f"Table {table}: beside" if table else "Beside"
    what = f"{which} what was released before{before}, a group of fewer than {least} people could be worked out."
    fix = "Nothing that was tried helps: do not release it, or make it of larger groups."
    if found.remedy and found.remedy.action == "hide":
        cells = ", ".join(map(str, found.remedy.cells))
        fix = f"The least that helps: {f'for table {table} [{cells}] in the list hide=' if table else f'release(..., hide=[{cells}])'}."
    return Refused(f"{what} {_listed('Cell', 'Cells', failing)} would tell it.", fix)


def _listed(one: str, more: str, names: Sequence[str]) -> str:
    return f"{one if len(names) == 1 else more} {', '.join(names)}"
