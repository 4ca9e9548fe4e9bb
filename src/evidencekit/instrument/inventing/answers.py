"""FictionalAnswers: a Dataset that knows what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from evidencekit.frames import Dataset, frame_of

__all__ = ["FictionalAnswers", "PlantedError"]


@dataclass(frozen=True, slots=True)
class PlantedError:
    """One planted error.

    Parameters
    ----------
    row : int
        Its position, from 0.
    column : str
        Where it stands.
    kind : str
        What was planted.
    """

    row: int
    column: str
    kind: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FictionalAnswers(Dataset):
    """Invented answers: a `Dataset` with the errors that were planted in it, and a table for each repeated group.

    Parameters
    ----------
    frame, labels, value_labels, missing, form
        As in `Dataset`.
    planted : tuple of PlantedError
        Which row got which error; no row has two.
    repeats : mapping of str to Dataset
        The repeated groups by name. ``parent_key`` is the key of the interview they belong to, ``position`` counts from 1, and
        ``_parent_index`` is the ``_index`` of the row above: ``validate(made, form, repeats=made.repeats)`` takes them as they are.
    left_blank : mapping of str to str
        Items that could not be invented, and why: a file, an expression that needs more than the answers of one form.

    Examples
    --------
    >>> import evidencekit as ek
    >>> form = ek.Instrument("short", [ek.Item("age", "integer", constraint=". >= 12 and . <= 17", required=True)])
    >>> made = ek.instrument.fictional_answers(form, 100, seed=1, errors=0.1)
    >>> made
    FictionalAnswers(100 rows, 6 columns, 10 planted errors)
    >>> list(made.planted_frame().columns)
    ['row', 'column', 'kind']
    """

    planted: tuple[PlantedError, ...] = ()
    repeats: Mapping[str, Dataset] = field(default_factory=dict)
    left_blank: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Dataset.__post_init__(self)
        object.__setattr__(self, "repeats", MappingProxyType(dict(self.repeats)))
        object.__setattr__(self, "left_blank", MappingProxyType(dict(self.left_blank)))

    def planted_frame(self) -> Any:
        """The planted errors as a pandas frame: ``row``, ``column``, ``kind``."""
        return frame_of({name: [getattr(one, name) for one in self.planted] for name in ("row", "column", "kind")}, "pandas")

    def __repr__(self) -> str:
        rows, columns = self.frame.shape
        parts = [f"{rows:,} rows", f"{columns} columns"]
        if self.planted:
            parts.append(f"{len(self.planted)} planted errors")
        parts += [f"{len(self.repeats)} tables of repeats"] if self.repeats else []
        return f"FictionalAnswers({', '.join(parts)})"
