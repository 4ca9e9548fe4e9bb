"""Diagnosis: what a plan would find, from many simulations of it under each of some truths."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from evidencekit.frames import frame_of
from evidencekit.planning.diagnosing.grids import told_apart
from evidencekit.planning.diagnosing.measures import Figure, Performance
from evidencekit.planning.diagnosing.picturing import pictured
from evidencekit.planning.diagnosing.saying import per_hundred, said, too_low
from evidencekit.planning.truth import Truth
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.text import text_table

__all__ = ["Diagnosis"]

SCHEMA = "evidencekit diagnosis 1"
SHOWN = 12  # truths in the repr
FIGURES = ("bias", "sd", "se", "rmse", "coverage", "power", "kept", "kept_by_sex", "shown", "shown_by_sex", "interviews", "cost")
POINTS = ("bias", "sd", "se", "rmse")


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Diagnosis:
    """How a plan performs under each of some truths.

    Parameters
    ----------
    method, title, inference, measure : str
        Of its method: name, title, class, and what it estimates.
    currency : str
        Of the costs.
    profile : str
        The rules of release, with their version and digest.
    sims, seed : int
        Simulations of each truth, and what their random numbers come from.
    version : str
        Of the method and of the library.
    performances : tuple of Performance
        One for each truth, in the order given.
    """

    method: str
    title: str
    inference: str
    measure: str
    currency: str
    profile: str
    sims: int
    seed: int
    version: str
    performances: tuple[Performance, ...]

    @property
    def says(self) -> tuple[str, ...]:
        """What it found in sentences; where there are several truths, those of the one with the largest error, which the first names."""
        names, several = self._names(), self.performances
        worst = max(range(len(several)), key=lambda k: several[k].rmse.value)
        lines = said(several[worst], self.inference, self.currency, among=len(several))
        return (f"furthest off with {names[worst]}:", *lines) if len(several) > 1 else lines

    @property
    def warnings(self) -> tuple[str, ...]:
        """Where fewer intervals hold the truth than they promise, by more than chance."""
        several = self.performances
        low = [one for one in several if too_low(one, len(several)) and one.coverage and one.level]
        if not low:
            return ()
        worst = min(low, key=lambda one: one.covered / one.intervals)
        assert worst.coverage is not None
        assert worst.level is not None
        where = f" (under {len(low):,} of {len(several):,} truths; this is the worst)" if len(several) > 1 else ""
        often = f"{per_hundred(worst.coverage.value)} simulations, and promise {100 * worst.level:.3g}"
        return (f"{self.method}: intervals hold the truth in {often}{where}. They do not allow for what is wrong with the answers.",)

    def to_frame(self) -> Any:
        """A row for each truth.

        Returns
        -------
        pandas.DataFrame
            The fields of the truth; every figure and, with ``_error`` after its name, its Monte Carlo standard error (shares from 0 to 1,
            errors in shares of the population); and the counts.
        """
        rows = [_row(one) for one in self.performances]
        return frame_of({name: [row[name] for row in rows] for name in rows[0]}, "pandas")

    def to_json(self) -> str:
        """All of it as text; the same diagnosis gives the same bytes."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, sort_keys=True, indent=1, allow_nan=False) + "\n"

    def picture(self) -> Picture:
        """Bias, root mean square error and coverage under each truth."""
        return pictured(self.title, self.sims, self.performances)

    def _names(self) -> tuple[str, ...]:
        return told_apart([one.truth for one in self.performances])

    def __repr__(self) -> str:
        several = self.performances
        truths = f" of each of {len(several):,} truths" if len(several) > 1 else ""
        head = f"Diagnosis: {self.title} ({self.inference}): {self.sims:,} simulations{truths}, seed {self.seed}"
        heads = ["truth", "bias", "sd", "mean se", "rmse", "coverage", "power", "kept"]
        shown = [
            [name, *(_told(getattr(one, figure), figure) for figure in ("bias", "sd", "se", "rmse", "coverage", "power", "kept_by_sex"))]
            for name, one in zip(self._names(), several, strict=True)
        ]
        note = "bias to rmse in percentage points, kept: numbers of girls and boys; in brackets the Monte Carlo standard error"
        return "\n".join([head, text_table(heads, shown, limit=SHOWN), f"({note})", *(f"- {line}" for line in self.says)])


def _told(figure: Figure | None, name: str) -> str:
    if figure is None:
        return "none"
    value, error = (f"{100 * x:.2f}" if name in POINTS else f"{100 * x:.1f}" for x in (figure.value, figure.error or 0.0))
    percent = "" if name in POINTS else "%"
    return f"{value}{percent}" + ("" if figure.error is None else f" ({error})")


def _row(one: Performance) -> dict[str, Any]:
    row: dict[str, Any] = {f.name: getattr(one.truth, f.name) for f in fields(Truth)}
    row |= {"target": one.target, "sims": one.sims, "failed": one.failed, "level": one.level}
    for name in FIGURES:
        figure: Figure | None = getattr(one, name)
        row[name] = None if figure is None else figure.value
        row[f"{name}_error"] = None if figure is None else figure.error
    referrals = one.referrals
    row |= {"error_low": one.middle[0], "error_high": one.middle[1], "released": one.released}
    return row | {
        "referrals_low": None if referrals is None else referrals.low,
        "referrals_high": None if referrals is None else referrals.high,
    }
