"""Strata of a frame: what they are called in a record, and the number of units to draw in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import InputError, how_many
from evidencekit.sampling.streams import DIGITS, writable

__all__ = ["Allocated", "Key", "Wanted", "key_of", "numbers", "whole"]

Key = tuple[str, ...]


@runtime_checkable
class Allocated(Protocol):
    """Anything that says how many units each stratum gets."""

    def as_mapping(self) -> Mapping[Any, int]:
        """Stratum to the number of units."""
        ...


_MOST = 100_000_000  # units of a stratum to draw: more fit in no memory
Wanted = int | Mapping[Any, int] | Allocated


def key_of(level: Any) -> Key:
    """What a stratum is called in a record: one text a column, the same on every kind of frame."""
    parts = level if isinstance(level, tuple) else (level,)
    return tuple(_text(part) for part in parts)


def _text(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)) or (isinstance(value, (float, np.floating)) and float(value).is_integer()):
        if not writable(value):
            raise InputError(f"A stratum is called by a number of more than {DIGITS:,} digits.", "Turn the column into text first.")
        return str(int(value))
    return normalize("NFC", str(value))


def numbers(n: Any, keys: tuple[Key, ...]) -> NDArray[np.int64]:
    """The number of units to draw in each stratum.

    Raises
    ------
    InputError
        One number for several strata, a stratum without a number, a number without a stratum, or one that is not whole and above 0.
    """
    given = n.as_mapping() if isinstance(n, Allocated) else n
    if not isinstance(given, Mapping):
        if len(keys) > 1:
            raise InputError(
                f"n= is one number and the frame has {len(keys)} strata.",
                "Give a number for each, n={stratum: number}: in_each(frame, number) for the same, an allocation to share a total.",
            )
        return np.array([whole(given)], dtype=np.int64)
    wanted: dict[Key, int] = {}
    for level, number in given.items():
        wanted[key_of(level)] = whole(number)
    if len(wanted) < len(given):
        raise InputError(
            f"{how_many(len(given) - len(wanted), 'stratum stands', 'strata stand')} in n= twice.",
            "Write each once: 1 and '1' are the same stratum.",
        )
    missing, unknown = len([key for key in keys if key not in wanted]), len(set(wanted) - set(keys))
    if missing or unknown:
        found = [f"{missing} of the frame's {len(keys)} strata {'is' if missing == 1 else 'are'} not in n="] if missing else []
        found += [f"{how_many(unknown, 'in n= is', 'in n= are')} not in the frame"] if unknown else []
        raise InputError(
            f"The numbers do not fit the strata: {', and '.join(found)}.",
            "frame.summary() lists the strata; crossed ones are tuples. To leave a stratum out, take its units out of the frame.",
        )
    return np.array([wanted[key] for key in keys], dtype=np.int64)


def whole(number: Any, role: str = "n=") -> int:
    """A whole number above 0, small enough to count units."""
    sound = isinstance(number, (int, float, np.integer, np.floating)) and not isinstance(number, bool)
    if not sound or not 1 <= number <= _MOST or not float(number).is_integer():
        hint = "A stratum from which nothing is drawn is left out of the frame." if role == "n=" else ""
        raise InputError(f"{role} takes whole numbers of 1 or more, up to {_MOST:,}.", hint)
    return int(number)
