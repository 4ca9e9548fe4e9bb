"""The catalogue of indicators: files that ship with the library, read and resolved."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from evidencekit.errors import InputError
from evidencekit.frames import frame_of
from evidencekit.instrument.expressions import parse
from evidencekit.instrument.indicators.concepts import Concept
from evidencekit.instrument.indicators.definition import Indicator

__all__ = ["catalogue", "indicator", "shelf"]

FOLDER, ITEMS = "catalogue", "items.toml"
NOTES = (
    "sensitivity",
    "offender_rule",
    "terminology",
    "anchors",
    "icvac",
    "sdg",
    "by",
    "comparable_with",
    "not_comparable_with",
    "design",
)
_SHOWN = ("code", "version", "title", "universe", "recall", "ages", "unanswered", "minimum_n", "measure")


def indicator(code: str, version: str | None = None) -> Indicator:
    """An indicator of the catalogue.

    Parameters
    ----------
    code : str
        As ``"V06"``; `ek.instrument.catalogue()` lists them.
    version : str, optional
        As ``"1.0.0"``; the newest by default. Give it where a number is to mean the same next year.

    Returns
    -------
    Indicator
        Its title, definition, expressions, items, age range, recall period and notes.

    Raises
    ------
    InputError
        The catalogue has no such code or version; the nearest are named.

    Examples
    --------
    >>> import evidencekit as ek
    >>> made = ek.indicator("V13")
    >>> made
    Indicator(V13 1.0.0: Clear examples of technology-facilitated sexual exploitation and abuse; past 12 months, ages 12-17)
    >>> made.numerator
    '${V06} or ${V07} or ${V04a}'
    """
    if not isinstance(code, str):
        raise InputError(f"indicator() takes a code, not a {type(code).__name__}.", 'For example ek.indicator("V06").')
    every = shelf()
    codes = list(dict.fromkeys(known for known, _ in every))
    if code not in codes:
        near = _nearest(code, every)  # a code that is like none of them may be anything, an answer too, and is not repeated
        what = f"The catalogue has no indicator {code!r}.{near}" if near else "The catalogue has no indicator of this code."
        raise InputError(what, "ek.instrument.catalogue() lists them.")
    versions = sorted((v for known, v in every if known == code), key=_ordered)
    wanted = versions[-1] if version is None else version
    if wanted not in versions:
        raise InputError(f"Indicator {code} has no such version.", f"It has {', '.join(versions)}.")
    return every[code, wanted]


def catalogue() -> Any:
    """Every indicator of the catalogue.

    Returns
    -------
    pandas.DataFrame
        A row an indicator and version: ``code, version, title, universe, recall, ages, unanswered, minimum_n, measure, numerator,
        denominator, sensitivity, anchors``.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.instrument.catalogue().set_index("code").loc["V06", "recall"]
    'past 12 months'
    """
    made = sorted(shelf().values(), key=lambda of: (of.code, _ordered(of.version)))
    columns: dict[str, list[Any]] = {name: [getattr(of, "ages_said" if name == "ages" else name) for of in made] for name in _SHOWN}
    columns |= {name: [getattr(of, name) for of in made] for name in ("numerator", "denominator")}
    columns |= {name: [", ".join(of.note(name)) for of in made] for name in ("sensitivity", "anchors")}
    return frame_of(columns, "pandas")


@cache
def shelf() -> Mapping[tuple[str, str], Indicator]:
    """The catalogue by code and version, in the order of its files; read once."""
    folder = files("evidencekit.instrument.indicators") / FOLDER
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".toml")}
    concepts = {name: Concept(**made) for name, made in tomllib.loads(texts.pop(ITEMS)).items()}
    records = [record for name in sorted(texts) for record in tomllib.loads(texts[name])["indicator"]]
    return MappingProxyType(resolved(records, concepts))


def resolved(records: list[dict[str, Any]], concepts: Mapping[str, Concept]) -> dict[tuple[str, str], Indicator]:
    """Indicators from the records of the files, their parts first.

    Raises
    ------
    InputError
        Two records have one code and version; a part or an item is not there; records are parts of each other.
    """
    by_key = {(record["code"], record["version"]): record for record in records}
    if len(by_key) < len(records):
        raise InputError("Two indicators of the catalogue have one code and version.")
    made: dict[tuple[str, str], Indicator] = {}

    def make(key: tuple[str, str], path: tuple[tuple[str, str], ...]) -> Indicator:
        if key in path or key not in by_key:
            problem = "is a part of itself" if key in path else "is named as a part, and is not in the catalogue"
            raise InputError(f"Indicator {key[0]} {key[1]} {problem}.")
        if key not in made:
            parts = by_key[key].get("parts", {})
            made[key] = _indicator(by_key[key], [make(part, (*path, key)) for part in parts.items()], concepts)
        return made[key]

    return {key: make(key, ()) for key in by_key}


def _indicator(record: Mapping[str, Any], parts: list[Indicator], concepts: Mapping[str, Concept]) -> Indicator:
    own = dict(record)
    own.pop("parts", None)
    notes = {name: own.pop(name) for name in NOTES if name in own}
    codes = {part.code for part in parts}
    wanted = [n for text in (own["numerator"], own.get("denominator", "")) if text for n in parse(text).names if n not in codes]
    items: dict[str, Concept] = {}
    while wanted:
        name = wanted.pop()
        if name not in concepts:
            raise InputError(f"Indicator {own['code']} names {name!r}, which is neither one of its parts nor an item of the catalogue.")
        if name not in items:
            items[name] = concepts[name]
            gate = concepts[name].gate
            wanted += gate.names if gate is not None else ()
    if "ages" in own:
        low, *high = own["ages"]
        own["ages"] = (low, high[0] if high else None)
    return Indicator(**own, parts=parts, items=items, notes=notes)


def _nearest(code: str, every: Mapping[tuple[str, str], Indicator]) -> str:
    """Codes like this one, or whose titles are."""
    titles = {of.title.casefold(): of.code for of in every.values()}
    codes = {of.code.casefold(): of.code for of in every.values()}
    near = [codes[c] for c in get_close_matches(code.casefold(), codes, n=3, cutoff=0.6)]
    near += [titles[t] for t in get_close_matches(code.casefold(), titles, n=3, cutoff=0.5)]
    near += [of for title, of in titles.items() if len(code) > 3 and code.casefold() in title]
    near = list(dict.fromkeys(near))[:3]
    return f" Did you mean {' or '.join(repr(c) for c in near)}?" if near else ""


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
