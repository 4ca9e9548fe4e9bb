"""Codes that people gave: one coder or two, how often they agree, and who has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.errors import InputError
from evidencekit.findings.recall.grading import GRADES, UNREAD, Grade
from evidencekit.findings.recall.people import column
from evidencekit.frames import Rows

__all__ = ["Agreement", "Coders", "agreement", "settled"]

_Given = Sequence[Grade | None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two codings are the same.

    Parameters
    ----------
    same, both : int
        Answers with the same code, and those that both coded.
    """

    same: int
    both: int

    @property
    def percent(self) -> float:
        """Per cent of those that both coded; not a number where there are none."""
        return 100 * self.same / self.both if self.both else float("nan")

    def __str__(self) -> str:
        return f"{self.same:,} of {self.both:,} ({self.percent:.0f}%)" if self.both else "none that both coded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coders:
    """Columns with the codes that people gave.

    Parameters
    ----------
    first, second : str
        A column for each coder, blank where they gave none: ``"within"``, ``"near"``, ``"wrong"``, ``"does not remember"``,
        ``"not answered"`` or ``"unreadable"``.
    settled : str
        A column with what both agreed on where they had disagreed.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.findings.recall.Coders(first="coder_1", second="coder_2")
    Coders(first='coder_1', second='coder_2', settled='')
    """

    first: str
    second: str = ""
    settled: str = ""

    def columns_in(self, rows: Rows, frame: nw.DataFrame[Any]) -> list[list[Grade | None]]:
        """The codes of the first coder; of the second; those that are settled.

        Raises
        ------
        InputError
            A code is none of the grades.
        """
        names = [self.first, *([self.second] if self.second or self.settled else []), *([self.settled] if self.settled else [])]
        return [_codes(column(rows, frame, name, "coders="), name) if name else [None] * len(frame) for name in names]


def agreement(one: _Given, other: _Given) -> Agreement:
    """How often two codings are the same, where both are there."""
    both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    return Agreement(sum(a == b for a, b in both), len(both))


def settled(hands: Sequence[_Given], n: int) -> list[Grade | None]:
    """What people say of each answer: the settled code, else the one they agree on; unreadable where they do not agree."""
    out: list[Grade | None] = []
    for k in range(n):
        last = hands[2][k] if len(hands) > 2 else None
        given: list[Grade] = [one for hand in hands[:2] if (one := hand[k]) is not None]
        agreed = given[0] if given and given[0] == given[-1] else UNREAD if given else None
        out.append(last or agreed)
    return out


def _codes(values: Sequence[Any], name: str) -> list[Grade | None]:
    """Grades as they are spelled, whatever blanks are around them."""
    known: dict[str, Grade] = {grade: grade for grade in GRADES}
    plain = [None if one is None or (isinstance(one, str) and not one.strip()) else one for one in values]
    made: list[Grade | None] = [known.get(one.strip()) if isinstance(one, str) else None for one in plain]
    if odd := sum(one is not None and grade is None for one, grade in zip(plain, made, strict=True)):
        raise InputError(f"Codes in {name!r} that are no grade: {odd}.", f"Use one of: {', '.join(GRADES)}.")
    return made
