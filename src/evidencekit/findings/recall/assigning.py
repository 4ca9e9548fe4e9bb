"""Who reads which version: by chance, in blocks, and the same again from the same seed."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

import narwhals.stable.v2 as nw

from evidencekit.errors import InputError, how_many, is_whole
from evidencekit.findings.recall.people import column, ids_of, opened, texts, with_columns
from evidencekit.findings.register.kinds import is_list, written
from evidencekit.sampling.streams import hashed

__all__ = ["ARM", "ARMS", "Assignment", "assign"]

ARM, ARMS = "arm", ("A", "B")
STREAM = "recall test"


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Assignment:
    """Who reads which version. Made by `assign`; its repr shows no id.

    Parameters
    ----------
    data : data frame
        The id column that was given and ``arm``, ``"A"`` or ``"B"``, in the caller's kind and order of rows. Nothing else.
    id : str
        The name of the id column.
    ids, arms, sessions : tuple of str
        Ids, versions and sessions as text, row by row; `sessions` is empty where people were assigned by themselves.
    seed, block, strata : int, int, int
        How it was done: the seed, the size of blocks, and how many strata there are.
    """

    data: Any
    id: str
    ids: tuple[str, ...]
    arms: tuple[str, ...]
    sessions: tuple[str, ...]
    seed: int
    block: int
    strata: int

    def save(self, path: str | Path) -> Path:
        """Write a CSV file of ids and versions, and nothing else. Whoever codes the answers should not have it."""
        made = StringIO(newline="")
        writer = csv.writer(made, lineterminator="\n")
        writer.writerow([self.id, ARM])
        writer.writerows(zip(self.ids, self.arms, strict=True))
        return written(path, made.getvalue(), what="A list of versions")

    def __reduce__(self) -> NoReturn:
        raise InputError("An Assignment is not pickled: it holds ids.", "Make it again from the same list and seed.")

    def __repr__(self) -> str:
        count = Counter(self.arms)
        each = ", ".join(f"{count[arm]:,} {arm}" for arm in ARMS)
        rooms = f" in {how_many(len(set(self.sessions)), 'session')}" if self.sessions else ""
        strata = "" if self.strata == 1 else f", {how_many(self.strata, 'stratum', 'strata')}"
        return f"Assignment({each}{rooms}{strata}, blocks of {self.block}, seed={self.seed})"


def assign(people: Any, *, id: str, seed: int, session: str | None = None, strata: str | Sequence[str] = (), block: int = 4) -> Assignment:
    """Assign people, or whole sessions, to version A or B by chance.

    Parameters
    ----------
    people : Dataset or data frame
        One row a person; pandas, polars or pyarrow.
    id : str
        Column of ids: whole numbers or text, each once. A number that means nothing elsewhere is best.
    seed : int
        A whole number of 0 or more. Write it down: the same list and seed give the same versions.
    session : str, optional
        Column of sessions: then a whole session reads one version, because people in a room talk.
    strata : str or sequence of str
        Columns of text or codes within whose groups the versions are balanced. Of a session they are the same for all.
    block : int
        Size of the blocks, an even number: in every full block half read A and half B.

    Returns
    -------
    Assignment

    Raises
    ------
    InputError
        Ids that are missing or there twice, fewer than two people or sessions, strata that differ within a session, an odd block.
    UnknownColumn
        A column is not there.

    Notes
    -----
    The order of rows does not matter. Within each stratum units are put in the order of their ids (numbers by size, before texts) and cut
    into blocks; in each block those with the smaller random numbers read A. A unit's random number is hashed from seed and id (see
    `evidencekit.sampling.streams`). The last block may not be full: half of it read A, and where one is over, chance says which. So the
    versions differ by at most one unit in each stratum. A person added to the list changes the versions of those whose id comes after:
    assign when the list is complete. Blocks are guessed where people are enrolled one after another by somebody who knows the versions
    before; here nobody is enrolled after the versions are known.

    References
    ----------
    Schulz and Grimes (2002), Lancet 359, 515-519 (sequences in blocks).

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> staff = pd.DataFrame({"number": range(1, 41), "office": ["north", "south"] * 20})
    >>> made = ek.findings.recall.assign(staff, id="number", strata="office", seed=7)
    >>> made
    Assignment(20 A, 20 B, 2 strata, blocks of 4, seed=7)
    >>> list(made.data.columns)
    ['number', 'arm']
    """
    if not is_whole(block, least=2) or block % 2:
        raise InputError("block= is an even number of 2 or more.", "Four is usual.")
    rows, frame = opened(people, "assign()")
    ids = ids_of(rows, frame, id)
    if not isinstance(strata, str) and not is_list(strata):
        raise InputError(f"strata= takes names of columns, not a {type(strata).__name__}.", "Leave it out where there are none.")
    names = (strata,) if isinstance(strata, str) else tuple(strata)
    groups = list(zip(*(texts(column(rows, frame, name, "strata="), name) for name in names), strict=True)) if names else [()] * len(ids)
    if session is None:
        units, rooms, stratum = ids, (), dict(zip(ids, groups, strict=True))
    else:
        given = column(rows, frame, session, "session=")
        if blank := sum(value is None for value in given):
            raise InputError(f"{how_many(blank, 'row has', 'rows have')} no session in {session!r}.", "Give every person one.")
        units = texts(given, session)
        rooms, stratum = tuple(units), dict(zip(units, groups, strict=True))
        several = Counter(unit for unit, _ in set(zip(units, groups, strict=True)))
        if differ := sum(count > 1 for count in several.values()):
            raise InputError(f"Sessions whose people are in several strata: {differ}.", "Use strata that a session has as a whole.")
    if len(stratum) < 2:
        raise InputError("There is one unit to assign.", "Two versions need two at least, and a test needs many: see plan().")
    of_unit = _in_blocks(stratum, seed, int(block))
    arms = tuple(of_unit[unit] for unit in units)
    data = with_columns(frame.select(id), {ARM: (list(arms), nw.String)})
    return Assignment(
        data=data,
        id=id,
        ids=tuple(ids),
        arms=arms,
        sessions=rooms,
        seed=int(seed),
        block=int(block),
        strata=len(set(stratum.values())),
    )


def _in_blocks(stratum: dict[str, tuple[str, ...]], seed: int, block: int) -> dict[str, str]:
    """The version of each unit."""
    units = sorted(stratum, key=lambda unit: (stratum[unit], *_place(unit)))
    source = hashed(seed, STREAM, units)
    draw, toss = dict(zip(units, source(0), strict=True)), dict(zip(units, source(1), strict=True))
    out: dict[str, str] = {}
    for group in sorted(set(stratum.values())):
        members = [unit for unit in units if stratum[unit] == group]
        for start in range(0, len(members), block):
            part = members[start : start + block]
            first = len(part) // 2 + (len(part) % 2 and toss[part[0]] < 0.5)
            for rank, unit in enumerate(sorted(part, key=lambda unit: (draw[unit], unit))):
                out[unit] = ARMS[0] if rank < first else ARMS[1]
    return out


def _place(unit: str) -> tuple[int, int, str, str]:
    """Where an id stands: numbers by size, then texts."""
    if unit.isascii() and unit.isdigit():
        bare = unit.lstrip("0")
        return 0, len(bare), bare, unit
    return 1, 0, unit, unit
