"""What suppression comes to: which cells are hidden, and the certificate that they are safe."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Literal

from evidencekit.columns import Bools
from evidencekit.errors import how_many

__all__ = ["SuppressionCertificate", "SuppressionPattern"]

Search = Literal["nothing to hide", "search", "cheapest", "time ran out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionCertificate:
    """What was checked of a pattern, and how.

    Parameters
    ----------
    failures : int
        Needs that are not met: 0, or there would be no pattern.
    needs : int
        Intervals that were checked: two for each primary cell and each intruder.
    intruders : int
        Who was thought of: an outsider for each set of numbers, and insiders.
    tables : int
        Possible tables that prove it, the true one among them.
    programmes : int
        Linear and integer programmes that were solved on the way.
    search : {"nothing to hide", "search", "cheapest", "time ran out"}
        How the pattern was found: ``"cheapest"`` is proven to cost least; ``"time ran out"`` was on the way there.
    cost, bound : float
        What the secondary cells cost, and what no safe pattern can cost less than (0 where nothing is known).
    threshold : int
        The threshold.
    insiders : bool
        Whether respondents were thought of who know their own record.
    digest : str
        SHA-256 of everything that went in.
    version : str
        Of evidencekit.
    seconds : float
        How long it took. Not part of the text, nor of what makes two certificates equal.
    """

    failures: int
    needs: int
    intruders: int
    tables: int
    programmes: int
    search: Search
    cost: float
    bound: float
    threshold: int
    insiders: bool
    digest: str
    version: str
    seconds: float = field(compare=False)

    def to_json(self) -> str:
        """The certificate as text, the same whenever the same is run again."""
        kept = {k: v for k, v in asdict(self).items() if k != "seconds"}
        return json.dumps(kept, sort_keys=True, indent=1)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class SuppressionPattern:
    """Which cells are hidden.

    Parameters
    ----------
    primary : array of bool (m,)
        Cells that must be hidden for their own sake.
    secondary : array of bool (m,)
        Cells that are hidden so that the primary ones cannot be worked out.
    certificate : SuppressionCertificate
        What was checked.
    """

    primary: Bools
    secondary: Bools
    certificate: SuppressionCertificate
    hidden: Bools = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", self.primary | self.secondary)

    def __repr__(self) -> str:
        found = {"cheapest": ", proven to cost least", "time ran out": ", not proven to cost least: time ran out"}
        proof = f"{self.certificate.failures} failures in {how_many(self.certificate.needs, 'interval')}"
        counts = f"{int(self.primary.sum()):,} primary and {int(self.secondary.sum()):,} secondary of {how_many(len(self.hidden), 'cell')}"
        return f"SuppressionPattern: {counts} hidden; {proof}{found.get(self.certificate.search, '')}"
