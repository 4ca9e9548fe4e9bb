"""Identifiers in order: whole numbers by value, anything else by Unicode code point, a million of them in half a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["as_bytes", "by_identifier"]

_LONGEST = 32  # bytes up to which numbers made of them sort faster than Python's text


def as_bytes(ids: Sequence[str]) -> tuple[NDArray[np.int64], bytes]:
    """How many bytes each identifier has in UTF-8, and all of them in a row."""
    whole = "".join(ids)
    return _lengths(ids if whole.isascii() else _encoded(ids)), whole.encode("utf-8", "surrogatepass")


def by_identifier(ids: Sequence[str]) -> tuple[NDArray[Any], ...]:
    """Keys for `numpy.lexsort`, the last of which counts most, that put units in the order of their identifiers; none is empty."""
    texts = _encoded(ids)
    lengths, numbers = _lengths(texts), _are_numbers(ids)
    width = -(-int(lengths.max()) // 8)
    if 8 * width > _LONGEST:
        order = sorted(range(len(ids)), key=[(len(text), text) for text in ids].__getitem__ if numbers else ids.__getitem__)
        rank = np.empty(len(ids), dtype=np.intp)
        rank[order] = np.arange(len(ids))
        return (rank,)
    words = np.array(texts, dtype=f"S{8 * width}").view(">u8").reshape(-1, width).astype(np.uint64).T[::-1]
    # The longer number is the larger. Of texts alike up to NUL characters, which padding looks like, the shorter comes first.
    return (*words, lengths) if numbers else (lengths, *words)


def _are_numbers(ids: Sequence[str]) -> bool:
    """Whether all are whole numbers as one writes them, without leading zeros."""
    whole = "".join(ids)
    return whole.isascii() and whole.isdecimal() and not any(text[0] == "0" and text != "0" for text in ids)


def _encoded(ids: Sequence[str]) -> list[bytes]:
    """Identifiers in UTF-8, whose bytes are in the order of code points."""
    return [text.encode("utf-8", "surrogatepass") for text in ids]


def _lengths(texts: Sequence[str] | Sequence[bytes]) -> NDArray[np.int64]:
    return np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
