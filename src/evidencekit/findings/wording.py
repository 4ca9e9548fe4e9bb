"""Words: the few slots of a sentence that people fill in, and what may not stand in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from evidencekit.errors import InputError, one_of
from evidencekit.findings.languages import Catalogue, Told
from evidencekit.findings.register.entries import TOPICS, Topic
from evidencekit.findings.register.linting import check_words

__all__ = ["Parts", "Words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The words of one other language; made by `Words.also`, which says what they are."""

    did: str
    people: str = ""
    groups: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    recall: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a finding is told: the parts of its sentence that no computation knows.

    Parameters
    ----------
    did : str
        What people did or lived through, after a plural: ``"were asked for a sexual image online"``.
    people : str
        Whom the number is about, as a plural: ``"internet-using children aged 12-17 in Lumora"``. Who was surveyed, where it is left out.
    groups : mapping, optional
        The same for the groups of a table, ``{"sex": {"girl": "internet-using girls aged 12-17 in Lumora"}}``. A cell that belongs to
        several columns is told by the first that has its level here, with the labels of the others beside it.
    recall : str
        The time asked about, ``"in the past 12 months"``; of a share up to an age, that age: ``"before age 18"``.
    topic : {"harm", "offending", "deterrence", "help-seeking", "solution", "other"}
        What it is about: a brief holds more than harm.
    others : mapping
        The same in other languages, by their tag; added by `also`.
    held : mapping, optional
        Of adjusted shares: what the model holds equal, in plain words by its columns, ``{"internet_daily": "daily internet use"}``. One
        that is not here is told by its label in the data, in quotation marks.

    Raises
    ------
    InputError
        A part is no text, holds a number that is no age, year or length of time (written in letters too: "three in four", "half", "the
        majority of"), or a word that blames, alarms or makes less of a child.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.findings.Words(did="were asked for an image", people="girls aged 12-17", recall="in the past 12 months").recall
    'in the past 12 months'
    """

    did: str
    people: str = ""
    groups: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    recall: str = ""
    topic: Topic = "harm"
    others: Mapping[str, Parts] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what would put words in the number's mouth."""
        one_of("topic", self.topic, TOPICS)
        for name in ("did", "people", "recall"):
            object.__setattr__(self, name, _checked(name, getattr(self, name)))
        if not self.did:
            raise InputError("did= of Words is what people did or lived through.", 'For example "were asked for a sexual image online".')
        if not isinstance(self.groups, Mapping) or not all(isinstance(one, Mapping) for one in self.groups.values()):
            raise InputError("groups= of Words is a mapping of columns to mappings of levels.", 'As {"sex": {"girl": "girls aged 12-17"}}.')
        object.__setattr__(self, "groups", _groups(self.groups))
        object.__setattr__(self, "held", _held(self.held))
        if not isinstance(self.others, Mapping) or not all(isinstance(one, Parts) for one in self.others.values()):
            raise InputError("others= of Words is made by also().", 'words.also("vi", did=..., people=...).')
        object.__setattr__(self, "others", MappingProxyType(dict(self.others)))

    def also(
        self,
        language: str | Catalogue,
        *,
        did: str,
        people: str = "",
        groups: Mapping[str, Mapping[Any, str]] | None = None,
        recall: str = "",
        names: Mapping[str, str] | None = None,
        held: Mapping[str, str] | None = None,
    ) -> Words:
        """The same words, in one more language. Nothing typed is translated by itself: a person writes each part again.

        Parameters
        ----------
        language : str or Catalogue
            A tag, ``"vi"``, or the Catalogue they are for.
        did, people, groups, recall, held : str, mapping
            As they stand in a sentence of that language. What is said in English is said in it too.
        names : mapping, optional
            Names that come with the data or were typed elsewhere, and what they are in the language: place and time of a Basis, the source
            of a population, the name of the population, labels of groups. ``{"Lumora": "លូម៉ូរ៉ា", "census of 2024": "ជំរឿនឆ្នាំ 2024"}``. One
            that is not here stays as it is. Its numbers stay too, in digits of any script; a year may be of the Buddhist era.

        Returns
        -------
        Words
            New ones; these stay as they are.

        Raises
        ------
        InputError
            A part that English has is missing, or holds what may not stand in words; a name has other numbers than in English.

        Examples
        --------
        >>> import evidencekit as ek
        >>> words = ek.findings.Words(did="were asked for an image", people="girls aged 12-17", recall="in the past 12 months")
        >>> both = words.also("vi", did="bị hỏi xin hình ảnh", people="trẻ em gái 12-17 tuổi", recall="trong 12 tháng qua")
        >>> list(both.others)
        ['vi']
        """
        tag = language.language if isinstance(language, Catalogue) else language
        if not isinstance(tag, str) or not _TAG.fullmatch(tag) or tag.partition("-")[0] == "en":
            raise InputError("also() takes the tag of another language than English.", 'For example "vi", "km" or "th".')
        if groups is not None and (not isinstance(groups, Mapping) or not all(isinstance(one, Mapping) for one in groups.values())):
            raise InputError("groups= of also() is a mapping of columns to mappings of levels.", "As that of the Words.")
        times = language.times if isinstance(language, Catalogue) else ()
        given = {name: _checked(name, text, tag, times) for name, text in (("did", did), ("people", people), ("recall", recall))}
        same = _held({} if held is None else held, tag, times)
        parts = Parts(
            **given, groups=_groups(groups or {}, tag, times), names=_names({} if names is None else names, tag, times), held=same
        )
        for name in ("did", "people", "recall"):
            if getattr(self, name) and not getattr(parts, name):
                raise InputError(f"{name}= is said in English and is missing in {tag!r}.", f"also({tag!r}, {name}=...).")
        for column, one in self.groups.items():
            if missing := sum(not parts.groups.get(column, {}).get(level) for level in one):
                raise InputError(f"{missing} of the {len(one)} groups of {column!r} are missing in {tag!r}.", f"also({tag!r}, groups=...).")
        if missing := sum(column not in parts.held for column in self.held):
            raise InputError(f"{missing} of the {len(self.held)} columns of held= are missing in {tag!r}.", f"also({tag!r}, held=...).")
        return replace(self, others={**self.others, tag: parts})

    def told(self, name: str) -> Told:
        """One part of the words, in every language that they are in."""
        return Told(getattr(self, name), {tag: getattr(parts, name) for tag, parts in self.others.items()}, _FIX)

    def told_of(self, column: str, level: Any) -> Told:
        """A group, in every language that the words are in."""
        return Told(self.groups[column][level], {tag: parts.groups[column][level] for tag, parts in self.others.items()}, _FIX)

    def told_held(self, column: str) -> Told:
        """What is held equal, in every language that the words are in."""
        return Told(self.held[column], {tag: parts.held[column] for tag, parts in self.others.items()}, _FIX)

    def named(self, name: str) -> str:
        """A name that comes with the data or was typed elsewhere, in the languages that have one; as it is in the others."""
        key = _key(name)
        if not any(key in parts.names for parts in self.others.values()):
            return name
        return Told(name, {tag: parts.names.get(key, name) for tag, parts in self.others.items()}, _FIX)

    def __reduce__(self) -> Any:
        """Copies are made of plain mappings."""
        plain = {c: dict(one) for c, one in self.groups.items()}
        others = {
            tag: (one.did, one.people, {c: dict(g) for c, g in one.groups.items()}, one.recall, dict(one.names), dict(one.held))
            for tag, one in self.others.items()
        }
        return _again, (self.did, self.people, plain, self.recall, self.topic, others, dict(self.held))


_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z\d]{2,8})*")
_FIX = "Add them to its Words: words.also({!r}, did=..., people=..., groups=..., recall=...)."


