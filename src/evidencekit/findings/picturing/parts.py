"""Part: one share of a picture, with what may be shown of it; and the words around a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.combining import has_design
from evidencekit.disclosure import Released
from evidencekit.estimate import Estimate
from evidencekit.findings.languages import Message, joined, percentage, said
from evidencekit.findings.ranges import percent_words
from evidencekit.findings.sentences import sentence_of
from evidencekit.findings.telling import labelled_level, whom
from evidencekit.findings.wording import Words
from evidencekit.rendering.rows import State

__all__ = ["HIDDEN", "Around", "Part", "ends_of", "level_of", "levels_said", "part_of", "parts_of", "rows_like", "sentences"]

Ends = tuple[float, float] | None
HIDDEN: dict[str, tuple[State, Message]] = {
    "protected": ("protected", said("protected")),
    "not presented": ("uncertain", said("too uncertain to show")),
    "review": ("review", said("for review")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One share as it is drawn.

    Parameters
    ----------
    label : str
        Of whom, or when.
    value, low, high : float or None
        The share and its interval; None where it may not be shown, or has no interval.
    status : str
        As `Released.status` has it.
    strong : bool
        Whether the picture is about it.
    ranks : (int, int) or None
        Between which ranks it stands.
    """

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    status: str = "released"
    strong: bool = False
    ranks: tuple[int, int] | None = None

    @property
    def state(self) -> State:
        """How it is drawn."""
        return HIDDEN[self.status][0] if self.value is None else "caution" if self.status == "uncertain" else "shown"

    @property
    def text(self) -> str:
        """Its number with its interval, or why it is hidden."""
        return HIDDEN[self.status][1] if self.value is None else percent_words(self.value, self.low, self.high)

    @property
    def told(self) -> Message:
        """The part for a reader who cannot see it."""
        slots = {"label": self.label, "number": self.text}
        if self.strong and self.state == "caution":
            return said("{label} (this finding, uncertain): {number}", slots)
        if self.strong:
            return said("{label} (this finding): {number}", slots)
        if self.state == "caution":
            return said("{label} (uncertain): {number}", slots)
        return said("{label}: {number}", slots)

    @property
    def record(self) -> dict[str, Any]:
        """What goes into the record of its claim."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        ranks = {} if self.ranks is None else {"ranks": list(self.ranks)}
        return {"label": str(self.label), "status": self.status, **{k: v for k, v in numbers.items() if v is not None}, **ranks}


@dataclass(frozen=True, slots=True)
class Around:
    """The words around a picture, and which of them are drawn; its alternative text is whole."""

    title: str
    caption: str
    shown: tuple[str, ...] = ("title", "caption")


def part_of(released: Released, i: int, label: str, *, strong: bool = False, ranks: tuple[int, int] | None = None) -> Part:
    """A cell of a table as a part: of a hidden one nothing but why."""
    status = released.status[i]
    if status in HIDDEN:
        return Part(label=label, status=status, strong=strong)
    low, high = ends_of(released, i) or (None, None)
    value = float(released.estimate.points[i])
    return Part(label=label, value=value, low=low, high=high, status=status, strong=strong, ranks=ranks)


def parts_of(released: Released, row: int, words: Words | None = None) -> tuple[Part, ...]:
    """The same answer in every group of a table, by its words or the labels of the data; the cell `row` is what the picture is about."""
    same = rows_like(released, row)
    return tuple(part_of(released, i, label_of(released, i, same, words), strong=i == row and len(same) > 1) for i in same)


def rows_like(released: Released, row: int) -> list[int]:
    """The cells with the same answer as `row`, in every group."""
    cells = released.estimate.cells
    others = [c for c in cells.columns if c not in cells.by]
    return [i for i in range(len(released)) if all(cells.columns[c][i] == cells.columns[c][row] for c in others)]


def label_of(released: Released, i: int, among: Sequence[int], words: Words | None = None) -> str:
    """The group a cell is about: its words where it has some, else what tells it from the others; a number is said with its column."""
    cells, labels = released.estimate.cells, dict(released.estimate.provenance.labels)
    apart = [c for c in cells.by if len({cells.columns[c][k] for k in among}) > 1] or list(cells.by)
    if not apart:
        return whom(released, i, words) if words else said("All")
    told = next((c for c in apart if words and cells.columns[c][i] in words.groups.get(c, {})), None)
    values = [(c, cells.columns[c][i]) for c in apart if c != told]
    if words is None:
        return ", ".join(v if isinstance(v, str) else f"{labels.get(c, c)}: {v}" for c, v in values)
    named = [words.named(v) if isinstance(v, str) else labelled_level(str(labels.get(c, c)), str(v), words) for c, v in values]
    return joined([*([words.told_of(told, cells.columns[told][i])] if told else []), *named], ", ")


def ends_of(released: Released, i: int) -> Ends:
    """The interval of a cell, or None where it has none."""
    low, high = (float(x[i]) for x in (released.estimate.interval.low, released.estimate.interval.high))
    return None if np.isnan(low) or np.isnan(high) else (low, high)


def level_of(estimate: Estimate) -> str:
    """The confidence level, as a percentage."""
    return percentage(f"{100 * estimate.interval.level:.10g}")


def levels_said(estimate: Estimate, parts: Sequence[Part]) -> Message:
    """What the intervals of a picture are: without a probability sample, only a model can give one."""
    if all(part.low is None for part in parts):
        return said("no intervals")
    slots = {"level": level_of(estimate)}
    if has_design(estimate.inference):
        return said("{level} intervals", slots)
    if estimate.inference == "model":
        return said("{level} model-based intervals", slots)
    return said("{level} model-based intervals, if the covariates explain who took part", slots)


def sentences(parts: Sequence[str]) -> Message:
    """Parts as sentences."""
    return joined(sentence_of(part) for part in parts if part)
