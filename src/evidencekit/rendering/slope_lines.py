"""The lines of a slope chart, and their points: numbers of rounds, or why one is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from evidencekit.rendering.rows import HIDDEN, Number, State, check_numbers, said

__all__ = ["SlopeLine", "SlopePoint"]


@dataclass(frozen=True, slots=True)
class SlopePoint:
    """The number of one round.

    Parameters
    ----------
    value : float, optional
        A share from 0 to 1, or any other number where the chart is given `number`. None where it is hidden: nothing that
        is hidden is handed on.
    low, high : float, optional
        Its interval. None where there is none.
    text : str
        The number in words, as it stands at the end of a line; for a hidden one, why it is hidden. Made in English where it
        is empty.
    state : {"shown", "caution", "protected", "uncertain", "review"}
        "caution" has a hollow mark; "protected", "uncertain" and "review" are the kinds of hidden.

    Raises
    ------
    InputError
        When the numbers do not fit together, or a hidden one is given.

    Examples
    --------
    >>> from evidencekit.rendering.slopes import SlopePoint
    >>> SlopePoint(0.14, low=0.11, high=0.18).said(), SlopePoint(state="protected").said()
    ('14%', 'protected')
    """

    value: float | None = None
    _: KW_ONLY
    low: float | None = None
    high: float | None = None
    text: str = ""
    state: State = "shown"

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, and numbers of a hidden one."""
        check_numbers(self.state, self.value, self.low, self.high)

    def said(self, number: Number | None = None, *, interval: bool = False) -> str:
        """The number, with its interval where asked, or why it is hidden, in words."""
        if self.value is None:
            return self.text or HIDDEN[self.state][0]
        if not self.text:
            return said(self.value, *((self.low, self.high) if interval else (None, None)), number)
        ends = said(self.value, self.low, self.high, number).partition(" (")[2]
        return f"{self.text} ({ends}" if interval and ends and "(" not in self.text else self.text


@dataclass(frozen=True, slots=True)
class SlopeLine:
    """One line of a slope chart: a group in every round.

    Parameters
    ----------
    label : str
        For whom.
    points : sequence of SlopePoint
        One for each round, in their order. The line is broken at a hidden one.
    strong : bool
        A line the chart is about: bold and coloured, while lines that are not are grey.

    Examples
    --------
    >>> from evidencekit.rendering.slopes import SlopeLine, SlopePoint
    >>> len(SlopeLine("Girls", [SlopePoint(0.14), SlopePoint(0.18)]).points)
    2
    """

    label: str
    points: Sequence[SlopePoint]
    _: KW_ONLY
    strong: bool = False
