"""Profile: the rules of a release as a noun, read from a TOML file and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from os import PathLike
from typing import Any

from evidencekit.disclosure.profiles.checking import listed, worded
from evidencekit.disclosure.profiles.parts import Geography, Method, Protection, Source, Symbols
from evidencekit.disclosure.profiles.precision import STATISTICS, Fails, PrecisionRule
from evidencekit.disclosure.profiles.reading import RULES, TABLES, made, parts_of
from evidencekit.errors import InputError, one_of
from evidencekit.reading.files import local

__all__ = ["Profile", "profile_of"]

ADJUSTED = "adjusted "  # a share or mean with other things held equal is as uncertain as any other


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Profile:
    """The rules of a release: what is hidden, what is too uncertain, and who must sign.

    Parameters
    ----------
    name : str
        Small letters, digits and hyphens.
    version : str
        Three numbers, as ``"1.0.0"``. Whatever changes what is shown changes the version.
    title : str
        What it is for, in a line.
    protection : Protection
        Thresholds on people and places.
    precision : tuple of PrecisionRule
        When a number is too uncertain. Where several speak of one statistic, the strictest counts.
    no_precision_rule : tuple of str
        The statistics that no precision rule speaks of: named, so that nothing is left out by oversight.
    no_interval : {"flag", "withhold"}
        What a number gets that has no interval, or one of no width.
    geography : Geography
        How small a place may be.
    method : Method
        Hide or round.
    symbols : Symbols
        What stands in place of a number or beside it.
    sign : tuple of str
        The roles that sign a release.
    reviewer : str
        The role that looks at what is marked for review.
    not_checked : tuple of str
        What the source asks for and cannot be seen in an Estimate.
    sources : tuple of Source
        Where the rules are from, and what was read of each.

    Raises
    ------
    InputError
        A part that cannot be used, or parts that contradict each other.

    Examples
    --------
    >>> import evidencekit as ek
    >>> mine = ek.disclosure.profile("child-survey")
    >>> mine.protection.numerator, mine.sign
    (10, ('data steward',))
    """

    name: str
    version: str
    title: str
    protection: Protection
    precision: tuple[PrecisionRule, ...] = ()
    no_precision_rule: tuple[str, ...] = ()
    no_interval: Fails
    geography: Geography = field(default_factory=Geography)
    method: Method = field(default_factory=Method)
    symbols: Symbols = field(default_factory=Symbols)
    sign: tuple[str, ...]
    reviewer: str
    not_checked: tuple[str, ...] = ()
    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.name):
            raise InputError("name= of a profile is made of small letters, digits and hyphens.", 'For example "my-ministry".')
        if not isinstance(self.version, str) or not re.fullmatch(r"\d+\.\d+\.\d+", self.version):
            raise InputError("version= of a profile is three numbers.", 'For example "1.0.0".')
        worded("title", self.title)
        worded("reviewer", self.reviewer)
        one_of("no_interval", self.no_interval, ("flag", "withhold"))
        for name in ("sign", "not_checked", "no_precision_rule"):
            object.__setattr__(self, name, listed(name, getattr(self, name)))
        for name, kind in (("precision", PrecisionRule), ("sources", Source)):
            object.__setattr__(self, name, _all(name, getattr(self, name), kind))
        for name, kind in TABLES.items():
            if not isinstance(getattr(self, name), kind):
                raise InputError(f"{name}= of a profile is of the kind {kind.__name__}.")
        if not self.sources:
            raise InputError("A profile says where its rules are from.", 'Give sources=, if only "our own, agreed with ...".')
        self._check_coverage()

    def _check_coverage(self) -> None:
        """Every statistic has a precision rule or is named as having none."""
        covered = {name for rule in self.precision for name in rule.statistics}
        for name in self.no_precision_rule:
            one_of("no_precision_rule", name, STATISTICS)
        if both := sorted(covered & set(self.no_precision_rule)):
            raise InputError(f"no_precision_rule= names {both[0]!r}, and a precision rule is for it.", "Take it out of one of them.")
        if left := [name for name in STATISTICS if name not in covered and name not in self.no_precision_rule]:
            raise InputError(
                f"The profile does not say what goes for {', '.join(map(repr, left))}.",
                "Add a precision rule for it, or name it in no_precision_rule=.",
            )

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> Profile:
        """A profile from a file of one's own.

        Parameters
        ----------
        path : str or path
            A TOML file with the parts of a Profile as keys and tables; ``[[precision]]`` has a ``rule``: ``"interval of a share"``,
            ``"interval of a count"``, ``"relative standard error"`` or ``"unweighted answers"``.
            ``disclosure.profile_text("child-survey")`` is such a file to begin with.

        Returns
        -------
        Profile

        Raises
        ------
        InputError
            The file is not there or is not TOML, has a key that profiles do not have, lacks one, or contradicts itself.
        """
        file = local(path, suffixes=(".toml",), verb="Profile.from_toml()")
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = None
        if text is None:
            raise InputError("The profile cannot be read as text.", "Save it as UTF-8.")
        return profile_of(text)

    @property
    def digest(self) -> str:
        """A short digest over everything the profile says: two that differ in a number, a word or a source differ in it."""
        return blake2b(json.dumps(asdict(self), sort_keys=True).encode(), digest_size=8).hexdigest()

    @property
    def stamp(self) -> str:
        """Name, version and digest, as a release carries them."""
        return f"{self.name} {self.version}, digest {self.digest}"

    def rules_for(self, statistic: str) -> tuple[PrecisionRule, ...]:
        """The precision rules for a statistic: an adjusted one has those of its kind, one not of the library those of ``"other"``."""
        plain = statistic.removeprefix(ADJUSTED)
        known = plain if plain in STATISTICS else "other"
        return tuple(rule for rule in self.precision if known in rule.statistics)

    def __repr__(self) -> str:
        p, place = self.protection, self.geography.floor
        method = f"round to {self.method.base}" if self.method.kind == "round" else "suppress"
        rules = ", ".join(dict.fromkeys(next(k for k, v in RULES.items() if isinstance(r, v)) for r in self.precision)) or "none"
        return "\n".join(
            [
                f"Profile {self.name} {self.version}: {self.title}",
                f"  at least {p.denominator} answers, {p.numerator} cases, {p.complement} others, {p.psus} sampling units; "
                f"{p.beyond} answers beyond a quantile, {p.between} between points",
                f"  no case: {p.zero}; every one a case: {p.full}; not known: {p.unknown}; floor of geography: {place or 'none'}",
                f"  precision: {rules}; method: {method}; signed by {' and '.join(self.sign) or 'nobody'}",
            ]
        )


def profile_of(text: str) -> Profile:
    """A Profile from the text of a TOML file."""
    return made(parts_of(text), Profile, "The profile")


def _all(name: str, values: Any, kind: Any) -> tuple[Any, ...]:
    """Nouns of one kind as a tuple."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(f"{name}= of a profile is a list.")
    found = tuple(values)
    if not all(isinstance(value, kind) for value in found):
        raise InputError(f"{name}= of a profile holds something else.", "Take its parts from evidencekit.disclosure, or write a TOML file.")
    return found
