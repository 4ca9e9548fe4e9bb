"""SampleSize: a number of interviews or households, unrounded, with how it was arrived at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from evidencekit.errors import InputError
from evidencekit.sampling.sizing.checks import positive

__all__ = ["SampleSize", "counted", "finite", "told"]

_SLACK = 1e-9, 1e-6  # of n, and at most: what arithmetic leaves of a whole number is not another interview


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SampleSize:
    """How many, and how that was arrived at. Made by the verbs of this room; other verbs take it where they take a number.

    Parameters
    ----------
    n : float
        Not rounded, so that what is computed from it is rounded once.
    unit : str
        What is counted: interviews, households.
    words : str
        The formula.
    inputs : mapping of str to float or str
        What went in, in the formula's order.
    steps : mapping of str to float
        What came before or goes with it, not rounded: the second group, the cases to expect.
    notes : tuple of str
        What to know before it is used.

    Examples
    --------
    >>> from evidencekit.sampling import n_for_proportion
    >>> size = n_for_proportion(0.05, moe=0.02)
    >>> size
    SampleSize: 457 interviews (456.17)
      how    n0 = z^2 p(1-p) / moe^2
      from   p 0.05, moe 0.02, level 0.95
      also   expected cases 22.81
      note   fewer than 25 cases to expect: too few to be split by sex or region
    >>> size.rounded
    457
    """

    n: float
    unit: str
    words: str
    inputs: Mapping[str, float | str]
    steps: Mapping[str, float] = field(default_factory=dict[str, float])
    notes: tuple[str, ...] = ()

    @property
    def rounded(self) -> int:
        """The next whole number."""
        return math.ceil(self.n - min(_SLACK[0] * self.n, _SLACK[1]))

    def __float__(self) -> float:
        return self.n

    def __repr__(self) -> str:
        lines = [f"SampleSize: {self.rounded:,} {self.unit} ({_short(self.n)})", f"  how    {self.words}"]
        lines.append(f"  from   {', '.join(f'{k} {_short(v)}' for k, v in self.inputs.items())}")
        if self.steps:
            lines.append(f"  also   {', '.join(f'{k} {_short(v)}' for k, v in self.steps.items())}")
        return "\n".join([*lines, *(f"  note   {note}" for note in self.notes)])


def counted(name: str, value: object) -> float:
    """A number of interviews, from a number or a `SampleSize`."""
    if isinstance(value, SampleSize):
        return value.n
    if isinstance(value, str):
        raise InputError(f"{name}= takes a number or a SampleSize, not a str.")
    return positive(name, value)


def finite(n: float, deff: float, population: float, rescaled: bool = False) -> float:
    """A simple random sample from a large population, made larger by the design and smaller by the population.

    The variance of a design is ``deff (1/n - 1/N) S^2``. `rescaled`: n came from p(1 - p), which is less than ``S^2`` by ``(N - 1) / N``.
    """
    larger = n * deff * (1 / (1 - 1 / population) if rescaled else 1.0)
    return larger / (1 + larger / population)


def told(
    words: str, given: Mapping[str, float | str], deff: float, population: float, rescaled: bool = True
) -> tuple[str, dict[str, float | str]]:
    """The formula and inputs, with the design effect and the population where they count."""
    inputs = dict(given)
    if deff != 1:
        inputs["deff"] = deff
        words += "; times deff"
    if not math.isinf(population):
        inputs["population"] = population
        words += f"; n = 1 / (1/n0 + 1/N){', n0 times N/(N-1)' if rescaled else ''}"
    return words, inputs


def _short(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.2f}" if abs(value) >= 10 and value != int(value) else f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
