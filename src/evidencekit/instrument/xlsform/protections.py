"""What XLSForm has no column for: roles, purposes and kinds of missing, and how they travel in columns of our own.

::

    survey      bind::ek:role, bind::ek:purpose, bind::ek:missing ({"98": "don't know"}, for codes that are in no list)
    choices     ek_missing (don't know), ek_exclusive (yes)

The device must take the missing codes of a number, so the constraint that is written has them after an ``or``; reading takes them out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from evidencekit.errors import InputError
from evidencekit.instrument.expressions.values import number_of
from evidencekit.instrument.items import Item, Option
from evidencekit.missingness import Missing

__all__ = [
    "EXCLUSIVE",
    "MISSING",
    "MISSING_OF_ITEM",
    "NAMESPACE",
    "PURPOSE",
    "ROLE",
    "kind_of",
    "kinds_of",
    "own_kinds",
    "with_codes",
    "without_codes",
    "without_namespace",
    "written_kinds",
]

ROLE, PURPOSE, MISSING_OF_ITEM = "bind::ek:role", "bind::ek:purpose", "bind::ek:missing"
MISSING, EXCLUSIVE = "ek_missing", "ek_exclusive"
NAMESPACE = 'ek="urn:evidencekit:xlsform"'


def own_kinds(item: Item) -> dict[str, Missing]:
    """The missing codes of an item that its list does not have."""
    listed: Mapping[str, Missing] = item.choices.missing if item.choices else {}
    return {code: kind for code, kind in item.missing.items() if code not in listed}


def written_kinds(kinds: Mapping[str, Missing]) -> str:
    """Codes and their kinds as they stand in a cell."""
    return json.dumps({code: kind.value for code, kind in kinds.items()}, ensure_ascii=False) if kinds else ""


def kinds_of(text: str, where: str) -> dict[str, Missing]:
    """Codes and their kinds from a cell.

    Raises
    ------
    InputError
        The cell does not hold them.
    """
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(kind, str) for kind in found.values()):
        raise InputError(f"{where}: the cell under {MISSING_OF_ITEM!r} does not hold missing codes.", 'Write {"98": "don\'t know"}.')
    return {code: kind_of(kind, where) for code, kind in found.items()}


def kind_of(text: str, where: str) -> Missing:
    """A kind of missing from its name or its words."""
    for kind in Missing:
        if text.casefold() in (kind.value, kind.name.casefold()):
            return kind
    raise InputError(f"{where}: that is no kind of missing answer.", f"Use one of: {', '.join(kind.value for kind in Missing)}.")


def with_codes(item: Item) -> str:
    """The constraint of an item as the device needs it: missing codes of a number are taken as well."""
    codes = _codes(item.kind, item.missing)
    return f"({item.constraint}){codes}" if codes and item.constraint else item.constraint


def without_codes(constraint: str, kind: str, missing: Mapping[str, Missing]) -> str:
    """A constraint without the missing codes that writing put there; any other is left as it is."""
    codes = _codes(kind, missing)
    if codes and constraint.startswith("(") and constraint.endswith(f"){codes}"):
        return constraint[1 : -len(codes) - 1]
    return constraint


def _codes(kind: str, missing: Mapping[str, Missing]) -> str:
    """``or . = 98 or . = 99``, for a number that has missing codes."""
    if kind not in ("integer", "decimal"):
        return ""
    return "".join(f" or . = {code}" for code in missing if number_of(code) == number_of(code) and _plain(code))


def _plain(code: str) -> bool:
    """Whether a code can stand in an expression: digits, perhaps a sign and a point."""
    return code.removeprefix("-").replace(".", "", 1).isdecimal() and code.isascii()


def exclusive(option: Option) -> str:
    """What stands under `EXCLUSIVE` for an option."""
    return "yes" if option.exclusive else ""


def without_namespace(text: str) -> str:
    """The namespaces of a form without ours."""
    return " ".join(text.replace(NAMESPACE, " ").split())
