"""What is known of a yes/no question, row by row: no, yes, not known, or outside (not asked, and nothing says that it is a no).

::

    a or b      any yes is yes; no yes and any unknown is unknown; all that were asked no is no; outside when nothing was asked
    a and b     any no is no; else outside where one was not asked, unknown where one is not known; all yes is yes
    not(a)      the other way round; what is not known stays so
    a + b >= k  yes when enough are known to be yes, no when too few can be; what was not asked counts as nothing
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.instrument.expressions.values import Bools
from evidencekit.missingness import Missing

__all__ = ["KINDS", "NO", "OUTSIDE", "UNKNOWN", "YES", "Standing", "all_of", "any_of", "counted", "everyone", "negated"]

NO, YES, UNKNOWN, OUTSIDE = 0, 1, 2, 3
KINDS = tuple(kind for kind in Missing if kind is not Missing.NOT_ASKED)
States = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Standing:
    """One state a row, shape (n,), and why what is not known is not: a bit for each of `KINDS`."""

    state: States
    why: NDArray[np.uint8]

    @property
    def yes(self) -> Bools:
        """Where it is a known yes."""
        return self.state == YES

    @property
    def unknown(self) -> Bools:
        """Where it was asked, or rests on what was, and is not known."""
        return self.state == UNKNOWN

    @property
    def outside(self) -> Bools:
        """Where nothing was asked."""
        return self.state == OUTSIDE


def everyone(n: int, *, state: int = YES) -> Standing:
    """The same for all rows."""
    return Standing(np.full(n, state, dtype=np.int8), np.zeros(n, dtype=np.uint8))


def _made(state: States, parts: Sequence[Standing]) -> Standing:
    """A standing with the reasons of its parts where it is not known."""
    why = np.zeros(len(state), dtype=np.uint8)
    for part in parts:
        why |= np.where(part.unknown, part.why, 0).astype(np.uint8)
    return Standing(state, np.where(state == UNKNOWN, why, 0).astype(np.uint8))


def any_of(parts: Sequence[Standing]) -> Standing:
    """Or."""
    states = np.stack([part.state for part in parts])
    state = np.select([(states == code).any(axis=0) for code in (YES, UNKNOWN, NO)], [YES, UNKNOWN, NO], OUTSIDE)
    return _made(state.astype(np.int8), parts)


def all_of(parts: Sequence[Standing]) -> Standing:
    """And."""
    states = np.stack([part.state for part in parts])
    state = np.select([(states == code).any(axis=0) for code in (NO, OUTSIDE, UNKNOWN)], [NO, OUTSIDE, UNKNOWN], YES)
    return _made(state.astype(np.int8), parts)


def negated(part: Standing) -> Standing:
    """Not."""
    return Standing(np.array([YES, NO, UNKNOWN, OUTSIDE], dtype=np.int8)[part.state], part.why)


def counted(parts: Sequence[Standing], sign: str, than: float) -> Standing:
    """Whether the number of yeses compares with a number as the sign says; a part that stands twice counts twice."""
    states = np.stack([part.state for part in parts])
    least = (states == YES).sum(axis=0)
    most = least + (states == UNKNOWN).sum(axis=0)
    if sign in ("=", "!="):
        certain, possible = (least == than) & (most == than), (least <= than) & (than <= most)
        state = np.select([certain, possible], [YES, UNKNOWN], NO)
        state = np.array([YES, NO, UNKNOWN])[state] if sign == "!=" else state
    else:
        holds = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}[sign]
        low, high = holds(least, than), holds(most, than)
        state = np.where(low & high, YES, np.where(low | high, UNKNOWN, NO))
    state = np.where((states == OUTSIDE).all(axis=0), OUTSIDE, state)
    return _made(state.astype(np.int8), parts)
