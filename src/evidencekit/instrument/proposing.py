"""Kinds of missing for a form that does not say them: proposed from its labels, and applied by the analyst."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from evidencekit.errors import InputError
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import pickled
from evidencekit.instrument.items import Choices, Group, Option, Part
from evidencekit.instrument.missing_words import kinds_in
from evidencekit.missingness import Missing

__all__ = ["MissingMap", "propose_missing", "said_by", "with_missing"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MissingMap(Mapping[str, Mapping[str, Missing]]):
    """Kinds of missing for the codes of lists: a mapping of list to code to kind.

    Parameters
    ----------
    kinds : mapping of str to mapping of str to Missing
        The kind of each code, by list.
    joint : mapping of str to tuple of str
        Codes whose label joins several kinds ("don't know / refused"): what was meant cannot be told any more, so their kind is
        ``Missing.UNSTATED``. The next version of the form should give each a code of its own.
    """

    kinds: Mapping[str, Mapping[str, Missing]]
    joint: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", MappingProxyType({name: MappingProxyType(dict(codes)) for name, codes in self.kinds.items()}))
        object.__setattr__(self, "joint", MappingProxyType(dict(self.joint)))

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    def __getitem__(self, name: str) -> Mapping[str, Missing]:
        return self.kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.kinds)

    def __len__(self) -> int:
        return len(self.kinds)

    def __repr__(self) -> str:
        lines = [f"MissingMap: {len(self)} list{'s' if len(self) != 1 else ''}; nothing is applied before with_missing()"]
        for name, codes in self.kinds.items():
            said = [f"{code} {kind.value}{' (joint)' if code in self.joint.get(name, ()) else ''}" for code, kind in codes.items()]
            lines.append(f"  {name}: {', '.join(said)}")
        return "\n".join(lines[:40] + ([f"  and {len(lines) - 40} more"] if len(lines) > 40 else []))


def propose_missing(form: Instrument) -> MissingMap:
    """Propose kinds of missing for the lists of a form, by what their labels say.

    Looked for are "don't know" and "prefer not to say" in English, French, Spanish, Portuguese, Khmer, Thai, Vietnamese, Tagalog and
    Bahasa. A label counts only as a whole, so "the hospital refused" is an answer. Codes that have a kind already are left out. It is a
    proposal: read it before it is applied with `with_missing`.

    Parameters
    ----------
    form : Instrument
        Such as one that was read from an XLSForm of others.

    Returns
    -------
    MissingMap
        By list, each code with its kind; ``.joint`` names the codes whose labels join kinds.

    Examples
    --------
    >>> import evidencekit as ek
    >>> known = ek.Choices("known", {1: "Yes", 0: "No", 88: "Don't know", 99: "Refused to answer"})
    >>> form = ek.Instrument("lesson", [ek.Item("told", "select_one", "Did you tell anyone?", known)])
    >>> proposal = ek.instrument.propose_missing(form)
    >>> proposal
    MissingMap: 1 list; nothing is applied before with_missing()
      known: 88 don't know, 99 prefer not to say
    >>> ek.instrument.with_missing(form, proposal).item("told").missing["99"].value
    'prefer not to say'
    """
    if not isinstance(form, Instrument):
        raise InputError(f"propose_missing() takes an Instrument, not a {type(form).__name__}.")
    kinds: dict[str, dict[str, Missing]] = {}
    joint: dict[str, tuple[str, ...]] = {}
    for choices in form.lists:
        found = {option.code: said for option in choices.listed if option.missing is None and (said := said_by(option))}
        if found:
            kinds[choices.name] = {code: next(iter(of)) if len(of) == 1 else Missing.UNSTATED for code, of in found.items()}
        if several := tuple(code for code, of in found.items() if len(of) > 1):
            joint[choices.name] = several
    return MissingMap(kinds, joint)


def with_missing(form: Instrument, proposal: Mapping[str, Mapping[str, Missing]]) -> Instrument:
    """The form with kinds of missing for codes of its lists.

    Parameters
    ----------
    form : Instrument
        It stays as it is.
    proposal : mapping of str to mapping of str to Missing
        By list, each code with its kind: what `propose_missing` gave, or one's own.

    Returns
    -------
    Instrument
        A new form.

    Raises
    ------
    InputError
        A list or a code that the form does not have, or something else than a kind.

    Examples
    --------
    >>> import evidencekit as ek
    >>> known = ek.Choices("known", {1: "Yes", 0: "No", 9: "?"})
    >>> form = ek.Instrument("lesson", [ek.Item("told", "select_one", "Did you tell anyone?", known)])
    >>> ek.instrument.with_missing(form, {"known": {"9": ek.Missing.UNSTATED}}).lists[0]
    Choices('known', 3 options, 1 of them missing kinds)
    """
    if not isinstance(form, Instrument):
        raise InputError(f"with_missing() takes an Instrument, not a {type(form).__name__}.")
    if not isinstance(proposal, Mapping) or not all(isinstance(codes, Mapping) for codes in proposal.values()):
        raise InputError("with_missing() takes kinds by list and code.", 'For example {"yes_no": {"99": ek.Missing.REFUSED}}.')
    lists = {choices.name: choices for choices in form.lists}
    if unknown := [name for name in proposal if name not in lists]:
        raise InputError(f"{len(unknown)} lists of the proposal are not in the form, {unknown[0]!r} among them.", "Take them out.")
    made = {name: Choices(name, lists[name].listed, codes) for name, codes in proposal.items()}
    return replace(form, items=[_part(part, made) for part in form.items])


def said_by(option: Option) -> frozenset[Missing]:
    """The kinds that the labels of an option say, in whatever language."""
    labels = option.label.values() if isinstance(option.label, Mapping) else (option.label,)
    return frozenset(kind for label in labels for kind in kinds_in(label))


def _part(part: Part, made: Mapping[str, Choices]) -> Part:
    if isinstance(part, Group):
        return replace(part, items=[_part(inner, made) for inner in part.items])
    if part.choices is None or part.choices.name not in made:
        return part
    return replace(part, choices=made[part.choices.name])
