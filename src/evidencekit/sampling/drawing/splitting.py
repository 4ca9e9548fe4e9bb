"""Areas for girls and areas for boys: a drawn sample parted at random, so that no two of them meet in one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import InputError, how_many
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.drawing import sealed
from evidencekit.sampling.streams import hashed

__all__ = ["split_psus"]


def split_psus(draw: Draw, labels: Sequence[str] = ("girls", "boys")) -> Draw:
    """Part a draw of areas at random, some for girls and some for boys.

    Interviewing girls and boys in different areas keeps what is asked of one from those who may have harmed them. In each area only one of
    the two is interviewed, so each part of a stratum counts as a stratum of its own: in one Survey the estimates for girls and for boys
    have a covariance of zero, and each its own degrees of freedom. Areas count as drawn with replacement, see `Draw.design`.

    Parameters
    ----------
    draw : Draw
        Of areas, not yet split into releases, with at least two areas for each label in every stratum.
    labels : sequence of str
        What the parts are for, two or more.

    Returns
    -------
    Draw
        The same areas, with a ``part`` in `Draw.sample`: within strata as many areas for each label as can be, chosen at random.
        The chance of an area is the first one times the share of its stratum's areas that have its label, and no area is certain.

    Raises
    ------
    InputError
        Too few areas in a stratum, labels that repeat, or a draw that was split before.

    Notes
    -----
    Where the numbers do not divide, a random number of the stratum says which label gets one more. The numbers stay with the areas, so
    that in the waves of a panel (`panel_wave`) most areas that stay keep their label. The weights are those of one sex's areas: each
    part by itself stands for all areas, so a number for both sexes together is right where every child is in one part only, and a count of
    areas would come out twice.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="area")
    >>> draw = ek.sampling.split_psus(ek.sampling.pareto(areas, {"urban": 40, "rural": 30}, seed=1))
    >>> draw
    Draw(pareto, 70 of 2,400 units, 2 strata, parts 'girls' and 'boys', seed=1, stream='area_number')
    >>> draw.sample.groupby(["area", "part"]).size().tolist()
    [15, 15, 20, 20]
    """
    names = _labels(draw, labels)
    stratum = draw.frame.codes[draw.chosen]
    drawn_of = np.bincount(stratum, minlength=len(draw.frame.keys))
    if (short := int((drawn_of < 2 * len(names)).sum())) > 0:
        raise InputError(
            f"{how_many(short, 'stratum has', 'strata have')} fewer than {2 * len(names)} units drawn, two for each label.",
            "Draw more, or combine strata: with one unit a stratum has no variance.",
        )
    part = _dealt(draw, stratum, drawn_of, len(names))
    share = np.bincount(stratum * len(names) + part, minlength=drawn_of.size * len(names)) / np.repeat(drawn_of, len(names))
    return sealed(
        replace(
            draw,
            record=replace(draw.record, parts=names),
            chance=draw.chance * share[stratum * len(names) + part],
            certain=np.zeros(draw.n, dtype=bool),
            part=part,
        )
    )


def _labels(draw: Draw, labels: Sequence[str]) -> tuple[str, ...]:
    """The labels, for a draw that can be parted."""
    if not isinstance(draw, Draw):
        raise InputError(f"split_psus() takes a Draw, not a {type(draw).__name__}.")
    if not ALGORITHMS[draw.record.algorithm].fixed:
        raise InputError("A Poisson draw is not parted: it has no fixed number of areas to share out.", "Draw by pareto() or srs().")
    names = tuple(labels) if isinstance(labels, Iterable) and not isinstance(labels, (str, Set)) else ()
    if len(names) < 2 or not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        raise InputError("labels= takes two or more words, each once, in their order.")
    if draw.record.releases > 1 or draw.record.parts:
        raise InputError("The draw was split before.", "Part it first, and split it into releases afterwards.")
    return names


def _dealt(draw: Draw, stratum: Codes, drawn_of: Codes, count: int) -> Codes:
    """The part of each unit: its stratum is put in an order of random numbers that stay with the units, and cut."""
    ids = [draw.frame.ids[place] for place in draw.chosen.tolist()]
    source, place = draw.record, draw.selection  # a unit drawn twice has one number, and its order of selection tells the two apart
    order = np.lexsort((place, hashed(source.seed, f"{source.stream}/parts", ids)(0), stratum))
    first = np.cumsum(drawn_of) - drawn_of
    names = ["/".join(key) for key in draw.frame.keys]
    more = hashed(source.seed, f"{source.stream}/parts/more", names)(0)  # who gets one more, where the numbers do not divide
    inside = stratum[order]
    part = np.empty(draw.n, dtype=np.intp)
    part[order] = (np.arange(draw.n) - first[inside] + more[inside]) * count // drawn_of[inside]
    return part
