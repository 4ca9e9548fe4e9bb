"""What there is to say of a form and its data as a whole: columns missing or unknown, circles, expressions that are wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from evidencekit.errors import how_many, named
from evidencekit.instrument.items import Item
from evidencekit.instrument.or_other import added
from evidencekit.instrument.rules.answers import Answers
from evidencekit.instrument.rules.placing import PLATFORM
from evidencekit.instrument.rules.plans import Line, Logic, Plan
from evidencekit.instrument.rules.tables import Table
from evidencekit.instrument.spelling import respelt
from evidencekit.instrument.validating.reporting import Remark
from evidencekit.missingness import Missing

__all__ = ["remarks_of"]

_LISTED = 8  # names


def remarks_of(plan: Plan, tables: Mapping[str, Table], known: AbstractSet[str]) -> Iterator[Remark]:
    """Everything there is to say, faults of the form first.

    Parameters
    ----------
    plan : Plan
        What the form says.
    tables : mapping of str to Table
        The tables that were given.
    known : set of str
        Columns that the caller named for another use.
    """
    for circle in plan.circles:
        yield Remark("circular", f"whether {_names(circle)} is asked goes in a circle")
    for line in plan.lines:
        yield from _wrong(line)
        yield from _unlisted(line)
        yield from _twice(line.item, line.id)
    for sheet in plan.sheets:
        if (table := tables.get(sheet.name)) is not None:
            yield from _columns(table, known)
            yield from _respelt(table)
            yield from _clashes(table)


def _names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(map(repr, names[:_LISTED])) + more


def _wrong(line: Line) -> Iterator[Remark]:
    """Expressions of the form that are wrong in themselves; those of a group are told for the item they are first met at."""
    parts: list[tuple[str, Logic | None]] = [(f"relevance of {line.id!r}", logic) for logic in line.chain]
    own = ((f"constraint of {line.id!r}", line.constraint), (f"choice filter of {line.id!r}", line.filter))
    for what, logic in (*parts, *own):
        if logic is not None and logic.fault and not logic.trouble.endswith("goes in a circle"):
            yield Remark("form", f"{what}: {logic.trouble}")


def _unlisted(line: Line) -> Iterator[Remark]:
    if line.item.kind in ("select_one", "select_multiple", "rank") and line.item.choices is None:
        yield Remark("not in the list", f"{line.id!r} has no list of choices in the form: its codes were not looked at", fault=False)


def _twice(item: Item, name: str) -> Iterator[Remark]:
    """One code with two kinds of missing, in a list that has it twice."""
    kinds: dict[str, set[Missing]] = {}
    for option in item.choices.listed if item.choices else ():
        if option.missing is not None:
            kinds.setdefault(option.code, set()).add(option.missing)
    if sum(len(found) > 1 for found in kinds.values()):
        yield Remark("missing codes", f"the list of {name!r} has two kinds of missing under one code: they cannot be told apart")


def _columns(table: Table, known: AbstractSet[str]) -> Iterator[Remark]:
    """Columns of the form that the data lack, and the other way round."""
    where = f" in {table.sheet.name!r}" if table.sheet.name else ""
    absent = [line for line in table.sheet.lines if table.of(line) is None and not added(line.item)]
    if asked := tuple(line.id for line in absent if line.item.asked):
        yield Remark("not in the data", f"{len(asked)} items have no column{where}: {_names(asked)}")
    if made := tuple(line.id for line in absent if line.item.kind == "calculate"):
        yield Remark("not in the data", f"{len(made)} calculations have no column{where}: {_names(made)}", fault=False)
    rest = tuple(name for name in table.places.rest if name not in PLATFORM and name not in known)
    if rest:
        listed = named(rest, most=_LISTED) or "some look like answers, so that none is named here"
        yield Remark("not in the form", f"{how_many(len(rest), 'column is', 'columns are')} not of the form{where}: {listed}", fault=False)


def _respelt(table: Table) -> Iterator[Remark]:
    """Codes that were written otherwise than the list has them, and were taken as these."""
    found = {line.id: answers.respelt for line in table.sheet.lines if (answers := table.of(line)) is not None}
    found = {name: rows for name, rows in found.items() if rows}
    if found:
        where = f" in {table.sheet.name!r}" if table.sheet.name else ""
        listed = ", ".join(f"{name!r} ({rows:,})" for name, rows in list(found.items())[:_LISTED])
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        yield Remark("spelling", f"{respelt(sum(found.values()), where)}: {listed}{more}", fault=False)


def _clashes(table: Table) -> Iterator[Remark]:
    """Codes to which the data and the form give different kinds of missing."""
    for line in table.sheet.lines:
        answers: Answers | None = table.of(line)
        if answers is None:
            continue
        kinds: dict[str, set[Missing]] = {}
        for code, kind in answers.missing.items():
            if not isinstance(code, tuple):
                written = str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)
                kinds.setdefault(written, set()).add(kind)
        if any(len(found) > 1 for found in kinds.values()):
            yield Remark("missing codes", f"the data and the form give one code of {line.id!r} two kinds of missing")
