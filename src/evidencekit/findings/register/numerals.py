"""Numbers in digits and in English words, read as they are printed."""

from __future__ import annotations

import sys
import unicodedata
from decimal import Decimal
from functools import cache

__all__ = ["DIGITS", "FIRST_WORDS", "NUMBER", "PARTS", "TIMES", "WORDS", "even", "part_of", "signs", "value_of"]

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ONES = {word: n for n, word in enumerate(_SMALL.split())}
_LATER = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * n for n, word in enumerate(_LATER.split(), start=2)}
_LARGE = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_SHORT = {"k": 1000, "m": 10**6, "mn": 10**6, "bn": 10**9}
_PLACES = "third fourth fifth sixth seventh eighth ninth tenth"
_ORDINALS = {word: n for n, word in enumerate(_PLACES.split(), start=3)}
PARTS = {"half": 2, "halve": 2, "quarter": 4, "twentieth": 20, "hundredth": 100, "thousandth": 1000} | _ORDINALS
_DRAWN = "½12 ⅓13 ⅔23 ¼14 ¾34 ⅕15 ⅖25 ⅗35 ⅘45 ⅙16 ⅚56 ⅐17 ⅛18 ⅜38 ⅝58 ⅞78 ⅑19"
_SIGNS = {sign: (int(x), int(y)) for sign, x, y in _DRAWN.split()}

# 220,000 or 220 000 or 12.5 or 1996; a decimal comma only before a percent sign or word, where it cannot separate thousands.
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?: \d{3})+(?:\.\d+)?(?![\d,])|\d+,\d{1,2}(?= ?(?:%|per ?cent))|\d+(?:\.\d+)?)"
_ANY = "|".join([*sorted([*_ONES, *_TENS], key=len, reverse=True)])
_BIG = "hundred|thousand|million|billion"
_JOIN = r"(?:[ -]|(?<=hundred) and |(?<=thousand) and )"
WORDS = rf"(?:(?:{_ANY}|an?(?= (?:{_BIG})\b))(?:{_JOIN}(?:{_ANY}|{_BIG})\b){{0,8}})"
FIRST_WORDS = rf"{_ANY}|an?(?= (?:{_BIG})\b)"
NUMBER = rf"(?:{DIGITS}|\b{WORDS}\b)"
TIMES = r"(?: ?(?:thousand|million|billion|mn|bn)\b| ?[mk](?![\w/²]))"


def value_of(text: str) -> Decimal | None:
    """The number that digits or words say, with the multiplier after them; None where words make no number ("one two").

    Examples
    --------
    >>> from evidencekit.findings.register.numerals import value_of
    >>> value_of("220 000"), value_of("0.22 million"), value_of("twenty-seven"), value_of("one two")
    (Decimal('220000'), Decimal('220000.00'), Decimal('27'), None)
    """
    text = text.strip().lower()
    if text[:1].isdigit():
        cut = next((i for i, c in enumerate(text) if c.isalpha()), len(text))
        digits, word = text[:cut].strip(), text[cut:].strip()
        whole = digits.replace(" ", "")
        comma = "," in whole and len(whole.rpartition(",")[2].partition(".")[0]) != 3
        return Decimal(whole.replace(",", "." if comma else "")) * (_LARGE | _SHORT).get(word, 1)
    return _worded(text.replace("-", " ").split())


def _worded(words: list[str]) -> Decimal | None:
    total = group = 0
    before = ""  # the kind of the word before: tens take ones, ones take neither
    for word in words:
        if word in ("a", "an"):
            group, before = 1, "ones"
        elif word in _ONES:
            if before == "ones" or (before == "tens" and not 0 < _ONES[word] < 10):
                return None
            group, before = group + _ONES[word], "ones"
        elif word in _TENS:
            if before in ("ones", "tens"):
                return None
            group, before = group + _TENS[word], "tens"
        elif word == "hundred":
            group, before = max(group, 1) * 100, "large"
        elif word in _LARGE:
            total, group, before = total + max(group, 1) * _LARGE[word], 0, "large"
    return Decimal(total + group)


def part_of(text: str) -> tuple[int, int] | None:
    """The fraction that a sign or a word says: "½", "third", "quarters"."""
    if text in _SIGNS:
        return _SIGNS[text]
    word = text.lower()
    y = PARTS.get(word) or PARTS.get(word.removesuffix("s"))
    return None if y is None else (1, y)


def signs() -> str:
    """Every sign that is a fraction."""
    return "".join(_SIGNS)


_BREAKS = {9: " ", 10: " ", 13: " "}


@cache
def _table() -> dict[int, str]:
    """One character for one: digits of every script, kinds of dash, of space and of quotation mark."""
    digits = {c: str(unicodedata.decimal(chr(c))) for c in range(128, sys.maxunicode + 1) if unicodedata.category(chr(c)) == "Nd"}
    dashes = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"}
    spaces = {ord(c): " " for c in "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"}
    marks = {ord("\u2018"): "'", ord("\u2019"): "'", ord("\u201c"): '"', ord("\u201d"): '"', ord("\uff05"): "%", ord("\u066a"): "%"}
    return digits | dashes | spaces | marks | _BREAKS


def even(text: str) -> str:
    """The text with its digits, dashes, spaces and quotation marks made the same, character for character."""
    if text.isascii():
        return text.translate(_BREAKS) if "\n" in text or "\t" in text else text
    return text.translate(_table())
