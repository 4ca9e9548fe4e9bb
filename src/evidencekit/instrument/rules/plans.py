"""What a form says, read once: its tables, its items with the groups they are in, its expressions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Expression, parse
from evidencekit.instrument.expressions.nodes import Call, Here, Reference, walk
from evidencekit.instrument.filters import CODE, columns_in, filter_of
from evidencekit.instrument.items import Item, Part
from evidencekit.instrument.items import walk as parts_of
from evidencekit.instrument.or_other import other_text, with_other
from evidencekit.instrument.rules.circles import in_circles

__all__ = ["Line", "Logic", "Plan", "Sheet", "plan_of"]


@dataclass(frozen=True, slots=True)
class Logic:
    """An expression of the form: read, or with the trouble it makes; `fault` when the form itself is wrong.

    `about_itself` says that it holds a ``.``.
    """

    text: str
    expression: Expression | None
    trouble: str = ""
    fault: bool = False
    about_itself: bool = field(init=False)

    def __post_init__(self) -> None:
        here = self.expression is not None and any(isinstance(node, Here) for node in walk(self.expression.tree))
        object.__setattr__(self, "about_itself", here)


@dataclass(frozen=True, slots=True)
class Line:
    """An item at its place: its groups from the top, the relevance of all of them, and which of its names is its own."""

    item: Item
    id: str
    table: str
    groups: tuple[str, ...]
    inner: tuple[str, ...]
    chain: tuple[Logic, ...] = ()
    own: int = 0
    constraint: Logic | None = None
    calculation: Logic | None = None
    bounds: tuple[float, float] | None = None
    filter: Logic | None = None

    @property
    def path(self) -> str:
        """The groups and the name, as no other item has them."""
        return "/".join((*self.groups, self.item.name))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the data: the main one, whose name is empty, or a repeat.

    `depth` has for each table above how many expressions of a chain are worked out there or further up.
    """

    name: str
    parent: str | None
    groups: tuple[str, ...]
    lines: tuple[Line, ...]
    count: Logic | None = None
    depth: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a form says of its data. `listed` are the names that stand in ``selected()``; `circles` the items that go in circles."""

    sheets: tuple[Sheet, ...]
    listed: frozenset[str] = frozenset()
    circles: tuple[tuple[str, ...], ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every item of every table."""
        return tuple(line for sheet in self.sheets for line in sheet.lines)


