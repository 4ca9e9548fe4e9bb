"""How a probability sample was drawn: the names of the columns that say so, and the policies of its analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import DesignError, InputError, one_of

__all__ = ["Joint", "Lonely", "LonelyDomain", "Stages", "Unequal"]

Lonely = Literal["fail", "certainty", "remove", "adjust", "average"]
LonelyDomain = Literal["none", "adjust", "average"]
Unequal = Literal["brewer", "overton", "hartley-rao", "poisson"]
Names = str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Joint:
    """Joint inclusion probabilities of the primary sampling units, for designs where they are known.

    Parameters
    ----------
    probabilities : (n, n) array
        Row and column i belong to the i-th primary sampling unit in the order of the sorted unit codes (strata first, as
        they sort, then units), the diagonal to its own inclusion probability. Without ``psu=``, the order of the rows.
    variance : {"yates-grundy", "horvitz-thompson"}
        The estimator. Yates-Grundy needs a design of fixed size and is then the more stable (default).

    Raises
    ------
    DesignError
        The matrix is not square and symmetric, or holds a number that is not a probability.

    References
    ----------
    Horvitz and Thompson (1952), JASA 47, 663-685. Yates and Grundy (1953), JRSS B 15, 253-261.
    """

    probabilities: NDArray[np.float64]
    variance: Literal["yates-grundy", "horvitz-thompson"] = "yates-grundy"

    def __post_init__(self) -> None:
        one_of("variance", self.variance, ("yates-grundy", "horvitz-thompson"))
        matrix = np.array(self.probabilities, dtype=np.float64)
        square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1]
        if not square or not np.allclose(matrix, matrix.T, rtol=1e-9, atol=0):
            raise DesignError("The joint inclusion probabilities are not a square symmetric matrix.")
        if not ((matrix > 0) & (matrix <= 1)).all():
            raise DesignError(
                "Joint inclusion probabilities lie above 0 and at most at 1.",
                "A pair that can never be drawn together has no design-based variance.",
            )
        matrix.setflags(write=False)
        object.__setattr__(self, "probabilities", matrix)

    def __repr__(self) -> str:
        return f"Joint({len(self.probabilities)} units, {self.variance})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """A stratified sample drawn in one or several stages, as column names.

    Parameters
    ----------
    weights : str, optional
        The analysis weight. Without it the weight is the inverse of the sampling fractions in `fpc`, which must then cover every
        stage.
    strata : str or tuple of str, optional
        First-stage strata; several columns are crossed.
    psu : str or tuple of str, optional
        Sampling units, one column a stage, first stage first. Without it every row is a unit of its own.
    fpc : str or tuple of str, optional
        Per stage, the number of units in the stratum, or (all values at most 1) the fraction of them that was drawn. Without it
        the first stage counts as drawn with replacement, and later stages need no correction.
    strata_below : tuple of (str or None), optional
        Strata of the second stage, third stage, ...
    nest : bool
        Unit codes start again in every stratum (default), as they do in most files.
    lonely : {"fail", "certainty", "remove", "adjust", "average"}
        What to do about a stratum with one sampling unit, judged on the full design. The default refuses; ``"adjust"``
        centres it at the overall mean (conservative), ``"average"`` gives it the mean of the other strata, ``"certainty"`` and
        ``"remove"`` let it contribute nothing.
    lonely_domain : {"none", "adjust", "average"}
        The same for a stratum in which a domain has members in one unit only. The default leaves those strata as they are: the
        units without members are zeros, which is unbiased.
    unequal : {"brewer", "overton", "hartley-rao", "poisson"} or Joint, optional
        How the variance treats unequal probabilities without replacement. `fpc` is then each unit's inclusion probability.

    Raises
    ------
    InputError
        A policy is not known, or the parts do not fit together.

    References
    ----------
    Lumley (2010), Complex Surveys, chapters 2 and 3. Brewer (2002), Combined Survey Sampling Inference, chapter 9.
    Overton (1985), quoted in Stehman and Overton (1989). Hartley and Rao (1962), Ann. Math. Statist. 33, 350-374.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.Stages(weights="w", strata="region", psu=("district", "school"), fpc=("districts", "schools")).stages
    2
    """

    weights: str | None = None
    strata: Names = None
    psu: Names = None
    fpc: Names = None
    strata_below: tuple[str | None, ...] = ()
    nest: bool = True
    lonely: Lonely = "fail"
    lonely_domain: LonelyDomain = "none"
    unequal: Unequal | Joint | None = None

    def __post_init__(self) -> None:
        one_of("lonely", self.lonely, get_args(Lonely))
        one_of("lonely_domain", self.lonely_domain, get_args(LonelyDomain))
        if self.unequal is not None and not isinstance(self.unequal, Joint):
            one_of("unequal", self.unequal, get_args(Unequal))
            if not self.fpc:
                raise InputError(f"unequal={self.unequal!r} needs fpc=.", "Name the column of inclusion probabilities.")
        for part in ("strata", "psu", "fpc"):
            object.__setattr__(self, part, _as_tuple(getattr(self, part), part))
        if len(self.fpc or ()) > self.stages:
            raise InputError(f"fpc= names {len(self.fpc or ())} stages, and psu= names {self.stages}.")

    def need_weights(self) -> None:
        """Raise an `InputError` for a design from which no weights follow; only a phase of a two-phase design may do without."""
        if self.weights is None and not self.fpc:
            raise InputError(
                "A survey needs weights=.",
                "Name the column of weights; where every child had the same chance, use a column that is 1 for everyone.",
            )

    @property
    def stages(self) -> int:
        """The number of sampling stages that are named."""
        return max(1, len(self.psu or ()))

    @property
    def stage_columns(self) -> tuple[str, ...]:
        """Every column that says to which unit of which stratum a row belongs."""
        below = tuple(s for s in self.strata_below if s)
        return tuple(dict.fromkeys((*(self.strata or ()), *(self.psu or ()), *below)))


def _as_tuple(names: Sequence[str] | str | None, part: str) -> tuple[str, ...] | None:
    if names is None:
        return None
    out = (names,) if isinstance(names, str) else tuple(names)
    if not all(isinstance(n, str) for n in out):
        raise InputError(f"{part}= takes column names.")
    return out or None
