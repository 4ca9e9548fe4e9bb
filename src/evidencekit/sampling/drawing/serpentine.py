"""Serpentine order: columns that run up and down in turn, so that neighbours in the list are neighbours on the ground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evidencekit.columns import Codes, Floats

__all__ = ["serpentine"]


def serpentine(columns: Sequence[Codes | Floats], within: Codes) -> Codes:
    """The place of each unit's group when columns run up and down in turn.

    Within each part the first column runs up. Every further column runs up in the first group that the columns before it make, down in the
    second, and so on in the order that they have by then.

    Parameters
    ----------
    columns : sequence of (N,) arrays
        Numbers that put units in the order of a column.
    within : (N,) array
        The part each unit is in, from 0 without gaps; parts follow each other, and turns are counted in each by itself.

    Returns
    -------
    (N,) array
        From 0; units alike in all columns share a place.

    Examples
    --------
    >>> import numpy as np
    >>> from evidencekit.sampling.drawing.serpentine import serpentine
    >>> serpentine([np.array([1, 1, 2, 2, 3, 3]), np.array([1, 2, 1, 2, 1, 2])], np.zeros(6, dtype=int))
    array([0, 1, 3, 2, 4, 5])
    """
    group, down = within, np.zeros(within.size, dtype=bool)
    for column in columns:
        code = np.unique(column, return_inverse=True)[1].ravel()
        last = int(code.max(initial=0))
        group = np.unique(group * (last + 1) + np.where(down, last - code, code), return_inverse=True)[1].ravel()
        first = np.full(int(within.max(initial=0)) + 1, group.size)
        np.minimum.at(first, within, group)
        down = (group - first[within]) % 2 == 1
    return group.astype(np.intp, copy=False)
