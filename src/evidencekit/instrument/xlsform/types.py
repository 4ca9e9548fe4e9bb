"""The types of a survey sheet: what a row is, and how an item's type is written."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from evidencekit.instrument.items import Item, Kind

__all__ = ["METADATA", "Typed", "known_type", "typed", "written_type"]

Step = Literal["begin", "end", "setting", "item"]

_SELECTS: Mapping[str, Kind] = MappingProxyType(
    {
        "select_one": "select_one", "select one": "select_one", "select1": "select_one", "select one from": "select_one",
        "select one using": "select_one", "add select one prompt using": "select_one",
        "select_one_external": "select_one", "select one external": "select_one",
        "select_one_from_file": "select_one", "select one from file": "select_one",
        "select_multiple": "select_multiple", "select multiple": "select_multiple", "select multiple from": "select_multiple",
        "select multiple using": "select_multiple", "select all that apply": "select_multiple",
        "select all that apply from": "select_multiple", "add select multiple prompt using": "select_multiple",
        "select_multiple_from_file": "select_multiple", "select multiple from file": "select_multiple",
        "rank": "rank",
    }
)  # fmt: skip
_SELECT = re.compile(rf"({'|'.join(sorted(map(re.escape, _SELECTS), key=len, reverse=True))})(?:\s+(.+))?", re.IGNORECASE)
_OR_OTHER = re.compile(r"(.+?)\s+(or[ _]other|or[ _]specify[ _]other)", re.IGNORECASE)

# Types with nothing to say beyond their kind.
_PLAIN: Mapping[str, Kind] = MappingProxyType(
    {
        "integer": "integer", "int": "integer", "decimal": "decimal", "date": "date", "time": "time", "datetime": "datetime",
        "date time": "datetime", "text": "text", "string": "text", "calculate": "calculate", "note": "note",
        "acknowledge": "acknowledge", "trigger": "acknowledge", "geopoint": "place", "gps": "place", "location": "place", "file": "file",
    }
)  # fmt: skip
# Types that say more: they are kept beside the kind.
_SPECIAL: Mapping[str, Kind] = MappingProxyType(
    {
        "percentage": "integer", "range": "decimal", "barcode": "text", "calculate_here": "calculate", "geotrace": "place",
        "geoshape": "place", "image": "file", "photo": "file", "audio": "file", "video": "file", "signature": "file",
        "hidden": "other", "xml-external": "other", "csv-external": "other", "osm": "other", "enumerator": "other",
    }
)  # fmt: skip
METADATA = frozenset(
    {
        "start", "end", "today", "deviceid", "imei", "subscriberid", "simserial", "phonenumber", "username", "email", "audit", "caseid",
        "start-geopoint", "background-geopoint", "background-audio", "text audit", "text_audit", "audio audit", "comments",
        "speed violations count", "speed violations list", "speed violations audit", "sensor_statistic", "sensor_stream",
        "start time", "end time", "device id", "phone number", "sim id", "subscriber id",
    }
)  # fmt: skip
_CONTROL = re.compile(r"(begin|end)[\s_]*(group|lgroup|looped group|repeat|loop)(?:\s+(?:over\s+)?(\S+))?", re.IGNORECASE)
_SETTINGS = ("form_title", "form_id", "set form title", "set form id", "title", "id_string")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a cell under ``type`` says.

    Parameters
    ----------
    step : str
        ``"begin"`` and ``"end"`` of a group, a ``"setting"`` that stands in the survey sheet, or an ``"item"``.
    kind : str
        Of an item.
    repeat : bool
        Whether the group repeats.
    list : str
        The list of choices that is named.
    from_form : bool
        Whether the list is in the form; a file or the answers to another question hold it when not.
    external : bool
        Whether the list is in the sheet ``external_choices``.
    more : bool
        Whether the text says more than the kind and the list, so that it has to be kept.
    """

    step: Step
    kind: Kind = "other"
    repeat: bool = False
    list: str = ""
    from_form: bool = True
    external: bool = False
    more: bool = False


def typed(text: str, lists: Collection[str] = ()) -> Typed:
    """Read the type of a row; what is not known is an item of the kind ``"other"``.

    Parameters
    ----------
    text : str
        The cell under ``type``.
    lists : collection of str
        The names of the lists that the form has, since a name may hold spaces.
    """
    plain = " ".join(text.split())
    if control := _CONTROL.fullmatch(plain):
        step: Step = "begin" if control.group(1).lower() == "begin" else "end"
        return Typed(step, repeat=control.group(2).lower() not in ("group",), list=control.group(3) or "")
    if (select := _SELECT.fullmatch(plain)) and (select.group(2) or plain.lower() in _SELECTS):
        return _selection(select.group(1).lower(), select.group(2) or "", lists)
    if plain.lower() in _SETTINGS:
        return Typed("setting")
    if plain.lower() in METADATA:
        return Typed("item", "metadata", more=True)
    if plain.lower() in _PLAIN:
        return Typed("item", _PLAIN[plain.lower()])
    return Typed("item", _SPECIAL.get(plain.lower(), "other"), more=True)


def _selection(command: str, rest: str, lists: Collection[str]) -> Typed:
    """A selection: the list may be followed by ``or_other``."""
    other = _OR_OTHER.fullmatch(rest) if rest not in lists else None
    name = other.group(1) if other else rest
    from_file, external = "file" in command or "${" in name, "external" in command
    more = from_file or external or other is not None
    return Typed("item", _SELECTS[command], list=name, from_form=not from_file, external=external, more=more)


def known_type(text: str) -> bool:
    """Whether a type is one of XLSForm or SurveyCTO."""
    made, plain = typed(text), " ".join(text.split()).lower()
    return made.step != "item" or made.kind != "other" or plain in _SPECIAL


def written_type(item: Item) -> str:
    """The type of an item as it is written when its `other` does not say it; empty when the kind does not tell."""
    if item.kind in ("select_one", "select_multiple", "rank"):
        return f"{item.kind} {item.choices.name}" if item.choices else ""
    if item.kind == "metadata":
        return item.name if item.name in METADATA else ""
    return {"place": "geopoint", "other": ""}.get(item.kind, item.kind)
