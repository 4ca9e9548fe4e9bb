"""The verbs that draw: one for each design that needs nothing beyond the frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evidencekit.errors import InputError
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.drawing import drawn
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.drawing.strata import Allocated, whole

__all__ = ["in_each", "pareto", "poisson", "pps_random_systematic", "pps_systematic", "srs", "srs_wr", "systematic"]

Wanted = int | Mapping[Any, int] | Allocated


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
    units: dict[Any, int] = {}
    for code in frame.codes.tolist():
        units[code] = units.get(code, 0) + 1
    return {key: min(n, units[h]) for h, key in enumerate(frame.keys)}


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


def poisson(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A Poisson sample: every unit by itself, with chances in proportion to size or alike.

    Parameters
    ----------
    frame : Frame
        With `size` for unequal chances.
    n : int, mapping of stratum to int, or allocation
        How many units are expected; how many come out is random.
    seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The units whose number is below their chance. A unit that comes or goes between waves changes nothing for the others.

    Raises
    ------
    InputError
        More units than a stratum has, or a stratum without a number.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> 60 < ek.sampling.poisson(areas, 90, seed=1).n < 120
    True
    """
    return drawn(frame, n, design="poisson", seed=seed, stream=stream)


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


def pps_systematic(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A systematic sample with chances in proportion to size, in the frame's order.

    Parameters
    ----------
    frame : Frame
        With `size`; its `order` decides what the sample is spread over.
    n, seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The chosen units. Those whose size would give them a chance above 1 are certain.

    Raises
    ------
    InputError
        A frame without sizes, more units than a stratum has, or a stratum without a number.

    References
    ----------
    Madow (1949), Ann. Math. Statist. 20, 333-354.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", order=["province", "area"])
    >>> ek.sampling.pps_systematic(areas, 90, seed=1).n
    90
    """
    return drawn(frame, n, design="pps_systematic", seed=seed, stream=stream)


def pps_random_systematic(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A systematic sample with chances in proportion to size, the units of each stratum put in random order first.

    Parameters
    ----------
    frame : Frame
        With `size`; its `order` changes nothing.
    n, seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The chosen units. Those whose size would give them a chance above 1 are certain.

    Raises
    ------
    InputError
        A frame without sizes, more units than a stratum has, or a stratum without a number.

    References
    ----------
    Hartley and Rao (1962), Ann. Math. Statist. 33, 350-374.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> ek.sampling.pps_random_systematic(areas, 90, seed=1).n
    90
    """
    return drawn(frame, n, design="pps_random_systematic", seed=seed, stream=stream)


def pareto(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A Pareto sample: fixed size, chances in proportion to size, and the best coordination between waves.

    Parameters
    ----------
    frame : Frame
        With `size`.
    n, seed, stream
        As for `srs`. Waves that share seed and stream keep most of their units while sizes and n change.

    Returns
    -------
    Draw
        The chosen units. Chances are met to a good approximation, within about 1 % where n is 10 or more; `conditional_poisson` meets them
        exactly.

    Raises
    ------
    InputError
        A frame without sizes, more units than a stratum has, or a stratum without a number.

    References
    ----------
    Rosen (1997), J. Statist. Plann. Inference 62, 159-191.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> first, second = (ek.sampling.pareto(areas, n, seed=1) for n in (90, 120))
    >>> len(set(first.sample["area_number"]) & set(second.sample["area_number"]))
    90
    """
    return drawn(frame, n, design="pareto", seed=seed, stream=stream)