@dataclass(frozen=True, slots=True)
class _Open:
    """A table that is being read: its name, its groups, what was asked on the way to it."""

    name: str
    parent: str | None
    groups: tuple[str, ...]
    texts: tuple[str, ...]
    depth: tuple[tuple[str, int], ...]
    count: str = ""
    lines: list[tuple[Item, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list[tuple[Item, tuple[str, ...], tuple[str, ...]]])


def plan_of(items: Sequence[Part]) -> Plan:
    """Read what a form says.

    Parameters
    ----------
    items : sequence of Item or Group
        Of an `Instrument`. What ``or_other`` adds to a selection is added here.

    Returns
    -------
    Plan
        Expressions that cannot be read or refer to nothing are in it with the trouble they make.
    """
    tables = [_Open("", None, (), (), ())]
    own = frozenset(part.name for part, _ in parts_of(items))
    _gather(items, tables[0], (), (), tables, own)
    names = Counter(item.name for table in tables for item, _, _ in table.lines)
    scopes = _scopes(tables)
    read: dict[tuple[str, str], Logic] = {}

    def logic(text: str, table: str) -> Logic:
        if (text, table) not in read:
            read[text, table] = _read(text, *scopes[table])
        return read[text, table]

    sheets = tuple(_sheet(table, names, logic) for table in tables)
    paths = {line.item.name: line.path for sheet in reversed(sheets) for line in reversed(sheet.lines)}
    circles = in_circles({line.path: _leads(line, paths) for sheet in sheets for line in sheet.lines})
    return Plan(_broken(sheets, circles), frozenset(_selected(read.values())), _named(sheets, circles))


def _gather(
    parts: Sequence[Part], table: _Open, groups: tuple[str, ...], texts: tuple[str, ...], tables: list[_Open], own: frozenset[str]
) -> None:
    """Put every item under the table it is a column of."""
    for part in parts:
        asked = (*texts, part.relevant.strip()) if part.relevant.strip() else texts
        if isinstance(part, Item):
            table.lines.append((with_other(part), groups, asked))
            if (more := other_text(part, own)) is not None:
                table.lines.append((more, groups, (*asked, more.relevant)))
            continue
        inside = (*groups, part.name) if part.name else groups
        if part.repeat:
            taken = {made.name for made in tables}
            name = part.name if part.name not in taken else "/".join(inside)
            opened = _Open(name, table.name, inside, asked, (*table.depth, (table.name, len(asked))), part.count)
            tables.append(opened)
            _gather(part.items, opened, inside, asked, tables, own)
        else:
            _gather(part.items, table, inside, asked, tables, own)


def _scopes(tables: Sequence[_Open]) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """For each table the names that its expressions reach, and those that stand in other tables."""
    every = frozenset(item.name for table in tables for item, _, _ in table.lines)
    held = {table.name: frozenset(item.name for item, _, _ in table.lines) for table in tables}
    out: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for table in tables:
        reached = held[table.name].union(*(held[name] for name, _ in table.depth))
        out[table.name] = (reached, every - reached)
    return out


def _read(text: str, reached: frozenset[str], elsewhere: frozenset[str]) -> Logic:
    """An expression, or why it cannot be worked out."""
    try:
        made = parse(text)
    except InputError as trouble:
        return Logic(text, None, trouble.what, fault=True)
    if made.not_evaluable:
        return Logic(text, made, f"not evaluable: it uses {', '.join(made.not_evaluable)}")
    unknown = [name for name in made.names if name not in reached and name not in elsewhere]
    if unknown:
        return Logic(text, made, f"it refers to {', '.join(map(repr, unknown))}, which the form does not have", fault=True)
    if outside := [name for name in made.names if name not in reached]:
        return Logic(text, made, f"not evaluable: {', '.join(map(repr, outside))} has several answers, in a repeat")
    return Logic(text, made)


def _sheet(table: _Open, names: Mapping[str, int], logic: Callable[[str, str], Logic]) -> Sheet:
    lines: list[Line] = []
    for item, groups, texts in table.lines:
        own = "/".join((*groups, item.name)) if names[item.name] > 1 else item.name
        lines.append(
            Line(
                item,
                own,
                table.name,
                groups,
                groups[len(table.groups) :],
                tuple(logic(text, _home(k, table)) for k, text in enumerate(texts)),
                1 if item.relevant.strip() else 0,
                logic(item.constraint, table.name) if item.constraint.strip() else None,
                logic(item.calculation, table.name) if item.calculation.strip() else None,
                _bounds(item),
                _filter(item, logic(text, table.name)) if (text := filter_of(item)) else None,
            )
        )
    count = logic(table.count, table.parent) if table.count.strip() and table.parent is not None else None
    return Sheet(table.name, table.parent, table.groups, tuple(lines), count, table.depth)


def _home(k: int, table: _Open) -> str:
    """The table in which the k-th relevance of a chain is worked out."""
    return next((name for name, upto in table.depth if k < upto), table.name)


def _bounds(item: Item) -> tuple[float, float] | None:
    """The ends of an XLSForm ``range`` question."""
    if item.kind not in ("integer", "decimal") or not item.other.get("type", "").startswith("range"):
        return None
    given = dict(part.split("=", 1) for part in item.other.get("parameters", "").replace(",", " ").split() if "=" in part)
    try:
        return float(given.get("start", "1")), float(given.get("end", "10"))
    except ValueError:
        return None


def _filter(item: Item, logic: Logic) -> Logic:
    """A choice filter with the trouble that its list makes."""
    if logic.trouble or logic.expression is None or item.choices is None:
        return logic
    if logic.about_itself:
        return replace(logic, trouble="not evaluable: it uses '.', which is not an answer in a choice filter")
    there = {CODE, *(column for option in item.choices.listed for column in option.other)}
    unknown = [name for name in columns_in(logic.expression) if name not in there]
    if "label" in unknown:
        return replace(logic, trouble="not evaluable: it looks at the labels of the choices")
    if unknown:
        return replace(logic, trouble=f"it looks at the column {unknown[0]!r}, which the list does not have", fault=True)
    return logic


def _leads(line: Line, paths: Mapping[str, str]) -> tuple[str, ...]:
    """The items that decide whether a line is asked, or what it is worked out from."""
    found: list[str] = []
    for logic in line.chain:
        if logic.expression is not None:
            found += [paths[name] for name in logic.expression.names if name in paths]
            found += [line.path] if logic.about_itself else []
    if line.calculation is not None and line.calculation.expression is not None:
        named = [paths[name] for name in line.calculation.expression.names if name in paths]
        found += [path for path in named if path != line.path]  # a calculation may keep what it was
    return tuple(dict.fromkeys(found))


def _broken(sheets: tuple[Sheet, ...], circles: Sequence[frozenset[str]]) -> tuple[Sheet, ...]:
    """The same with the relevance of what goes in a circle marked: it decides nothing."""
    every = frozenset[str]().union(*circles)
    if not every:
        return sheets

    def line_of(line: Line) -> Line:
        if line.path not in every:
            return line
        return replace(line, chain=tuple(replace(logic, trouble="its relevance goes in a circle", fault=True) for logic in line.chain))

    return tuple(replace(sheet, lines=tuple(map(line_of, sheet.lines))) for sheet in sheets)


def _named(sheets: Sequence[Sheet], circles: Sequence[frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.id for sheet in sheets for line in sheet.lines if line.path in circle) for circle in circles)


def _selected(logics: Iterable[Logic]) -> Iterator[str]:
    """Names whose answers are looked at as lists of codes."""
    for logic in logics:
        for node in walk(logic.expression.tree) if logic.expression else ():
            if isinstance(node, Call) and node.name in ("selected", "count-selected", "selected-at") and node.arguments:
                first = node.arguments[0]
                if isinstance(first, Reference):
                    yield first.name
