"""Draws in which every unit of a stratum has the same chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.errors import InputError
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.drawing import drawn
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.drawing.strata import Wanted, whole

__all__ = ["circular_systematic", "in_each", "srs", "srs_wr", "systematic"]


def in_each(frame: Frame, n: int) -> dict[Any, int]:
    """The same number for every stratum of a frame; where a stratum is smaller, all of it.

    Parameters
    ----------
    frame : Frame
        With strata.
    n : int
        1 or more.

    Returns
    -------
    dict of stratum to int
        What a verb takes as its `n`.

    Raises
    ------
    InputError
        Not a Frame, or a number that is not whole and above 0.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", strata="area")
    >>> ek.sampling.in_each(areas, 30)
    {('rural',): 30, ('urban',): 30}
    """
    if not isinstance(frame, Frame):
        raise InputError(f"in_each() takes a Frame, not a {type(frame).__name__}.")
    n = whole(n)
    units = np.bincount(frame.codes, minlength=len(frame.keys)).tolist()
    return {key: min(n, there) for key, there in zip(frame.keys, units, strict=True)}


def srs(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A simple random sample without replacement, within strata.

    Parameters
    ----------
    frame : Frame
        Its sizes are not used.
    n : int, mapping of stratum to int, or allocation
        How many units; with strata, how many of each.
    seed : int
        A whole number of 0 or more. The same seed, stream and frame give the same draw.
    stream : str, optional
        What the random numbers are for; by default the name of the frame's id column. Draws that share seed and stream use the same
        number for the same unit, so that they overlap as much as they can.

    Returns
    -------
    Draw
        The units with the smallest numbers, their chances and weights, and the record.

    Raises
    ------
    InputError
        More units than a stratum has, or a stratum without a number.

    References
    ----------
    Ohlsson (1995), Coordination of samples using permanent random numbers, in Business Survey Methods, chapter 9.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", strata="area")
    >>> ek.sampling.srs(areas, {"urban": 30, "rural": 20}, seed=1)
    Draw(srs, 50 of 2,400 units, 2 strata, seed=1, stream='area_number')
    """
    return drawn(frame, n, design="srs", seed=seed, stream=stream)


def srs_wr(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A simple random sample with replacement, within strata: a unit may be drawn several times.

    Parameters
    ----------
    frame : Frame
        Its sizes are not used.
    n, seed, stream
        As for `srs`; n may be larger than the stratum.

    Returns
    -------
    Draw
        A row for every time a unit was drawn. Each of them is a sampling unit of its own in `Draw.design`, interviewed anew.

    Raises
    ------
    InputError
        A stratum without a number.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number")
    >>> draw = ek.sampling.srs_wr(areas, 500, seed=1)
    >>> draw.n, draw.sample["area_number"].nunique() < 500, draw.design.psu
    (500, True, ('selection',))
    """
    return drawn(frame, n, design="srs_wr", seed=seed, stream=stream)


def systematic(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A systematic sample with equal chances in the frame's order: exactly n units, also where N / n is not whole.

    Parameters
    ----------
    frame : Frame
        Its `order` decides what the sample is spread over; its sizes are not used.
    n, seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The chosen units; its variance is that of a simple random sample, which is larger than the true one where the order is good.

    Raises
    ------
    InputError
        More units than a stratum has, or a stratum without a number.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 3.4 (fractional interval).

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", order=["province", "area"])
    >>> ek.sampling.systematic(areas, 77, seed=1).n
    77
    """
    return drawn(frame, n, design="systematic", seed=seed, stream=stream)


def circular_systematic(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A systematic sample with equal chances around a circle: a whole interval, and exactly n units.

    Parameters
    ----------
    frame : Frame
        Its `order` decides what the sample is spread over; its sizes are not used.
    n, seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The chosen units.

    Raises
    ------
    InputError
        More units than a stratum has, or a stratum without a number.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 3.4.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", order="province")
    >>> ek.sampling.circular_systematic(areas, 77, seed=1).n
    77
    """
    return drawn(frame, n, design="circular_systematic", seed=seed, stream=stream)
