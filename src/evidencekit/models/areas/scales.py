"""The scale areas are modelled on: numbers as they are, or shares by arcsine or logit, and the way back without the bias of the bend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from evidencekit.columns import Floats

__all__ = ["SCALES", "Scale"]

NODES = 80


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scale:
    """A scale: the way there, its slope, the way back, and what a normal number there comes to on average here.

    `moments` takes means and variances of normal numbers on the scale and gives mean and variance of what they stand for.
    """

    there: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    moments: Callable[[Floats, Floats], tuple[Floats, Floats]]


def _sine(t: Floats) -> Floats:
    """Ends of the scale are 0 and 1; beyond them there is nothing."""
    return np.sin(np.clip(t, 0, np.pi / 2)) ** 2


def _sine_moments(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Of ``sin^2``, from the characteristic function of the normal: exact."""
    one = np.exp(-2 * variance) * np.cos(2 * mean)
    two = np.exp(-8 * variance) * np.cos(4 * mean)
    expected = (1 - one) / 2
    return expected, np.maximum(3 / 8 - one / 2 + two / 8 - expected**2, 0.0)


def _logit_moments(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """By Gauss-Hermite quadrature."""
    node, weight = np.polynomial.hermite_e.hermegauss(NODES)
    values = expit(mean[:, None] + np.sqrt(variance)[:, None] * node)
    expected = values @ weight / weight.sum()
    return expected, (values - expected[:, None]) ** 2 @ weight / weight.sum()


SCALES = {
    "plain": Scale(lambda p: p, np.ones_like, lambda t: t, lambda mean, variance: (mean, variance)),
    "arcsine": Scale(lambda p: np.arcsin(np.sqrt(p)), lambda p: 1 / (2 * np.sqrt(p * (1 - p))), _sine, _sine_moments),
    "logit": Scale(logit, lambda p: 1 / (p * (1 - p)), expit, _logit_moments),
}
