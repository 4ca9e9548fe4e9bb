"""Random numbers that belong to units: hashed from a seed, a named stream and the unit's identifier.

A unit has the same numbers wherever it stands in the frame and whoever computes them, so a draw does not depend on the order of rows and
can be repeated from its record; and two draws that share a stream are coordinated (permanent random numbers).

**The rule.** An identifier is written as text: a whole number in decimal, text in Unicode's NFC form. Its base is the first 8 bytes, little
endian, of ``blake2b(text, key=blake2b("seed/stream"))`` in UTF-8 with digests of 8 and 32 bytes. Turn 0's number is the top 53 bits of
the base over 2**53, plus half of the last place, at most 1 - 2**-53; turn t takes the t-th output of the splitmix64 generator started at
the base.

In a later wave of a rotating panel a number u is ``(u - wave * rotation * p) % 1`` with p the unit's chance (`Rotated`), kept between
2**-54 and 1 - 2**-53.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats
from evidencekit.errors import InputError

__all__ = ["DIGITS", "Drawn", "Hashed", "Rotated", "Uniforms", "canonical", "hashed", "writable"]

DIGITS = 1000
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class Uniforms(Protocol):
    """A source of numbers between 0 and 1, one for each of N units; every turn gives new ones."""

    def __call__(self, turn: int = 0) -> Floats:
        """The numbers of a turn, shape (N,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Hashed:
    """Numbers that belong to units, from their bases (N,)."""

    base: NDArray[np.uint64]

    def __call__(self, turn: int = 0) -> Floats:
        """The numbers of a turn."""
        z = self.base
        if turn:
            z = z + np.uint64(turn * _STEP % 2**64)
            z = (z ^ (z >> np.uint64(30))) * _FIRST
            z = (z ^ (z >> np.uint64(27))) * _SECOND
            z = z ^ (z >> np.uint64(31))
        # Half of the last place on top of the largest of them rounds to 1.
        return np.minimum(((z >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53, 1 - 2.0**-53)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rotated:
    """The numbers of a later wave: those of a source moved down by shares of 1, and from 0 on to 1."""

    source: Uniforms
    by: Floats

    def __call__(self, turn: int = 0) -> Floats:
        """The numbers of a turn."""
        # What is moved to 0 exactly, or rounds to 1, would make keys of 0 or infinity.
        return np.clip((self.source(turn) - self.by) % 1.0, 2.0**-54, 1 - 2.0**-53)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Drawn:
    """Numbers of a numpy Generator, for simulations; a turn asked for again gives other ones."""

    rng: np.random.Generator
    n: int

    def __call__(self, turn: int = 0) -> Floats:
        """New numbers."""
        return self.rng.random(self.n)


def hashed(seed: int, stream: str, ids: Sequence[str]) -> Hashed:
    """The numbers of units in a stream.

    Parameters
    ----------
    seed : int
        A whole number of 0 or more.
    stream : str
        What the numbers are for: draws of one stream are coordinated, draws of two have nothing in common.
    ids : sequence of str
        Identifiers as `canonical` gives them.

    Raises
    ------
    InputError
        The seed is not a whole number of 0 or more, or the stream is not text.

    Examples
    --------
    >>> from evidencekit.sampling.streams import hashed
    >>> hashed(1, "areas", ["101", "102"])(0).round(4)
    array([0.7666, 0.606 ])
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError("seed= is a whole number of 0 or more.", "Write it down: with it anyone can repeat the draw.")
    if not writable(seed):
        raise InputError(f"seed= has more than {DIGITS:,} digits.", "Six are enough; it has to be written down.")
    if not isinstance(stream, str):
        raise InputError(f"stream= is a word, not a {type(stream).__name__}.")
    key = blake2b(f"{int(seed)}/{normalize('NFC', stream)}".encode("utf-8", "surrogatepass"), digest_size=32).digest()
    start = blake2b(key=key, digest_size=8)

    def base(text: str) -> bytes:
        made = start.copy()
        made.update(text.encode("utf-8", "surrogatepass"))
        return made.digest()

    return Hashed(np.frombuffer(b"".join(map(base, ids)), dtype="<u8").astype(np.uint64))


def canonical(values: Sequence[Any]) -> list[str]:
    """Identifiers as text: whole numbers in decimal, text in NFC.

    Raises
    ------
    InputError
        An identifier is missing, or neither a whole number (of at most 1,000 digits) nor text.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        return list(map(str, values.tolist()))
    out: list[str] = []
    for value in values:
        if isinstance(value, str):
            out.append(value if value.isascii() else normalize("NFC", value))
        elif _whole(value):
            out.append(str(int(value)))
        else:
            raise InputError("Identifiers are whole numbers or text, none missing.", "Give every unit of the frame an identifier.")
    return out


def _whole(value: object) -> bool:
    """A whole number, also one that a column with blanks made a float of."""
    if isinstance(value, (float, np.floating)):
        return float(value).is_integer()
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and writable(value)


def writable(number: Any) -> bool:
    """Whether Python writes a whole number in decimal: it refuses thousands of digits, and says so in words of its own."""
    return -(10**DIGITS) < int(number) < 10**DIGITS
