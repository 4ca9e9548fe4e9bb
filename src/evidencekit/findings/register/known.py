"""What a register allows, laid out so that a number in a draft finds its claims at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from evidencekit.findings.register.context import Basis, basis_of, group_after, stems
from evidencekit.findings.register.entries import Entry, Quantity
from evidencekit.findings.register.mentions import Key, Mention, mentions
from evidencekit.findings.register.numerals import even
from evidencekit.findings.register.settings import fits, places_in, years_in

__all__ = ["Claim", "Known", "know"]

_TOKEN = re.compile(r"\d[\d,.]*\d|\d|[^\W\d_]+|%")


@dataclass(frozen=True, slots=True)
class Claim:
    """One entry, with what its wordings say.

    Parameters
    ----------
    entry : Entry
        The entry.
    sides : dict
        For each number of its wordings the sides that are said of it.
    wordings : dict
        For each number the patterns of the wordings that hold it, with how many telling words each has.
    groups : dict
        For each number the groups that stand right after it in a wording.
    words : frozenset of str
        The telling words of its headline and wordings.
    basis : Basis
        Whom, and over which time, its headline and wordings speak of.
    places : str
        Everything that names its places: its wordings and its place; empty where they name none.
    names : tuple of str
        Those places, each by itself.
    years : frozenset of int
        The years that its numbers are of, and those its wordings name; none where it does not state its time.
    roles : dict
        For each number of its quantities what they are in the claim.
    """

    entry: Entry
    sides: dict[Key, set[str]]
    wordings: dict[Key, list[tuple[re.Pattern[str], int, int]]]
    groups: dict[Key, set[str]]
    words: frozenset[str]
    basis: Basis
    places: str
    names: tuple[str, ...]
    years: frozenset[int]
    roles: dict[Key, set[str]]

    def is_in(self, place: str) -> bool:
        """Whether a place is the claim's: named by it, within what it names, or the other way round."""
        return fits(place, self.places) or any(fits(name, place) for name in self.names)

    def quantity(self, mention: Mention) -> Quantity | None:
        """The quantity that a number in a draft is to be measured by: of its unit, and the nearest."""
        alike = [one for one in self.entry.numbers if one.unit == mention.unit and one.low is not None]
        return min(alike, key=lambda one: abs(one.value - mention.low), default=None)


@dataclass(frozen=True, slots=True)
class Known:
    """All claims, and which of them hold each number."""

    claims: tuple[Claim, ...]
    by_key: dict[Key, list[int]]
    counts_years: bool


def know(entries: Iterable[Entry]) -> Known:
    """Read every wording of every entry."""
    claims, by_key = list[Claim](), defaultdict[Key, list[int]](list)
    for k, entry in enumerate(entries):
        groups = defaultdict[Key, set[str]](set)
        sides, wordings = defaultdict[Key, set[str]](set), defaultdict[Key, list[tuple[re.Pattern[str], int, int]]](list)
        for wording in entry.allowed:
            held, shape = mentions(wording), _shape(wording)
            for key in {one.key for one in held}:
                wordings[key].append((shape, len(stems(wording)), len(wording)))
            for one, later in zip(held, [*held[1:], None], strict=True):
                sides[one.key].add(one.side)
                group, _ = group_after(wording[one.end : later.start if later else len(wording)])
                if group:
                    groups[one.key].add(group)
        groups.update(_of_whom(entry))
        said = " . ".join(entry.allowed)
        parts = (dict(sides), dict(wordings), dict(groups), stems(said), basis_of(said))
        of_years = years_in(f"{entry.time} {said}") if years_in(entry.time) else frozenset[int]()
        claims.append(Claim(entry, *parts, *_places(entry, said), of_years, _roles(entry)))
        for key in sides:
            by_key[key].append(k)
    years = any(number.unit == "years" for claim in claims for number in claim.entry.numbers)
    return Known(tuple(claims), dict(by_key), years)


def _places(entry: Entry, said: str) -> tuple[str, tuple[str, ...]]:
    """What names the places of a claim, and each of them."""
    names = [name.strip() for name in (*re.split(r"[,;()]", entry.place), *places_in(said)) if name.strip()]
    return (f"{entry.place} . {said}" if names else ""), tuple(dict.fromkeys(names))


def _of_whom(entry: Entry) -> dict[Key, set[str]]:
    """The groups of those numbers that say of whom they are: in a comparison each number is of its own group, wherever it stands."""
    out = defaultdict[Key, set[str]](set)
    for number in entry.numbers:
        group, _ = group_after(f" {number.whom}")
        if group:
            for one in mentions(number.text):
                out[one.key].add(group)
    return dict(out)


def _roles(entry: Entry) -> dict[Key, set[str]]:
    """What the numbers of an entry are in it."""
    out = defaultdict[Key, set[str]](set)
    for number in entry.numbers:
        for one in mentions(number.text):
            out[one.key].add(number.role)
    return dict(out)


def _shape(wording: str) -> re.Pattern[str]:
    """A wording as a pattern that takes any spacing and punctuation, and no other words or digits."""
    parts = list[str]()
    for token in _TOKEN.findall(even(wording).lower()):
        if token == "%":
            parts.append(r"\s*%")
            continue
        digits = token[0].isdigit()
        gap = r"[^\w%]{1,8}" if parts else ""
        parts.append(rf"{gap}(?<![\d.,]){re.escape(token)}(?![.,]?\d)" if digits else f"{gap}{re.escape(token)}")
    return re.compile(rf"(?<!\w){''.join(parts)}(?!\w)")
