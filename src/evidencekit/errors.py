"""What can go wrong, and what the analyst does next.

::

    EvidencekitError
    ├── InputError        (ValueError)    what was passed cannot be used as it is
    │   └── UnknownColumn (LookupError)   a column that is not in the data
    ├── DesignError       (ValueError)    the sampling design and the data do not fit together
    │   └── LonelyPSU                     a stratum with one primary sampling unit
    ├── EstimationError   (ValueError)    the data are fine, the number cannot be had
    ├── WeightingError    (ValueError)    weights that do what was asked cannot be found
    ├── Refused           (ValueError)    the number can be had and must not be given
    └── MissingExtra      (ImportError)   an optional package is needed for this

    EvidencekitWarning    (UserWarning)   something the analyst should know and may accept

Every message says what is wrong, where, and what to do. It names columns and gives counts; it never holds a value
from the data, because tracebacks end up in logs and emails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any, TypeVar

__all__ = [
    "DesignError",
    "EstimationError",
    "EvidencekitError",
    "EvidencekitWarning",
    "InputError",
    "LonelyPSU",
    "MissingExtra",
    "Refused",
    "UnknownColumn",
    "check_level",
    "how_many",
    "in_our_words",
    "is_whole",
    "named",
    "one_of",
]

T = TypeVar("T")
_LISTED = 12  # columns
_ANSWER = re.compile(
    r"""\s*(?:
        [+-]?[\d\s.,:/%-]*\d[\d\s.,:/%-]*(?:e[+-]?\d+)?   # a number, a date, a telephone number; pandas writes 1.1 for a second 1
        |\d{4}-\d\d-\d\d[T\ ].*                          # a moment
        |(?:uuid:)?[\da-f]{8}-[\da-f]{4}-.*               # a key that a platform gave
        |[^@\s]+@[^@\s]+\.[^@\s]+                         # an address
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)


