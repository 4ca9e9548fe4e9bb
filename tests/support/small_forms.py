"""Forms to try the instrument rooms on: small, with every kind of logic in them."""

from __future__ import annotations

from typing import Any

import evidencekit as ek
from evidencekit.instrument import Choices, Group, Item, Option

__all__ = ["DK", "RF", "small_form"]

DK, RF = ek.Missing.DONT_KNOW, ek.Missing.REFUSED
_AGREED = "${agrees} = 1"


def _both(english: str, french: str) -> dict[str, str]:
    return {"English (en)": english, "French (fr)": french}


def _lists() -> dict[str, Choices]:
    way_out = _both("I prefer not to say", "Je passe")
    yes_no: dict[Any, Any] = {1: _both("Yes", "Oui"), 0: _both("No", "Non"), 98: _both("I do not know", "Je ne sais pas"), 99: way_out}
    used = [Option("chat", "Chat"), Option("game", "Games"), Option("video", "Videos")]
    used += [Option("none", "None of these", exclusive=True), Option("98", "I do not know", DK)]
    often = {1: "Often", 2: "Sometimes", 3: "Rarely", 4: "Never", 99: "I prefer not to say"}
    return {
        "yes_no": Choices("yes_no", yes_no, missing={98: DK, 99: RF}),
        "often": Choices("often", often, missing={99: RF}),
        "consent": Choices("consent", {1: "I agree", 0: "I do not agree"}),
        "used": Choices("used", used),
        "device": Choices("device", {"phone": "Phone", "computer": "Computer"}),
    }


def small_form() -> ek.Instrument:
    """A form of two languages with skips, a battery, several answers, a repeated group, a place and free text."""
    lists = _lists()
    age = _both("How old are you?", "Quel age as-tu ?")
    contact = _both("Did anyone write to you whom you do not know?", "Est-ce qu'une personne inconnue t'a ecrit ?")
    battery = [
        Item(f"adult_{word}", "select_one", f"An adult helps me with {word}", lists["often"], required=True)
        for word in ("homework", "safety", "friends", "problems")
    ]
    online = [
        Item("used", "select_multiple", "What did you use?", lists["used"], required=True),
        Item("asked", "select_one", contact, lists["yes_no"], required=True, role="sensitive", purpose="contact"),
        Item("told", "select_one", "Did you tell someone?", lists["yes_no"], "${asked} = 1", required=True, role="sensitive"),
        Item("times", "integer", "How many times?", relevant="${asked} = 1 and ${age} >= 14", constraint=". >= 1 and . <= 90"),
    ]
    phone = "${device_kind} = 'phone'"
    device = [
        Item("device_kind", "select_one", "Which?", lists["device"], required=True),
        Item("device_age", "integer", "How many years old?", relevant=phone, constraint=". >= 0 and . <= ${age}"),
    ]
    items = [
        Item("agrees", "select_one", "Do you agree to take part?", lists["consent"], required=True, role="consent"),
        Item("age", "integer", age, None, _AGREED, ". >= 12 and . <= 17", required=True, role="quasi-identifier", purpose="all"),
        Item("hours", "decimal", "Hours online", None, _AGREED, ". >= 0 and . <= 24", missing={-98: DK}),
        Group("online", online, relevant=_AGREED),
        Group("support", battery, relevant=_AGREED),
        Item("note_end", "note", "Thank you."),
        Item("comment", "text", "Anything else?", relevant="selected(${used}, 'chat')", role="free-text"),
        Item("spot", "place", "Where are we?"),
        Item("devices", "integer", "How many devices?", None, _AGREED, ". >= 0 and . <= 3"),
        Group("device", device, repeat=True, count="${devices}"),
        Item("older", "calculate", calculation="if(${age} >= 15, 1, 0)", relevant=_AGREED),
    ]
    return ek.Instrument("small", items, title="A small form", version="1")
