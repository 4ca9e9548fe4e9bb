"""What one pass over the data gives: totals per sampling unit and domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evidencekit.columns import Codes, Floats
from evidencekit.survey.design.units import Units
from evidencekit.survey.summing.domains import Domains

__all__ = ["Measured", "Table"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table:
    """Totals of p variables in long form: one entry per (unit, domain) that has answers.

    Shapes: G entries, D domains, p variables. `unit`, `domain` (G,); `w` weight and `n` answers (G,); `sums` weighted sums (G, p);
    `second` weighted second moments about the domain means (D, p, p), None where the variables are indicators; `w2` squared weights
    (D,); `cases` answers in each category (D, p), or of numbers that are one of two the answers that are the larger (D, 1), else None;
    `nearly` the columns among them that have a few other answers too;
    `missing` rows of the domains without an answer; `cross` the variables' (P, D, p) and the weights' (P, D) sums over what the weights
    were calibrated on, None without calibration; `categories` the levels the p indicators stand for, as shown, and `keys` as they stand
    in the data.
    """

    unit: Codes
    domain: Codes
    w: Floats
    n: Floats
    sums: Floats
    second: Floats | None
    w2: Floats
    cases: Floats | None
    missing: int
    cross: tuple[Floats, Floats] | None = None
    categories: tuple[Any, ...] | None = None
    keys: tuple[Any, ...] | None = None
    nearly: tuple[str, ...] = ()

    @property
    def p(self) -> int:
        """The number of variables."""
        return self.sums.shape[1]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Measured:
    """What one pass gave: the design's units, the domains, and a table per request."""

    units: Units
    domains: Domains
    tables: tuple[Table, ...]
    rows: int
    weight: float
    weight_notes: tuple[str, ...]