class EvidencekitError(Exception):
    """The root of every error this library raises on purpose.

    Parameters
    ----------
    what : str
        One sentence: what is wrong, with column names and counts, never a value from the data.
    fix : str
        One sentence: what to do about it. Empty when `what` already says it.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(f"{what} {fix}".rstrip())
        self.what = what
        self.fix = fix

    def __reduce__(self) -> tuple[Any, ...]:
        # Pools of processes send errors pickled; a kind whose parameters are others could not be made again from its message.
        return _remade, (type(self), self.what, self.fix)


class InputError(EvidencekitError, ValueError):
    """What was passed cannot be used as it is."""


class UnknownColumn(InputError, LookupError):
    """A column was named that the data do not have.

    What was passed for a name may be an answer (a level where a column belongs, a column's values as a list), so it is repeated only
    where it nearly is the name of a column; otherwise the columns are listed. Of a file that was read without its header the columns are
    somebody's answers: neither is done where one of them looks like a number, a date, a key or an address.

    Parameters
    ----------
    name : str
        The name that was asked for.
    columns : sequence of str
        The names the data have; the nearest ones are suggested.
    role : str
        What the column was wanted for, as the analyst wrote it (``"weights="``).
    place : str
        Which of several names it is (``"name 2 of the 3"``).
    """

    def __init__(self, name: str, columns: Sequence[str], role: str = "", place: str = "") -> None:
        which = f"{place[:1].upper()}{place[1:]}" if place else "The name"
        wanted = f"{which} {'given as' if role and not role.endswith('=') else 'in'} {role}" if role else which
        if answers := _answers(columns):
            what = f"{wanted} is not a column of the data."
            looks = "looks like an answer, not like a name" if answers == 1 else "look like answers, not like names"
            super().__init__(what, f"{answers} of its {len(columns)} columns {looks}: was the file read without its header?")
            return
        near = get_close_matches(str(name), columns, n=3, cutoff=0.6) or _same_letters(str(name), columns)
        if near:
            where, hint = f" ({role})" if role else "", f"Did you mean {' or '.join(repr(c) for c in near)}?"
            super().__init__(f"There is no column {name!r} in the data{where}.", hint)
            return
        super().__init__(f"{wanted} is not a column of the data.", f"They have {named(columns)}.")


class DesignError(EvidencekitError, ValueError):
    """The sampling design and the data do not fit together."""


class LonelyPSU(DesignError):
    """A stratum has one primary sampling unit, so its variance cannot be estimated."""


class EstimationError(EvidencekitError, ValueError):
    """The data are fine, but this number cannot be had from them."""


class WeightingError(EvidencekitError, ValueError):
    """Weights that meet what was asked cannot be found."""


class Refused(EvidencekitError, ValueError):
    """The number can be computed and would mislead or identify someone."""


class MissingExtra(EvidencekitError, ImportError):
    """A package that only some users need is not installed.

    Parameters
    ----------
    package : str
        The import name of the missing package.
    extra : str
        The extra of evidencekit that brings it.
    why : str
        What it is needed for.
    """

    def __init__(self, package: str, extra: str, why: str) -> None:
        super().__init__(f"{why} needs the package {package}.", f'Install it with: pip install "evidencekit[{extra}]"')


class EvidencekitWarning(UserWarning):
    """Something the analyst should know and may accept."""


def one_of(name: str, value: object, allowed: Iterable[str]) -> None:
    """Raise `InputError` unless `value` is one of the `allowed` words.

    Parameters
    ----------
    name : str
        The parameter's name.
    value : object
        What was passed. A word is an option, not data, so it may be named in the message; anything else is told by its type.
    allowed : iterable of str
        The words that may be passed.
    """
    words = list(allowed)
    if not isinstance(value, str):
        raise InputError(f"{name}= takes a word, not a {type(value).__name__}.", f"Use one of: {', '.join(map(repr, words))}.")
    if value not in words:
        near = get_close_matches(value, words, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise InputError(f"{name}={value!r} is not known.{hint}", f"Use one of: {', '.join(map(repr, words))}.")


def is_whole(value: object, *, least: float = float("-inf"), most: float = float("inf")) -> bool:
    """Whether it is a whole number, by its type (2.0 is none, nor is True), from `least` to `most`."""
    return isinstance(value, Integral) and not isinstance(value, bool) and least <= int(value) <= most


def how_many(count: int, one: str, many: str = "") -> str:
    """A count with its noun, and its verb where there is one: ``1 stratum has``, ``1,200 strata have``.

    Parameters
    ----------
    count : int
        How many.
    one, many : str
        What follows 1, and what follows any other number; by default `one` with an s.
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def named(columns: Sequence[str], *, most: int = _LISTED) -> str:
    """Columns as a message may list them: ``'age', 'sex' and 3 more``; empty where they may be answers.

    Parameters
    ----------
    columns : sequence of str
        Names of columns. Where one looks like a number, a date, a key or an address, the file was read without its header, and none is
        given.
    most : int
        How many are listed, 12 by default.
    """
    if _answers(columns):
        return ""
    more = f" and {len(columns) - most} more" if len(columns) > most else ""
    return f"{', '.join(map(repr, columns[:most]))}{more}"


def in_our_words(work: Callable[[], T], problem: Callable[[Exception], EvidencekitError]) -> T:
    """What `work` gives; where it fails, our own error instead of an engine's, which may quote an answer.

    ``raise ... from None`` inside a handler would hide the engine's error and keep it as context, for whatever looks there.

    Parameters
    ----------
    work : callable
        Called without arguments.
    problem : callable
        Makes our error from the engine's.
    """
    try:
        return work()
    except EvidencekitError:
        raise
    except Exception as trouble:
        told = problem(trouble)
    raise told


def _remade(kind: type[EvidencekitError], what: str, fix: str) -> EvidencekitError:
    made = kind.__new__(kind)
    EvidencekitError.__init__(made, what, fix)
    return made


def _answers(columns: Sequence[str]) -> int:
    """How many names look like answers."""
    return sum(_ANSWER.fullmatch(str(name)) is not None for name in columns)


def _same_letters(name: str, columns: Sequence[str]) -> list[str]:
    """Names equal to `name` but for case and punctuation."""

    def bare(text: str) -> str:
        return "".join(c for c in text.casefold() if c.isalnum())

    return [c for c in columns if bare(c) == bare(name)][:3]


def check_level(level: object) -> None:
    """Raise `InputError` unless it is a confidence level: at least 0.5 and below 1."""
    known: Any = level  # compared as it is: a whole number may be too large for a float
    if isinstance(level, bool) or not isinstance(level, Real) or not 0.5 <= known < 1:
        raise InputError("level= is a confidence level such as 0.95: at least 0.5 and below 1.")
