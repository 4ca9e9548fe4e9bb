"""Draws that methods share: the areas of a plan in proportion to size, shared out among the strata of the frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.errors import InputError
from evidencekit.planning.plan import Plan
from evidencekit.sampling import Draw, Frame, allocate, pps_systematic

__all__ = ["areas_by_size"]


def areas_by_size(plan: Plan, frame: Frame, seed: int, *, least: int = 2) -> Draw:
    """Draw the areas of a plan in proportion to size, systematically in each stratum.

    Parameters
    ----------
    plan : Plan
        Its areas are rounded, and shared among strata in proportion to their size.
    frame : Frame
        With `size`.
    seed : int
        The draw can be repeated with it.
    least : int
        Of areas in each stratum: two, as a variance needs, and as many for each group that is asked in areas of its own.

    Returns
    -------
    Draw

    Raises
    ------
    InputError
        It is no Frame, or one without sizes.
    DesignError
        The plan has fewer areas than `least` for each stratum.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.planning.drawing import areas_by_size
    >>> household = ek.method_named("household_one_child")
    >>> frame = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="stratum")
    >>> draw = areas_by_size(household.plan(household.example()), frame, 1)
    >>> len(draw.sample)
    32
    """
    if not isinstance(frame, Frame):
        raise InputError(f"Units are drawn from a Frame, not from a {type(frame).__name__}.", "ek.Frame(list, id=, size=, strata=).")
    if frame.sizes is None:
        raise InputError("Units are drawn in proportion to size, and the frame has none.", "Name its column: ek.Frame(..., size=).")
    wanted: Any = round(plan.sizing.psus)
    if len(frame.levels) > 1:
        sums = np.bincount(frame.codes, frame.sizes, len(frame.levels))
        sizes = {_label(level): max(round(total), 1) for level, total in zip(frame.levels, sums, strict=True)}
        wanted = allocate(sizes, wanted, minimum=least)
    return pps_systematic(frame, wanted, seed=seed)


def _label(level: tuple[Any, ...]) -> Any:
    return level[0] if len(level) == 1 else level
