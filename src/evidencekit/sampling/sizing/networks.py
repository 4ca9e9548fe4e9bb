"""How many for a sample that recruits itself along a network."""

from __future__ import annotations

import warnings

from evidencekit.errors import EvidencekitWarning
from evidencekit.sampling.sizing.checks import positive
from evidencekit.sampling.sizing.proportions import n_for_proportion
from evidencekit.sampling.sizing.sizes import SampleSize

__all__ = ["n_for_rds"]

_USUAL = 4.0


def n_for_rds(p: float, *, moe: float, deff: float = _USUAL, level: float = 0.95) -> SampleSize:
    """How many participants a respondent-driven sample needs.

    Parameters
    ----------
    p : float
        The proportion expected.
    moe : float
        Margin of error, as a share.
    deff : float
        Design effect. Default 4; a warning follows below that.
    level : float
        Confidence level.

    Returns
    -------
    SampleSize
        ``steps`` has the sizes for design effects of 2, 4 and 10.

    Raises
    ------
    InputError
        A share outside 0 to 1, or a number that is not above 0.

    Notes
    -----
    ``deff z^2 p (1 - p) / moe^2``. What the design effect will be depends on the network and is known only afterwards.

    References
    ----------
    Salganik, M. J. (2006), Journal of Urban Health 83, 98-112: plan for 2. Wejnert, C. et al. (2012), AIDS and Behavior 16: from 43
    samples of people who inject drugs, plan for 4. Goel, S. and Salganik, M. J. (2010), PNAS 107, 6743-6747: it can be larger still.

    Examples
    --------
    >>> from evidencekit.sampling import n_for_rds
    >>> n_for_rds(0.3, moe=0.1).rounded
    323
    """
    deff = positive("deff", deff)
    if deff < _USUAL:
        text = "A design effect below 4 is optimistic for a respondent-driven sample. Plan for 4 or more."
        warnings.warn(text, EvidencekitWarning, stacklevel=2)
    one = n_for_proportion(p, moe=moe, level=level)
    steps = {f"with deff {d}": one.n * d for d in (2, 4, 10)}
    inputs = {**one.inputs, "deff": deff}
    notes = ("a design effect below 4 is optimistic for a respondent-driven sample",) if deff < _USUAL else ()
    return SampleSize(one.n * deff, "participants", "n = deff z^2 p(1-p) / moe^2", inputs, steps, notes)
