"""A random walk from drawn starting points: a route sheet decided before anybody walks, and the honest name of what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import InputError
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.streams import hashed
from evidencekit.survey import NoDesign

__all__ = ["RandomWalk", "random_walk"]

_MOST = 1_000_000  # dwellings; no area has more


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RandomWalk:
    """Routes from the starting points of drawn areas.

    Parameters
    ----------
    draw : Draw
        Of the areas.
    visits : int
        Dwellings to visit in each.
    steps : (n,) array
        The interval between dwellings, for each area.

    Examples
    --------
    See `random_walk`.
    """

    draw: Draw
    visits: int
    steps: Codes

    @property
    def sheet(self) -> Any:
        """The route sheet, in the caller's kind: one row an area and visit, to be filled in at the door.

        Returns
        -------
        data frame
            The identifier of the area, ``visit`` (1 to `visits`), ``dwelling`` (count dwellings along the route from the starting point,
            and knock at this one) and ``side``: dwellings are counted on this side of the street, and at every crossing the walk turns to
            it; at a dead end it turns round and goes on along the other side.
        """
        ids = [self.draw.frame.ids[place] for place in self.draw.chosen.tolist()]
        number = hashed(self.draw.record.seed, f"{self.draw.record.stream}/walk", ids)
        start = np.floor(number(0) * self.steps).astype(np.int64) + 1
        visit = np.tile(np.arange(self.visits), self.draw.n)
        columns = {
            "visit": visit + 1,
            "dwelling": np.repeat(start, self.visits) + visit * np.repeat(self.steps, self.visits),
            "side": np.repeat(np.where(number(1) < 0.5, "left", "right"), self.visits).tolist(),
        }
        return self.draw.table(np.repeat(self.draw.chosen, self.visits), columns, only=(self.draw.frame.id,))

    @property
    def design(self) -> NoDesign:
        """The design of a Survey on the answers: none. They have no interval and no total, and describe those who answered."""
        return NoDesign(inference="random-walk")

    def __repr__(self) -> str:
        steps = np.unique(self.steps)
        every = " to ".join(map(str, dict.fromkeys((steps[0], steps[-1])))) if steps.size else "so many"
        return f"RandomWalk({self.draw.n:,} areas, {self.visits:,} visits in each, every {every} dwellings; no probability sample)"

    def __reduce__(self) -> NoReturn:
        raise InputError("A RandomWalk is not pickled: its frame may hold addresses.", "Send the record of the draw and the sheet.")


def random_walk(draw: Draw, *, visits: int, step: int | None = None) -> RandomWalk:
    """Routes for a random walk in drawn areas. It does not make a probability sample: list a segment of each area instead where you can.

    Parameters
    ----------
    draw : Draw
        Of areas, without replacement, each with one starting point that was fixed on a map before.
    visits : int
        How many dwellings to visit in each area, whoever opens. It is not the number of interviews: those not at home are visited again,
        and never replaced (`n_to_visit` says how many visits an interview takes).
    step : int, optional
        Every how many dwellings to knock. By default what spreads the visits over the whole area, its size over `visits` rounded down; the
        frame's ``size=`` then counts dwellings.

    Returns
    -------
    RandomWalk
        ``.sheet`` for the teams, and ``.design``, which says that there is none.

    Raises
    ------
    InputError
        Something else than a Draw, or one with replacement; `visits` or `step` that are no whole numbers above 0; no `step` where the frame
        has no sizes.

    Notes
    -----
    **Why it is no probability sample.** The areas have known chances; dwellings within them do not. How likely a route is to pass a door
    depends on the streets, crossings and dead ends around it, and on how the rule is understood; nobody can compute it afterwards, so there
    is no weight that makes up for it, and no interval that covers. A start and a side that are decided beforehand, as here, take the choice
    from the interviewer and make the walk repeatable; they do not make chances known.

    **What to do instead.** Cut each drawn area into segments that can be seen on the ground, draw one with `srs` or by size, list its
    dwellings in a morning, and draw from that list: `multistage` joins the draws, and the sample has weights and intervals.

    The numbers come from the draw's seed and stream, so the sheet can be made again from the record.

    References
    ----------
    Cross-Cultural Survey Guidelines (University of Michigan), glossary, random route, after Bauer (2016): chances are unknown, and the
    method counts as non-probability sampling.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> draw = ek.sampling.pps_systematic(areas, 30, seed=1)
    >>> walk = ek.sampling.random_walk(draw, visits=20, step=3)
    >>> walk
    RandomWalk(30 areas, 20 visits in each, every 3 dwellings; no probability sample)
    >>> walk.sheet.columns.tolist(), len(walk.sheet)
    (['area_number', 'visit', 'dwelling', 'side'], 600)
    """
    if not isinstance(draw, Draw):
        raise InputError(f"random_walk() takes a Draw, not a {type(draw).__name__}.", "Draw areas first, as by pps_systematic().")
    if ALGORITHMS[draw.record.algorithm].again:
        raise InputError("random_walk() takes a draw without replacement.", "Draw by pps_systematic() or another such design.")
    for name, value in (("visits", visits), ("step", step)):
        sound = isinstance(value, (int, np.integer)) and not isinstance(value, bool) and 1 <= value <= _MOST
        if not sound and (name == "visits" or value is not None):
            raise InputError(f"{name}= is a whole number from 1 to {_MOST:,}.")
    if step is not None:
        return RandomWalk(draw, int(visits), np.full(draw.n, int(step), dtype=np.intp))
    if draw.frame.sizes is None:
        raise InputError("random_walk() needs step=: the frame has no sizes to tell it from.", "Every how many dwellings do teams knock?")
    fitting = np.clip(draw.frame.sizes[draw.chosen] // visits, 1, _MOST).astype(np.intp)
    return RandomWalk(draw, int(visits), fitting)
