"""Two versions of a form: what is new, what is gone, what changed, and whether answers that are already there still fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evidencekit.errors import InputError
from evidencekit.frames import frame_of
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Choices, Group, Item, walk

__all__ = ["Change", "Diff", "diff"]

_SHOWN = 25  # changes in a repr
_LONG = 60  # letters of a text in a table


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Parameters
    ----------
    item : str
        The item, or the group, by name; with the groups it is in where the name alone is not enough.
    what : str
        ``"added"``, ``"removed"``, ``"kind"``, ``"code added"``, ``"code removed"``, ``"code label"``, ``"missing kinds"``, ``"label"``,
        ``"relevance"``, ``"constraint"``, ``"calculation"``, ``"required"``, ``"role"``, ``"purpose"``, ``"moved"``, ``"repeat"``,
        ``"count"`` or ``"other"``; labels with their language in brackets.
    before, after : str
        As it stood and as it stands.
    breaking : bool
        Whether answers collected before cannot be read, compared or put together with those collected after as if nothing had changed.
    """

    item: str
    what: str
    before: str
    after: str
    breaking: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Diff:
    """What changed between two versions of a form.

    Parameters
    ----------
    changes : tuple of Change
        What changed, in the order of the form.
    before, after : str
        The versions.

    Examples
    --------
    >>> import evidencekit as ek
    >>> old = ek.Instrument("f", [ek.Item("age", "integer", "Your age?", constraint=". >= 12")], version="1")
    >>> new = ek.Instrument("f", [ek.Item("age", "integer", "How old are you?", constraint=". >= 10"), ek.Item("sex", "text")], version="2")
    >>> ek.instrument.diff(old, new)
    Diff(version 1 -> 2: 3 changes, 0 breaking)
      age  label       Your age? -> How old are you?
      age  constraint  . >= 12 -> . >= 10
      sex  added       text
    """

    changes: tuple[Change, ...]
    before: str
    after: str

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that answers already collected do not survive as they are."""
        return tuple(change for change in self.changes if change.breaking)

    @property
    def added(self) -> tuple[str, ...]:
        """Items and groups that are new."""
        return tuple(change.item for change in self.changes if change.what == "added")

    @property
    def removed(self) -> tuple[str, ...]:
        """Items and groups that are gone. A new name is one that is gone and one that is new: renaming is not guessed."""
        return tuple(change.item for change in self.changes if change.what == "removed")

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return not self.changes

    def to_frame(self) -> Any:
        """The changes as a pandas frame: ``item, what, before, after, breaking``."""
        names = ("item", "what", "before", "after", "breaking")
        return frame_of({name: [getattr(change, name) for change in self.changes] for name in names}, "pandas")

    def __repr__(self) -> str:
        versions = f"version {self.before} -> {self.after}: " if self.before or self.after else ""
        count = len(self.changes)
        told = f"{count} change{'s' if count != 1 else ''}, {len(self.breaking)} breaking" if count else "nothing changed"
        head = f"Diff({versions}{told})"
        ordered = sorted(self.changes, key=lambda change: not change.breaking)[:_SHOWN]
        wide = [max((len(getattr(change, name)) for change in ordered), default=0) for name in ("item", "what")]
        mark = any(change.breaking for change in ordered)
        lines = [f"  {_mark(change, mark)}{_lined(change, wide)}".rstrip() for change in ordered]
        more = [f"  and {count - _SHOWN} more: .to_frame()"] if count > _SHOWN else []
        return "\n".join([head, *lines, *more])


def diff(old: Instrument, new: Instrument) -> Diff:
    """Compare two versions of a form.

    Parameters
    ----------
    old, new : Instrument
        The version answers were collected with, and the one that is to follow.

    Returns
    -------
    Diff
        With ``.breaking``, ``.added``, ``.removed`` and ``.to_frame()``.

    Raises
    ------
    InputError
        Something else than two Instruments.

    Notes
    -----
    **Breaking**: an item that is gone; another kind; a code that is gone, or whose label changed in a language that both have, since it may
    stand for another answer; another kind of missing under a code; an item that repeats where it did not; who is asked (relevance) and
    what is worked out (calculation), since shares before and after are of other people or other things. **Compatible**: items and codes
    that are added, the wording of questions (look at it: it may change what is understood), constraints (answers stay what they are, but
    old ones may not pass), required, role, purpose, other columns, translations that are added.

    Examples
    --------
    >>> import evidencekit as ek
    >>> form = ek.Instrument("f", [ek.Item("age", "integer")])
    >>> ek.instrument.diff(form, form)
    Diff(nothing changed)
    """
    if not isinstance(old, Instrument) or not isinstance(new, Instrument):
        raise InputError("diff() compares two Instruments.", "Pass the old version first.")
    before, after = _parts(old), _parts(new)
    changes: list[Change] = []
    for name, (part, where) in before.items():
        if name not in after:
            changes.append(Change(name, "removed", _kind(part), "", breaking=True))
            continue
        other, there = after[name]
        if isinstance(part, Item) and isinstance(other, Item):
            changes += _of_items(name, part, other)
        elif isinstance(part, Group) and isinstance(other, Group):
            changes += _of_groups(name, part, other)
        else:
            changes.append(Change(name, "kind", _kind(part), _kind(other), breaking=True))
        if where != there:
            repeated = _repeats(old, where) != _repeats(new, there)
            changes.append(Change(name, "moved", " / ".join(where), " / ".join(there), breaking=repeated))
    changes += [Change(name, "added", "", _kind(part), breaking=False) for name, (part, _) in after.items() if name not in before]
    return Diff(tuple(changes), old.version, new.version)


_Parts = dict[str, tuple[Item | Group, tuple[str, ...]]]


def _parts(form: Instrument) -> _Parts:
    """Items and groups by name; by path where two share a name."""
    listed = [(part, tuple(group.name for group in within)) for part, within in walk(form.items)]
    names = [part.name for part, _ in listed]
    return {part.name if names.count(part.name) == 1 else "/".join((*where, part.name)): (part, where) for part, where in listed}


def _repeats(form: Instrument, where: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the groups on a path repeat."""
    repeated = {part.name for part, _ in walk(form.items) if isinstance(part, Group) and part.repeat}
    return tuple(name for name in where if name in repeated)


