"""Replicates: a survey that came with replicate weights instead of, or beside, its design."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Literal, get_args

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import DesignError, InputError, UnknownColumn, in_our_words, one_of
from evidencekit.survey.design.stages import Designed, column_name

__all__ = ["Kind", "Replicates"]

Kind = Literal["JK1", "JKn", "JK2", "BRR", "Fay", "bootstrap", "SDR", "ACS", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """Replicate weights that stand in the data, as column names.

    Parameters
    ----------
    weights : str
        The full-sample weight.
    columns : sequence of str, or str
        The replicate weights, one column a replicate; or the prefix that stands before their numbers: ``"repw"`` for ``repw1, repw2``.
    kind : {"JK1", "JKn", "JK2", "BRR", "Fay", "bootstrap", "SDR", "ACS", "other"}
        How they were made, which gives the scale: JK1 ``(R-1)/R``, JK2 1, BRR ``1/R``, Fay ``1/(R (1-rho)**2)``, bootstrap
        ``1/(R-1)``, SDR (successive differences) and ACS ``4/R``. JKn needs `rscales`, one ``(n_h - 1)/n_h`` a replicate; ``"other"``
        needs `scale`.
    scale : float, optional
        The factor on the sum of squared deviations, instead of the one `kind` gives.
    rscales : sequence of float, optional
        One more factor per replicate; default 1.
    mse : bool
        Deviations are taken from the full-sample estimate; otherwise (default) from the replicates' mean. SDR and ACS always use the
        full-sample estimate.
    combined : bool
        The columns are whole weights (default); otherwise they are factors on the full-sample weight.
    rho : float
        Fay's coefficient, for ``kind="Fay"`` alone.
    psu : str, optional
        The sampling units, where the file has them: only for counting how many a number rests on.
    df : float, optional
        The design's degrees of freedom, where the survey's documentation gives them; those used are never more than the rank of the
        replicates less one, which is the default.
    inference : {"probability", "venue"}
        Whom the sample speaks for, as for `Stages`.

    Raises
    ------
    InputError
        A part that the kind needs is missing, or does not fit.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, chapters 3-5. Judkins (1990), J. Official Statist. 6, 223-239. Fay and Train
    (1995), Proc. ASA Government Statistics, 154-159.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.Replicates(weights="w", columns="rep", kind="Fay", rho=0.3).scales(80)[0].round(6)
    np.float64(0.02551)
    """

    weights: str
    columns: str | Sequence[str]
    kind: Kind
    scale: float | None = None
    rscales: Sequence[float] | None = None
    mse: bool = False
    combined: bool = True
    rho: float = 0.0
    psu: str | None = None
    df: float | None = None
    inference: Designed = "probability"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(Kind))
        one_of("inference", self.inference, get_args(Designed))
        if not isinstance(self.weights, str):
            raise InputError("weights= is the name of the column of full-sample weights.")
        column_name(self.psu, "psu")
        if not isinstance(self.columns, str):
            if not isinstance(self.columns, Sequence):
                raise InputError("columns= takes the names of at least two columns of replicate weights, or their prefix.")
            object.__setattr__(self, "columns", tuple(self.columns))
            if len(set(self.columns)) < len(self.columns) or self.weights in self.columns:
                raise InputError("columns= names a column twice, or the full-sample weight.", "Name each replicate weight once.")
            if len(self.columns) < 2 or not all(isinstance(c, str) for c in self.columns):
                raise InputError("columns= takes the names of at least two columns of replicate weights, or their prefix.")
        if self.rscales is not None:
            object.__setattr__(self, "rscales", _factors(self.rscales))
        if self.kind == "JKn" and self.rscales is None:
            raise InputError('kind="JKn" needs rscales=.', "They are (n_h - 1) / n_h for the stratum each replicate leaves a unit out of.")
        if self.kind == "other" and self.scale is None:
            raise InputError('kind="other" needs scale=.', "The survey's documentation gives the factor on the sum of squares.")
        for name, value in (("rho", self.rho), ("scale", self.scale), ("df", self.df)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, Real)):
                raise InputError(f"{name}= is a number, not a {type(value).__name__}.")
        if not 0 <= self.rho < 1 or (self.kind == "Fay" and self.rho == 0):
            raise InputError("rho= is Fay's coefficient, above 0 and below 1.", 'Without one the kind is "BRR".')
        if self.rho and self.kind != "Fay":
            raise InputError(f'rho= goes with kind="Fay", and the kind is "{self.kind}".', 'Say kind="Fay", or leave rho= out.')
        for name, value in (("scale", self.scale), ("df", self.df)):
            if value is not None and not 0 < value < float("inf"):
                raise InputError(f"{name}= is a number above 0.")

    @property
    def centred_at_full(self) -> bool:
        """Whether deviations are from the full-sample estimate."""
        return self.mse or self.kind in ("SDR", "ACS")

    def scales(self, count: int) -> Floats:
        """The factor on each replicate's squared deviation.

        Parameters
        ----------
        count : int
            The number of replicates.
        """
        usual = {
            "JK1": (count - 1) / count,
            "BRR": 1 / count,
            "Fay": 1 / (count * (1 - self.rho) ** 2),
            "bootstrap": 1 / (count - 1),
            "SDR": 4 / count,
            "ACS": 4 / count,
        }.get(self.kind, 1.0)
        scale = usual if self.scale is None else self.scale
        each = np.ones(count) if self.rscales is None else np.array(self.rscales)
        if len(each) != count:
            raise InputError(f"rscales= has {len(each)} numbers for {count} replicates.")
        if not (np.isfinite(each).all() and (each >= 0).all() and each.any()):
            raise InputError("rscales= are numbers of 0 or more, not all 0.")
        return scale * each

    def names(self, columns: Sequence[str]) -> tuple[str, ...]:
        """The replicate columns among those of the data.

        Raises
        ------
        UnknownColumn, InputError
            A named column is not there, or fewer than two start with the prefix.
        """
        if not isinstance(self.columns, str):
            for name in self.columns:
                if name not in columns:
                    raise UnknownColumn(name, columns, "columns=")
            return tuple(self.columns)
        number = re.compile(re.escape(self.columns) + r"[_.-]?\d+")
        found = tuple(c for c in columns if number.fullmatch(c) and c != self.weights)
        if len(found) < 2:
            raise InputError(
                f"{len(found)} columns of the data are {self.columns!r} and a number, and replicates are at least two.",
                "Name the columns one by one where they are called otherwise.",
            )
        return found

    def refuse_scale(self, weight: float, replicate: float) -> None:
        """Raise the `DesignError` for columns that are factors where weights were said, or the other way round.

        Parameters
        ----------
        weight, replicate : float
            The average full-sample weight, and the average over all replicate columns.
        """
        ratio = replicate / weight
        if self.combined and not 0.5 < ratio < 2:
            hint = "Say combined=False." if 0.5 < replicate < 2 else "Check that weights= and columns= belong together."
            raise DesignError(f"The replicate weights are on average {ratio:.3g} times the full-sample weight.", hint)
        if not self.combined and not 0.5 < replicate < 2:
            hint = "Say combined=True." if 0.5 < ratio < 2 else "Factors average about 1."
            raise DesignError(f"The replicate factors are on average {replicate:.3g}.", hint)


def _factors(rscales: object) -> tuple[float, ...]:
    def problem(trouble: Exception) -> InputError:
        return InputError("rscales= is a sequence of numbers, one a replicate.")

    return in_our_words(lambda: tuple(float(r) for r in rscales), problem)  # type: ignore[attr-defined]
