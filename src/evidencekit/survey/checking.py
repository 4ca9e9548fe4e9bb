"""check_survey: what an analyst should look at before believing a number, as counts."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from evidencekit.errors import InputError
from evidencekit.survey.survey import Survey
from evidencekit.survey.totals import in_memory

__all__ = ["Check", "check_survey"]

TINY = 3


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Check:
    """Counts of what was found in a survey's design; no value from the data.

    ``weights_missing`` and ``weights_negative`` are always 0: a Survey with such weights is refused when it is built.
    """

    rows: int
    strata: int
    psus: int
    weights_missing: int
    weights_negative: int
    weights_zero: int
    kish_deff: float
    psu_codes_reused_across_strata: int
    strata_with_one_psu: int
    strata_with_under_3_psus: int
    psus_with_one_row: int
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        lines = [f"  {f.name.replace('_', ' ')}: {getattr(self, f.name):,.4g}" for f in fields(self) if f.name != "notes"]
        return "\n".join(["Survey check", *lines, *(f"  note: {n}" for n in self.notes)])


def check_survey(survey: Survey) -> Check:
    """Count what could go wrong with a design.

    Parameters
    ----------
    survey : Survey
        Data in memory.

    Returns
    -------
    Check
        Zero weights, sampling-unit codes reused across strata (right with ``nest=True``), strata with one and with under three
        units, units of one row, and the design effect the weights alone would cause.

    Raises
    ------
    InputError
        Not a Survey, or its data are lazy.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.frame, weights="weight", strata="stratum", psu="psu")
    >>> ek.check_survey(survey).strata_with_one_psu
    0
    """
    if not isinstance(survey, Survey):
        raise InputError(f"check_survey() takes a Survey, not a {type(survey).__name__}.")
    in_memory(survey, "check_survey()")
    assert survey.w is not None
    assert survey.units is not None
    units, w = survey.units, survey.w
    size = np.bincount(units.stratum)
    unit = units.row if units.row is not None else np.arange(units.n)
    psu = unit if units.psu is None else units.psu[unit]
    return Check(
        rows=len(w),
        strata=int((size > 0).sum()),
        psus=units.n_psus,
        weights_missing=0,
        weights_negative=0,
        weights_zero=int((w == 0).sum()),
        kish_deff=float(len(w) * (w @ w) / w.sum() ** 2),
        psu_codes_reused_across_strata=units.reused,
        strata_with_one_psu=int((size == 1).sum()),
        strata_with_under_3_psus=int(((size > 0) & (size < TINY)).sum()),
        psus_with_one_row=int((np.bincount(psu, minlength=units.n_psus) == 1).sum()),
        notes=survey.notes,
    )
