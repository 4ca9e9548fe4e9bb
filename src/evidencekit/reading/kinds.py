"""Kinds of missing: guessed from English value labels, given by the caller, laid over each other without overlap."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from typing import Any

from evidencekit.errors import InputError
from evidencekit.frames import Dataset, open_data
from evidencekit.missingness import Missing, MissingCode, check_missing

__all__ = ["WORDS", "Kinds", "StataCode", "declare", "guess", "is_letter", "laid_over", "stata_code"]

Kinds = dict[MissingCode, Missing]

# Substrings of an English value label, lower case with straight apostrophes. They are looked for only in labels of codes the
# file itself declares missing; a label that fits two kinds is not clear, and stays unstated.
WORDS: Mapping[Missing, tuple[str, ...]] = {
    Missing.REFUSED: ("refus", "prefer not", "rather not"),
    Missing.DONT_KNOW: ("don't know", "dont know", "do not know", "not sure", "unsure"),
    Missing.NOT_ASKED: ("not asked", "skip", "not applicable", "inapplicable"),
    Missing.NOT_REACHED: ("not reached",),
    Missing.TECHNICAL: ("technical", "system", "interview error"),
    Missing.SUPPRESSED: ("suppressed",),
}
_STATA_SYSTEM = 0x7FE0000000000000  # the bits of the double "."


class StataCode(float):
    """One of Stata's extended missing values: a number like any other, shown as Stata shows it.

    Parameters
    ----------
    x : float
        The number that Stata keeps for it; `stata_code` has those of the letters.

    Examples
    --------
    >>> from evidencekit.reading.kinds import stata_code
    >>> stata_code(".a")
    .a
    """

    __slots__ = ()

    def __repr__(self) -> str:
        place = (struct.unpack(">Q", struct.pack(">d", self))[0] - _STATA_SYSTEM) >> 40
        return "." + chr(ord("a") + place - 1)

    __str__ = __repr__


def stata_code(letter: str) -> float:
    """The number Stata itself keeps for an extended missing value in a double.

    Parameters
    ----------
    letter : str
        ``".a"`` to ``".z"``.

    Returns
    -------
    float
        About 9e307: larger than any answer, and the same number in every file.

    Raises
    ------
    InputError
        It is not one of the 26.

    References
    ----------
    StataCorp, ``help dta``, section on missing values: the double ``.a`` is the bits 7fe0 0100 0000 0000.

    Examples
    --------
    >>> from evidencekit.reading import stata_code
    >>> stata_code(".a") < stata_code(".b")
    True
    """
    if not (isinstance(letter, str) and re.fullmatch(r"\.[a-z]", letter)):
        raise InputError("Stata's extended missing values are '.a' to '.z'.")
    place = ord(letter[1]) - ord("a") + 1
    return StataCode(struct.unpack(">d", (_STATA_SYSTEM + (place << 40)).to_bytes(8, "big"))[0])


def is_letter(value: Any) -> bool:
    """Whether it is a lower-case letter, as pyreadstat gives Stata's extended missing values."""
    return isinstance(value, str) and len(value) == 1 and "a" <= value <= "z"


def guess(label: str | None) -> Missing:
    """The kind an English label clearly names."""
    text = (label or "").casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    fits = [kind for kind, words in WORDS.items() if any(word in text for word in words)]
    return fits[0] if len(fits) == 1 else Missing.UNSTATED


def laid_over(kinds: Kinds, above: Mapping[MissingCode, Missing]) -> Kinds:
    """The kinds with others laid over them, so that no value has two."""
    for code in above:
        kinds = {part: kind for under, kind in kinds.items() for part in _cut(under, code)}
    return {**kinds, **above}


def _cut(under: MissingCode, above: MissingCode) -> list[MissingCode]:
    """What is left of a code or range without another. Ends belong to ranges, so a cut ends at the next float."""
    if isinstance(under, str) or isinstance(above, str):
        return [] if under == above else [under]
    low, high = under if isinstance(under, tuple) else (under, under)
    start, stop = above if isinstance(above, tuple) else (above, above)
    if stop < low or start > high:
        return [under]
    parts: list[MissingCode] = []
    if low < start:
        parts.append((low, math.nextafter(start, -math.inf)))
    if stop < high:
        parts.append((math.nextafter(stop, math.inf), high))
    return parts


def declare(data: Dataset, missing: Mapping[str, Mapping[MissingCode, Missing]], *, stata: bool) -> Dataset:
    """The data with the caller's kinds of missing laid over the file's."""
    schema = open_data(data).frame.collect_schema()
    given = _with_stata_codes(missing, schema) if stata and isinstance(missing, Mapping) else missing
    check_missing(given, schema)
    above = {name: laid_over(dict(data.missing.get(name, {})), codes) for name, codes in given.items()}
    return Dataset(data.frame, data.labels, data.value_labels, {**data.missing, **above})


def _with_stata_codes(missing: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """What the caller gives for a Stata file, with its letters as the numbers that stand for them: "d" and ".d" are one."""
    made: dict[str, Any] = {}
    for name, codes in missing.items():
        lettered = isinstance(codes, Mapping) and name in schema and schema[name].is_numeric()
        made[name] = {_stata_number(code, name): kind for code, kind in codes.items()} if lettered else codes
    return made


def _stata_number(code: Any, name: str) -> Any:
    if not isinstance(code, str):
        return code
    letter = code.removeprefix(".")
    if not is_letter(letter):
        raise InputError(f"The missing codes for {name!r} do not fit its type.", "Give them as numbers, or as Stata's '.a' to '.z'.")
    return stata_code("." + letter)
