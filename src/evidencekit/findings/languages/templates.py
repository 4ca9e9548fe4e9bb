"""Templates: sentences with slots, ``"about {x} in {y}"``. Slots are names only, so that a template can hold no code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from evidencekit.errors import InputError

__all__ = ["fill", "one_sentence", "slots_of", "template", "wordless", "wrong_with"]

_SLOT = re.compile(r"\{(\w+)\}")
_ENDS = re.compile(r"([.\u17d4])[.\u17d4]+$")  # two ends of a sentence: the inner one had its own


def template(text: str) -> str:
    """Mark a text as a template that is translated, where it stands apart from the call that says it.

    Parameters
    ----------
    text : str
        In English.

    Returns
    -------
    str
        The same text: `tools/messages.py` finds it by the call.

    Raises
    ------
    InputError
        It is no text.

    Examples
    --------
    >>> from evidencekit.findings.languages import template
    >>> template("about {x} in {y}")
    'about {x} in {y}'
    """
    if not isinstance(text, str):
        raise InputError(f"A template is a text, not a {type(text).__name__}.")
    return text


def slots_of(text: str) -> Counter[str]:
    """The names of the slots, and how often each stands there."""
    return Counter(_SLOT.findall(text))


def fill(text: str, slots: Mapping[str, str]) -> str:
    """Put words into the slots; braces in them are left alone.

    Examples
    --------
    >>> from evidencekit.findings.languages.templates import fill
    >>> fill("about {x} in {y}", {"x": "1", "y": "8"})
    'about 1 in 8'
    """
    return _SLOT.sub(lambda found: slots[found[1]], text)


def wordless(text: str) -> bool:
    """Whether nothing but signs stands between the slots: then there is nothing to translate."""
    return not any(c.isalnum() for c in _SLOT.sub("", text))


def one_sentence(text: str) -> str:
    """A sentence: its first letter large, one end."""
    text = " ".join(text.split())
    return _ENDS.sub(r"\1", f"{text[:1].upper()}{text[1:]}")


def wrong_with(english: str, translated: str) -> str:
    """What keeps a translation from standing for its English template; empty where nothing does.

    It has the same slots as often, no other brace, and no number of its own.

    Examples
    --------
    >>> from evidencekit.findings.languages.templates import wrong_with
    >>> wrong_with("about {x} in {y}", "{y} orang, kira-kira {x}"), wrong_with("about {x} in {y}", "kira-kira {x}")
    ('', 'the slot {y} is missing')
    """
    wanted, given = slots_of(english), slots_of(translated)
    if missing := wanted - given:
        return f"the slot {_braced(missing)} is missing"
    if extra := given - wanted:
        return f"the slot {_braced(extra)} is too much"
    rest = _SLOT.sub("", translated)
    if "{" in rest or "}" in rest:
        return "a brace belongs to no slot"
    if any(c.isdigit() for c in rest) and not any(c.isdigit() for c in _SLOT.sub("", english)):
        return "it holds a number, and numbers come from the data"
    return ""


def _braced(names: Counter[str]) -> str:
    return " and ".join(f"{{{name}}}" for name in sorted(names))
