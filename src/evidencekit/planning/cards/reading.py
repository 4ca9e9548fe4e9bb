"""From ``card.toml`` to a Card: every section must be there, and say what it has to."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

from evidencekit.combining.classes import CLASSES, has_design
from evidencekit.errors import InputError, is_whole, one_of
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
from evidencekit.planning.context.reading import toml_of

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
_SENTENCES = ("authors", "counts", "safety", "consent", "steps", "record", "outcomes", "forbidden", "notes")  # lists of them
_NOT_TEXT = (*_SENTENCES, "minimum_age", "low", "high", "coverage")  # every other entry is one text
_LISTS = ("requires", "refuses_if", "assumptions", "bias", "references", "changelog")
_MAY_BE_EMPTY = ("requires", "refuses_if")
_OPTIONAL = {"requires": ("is", "at_least", "at_most", "instead"), "refuses_if": ("is", "at_least", "at_most"), "bias": ("when",)}


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
    inside = isinstance(path, (str, os.PathLike)) and os.path.isdir(path)
    file = Path(path) / "card.toml" if inside else path
    given = toml_of(file, "The card", "A method's folder holds a card.toml in UTF-8, as that of the template.")
    return _made(given, Path(file).resolve().parent.name)


def _made(given: Mapping[str, Any], folder: str) -> Card:
    check_names(given, list(SECTIONS), "A card")
    for name in SECTIONS:
        for entry in _section(given, name, folder):
            _kinds(entry, name, folder)
    method, measure = given["method"], given["estimand"]
    if method["name"] != folder:
        raise InputError(f"The card in the folder {folder} calls its method otherwise.", "Folder and name are the same word.")
    one_of("inference", method["inference"], CLASSES)
    one_of("respondents", method["respondents"], RESPONDENTS)
    one_of("status", method["status"], ("reviewed", "experimental"))
    if not is_whole(method["minimum_age"], least=0, most=120):
        raise InputError(f"method.minimum_age in the card of {folder} is a whole number of years.", "minimum_age = 12, for example.")
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
        references=tuple(_reference(one) for one in given["references"]),
        changelog=tuple(Change(**one) for one in given["changelog"]),
        coverage=_coverage(given["conformance"]["coverage"], method["inference"], folder),
    )


def _coverage(given: Any, inference: str, folder: str) -> float | None:
    """The floor of coverage, which goes with a design."""
    if not has_design(inference):
        if given != "none":
            raise InputError(
                f"The card of {folder} has a floor of coverage, and numbers of the class {inference} have no interval.",
                'conformance.coverage = "none".',
            )
        return None
    if not isinstance(given, float) or not 0.5 <= given < 1:
        raise InputError(
            f"The card of {folder} has no floor of coverage: a share of intervals, at least 0.5 and below 1.",
            "conformance.coverage = 0.93, for example.",
        )
    return given


def _kinds(entry: Mapping[str, Any], name: str, folder: str) -> None:
    """Refuse an entry that is no text where it should be one."""
    for one, value in entry.items():
        if one in SECTIONS[name] and one not in _NOT_TEXT and not isinstance(value, str):
            raise InputError(f"{name}.{one} in the card of {folder} is a text, not a {type(value).__name__}.", "Put it in quotes.")


def _section(given: Mapping[str, Any], name: str, folder: str) -> Sequence[Mapping[str, Any]]:
    """The tables of a section, none of which leaves anything unsaid."""
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
        if missing := [one for one in SECTIONS[name] if _blank(entry.get(one))]:
            raise InputError(f"{name} in the card of {folder} does not say {missing[0]}.", "The card in the template shows how.")
    return listed


def _blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _condition(given: Mapping[str, Any], folder: str) -> Condition:
    context, path = Context(), given.get("field")
    if not isinstance(path, str) or path not in context.paths:
        raise InputError(f"A condition in the card of {folder} names no field of a context.", "Context.paths has them all.")
    asked = context.asked(path)
    allowed = given.get("is", [])
    allowed = tuple(allowed) if isinstance(allowed, list) else (allowed,)
    ends = {end: given[end] for end in ("at_least", "at_most") if end in given}
    fits = {
        "yes or no": bool(allowed) and not ends and all(isinstance(one, bool) for one in allowed),
        "choice": bool(allowed) and not ends and all(one in asked.choices for one in allowed),
    }.get(asked.kind, bool(ends) and not allowed and all(_number(end) for end in ends.values()))
    if not fits or asked.kind in ("text", "list"):
        raise InputError(
            f"The condition on {path} in the card of {folder} does not fit its field.",
            f"is = with true, false{', ' if asked.choices else ''}{', '.join(asked.choices)}; at_least = and at_most = with numbers."
            if asked.kind not in ("text", "list")
            else "Conditions are on yes or no, choices, shares and numbers.",
        )
    numbers = {end: float(value) for end, value in ends.items()}
    if numbers.get("at_least", -math.inf) > numbers.get("at_most", math.inf):
        raise InputError(f"The condition on {path} in the card of {folder} can never hold.", "at_least = is at most at_most =.")
    return Condition(field=path, allowed=allowed, **numbers, why=given.get("why", ""), instead=given.get("instead", ""))


def _number(given: Any) -> bool:
    return isinstance(given, Real) and not isinstance(given, bool) and math.isfinite(given)


def _bias(given: Mapping[str, Any], folder: str) -> BiasPrior:
    one_of("unit", given["unit"], ("points", "times"))
    one_of("status", given["status"], ("read", "secondary", "assumption"))
    if not _number(given["low"]) or not _number(given["high"]):
        raise InputError(f"A bias in the card of {folder} has two numbers as its ends.", "low = 0.8 and high = 1.0, for example.")
    least = 0.0 if given["unit"] == "times" else -1.0
    if given["low"] < least or (given["unit"] == "points" and given["high"] > 1):
        raise InputError(
            f"A bias in the card of {folder} is larger than any share.", "In points it is added: -0.02. In times it multiplies: 0.8."
        )
    if not given["low"] <= given["high"]:
        raise InputError(f"A bias in the card of {folder} has its lower end above its upper one.", "Write the lower end first.")
    when = given.get("when", [])
    if not isinstance(when, list) or not all(isinstance(one, Mapping) for one in when):
        raise InputError(f"when in a bias in the card of {folder} is a list of conditions.", "when = [{ field = ..., is = [true] }].")
    for one in when:
        check_names(one, ["field", *_OPTIONAL["requires"]], f"when in a bias in the card of {folder}")
    words = {name: given[name] for name in ("name", "unit", "source", "status")}
    return BiasPrior(**words, low=float(given["low"]), high=float(given["high"]), when=tuple(_condition(one, folder) for one in when))


def _reference(given: Mapping[str, Any]) -> Reference:
    one_of("status", given["status"], ("read", "secondary"))
    return Reference(**given)


def _words(given: Any, folder: str, where: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(one, str) and one.strip() for one in given):
        raise InputError(f"{where} in the card of {folder} is a list of sentences.")
    return tuple(given)
