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
from evidencekit.weighting.base import weights_for

__all__ = ["AchievedMargins", "WeightReport", "report"]

SHARES = (0.01, 0.5, 0.99)
MET = 1e-9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AchievedMargins:
    """One row per total that the weights were calibrated to, and what the last weights give.

    ``step`` the calibration, ``variable`` and its ``level`` (empty for a number), ``target``, ``achieved``, ``gap = achieved - target`` and
    ``gap_share = gap / target``. A gap below a billionth of the target is 0: the calibration's own precision.

    Parameters
    ----------
    columns : dict
        The columns above, each (rows,).
    backend : str
        The kind of frame of `to_frame`.
    """

    columns: dict[str, Any]
    backend: str = "pandas"

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame."""
        return frame_of(self.columns, self.backend)

    @property
    def words(self) -> str:
        """How well the margins are met, in a line."""
        count, gaps = len(self.columns["gap"]), np.abs(np.asarray(self.columns["gap_share"], dtype=np.float64))
        if not count:
            return "No margins: the weights were not calibrated to known totals"
        off = int((np.asarray(self.columns["gap"]) != 0).sum())
        if not off:
            return f"Margins: all {count} totals met"
        largest = (
            "" if np.isnan(gaps).all() else f", largest gap {np.nanmax(gaps):.2%} ({self.columns['variable'][int(np.nanargmax(gaps))]})"
        )
        return f"Margins: {off} of {count} totals not met by the last weights{largest}"

    def __repr__(self) -> str:
        return f"{self.words}\n{text_table(*table_of(self.columns), limit=60)}"

    def _repr_html_(self) -> str:
        return html_table(*table_of(self.columns), caption=self.words, limit=200)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WeightReport:
    """One row per set of weights, from the first to the last.

    ``step`` what was done, ``sum`` of the weights, ``smallest`` and ``largest`` of those that are not 0, ``factor_min, factor_p1,
    factor_p50, factor_p99, factor_max`` of the step's factors, ``cut`` how many weights were trimmed, ``moved`` the share of the weight
    that the step took from some rows and gave to others (half the sum of absolute differences, where the weights add up to 1), ``kish``
    the design effect unequal weights alone cause, ``kish_n = n / kish`` the effective sample size by the weights alone.

    `margins` says how the last weights meet the totals they were calibrated to.

    Parameters
    ----------
    columns : dict
        The columns above, each (sets of weights,).
    margins : AchievedMargins
        How the last weights meet the totals they were calibrated to.
    backend : str
        The kind of frame of `to_frame`.
    """

    columns: dict[str, Any]
    margins: AchievedMargins
    backend: str = "pandas"

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame."""
        return frame_of(self.columns, self.backend)

    def __repr__(self) -> str:
        return f"Weights\n{text_table(*table_of(self.columns), limit=40)}\n{self.margins.words}"

    def _repr_html_(self) -> str:
        return html_table(*table_of(self.columns), caption=f"Weights. {self.margins.words}", limit=40)


def report(survey: Survey) -> WeightReport:
    """What every step did to the weights, what trimming cost, and how the margins are met in the end.

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
    >>> made = ek.weighting.report(ek.weighting.rake(survey, {"sex": {"girl": 0.5, "boy": 0.5}}))
    >>> made.to_frame()["step"].tolist()
    ['given', 'raked to sex']
    >>> made.margins.words
    'Margins: all 2 totals met'
    """
    last = weights_for(survey, "report()")
    first = survey.adjustments[0].before if survey.adjustments else last
    stages: list[tuple[str, Floats, Floats | None]] = [("given", first, None)]
    stages += [(a.words, a.after, a.ratio[a.before > 0]) for a in survey.adjustments]
    if not all(w.any() for _, w, _ in stages):
        raise InputError("report() needs weights other than 0, after every step.", "Look at the step that left none.")
    columns: dict[str, Any] = {"step": tuple(s for s, _, _ in stages)}
    for name, value in (
        ("sum", lambda w: float(w.sum())),
        ("smallest", lambda w: float(w[w != 0].min())),
        ("largest", lambda w: float(w.max())),
    ):
        columns[name] = tuple(value(w) for _, w, _ in stages)
    for name, share in (("factor_min", 0.0), *((f"factor_p{round(100 * p)}", p) for p in SHARES), ("factor_max", 1.0)):
        columns[name] = tuple(float("nan") if g is None else float(np.quantile(g, share)) for _, _, g in stages)
    columns["cut"] = (0, *(a.cut for a in survey.adjustments))
    columns["moved"] = (float("nan"), *(_moved(a.before, a.after) for a in survey.adjustments))
    kept = [w[w != 0] for _, w, _ in stages]
    columns["kish"] = tuple(_kish(w) for w in kept)
    columns["kish_n"] = tuple(len(w) / _kish(w) for w in kept)
    return WeightReport(columns, _achieved(survey, last), survey.rows.backend)


def _achieved(survey: Survey, last: Floats) -> AchievedMargins:
    """Every total of every calibration, and what the last weights give."""
    made = [(a.words, a.known, a.known.reached(last)) for a in survey.adjustments if a.known is not None]
    target = np.concatenate([np.empty(0), *(known.targets for _, known, _ in made)])
    achieved = np.concatenate([np.empty(0), *(reached for _, _, reached in made)])
    scale = np.concatenate([np.empty(0), *(known.reached(last, absolute=True) for _, known, _ in made)])
    gap = np.where(np.abs(achieved - target) <= MET * np.maximum(np.abs(target), scale), 0.0, achieved - target)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(target != 0, gap / target, np.nan)
    columns = {
        "step": tuple(words for words, known, _ in made for _ in known.names),
        "variable": tuple(name for _, known, _ in made for name in known.names),
        "level": tuple(level for _, known, _ in made for level in known.levels),
        "target": target,
        "achieved": achieved,
        "gap": gap,
        "gap_share": share,
    }
    return AchievedMargins(columns, survey.rows.backend)


def _moved(before: Floats, after: Floats) -> float:
    """The share of the weight that changed rows."""
    return float(np.abs(after / after.sum() - before / before.sum()).sum() / 2)


def _kish(w: Floats) -> float:
    """The design effect unequal weights alone cause: ``n sum(w^2) / sum(w)^2``."""
    return float(len(w) * (w @ w) / w.sum() ** 2)
