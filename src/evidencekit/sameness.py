"""Marks of a sample: by them two Estimates of the same rows are known as such, whatever weights or method made them.

The columns that tell are those beside the design: two polls of a thousand with equal weights share the design's. A column more, or one
recoded, makes no other sample, and neither do other weights: most of the columns that two frames have in common are the same. Every row's
place in the design with its first weight is another mark, unless it is that of many a sample. Of lazy data only sums are known.

Columns are digested with a key that dies with the process: from a digest of a few dozen answers that travelled in a file, the answers
could be found by trying them all.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.frames import Dataset

__all__ = ["Sample", "mixed", "sample_of", "sums_of"]

ROWS, COLUMNS = 32, 24  # looked at, spread over the data
BLOCK = 8_192
_KEY = os.urandom(32)


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """What a sample is known by: digests of columns (name to content), of its rows' places in the design, of its sums."""

    sums: str
    lazy: bool = False
    places: str = ""
    columns: tuple[tuple[str, str], ...] = ()  # means nothing in another process

    def shares_rows_with(self, other: Sample) -> bool:
        """Whether the two are the same rows.

        Rows in another order, and a part of the rows, are not known again. Sums say it only where one of the two is lazy: the weights
        of two rounds may well add up to the same.
        """
        if self.lazy or other.lazy:
            return self.sums == other.sums
        one, two = dict(self.columns), dict(other.columns)
        common = one.keys() & two.keys()
        if 2 * sum(one[name] == two[name] for name in common) > len(common):
            return True
        return bool(self.places) and self.places == other.places


def sample_of(data: Any, designed: Collection[str], place: Codes, stratum: Codes, w: Floats) -> Sample:
    """The marks of data in memory.

    Parameters
    ----------
    data : Dataset or data frame
        As the caller gave it.
    designed : collection of str
        The columns that belong to the design.
    place, w : (n,) arrays
        Each row's sampling unit (its stratum, where each row is one), and its weight before any adjustment.
    stratum : array
        Each unit's stratum.
    """
    units = len(stratum)
    sizes = np.bincount(place)
    clustered = units < len(w)
    telling = np.ptp(w) > 0 or (clustered and np.ptp(sizes[sizes > 0]) > 0)
    places = _hashed(mixed(place, w), mixed(stratum)) if telling else ""
    return Sample(sums_of(len(w), float(w.sum()), stratum), places=places, columns=_columns(data, designed))


def sums_of(rows: int, weight: float, stratum: Codes) -> str:
    """A digest of what is known of a sample, lazy or not, once its weights are added up."""
    return _hashed(f"{rows} {weight:.9g} {len(stratum)} {len(np.unique(stratum))}".encode())


def _columns(data: Any, designed: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Digests of some columns in rows spread over the data, the same for every kind of frame; a column of one value tells nothing."""
    frame = nw.from_native(data.frame if isinstance(data, Dataset) else data, eager_only=True)
    rows = np.unique(np.linspace(0, len(frame) - 1, ROWS).astype(int)).tolist()
    out: list[tuple[str, str]] = []
    names = {_hashed(name.encode("utf-8", "backslashreplace"), key=_KEY): name for name in frame.columns if name not in designed}
    for key in sorted(names):
        words = [_word(value) for value in frame[names[key]][rows].to_list()]
        if len(set(words)) > 1:
            out.append((key, _hashed(f"{len(frame)} {words}".encode("utf-8", "backslashreplace"), key=_KEY)))
        if len(out) == COLUMNS:
            break
    return tuple(out)


def _word(value: Any) -> str:
    """A value as every kind of frame has it: numbers as floats, what is missing as nothing."""
    if isinstance(value, (bool, int, float, np.number, np.bool_)):
        return "" if value != value else repr(float(value))
    said = "" if value is None else str(value)
    return "" if said in ("NaT", "<NA>", "nan") else said


def _hashed(*parts: bytes, key: bytes = b"") -> str:
    digest = blake2b(digest_size=8, key=key)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def mixed(*arrays: Floats | Codes) -> bytes:
    """Eight bytes for every 8,192 rows, in which every bit of every row and its place counts; a fast hash, not a secure one."""
    n = len(arrays[0])
    pieces = [np.ascontiguousarray(a, dtype=np.float64 if a.dtype.kind == "f" else np.int64).view(np.uint64) for a in arrays]
    out = np.empty(-(-n // BLOCK) + 1, dtype=np.uint64)
    out[-1] = n
    for place, start in enumerate(range(0, n, BLOCK)):
        bits = pieces[0][start : start + BLOCK] * _FACTORS[0]
        for piece in pieces[1:]:
            bits ^= piece[start : start + BLOCK]
        bits ^= bits >> np.uint64(32)
        out[place] = np.dot(bits, _FACTORS[: len(bits)])
    return out.tobytes()


def _factors() -> NDArray[np.uint64]:
    """Odd numbers without a pattern (the splitmix64 generator)."""
    x = np.arange(1, BLOCK + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (x ^ (x >> np.uint64(31))) | np.uint64(1)


_FACTORS = _factors()
