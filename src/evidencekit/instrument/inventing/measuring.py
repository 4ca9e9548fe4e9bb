"""Answers that are not chosen from a list: numbers, days, times, texts, places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
from scipy.special import ndtr

from evidencekit.columns import Floats
from evidencekit.instrument.expressions import Numbers, Texts, Values, parse
from evidencekit.instrument.expressions.functions import days_of
from evidencekit.instrument.expressions.nodes import Here, Literal, Operation, walk
from evidencekit.instrument.inventing.sheet import Sheet
from evidencekit.instrument.items import Item

__all__ = ["drawer", "is_identifier"]

_EPOCH = datetime(1970, 1, 1)
_WIDE = 100.0  # how far a number goes where the constraint does not say
_IDENTIFIERS = 10.0**6  # the same for numbers that tell people apart
_WORDS = ("invented", "invented answer", "an invented answer of several words", "ab", "INVENTED", "inv-01")


def drawer(item: Item, sheet: Sheet, effect: Floats, spread: float) -> Callable[[np.random.Generator], Values] | None:
    """What draws the answers to one item, (n,) at a time; None for kinds that are not invented.

    Numbers are spread evenly over the range of the constraint. `effect` (n,) is that of the row's area, standard normal times `spread`;
    it moves a number as it would move a logit.
    """
    n, kind = sheet.n, item.kind
    if kind in ("integer", "decimal"):
        low, high = _bounds(item, (0.0, _IDENTIFIERS if is_identifier(item) else _WIDE))
        return lambda rng: _numbers(item, _scores(rng, effect, spread), low, high)
    if kind in ("date", "datetime"):
        last = (datetime(sheet.today.year, sheet.today.month, sheet.today.day) - _EPOCH).days
        low, high = _bounds(item, (last - 730.0, float(last)))
        return lambda rng: _moments(low + rng.random(n) * (high - low), with_time=kind == "datetime")
    if kind == "time":
        return lambda rng: _texts([f"{m // 60:02}:{m % 60:02}:00.000" for m in rng.integers(6 * 60, 22 * 60, n).tolist()])
    if kind == "text":
        return lambda rng: _texts(_words(rng, n, numbered=is_identifier(item)))
    if kind == "acknowledge":
        return lambda _: _texts(["OK"] * n)
    if kind == "place":
        # Around the point where the equator meets the prime meridian, in the sea: nobody lives there.
        return lambda rng: _texts(_places(rng, sheet))
    return None


def is_identifier(item: Item) -> bool:
    """Whether no two people may have the same answer."""
    return item.role == "direct-identifier" and item.kind in ("integer", "decimal", "text")


def _scores(rng: np.random.Generator, effect: Floats, spread: float) -> Floats:
    """Standard uniform numbers that are alike within areas as the answers to selections are."""
    rho = spread**2 / (spread**2 + np.pi**2 / 3)
    own = rng.standard_normal(len(effect))
    return ndtr(np.sqrt(rho) * (effect / spread if spread else effect) + np.sqrt(1 - rho) * own)


def _numbers(item: Item, scores: Floats, low: float, high: float) -> Numbers:
    whole = item.kind == "integer"
    x = np.floor(low + scores * (high - low + 1)) if whole else np.round(low + scores * (high - low), 1)
    codes = frozenset(float(code) for code in item.missing if _is_number(code))
    return Numbers(np.clip(x, low, high), np.zeros(len(scores), dtype=bool), codes)


def _bounds(item: Item, otherwise: tuple[float, float]) -> tuple[float, float]:
    """The range that comparisons of the answer with a number or a day leave; ends that are not there are taken as `otherwise`."""
    low, high = -np.inf, np.inf
    if item.constraint.strip():
        for node in walk(parse(item.constraint).tree):
            if not isinstance(node, Operation) or node.left is None:
                continue
            sides = (node.left, node.right)
            turned = isinstance(node.right, Here)
            limit = next((_number(side) for side in sides if isinstance(side, Literal)), np.nan)
            if np.isnan(limit) or not any(isinstance(side, Here) for side in sides):
                continue
            if node.sign in ((">", ">=") if not turned else ("<", "<=")):
                low = max(low, limit)
            elif node.sign in (("<", "<=") if not turned else (">", ">=")):
                high = min(high, limit)
    usual, wide = otherwise[0], otherwise[1] - otherwise[0]
    if np.isinf(low):
        low = usual if np.isinf(high) or high >= usual else high - wide
    if np.isinf(high):
        high = max(otherwise[1], low + wide) if low > usual else otherwise[1]
    return (low, high) if low <= high else otherwise


def _number(side: Literal) -> float:
    if isinstance(side.value, float):
        return side.value
    text = str(side.value)
    return float(text) if _is_number(text) else days_of(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _moments(days: Floats, *, with_time: bool) -> Texts:
    if with_time:
        return _texts([(_EPOCH + timedelta(days=day)).isoformat(timespec="minutes") + ":00.000" for day in days.tolist()])
    return _texts([(date(1970, 1, 1) + timedelta(days=int(day))).isoformat() for day in np.floor(days).tolist()])


def _words(rng: np.random.Generator, n: int, *, numbered: bool = False) -> list[str]:
    """Words, and numbers of 1 to 15 digits for texts that are to be numbers; which of them a constraint takes is tried.

    With `numbered` the words have numbers, so that hardly two are the same.
    """
    kind = rng.integers(0, 2, n)
    words = [_WORDS[k] for k in rng.integers(0, len(_WORDS), n).tolist()]
    if numbered:
        words = [f"invented-{k:06}" for k in rng.integers(0, 10**6, n).tolist()]
    digits = rng.integers(0, 10, (n, 15))
    length = rng.integers(1, 16, n)
    return [word if k else "".join(map(str, row[:m])) for k, word, row, m in zip(kind, words, digits.tolist(), length, strict=True)]


def _places(rng: np.random.Generator, sheet: Sheet) -> list[str]:
    centre = np.random.default_rng(12345).uniform(-0.5, 0.5, (int(sheet.area.max(initial=0)) + 1, 2))[sheet.area]
    at = centre + rng.normal(0, 0.005, (sheet.n, 2))
    return [f"{lat:.6f} {lon:.6f} 0 {4 + round(3 * far, 1)}" for (lat, lon), far in zip(at.tolist(), rng.random(sheet.n), strict=True)]


def _texts(words: list[str]) -> Texts:
    levels = tuple(dict.fromkeys(words))
    place = {word: k for k, word in enumerate(levels)}
    return Texts(np.array([place[word] for word in words], dtype=np.intp), levels, np.zeros(len(words), dtype=bool))
