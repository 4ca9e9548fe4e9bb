"""Balance: how far a sample lies from the population it is to speak for, before and after weighting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError
from evidencekit.frames import frame_of
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.survey.design.units import cross
from evidencekit.survey.summing.domains import Where, where_mask
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.weighting.base import weights_for
from evidencekit.weighting.calibration.margins import Margins, margins_of, refuse_apart
from evidencekit.weighting.covariates import Names, indicators, matched
from evidencekit.weighting.views.loveplot import LoveRow, love_plot

__all__ = ["Balance", "balance"]

LIMIT = 0.1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Balance:
    """One row per level of a covariate, or per number.

    ``variable``, ``level``; ``target`` the share or mean in the population, ``before`` and ``after`` in the sample with its first and its
    last weights; ``smd_before`` and ``smd_after`` the standardised mean differences.

    Parameters
    ----------
    columns : dict
        The columns above, each (rows,).
    n : int
        Answers.
    kish_n : float
        What they are worth by the last weights alone.
    backend : str
        The kind of frame of `to_frame`.
    """

    columns: dict[str, Any]
    n: int
    kish_n: float
    backend: str = "pandas"

    @property
    def worst(self) -> tuple[float, float]:
        """The largest absolute standardised difference before and after; NaN where there is none."""
        return _largest(self.columns["smd_before"]), _largest(self.columns["smd_after"])

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame."""
        return frame_of(self.columns, self.backend)

    def picture(self, *, title: str = "Balance before and after weighting", caption: str = "") -> Picture:
        """A love plot: each row's absolute standardised difference before and after, and the line at 0.1.

        Parameters
        ----------
        title, caption : str
            Above and below. The caption is made from the numbers when it is empty.

        Returns
        -------
        Picture
            Save it as .svg or .png.
        """
        c = self.columns
        rows = [
            LoveRow(f"{name}: {level}" if level else str(name), abs(float(b)), abs(float(a)))
            for name, level, b, a in zip(c["variable"], c["level"], c["smd_before"], c["smd_after"], strict=True)
            if np.isfinite(b) and np.isfinite(a)
        ]
        return love_plot(rows, limit=LIMIT, title=title, caption=caption or self._title())

    def _title(self) -> str:
        before, after = self.worst
        over = int((np.abs(self.columns["smd_after"]) > LIMIT).sum())
        return (
            f"Largest standardised difference {before:.2f} before weighting, {after:.2f} after; {over} of {len(self.columns['level'])} "
            f"over {LIMIT} after. {self.n:,} answers count as {self.kish_n:,.0f} after weighting"
        )

    def __repr__(self) -> str:
        return f"Balance\n{text_table(*table_of(self.columns), limit=60)}\n{self._title()}"

    def _repr_html_(self) -> str:
        return html_table(*table_of(self.columns), caption=f"Balance. {self._title()}", limit=200)


def balance(survey: Survey, target: Survey | Margins, covariates: Names | None = None, *, where: Where = None) -> Balance:
    """Compare a sample with its population, before and after weighting.

    Parameters
    ----------
    survey : Survey
        With the weights to judge. "Before" are the weights it had before its first adjustment.
    target : Survey or mapping
        A probability sample of the population; or margins as for `rake`.
    covariates : sequence of str or tuple of str, optional
        Columns to compare, as for `quasi_randomise`. Needed with a Survey; with margins, all of theirs.
    where : narwhals expression or str, optional
        The part of the target Survey that is the population.

    Returns
    -------
    Balance
        With ``to_frame()`` and ``picture()``.

    Raises
    ------
    InputError, UnknownColumn, WeightingError
        As for `quasi_randomise` and `rake`.

    Notes
    -----
    A standardised difference is the sample's share or mean less the population's, over the standard deviation in the population, which
    is the same before and after. Above 0.1 is commonly taken as out of balance. Balance in what was asked says nothing of what was not.

    References
    ----------
    Stuart (2010), Statist. Sci. 25, 1-21. Austin (2009), Statist. Med. 28, 3083-3107.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, design=ek.NoDesign())
    >>> known = {"sex": {"girl": 0.49, "boy": 0.51}}
    >>> report = ek.weighting.balance(ek.weighting.rake(survey, known), known)
    >>> report.to_frame()["smd_after"].round(6).abs().tolist()
    [0.0, 0.0]
    """
    last = weights_for(survey, "balance()")
    first = survey.adjustments[0].before if survey.adjustments else last
    if isinstance(target, Survey):
        in_memory(target, "balance()")
        parts = _against(survey, target, covariates, where)
    elif isinstance(target, Mapping):
        if covariates is not None or where is not None:
            raise InputError("covariates= and where= go with a reference Survey; margins say themselves what is compared.")
        parts = _against_margins(survey, target)
    else:
        raise InputError(f"The target is a Survey or a mapping of margins, not a {type(target).__name__}.")
    names, levels, sample, aim, spread = zip(*parts, strict=True)
    wanted, sd = np.concatenate(aim), np.concatenate(spread)
    x = np.hstack(sample)
    before, after = (w @ x / w.sum() for w in (first, last))
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = [np.where(sd > 0, (made - wanted) / sd, np.nan) for made in (before, after)]
    columns = {
        "variable": tuple(name for name, shown in zip(names, levels, strict=True) for _ in shown),
        "level": tuple(level for shown in levels for level in shown),
        "target": wanted,
        "before": before,
        "after": after,
        "smd_before": gaps[0],
        "smd_after": gaps[1],
    }
    return Balance(columns, survey.n, float(last.sum() ** 2 / (last @ last)), survey.rows.backend)


def _largest(differences: Floats) -> float:
    known = np.abs(differences[~np.isnan(differences)])
    return float(known.max()) if known.size else float("nan")


Part = tuple[str, tuple[str, ...], Floats, Floats, Floats]


def _against(survey: Survey, target: Survey, covariates: Names | None, where: Where) -> list[Part]:
    """Name, levels, the sample's columns, and the population's means and standard deviations."""
    inside = where_mask(target, where)
    assert target.w is not None
    w = target.w if inside is None else target.w * inside
    out: list[Part] = []
    for block in matched(survey, target, () if covariates is None else covariates, inside, "balance()"):
        mean = w @ block.reference / w.sum()
        sd = np.sqrt(np.maximum(w @ (block.reference - mean) ** 2 / w.sum(), 0.0))
        out.append((block.name, block.levels or ("",), block.sample, mean, sd))
    return out


def _against_margins(survey: Survey, target: Margins) -> list[Part]:
    out: list[Part] = []
    made = margins_of(survey, target, "balance()")
    refuse_apart(made)
    for margin in made:
        columns = [survey.column(name) for name in margin.names]
        first = cross([(c.codes, len(c.levels)) for c in columns])[2]
        levels = tuple(" x ".join(str(c.levels[c.codes[row]]) for c in columns) for row in first)
        share = margin.totals / margin.sum
        out.append((margin.words, levels, indicators(margin.codes, len(share)), share, np.sqrt(share * (1 - share))))
    return out
