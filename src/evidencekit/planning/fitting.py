"""Whether a method can be used in a context: the gates that hold for all, then the conditions on its card."""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.planning.cards import Card, Condition
from evidencekit.planning.context import Context
from evidencekit.planning.gates import Stop, gates_of

__all__ = ["Fit", "Why", "fit"]


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: its rule (a gate, or ``"card"``), what it says, what to do instead, and where it is from."""

    rule: str
    says: str
    instead: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether a method can be used.

    Parameters
    ----------
    against : tuple of Why
        What stands in the way.
    unknown : tuple of Why
        What has to be known first.
    """

    against: tuple[Why, ...] = ()
    unknown: tuple[Why, ...] = ()

    @property
    def ok(self) -> bool | None:
        """Yes, no, or None where that is not known."""
        return False if self.against else None if self.unknown else True


def fit(card: Card, context: Context) -> Fit:
    """Hold a context to the gates and to a card."""
    against = [_stopped(stop) for stop in gates_of(card, context) if stop.known]
    unknown = [_stopped(stop) for stop in gates_of(card, context) if not stop.known]
    for wanted, conditions in ((True, card.requires), (False, card.refuses_if)):
        for one in conditions:
            holds = one.holds(context)
            if holds is None:
                unknown.append(_why(one, context, card))
            elif holds is not wanted:
                against.append(_why(one, context, card))
    return Fit(against=tuple(against), unknown=tuple(unknown))


def _why(one: Condition, context: Context, card: Card) -> Why:
    asks = context.asked(one.field).asks
    return Why("card", f"{asks} {_sentence(one.why)}", one.instead, f"card of {card.name} {card.version}")


def _stopped(stop: Stop) -> Why:
    return Why(stop.gate, stop.says, stop.instead, stop.source)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
