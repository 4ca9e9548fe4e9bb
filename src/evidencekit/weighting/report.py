"""What each step did to the weights, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.survey.survey import Survey
from evidencekit.survey.totals import in_memory

__all__ = ["WeightReport", "report"]

SHARES = (0.01, 0.5, 0.99)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WeightReport:
    """One row per set of weights, from the first to the last.

    ``step`` what was done, ``sum`` of the weights, ``smallest`` and ``largest`` of those that are not 0, ``factor_min, factor_p1,
    factor_p50, factor_p99, factor_max`` of the step's factors, ``kish`` the design effect unequal weights alone cause, ``kish_n = n /
    kish``.
    """

    columns: dict[str, Any]
    backend: str = "pandas"

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame."""
        return frame_of(self.columns, self.backend)

    def __repr__(self) -> str:
        return f"Weights\n{text_table(*table_of(self.columns), limit=40)}"

    def _repr_html_(self) -> str:
        return html_table(*table_of(self.columns), caption="Weights", limit=40)


def report(survey: Survey) -> WeightReport:
    """What every step did to the weights.

    Parameters
    ----------
    survey : Survey
        Data in memory.

    Returns
    -------
    WeightReport

    Raises
    ------
    InputError
        Not a Survey, or lazy data.

    References
    ----------
    Kish (1992), J. Official Statist. 8, 183-200.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.weighting.report(ek.weighting.rake(survey, {"sex": {"girl": 0.5, "boy": 0.5}})).to_frame()["step"].tolist()
    ['given', 'raked to sex']
    """
    if not isinstance(survey, Survey):
        raise InputError(f"report() takes a Survey, not a {type(survey).__name__}.")
    in_memory(survey, "report()")
    assert survey.w is not None
    first = survey.adjustments[0].before if survey.adjustments else survey.w
    stages: list[tuple[str, Floats, Floats | None]] = [("given", first, None)]
    stages += [(a.words, a.after, a.ratio[a.before > 0]) for a in survey.adjustments]
    columns: dict[str, Any] = {"step": tuple(s for s, _, _ in stages)}
    for name, value in (
        ("sum", lambda w: float(w.sum())),
        ("smallest", lambda w: float(w[w != 0].min())),
        ("largest", lambda w: float(w.max())),
    ):
        columns[name] = tuple(value(w) for _, w, _ in stages)
    for name, share in (("factor_min", 0.0), *((f"factor_p{round(100 * p)}", p) for p in SHARES), ("factor_max", 1.0)):
        columns[name] = tuple(float("nan") if g is None else float(np.quantile(g, share)) for _, _, g in stages)
    kept = [w[w != 0] for _, w, _ in stages]
    columns["kish"] = tuple(_kish(w) for w in kept)
    columns["kish_n"] = tuple(len(w) / _kish(w) for w in kept)
    return WeightReport(columns, survey.rows.backend)


def _kish(w: Floats) -> float:
    """The design effect unequal weights alone cause: ``n sum(w^2) / sum(w)^2``."""
    return float(len(w) * (w @ w) / w.sum() ** 2)
