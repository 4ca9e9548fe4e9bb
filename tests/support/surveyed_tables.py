"""Invented tables of the kind that surveys give: a few dimensions of districts, sexes and ages, and an answer that is mostly no.

Everything is drawn with a seed. Shares of the levels of each dimension but the last are drawn around equal ones (Dirichlet with 8 in every
place); those of the last, the answer, are given or drawn without such a hint (Dirichlet with 1). Then each of the n records draws a
level of every dimension, independently of the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FREQUENCIES = (0.55, 0.22, 0.12, 0.06, 0.03, 0.02)  # never, once, ..., daily: six answers that become rarer


def surveyed(shape: Sequence[int], records: int, *, seed: int = 1, answers: Sequence[float] | None = None) -> NDArray[np.int64]:
    """Counts of records in each combination of levels."""
    random = np.random.default_rng(seed)
    shares = [random.dirichlet(np.full(levels, 8.0)) for levels in shape[:-1]]
    shares.append(random.dirichlet(np.ones(shape[-1])) if answers is None else np.array(answers))
    drawn = [random.choice(len(share), size=records, p=share / share.sum()) for share in shares]
    counts = np.zeros(tuple(shape), dtype=np.int64)
    np.add.at(counts, tuple(drawn), 1)
    return counts


def sparse_counts(random: np.random.Generator, shape: Sequence[int]) -> NDArray[np.int64]:
    """Small counts with many zeros, some large: what is hard to protect."""
    mean = random.choice([0.3, 2.0, 8.0, 60.0], size=tuple(shape), p=[0.25, 0.3, 0.25, 0.2])
    return random.poisson(mean)
