"""Chances proportional to size, with units that are certain taken out."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats

__all__ = ["proportional_chances"]


def proportional_chances(sizes: Floats, n: int) -> Floats:
    """Chances proportional to size that add up to n; units that would exceed 1 are certain, and the others share what is left.

    Parameters
    ----------
    sizes : (N,) array
        Each above 0.
    n : int
        From 1 to N.
    """
    size = sizes / sizes.max()
    chances = size * (n / size.sum())
    certain = np.zeros(size.size, dtype=bool)
    while (new := (chances >= 1 - 1e-12) & ~certain).any():
        certain |= new
        rest, left = n - int(certain.sum()), float(size[~certain].sum())
        chances = np.where(certain, 1.0, size * (rest / left if left else 0.0))
    return chances
