"""Draws with chances in proportion to size."""

from __future__ import annotations

from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.drawing import drawn
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.drawing.strata import Wanted

__all__ = ["brewer", "conditional_poisson", "pareto", "poisson", "pps_random_systematic", "pps_systematic", "sampford"]


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
        The chosen units. Those whose size would give them a chance above 1 are certain. The variance of `Draw.design` is that of a random
        order: too large where the order is good, and too small where the interval meets a cycle in it.

    Raises
    ------
    InputError
        A frame without sizes, more units than a stratum has, or a stratum without a number.

    References
    ----------
    Madow (1949), Ann. Math. Statist. 20, 333-354. Wolter (1984), JASA 79, 781-790 (variances of systematic samples).

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


def conditional_poisson(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A conditional Poisson (maximum entropy) sample: fixed size, exact chances in proportion to size, and exact joint chances.

    Parameters
    ----------
    frame : Frame
        With `size`.
    n, seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The chosen units. ``Draw.joint()`` has their joint inclusion probabilities.

    Raises
    ------
    InputError
        A frame without sizes, more units than a stratum has, or a stratum without a number.

    References
    ----------
    Hajek (1964), Ann. Math. Statist. 35, 1491-1523. Chen, Dempster and Liu (1994), Biometrika 81, 457-469.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> ek.sampling.conditional_poisson(areas, 90, seed=1).n
    90

    The exact variance of an estimate from all the chosen areas:

    >>> draw = ek.sampling.conditional_poisson(areas, 90, seed=1)
    >>> exact = ek.Stages(weights="weight", psu="area_number", fpc="chance", unequal=ek.survey.Joint(draw.joint()))
    >>> ek.total(ek.Survey(draw.sample, design=exact), "households").se.round(3)
    array([0.])
    """
    return drawn(frame, n, design="conditional_poisson", seed=seed, stream=stream)


def brewer(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A Brewer sample: fixed size, exact chances in proportion to size, drawn unit by unit.

    Parameters
    ----------
    frame : Frame
        With `size`.
    n, seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The chosen units.

    Raises
    ------
    InputError
        A frame without sizes, more units than a stratum has, or a stratum without a number.

    References
    ----------
    Brewer (1975), Austral. J. Statist. 17, 166-172. Tille (2006), Sampling Algorithms, section 6.3.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> ek.sampling.brewer(areas, 90, seed=1).n
    90
    """
    return drawn(frame, n, design="brewer", seed=seed, stream=stream)


def sampford(frame: Frame, n: Wanted, *, seed: int, stream: str | None = None) -> Draw:
    """A Sampford sample: fixed size, exact chances in proportion to size, exact joint chances; for small samples.

    Parameters
    ----------
    frame : Frame
        With `size`.
    n, seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        The chosen units.

    Raises
    ------
    InputError
        A frame without sizes, more units than a stratum has, or a stratum without a number.
    DesignError
        Nearly every sample would be thrown away; `conditional_poisson` is the remedy.

    References
    ----------
    Sampford (1967), Biometrika 54, 499-513.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> ek.sampling.sampford(areas, 90, seed=1).n
    90
    """
    return drawn(frame, n, design="sampford", seed=seed, stream=stream)
