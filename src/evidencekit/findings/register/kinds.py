"""What kinds of thing were passed: finite numbers, lists, texts, and paths that can be written to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from numbers import Real
from pathlib import Path
from typing import Any, TypeGuard

from evidencekit.errors import InputError, in_our_words

__all__ = ["is_finite", "is_list", "written"]

_LARGEST = 1e300  # whole numbers beyond it are no floats


def is_finite(given: object) -> TypeGuard[float]:
    """Whether it is a number that a computer can reckon with: not True, not a text, not infinite.

    Examples
    --------
    >>> from evidencekit.findings.register.kinds import is_finite
    >>> is_finite(2), is_finite(True), is_finite(10**400), is_finite(float("nan"))
    (True, False, False, False)
    """
    known: Any = given
    return isinstance(given, Real) and not isinstance(given, bool) and bool(-_LARGEST < known < _LARGEST)


def is_list(given: object) -> bool:
    """Whether it is several things in order, and no text."""
    return isinstance(given, Sequence) and not isinstance(given, str | bytes)


def written(path: Any, text: str, *, what: str) -> Path:
    """Write a text to a file as UTF-8, byte for byte.

    Raises
    ------
    InputError
        Not a path, or nothing can be written there.
    """
    if not isinstance(path, (str, os.PathLike)) or not str(path):
        raise InputError(f"{what} is saved at a text or a path, not a {type(path).__name__}.")
    target = Path(path)
    in_our_words(
        lambda: target.write_bytes(text.encode("utf-8")),
        lambda trouble: InputError(f"{what} cannot be written to {target.name!r} ({type(trouble).__name__}).", "Check its folder."),
    )
    return target
