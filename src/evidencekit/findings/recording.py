"""What goes beside every use of a finding: its words, its numbers, and where they are from."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from evidencekit.findings.stating import Finding

__all__ = ["record_of"]

SCHEMA = "evidencekit.finding/3"
NUMBERS = ("estimate", "se", "low", "high", "df", "n", "cases", "psus", "weighted_n", "n_eff", "deff")


def record_of(find: Finding) -> dict[str, Any]:
    """The record of a finding, of plain values."""
    source, cells = find.released.estimate, find.released.estimate.cells.columns
    numbers = {c: float(np.asarray(find.released.columns[c], dtype=np.float64)[find.row]) for c in NUMBERS}
    where = source.provenance
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "headline": find.headline(),
        "interval": find.interval_words(),
        "caveats": find.caveats(),
        "cell": {c: _plain(v[find.row]) for c, v in cells.items()},
        "numbers": {k: v if np.isfinite(v) else None for k, v in numbers.items()},
        "level": source.interval.level,
        "statistic": source.statistic,
        "inference": source.inference,
        "status": find.released.status[find.row],
        "profile": find.released.profile,
        "id": find.id,
        "topic": find.topic,
        "percent": find.percent,
        "wordings": find.entry().allowed,
        "claims": [one.record for one in find.claims],
        "basis": None if find.basis is None else {k: v for k, v in asdict(find.basis).items() if v},
        "counterpart": None if find.counterpart is None else find.counterpart.id,
        "action": None if find.action is None else find.action.record,
        "provenance": {
            "method": where.method,
            "population": where.population,
            "where": where.where,
            "design": where.design,
            "data": where.data,
            "version": where.version,
            "policies": [{"what": what, "how": how} for what, how in where.policies],
            "missing": dict(where.missing),
            "labels": dict(where.labels),
            **({"held": list(where.held)} if where.held else {}),
        },
    }
    return record


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
