"""What in a text points to a person: telephone numbers, addresses, handles, positions, dates, long numbers, names.

The patterns are wide on purpose: a hit asks for a look, and no hit is no proof. Dates are found by their shape in any language; that one is
a date of birth no pattern knows. Digits of every script count (Thai, Khmer, Burmese, Lao, Arabic and others), and signs of no width, which
these scripts set between words, do not part what belongs together.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache

__all__ = ["KINDS", "Names", "plain", "traces_in"]

_WINDOW, _OVERLAP = 600, 160
KINDS = ("name", "phone", "handle", "e-mail", "url", "coordinates", "date", "number")

_EMAIL = re.compile(r"[^\s@<>(),;:]{1,64} ?@ ?[^\s@<>(),;:]{1,64}\.[^\s@<>(),;:.\d]{2,16}")
_URL = re.compile(
    r"(?:https?|ftp)://\S+|\bwww\.\S+|\b(?:t\.me|wa\.me|bit\.ly|fb\.com)/\S*"
    r"|(?<![@\w.])[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,62}){0,4}\.(?:com|net|org|info|biz|gov|edu|int|gg|io|app|link|site|online|xyz"
    r"|kh|th|vn|ph|id|mm|la|my|sg|tl|bn|cn|in|np|bd|lk|pk|ke|ug|tz|za|ng|gh|et|mx|br|co|uk|fr|de|ru)(?:/\S*)?(?![\w@.-])",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?<![\w.@])@[\w.]{2,40}|\b\w{2,32}#\d{4}\b"
    r"|\b(?:telegram|line|facebook|fb|messenger|instagram|insta|ig|snap|snapchat|tiktok|discord|whatsapp|viber|zalo|wechat|skype|roblox"
    r"|twitter|kakao|imo)\s{0,3}(?:id|user(?:name)?|name|account)?\s{0,3}[:=]\s{0,3}\S",
    re.IGNORECASE,
)
_DECIMAL = r"[-+]?\d{1,3}[.,]\d{3,18}"
_COORDINATES = re.compile(
    rf"(?<![\d.,])({_DECIMAL})\s?°?\s?[NSns]?\s?[,;/\s]\s{{0,3}}({_DECIMAL})(?!\d)"
    r"|\d{1,3}\s?°\s?\d{1,2}(?:[.,]\d{1,9})?\s?['\u2032\u2019]|(?<![\w])[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?!\w)"
)
# Years of our era and of the Buddhist one, as Thai and Lao forms write them.
_YEAR = r"(?:19\d\d|20\d\d|24[4-9]\d|25\d\d)"
_DATE = re.compile(
    rf"(?<!\d)(?:{_YEAR}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?\d{{1,2}}|\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?(?:{_YEAR}|\d\d))(?!\d)"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?[\s,.]{{0,3}}(?:[^\d\s,;]{{2,20}}[\s,.]{{0,3}}){{1,2}}?(?:\d{{1,2}}[\s,.]{{0,3}})?(?:[^\d\s,;]{{2,10}}\s)?{_YEAR}(?!\d)"
    rf"|[^\W\d_]{{3,12}}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}(?!\d)"
)
_PHONE = re.compile(r"(?<![\d.,+])(?:\+|00)?\(?\d(?:[\s.\-()/]{0,2}\d){6,14}(?![\d])")
_SPAN_OF_YEARS = re.compile(r"(?:19|20)\d\d\s?[-/]\s?(?:19|20)\d\d")
_AMOUNT = re.compile(r"\d{1,3}(?:([., ])\d{3})+|\d+[.,]\d+")
_NUMBER = re.compile(r"(?<!\d)\d{6,}(?!\d)")


class Names:
    """Names to look for, whole words where a script parts words and anywhere where it does not.

    Parameters
    ----------
    names : iterable of str
        As many as wanted; upper and lower case are alike.
    """

    __slots__ = ("_joined", "_longest", "_words")

    def __init__(self, names: Iterable[str]) -> None:
        made = [" ".join(plain(name).casefold().split()) for name in names]
        words = [name for name in made if name and not _unspaced(name)]
        joined = [name for name in made if len(name) > 1 and _unspaced(name)]
        self._words = frozenset(words)
        self._longest = max((len(name.split()) for name in words), default=0)
        self._joined = re.compile("|".join(map(re.escape, sorted(set(joined), key=len, reverse=True)))) if joined else None

    def __repr__(self) -> str:
        return "Names(...)"

    def found(self, text: str) -> bool:
        """Whether one of them stands in a text that `plain` gave."""
        low = text.casefold()
        if self._joined is not None and self._joined.search(low):
            return True
        words = re.findall(r"[^\s\d.,;:!?()\[\]{}\"“”«»/\\@#<>=+*&|_]+", low)
        words = [word.strip("'\u2019-") for word in words]
        return any(" ".join(words[i : i + size]) in self._words for size in range(1, self._longest + 1) for i in range(len(words)))


def traces_in(text: str, names: Names | None = None) -> tuple[str, ...]:
    """The kinds of traces in a text, in the order of `KINDS`."""
    told = plain(text)
    # In windows, so that the time grows with the length of a text and not with its square.
    windows = [told[start : start + _WINDOW] for start in range(0, max(len(told) - _OVERLAP, 1), _WINDOW - _OVERLAP)]
    found = {kind for kind, look in _LOOKS.items() if any(look(window) for window in windows)}
    if names is not None and names.found(told):
        found.add("name")
    return tuple(kind for kind in KINDS if kind in found)


def plain(text: str) -> str:
    """A text in one spelling: compatible forms as one, digits of every script as 0 to 9, signs without width gone."""
    return unicodedata.normalize("NFKC", text).translate(_table())


@cache
def _table() -> Mapping[int, str | None]:
    """Every decimal digit as its ASCII one, and signs without width as nothing."""
    made: dict[int, str | None] = {}
    for point in range(128, sys.maxunicode + 1):
        sign = chr(point)
        kind = unicodedata.category(sign)
        if kind == "Nd":
            made[point] = str(unicodedata.decimal(sign))
        elif kind == "Cf":
            made[point] = None
    return made


def _coordinates(text: str) -> bool:
    for hit in _COORDINATES.finditer(text):
        if hit[1] is None:
            return True
        one, two = (float(part.replace(",", ".")) for part in (hit[1], hit[2]))
        if (abs(one) <= 90 and abs(two) <= 180) or (abs(two) <= 90 and abs(one) <= 180):
            return True
    return False


def _phone(text: str) -> bool:
    """A row of 7 to 15 digits that is no date, position, amount or span of years."""
    bare = _DATE.sub(" ; ", _COORDINATES.sub(" ; ", text))
    for hit in _PHONE.finditer(bare):
        said = hit[0].strip()
        digits = sum(sign.isdigit() for sign in said)
        called = said.startswith(("+", "0", "(")) or digits >= 8 or "-" in said
        if called and not _SPAN_OF_YEARS.fullmatch(said) and (said.startswith("0") or not _AMOUNT.fullmatch(said)):
            return True
    return False


def _number(text: str) -> bool:
    return _NUMBER.search(_DATE.sub(" ; ", _COORDINATES.sub(" ; ", text))) is not None


def _unspaced(name: str) -> bool:
    """Whether a name is in a script that sets no space between words: Thai, Lao, Burmese, Khmer, Chinese, Japanese."""
    return any(
        "\u0e00" <= sign <= "\u0eff" or "\u1000" <= sign <= "\u109f" or "\u1780" <= sign <= "\u17ff" or sign >= "\u2e80" for sign in name
    )


_LOOKS: Mapping[str, Callable[[str], bool]] = {
    "phone": _phone,
    "handle": lambda text: _HANDLE.search(_EMAIL.sub(" ", text)) is not None,
    "e-mail": lambda text: _EMAIL.search(text) is not None,
    "url": lambda text: _URL.search(_EMAIL.sub(" ", text)) is not None,
    "coordinates": _coordinates,
    "date": lambda text: _DATE.search(text) is not None,
    "number": _number,
}
