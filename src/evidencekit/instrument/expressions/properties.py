r"""Java's classes of letters in patterns, ``\p{L}`` and its like, as sets that Python's ``re`` knows.

General categories are in Python's ``unicodedata`` and mean the same wherever forms run. Scripts, blocks and further properties are not in
it, and names such as ``\p{Alpha}`` are US-ASCII in Java and Unicode on Android: these are marked, and never guessed.

References
----------
Unicode Standard Annex 44, Unicode Character Database: general categories. The documentation of java.util.regex.Pattern, Java and Android.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from evidencekit.errors import InputError

__all__ = ["beyond", "translated"]

_PROPERTY = re.compile(r"\\([pP])(?:\{([^{}]*)\}|([A-Za-z]))")
_PREFIX = re.compile(r"Is|gc=|general_category=")
_FLAGS = re.compile(r"\(\?[a-zA-Z-]+[:)]")
_CASED = ("Lu", "Ll", "Lt")
_SETS = "a set of letters within another"
_MOST = 0x10FFFF
Ranges = tuple[tuple[int, int], ...]


def translated(pattern: str) -> str:
    """A pattern with its classes of letters as sets.

    Raises
    ------
    InputError
        It has what cannot be translated exactly.
    """
    made, trouble = _read(pattern)
    if trouble:
        raise InputError(
            f"regex() has {trouble}, which is not the same everywhere or needs more than Python has.", "Write the letters out."
        )
    return made


def beyond(pattern: str) -> str:
    """What in a pattern cannot be translated exactly; empty where all of it can be."""
    return _read(pattern)[1]


def _read(pattern: str) -> tuple[str, str]:
    """The pattern translated, and what of it cannot be."""
    out: list[str] = []
    at, opened = 0, -1  # where the set of letters that is open begins
    while at < len(pattern):
        sign, rest = pattern[at], pattern[at + 1 : at + 2]
        if sign == "\\" and rest in ("p", "P"):
            made, end, trouble = _property(pattern, at, within=opened >= 0)
            if trouble:
                return "", trouble
            out.append(made)
            at = end
            continue
        if sign == "\\" and rest == "Q":
            return "", "\\Q"
        if opened >= 0 and (pattern.startswith("&&", at) or (sign == "[" and (at == opened or pattern.startswith("[:", at)))):
            return "", _SETS
        if sign == "[" and opened < 0:
            made = "[^" if rest == "^" else "["
            opened = at + len(made)
        elif sign == "]" and opened >= 0 and at > opened:
            made, opened = sign, -1
        else:
            made = pattern[at : at + 2] if sign == "\\" else sign
        out.append(made)
        at += len(made)
    return "".join(out), ""


def _property(pattern: str, at: int, *, within: bool) -> tuple[str, int, str]:
    """A class of letters as a set, or as part of the set it stands in; where it ends; what is wrong with it."""
    found = _PROPERTY.match(pattern, at)
    if found is None:
        return "", at, pattern[at : at + 2]
    named, end = found.group(2) if found.group(2) is not None else found.group(3), found.end()
    categories = _categories(named, plain=found.group(2) is None)
    if categories is None:
        return "", end, found.group(0)
    if any(set("iI") & set(flags.group(0)) for flags in _FLAGS.finditer(pattern)):
        return "", end, f"{found.group(0)} under a sign for capitals"
    if within and ((pattern[at - 1] == "-" and pattern[at - 2] not in "[^") or re.match(r"-[^\]]", pattern[end:])):
        return "", end, f"{found.group(0)} in a range"
    ranges = _ranges(categories, but=found.group(1) == "P")
    letters = "".join(f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return (letters if within else f"[{letters}]"), end, ""


def _categories(name: str, *, plain: bool) -> tuple[str, ...] | None:
    """The general categories that a name stands for, None where it is none of them."""
    bare = name if plain else _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name
    if bare == "LC":
        return _CASED
    known = {category for _, category in _runs()}
    found = tuple(sorted(category for category in known if bare in (category, category[0])))
    return found or None


@lru_cache(maxsize=1)
def _runs() -> tuple[tuple[int, str], ...]:
    """Where runs of letters of one category begin."""
    made: list[tuple[int, str]] = []
    before = ""
    for place, category in enumerate(map(unicodedata.category, map(chr, range(_MOST + 1)))):
        if category != before:
            made.append((place, category))
            before = category
    return tuple(made)


@lru_cache(maxsize=64)
def _ranges(categories: tuple[str, ...], *, but: bool) -> Ranges:
    """The letters of some categories, or all but these, as ranges."""
    made: list[tuple[int, int]] = []
    ends = [*(place for place, _ in _runs()[1:]), _MOST + 1]
    for (low, category), end in zip(_runs(), ends, strict=True):
        if (category in categories) is but:
            continue
        if made and made[-1][1] == low - 1:
            made[-1] = (made[-1][0], end - 1)
        else:
            made.append((low, end - 1))
    return tuple(made)
