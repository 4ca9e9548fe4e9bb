"""Where a method meets people, read from what its card requires; and answers that may be yes, no or not known."""

from __future__ import annotations

from evidencekit.planning.cards import Card
from evidencekit.planning.context import Context

__all__ = ["ONLINE", "above", "both", "reached"]

ONLINE = ("self-selected-adjusted", "self-selected")


def reached(card: Card) -> frozenset[str]:
    """Any of ``households``, ``schools``, ``online``, ``venues`` and ``networks``."""
    needs = {one.field for one in card.requires}
    places = {
        "households": bool(needs & {"access.household_frame", "access.listing_affordable"})
        or card.inference == "random-walk"
        or any("household" in one for one in card.cost_counts),
        "schools": bool(needs & {"access.school_frame", "access.schools_willing"}),
        "online": "access.panel_vendor" in needs or card.inference in ONLINE,
        "venues": "access.venues" in needs or card.inference == "venue",
        "networks": card.inference == "network",
    }
    return frozenset(place for place, holds in places.items() if holds)


def both(*answers: bool | None) -> bool | None:
    """Yes where all are; no where any is no; else not known."""
    return False if any(one is False for one in answers) else None if None in answers else True


def above(context: Context, path: str, limit: float) -> bool | None:
    """Whether a number is above a limit; not known where its range has both, or where nothing can be assumed."""
    if context[path] is None and context.asked(path).unknown is None:
        return None
    between = context.range(path)
    return True if between.low > limit else False if between.high <= limit else None
