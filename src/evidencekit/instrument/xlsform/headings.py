"""The headings of sheets: many spellings of one column, and the language it is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["CHOICES", "SETTINGS", "SURVEY", "TRANSLATED", "heading", "split_language"]

_MEDIA = {name: f"media::{name}" for name in ("image", "big-image", "audio", "video")}
_MESSAGES = {"jr:constraintmsg": "constraint_message", "jr:requiredmsg": "required_message", "jr:noapperrorstring": "no_app_error_string"}
# What follows "bind" and "body", and has a column of its own.
_OF_BIND = {
    **_MESSAGES,
    **{name: name for name in ("relevant", "constraint", "required")},
    "calculate": "calculation",
    "readonly": "read_only",
}
_OF_BODY = {"appearance": "appearance", "jr:count": "repeat_count"}
_PREFIXES = ("jr", "ek", "odk", "orx", "oc", "entities")  # of names that hold a colon themselves

SURVEY: Mapping[str, str] = MappingProxyType(
    {
        **{
            name: name
            for name in (
                "type", "name", "label", "hint", "guidance_hint", "required", "required_message", "relevant", "constraint",
                "constraint_message", "calculation", "appearance", "default", "read_only", "repeat_count", "choice_filter", "parameters",
                "trigger", "disabled", "no_app_error_string", "save_to",
            )
        },
        **_MEDIA,
        **_MESSAGES,
        "command": "type", "tag": "name", "value": "name", "caption": "label", "relevance": "relevant", "calculate": "calculation",
        "readonly": "read_only", "count": "repeat_count", "jr:count": "repeat_count", "constraining_message": "constraint_message",
        "constraintmsg": "constraint_message", "requiredmsg": "required_message", "requiredmessage": "required_message",
        "constraintmessage": "constraint_message", "repeatcount": "repeat_count", "choicefilter": "choice_filter",
    }
)  # fmt: skip
CHOICES: Mapping[str, str] = MappingProxyType(
    {"list_name": "list_name", "listname": "list_name", "name": "name", "value": "name", "label": "label", "caption": "label", **_MEDIA}
)
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("form_title", "form_id", "version", "default_language", "namespaces", "allow_choice_duplicates")},
        "title": "form_title", "set_form_title": "form_title", "id_string": "form_id", "set_form_id": "form_id",
    }
)  # fmt: skip
TRANSLATED = frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message", *_MEDIA.values()})


def heading(text: str, known: Mapping[str, str]) -> str:
    """The one spelling of a heading: ``relevance`` and ``bind:relevant`` are ``relevant``, ``Label : en`` is ``label::en``.

    What is not known stays as it is, spaces aside: a choice filter may name it.

    Parameters
    ----------
    text : str
        As it stands in the sheet.
    known : mapping of str to str
        The spellings of this kind of sheet: `SURVEY`, `CHOICES` or `SETTINGS`.
    """
    plain = " ".join(text.replace("\u00a0", " ").split())
    parts = [part.strip() for part in plain.split("::")] if "::" in plain else _single(plain)
    base, rest = _base(parts, known)
    if not base:
        return plain
    if not rest:
        return base
    return f"{base}::{'::'.join(rest)}" if base in TRANSLATED else plain


def split_language(column: str) -> tuple[str, str]:
    """A column in its one spelling as what it holds and its language, which is empty when the heading does not say it."""
    base, sign, language = column.rpartition("::")
    return (base, language) if sign and base in TRANSLATED else (column, "")


def _single(text: str) -> list[str]:
    """The parts of a heading with single colons; ``jr:count`` is one part."""
    parts = [part.strip() for part in text.split(":")]
    out: list[str] = []
    for part in parts:
        if out and out[-1].lower() in _PREFIXES and part:
            out[-1] = f"{out[-1]}:{part}"
        else:
            out.append(part)
    return out


def _base(parts: list[str], known: Mapping[str, str]) -> tuple[str, list[str]]:
    """The column that the first parts name, if it is known, and the parts after it."""
    first = re.sub(r"\s+", "_", parts[0].lower())
    if first in ("bind", "body", "control", "media", "instance") and len(parts) > 1 and known is not SETTINGS:
        second, rest = parts[1].lower(), [part for part in parts[2:] if part]
        if first == "media":
            return (_MEDIA.get(second, f"media::{parts[1]}"), rest)
        if first == "instance" or known is CHOICES:
            return (f"{first}::{parts[1]}", rest)
        if first == "bind":
            return (_OF_BIND.get(second, f"bind::{parts[1]}"), rest)
        return (_OF_BODY.get(second, f"body::{parts[1]}"), rest)
    return known.get(first, ""), [part for part in parts[1:] if part]
