"""Drawing from a frame, stratum by stratum, with numbers that belong to the units."""

from __future__ import annotations

from collections.abc import Callable
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
    moved = wave * rotation
    if how.name == "srs":
        places, chance, certain = _smallest_of_each(frame, asked, units, hashed(seed, stream, frame.ids), moved=moved)
    else:
        places, chance, certain = _one_by_one(frame, how, asked, _numbers_of(frame, how, seed, stream), matrix, moved=moved)
    order = np.argsort(places, kind="stable")
    places, chance, certain = places[order], chance[order], certain[order]
    selection = _random_order(seed, stream, [frame.ids[i] for i in places.tolist()])
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
        sizes=_strata_of(frame, asked, units, places, certain),
        wave=wave,
        rotation=rotation,
        chosen="",
    )
    return sealed(
        Draw(
            frame,
            record=record,
            chosen=places,
            chance=chance,
            certain=certain,
            selection=selection,
            part=np.zeros(places.size, dtype=np.intp),
            release=np.ones(places.size, dtype=np.intp),
        )
    )


Chosen = tuple[Codes, Floats, NDArray[np.bool_]]


def _one_by_one(
    frame: Frame, how: Algorithm, asked: NDArray[np.int64], numbers_of: Callable[[Codes], Hashed], matrix: Floats | None, *, moved: float
) -> Chosen:
    """Places, chances and certainty of the units drawn, stratum by stratum."""
    chosen, chance, certain = [], [], []
    units = np.bincount(frame.codes, minlength=len(frame.keys))
    for h, members in enumerate(np.split(np.argsort(frame.codes, kind="stable"), np.cumsum(units)[:-1])):
        sizes = None if frame.sizes is None else frame.sizes[members]
        chances = how.chances(sizes, members.size, int(asked[h]))
        hit = _hit(how, chances, members, numbers_of, matrix, moved=moved)
        chosen.append(members[hit])
        chance.append(chances[hit])
        certain.append((chances[hit] >= 1) & (not how.again))
    return np.concatenate(chosen), np.concatenate(chance), np.concatenate(certain)


def _smallest_of_each(frame: Frame, asked: NDArray[np.int64], units: Codes, source: Hashed, *, moved: float) -> Chosen:
    """The same for simple random samples of all strata at once, of which a roster has one a household."""
    chances = (asked / units)[frame.codes]
    u: Uniforms = Rotated(source, moved * chances) if moved else source
    order = np.lexsort((u(0), frame.codes))
    rank = np.empty(order.size, dtype=np.intp)
    rank[order] = np.arange(order.size) - (np.cumsum(units) - units)[frame.codes[order]]
    hit = np.flatnonzero(rank < asked[frame.codes])
    return hit, chances[hit], chances[hit] >= 1


def _strata_of(
    frame: Frame, asked: NDArray[np.int64], units: Codes, places: Codes, certain: NDArray[np.bool_]
) -> tuple[StratumRecord, ...]:
    """What the record says of each stratum, by name."""
    of, count = frame.codes[places], len(frame.keys)
    columns = (units, asked, np.bincount(of, minlength=count), np.bincount(of[certain], minlength=count))
    rows = zip(frame.keys, *(column.tolist() for column in columns), strict=True)
    return tuple(StratumRecord(stratum=k, units=u, asked=n, drawn=d, certain=c) for k, u, n, d, c in sorted(rows))


def _ready(frame: Any, design: str) -> Algorithm:
    """The algorithm, for a frame that has what it needs."""
    if not isinstance(frame, Frame):
        raise InputError(f"{design}() takes a Frame, not a {type(frame).__name__}.", "Build one: ek.Frame(data, id=..., size=...).")
    how = ALGORITHMS[design]
    if how.sizes == "needed" and frame.sizes is None:
        raise InputError(
            f"{design}() draws in proportion to size, and the frame has no size=.", "Name the column: ek.Frame(..., size=...)."
        )
    if taken := [name for name in ADDED if name in frame.rows.columns and name not in ("part", "release")]:
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


def _numbers_of(frame: Frame, how: Algorithm, seed: int, stream: str) -> Callable[[Codes], Hashed]:
    """The random numbers of units, by their places."""
    if how.starts:
        hashed(seed, stream, frame.ids[:1])  # refuses a seed or a stream that is none, also where all units are taken
        # Nobody looks at the numbers of the others, and hashing a million identifiers takes most of a draw.
        return lambda inside: Hashed(np.repeat(hashed(seed, stream, [frame.ids[inside[0]]]).base, inside.size))
    base = hashed(seed, stream, frame.ids).base
    return lambda inside: Hashed(base[inside])


def _hit(
    how: Algorithm, chances: Floats, members: Codes, numbers_of: Callable[[Codes], Hashed], matrix: Floats | None, *, moved: float
) -> Codes:
    """The places of a stratum's units that are drawn: the certain ones, and what the algorithm selects of the others.

    Random numbers are those of the units, `moved` down by so many times each unit's chance.
    """
    if how.again:
        return how.select(chances, numbers_of(members), None)
    free = np.flatnonzero(chances < 1)
    hit = np.flatnonzero(chances >= 1)
    if not free.size:
        return hit
    inside = members[free]
    u: Uniforms = numbers_of(inside)
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