def _again(
    did: str,
    people: str,
    groups: Mapping[str, Any],
    recall: str,
    topic: Topic,
    others: Mapping[str, tuple[Any, ...]],
    held: Mapping[str, str],
) -> Words:
    parts = {
        tag: Parts(
            did=one[0],
            people=one[1],
            groups=MappingProxyType(one[2]),
            recall=one[3],
            names=MappingProxyType(one[4]),
            held=MappingProxyType(one[5]),
        )
        for tag, one in others.items()
    }
    return Words(did=did, people=people, groups=groups, recall=recall, topic=topic, others=parts, held=held)


def _groups(given: Mapping[str, Mapping[Any, str]], language: str = "en", times: Sequence[str] = ()) -> Mapping[str, Mapping[Any, str]]:
    """Groups that cannot be changed, each checked."""

    def one(each: Mapping[Any, str]) -> Mapping[Any, str]:
        return MappingProxyType({level: _checked("groups", said, language, times) for level, said in each.items()})

    return MappingProxyType({column: one(each) for column, each in given.items()})


def _held(given: object, language: str = "en", times: Sequence[str] = ()) -> Mapping[str, str]:
    """What is held equal, that cannot be changed, each checked."""
    if not isinstance(given, Mapping) or not all(isinstance(column, str) for column in given):
        raise InputError("held= of Words is a mapping of columns to plain words.", 'As {"internet_daily": "daily internet use"}.')
    made = {column: _checked("held", said, language, times) for column, said in given.items()}
    if not all(made.values()):
        raise InputError("held= of Words has a column with no words.", 'As {"internet_daily": "daily internet use"}.')
    return MappingProxyType(made)


def _names(given: object, language: str, times: Sequence[str]) -> Mapping[str, str]:
    """Names that cannot be changed: each is checked as words are, and has the numbers that it has in English."""
    if not isinstance(given, Mapping) or not all(isinstance(one, str) and one.strip() for pair in given.items() for one in pair):
        raise InputError("names= of also() is a mapping of texts to texts.", 'As {"Lumora": "...", "census of 2024": "..."}.')
    for name, said in given.items():
        _checked("names", re.sub(r"\d", "", said), language, times)
        if _numbers(name) != _numbers(said):
            raise InputError("A name in names= of also() has other numbers than in English.", "Keep them; words are translated.")
    return MappingProxyType({_key(name): " ".join(said.split()) for name, said in given.items()})


def _key(name: str) -> str:
    """A name as it is looked up: without blanks and stops at its ends."""
    return " ".join(name.split()).rstrip(".;, ")


def _numbers(text: str) -> list[int]:
    """The numbers of a text in any script; years of the Buddhist era are those of the common one."""
    found = (int(one) for one in re.findall(r"\d+", text))
    return sorted(one - 543 if 2440 <= one < 2640 else one for one in found)


def _checked(name: str, given: object, language: str = "en", times: Sequence[str] = ()) -> str:
    return check_words(f"{name}= of Words", given, language=language, times=times)
