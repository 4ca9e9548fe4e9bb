"""Counts with differential privacy: discrete Laplace noise, with what it protects and what it costs said beside the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from html import escape
from numbers import Rational, Real
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from evidencekit.disclosure.noise.accuracy import Accuracy, laplace_accuracy
from evidencekit.disclosure.noise.laplace import discrete_laplace
from evidencekit.disclosure.randomness import secret_bits, seed_words
from evidencekit.disclosure.tables.systems import CellSystem
from evidencekit.disclosure.whole import Whole, frozen, whole_counts, whole_number
from evidencekit.errors import InputError, check_level, how_many

__all__ = ["NoisyCounts", "cells_per_person", "noisy_counts", "total_epsilon"]

_LARGEST_SCALE = 10**9


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class NoisyCounts:
    """Counts that may be shown: with discrete Laplace noise, differentially private. The true counts are not kept.

    Parameters
    ----------
    counts : array of int
        In the shape that was passed. Some may be negative.
    epsilon : float
        What the whole table costs: every conclusion from it is at most ``exp(epsilon)`` times as likely with one person's answers as
        without them.
    sensitivity : int
        By how much one person may change one count.
    cells_per_person : int
        In how many of the counts one person may be.
    level : float
        Of the accuracy.
    origin : str
        Where the noise came from.

    Examples
    --------
    >>> noisy_counts([31, 4, 0, 12], epsilon=1, cells_per_person=1, seed=1)
    NoisyCounts: 4 counts with discrete Laplace noise
    epsilon 1 for all of them together; noise of scale 1
    at 95 %: a count is within 3 of the true one; all 4 at once within 4
    no conclusion from them is more than 2.718 times as likely with one person's answers as without them
    numbers of records, not weighted; they need not add up and may be negative; the epsilon of every release of the same people adds up
    noise drawn from a seed short enough to be guessed, and then taken off: for rehearsals, not for release
    """

    counts: Whole
    epsilon: float
    sensitivity: int
    cells_per_person: int
    level: float
    origin: str

    @property
    def scale(self) -> float:
        """The scale of the noise: sensitivity times cells per person, divided by epsilon."""
        return self.sensitivity * self.cells_per_person / self.epsilon

    @property
    def accuracy(self) -> Accuracy:
        """How near to the truth each count is."""
        return laplace_accuracy(self.scale, level=self.level)

    @property
    def all_within(self) -> int:
        """What no error of any of the counts exceeds, at the level."""
        return laplace_accuracy(self.scale, level=self.level, counts=self.counts.size).within

    @property
    def low(self) -> Whole:
        """Lower limits of the true counts, each at the level; none below 0."""
        return np.maximum(self.counts - self.accuracy.within, 0)

    @property
    def high(self) -> Whole:
        """Upper limits of the true counts, each at the level; none below 0."""
        return np.maximum(self.counts + self.accuracy.within, 0)

    @property
    def statement(self) -> tuple[str, ...]:
        """What must be said beside the numbers, a sentence each."""
        size, level, spread = self.counts.size, f"{100 * self.level:.10g} %", how_many(self.cells_per_person, "count")
        each = f"one person is in up to {spread}, so each has epsilon {self.epsilon / self.cells_per_person:.4g}; "
        shared = each if self.cells_per_person > 1 else ""
        together = f"; all {size:,} at once within {self.all_within:,}" if size > 1 else ""
        return (
            f"epsilon {self.epsilon:.4g} for all of them together; {shared}noise of scale {self.scale:.4g}",
            f"at {level}: a count is within {self.accuracy.within:,} of the true one{together}",
            f"no conclusion from them is more than {_odds(self.epsilon)} times as likely with one person's answers as without them",
            "numbers of records, not weighted; they need not add up and may be negative; "
            "the epsilon of every release of the same people adds up",
            f"noise {self.origin}",
        )

    def __repr__(self) -> str:
        return "\n".join([f"NoisyCounts: {how_many(self.counts.size, 'count')} with discrete Laplace noise", *self.statement])

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in repr(self).splitlines())


def noisy_counts(
    counts: Any,
    *,
    epsilon: float | Rational,
    cells_per_person: int,
    sensitivity: int = 1,
    level: float = 0.95,
    seed: int | None = None,
) -> NoisyCounts:
    """Add noise to counts, so that they hardly depend on any one person.

    Parameters
    ----------
    counts : array
        Unweighted numbers of records, of any shape.
    epsilon : float or Fraction
        The budget of all these counts together; there is no default, because whoever answers for the release decides it. Smaller
        protects more. A float is taken as it is written (0.1 is one tenth).
    cells_per_person : int
        In how many of these counts one person may be: 1 where every person is in one cell (or none), 4 for a table of two questions with
        its margins (`cells_per_person` counts it), more where several answers are allowed. The budget is shared among them.
    sensitivity : int
        By how much one person may change one count, 1 by default.
    level : float
        Of the accuracy that is printed, 0.95 by default.
    seed : int, optional
        Without it noise comes from the operating system, as it should for a release. With a long secret seed (``secrets.randbits(128)``)
        the same counts get the same noise; other counts or another budget get noise that has nothing to do with it.

    Returns
    -------
    NoisyCounts
        Its repr says epsilon, scale and accuracy.

    Raises
    ------
    InputError
        Counts that are missing, negative or not whole; an epsilon that is not above 0, or so small that nothing is left of the counts.

    Notes
    -----
    The mechanism is the two-sided geometric one: x with chance proportional to ``exp(-epsilon * abs(x) / (sensitivity * cells))``, drawn
    without floating point. It is differentially private for one person more or less. Not covered: a household or class whose members
    answered (their epsilons add up), weighted counts, which cells there are (list all combinations of levels, also those without
    records), and what the time of the computation says. With a seed, all of this holds for those who
    cannot guess it.

    Margins cost: either release inner cells alone and add them up (their errors add up too), or pay for every cell a person is in.
    Do not cut negative counts at 0 before adding up; sums would be too high.

    References
    ----------
    Dwork, McSherry, Nissim and Smith (2006), Calibrating noise to sensitivity in private data analysis, TCC.
    Ghosh, Roughgarden and Sundararajan (2009), Universally utility-maximizing privacy mechanisms, STOC.
    Canonne, Kamath and Steinke (2020), The Discrete Gaussian for Differential Privacy, NeurIPS 33.

    Examples
    --------
    >>> noisy = noisy_counts([[31, 4], [0, 12]], epsilon=0.5, cells_per_person=1, seed=1)
    >>> noisy.counts.tolist()
    [[31, 7], [-2, 10]]
    >>> noisy.accuracy.within
    6
    """
    true = whole_counts(counts)
    check_level(level)
    budget = _budget(epsilon)
    each = whole_number("sensitivity", sensitivity, least=1)
    cells = whole_number("cells_per_person", cells_per_person, least=1)
    if cells > true.size:
        raise InputError(f"cells_per_person= is {cells:,}, and there are {how_many(true.size, 'count')}.", "One person is in some of them.")
    scale = each * cells / budget
    if scale > _LARGEST_SCALE:
        raise InputError(
            "epsilon= is so small that the noise would have a scale above 1,000,000,000.", "Nothing would be left of the counts."
        )
    words = f"{budget.numerator}/{budget.denominator}/{each}/{cells}/{true.shape}"
    bits = secret_bits(seed, b"noisy counts", words.encode(), true.astype("<i8").tobytes())
    noise = np.array([discrete_laplace(scale, bits) for _ in range(true.size)], dtype=np.int64).reshape(true.shape)
    return NoisyCounts(
        counts=frozen(true + noise),
        epsilon=float(budget),
        sensitivity=each,
        cells_per_person=cells,
        level=float(level),
        origin=seed_words(seed),
    )


def cells_per_person(system: CellSystem) -> int:
    """In how many shown cells of a system one person may be, where each is in one inner cell.

    Parameters
    ----------
    system : CellSystem
        The cells, shown and inner ones.

    Returns
    -------
    int

    Examples
    --------
    >>> from evidencekit.disclosure.tables import cube
    >>> cells_per_person(cube([[3, 1], [4, 12]]))
    4
    """
    if not isinstance(system, CellSystem):
        raise InputError(f"cells_per_person() takes a CellSystem, and this is of type {type(system).__name__}.", "Make one with cube().")
    if not system.offered.any():
        raise InputError("No cell of the system is shown.", "Link tables that are.")
    shown = csr_array(system.atoms[:, np.flatnonzero(system.offered)])
    return int(np.diff(shown.indptr).max())


def total_epsilon(releases: Sequence[NoisyCounts]) -> float:
    """What several releases about the same people cost together: their epsilons add up.

    Parameters
    ----------
    releases : sequence of NoisyCounts
        All that were made of these people.

    Returns
    -------
    float

    Examples
    --------
    >>> first = noisy_counts([31, 4], epsilon=0.1, cells_per_person=1)
    >>> second = noisy_counts([12, 23], epsilon=0.2, cells_per_person=1)
    >>> total_epsilon([first, second])
    0.3
    """
    if isinstance(releases, NoisyCounts) or not all(isinstance(r, NoisyCounts) for r in releases):
        raise InputError("total_epsilon() takes a list of NoisyCounts.")
    return float(sum((Fraction(repr(r.epsilon)) for r in releases), Fraction(0)))


def _budget(epsilon: Any) -> Fraction:
    """A budget as an exact fraction: what is written, not the binary number next to it."""
    if isinstance(epsilon, Rational) and not isinstance(epsilon, bool):
        made = Fraction(int(epsilon.numerator), int(epsilon.denominator))
    elif isinstance(epsilon, (Real, Decimal)) and not isinstance(epsilon, bool) and math.isfinite(epsilon):
        made = Fraction(repr(float(epsilon)))
    else:
        made = Fraction(0)
    if not 0 < made < 2**53:
        raise InputError("epsilon= is a number above 0, such as 1.", "Smaller protects more, and makes the noise larger.")
    return made


def _odds(epsilon: float) -> str:
    return f"{math.exp(epsilon):.4g}" if epsilon < 700 else "10**300"
