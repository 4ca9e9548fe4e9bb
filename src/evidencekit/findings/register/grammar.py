"""How a statistic is printed in English: one pattern for each kind, in the order in which they are tried."""

from __future__ import annotations

import re
from functools import cache

from evidencekit.findings.register.numerals import DIGITS, FIRST_WORDS, NUMBER, PARTS, TIMES, WORDS, signs

__all__ = ["COMPARISONS", "PEOPLE", "master", "pattern", "starts"]

PEOPLE = (
    r"(?:girls?|boys?|child(?:ren)?|kids?|adolescents?|teen(?:ager)?s?|minors?|young people|youths?|wom[ae]n|m[ae]n|adults?|parents?"
    r"|caregivers?|mothers?|fathers?|pupils?|students?|teachers?|famil(?:y|ies)|households?|users?|victims?|survivors?|offenders?|people|persons?"
    r"|respondents?|participants?|interviews?)"
)
_PERCENT = r"(?: ?%| ?per ?cent\b)(?![ -]points?)"
_POINTS = r"(?:[ -]?(?:percentage|per ?cent|%)[ -]points?| ?pp| points?)\b"
_OUT_OF = r"[ -](?:in|out[ -]of|per)(?:[ -](?:every|each))?[ -]|[ -](?:of|for)[ -](?:every|each|the)[ -]|[ -]of[ -](?=\d)"
_UNIT = rf"(?:{_PERCENT}|{_POINTS}|{TIMES}|(?:{_OUT_OF})(?:{NUMBER}))"
_PART = "|".join(sorted(PARTS, key=len, reverse=True))
# "a third round" is no fraction: a part with "a" before it needs a verb, "of" or an end after it.
_FOLLOWS = (
    r"(?=\s*(?:$|[.,;:)]|(?:of|are|were|is|was|had|has|have|said|say|says|reported|report|told|tell|did|do|does|never|also|who|that|and|or|but|in"
    r"|knew|know|felt|feel|got|received|experienced|would|could|lower|higher|more|less|fewer)\b))"
)
_EVENT = (
    rf"(?:{PEOPLE}|cases?|reports?|images?|pictures?|videos?|files?|attacks?|incidents?|requests?|messages?|offences?|victimi[sz]ations?)"
)
_CLOCK = "second|minute|hour|day|week|month|year"
_COUNTED = rf"(?:{NUMBER}|\ban?\b)"
_SO_MANY = rf"{_COUNTED} (?:[a-z-]+ ){{0,3}}?{_EVENT}"
# "one girl every 33 minutes", "two children a day", "every two seconds a child"; "every two years" alone is no rate of people
_KINDS: dict[str, str] = {
    "rate": rf"(?P<x>{_COUNTED}) (?:[a-z-]+ ){{0,3}}?{_EVENT} (?:(?:[a-z]+ ){{0,6}}?every|each|per|an?)"
    rf" (?:(?P<n>{NUMBER}|half an|few) )?(?P<unit>{_CLOCK})s?\b(?! (?:later|ago|earlier|before|after|or|in)\b)"
    rf"|\bevery (?P<m>{NUMBER}|half an|few) (?P<short>second|minute|hour)s?\b"
    rf"|\b(?:every|each) (?P<each>second|minute|hour)\b(?=,? {_SO_MANY}\b)",
    "range": rf"(?:\b(?:between|from) )?(?P<a>{NUMBER})(?P<ua>{_UNIT})? ?(?P<to>to|-|and) ?(?P<b>{NUMBER})(?P<ub>{_UNIT})?",
    "ratio": rf"(?P<x>{NUMBER})(?: {PEOPLE})?(?:{_OUT_OF})(?P<y>{NUMBER}{TIMES}?)",
    "points": rf"(?P<x>{NUMBER}){_POINTS}",
    "percent": rf"(?P<x>{NUMBER}){_PERCENT}",
    "part": rf"(?P<sign>[{signs()}])|(?<![\d/])(?P<p>\d{{1,2}})/(?P<q>\d{{1,3}})(?![\d/])"
    rf"|\b(?P<n>{WORDS}|\d{{1,2}})[ -](?P<word>{_PART})(?:s|(?<=halve)s)?\b(?! (?:party|person|round|time))"
    rf"|\ban? (?P<one>{_PART})\b{_FOLLOWS}"
    r"|\b(?P<half>half)(?= (?:of|the|a(?! (?:million|billion))|our|their|all|those|these|were|are|had|have)\b)",
    "times": r"\b(?P<word>twice|thrice|(?:two|three|four|five|six|seven|eight|nine|ten)fold)\b"
    rf"|(?P<x>{NUMBER})(?:[ -]times\b| ?x\b|-?fold\b)",
    "rank": rf"\brank(?:s|ed|ing)? (?:number )?(?P<x>{NUMBER})\b|(?P<th>\d+)(?:st|nd|rd|th)\b",
    "duration": rf"(?P<x>{NUMBER})[ -](?P<unit>second|minute|hour|day|week|month|year|decade)s?\b",
    "vague": r"\b(?P<word>(?:tens of )?(?:hundreds|thousands|millions|billions|dozens))(?= of\b)(?: of (?:thousands|millions))?",
    "count": rf"(?P<x>(?:{DIGITS}|\b{WORDS}\b){TIMES}?)|\b(?P<half>half a (?:million|billion))\b",
}
# What compares without a number; what counts as the same word is under one name.
COMPARISONS: dict[str, str] = {
    "highest": r"highest|largest|greatest|biggest|worst",
    "lowest": r"lowest|smallest|fewest",
    "most": r"(?<!at )(?<!the very )most(?! (?:recent|recently|important|importantly|notably|likely to be read|of all)\b)|majority",
    "least": r"(?<!at )least(?= \w)|minority",
    "rising": r"rising|rose|risen|on the rise|(?<!to )(?<!and )increas(?:e[sd]?|ing)|growing|grew"
    r"|soar(?:ed|ing)|surg(?:ed|ing)|climb(?:ed|ing)",
    "falling": r"falling|fell|fallen|declin(?:e[sd]?|ing)|(?<!to )decreas(?:e[sd]?|ing)|dropp(?:ed|ing)|shrink(?:ing)?|shrank",
    "doubled": r"doubl(?:ed|es|ing)",
    "tripled": r"tripl(?:ed|es|ing)|trebled",
    "quadrupled": r"quadrupl(?:ed|es|ing)",
    "halved": r"halved|halving",
    "more": r"more (?:likely|common|often|frequent)(?: than)?|higher|greater(?! than)|more (?:\w+ ){1,2}than(?! \d)",
    "less": r"less (?:likely|common|often|frequent)(?: than)?|lower(?! than \d)|(?:less|fewer) (?:\w+ ){1,2}than(?! \d)",
}


