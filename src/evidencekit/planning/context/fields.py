"""The kinds of fields of a context: what each asks, in which unit, and between which values the answer lies while nobody knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, TypeVar
from unicodedata import category

from evidencekit.errors import InputError, named, one_of
from evidencekit.planning.context.ranges import Range, range_of

__all__ = ["Asked", "asked_of", "choice", "listed", "normalised", "number", "share", "text", "words", "yes_no"]

Kind = Literal["yes or no", "share", "number", "choice", "text", "list"]


S = TypeVar("S", bound=type)
_PYTHON = {"yes or no": "bool", "share": "share, or (low, high)", "number": "number, or (low, high)", "text": "str", "list": "list of str"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a field asks.

    Parameters
    ----------
    kind : str
        What the answer may be.
    asks : str
        The question, as somebody who plans would put it.
    unit : str
        Of a number.
    least, most : float
        Between which every answer lies.
    unknown : Range or None
        What is taken while it is not known; None where a plan can do without.
    source : str
        Where that range is from; ``"assumption"`` where it is nobody's finding.
    choices : tuple of str
        Of a choice.
    """

    kind: Kind
    asks: str
    unit: str = ""
    least: float = 0.0
    most: float = float("inf")
    unknown: Range | None = None
    source: str = "assumption"
    choices: tuple[str, ...] = ()


def yes_no(asks: str) -> Any:
    """A question whose answer is yes, no or not known."""
    return field(default=None, metadata={"asked": Asked("yes or no", asks)})


def share(asks: str, *, unknown: tuple[float, float] | None, source: str = "assumption") -> Any:
    """A share of something, 0 to 1."""
    between = None if unknown is None else Range(*unknown)
    return field(default=None, metadata={"asked": Asked("share", asks, most=1.0, unknown=between, source=source)})


def number(
    asks: str,
    *,
    unit: str,
    unknown: tuple[float, float] | None = None,
    least: float = 0.0,
    most: float = float("inf"),
    source: str = "assumption",
) -> Any:
    """A number of something."""
    between = None if unknown is None else Range(*unknown)
    return field(default=None, metadata={"asked": Asked("number", asks, unit, least, most, between, source)})


def choice(asks: str, *choices: str) -> Any:
    """One of several words, or not known."""
    return field(default=None, metadata={"asked": Asked("choice", asks, choices=choices)})


def text(asks: str) -> Any:
    """Words."""
    return field(default="", metadata={"asked": Asked("text", asks)})


def listed(asks: str) -> Any:
    """Several words."""
    return field(default=(), metadata={"asked": Asked("list", asks)})


def described(section: S) -> S:
    """Put what every field asks into a section's docstring, so that `help` says it; one place holds the questions."""
    lines = [section.__doc__ or "", "", "    Parameters", "    ----------"]
    for name, asked in asked_of(section).items():
        kind = "{" + ", ".join(f'"{one}"' for one in asked.choices) + "}" if asked.choices else _PYTHON[asked.kind]
        unit = " In years." if asked.unit == "years" else ""
        money = " In the currency." if asked.unit == "of the currency" and name != "per_usd" else ""
        taken = f" Where it is not known: {asked.unknown}{' US dollars' if money else ''} ({asked.source})." if asked.unknown else ""
        lines += [f"    {name} : {kind}, optional", f"        {asked.asks}{unit}{money}{taken}"]
    section.__doc__ = "\n".join(lines) + "\n    "
    return section


@cache
def asked_of(section: type) -> Mapping[str, Asked]:
    """The fields of a kind of section and what each asks; every simulation looks them up."""
    return MappingProxyType({f.name: f.metadata["asked"] for f in fields(section) if "asked" in f.metadata})


def normalised(section: Any, name: str) -> None:
    """Bring every field of a frozen section into its form, or refuse it, by its place in the context."""
    for one in fields(section):
        if "asked" in one.metadata:
            object.__setattr__(section, one.name, _answer(one, getattr(section, one.name), f"{name}.{one.name}"))


def changed_to(section: Any, name: str, answers: Mapping[str, Any]) -> Any:
    """A section with some of its fields answered otherwise; only these are brought into their form: plans ask for it thousands of times."""
    made, kinds = object.__new__(type(section)), _kinds(type(section))
    for one, kind in kinds.items():
        put = _answer(kind, answers[one], f"{name}.{one}") if one in answers else getattr(section, one)
        object.__setattr__(made, one, put)
    return made


@cache
def _kinds(section: Any) -> dict[str, Field[Any]]:
    return {one.name: one for one in fields(section)}


def _answer(one: Field[Any], given: Any, path: str) -> Any:
    asked: Asked = one.metadata["asked"]
    if given is None or (isinstance(given, str) and given == "unknown"):
        return one.default if asked.kind in ("text", "list") else None
    if asked.kind == "yes or no":
        return _yes_no(given, path)
    if asked.kind == "choice":
        one_of(path, given, asked.choices)
        return given
    if asked.kind == "text":
        return words(given, path)
    if asked.kind == "list":
        if isinstance(given, str) or not isinstance(given, (tuple, list)):
            raise InputError(f"{path} takes a list of words.", 'As ["Khmer", "English"].')
        return tuple(words(word, path) for word in given)
    return _number(given, asked, path)


def _yes_no(given: object, path: str) -> bool:
    words = {"yes": True, "no": False}
    if isinstance(given, bool):
        return given
    if isinstance(given, str) and given in words:
        return words[given]
    fix = 'None is for what is not known ("unknown" in TOML). What is so in a part of the place only is false, or each part is a context.'
    raise InputError(f"{path} takes true, false or None.", fix)


def words(given: object, path: str) -> str:
    """A text in one line, of what can be written and seen."""
    if not isinstance(given, str):
        raise InputError(f"{path} takes words, not a {type(given).__name__}.")
    text = " ".join(given.split())
    if any(category(one) in ("Cc", "Cs") for one in text):
        raise InputError(f"{path} holds a character that cannot be written or seen.", "Type it anew; a copy may have brought it along.")
    return text


def _number(given: object, asked: Asked, path: str) -> Range:
    try:
        found = range_of(given)
    except InputError as error:
        raise InputError(f"{path}: {error.what}", error.fix) from None
    if found.low < asked.least or found.high > asked.most:
        between = "a share, from 0 to 1" if asked.kind == "share" else f"from {asked.least:g} to {asked.most:g}"
        raise InputError(f"{path} is {between}.", "Five per cent is 0.05." if asked.kind == "share" else f"Its unit: {asked.unit}.")
    return found


def check_names(given: Mapping[str, Any], allowed: list[str], where: str) -> None:
    """Refuse a field that there is not: an answer that is not read would be a default in silence."""
    for name in given:
        if name not in allowed:
            near = get_close_matches(str(name), allowed, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            raise InputError(f"{where} has no field {name!r}.", f"{hint}It has {named(allowed, most=len(allowed))}.")
