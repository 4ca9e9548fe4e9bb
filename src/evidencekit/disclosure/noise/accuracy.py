"""How far discrete Laplace noise may move a count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from evidencekit.errors import InputError, check_level, is_whole

__all__ = ["Accuracy", "laplace_accuracy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How near to the truth a noisy count is.

    Parameters
    ----------
    scale : float
        Of the noise.
    level : float
        The chance that is asked for.
    accuracy : float
        The number a at which the chance of an error of a or more would be ``1 - level``, by the formula for whole a: the definition of
        OpenDP (scale 2, 95 percent: 6.4296; continuous noise would have 5.9915). Errors are whole, so what is below a is within `within`.
    within : int
        The smallest whole number that the error does not exceed with a chance of at least `level`.
    coverage : float
        The chance that it does not.
    """

    scale: float
    level: float
    accuracy: float
    within: int
    coverage: float


def laplace_accuracy(scale: float, *, level: float = 0.95, counts: int = 1) -> Accuracy:
    """The accuracy of counts with discrete Laplace noise.

    Parameters
    ----------
    scale : float
        The scale of the noise: the sensitivity divided by epsilon.
    level : float
        The chance that is asked for, 0.95 by default.
    counts : int
        How many independent counts are all to be as near; 1 by default.

    Returns
    -------
    Accuracy
        With ``accuracy`` (OpenDP's definition), ``within`` (a whole number) and the chance ``coverage``.

    Raises
    ------
    InputError
        A scale that is not above 0, a level that is none, or no count.

    Notes
    -----
    With ``q = exp(-1 / scale)``, an error of a or more has chance ``2 q**a / (1 + q)`` for every whole a above 0.

    References
    ----------
    OpenDP 0.16, ``discrete_laplacian_scale_to_accuracy``.

    Examples
    --------
    >>> laplace_accuracy(2)
    Accuracy(scale=2.0, level=0.95, accuracy=6.429..., within=6, coverage=0.962...)
    """
    check_level(level)
    known: Any = scale
    if isinstance(scale, (bool, str)) or not hasattr(scale, "__float__") or not 0 < known < math.inf:
        raise InputError("scale= is a number above 0.", "It is the sensitivity divided by epsilon.")
    if not is_whole(counts, least=1):
        raise InputError("counts= is a whole number of 1 or more.")
    scale = float(scale)
    q = math.exp(-1 / scale)
    # All of them within is the product of the chances; the complement of a power near 1 needs log1p and expm1.
    alpha = -math.expm1(math.log(level) / counts)
    accuracy = max(scale * math.log(2 / (alpha * (1 + q))), 0.0)

    def beyond(a: int) -> float:
        return 2 * q**a / (1 + q)

    within = max(math.ceil(accuracy) - 1, 0)
    while beyond(within + 1) > alpha:
        within += 1
    while within > 0 and beyond(within) <= alpha:
        within -= 1
    coverage = math.exp(counts * math.log1p(-beyond(within + 1)))
    return Accuracy(scale=scale, level=float(level), accuracy=accuracy, within=within, coverage=coverage)