def _kind(part: Item | Group) -> str:
    return part.kind if isinstance(part, Item) else "repeated group" if part.repeat else "group"


def _of_items(name: str, one: Item, two: Item) -> Iterator[Change]:
    if one.kind != two.kind:
        yield Change(name, "kind", one.kind, two.kind, breaking=True)
    yield from _labels(name, "label", one.label, two.label, breaking=False)
    yield from _codes(name, one.choices, two.choices)
    yield from _missing(name, one, two)
    fields: tuple[tuple[str, str, str, bool], ...] = (
        ("relevance", one.relevant, two.relevant, True),
        ("constraint", one.constraint, two.constraint, False),
        ("calculation", one.calculation, two.calculation, True),
        ("required", _yes(one.required), _yes(two.required), False),
        ("role", one.role or "", two.role or "", False),
        ("purpose", one.purpose, two.purpose, False),
    )
    for what, before, after, breaking in fields:
        if _squeezed(before) != _squeezed(after):
            yield Change(name, what, before, after, breaking)
    yield from _other(name, one.other, two.other)


def _of_groups(name: str, one: Group, two: Group) -> Iterator[Change]:
    yield from _labels(name, "label", one.label, two.label, breaking=False)
    if _squeezed(one.relevant) != _squeezed(two.relevant):
        yield Change(name, "relevance", one.relevant, two.relevant, breaking=True)
    if one.repeat != two.repeat:
        yield Change(name, "repeat", _yes(one.repeat), _yes(two.repeat), breaking=True)
    if _squeezed(one.count) != _squeezed(two.count):
        yield Change(name, "count", one.count, two.count, breaking=False)
    yield from _other(name, one.other, two.other)


def _codes(name: str, one: Choices | None, two: Choices | None) -> Iterator[Change]:
    before, after = ({option.code: option for option in (choices.listed if choices else ())} for choices in (one, two))
    for code, option in before.items():
        if code not in after:
            yield Change(name, "code removed", code, "", breaking=True)
        else:
            yield from _labels(name, "code label", option.label, after[code].label, breaking=True, code=code)
    for code in after:
        if code not in before:
            yield Change(name, "code added", "", code, breaking=False)


def _labels(name: str, what: str, one: Any, two: Any, *, breaking: bool, code: str = "") -> Iterator[Change]:
    """Labels by language: a translation that is new or gone breaks nothing."""
    before, after = ({"": label} if isinstance(label, str) else label for label in (one, two))
    lead = f"{code}: " if code else ""
    for language in dict.fromkeys((*before, *after)):
        old, new = before.get(language, ""), after.get(language, "")
        if _squeezed(old) != _squeezed(new):
            yield Change(name, f"{what} ({language})" if language else what, lead + old, lead + new, breaking and bool(old) and bool(new))


def _missing(name: str, one: Item, two: Item) -> Iterator[Change]:
    for code in dict.fromkeys((*one.missing, *two.missing)):
        old, new = one.missing.get(code), two.missing.get(code)
        if old is not new:
            listed = one.choices is not None and code in one.choices.codes
            breaking = old is not None or listed or one.choices is None
            said = tuple(f"{code}: {kind.value}" if kind else "" for kind in (old, new))
            yield Change(name, "missing kinds", *said, breaking=breaking)


def _other(name: str, one: Mapping[str, str], two: Mapping[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys((*one, *two)):
        if one.get(key, "") != two.get(key, ""):
            yield Change(
                name, "other", f"{key}: {one[key]}" if key in one else "", f"{key}: {two[key]}" if key in two else "", breaking=False
            )


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _mark(change: Change, some: bool) -> str:
    """A sign before what breaks, and as much room before what does not, where something does."""
    return ("! " if change.breaking else "  ") if some else ""


def _lined(change: Change, wide: list[int]) -> str:
    return f"{change.item.ljust(wide[0])}  {change.what.ljust(wide[1])}  {_said(change)}"


def _said(change: Change) -> str:
    before, after = (text if len(text) <= _LONG else f"{text[: _LONG - 1]}\u2026" for text in map(_squeezed, (change.before, change.after)))
    if change.what in ("added", "removed"):
        return before or after
    return f"{before or '(nothing)'} -> {after or '(nothing)'}"
