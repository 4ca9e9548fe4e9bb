"""Seeds that protect: whoever guesses one undoes what was done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evidencekit.errors import InputError, is_whole
from evidencekit.sampling.streams import Hashed, hashed

__all__ = ["LEAST", "drawn", "need_secret"]

LEAST = 2**64
_FIX = "Make one with secrets.randbits(128), keep it where keys are kept, and never beside the file."


def need_secret(seed: Any) -> int:
    """A seed that cannot be found by trying them all.

    Raises
    ------
    InputError
        It is not a whole number, or below 2**64.
    """
    if not is_whole(seed, least=LEAST):
        raise InputError("seed= is a secret whole number of 2**64 or more: a small one can be found by trying.", _FIX)
    return int(seed)


def drawn(seed: int, stream: str, ids: Sequence[str]) -> Hashed:
    """Numbers between 0 and 1 that belong to units, by a keyed hash, so that they tell nothing of the seed or of each other."""
    return hashed(seed, f"disclosure/{stream}", ids)
