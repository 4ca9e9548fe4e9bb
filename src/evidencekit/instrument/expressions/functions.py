"""The functions of XLSForm that can be worked out from the answers of one form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError
from evidencekit.instrument.expressions.patterns import matcher
from evidencekit.instrument.expressions.values import (
    Bools,
    Numbers,
    Texts,
    Truth,
    Values,
    as_number,
    as_texts,
    as_truth,
    blank,
    number_of,
)

__all__ = ["EVALUABLE", "FUNCTIONS", "days_of"]

Function = Callable[[Sequence[Values]], Values]
_EPOCH = datetime(1970, 1, 1)


def days_of(text: str) -> float:
    """A date, or a date with a time, as days since 1970; NaN when it is neither. A time zone is left out: the clock of the place counts."""
    try:
        moment = datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return np.nan
    return (moment - _EPOCH) / timedelta(days=1)


def one(value: Values) -> str:
    """The one text an argument is."""
    texts = as_texts(value)
    if texts.at.ndim or int(texts.at) < 0:
        raise InputError("A function of the form needs a fixed text where it has an answer.")
    return texts.levels[int(texts.at)]


def doubts(*values: Values) -> Bools:
    """Where any of the values is in doubt."""
    out = values[0].doubt
    for value in values[1:]:
        out = out | value.doubt
    return out


def _plain(x: Floats, *of: Values) -> Numbers:
    return Numbers(x, doubts(*of))


def _numeric(work: Callable[..., Floats]) -> Function:
    """A function of numbers."""

    def worked(arguments: Sequence[Values]) -> Values:
        with np.errstate(all="ignore"):
            return _plain(work(*(as_number(value).x for value in arguments)), *arguments)

    return worked


def _of_text(work: Callable[..., str], fixed: int = 0) -> Function:
    """A text worked out from a text and fixed further arguments."""

    def worked(arguments: Sequence[Values]) -> Values:
        more = [one(value) for value in arguments[1:]]
        return as_texts(arguments[0]).mapped(lambda text: work(text, *more))

    return worked


def _test_of_text(work: Callable[[str, str], bool]) -> Function:
    """A truth about a text and a fixed second one."""

    def worked(arguments: Sequence[Values]) -> Values:
        texts, against = as_texts(arguments[0]), one(arguments[1])
        return Truth(texts.which(lambda text: work(text, against)), lambda: texts.doubt, sure=not texts.coded.any())

    return worked


def _selected(arguments: Sequence[Values]) -> Values:
    """Whether a code is among those chosen; a missing code that was chosen is an answer to a question about itself."""
    texts, wanted = as_texts(arguments[0]), as_texts(arguments[1])
    if wanted.at.ndim:
        return _selected_row_by_row(texts, wanted)
    if int(wanted.at) < 0:  # an empty text is no code
        return Truth(np.zeros(texts.at.shape, dtype=bool), lambda: texts.doubt)
    code = one(arguments[1])
    yes = texts.which(lambda text: code in text.split())
    doubt = (lambda: texts.at < 0) if code in texts.codes else (lambda: texts.doubt)
    return Truth(yes, doubt, sure=code in texts.codes or not (yes & texts.coded).any())


def _selected_row_by_row(texts: Texts, codes: Texts) -> Truth:
    """The same where the code is an answer itself: each pair of answers is looked at once."""
    pair = np.where((texts.at < 0) | (codes.at < 0), -1, texts.at * max(1, len(codes.levels)) + codes.at)
    found, at = np.unique(pair, return_inverse=True)
    wide = max(1, len(codes.levels))
    yes = np.array([k >= 0 and codes.levels[k % wide] in texts.levels[k // wide].split() for k in found.tolist()], dtype=bool)
    return Truth(yes[at].reshape(pair.shape), lambda: texts.doubt | codes.doubt)


def _count_selected(arguments: Sequence[Values]) -> Values:
    texts = as_texts(arguments[0])
    return Numbers(np.where(texts.at < 0, 0.0, texts.each(lambda text: len(text.split()))), texts.doubt)


def _selected_at(arguments: Sequence[Values]) -> Values:
    place = int(number_of(one(arguments[1])))
    return as_texts(arguments[0]).mapped(lambda text: (text.split()[place : place + 1] or [""])[0] if place >= 0 else "")


def _coalesce(arguments: Sequence[Values]) -> Values:
    """The first, or the second where the first is blank; with a fixed second it is still an answer to the question of the first."""
    first, second = arguments
    made = choose(~blank(first), first, second)
    if isinstance(made, Truth) or second.doubt.ndim or second.doubt:
        return made
    return replace(made, codes=as_number(first).codes) if isinstance(made, Numbers) else replace(made, codes=as_texts(first).codes)


def choose(yes: Bools, first: Values, second: Values) -> Values:
    """One value where something holds, the other elsewhere."""
    doubt = np.where(yes, first.doubt, second.doubt)
    if isinstance(first, Truth) and isinstance(second, Truth):
        return Truth(np.where(yes, first.yes, second.yes), lambda: doubt)
    if isinstance(first, Texts) or isinstance(second, Texts):
        one_, other = as_texts(first), as_texts(second)
        levels = tuple(dict.fromkeys((*one_.levels, *other.levels)))
        place = {text: k for k, text in enumerate(levels)}
        moved = np.array([*(place[text] for text in other.levels), -1], dtype=np.intp)
        return Texts(np.where(yes, one_.at, moved[other.at]), levels, doubt)
    return Numbers(np.where(yes, as_number(first).x, as_number(second).x), doubt)


def _if(arguments: Sequence[Values]) -> Values:
    condition, first, second = arguments
    tested = as_truth(condition)
    made = choose(tested.yes, first, second)
    doubt = made.doubt | tested.doubt
    if isinstance(made, Truth):
        return Truth(made.yes, lambda: doubt)
    return Numbers(made.x, doubt) if isinstance(made, Numbers) else Texts(made.at, made.levels, doubt)


def _not(arguments: Sequence[Values]) -> Values:
    inner = as_truth(arguments[0])
    return Truth(~inner.yes, inner.doubted)


def _fixed(value: bool) -> Function:
    return lambda arguments: Truth(np.array(value), lambda: np.array(False), sure=True)


def _concat(arguments: Sequence[Values]) -> Values:
    """Texts joined row by row; every combination that occurs is joined once."""
    parts = [as_texts(value) for value in arguments]
    wide = np.broadcast_arrays(*(part.at for part in parts))
    rows = np.stack([np.atleast_1d(at) for at in wide], axis=1)
    found, back = np.unique(rows, axis=0, return_inverse=True)
    made = ["".join(part.levels[k] if k >= 0 else "" for part, k in zip(parts, row, strict=True)) for row in found.tolist()]
    levels = tuple(dict.fromkeys(text for text in made if text))
    place = {text: k for k, text in enumerate(levels)}
    at = np.array([place.get(text, -1) for text in made], dtype=np.intp)[back.ravel()].reshape(wide[0].shape)
    return Texts(at, levels, doubts(*arguments))


def _string_length(arguments: Sequence[Values]) -> Values:
    texts = as_texts(arguments[0])
    return Numbers(np.where(texts.at < 0, 0.0, texts.each(len)), texts.doubt)


def _date(arguments: Sequence[Values]) -> Values:
    value = arguments[0]
    return value if isinstance(value, Numbers) else Numbers(as_texts(value).each(days_of), value.doubt)


def _format_date(arguments: Sequence[Values]) -> Values:
    value, pattern = arguments[0], one(arguments[1])
    if isinstance(value, Numbers):
        known = np.unique(value.x[~np.isnan(value.x)])
        at = np.where(np.isnan(value.x), -1, np.searchsorted(known, np.where(np.isnan(value.x), 0, value.x)))
        moments = Texts(at.astype(np.intp), tuple((_EPOCH + timedelta(days=day)).isoformat() for day in known.tolist()), value.coded)
    else:
        moments = as_texts(value)
    return moments.mapped(lambda text: _formatted(text, pattern))


def _formatted(text: str, pattern: str) -> str:
    """A date as XLSForm writes it: ``%Y %y %m %n %b %d %e %H %h %M %S %a``."""
    days = days_of(text)
    if np.isnan(days):
        return ""
    moment = _EPOCH + timedelta(days=days)
    parts = {
        "Y": f"{moment.year}",
        "y": f"{moment.year % 100:02}",
        "m": f"{moment.month:02}",
        "n": f"{moment.month}",
        "d": f"{moment.day:02}",
    }
    parts |= {"e": f"{moment.day}", "H": f"{moment.hour:02}", "h": f"{moment.hour}", "M": f"{moment.minute:02}", "S": f"{moment.second:02}"}
    parts |= {"b": _MONTHS[moment.month - 1], "a": _DAYS[moment.weekday()]}
    return re.sub(r"%([a-zA-Z])", lambda found: parts.get(found.group(1), found.group(0)), pattern)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _round(x: Floats, digits: Floats | None = None) -> Floats:
    """Half up, as on the device; Python rounds halves to even."""
    scale = 10.0 ** (np.array(0.0) if digits is None else digits)
    return np.floor(x * scale + 0.5) / scale


def _span(best: Callable[..., Floats]) -> Function:
    """The smallest or largest of several numbers."""

    def worked(arguments: Sequence[Values]) -> Values:
        x = as_number(arguments[0]).x
        for value in arguments[1:]:
            x = best(x, as_number(value).x)
        return _plain(x, *arguments)

    return worked


def _regex(arguments: Sequence[Values]) -> Values:
    texts, matches = as_texts(arguments[0]), matcher(one(arguments[1]))
    return Truth(texts.which(matches), lambda: texts.doubt, sure=not texts.coded.any())


def _substring(text: str, start: str, end: str = "") -> str:
    """``substr``: from a place counted from 0 to the one before `end`."""
    return text[int(float(start)) : int(float(end)) if end else None]


FUNCTIONS: Mapping[str, tuple[Function, int, int]] = MappingProxyType(
    {  # name: what it does, the fewest and the most arguments
        "selected": (_selected, 2, 2),
        "count-selected": (_count_selected, 1, 1),
        "selected-at": (_selected_at, 2, 2),
        "not": (_not, 1, 1),
        "true": (_fixed(True), 0, 0),
        "false": (_fixed(False), 0, 0),
        "boolean": (lambda arguments: as_truth(arguments[0]), 1, 1),
        "if": (_if, 3, 3),
        "coalesce": (_coalesce, 2, 2),
        "number": (lambda arguments: as_number(arguments[0]), 1, 1),
        "int": (_numeric(np.trunc), 1, 1),
        "round": (_numeric(_round), 1, 2),
        "abs": (_numeric(np.abs), 1, 1),
        "pow": (_numeric(np.power), 2, 2),
        "sqrt": (_numeric(np.sqrt), 1, 1),
        "min": (_span(np.minimum), 1, 99),
        "max": (_span(np.maximum), 1, 99),
        "sum": (_span(np.add), 1, 99),
        "string": (lambda arguments: as_texts(arguments[0]), 1, 1),
        "string-length": (_string_length, 1, 1),
        "concat": (_concat, 1, 99),
        "substr": (_of_text(_substring), 2, 3),
        "normalize-space": (_of_text(lambda text: " ".join(text.split())), 1, 1),
        "contains": (_test_of_text(lambda text, part: part in text), 2, 2),
        "starts-with": (_test_of_text(str.startswith), 2, 2),
        "ends-with": (_test_of_text(str.endswith), 2, 2),
        "regex": (_regex, 2, 2),
        "date": (_date, 1, 1),
        "date-time": (_date, 1, 1),
        "decimal-date-time": (_date, 1, 1),
        "format-date": (_format_date, 2, 2),
        "format-date-time": (_format_date, 2, 2),
    }
)
EVALUABLE = frozenset({*FUNCTIONS, "today", "now"})


def today_of(day: date) -> Numbers:
    """A day as a number."""
    return Numbers(np.array(float((datetime(day.year, day.month, day.day) - _EPOCH).days)))
