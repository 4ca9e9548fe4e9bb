"""What may not stand in typed words that are printed beside numbers: other numbers, and words that blame, alarm or make less of a child."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import category

from evidencekit.errors import InputError
from evidencekit.findings.languages.tongues import avoided, stray_number
from evidencekit.findings.register.grammar import PEOPLE
from evidencekit.findings.register.mentions import Mention, mentions
from evidencekit.findings.register.numerals import WORDS, even

__all__ = ["AVOID", "check_label", "check_words"]

# Words that frame a crisis, blame, or make of a child less or more than a child; and what to write instead.
AVOID = {
    r"epidemic|tsunami|plague|explosion|crisis|shocking|horrific|horrifying|alarming|terrifying": "say the number and what can be done",
    r"child porn\w*|kiddie porn\w*|porn\w*": "child sexual abuse material",
    r"child prostitut\w*|underage wom[ae]n|underage sex": "a child who was exploited",
    r"fell (?:victim|prey)|let themselves|foolish\w*|naive\w*|(?:engaged? in )?sexting": "say what was done to the child, and by whom",
    r"victims? of their own|provoc\w*|promiscu\w*|seduc\w*|asked for it|risky behaviou?rs?": "say what was done to the child, and by whom",
    r"monsters?|predators?|perverts?|paedos?|pedos?": "people who offend",
}
_JOINERS = "\u200b\u200c\u200d"  # where Khmer and Thai words may be parted, and letters that are joined or not
_AGES = r"(?:aged?|ages|years?|months?|weeks?|days?|under|over|before|until|since|in|of|-)"
_NUMBER = re.compile(
    rf"(?<![\w.])(?:{_AGES}\s+)?\d[\d,.]*(?:\s*(?:-|\u2013|to|and)\s*\d+)?(?:\s*(?:years?|months?|weeks?|days?))?", re.IGNORECASE
)
_SHARES = ("ratio", "percent", "points", "rate")
_MANY = re.compile(
    rf"\b(?:majority|minority|most) of\b|\bmost (?:{PEOPLE})\b|\bevery (?:other|second|\w+(?:th|rd)) (?:{PEOPLE})\b", re.IGNORECASE
)
_COMING_OF_AGE = re.compile(r"\bage of majority\b", re.IGNORECASE)
_WORDED_AGE = re.compile(rf"\b(?:under|over|below|above|until|by|before|than|turn\w*) (?:{WORDS})\b", re.IGNORECASE)


def check_words(name: str, given: object, *, language: str = "en", times: Sequence[str] = ()) -> str:
    """A part of a sentence, without blanks at its ends: it holds no number but ages, years and lengths of time.

    Raises
    ------
    InputError
        It is no text, or says what may not be said.
    """
    text = _neat(name, given, language)
    stray = any(not _is_age_or_time(one, text) for one in _NUMBER.finditer(text)) or "%" in text
    if stray_number(text, language, times) if language != "en" else stray or _in_words(text):
        raise InputError(
            f"{name} holds a number that is no age, year or length of time.",
            "The numbers of a sentence come from the data; leave them out of its words, written in letters too.",
        )
    if any(category(c) in ("No", "Nl") for c in text):
        raise InputError(f"{name} holds a fraction.", "The numbers of a sentence come from the data; leave them out of its words.")
    return text


def check_label(name: str, given: object) -> str:
    """A name or a title, without blanks at its ends: it may hold numbers (a year, a district), and no share.

    Raises
    ------
    InputError
        It is no text, or says what may not be said.

    Examples
    --------
    >>> from evidencekit.findings.register.linting import check_label
    >>> check_label("title=", "What children did in 2026")
    'What children did in 2026'
    """
    text = _neat(name, given, "en")
    if (
        "%" in text
        or any(one.kind in _SHARES or (one.key[:1] == ("range",) and one.unit == "share") for one in mentions(text))
        or _many(text)
    ):
        raise InputError(f"{name} holds a share.", "The shares that are said come from the data; leave them out of what is typed.")
    return text


def _neat(name: str, given: object, language: str) -> str:
    if not isinstance(given, str):
        raise InputError(f"{name} is a text, not a {type(given).__name__}.")
    text = " ".join(given.split()).rstrip(".;, ")
    if any(category(c) == "Cf" and c not in _JOINERS for c in text):
        raise InputError(f"{name} holds a mark that turns or hides letters.", "Type it again without it.")
    bare = text.replace("\u200b", "")
    for pattern, instead in AVOID.items():
        if found := re.search(rf"\b(?:{pattern})\b", bare, re.IGNORECASE):
            raise InputError(f"{name} holds {found[0].lower()!r}.", f"Instead: {instead}.")
    if language != "en" and (word := avoided(text, language)):
        raise InputError(f"{name} holds {word[0]!r}.", f"Instead: {word[1]}.")
    return text


def _in_words(text: str) -> bool:
    """Whether a number is written in letters that is no age and no length of time."""
    without = _WORDED_AGE.sub(lambda found: " " * len(found[0]), even(text))
    return any(_counts(one, without[one.core : one.end]) for one in mentions(without)) or _many(text)


def _counts(one: Mention, said: str) -> bool:
    """Whether a statistic is one of letters: how often something was lived through belongs to what was asked, and is none."""
    if any(c.isdigit() for c in said) or one.kind in ("word", "duration", "times", "rank"):
        return False
    return not (one.kind == "range" and one.key[1] == "count" and one.high < 10)


def _many(text: str) -> bool:
    return _MANY.search(_COMING_OF_AGE.sub("", text)) is not None


def _is_age_or_time(found: re.Match[str], text: str) -> bool:
    """Whether a number is an age, a year or a length of time by what stands around it."""
    said = found[0].casefold()
    if re.search(r"(?:years?|months?|weeks?|days?)$", said) or re.match(r"(?:aged?|ages)\b", said):
        return True
    if re.search(r"(?:18|19|20)\d\d$", said):
        return True
    after = text[found.end() :].lstrip(" -").casefold()
    ages = re.search(r"\d+\s*(?:-|\u2013|to|and)\s*\d+$", said) or re.match(r"(?:under|over|before)\b", said)
    return bool(ages) or after.startswith(("year", "month", "week", "day"))
