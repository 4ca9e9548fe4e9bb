"""Signature: who looked at a release and stands for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from evidencekit.errors import InputError, in_our_words, is_whole

__all__ = ["Signature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who looked at a release, in which role, and when.

    Parameters
    ----------
    name : str
        A person, not an office.
    role : str
        One that the profile asks for, such as ``"data steward"``.
    on : date or str
        The day, as ``"2026-06-30"``.
    approves : sequence of int
        Cells that were up for review and may be said, by position from 0.

    Raises
    ------
    InputError
        A part is empty, the day is none, or a position is not a whole number.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30")
    Signature(name='A. Steward', role='data steward', on=datetime.date(2026, 6, 30), approves=())
    """

    name: str
    role: str
    on: date
    approves: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for part in ("name", "role"):
            given = getattr(self, part)
            if not isinstance(given, str) or not given.strip():
                raise InputError(f"A signature needs its {part}.", "Name the person and the role in which they sign.")
        object.__setattr__(self, "on", _day(self.on))
        approves = tuple(self.approves) if isinstance(self.approves, Iterable) else (None,)
        if not all(is_whole(i, least=0) for i in approves):
            raise InputError("approves= takes positions of cells, counted from 0.")
        object.__setattr__(self, "approves", tuple(sorted({int(i) for i in approves if i is not None})))


def _day(given: object) -> date:
    if isinstance(given, str):
        return in_our_words(lambda: date.fromisoformat(given), lambda _: InputError("on= is a day, as 2026-06-30."))
    if type(given) is not date:
        raise InputError(f"on= is a date, not a {type(given).__name__}.", "A day, without a time: 2026-06-30.")
    return given
