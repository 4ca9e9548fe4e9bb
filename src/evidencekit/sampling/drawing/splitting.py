"""Areas for girls and areas for boys: a drawn sample parted at random, so that no two of them meet in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evidencekit.errors import InputError, how_many
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.drawing import sealed
from evidencekit.sampling.streams import hashed

__all__ = ["split_psus"]


def split_psus(draw: Draw, labels: Sequence[str] = ("girls", "boys")) -> dict[str, Draw]:
    """Part a draw of areas at random, one part for girls and one for boys.

    Interviewing girls and boys in different areas keeps what is asked of one from those who may have harmed them. Each part is a sample of
    its own: its answers make a Survey of their own, with its own degrees of freedom, and estimates from the two are independent.

    Parameters
    ----------
    draw : Draw
        Of areas, not yet split into releases, with at least two areas for each label in every stratum.
    labels : sequence of str
        What the parts are for, two or more.

    Returns
    -------
    dict of str to Draw
        One Draw a label: within strata as many areas for each as can be, in the order of selection. The chance of an area is the first one
        times the share of its stratum's areas that have the label, and no area is certain to have it.

    Raises
    ------
    InputError
        Too few areas in a stratum, labels that repeat, or a draw that was split before.

    Notes
    -----
    Where the numbers do not divide, the label that gets one more is chosen by a random number of the stratum's first area in the order of
    selection.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="area")
    >>> draw = ek.sampling.pareto(areas, {"urban": 40, "rural": 30}, seed=1)
    >>> parts = ek.sampling.split_psus(draw)
    >>> parts["girls"]
    Draw(pareto, 35 of 2,400 units, 2 strata, part 'girls', seed=1, stream='area_number')
    """
    if not isinstance(draw, Draw):
        raise InputError(f"split_psus() takes a Draw, not a {type(draw).__name__}.")
    names = () if isinstance(labels, str) else tuple(labels)
    if len(names) < 2 or len(set(names)) < len(names) or not all(isinstance(name, str) and name for name in names):
        raise InputError("labels= takes two or more words, each once.")
    if draw.record.releases > 1 or draw.record.parts:
        raise InputError("The draw was split before.", "Part it first, and split each part into releases afterwards.")
    stratum = draw.frame.codes[draw.chosen]
    drawn_of = np.bincount(stratum, minlength=len(draw.frame.keys))
    if (short := int((drawn_of < 2 * len(names)).sum())) > 0:
        raise InputError(
            f"{how_many(short, 'stratum has', 'strata have')} fewer than {2 * len(names)} units drawn, two for each label.",
            "Draw more, or combine strata: with one unit a stratum has no variance.",
        )
    order = np.lexsort((draw.selection, stratum))
    first = np.cumsum(drawn_of) - drawn_of
    ids = [draw.frame.ids[place] for place in draw.chosen[order[first]].tolist()]
    start = (hashed(draw.record.seed, f"{draw.record.stream}/parts", ids)(0) * len(names)).astype(np.intp)
    label = np.empty(draw.n, dtype=np.intp)
    label[order] = (np.arange(draw.n) - first[stratum[order]] + start[stratum[order]]) % len(names)
    return {name: _part(draw, names, k, label == k, drawn_of) for k, name in enumerate(names)}


def _part(draw: Draw, names: tuple[str, ...], k: int, inside: np.ndarray, drawn_of: np.ndarray) -> Draw:
    """The units with one label, as a draw of their own."""
    stratum = draw.frame.codes[draw.chosen]
    share = np.bincount(stratum[inside], minlength=drawn_of.size) / np.maximum(drawn_of, 1)
    return sealed(
        replace(
            draw,
            record=replace(draw.record, parts=names, part=names[k]),
            chosen=draw.chosen[inside],
            chance=(draw.chance * share[stratum])[inside],
            certain=np.zeros(int(inside.sum()), dtype=bool),
            selection=np.argsort(np.argsort(draw.selection[inside])) + 1,
            release=draw.release[inside],
        )
    )
