"""What expressions are worked out on: numbers, texts and truths, one for each row or one for all.

A value that is not there is blank: NaN among numbers, the code -1 among texts. A **missing code** ("don't know" written as 98) is a value
as any other for the form that asked; `doubt` marks the rows where a result rests on a blank or a missing code, so that what follows from it
is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from evidencekit.columns import Bools, Codes, Floats

__all__ = ["Bools", "Numbers", "Texts", "Truth", "Values", "as_number", "as_texts", "as_truth", "blank", "number_of", "text_of"]

_NONE = np.zeros((), dtype=bool)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Numbers:
    """Numbers: ``x`` has shape (n,), or () for one number; `coded` marks missing codes, which are listed in `codes`."""

    x: Floats
    coded: Bools = field(default_factory=lambda: _NONE)
    codes: frozenset[float] = frozenset()

    @property
    def doubt(self) -> Bools:
        """Where the number is blank or a missing code."""
        return np.isnan(self.x) | self.coded


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Texts:
    """Texts: ``at`` (n,) or () is a place in `levels`, -1 where it is blank; `coded` marks missing codes, which are listed in `codes`."""

    at: Codes
    levels: tuple[str, ...]
    coded: Bools = field(default_factory=lambda: _NONE)
    codes: frozenset[str] = frozenset()

    @property
    def doubt(self) -> Bools:
        """Where the text is blank or a missing code."""
        return (self.at < 0) | self.coded

    def each(self, of: Callable[[str], float]) -> Floats:
        """A number for each row, worked out once for each level; NaN where the text is blank."""
        return np.array([*map(of, self.levels), np.nan], dtype=np.float64)[self.at]

    def which(self, of: Callable[[str], bool]) -> Bools:
        """A truth for each row, worked out once for each level; false where the text is blank."""
        return self.spread(list(map(of, self.levels)))

    def spread(self, truths: Sequence[bool]) -> Bools:
        """A truth for each row from those of the levels; false where the text is blank."""
        if not any(truths):
            return np.zeros(self.at.shape, dtype=bool)
        return np.array([*truths, False], dtype=bool)[self.at]

    def mapped(self, of: Callable[[str], str]) -> Texts:
        """Other texts, worked out once for each level; an empty one is blank."""
        made = [of(level) for level in self.levels]
        levels = tuple(dict.fromkeys(text for text in made if text))
        place = {text: k for k, text in enumerate(levels)}
        return Texts(np.array([*(place.get(text, -1) for text in made), -1], dtype=np.intp)[self.at], levels, self.coded)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Truth:
    """Truths: `yes` as the form works them out on the device, and `doubt`, the rows where that rests on an answer that is not known.

    `sure` says that wherever `yes` is true there is no doubt, so that nobody need ask for it.
    """

    yes: Bools
    doubted: Callable[[], Bools]
    sure: bool = False

    @property
    def doubt(self) -> Bools:
        """Where the truth is not known."""
        return self.doubted()


Values = Numbers | Texts | Truth


def number_of(text: str) -> float:
    """A text as a number, as XPath reads it: NaN when it is none."""
    try:
        return float(text)
    except ValueError:
        return np.nan


def text_of(number: float) -> str:
    """A number as a text, as XPath writes it: whole ones without a point."""
    return "" if np.isnan(number) else str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def as_number(value: Values) -> Numbers:
    """Numbers; a text that is none is blank, and a truth counts 1 or 0."""
    if isinstance(value, Numbers):
        return value
    if isinstance(value, Truth):
        return Numbers(value.yes.astype(np.float64), value.doubt)
    return Numbers(value.each(number_of), value.coded, frozenset(map(number_of, value.codes)))


def as_texts(value: Values) -> Texts:
    """Texts; numbers are written as XPath writes them."""
    if isinstance(value, Texts):
        return value
    if isinstance(value, Truth):
        return Texts(value.yes.astype(np.intp), ("false", "true"), value.doubt)
    known = ~np.isnan(value.x)
    found, at = np.unique(value.x[known], return_inverse=True)
    places = np.full(value.x.shape, -1, dtype=np.intp)
    places[known] = at
    return Texts(places, tuple(map(text_of, found.tolist())), value.coded, frozenset(map(text_of, value.codes)))


def blank(value: Values) -> Bools:
    """Where there is no value."""
    if isinstance(value, Numbers):
        return np.isnan(value.x)
    return value.at < 0 if isinstance(value, Texts) else np.zeros(value.yes.shape, dtype=bool)


def as_truth(value: Values) -> Truth:
    """Truths: a number other than 0, a text that is not blank."""
    if isinstance(value, Truth):
        return value
    yes = ~blank(value) & (value.x != 0) if isinstance(value, Numbers) else ~blank(value)
    return Truth(yes, lambda: value.doubt)
