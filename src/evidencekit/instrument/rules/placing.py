"""Which column of the data holds which item: by its name, or by its name after those of its groups, as platforms write it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidencekit.errors import InputError, how_many
from evidencekit.instrument.items import Item
from evidencekit.instrument.rules.plans import Line, Sheet

__all__ = ["KEYS", "PLATFORM", "VERSIONS", "Placed", "need_some", "placed", "ticks_of"]

SIGNS = ("/", "-", ".", ":")
"""What platforms put between a group and a name."""
KEYS = (("_parent_index", "_index"), ("PARENT_KEY", "KEY"), ("_submission__id", "_id"), ("parent_key", "key"))
"""How rows of repeats name the row they belong to, and what they name: KoboToolbox, ODK and SurveyCTO, KoboToolbox again, our own."""
VERSIONS = ("__version__", "__fingerprint__", "FormVersion", "formdef_version", "_version_", "form_version")
"""Columns that say with which version of a form a row was collected."""
PLATFORM = frozenset(
    [
        "start",
        "end",
        "today",
        "deviceid",
        "phonenumber",
        "username",
        "subscriberid",
        "simserial",
        "simid",
        "email",
        "audit",
        "duration",
        "caseid",
        "instanceID",
        "instanceName",
        "KEY",
        "PARENT_KEY",
        "key",
        "parent_key",
        "SET-OF",
        "SubmissionDate",
        "CompletionDate",
        "SubmitterID",
        "SubmitterName",
        "AttachmentsPresent",
        "AttachmentsExpected",
        "Status",
        "ReviewState",
        "DeviceID",
        "Edits",
        "FormVersion",
        "formdef_version",
        "review_status",
        "review_comments",
        "review_corrections",
        "review_quality",
        "_id",
        "_uuid",
        "_index",
        "_submission_time",
        "_validation_status",
        "_notes",
        "_status",
        "_submitted_by",
        "__version__",
        "__fingerprint__",
        "_version_",
        "form_version",
        "_tags",
        "_parent_index",
        "_parent_table_name",
        "_submission__id",
        "_submission__uuid",
        "_submission__submission_time",
        "_submission__validation_status",
        "_submission__notes",
        "_submission__status",
        "_submission__submitted_by",
        "_submission___version__",
        "_submission__tags",
        "_attachments",
        "_geolocation",
        "_xform_id_string",
        "formhub/uuid",
        "meta/instanceID",
        "meta-instanceID",
        "meta/instanceName",
        "meta-instanceName",
        "meta/rootUuid",
    ]
)
"""Columns that platforms add by themselves."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What the columns of a table are.

    `of` has the column of each line by its path, `ticks` the columns of 0 and 1 of a question with several answers, by code; `rest` are
    the columns that the form does not know.
    """

    of: Mapping[str, str]
    ticks: Mapping[str, Mapping[str, str]]
    rest: tuple[str, ...]


def placed(sheet: Sheet, columns: Sequence[str]) -> Placed:
    """Find the columns of a table's items."""
    there = set(columns)
    names = Counter(line.item.name for line in sheet.lines)
    of: dict[str, str] = {}
    ticks: dict[str, dict[str, str]] = {}
    taken: set[str] = set()
    for line in sheet.lines:
        ways = [way for way in _ways(line, only=names[line.item.name] == 1)]
        column = next((way for way in ways if way in there and way not in taken), None)
        if column is None and names[line.item.name] > 1 and line.item.name in there - taken:
            column = line.item.name
        if column is not None:
            of[line.path] = column
            taken.add(column)
        if line.item.kind in ("select_multiple", "rank"):
            found = next((made for way in ways if (made := ticks_of(line.item, way, there - taken))), {})
            if found:
                ticks[line.path] = found
                taken.update(found.values())
    return Placed(of, ticks, tuple(name for name in columns if name not in taken))


def need_some(sheet: Sheet, places: Placed) -> None:
    """Raise an `InputError` when none of a table's items is among its columns: they are another form's, or answers taken for a header."""
    asked = sum(line.item.asked for line in sheet.lines)
    if asked and not places.of and not places.ticks:
        where = f" of the repeat {sheet.name!r}" if sheet.name else ""
        is_are = "is not a column" if asked == 1 else "is a column"
        of = "The one item" if asked == 1 else f"None of the {how_many(asked, 'item')}"
        raise InputError(f"{of}{where} {is_are} of the data.", "Check that they are of this form, and were read with their header.")


def _ways(line: Line, *, only: bool) -> list[str]:
    """How the column of a line may be called, the likeliest first."""
    own = [line.item.name] if only or not line.inner else []
    paths = [part for part in (line.inner, line.groups) if part]
    return [*own, *(sign.join((*part, line.item.name)) for part in paths for sign in SIGNS)]


def ticks_of(item: Item, name: str, columns: set[str]) -> dict[str, str]:
    """The columns of 0 and 1 of a question with several answers: ``name/code``, ``name.code`` or ``name_code``."""
    if item.choices is None:
        return {}
    for sign in (*SIGNS, "_"):
        found: dict[str, str] = {}
        for code in item.choices.codes:
            for way in (f"{name}{sign}{code}", f"{name}{sign}{re.sub('[^0-9A-Za-z_]', '_', code)}"):
                if way in columns:
                    found[code] = way
                    break
        if found:
            return found
    return {}
