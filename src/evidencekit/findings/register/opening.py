"""What check_text was given, a file or a text, as passages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from evidencekit.errors import InputError, in_our_words
from evidencekit.findings.register.passages import Passage, from_html, from_text
from evidencekit.findings.register.word_files import from_word

__all__ = ["passages_of"]

MOST = 64 * 1024 * 1024  # bytes of a text file
_TEXT, _PAGE, _WORD = {".md", ".markdown", ".txt", ".text"}, {".html", ".htm", ".xhtml"}, {".docx", ".docm", ".dotx"}
_OTHER = {".doc", ".dot", ".rtf", ".odt", ".pdf", ".pptx", ".ppt", ".xlsx", ".xls", ".pages", ".tex"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TAKES = "check_text() reads .docx, .md, .txt and .html files, and texts."


def passages_of(document: Any) -> tuple[list[Passage], str, tuple[str, ...]]:
    """The passages of a document, its name ("text" for a text), and what of it was not read.

    A path object is a file. So is a text of one line that names something that exists. A text of one word that ends like a file's name and
    names nothing is refused rather than read as prose: it is a path with a mistake in it.

    Raises
    ------
    InputError
        It is neither, is not there, or cannot be read.
    """
    if isinstance(document, os.PathLike):
        return _file(Path(os.fspath(document)))
    if not isinstance(document, str):
        raise InputError(f"check_text() takes a path or a text, not a {type(document).__name__}.", _TAKES)
    if 0 < len(document) <= 1024 and document.isprintable():
        path = Path(document)
        suffix = path.suffix.lower()
        if document.strip() and os.path.exists(document):  # which is no trouble for a text that is too long for a name
            return _file(path)
        if suffix in _TEXT | _PAGE | _WORD | _OTHER and len(path.name.split()) <= 6:
            raise InputError(
                "This text ends like the name of a file, and there is no such file.", "Check the path, or end the text otherwise."
            )
    return from_text(_lines(document)), "text", ()


def _file(path: Path) -> tuple[list[Passage], str, tuple[str, ...]]:
    name, suffix = path.name, path.suffix.lower()
    if path.is_dir():
        raise InputError(f"{name!r} is a folder.", "Pass one file at a time.")
    if not path.is_file():
        raise InputError(f"There is no file {name!r}.", "Check the path.")

    def problem(trouble: Exception) -> InputError:
        return InputError(f"{name!r} cannot be read ({type(trouble).__name__}): it may be cut short or protected.", "Save it anew.")

    if suffix in _OTHER:
        raise InputError(f"A {suffix} file cannot be read.", f"Save it as .docx. {_TAKES}")
    if suffix not in _TEXT | _PAGE | _WORD:
        raise InputError(f"{name!r} does not end like a file that can be read.", _TAKES)
    if suffix in _WORD:
        start = in_our_words(lambda: _start(path), problem)
        if start.startswith(_OLE):
            fix = "Take the password off, or save it as .docx from Word."
            raise InputError(f"{name!r} is protected by a password, or is an old .doc with another name.", fix)
        passages, notes = in_our_words(lambda: from_word(path), problem)
        return passages, name, notes
    if path.stat().st_size > MOST:
        raise InputError(f"{name!r} has more than {MOST // 2**20} MB.", "Pass the text without what is not text.")
    raw = in_our_words(path.read_bytes, problem)
    text = _lines(_decoded(raw, name))
    passages = in_our_words(lambda: from_html(text), problem) if suffix in _PAGE else from_text(text)
    return passages, name, ()


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def _decoded(raw: bytes, name: str) -> str:
    def problem(_: Exception) -> InputError:
        return InputError(f"{name!r} is not written in UTF-8.", "Save it as UTF-8; a guess at its letters could change its numbers.")

    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = in_our_words(lambda: raw.decode(encoding), problem)
    if "\x00" in text:
        raise InputError(f"{name!r} is not text.", _TAKES)
    return text


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
