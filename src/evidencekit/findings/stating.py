"""Finding: one released number as words, a picture and a record. Text is derived from the interval, never typed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from evidencekit.disclosure import Released
from evidencekit.errors import InputError, Refused, one_of
from evidencekit.findings.phrases import Phrase, interval_words, natural_frequency, percent, zero_phrase
from evidencekit.rendering.dots import DotRow, dot_chart
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.icons import icon_array

__all__ = ["Action", "Finding", "finding"]

SCHEMA = "evidencekit.finding/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What the number asks of whom.

    Parameters
    ----------
    actor : str
        Who is to act.
    act : str
        What they are to do.
    deadline : str
        By when.
    marker : str
        The measurable sign that it was done.

    Raises
    ------
    InputError
        A part is empty.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.Action(actor="the regulator", act="require a reporting button", deadline="2027-06", marker="share who know it").actor
    'the regulator'
    """

    actor: str
    act: str
    deadline: str
    marker: str

    def __post_init__(self) -> None:
        for part in ("actor", "act", "deadline", "marker"):
            if not str(getattr(self, part)).strip():
                raise InputError(f"An action needs its {part}.", "Name who does what by when, and how it will be seen.")


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Finding:
    """A share of a population, ready to be said.

    Parameters
    ----------
    released : Released
        Where the number is.
    row : int
        Which cell of it.
    action : Action or None
        What it asks of whom.
    """

    released: Released
    row: int
    action: Action | None = None

    def _number(self, name: str) -> float:
        return float(np.asarray(self.released.columns[name], dtype=np.float64)[self.row])

    @property
    def phrase(self) -> Phrase | None:
        """The sayable fraction inside the interval, or None where no fraction is."""
        p, low, high, cases = (self._number(c) for c in ("estimate", "low", "high", "cases"))
        if np.isnan(low) or np.isnan(high):
            return None
        if p in (0.0, 1.0):
            return zero_phrase(high if p == 0 else 1 - low, everyone=p == 1)
        return natural_frequency(p, low, high, cases=None if np.isnan(cases) else int(cases))

    def _whom(self) -> str:
        source = self.released.estimate
        labels = [f"{c}: {source.cells.columns[c][self.row]}" for c in source.cells.by]
        labels += [source.provenance.where] if source.provenance.where else []
        population = source.provenance.population
        if source.inference != "probability":
            population = f"those who answered{f' ({population})' if population else ''}"
        whom = population or "people in the population surveyed"
        if not labels:
            return whom
        return f"{whom[:-1]}; {', '.join(labels)})" if whom.endswith(")") else f"{whom} ({', '.join(labels)})"

    def _what(self) -> str:
        source = self.released.estimate
        variable = str(source.cells.columns["variable"][self.row])
        category = source.cells.columns["category"][self.row]
        label = dict(source.provenance.labels).get(variable, variable)
        return label if category in (None, "") else f"{label}: {category}"

    def headline(self) -> str:
        """One sentence: how many, of whom, what. A fraction where one fits the interval, otherwise a percentage."""
        phrase = self.phrase
        if phrase is not None:
            amount = phrase.text if self.released.estimate.inference == "probability" else f"{phrase.text} of"
        else:
            low, high = self._number("low"), self._number("high")
            half = None if np.isnan(low) else (high - low) / 2
            amount = f"an estimated {percent(self._number('estimate'), half)} of"
        return f"{amount[0].upper()}{amount[1:]} {self._whom()}: {self._what()}."

    def interval_words(self) -> str:
        """The interval in words, or that there is none."""
        low, high = self._number("low"), self._number("high")
        if np.isnan(low) or np.isnan(high):
            return "no interval: the answers do not come from a probability sample"
        return f"{self.released.estimate.interval.level:.0%} interval: {interval_words(low, high)}"

    def caveats(self) -> tuple[str, ...]:
        """What must be said beside the headline."""
        source = self.released.estimate
        out = [self.released.note]
        if self.released.status[self.row] == "uncertain":
            out.append(self.released.reason[self.row])
        if source.inference != "probability":
            out.append("describes those who answered, not a population")
        if source.flags[self.row]:
            out.append(source.flags[self.row])
        missing = sum(count for _, count in source.provenance.missing)
        if missing:
            out.append(f"{missing:,} answers were missing and are left out")
        return tuple(out)

    def picture(self, kind: Literal["icons", "dots"] = "icons") -> Picture:
        """A picture of the finding.

        Parameters
        ----------
        kind : {"icons", "dots"}
            Icons: this share, in 100 (or as many as the headline counts in). Dots: all released cells with their intervals.
        """
        one_of("kind", kind, ("icons", "dots"))
        return self._icons() if kind == "icons" else self._dots()

    def _icons(self) -> Picture:
        phrase = self.phrase
        p, low, high = self._number("estimate"), self._number("low"), self._number("high")
        if phrase is not None and phrase.y <= 1000 and phrase.word in ("about", "more than", "fewer than"):
            filled, total = phrase.x, phrase.y
        else:
            total = 100 if p * 100 >= 1 else 1000
            filled = round(p * total)
        limits: dict[str, Any] = {} if np.isnan(low) or total < 100 else {"low": math.floor(low * total), "high": math.ceil(high * total)}
        return icon_array(filled, total, title=self.headline(), caption=self.interval_words(), **limits)

    def _dots(self) -> Picture:
        columns, source = self.released.columns, self.released.estimate
        apart = [c for c in ("category", *source.cells.by) if len(set(source.cells.columns[c])) > 1] or ["variable"]
        rows = []
        for i, status in enumerate(self.released.status):
            label = ", ".join(str(source.cells.columns[c][i]) for c in apart)
            if status == "protected":
                rows.append(DotRow(label, state="protected"))
                continue
            value, low, high = (float(np.asarray(columns[c], dtype=np.float64)[i]) for c in ("estimate", "low", "high"))
            half = None if np.isnan(low) else (high - low) / 2
            state = "caution" if status == "uncertain" else "shown"
            ends: dict[str, Any] = {} if np.isnan(low) else {"low": low, "high": high}
            rows.append(DotRow(label, value, text=percent(value, half), state=state, **ends))
        level = f"{source.interval.level:.0%} intervals; {self.released.note}"
        return dot_chart(rows, title=f"{self._what()}: {source.provenance.population or 'share'}", caption=level)

    def to_json(self) -> str:
        """The record that goes beside every use of the number."""
        source, cells = self.released.estimate, self.released.estimate.cells.columns
        numbers = {c: self._number(c) for c in ("estimate", "se", "low", "high", "df", "n", "cases", "psus", "weighted_n", "n_eff", "deff")}
        where = source.provenance
        record = {
            "schema": SCHEMA,
            "headline": self.headline(),
            "interval": self.interval_words(),
            "caveats": self.caveats(),
            "cell": {c: _plain(v[self.row]) for c, v in cells.items()},
            "numbers": {k: None if np.isnan(v) else v for k, v in numbers.items()},
            "level": source.interval.level,
            "statistic": source.statistic,
            "inference": source.inference,
            "status": self.released.status[self.row],
            "profile": self.released.profile,
            "action": None if self.action is None else {k: getattr(self.action, k) for k in ("actor", "act", "deadline", "marker")},
            "provenance": {
                "method": where.method,
                "population": where.population,
                "where": where.where,
                "design": where.design,
                "data": where.data,
                "version": where.version,
                "policies": dict(where.policies),
                "missing": dict(where.missing),
                "labels": dict(where.labels),
            },
        }
        return json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def save(self, path: str | Path) -> Path:
        """Write the record as a JSON file beside the text or picture that uses the number."""
        target = Path(path)
        target.write_text(self.to_json(), encoding="utf-8")
        return target

    def __repr__(self) -> str:
        return "\n".join([f"Finding: {self.headline()}", f"  {self.interval_words()}", *(f"  note: {c}" for c in self.caveats())])


def finding(released: Released, *, cell: Mapping[str, Any] | int | None = None, action: Action | None = None) -> Finding:
    """Take one released share and make it a finding.

    Parameters
    ----------
    released : Released
        What `release` returned. An Estimate is refused: protect it first.
    cell : mapping or int, optional
        Which cell, as ``{"sex": "girl"}``. Not needed when there is one.
    action : Action, optional
        What the number asks of whom.

    Returns
    -------
    Finding

    Raises
    ------
    InputError
        Not a Released, not a share, or the cell is not there.
    Refused
        The cell is protected.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.frame, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> ek.finding(safe, cell={"sex": "girl"}).headline().startswith("About 1 in 5 children 12-17 (sex: girl)")
    True
    """
    if not isinstance(released, Released):
        raise InputError(f"finding() takes what release() returned, not a {type(released).__name__}.", "Call ek.release() first.")
    if released.estimate.statistic != "proportion":
        raise InputError("A finding is made from shares so far.", "Use proportion().")
    row = released.estimate.cells.find({} if cell is None else cell)
    if released.status[row] == "protected":
        raise Refused("This cell is protected: it may not be said.", "Ask about a larger group.")
    return Finding(released=released, row=row, action=action)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
