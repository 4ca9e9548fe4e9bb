"""Indicator: a named, versioned definition of what is counted, among whom, and what is done with answers that are not given."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Literal, get_args

from evidencekit.errors import InputError, one_of
from evidencekit.instrument.expressions import Expression, parse
from evidencekit.instrument.given import are_texts, in_order, mapped, pickled
from evidencekit.instrument.indicators.concepts import Concept

__all__ = ["Indicator", "Recall"]

Recall = Literal[
    "past 12 months", "before age 18", "lifetime", "reference event", "at the time of asking", "reporting period", "not stated"
]
Unanswered = Literal["left out", "counted as no"]
Measure = Literal["share", "median age at first event"]
VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True, eq=True, repr=False, kw_only=True)
class Indicator:
    """A named, versioned definition: what is counted, among whom, over which time, and what a missing answer does.

    Parameters
    ----------
    code : str
        Its short name, as ``"V06"``.
    version : str
        Three numbers, as ``"1.0.0"``. Whatever changes the number it gives changes the version.
    title : str
        What tables call it.
    definition : str
        In words.
    numerator : str
        An expression over named items, each a yes or a no, or over the codes of other indicators: ``"${V06} or ${V07}"``. Any yes is a yes;
        no yes and any unknown is unknown; all asked no is a no.
    denominator : str
        Who is counted, as an expression in the same way; empty for everyone in the age range.
    universe : str
        The denominator in words.
    recall : str
        ``"past 12 months"``, ``"before age 18"``, ``"lifetime"``, ``"reference event"``, ``"at the time of asking"``,
        ``"reporting period"`` or ``"not stated"``.
    ages : (int, int or None), optional
        Youngest and oldest, in completed years.
    unanswered : {"left out", "counted as no"}
        What refusals and don't knows do. Whatever is chosen, `prevalence` shows both bounds.
    reference_event : str
        Which event follow-up questions are about: the last, the first, the most serious.
    minimum_n : int
        Numbers on fewer answers are flagged.
    measure : {"share", "median age at first event"}
        What is reported. `prevalence` gives shares.
    items : mapping of str to Concept
        What each named item asks and after which. An item that is not listed is a yes/no question without a question above it.
    parts : sequence of Indicator
        The indicators that the expressions name, each in the version that is meant.
    notes : mapping of str to str or sequence of str
        ``sensitivity``, ``offender_rule``, ``terminology``, ``anchors`` (names of surveys), ``icvac``, ``sdg``, ``by`` (usual breakdowns),
        ``comparable_with`` and ``not_comparable_with`` (codes), ``design``. They change no number.

    Raises
    ------
    InputError
        A part that cannot be used; the message says which and what it takes.

    Examples
    --------
    >>> import evidencekit as ek
    >>> shared = ek.Indicator(code="OWN1", version="1.0.0", title="Image shared or threatened", recall="past 12 months",
    ...                       numerator="${image_shared} or ${threatened}", ages=(12, 17))
    >>> shared
    Indicator(OWN1 1.0.0: Image shared or threatened; past 12 months, ages 12-17)
    >>> shared.item_names
    ('image_shared', 'threatened')
    """

    code: str
    numerator: str
    title: str = ""
    version: str = "1.0.0"
    definition: str = ""
    denominator: str = ""
    universe: str = ""
    recall: Recall = "not stated"
    ages: tuple[int, int | None] | None = None
    unanswered: Unanswered = "left out"
    reference_event: str = ""
    minimum_n: int = 30
    measure: Measure = "share"
    items: Mapping[str, Concept] = field(default_factory=dict)
    parts: Sequence[Indicator] = ()
    notes: Mapping[str, str | Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keep = object.__setattr__
        self._check_words()
        keep(self, "ages", _ages(self.ages, self.code))
        parts = in_order(self.parts, f"parts= of indicator {self.code}", "Take them from ek.indicator(code), or make your own.")
        if not all(isinstance(part, Indicator) for part in parts):
            raise InputError(f"parts= of indicator {self.code} takes Indicators.", "Take them from ek.indicator(code), or make your own.")
        keep(self, "parts", parts)
        if len({part.code for part in self.parts}) < len(self.parts):
            raise InputError(f"Two parts of indicator {self.code} have one code.")
        if not isinstance(self.items, Mapping) or not all(isinstance(c, Concept) for c in self.items.values()):
            raise InputError(f"items= of indicator {self.code} takes a mapping of names to Concepts.")
        keep(self, "items", MappingProxyType(dict(self.items)))
        notes = mapped(self.notes, f"notes= of indicator {self.code}")
        keep(self, "notes", MappingProxyType({k: v if isinstance(v, str) else in_order(v, "A note") for k, v in notes.items()}))
        for part, text in (("numerator", self.numerator), ("denominator", self.denominator)):
            if text:
                _read(text, f"The {part} of indicator {self.code}")
        self._check_gates()

    def _check_words(self) -> None:
        if not isinstance(self.code, str) or not re.fullmatch(r"\w+", self.code):
            raise InputError("code= of an Indicator is a short name of letters, digits and underscores.")
        if not isinstance(self.version, str) or not VERSION.fullmatch(self.version):
            raise InputError(f"version= of indicator {self.code} is three numbers.", 'For example "1.0.0".')
        if not isinstance(self.numerator, str) or not self.numerator.strip():
            raise InputError(f"Indicator {self.code} needs a numerator.", 'For example numerator="${image_shared}".')
        are_texts(self, ("title", "definition", "denominator", "universe", "reference_event"), f"indicator {self.code}")
        one_of("recall", self.recall, get_args(Recall))
        one_of("unanswered", self.unanswered, get_args(Unanswered))
        one_of("measure", self.measure, get_args(Measure))
        if isinstance(self.minimum_n, bool) or not isinstance(self.minimum_n, int) or self.minimum_n < 1:
            raise InputError(f"minimum_n= of indicator {self.code} is a whole number, at least 1.")

    def _check_gates(self) -> None:
        """Refuse items that are asked after themselves."""
        above = {name: self.items[name].gate for name in self.items}

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                raise InputError(f"Items of indicator {self.code} are each asked after the other, {name!r} among them.")
            gate = above.get(name)
            for higher in gate.names if gate is not None else ():
                visit(higher, (*path, name))

        for name in above:
            visit(name, ())

    @property
    def item_names(self) -> tuple[str, ...]:
        """The named items that the numerator and the denominator need, those of its parts included, in the order they stand."""
        found: dict[str, None] = {}
        part_of = {part.code: part for part in self.parts}
        for name in self.names:
            if name in part_of:
                found |= dict.fromkeys(_of_numerator(part_of[name]))
            else:
                found[name] = None
        return tuple(found)

    @property
    def names(self) -> tuple[str, ...]:
        """The items and codes that its own two expressions name."""
        texts = [text for text in (self.numerator, self.denominator) if text]
        return tuple(dict.fromkeys(name for text in texts for name in parse(text).names))

    @property
    def concepts(self) -> Mapping[str, Concept]:
        """What each item asks, those of its parts included."""
        made: dict[str, Concept] = {}
        for part in self.parts:
            made |= part.concepts
        return MappingProxyType(made | dict(self.items))

    @property
    def ages_said(self) -> str:
        """The age range in words; nothing when there is none."""
        if self.ages is None:
            return ""
        low, high = self.ages
        return f"{low} and over" if high is None else f"{low}-{high}"

    @property
    def fingerprint(self) -> str:
        """A hash over everything that changes the number: not over words."""
        parts = [part.fingerprint for part in self.parts]
        gates = {name: concept.after for name, concept in sorted(self.concepts.items()) if concept.after}
        rules = [self.numerator, self.denominator, self.recall, self.ages, self.unanswered, self.measure, parts, gates]
        return blake2b(json.dumps(rules, sort_keys=True).encode(), digest_size=8).hexdigest()

    def note(self, name: str) -> tuple[str, ...]:
        """One of the notes as a tuple; empty when there is none."""
        made = self.notes.get(name, ())
        return (made,) if isinstance(made, str) else tuple(made)

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    def __hash__(self) -> int:
        return hash((self.code, self.version, self.fingerprint))

    def __repr__(self) -> str:
        ages = f", ages {self.ages_said}" if self.ages else ""
        return f"Indicator({self.code} {self.version}{f': {self.title}' if self.title else ''}; {self.recall}{ages})"


def _of_numerator(part: Indicator) -> tuple[str, ...]:
    """The items of a part's numerator: where an indicator is named in another, who was counted in it does not matter."""
    inner = {p.code: p for p in part.parts}
    names = parse(part.numerator).names
    return tuple(item for name in names for item in (_of_numerator(inner[name]) if name in inner else (name,)))


def _read(text: str, what: str) -> Expression:
    try:
        made = parse(text)
    except InputError as wrong:
        raise InputError(f"{what}: {wrong.what}", wrong.fix) from None
    if made.not_evaluable:
        raise InputError(f"{what} uses {', '.join(made.not_evaluable)}, which cannot be worked out from answers.")
    if not made.names:
        raise InputError(f"{what} names no item.", 'Write "${name}" for an item.')
    return made


def _ages(ages: Any, code: str) -> tuple[int, int | None] | None:
    if ages is None:
        return None
    fix = "For example ages=(12, 17), or ages=(18, None)."
    if not isinstance(ages, (tuple, list)) or len(ages) != 2:
        raise InputError(f"ages= of indicator {code} takes the youngest and the oldest.", fix)
    low, high = ages
    whole = all(isinstance(age, int) and not isinstance(age, bool) for age in (low, *([] if high is None else [high])))
    if not whole or low < 0 or (high is not None and high < low):
        raise InputError(f"ages= of indicator {code} takes two whole numbers, the lower first.", fix)
    return (low, high)
