"""Action: what a number asks of whom, by when, and how it will be seen that it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from evidencekit.errors import InputError, one_of

__all__ = ["Action", "Evidence"]

Evidence = Literal["high", "moderate", "low", "very low", "not graded"]
_SAID = {  # GRADE guidelines 26: how sure a sentence may sound
    "high": "works",
    "moderate": "probably works",
    "low": "may work",
    "very low": "is not known to work: the evidence is very uncertain",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What the number asks of whom.

    Parameters
    ----------
    actor : str
        Who is to act.
    act : str
        What they are to do, beginning with a verb: "require a reporting button".
    deadline : str
        By when.
    marker : str
        The measurable sign that it was done.
    indicator : str
        Code of the indicator that the marker is: that of the finding, or one that is known to move before it.
    evidence : {"high", "moderate", "low", "very low", "not graded"}
        How sure it is that the act works, as GRADE grades it.
    threshold : str
        Which value would change the decision: "below 1 in 20 the lesson is given every second year".

    Raises
    ------
    InputError
        A part is empty or no text, or the grade is none of those.

    References
    ----------
    Santesso et al. (2020), GRADE guidelines 26, J. Clin. Epidemiol. 119, 126-135.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.Action(actor="the regulator", act="require a reporting button", deadline="2027-06", marker="share who know it").actor
    'the regulator'
    """

    actor: str
    act: str
    deadline: str
    marker: str
    indicator: str = ""
    evidence: Evidence = "not graded"
    threshold: str = ""

    def __post_init__(self) -> None:
        """Refuse an action that nobody could be held to."""
        for part in ("actor", "act", "deadline", "marker", "indicator", "threshold"):
            given = getattr(self, part)
            if not isinstance(given, str):
                raise InputError(f"{part}= of an action is a text, not a {type(given).__name__}.")
            if not given.strip() and part not in ("indicator", "threshold"):
                raise InputError(f"An action needs its {part}.", "Name who does what by when, and how it will be seen.")
        one_of("evidence", self.evidence, get_args(Evidence))

    @property
    def line(self) -> str:
        """The action in a line, with how sure it is that it works where that was graded."""
        sure = "" if self.evidence == "not graded" else f"; this {_SAID[self.evidence]}"
        return f"{self.actor}: {self.act}, by {self.deadline}; seen by: {self.marker}{sure}"
