"""Conformance: what a method did on its own simulator, once it had passed every check."""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.rendering.text import text_table

__all__ = ["Conformance"]


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Conformance:
    """What was measured of a method on its own simulator, in its example context, where nothing but chance errs.

    Parameters
    ----------
    method, version, inference, measure : str
        As on its card.
    sims, seed : int
        How many simulations, and the seed that makes them again.
    interviews : float
        Answers brought home, on average.
    truth : float
        The measure in the simulated population, on average.
    bias, bias_se : float
        The mean of the estimates less the truth, and its Monte Carlo standard error.
    sd : float
        The standard deviation of the estimates.
    planned_se : float
        The standard error that the plan promises.
    floor, coverage, coverage_se : float or None
        The coverage that the card declares, the share of intervals that held the truth, and its Monte Carlo standard error; None where the
        method gives no interval.
    """

    method: str
    version: str
    inference: str
    measure: str
    sims: int
    seed: int
    interviews: float
    truth: float
    bias: float
    bias_se: float
    sd: float
    planned_se: float
    floor: float | None
    coverage: float | None
    coverage_se: float | None

    @property
    def ratio(self) -> float:
        """The standard error in the plan over the standard deviation of the estimates: below 1 the plan promises too much."""
        return self.planned_se / self.sd if self.sd else float("nan")

    def __repr__(self) -> str:
        rows = [
            ["truth", f"{100 * self.truth:.2f}% ({self.measure}); {self.interviews:,.0f} answers on average"],
            ["bias", f"{100 * self.bias:+.2f} points (Monte Carlo standard error {100 * self.bias_se:.2f})"],
            ["spread", f"{100 * self.sd:.2f} points; the plan says {100 * self.planned_se:.2f}"],
        ]
        if self.coverage is None or self.coverage_se is None or self.floor is None:
            rows += [["coverage", "none: its numbers carry no interval"]]
        else:
            measured = f"{100 * self.coverage:.1f}% (Monte Carlo standard error {100 * self.coverage_se:.1f})"
            rows += [["coverage", f"{measured}; declared at least {100 * self.floor:.0f}%"]]
        title = f"Conformance: {self.method} {self.version} ({self.inference}) passes; {self.sims} simulations, seed {self.seed}"
        return title + "\n" + text_table(["", ""], rows, limit=10)
