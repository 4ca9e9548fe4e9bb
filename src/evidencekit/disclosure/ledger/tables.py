"""PublishedTable: what a release showed, cell by cell, as an entry of a ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from evidencekit.disclosure.ledger.groups import Band, Group, Levels, group_of, holds, together
from evidencekit.disclosure.ledger.numbers import Number
from evidencekit.errors import InputError, how_many

__all__ = ["PublishedTable", "within"]


EVERYONE = Group()


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class PublishedTable:
    """Numbers that are shown together.

    Parameters
    ----------
    title : str
        What readers know it by.
    universe : str
        The people it is about: one round of one survey. Tables are compared with each other only within a universe.
    cells : sequence of Number or of sequences of Number
        The cells in their order, each with what is shown of it; a cell without numbers is one that cannot be audited.
    where : mapping or Group
        The part of the universe that the whole table is about; everyone by default.
    beside : sequence of Number
        What is said beside the cells: a total, how many answers were missing.
    complete : mapping or Group
        Levels that everyone in `where` has, as a reader will take for granted: ``{"sex": ("girl", "boy")}``. A hidden cell can then be had
        from a total. By default, of each variable of which the cells show two or more sets of levels, all apart, these levels; ``{}`` for
        none.
    unchecked : tuple of str
        What the table shows that cannot be audited; its cells do not pass without a person who looks at them.

    Examples
    --------
    >>> from evidencekit.disclosure.ledger import PublishedTable, count
    >>> PublishedTable(title="By sex", universe="round 1", cells=[count({"sex": "girl"}, 962), count({"sex": "boy"}, 1034)])
    PublishedTable 'By sex' of 'round 1': 2 cells told apart by sex
    """

    title: str
    universe: str
    cells: tuple[tuple[Number, ...], ...]
    where: Group = EVERYONE
    beside: tuple[Number, ...] = ()
    complete: Group | None = None
    unchecked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("title", "universe"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                raise InputError(f"{name}= is a text that is not empty.")
        given: Any = self.cells
        if isinstance(given, (str, Number)) or not isinstance(given, Iterable):
            raise InputError(f"cells= is a sequence of cells, not a {type(given).__name__}.", "Put a single Number in brackets.")
        cells = tuple((cell,) if isinstance(cell, Number) else _numbers(cell, f"cell {i}") for i, cell in enumerate(given))
        if not cells:
            raise InputError("A table without cells shows nothing.", "Give at least one cell.")
        object.__setattr__(self, "cells", cells)
        object.__setattr__(self, "where", group_of(self.where, "where="))
        object.__setattr__(self, "beside", _numbers(self.beside, "beside="))
        complete = self._shown_whole() if self.complete is None else group_of(self.complete, "complete=")
        object.__setattr__(self, "complete", complete)
        object.__setattr__(self, "unchecked", _words(self.unchecked, "unchecked="))
        self._check_groups()

    def _shown_whole(self) -> Group:
        """The variables that part people in the cells, into two sets of levels or more that are all apart, with all these levels."""
        parts: list[tuple[str, Levels]] = []
        for name in sorted({name for cell in self.cells for number in cell for name in number.group.variables}):
            sets = self.levels(name)
            apart = all(_apart(one, two) for i, one in enumerate(sets) for two in sets[:i])
            if len(sets) > 1 and apart and (levels := together(sets)) is not None:
                parts.append((name, levels))
        return Group(tuple(parts))

    def _check_groups(self) -> None:
        for at, number in self.numbers:
            for group in (number.group, number.of or EVERYONE):
                for name in within(self.where, group).conflicts:
                    place = f"Cell {at}" if at >= 0 else "A number beside the cells"
                    raise InputError(f"{place} is about nobody: its levels of {name!r} are outside where=.", "Compare the two.")

    @property
    def numbers(self) -> tuple[tuple[int, Number], ...]:
        """Every number with the position of its cell, from 0; -1 for what stands beside the cells."""
        return (*((i, number) for i, cell in enumerate(self.cells) for number in cell), *((-1, number) for number in self.beside))

    @property
    def whole(self) -> Group:
        """What `complete` says, none where it was left out."""
        return self.complete or EVERYONE

    def levels(self, variable: str) -> tuple[Levels, ...]:
        """Every set of levels of a variable that the cells show."""
        found = (dict(number.group.parts).get(variable) for cell in self.cells for number in cell)
        return tuple(dict.fromkeys(levels for levels in found if levels is not None))

    def __repr__(self) -> str:
        apart = sorted({name for cell in self.cells for number in cell for name in number.group.variables})
        said = f" told apart by {', '.join(apart)}" if apart else ""
        return f"PublishedTable {self.title!r} of {self.universe!r}: {how_many(len(self.cells), 'cell')}{said}"


@dataclass(frozen=True, slots=True)
class Within:
    """A group inside a part of the universe: what both ask for, and the variables on which they exclude each other."""

    parts: tuple[tuple[str, tuple[Levels, ...]], ...]
    conflicts: tuple[str, ...]


def within(where: Group, group: Group) -> Within:
    """Those of a group who are in `where`: per variable every set of levels they must have."""
    asked: dict[str, list[Levels]] = {}
    for name, levels in (*where.parts, *group.parts):
        asked.setdefault(name, []).append(levels)
    conflicts = tuple(name for name, sets in asked.items() if len(sets) == 2 and _apart(*sets))
    return Within(tuple((name, tuple(dict.fromkeys(sets))) for name, sets in sorted(asked.items())), conflicts)


def _apart(one: Levels, two: Levels) -> bool:
    """Whether no level is in both."""
    if isinstance(one, tuple):
        return not any(holds(two, level) for level in one)
    if isinstance(two, tuple):
        return _apart(two, one)
    if isinstance(one, Band) and isinstance(two, Band):
        low = max((x for x in (one.low, two.low) if x is not None), default=None)
        high = min((x for x in (one.high, two.high) if x is not None), default=None)
        return low is not None and high is not None and low >= high
    return False


def _numbers(given: Any, what: str) -> tuple[Number, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InputError(
            f"{what[:1].upper()}{what[1:]} is a sequence of numbers, not a {type(given).__name__}.", "Use count(), percent() ..."
        )
    made = tuple(given)
    if not all(isinstance(number, Number) for number in made):
        raise InputError(f"{what[:1].upper()}{what[1:]} holds something that is no Number.", "Use count(), rounded(), percent(), hidden().")
    return made


def _words(given: Any, what: str) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, Sequence) or not all(isinstance(x, str) for x in given):
        raise InputError(f"{what} takes a sequence of texts.", "Put a single one in brackets.")
    return tuple(given)
