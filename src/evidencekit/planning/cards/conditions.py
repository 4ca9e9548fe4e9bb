"""Condition: something a context must answer so, or not so, for a method to be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evidencekit.planning.context import Context, Range

__all__ = ["Condition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One field of a context and the answers that fulfil it.

    Parameters
    ----------
    field : str
        As ``"access.school_frame"``.
    allowed : tuple
        The answers, of a question with words or yes and no.
    at_least, at_most : float or None
        The ends, of a number: fulfilled where the whole range lies between, not fulfilled where none of it does.
    why : str
        Why it matters, for the team.
    instead : str
        What to do where it stands in the way.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.planning.cards import Condition
    >>> lists = Condition(field="access.school_frame", allowed=(True,), why="schools are drawn from it")
    >>> print(lists.holds(ek.Context()), lists.holds(ek.Context(access=ek.planning.Access(school_frame=True))))
    None True
    """

    field: str
    allowed: tuple[Any, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    why: str = ""
    instead: str = ""

    def holds(self, context: Context) -> bool | None:
        """Whether a context fulfils it; None where that is not known."""
        answer = context[self.field]
        if answer is None:
            return None
        if not isinstance(answer, Range):
            return answer in self.allowed
        low = self.at_least if self.at_least is not None else float("-inf")
        high = self.at_most if self.at_most is not None else float("inf")
        if low <= answer.low and answer.high <= high:
            return True
        return False if answer.high < low or answer.low > high else None

    @property
    def answers(self) -> str:
        """The answers that fulfil it, in words."""
        if self.allowed:
            words = [{True: "yes", False: "no"}.get(x, x) if isinstance(x, bool) else x for x in self.allowed]
            return " or ".join(map(str, words))
        ends = [*([f"at least {self.at_least:g}"] if self.at_least is not None else [])]
        ends += [f"at most {self.at_most:g}"] if self.at_most is not None else []
        return " and ".join(ends)

    @property
    def says(self) -> str:
        """The condition in words."""
        return f"{self.field} is {self.answers}"
