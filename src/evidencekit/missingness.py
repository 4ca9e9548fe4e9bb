"""Why an answer is not there: the kinds, the codes files write for them, and columns without those codes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.errors import InputError, UnknownColumn

__all__ = ["Missing", "MissingCode", "check_columns", "check_missing", "fits", "is_code", "without_codes"]

MissingCode = float | str | tuple[float, float]
_EXAMPLES = {
    "labels": 'For example: labels={"told": "Told someone"}.',
    "value_labels": 'For example: value_labels={"told": {1: "yes", 2: "no"}}.',
    "missing": 'For example: missing={"told": {99: ek.Missing.REFUSED}}.',
}


class Missing(StrEnum):
    """Why an answer is not there. The kinds are never merged: a refusal is not a "no".

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.Missing.REFUSED.value
    'prefer not to say'
    """

    DONT_KNOW = "don't know"
    REFUSED = "prefer not to say"
    NOT_ASKED = "not asked"
    NOT_REACHED = "not reached"
    TECHNICAL = "technical"
    UNSTATED = "unstated"
    SUPPRESSED = "suppressed"  # answered, and taken out of the file to protect the one who did


def check_missing(missing: Mapping[str, Mapping[MissingCode, Missing]], schema: Mapping[str, Any]) -> None:
    """Refuse missing codes that have no kind or cannot stand in their column: they would match nothing, and nobody would notice.

    Raises
    ------
    InputError
        They are not ``{column: {code or (low, high): Missing}}``, or a code does not fit the column's type.
    UnknownColumn
        They name a column that is not in the schema.
    """
    check_columns(missing, list(schema), "missing")
    for name, codes in missing.items():
        if not isinstance(codes, Mapping):
            raise InputError(f"missing= takes codes with their kinds for {name!r}, not a {type(codes).__name__}.", _EXAMPLES["missing"])
        for code, kind in codes.items():
            if not isinstance(kind, Missing):
                raise InputError(f"missing= for {name!r} names a kind that is not one.", "Use ek.Missing.REFUSED and its like.")
            if code != code:
                raise InputError(f"A missing code for {name!r} is NaN.", "A blank needs no code.")
            if isinstance(code, tuple) and not (len(code) == 2 and not any(isinstance(end, str) for end in code) and code[0] <= code[1]):
                raise InputError(f"A range of missing codes for {name!r} is not (low, high).", "Give two numbers, the lower first.")
            if not fits(code, schema[name]):
                fix = next((f"Give them as {word}." for code_, word in ((0, "numbers"), ("", "text")) if fits(code_, schema[name])), "")
                raise InputError(f"The missing codes for {name!r} do not fit its type.", fix or "It holds neither numbers nor text.")


def check_columns(given: Any, columns: list[str], part: str) -> None:
    """Refuse a parameter of a Dataset (`part` is its name) that is not a mapping from columns of the data."""
    if not isinstance(given, Mapping):
        raise InputError(f"{part}= takes a mapping by column name, not a {type(given).__name__}.", _EXAMPLES[part])
    for name in given:
        if not isinstance(name, str):
            raise InputError(f"{part}= starts with column names, and one of them is a {type(name).__name__}.", _EXAMPLES[part])
        if name not in columns:
            raise UnknownColumn(name, columns, f"{part}=")


def without_codes(frame: Any, missing: Mapping[str, Mapping[MissingCode, Missing]]) -> Any:
    """The frame with every declared missing code null."""
    made: list[nw.Expr] = []
    for name, codes in missing.items():
        if not codes:
            continue
        column = nw.col(name)
        keep = ~nw.any_horizontal(*(is_code(column, code) for code in codes), ignore_nulls=True)
        made.append(nw.when(keep).then(column).alias(name))
    return frame.with_columns(*made) if made else frame


def is_code(column: nw.Expr, code: MissingCode) -> nw.Expr:
    """Where a column holds a code, or one in its range."""
    if isinstance(code, tuple):
        return (column >= float(code[0])) & (column <= float(code[1]))
    return column == (float(code) if isinstance(code, float) else code)  # not a subclass: engines know their own types


def _holds_numbers(dtype: Any) -> bool:
    return bool(dtype.is_numeric() or dtype == nw.Boolean)


def fits(code: MissingCode, dtype: Any) -> bool:
    """Whether a code can stand in a column; one that mixes types takes any."""
    if dtype in (nw.Object, nw.Unknown):
        return True
    return dtype in (nw.String, nw.Categorical, nw.Enum) if isinstance(code, str) else _holds_numbers(dtype)
