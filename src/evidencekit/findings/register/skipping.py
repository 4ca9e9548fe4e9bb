"""Numbers that are no statistics: years, dates, ages, references, telephone numbers, addresses, versions, numbers of a list."""

from __future__ import annotations

import re
from functools import cache

from evidencekit.findings.register.grammar import PEOPLE
from evidencekit.findings.register.numerals import WORDS

__all__ = ["AGES", "masked", "skipping"]

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19|20)\d\d"
_NO_SHARE = r"(?! ?%| per ?cent| percent| in \d| out of \d|[.,]?\d)"
_LABEL = (
    r"drafts?|editions?|pages?|pp?\.|sections?|sec\.|§+|chapters?|ch\.|tables?|figures?|figs?\.?|box(?:es)?|annex(?:es)?|appendix|footnotes?|endnotes?|notes?|items?"
    r"|questions?|articles?|arts?\.|parts?|paragraphs?|paras?\.?|goals?|sdgs?|targets?|indicators?|rounds?|waves?|versions?|steps?|lines?|columns?"
    r"|rows?|cells?|slides?|volumes?|vol\.|issues?|clauses?|resolutions?|protocols?|phases?|levels?|grades?|forms?|modules?|options?|findings?"
    r"|recommendations?|claims?|rules?|no\.|nos\.|nr\.|number|#|room|class|regulations?|directives?|conventions?|principles?|model"
)
_CALL = "call|calls|phone|telephone|tel|dial|ring|text|sms|whatsapp|help ?-?line|hotline|fax|free of charge"
_WORDED = rf"(?:\d{{1,2}}|{WORDS})"
AGES = (
    rf"(?:\b(?:aged?|ages|between the ages of)(?: between| from| of)? {_WORDED}(?: ?(?:to|-|and) ?{_WORDED})?\+?"
    rf"(?: years?(?: old)?| and over| or older)?"
    rf"|\b{_WORDED}(?: ?(?:to|-) ?{_WORDED})?[ -]?year[- ]?olds?|{_WORDED}(?: ?(?:to|-) ?{_WORDED})? years (?:old|of age)"
    rf"|\b(?:under|over|below|above|before|by|until|turn(?:s|ed|ing)?)(?: the age of| age)[ -]{_WORDED}|(?:under|over)[ -]\d{{1,2}}s\b"
    rf"|\b(?:under|below|before|over) (?:18|16|15|13)\b(?! ?%| per|[ -]in|[.,]?\d| out)"
    rf"|\b{PEOPLE} \(?\d{{1,2}} ?(?:-|to) ?\d{{1,2}}\)?(?: years)?(?! ?%| per| in \d|[.,]?\d))"
)
_STARTS = (
    r"\d{4}-\d\d(?:-\d\d)?(?:[t ]\d\d:\d\d(?::\d\d)?z?)?\b|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b",
    r"\d{1,2}:\d\d\b(?: ?[ap]m\b)?|\d{1,2} ?[ap]\.?m\b",
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?: ?(?:-|to|and) ?\d{{1,2}}(?:st|nd|rd|th)?)? (?:of )?{_MONTH}(?:,? {_YEAR})?(?!\w)",
    rf"\b{_MONTH} (?:{_YEAR}\b{_NO_SHARE}|\d{{1,2}}(?:st|nd|rd|th)?\b{_NO_SHARE}(?:,? {_YEAR}\b)?)",
    rf"{_YEAR} ?(?:-|/|to|and) ?(?:{_YEAR}|\d\d)\b(?! ?%|[.,]\d)|{_YEAR}s\b|\b(?:between|from) {_YEAR} (?:and|to) {_YEAR}\b",
    rf"(?<!n = )(?<!n=){_YEAR}\b(?![.,]\d| ?%| per ?cent| {PEOPLE}\b| million| times| out of| in \d)",
    AGES,
    rf"(?<![\w-])(?:{_LABEL}) ?(?:no\. ?)?\d+(?:\.\d+)*[a-z]?(?: ?(?:,|-|to|and|or|of|/|&) ?\d+(?:\.\d+)*)*\b{_NO_SHARE}",
    r"\b(?:law|act|decree|bill|order|code)(?: no\.?| number| nr\.?)? ?\d+(?:[/.-]\d+)*\b" + _NO_SHARE,
    rf"\b(?:{_CALL})\b[^\d.;\n]{{0,25}}?\+?[\d(][\d ()-]*\d{_NO_SHARE}",
    r"(?<=\+)\d[\d ()-]{5,}\d|0\d{1,4}(?:[ -]\d{2,4}){1,4}\b|0\d{5,}",  # telephone numbers
    r"\d{2} ?(?:%|per ?cent) ?-?(?:ci\b|confidence|uncertainty|credible|interval|level|limits?\b|certain)",
    r"\b(?:p ?(?:-?value ?)?|(?:alpha|\u03b1) ?)[<=>≤] ?0?\.\d+",
    r"\bv\d+(?:\.\d+)*\b|\d+\.\d+\.\d+(?:\.\d+)*\b|\b(?:iso|rfc|unicode|iec) ?\d+(?:[-:]\d+)*",  # versions, standards
    r"(?<=[^\W\d_])\d[\w.-]*|(?<=[^\W\d_]-)\d\w*|\d+ ?(?:g|d|mb|gb|kb|px|pt|cm|mm|km|kg)\b",  # COVID-19, A4, 5G
    rf"\d+(?:st|nd|rd|th) (?:centur\w+|birthdays?|anniversary|{_MONTH})|24/7\b|9/11\b",
    rf"(?:\bbetween )?(?:\d+|\b{WORDS}) ?(?:-|to|and|or) ?(?:\d+|{WORDS}) (?:second|minute|hour|day|week|month|year)s?\b",
    r"\b(?:first|second|third|fourth|other|latter) (?:half|quarter)\b|\bhalf an? hour|\bhalf-? ?(?:year|day|term|way|time)\b",
    rf"(?:once|twice|thrice|\b{WORDS} times|\d+ times) (?:(?:a|an|per|every|each) (?:hour|day|week|month|year)|in the (?:past|last))\b",
)
# The words that these begin with, each with what must follow it at once: a cheap look that keeps most prose from being tried.
_FIRST = (
    rf"{_MONTH}(?= \d)|(?:aged?|ages)(?= )|(?:under|over|below|above|before|by|until|turn(?:s|ed|ing)?)(?=[ -](?:\d|the age of |age ))"
    rf"|{PEOPLE}(?= \(?\d)|(?:{_LABEL})(?= ?(?:no\. ?)?\d)|(?:law|act|decree|bill|order|code)(?= (?:no|number|nr|\d))|{_CALL}"
    r"|(?:p(?: ?-?value)?|alpha|\u03b1)(?= ?[<=>≤])|(?:iso|rfc|unicode|iec)(?= \d)|v(?=\d)|(?:iso|rfc|unicode|iec)(?=\d)"
    r"|(?:first|second|third|fourth|other|latter)(?= half| quarter)|once"
)
_ADDRESS = re.compile(
    r"https?://\S+|\bwww\.\S+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,99}|\bdoi: ?\S+|\b10\.\d{4,}/\S+|\]\([^)\s]{0,999}\)"
    r"|\[(?:\^[^\]\s]{1,40}|\d+(?: ?[,-] ?\d+)*)\]:?",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\s*(?:#+ )?(?:\d+\.)+\d+\.?(?= +[A-Z])|\s*(?:[-*+] |#+ |\()?\d{1,3}[.)](?= |$)")


@cache
def skipping() -> tuple[re.Pattern[str], str]:
    """What is no statistic, for matching at a place in a text in lower case; and the words that it can begin with."""
    return re.compile("|".join(f"(?:{one})" for one in _STARTS)), _FIRST


def masked(text: str) -> str:
    """The text with addresses, marks of notes, and the number of an item or a heading at its beginning made blank; as long as before."""
    numbered = _HEADING.match(text)
    if numbered is not None:
        text = " " * numbered.end() + text[numbered.end() :]
    if "@" in text or "://" in text or "[" in text or "10." in text or "www" in text or "doi" in text:
        text = _ADDRESS.sub(lambda found: " " * len(found.group()), text)
    return text
