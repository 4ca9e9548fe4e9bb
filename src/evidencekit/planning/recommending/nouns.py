"""What a recommendation is made of: what is said of a plan, what was refused, and what to find out."""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.planning.gates import Why
from evidencekit.planning.recommending.words import number
from evidencekit.planning.rules import Caution

__all__ = ["Advice", "Aside", "FindOut", "Refusal", "Tip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The value of a number at which a ranking, or whether a plan is as exact as wanted, turns.

    Parameters
    ----------
    field : str
        Of the context.
    at : float
        The value.
    while_below : bool
        What `says` says holds below it; else above.
    ahead, behind : str
        The method that is ahead while it holds, and the one behind; `behind` is empty where it is about the wanted error.
    says : str
        One sentence.
    """

    field: str
    at: float
    while_below: bool
    ahead: str
    behind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A method of a lower class whose error is clearly smaller, and why it stands below all the same.

    Parameters
    ----------
    method : str
        Its name.
    says : str
        The two errors, and why the better class comes first.
    """

    method: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is said of a plan.

    Parameters
    ----------
    method : str
        The name of its method.
    reason : str
        Why it stands where it stands, in one sentence.
    cautions : tuple of Caution
        Everything that rules say of it, from the heaviest.
    tips : tuple of Tip
        What would change the ranking.
    aside : tuple of Aside
        Methods of a lower class with a clearly smaller error.
    """

    method: str
    reason: str
    cautions: tuple[Caution, ...]
    tips: tuple[Tip, ...] = ()
    aside: tuple[Aside, ...] = ()

    @property
    def warnings(self) -> tuple[Caution, ...]:
        """The first three."""
        return self.cautions[:3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A method that is not to be used here.

    Parameters
    ----------
    method, title : str
        The method, and what people call it.
    why : tuple of Why
        Each gate or condition that refuses it, what to do instead, and where that is from.
    """

    method: str
    title: str
    why: tuple[Why, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The gates, ``"age"``, ``"card"`` (a condition on its card) or ``"size"`` (it cannot be paid), each once."""
        return tuple(dict.fromkeys(one.rule for one in self.why))


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOut:
    """Something that is not known, and what its answer would change.

    Parameters
    ----------
    field, asks : str
        Of the context, and its question.
    says : str
        What the answers would change.
    first_changes : bool
        Whether some answer brings another plan to the first place, or leaves none.
    moves : float
        Between which the largest error of the first plan moves, in shares.
    refuses : tuple of str
        The methods that some answer refuses.
    needed : tuple of str
        The methods for which nobody is drawn before it is known.
    rules : tuple of str
        The rules that some answer makes a warning of, or takes away.
    """

    field: str
    asks: str
    says: str
    first_changes: bool
    moves: float
    refuses: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.asks} {self.says}" + (f" ({number(100 * self.moves)} points)" if self.moves else "")
