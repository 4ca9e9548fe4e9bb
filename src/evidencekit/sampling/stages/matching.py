"""Which unit of a draw each answer is from."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import DesignError, InputError, how_many
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.framing import blank_in
from evidencekit.sampling.streams import canonical

__all__ = ["units_of_answers"]


def units_of_answers(draw: Draw, series: nw.Series[Any], *, several: bool) -> Codes:
    """Where the unit of each answer stands in a draw.

    Raises
    ------
    InputError
        Identifiers missing, or a draw with replacement.
    DesignError
        Units that were not drawn, or several answers from one where there should be one.
    """
    if ALGORITHMS[draw.record.algorithm].again:
        raise InputError(
            "A draw with replacement has a unit several times, and an answer does not say for which of them it stands.",
            "Join answers to draw.sample by its selection, and use draw.design.",
        )
    if missing := int(blank_in(series).sum()):
        raise InputError(
            f"id= column {series.name!r} is missing for {how_many(missing, 'answer')}.", "Say for each which unit it came from."
        )
    names = canonical(series.to_list())
    place = {draw.frame.ids[chosen]: k for k, chosen in enumerate(draw.chosen.tolist())}
    found = np.array([place.get(text, -1) for text in names], dtype=np.intp)
    if (strange := int((found < 0).sum())) > 0:
        raise DesignError(
            f"{strange:,} of {how_many(found.size, 'answer')} are from units that were not drawn.",
            _remedy(place, names, whole=strange == found.size),
        )
    times = np.bincount(found, minlength=draw.n)
    if not several and (times > 1).any():
        raise DesignError(
            f"{how_many(int((times > 1).sum()), 'unit has', 'units have')} several answers.",
            "Take out what was sent twice; where everybody in a unit was asked, such as all pupils of a class, pass several=True.",
        )
    return found


def _remedy(place: dict[str, int], names: list[str], *, whole: bool) -> str:
    """What to do about identifiers that are not those of the draw."""
    bare = {_bare(text) for text in place}
    if whole and all(_bare(text) in bare for text in names):
        return "They would fit without zeros in front or blanks around: read the identifiers as text in both files."
    return "Correct their identifiers. A unit that somebody chose in the field has no chance, and no place in the sample."


def _bare(text: str) -> str:
    return text.strip().lstrip("0")
