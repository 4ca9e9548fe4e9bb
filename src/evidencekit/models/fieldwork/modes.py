"""mode_effect: how far apart answers by different modes are, with the people who answered by them made alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.combining import contrast
from evidencekit.errors import EstimationError, InputError, check_level
from evidencekit.estimate import Estimate
from evidencekit.models.formula.factors import blank_in, is_coded
from evidencekit.models.margins.adjusting import adjusted
from evidencekit.models.regression import linear, logit
from evidencekit.survey.summing.domains import Where
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey

__all__ = ["ModeEffect", "mode_effect"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ModeEffect:
    """Differences between modes.

    Parameters
    ----------
    estimate : Estimate
        Each mode less the reference, with the people made alike in what was adjusted for.
    crude : Estimate
        The same as it stands.
    levels : Estimate
        The adjusted share or mean of every mode.
    reference : label
        The mode that others are compared with.
    """

    estimate: Estimate
    crude: Estimate
    levels: Estimate
    reference: Any

    def __repr__(self) -> str:
        return f"ModeEffect\nadjusted {self.estimate!r}\ncrude {self.crude!r}"

    def _repr_html_(self) -> str:
        return f"{self.estimate._repr_html_()}{self.crude._repr_html_()}"


def mode_effect(
    survey: Survey,
    y: str,
    *,
    mode: str,
    adjust: str,
    reference: Any = None,
    where: Where = None,
    where_label: str = "",
    level: float = 0.95,
) -> ModeEffect:
    """Compare answers given by different modes (face to face, telephone, self-completion), other things equal.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    y : str
        The headline's column: 0 and 1, or numbers.
    mode : str
        Column of modes.
    adjust : str
        What the people are made alike in, as terms of a formula: ``"age + sex + area"``.
    reference : label, optional
        The mode others are compared with; default the one with most answers.
    where, where_label
        As for `evidencekit.mean`.
    level : float
        Confidence level, default 0.95.

    Returns
    -------
    ModeEffect

    Raises
    ------
    UnknownColumn, InputError
        A column is not there, `y` holds categories, or there is no such mode.
    EstimationError
        One mode only, or the model cannot be fitted.

    Notes
    -----
    Shares are those of a logistic model, means of a linear one, as `adjusted` has them; the crude ones are those of the same model with the
    mode alone. A difference that is left is one of measurement only as far as those who answered by each mode are alike in all that
    matters, and people often choose the mode themselves: it is a sensitivity, not a correction.

    References
    ----------
    Vannieuwenhuyze and Loosveldt (2013), Sociological Methods and Research (doi 10.1177/0049124112464868).

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> made = ek.models.mode_effect(survey, "internet_daily", mode="area", adjust="age + sex")
    >>> made.estimate.cells.columns["contrast"]
    ('urban - rural',)
    """
    in_memory(survey, "mode_effect()")
    check_level(level)
    for name, role in ((y, "y"), (mode, "mode=")):
        survey.rows.need(name, role)
    if is_coded(survey, y):
        raise InputError(f"Column {y!r} holds categories.", "Make a column of 0 and 1 of the one that counts.")
    if not isinstance(adjust, str) or not adjust.strip():
        raise InputError("adjust= names what people are made alike in.", 'Write terms of a formula, such as "age + sex".')
    term = f"C(`{mode}`)" if not mode.isidentifier() else f"C({mode})"
    outcome = y if y.isidentifier() else f"`{y}`"
    fit = logit if _binary(survey, y) else linear
    made = []
    for terms in (term, f"{term} + {adjust}"):
        model = fit(survey, f"{outcome} ~ {terms}", where=where, where_label=where_label, level=level)
        made.append(adjusted(model, mode, level=level))
    crude, fair = made
    labels = list(fair.cells.columns[mode])
    if labels != list(crude.cells.columns[mode]):
        raise EstimationError(
            "A mode has no row with every answer that adjust= needs.", "Adjust for less, or leave that mode out by where=."
        )
    if reference is not None and reference not in labels:
        raise InputError(f"reference= is not one of the {len(labels)} modes.", "Use a label as to_frame() shows it.")
    first = int(np.argmax(fair.counts.n)) if reference is None else labels.index(reference)
    weights = {
        f"{label} - {labels[first]}": [float(j == i) - float(j == first) for j in range(len(labels))]
        for i, label in enumerate(labels)
        if i != first
    }
    return ModeEffect(estimate=contrast(fair, weights), crude=contrast(crude, weights), levels=fair, reference=labels[first])


def _binary(survey: Survey, y: str) -> bool:
    """Whether all answers are 0 or 1."""
    blank = blank_in(survey, y)
    column = survey.column(y)
    there = column.codes >= 0 if blank is None else (column.codes >= 0) & ~blank
    return {column.keys[code] for code in np.unique(column.codes[there])} <= {0, 1}
