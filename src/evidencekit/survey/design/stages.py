"""How a probability sample was drawn: the names of the columns that say so, and the policies of its analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import DesignError, InputError, one_of

__all__ = ["Designed", "Joint", "Lonely", "LonelyDomain", "Stages", "Unequal", "column_name"]

Designed = Literal["probability", "venue"]
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
        Row and column i belong to the i-th primary sampling unit, sorted by stratum and then by unit code (numbers by size, text by
        alphabet, declared categories in their order); without ``psu=``, to the i-th row. The diagonal holds each unit's own inclusion
        probability. The Survey compares it with `fpc`, or else refuses it when it only fits the weights in another order.
    variance : {"yates-grundy", "horvitz-thompson"}
        The estimator. Yates-Grundy needs a design of fixed size and is then the more stable (default). Horvitz-Thompson's estimate can
        be negative; the standard error is then NaN, and flagged.

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
        try:
            matrix = np.array(self.probabilities, dtype=np.float64)
        except (TypeError, ValueError):
            raise DesignError("The joint inclusion probabilities are not a matrix of numbers.") from None
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
    strata_below : str or tuple of (str or None), optional
        Strata of the second stage, third stage, ...
    nest : bool
        Unit codes start again in every stratum (default), as they do in most files.
    lonely : {"fail", "certainty", "remove", "adjust", "average"}
        What to do about a stratum with one sampling unit, judged on the full design. The default refuses. ``"adjust"`` centres the
        unit at the mean of all units, which assumes that strata hardly differ and is otherwise conservative; ``"average"`` gives the
        stratum the mean variance of the others, which assumes that they are like it; ``"certainty"`` and ``"remove"`` let it
        contribute nothing, which is right only for a unit that was certain to be drawn.
    lonely_domain : {"none", "adjust", "average"}
        The same for a stratum in which a domain has members in one unit only. The default leaves those strata as they are: the
        units without members are zeros, which is unbiased.
    unequal : {"brewer", "overton", "hartley-rao", "poisson"} or Joint, optional
        How the variance treats unequal probabilities without replacement. `fpc` is then each unit's inclusion probability. All but
        ``"brewer"`` are for one stage.
    sum_of_squares : str, optional
        For ``"hartley-rao"``: the column of the sum of squared inclusion probabilities over all units of the stratum, drawn or not.
        Without it the sum is estimated from the sample.
    inference : {"probability", "venue"}
        Whom the sample speaks for: the population it was drawn from (default); or, where people were met at listed venues, those who
        attend them (`evidencekit.sampling.venue_sample`). Both have intervals and totals; estimates and findings say which it is.

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
    strata_below: str | tuple[str | None, ...] | None = ()
    nest: bool = True
    lonely: Lonely = "fail"
    lonely_domain: LonelyDomain = "none"
    unequal: Unequal | Joint | None = None
    sum_of_squares: str | None = None
    inference: Designed = "probability"

    def __post_init__(self) -> None:
        one_of("lonely", self.lonely, get_args(Lonely))
        one_of("lonely_domain", self.lonely_domain, get_args(LonelyDomain))
        one_of("inference", self.inference, get_args(Designed))
        for part in ("weights", "sum_of_squares"):
            column_name(getattr(self, part), part)
        for part in ("strata", "psu", "fpc"):
            object.__setattr__(self, part, _names(getattr(self, part), part, str) or None)
        object.__setattr__(self, "strata_below", _names(self.strata_below, "strata_below", str | None))
        self._check_unequal()
        for part, most in (("fpc", self.stages), ("strata_below", self.stages - 1)):
            if len(getattr(self, part) or ()) > most:
                raise InputError(f"{part}= names {len(getattr(self, part))} stages where there can be {most}: psu= names {self.stages}.")

    def _check_unequal(self) -> None:
        if self.sum_of_squares is not None and self.unequal != "hartley-rao":
            raise InputError('sum_of_squares= belongs to unequal="hartley-rao".')
        if self.unequal is None:
            return
        if not isinstance(self.unequal, Joint):
            if not isinstance(self.unequal, str):
                raise InputError(
                    f"unequal= is not a {type(self.unequal).__name__}.",
                    f"Use a Joint of inclusion probabilities, or one of: {', '.join(map(repr, get_args(Unequal)))}.",
                )
            one_of("unequal", self.unequal, get_args(Unequal))
            if not self.fpc:
                raise InputError(f"unequal={self.unequal!r} needs fpc=.", "Name the column of inclusion probabilities.")
        if self.unequal != "brewer" and self.stages > 1:
            raise InputError(
                'Only unequal="brewer" carries the variance of a second stage, and psu= names several.',
                "Use it, or name the first stage alone where all members of a sampling unit were taken.",
            )

    @property
    def stages(self) -> int:
        """The number of sampling stages that are named."""
        return max(1, len(self.psu or ()))

    @property
    def stage_columns(self) -> tuple[str, ...]:
        """Every column that says to which unit of which stratum a row belongs, and what is known of the stratum."""
        below = tuple(s for s in self.strata_below or () if s is not None)
        known = () if self.sum_of_squares is None else (self.sum_of_squares,)
        return tuple(dict.fromkeys((*(self.strata or ()), *(self.psu or ()), *below, *known)))


def column_name(value: Any, part: str) -> None:
    """Raise an `InputError` unless a parameter that takes one column name has one, or None."""
    if value is not None and not isinstance(value, str):
        raise InputError(f"{part}= takes a column name, not a {type(value).__name__}.")


def _names(names: Any, part: str, kind: Any) -> tuple[Any, ...]:
    """A parameter that takes one column name or several, as a tuple; a column's values are not its name."""
    if names is None:
        return ()
    out = (names,) if isinstance(names, str) else names
    if not isinstance(out, (list, tuple)):
        raise InputError(f"{part}= takes column names, not a {type(names).__name__}.")
    wrong = [name for name in out if not isinstance(name, kind)]
    if wrong:
        raise InputError(f"{part}= takes column names, and holds a {type(wrong[0]).__name__}.")
    return tuple(out)