@cache
def pattern(kind: str) -> re.Pattern[str]:
    """The pattern of one kind, with its parts named; for texts in lower case."""
    return re.compile(_KINDS[kind])


@cache
def master(first: int = 0) -> re.Pattern[str]:
    """All kinds from the `first` on, for matching at a place; the name of the last group is the kind. Comparisons come after numbers."""
    numbers = "|".join(f"(?P<{kind}>{re.sub(r'[(][?]P<[a-z]+>', '(?:', body)})" for kind, body in list(_KINDS.items())[first:])
    words = "|".join(rf"(?P<c_{name}>\b(?:{body})\b)" for name, body in COMPARISONS.items())
    return re.compile(rf"{numbers}|{words}")


@cache
def starts(more: str) -> re.Pattern[str]:
    """Where something can begin: a cheap look before the patterns are tried. `more` are the first words of what is no statistic."""
    parts = "|".join(PARTS)
    words = (
        rf"(?:between|from)(?= )|(?:every|each)(?= (?:\d|{FIRST_WORDS}|half an|few|second|minute|hour))"
        rf"|an?(?= (?:[a-z-]+ ){{0,3}}?{_EVENT} (?:every|each|per|an?|(?:[a-z]+ ){{1,6}}?every) )"
        rf"|an? (?:{parts}|hundred|thousand|million|billion)|half|twice|thrice|dozens|tens|hundreds|thousands|millions|billions"
        rf"|(?:two|three|four|five|six|seven|eight|nine|ten)fold|rank(?:s|ed|ing)?|{FIRST_WORDS}|{'|'.join(COMPARISONS.values())}"
    )
    return re.compile(rf"(?<![\d.])(?<!\d,)\d|[{signs()}]|(?<!\w)(?:{words})(?!\w)|(?<!\w)(?:{more})")
