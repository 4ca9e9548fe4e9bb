"""Changed: what a protecting verb returns, the rows and what was done to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NoReturn

from evidencekit.errors import InputError, named

__all__ = ["Changed", "LogEntry"]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of the log: which step, on which columns, with what counts. It holds no answer and no seed.

    Parameters
    ----------
    step : str
        What was done: ``"recode"``, ``"top-bottom"``, ``"suppress"``, ``"pram"``, ``"drop"``, ``"displace"``.
    columns : tuple of str
        The columns it was done to.
    counts : mapping of str to int
        What it counted, such as ``{"cells changed": 12}``.
    """

    step: str
    columns: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", MappingProxyType({name: int(count) for name, count in self.counts.items()}))

    def __str__(self) -> str:
        where = f" {named(self.columns)}" if self.columns else ""
        return f"{self.step}{where}: {', '.join(f'{name} {count:,}' for name, count in self.counts.items()) or 'nothing to count'}"

    def __repr__(self) -> str:
        return f"LogEntry({self})"

    def __reduce__(self) -> tuple[Any, ...]:
        return LogEntry, (self.step, self.columns, dict(self.counts))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Changed:
    """Rows after one step of protection.

    Parameters
    ----------
    data : Dataset or data frame
        In the caller's kind; what was passed is untouched.
    entry : LogEntry
        What was done, in counts.
    """

    data: Any
    entry: LogEntry

    def __repr__(self) -> str:
        return f"Changed({self.entry})"

    def __reduce__(self) -> NoReturn:
        raise InputError("Protected rows are not pickled: they hold children's answers.", "Write .data to a file of its own.")
