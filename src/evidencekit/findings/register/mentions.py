"""Mention: a statistic found in a text, with what it says once how it is printed is set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evidencekit.findings.register.grammar import master, pattern, starts
from evidencekit.findings.register.numerals import even, part_of, value_of
from evidencekit.findings.register.sides import after, before
from evidencekit.findings.register.skipping import masked, skipping

__all__ = ["Key", "Mention", "mentions"]

Key = tuple[str, ...]  # a kind and its numbers: two mentions with one key say the same number with the same precision
_UNITS = {"ratio": "share", "percent": "share", "count": "people", "duration": "years"} | {one: one for one in ("points", "times", "rank")}
_FOLD = "two three four five six seven eight nine ten"
_TIMES = {"twice": 2, "thrice": 3} | {f"{word}fold": n for n, word in enumerate(_FOLD.split(), start=2)}
_FAR, _BEFORE = 400, 6  # characters and numbers between a number and the interval in brackets that is its own
_CALLED = re.compile(r"\((?:[^()]{0,40}\b)?(?:interval|ci|confidence|limits?|range|uncertainty)\b[^()]{0,20}$")
_RARELY = 10  # number words below this are no statistic by themselves ("one of the", "two rounds")


@dataclass(frozen=True, slots=True)
class Mention:
    """One statistic in a text.

    Parameters
    ----------
    start, end : int
        Where it stands, words that say a side ("more than") with it.
    core : int
        Where its number begins.
    kind : str
        "rate", "ratio", "percent", "points", "count", "times", "rank", "duration", "range", "vague" or "word".
    key : tuple of str
        Its kind and numbers; "12%" and "12 in 100" have the same key, "1 in 8" and "12.5%" do not: they differ in precision.
    low, high : float
        The number; both ends of a range. 0 where there is none.
    unit : str
        The unit of a Quantity that it can be compared with, or "".
    side : str
        What the words before and after it say: "", "about", "more than", "at least", "fewer than", "at most" or "emphasis".
    """

    start: int
    end: int
    core: int
    kind: str
    key: Key
    low: float
    high: float
    unit: str
    side: str = ""


def mentions(text: str) -> list[Mention]:
    """Every statistic in a text, in order.

    Examples
    --------
    >>> from evidencekit.findings.register.mentions import mentions
    >>> [(m.key, m.side) for m in mentions("In 2024, more than one in eight girls aged 12-17, or 12 per cent.")]
    [(('ratio', '1', '8'), 'more than'), (('percent', '12'), '')]
    """
    text = masked(even(text)).replace("\u0130", "I").lower()
    no_statistic, first = skipping()
    begin, found, at = starts(first), list[Mention](), 0
    while (place := begin.search(text, at)) is not None:
        start = place.start()
        over = no_statistic.match(text, start)
        if over is not None:
            at = over.end()
            continue
        one = _read(text, start, found)
        if one is not None:
            found.append(one)
        at = start + 1 if one is None else one.end
        at = _past_digits(text, at) if one is None and text[start].isdigit() else at
    return found


def _past_digits(text: str, at: int) -> int:
    while at < len(text) and text[at].isdigit():
        at += 1
    return at


def _read(text: str, at: int, found: Sequence[Mention]) -> Mention | None:
    """The statistic that begins at a place: as a rate, else as a range, else as a ratio, else as anything else."""
    for level in range(4):
        hit = master(level).match(text, at)
        if hit is None:
            return None
        name = hit.lastgroup or ""
        if name.startswith("c_"):
            return Mention(hit.start(), hit.end(), hit.start(), "word", ("word", name[2:]), 0, 0, "")
        parts = pattern(name).match(text, at)
        made = None if parts is None else _range(text, parts, found) if name == "range" else _number(name, parts.groupdict())
        if made is not None:
            return _placed(text, hit, made, found[-1] if found else None)
    return None


def _placed(text: str, hit: re.Match[str], made: _Made, last: Mention | None) -> Mention:
    kind, key, low, high = made
    start, side = before(text, hit.start())
    if last is not None and start < last.end:
        start, side = hit.start(), ""
    end, more = after(text, hit.end())
    unit = _UNITS.get(key[1] if key[0] == "range" else kind, "")
    return Mention(start, end, hit.start(), kind, key, low, high, unit, more or side)


def _plain(number: Decimal) -> str:
    """A number as one text: the decimals of a share are kept, for they are its precision."""
    return f"{number:f}"


def _whole(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_Made = tuple[str, Key, float, float]


def _share(x: Decimal, y: Decimal) -> _Made | None:
    if y <= 0 or not 0 <= x <= y:
        return None
    if y == 100:
        return "percent", ("percent", _plain(x)), float(x) / 100, float(x) / 100
    return "ratio", ("ratio", _whole(x), _whole(y)), float(x / y), float(x / y)


def _rate(said: dict[str, Any]) -> _Made | None:
    """So many in so much time; the number is not one that a share could be held against."""
    unit = said["unit"] or said["short"] or said["each"]
    often = [_often(said[name]) for name in ("x", "n" if said["unit"] else "m")]
    return None if None in often else ("rate", ("rate", *(one or "" for one in often), unit), 0, 0)


def _often(text: str | None) -> str | None:
    if text in ("half an", "few"):
        return text
    value = Decimal(1) if text in (None, "a", "an") else value_of(text or "")
    return None if value is None else _whole(value)


def _number(name: str, said: dict[str, Any]) -> _Made | None:
    if name == "rate":
        return _rate(said)
    if name == "part":
        return _part(said)
    if name == "vague":
        return "vague", ("vague", said["word"].lower()), 0, 0
    if name == "times" and said["word"]:
        n = _TIMES[said["word"].lower()]
        return "times", ("times", str(n)), n, n
    if name == "count" and said.get("half"):
        n = Decimal(500_000 if said["half"].lower().endswith("million") else 500_000_000)
        return "count", ("count", _whole(n)), float(n), float(n)
    raw = said.get("x") or said.get("th") or ""
    x = value_of(raw)
    if x is None:
        return None
    if name == "ratio":
        y = value_of(said["y"])
        year = said["y"].isdigit() and len(said["y"]) == 4 and 1900 <= int(said["y"]) <= 2100 and not (x == 1 and int(said["y"]) % 100 == 0)
        return None if y is None or year else _share(x, y)
    if name == "percent":
        return "percent", ("percent", _plain(x)), float(x) / 100, float(x) / 100
    if name == "points":
        return "points", ("points", _plain(x)), float(x) / 100, float(x) / 100
    if name == "duration":
        return "duration", ("duration", _whole(x), said["unit"].lower()), float(x), float(x)
    if name == "count" and raw[0].isalpha() and x < _RARELY:
        return None
    return name, (name, _whole(x)), float(x), float(x)


def _part(said: dict[str, Any]) -> _Made | None:
    if said["sign"]:
        x, y = part_of(said["sign"]) or (0, 0)
    elif said["p"]:
        x, y = int(said["p"]), int(said["q"])
        if not 0 < x < y:
            return None
    else:
        y = (part_of(said["word"] or said["one"] or said["half"]) or (0, 0))[1]
        n = value_of(said["n"]) if said["n"] else Decimal(1)
        x = 0 if n is None else int(n)
    return _share(Decimal(x), Decimal(y)) if 0 < x < y else None


def _range(text: str, parts: re.Match[str], found: Sequence[Mention]) -> _Made | None:
    """A range, where both ends are of one kind and in order; "and" makes one only after "between"."""
    opened = parts.group(0)[:7].lower() == "between"
    if parts["to"].lower() == "and" and not opened:
        return None
    years = [1900 <= int(one) <= 2100 for one in (parts["a"], parts["b"]) if one.isdigit() and len(one) == 4]
    if len(years) == 2 and all(years) and not parts["ub"]:
        return None
    first, second = _end(parts["a"], parts["ua"] or ""), _end(parts["b"], parts["ub"] or "")
    if first is None or second is None:
        return None
    (a, of_a), (b, of_b) = first, second
    if of_a and of_a != of_b:
        return None
    kind = of_b or _inherited(text, parts.start(), found)
    if parts["ub"] and kind == "count" and not parts["ua"]:  # "1.2 to 1.4 million"
        scaled = _end(parts["a"], parts["ub"])
        a = scaled[0] if scaled is not None and a < b / 1000 else a
    if not a < b:
        return None
    by = 100.0 if kind in ("percent", "points") else float(kind) if kind.isdigit() else 1.0
    if not by:
        return None
    name = "ratio" if kind.isdigit() else kind
    said = (_whole(a), _whole(b)) if kind == "count" else (_plain(a), _plain(b))
    return "range", ("range", name, kind, *said), float(a) / by, float(b) / by


def _end(number: str, unit: str) -> tuple[Decimal, str] | None:
    """A number of a range and what it counts: percent, points, the y of "in y", count; "" where nothing is said."""
    bare = unit.strip().lower()
    if not bare:
        value = value_of(number)
        return None if value is None else (value, "")
    if bare[:1] == "%" or bare.startswith("per"):
        of = "points" if "point" in bare else "percent"
        if bare.startswith("per ") and "cent" not in bare:
            of = ""
    else:
        of = "points" if bare.startswith(("pp", "point")) else ""
    value = value_of(number)
    if value is None:
        return None
    if of:
        return value, of
    y = value_of(re.split(r"[ -](?:in|of|per|every|each|for|the)[ -]", unit)[-1]) if re.search(r"[ -](?:in|of|per|for)[ -]", unit) else None
    if y is None:
        more = value_of(f"{number}{unit}")
        return None if more is None else (more, "count")
    return value, "percent" if y == 100 else _whole(y)


def _inherited(text: str, start: int, found: Sequence[Mention]) -> str:
    """The kind of a range without a unit: that of the number before it ("12% (9 to 15)"), else a count.

    Before a range in brackets that is called an interval, any words of the same sentence and any length of time may stand.
    """
    named = _CALLED.search(text, max(0, start - _FAR), start)
    held = [one for one in found[-_BEFORE:] if one.kind not in ("duration", "word")] if named else found
    last, reach = (held[-1] if held else None), (_FAR if named else 40)
    if last is not None and start - last.end <= reach and not re.search(r"[.;] ", text[last.end : start]):
        if last.kind in ("percent", "points"):
            return last.kind
        if last.kind == "ratio" and "(" in text[last.end : start]:
            return "percent"
    return "count"
