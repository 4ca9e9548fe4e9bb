"""Drawing from a frame, stratum by stratum, with numbers that belong to the units."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit._version import __version__
from evidencekit.columns import Codes, Floats, numeric
from evidencekit.errors import InputError, how_many
from evidencekit.sampling.drawing.algorithms import ALGORITHMS, Algorithm
from evidencekit.sampling.drawing.draw import ADDED, Draw
from evidencekit.sampling.drawing.framing import Frame, column_names
from evidencekit.sampling.drawing.record import Record, StratumRecord
from evidencekit.sampling.drawing.strata import numbers
from evidencekit.sampling.streams import Hashed, Rotated, Uniforms, hashed

__all__ = ["drawn", "sealed"]


def drawn(
    frame: Frame, n: Any, *, design: str, seed: int, stream: str | None = None, auxiliary: Any = None, wave: int = 0, rotation: float = 0.0
) -> Draw:
    """Draw a sample by a design's name; the verbs say what goes in and out."""
    how = _ready(frame, design)
    asked = numbers(n, frame.keys)
    units = np.bincount(frame.codes, minlength=len(frame.keys))
    if not how.again:
        _enough(asked, units)
    names = column_names(frame.rows, auxiliary, "auxiliary columns") or ()
    matrix = _auxiliary(frame, names)
    stream = frame.id if stream is None else stream
    numbers_of = hashed(seed, stream, frame.ids)
    chosen, chance, certain, parts = [], [], [], []
    members_of = np.split(np.argsort(frame.codes, kind="stable"), np.cumsum(units)[:-1])
    for h, members in enumerate(members_of):
        sizes = None if frame.sizes is None else frame.sizes[members]
        chances = how.chances(sizes, members.size, int(asked[h]))
        hit = _hit(how, chances, members, numbers_of, matrix, moved=wave * rotation)
        sure = (chances[hit] >= 1) & (not how.again)
        chosen.append(members[hit])
        chance.append(chances[hit])
        certain.append(sure)
        parts.append(StratumRecord(stratum=frame.keys[h], units=members.size, asked=int(asked[h]), drawn=hit.size, certain=int(sure.sum())))
    places = np.concatenate(chosen)
    order = np.argsort(places, kind="stable")
    selection = _random_order(seed, stream, [frame.ids[i] for i in places[order].tolist()])
    record = Record(
        algorithm=how.name,
        version=how.version,
        library=__version__,
        seed=int(seed),
        stream=stream,
        fingerprint=frame.fingerprint,
        id=frame.id,
        size=frame.size,
        strata=tuple(frame.strata or ()),
        order=tuple(frame.order or ()),
        serpentine=frame.serpentine,
        auxiliary=names,
        auxiliary_hash=_hash_of(matrix),
        sizes=tuple(sorted(parts, key=lambda part: part.stratum)),
        wave=wave,
        rotation=rotation,
        chosen="",
    )
    return sealed(
        Draw(
            frame,
            record=record,
            chosen=places[order],
            chance=np.concatenate(chance)[order],
            certain=np.concatenate(certain)[order],
            selection=selection,
            part=np.zeros(places.size, dtype=np.intp),
            release=np.ones(places.size, dtype=np.intp),
        )
    )


def _ready(frame: Any, design: str) -> Algorithm:
    """The algorithm, for a frame that has what it needs."""
    if not isinstance(frame, Frame):
        raise InputError(f"{design}() takes a Frame, not a {type(frame).__name__}.", "Build one: ek.Frame(data, id=..., size=...).")
    how = ALGORITHMS[design]
    if how.sizes == "needed" and frame.sizes is None:
        raise InputError(
            f"{design}() draws in proportion to size, and the frame has no size=.", "Name the column: ek.Frame(..., size=...)."
        )
    if taken := [name for name in ADDED if name in frame.rows.columns]:
        raise InputError(f"The frame already has a column {taken[0]!r}, which a sample adds.", "Give the frame's column another name.")
    return how


