"""What ``or_other`` adds to a selection: the answer "other", and a text that says which."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from evidencekit.instrument.items import Choices, Item, Option

__all__ = ["OTHER", "added", "other_name", "other_text", "with_or_other", "with_other"]

OTHER = "other"
"""The code that XLSForm gives it."""
_ADDED = "added by"


def with_or_other(item: Item) -> bool:
    """Whether the form adds the answer "other" and a text for it."""
    return item.other.get("type", "").lower().replace(" ", "_").endswith(("or_other", "or_specify_other"))


def other_name(item: Item) -> str:
    """What the text is called."""
    return f"{item.name}_{OTHER}"


def with_other(item: Item) -> Item:
    """The item with the answer "other" in its list, where the form adds it."""
    if not with_or_other(item) or item.choices is None or OTHER in item.choices.codes:
        return item
    return replace(item, choices=Choices(item.choices.name, (*item.choices.listed, Option(OTHER, "Other"))))


def other_text(item: Item, taken: Collection[str]) -> Item | None:
    """The text that the form adds after an item; None where it adds none, or has an item of that name itself.

    Parameters
    ----------
    item : Item
        As it stands in the form.
    taken : collection of str
        The names of the form's own items.
    """
    if not with_or_other(item) or other_name(item) in taken:
        return None
    return Item(other_name(item), "text", relevant=f"selected(${{{item.name}}}, '{OTHER}')", role="free-text", other={_ADDED: "or_other"})


def added(item: Item) -> bool:
    """Whether it is a text that `other_text` made: it is no item of the form, and data without it lack nothing."""
    return _ADDED in item.other
