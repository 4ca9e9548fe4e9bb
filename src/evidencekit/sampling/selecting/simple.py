"""Simple random sampling without replacement, and independent draws with replacement."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.sampling.streams import Uniforms

__all__ = ["draw_replaced", "draw_simple"]


def draw_simple(chances: Floats, u: Uniforms) -> Codes:
    """The n units with the smallest random numbers, n the sum of the (equal) chances."""
    n = round(float(chances.sum()))
    return np.sort(np.argsort(u(0), kind="stable")[:n])


def draw_replaced(expected: Floats, u: Uniforms) -> Codes:
    """How often each unit is chosen by independent draws, `expected` times on average."""
    n = round(float(expected.sum()))
    number = np.concatenate([u(turn) for turn in range(-(-n // expected.size))])[:n]
    running = np.cumsum(expected)
    places = np.searchsorted(running / running[-1], number, side="right")
    return np.bincount(np.minimum(places, expected.size - 1), minlength=expected.size)
