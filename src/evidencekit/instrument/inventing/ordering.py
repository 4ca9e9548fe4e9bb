"""Which item has to be known before which: an order in which a form can be filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Expression, parse
from evidencekit.instrument.items import Group, Item, Part

__all__ = ["Placed", "in_order", "names_in", "placed", "repeats_of"]


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with what decides whether it is asked: its own relevance and that of its groups, within its table."""

    item: Item
    relevance: tuple[Expression, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The items that have to be known first."""
        texts = (self.item.constraint, self.item.calculation, self.item.other.get("choice_filter", ""))
        found = dict.fromkeys(name for expression in (*self.relevance, *map(parse, filter(str.strip, texts))) for name in expression.names)
        return tuple(name for name in found if name != self.item.name)


def placed(parts: Sequence[Part], above: tuple[Expression, ...] = ()) -> Iterator[Placed]:
    """The items of one table: those of repeated groups below it are left out."""
    for part in parts:
        own = (*above, *([parse(part.relevant)] if part.relevant.strip() else []))
        if isinstance(part, Item):
            yield Placed(part, own)
        elif not part.repeat:
            yield from placed(part.items, own)


def repeats_of(parts: Sequence[Part], above: tuple[Expression, ...] = ()) -> Iterator[tuple[Group, tuple[Expression, ...]]]:
    """The repeated groups right below a table, each with what decides whether it is asked."""
    for part in parts:
        if isinstance(part, Group):
            own = (*above, *([parse(part.relevant)] if part.relevant.strip() else []))
            if part.repeat:
                yield part, own
            else:
                yield from repeats_of(part.items, own)


def in_order(items: Iterable[Placed]) -> list[Placed]:
    """The items so that what an item needs comes before it; otherwise as in the form.

    Raises
    ------
    InputError
        Two items of one name, or items that wait for each other.
    """
    listed = list(items)
    waiting = {one.item.name: one for one in listed}
    if len(waiting) < len(listed):
        raise InputError("Items of different groups share a name.", "Give each item a name of its own.")
    names = list(waiting)
    needs = {name: {need for need in one.needs if need in waiting} for name, one in waiting.items()}
    wanted_by: dict[str, list[int]] = {}
    for k, name in enumerate(names):
        for need in needs[name]:
            wanted_by.setdefault(need, []).append(k)
    ready = [k for k, name in enumerate(names) if not needs[name]]
    out: list[Placed] = []
    while ready:
        first = names[heappop(ready)]
        out.append(waiting.pop(first))
        for k in wanted_by.get(first, ()):
            needs[names[k]].discard(first)
            if not needs[names[k]]:
                heappush(ready, k)
    if waiting:
        circle = ", ".join(map(repr, list(waiting)[:6]))
        raise InputError(f"Items wait for each other's answers: {circle}.", "Look at their relevance, constraints and calculations.")
    return out


def names_in(parts: Sequence[Part]) -> set[str]:
    """The items that an expression anywhere in these parts refers to, from outside the item itself."""
    found: set[str] = set()
    for part in parts:
        texts = [part.relevant]
        if isinstance(part, Group):
            found |= names_in(part.items)
            texts.append(part.count)
        else:
            texts += [part.constraint, part.calculation, part.other.get("choice_filter", "")]
        own = part.name if isinstance(part, Item) else ""
        found |= {name for text in texts if text.strip() for name in parse(text).names if name != own}
    return found
