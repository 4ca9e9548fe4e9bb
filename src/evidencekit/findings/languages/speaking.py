"""Catalogue: one language that findings can be said in, and what keeps it from being used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from evidencekit.errors import InputError, how_many, one_of
from evidencekit.findings.languages.files import Parsed, parsed
from evidencekit.findings.languages.numerals import WHY, Digits
from evidencekit.reading.files import need

__all__ = ["ENGLISH", "Catalogue", "of_file", "shipped"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Catalogue:
    """A language: its templates, how it writes numbers, and who checked it.

    Parameters
    ----------
    language : str
        A BCP 47 tag: ``"vi"``.
    messages : mapping
        English templates and what they are in the language.
    digits : {"latn", "native"}
        Whether numbers are written with 0 to 9 or with the digits of the language's script (Khmer, Thai). Numbers that people typed stay as
        they were typed.
    translated_by, back_translated_by, checked_on : str
        From the header of its file.
    times : tuple of str
        Words for ages and lengths of time, ``X-Times`` in the header with commas between them: a number beside one of them may stand in
        typed words. For the languages that come with a draft they are known.
    open : tuple of str
        What keeps it from being used, a line each; empty where nothing does.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.findings.languages.ENGLISH
    Catalogue en: may be used
    """

    language: str
    messages: Mapping[str, str]
    digits: Digits = "latn"
    translated_by: str = ""
    back_translated_by: str = ""
    checked_on: str = ""
    times: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: str | Path, *, digits: Digits | None = None) -> Catalogue:
        """A language from a PO file of your own.

        Parameters
        ----------
        path : str or Path
            Made from ``evidencekit.pot``, or from one of the drafts, as the guide for translators tells.
        digits : {"latn", "native"}, optional
            By default what the header says (``X-Digits``), else 0 to 9.

        Raises
        ------
        InputError
            The file is not there, not in UTF-8, no PO file, of no known language, or has other slots than its templates.
        MissingExtra
            babel is not installed.

        Notes
        -----
        A file whose messages are not all checked is read, and `open` says what is missing; used as a language it gives English.
        """
        if not isinstance(path, str | Path):
            raise InputError(f"Catalogue.read() takes the path of a PO file, not a {type(path).__name__}.")
        target = Path(path)
        if not target.is_file():
            raise InputError(f"There is no file {target.name!r}.", "Pass the path of a PO file.")
        return of_file(target.read_bytes(), target.name, digits=digits)

    def in_digits(self, digits: Digits) -> Catalogue:
        """The same language with other digits."""
        one_of("digits", digits, get_args(Digits))
        return replace(self, digits=digits)

    def __repr__(self) -> str:
        head = f"Catalogue {self.language}: {'may not be used yet' if self.open else 'may be used'}"
        return "\n".join([head, *(f"  {line}" for line in self.open)])

    def __reduce__(self) -> Any:
        """Copies are made of plain mappings."""
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        return _again, ({**parts, "messages": dict(self.messages)},)


def _again(parts: dict[str, Any]) -> Catalogue:
    return Catalogue(**parts)


ENGLISH = Catalogue(language="en", messages=MappingProxyType({}))


def shipped(name: str) -> bytes:
    """A file of the folder of catalogues."""
    return (files("evidencekit.findings.languages") / "catalogues" / name).read_bytes()


def of_file(raw: bytes, name: str, *, digits: Digits | None = None) -> Catalogue:
    """A Catalogue from the text of a PO file."""
    found, wanted = parsed(raw, name), parsed(shipped("evidencekit.pot"), "evidencekit.pot")
    header = found.header
    chosen: Any = digits or header.get("x-digits") or "latn"
    one_of("digits", chosen, get_args(Digits))
    return Catalogue(
        language=_language(header, name),
        messages=MappingProxyType({english: said for english, said in found.messages.items() if said}),
        digits=chosen,
        translated_by=header.get("x-translated-by", ""),
        back_translated_by=header.get("x-back-translated-by", ""),
        checked_on=header.get("x-checked-on", ""),
        times=tuple(word.strip() for word in header.get("x-times", "").split(",") if word.strip()),
        open=(*_unsigned(header), *_unfinished(found, wanted)),
    )


def _language(header: Mapping[str, str], name: str) -> str:
    """The tag in a header, of a language whose number formats are known."""
    tag = header.get("language", "").replace("_", "-")
    babel: Any = need("babel", "languages", WHY)
    try:
        known = bool(tag) and bool(babel.Locale.parse(tag, sep="-"))
    except (ValueError, babel.UnknownLocaleError):
        known = False
    if not known:
        raise InputError(f"The header of {name} names no language whose numbers the CLDR knows.", 'Write one, as in "Language: vi".')
    if tag.partition("-")[0] == "en":
        raise InputError(f"{name} is in English, which needs no catalogue.", "The sentences stand in the code.")
    return tag


def _unsigned(header: Mapping[str, str]) -> list[str]:
    """What the header does not say of those who translated and checked."""
    by, back, on = (header.get(f"x-{part}", "") for part in ("translated-by", "back-translated-by", "checked-on"))
    left = [f"{field} of its header is empty" for field, given in (("X-Translated-By", by), ("X-Back-Translated-By", back)) if not given]
    if by and by.casefold() == back.casefold():
        left.append("it was translated back by the person who translated it")
    try:
        date.fromisoformat(on)
    except ValueError:
        left.append("X-Checked-On of its header is no date, as in 2026-11-27")
    return left


def _unfinished(found: Parsed, wanted: Parsed) -> list[str]:
    """What is not translated or not checked."""
    fuzzy = sum(one in found.fuzzy for one in wanted.messages)
    missing = sum(not found.messages.get(one) for one in wanted.messages)
    left = [f"{how_many(fuzzy, 'message is', 'messages are')} marked fuzzy: not checked by a person"] if fuzzy else []
    return [*left, *([f"{how_many(missing, 'message has', 'messages have')} no translation"] if missing else [])]
