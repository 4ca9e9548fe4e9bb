"""Finding: one released number as words, a picture and a record. Text is derived from the interval, never typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

import numpy as np

from evidencekit.combining import has_design
from evidencekit.disclosure import Released
from evidencekit.disclosure.notes import decision_words, missing_words
from evidencekit.errors import InputError, Refused, one_of
from evidencekit.findings.phrases import Phrase, natural_frequency, percent, zero_phrase
from evidencekit.findings.picturing import dot_picture, icon_picture, interval_said
from evidencekit.findings.ranges import denominator
from evidencekit.rendering.figure import Picture

__all__ = ["Action", "Finding", "finding"]

SCHEMA = "evidencekit.finding/2"
VENUE = "speaks for those who attend the venues of the frame, not for people who attend none of them"
UNNAMED = "a subset (give where_label="  # how the verbs note a condition that has no name


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

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> act = ek.Action(actor="schools", act="teach where to report", deadline="2027", marker="share of pupils who know it")
    >>> ek.finding(safe, cell={"sex": "girl"}, action=act)
    Finding: About 1 in 5 children 12-17 (Sex of the child: girl): Received unwanted sexual messages or requests online, past 12 months.
      action: schools: teach where to report, by 2027; seen by: share of pupils who know it
      95% interval: between 16 and 23 in 100
      note: not audited against other tables
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

    @property
    def _weighted(self) -> str:
        """What weights were to make of those who answered, where nobody was drawn: then the share is not simply theirs."""
        source = self.released.estimate
        alike = source.inference != "self-selected-adjusted" and not source.counts.kish[self.row] > 1 + 1e-12
        if has_design(source.inference) or alike:
            return ""
        return f"weighted to resemble {source.provenance.population}" if source.provenance.population else "after weighting"

    @property
    def _venue(self) -> list[str]:
        """Whom a sample of venues speaks for, whatever the population is called."""
        return [VENUE] if self.released.estimate.inference == "venue" else []

    def _whom(self, *, groups: bool = True) -> str:
        """Of whom the share is: the population, the subset, and with `groups` the labels of the cell."""
        source = self.released.estimate
        named = dict(source.provenance.labels)
        labels = [f"{named.get(c, c)}: {source.cells.columns[c][self.row]}" for c in source.cells.by] if groups else []
        labels += [source.provenance.where] if source.provenance.where else []
        population = source.provenance.population
        if not has_design(source.inference):
            population = f"those who answered{f' ({population})' if population and not self._weighted else ''}"
        whom = population or ("people who attend the listed venues" if source.inference == "venue" else "people in the population surveyed")
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
            return self._say(phrase.text)
        low, high = self._number("low"), self._number("high")
        half = None if np.isnan(low) else (high - low) / 2
        return self._sentence(f"an estimated {percent(self._number('estimate'), half)} of")

    def _say(self, fraction: str) -> str:
        """The sentence with "about 1 in 5" in it; of those who answered, where they speak for nobody else."""
        return self._sentence(fraction if has_design(self.released.estimate.inference) else f"{fraction} of")

    def _sentence(self, amount: str) -> str:
        said = f"{self._weighted}, {amount}" if self._weighted else amount
        return f"{said[0].upper()}{said[1:]} {self._whom()}: {self._what()}."

    def interval_words(self) -> str:
        """The interval in words, or that there is none."""
        low, high = self._number("low"), self._number("high")
        if np.isnan(low) or np.isnan(high):
            if has_design(self.released.estimate.inference):
                return "no interval: the sampling units do not show how uncertain this number is"
            return "no interval: the answers do not come from a probability sample"
        return interval_said(self.released.estimate, low, high, per=denominator(self._number("estimate"), low, high))

    def caveats(self) -> tuple[str, ...]:
        """What must be said beside the headline."""
        source = self.released.estimate
        variable = str(source.cells.columns["variable"][self.row])
        return (*self._doubts(), *missing_words(source, variable), *decision_words(source), self.released.note)

    def _doubts(self) -> list[str]:
        """What must be said of this number even where there is little room."""
        source = self.released.estimate
        reason = self.released.reason[self.row]
        out = [reason] if reason else []
        if self._weighted:
            out.append("describes those who answered, weighted, not a population: others may differ in what weights cannot see")
        elif not has_design(source.inference):
            out.append("describes those who answered, not a population")
        out += self._venue
        return out + ([source.flags[self.row]] if source.flags[self.row] else [])

    def picture(self, kind: Literal["icons", "dots"] = "icons") -> Picture:
        """A picture of the finding.

        Parameters
        ----------
        kind : {"icons", "dots"}
            Icons: this share and its interval out of 100, or of 1,000 where it is rare, in the title too. Dots: the same share of every
            group in the table, with intervals, the finding's own marked.

        Raises
        ------
        InputError
            The share is too rare for icons.
        """
        one_of("kind", kind, ("icons", "dots"))
        beside = [*self._doubts(), self.released.note]
        if kind == "icons":
            return icon_picture(self.released, self.row, self._say, beside)
        among = ", ".join(x for x in (self._whom(groups=False), self._weighted) if x)
        return dot_picture(self.released, self.row, f"{self._what()}, among {among}", [*self._venue, self.released.note])

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
            "numbers": {k: v if np.isfinite(v) else None for k, v in numbers.items()},
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
                "policies": [{"what": what, "how": how} for what, how in where.policies],
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

    def _lines(self) -> list[str]:
        """What stands under the headline: the action, the interval, the caveats."""
        act = self.action
        asked = [] if act is None else [f"action: {act.actor}: {act.act}, by {act.deadline}; seen by: {act.marker}"]
        return [*asked, self.interval_words(), *(f"note: {c}" for c in self.caveats())]

    def __repr__(self) -> str:
        return "\n".join([f"Finding: {self.headline()}", *(f"  {line}" for line in self._lines())])

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self._lines())
        return f"<p><strong>{escape(self.headline())}</strong></p><ul>{lines}</ul>"


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
        Not a Released, not a share, of a subset that has no name, or the cell is not there.
    Refused
        The cell is protected, too uncertain to be presented, for review, or only its rounded counts are released.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> ek.finding(safe, cell={"sex": "girl"}).headline().startswith("About 1 in 5 children 12-17")
    True
    """
    if not isinstance(released, Released):
        raise InputError(
            f"finding() takes what release() returned, and this is of type {type(released).__name__}.", "Call ek.release() first."
        )
    estimate = released.estimate
    if estimate.statistic != "proportion":
        made = estimate.statistic in ("difference", "ratio of estimates", "contrast")
        fix = "Make a finding of each share, say both, and set the difference with its interval, as release() shows it, beside them."
        raise InputError("A finding is made from shares so far.", fix if made else "Use proportion().")
    if estimate.provenance.where.startswith(UNNAMED):
        raise InputError(
            "This number is about a subset that has no name, so a sentence cannot say whom it is about.",
            'Name it where it is estimated: proportion(..., where=..., where_label="aged 15-17").',
        )
    if cell is None and len(estimate) > 1:
        apart = [c for c, v in estimate.cells.columns.items() if len(set(v)) > 1]
        example = ", ".join(f"{c!r}: ..." for c in apart)
        raise InputError(f"The table has {len(estimate)} cells.", f"Choose one with cell=, for example cell={{{example}}}.")
    row = estimate.cells.find(0 if cell is None else cell)
    if released.status[row] == "protected":
        raise Refused("This cell is protected: it may not be said.", "Ask about a larger group.")
    if released.status[row] == "not presented":
        raise Refused("This cell is too uncertain to be presented under its profile.", "Ask about a larger group.")
    if released.rules.method.kind == "round":
        raise Refused("Only rounded counts of this table are released, and a finding says a share.", "Say the counts.")
    if released.status[row] == "review":
        raise Refused("This cell is for review and may not be said before that.", f"Its reviewer: {released.rules.reviewer}.")
    return Finding(released=released, row=row, action=action)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
