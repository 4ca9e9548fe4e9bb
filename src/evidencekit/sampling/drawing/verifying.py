"""Drawing again from a record, to see that it is the draw it says it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from evidencekit._version import __version__
from evidencekit.errors import DesignError, InputError, how_many
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.drawing import drawn
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.drawing.record import Record, well_formed
from evidencekit.sampling.drawing.releasing import releases
from evidencekit.sampling.drawing.rotating import panel_wave
from evidencekit.sampling.drawing.splitting import split_psus

__all__ = ["verify"]


def verify(record: Record, frame: Frame) -> Draw:
    """Draw again from a record, and compare.

    Parameters
    ----------
    record : Record
        The record of a draw; ``Record.from_json(text)`` reads one from a file.
    frame : Frame
        The frame it is said to be from, made with the same `id`, `size`, `strata`, `order` and `serpentine`.

    Returns
    -------
    Draw
        The draw, made again: its record is equal to the one given.

    Raises
    ------
    DesignError
        The frame is not the one of the record (with the number of strata that differ), the algorithm has another version here, or other
        units come out.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="stratum")
    >>> kept = ek.sampling.pareto(areas, ek.sampling.in_each(areas, 10), seed=1, stream="areas").record.to_json()
    >>> ek.sampling.verify(ek.sampling.Record.from_json(kept), areas)
    Draw(pareto, 120 of 2,400 units, 12 strata, seed=1, stream='areas')
    """
    if not isinstance(record, Record) or not isinstance(frame, Frame):
        raise InputError(f"verify() takes a Record and a Frame, not a {type(record).__name__} and a {type(frame).__name__}.")
    if not well_formed(record):
        raise InputError("The record lacks entries, or has others than evidencekit writes.", "Read it with Record.from_json(text).")
    _same_algorithm(record)
    _same_frame(record, frame)
    asked = {part.stratum: part.asked for part in record.sizes}
    n = asked if record.strata else next(iter(asked.values()))
    made = _again(record, frame, n)
    if made.record.auxiliary_hash != record.auxiliary_hash:
        raise DesignError("The columns the draw was balanced on or spread over hold other numbers.", "Use the frame that was drawn from.")
    made = split_psus(made, record.parts) if record.parts else made
    made = releases(made, record.releases) if record.releases > 1 else made
    made = made.released(record.through) if record.through else made
    if replace(made.record, library=record.library) != record:
        raise DesignError(
            "The draw made again from this record and frame is another one.",
            "The record was changed, or it is not of this frame; the sample that goes with it is not the one the record stands for.",
        )
    return replace(made, record=record)


def _again(record: Record, frame: Frame, n: Any) -> Draw:
    """The whole draw of a record, before it was parted or split."""
    if not record.rotation:
        return drawn(frame, n, design=record.algorithm, seed=record.seed, stream=record.stream, auxiliary=record.auxiliary or None)
    design: Any = record.algorithm  # a forger's is refused as the verb refuses it
    return panel_wave(frame, n, wave=record.wave, rotation=record.rotation, design=design, seed=record.seed, stream=record.stream)


def _same_algorithm(record: Record) -> None:
    """Raise unless this library draws as the one that wrote the record did."""
    how = ALGORITHMS.get(record.algorithm)
    if how is None or how.version != record.version:
        here = "has no design of this name" if how is None else f"has version {how.version} of the algorithm"
        raise DesignError(
            f"The record was written by evidencekit {record.library}, and evidencekit {__version__} {here}.",
            f"Verify it with evidencekit {record.library}.",
        )


def _same_frame(record: Record, frame: Frame) -> None:
    """Raise unless the frame is the one of the record, saying what differs."""
    if record.serpentine != frame.serpentine:
        raise DesignError(
            f"The record is of a frame with serpentine={record.serpentine}, and this one has serpentine={frame.serpentine}.",
            "Make the frame as it was made then.",
        )
    made_with = {"id": record.id, "size": record.size, "strata": record.strata, "order": record.order}
    here = {"id": frame.id, "size": frame.size, "strata": tuple(frame.strata or ()), "order": tuple(frame.order or ())}
    if record.fingerprint == frame.fingerprint and made_with == here:
        return
    if other := [f"{part}=" for part, names in made_with.items() if names != here[part]]:
        raise DesignError(f"The record is of a frame made with other columns for {', '.join(other)}.", "The record says which.")
    units = np.bincount(frame.codes, minlength=len(frame.keys))
    then, now = {part.stratum: part.units for part in record.sizes}, dict(zip(frame.keys, units.tolist(), strict=True))
    differ = [h + 1 for h, key in enumerate(frame.keys) if then.get(key) != now[key]]
    gone = len(set(then) - set(now))
    found = f"{how_many(sum(now.values()), 'unit')} here, {sum(then.values()):,} in the record"
    if differ or gone:
        listed = ", ".join(map(str, differ[:10])) + (" and more" if len(differ) > 10 else "")
        count = how_many(len(differ), "stratum has another number of units", "strata have other numbers of units")
        found += f"; {count}" + (f" ({'row' if len(differ) == 1 else 'rows'} {listed} of frame.summary())" if differ else "")
        found += f"; {how_many(gone, 'stratum of the record is', 'strata of the record are')} not here" if gone else ""
    else:
        found += ", and as many in every stratum: identifiers, sizes or the order differ"
    raise DesignError(f"The record is of another frame: {found}.", "Use the frame that was drawn from.")
