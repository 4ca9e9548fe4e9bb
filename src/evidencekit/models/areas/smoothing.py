"""Sampling variances of areas, smoothed by a function of their size: those estimated from a few sampling units are noise themselves."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import EstimationError, InputError

__all__ = ["SMOOTHINGS", "smoothed"]

SMOOTHINGS = ("size", "size and share", "none")
SPARE = 2


def smoothed(variances: Floats, n: Floats, shares: Floats | None, how: str) -> tuple[Floats, str]:
    """Smoothed sampling variances, and how they were made in words.

    Parameters
    ----------
    variances, n : (m,) arrays
        Estimated sampling variances on the scale of the model, and answers.
    shares : (m,) array or None
        Direct shares, where the numbers are shares.
    how : {"size", "size and share", "none"}
        ``log(variance)`` is linear in ``log(n)``; in ``log(n)`` and ``log(p (1 - p))``; or the variances stay.

    Raises
    ------
    InputError
        ``"size and share"`` for numbers that are no shares, or n is not known.
    EstimationError
        Too few areas, or all are of one size.

    Notes
    -----
    Fitted values are multiplied by ``exp(s^2 / 2)``, s^2 being the residual variance, since the mean of a variance is sought and not that
    of its logarithm.
    """
    if how == "none":
        return variances, "as estimated"
    if np.isnan(n).any():
        raise InputError(
            "Sampling variances are smoothed by the number of answers, and it is not known of every area.", 'Use smoothing="none".'
        )
    columns = [np.ones_like(n), np.log(n)]
    if how == "size and share":
        if shares is None:
            raise InputError('smoothing="size and share" is of shares, and these are other numbers.', 'Use smoothing="size".')
        columns.append(np.log(shares * (1 - shares)))
    x, y = np.column_stack(columns), np.log(variances)
    m, p = x.shape
    if m < p + SPARE or np.linalg.matrix_rank(x) < p:
        raise EstimationError(
            f"Sampling variances of {m} areas cannot be smoothed by {p} coefficients: there are too few areas, or all are alike.",
            'Use smoothing="none", and say so.',
        )
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    spread = float(((y - x @ beta) ** 2).sum()) / (m - p)
    shown = " + ".join(f"{b:.3g} {word}".strip() for b, word in zip(beta, ("", "log n", "log p(1-p)"), strict=False))
    return np.exp(x @ beta + spread / 2), f"log variance = {shown}, residual variance {spread:.3g}"
