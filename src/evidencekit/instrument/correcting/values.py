"""Cells and what a correction says of them, as Python values: blank or not, the same or not, as a column holds them."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from numbers import Real
from typing import Any

import numpy as np

from evidencekit.missingness import Missing

__all__ = ["blank", "kind_named", "moment_of", "number_in", "same", "truth_in", "word_of"]

_WHOLE = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}
_KINDS = {key: kind for kind in Missing for key in (kind.name.lower(), kind.value.replace("'", "").replace(" ", "_"))}


def blank(value: Any) -> bool:
    """Whether a cell holds nothing: a null of any engine, NaN, or a text without a letter."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return not value.strip() if isinstance(value, str) else isinstance(value, (float, np.floating)) and math.isnan(value)


def number_in(value: Any) -> int | float | None:
    """A cell, or a text as a spreadsheet has it, as a number; None where it is none. Whole ones stay whole, however large."""
    if isinstance(value, str):
        text = value.strip()
        if _WHOLE.fullmatch(text):
            return int(text)
        value = float(text) if _NUMBER.fullmatch(text) else None
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if value is None or not (isinstance(value, Real) or type(value).__name__ == "Decimal") or not math.isfinite(value):
        return None
    made = float(value)
    return int(made) if made.is_integer() else made


def word_of(value: Any) -> str:
    """A cell as it would stand in a file: whole numbers without a point, days and moments in ISO."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    made = number_in(value)
    if made is not None:
        return str(made)
    return value.isoformat() if isinstance(value, (date, datetime, time)) else str(value)


def truth_in(value: Any) -> bool | None:
    """True or false as files write them; None where it is neither."""
    return _TRUTHS.get(word_of(value).lower())


def moment_of(value: Any) -> datetime | None:
    """A day, a moment, or a text of one, as a moment; None where it is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value  # type: ignore[attr-defined]  # pandas' own kind
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None


def same(cell: Any, said: Any, *, several: bool, narrow: bool = False) -> bool:
    """Whether a cell holds what a correction says that it does.

    Parameters
    ----------
    cell, said : value
        What stands there, and what the correction has as its old value.
    several : bool
        Whether it is a list of codes, whose order says nothing.
    narrow : bool
        Whether the column holds numbers of 32 bits.
    """
    if blank(cell):
        return False
    if isinstance(cell, (bool, np.bool_)):
        return truth_in(said) is bool(cell)
    if isinstance(cell, date):
        return _same_moment(moment_of(cell), moment_of(said))
    made, other = number_in(cell), number_in(said)
    if not isinstance(cell, str):
        if made is None or other is None:
            return word_of(cell) == word_of(said)
        return bool(np.float32(made) == np.float32(other)) if narrow else made == other
    one, two = word_of(cell), word_of(said)
    return set(one.split()) == set(two.split()) if several else one == two


def _same_moment(one: datetime | None, two: datetime | None) -> bool:
    if one is None or two is None:
        return False
    if (one.tzinfo is None) != (two.tzinfo is None):
        one, two = one.replace(tzinfo=None), two.replace(tzinfo=None)  # the clock of the place
    return one == two


def kind_named(value: Any) -> Missing | None:
    """The kind of missing that a word stands for: ``"refused"``, ``"don't know"``; None where it is none."""
    if isinstance(value, Missing):
        return value
    text = word_of(value).casefold().replace("’", "").replace("'", "")  # noqa: RUF001
    return _KINDS.get("_".join(text.replace("-", " ").split()))
