"""Draws that are spread over an order or a map, or balanced on what is known of all units."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.drawing import drawn
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.drawing.strata import Wanted

__all__ = ["cube", "local_pivotal", "ordered_pivotal", "pivotal"]


def pivotal(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A pivotal sample in random order: fixed size, exact chances, high entropy; fast for the largest frames.

    Parameters
    ----------
    frame : Frame
        With `size` for unequal chances.
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
    Deville and Tille (1998), Biometrika 85, 89-101.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> ek.sampling.pivotal(areas, 90, seed=1).n
    90
    """
    return drawn(frame, n, design="pivotal", seed=seed, stream=stream)


def ordered_pivotal(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A pivotal sample in the frame's order: spread over it as a systematic one is, and most neighbours can come together.

    Parameters
    ----------
    frame : Frame
        Its `order` decides what the sample is spread over; with `size` for unequal chances.
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
    Deville and Tille (1998), Biometrika 85, 89-101. Chauvet (2012), Bernoulli 18, 1320-1340.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", order=["province", "area"])
    >>> ek.sampling.ordered_pivotal(areas, 90, seed=1).n
    90
    """
    return drawn(frame, n, design="ordered_pivotal", seed=seed, stream=stream)


def local_pivotal(frame: Frame, n: Wanted, *, coordinates: str | Sequence[str], seed: int, stream: str | None = None) -> Draw:
    """A local pivotal sample: spread over the map, because neighbours compete.

    Parameters
    ----------
    frame : Frame
        With `size` for unequal chances.
    coordinates : str or sequence of str
        Columns of numbers that say where a unit is, in one unit of length: project longitudes and latitudes first. The record has their
        names and a hash, never their values.
    n, seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The chosen units. The variance of `Draw.design` does not know of the spread, and is too large where neighbours are alike.

    Raises
    ------
    InputError
        A coordinate that is missing, more units than a stratum has, or a stratum without a number.

    References
    ----------
    Grafstrom, Lundstrom and Schelin (2012), Biometrics 68, 514-520.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.fictional.area_list()
    >>> areas["east"], areas["north"] = areas["area_number"] % 49, areas["area_number"] // 49
    >>> frame = ek.Frame(areas, id="area_number", size="households")
    >>> ek.sampling.local_pivotal(frame, 90, coordinates=["east", "north"], seed=1)
    Draw(local_pivotal, 90 of 2,400 units, seed=1, stream='area_number')
    """
    return drawn(frame, n, design="local_pivotal", seed=seed, stream=stream, auxiliary=coordinates)


def cube(frame: Frame, n: Wanted, *, balance: str | Sequence[str], seed: int, stream: str | None = None) -> Draw:
    """A balanced sample (cube method): weighted totals of known variables come out nearly equal to the true ones.

    Parameters
    ----------
    frame : Frame
        With `size` for unequal chances. With strata the sample is balanced within each.
    balance : str or sequence of str
        Columns of numbers known for all units, the most important first. The size is always kept.
    n, seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The chosen units. The variance of `Draw.design` does not know of the balance, and is too large where the variables explain much.

    Raises
    ------
    InputError
        A variable that is missing, more units than a stratum has, or a stratum without a number.

    References
    ----------
    Deville and Tille (2004), Biometrika 91, 893-912. Chauvet and Tille (2006), Computational Statistics 21, 53-62.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.fictional.area_list()
    >>> areas["urban"] = (areas["area"] == "urban").astype(int)
    >>> draw = ek.sampling.cube(ek.Frame(areas, id="area_number"), 100, balance=["households", "urban"], seed=1)
    >>> estimated = ek.total(ek.Survey(draw.sample, design=draw.design), "households")
    >>> bool(abs(estimated.to_frame()["estimate"].item() / areas["households"].sum() - 1) < 0.02)
    True
    """
    return drawn(frame, n, design="cube", seed=seed, stream=stream, auxiliary=balance)
