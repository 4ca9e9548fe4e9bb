"""Conventional and random rounding: each count for itself."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from evidencekit.disclosure.randomness import below, secret_bits, seed_words
from evidencekit.disclosure.tables.rounded import Rounded
from evidencekit.disclosure.whole import whole_counts, whole_number
from evidencekit.errors import InputError, one_of

__all__ = ["round_counts"]


def round_counts(counts: Any, *, base: int, how: Literal["nearest", "random"] = "nearest", seed: int | None = None) -> Rounded:
    """Round each count to a multiple of a base.

    Parameters
    ----------
    counts : array
        Unweighted numbers of records, of any shape, margins among them or not.
    base : int
        2 or more; 5 and 10 are usual. Not smaller than the threshold, where a shown count must not give away that there are few.
    how : {"nearest", "random"}
        ``"nearest"``, the default: to the nearest multiple, up where two are as near. ``"random"``: up with chance ``r / base`` for a
        remainder of r, otherwise down, so that a rounded count is right on average.
    seed : int, optional
        Of random rounding. Without it randomness comes from the operating system: a table that is rounded again then differs, and what
        is rounded often can be averaged. With a long secret seed the same table is rounded the same way.

    Returns
    -------
    Rounded
        Multiples of the base stay what they are. Margins need not add up; `controlled_rounding` does that.

    Raises
    ------
    InputError
        Counts that are missing, negative or not whole; a base below 2; a seed where nothing is random.

    Notes
    -----
    Rounding to the nearest hides less than it seems: with base 5 a shown 5 was 3 to 7, and where true margins are shown beside it
    (or can be had) often exactly one of them. `audit_rounding` says what can be worked out.

    References
    ----------
    Hundepool et al., Handbook on Statistical Disclosure Control, chapter on frequency tables (conventional, random and controlled
    rounding).

    Examples
    --------
    >>> round_counts([3, 1, 12, 5], base=5).values.astype(int).tolist()
    [5, 0, 10, 5]
    >>> round_counts([3, 1, 12, 5], base=5, how="random", seed=1)
    Rounded: 4 counts in multiples of 5, random
    a true count is at most 4 less or 4 more than what is shown; margins need not add up
    rounding drawn from a seed short enough to be guessed, and then taken off: for rehearsals, not for release
    """
    true = whole_counts(counts)
    step = whole_number("base", base, least=2)
    one_of("how", how, ("nearest", "random"))
    down, rest = (true // step * step).astype(np.float64), true % step
    if how == "nearest":
        if seed is not None:
            raise InputError('seed= is for how="random"; rounding to the nearest draws nothing.', "Leave it out.")
        values = down + step * (2 * rest >= step)
        return Rounded(values=values, base=step, how=how, below=step // 2, above=(step - 1) // 2, additive=False)
    bits = secret_bits(seed, b"random rounding", f"{step}/{true.shape}".encode(), true.astype("<i8").tobytes())
    up = np.array([below(bits, step) < r for r in rest.ravel()], dtype=bool).reshape(true.shape)
    note = f"rounding {seed_words(seed)}"
    return Rounded(values=down + step * up, base=step, how=how, below=step - 1, above=step - 1, additive=False, notes=(note,))