def _enough(asked: NDArray[np.int64], units: Codes) -> None:
    """Raise where a stratum has fewer units than are asked for."""
    over = np.flatnonzero(asked > units)
    if not over.size:
        return
    h = int(over[0])
    where = f" in stratum {h + 1} of {units.size}" if units.size > 1 else ""
    more = f" and {how_many(over.size - 1, 'more stratum has', 'more strata have')} too few" if over.size > 1 else ""
    raise InputError(
        f"n= asks for {asked[h]:,} of {how_many(int(units[h]), 'unit')}{where}{more}.",
        "frame.summary() has the units of every stratum, in this order.",
    )


def _hit(how: Algorithm, chances: Floats, members: Codes, numbers_of: Hashed, matrix: Floats | None, *, moved: float) -> Codes:
    """The places of a stratum's units that are drawn: the certain ones, and what the algorithm selects of the others.

    Random numbers are those of the units, `moved` down by so many times each unit's chance.
    """
    if how.again:
        return how.select(chances, Hashed(numbers_of.base[members]), None)
    free = np.flatnonzero(chances < 1)
    hit = np.flatnonzero(chances >= 1)
    if not free.size:
        return hit
    inside = members[free]
    u: Uniforms = Hashed(numbers_of.base[inside])
    u = Rotated(u, moved * chances[free]) if moved else u
    picked = how.select(chances[free], u, None if matrix is None else matrix[inside])
    return np.sort(np.concatenate([hit, free[picked]])).astype(np.intp)


def _auxiliary(frame: Frame, names: tuple[str, ...]) -> Floats | None:
    """Numbers that a draw is balanced on or spread over, (N, p) in the frame's order."""
    if not names:
        return None
    data: Any = frame.rows.frame
    columns = [numeric(data[name], "Column") for name in names]
    for name, values in zip(names, columns, strict=True):
        if missing := int(np.isnan(values).sum()):
            raise InputError(
                f"Column {name!r} is missing for {how_many(missing, 'unit')}.", "A draw is balanced or spread over what all units have."
            )
    return np.column_stack(columns)[frame.place]


def _hash_of(matrix: Floats | None) -> str:
    return "" if matrix is None else blake2b((matrix + 0.0).astype("<f8").tobytes(), digest_size=16).hexdigest()


def _random_order(seed: int, stream: str, ids: list[str]) -> Codes:
    """1 to n in an order of its own stream; what stands there twice has a number for each time."""
    source, seen = hashed(seed, f"{stream}/order", ids), dict[str, int]()
    times = np.zeros(len(ids), dtype=np.intp)
    for i, name in enumerate(ids):
        times[i] = seen.get(name, 0)
        seen[name] = int(times[i]) + 1
    drawn_numbers = np.zeros(len(ids))
    by_time = np.split(np.argsort(times, kind="stable"), np.cumsum(np.bincount(times))[:-1])
    for turn, places in enumerate(by_time):
        drawn_numbers[places] = Hashed(source.base[places])(turn)
    rank = np.empty(len(ids), dtype=np.intp)
    rank[np.lexsort((np.array(ids, dtype=object).astype(str), drawn_numbers))] = np.arange(1, len(ids) + 1)
    return rank


def sealed(draw: Draw) -> Draw:
    """The draw with the hash of its units, their parts and releases in the record, in the order of selection."""
    made = blake2b(digest_size=16)
    by_order = np.argsort(draw.selection, kind="stable")
    of_draw = zip(*(values[by_order].tolist() for values in (draw.chosen, draw.part, draw.release)), strict=True)
    for place, part, release in of_draw:
        text = draw.frame.ids[place].encode("utf-8", "surrogatepass")
        made.update(b"".join((len(text).to_bytes(8, "little"), text, part.to_bytes(8, "little"), release.to_bytes(8, "little"))))
    for values in (draw.chosen, draw.chance, draw.certain, draw.selection, draw.part, draw.release):
        values.setflags(write=False)
    return replace(draw, record=replace(draw.record, chosen=made.hexdigest()))
