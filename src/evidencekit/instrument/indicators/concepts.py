"""What an indicator asks of a child, and how a column of a survey answers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Expression, parse

__all__ = ["Coded", "Concept", "code_text"]

Codes = Any
"""A code, or several: texts, numbers, true or false."""


@dataclass(frozen=True, slots=True)
class Concept:
    """What one named item of an indicator stands for, whatever words a survey asks it in.

    Parameters
    ----------
    asks : str
        What a yes means.
    after : str
        An expression over other items. Where its answer is a known no, this question is usually not asked, and not being asked is a no:
        who has never been online has had nothing happen to them online. Where it is not known, neither is this.

    Raises
    ------
    InputError
        `after` is not an expression.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.instrument.Concept("someone shared an image of the child without permission", after="${internet_user}").after
    '${internet_user}'
    """

    asks: str
    after: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.asks, str) or not self.asks.strip():
            raise InputError("A Concept needs asks=: what a yes means, in words.")
        if self.after:
            parse(self.after)

    @property
    def gate(self) -> Expression | None:
        """The expression of `after`, read."""
        return parse(self.after) if self.after else None


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of a survey, and which of its codes mean yes and which no.

    Parameters
    ----------
    column : str
        Where the answers are.
    yes, no : code or sequence of codes
        What means yes and what means no. Of a question with several answers, any `yes` code among those chosen is a yes, and only `no`
        codes are a no. Both are needed: what is not a yes may be a refusal that nobody declared. An answer that is neither is refused.
    several : bool
        The column holds several codes with spaces between them, as ODK and KoboToolbox write ``select_multiple``. An Instrument says it by
        itself.

    Raises
    ------
    InputError
        No yes or no code, or one code that means both.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.instrument.Coded("q14", yes=1, no=2)
    Coded('q14', 1 yes code, 1 no code)
    >>> ek.instrument.Coded("told_whom", yes=("helpline", "police"), no=("friend", "parent"), several=True)
    Coded('told_whom', 2 yes codes, 2 no codes, several answers)
    """

    column: str
    yes: Codes
    no: Codes
    several: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.column, str) or not self.column:
            raise InputError("Coded() starts with the name of a column.")
        yes, no = _codes(self.yes, "yes="), _codes(self.no, "no=")
        if not yes or not no:
            raise InputError(f"Coded({self.column!r}) needs at least one yes= and one no= code.")
        if set(yes) & set(no):
            raise InputError(f"Coded({self.column!r}) has a code that means both yes and no.")
        object.__setattr__(self, "yes", yes)
        object.__setattr__(self, "no", no)

    def __repr__(self) -> str:
        parts = [repr(self.column), _counted(len(self.yes), "yes code"), _counted(len(self.no), "no code")]
        return f"Coded({', '.join([*parts, *(['several answers'] if self.several else [])])})"


def code_text(value: Any) -> str:
    """A code as the text that stands for it in a form: 1, 1.0 and '1' are one code, and so are true and 1."""
    if isinstance(value, bool):
        return "1" if value else "0"
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value).strip()
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def _codes(given: Codes, what: str) -> tuple[str, ...]:
    listed = list(given) if isinstance(given, Iterable) and not isinstance(given, (str, bytes)) else [given]
    if not all(isinstance(code, (str, int, float)) for code in listed):
        raise InputError(f"{what} of Coded() takes codes: texts or numbers.")
    return tuple(dict.fromkeys(code_text(code) for code in listed))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"
