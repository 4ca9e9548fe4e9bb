"""Group: whom a number is about, as sets of levels of variables; the words in which a ledger speaks of people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, TypeAlias

from evidencekit.errors import InputError

__all__ = ["AllBut", "Band", "Group", "Level", "Levels", "group_of", "holds", "is_number", "level_of", "sorted_levels", "together"]

Level: TypeAlias = str | int | float | None  # None: no answer


@dataclass(frozen=True, slots=True)
class Band:
    """Numbers from `low` up to, and without, `high`; None where there is no end.

    Parameters
    ----------
    low, high : int, float or None
        The band ``Band(12, 18)`` holds those aged 12 to 17 in completed years.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.ledger.Band(12, 18)
    Band(low=12, high=18)
    """

    low: int | float | None
    high: int | float | None

    def __post_init__(self) -> None:
        for end in (self.low, self.high):
            if end is not None and not is_number(end):
                raise InputError("The ends of a Band are numbers, or None where it has no end.")
        for name in ("low", "high"):
            end = getattr(self, name)
            object.__setattr__(self, name, None if end is None else _plain_number(end))
        if self.low is None and self.high is None:
            raise InputError("A Band without ends holds everyone.", "Leave the variable out of the group.")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise InputError("A Band holds nobody: it goes from low up to, and without, high.", "Put the lower end first.")


@dataclass(frozen=True, slots=True)
class AllBut:
    """Every level but these; ``AllBut((None,))`` is everyone who gave an answer.

    Parameters
    ----------
    levels : sequence
        Levels that are left out; None is a missing answer.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.ledger.AllBut(["refused", None])
    AllBut(levels=(None, 'refused'))
    """

    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", sorted_levels(self.levels))
        if not self.levels:
            raise InputError("AllBut() without levels leaves nobody out.", "Leave the variable out of the group.")


Levels: TypeAlias = tuple[Level, ...] | Band | AllBut


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """People told apart by levels of variables, all of which they have; no variable at all is everyone.

    Parameters
    ----------
    parts : tuple of (str, levels)
        Variables in the order of their names, each with its levels: a tuple of them, a `Band`, or `AllBut`.
    """

    parts: tuple[tuple[str, Levels], ...] = ()

    def __post_init__(self) -> None:
        made: list[tuple[str, Levels]] = []
        for name, levels in self.parts:
            if not isinstance(name, str) or not name:
                raise InputError("A group has a variable whose name is no text.", "Name the columns of the survey.")
            made.append((name, _levels_of(name, levels)))
        object.__setattr__(self, "parts", tuple(sorted(made, key=lambda part: part[0])))

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables."""
        return tuple(name for name, _ in self.parts)

    def __repr__(self) -> str:
        return f"Group({', '.join(map(repr, self.variables)) or 'everyone'})"


def group_of(given: Any, what: str = "A group") -> Group:
    """A group from a mapping of variable to one level, several levels, a `Band` or `AllBut`.

    Raises
    ------
    InputError
        It is no mapping, a name is no text, or a set of levels is empty or holds something that is no level.
    """
    if isinstance(given, Group):
        return given
    if not isinstance(given, Mapping):
        raise InputError(f"{what} is a mapping of variable to levels, not a {type(given).__name__}.", 'For example {"age": (12, 13)}.')
    return Group(tuple(given.items()))


def _levels_of(name: str, given: Any) -> Levels:
    if isinstance(given, (Band, AllBut)):
        return given
    if given is None or isinstance(given, (str, Real)) or hasattr(given, "item"):
        return (level_of(given),)
    if not isinstance(given, Iterable) or isinstance(given, (bytes, Mapping)):
        raise InputError(f"A group gives variable {name!r} something of type {type(given).__name__}.", "Give levels, a Band or AllBut.")
    levels = sorted_levels(given)
    if not levels:
        raise InputError(f"A group is empty: it names no level of variable {name!r}.", "Leave the variable out if all levels are meant.")
    return levels


def level_of(given: Any) -> Level:
    """A level as the ledger writes it: true is 1, whole numbers are whole."""
    if given is None or isinstance(given, str):
        return None if given is None else str(given)
    if hasattr(given, "item"):
        given = given.item()
    if isinstance(given, bool) or is_number(given):
        return _plain_number(given)
    raise InputError(f"A level is a text, a finite number or None (no answer), not a {type(given).__name__} like the one given.")


def is_number(given: Any) -> bool:
    """Whether it is a finite number, and no truth value."""
    return isinstance(given, Real) and not isinstance(given, bool) and math.isfinite(given)


def _plain_number(given: Any) -> int | float:
    if isinstance(given, (bool, Integral)):
        return int(given)
    return int(given) if float(given).is_integer() else float(given)


def sorted_levels(given: Iterable[Any]) -> tuple[Level, ...]:
    """Levels without repetition: no answer first, then numbers, then texts."""
    if isinstance(given, (str, bytes)):
        raise InputError("Levels are a sequence; a text alone is one level.", "Put it in brackets.")
    kinds = {type(None): 0, int: 1, float: 1, str: 2}
    return tuple(sorted({level_of(x) for x in given}, key=lambda x: (kinds[type(x)], x if x is not None else 0)))


def holds(levels: Levels, level: Level) -> bool:
    """Whether a level is among levels."""
    if isinstance(levels, AllBut):
        return level not in levels.levels
    if isinstance(levels, Band):
        if not isinstance(level, (int, float)):
            return False
        return (levels.low is None or level >= levels.low) and (levels.high is None or level < levels.high)
    return level in levels


def together(sets: Iterable[Levels]) -> Levels | None:
    """Everyone who is in one of several sets of levels, all levels or all bands; None where that is no single set."""
    found = list(dict.fromkeys(sets))
    named = [levels for levels in found if isinstance(levels, tuple)]
    if named and len(named) == len(found):
        return sorted_levels(level for levels in named for level in levels)
    bands = sorted((b for b in found if isinstance(b, Band)), key=lambda b: -math.inf if b.low is None else b.low)
    if not bands or len(bands) < len(found):
        return None
    low, high = bands[0].low, bands[0].high
    for band in bands[1:]:
        if high is not None and band.low is not None and band.low > high:
            return None
        high = None if high is None or band.high is None else max(high, band.high)
    return None if low is None and high is None else Band(low, high)
