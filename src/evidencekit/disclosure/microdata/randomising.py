"""pram: answers changed at random by known probabilities (the post-randomisation method)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Codes, Floats, numeric
from evidencekit.disclosure.microdata.changed import LogEntry
from evidencekit.disclosure.microdata.held import Held, hold
from evidencekit.disclosure.microdata.seeds import drawn, need_secret
from evidencekit.disclosure.microdata.transitions import invariant_matrix, need_matrix, staying
from evidencekit.errors import InputError, how_many

__all__ = ["Randomised", "pram"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Randomised:
    """Rows with one column randomised, and how.

    Parameters
    ----------
    data : Dataset or data frame
        In the caller's kind.
    entry : LogEntry
        What was done, in counts.
    levels : tuple
        The levels of the column, in the order of the matrix.
    matrix : (m, m) array
        Probabilities of moving from a level (row) to a level (column). Users of the file need it unless it is invariant.
    """

    data: Any
    entry: LogEntry
    levels: tuple[Any, ...]
    matrix: Floats

    def __repr__(self) -> str:
        return f"Randomised({self.entry})"

    def __reduce__(self) -> NoReturn:
        raise InputError("Protected rows are not pickled: they hold children's answers.", "Write .data to a file of its own.")


def pram(
    data: Any, column: str, *, seed: int, keep: float = 0.8, matrix: Any = None, invariant: bool = True, weights: str | None = None
) -> Randomised:
    """Change answers at random, each to another level with a known probability.

    Parameters
    ----------
    data : Dataset or data frame
        In memory. It is not changed.
    column : str
        A column of categories.
    seed : int
        A secret of 2**64 or more, such as ``secrets.randbits(128)``. The same seed gives the same file.
    keep : float
        The probability of keeping a level before the matrix is made invariant; the rest goes to the others alike. Default 0.8.
    matrix : (m, m) array, optional
        Other probabilities, in the sorted order of the levels.
    invariant : bool
        Whether the matrix is made invariant (default), so that the distribution of the file is kept in expectation and nobody has to
        correct for it.
    weights : str, optional
        A column of weights: then it is the weighted distribution that is kept.

    Returns
    -------
    Randomised
        The data, the levels and the matrix used. Missing answers stay missing.

    Raises
    ------
    InputError
        The seed is small; fewer than two levels; the matrix is none; a level has no weight.
    UnknownColumn
        There is no such column.

    Notes
    -----
    Each row is drawn by itself, by a keyed hash of its place. What goes with the column (its associations) is weakened; skips that hang
    on it may be contradicted, so randomise the first question of a chain together with what follows, or leave it. For a distribution that
    was randomised without an invariant matrix see `corrected_shares`.

    References
    ----------
    Gouweleeuw, Kooiman, Willenborg & de Wolf (1998), Post randomisation for statistical disclosure control: theory and implementation,
    Journal of Official Statistics 14(4), 463-478.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.disclosure.microdata import pram
    >>> data = ek.fictional.national_survey().data
    >>> made = pram(data, "province", seed=0x9D3FA1C2_57E80B64_21, keep=0.9)  # of a lesson; yours is secret
    >>> made.matrix.shape
    (6, 6)
    >>> before, after = (d.to_frame()["province"].value_counts(normalize=True).sort_index() for d in (data, made.data))
    >>> bool((abs(before - after) < 0.02).all())
    True
    """
    held = hold(data)
    held.need([column], "pram()")
    secret = need_secret(seed)
    codes, keys = held.codes(column)
    if len(keys) < 2:
        raise InputError(f"{column!r} has {how_many(len(keys), 'level')}; randomising takes two or more.")
    p = _probabilities(held, column, codes, len(keys), keep, matrix, invariant, weights)
    moved = np.where(codes >= 0, _moved(codes, p, secret, column), -1)
    made = held.take(column, moved, keys)
    counts = {"cells changed": int((moved != codes).sum()), "levels": len(keys)}
    return Randomised(made.data, LogEntry("pram", (column,), counts), keys, p)


def _probabilities(
    held: Held, column: str, codes: Codes, size: int, keep: Any, matrix: Any, invariant: bool, weights: str | None
) -> Floats:
    if isinstance(keep, bool) or not isinstance(keep, (int, float)) or not 0 < keep < 1:
        raise InputError("keep= is a probability between 0 and 1.")
    made = staying(size, keep) if matrix is None else need_matrix(matrix, size)
    if not invariant:
        return made
    w = np.ones(len(held))
    if weights is not None:
        held.need([weights], "weights=")
        w = numeric(held.clean[weights], "Weights")
        if np.isnan(w).any() or (w < 0).any():
            raise InputError(f"Weights {weights!r} are missing or negative in some rows.", "Take out rows without a weight first.")
    known = codes >= 0
    totals = np.bincount(codes[known], weights=w[known], minlength=size)
    if (totals <= 0).any():
        raise InputError(f"{how_many(int((totals <= 0).sum()), 'level has', 'levels have')} no weight.", "Recode them into others first.")
    return invariant_matrix(totals / totals.sum(), made)


def _moved(codes: Codes, p: Floats, seed: int, column: str) -> Codes:
    """Where each row's level goes; the number of a row belongs to its place."""
    u = drawn(seed, f"pram/{column}", [str(i) for i in range(len(codes))])(0)
    upto = np.cumsum(p, axis=1)
    upto[:, -1] = 1.0
    return (u[:, None] >= upto[codes]).sum(axis=1).astype(np.intp)
