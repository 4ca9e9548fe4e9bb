"""Bench: a method with its example, its plan there and one simulation, made once and looked at by every check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.planning import Context, Method, Plan, Simulated, Truth

__all__ = ["REQUIRED", "Bench", "bench_of"]

REQUIRED = ("y", "sex", "weight", "stratum", "psu")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bench:
    """What the checks look at."""

    method: Method
    context: Context
    plan: Plan
    truth: Truth
    answers: Simulated
    seed: int

    @property
    def columns(self) -> dict[str, Any]:
        """The simulated columns, as copies that may be changed."""
        return {name: np.array(column) for name, column in self.answers.data.items()}


def bench_of(method: Method, seed: int) -> Bench:
    """Make one; what a method cannot do here is an error of its own."""
    context = method.example()
    plan = method.plan(context)
    truth = Truth.of(context).undisturbed()
    return Bench(method, context, plan, truth, method.simulate(context, truth, seed=seed), seed)
