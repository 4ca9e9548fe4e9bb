"""Action: what a number asks of whom, by when, and how it will be seen that it was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Literal, get_args

from evidencekit.errors import InputError, one_of
from evidencekit.findings.languages import Catalogue, Message, Told, said, template

__all__ = ["Action", "Evidence"]

Evidence = Literal["high", "moderate", "low", "very low", "not graded"]
_SAID: dict[Evidence, str] = {  # GRADE guidelines 26: how sure a sentence may sound
    "high": template("{actor}: {act}, by {deadline}. Measure of progress: {marker}. This works (evidence of high certainty)"),
    "moderate": template(
        "{actor}: {act}, by {deadline}. Measure of progress: {marker}. This probably works (evidence of moderate certainty)"
    ),
    "low": template("{actor}: {act}, by {deadline}. Measure of progress: {marker}. This may work (evidence of low certainty)"),
    "very low": template(
        "{actor}: {act}, by {deadline}. Measure of progress: {marker}. It is not known whether this works: the evidence is very uncertain"
    ),
    "not graded": template("{actor}: {act}, by {deadline}. Measure of progress: {marker}"),
}
_SLOTS = ("actor", "act", "deadline", "marker")
_FIX = "Add it to the Action: action.also({!r}, actor=..., act=..., deadline=..., marker=...)."


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
    others : mapping
        Its parts in other languages, by their tag; added by `also`.

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
    others: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an action that nobody could be held to."""
        for part in ("actor", "act", "deadline", "marker", "indicator", "threshold"):
            given = getattr(self, part)
            if not isinstance(given, str):
                raise InputError(f"{part}= of an action is a text, not a {type(given).__name__}.")
            if not given.strip() and part not in ("indicator", "threshold"):
                raise InputError(f"An action needs its {part}.", "Name who does what by when, and how it will be seen.")
        one_of("evidence", self.evidence, get_args(Evidence))
        if not _told(self.others):
            raise InputError("others= of an action is made by also().", 'action.also("vi", actor=..., act=..., deadline=..., marker=...).')
        object.__setattr__(self, "others", MappingProxyType({tag: MappingProxyType(dict(one)) for tag, one in self.others.items()}))

    def also(self, language: str | Catalogue, *, actor: str, act: str, deadline: str, marker: str) -> Action:
        """The same action, told in one more language.

        Parameters
        ----------
        language : str or Catalogue
            A tag, ``"vi"``, or the Catalogue it is for.
        actor, act, deadline, marker : str
            As they stand in a sentence of that language.

        Returns
        -------
        Action
            A new one; this stays as it is.

        Raises
        ------
        InputError
            A part is empty or no text.

        Examples
        --------
        >>> import evidencekit as ek
        >>> act = ek.Action(actor="the regulator", act="require a reporting button", deadline="2027-06", marker="share who know it")
        >>> both = act.also("vi", actor="cơ quan quản lý", act="yêu cầu nút báo cáo", deadline="2027-06", marker="tỷ lệ biết đến nút")
        >>> list(both.others)
        ['vi']
        """
        tag = language.language if isinstance(language, Catalogue) else language
        if not isinstance(tag, str) or not tag.strip():
            raise InputError("also() takes the tag of a language.", 'For example "vi".')
        parts = {"actor": actor, "act": act, "deadline": deadline, "marker": marker}
        for part, given in parts.items():
            if not isinstance(given, str) or not given.strip():
                raise InputError(f"An action needs its {part} in {tag!r} too.", "Name who does what by when, and how it will be seen.")
        return replace(self, others={**self.others, tag: parts})

    def __reduce__(self) -> Any:
        """Copies are made of plain mappings."""
        return _again, (*(getattr(self, f.name) for f in fields(self)[:-1]), {tag: dict(one) for tag, one in self.others.items()})

    @property
    def record(self) -> dict[str, Any]:
        """What goes into the record of its finding; other languages where there are some."""
        parts = {f.name: getattr(self, f.name) for f in fields(self)[:-1]}
        return {**parts, **({"others": {tag: dict(one) for tag, one in self.others.items()}} if self.others else {})}

    @property
    def line(self) -> Message:
        """The action in a line, with how sure it is that it works where that was graded."""
        told = {part: Told(getattr(self, part), {tag: one[part] for tag, one in self.others.items()}, _FIX) for part in _SLOTS}
        return said(_SAID[self.evidence], told)


def _told(others: object) -> bool:
    """Whether every other language has every part."""
    if not isinstance(others, Mapping):
        return False
    return all(isinstance(one, Mapping) and all(isinstance(one.get(part), str) for part in _SLOTS) for one in others.values())


def _again(actor: str, act: str, deadline: str, marker: str, *more: Any) -> Action:
    indicator, evidence, threshold, others = more
    parts = {"indicator": indicator, "evidence": evidence, "threshold": threshold, "others": others}
    return Action(actor=actor, act=act, deadline=deadline, marker=marker, **parts)
