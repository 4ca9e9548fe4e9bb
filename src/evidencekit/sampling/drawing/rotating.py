"""Rotating panels: waves of one design in which a set share of the units is replaced every time."""

from __future__ import annotations

from numbers import Real
from typing import Any, Literal, get_args

import numpy as np

from evidencekit.errors import InputError, one_of
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.drawing import drawn
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.drawing.strata import Wanted

__all__ = ["panel_wave"]

# Designs that choose the units with small numbers: moving a number down moves a unit into the sample, and past 0 out of it.
Rotating = Literal["srs", "pareto", "poisson"]
_MOST = 10_000  # waves; numbers moved by more would lose digits


def panel_wave(
    frame: Frame,
    n: Wanted,
    *,
    wave: int,
    rotation: float,
    design: Rotating = "pareto",
    seed: int,
    stream: str | None = None,
) -> Draw:
    """One wave of a rotating panel: most units stay from wave to wave, and every unit leaves after the same time.

    What changes from one wave to the next is estimated better when most units are in both, because what is peculiar to a unit drops out
    of the difference: with the share 1 - rotation in both and a correlation between a unit's two answers, `n_for_difference` needs fewer
    interviews (``samples=TwoSamples(overlap=1 - rotation, correlation=...)``). Units that leave keep the burden on each of them bounded.

    Parameters
    ----------
    frame : Frame
        With `size` for Pareto; the same for every wave. See the notes for lists that change.
    n : int, mapping of stratum to int, or allocation
        How many units in every wave; for Poisson, how many are expected.
    wave : int
        The number of the wave, 0 to 10,000. Wave 0 is the draw that `srs`, `pareto` or `poisson` makes with this seed and stream.
    rotation : float
        The share of the units that leaves after every wave, above 0 and up to 1: with 0.25 a unit stays for four waves. The same for every
        wave of a panel.
    design : {"pareto", "srs", "poisson"}
        The design of every wave. Other designs cannot rotate in this way: they do not choose the units with the smallest numbers.
    seed, stream
        As for `srs`; the same for every wave of a panel.

    Returns
    -------
    Draw
        A sample of the design, with its chances, weights and variance: each wave is one by itself. Units that are certain are in all
        waves. The record holds wave and rotation, and `verify` makes the wave again.

    Raises
    ------
    InputError
        A design that cannot rotate, a wave or a rotation out of its range; and what the verb of the design refuses.

    Notes
    -----
    In wave t the random number u of a unit with the chance p becomes ``(u - t * rotation * p) % 1``. That is as random as u, so the
    chances are those of the design in every wave. A Poisson sample takes the numbers below p: they stay there for 1 / rotation waves, and
    after that for (1 - p) / (p * rotation) waves above. The numbers move by a share of the unit's own chance and not all by the same
    amount, as is usual where units are drawn alike: with one amount for all, a unit with three times the chance would stay three times as
    long. Simple random samples are the special case in which both are the same.

    Waves t and t + 1 of a Poisson sample share 1 - rotation of their units, as is to be expected. A unit with a chance above
    1 / (1 + rotation) has so little time outside that it may be back at once, and adds to that. Pareto and simple random samples have a
    fixed size, so a unit at the edge comes or leaves a wave early or late; they share as much on average (measured at a rotation of 0.25:
    0.75 for 20 or more units of 400, 0.73 for Pareto with 3 of 10). Waves 1 / rotation apart share only units with chances above 1/2, and
    a few at the edge (5 in 100 of 60 units, 10 in 100 of 20).

    A list that changed may be used for a new wave, which is a sample of the new list. But a unit whose chance grew by a share c moves as if
    ``wave * c`` more waves had passed, so fewer units stay: where sizes are renewed, better start again at wave 0. `split_psus` cuts
    each wave anew by numbers that stay with the areas: of the areas that stay, 4 in 100 changed their part when two were made (measured
    with 81 areas and a rotation of 0.25). Where girls and boys must never be asked in one area, in different waves either, part the list
    first and give each part a panel. `releases` are those of one wave.

    Two waves are not independent, and `difference` of two Surveys takes them to be: `two_waves` makes one sample of both, whose changes
    have the right standard errors. Give the waves a `stream` by name: the default is the name of the identifier's column, and a list in
    which that column is called differently would start a panel of its own.

    References
    ----------
    Ohlsson (1995), Coordination of samples using permanent random numbers, in Business Survey Methods, chapter 9. Ernst, Valliant and
    Casady (2000), Journal of Official Statistics 16, 211-228.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> now, then = (ek.sampling.panel_wave(areas, 120, wave=wave, rotation=0.25, seed=1) for wave in (3, 2))
    >>> now
    Draw(pareto, 120 of 2,400 units, wave 3, seed=1, stream='area_number')
    >>> len(now.sample.merge(then.sample, on="area_number"))
    93
    """
    one_of("design", design, get_args(Rotating))
    return drawn(frame, n, design=design, seed=seed, stream=stream, wave=_wave(wave), rotation=_rotation(rotation))


def _wave(value: Any) -> int:
    """The number of a wave."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 0 <= value <= _MOST:
        raise InputError(f"wave= is a whole number from 0 to {_MOST:,}.", "Waves of a panel are counted from 0.")
    return int(value)


def _rotation(value: Any) -> float:
    """The share of units that leaves after a wave."""
    share: Any = value  # compared as it is: a whole number may be too large for a float
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real) or not 0 < share <= 1:
        raise InputError("rotation= is a share above 0 and up to 1.", "0.25 replaces a quarter of the units every wave.")
    return float(value)
