"""What files for Word and for PowerPoint have in common: the packages, properties, and the same bytes every time."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from evidencekit.errors import MissingExtra
from evidencekit.rendering.documents.sheet import Sheet, text
from evidencekit.rendering.figure import Picture

__all__ = ["describe", "finished", "need", "set_properties"]

_THEN = datetime(2000, 1, 1, tzinfo=UTC)  # any fixed moment: the true one would make two files of one sheet differ


def need(module: str, why: str) -> Any:
    """Give a module of python-docx or python-pptx, or the error that says how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtra(f"python-{module.partition('.')[0]}", "office", why) from None


def set_properties(document: Any, sheet: Sheet) -> None:
    """Set title and language, and take out what the empty template says of its own making."""
    properties = document.core_properties
    properties.title, properties.language = sheet.title[:255], sheet.language
    properties.created = properties.modified = properties.last_printed = _THEN
    properties.revision = 1
    for name in ("author", "last_modified_by", "comments", "keywords", "subject", "category"):
        setattr(properties, name, "")
    package = document.part.package
    relations = package.rels if hasattr(package, "rels") else package._rels  # Word's, PowerPoint's
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        relations.pop(key)  # a small picture of the empty template


def describe(properties: Any, picture: Picture) -> None:
    """Give a picture in a document its alternative text and its title."""
    properties.set("descr", text(picture.alt, "alt="))
    properties.set("title", text(picture.title, "title=", empty=True))


def finished(document: Any) -> bytes:
    """Save a document, and pack it again without the time of day."""
    made, packed = BytesIO(), BytesIO()
    document.save(made)
    with ZipFile(made) as old, ZipFile(packed, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0  # the same on Windows and elsewhere
            new.writestr(entry, old.read(name))
    return packed.getvalue()
