"""What each step of weighting did to the weights and to the headline, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.errors import InputError
from evidencekit.estimate import Estimate
from evidencekit.frames import frame_of
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.weighting.views.stepsplot import StepRow, steps_plot

__all__ = ["Steps", "steps"]

SPREAD = {"p1": 0.01, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p99": 0.99, "largest": 1.0}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Steps:
    """One row per step.

    ``step``; ``n`` answers, ``kish`` the design effect their unequal weights alone cause and ``kish_n = n / kish``; ``p1, p25, p50, p75,
    p99, largest`` of the weights that are not 0, where their average is 1; ``estimate, se, low, high`` of the statistic.

    Parameters
    ----------
    columns : dict
        The columns above, each (steps,).
    statistic : str
        What is estimated at each step.
    backend : str
        The kind of frame of `to_frame`.
    """

    columns: dict[str, Any]
    statistic: str
    backend: str = "pandas"

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame."""
        return frame_of(self.columns, self.backend)

    def picture(self, *, title: str = "What each step did to the weights and to the estimate", caption: str = "") -> Picture:
        """Each step's weights as a box with whiskers, beside its estimate with the interval.

        Parameters
        ----------
        title, caption : str
            Above and below: what is estimated, of whom, when. How the boxes are read is always said.

        Returns
        -------
        Picture
            Save it as .svg or .png.
        """
        c = self.columns
        rows = [
            StepRow(
                name,
                tuple(float(c[p][i]) for p in SPREAD),
                float(c["estimate"][i]),
                None if np.isnan(c["low"][i]) else (float(c["low"][i]), float(c["high"][i])),
                float(c["kish_n"][i]),
            )
            for i, name in enumerate(c["step"])
        ]
        return steps_plot(rows, percent=self.statistic == "proportion", title=title, caption=caption)

    def __repr__(self) -> str:
        return f"Steps\n{text_table(*table_of(self.columns), limit=40)}"

    def _repr_html_(self) -> str:
        return html_table(*table_of(self.columns), caption="Steps", limit=40)


def steps(surveys: Mapping[str, Survey], statistic: Callable[[Survey], Estimate]) -> Steps:
    """Compare the weights and one estimate from step to step.

    Parameters
    ----------
    surveys : mapping of str to Survey
        The name of each step and the Survey after it, in their order; data in memory.
    statistic : callable
        Takes a Survey and gives an Estimate with one cell, such as ``lambda s: ek.proportion(s, "told")``.

    Returns
    -------
    Steps
        With ``to_frame()`` and ``picture()``.

    Raises
    ------
    InputError
        There is no step, something else than a Survey, lazy data, or an Estimate of other than one cell.

    References
    ----------
    Kish (1992), J. Official Statist. 8, 183-200.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> raked = ek.weighting.rake(survey, {"sex": {"girl": 0.49, "boy": 0.51}})
    >>> made = ek.weighting.steps({"given": survey, "raked": raked}, lambda s: ek.mean(s, "hours_online"))
    >>> made.to_frame()["step"].tolist()
    ['given', 'raked']
    """
    if not isinstance(surveys, Mapping) or not surveys:
        raise InputError("steps() takes a mapping of names to Surveys.", 'For example: {"base": survey, "raked": raked}.')
    if not callable(statistic):
        raise InputError("statistic= is a function of a Survey.", 'For example: lambda s: ek.proportion(s, "told").')
    rows = [_row(str(name), survey, statistic) for name, survey in surveys.items()]
    said = {row.pop("statistic") for row in rows}
    backend = next(iter(surveys.values())).rows.backend
    return Steps({key: tuple(row[key] for row in rows) for key in rows[0]}, said.pop() if len(said) == 1 else "", backend)


def _row(name: str, survey: Survey, statistic: Callable[[Survey], Estimate]) -> dict[str, Any]:
    if not isinstance(survey, Survey):
        raise InputError(f"A step is a Survey, not a {type(survey).__name__}.")
    in_memory(survey, "steps()")
    assert survey.w is not None
    made = statistic(survey)
    if not isinstance(made, Estimate) or len(made) != 1:
        raise InputError("The statistic of a step is an Estimate with one cell.", "Leave by= out, and name one variable or category.")
    w, counts, interval = survey.w[survey.w != 0], made.counts, made.interval
    return {
        "step": name,
        "n": int(counts.n[0]),
        "kish": float(counts.kish[0]),
        "kish_n": float(counts.n[0] / counts.kish[0]),
        **{key: float(np.quantile(w, share) / w.mean()) for key, share in SPREAD.items()},
        "estimate": float(made.points[0]),
        "se": float(made.se[0]),
        "low": float(interval.low[0]),
        "high": float(interval.high[0]),
        "statistic": made.statistic,
    }
