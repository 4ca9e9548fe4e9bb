"""Random releases of a draw, opened one after the other: what replaces substitution in the field."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evidencekit.errors import InputError
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.drawing import sealed
from evidencekit.sampling.drawing.strata import whole

__all__ = ["releases"]


def releases(draw: Draw, number: int) -> Draw:
    """Split a draw into random releases, opened one after the other until there are enough interviews.

    This replaces substitution in the field: units that cannot be reached or refuse stay in the sample and in the response rate, and when
    more interviews are needed, a whole further release goes out.

    Parameters
    ----------
    draw : Draw
        Usually drawn larger than is expected to be needed.
    number : int
        How many releases, 2 or more; at most the number of units drawn, apart from certain ones, in the smallest stratum.

    Returns
    -------
    Draw
        The same units, with a ``release`` in `sample`: within strata (and parts) in the order of selection, as equal as can be. Certain
        units go out with the first. `Draw.released` is the draw of those that went out, with its own weights.

    Raises
    ------
    InputError
        More releases than a stratum has units.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="stratum")
    >>> draw = ek.sampling.pareto(areas, ek.sampling.in_each(areas, 10), seed=1, stream="areas")
    >>> split = ek.sampling.releases(draw, 5)
    >>> split.released(3)
    Draw(pareto, 72 of 2,400 units, 12 strata, releases 1 to 3 of 5, seed=1, stream='areas')
    """
    if not isinstance(draw, Draw):
        raise InputError(f"releases() takes a Draw, not a {type(draw).__name__}.")
    if not ALGORITHMS[draw.record.algorithm].fixed:
        raise InputError(
            "A Poisson draw is not split: its variance counts every unit by itself, and releases of a fixed size do not.",
            "Draw by pareto() or srs(), or draw a smaller Poisson sample of the same stream.",
        )
    if draw.record.releases > 1:
        raise InputError("The draw was split into releases before.", "Split the whole draw anew.")
    number = whole(number, "number=")
    free = ~draw.certain
    stratum = draw.group
    drawn_of = np.bincount(stratum[free], minlength=draw.groups)
    smallest = int(drawn_of[drawn_of > 0].min(initial=draw.n)) if free.any() else 0
    if number > smallest:
        raise InputError(
            f"{number} releases need as many units in every stratum, and the smallest has {smallest} that were not certain.",
            "Split into fewer, or draw more.",
        )
    release = np.ones(draw.n, dtype=np.intp)
    order = np.lexsort((draw.selection[free], stratum[free]))
    first = np.cumsum(drawn_of) - drawn_of
    rank = np.arange(order.size) - first[stratum[free][order]]
    of_free = np.empty(order.size, dtype=np.intp)
    of_free[order] = rank % number + 1
    release[free] = of_free
    return sealed(replace(draw, release=release, record=replace(draw.record, releases=number)))
