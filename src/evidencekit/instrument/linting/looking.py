"""A form as the rules look at it: its parts in order, with their expressions read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Expression, parse
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Group, Item, Part, walk
from evidencekit.instrument.or_other import other_name, with_or_other

__all__ = ["Look", "Written", "look"]

Sort = Literal["relevance", "constraint", "calculation", "count", "choice filter", "condition of being required"]
_GIVEN = ("instanceID", "instanceName")  # by the device


@dataclass(frozen=True, slots=True)
class Written:
    """An expression where it stands.

    Parameters
    ----------
    name : str
        Of the item or group.
    place : int
        Of the item or group in the form, counted in its order.
    sort : str
        What it decides.
    made : Expression, optional
        What it says; none when it cannot be read.
    trouble : str
        Why it cannot be read.
    """

    name: str
    place: int
    sort: Sort
    made: Expression | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A form with what the rules ask of it.

    Parameters
    ----------
    form : Instrument
        The form.
    parts : tuple of Part
        Items and groups in their order.
    place : mapping of str to int
        Where each name comes first.
    items : mapping of str to Item
        The first item of each name.
    written : tuple of Written
        Every expression.
    """

    form: Instrument
    parts: tuple[Part, ...]
    place: Mapping[str, int]
    items: Mapping[str, Item]
    written: tuple[Written, ...]

    @property
    def asked(self) -> tuple[Item, ...]:
        """The items that a person answers."""
        return tuple(item for item in self.form.questions if item.asked)

    @property
    def read(self) -> Iterator[tuple[Written, Expression]]:
        """The expressions that can be read."""
        return ((written, written.made) for written in self.written if written.made is not None)

    def of_role(self, *roles: str) -> tuple[Item, ...]:
        """The items of some roles, in their order."""
        return tuple(item for item in self.form.questions if item.role in roles)

    def before(self, one: Item, other: Item) -> bool:
        """Whether an item comes before another."""
        return self.place[one.name] < self.place[other.name]


def look(form: Instrument) -> Look:
    """Go through a form once."""
    parts = tuple(part for part, _ in walk(form.items))
    place: dict[str, int] = {}
    items: dict[str, Item] = {}
    for k, part in enumerate(parts):
        place.setdefault(part.name, k)
        if isinstance(part, Item):
            items.setdefault(part.name, part)
            if with_or_other(part):
                place.setdefault(other_name(part), k)
    for name in _GIVEN:
        place.setdefault(name, -1)
    written = tuple(found for k, part in enumerate(parts) for found in _of(part, k))
    return Look(form, parts, place, items, written)


def _of(part: Part, place: int) -> Iterator[Written]:
    """The expressions of a part."""
    texts: dict[Sort, str] = {"relevance": part.relevant}
    if isinstance(part, Group):
        texts["count"] = part.count
    else:
        texts |= {"constraint": part.constraint, "calculation": part.calculation, "choice filter": part.other.get("choice_filter", "")}
        texts["condition of being required"] = part.other.get("required", "")
    for sort, text in texts.items():
        if text:
            yield _read(part.name, place, sort, text)


def _read(name: str, place: int, sort: Sort, text: str) -> Written:
    try:
        return Written(name, place, sort, parse(text))
    except InputError as trouble:
        return Written(name, place, sort, None, trouble.what)
