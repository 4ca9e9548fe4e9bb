"""Context: everything a plan is made from; each answer known, between two values, or not known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from evidencekit.errors import InputError
from evidencekit.planning.context import contradictions
from evidencekit.planning.context.fields import Asked, asked_of, changed_to, check_names, words
from evidencekit.planning.context.ranges import Range
from evidencekit.planning.context.reading import toml_of
from evidencekit.planning.context.sections import Access, Outcome, Population, Protection, Resources, Safety
from evidencekit.rendering.text import text_table

__all__ = ["Context"]

_SECTIONS = {
    "population": Population,
    "access": Access,
    "outcome": Outcome,
    "safety": Safety,
    "protection": Protection,
    "resources": Resources,
}


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Context:
    """The place a team works in, as far as it is known.

    One context is one place: what is so in a part of it only, such as a path for referral in two of three provinces, is answered no, or
    each part is a context of its own, with its own plan.

    Parameters
    ----------
    name : str
        What to call it.
    population, access, outcome, safety, protection, resources
        Sections. What is left out is not known: numbers are then taken between the ends that their field names, and listed as what to
        find out first. A number is given as 0.1, or as (0.05, 0.12) where it lies between two. ``help(ek.planning.Access)`` has the
        questions of a section, and ``print(ek.Context().to_toml())`` all of them, as a file to fill in.

    Raises
    ------
    InputError
        An answer of the wrong kind, or two that exclude each other.

    Examples
    --------
    >>> import evidencekit as ek
    >>> lumora = ek.Context(name="Lumora", population=ek.planning.Population(age_min=12, age_max=17, out_of_school=(0.05, 0.1)))
    >>> lumora.range("population.out_of_school")
    Range(low=0.05, high=0.1)
    >>> lumora["safety.conflict"] is None
    True
    """

    name: str = ""
    population: Population = field(default_factory=Population)
    access: Access = field(default_factory=Access)
    outcome: Outcome = field(default_factory=Outcome)
    safety: Safety = field(default_factory=Safety)
    protection: Protection = field(default_factory=Protection)
    resources: Resources = field(default_factory=Resources)

    def __post_init__(self) -> None:
        """Refuse a section that is none, and answers that exclude each other."""
        object.__setattr__(self, "name", words(self.name, "name= of a context"))
        for name, kind in _SECTIONS.items():
            if not isinstance(getattr(self, name), kind):
                raise InputError(f"{name}= of a context is a planning.{kind.__name__}(...), not a {type(getattr(self, name)).__name__}.")
        contradictions.check(self)

    @classmethod
    def from_toml(cls, path: str | Path) -> Context:
        """Read a context from a TOML file with a table for each section; ``"unknown"`` is not known, ``[low, high]`` a range.

        Raises
        ------
        InputError
            It cannot be read, or has a section or field that there is not.
        """
        return cls.from_mapping(toml_of(path, "The context file", "to_toml() writes one, in UTF-8."))

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Context:
        """Make a context of plain mappings, as TOML and JSON give them."""
        if not isinstance(given, Mapping):
            raise InputError(f"A context is made of a mapping of its sections, not of a {type(given).__name__}.")
        check_names(given, ["name", *_SECTIONS], "A context")
        made: dict[str, Any] = {"name": given.get("name", "")}
        for name, kind in _SECTIONS.items():
            section = given.get(name, {})
            if not isinstance(section, Mapping):
                raise InputError(f"{name} of a context is a table of its fields.", f"Begin it with [{name}].")
            check_names(section, list(asked_of(kind)), name)
            made[name] = kind(**section)
        return cls(**made)

    def __getitem__(self, path: str) -> Any:
        """The answer to a field, as ``"access.school_frame"``; None where it is not known."""
        section, name, _ = _place(path)
        return getattr(getattr(self, section), name)

    def asked(self, path: str) -> Asked:
        """What a field asks."""
        return _place(path)[2]

    def range(self, path: str) -> Range:
        """A number's ends: its own where they are given, those of its field where it is not known.

        What is taken for a cost that is not known is in US dollars; `resources.per_usd` brings it into another currency.

        Raises
        ------
        InputError
            It is not a number, or nothing can be assumed of it: a cost in a currency of which nobody says what it is worth.
        """
        section, name, asked = _place(path)
        given = getattr(getattr(self, section), name)
        if asked.kind not in ("number", "share"):
            raise InputError(f"{path} is not a number.")
        if given is None and asked.unknown is None:
            raise InputError(f"{path} is not known, and nothing can be assumed.", asked.asks)
        if given is None and path.startswith("resources.cost_") and not self.resources.dollars:
            return self._exchanged(asked, path)
        return asked.unknown if given is None else given  # pyright: ignore[reportReturnType]

    def _exchanged(self, asked: Asked, path: str) -> Range:
        """What is taken for a cost, in a currency that is not the US dollar."""
        rate, dollars = self.resources.per_usd, asked.unknown
        if not isinstance(rate, Range) or dollars is None:
            raise InputError(
                f"{path} is not known, and what would be taken for it is in US dollars, not in resources.currency.",
                "Say how many of the currency are one US dollar (resources.per_usd), or what each thing costs (resources.cost_...).",
            )
        return Range(dollars.low * rate.low, dollars.high * rate.high)

    @property
    def currency(self) -> str:
        """Of its costs: US dollars where none is given."""
        return self.resources.currency or "USD"

    def middle(self, path: str) -> float:
        """The middle of a number's range."""
        return self.range(path).middle

    def has(self, path: str) -> bool:
        """Whether anything was answered."""
        return self[path] not in (None, "", ())

    def settled(self, values: Mapping[str, Any], *, assumed: bool = False) -> Context:
        """The same context with some fields answered.

        Parameters
        ----------
        values : mapping
            From fields, as ``"outcome.p"``, to answers.
        assumed : bool
            True says that a plan takes them for the time being: nobody gave them, so that they contradict no answer.

        Returns
        -------
        Context

        Raises
        ------
        InputError
            There is no such field, an answer is of the wrong kind, or two that were given exclude each other.

        Examples
        --------
        >>> import evidencekit as ek
        >>> ek.Context().settled({"outcome.p": 0.1}).middle("outcome.p")
        0.1
        """
        if not isinstance(values, Mapping):
            raise InputError(f"Answers are a mapping from fields, not a {type(values).__name__}.", 'As {"outcome.p": 0.1}.')
        if assumed and not values:
            return self
        changed: dict[str, dict[str, Any]] = {}
        for path, value in values.items():
            section, name, _ = _place(path)
            changed.setdefault(section, {})[name] = value
        sections = {section: changed_to(getattr(self, section), section, given) for section, given in changed.items()}
        if not assumed:
            return replace(self, **sections)
        made = object.__new__(Context)  # not held to contradictions again; copy() takes far longer, and plans ask thousands of times
        for name in ("name", *_SECTIONS):
            object.__setattr__(made, name, sections.get(name, getattr(self, name)))
        return made

    @property
    def paths(self) -> tuple[str, ...]:
        """Every field."""
        return _paths()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The fields that nobody has answered."""
        return tuple(path for path in _paths() if not self.has(path))

    def to_toml(self) -> str:
        """The context as TOML, with every field's question beside it; reading it gives the same context."""
        lines = [f"name = {_toml(self.name)}"]
        for name, kind in _SECTIONS.items():
            lines += ["", f"[{name}]"]
            for one, asked in asked_of(kind).items():
                about = f"{asked.asks} [{', '.join(asked.choices) or asked.unit or asked.kind}]"
                lines.append(f"{one} = {_toml(getattr(getattr(self, name), one))}  # {about}")
        return "\n".join(lines) + "\n"

    def __repr__(self) -> str:
        known = [path for path in _paths() if self.has(path)]
        rows = [[path, _said(self[path])] for path in known]
        head = f"Context: {self.name or 'without a name'}; {len(known)} of {len(_paths())} fields answered"
        return head + ("\n" + text_table(["field", "answer"], rows, limit=60) if rows else "")


@cache
def _paths() -> tuple[str, ...]:
    return tuple(f"{section}.{f.name}" for section, kind in _SECTIONS.items() for f in fields(kind))


_PLACES = {f"{section}.{name}": (section, name, asked) for section, kind in _SECTIONS.items() for name, asked in asked_of(kind).items()}


def _place(path: str) -> tuple[str, str, Asked]:
    """Section, name and question of a field that there is; plans ask hundreds of thousands of times."""
    try:
        return _PLACES[path]
    except (KeyError, TypeError):
        raise InputError("There is no such field of a context.", "Name it as section.field; Context.paths has them all.") from None


def _said(value: Any) -> str:
    return (
        {True: "yes", False: "no"}.get(value, "")
        if isinstance(value, bool)
        else ", ".join(value)
        if isinstance(value, tuple)
        else str(value)
    )


def _toml(value: Any) -> str:
    if value is None:
        return '"unknown"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Range):
        return f"{value.low!r}" if value.known else f"[{value.low!r}, {value.high!r}]"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # TOML escapes as JSON does, and DEL too
