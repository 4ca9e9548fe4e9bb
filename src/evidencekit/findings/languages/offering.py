"""Which languages may be used now, and what is said where one may not."""

from __future__ import annotations

import warnings
from difflib import get_close_matches
from importlib.util import find_spec
from typing import get_args

from evidencekit.errors import EvidencekitWarning, InputError, one_of
from evidencekit.findings.languages.numerals import Digits
from evidencekit.findings.languages.speaking import ENGLISH, Catalogue, of_file, shipped

__all__ = ["LANGUAGES", "Language", "catalogue", "offered", "speaking"]

Language = str | Catalogue
LANGUAGES = {"en": "English", "fil": "Filipino", "id": "Indonesian", "km": "Khmer", "th": "Thai", "vi": "Vietnamese"}
_ALSO = {"tl": "fil", "tagalog": "fil", "ph": "fil", "in": "id", "bahasa": "id", "kh": "km", "cambodian": "km", "vn": "vi"}


def offered() -> tuple[str, ...]:
    """Codes of the languages that may be used now: English, and those whose every template a person has checked.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.findings.languages.offered()
    ('en',)
    """
    others = [code for code in LANGUAGES if code != "en"] if find_spec("babel") else []
    return ("en", *(code for code in others if not of_file(shipped(f"{code}.po"), f"{code}.po").open))


def catalogue(language: Language, *, digits: Digits | None = None) -> tuple[Catalogue, str]:
    """The language that a call will be answered in, and a note where it is not the one that was asked for.

    Parameters
    ----------
    language : str or Catalogue
        A code, ``"vi"``, or a Catalogue that was read from a file of your own.
    digits : {"latn", "native"}, optional
        By default those of the catalogue.

    Returns
    -------
    Catalogue, str
        English and why, where the templates of the language are not checked; else the language and an empty text.

    Raises
    ------
    InputError
        A language that is not known.
    MissingExtra
        Another language than English, and babel is not installed.

    Examples
    --------
    >>> import evidencekit as ek
    >>> found, note = ek.findings.languages.catalogue("vi")
    >>> found.language, note.split(":")[0]
    ('en', 'in English, since Vietnamese is not checked yet')
    """
    if digits is not None:
        one_of("digits", digits, get_args(Digits))
    if isinstance(language, Catalogue):
        found, name = language, LANGUAGES.get(language.language, language.language)
    else:
        code = _known(language)
        found, name = (ENGLISH if code == "en" else of_file(shipped(f"{code}.po"), f"{code}.po")), LANGUAGES[code]
    if found.open:
        return ENGLISH, f"in English, since {name} is not checked yet: {'; '.join(found.open)}"
    return (found if digits is None else found.in_digits(digits)), ""


def speaking(language: Language) -> Catalogue:
    """The language that a call will be answered in, with a warning where it is not the one that was asked for.

    Parameters
    ----------
    language : str or Catalogue
        A code, ``"vi"``, or a Catalogue.

    Returns
    -------
    Catalogue
        That of English where the one that was asked for may not be used yet.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.findings.languages.speaking("en")
    Catalogue en: may be used
    """
    found, note = catalogue(language)
    if note:
        fix = "Have the templates checked (docs/translating.md), or pass a Catalogue of your own."
        warnings.warn(f"This is {note}. {fix}", EvidencekitWarning, stacklevel=3)
    return found


def _known(language: object) -> str:
    """A code that is known; what is nearly one is named."""
    codes = ", ".join(f"{code!r} ({name})" for code, name in LANGUAGES.items())
    if not isinstance(language, str):
        raise InputError(f"language= takes a code or a Catalogue, not a {type(language).__name__}.", f"Codes: {codes}.")
    if language in LANGUAGES:
        return language
    bare = language.casefold().replace("_", "-").strip()
    names = {**_ALSO, **{name.casefold(): code for code, name in LANGUAGES.items()}, **{code: code for code in LANGUAGES}}
    near = names.get(bare) or names.get(bare.partition("-")[0]) or next((names[n] for n in get_close_matches(bare, names, n=1)), "")
    hint = f" Did you mean {near!r}?" if near else ""
    raise InputError(f"language={language!r} is not known.{hint}", f"Codes: {codes}; for others pass a Catalogue of your own.")
