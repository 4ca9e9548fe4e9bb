"""From ``card.toml`` to a Card: every section must be there, and say what it has to."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evidencekit.combining.classes import CLASSES, has_design
from evidencekit.errors import InputError, one_of
from evidencekit.planning.cards.card import (
    RESPONDENTS,
    Assumption,
    BiasPrior,
    Card,
    Change,
    Estimand,
    Estimator,
    FieldProcedure,
    Reference,
    Release,
)
from evidencekit.planning.cards.conditions import Condition
from evidencekit.planning.context import Context
from evidencekit.planning.context.fields import check_names

__all__ = ["SECTIONS", "read_card"]

SECTIONS: dict[str, tuple[str, ...]] = {
    "method": ("name", "version", "title", "inference", "respondents", "minimum_age", "status", "authors", "reviewed"),
    "estimand": ("measure", "estimates", "cannot"),
    "requires": ("field", "why"),
    "refuses_if": ("field", "why", "instead"),
    "assumptions": ("says", "check", "if_not"),
    "bias": ("name", "low", "high", "unit", "source", "status"),
    "cost": ("counts",),
    "protection": ("safety", "consent"),
    "field": ("steps", "record", "outcomes"),
    "estimator": ("recommended", "variance", "forbidden"),
    "disclosure": ("notes",),
    "references": ("text", "status"),
    "changelog": ("version", "date", "what"),
    "conformance": ("coverage",),
}
_LISTS = ("requires", "refuses_if", "assumptions", "bias", "references", "changelog")
_MAY_BE_EMPTY = ("requires", "refuses_if")
_OPTIONAL = {"requires": ("is", "at_least", "at_most"), "refuses_if": ("is", "at_least", "at_most"), "bias": ("when",)}


def read_card(path: str | Path) -> Card:
    """Read a card, and refuse one that leaves something unsaid.

    Parameters
    ----------
    path : str or Path
        Of a ``card.toml``, or of its folder.

    Returns
    -------
    Card

    Raises
    ------
    InputError
        It cannot be read, a section or an entry is missing or is one that there is not, a condition names no field of a context, a class
        of inference or a state that there is not, or a floor of coverage where there is no interval.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.method_named("household_one_child").card.inference
    'probability'
    """
    file = Path(path)
    file = file / "card.toml" if file.is_dir() else file
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The card cannot be read ({type(error).__name__}).", "A method's folder holds a card.toml in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The card is not TOML: {error}.", "Compare it with the card in the template.") from None
    return _made(given, file.parent.name)


def _made(given: Mapping[str, Any], folder: str) -> Card:
    check_names(given, list(SECTIONS), "A card")
    for name in SECTIONS:
        _section(given, name, folder)
    method, measure = given["method"], given["estimand"]
    if method["name"] != folder:
        raise InputError(f"The card in the folder {folder} calls its method otherwise.", "Folder and name are the same word.")
    one_of("inference", method["inference"], CLASSES)
    one_of("respondents", method["respondents"], RESPONDENTS)
    one_of("status", method["status"], ("reviewed", "experimental"))
    coverage = given["conformance"]["coverage"]
    if has_design(method["inference"]):
        if not (isinstance(coverage, float) and 0 < coverage < 1):
            raise InputError(f"The card of {folder} has no floor of coverage.", "conformance.coverage = 0.93, for example.")
    elif coverage != "none":
        raise InputError(f"The card of {folder} has a floor of coverage and a class without intervals.", 'conformance.coverage = "none".')
    return Card(
        **{name: method[name] for name in ("name", "version", "title", "inference", "respondents", "minimum_age", "status", "reviewed")},
        authors=_words(method["authors"], folder, "method.authors"),
        estimand=Estimand(**measure),
        requires=tuple(_condition(one, folder) for one in given["requires"]),
        refuses_if=tuple(_condition(one, folder) for one in given["refuses_if"]),
        assumptions=tuple(Assumption(**one) for one in given["assumptions"]),
        bias=tuple(_bias(one, folder) for one in given["bias"]),
        cost_counts=_words(given["cost"]["counts"], folder, "cost.counts"),
        safety=_words(given["protection"]["safety"], folder, "protection.safety"),
        consent=_words(given["protection"]["consent"], folder, "protection.consent"),
        field=FieldProcedure(**{k: _words(v, folder, f"field.{k}") for k, v in given["field"].items()}),
        estimator=Estimator(
            recommended=given["estimator"]["recommended"],
            variance=given["estimator"]["variance"],
            forbidden=_words(given["estimator"]["forbidden"], folder, "estimator.forbidden"),
        ),
        disclosure=Release(_words(given["disclosure"]["notes"], folder, "disclosure.notes")),
        references=tuple(Reference(**one) for one in given["references"]),
        changelog=tuple(Change(**one) for one in given["changelog"]),
        coverage=coverage if isinstance(coverage, float) else None,
    )


def _section(given: Mapping[str, Any], name: str, folder: str) -> None:
    """Refuse a section that is missing, or an entry of it."""
    if name not in given:
        raise InputError(f"The card of {folder} has no section {name}.", "The card in the template has every section.")
    entries = given[name]
    if (name in _LISTS) != isinstance(entries, list):
        raise InputError(f"{name} in the card of {folder} is {'a list of tables' if name in _LISTS else 'one table'}.")
    listed: Sequence[Any] = entries if isinstance(entries, list) else [entries]
    if not listed and name not in _MAY_BE_EMPTY:
        raise InputError(f"{name} in the card of {folder} is empty.", "Say at least one.")
    for entry in listed:
        allowed = [*SECTIONS[name], *_OPTIONAL.get(name, ())]
        if not isinstance(entry, Mapping):
            raise InputError(f"{name} in the card of {folder} is a table of its entries.")
        check_names(entry, allowed, f"{name} in the card of {folder}")
        if missing := [one for one in SECTIONS[name] if entry.get(one) in (None, "", [])]:
            raise InputError(f"{name} in the card of {folder} does not say {missing[0]}.", "The card in the template shows how.")


def _condition(given: Mapping[str, Any], folder: str) -> Condition:
    context = Context()
    if given["field"] not in context.paths:
        raise InputError(f"A condition in the card of {folder} names no field of a context.", "Context.paths has them all.")
    kind = context.asked(given["field"]).kind
    allowed = given.get("is", [])
    allowed = tuple(allowed) if isinstance(allowed, list) else (allowed,)
    ends = {end: float(given[end]) for end in ("at_least", "at_most") if end in given}
    if bool(ends) != (kind in ("number", "share")) or bool(allowed) == bool(ends):
        raise InputError(
            f"A condition in the card of {folder} does not fit its field.",
            "is = of words or true and false, at_least = and at_most = of numbers.",
        )
    return Condition(field=given["field"], allowed=allowed, **ends, why=given.get("why", ""), instead=given.get("instead", ""))


def _bias(given: Mapping[str, Any], folder: str) -> BiasPrior:
    one_of("unit", given["unit"], ("points", "times"))
    one_of("status", given["status"], ("read", "secondary", "assumption"))
    if not given["low"] <= given["high"]:
        raise InputError(f"A bias in the card of {folder} has its lower end above its upper one.", "Write the lower end first.")
    when = tuple(_condition({"why": "", **one}, folder) for one in given.get("when", []))
    plain = {name: given[name] for name in SECTIONS["bias"]}
    return BiasPrior(**plain, when=when)


def _words(given: Any, folder: str, where: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(one, str) and one.strip() for one in given):
        raise InputError(f"{where} in the card of {folder} is a list of sentences.")
    return tuple(given)
