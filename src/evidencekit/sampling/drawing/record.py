"""The record of a draw: what anyone needs, beside the frame, to draw it again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from typing import Any

from evidencekit.errors import InputError, how_many

__all__ = ["Record", "StratumRecord", "well_formed"]

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumRecord:
    """One stratum of a draw.

    Parameters
    ----------
    stratum : tuple of str
        Its name, a part for each column.
    units, asked, drawn, certain : int
        Units, how many were asked for and drawn, and how many of these were certain.
    """

    stratum: tuple[str, ...]
    units: int
    asked: int
    drawn: int
    certain: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Record:
    """What a draw was made from. With it and the frame anyone can draw the same units again: `verify`.

    It holds no identifier, address or coordinate: the frame and the chosen units stand in it as hashes.

    Parameters
    ----------
    algorithm : str
        The design, a verb of `evidencekit.sampling`.
    version : int
        The version of its algorithm; another version may choose other units from the same numbers.
    library : str
        The version of evidencekit.
    seed, stream
        What the random numbers were hashed from, with the identifiers.
    fingerprint : str
        The frame's.
    id, size, strata, order
        The columns of the frame, by name.
    serpentine : bool
        Whether columns of the order run up and down in turn.
    auxiliary : tuple of str
        Columns that the draw was balanced on or spread over.
    auxiliary_hash : str
        A hash over their values, in the frame's order. Empty without them.
    sizes : tuple of StratumRecord
        The strata, by name.
    parts : tuple of str
        The labels that the drawn units were parted by; empty when they were not.
    releases : int
        Into how many random releases the draw was split, in the order of their numbers; 1 when it was not.
    through : int
        The last release that went out, where not all did; 0 when all did.
    wave, rotation
        The wave of a rotating panel, and the share of its units that leave from one wave to the next; 0 for any other draw.
    chosen : str
        A hash over the identifiers of the units drawn, released or not, in the order of selection, with their parts and releases.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="stratum")
    >>> record = ek.sampling.pareto(areas, ek.sampling.in_each(areas, 10), seed=1, stream="areas").record
    >>> ek.sampling.Record.from_json(record.to_json()) == record
    True
    """

    algorithm: str
    version: int
    library: str
    seed: int
    stream: str
    fingerprint: str
    id: str
    size: str | None
    strata: tuple[str, ...]
    order: tuple[str, ...]
    serpentine: bool = False
    auxiliary: tuple[str, ...] = ()
    auxiliary_hash: str = ""
    sizes: tuple[StratumRecord, ...]
    parts: tuple[str, ...] = ()
    releases: int = 1
    through: int = 0
    wave: int = 0
    rotation: float = 0.0
    chosen: str

    def to_json(self) -> str:
        """The record as text, the same bytes every time; its last entry is a hash that shows later changes."""
        made = {"evidencekit_draw_record": FORMAT, **asdict(self)}
        return json.dumps({**made, "check": _check(made)}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Record:
        """Read a record.

        Parameters
        ----------
        text : str
            What `to_json` wrote.

        Raises
        ------
        InputError
            The text is no record, is one of a later format, or was changed after it was written.
        """
        try:
            found = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or "evidencekit_draw_record" not in found:
            raise InputError("The text is not the record of a draw.", "Pass what record.to_json() wrote, whole.")
        if repr(found["evidencekit_draw_record"]) != repr(FORMAT):  # true equals 1 to Python
            raise InputError("The record has a format that this version of evidencekit does not read.", "Read it with a later version.")
        check = found.pop("check", None)
        if check != _check(found):
            raise InputError("The record was changed after it was written: its hash does not fit.", "Go back to the file that was kept.")
        del found["evidencekit_draw_record"]
        try:
            parts: list[dict[str, Any]] = found.pop("sizes")
            sizes = tuple(StratumRecord(**_tuples(part)) for part in parts)
            made = cls(**_tuples(found), sizes=sizes)
        except (TypeError, KeyError, AttributeError):
            made = None
        if made is None or not well_formed(made):
            raise InputError("The record lacks entries, or has others than evidencekit writes.", "Go back to the file that was kept.")
        return made

    @property
    def opened(self) -> int:
        """How many of the releases went out."""
        return self.through or self.releases

    @property
    def released(self) -> str:
        """The releases in words."""
        return f"{self.releases} releases" if self.opened == self.releases else f"releases 1 to {self.opened} of {self.releases}"

    @property
    def drawn(self) -> int:
        """How many units were drawn."""
        return sum(part.drawn for part in self.sizes)

    def __repr__(self) -> str:
        units, certain = sum(part.units for part in self.sizes), sum(part.certain for part in self.sizes)
        parts = [f"{self.algorithm} {self.version}", f"{self.drawn:,} of {how_many(units, 'unit')}"]
        parts += [how_many(len(self.sizes), "stratum", "strata")] if self.strata else []
        parts += [f"{certain} certain"] if certain else []
        parts += [f"parts {' and '.join(map(repr, self.parts))}"] if self.parts else []
        parts += [self.released] if self.releases > 1 else []
        parts += [f"wave {self.wave}"] if self.rotation else []
        parts += [f"seed={self.seed}", f"stream={self.stream!r}", f"frame {self.fingerprint[:8]}", f"evidencekit {self.library}"]
        return f"Record({', '.join(parts)})"


def _check(made: dict[str, Any]) -> str:
    text = json.dumps(made, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _tuples(found: dict[str, Any]) -> dict[str, Any]:
    """Lists as the tuples they were before they were text."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


def well_formed(record: Record) -> bool:
    """Whether every entry is of its type, and there is a stratum; what a forger wrote need not be."""
    return _typed(record) and bool(record.sizes) and all(isinstance(part, StratumRecord) and _typed(part) for part in record.sizes)


def _typed(made: Record | StratumRecord) -> bool:
    return all(_is(getattr(made, f.name), str(f.type)) for f in fields(made))


def _is(value: Any, kind: str) -> bool:
    """Whether a value is of the type an entry is declared with."""
    if kind == "tuple[str, ...]":
        return isinstance(value, tuple) and all(isinstance(word, str) for word in value)
    if isinstance(value, bool):
        return kind == "bool"  # a bool is an int to Python
    plain: dict[str, Any] = {"int": int, "float": float, "str": str, "str | None": (str, type(None))}
    return isinstance(value, plain.get(kind, tuple))
