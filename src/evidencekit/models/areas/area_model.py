"""AreaModel: what a Fay-Herriot model says of every area, beside what its own interviews say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.estimate import Estimate
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table

__all__ = ["AreaModel"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class AreaModel:
    """A fitted area-level model.

    Parameters
    ----------
    estimate : Estimate
        The k areas' numbers by the model, of inference ``"model"``, each flagged ``"model-based"`` or ``"synthetic"``. Standard errors are
        roots of mean squared errors.
    direct, direct_se : (k,) array
        What the areas' own interviews say; NaN where there are none.
    sampling : (k,) array
        Sampling variances as used, smoothed, on the scale of the model; NaN where an area is synthetic.
    shrinkage : (k,) array
        The weight each area's own number has: near 1 it stands by itself, at 0 it is synthetic.
    variance : float
        Variance between areas that the covariates leave, on the scale of the model. At 0 every number is synthetic in effect.
    names : tuple of str
        The coefficients' names.
    coefficients, coefficient_se : (p,) array
        On the scale of the model.
    scale : str
        ``"plain"``, ``"arcsine"`` or ``"logit"``.
    """

    estimate: Estimate
    direct: Floats
    direct_se: Floats
    sampling: Floats
    shrinkage: Floats
    variance: float
    names: tuple[str, ...]
    coefficients: Floats
    coefficient_se: Floats
    scale: str

    @property
    def columns(self) -> dict[str, Any]:
        """The table, column name to values."""
        made = self.estimate
        return {
            **made.cells.columns,
            "direct": self.direct,
            "direct_se": self.direct_se,
            "estimate": made.points,
            "se": made.se,
            "low": made.interval.low,
            "high": made.interval.high,
            "shrinkage": self.shrinkage,
            "flag": made.flags,
        }

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame: the cells, the direct number beside that of the model, and its weight."""
        return frame_of(self.columns, self.estimate.provenance.backend)

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        kept = [c for c, v in self.estimate.cells.columns.items() if any(x not in (None, "") for x in v)]
        numbers = ["direct", "direct_se", "estimate", "se", "low", "high", "shrinkage", "flag"]
        return table_of({c: self.columns[c] for c in [*kept, *numbers]})

    def _title(self) -> str:
        own = int(np.count_nonzero(np.isfinite(self.sampling)))
        between = f"variance between areas {self.variance:.4g}" if self.variance > 0 else "no variance between areas left"
        return f"AreaModel ({self.scale}): {own} areas fitted, {len(self.direct) - own} synthetic; {between}"

    def _fixed(self) -> str:
        """The coefficients with their standard errors, one line."""
        parts = zip(self.names, self.coefficients, self.coefficient_se, strict=True)
        return f"coefficients (standard errors): {', '.join(f'{name} {b:.3g} ({se:.2g})' for name, b, se in parts)}"

    def __repr__(self) -> str:
        return "\n".join([self._title(), self._fixed(), text_table(*self._shown(), limit=30), *self.estimate._notes()])

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=". ".join([self._title(), self._fixed(), *self.estimate._notes()]), limit=200)
