"""Secret randomness: whole numbers from the operating system, or from a seed and what it is used on."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import blake2b

from evidencekit.errors import InputError, is_whole

__all__ = ["GUESSABLE", "Bits", "below", "secret_bits", "seed_words"]

Bits = Callable[[int], int]
"""Gives a uniform whole number of that many bits."""

GUESSABLE = 2**64
_BLOCK = 64


def secret_bits(seed: int | None, *what: bytes) -> Bits:
    """Where the random bits of one release come from.

    Parameters
    ----------
    seed : int or None
        None takes them from the operating system, and nobody can draw them again. A whole number of 0 or more gives the same bits for the
        same `what`: blake2b, keyed with both, in counter mode.
    *what : bytes
        What the bits are for. Two uses of one seed have nothing in common, so nothing can be had by comparing them.

    Raises
    ------
    InputError
        The seed is not a whole number of 0 or more, or it has more than 4,096 bits.

    Examples
    --------
    >>> bits = secret_bits(1, b"an example")
    >>> [below(bits, 6) for _ in range(5)]
    [0, 0, 2, 2, 5]
    """
    if seed is None:
        return secrets.randbits
    if not is_whole(seed, least=0) or int(seed).bit_length() > 4096:
        raise InputError("seed= is a whole number of 0 or more and of at most 4,096 bits, or None.", "Make one with secrets.randbits(128).")
    return _keyed(int(seed), what)


def seed_words(seed: int | None) -> str:
    """Whether what was drawn can be taken off again, and by whom; the seed itself is not said."""
    if seed is None:
        return "drawn from the operating system: nobody can draw it again"
    if seed < GUESSABLE:
        return "drawn from a seed short enough to be guessed, and then taken off: for rehearsals, not for release"
    return "drawn from a seed: whoever has it can take it off again"


def below(bits: Bits, n: int) -> int:
    """A uniform whole number of 0 or more and below n, exactly: what falls outside is drawn again."""
    size = (n - 1).bit_length()
    while (drawn := bits(size)) >= n:
        pass
    return drawn


def _keyed(seed: int, what: tuple[bytes, ...]) -> Bits:
    start = blake2b(digest_size=_BLOCK)
    for part in (seed.to_bytes(512, "little"), *what):
        start.update(len(part).to_bytes(8, "little") + part)
    key, turn, pool = start.digest(), 0, b""

    def bits(size: int) -> int:
        nonlocal turn, pool
        need = (size + 7) // 8
        while len(pool) < need:
            pool += blake2b(turn.to_bytes(8, "little"), key=key, digest_size=_BLOCK).digest()
            turn += 1
        drawn, pool = int.from_bytes(pool[:need], "little"), pool[need:]
        return drawn >> (8 * need - size)

    return bits
