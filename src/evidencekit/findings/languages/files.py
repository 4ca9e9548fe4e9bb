"""A PO file as its header and its messages, with what is wrong with it said by message, never in an engine's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from io import StringIO
from typing import Any

from evidencekit.errors import InputError, in_our_words
from evidencekit.findings.languages.numerals import WHY
from evidencekit.findings.languages.templates import wrong_with
from evidencekit.reading.files import need

__all__ = ["Parsed", "parsed"]

# babel takes many a line for one it can read; translators want to know of each.
_LINE = re.compile(r'(?:msg(?:ctxt|id|id_plural|str(?:\[\d+\])?)\s+)?"(?:[^"\\]|\\.)*"|#.*|')


@dataclass(frozen=True, slots=True)
class Parsed:
    """What stands in a PO file.

    Parameters
    ----------
    header : mapping
        Its fields, with names in small letters.
    messages : mapping
        English templates and what they are in the language; empty where they are not translated.
    fuzzy : frozenset of str
        Templates whose translation is marked as not checked.
    """

    header: Mapping[str, str]
    messages: Mapping[str, str]
    fuzzy: frozenset[str]


def parsed(raw: bytes, name: str) -> Parsed:
    """Read a PO file.

    Parameters
    ----------
    raw : bytes
        The file.
    name : str
        What it is called in messages.

    Raises
    ------
    InputError
        It is not written in UTF-8, is no PO file, or a translation has other slots than its template.
    MissingExtra
        babel is not installed.
    """
    text = _decoded(raw, name)
    if wrong := next((k for k, line in enumerate(text.splitlines(), 1) if not _LINE.fullmatch(line.strip())), 0):
        raise _unreadable(name, wrong)
    header = _header(text)
    if not header:
        raise InputError(
            f"{name} has no header, so it is no PO file.", "Begin with a copy of evidencekit.pot, or save it with a PO editor."
        )
    charset = str(header.get("content-type", "")).casefold().rpartition("charset=")[2]
    if charset not in ("utf-8", "utf8"):
        raise InputError(f"The header of {name} does not say that it is written in UTF-8.", "Content-Type: text/plain; charset=UTF-8")
    engine: Any = need("babel.messages.pofile", "languages", WHY)
    found: Any = in_our_words(lambda: engine.read_po(StringIO(text), abort_invalid=True), lambda _: _unreadable(name))
    messages, fuzzy = dict[str, str](), set[str]()
    for one in found:
        if not one.id:
            continue
        if not isinstance(one.id, str) or not isinstance(one.string, str):
            raise InputError(f"{name} has a message with plural forms.", "Templates have none: a sentence stands for every number.")
        if one.id in messages:
            raise _twice(name)
        if one.string and (wrong := wrong_with(one.id, one.string)):
            raise InputError(f"{name}: in the translation of {one.id!r} {wrong}.", "Use each slot of the English once, and no other.")
        messages[one.id] = one.string
        fuzzy |= {one.id} if one.fuzzy else set()
    if sum(line.strip().startswith("msgid ") for line in text.splitlines()) > len(messages) + 1:  # babel keeps one of two without a word
        raise _twice(name)
    return Parsed(header, messages, frozenset(fuzzy))


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise InputError(f"{name} is not written in UTF-8.", "Save it again as UTF-8.")


def _header(text: str) -> dict[str, str]:
    """The fields of the header: the translation of the empty message, which babel does not hand on whole."""
    try:
        said = "".join(part.encode("latin-1", "backslashreplace").decode("unicode_escape") for part in _first_translation(text))
        return {name.casefold(): value.strip() for name, value in HeaderParser().parsestr(said).items()}
    except (UnicodeError, AttributeError):
        pass
    raise InputError("The header of a catalogue has letters that cannot be read.", "Compare it with that of evidencekit.pot.")


def _first_translation(text: str) -> Iterator[str]:
    """The quoted lines after the first msgstr."""
    reading = False
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("msgstr"):
            if reading:
                return
            reading, line = True, line.removeprefix("msgstr").strip()
        if reading and line.startswith('"') and line.endswith('"'):
            yield line[1:-1]
        elif reading:
            return


def _twice(name: str) -> InputError:
    return InputError(
        f"{name} has a message twice, perhaps under two contexts.", "Keep one translation of each: a template means the same everywhere."
    )


def _unreadable(name: str, line: int = 0) -> InputError:
    """That a file cannot be read, and where."""
    where = f" in line {line}" if line else ""
    return InputError(f"{name} cannot be read as a PO file{where}.", "Open it in a PO editor, which says what is wrong, and save it again.")
